//! A text put together from pieces of another, with the way back: a document that lies inside a
//! JSON string (`{"body":"{…}"}`), or one whose elements were taken out.

use crate::json::{Span, text};

/// A text and where its runs come from.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    text: String,
    /// Offsets where a run begins: in the text, and in the text around it.
    runs: Vec<(usize, usize)>,
    /// Offset behind the last run, in the text around.
    end: usize,
    /// True if runs may be shorter than what they were written with.
    escaped: bool,
}

impl Patch {
    /// Unescapes the string (its quotes included) at `span` of `around`.
    pub fn unescaped(around: &str, span: Span) -> Self {
        let mut patch = Self {
            text: String::with_capacity(span.len()),
            runs: Vec::new(),
            end: span.end - 1,
            escaped: true,
        };
        text::unescape_with(&around[span.start + 1..span.end - 1], |piece, at| {
            patch.runs.push((patch.text.len(), span.start + 1 + at));
            patch.text.push_str(piece);
        });
        patch
    }

    /// Appends a piece that begins at `outer` in the text around.
    pub fn push(&mut self, piece: &str, outer: usize) {
        if piece.is_empty() {
            return;
        }
        if self.end != outer || self.runs.is_empty() {
            self.runs.push((self.text.len(), outer));
        }
        self.text.push_str(piece);
        self.end = outer + piece.len();
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes around that a span of the text was written with.
    pub fn outward(&self, span: Span) -> Span {
        let start = self.offset(span.start);
        // The text after a span may come from far behind it.
        let end = if self.escaped || span.is_empty() {
            self.offset(span.end)
        } else {
            self.offset(span.end - 1) + 1
        };
        Span::new(start, end.max(start))
    }

    fn offset(&self, offset: usize) -> usize {
        if offset >= self.text.len() {
            return self.end;
        }
        let run = self.runs.partition_point(|(start, _)| *start <= offset);
        match run.checked_sub(1).and_then(|run| self.runs.get(run)) {
            Some((start, outer)) => outer + (offset - start),
            None => offset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_lead_back_to_the_escaped_bytes() {
        let around = r#"{"body":"{\"a\":1}"}"#;
        let patch = Patch::unescaped(around, Span::new(8, 19));
        assert_eq!(patch.text(), r#"{"a":1}"#);
        let one = patch.outward(Span::new(5, 6));
        assert_eq!(&around[one.start..one.end], "1");
    }

    #[test]
    fn spans_lead_back_over_what_was_taken_out() {
        let around = "0123456789";
        let mut patch = Patch::default();
        patch.push(&around[0..3], 0);
        patch.push(&around[3..4], 3);
        patch.push(&around[7..9], 7);
        assert_eq!((patch.text(), patch.runs.len()), ("012378", 2));
        assert_eq!(patch.outward(Span::new(2, 4)), Span::new(2, 4));
        assert_eq!(patch.outward(Span::new(4, 6)), Span::new(7, 9));
        assert_eq!(patch.outward(Span::new(6, 6)), Span::new(9, 9));
    }
}
