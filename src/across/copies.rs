//! Buckets that occur more than once, and metrics that a bucket has twice, over all inputs. Facts
//! decide which of them count. Findings name both places.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::check::chains::{self, Chains};
use crate::check::overlap::{self, Names, Stretch};
use crate::check::place::BucketPlace;
use crate::check::repeats::{self, EntryContent, Repeats};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::json::{Path, Span};
use crate::pipeline::facts::{DocumentFacts, Reject};
use crate::pipeline::visit::{self, ElementBatch, Visit};
use crate::pipeline::{Run, Surveyed, locate};
use crate::record::{Bucket, Element, View};
use crate::table::surveyor::Surveyor;
use crate::table::{Filter, Survey, TableSpec};

use super::differences::{self, BucketKey, ComparedValue, Difference};
use super::shapes::{self, Shapes};

/// A bucket of an input.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlacedBucket {
    pub(super) input: usize,
    /// Its interval, or its first byte where it has none.
    pub(super) place: BucketPlace,
    has_interval: bool,
    whole: Span,
}

impl PlacedBucket {
    fn new(visit: &Visit<'_>, input: usize, view: View<'_>, bucket: &Bucket) -> Self {
        let whole = view.bucket_span(bucket);
        let interval = bucket.interval.text().map(|slice| view.token(slice));
        let span = interval.unwrap_or(Span::new(whole.start, whole.start + 1));
        let place = BucketPlace {
            span: visit.outward(span),
            document: visit.document() as u32,
            element: visit.index as u32,
            bucket: bucket.index,
        };
        Self {
            input,
            place,
            has_interval: interval.is_some(),
            whole: visit.outward(whole),
        }
    }

    fn position(&self) -> (u32, u32) {
        (self.place.element, self.place.bucket)
    }

    fn key(&self) -> BucketKey {
        (self.input, self.place.document as usize, self.position())
    }

    /// The number of its input, and the place of its interval; without one, the place of the bucket.
    pub(super) fn located(&self, inputs: &[Surveyed]) -> (usize, Span, Path) {
        let path = match self.has_interval {
            true => inputs[self.input].memory().interval(&self.place),
            false => self.path(inputs),
        };
        (self.input, self.place.span, path)
    }

    fn path(&self, inputs: &[Surveyed]) -> Path {
        let path = Path::bucket(self.place.bucket as usize);
        inputs[self.input].memory().at(&self.place, path)
    }

    fn facts<'f>(&self, inputs: &'f mut [Surveyed]) -> Option<&'f mut DocumentFacts> {
        let input = &mut inputs[self.input];
        input.facts.get_mut(self.place.document as usize)
    }
}

/// A bucket of a group that may have a copy of it.
#[derive(Debug, Clone)]
pub(super) struct BucketCandidate {
    pub(super) bucket: PlacedBucket,
    pub(super) stretch: Stretch,
    contents: Vec<EntryContent>,
}

impl BucketCandidate {
    /// The numbers of its input and its document.
    fn document(&self) -> (usize, usize) {
        (self.bucket.input, self.bucket.place.document as usize)
    }

    fn shape(&self, shapes: &Shapes) -> usize {
        let (input, document) = self.document();
        shapes.of(input, document)
    }
}

/// Entries that differ, each with its number in its bucket, the earlier first. One of them has no number
/// if its bucket lacks the entry.
type Conflict = [(PlacedBucket, Option<u32>); 2];

