//! Contents of documents: dimensions, metrics, times and counts.

mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::aggregate::{Aggregate, Collector, Group, Scope};
use crate::check::overlap;
use crate::model::Dialect;
use crate::model::time;
use crate::record::entity::EntityView;
use crate::record::{Bucket, Element, View};
use crate::table::Filter;

/// The contents of the inputs, counted.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// Inputs.
    pub files: u64,
    /// Documents.
    pub documents: u64,
    /// Bytes, decompressed.
    pub bytes: u64,
    /// Rows of the long layout.
    pub rows: u64,
    pub(crate) dialects: BTreeSet<Dialect>,
    /// By [`overlap::group_number`].
    groups: HashSet<u64>,
    dimensions: BTreeMap<String, Values>,
    /// All buckets as one.
    all: Aggregate,
    entities: u64,
    /// The metrics of the summary dialect.
    values: BTreeMap<String, Occurrence>,
    /// Milliseconds, and how many buckets are so long.
    lengths: HashMap<i64, u64>,
}

/// Number of values of a dimension that are shown.
const SAMPLES: usize = 3;

/// The values of a dimension: how many there are, and the first ones. There may be millions.
#[derive(Debug, Clone, Default)]
struct Values {
    hashes: HashSet<u64>,
    first: BTreeSet<String>,
}

impl Values {
    fn add(&mut self, value: &str) {
        if self.hashes.insert(overlap::hash(&value)) {
            self.show(value.to_owned());
        }
    }

    fn show(&mut self, value: String) {
        self.first.insert(value);
        if self.first.len() > SAMPLES {
            self.first.pop_last();
        }
    }

    fn merge(&mut self, other: Self) {
        self.hashes.extend(other.hashes);
        other.first.into_iter().for_each(|value| self.show(value));
    }
}

/// Occurrences of a metric or view, with its statistics.
#[derive(Debug, Clone, Default)]
struct Occurrence {
    times: u64,
    qualifiers: BTreeSet<String>,
    stats: BTreeSet<String>,
    /// The summary dialect's unit.
    unit: Option<String>,
}

/// Length of a bucket in milliseconds.
fn length(view: View<'_>, bucket: &Bucket) -> Option<i64> {
    if let Some((start, end)) = bucket.times {
        return Some((end - start) / 1_000_000);
    }
    let (start, end) = time::interval(view.interval(bucket)?)?;
    Some((end.time - start.time).num_milliseconds())
}

impl Contents {
    /// Counts the contents of some elements: `each` passes on every one.
    pub(crate) fn of<E>(
        each: impl FnOnce(&mut dyn FnMut(Element<'_>)) -> Result<(), E>,
    ) -> Result<Self, E> {
        let (filter, scope) = (Filter::default(), Scope::default());
        let by = Some(Vec::new());
        let mut all = Collector::new(&Scope { by, ..scope }, &filter);
        let mut contents = Self::default();
        each(&mut |element| match element {
            Element::Container(view) => {
                all.add(view, |_, _| {});
                contents.container(view);
            }
            Element::Entity(view) => contents.entity(view),
        })?;
        contents.all = all.finish();
        Ok(contents)
    }

    fn container(&mut self, view: View<'_>) {
        for (name, value) in view.group_values() {
            match self.dimensions.get_mut(name) {
                Some(values) => values.add(value),
                None => self
                    .dimensions
                    .entry(name.to_owned())
                    .or_default()
                    .add(value),
            }
        }
        self.groups.insert(overlap::group_number(view));
        let mut last = None;
        for length in view.buckets().iter().filter_map(|it| length(view, it)) {
            // Mostly all have one length.
            match &mut last {
                Some((known, count)) if *known == length => *count += 1,
                _ => self.lengthen(last.replace((length, 1))),
            }
        }
        self.lengthen(last);
    }

    /// Adds the contents of later elements.
    pub fn merge(&mut self, other: Self) {
        self.groups.extend(other.groups);
        self.entities += other.entities;
        for (name, values) in other.dimensions {
            self.dimensions.entry(name).or_default().merge(values);
        }
        self.all.merge(other.all);
        for (name, value) in other.values {
            let known = self.values.entry(name).or_default();
            known.times += value.times;
            known.unit = value.unit.or(known.unit.take());
        }
        for length in other.lengths {
            self.lengthen(Some(length));
        }
    }

    fn lengthen(&mut self, length: Option<(i64, u64)>) {
        if let Some((length, count)) = length {
            *self.lengths.entry(length).or_default() += count;
        }
    }

    fn entity(&mut self, view: EntityView<'_>) {
        self.entities += 1;
        for value in view.values() {
            let known = self.values.entry(view.str(value.name).to_owned());
            let known = known.or_default();
            known.times += 1;
            if let Some(unit) = view.text(value.unit) {
                known.unit = Some(unit.to_owned());
            }
        }
    }

    fn total(&self) -> Option<Group<'_>> {
        self.all.get(0)
    }

    /// All metrics, and then all views.
    fn metrics(&self) -> BTreeMap<(bool, String), Occurrence> {
        let values = self.values.iter();
        let values = values.map(|(name, value)| ((false, name.clone()), value.clone()));
        let mut all: BTreeMap<(bool, String), Occurrence> = values.collect();
        for (name, entries, stat) in self.total().into_iter().flat_map(Group::occurring) {
            let known = all.entry((name.view, name.name.to_string())).or_default();
            known.times += u64::from(entries);
            known.stats.extend(stat.map(str::to_owned));
            if !name.qualifier.is_empty() {
                known.qualifiers.insert(name.qualifier.to_string());
            }
        }
        all
    }
}
