//! Buckets that occur more than once, over all inputs: found after pass one. Facts say which of
//! them count; findings name both places.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::check::chains::{self, Chains};
use crate::check::overlap::{self, Names, Stretch};
use crate::check::repeats::{self, EntryContent, Repeats};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::json::Path;
use crate::record::Element;
use crate::table::Survey;
use crate::table::surveyor::Surveyor;

use super::batch::Changed;
use super::differences::{self, BucketKey, DifferingEntry};
use super::facts::Reject;
use super::shapes::{self, Shapes};
use super::visit::{self, Elements, PassError};
use super::{Run, Surveyed, locate};

/// A bucket, its input, and its path.
#[derive(Debug)]
struct Placed {
    stretch: Stretch,
    input: usize,
    path: Path,
    /// The path to its interval, or to it where it has none.
    interval: Path,
    contents: Vec<EntryContent>,
}

impl Placed {
    fn key(&self) -> BucketKey {
        let stretch = &self.stretch;
        (
            self.input,
            stretch.document,
            stretch.element,
            stretch.bucket,
        )
    }

    /// Its input, and the document of it.
    fn document(&self) -> (usize, usize) {
        (self.input, self.stretch.document as usize)
    }

    fn shape(&self, shapes: &Shapes) -> usize {
        let (input, document) = self.document();
        shapes.of(input, document)
    }
}

/// Finds repeated and overlapping buckets of these inputs, and notes which of them do not count.
///
/// # Errors
/// An input is not what it was in pass one.
pub fn find(run: &Run<'_>, inputs: &mut [Surveyed]) -> Result<(), PassError> {
    let chains: Vec<&Chains> = inputs.iter().map(|input| &input.chains).collect();
    let groups = chains::suspects(&chains);
    if groups.is_empty() {
        return Ok(());
    }
    let is_lowered = run.levels.severity(Code::OverlappingBuckets) != Some(Severity::Error);
    let resolves = run.repeats != Repeats::Error || is_lowered;
    let shapes = shapes::find(run, inputs)?;
    let compares = resolves || shapes.count > 1;
    let mut names = Names::new();
    let mut all: Vec<Placed> = Vec::new();
    visit::elements(
        run,
        inputs,
        |input| input.chains.has(&groups),
        &|elements| buckets(&groups, compares, elements),
        &mut |(more, found)| {
            names.extend(more);
            all.extend(found);
            Ok(())
        },
    )?;
    // Groups of different queries are no copies, though they look alike.
    let copies = copied_documents(inputs, &all, &shapes);
    for ((input, document), shape) in &copies {
        let own = &mut inputs[*input].shapes;
        own.assign(*document, shapes.dimensions(*shape));
    }
    for placed in &mut all {
        let copied = copies.get(&placed.document());
        placed
            .stretch
            .of_shape(copied.copied().unwrap_or_else(|| placed.shape(&shapes)));
    }
    // What is found while repeats are errors concerns all buckets; else those that still overlap.
    let mut stretches: Vec<Stretch> = all.iter().map(|placed| placed.stretch).collect();
    let mut conflicts = Vec::new();
    if resolves {
        let (remaining, found) = resolve(run, inputs, &all, &mut names);
        conflicts = found;
        if run.repeats != Repeats::Error {
            stretches = remaining;
        }
    }
    let positions: Vec<usize> = (0..all.len())
        .filter(|at| !stretches[*at].is_empty(&names))
        .collect();
    let kept: Vec<Stretch> = positions.iter().map(|at| stretches[*at]).collect();
    let pairs = overlap::overlaps(&kept, &names).into_iter();
    let pairs: Vec<(usize, usize)> = pairs.map(|(a, b)| (positions[a], positions[b])).collect();
    let mut fewer = BTreeSet::new();
    if is_lowered {
        // Sums cannot hold them, whatever is shown.
        let later = pairs.iter().map(|(earlier, later)| (*earlier, *later));
        let partial = later.filter(|(a, b)| all[*a].stretch.key() != all[*b].stretch.key());
        for (_, later) in partial {
            inputs[all[later].input].uncountable += 1;
        }
        for conflict in &conflicts {
            inputs[all[conflict.later].input].uncountable += 1;
        }
    }
    if run.repeats != Repeats::Error {
        fewer.extend(differ(run, inputs, (&all, &groups), &conflicts)?);
    }
    fewer.extend(overlapping(run, inputs, &all, &pairs, is_lowered));
    let repeated = all.iter().map(|placed| placed.input);
    if resolves && !run.keeps_repeated() {
        fewer.extend(repeated);
    }
    recount(run, inputs, &fewer)
}