/// Finds repeated and overlapping buckets of these inputs, and records those that do not count.
pub fn find(run: &Run<'_>, inputs: &mut [Surveyed]) -> Result<(), Error> {
    let chains: Vec<&Chains> = inputs.iter().map(|input| &input.chains).collect();
    let groups = chains::suspects(&chains);
    if groups.is_empty() {
        return Ok(());
    }
    let is_lowered = run.levels.severity(Code::OverlappingBuckets) != Some(Severity::Error);
    let resolves = run.repeats != Repeats::Error || is_lowered;
    // Copies are decided without the filter, so that a filter cannot change them.
    let shapes = shapes::find(run, inputs, &Filter::default())?;
    let compares = resolves || shapes.count > 1;
    let mut all: Vec<BucketCandidate> = Vec::new();
    let names = candidates(
        run,
        inputs,
        (&groups, compares),
        |_, _| true,
        |candidate| all.push(candidate),
    )?;
    // Groups of different queries are no copies, though they look alike.
    let copies = copied_documents(inputs, &all, &shapes);
    for ((input, document), shape) in &copies {
        let own = &mut inputs[*input].shapes;
        own.assign(*document, shapes.dimensions(*shape));
    }
    for candidate in &mut all {
        let copied = copies.get(&candidate.document()).copied();
        let shape = copied.unwrap_or_else(|| candidate.shape(&shapes));
        candidate.stretch.of_shape(shape);
    }
    let (mut dropped, conflicts) = match resolves {
        true => resolve(run, inputs, &all),
        false => Default::default(),
    };
    // With --repeats, only buckets that still overlap after the copies are gone are errors.
    if run.repeats == Repeats::Error {
        dropped.clear();
    }
    let positions: Vec<usize> = (0..all.len()).filter(|at| !dropped.contains(at)).collect();
    let kept: Vec<Stretch> = positions.iter().map(|at| all[*at].stretch).collect();
    let pairs = overlap::overlaps(&kept, &names).into_iter();
    let pairs: Vec<(usize, usize)> = pairs.map(|(a, b)| (positions[a], positions[b])).collect();
    let mut fewer = BTreeSet::new();
    if is_lowered {
        // Sums cannot hold them, whatever is shown.
        let partial = pairs
            .iter()
            .copied()
            .filter(|(a, b)| all[*a].stretch.key() != all[*b].stretch.key());
        let partial = partial.map(|(_, later)| all[later].bucket);
        let later = conflicts.iter().map(|[_, (later, _)]| *later);
        for later in partial.chain(later) {
            inputs[later.input].uncountable += 1;
        }
    }
    if run.repeats != Repeats::Error && run.levels.is_on(Code::DifferingBuckets) {
        fewer.extend(differ(run, inputs, &conflicts, differing_copies)?);
    }
    fewer.extend(overlapping(run, inputs, &all, &pairs, is_lowered));
    let repeated = all.iter().map(|candidate| candidate.bucket.input);
    if resolves && !run.keeps_repeated() {
        fewer.extend(repeated);
    }
    recount(run, inputs, &fewer)
}

