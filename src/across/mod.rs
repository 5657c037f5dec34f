//! Checks across elements and inputs, after each of them was checked alone.

pub mod copies;
pub mod coverage;
mod differences;
pub mod expect;
pub mod repeated_keys;
pub mod shapes;
pub mod unmatched;

use crate::check::days::LocalDays;
use crate::check::memory::{InputFinding, InputMemory};
use crate::check::pages::{self, Pages};
use crate::check::presences::PresenceMap;
use crate::check::{gaps, incomplete, lacking, missing_days, presences};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Error;
use crate::input::discover::Found;
use crate::pipeline::{Run, Surveyed, locate, survey_all};

/// Reads, checks and surveys inputs, then compares the elements of all inputs (`across`) or of each
/// input alone. Returns the inputs and the findings about the run as a whole.
pub fn check(
    run: &Run<'_>,
    inputs: Vec<Found>,
    across: bool,
) -> Result<(Vec<Surveyed>, Vec<Diagnostic>), Error> {
    let mut inputs = survey_all(run, inputs);
    name_presences(run, &mut inputs);
    let together = if across { inputs.len().max(1) } else { 1 };
    for inputs in inputs.chunks_mut(together) {
        copies::find(run, inputs)?;
    }
    copies::find_duplicates(run, &mut inputs)?;
    for inputs in inputs.chunks_mut(together) {
        for (input, finding) in across_elements(run, inputs) {
            inputs[input].report(run.levels.apply(finding));
        }
    }
    let about = unmatched::find(&inputs, &run.spec.filter, &run.levels);
    Ok((inputs, about))
}

/// Finds gaps, missing days, missing dimensions, incomplete statistics, missing pages and
/// conflicting presences of these inputs.
fn across_elements(run: &Run<'_>, inputs: &[Surveyed]) -> Vec<InputFinding> {
    let memories: Vec<InputMemory<'_>> = inputs.iter().map(Surveyed::memory).collect();
    let named = |places| locate::named(inputs, places);
    let is_on = |code| run.levels.is_on(code);
    let filter = &run.spec.filter;
    let mut days = LocalDays::new(filter.zone);
    let mut found = Vec::new();
    if is_on(Code::Gap) {
        found.extend(gaps::find(&memories, &mut days, &named));
    }
    if is_on(Code::MissingDay) {
        found.extend(missing_days::find(&memories, &mut days, filter.period()));
    }
    // Sums keep queries apart, and a group without a dimension is a part of its query.
    let is_asked = !run.sums || run.levels.change(Code::MissingDimension).is_some();
    if is_on(Code::MissingDimension) && is_asked {
        found.extend(lacking::find(&memories, &named));
    }
    if is_on(Code::IncompleteStatistic) {
        found.extend(incomplete::find(&memories));
    }
    let pages = inputs.iter().map(|input| (&*input.name, &input.pages));
    let pages: Vec<(&str, &Pages)> = pages.collect();
    found.extend(pages::find(&pages));
    let maps = pages.iter().map(|(_, pages)| &pages.presences);
    let maps: Vec<&PresenceMap> = maps.collect();
    found.extend(presences::find(&maps, &named));
    found
}

/// Names the organization presences that only the responses name.
fn name_presences(run: &Run<'_>, inputs: &mut [Surveyed]) {
    let names = &run.spec.names;
    let maps = inputs.iter().map(|input| &input.pages.presences);
    names.map_presences(presences::systems(maps).into_iter());
    let surveys = inputs.iter_mut().map(|input| &mut input.survey);
    for survey in surveys.filter_map(|survey| survey.names.as_mut()) {
        survey.again(names);
    }
}
