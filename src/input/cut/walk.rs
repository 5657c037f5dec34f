//! The way through an input: documents one after another, or most of them one a line.

use std::sync::Arc;

use crate::input::foreign;
use crate::input::frame::{self, Opened};
use crate::input::identify::{self, Holds};
use crate::input::limits::Limits;
use crate::input::patch::Patch;
use crate::json::structure::Structure;
use crate::json::{Path, Span, scan, text};

use super::view::{Fit, TextView, opens};
use super::{Cutting, Form, Part};
use level::Level;
use line::Structured;

pub(super) mod level;
mod line;

/// Number of bytes of whole documents that are framed together.
pub(super) const TOGETHER: usize = 256 * 1024;
/// Bytes looked at to identify an input that does not begin with a document.
const HEAD: usize = 64 * 1024;
/// Number of bytes behind the first document in which the end of its line is searched for.
const LINE: usize = 4096;

/// Position of a walk at the top of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Top {
    /// Before the first document.
    Beginning,
    /// In the first document.
    First,
    /// Behind the first document. The next line decides between `Lines` and `Sequence`.
    Second,
    /// One document per line for the most part, so that a broken one does not hide the next.
    Lines,
    Sequence,
}

/// Text that is skipped.
#[derive(Debug)]
enum Skip {
    /// The rest of the line.
    Line,
    /// The rest of a value that is broken.
    Value(Structure),
}

/// One step on.
pub(super) enum Step {
    /// Go on here.
    To(usize),
    /// Nothing more can be said without more text.
    More,
    /// The value that begins here has no end.
    Unended(usize),
    /// The rest cannot be read.
    Stop,
}

impl Step {
    /// Passes the white space from `at` to `next`, behind which the text at hand ends.
    pub(super) fn past(at: usize, next: usize) -> Self {
        if next > at {
            Self::To(next)
        } else {
            Self::More
        }
    }
}

/// Follows an input through its text, which comes in stretches.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) cutting: Cutting,
    /// The longest document that is not cut.
    limit: usize,
    pub(super) limits: Limits,
    /// The offset in the input of the text at hand.
    pub(super) base: usize,
    top: Top,
    /// True if the first document has a line break in it.
    has_break: bool,
    /// True if a document has ended on this line.
    pub(super) midline: bool,
    /// The open document that takes several lines, in an input with one document per line.
    pub(super) structured: Option<Structured>,
    /// Up to here, an offset of the input, there is no line break.
    pub(super) unbroken: usize,
    /// The last byte before the text at hand that is no white space.
    pub(super) last: u8,
    skip: Option<Skip>,
    /// The open levels, each with the number of its members or elements so far.
    pub(super) levels: Vec<(Level, usize)>,
    /// The open document: the number of levels around it, its path, the text around its elements,
    /// and the kind that it is taken for.
    pub(super) floor: usize,
    pub(super) path: Path,
    pub(super) around: Patch,
    pub(super) opened: Option<Arc<Opened>>,
    /// Number of bytes in the last strict look at a value that does not end.
    pub(super) looked: usize,
    /// A string or number that is too long, as a span of the input.
    pub(super) token: Option<Span>,
}

impl Walk {
    /// A walk through an input of which documents up to `limit` bytes are not cut.
    pub(super) fn new(limit: usize, limits: Limits, cutting: Cutting) -> Self {
        Self {
            cutting,
            limit,
            limits,
            base: 0,
            top: Top::Beginning,
            has_break: false,
            midline: false,
            structured: None,
            unbroken: 0,
            last: 0,
            skip: None,
            levels: Vec::new(),
            floor: 0,
            path: Path::default(),
            around: Patch::default(),
            opened: None,
            looked: 0,
            token: None,
        }
    }

    /// Returns true if the next bytes are skipped.
    pub(super) fn is_skipping(&self) -> bool {
        self.skip.is_some()
    }

    /// Returns true if there was nothing but white space.
    pub(super) fn found_nothing(&self) -> bool {
        self.top == Top::Beginning
    }

    /// Returns true for an input with one document per line.
    pub(super) fn is_lines(&self) -> bool {
        self.top == Top::Lines
    }

