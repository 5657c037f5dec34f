//! `validate` as the gate of a job: reports, settings, baselines, expectations.

mod baselines;
mod expectations;
mod reports;
mod settings;
