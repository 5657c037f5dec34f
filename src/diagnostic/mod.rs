//! Diagnostics as plain data: made everywhere, rendered in one place.

pub mod baseline;
pub mod carry;
pub mod causes;
pub mod code;
pub mod collect;
pub mod coverage;
pub mod excerpt;
pub mod explain;
pub mod finding;
pub mod fingerprint;
pub mod levels;
pub mod render;
pub mod secret;
pub mod sink;
pub mod store;
pub mod uri;
pub mod words;

use std::borrow::Cow;
use std::sync::Arc;

pub use code::{Code, UnreadExtent};

use serde::Serialize;

use crate::json::{Path, Span};

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Suspicious, but valid.
    Warning,
    /// The data cannot be relied on.
    Error,
}

impl Severity {
    /// The word that machines and people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The words before a second place.
const RELATED: [&str; 2] = ["the bucket before it: ", "one that has it: "];

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// The message, in one sentence.
    pub message: String,
    /// The cause: findings with the same code and cause are shown as one.
    pub cause: String,
    /// The bytes at fault, in offsets of the decoded text; absent where a whole file is meant.
    pub span: Option<Span>,
    /// Words that stand under the bytes.
    pub label: Option<Cow<'static, str>>,
    /// The way to the value, from the text on.
    pub path: Path,
    /// The next step.
    pub help: Option<Cow<'static, str>>,
    /// A second place that the finding is about.
    pub related: Option<String>,
}

impl Diagnostic {
    /// A finding of this code at its default severity, without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            cause: String::new(),
            span: None,
            label: None,
            path: Path::default(),
            help: None,
            related: None,
        }
    }

    /// Sets the bytes.
    #[must_use]
    pub fn mark(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Sets the bytes and the path.
    #[must_use]
    pub fn at(mut self, span: Span, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self.mark(span)
    }

    /// Sets what equal findings have in common.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = cause.into();
        self
    }

    /// Sets the words under the bytes.
    #[must_use]
    pub fn label(mut self, label: impl Into<Cow<'static, str>>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Sets what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Returns the cause.
    pub fn common(&self) -> Cow<'_, str> {
        if self.cause.is_empty() {
            Cow::Owned(self.path.pattern())
        } else {
            Cow::Borrowed(&self.cause)
        }
    }

    /// The file, line and column of the second place, if it has a line.
    pub fn related_place(&self) -> Option<(&str, usize, usize)> {
        // `FILE:LINE:COLUMN`, with words before it and a pointer after it.
        let text = self.related.as_deref()?;
        let text = text.split_once(" (/").map_or(text, |(place, _)| place);
        let text = RELATED
            .iter()
            .find_map(|words| text.strip_prefix(words))
            .unwrap_or(text);
        let mut parts = text.rsplitn(3, ':');
        let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some((parts.next()?, line, column))
    }

    /// Names the second place.
    #[must_use]
    pub fn related(mut self, related: impl Into<String>) -> Self {
        self.related = Some(related.into());
        self
    }
}

/// A finding with everything a reader needs, so that the input itself can be let go.
#[derive(Debug, Clone)]
pub struct Located {
    pub diagnostic: Diagnostic,
    /// The file's name as the user knows it (`-` for standard input).
    pub file: Arc<str>,
    /// The place; none for a finding about a whole file.
    pub place: Option<SourceSpan>,
    /// The lines around it; only where they may be shown.
    pub excerpt: Option<Excerpt>,
}

impl Located {
    /// A finding that is about a whole file.
    pub fn of_file(diagnostic: Diagnostic, file: Arc<str>) -> Self {
        Self {
            diagnostic,
            file,
            place: None,
            excerpt: None,
        }
    }
}

/// Lines, columns and bytes of the input as stored, after decompression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceSpan {
    pub line: usize,
    /// 1-based, in Unicode scalar values.
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
    /// Bytes before the fault.
    pub offset: usize,
    /// Bytes of the fault.
    pub length: usize,
    /// Hash of the marked content: see [`fingerprint::content`].
    pub content: u64,
}

/// A window of the source that is safe to show: clipped, and escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The line number of the first line of `text`.
    pub first_line: usize,
    /// The lines, joined with `\n`, without a final one.
    pub text: String,
    /// The bytes of `text` to mark.
    pub mark: Span,
}