    /// Cuts as far as the text goes; says where what is left begins, and whether that is no use.
    pub(super) fn cut(
        &mut self,
        text: &str,
        more: bool,
        token: Option<Span>,
        parts: &mut Vec<Part>,
    ) -> (usize, bool) {
        let base = self.base;
        self.token = token.map(|it| Span::new(base + it.start, base + it.end));
        // A token that is too long ends the reading with its first character.
        let end = token.map_or(text.len(), |it| text::boundary(text, it.start + 1));
        let view = TextView::new(
            &text[..end],
            more && token.is_none(),
            self.limit,
            self.limits.element,
        );
        let mut at = 0;
        let mut bounded: Option<(TextView<'_>, bool)> = None;
        let stopped = loop {
            let several_lines = self.structured.is_some();
            let (near, breaks) = match bounded {
                Some(bounded) => bounded,
                None => *bounded.insert(self.bounded(view, at)),
            };
            let unended = match self.step(&near, at, parts) {
                Step::To(next) => {
                    self.passed(&text.as_bytes()[at..next]);
                    at = next;
                    if self.structured.is_some() != several_lines {
                        bounded = None;
                    }
                    continue;
                }
                Step::Stop => break true,
                Step::More if near.more => break false,
                Step::More if self.is_open() || token.is_some() => at,
                Step::More => break false,
                Step::Unended(from) => from,
            };
            // The text ends for good.
            if self.skip.take().is_none() {
                self.fault(&near, unended, parts);
            }
            self.levels.clear();
            if !breaks {
                break true;
            }
            at = near.bytes.len();
            parts.push(Part::EndUnread(self.base + at));
            self.ended();
            bounded = None;
        };
        let passed = text.as_bytes()[..at].iter();
        if let Some(last) = passed.rev().find(|byte| !byte.is_ascii_whitespace()) {
            self.last = *last;
        }
        (at, stopped)
    }

    /// Returns true if something is open that has to end.
    fn is_open(&self) -> bool {
        !self.levels.is_empty() || self.skip.is_some()
    }

    /// Notes what the first document is like.
    fn passed(&mut self, bytes: &[u8]) {
        if self.top == Top::First {
            self.has_break |= memchr::memchr(b'\n', bytes).is_some();
            if self.midline && !self.is_open() {
                self.top = Top::Second;
            }
        }
    }

    fn step(&mut self, view: &TextView<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        if self.skip.is_some() {
            return self.pass_over(view, at, parts);
        }
        match self.levels.last() {
            Some((Level::Object { .. }, _)) => self.member(view, at, parts),
            Some(_) => self.element(view, at, parts),
            None => match self.top {
                Top::Beginning => self.beginning(view, at, parts),
                Top::Second => self.second(view, at),
                Top::Lines if self.structured.is_none() => self.lines(view, at, parts),
                Top::First | Top::Lines | Top::Sequence => self.document(view, at, parts),
            },
        }
    }

    /// The beginning of an input: a document, or another text.
    fn beginning(&mut self, view: &TextView<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        let start = scan::skip_blank(view.bytes, at);
        if start == view.bytes.len() {
            return Step::past(at, start);
        }
        let begins = opens(view.bytes.get(start));
        let doubtful = foreign::is_doubtful(view.text, start);
        if !begins || doubtful != Some(false) {
            if view.more && view.bytes.len() < start + HEAD {
                return Step::More;
            }
            let head = &view.text[..text::boundary(view.text, start + HEAD)];
            if !begins && self.token.is_some_and(|it| it.start == self.base + start) {
                self.top = Top::First;
                return Step::Unended(start);
            }
            if !begins || frame::foreign(head, start).is_some() {
                self.top = Top::First;
                let span = Span::new(start, head.len());
                let form = Form::Beginning;
                parts.push(Part::Whole { span, form });
                return Step::Stop;
            }
        }
        self.top = Top::First;
        Step::To(start)
    }

    /// The text behind the first document. If the next line begins with a document, the input has one
    /// document per line.
    fn second(&mut self, view: &TextView<'_>, at: usize) -> Step {
        let until = view.bytes.len().min(at + LINE);
        let newline = memchr::memchr(b'\n', &view.bytes[at..until]);
        let next = newline.map(|newline| scan::skip_blank(view.bytes, at + newline));
        let unknown = match next {
            None => until < at + LINE,
            Some(next) => next == view.bytes.len(),
        };
        if !self.has_break && unknown && view.more {
            return Step::More;
        }
        let lines = !self.has_break && next.is_some_and(|next| opens(view.bytes.get(next)));
        self.top = if lines { Top::Lines } else { Top::Sequence };
        Step::To(at)
    }

    /// A document at the top.
    fn document(&mut self, view: &TextView<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        let start = scan::skip_blank(view.bytes, at);
        let Some(first) = view.bytes.get(start) else {
            return Step::past(at, start);
        };
        if !opens(Some(first)) {
            parts.push(Part::Trailing(start));
            return Step::Stop;
        }
        let end = match view.fit(start) {
            Fit::Ends(end) => end,
            Fit::Open if view.more => return Step::past(at, start),
            Fit::Open => return self.unended(view, start),
            Fit::Long => {
                if let Some(step) = self.descend(view, start, Path::default()) {
                    return step;
                }
                match view.whole(start) {
                    Some(end) => end,
                    None => return self.grow(view, start, start, parts),
                }
            }
        };
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
        self.ended();
        Step::To(end)
    }

    /// A document at the top that has no end: responses in an array are read all the same.
    fn unended(&mut self, view: &TextView<'_>, start: usize) -> Step {
        if identify::holds(view.text, start) == Some(Holds::Pages) {
            let keyed = view.bytes[start] == b'{';
            return self.descend_to_pages(start, Path::default(), keyed);
        }
        self.begin(Path::default());
        Step::Unended(start)
    }

    /// A document at the top has ended.
    pub(super) fn ended(&mut self) {
        self.structured = None;
        self.midline = true;
    }

    /// Passes over the rest of the line.
    pub(super) fn skip_line(&mut self) {
        self.skip = Some(Skip::Line);
    }

    /// Leaves the document that is open, which is broken: the rest of it is ignored.
    pub(super) fn leave(&mut self) {
        let open = self.levels.len() - self.floor;
        self.levels.truncate(self.floor);
        self.skip = Some(Skip::Value(Structure::inside(open)));
    }

    fn pass_over(&mut self, view: &TextView<'_>, at: usize, parts: &mut Vec<Part>) -> Step {
        let end = match &mut self.skip {
            Some(Skip::Value(structure)) => structure.end(view.bytes, at),
            _ => memchr::memchr(b'\n', &view.bytes[at..]).map(|newline| at + newline),
        };
        let Some(end) = end else {
            return Step::past(at, view.bytes.len());
        };
        parts.push(Part::EndUnread(self.base + end));
        if let Some(Skip::Value(_)) = self.skip.take() {
            match self.levels.is_empty() {
                true => self.ended(),
                false => self.count(),
            }
        }
        Step::To(end)
    }

    /// Depth of the open brackets at the current place.
    pub(super) fn structure(&self) -> Structure {
        match &self.skip {
            Some(Skip::Value(structure)) => structure.deeper(self.levels.len()),
            _ => Structure::inside(self.levels.len()),
        }
    }
}
