//! What is said at the end of a command that could not go on.

use std::io::Write as _;

use crate::error::{Error, ErrorKind};
use crate::exit::ExitStatus;
use crate::json::text::printable;

/// Says on standard error why a command could not go on, and returns its status.
pub fn end(error: Error) -> ExitStatus {
    if error.kind() != ErrorKind::Closed {
        say(&format!("gcagg: error: {error}"));
    }
    if let Some(help) = error.suggestion() {
        say(&format!("  help: {}", printable(help)));
    }
    error.status()
}

/// A line on standard error; where that is closed there is nobody to inform.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
