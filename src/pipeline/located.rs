//! The findings of the inputs with their places, one after another, however many they are.

use crate::diagnostic::store::FindingStore;
use crate::diagnostic::{Diagnostic, Located};
use crate::error::Error;
use crate::input::content::Content;

use super::batch::STAMP;
use super::locate::Locator;
use super::{Surveyed, groups};

/// Number of findings that are located together.
const TOGETHER: u64 = 1024;

/// The findings of an input one after another, each with its place, and the first of each cause
/// with an excerpt where they are wanted.
pub struct LocatedFindings<'i> {
    input: &'i Surveyed,
    excerpts: bool,
    /// The stores that were not started.
    stores: std::array::IntoIter<&'i FindingStore, 2>,
    open: Option<(Box<dyn Iterator<Item = Diagnostic> + Send + 'i>, Locator)>,
    last: std::slice::Iter<'i, Located>,
}

impl<'i> LocatedFindings<'i> {
    /// The findings of this input.
    pub fn new(input: &'i Surveyed, excerpts: bool) -> Self {
        Self {
            input,
            excerpts,
            stores: input.findings.stores().into_iter(),
            open: None,
            last: input.findings.last.iter(),
        }
    }

    fn advance(&mut self) -> Result<Option<Located>, Error> {
        loop {
            if let Some((findings, locator)) = &mut self.open
                && let Some(finding) = findings.next()
            {
                return Ok(Some(locator.locate(&self.input.name, finding)));
            }
            match self.stores.next() {
                Some(store) if store.len() == 0 => {}
                Some(store) => {
                    let content = self.input.reopen().ok();
                    let stamp = content.as_ref().and_then(Content::stamp);
                    // A kept copy cannot change.
                    if stamp.is_some() && stamp != self.input.stamp.as_ref() {
                        return Err(self.input.changed(STAMP));
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
    type Item = Result<Located, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

/// Calls `then` with the findings of the inputs, input after input. Inputs with few findings are
/// processed in parallel.
pub fn each(
    inputs: &[Surveyed],
    excerpts: bool,
    then: &mut dyn FnMut(Located) -> Result<(), Error>,
) -> Result<(), Error> {
    let few = |input: &Surveyed| input.findings.len() as u64;
    for range in groups(inputs, few, TOGETHER) {
        match &inputs[range] {
            [input] => {
                LocatedFindings::new(input, excerpts).try_for_each(|located| then(located?))?;
            }
            [] => {}
            inputs @ [first, ..] => {
                let found = first.resources.threads.map(inputs, |input| {
                    LocatedFindings::new(input, excerpts).collect::<Result<Vec<_>, _>>()
                });
                for found in found {
                    found?.into_iter().try_for_each(&mut *then)?;
                }
            }
        }
    }
    Ok(())
}
