//! The objects and arrays that are open, and what is kept of a document around its elements.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::json::{Fault, Span, SyntaxError, Tape};
use crate::source::Dialect;
use crate::source::fault;
use crate::source::frame::Opened;
use crate::source::patch::Patch;

use super::step::{Holds, Step, View};
use super::{Cutter, Cutting, Part, SAMPLE};

/// How many bytes are enough to tell what is wrong with them.
const TELLING: usize = 4096;

/// An object or array that is open.
#[derive(Debug)]
pub(super) struct Level {
    pub(super) kind: Kind,
    /// How many members or elements came.
    pub(super) count: usize,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// A document or an envelope around it, with its pointer.
    Object { pointer: String },
    /// Whole documents, with the array's pointer.
    Pages(String),
    /// The elements of a document, with the bytes of those that stay around.
    Elements { opened: Arc<Opened>, kept: usize },
    /// An element that fits no window: what stands around its buckets, and the same with the first
    /// of them, to tell the document by.
    Element {
        index: usize,
        around: Patch,
        sample: Patch,
    },
    /// Its buckets.
    Buckets { element: usize },
    /// An array that is none of ours.
    Others { kept: usize },
}

impl Cutter {
    /// Goes into the object or array of documents at `start`.
    pub(super) fn descend(
        &mut self,
        view: &View<'_>,
        start: usize,
        pointer: String,
        parts: &mut Vec<Part>,
    ) -> Step {
        if !self.may_descend(view, start) {
            return self.grow(view, start, start, parts);
        }
        self.around = Patch::default();
        self.opened = None;
        self.floor = self.levels.len();
        self.pointer.clone_from(&pointer);
        if view.bytes[start] == b'{' {
            self.keep(view, start, start + 1);
            self.push(Kind::Object { pointer });
            return Step::To(start + 1);
        }
        match self.array_of(view, start) {
            None => Step::More,
            Some(Holds::Pages) => {
                self.push(Kind::Pages(pointer));
                Step::To(start + 1)
            }
            Some(Holds::Others) => {
                self.keep(view, start, start + 1);
                self.push(Kind::Others { kept: 0 });
                Step::To(start + 1)
            }
            Some(Holds::Elements(dialect)) => {
                self.keep(view, start, start + 1);
                self.open(dialect, pointer, false);
                self.push_elements();
                Step::To(start + 1)
            }
        }
    }

    /// Whether the value at `start`, a document or an array of them, may be cut.
    fn may_descend(&self, view: &View<'_>, start: usize) -> bool {
        match self.cutting {
            Cutting::Buckets => true,
            _ if view.bytes[start] == b'[' => {
                matches!(self.array_of(view, start), None | Some(Holds::Pages))
            }
            Cutting::Elements(_) => true,
            Cutting::Documents => false,
        }
    }

    pub(super) fn push(&mut self, kind: Kind) {
        self.levels.push(Level { kind, count: 0 });
    }

    pub(super) fn open(&mut self, dialect: Dialect, pointer: String, single: bool) {
        let object = matches!(
            self.levels.last(),
            Some(Level {
                kind: Kind::Object { .. },
                ..
            })
        );
        self.opened = Some(Arc::new(Opened {
            dialect,
            pointer,
            single,
            plain: !single && object && self.levels.len() == self.floor + 1,
        }));
    }

    pub(super) fn push_elements(&mut self) {
        if let Some(opened) = self.opened.clone() {
            self.push(Kind::Elements { opened, kept: 0 });
        }
    }

    /// Keeps bytes that stand around elements.
    pub(super) fn keep(&mut self, view: &View<'_>, from: usize, to: usize) {
        let level = self.levels.last_mut();
        keep(
            level,
            &mut self.around,
            &view.text[from..to],
            self.base + from,
        );
    }

    /// Keeps the first bucket of an element, to tell the document by.
    pub(super) fn keep_bucket(&mut self, view: &View<'_>, bucket: Span) {
        let outer = self.base + bucket.start;
        if let [
            ..,
            Level {
                kind: Kind::Element { sample, .. },
                ..
            },
            _,
        ] = &mut self.levels[..]
            && sample.text().len() + bucket.len() <= SAMPLE
        {
            sample.push(&view.text[bucket.start..bucket.end], outer);
        }
    }

    pub(super) fn count(&mut self) {
        self.looked = 0;
        if let Some(level) = self.levels.last_mut() {
            level.count += 1;
        }
    }

    /// Keeps the closing bracket of the array that is open.
    pub(super) fn keep_end(&mut self, view: &View<'_>, end: usize) {
        let outer = self.base + end;
        if let Some(Level {
            kind: Kind::Pages(_),
            ..
        }) = self.levels.last()
        {
            return;
        }
        let below = self.levels.len().checked_sub(2);
        let level = below.and_then(|below| self.levels.get_mut(below));
        keep(level, &mut self.around, &view.text[end..=end], outer);
    }

