//! Text of a record that is not in the input as it is: strings with escapes, and respelled names.

use std::borrow::Cow;

use crate::json::{Node, Span, TokenKind, spelling};

use super::slice::ARENA;
use super::{MANY, Scalar, Slice};

/// The start of all slices, and the unescaped text of the slices with escapes.
#[derive(Debug, Default)]
pub(super) struct Arena {
    /// Offset of the element in the text that was read.
    pub(super) base: usize,
    /// Number of bytes.
    len: usize,
    text: String,
    /// Origin of each piece of the text, in its order.
    escaped: Vec<(u32, Slice)>,
}

impl Arena {
    /// True unless decoded texts have grown the buffers far beyond an ordinary element's.
    pub(super) fn is_small(&self) -> bool {
        self.text.capacity() < 16 * MANY && self.escaped.capacity() < MANY
    }

    pub(super) fn clear(&mut self, span: Span) {
        self.base = span.start;
        self.len = span.len();
        self.text.clear();
        self.escaped.clear();
    }

    /// The bytes of the element in the text that was read.
    pub(super) fn span(&self) -> Span {
        Span::new(self.base, self.base + self.len)
    }

    /// The text of a slice; `text` is that from the element's first byte on.
    #[inline]
    pub(super) fn str<'a>(&'a self, text: &'a str, slice: Slice) -> &'a str {
        let (text, start) = if slice.is_in_arena() {
            (self.text.as_str(), slice.start - ARENA)
        } else {
            (text, slice.start)
        };
        let start = start as usize;
        // Slices lie between ASCII quotes or are ASCII digits, so they end at character boundaries.
        text.get(start..start + slice.len as usize)
            .unwrap_or_default()
    }

    /// The bytes of a string with its quotes, in the text that was read.
    pub(super) fn token(&self, slice: Slice) -> Span {
        let token = if slice.is_in_arena() {
            let at = self
                .escaped
                .partition_point(|(start, _)| *start < slice.start);
            self.escaped.get(at).map_or(slice, |(_, token)| *token)
        } else {
            Slice {
                start: slice.start - 1,
                len: slice.len + 2,
            }
        };
        self.outward(token)
    }

    /// The bytes of a slice that is not in the arena, in the text that was read.
    pub(super) fn outward(&self, slice: Slice) -> Span {
        let start = self.base + slice.start();
        Span::new(start, start + slice.len())
    }

    /// Returns the offset in the element of a byte of the text that was read.
    pub(super) fn offset(&self, at: usize) -> u32 {
        (at - self.base) as u32
    }

    /// The bytes of a value.
    pub(super) fn slice(&self, node: Node<'_>) -> Slice {
        let span = node.span();
        Slice {
            start: self.offset(span.start),
            len: span.len() as u32,
        }
    }

    pub(super) fn scalar(&mut self, node: Option<Node<'_>>) -> Scalar {
        let Some(node) = node else {
            return Scalar::Absent;
        };
        match node.kind() {
            TokenKind::Null => Scalar::Null,
            TokenKind::True => Scalar::Bool(true),
            TokenKind::False => Scalar::Bool(false),
            TokenKind::Number => Scalar::Number(self.slice(node)),
            TokenKind::String | TokenKind::Escaped => {
                self.text(node).map_or(Scalar::Absent, Scalar::Text)
            }
            TokenKind::Object | TokenKind::Array => Scalar::Absent,
        }
    }

    /// The text of a string, unescaped into the arena where it has escapes.
    pub(super) fn text(&mut self, node: Node<'_>) -> Option<Slice> {
        let token = self.slice(node);
        match node.kind() {
            TokenKind::String => Some(Slice {
                start: token.start + 1,
                len: token.len - 2,
            }),
            TokenKind::Escaped => Some(self.keep(&node.string()?, token)),
            _ => None,
        }
    }

    /// The text of a key in the spelling of the API.
    pub(super) fn name(&mut self, key: Node<'_>) -> Option<Slice> {
        match spelling::camel(&key.string()?) {
            Cow::Owned(camel) => Some(self.keep(&camel, self.slice(key))),
            Cow::Borrowed(_) => self.text(key),
        }
    }

    fn keep(&mut self, text: &str, token: Slice) -> Slice {
        let start = ARENA + self.text.len() as u32;
        self.text.push_str(text);
        let len = ARENA + self.text.len() as u32 - start;
        self.escaped.push((start, token));
        Slice { start, len }
    }
}
