//! The commands, one file per command.

pub mod completions;
pub mod config;
pub mod convert;
pub mod explain;
#[cfg(feature = "fetch")]
pub mod fetch;
mod gather;
pub mod inspect;
mod ledger;
mod manifest;
mod messages;
mod outputs;
mod progress;
mod repair;
pub mod report;
pub mod rollup;
pub mod schema;
mod table_plan;
pub mod validate;
pub mod verify;
mod wfm_import;

use std::path::Path;

use crate::Error;
use crate::cli::args::Command;
use crate::cli::options::Shared;

/// Refuses options that cannot be combined. It reads no file, and does not check single values.
pub fn check(shared: &Shared, command: &Command) -> Result<(), Error> {
    match command {
        Command::Convert(args) => convert::check(shared, args),
        Command::Report(args) => report::check(shared, args),
        Command::Rollup(args) => rollup::check(shared, args),
        _ => Ok(()),
    }
}

/// The error for two inputs whose outputs have the same name.
fn same_output(output: &Path) -> Error {
    Error::usage(format!(
        "two inputs would be written to {}",
        output.display()
    ))
    .help("pass their common folder as the input; the outputs then have the same subfolders")
}
