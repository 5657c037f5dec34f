//! The command line: its definition, its parser and its resolved options.

pub mod args;
pub mod config;
pub mod failure;
#[cfg(feature = "fetch")]
pub mod fetch;
mod help;
mod hints;
pub mod options;
pub mod output;
pub mod parse;
pub mod sections;
pub mod signals;
pub mod size;
