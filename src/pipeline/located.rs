//! The findings of the inputs with their places, one after another, however many they are.

use crate::diagnostic::Located;
use crate::diagnostic::store::FindingStore;
use crate::error::Error;
use crate::input::content::Content;

use super::batch::STAMP;
use super::locate::Locator;
use super::{Surveyed, groups};

/// Number of findings that are located together.
const TOGETHER: u64 = 1024;

/// Findings with their places, one after another.
pub type LocatedFindings<'i> = Box<dyn Iterator<Item = Result<Located, Error>> + 'i>;

/// The findings of an input, each with its place, and the first of each cause with an excerpt where they
/// are wanted. A store is located when its first finding is asked for.
pub fn findings(input: &Surveyed, excerpts: bool) -> LocatedFindings<'_> {
    let stores = input.findings.stores().into_iter();
    let stores = stores.filter(|store| store.len() > 0);
    let located = stores.flat_map(move |store| of_store(input, store, excerpts));
    let last = input.findings.last.iter().cloned().map(Ok);
    Box::new(located.chain(last))
}

fn of_store<'i>(
    input: &'i Surveyed,
    store: &'i FindingStore,
    excerpts: bool,
) -> LocatedFindings<'i> {
    let content = input.reopen().ok();
    let stamp = content.as_ref().and_then(Content::stamp);
    // A kept copy cannot change.
    if stamp.is_some() && stamp != input.stamp.as_ref() {
        return Box::new(std::iter::once(Err(input.changed(STAMP))));
    }
    let mut locator = Locator::new(input, content, store, excerpts);
    let findings = store.ordered();
    Box::new(findings.map(move |finding| Ok(locator.locate(&input.name, finding))))
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
                findings(input, excerpts).try_for_each(|located| then(located?))?;
            }
            [] => {}
            inputs @ [first, ..] => {
                let found = first.resources.threads.map(inputs, |input| {
                    findings(input, excerpts).collect::<Result<Vec<_>, _>>()
                });
                for found in found {
                    found?.into_iter().try_for_each(&mut *then)?;
                }
            }
        }
    }
    Ok(())
}
