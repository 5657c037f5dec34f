//! One step on: a document, a member or an element, or the wait for more text.

use std::sync::Arc;

use crate::json::structure::Structure;
use crate::json::{Fault, Span, Tape, scan};
use crate::source::frame::{self, Stretch};
use crate::source::identify::{ENVELOPES, Keys, Shape};
use crate::source::{Dialect, foreign, patch::Patch};

use super::level::Kind;
use super::{Cutter, Cutting, Form, Part, SAMPLE, TOGETHER};

impl Cutter {
    /// A document at the top.
    pub(super) fn document(&mut self, view: &View<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        let start = scan::skip_blank(view.bytes, at);
        let Some(first) = view.bytes.get(start) else {
            return if start > at {
                Step::To(start)
            } else {
                Step::More
            };
        };
        if !matches!(first, b'{' | b'[') {
            if view.more && view.bytes.len() < SAMPLE {
                return Step::More;
            }
            if !self.found && parts.is_empty() {
                let span = Span::new(at, view.bytes.len());
                let form = Form::Any;
                parts.push(Part::Whole { span, form });
            } else {
                parts.push(Part::Trailing(start));
            }
            return Step::Stop;
        }
        if let Some(step) = self.foreign(view, at, parts) {
            return step;
        }
        if let Some(end) = Structure::new().end(view.bytes, start) {
            match parts.last_mut() {
                Some(Part::Whole { span, form })
                    if *form == Form::Sequence && span.len() < TOGETHER =>
                {
                    span.end = end;
                }
                _ => parts.push(Part::Whole {
                    span: Span::new(start, end),
                    form: Form::Sequence,
                }),
            }
            return Step::To(end);
        }
        if !view.more {
            parts.push(Part::Whole {
                span: Span::new(start, view.bytes.len()),
                form: Form::Sequence,
            });
            return Step::Stop;
        }
        if !view.is_full(start) {
            return if start > at {
                Step::To(start)
            } else {
                Step::More
            };
        }
        self.descend(view, start, String::new(), parts)
    }

    /// What follows the first document, where its line was too long to tell: a line of its own makes
    /// documents one a line.
    pub(super) fn second(&mut self, view: &View<'_>, at: usize) -> Step {
        let inside = self.line_break.is_some_and(|it| it < self.base + at);
        let next = memchr::memchr(b'\n', &view.bytes[at..])
            .map(|line| scan::skip_blank(view.bytes, at + line))
            .filter(|next| *next < view.bytes.len());
        if !inside && next.is_none() && view.more {
            return Step::More;
        }
        let opens = |next| matches!(view.bytes.get(next), Some(b'{' | b'['));
        self.lines = Some(!inside && next.is_some_and(opens));
        Step::To(at)
    }

    /// Hands on an input that begins with something else than JSON that has a name, or waits until
    /// that is known.
    fn foreign(&self, view: &View<'_>, at: usize, parts: &mut Vec<Part>) -> Option<Step> {
        if self.found || !parts.is_empty() {
            return None;
        }
        match foreign(view, scan::skip_blank(view.bytes, at)) {
            Some(true) => {
                let span = Span::new(at, view.bytes.len());
                let form = Form::Any;
                parts.push(Part::Whole { span, form });
                Some(Step::Stop)
            }
            None if view.more => Some(Step::More),
            _ => None,
        }
    }

    /// Documents of which most are one a line.
    pub(super) fn lines(&mut self, view: &View<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        if let Some(step) = self.foreign(view, at, parts) {
            return step;
        }
        if at >= view.bytes.len() {
            return Step::More;
        }
        match frame::stretch(view.text, at, view.more) {
            Stretch::Lines(end) => {
                lines(view, at, end, parts);
                Step::To(end)
            }
            Stretch::Document(end) => {
                let span = Span::new(at, end);
                let form = Form::Sequence;
                parts.push(Part::Whole { span, form });
                Step::To(end)
            }
            Stretch::Broken => {
                let span = Span::new(at, view.bytes.len());
                let form = Form::Sequence;
                parts.push(Part::Whole { span, form });
                Step::Stop
            }
            Stretch::Open => {
                let start = scan::skip_blank(view.bytes, at);
                let line = memchr::memchr(b'\n', view.bytes.get(start..).unwrap_or_default());
                // A document over several lines that fits no window.
                if line.is_some() && view.is_full(start) && self.cutting != Cutting::Documents {
                    return self.descend(view, start, String::new(), parts);
                }
                Step::More
            }
        }
    }

