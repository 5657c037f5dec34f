//! Errors of inputs that cannot be read.

use std::fmt;
use std::io;

use super::decode::Compression;
use super::limits;

/// The reason why an input has no text, or not all of it.
#[derive(Debug)]
pub enum OpenError {
    /// It cannot be opened or read.
    Io { error: io::Error },
    /// Its compression is cut short or damaged.
    CutCompressed {
        compression: Compression,
        /// Number of bytes that could be decompressed.
        decompressed: u64,
    },
    /// It expands to more than so many times its size.
    Inflated {
        compression: Compression,
        ratio: u64,
    },
    /// Its reader would need more memory than the limit of a zstd frame's window, in bytes.
    Window { limit: u64 },
    /// It is no valid UTF-8 or UTF-16.
    BadText {
        /// Offset in the text of the broken bytes.
        at: usize,
        /// Offset of the broken bytes in the decompressed input.
        stored: usize,
        /// Number of broken bytes.
        len: usize,
        reason: &'static str,
        /// The broken byte in UTF-8, if it is a single one.
        byte: Option<u8>,
    },
    /// It is another kind of file, and no text.
    Binary {
        /// The kind, with its article.
        name: &'static str,
        help: &'static str,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { error } => error.fmt(f),
            Self::CutCompressed {
                compression,
                decompressed,
            } => {
                let s = if *decompressed == 1 { "" } else { "s" };
                let kind = compression.name();
                write!(
                    f,
                    "the {kind} data is incomplete or damaged; {decompressed} byte{s} could be decompressed"
                )
            }
            Self::Binary { name, .. } => write!(f, "{name}, not JSON"),
            Self::Inflated { compression, ratio } => write!(
                f,
                "the {} data expands to more than {ratio} times its size, the limit of --max-inflate",
                compression.name()
            ),
            Self::Window { limit } => write!(
                f,
                "the zstd data needs a window of more than {}, the limit of --max-zstd-window",
                limits::shown(*limit)
            ),
            Self::BadText { stored, reason, .. } => write!(f, "{reason} at byte {stored}"),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error } => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Io { error }
    }
}
