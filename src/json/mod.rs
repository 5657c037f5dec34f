//! A reader of JSON that keeps the span and the spelling of every value.
//!
//! Numbers stay the literals of the input; nothing here parses one.

pub mod adapter;
pub mod magnitude;
pub mod number;
pub mod path;
mod reader;
pub mod scan;
pub mod spelling;
pub mod structure;
pub mod syntax;
pub mod tape;
pub mod text;
pub mod token;

pub use path::{Path, PathStep};
pub use syntax::{Fault, SyntaxError};
pub use tape::{Node, Tape};
pub use token::TokenKind;

/// A half-open range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The span of `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Returns true if the span covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}
