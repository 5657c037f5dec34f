//! Errors of a text that should be JSON.

use super::Span;

/// The kinds of fault, as the diagnostics distinguish them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not JSON at this byte.
    Syntax,
    /// The input ends inside a value.
    Truncated,
    /// A lone surrogate, or bytes that are not UTF-8.
    Text,
    /// Nested deeper than [`super::token::MAX_DEPTH`].
    Depth,
}

/// The first fault of a text, with its bytes and words for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub fault: Fault,
    /// The bytes at fault, in offsets of the whole text.
    pub span: Span,
    /// One sentence that describes the error.
    pub message: String,
    /// The next step, if it is known.
    pub help: Option<&'static str>,
}

impl SyntaxError {
    pub(super) fn new(fault: Fault, span: Span, message: impl Into<String>) -> Self {
        Self {
            fault,
            span,
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }
}
