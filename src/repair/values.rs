//! The values that stand alone in a text: one, one after another, or one a line.

use crate::input::cut;
use crate::json::{Span, scan};

/// The values of a text.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) spans: Vec<Span>,
    /// Whether each has a line of its own.
    pub(super) lines: bool,
}

impl Values {
    /// Finds the values. What is no value lasts to the end of its line, or of the text.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let lines = cut::is_one_a_line(text);
        let end_of_line = |at: usize| match bytes.get(at..) {
            Some(rest) if lines => memchr::memchr(b'\n', rest).map_or(bytes.len(), |it| at + it),
            _ => bytes.len(),
        };
        let mut spans = Vec::new();
        let mut limit = end_of_line(0);
        let mut at = 0;
        loop {
            let line = bytes.get(..limit).unwrap_or_default();
            at = scan::skip_blank(line, at);
            if at < limit {
                let end = match line.get(at) {
                    Some(b'{' | b'[') => scan::value_end(line, at),
                    _ => None,
                };
                let span = Span::new(at, end.unwrap_or(limit));
                at = span.end;
                spans.push(span);
            } else if limit < bytes.len() {
                at = limit + 1;
                limit = end_of_line(at);
            } else {
                return Self { spans, lines };
            }
        }
    }

    /// The number of the value that a place lies in.
    pub(super) fn index(&self, at: usize) -> usize {
        let behind = self.spans.partition_point(|span| span.start <= at);
        behind.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_follow_each_other_or_have_lines() {
        for (text, count, lines) in [
            ("", 0, false),
            (" {} ", 1, false),
            ("{\n}[]", 2, false),
            ("{}\n{\n{}\n", 3, true),
            ("{} x\n", 2, false),
        ] {
            let values = Values::of(text);
            assert_eq!((values.spans.len(), values.lines), (count, lines), "{text}");
        }
        assert_eq!(Values::of("{}\n{}\n{}\n").index(4), 1);
    }
}
