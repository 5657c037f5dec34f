//! Buckets of a long container, as a container of their own.

use crate::input::frame::{Document, Frame, Framed, Opened};
use crate::json::Span;
use crate::json::spelling::Spelling;

/// Text in which buckets are those of an element of their own.
#[derive(Debug)]
pub struct Wrapped {
    pub text: String,
    /// How far the buckets lie behind their place in the window.
    pub shift: isize,
}

impl Wrapped {
    /// Wraps the buckets at `spans` of `text` into a container of this group, in the spelling of the
    /// container that they are part of.
    pub fn new(text: &str, spans: &[Span], group: &str, spelling: Spelling) -> Self {
        let (group_key, data_key) = (spelling.write("group"), spelling.write("data"));
        let before = format!("{{\"{group_key}\":{group},\"{data_key}\":[");
        let span = match (spans.first(), spans.last()) {
            (Some(first), Some(last)) => Span::new(first.start, last.end),
            _ => Span::new(0, 0),
        };
        Self {
            shift: before.len() as isize - span.start as isize,
            text: format!("{before}{}]}}", &text[span.start..span.end]),
        }
    }

    /// The span in the window of a span of the text.
    pub fn outward(&self, span: Span) -> Span {
        let back = |at: usize| at.saturating_add_signed(-self.shift);
        Span::new(back(span.start), back(span.end))
    }
}

/// Whether what stands around elements makes the document that they were taken out of.
pub fn fits<'f>(framed: &'f Frame, opened: Option<&Opened>) -> Option<&'f Document> {
    let ([Framed::Document(document)], Some(opened)) = (framed.parts.as_slice(), opened) else {
        return None;
    };
    let is = document.opened(opened.dialect);
    let fits = document.dialect == Some(opened.dialect)
        && is.single == opened.single
        && is.plain == opened.plain
        && is.path == opened.path;
    fits.then_some(document)
}
