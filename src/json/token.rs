//! Tokens of JSON on a tape.

/// Maximum nesting of arrays and objects.
pub const MAX_DEPTH: usize = 128;

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Object,
    Array,
    /// A string without escapes: its text is the bytes between the quotes.
    String,
    /// A string with at least one escape.
    Escaped,
    Number,
    True,
    False,
    Null,
}

/// A value or a key, before it is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Index of the first token behind this one's subtree.
    pub(super) next: u32,
    pub(super) kind: TokenKind,
}
