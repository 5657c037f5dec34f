//! `validate` as the gate of a job: reports, settings, baselines, expectations.

mod reports;
mod settings;
