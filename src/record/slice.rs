//! Parts of a container as offsets, so that a record can be reused for the next one.

use crate::input::limits::Limits;

/// Offsets from here on are offsets in the arena of the record, which has unescaped text.
pub(super) const ARENA: u32 = Limits::MOST_ELEMENT as u32 + 1;

/// A run of bytes of the container's text, or of the record's arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slice {
    pub(super) start: u32,
    pub(super) len: u32,
}

impl Slice {
    /// Number of bytes.
    #[inline]
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Returns true if it is empty.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Offset in the text of the container; meaningless for text in the arena.
    #[inline]
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// Its text, given the text of the container; meaningless for text in the arena.
    #[inline]
    pub fn in_text(self, text: &str) -> &str {
        let start = self.start as usize;
        text.get(start..start + self.len as usize)
            .unwrap_or_default()
    }

    #[inline]
    pub(super) fn is_in_arena(self) -> bool {
        self.start >= ARENA
    }

    /// The bytes of a slice that is not in the arena.
    #[inline]
    pub(super) fn bytes(self, bytes: &[u8]) -> &[u8] {
        let start = self.start as usize;
        bytes
            .get(start..start + self.len as usize)
            .unwrap_or_default()
    }
}

/// A value where the API has a string, a number or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// The property is not there, or holds an array or object.
    Absent,
    Null,
    /// A string, unescaped.
    Text(Slice),
    /// A number's literal.
    Number(Slice),
    Bool(bool),
}

impl Scalar {
    /// Returns true if there is something to show.
    #[inline]
    pub fn has_value(self) -> bool {
        !matches!(self, Self::Absent | Self::Null)
    }

    /// The same value with another slice.
    #[inline]
    pub(super) fn moved(self, to: impl Fn(Slice) -> Option<Slice>) -> Option<Self> {
        Some(match self {
            Self::Text(slice) => Self::Text(to(slice)?),
            Self::Number(slice) => Self::Number(to(slice)?),
            other => other,
        })
    }

    /// The slice of a string.
    #[inline]
    pub fn text(self) -> Option<Slice> {
        match self {
            Self::Text(slice) => Some(slice),
            _ => None,
        }
    }
}

/// A number of a record.
#[derive(Debug, Clone, Copy, Default)]
pub struct Number {
    pub literal: Slice,
    /// Its value, where it is a whole number of at most 18 digits, also if written `12.0`.
    pub whole: Option<i64>,
}
