//! Options for data that is bad or occurs more than once.

use std::path::PathBuf;

use clap::{ArgAction, Args as ClapArgs};

use crate::Inputs;

use super::words;

/// The actions for bad parts. The value is true if they are skipped.
const ON_ERROR: [(&str, &str, bool); 2] = [
    ("fail", "Write nothing", false),
    (
        "skip",
        "Skip the bad buckets or containers, and count them",
        true,
    ),
];

/// Options for bad parts and repeated buckets, of every command that uses the data.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Bad and repeated data")]
pub struct DataArgs {
    /// Bad parts: fail and write nothing, or skip and count them
    #[arg(long, value_name = "WHAT", value_parser = words(ON_ERROR), default_value = "fail", action = ArgAction::Set)]
    pub on_error: bool,
    /// Write the skipped parts with their findings to this file (NDJSON)
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Buckets that occur more than once: error, same = count equal copies once, last = use the
    /// bucket of the last input
    #[arg(
        long,
        value_name = "WHAT",
        value_parser = words(Inputs::REPEATS.map(|it| (it, "", it))),
        default_value = "error"
    )]
    pub repeats: &'static str,
    /// Write a manifest of the run to this file (JSON): inputs and outputs with size and SHA-256,
    /// columns, and what was left out; `gcagg verify` checks it
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub manifest: Option<PathBuf>,
    /// The same as --repeats same
    #[arg(long, conflicts_with = "repeats")]
    pub dedupe: bool,
}

impl DataArgs {
    /// Returns true if bad parts are skipped.
    pub fn skips(&self) -> bool {
        self.on_error
    }

    /// Returns the rule for buckets that occur more than once.
    pub fn repeats(&self) -> &str {
        match self.dedupe {
            true => "same",
            false => self.repeats,
        }
    }
}
