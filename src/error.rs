//! The error of the library.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::exit::ExitStatus;
use crate::json::text::printable;

/// The kind of failure of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option or argument is wrong.
    Usage,
    /// The data is bad.
    Data,
    /// Reading or writing failed, or an input changed while it was read.
    Io,
    /// The reader of the output closed it early. The command ends without a message.
    Closed,
}

/// An error of this library: a message, the next step, and the error that caused it. It has the size
/// of a pointer.
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    help: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            help: None,
            source: None,
        }))
    }

    /// An error of kind [`ErrorKind::Usage`]: an option or argument is wrong.
    ///
    /// ```
    /// let error = gcagg::Error::usage("--top x: not a number").help("write --top 10");
    /// assert_eq!(error.status().code(), 2);
    /// assert_eq!(error.suggestion(), Some("write --top 10"));
    /// ```
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// An error of kind [`ErrorKind::Data`]: the data is bad.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// An error of kind [`ErrorKind::Io`]: reading or writing failed.
    pub fn io(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Io, message)
    }

    /// An error of writing to `what`, or to the [`Sink`](crate::output::Sink) that it came from. A
    /// closed pipe is of kind [`ErrorKind::Closed`].
    pub fn writing(what: &str, error: &io::Error) -> Self {
        let inner = error.get_ref();
        // A refusal in the course of a write.
        if let Some(own) = inner.and_then(|it| it.downcast_ref::<Self>()) {
            let refused = Self::new(own.kind(), &own.0.message);
            return match own.suggestion() {
                Some(help) => refused.help(help),
                None => refused,
            };
        }
        let inner = inner.and_then(|it| it.downcast_ref::<FileError>());
        if let Some(FileError::Output { what, error }) = inner {
            return Self::writing(what, error);
        }
        let kind = match error.kind() {
            io::ErrorKind::BrokenPipe => ErrorKind::Closed,
            _ => ErrorKind::Io,
        };
        let mut failed = Self::new(kind, format!("cannot write {what}: {error}"));
        let source = io::Error::new(error.kind(), error.to_string());
        failed.0.source = Some(Box::new(source));
        if let Some(FileError::Temporary { folder, .. }) = inner {
            let shown = folder.display();
            return failed.help(match *folder == std::env::temp_dir() {
                true => format!("make room in {shown}, or name another folder with TMPDIR"),
                false => format!("make room in {shown}, or write to another folder"),
            });
        }
        let folder = Path::new(what).parent();
        match (error.kind(), folder.filter(|it| !it.as_os_str().is_empty())) {
            (io::ErrorKind::IsADirectory, _) => failed.help(format!(
                "name a file in it: -o {}/table.csv",
                what.trim_end_matches('/')
            )),
            (io::ErrorKind::NotFound, Some(folder)) => {
                failed.help(format!("make it first: mkdir {}", folder.display()))
            }
            _ => failed,
        }
    }

    /// Adds the next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Names the file in an error of writing to an output that had no name yet.
    #[must_use]
    pub fn of_output(mut self, output: &Path) -> Self {
        if let Some(reason) = self.0.message.strip_prefix("cannot write the output: ") {
            self.0.message = format!("cannot write {}: {reason}", output.display());
        }
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The next step, if it is known.
    pub fn suggestion(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The exit status of a command that ends with it.
    pub fn status(&self) -> ExitStatus {
        match self.0.kind {
            ErrorKind::Usage => ExitStatus::Usage,
            ErrorKind::Data => ExitStatus::BadData,
            ErrorKind::Io => ExitStatus::Io,
            ErrorKind::Closed => ExitStatus::Success,
        }
    }
}

/// An error of a file, with what it was.
#[derive(Debug)]
enum FileError {
    /// An output that could not be written, and its name.
    Output { what: String, error: io::Error },
    /// A temporary file that could not be made, written or read, and its folder.
    Temporary { folder: PathBuf, error: io::Error },
}

/// Adds the name of an output to an error of writing to it.
pub(crate) fn of_output(what: &str, error: io::Error) -> io::Error {
    let what = what.to_owned();
    io::Error::new(error.kind(), FileError::Output { what, error })
}

/// The error for a value that its column cannot have: bad data, and no failure of the output.
pub(crate) fn misfit(message: String) -> io::Error {
    let error = Error::data(message)
        .help("correct the figure, or choose a format that keeps every digit: -t csv");
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// The error for a file that is compared with a table and cannot be read.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> io::Error {
    let message = format!("{}: {error}", path.display());
    io::Error::new(error.kind(), Error::io(message))
}

/// Adds the folder to an error of a temporary file in it.
pub(crate) fn temporary(folder: &Path, error: io::Error) -> io::Error {
    let folder = folder.to_owned();
    io::Error::new(error.kind(), FileError::Temporary { folder, error })
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Output { error, .. } => error.fmt(f),
            Self::Temporary { folder, error } => {
                write!(f, "a temporary file in {}: {error}", folder.display())
            }
        }
    }
}

impl std::error::Error for FileError {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.0.message))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}

impl From<io::Error> for Error {
    /// An error of a [`Sink`](crate::output::Sink), or of standard output.
    fn from(error: io::Error) -> Self {
        Self::writing("standard output", &error)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn an_error_is_one_word_and_has_its_source() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        let full = io::Error::new(io::ErrorKind::StorageFull, "no space");
        let error = Error::writing("a.csv", &full).help("make room");
        assert_eq!(error.to_string(), "cannot write a.csv: no space");
        assert_eq!(
            (error.kind(), error.suggestion()),
            (ErrorKind::Io, Some("make room"))
        );
        assert!(error.source().is_some());
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(Error::writing("-", &closed).status(), ExitStatus::Success);
    }
}