    /// Ends the object or array that is open.
    pub(super) fn close(&mut self, parts: &mut Vec<Part>) {
        let Some(level) = self.levels.pop() else {
            return;
        };
        self.count();
        if let (
            Kind::Element {
                index,
                around,
                sample,
            },
            Some(opened),
        ) = (level.kind, &self.opened)
        {
            if let Some(Level {
                kind: Kind::Elements { kept, .. },
                ..
            }) = self.levels.last_mut()
                && *kept == 0
                && sample.text().len() <= SAMPLE
            {
                self.around.append(&sample);
                *kept = sample.text().len();
            }
            parts.push(Part::EndElement {
                opened: Arc::clone(opened),
                element: index,
                around,
            });
        }
        if self.levels.len() == self.floor && !self.around.text().is_empty() {
            parts.push(Part::EndDocument {
                opened: self.opened.take(),
                base: std::mem::take(&mut self.pointer),
                around: std::mem::take(&mut self.around),
            });
        }
    }

    /// Stops at a fault, when all of the text that tells which is at hand.
    pub(super) fn stop(&mut self, view: &View<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        if view.more && view.bytes.len() - at < TELLING {
            return Step::More;
        }
        self.fault(view, at, parts);
        Step::Stop
    }

    /// Stops at a token beyond the limit, or at what is no JSON before that.
    pub(super) fn too_long(
        &self,
        text: &str,
        more: bool,
        token: Span,
        parts: &mut Vec<Part>,
    ) -> (usize, bool) {
        let view = View {
            text,
            bytes: text.as_bytes(),
            more,
            size: self.size,
        };
        self.fault(&view, 0, parts);
        let outer = Span::new(self.base + token.start, self.base + token.end);
        if let Some(Part::Fault { finding, .. }) = parts.last_mut() {
            let earlier = |span: Span| span.start < outer.start;
            if finding.code != Code::JsonSyntax || !finding.span.is_some_and(earlier) {
                let pointer = std::mem::take(&mut finding.pointer);
                *finding = fault::too_long(outer, self.longest);
                finding.pointer = pointer;
            }
        }
        (0, true)
    }

    /// Has the strict reader say what is wrong at `at`: it reads what is kept of the document, and
    /// then what follows.
    pub(super) fn fault(&self, view: &View<'_>, at: usize, parts: &mut Vec<Part>) {
        let mut patch = self.around.clone();
        let mut whole = None;
        for level in &self.levels {
            match &level.kind {
                Kind::Pages(_) => {
                    patch.push(if level.count > 0 { "[0" } else { "[" }, self.base + at);
                    whole = Some(level.count);
                }
                Kind::Elements { kept, .. } => {
                    whole = Some(level.count);
                    let open = self
                        .levels
                        .iter()
                        .any(|it| matches!(it.kind, Kind::Element { .. }));
                    if *kept > 0 && open {
                        patch.push(",", self.base + at);
                    }
                    // Elements of which nothing was kept.
                    if *kept == 0 && level.count > 0 && !open {
                        patch.push("0", self.base + at);
                    }
                }
                Kind::Element { around, .. } => patch.append(around),
                Kind::Buckets { .. } if level.count > 0 => patch.push("0", self.base + at),
                _ => {}
            }
        }
        let begun = patch.text().len();
        patch.push(&view.text[at..], self.base + at);
        let error = match Tape::read_prefix(patch.text(), 0) {
            Err(error) => error,
            Ok((_, end)) => SyntaxError {
                fault: Fault::Syntax,
                span: Span::new(end.max(begun), end.max(begun)),
                message: "the document does not go on as it should".to_owned(),
                help: None,
            },
        };
        let mut finding = fault::syntax(error, patch.text(), 0, whole);
        finding.pointer.clone_from(&self.pointer);
        finding.span = finding.span.map(|span| patch.outward(span));
        if begun == patch.text().len() {
            // Nothing follows: the end is shown on the last byte, a bracket or the end of a value.
            let end = self.base + at;
            finding.span = Some(Span::new(end.saturating_sub(1), end));
        }
        let start = if begun == 0 {
            self.base + at
        } else {
            patch.outward(Span::new(0, 1)).start
        };
        parts.push(Part::Fault { finding, start });
    }
}

/// Keeps text that stands around the elements of a document, or the buckets of an element.
fn keep(level: Option<&mut Level>, document: &mut Patch, text: &str, outer: usize) {
    match level.map(|level| &mut level.kind) {
        Some(Kind::Element { around, sample, .. }) => {
            around.push(text, outer);
            if sample.text().len() <= SAMPLE {
                sample.push(text, outer);
            }
        }
        _ => document.push(text, outer),
    }
}
