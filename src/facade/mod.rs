//! The library: [`Inputs`] are checked, and a [`Dataset`] becomes a [`Table`], a report, a roll-up or
//! findings.

mod baseline;
mod contents;
mod copies;
mod dataset;
mod dimensions;
mod early;
mod findings;
mod inputs;
mod manifest;
mod name_warnings;
mod page;
mod partitions;
mod reference;
mod repair;
mod report;
mod rollup;
mod spans;
mod table;
mod wfm_import;

use crate::error::Error;

pub use baseline::Baselines;
pub use contents::Changes;
pub use dataset::Dataset;
pub use early::EarlyFile;
pub use findings::FindingWriter;
pub use inputs::{Inputs, Progress, Purpose};
pub use manifest::RunManifest;
pub use page::Page;
pub use reference::{
    AGGREGATES_SCHEMA, SUMMARY_SCHEMA, dimension_names, explain, explained_words, metric_names,
};
pub use repair::{RepairCounts, RepairedInput};
pub use rollup::{RolledUp, Rollup};
pub use spans::spans;
pub use table::{ColumnInfo, Table};
pub use wfm_import::WfmHistory;

/// The error for a format that does not exist.
fn no_format(format: &str, names: impl Iterator<Item = &'static str>) -> Error {
    let names: Vec<&str> = names.collect();
    let failure = Error::usage(format!("no format `{format}`"));
    failure.help(format!("the formats are {}", names.join(", ")))
}
