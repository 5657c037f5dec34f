//! Every pass after the survey: the elements of the inputs once more, side by side, merged in the
//! order of the inputs.

use crate::error::Error;
use crate::json::{Path, Span};
use crate::model::Dialect;
use crate::record::{Element, Interner, RecordReader};

use super::batch;
use super::{Run, Surveyed, groups};

pub use super::batch::ElementBatch;

/// Number of bytes of small inputs that are read side by side.
const TOGETHER: u64 = 8 * 1024 * 1024;

/// One element with its place.
#[derive(Debug)]
pub struct Visit<'v> {
    pub element: Element<'v>,
    pub interner: &'v Interner,
    /// The index of the element in its document.
    pub index: usize,
    batch: &'v ElementBatch<'v>,
}

impl ElementBatch<'_> {
    /// The dialect of all of them.
    pub fn dialect(&self) -> Dialect {
        self.opened.dialect
    }

    /// The buckets and entries that an element has without those that count once, in order.
    pub fn removed(&self, index: usize) -> Vec<(u32, u32)> {
        if self.run.keeps_duplicates() {
            return Vec::new();
        }
        let facts = self.input.facts.get(self.document);
        let element = index as u32;
        let own = (element, 0, 0)..=(element, u32::MAX, u32::MAX);
        let removed = facts
            .into_iter()
            .flat_map(|it| it.duplicates.range(own.clone()));
        removed
            .map(|(_, bucket, entry)| (*bucket, *entry))
            .collect()
    }

    /// Calls `visit` with each element, without the data that does not count.
    pub fn each(&self, visit: impl FnMut(Visit<'_>)) -> Result<(), Error> {
        self.each_then(visit, |_| ())
    }

    /// Same as [`ElementBatch::each`]; `finish` has the names of all of them.
    pub fn each_then(
        &self,
        mut visit: impl FnMut(Visit<'_>),
        finish: impl FnOnce(&Interner),
    ) -> Result<(), Error> {
        let (dialect, depth) = (self.dialect(), self.opened.depth());
        let mut reader = RecordReader {
            always_tape: self.run.paranoid,
            ..RecordReader::kept()
        };
        let keeps = (self.run.keeps_repeated(), self.run.keeps_duplicates());
        let Some(facts) = self.input.facts.get(self.document) else {
            return Ok(());
        };
        for (index, &span) in (self.element..).zip(self.spans) {
            if facts.excludes(index) {
                continue;
            }
            let read = reader.load(dialect, self.text, span, depth);
            read.map_err(|_| self.input.changed("it is no longer JSON"))?;
            facts.apply(&mut reader.container, index, keeps.0, keeps.1);
            visit(Visit {
                element: reader.element(dialect, self.text),
                interner: &reader.interner,
                index,
                batch: self,
            });
        }
        finish(&reader.interner);
        reader.keep();
        Ok(())
    }

    /// Calls `visit` with the text of each element, and how deep it lies in its document; also of
    /// those that are left out.
    pub fn texts(&self, mut visit: impl FnMut(&str, usize)) {
        let depth = self.opened.depth();
        for span in self.spans {
            visit(&self.text[span.start..span.end], depth);
        }
    }
}

impl Visit<'_> {
    /// The number of the document in the input.
    pub fn document(&self) -> usize {
        self.batch.document
    }

    /// The path to a value in the element, by its path below it.
    pub fn at(&self, below: Path) -> Path {
        self.batch.opened.at(self.index, below)
    }

    /// The bytes in the input of a span of the element's text.
    pub fn outward(&self, span: Span) -> Span {
        self.batch.outward(span)
    }
}

/// Calls `work` with the elements of the inputs that are `wanted`, in pieces and side by side, and
/// `merge` with what it made of them, in the order of the inputs.
pub fn elements<P: Send>(
    run: &Run<'_>,
    inputs: &[Surveyed],
    wanted: impl Fn(&Surveyed) -> bool + Sync,
    work: &(impl Fn(&ElementBatch<'_>) -> Result<P, Error> + Sync),
    merge: &mut (impl FnMut(P) -> Result<(), Error> + Send),
) -> Result<(), Error> {
    for range in groups(inputs, |input| input.bytes, TOGETHER) {
        let now: Vec<usize> = range
            .filter(|&index| !inputs[index].facts.is_empty() && wanted(&inputs[index]))
            .collect();
        if let [index] = now[..] {
            one(run, index, &inputs[index], work, merge)?;
            continue;
        }
        let parts = run.resources.threads.map(&now, |&index| {
            let mut parts: Vec<P> = Vec::new();
            let mut keep = |part| {
                parts.push(part);
                Ok(())
            };
            one(run, index, &inputs[index], work, &mut keep)?;
            Ok::<_, Error>(parts)
        });
        for parts in parts {
            parts?.into_iter().try_for_each(&mut *merge)?;
        }
    }
    Ok(())
}

/// Does the same as [`elements`] with all inputs and a `merge` that cannot fail.
pub fn all<P: Send>(
    run: &Run<'_>,
    inputs: &[Surveyed],
    work: &(impl Fn(&ElementBatch<'_>) -> Result<P, Error> + Sync),
    mut merge: impl FnMut(P) + Send,
) -> Result<(), Error> {
    let mut merge = |part| {
        merge(part);
        Ok(())
    };
    elements(run, inputs, |_| true, work, &mut merge)
}

fn one<P: Send>(
    run: &Run<'_>,
    index: usize,
    input: &Surveyed,
    work: &(impl Fn(&ElementBatch<'_>) -> Result<P, Error> + Sync),
    merge: &mut (impl FnMut(P) -> Result<(), Error> + Send),
) -> Result<(), Error> {
    let mut then = |part: Result<P, Error>| merge(part?);
    batch::each(run, (index, input), work, &mut then)
}
