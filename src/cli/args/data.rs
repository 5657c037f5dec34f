//! Options for data that is bad or occurs more than once.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args as ClapArgs, ValueEnum};

use crate::Inputs;

/// The action for bad parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnError {
    /// Write nothing
    Fail,
    /// Skip the bad buckets or containers, and count them
    Skip,
}

/// Options for bad parts and repeated buckets, of every command that uses the data.
#[derive(Debug, ClapArgs)]
pub struct DataArgs {
    /// Bad parts: fail and write nothing, or skip and count them
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = OnError::Fail, help_heading = "Bad and repeated data")]
    pub on_error: OnError,
    /// Write the skipped parts with their findings to this file (NDJSON)
    #[arg(long, value_name = "FILE", help_heading = "Bad and repeated data")]
    pub rejects: Option<PathBuf>,
    /// Buckets that occur more than once: error, same = count equal copies once, last = use the
    /// bucket of the last input
    #[arg(
        long,
        value_name = "WHAT",
        value_parser = PossibleValuesParser::new(Inputs::REPEATS).map(|it| it.to_lowercase()),
        default_value = "error",
        help_heading = "Bad and repeated data"
    )]
    pub repeats: String,
    /// The same as --repeats same
    #[arg(
        long,
        conflicts_with = "repeats",
        help_heading = "Bad and repeated data"
    )]
    pub dedupe: bool,
}

impl DataArgs {
    /// Returns true if bad parts are skipped.
    pub fn skips(&self) -> bool {
        self.on_error == OnError::Skip
    }

    /// Returns the rule for buckets that occur more than once.
    pub fn repeats(&self) -> &str {
        match self.dedupe {
            true => "same",
            false => &self.repeats,
        }
    }
}
