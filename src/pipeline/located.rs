//! The findings of the inputs with their places, one after another, however many they are.

use std::ops::Range;

use crate::diagnostic::store::FindingStore;
use crate::diagnostic::{Diagnostic, Located};
use crate::input::content::Content;

use super::batch::Changed;
use super::locate::Locator;
use super::parallel::Threads;
use super::visit::PassError;
use super::{Surveyed, groups};

/// Number of findings that are located together.
const TOGETHER: usize = 1024;

/// The findings of an input one after another, each with its place, and the first of each cause
/// with an excerpt where they are wanted.
pub struct LocatedFindings<'i> {
    input: &'i Surveyed,
    excerpts: bool,
    /// Those that have not begun.
    stores: std::array::IntoIter<&'i FindingStore, 2>,
    open: Option<(Box<dyn Iterator<Item = Diagnostic> + Send + 'i>, Locator)>,
    last: std::slice::Iter<'i, Located>,
}

impl<'i> LocatedFindings<'i> {
    /// Those of this input.
    pub fn new(input: &'i Surveyed, excerpts: bool) -> Self {
        Self {
            input,
            excerpts,
            stores: input.findings.stores().into_iter(),
            open: None,
            last: input.findings.last.iter(),
        }
    }

    fn advance(&mut self) -> Result<Option<Located>, PassError> {
        loop {
            if let Some((findings, locator)) = &mut self.open
                && let Some(finding) = findings.next()
            {
                return Ok(Some(locator.locate(&self.input.name, finding)));
            }
            match self.stores.next() {
                Some(store) if store.len() == 0 => {}
                Some(store) => {
                    let content = self.input.again().ok();
                    let stamp = content.as_ref().and_then(Content::stamp);
                    // What was kept is what it was.
                    if stamp.is_some() && stamp != self.input.stamp.as_ref() {
                        return Err(PassError::changed(self.input, &Changed::Stamp));
                    }
                    let locator = Locator::new(self.input, content, store, self.excerpts);
                    self.open = Some((Box::new(store.ordered()), locator));
                }
                None => return Ok(self.last.next().cloned()),
            }
        }
    }
}

impl Iterator for LocatedFindings<'_> {
    type Item = Result<Located, PassError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

/// Hands the findings of the inputs to `then`, input after input, while the next ones are located.
///
/// # Errors
/// An input is not what it was, or an error of `then`.
pub fn each<E: From<PassError> + Send>(
    inputs: &[Surveyed],
    excerpts: bool,
    then: &mut (impl FnMut(Located) -> Result<(), E> + Send),
) -> Result<(), E> {
    let Some(threads) = inputs.first().map(|it| &it.resources.threads) else {
        return Ok(());
    };
    let few = |input: &Surveyed| input.findings.len() as u64;
    let mut batches = Batches {
        inputs,
        excerpts,
        threads,
        groups: groups(inputs, few, TOGETHER as u64).into_iter(),
        open: None,
    };
    let mut batch = batches.batch()?;
    while !batch.is_empty() {
        let (done, next) = threads.join(
            || batch.into_iter().try_for_each(&mut *then),
            || batches.batch(),
        );
        done?;
        batch = next?;
    }
    Ok(())
}

/// The findings of inputs by the thousand.
struct Batches<'i> {
    inputs: &'i [Surveyed],
    excerpts: bool,
    threads: &'i Threads,
    /// Inputs with few findings, or one with many.
    groups: std::vec::IntoIter<Range<usize>>,
    /// The one with many.
    open: Option<LocatedFindings<'i>>,
}

impl<'i> Batches<'i> {
    /// The next findings; none at the end.
    fn batch(&mut self) -> Result<Vec<Located>, PassError> {
        loop {
            let batch: Vec<Located> = match &mut self.open {
                Some(open) => open.by_ref().take(TOGETHER).collect::<Result<_, _>>()?,
                None => Vec::new(),
            };
            if !batch.is_empty() {
                return Ok(batch);
            }
            self.open = None;
            let Some(range) = self.groups.next() else {
                return Ok(batch);
            };
            let excerpts = self.excerpts;
            match &self.inputs[range] {
                [input] => self.open = Some(LocatedFindings::new(input, excerpts)),
                inputs => {
                    let found = self.threads.map(inputs, |input| {
                        LocatedFindings::new(input, excerpts).collect::<Result<Vec<_>, _>>()
                    });
                    let mut batch = Vec::new();
                    for found in found {
                        batch.append(&mut found?);
                    }
                    if !batch.is_empty() {
                        return Ok(batch);
                    }
                }
            }
        }
    }
}
