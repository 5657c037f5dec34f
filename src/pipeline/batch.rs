//! Pass two and the like: the elements of an input that was surveyed, once more, in batches.

use std::borrow::Cow;

use crate::input::condense::Gaps;
use crate::input::cut::{Cutter, Part, Window};
use crate::input::frame::{self, Document, Frame, Opened};
use crate::input::open_error::OpenError;
use crate::input::patch::Patch;
use crate::json::Span;
use crate::model::Dialect;

use super::parallel::Threads;
use super::wrapped::{Wrapped, fits};
use super::{Surveyed, pieces};

/// How many bytes make a batch.
const BATCH: usize = 256 * 1024;

/// Some elements of one document, or some buckets of one element.
#[derive(Debug)]
pub struct Batch<'w> {
    pub opened: Cow<'w, Opened>,
    pub text: Cow<'w, str>,
    pub spans: Cow<'w, [Span]>,
    /// Which document of the input.
    pub document: usize,
    /// The index of the first element.
    pub element: usize,
    /// Where the text is an element made of buckets: the index of the first, and how many.
    pub buckets: Option<(usize, usize)>,
    way: Way<'w>,
    /// The white space that was taken out of the input.
    gaps: &'w Gaps,
}

/// The way from offsets of a batch to those of the input.
#[derive(Debug, Clone, Copy)]
enum Way<'w> {
    By(isize),
    Document(&'w Document, usize),
    Patch(&'w Patch),
    DocumentInPatch(&'w Document, &'w Patch),
}

impl Batch<'_> {
    /// The span in the input of a span of the text.
    pub fn outward(&self, span: Span) -> Span {
        self.gaps.outward(self.condensed(span))
    }

    fn condensed(&self, span: Span) -> Span {
        match self.way {
            Way::By(shift) => Span::new(
                span.start.saturating_add_signed(shift),
                span.end.saturating_add_signed(shift),
            ),
            Way::Document(document, base) => {
                let span = document.outward_span(span);
                Span::new(span.start + base, span.end + base)
            }
            Way::Patch(patch) => patch.outward(span),
            Way::DocumentInPatch(document, patch) => patch.outward(document.outward_span(span)),
        }
    }

    /// The index of the first bucket.
    pub fn first_bucket(&self) -> usize {
        self.buckets.map_or(0, |(first, _)| first)
    }
}

/// Why an input cannot be read a second time.
#[derive(Debug)]
pub enum Changed {
    Stamp,
    Open(OpenError),
    Documents,
    Syntax,
}

impl std::fmt::Display for Changed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stamp => f.write_str("its size, time of change or identity is not what it was"),
            Self::Open(error) => error.fmt(f),
            Self::Documents => f.write_str("it holds other documents"),
            Self::Syntax => f.write_str("it is no longer JSON"),
        }
    }
}

