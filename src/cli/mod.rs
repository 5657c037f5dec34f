//! The command line: as typed, then resolved.

pub mod args;
pub mod failure;
pub mod options;
