//! The command line: as typed, then resolved.

pub mod args;
pub mod config;
pub mod failure;
#[cfg(feature = "fetch")]
pub mod fetch;
mod hints;
pub mod options;
pub mod output;
pub mod parse;
pub mod sections;
pub mod signals;
pub mod size;
