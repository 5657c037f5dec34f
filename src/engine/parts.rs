//! The parts of a window, read side by side.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::json::{Span, SyntaxError, Tape};
use crate::source::cut::{Form, Part as Cut, Window};
use crate::source::fault;
use crate::source::frame::{self, Document, Frame, Opened};

use super::close::{Read, close};
use super::early::Made;
use super::piece::{self, Elements, Piece};
use super::reject::Reject;
use super::{Run, parallel, pieces};

/// How many bytes of elements one task checks.
const PIECE: usize = 256 * 1024;

/// What one part of a window gave.
#[derive(Debug)]
pub enum Outcome {
    /// Documents, and what was found beside them.
    Documents(Vec<Read>, Vec<Diagnostic>, Vec<Reject>),
    /// Elements or buckets of the document that is open.
    Piece(Box<Piece>),
    /// A part that is looked at when its turn has come.
    Later,
}

impl Outcome {
    /// Moves the rows that were made meanwhile behind those in `all`.
    pub fn take_made(&mut self, all: &mut Vec<Made>) {
        match self {
            Self::Documents(documents, ..) => {
                for document in documents {
                    all.append(&mut document.piece.made);
                }
            }
            Self::Piece(piece) => all.append(&mut piece.made),
            Self::Later => {}
        }
    }
}

/// Reads the parts of a window side by side.
pub fn read(run: &Run<'_>, window: &Window) -> Vec<Vec<Outcome>> {
    let read = |part: &Cut| match part {
        Cut::Whole { span, form } => vec![whole(run, window, *span, form)],
        Cut::Elements {
            opened,
            first,
            spans,
        } => {
            let task = |range: std::ops::Range<usize>| {
                let mut piece = piece::elements(
                    run,
                    run.shaping,
                    &Elements {
                        text: &window.text,
                        first: first + range.start,
                        spans: &spans[range],
                        opened,
                    },
                );
                piece.outward(&|span| moved(span, window.base));
                Outcome::Piece(Box::new(piece))
            };
            side_by_side(spans, task)
        }
        Cut::Buckets {
            opened,
            element,
            first,
            spans,
        } => {
            let task = |range: std::ops::Range<usize>| {
                let mut piece = piece::buckets(
                    run,
                    opened,
                    *element,
                    first + range.start,
                    &window.text,
                    &spans[range],
                );
                piece.outward(&|span| moved(span, window.base));
                Outcome::Piece(Box::new(piece))
            };
            side_by_side(spans, task)
        }
        _ => vec![Outcome::Later],
    };
    if let [part] = window.parts.as_slice() {
        return vec![read(part)];
    }
    parallel::map(&window.parts, read)
}

fn side_by_side<T: Send>(
    spans: &[Span],
    task: impl Fn(std::ops::Range<usize>) -> T + Sync + Send,
) -> Vec<T> {
    let ranges = pieces(spans, PIECE);
    parallel::map(&ranges, |range| task(range.clone()))
}

pub(super) fn moved(span: Span, by: usize) -> Span {
    Span::new(span.start + by, span.end.saturating_add(by))
}

/// Frames and reads whole documents.
fn whole(run: &Run<'_>, window: &Window, span: Span, form: &Form) -> Outcome {
    let text = &window.text[span.start..span.end];
    let base = window.base + span.start;
    let outward = |span: Span| moved(span, base);
    let framed = framed(text, form);
    let mut outcome = documents(run, framed, text, &outward);
    if let (Form::Any, Outcome::Documents(_, _, rejects)) = (form, &mut outcome) {
        // The text at hand may be the beginning of the input only.
        for reject in rejects
            .iter_mut()
            .filter(|it| it.span.end == base + text.len())
        {
            reject.span.end = usize::MAX;
        }
    }
    outcome
}

/// Cuts a text into documents.
pub fn framed(text: &str, form: &Form) -> Frame {
    match form {
        Form::Any => frame::frame(text),
        Form::Lines => frame::lines(text),
        Form::Sequence => frame::sequence(text),
        Form::At(pointer) => frame::at(text, pointer),
    }
}

