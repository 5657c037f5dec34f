//! A document that lies inside a JSON string (`{"body":"{…}"}`): its text, and the way back.

use crate::json::{Span, text};

/// The unescaped text with a map to the bytes that it was written with.
#[derive(Debug)]
pub struct Inner {
    text: String,
    /// Offsets where a run begins: in the text, and in the text around it.
    runs: Vec<(usize, usize)>,
    end: usize,
}

impl Inner {
    /// Unescapes the string (its quotes included) at `span` of `around`.
    pub fn new(around: &str, span: Span) -> Self {
        let mut inner = Self {
            text: String::with_capacity(span.len()),
            runs: Vec::new(),
            end: span.end - 1,
        };
        text::unescape_with(&around[span.start + 1..span.end - 1], |piece, at| {
            inner.runs.push((inner.text.len(), span.start + 1 + at));
            inner.text.push_str(piece);
        });
        inner
    }

    /// The document's own text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes around that a span of the text was written with.
    pub fn outward(&self, span: Span) -> Span {
        Span::new(self.offset(span.start), self.offset(span.end))
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
        let inner = Inner::new(around, Span::new(8, 19));
        assert_eq!(inner.text(), r#"{"a":1}"#);
        let one = inner.outward(Span::new(5, 6));
        assert_eq!(&around[one.start..one.end], "1");
    }
}
