//! Types of JSON values.

use std::collections::BTreeMap;

use crate::json::{Node, TokenKind};

/// Types of JSON values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Types(u8);

impl Types {
    const WORDS: [&str; 6] = ["null", "boolean", "number", "string", "array", "object"];

    /// The type of one value; integers are numbers.
    pub fn of(node: Node<'_>) -> Self {
        Self(match node.kind() {
            TokenKind::Null => 1,
            TokenKind::True | TokenKind::False => 2,
            TokenKind::Number => 4,
            TokenKind::String | TokenKind::Escaped => 8,
            TokenKind::Array => 16,
            TokenKind::Object => 32,
        })
    }

    /// The type that a schema calls so.
    pub fn named(word: &str) -> Self {
        let word = if word == "integer" { "number" } else { word };
        let place = Self::WORDS.iter().position(|known| *known == word);
        Self(place.map_or(0, |place| 1 << place))
    }

    /// These types and others.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These types but null, which any value may be.
    #[must_use]
    pub fn valued(self) -> Self {
        Self(self.0 & !1)
    }

    /// Returns true if there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns true if all of these are among others.
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Their names; `null` only where there is nothing else.
    pub fn words(self) -> Vec<&'static str> {
        let reported = if self.valued().is_empty() {
            self
        } else {
            self.valued()
        };
        Self::WORDS
            .into_iter()
            .enumerate()
            .filter(|(place, _)| reported.0 & (1 << place) != 0)
            .map(|(_, word)| word)
            .collect()
    }
}

/// Names with the types of their values.
pub type Typed = BTreeMap<String, Types>;