    /// A member of an object that is open, or the object's end.
    pub(super) fn member(&mut self, view: &View<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        let count = self.levels.last().map_or(0, |level| level.count);
        let mut key = scan::skip_blank(view.bytes, at);
        match view.bytes.get(key) {
            None => return Step::More,
            Some(b'}') => {
                self.keep(view, at, key + 1);
                self.close(parts);
                return Step::To(key + 1);
            }
            Some(b',') if count > 0 => key = scan::skip_blank(view.bytes, key + 1),
            Some(_) if count > 0 => return self.stop(view, at, parts),
            Some(_) => {}
        }
        let value = match member_value(view, key) {
            Ok(value) => value,
            Err(true) => return Step::More,
            Err(false) => return self.stop(view, at, parts),
        };
        if let Some(end) = view.value_end(value) {
            self.keep(view, at, end);
            self.count();
            return Step::To(end);
        }
        if !view.more || !view.is_full(at) {
            return Step::More;
        }
        // A value that fits no window.
        let name = &view.text[key + 1..key + view.text[key..value].rfind('"').unwrap_or(1)];
        let allowed = match self.cutting {
            Cutting::Buckets => true,
            Cutting::Elements(array) => array == name && self.levels.len() == self.floor + 1,
            Cutting::Documents => false,
        };
        if !allowed {
            return self.grow(view, at, value, parts);
        }
        let array = view.bytes[value] == b'[';
        let (pointer, element) = match self.levels.last().map(|level| &level.kind) {
            Some(Kind::Object { pointer, .. }) => (pointer.clone(), None),
            Some(Kind::Element { index, .. }) => (String::new(), Some(*index)),
            _ => return Step::More,
        };
        let kind = match (element, name, array) {
            (Some(element), "data", true) => Kind::Buckets { element },
            (Some(_), _, _) => return self.grow(view, at, value, parts),
            (None, "results" | "entities", true) if self.opened.is_none() => {
                let dialect = match name {
                    "results" => Dialect::Aggregates,
                    _ => Dialect::Summary,
                };
                self.open(dialect, format!("{pointer}/{name}"), false);
                self.keep(view, at, value + 1);
                self.push_elements();
                return Step::To(value + 1);
            }
            (None, "data", true) if self.opened.is_none() && !holds_observations(view, value) => {
                self.open(Dialect::Aggregates, pointer, true);
                Kind::Buckets { element: 0 }
            }
            (None, name, false)
                if ENVELOPES.contains(&name)
                    && view.bytes[value] == b'{'
                    && self.levels.len() < 5 =>
            {
                Kind::Object {
                    pointer: format!("{pointer}/{name}"),
                }
            }
            // Arrays in envelopes are documents, and those of records hold some.
            (None, name, true)
                if name == "data" || !(ENVELOPES.contains(&name) || name == "content") =>
            {
                Kind::Others { kept: 0 }
            }
            _ => return self.grow(view, at, value, parts),
        };
        self.keep(view, at, value + 1);
        self.push(kind);
        Step::To(value + 1)
    }

