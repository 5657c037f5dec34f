//! What is said at the end of a command that could not go on.

use std::io::Write as _;

use crate::{Error, ErrorKind, ExitStatus, printable};

/// Says on standard error why a command could not go on, and returns its status.
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
