//! An input cut into parts that can be read side by side, while it is read.
//!
//! What fits a window is handed on whole and framed there. A document that does not is followed
//! from bracket to bracket: its elements (and the buckets of an element that fits no window
//! either) are cut out, and what stands around them is put together to a small document that is
//! framed like any other.

mod level;
mod step;

use std::sync::Arc;

use level::{Kind, Level};
use step::{Step, View};

use crate::diagnostic::Diagnostic;
use crate::json::Span;

use super::condense::{self, Gaps};
use super::content::Content;
use super::frame::{self, Opened};
use super::limits;
use super::open_error::OpenError;
use super::patch::Patch;

/// How many bytes are looked at together for each thread.
pub const WINDOW: usize = 512 * 1024;
/// How many bytes of whole documents are framed together.
const TOGETHER: usize = 256 * 1024;
/// How many bytes of elements stay in what stands around them, to tell the document by.
const SAMPLE: usize = 64 * 1024;

/// Part of an input; spans are those of the window's text.
#[derive(Debug)]
pub enum Part {
    /// Whole documents.
    Whole { span: Span, form: Form },
    /// Elements of the document that is open, the first of which has this index.
    Elements {
        opened: Arc<Opened>,
        first: usize,
        spans: Vec<Span>,
    },
    /// Buckets of an element that is open.
    Buckets {
        opened: Arc<Opened>,
        element: usize,
        first: usize,
        spans: Vec<Span>,
    },
    /// The end of an element of which the buckets came before.
    EndElement {
        opened: Arc<Opened>,
        element: usize,
        around: Patch,
    },
    /// The end of a document of which the elements came before.
    EndDocument {
        /// What it was taken for.
        opened: Option<Arc<Opened>>,
        /// The pointer to it.
        base: String,
        around: Patch,
    },
    /// The document that is open, from this offset on, is no JSON. Offsets are those of the input.
    Fault { finding: Diagnostic, start: usize },
    /// What follows the last document is none: at this offset of the window.
    Trailing(usize),
}

/// How far an input may be cut where it does not fit a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cutting {
    /// To the buckets of an element.
    #[default]
    Buckets,
    /// To the elements in this property of a response without an envelope.
    Elements(&'static str),
    /// To whole documents.
    Documents,
}

/// How whole documents stand in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// The whole input: find out.
    Any,
    /// One document a line.
    Lines,
    /// One after another.
    Sequence,
    /// One, with this pointer.
    At(String),
}

/// A stretch of the input with the parts that lie in it.
#[derive(Debug)]
pub struct Window {
    pub text: String,
    /// The offset of the text in the input, as it is without its [`Gaps`].
    pub base: usize,
    pub parts: Vec<Part>,
    /// Whether this is the last one.
    pub last: bool,
}

/// Cuts one input.
#[derive(Debug)]
pub struct Cutter {
    content: Content,
    cutting: Cutting,
    /// What no window has handed on yet.
    carry: String,
    /// A buffer for the next window, so that a new one need not be found for each.
    spare: String,
    base: usize,
    /// The white space that was taken out.
    gaps: Gaps,
    /// The longest token that is read.
    longest: usize,
    /// How many bytes a window holds, and how many the next one should.
    size: usize,
    want: usize,
    started: bool,
    /// Whether there was anything but white space.
    found: bool,
    /// Whether documents stand one a line; told when the first line has ended.
    lines: Option<bool>,
    /// The offset of the first line break in the input.
    line_break: Option<usize>,
    levels: Vec<Level>,
    /// The document that is open: how many levels lie around it, its pointer, what stands around
    /// its elements, and what it is taken for.
    floor: usize,
    pointer: String,
    around: Patch,
    opened: Option<Arc<Opened>>,
    /// How many bytes the last strict look at a value that does not end took in.
    looked: usize,
}