    /// An element of an array that is open, or the array's end.
    pub(super) fn element(&mut self, view: &View<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        let count = self.levels.last().map_or(0, |level| level.count);
        let mut start = scan::skip_blank(view.bytes, at);
        match view.bytes.get(start) {
            None => return Step::More,
            Some(b']') => {
                self.keep_end(view, start);
                self.close(parts);
                return Step::To(start + 1);
            }
            Some(b',') if count > 0 => start = scan::skip_blank(view.bytes, start + 1),
            Some(_) if count > 0 => return self.stop(view, at, parts),
            Some(_) => {}
        }
        match view.bytes.get(start) {
            None => return Step::More,
            Some(b',' | b']' | b'}' | b':') => return self.stop(view, at, parts),
            Some(_) => {}
        }
        let Some(end) = view.value_end(start) else {
            return if view.more && view.is_full(at) {
                self.long_element(view, at, start, parts)
            } else {
                Step::More
            };
        };
        let span = Span::new(start, end);
        self.add(view, span, count, parts);
        self.count();
        Step::To(end)
    }

    /// Hands an element on.
    fn add(&mut self, view: &View<'_>, span: Span, index: usize, parts: &mut Vec<Part>) {
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        match &mut level.kind {
            Kind::Pages(pointer) => parts.push(Part::Whole {
                span,
                form: Form::At(format!("{pointer}/{index}")),
            }),
            Kind::Elements { opened, kept } => {
                sample(&mut self.around, kept, view, span, self.base);
                match parts.last_mut() {
                    Some(Part::Elements { spans, .. }) => spans.push(span),
                    _ => parts.push(Part::Elements {
                        opened: Arc::clone(opened),
                        first: index,
                        spans: vec![span],
                    }),
                }
            }
            Kind::Others { kept } => sample(&mut self.around, kept, view, span, self.base),
            Kind::Buckets { element } => {
                let element = *element;
                match (parts.last_mut(), &self.opened) {
                    (Some(Part::Buckets { spans, .. }), _) => spans.push(span),
                    (_, Some(opened)) => parts.push(Part::Buckets {
                        opened: Arc::clone(opened),
                        element,
                        first: index,
                        spans: vec![span],
                    }),
                    _ => {}
                }
                if index == 0 {
                    self.keep_bucket(view, span);
                }
            }
            Kind::Object { .. } | Kind::Element { .. } => {}
        }
    }

    /// An element that fits no window.
    fn long_element(
        &mut self,
        view: &View<'_>,
        at: usize,
        start: usize,
        parts: &mut Vec<Part>,
    ) -> Step {
        let Some(level) = self.levels.last() else {
            return Step::More;
        };
        let brace = view.bytes[start] == b'{';
        match &level.kind {
            Kind::Elements { opened, .. }
                if brace
                    && opened.dialect == Dialect::Aggregates
                    && self.cutting == Cutting::Buckets =>
            {
                let index = level.count;
                self.push(Kind::Element {
                    index,
                    around: Patch::default(),
                    sample: Patch::default(),
                });
                self.keep(view, start, start + 1);
                Step::To(start + 1)
            }
            Kind::Pages(pointer) if brace => {
                let pointer = format!("{pointer}/{}", level.count);
                self.descend(view, start, pointer, parts)
            }
            _ => self.grow(view, at, start, parts),
        }
    }

    /// Asks for more of a value that can only be read whole, unless what there is of it is no JSON:
    /// a quote too many would make one value of all that follows.
    pub(super) fn grow(
        &mut self,
        view: &View<'_>,
        at: usize,
        value: usize,
        parts: &mut Vec<Part>,
    ) -> Step {
        let length = view.bytes.len() - at;
        if length >= 2 * self.looked {
            self.looked = length;
            if let Err(error) = Tape::read_prefix(view.text, value)
                && error.fault != Fault::Truncated
            {
                return self.stop(view, at, parts);
            }
        }
        self.want = 2 * length;
        Step::More
    }

    /// What the array at `start` holds, told by its first element; `None` where that is too long
    /// to tell.
    pub(super) fn array_of(&self, view: &View<'_>, start: usize) -> Option<Holds> {
        let first = scan::skip_blank(view.bytes, start + 1);
        if *view.bytes.get(first)? != b'{' {
            return Some(Holds::Others);
        }
        if let Some(keys) = Keys::scan(view.text, first) {
            return Some(match keys.shape() {
                Shape::Container => Holds::Elements(Dialect::Aggregates),
                Shape::Entity => Holds::Elements(Dialect::Summary),
                shape if shape.is_page() => Holds::Pages,
                _ => Holds::Others,
            });
        }
        // The first element fits no window: its first key tells.
        let key = scan::skip_blank(view.bytes, first + 1);
        let end = scan::value_end(view.bytes, key)?;
        Some(match view.text.get(key..end)? {
            "\"group\"" | "\"data\"" => Holds::Elements(Dialect::Aggregates),
            "\"id\"" | "\"metrics\"" | "\"division\"" => Holds::Elements(Dialect::Summary),
            _ => Holds::Pages,
        })
    }
}

