//! A large file cut into spans that can be read by different machines.

use std::path::Path;

use crate::error::Error;
use crate::input::content::{Content, Encoding};
use crate::input::cut::{Cutter, Cutting, Form, Part, WINDOW, Window};
use crate::input::decode::Compression;
use crate::input::discover::Input;
use crate::input::file_span::Span;
use crate::input::reading::Reading;
use crate::json;
use crate::model::Dialect;

/// The number of bytes that are processed together.
const TOGETHER: usize = 4 * WINDOW;

/// Cuts a file into spans of about `size` bytes, each of which [`Inputs::span`](super::Inputs::span)
/// reads alone: between the elements of a response, or between documents. All spans together have
/// the rows of the file, in its order. A file that is compressed, broken, or has its elements
/// elsewhere, is one span.
///
/// # Errors
/// The file cannot be read.
pub fn spans(path: impl AsRef<Path>, size: u64) -> Result<Vec<Span>, Error> {
    let path = path.as_ref();
    let failed = |error: &dyn std::fmt::Display| Error::io(format!("{}: {error}", path.display()));
    let length = std::fs::metadata(path).map_err(|it| failed(&it))?.len();
    let whole = || vec![Span::whole(length)];
    if length <= size {
        return Ok(whole());
    }
    let input = Input::File(path.to_owned());
    let Ok(content) = Content::open(&input, None, &Reading::default()) else {
        // The reader of the span reports the error.
        return Ok(whole());
    };
    let is_plain =
        content.compression() == Compression::None && content.encoding() == Encoding::Utf8;
    if !is_plain || content.bom() > 0 {
        return Ok(whole());
    }
    let mut cutter = Cutter::new(content, TOGETHER, Cutting::Elements);
    let mut cuts = Cuts::new(size.max(1));
    loop {
        let Ok(window) = cutter.next_window() else {
            return Ok(whole());
        };
        if cuts.take(&window).is_none() {
            return Ok(whole());
        }
        if window.last {
            return Ok(cuts.finish(length));
        }
        cuts.pass(&window, cutter.base());
        cutter.recycle(window);
    }
}

/// The line and the column, as [`Span`] counts them, behind a text that begins at these.
fn behind((line, column): (u64, u64), text: &str) -> (u64, u64) {
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
    let rest = memchr::memrchr(b'\n', text.as_bytes()).map_or(text, |at| &text[at + 1..]);
    let chars = rest.chars().count() as u64;
    let column = if lines > 0 { 1 } else { column };
    (line + lines, column + chars)
}

/// The cuts so far.
#[derive(Debug)]
struct Cuts {
    size: u64,
    /// True if the file is cut between elements, false if between documents.
    between_elements: Option<bool>,
    spans: Vec<Span>,
    /// The span that has not ended.
    open: Span,
    /// True if a response has ended whose elements were cut.
    ended: bool,
    /// The end of the previous element, if the next one may begin a span.
    end: Option<u64>,
    /// The line and the column of the window's first byte.
    at: (u64, u64),
}

impl Cuts {
    fn new(size: u64) -> Self {
        Self {
            size,
            between_elements: None,
            spans: Vec::new(),
            open: Span::whole(0),
            ended: false,
            end: None,
            at: (1, 1),
        }
    }

    /// Cuts a window where possible; `None` if the file cannot be cut.
    fn take(&mut self, window: &Window) -> Option<()> {
        let base = window.base as u64;
        for part in &window.parts {
            match part {
                Part::Elements {
                    opened,
                    first,
                    spans,
                } => {
                    let is_plain =
                        opened.plain && opened.path == json::Path::default().key("results");
                    if !is_plain || opened.dialect != Dialect::Aggregates {
                        return None;
                    }
                    if !*self.between_elements.get_or_insert(true) || self.ended {
                        return None;
                    }
                    for (index, span) in (*first as u64..).zip(spans) {
                        self.element(window, index, base + span.start as u64);
                        self.end = Some(base + span.end as u64);
                    }
                }
                Part::Whole { form, .. } if !matches!(form, Form::Lines | Form::Sequence) => {
                    return None;
                }
                Part::Whole { span, .. } => {
                    if *self.between_elements.get_or_insert(false) {
                        return None;
                    }
                    self.document(window, base + span.start as u64);
                }
                Part::EndDocument { .. } => self.ended = true,
                Part::Nothing { .. } => {}
                Part::Values { .. }
                | Part::Fault { .. }
                | Part::Trailing(_)
                | Part::EndUnread(_) => return None,
            }
        }
        Some(())
    }

    fn element(&mut self, window: &Window, index: u64, start: u64) {
        let Some(end) = self.end else { return };
        if start - self.open.start >= self.size {
            self.open.closes = true;
            self.cut(window, end, start);
            self.open.first = index;
            self.open.opens = true;
        }
    }

    fn document(&mut self, window: &Window, start: u64) {
        if start - self.open.start >= self.size {
            self.cut(window, start, start);
        }
    }

    /// Ends a span at `end`, and begins the next one at `start`.
    fn cut(&mut self, window: &Window, end: u64, start: u64) {
        self.open.end = end;
        self.spans.push(self.open);
        let (line, column) = behind(self.at, &window.text[..(start as usize - window.base)]);
        self.open = Span {
            start,
            line,
            column,
            ..Span::whole(0)
        };
    }

    /// Moves to the end of the window; the next one begins at this offset.
    fn pass(&mut self, window: &Window, next: usize) {
        self.at = behind(self.at, &window.text[..next - window.base]);
    }

    fn finish(mut self, length: u64) -> Vec<Span> {
        self.open.end = length;
        self.spans.push(self.open);
        self.spans
    }
}
