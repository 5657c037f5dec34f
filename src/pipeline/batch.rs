//! The elements of an input that was surveyed, read again in batches.

use std::borrow::Cow;

use crate::error::Error;
use crate::input::cut::{Cutter, Part, Window};
use crate::input::frame::{self, Document, Frame, Opened};
use crate::input::patch::Patch;
use crate::json::Span;

use super::parts::moved;
use super::survey::ahead;
use super::{Run, Surveyed, pieces};

/// Number of bytes of a batch.
const BATCH: usize = 256 * 1024;

/// Some elements of one document.
#[derive(Debug)]
pub struct ElementBatch<'w> {
    /// The number of the input.
    pub index: usize,
    pub input: &'w Surveyed,
    pub(super) run: &'w Run<'w>,
    pub(super) opened: Cow<'w, Opened>,
    pub(super) text: &'w str,
    pub(super) spans: &'w [Span],
    /// The number of the document in the input.
    pub document: usize,
    /// The index of the first element.
    pub(super) element: usize,
    /// The document, if it is at hand as a whole.
    framed: Option<&'w Document>,
    /// The text around elements that has the document; `None` if it is in the window.
    around: Option<&'w Patch>,
    /// The offset of the window.
    base: usize,
}

impl ElementBatch<'_> {
    /// The span in the input of a span of the text.
    pub fn outward(&self, span: Span) -> Span {
        let span = self.framed.map_or(span, |it| it.outward_span(span));
        match self.around {
            Some(around) => around.outward(span),
            None => moved(span, self.base),
        }
    }
}

/// The reason of a change: the file is another one.
pub(super) const STAMP: &str = "its size, modification time or identity is different";

/// Calls `work` with the batches of each window in parallel, and `then` with the results in order, while
/// the next window is processed.
pub fn each<R: Send>(
    run: &Run<'_>,
    (index, input): (usize, &Surveyed),
    work: &(impl Fn(&ElementBatch<'_>) -> R + Sync),
    then: &mut (impl FnMut(R) -> Result<(), Error> + Send),
) -> Result<(), Error> {
    let threads = &run.resources.threads;
    let content = input.again()?;
    // A kept copy cannot change.
    if content.stamp().is_some() && content.stamp() != input.stamp.as_ref() {
        return Err(input.changed(STAMP));
    }
    let mut cutter = Cutter::new(content, input.window, input.cutting);
    let mut window = input.window_of(&mut cutter)?;
    let mut document = 0;
    let mut done: Vec<R> = Vec::new();
    loop {
        let mut work = || side_by_side((run, index, input), &window, &mut document, work);
        // No thread starts for a small input.
        let work = || match done.is_empty() {
            true => (work(), Ok(())),
            false => threads.join(&mut work, || done.drain(..).try_for_each(&mut *then)),
        };
        let ((made, written), next) =
            ahead(threads, &window, work, || input.window_of(&mut cutter));
        written?;
        done = made;
        match next {
            Some(next) => cutter.recycle(std::mem::replace(&mut window, next?)),
            None => break,
        }
    }
    done.drain(..).try_for_each(&mut *then)?;
    if cutter.content().has_changed() {
        return Err(input.changed(STAMP));
    }
    if document != input.facts.len() {
        return Err(input.changed("it has other documents"));
    }
    Ok(())
}

fn side_by_side<R: Send>(
    of: (&Run<'_>, usize, &Surveyed),
    window: &Window,
    document: &mut usize,
    work: &(impl Fn(&ElementBatch<'_>) -> R + Sync),
) -> Vec<R> {
    let threads = &of.0.resources.threads;
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
        add(of, (window, part, framed.as_ref()), document, &mut batches);
    }
    threads.map(&batches, |batch| work(batch))
}

fn add<'w>(
    (run, index, input): (&'w Run<'w>, usize, &'w Surveyed),
    (window, part, framed): (&'w Window, &'w Part, Option<&'w Frame>),
    document: &mut usize,
    batches: &mut Vec<ElementBatch<'w>>,
) {
    let mut documents =
        |framed: &'w Frame, text: &'w str, around: Option<&'w Patch>, document: &mut usize| {
            for framed in framed.documents() {
                if let Some(dialect) = framed.dialect {
                    let opened = framed.opened(dialect);
                    for range in pieces(&framed.elements, BATCH) {
                        batches.push(ElementBatch {
                            index,
                            input,
                            run,
                            opened: Cow::Owned(opened.clone()),
                            text: framed.text(text),
                            element: range.start,
                            spans: &framed.elements[range],
                            document: *document,
                            framed: Some(framed),
                            around,
                            base: window.base,
                        });
                    }
                }
                *document += 1;
            }
        };
    match (part, framed) {
        (Part::Whole { .. }, Some(framed)) => documents(framed, &window.text, None, document),
        (Part::EndDocument { opened, around, .. }, Some(framed)) => {
            let opened = opened.as_deref();
            let is_new = opened.is_none_or(|opened| framed.taken_for(opened).is_none());
            // It was a document, of which all is left out where it is not what it was taken for.
            *document += usize::from(opened.is_some());
            if is_new {
                documents(framed, around.text(), Some(around), document);
            }
        }
        (
            Part::Elements {
                opened,
                first,
                spans,
            },
            _,
        ) => {
            for range in pieces(spans, BATCH) {
                batches.push(ElementBatch {
                    index,
                    input,
                    run,
                    opened: Cow::Borrowed(opened),
                    text: &window.text,
                    element: first + range.start,
                    spans: &spans[range],
                    document: *document,
                    framed: None,
                    around: None,
                    base: window.base,
                });
            }
        }
        // A document of which all is left out.
        (Part::Fault { .. }, _) => *document += 1,
        _ => {}
    }
}