/// The documents that are copies of pages of another query, with the shape of that query: every
/// bucket of such a document occurs with equal figures in documents with more dimensions.
fn copied_documents(
    inputs: &[Surveyed],
    all: &[BucketCandidate],
    shapes: &Shapes,
) -> HashMap<(usize, usize), usize> {
    if shapes.count < 2 {
        return HashMap::new();
    }
    // The last shape that has each bucket: shapes with more dimensions come later.
    let mut known: HashMap<_, usize> = HashMap::new();
    let key = |candidate: &BucketCandidate| {
        let contents = repeats::contents_number(&candidate.contents);
        (candidate.stretch.key(), contents)
    };
    for candidate in all {
        let last = known.entry(key(candidate)).or_default();
        *last = candidate.shape(shapes).max(*last);
    }
    // How many buckets of a document are in a later shape, and that one.
    let mut found: HashMap<(usize, usize), (u64, usize)> = HashMap::new();
    for candidate in all {
        let last = known.get(&key(candidate)).copied().unwrap_or_default();
        if last > candidate.shape(shapes) {
            let found = found.entry(candidate.document()).or_default();
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

/// Calls `take` with each wanted bucket of these groups, in their order. Buckets have their contents
/// if they are compared. Returns the sets of names that occur.
pub(super) fn candidates(
    run: &Run<'_>,
    inputs: &[Surveyed],
    (groups, compares): (&HashSet<u64>, bool),
    is_wanted: impl Fn(View<'_>, &Bucket) -> bool + Sync,
    mut take: impl FnMut(BucketCandidate) + Send,
) -> Result<Names, Error> {
    let mut names = Names::new();
    let of_elements = |elements: &ElementBatch<'_>| {
        let (mut names, mut found) = (Names::new(), Vec::new());
        elements.each(|visit| {
            let Element::Container(view) = visit.element else {
                return;
            };
            let buckets = overlap::stretches(view, groups, &mut names).into_iter();
            let buckets = buckets.filter(|(_, bucket)| is_wanted(view, bucket));
            found.extend(buckets.map(|(stretch, bucket)| BucketCandidate {
                bucket: PlacedBucket::new(&visit, elements.index, view, bucket),
                stretch,
                contents: match compares {
                    true => repeats::contents(view, bucket),
                    false => Vec::new(),
                },
            }));
        })?;
        Ok::<_, Error>((names, found))
    };
    visit::elements(
        run,
        inputs,
        |input| input.chains.has(groups),
        &of_elements,
        &mut |(more, found)| {
            names.extend(more);
            found.into_iter().for_each(&mut take);
            Ok(())
        },
    )?;
    Ok(names)
}

/// Records the copies of buckets that do not count. Returns their positions, and the entries that
/// differ.
fn resolve(
    run: &Run<'_>,
    inputs: &mut [Surveyed],
    all: &[BucketCandidate],
) -> (HashSet<usize>, Vec<Conflict>) {
    let how = match run.repeats {
        Repeats::Last => repeats::last,
        Repeats::Error | Repeats::Same => repeats::same,
    };
    let (mut dropped, mut conflicts) = (HashSet::new(), Vec::new());
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| (all[*at].stretch.key(), *at));
    for copies in order.chunk_by(|a, b| all[*a].stretch.key() == all[*b].stretch.key()) {
        let Some((first, [.., last])) = copies.split_first() else {
            continue;
        };
        let contents: Vec<&[EntryContent]> = copies.iter().map(|at| &*all[*at].contents).collect();
        let uncounted = how(&contents);
        let (first, last) = (all[*first].bucket.input, all[*last].bucket.input);
        let original = (first != last).then(|| inputs[first].name.clone());
        let input = &mut inputs[last];
        input.repeated += uncounted.repeated;
        input
            .repeats_of
            .extend(original.filter(|_| uncounted.repeated > 0));
        input.withdrawn += uncounted.withdrawn;
        let placed = |(copy, entry): (usize, _)| (all[copies[copy]].bucket, entry);
        conflicts.extend(uncounted.conflicts.iter().map(|pair| pair.map(placed)));
        for copy in uncounted.buckets {
            let bucket = &all[copies[copy]].bucket;
            if let Some(facts) = bucket.facts(inputs) {
                facts.repeated_buckets.insert(bucket.position());
            }
            dropped.insert(copies[copy]);
        }
    }
    (dropped, conflicts)
}

/// Records the metrics and views that do not count because their bucket has them twice (`M006` was
/// lowered): the later one of two, or the earlier one with [`Repeats::Last`]. If two differ and do
/// not both have rows, the finding is `R003`.
pub fn find_duplicates(run: &Run<'_>, inputs: &mut [Surveyed]) -> Result<(), Error> {
    if run.levels.severity(Code::DuplicateMetric) == Some(Severity::Error) {
        return Ok(());
    }
    let all_data = Run {
        sums: false,
        repeats: Repeats::Error,
        spec: TableSpec::untyped(),
        ..run.clone()
    };
    let mut found: Vec<(PlacedBucket, [EntryContent; 2])> = Vec::new();
    visit::all(&all_data, inputs, &duplicates, |more| found.extend(more))?;
    let counts_last = run.repeats == Repeats::Last;
    let (mut fewer, mut conflicts) = (BTreeSet::new(), Vec::new());
    for (place, [earlier, later]) in found {
        let (element, bucket) = place.position();
        let key = |entry: EntryContent| (element, bucket, entry.index);
        let Some(facts) = place.facts(inputs) else {
            continue;
        };
        if facts.repeated_buckets.contains(&place.position()) {
            continue;
        }
        let uncounted = if counts_last { earlier } else { later };
        facts.duplicates.insert(key(uncounted));
        fewer.insert(place.input);
        if !earlier.equals(&later) && !counts_last {
            inputs[place.input].uncountable += 1;
            conflicts.push([earlier, later].map(|it| (place, Some(it.index))));
        }
    }
    if run.keeps_duplicates() {
        return Ok(());
    }
    differ(&all_data, inputs, &conflicts, differing_entries)?;
    recount(run, inputs, &fewer)
}

/// The metrics and views that buckets of some elements have twice.
fn duplicates(
    elements: &ElementBatch<'_>,
) -> Result<Vec<(PlacedBucket, [EntryContent; 2])>, Error> {
    let mut found = Vec::new();
    elements.each(|visit| {
        let Element::Container(view) = visit.element else {
            return;
        };
        for bucket in view.buckets() {
            let mut names = HashSet::new();
            let entries = view.entries(bucket).iter();
            if entries
                .map(|it| overlap::entry_number(view, it))
                .all(|it| names.insert(it))
            {
                continue;
            }
            for pair in repeats::contents(view, bucket).windows(2) {
                if let [earlier, later] = *pair
                    && earlier.name == later.name
                {
                    let place = PlacedBucket::new(&visit, elements.index, view, bucket);
                    found.push((place, [earlier, later]));
                }
            }
        }
    })?;
    Ok(found)
}

/// Reports entries that differ (`R003`): `finding` makes the finding of a difference, with the place of the
/// earlier entry. The later bucket becomes bad. Returns the inputs that have new bad buckets.
fn differ(
    run: &Run<'_>,
    inputs: &mut [Surveyed],
    conflicts: &[Conflict],
    finding: fn(&Difference, String) -> Diagnostic,
) -> Result<BTreeSet<usize>, Error> {
    if conflicts.is_empty() {
        return Ok(BTreeSet::new());
    }
    // Both copies are read, whichever counts.
    let all_data = Run {
        sums: false,
        repeats: Repeats::Error,
        ..run.clone()
    };
    let entry = |(bucket, number): (PlacedBucket, Option<u32>)| (bucket.key(), number);
    let entries: Vec<_> = conflicts.iter().map(|pair| pair.map(entry)).collect();
    let differences = differences::of(&all_data, inputs, &entries)?;
    let found = conflicts.iter().zip(&differences);
    let found = found.filter_map(|(pair, it)| Some((pair, it.as_ref()?)));
    let found: Vec<(&Conflict, &Difference)> = found.collect();
    let located = |bucket: &PlacedBucket, (_, place): &ComparedValue| match place {
        Some((span, path)) => (bucket.input, *span, path.clone()),
        None => bucket.located(inputs),
    };
    let earlier = found
        .iter()
        .map(|([(earlier, _), _], difference)| located(earlier, &difference.earlier));
    let earlier = locate::named(inputs, earlier.collect());
    let findings = found.iter().zip(earlier);
    let findings = findings.map(|(([_, (later, _)], difference), earlier)| {
        let (_, span, path) = located(later, &difference.later);
        (*later, finding(difference, earlier).at(span, path))
    });
    let findings: Vec<_> = findings.collect();
    Ok(report(run, inputs, findings))
}

/// The finding for two copies of a bucket with different figures.
fn differing_copies(difference: &Difference, place: String) -> Diagnostic {
    let (name, stat) = (&difference.name, difference.stat.as_ref());
    let stat = stat.map_or_else(String::new, |stat| format!("{stat} of "));
    let ((before, _), (now, _)) = (&difference.earlier, &difference.later);
    let message = format!(
        "a bucket occurs twice with different figures: {stat}`{name}` is {now} here and {before} at {place}"
    );
    differing(message, before, place)
        .cause("different")
        .help("count the later bucket: --repeats last; or the earlier one: --on-error skip; or remove one of the files")
}

/// The finding for two entries of a bucket with one name and different figures.
fn differing_entries(difference: &Difference, place: String) -> Diagnostic {
    let (name, stat) = (&difference.name, difference.stat.as_deref());
    let stat = stat.unwrap_or_default();
    let ((before, _), (now, _)) = (&difference.earlier, &difference.later);
    let message = format!(
        "a bucket has `{name}` twice with different figures: {stat} is {now} here and {before} at {place}"
    );
    differing(message, before, place)
        .cause("duplicate")
        .help("remove one of the two entries; or count the later one: --repeats last")
}

fn differing(message: String, before: &str, place: String) -> Diagnostic {
    Diagnostic::new(Code::DifferingBuckets, message)
        .label(format!("{before} in the other one"))
        .related(place)
}

/// Reports buckets that overlap. Returns the inputs that have new bad buckets.
fn overlapping(
    run: &Run<'_>,
    inputs: &mut [Surveyed],
    all: &[BucketCandidate],
    pairs: &[(usize, usize)],
    is_lowered: bool,
) -> BTreeSet<usize> {
    let earlier: BTreeSet<usize> = pairs.iter().map(|pair| pair.0).collect();
    let places = earlier
        .iter()
        .map(|&index| all[index].bucket.located(inputs));
    let named = locate::named(inputs, places.collect());
    let places: BTreeMap<usize, String> = earlier.into_iter().zip(named).collect();
    let findings = pairs.iter().map(|(earlier, later)| {
        let place = places.get(earlier).map_or("", String::as_str);
        let (_, span, path) = all[*later].bucket.located(inputs);
        let stretches = [earlier, later].map(|it| all[*it].stretch);
        let is_copy = stretches[0].key() == stretches[1].key();
        let is_timeless = stretches.iter().any(Stretch::is_untimed);
        let finding = match is_copy {
            true => Diagnostic::new(
                Code::OverlappingBuckets,
                format!("this bucket has the same group and interval as the bucket at {place}: its figures would count twice"),
            )
            .label("repeated")
            .help("remove one of the files; or count equal buckets once: --repeats same; or those of the file that is read last: --repeats last"),
            false => Diagnostic::new(
                // Two lengths of time have no common figure, and a sum needs one.
                match is_lowered && run.sums {
                    true => Code::DifferingBuckets,
                    false => Code::OverlappingBuckets,
                },
                match is_timeless {
                    true => format!("only one of this bucket and the bucket of the same group at {place} has an interval: the two may count the same data"),
                    false => format!("this bucket overlaps the bucket of the same group at {place}: the common time would count twice"),
                },
            )
            .label("overlaps")
            .help("two queries cover the same time; remove one of them"),
        };
        let finding = finding.at(span, path).cause("overlap").related(place);
        (all[*later].bucket, finding)
    });
    let findings: Vec<_> = findings.collect();
    report(run, inputs, findings)
}

/// Adds findings about buckets; buckets with an error are bad. Returns the inputs with such buckets.
fn report(
    run: &Run<'_>,
    inputs: &mut [Surveyed],
    findings: Vec<(PlacedBucket, Diagnostic)>,
) -> BTreeSet<usize> {
    let mut fewer = BTreeSet::new();
    for (place, finding) in findings {
        let Some(finding) = run.levels.apply(finding) else {
            continue;
        };
        let is_error = finding.severity == Severity::Error;
        inputs[place.input].report([finding]);
        let facts = place.facts(inputs).filter(|_| is_error);
        if !facts.is_some_and(|facts| facts.bad.insert(place.position())) {
            continue;
        }
        fewer.insert(place.input);
        if run.rejects {
            let path = place.path(inputs);
            inputs[place.input].rejects.push(Reject {
                unit: "bucket",
                path,
                span: place.whole,
                content: None,
            });
        }
    }
    for index in &fewer {
        inputs[*index].rejects.sort_by_key(|reject| reject.span);
    }
    fewer
}

/// Surveys inputs again, after some of their data no longer counts.
fn recount(run: &Run<'_>, inputs: &mut [Surveyed], fewer: &BTreeSet<usize>) -> Result<(), Error> {
    for &index in fewer {
        let input = &mut inputs[index..=index];
        let mut survey = Survey::default();
        visit::all(
            run,
            input,
            &|elements| {
                let (survey, surveyor) = (RefCell::default(), RefCell::<Surveyor>::default());
                elements.each_then(
                    |visit| {
                        let survey: &mut Survey = &mut survey.borrow_mut();
                        let mut surveyor = surveyor.borrow_mut();
                        match visit.element {
                            Element::Container(view) => {
                                surveyor.observe(survey, &run.spec, view, visit.interner);
                            }
                            Element::Entity(view) => surveyor.entity(survey, &run.spec, view),
                        }
                    },
                    |interner| surveyor.take().finish(&mut survey.borrow_mut(), interner),
                )?;
                Ok(survey.into_inner())
            },
            |more| survey.merge(more),
        )?;
        // A filter may match what no longer counts.
        let all = std::mem::replace(&mut input[0].survey, survey);
        input[0].survey.seen = all.seen;
        input[0].survey.dialects = all.dialects;
    }
    Ok(())
}