/// The documents of which every bucket is, figure by figure, in documents of a query with more
/// dimensions, and the shape of that query: such a document is a copy of a page, not another query.
fn copied_documents(
    inputs: &[Surveyed],
    all: &[Placed],
    shapes: &Shapes,
) -> HashMap<(usize, usize), usize> {
    if shapes.count < 2 {
        return HashMap::new();
    }
    // The last shape that has each bucket: shapes with more dimensions come later.
    let mut known: HashMap<_, usize> = HashMap::new();
    let key = |placed: &Placed| {
        let contents = repeats::contents_number(&placed.contents);
        (placed.stretch.key(), contents)
    };
    for placed in all {
        let last = known.entry(key(placed)).or_default();
        *last = placed.shape(shapes).max(*last);
    }
    // How many buckets of a document are in a later shape, and that one.
    let mut found: HashMap<(usize, usize), (u64, usize)> = HashMap::new();
    for placed in all {
        let last = known.get(&key(placed)).copied().unwrap_or_default();
        if last > placed.shape(shapes) {
            let found = found.entry(placed.document()).or_default();
            *found = (found.0 + 1, last);
        }
    }
    let copies = found.into_iter().filter(|((input, document), (count, _))| {
        let input = inputs.get(*input);
        input.is_some_and(|input| input.shapes.buckets(*document) == *count)
    });
    copies
        .map(|(document, (_, shape))| (document, shape))
        .collect()
}

/// Notes which of the buckets that occur more than once do not count. Returns the buckets with the
/// names that do, and the entries that differ.
fn resolve(
    run: &Run<'_>,
    inputs: &mut [Surveyed],
    all: &[Placed],
    names: &mut Names,
) -> (Vec<Stretch>, Vec<DifferingEntry>) {
    let how = match run.repeats {
        Repeats::Last => repeats::last,
        Repeats::Error | Repeats::Same => repeats::same,
    };
    let mut stretches: Vec<Stretch> = all.iter().map(|placed| placed.stretch).collect();
    let mut conflicts = Vec::new();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| (all[*at].stretch.key(), *at));
    for copies in order.chunk_by(|a, b| all[*a].stretch.key() == all[*b].stretch.key()) {
        if copies.len() < 2 {
            continue;
        }
        let contents: Vec<&[EntryContent]> = copies.iter().map(|at| &*all[*at].contents).collect();
        let uncounted = how(&contents);
        if let Some(last) = copies.last() {
            let input = &mut inputs[all[*last].input];
            input.repeated += uncounted.repeated;
            input.withdrawn += uncounted.withdrawn;
        }
        let found = uncounted.conflicts.iter();
        conflicts.extend(found.map(|(earlier, later, name)| DifferingEntry {
            earlier: copies[*earlier],
            later: copies[*later],
            name: *name,
        }));
        for at in &uncounted.buckets {
            let at = copies[*at];
            stretches[at].rename(Vec::new(), names);
            let stretch = &all[at].stretch;
            if let Some(repeated) = inputs[all[at].input].repeated_data(stretch) {
                repeated.buckets.insert((stretch.element, stretch.bucket));
            }
        }
        let mut dropped: HashMap<usize, HashSet<u32>> = HashMap::new();
        for (at, entry) in &uncounted.entries {
            let at = copies[*at];
            dropped.entry(at).or_default().insert(*entry);
            let stretch = &all[at].stretch;
            if let Some(repeated) = inputs[all[at].input].repeated_data(stretch) {
                let key = (stretch.element, stretch.bucket, *entry);
                repeated.entries.insert(key);
            }
        }
        for (at, dropped) in dropped {
            let entries = all[at].contents.iter();
            let kept = entries.filter(|entry| !dropped.contains(&entry.index));
            stretches[at].rename(kept.map(|entry| entry.name).collect(), names);
        }
    }
    (stretches, conflicts)
}

/// Reports copies of a bucket that differ (`R003`). Returns the inputs of which parts are now bad.
fn differ(
    run: &Run<'_>,
    inputs: &mut [Surveyed],
    (all, groups): (&[Placed], &HashSet<u64>),
    conflicts: &[DifferingEntry],
) -> Result<BTreeSet<usize>, PassError> {
    if conflicts.is_empty() || !run.levels.is_on(Code::DifferingBuckets) {
        return Ok(BTreeSet::new());
    }
    // Both copies are read, whichever counts.
    let all_data = Run {
        sums: false,
        repeats: Repeats::Error,
        ..*run
    };
    let found = differences::of(&all_data, inputs, |at| all[at].key(), conflicts, groups)?;
    let earlier = found.iter().map(|(at, pair)| {
        let (span, path) = &pair.earlier.place;
        (all[conflicts[*at].earlier].input, *span, path.clone())
    });
    let earlier = locate::named(inputs, earlier.collect());
    let mut reported: BTreeMap<usize, Vec<(usize, Diagnostic)>> = BTreeMap::new();
    for ((at, pair), place) in found.iter().zip(earlier) {
        let later = conflicts[*at].later;
        let (name, stat) = (&pair.name, &pair.stat);
        let (before, now) = (&pair.earlier.value, &pair.later.value);
        let (span, path) = pair.later.place.clone();
        let finding = Diagnostic::new(
            Code::DifferingBuckets,
            format!("a bucket occurs twice with different figures: {stat} of `{name}` is {now} here and {before} at {place}"),
        )
        .at(span, path)
        .cause("different")
        .label(format!("{before} in the other one"))
        .related(place)
        .help("count the bucket of the later input: --repeats last; or leave one of the files out");
        let reports = reported.entry(all[later].input).or_default();
        reports.push((later, finding));
    }
    Ok(report(run, inputs, all, reported))
}