/// Hands the batches of an input to `work`, window after window and side by side, and what it made
/// of them to `then`, in order, while the next ones are worked on.
///
/// # Errors
/// The input is not what it was, or an error of `then`.
pub fn each<R: Send, E: From<Changed> + Send>(
    threads: &Threads,
    input: &Surveyed,
    work: &(impl Fn(&Batch<'_>) -> R + Sync),
    then: &mut (impl FnMut(R) -> Result<(), E> + Send),
) -> Result<(), E> {
    let content = input.again().map_err(Changed::Open)?;
    // What was kept is what it was.
    if content.stamp().is_some() && content.stamp() != input.stamp.as_ref() {
        return Err(Changed::Stamp.into());
    }
    let mut cutter = Cutter::new(content, input.window, input.cutting);
    let mut window = cutter.next_window().map_err(Changed::Open)?;
    let mut document = 0;
    let mut done: Vec<R> = Vec::new();
    loop {
        let last = window.last;
        let (made, read) = {
            let mut work = || side_by_side(threads, input, &window, &mut document, work);
            let mut write = || done.drain(..).try_for_each(&mut *then);
            if last {
                let (made, written) = (work(), write());
                written?;
                (made, None)
            } else {
                let ((made, written), next) =
                    threads.join(|| threads.join(work, write), || cutter.next_window());
                written?;
                (made, Some(next))
            }
        };
        done = made;
        match read {
            Some(next) => {
                let next = next.map_err(Changed::Open)?;
                cutter.recycle(std::mem::replace(&mut window, next));
            }
            None => break,
        }
    }
    done.drain(..).try_for_each(&mut *then)?;
    if cutter.content().has_changed() {
        return Err(Changed::Stamp.into());
    }
    if document != input.facts.len() {
        return Err(Changed::Documents.into());
    }
    Ok(())
}

fn side_by_side<R: Send>(
    threads: &Threads,
    input: &Surveyed,
    window: &Window,
    document: &mut usize,
    work: &(impl Fn(&Batch<'_>) -> R + Sync),
) -> Vec<R> {
    let framed = threads.map(&window.parts, |part| match part {
        Part::Whole { span, form } => Some(form.frame(&window.text, *span)),
        Part::EndDocument {
            opened,
            base,
            around,
        } => Some(frame::around(around.text(), base, opened.as_deref())),
        _ => None,
    });
    let mut batches = Vec::new();
    for (part, framed) in window.parts.iter().zip(&framed) {
        add(input, window, part, framed.as_ref(), document, &mut batches);
    }
    threads.map(&batches, |batch| work(batch))
}

fn add<'w>(
    input: &'w Surveyed,
    window: &'w Window,
    part: &'w Part,
    framed: Option<&'w Frame>,
    document: &mut usize,
    batches: &mut Vec<Batch<'w>>,
) {
    let shift = window.base as isize;
    match part {
        Part::Whole { .. } => {
            for framed in framed.iter().flat_map(|frame| frame.documents()) {
                if let Some(dialect) = framed.dialect {
                    let way = Way::Document(framed, window.base);
                    whole(
                        framed,
                        dialect,
                        &window.text,
                        (way, &input.gaps),
                        *document,
                        batches,
                    );
                }
                *document += 1;
            }
        }
        Part::Elements {
            opened,
            first,
            spans,
        } => {
            for range in pieces(spans, BATCH) {
                batches.push(Batch {
                    opened: Cow::Borrowed(opened),
                    text: Cow::Borrowed(&window.text),
                    element: first + range.start,
                    spans: Cow::Borrowed(&spans[range]),
                    document: *document,
                    buckets: None,
                    way: Way::By(shift),
                    gaps: &input.gaps,
                });
            }
        }
        Part::Buckets {
            opened,
            element,
            first,
            spans,
        } => {
            let group = input.groups.get(&(*document, *element));
            let group = group.map_or("null", String::as_str);
            for range in pieces(spans, BATCH) {
                let wrapped =
                    Wrapped::new(&window.text, &spans[range.clone()], group, opened.spelling);
                batches.push(Batch {
                    opened: Cow::Borrowed(opened),
                    spans: Cow::Owned(vec![Span::new(0, wrapped.text.len())]),
                    document: *document,
                    element: *element,
                    buckets: Some((first + range.start, range.len())),
                    way: Way::By(shift - wrapped.shift),
                    gaps: &input.gaps,
                    text: Cow::Owned(wrapped.text),
                });
            }
        }
        Part::EndElement {
            opened,
            element,
            around,
        } => batches.push(Batch {
            opened: Cow::Borrowed(opened),
            text: Cow::Borrowed(around.text()),
            spans: Cow::Owned(vec![Span::new(0, around.text().len())]),
            document: *document,
            element: *element,
            buckets: None,
            way: Way::Patch(around),
            gaps: &input.gaps,
        }),
        // A document of which all is left out.
        Part::Fault { .. } => *document += 1,
        Part::Nothing { .. } | Part::Values { .. } | Part::Trailing(_) | Part::EndUnread(_) => {}
        Part::EndDocument { opened, around, .. } => {
            let Some(framed) = framed else { return };
            *document += usize::from(opened.is_some());
            if fits(framed, opened.as_deref()).is_some() {
                return;
            }
            for framed in framed.documents() {
                if let Some(dialect) = framed.dialect {
                    let way = Way::DocumentInPatch(framed, around);
                    whole(
                        framed,
                        dialect,
                        around.text(),
                        (way, &input.gaps),
                        *document,
                        batches,
                    );
                }
                *document += 1;
            }
        }
    }
}

fn whole<'w>(
    framed: &'w Document,
    dialect: Dialect,
    around: &'w str,
    (way, gaps): (Way<'w>, &'w Gaps),
    document: usize,
    batches: &mut Vec<Batch<'w>>,
) {
    let opened = framed.opened(dialect);
    let text = framed.text(around);
    for range in pieces(&framed.elements, BATCH) {
        batches.push(Batch {
            opened: Cow::Owned(opened.clone()),
            text: Cow::Borrowed(text),
            element: range.start,
            spans: Cow::Borrowed(&framed.elements[range]),
            document,
            buckets: None,
            way,
            gaps,
        });
    }
}
