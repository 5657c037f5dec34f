//! Why a command could not go on.

use std::io;

use crate::exit::ExitStatus;
use crate::json::text::printable;

/// An end with words and an exit status.
#[derive(Debug)]
pub struct Failure {
    status: ExitStatus,
    message: String,
    help: Option<String>,
}

impl Failure {
    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Usage, message)
    }

    /// The data is bad.
    pub fn bad_data(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::BadData, message)
    }

    /// Reading or writing failed.
    pub fn io(message: impl Into<String>) -> Self {
        Self::new(ExitStatus::Io, message)
    }

    fn new(status: ExitStatus, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            help: None,
        }
    }

    /// Writing to `what` failed; a closed pipe is a quiet end.
    pub fn writing(what: &str, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(ExitStatus::Success, "");
        }
        Self::io(format!("cannot write {what}: {error}"))
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says it on standard error and returns the status.
    pub fn tell(self) -> ExitStatus {
        if !self.message.is_empty() {
            say(&format!("gcagg: error: {}", printable(&self.message)));
        }
        if let Some(help) = self.help {
            say(&format!("  help: {}", printable(&help)));
        }
        self.status
    }
}

impl From<io::Error> for Failure {
    /// An error of standard output.
    fn from(error: io::Error) -> Self {
        Self::writing("standard output", &error)
    }
}

/// A line on standard error; where that is closed there is nobody to tell.
pub fn say(line: &str) {
    use io::Write as _;
    let _ = writeln!(io::stderr(), "{line}");
}