/// Reports buckets that overlap. Returns the inputs of which parts are now bad.
fn overlapping(
    run: &Run<'_>,
    inputs: &mut [Surveyed],
    all: &[Placed],
    pairs: &[(usize, usize)],
    is_lowered: bool,
) -> BTreeSet<usize> {
    let earlier: BTreeSet<usize> = pairs.iter().map(|pair| pair.0).collect();
    let places = earlier.iter().map(|&index| {
        let Placed {
            input,
            stretch,
            interval,
            ..
        } = &all[index];
        (*input, stretch.span, interval.clone())
    });
    let named = locate::named(inputs, places.collect());
    let places: BTreeMap<usize, String> = earlier.into_iter().zip(named).collect();
    let mut reported: BTreeMap<usize, Vec<(usize, Diagnostic)>> = BTreeMap::new();
    for (earlier, later) in pairs {
        let place = places.get(earlier).map_or("", String::as_str);
        let Placed {
            stretch, interval, ..
        } = &all[*later];
        let is_copy = all[*earlier].stretch.key() == all[*later].stretch.key();
        let finding = match is_copy {
            true => Diagnostic::new(
                Code::OverlappingBuckets,
                format!("this bucket repeats one of its group, at {place}: its figures would count twice"),
            )
            .label("repeated")
            .help("leave one of the files out; or count equal buckets once: --repeats same; or the newest: --repeats last"),
            false => Diagnostic::new(
                // Two lengths of time have no common figure, and a sum needs one.
                match is_lowered && run.sums {
                    true => Code::DifferingBuckets,
                    false => Code::OverlappingBuckets,
                },
                format!("this bucket overlaps one of its group, at {place}: the time in both would count twice"),
            )
            .label("overlaps")
            .help("two queries cover the same time; leave one of them out"),
        };
        let finding = finding
            .at(stretch.span, interval)
            .cause("overlap")
            .related(place);
        let reports = reported.entry(all[*later].input).or_default();
        reports.push((*later, finding));
    }
    report(run, inputs, all, reported)
}

/// Adds findings about buckets, those of each input; buckets with an error are bad. Returns the
/// inputs with such buckets.
fn report(
    run: &Run<'_>,
    inputs: &mut [Surveyed],
    all: &[Placed],
    reported: BTreeMap<usize, Vec<(usize, Diagnostic)>>,
) -> BTreeSet<usize> {
    let mut fewer = BTreeSet::new();
    for (index, found) in reported {
        let input = &mut inputs[index];
        let mut findings = Vec::new();
        for (at, finding) in found {
            let Some(finding) = run.levels.apply(finding) else {
                continue;
            };
            let is_error = finding.severity == Severity::Error;
            findings.push(finding);
            let stretch = &all[at].stretch;
            let Some(facts) = input.facts.get_mut(stretch.document as usize) else {
                continue;
            };
            if !is_error || !facts.bad.insert((stretch.element, stretch.bucket)) {
                continue;
            }
            fewer.insert(index);
            if run.rejects {
                input.rejects.push(Reject {
                    unit: "bucket",
                    path: all[at].path.clone(),
                    span: stretch.whole,
                    content: None,
                });
            }
        }
        input.report(findings);
        input.rejects.sort_by_key(|reject| reject.span);
    }
    fewer
}

/// Surveys inputs once more of which less counts than when they were surveyed.
pub(super) fn recount(
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
                        surveyor.observe(&mut survey, run.spec, view, visit.interner);
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

/// The buckets of these groups, with their contents where they are to be compared.
fn buckets(
    groups: &HashSet<u64>,
    compares: bool,
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
        found.extend(stretches.into_iter().map(|(mut stretch, bucket)| {
            stretch.span = visit.outward(stretch.span);
            stretch.whole = visit.outward(stretch.whole);
            let path = Path::bucket(bucket.index as usize);
            Placed {
                stretch,
                input: elements.index,
                interval: visit.at(match stretch.is_timed() {
                    true => path.clone().key("interval"),
                    false => path.clone(),
                }),
                path: visit.at(path),
                contents: match compares {
                    true => repeats::contents(view, bucket),
                    false => Vec::new(),
                },
            }
        }));
    })?;
    Ok((names, found))
}
