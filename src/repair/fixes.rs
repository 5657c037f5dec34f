//! What was repaired, counted and named.

use std::fmt;

/// A kind of slip whose repair is sure: first those of the text, then those of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fix {
    Utf16,
    Bom,
    Fence,
    Comment,
    TrailingComma,
    SingleQuotes,
    PythonWord,
    PythonEscape,
    Envelope,
    SnakeCase,
    Epoch,
    Fraction,
}

/// Every kind, with its name for a sentence, for one and for several.
const NAMES: [(Fix, &str, &str); 12] = [
    (Fix::Utf16, "UTF-16 encoding", "UTF-16 encodings"),
    (Fix::Bom, "byte order mark", "byte order marks"),
    (Fix::Fence, "code fence", "code fences"),
    (Fix::Comment, "comment", "comments"),
    (Fix::TrailingComma, "trailing comma", "trailing commas"),
    (
        Fix::SingleQuotes,
        "single-quoted string",
        "single-quoted strings",
    ),
    (Fix::PythonWord, "Python literal", "Python literals"),
    (Fix::PythonEscape, "Python escape", "Python escapes"),
    (Fix::Envelope, "envelope", "envelopes"),
    (Fix::SnakeCase, "snake_case key", "snake_case keys"),
    (Fix::Epoch, "epoch time", "epoch times"),
    (Fix::Fraction, "overlong fraction", "overlong fractions"),
];

/// How often each kind was repaired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fixes([u64; NAMES.len()]);

impl Fixes {
    /// Counts one more.
    pub fn add(&mut self, fix: Fix) {
        if let Some(count) = self.0.get_mut(fix as usize) {
            *count += 1;
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }

    /// How many things were repaired.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// How many were of the text, which was no JSON before.
    pub fn of_text(&self) -> u64 {
        self.0.iter().take(Fix::Envelope as usize).sum()
    }

    /// How many of one kind were.
    pub fn of(&self, fix: Fix) -> u64 {
        self.0.get(fix as usize).copied().unwrap_or_default()
    }
}

impl fmt::Display for Fixes {
    /// `2 trailing commas, 1 Python literal`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for (fix, one, several) in NAMES {
            let count = self.of(fix);
            if count > 0 {
                let name = if count == 1 { one } else { several };
                write!(f, "{between}{count} {name}")?;
                between = ", ";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_name() {
        for (index, (fix, one, several)) in NAMES.into_iter().enumerate() {
            assert_eq!(fix as usize, index);
            let mut fixes = Fixes::default();
            fixes.add(fix);
            assert_eq!((fixes.total(), fixes.to_string()), (1, format!("1 {one}")));
            fixes.merge(&fixes.clone());
            assert_eq!(fixes.to_string(), format!("2 {several}"));
        }
    }
}