impl Cutter {
    /// Cuts this input in windows of about `size` bytes.
    pub fn new(content: Content, size: usize, cutting: Cutting) -> Self {
        let longest = limits::get().token;
        // So that a token beyond the limit never fits one.
        let size = size.min(longest);
        Self {
            content,
            cutting,
            carry: String::new(),
            spare: String::new(),
            base: 0,
            gaps: Gaps::default(),
            longest,
            size,
            want: size,
            started: false,
            found: false,
            lines: None,
            line_break: None,
            levels: Vec::new(),
            floor: 0,
            pointer: String::new(),
            around: Patch::default(),
            opened: None,
            looked: 0,
        }
    }

    /// The input that is cut.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The white space that was taken out so far: offsets of windows and parts do not count it.
    pub fn gaps(&self) -> &Gaps {
        &self.gaps
    }

    /// Takes back a window that is done with: its buffer serves for another.
    pub fn recycle(&mut self, window: Window) {
        // A value that fitted no window has made the buffer large.
        if window.text.capacity() <= 4 * self.size {
            self.spare = window.text;
        }
    }

    /// The next stretch.
    ///
    /// # Errors
    /// The input cannot be read on.
    pub fn next_window(&mut self) -> Result<Window, OpenError> {
        let mut text = std::mem::take(&mut self.spare);
        text.clear();
        text.push_str(&self.carry);
        self.carry.clear();
        let more = self.content.fill(&mut text, self.want)?;
        self.want = self.size;
        let base = self.base;
        let mut parts = Vec::new();
        // What fits no window grows, but not by white space or a single token.
        let long = if text.len() > self.size {
            condense::condense(&mut text, base, self.longest, &mut self.gaps)
        } else {
            None
        };
        let mut last = !more;
        if !self.started && !more {
            let span = Span::new(0, text.len());
            let form = Form::Any;
            parts.push(Part::Whole { span, form });
        } else {
            if self.lines.is_none() {
                let known = self.line_break;
                let find = || memchr::memchr(b'\n', text.as_bytes()).map(|at| base + at);
                self.line_break = known.or_else(find);
                if !self.started && self.line_break.is_some() {
                    self.lines = Some(frame::is_lines(&text));
                }
                self.started = true;
            }
            let (at, stopped) = match long {
                Some(token) => self.too_long(&text, more, token, &mut parts),
                None => self.cut(&text, more, &mut parts),
            };
            if at == 0 {
                // What is at hand says nothing yet.
                self.want = self.want.max(2 * text.len());
            }
            self.carry.push_str(&text[at..]);
            self.base += at;
            if stopped {
                // Whatever comes is still read: it may be no text, or have to be kept.
                let mut rest = String::new();
                while self.content.fill(&mut rest, self.size)? {
                    rest.clear();
                }
                last = true;
            }
            if last && !self.found && parts.is_empty() {
                let span = Span::new(0, text.len());
                let form = Form::Any;
                parts.push(Part::Whole { span, form });
            }
            self.found |= !parts.is_empty();
        }
        Ok(Window {
            text,
            base,
            parts,
            last,
        })
    }

    /// Cuts as far as the text goes; says where what is left begins, and whether that is no use.
    fn cut(&mut self, text: &str, more: bool, parts: &mut Vec<Part>) -> (usize, bool) {
        let view = View {
            text,
            bytes: text.as_bytes(),
            more,
            size: self.size,
        };
        let mut at = 0;
        loop {
            let step = match self.levels.last() {
                None if self.lines == Some(true) => self.lines(&view, at, parts),
                None if self.lines.is_none() && self.base + at > 0 => self.second(&view, at),
                None => self.document(&view, at, parts),
                Some(level) => match level.kind {
                    Kind::Object { .. } | Kind::Element { .. } => self.member(&view, at, parts),
                    _ => self.element(&view, at, parts),
                },
            };
            match step {
                Step::To(next) => at = next,
                Step::More if more => return (at, false),
                Step::More if self.levels.is_empty() => return (at, false),
                // The text ended inside a document.
                Step::More => {
                    self.fault(&view, at, parts);
                    return (at, true);
                }
                Step::Stop => return (at, true),
            }
        }
    }
}
