//! The parts of a window, read side by side.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::input::cut::{Form, Part as Cut, Window};
use crate::input::fault;
use crate::input::frame::{Document, Frame, Framed, Unread};
use crate::json::{Span, SyntaxError, Tape};

use super::close::{Read, close};
use super::early::Made;
use super::parallel::Threads;
use super::piece::{self, Piece};
use super::{Run, pieces};

/// Number of bytes of elements that one task checks.
const PIECE: usize = 256 * 1024;

/// A document, bytes that hold none, or elements or buckets of the document that is open.
#[derive(Debug)]
pub enum Item {
    Read(Box<Read>),
    Unread(Box<Unread>),
    Piece(Box<Piece>),
}

impl Item {
    /// The rows or figures that were made of it during the check.
    pub fn made(&mut self) -> Vec<Made> {
        match self {
            Self::Read(read) => std::mem::take(&mut read.piece.made),
            Self::Piece(piece) => std::mem::take(&mut piece.made),
            Self::Unread(_) => Vec::new(),
        }
    }
}

/// Reads the parts of a window side by side. Parts that are looked at when their turn has come give
/// nothing.
pub fn read(run: &Run<'_>, window: &Window) -> Vec<Vec<Item>> {
    let text = window.text.as_str();
    let pieces = |spans: &[Span], task: &(dyn Fn(std::ops::Range<usize>) -> Piece + Sync)| {
        side_by_side(&run.resources.threads, spans, |range| {
            let mut piece = task(range);
            piece.translate(&|span| moved(span, window.base));
            Item::Piece(Box::new(piece))
        })
    };
    let read = |part: &Cut| match part {
        Cut::Whole { span, form } => whole(run, window, *span, form),
        Cut::Elements {
            opened,
            first,
            spans,
        } => pieces(spans, &|range| {
            let first = first + range.start;
            piece::elements(run, (text, &spans[range]), first, opened)
        }),
        Cut::Values {
            path,
            depth,
            first,
            spans,
        } => pieces(spans, &|range| {
            let place = (path, first + range.start);
            piece::values(text, &spans[range], *depth, place)
        }),
        _ => Vec::new(),
    };
    if let [part] = window.parts.as_slice() {
        return vec![read(part)];
    }
    run.resources.threads.map(&window.parts, read)
}

fn side_by_side<T: Send>(
    threads: &Threads,
    spans: &[Span],
    task: impl Fn(std::ops::Range<usize>) -> T + Sync + Send,
) -> Vec<T> {
    let ranges = pieces(spans, PIECE);
    threads.map(&ranges, |range| task(range.clone()))
}

pub(super) fn moved(span: Span, by: usize) -> Span {
    Span::new(span.start + by, span.end.saturating_add(by))
}

/// Frames and reads whole documents.
fn whole(run: &Run<'_>, window: &Window, span: Span, form: &Form) -> Vec<Item> {
    let framed = form.frame(&window.text, span);
    let outward = |span: Span| moved(span, window.base);
    let text = &window.text[..span.end];
    let mut items = items(run, framed, text, &outward, &[]);
    if *form == Form::Beginning {
        // The text at hand is the beginning of the input only.
        for item in &mut items {
            if let Item::Unread(unread) = item {
                unread.span.end = usize::MAX;
            }
        }
    }
    items
}

/// Reads the documents of a text. `beside` is what was found in arrays beside their elements.
pub(super) fn items(
    run: &Run<'_>,
    framed: Frame,
    text: &str,
    outward: &(dyn Fn(Span) -> Span + Sync),
    beside: &[Diagnostic],
) -> Vec<Item> {
    let parts = framed.parts.into_iter();
    parts
        .map(|part| match part {
            Framed::Document(document) => {
                let read = in_memory(run, &document, text, outward, beside);
                Item::Read(Box::new(read))
            }
            Framed::Unread(mut unread) => {
                unread.translate(outward);
                Item::Unread(Box::new(unread))
            }
        })
        .collect()
}

/// Reads a document of which everything is at hand.
fn in_memory(
    run: &Run<'_>,
    document: &Document,
    around: &str,
    outward: &(dyn Fn(Span) -> Span + Sync),
    beside: &[Diagnostic],
) -> Read {
    let text = document.text(around);
    let outward = |span: Span| outward(document.outward_span(span));
    let mut merged = Piece {
        beside: beside.to_vec(),
        ..Piece::default()
    };
    if let Some(dialect) = document.dialect {
        let opened = Arc::new(document.opened(dialect));
        let parts = side_by_side(&run.resources.threads, &document.elements, |range| {
            let first = range.start;
            let spans = &document.elements[range];
            let mut piece = piece::elements(run, (text, spans), first, &opened);
            if document.inner.is_some() {
                for reject in &mut piece.rejects {
                    reject.content = Some(text[reject.span.start..reject.span.end].to_owned());
                }
            }
            piece.translate(&outward);
            piece
        });
        let parts = parts.into_iter();
        parts.for_each(|part| merged.merge(part, run.room));
    }
    // The first fault of the whole document is the one to name, wherever pieces stumbled.
    let fault = |error: SyntaxError| {
        let error = Tape::read(text, document.outer, 0).err().unwrap_or(error);
        fault::syntax(error, text, document.outer.start, None)
    };
    if merged.broken.is_some()
        && let Err(error) = Tape::read(text, document.outer, 0)
    {
        let mut finding = fault(error);
        finding.span = finding.span.map(outward);
        merged.broken = Some(finding);
    }
    close(run, document, text, merged, &outward, &fault)
}
