//! Metrics and views that a bucket has twice, where `M006` was lowered: a sum counts one of them.

use std::collections::BTreeSet;

use crate::check::overlap;
use crate::check::repeats::Repeats;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::json::{Path, Span};
use crate::record::{Bucket, Element, View};
use crate::table::TableSpec;

use super::batch::Changed;
use super::clashes;
use super::differences::{self, Difference};
use super::facts::Reject;
use super::visit::{self, Elements, PassError, Visit};
use super::{Run, Surveyed, locate};

/// Two entries of one name and qualifier, by their numbers in a bucket.
#[derive(Debug)]
struct DuplicateEntry {
    input: usize,
    document: usize,
    /// The element and the bucket.
    bucket: (u32, u32),
    place: (Span, Path),
    entries: [u32; 2],
    difference: Option<Difference>,
}

/// Notes which metrics and views of a bucket do not count because it has them twice: the later one of
/// equal ones, or with [`Repeats::Last`] the earlier one. Different ones are `R003` where they do not
/// both have rows.
///
/// # Errors
/// An input is not what it was in pass one.
pub fn find(run: &Run<'_>, inputs: &mut [Surveyed]) -> Result<(), PassError> {
    if run.levels.severity(Code::DuplicateMetric) == Some(Severity::Error) {
        return Ok(());
    }
    let long = TableSpec::untyped();
    let all_data = Run {
        sums: false,
        repeats: Repeats::Error,
        spec: &long,
        ..*run
    };
    let mut found: Vec<DuplicateEntry> = Vec::new();
    visit::elements(&all_data, inputs, |_| true, &duplicates, &mut |more| {
        found.extend(more);
        Ok(())
    })?;
    let mut fewer = BTreeSet::new();
    for duplicate in found {
        let input = &mut inputs[duplicate.input];
        let Some(facts) = input.facts.get_mut(duplicate.document) else {
            continue;
        };
        let (element, bucket) = duplicate.bucket;
        let [earlier, later] = duplicate.entries.map(|entry| (element, bucket, entry));
        let repeated = &mut facts.repeated;
        if repeated.buckets.contains(&duplicate.bucket) || repeated.entries.contains(&later) {
            continue;
        }
        let counts_last = run.repeats == Repeats::Last;
        repeated
            .duplicates
            .insert(if counts_last { earlier } else { later });
        if duplicate.difference.is_some() && !counts_last {
            input.uncountable += 1;
            if !run.keeps_duplicates() {
                refuse(run, inputs, &duplicate);
            }
        }
        fewer.insert(duplicate.input);
    }
    match run.keeps_duplicates() {
        true => Ok(()),
        false => clashes::recount(run, inputs, &fewer),
    }
}

/// Reports entries that differ (`R003`), and leaves their bucket out.
fn refuse(run: &Run<'_>, inputs: &mut [Surveyed], duplicate: &DuplicateEntry) {
    let Some(Difference {
        name,
        stat,
        earlier,
        later,
    }) = &duplicate.difference
    else {
        return;
    };
    let (span, path) = earlier.place.clone();
    let place = locate::named(inputs, vec![(duplicate.input, span, path)]).pop();
    let place = place.unwrap_or_default();
    let (before, now) = (&earlier.value, &later.value);
    let finding = Diagnostic::new(
        Code::DifferingBuckets,
        format!("a bucket has `{name}` twice with different figures: {stat} is {now} here and {before} at {place}"),
    )
    .at(later.place.0, later.place.1.clone())
    .cause("duplicate")
    .label(format!("{before} in the other one"))
    .related(place)
    .help("remove one of the two entries; or count the later one: --repeats last");
    let input = &mut inputs[duplicate.input];
    input.report(run.levels.apply(finding));
    let Some(facts) = input.facts.get_mut(duplicate.document) else {
        return;
    };
    if facts.bad.insert(duplicate.bucket) && run.rejects {
        let (span, path) = duplicate.place.clone();
        input.rejects.push(Reject {
            unit: "bucket",
            path,
            span,
            content: None,
        });
        input.rejects.sort_by_key(|reject| reject.span);
    }
}

fn duplicates(elements: &Elements<'_>) -> Result<Vec<DuplicateEntry>, Changed> {
    let mut found = Vec::new();
    elements.each(|visit| {
        if let Element::Container(view) = visit.element {
            for bucket in view.buckets() {
                of_bucket(elements, &visit, (view, bucket), &mut found);
            }
        }
    })?;
    Ok(found)
}

fn of_bucket(
    elements: &Elements<'_>,
    visit: &Visit<'_>,
    (view, bucket): (View<'_>, &Bucket),
    out: &mut Vec<DuplicateEntry>,
) {
    let entries = (0..).zip(view.entries(bucket));
    let names = entries.map(|(index, entry)| (overlap::entry_number(view, entry), index));
    let mut names: Vec<(u64, u32)> = names.collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        if let [(name, earlier), (other, later)] = *pair
            && name == other
        {
            out.push(DuplicateEntry {
                input: elements.index,
                document: visit.document(),
                bucket: (
                    visit.index as u32,
                    visit.first_bucket() as u32 + bucket.index,
                ),
                place: (
                    visit.outward(view.bucket_span(bucket)),
                    visit.at(Path::bucket(bucket.index as usize)),
                ),
                entries: [earlier, later],
                difference: differences::between(visit, bucket, [earlier, later]),
            });
        }
    }
}
