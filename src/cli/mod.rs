//! The command line: as typed, then resolved.

pub mod args;
pub mod config;
pub mod failure;
pub mod options;
