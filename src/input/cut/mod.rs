//! An input cut into parts that can be read side by side, while it is read.
//!
//! A document of moderate length is framed whole. A longer one is followed from bracket to bracket:
//! its elements are cut out whole, and the text around them becomes a small document that is framed
//! like any other. The findings are the same either way, faults included: behind the bracket that
//! ends a broken document, the next one is read.

mod fault;
mod step;
mod token;
mod view;
mod walk;
mod whole;

use std::sync::Arc;

use walk::Walk;

use crate::diagnostic::Diagnostic;
use crate::json::{Path, Span};

use super::content::Content;
use super::frame::{self, Frame, Opened};
use super::limits::Limits;
use super::open_error::OpenError;
use super::patch::Patch;

#[allow(unused_imports, reason = "tests, benchmarks and a fuzz target use it")]
pub use whole::frame;
pub use whole::is_one_a_line;

/// Number of bytes that are read together for each thread, and the longest document that is not cut
/// into its elements. It depends on nothing, so that neither do the parts of an input.
pub const WINDOW: usize = 512 * 1024;

/// Part of an input; spans are those of the window's text.
#[derive(Debug)]
pub enum Part {
    /// Nothing at all, or nothing but white space.
    Nothing { blank: bool },
    /// Whole documents.
    Whole { span: Span, form: Form },
    /// Elements of the document that is open, the first of which has this index.
    Elements {
        opened: Arc<Opened>,
        first: usize,
        spans: Vec<Span>,
    },
    /// Elements of an array of another document, with its path and their depth. They are only checked
    /// as JSON.
    Values {
        path: Path,
        depth: usize,
        first: usize,
        spans: Vec<Span>,
    },
    /// The end of a document whose elements came before.
    EndDocument {
        /// The kind that it was taken for.
        opened: Option<Arc<Opened>>,
        /// The path to it.
        base: Path,
        around: Patch,
    },
    /// A fault of the open document. It is not read from `start` on, an offset of the input.
    Fault { finding: Diagnostic, start: usize },
    /// Text behind the last document that is not a document, at this offset of the window.
    Trailing(usize),
    /// The offset of the input where the unread text of a `Fault` or `Trailing` ends; without it, the
    /// unread text goes to the end of the input.
    EndUnread(usize),
}

/// Places where a long input may be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cutting {
    /// Between the elements of any array of a document.
    #[default]
    Elements,
    /// Between the elements in this property of a response without an envelope.
    Property(&'static str),
    /// Between documents only.
    Documents,
}

/// Arrangement of whole documents in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// The beginning of an input that is not a document; the rest is not read.
    Beginning,
    /// Lines, each of which is looked at alone.
    Lines,
    /// One after another.
    Sequence,
    /// One element of an array of responses, with this path.
    At(Path),
}

impl Form {
    /// Cuts a part of a text into documents.
    pub fn frame(&self, text: &str, span: Span) -> Frame {
        match self {
            Self::Beginning => frame::beginning(&text[..span.end], span.start),
            Self::Lines => frame::lines(text, span),
            Self::Sequence => frame::sequence(text, span),
            Self::At(path) => frame::at(text, span, path),
        }
    }
}

/// A stretch of the input with the parts that lie in it.
#[derive(Debug)]
pub struct Window {
    pub text: String,
    /// The offset of the text in the decoded text of the input.
    pub base: usize,
    pub parts: Vec<Part>,
    /// True if this is the last one.
    pub last: bool,
}

/// Cuts one input.
#[derive(Debug)]
pub struct Cutter {
    content: Content,
    walk: Walk,
    /// Text for the next window.
    carry: String,
    /// A buffer for the next window, so that a new one need not be found for each.
    spare: String,
    /// Number of bytes of a window, and of the next one.
    size: usize,
    want: usize,
}

impl Cutter {
    /// Cuts this input in windows of about `size` bytes.
    pub fn new(content: Content, size: usize, cutting: Cutting) -> Self {
        let mut limits = content.limits();
        limits.element = limits.element.min(Limits::MOST_ELEMENT);
        // So that a token beyond the limit never fits one.
        let size = size.min(limits.token);
        Self {
            content,
            walk: Walk::new(size.min(WINDOW), limits, cutting),
            carry: String::new(),
            spare: String::new(),
            size,
            want: size,
        }
    }

    /// The input that is cut.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The offset in the input at which the next window begins.
    pub fn base(&self) -> usize {
        self.walk.base
    }

    /// Takes back a finished window, to use its buffer again.
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
        let used = std::mem::take(&mut self.spare).into_bytes();
        let (text, more) = self.content.refill(used, &self.carry, self.want)?;
        self.carry.clear();
        let base = self.walk.base;
        // Only a text that grew beyond a window can have such a token.
        let token = match text.len() > self.size && !self.walk.is_skipping() {
            true => token::longer_than(self.content.limits().token, text.as_bytes()),
            false => None,
        };
        let mut parts = Vec::new();
        let (at, stopped) = self.walk.cut(&text, more, token, &mut parts);
        self.want = match at {
            // The text at hand is too short to decide.
            0 => 2 * text.len().max(self.size),
            _ => self.size,
        };
        self.carry.push_str(&text[at..]);
        self.walk.base += at;
        if stopped {
            // Whatever comes is still read: it may be no text, or have to be kept.
            let mut rest = String::new();
            while self.content.fill(&mut rest, self.size)? {
                rest.clear();
            }
        }
        let last = stopped || !more;
        if last && self.walk.found_nothing() {
            let blank = base + text.len() > 0;
            parts.push(Part::Nothing { blank });
        }
        Ok(Window {
            text,
            base,
            parts,
            last,
        })
    }
}
