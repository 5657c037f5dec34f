//! The error message at the end of a command that failed.

use std::io::Write as _;

use crate::{Error, ErrorKind, ExitStatus, printable};

/// Writes the error of a command to standard error, and returns its status.
pub fn end(error: Error) -> ExitStatus {
    if error.kind() != ErrorKind::Closed {
        say(&format!("gcagg: error: {error}"));
    }
    if let Some(help) = error.suggestion() {
        say(&format!("  help: {help}"));
    }
    error.status()
}

/// Writes one line to standard error. It stays one line and cannot control a terminal, whatever names
/// are in it.
pub fn say(line: &str) {
    // Where standard error is closed, nobody reads it.
    let _ = writeln!(std::io::stderr(), "{}", printable(line));
}
