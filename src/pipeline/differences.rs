//! How copies of a bucket differ: the statistic, both values and both places.

use std::collections::{HashMap, HashSet};

use crate::check::{overlap, repeats};
use crate::json::text::printable;
use crate::json::{Path, Span};
use crate::record::{Bucket, Element, Entry, EntryView, View};

use super::batch::Changed;
use super::visit::{self, Elements, PassError, Visit};
use super::{Run, Surveyed};

/// A metric or view that differs in two copies of a bucket, which are named by their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DifferingEntry {
    pub(super) earlier: usize,
    pub(super) later: usize,
    /// The number of the metric's name and qualifier.
    pub(super) name: u64,
}

/// A statistic that differs.
#[derive(Debug)]
pub(super) struct Difference {
    /// The metric or view, with its qualifier.
    pub(super) name: String,
    pub(super) stat: String,
    pub(super) earlier: PlacedValue,
    pub(super) later: PlacedValue,
}

/// A value of a statistic, as it was written, and its place.
#[derive(Debug, Clone)]
pub(super) struct PlacedValue {
    pub(super) value: String,
    pub(super) place: (Span, Path),
}

/// The statistics of one metric or view of a bucket.
#[derive(Debug)]
struct StatList {
    name: String,
    place: (Span, Path),
    stats: Vec<(String, PlacedValue)>,
}

/// The statistics of metrics by their buckets and numbers.
type StatLists = HashMap<(BucketKey, u64), StatList>;

/// An input, and a document, an element and a bucket of it.
pub(super) type BucketKey = (usize, u32, u32, u32);

/// The first statistic that differs, for one conflict of each pair of buckets, with the position
/// of the conflict. All of them are buckets of `groups`.
///
/// # Errors
/// An input is not what it was.
pub(super) fn of(
    run: &Run<'_>,
    inputs: &[Surveyed],
    keys: impl Fn(usize) -> BucketKey,
    conflicts: &[DifferingEntry],
    groups: &HashSet<u64>,
) -> Result<Vec<(usize, Difference)>, PassError> {
    let mut pairs = HashSet::new();
    let first: Vec<(usize, &DifferingEntry)> = (0..)
        .zip(conflicts)
        .filter(|(_, conflict)| pairs.insert((conflict.earlier, conflict.later)))
        .collect();
    let mut wanted: HashMap<BucketKey, HashSet<u64>> = HashMap::new();
    for (_, conflict) in &first {
        for at in [conflict.earlier, conflict.later] {
            wanted.entry(keys(at)).or_default().insert(conflict.name);
        }
    }
    let mut lists = StatLists::new();
    visit::elements(
        run,
        inputs,
        |input| input.chains.has(groups),
        &|elements| stats(elements, &wanted),
        &mut |found| {
            lists.extend(found);
            Ok(())
        },
    )?;
    let differences = first.into_iter().filter_map(|(at, conflict)| {
        let list = |at: usize| lists.get(&(keys(at), conflict.name));
        difference(list(conflict.earlier)?, list(conflict.later)?).map(|it| (at, it))
    });
    Ok(differences.collect())
}

/// The statistics of the wanted metrics of some elements.
fn stats(
    elements: &Elements<'_>,
    wanted: &HashMap<BucketKey, HashSet<u64>>,
) -> Result<StatLists, Changed> {
    let mut found = StatLists::new();
    elements.each(|visit| {
        let Element::Container(view) = visit.element else {
            return;
        };
        let first = visit.first_bucket() as u32;
        for bucket in view.buckets() {
            let place = (visit.document() as u32, visit.index as u32);
            let key = (elements.index, place.0, place.1, first + bucket.index);
            let Some(names) = wanted.get(&key) else {
                continue;
            };
            for (index, entry) in (0..).zip(view.entries(bucket)) {
                let name = overlap::entry_number(view, entry);
                if names.contains(&name)
                    && let Some(list) = StatList::of(&visit, (view, bucket), entry, index)
                {
                    found.insert((key, name), list);
                }
            }
        }
    })?;
    Ok(found)
}

impl StatList {
    fn of(
        visit: &Visit<'_>,
        (view, bucket): (View<'_>, &Bucket),
        entry: &Entry,
        index: u32,
    ) -> Option<Self> {
        let entry = EntryView {
            view,
            entry,
            facts: visit.interner.facts(entry.id)?,
            bucket: bucket.index,
            index,
        };
        let base = visit.at(entry.path());
        let qualifier = view.qualifier(entry.entry);
        let name = match qualifier {
            "" => entry.shown(),
            _ => format!("{} {}", entry.shown(), printable(qualifier)),
        };
        let numbers = entry.entry.numbers.iter().zip(view.numbers(entry.entry));
        let numbers = numbers.map(|(stat, number)| {
            let figure = view.figure(*number);
            let path = visit.at(entry.figure_path(&figure));
            let place = (visit.outward(figure.span()), path);
            let value = figure.literal().to_owned();
            (stat.name().to_owned(), PlacedValue { value, place })
        });
        let extras = view.extras(bucket, entry.index as usize).iter();
        let extras = extras.map(|extra| {
            let value = view.scalar(extra.value).unwrap_or("null");
            let value = printable(value);
            let place = (visit.outward(view.token(extra.name)), base.clone());
            (
                printable(view.str(extra.name)),
                PlacedValue { value, place },
            )
        });
        Some(Self {
            name,
            stats: numbers.chain(extras).collect(),
            place: (visit.outward(entry.name_span()), base.clone()),
        })
    }

    fn stat(&self, name: &str) -> PlacedValue {
        let mut stats = self.stats.iter().filter(|(stat, _)| stat == name);
        let found = stats.next().map(|(_, value)| value.clone());
        found.unwrap_or_else(|| PlacedValue {
            value: "absent".to_owned(),
            place: self.place.clone(),
        })
    }
}

/// The first statistic in which two entries of a bucket differ.
pub(super) fn between(visit: &Visit<'_>, bucket: &Bucket, entries: [u32; 2]) -> Option<Difference> {
    let Element::Container(view) = visit.element else {
        return None;
    };
    let [earlier, later] = entries.map(|index| {
        let entry = view.entries(bucket).get(index as usize)?;
        StatList::of(visit, (view, bucket), entry, index)
    });
    difference(&earlier?, &later?)
}

/// The first statistic that differs as a number.
fn difference(earlier: &StatList, later: &StatList) -> Option<Difference> {
    let stats = earlier.stats.iter().chain(&later.stats);
    let pairs = stats.map(|(stat, _)| (stat, earlier.stat(stat), later.stat(stat)));
    let mut differ = pairs.filter(|(_, a, b)| !repeats::is_same(&a.value, &b.value));
    let (stat, earlier, later_value) = differ.next()?;
    Some(Difference {
        name: later.name.clone(),
        stat: stat.clone(),
        earlier,
        later: later_value,
    })
}
