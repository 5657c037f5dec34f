//! Differences of entries with one name: the statistic, both values and both places.

use std::collections::{HashMap, HashSet};

use crate::check::repeats;
use crate::error::Error;
use crate::json::text::printable;
use crate::json::{Path, Span};
use crate::pipeline::visit::{self, ElementBatch, Visit};
use crate::pipeline::{Run, Surveyed};
use crate::record::{Bucket, Element, Entry, EntryView, View};

/// A statistic that differs, or a metric or view that one bucket lacks.
#[derive(Debug)]
pub(super) struct Difference {
    /// The metric or view, with its qualifier.
    pub(super) name: String,
    /// `None` if one bucket lacks the metric or view.
    pub(super) stat: Option<String>,
    pub(super) earlier: ComparedValue,
    pub(super) later: ComparedValue,
}

/// A value of a statistic, as it was written, and its place: `None` if its bucket lacks the metric or
/// view.
pub(super) type ComparedValue = (String, Option<(Span, Path)>);

/// The statistics of one metric or view of a bucket.
#[derive(Debug)]
struct EntryStats {
    name: String,
    place: (Span, Path),
    stats: Vec<(String, ComparedValue)>,
}

/// An input, a document of it, and an element and a bucket of this.
pub(super) type BucketKey = (usize, usize, (u32, u32));

/// A bucket, and the number of a metric or view in it.
type EntryPosition = (BucketKey, u32);

/// The first statistic in which the entries of each pair differ as numbers. A pair has one entry if the
/// other bucket lacks it.
pub(super) fn of(
    run: &Run<'_>,
    inputs: &[Surveyed],
    pairs: &[[(BucketKey, Option<u32>); 2]],
) -> Result<Vec<Option<Difference>>, Error> {
    let position = |(key, number): &(BucketKey, Option<u32>)| Some((*key, (*number)?));
    let wanted: HashSet<EntryPosition> = pairs.iter().flatten().filter_map(position).collect();
    let files: HashSet<&str> = wanted
        .iter()
        .map(|((input, ..), _)| &*inputs[*input].name)
        .collect();
    let mut lists: HashMap<EntryPosition, EntryStats> = HashMap::new();
    visit::elements(
        run,
        inputs,
        |input| files.contains(&*input.name),
        &|elements| stats(elements, &wanted),
        &mut |found| {
            lists.extend(found);
            Ok(())
        },
    )?;
    let list = |entry| lists.get(&position(entry)?);
    let differences = pairs
        .iter()
        .map(|[earlier, later]| difference(list(earlier), list(later)));
    Ok(differences.collect())
}

/// The statistics of the wanted entries of some elements.
fn stats(
    elements: &ElementBatch<'_>,
    wanted: &HashSet<EntryPosition>,
) -> Result<Vec<(EntryPosition, EntryStats)>, Error> {
    let mut found = Vec::new();
    elements.each(|visit| {
        let Element::Container(view) = visit.element else {
            return;
        };
        for bucket in view.buckets() {
            let position = (visit.index as u32, bucket.index);
            let key = (elements.index, visit.document(), position);
            for (index, entry) in (0..).zip(view.entries(bucket)) {
                if wanted.contains(&(key, index)) {
                    let list = EntryStats::of(&visit, (view, bucket), entry, index);
                    found.extend(list.map(|list| ((key, index), list)));
                }
            }
        }
    })?;
    Ok(found)
}

impl EntryStats {
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
            let place = Some((visit.outward(figure.span()), path));
            let value = figure.literal().to_owned();
            (stat.name().to_owned(), (value, place))
        });
        let extras = view.extras(bucket, index as usize).iter();
        let extras = extras.map(|extra| {
            let value = printable(view.scalar(extra.value).unwrap_or("null"));
            let place = Some((visit.outward(view.token(extra.name)), base.clone()));
            let name = printable(view.str(extra.name));
            (name, (value, place))
        });
        Some(Self {
            name,
            stats: numbers.chain(extras).collect(),
            place: (visit.outward(entry.name_span()), base.clone()),
        })
    }

    fn stat(&self, name: &str) -> ComparedValue {
        let mut stats = self.stats.iter().filter(|(stat, _)| stat == name);
        let found = stats.next().map(|(_, value)| value.clone());
        found.unwrap_or_else(|| ("absent".to_owned(), Some(self.place.clone())))
    }
}

/// The first statistic that differs as a number, or the entry that only one bucket has.
fn difference(earlier: Option<&EntryStats>, later: Option<&EntryStats>) -> Option<Difference> {
    let of_one = |list: &EntryStats, [earlier, later]: [ComparedValue; 2]| Difference {
        name: list.name.clone(),
        stat: None,
        earlier,
        later,
    };
    let present = |list: &EntryStats| ("present".to_owned(), Some(list.place.clone()));
    let absent = || ("absent".to_owned(), None);
    let (earlier, later) = match (earlier, later) {
        (Some(earlier), Some(later)) => (earlier, later),
        (Some(list), None) => return Some(of_one(list, [present(list), absent()])),
        (None, Some(list)) => return Some(of_one(list, [absent(), present(list)])),
        (None, None) => return None,
    };
    let stats = earlier.stats.iter().chain(&later.stats);
    let mut pairs = stats.map(|(stat, _)| (stat, earlier.stat(stat), later.stat(stat)));
    let (stat, before, now) = pairs.find(|(_, a, b)| !repeats::is_same(&a.0, &b.0))?;
    Some(Difference {
        name: later.name.clone(),
        stat: Some(stat.clone()),
        earlier: before,
        later: now,
    })
}
