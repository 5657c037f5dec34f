//! Arrays: of elements, of whole responses, or of something else.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::input::identify::{self, Holds, Keys, Shape, Wrong};
use crate::input::{fault, wrong};
use crate::json::spelling::Spelling;
use crate::json::{Path, Span, Tape, scan};
use crate::model::Dialect;

use super::{Document, Framer};

impl Framer<'_> {
    pub(super) fn array(&mut self, span: Span, outer: Span, base: &Path, inside: &Path) {
        let near = &self.near()[..span.end];
        let holds = identify::holds(near, span.start).unwrap_or(Holds::Others);
        if holds == Holds::Pages && span == outer {
            return self.pages(span, base);
        }
        let Some(elements) = scan::elements(near.as_bytes(), span.start) else {
            return self.broken(outer, base);
        };
        let path = base.clone().join(inside);
        let first = elements
            .first()
            .and_then(|first| Keys::scan(near, first.start));
        let dialect = match holds {
            Holds::Nothing => None,
            Holds::Elements(dialect) => Some(dialect),
            Holds::Pages => {
                if self.reads(outer, base) {
                    for (index, element) in elements.iter().enumerate() {
                        let path = path.clone().index(index);
                        self.classify(*element, *element, &path, &Path::default());
                    }
                }
                return;
            }
            Holds::Others => return self.others(span, outer, first, (base, inside)),
        };
        if dialect == Some(Dialect::Aggregates)
            && let Some(wrong) = identify::wrong_elements(Dialect::Aggregates, near, &elements)
            && let Some(keys) = first
        {
            return self.wrong(wrong, &keys, span, outer, (base, inside));
        }
        let spelling = elements.first().map_or(Spelling::Camel, |first| {
            identify::element_spelling(near, first.start)
        });
        self.document(Document {
            dialect,
            outer,
            outer_path: base.clone(),
            inside: inside.clone(),
            whole: false,
            array: Some(span),
            elements,
            home: path,
            single: false,
            spelling,
            inner: self.inner.as_ref().map(|(inner, _)| Arc::clone(inner)),
        });
    }

    /// Whole responses, page after page or key after key: each is a document. Those before a fault of
    /// the array or object around them are read.
    pub(super) fn pages(&mut self, span: Span, base: &Path) {
        let near = &self.near()[..span.end];
        let bytes = near.as_bytes();
        let keyed = bytes[span.start] == b'{';
        // Behind the page before.
        let mut at = span.start + 1;
        for count in 0.. {
            let mut start = scan::skip_blank(bytes, at);
            match bytes.get(start) {
                Some(b'}') if keyed => return,
                Some(b']') if !keyed => return,
                Some(b',') if count > 0 => start = scan::skip_blank(bytes, start + 1),
                Some(_) if count == 0 => {}
                _ => start = bytes.len(),
            }
            let mut path = base.clone().index(count);
            if keyed {
                match scan::member(bytes, start) {
                    Ok((key, value)) => {
                        path = base.clone().key(identify::key_name(near, key).into_owned());
                        start = value;
                    }
                    Err(_) => start = bytes.len(),
                }
            }
            let end = match bytes.get(start) {
                Some(b'{' | b'[') => match scan::value_end(bytes, start) {
                    None => return self.broken(Span::new(start, span.end), &path),
                    end => end,
                },
                _ => scan::value_end(bytes, start)
                    .filter(|end| Tape::read(near, Span::new(start, *end), 0).is_ok()),
            };
            let Some(end) = end else {
                let mut finding = fault::between(near, at, count, keyed);
                finding.path.clone_from(base);
                return self.push(Some(finding), Span::new(at, span.end), true);
            };
            let page = Span::new(start, end);
            self.classify(page, page, &path, &Path::default());
            at = end;
        }
    }

    /// An array of other elements.
    fn others(
        &mut self,
        span: Span,
        outer: Span,
        first: Option<Keys<'_>>,
        (base, inside): (&Path, &Path),
    ) {
        let path = base.clone().join(inside);
        let finding = match first {
            Some(keys) => {
                // Flat objects in a row are rows, whatever they are about.
                let wrong = match keys.shape() {
                    Shape::Wrong(Wrong::Object) => Wrong::FlatRows,
                    Shape::Wrong(wrong) => wrong,
                    _ => Wrong::Other,
                };
                wrong::finding(wrong, &keys, span, &path)
            }
            None => Diagnostic::new(
                Code::NotAggregates,
                "an array of plain values, not of responses or containers",
            )
            .at(Span::new(span.start, span.start + 1), path)
            .help(wrong::SHAPES),
        };
        self.other(finding, outer, base);
    }
}