pub(super) enum Step {
    /// Go on here.
    To(usize),
    /// Nothing more can be said without more text.
    More,
    /// The rest cannot be read.
    Stop,
}

/// What an array holds.
pub(super) enum Holds {
    Elements(Dialect),
    Pages,
    Others,
}

/// The text at hand.
pub(super) struct View<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    /// Whether the input goes on behind it.
    pub(super) more: bool,
    /// How many bytes a window holds.
    pub(super) size: usize,
}

impl View<'_> {
    /// Whether there is no use in waiting for the rest of what begins at `at`.
    fn is_full(&self, at: usize) -> bool {
        self.bytes.len() - at >= self.size - self.size / 8
    }

    /// The end of the value at `start`, if it is certain.
    fn value_end(&self, start: usize) -> Option<usize> {
        match self.bytes.get(start)? {
            b'{' | b'[' => Structure::new().end(self.bytes, start),
            // What is no container may go on behind the text at hand.
            _ => scan::value_end(self.bytes, start)
                .filter(|end| *end < self.bytes.len() || !self.more),
        }
    }
}

/// Where the value of the key at `key` begins; whether more text would help where it does not.
fn member_value(view: &View<'_>, key: usize) -> Result<usize, bool> {
    match view.bytes.get(key) {
        None => return Err(true),
        Some(b'"') => {}
        Some(_) => return Err(false),
    }
    let end = scan::value_end(view.bytes, key).ok_or(true)?;
    let colon = scan::skip_blank(view.bytes, end);
    match view.bytes.get(colon) {
        None => return Err(true),
        Some(b':') => {}
        Some(_) => return Err(false),
    }
    let value = scan::skip_blank(view.bytes, colon + 1);
    match view.bytes.get(value) {
        None => Err(true),
        Some(b',' | b'}' | b']' | b':') => Err(false),
        Some(_) => Ok(value),
    }
}

/// Whether the array at `start` holds the figures of an observation, which have no interval.
fn holds_observations(view: &View<'_>, start: usize) -> bool {
    let first = scan::skip_blank(view.bytes, start + 1);
    Keys::scan(view.text, first).is_some_and(|keys| keys.is_observed())
}

/// Whether the input, which begins at `start`, is something else than JSON that has a name; `None`
/// where more of it would tell.
fn foreign(view: &View<'_>, start: usize) -> Option<bool> {
    if !foreign::is_doubtful(view.text, start)? {
        return Some(false);
    }
    if view.more && view.bytes.len() < SAMPLE {
        return None;
    }
    Some(frame::foreign(view.text, start).is_some())
}

/// Lines up to `end`, in pieces.
fn lines(view: &View<'_>, at: usize, end: usize, parts: &mut Vec<Part>) {
    let mut start = at;
    while start < end {
        let near = (start + TOGETHER).min(end);
        let next = memchr::memchr(b'\n', &view.bytes[near..end]).map_or(end, |it| near + it + 1);
        parts.push(Part::Whole {
            span: Span::new(start, next),
            form: Form::Lines,
        });
        start = next;
    }
}

/// Keeps an element among what stands around, as long as there is room.
fn sample(around: &mut Patch, kept: &mut usize, view: &View<'_>, span: Span, base: usize) {
    if *kept + span.len() > SAMPLE {
        return;
    }
    if *kept > 0 {
        around.push(",", base + span.start - 1);
    }
    around.push(&view.text[span.start..span.end], base + span.start);
    *kept += span.len();
}
