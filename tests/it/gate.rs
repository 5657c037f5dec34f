//! `validate` as the gate of a job: reports, settings, baselines, expectations.

mod baselines;
mod defaults;
mod expectations;
mod jobs;
mod reports;
mod settings;
