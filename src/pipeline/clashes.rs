//! Overlapping buckets over all inputs: found after pass one, reported with both places.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::check::chains::{self, Chains};
use crate::check::overlap::{self, Names, Stretch};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::record::Element;
use crate::table::Survey;
use crate::table::surveyor::Surveyor;

use super::batch::Changed;
use super::findings::FindingList;
use super::reject::Reject;
use super::visit::{self, Elements, PassError};
use super::{Run, Surveyed, locate};

/// Finds overlaps, within each input or `across` all of them, and adds a finding to the input
/// that holds the later bucket, which a skipping run then leaves out.
///
/// # Errors
/// An input is not what it was in pass one.
pub fn find(run: &Run<'_>, inputs: &mut [Surveyed], across: bool) -> Result<(), PassError> {
    let together = if across { inputs.len() } else { 1 };
    let mut parts = inputs.chunks_mut(together.max(1));
    parts.try_for_each(|inputs| clash(run, inputs))
}

/// A bucket, and the input and the element's pointer.
struct Placed {
    stretch: Stretch,
    input: usize,
    pointer: String,
}

fn clash(run: &Run<'_>, inputs: &mut [Surveyed]) -> Result<(), PassError> {
    let chains: Vec<&Chains> = inputs.iter().map(|input| &input.chains).collect();
    let groups = chains::suspects(&chains);
    if groups.is_empty() {
        return Ok(());
    }
    let mut names = Names::new();
    let mut all: Vec<Placed> = Vec::new();
    visit::elements(
        run,
        inputs,
        |input| input.chains.has(&groups),
        &|elements| buckets(&groups, elements),
        &mut |(more, found)| {
            names.extend(more);
            all.extend(found);
            Ok(())
        },
    )?;
    // What a skipping run leaves out anyway clashes with nothing.
    all.retain(|placed| !left_out(&inputs[placed.input], &placed.stretch));
    let stretches: Vec<Stretch> = all.iter().map(|placed| placed.stretch).collect();
    let pairs = overlap::overlaps(&stretches, &names);
    let earlier: BTreeSet<usize> = pairs.iter().map(|pair| pair.0).collect();
    let places = earlier.iter().map(|&index| {
        let Placed {
            stretch,
            input,
            pointer,
        } = &all[index];
        let pointer = format!("{pointer}/data/{}/interval", stretch.bucket);
        (*input, stretch.span, pointer)
    });
    let named = locate::named(inputs, places.collect());
    let places: BTreeMap<usize, String> = earlier.into_iter().zip(named).collect();
    let mut later: BTreeMap<usize, Vec<(&Placed, &str)>> = BTreeMap::new();
    for (earlier, index) in pairs {
        let place = places.get(&earlier).map_or("", String::as_str);
        let placed = &all[index];
        later.entry(placed.input).or_default().push((placed, place));
    }
    let mut fewer = BTreeSet::new();
    for (input, clashes) in later {
        let before = inputs[input].rejects.len();
        report(run, &mut inputs[input], &clashes);
        if inputs[input].rejects.len() > before {
            fewer.insert(input);
        }
    }
    recount(run, inputs, &fewer)
}

/// Counts the rows of inputs of which more is left out than when they were surveyed.
fn recount(
    run: &Run<'_>,
    inputs: &mut [Surveyed],
    fewer: &BTreeSet<usize>,
) -> Result<(), PassError> {
    for &index in fewer {
        let input = &mut inputs[index..=index];
        let mut rows = 0;
        visit::elements(
            run,
            input,
            |_| true,
            &|elements| {
                let (mut survey, mut surveyor) = (Survey::default(), Surveyor::default());
                elements.each(|visit| {
                    if let Element::Container(view) = visit.element {
                        let skip = visit.left_out.as_ref();
                        surveyor.observe(&mut survey, run.shaping, view, visit.interner, skip);
                    }
                })?;
                Ok(survey.rows)
            },
            &mut |more| {
                rows += more;
                Ok(())
            },
        )?;
        input[0].survey.rows = rows;
    }
    Ok(())
}

/// The buckets of these groups.
fn buckets(
    groups: &HashSet<u64>,
    elements: &Elements<'_>,
) -> Result<(Names, Vec<Placed>), Changed> {
    let (mut names, mut found) = (Names::new(), Vec::new());
    elements.each(|visit| {
        let Element::Container(view) = visit.element else {
            return;
        };
        let first = visit.first_bucket() as u32;
        let place = (visit.document() as u32, visit.index as u32, first);
        let mut stretches = Vec::new();
        overlap::stretches(view, groups, place, &mut names, &mut stretches);
        let pointer = visit.pointer();
        found.extend(stretches.into_iter().map(|mut stretch| {
            stretch.span = visit.outward(stretch.span);
            stretch.whole = visit.outward(stretch.whole);
            Placed {
                stretch,
                input: elements.index,
                pointer: pointer.clone(),
            }
        }));
    })?;
    Ok((names, found))
}

fn left_out(input: &Surveyed, stretch: &Stretch) -> bool {
    input
        .skips
        .get(stretch.document as usize)
        .is_none_or(|skips| skips.skips_bucket(stretch.element, stretch.bucket))
}

fn report(run: &Run<'_>, input: &mut Surveyed, clashes: &[(&Placed, &str)]) {
    let mut findings = FindingList::default();
    for (placed, earlier) in clashes {
        let stretch = &placed.stretch;
        let bucket = format!("{}/data/{}", placed.pointer, stretch.bucket);
        let finding = Diagnostic::new(
            Code::OverlappingBuckets,
            format!("this bucket overlaps another of its group, at {earlier}: what lies in both would count twice"),
        )
        .at(stretch.span, format!("{bucket}/interval"))
        .cause("overlap")
        .label("overlaps")
        .related(*earlier)
        .help("one response may be in the inputs twice, or two queries cover the same time; leave one of them out");
        let Some(finding) = run.levels.apply(finding) else {
            return;
        };
        let error = finding.severity == Severity::Error;
        findings.recent.push(finding);
        findings.spill(&input.store, &|span| span);
        if !error {
            continue;
        }
        if let Some(skips) = input.skips.get_mut(stretch.document as usize) {
            skips.parts.insert((stretch.element, stretch.bucket));
        }
        if run.rejects {
            input.rejects.push(Reject {
                unit: "bucket",
                pointer: bucket,
                span: stretch.whole,
                content: None,
            });
        }
    }
    input.report(findings);
    input.rejects.sort_by_key(|reject| reject.span);
}