pub(super) fn documents(
    run: &Run<'_>,
    framed: Frame,
    text: &str,
    outward: &(dyn Fn(Span) -> Span + Sync),
) -> Outcome {
    let mut findings = framed.findings;
    let rest = framed.rest;
    run.levels.apply_from(&mut findings, 0);
    let mut errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && !text.is_empty())
        .peekable();
    let is_lines = errors.peek().is_some() && frame::is_lines(text);
    let extents = if is_lines {
        frame::extents(text)
    } else {
        Vec::new()
    };
    let rejects = errors
        .map(|finding| unframed(text, finding, is_lines, &extents, rest, outward))
        .collect();
    for finding in &mut findings {
        finding.span = finding.span.map(outward);
    }
    let documents = framed
        .documents
        .iter()
        .map(|document| in_memory(run, document, text, outward))
        .collect();
    Outcome::Documents(documents, findings, rejects)
}

/// Whether what stands around elements makes the document that they were taken out of.
pub fn fits(framed: &Frame, opened: Option<&Opened>) -> bool {
    let (true, [document], Some(opened)) = (
        framed.findings.is_empty(),
        framed.documents.as_slice(),
        opened,
    ) else {
        return false;
    };
    let is = document.opened(opened.dialect);
    document.dialect == Some(opened.dialect)
        && is.single == opened.single
        && is.plain == opened.plain
        && is.pointer == opened.pointer
}

/// What is no document at all: its line or lines where documents follow one another, else all of
/// the text.
fn unframed(
    text: &str,
    finding: &Diagnostic,
    is_lines: bool,
    extents: &[Span],
    rest: Option<usize>,
    outward: &dyn Fn(Span) -> Span,
) -> Reject {
    let span = match finding.span {
        Some(span) if finding.code == Code::TrailingData && !is_lines => {
            Span::new(span.start, text.len())
        }
        Some(span) if is_lines => {
            let next = extents.partition_point(|extent| extent.end <= span.start);
            match extents.get(next).filter(|it| it.start <= span.start) {
                Some(extent) => *extent,
                None => {
                    let start = match finding.code {
                        Code::TrailingData => span.start,
                        _ => text[..span.start].rfind('\n').map_or(0, |at| at + 1),
                    };
                    let end = text[span.start..]
                        .find('\n')
                        .map_or(text.len(), |at| span.start + at);
                    Span::new(start, end)
                }
            }
        }
        Some(span) if rest.is_some_and(|rest| rest <= span.start) => {
            Span::new(rest.unwrap_or_default(), text.len())
        }
        _ => Span::new(0, text.len()),
    };
    Reject {
        unit: "document",
        pointer: finding.pointer.clone(),
        span: outward(span),
        content: None,
    }
}

/// Reads a document of which everything is at hand.
fn in_memory(
    run: &Run<'_>,
    document: &Document,
    around: &str,
    outward: &(dyn Fn(Span) -> Span + Sync),
) -> Read {
    let text = document.text(around);
    let outward = |span: Span| outward(document.outward_span(span));
    let mut merged = Piece::default();
    if let Some(dialect) = document.dialect {
        let opened = Arc::new(document.opened(dialect));
        let parts = side_by_side(&document.elements, |range| {
            let first = range.start;
            let spans = &document.elements[range];
            let opened = &opened;
            let mut piece = piece::elements(
                run,
                run.shaping,
                &Elements {
                    text,
                    spans,
                    first,
                    opened,
                },
            );
            if document.inner.is_some() {
                for reject in &mut piece.rejects {
                    reject.content = Some(text[reject.span.start..reject.span.end].to_owned());
                }
            }
            piece.outward(&outward);
            piece
        });
        let parts = parts.into_iter();
        parts.for_each(|part| merged.merge(part, run.keep));
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
