//! What some documents hold: dimensions, metrics, times and counts.

mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::check::overlap;
use crate::model::Dialect;
use crate::model::stat::StatSet;
use crate::model::time;
use crate::record::entity::EntityView;
use crate::record::{Bucket, Element, View};
use crate::rollup::names::{Cache, Names};
use crate::rollup::span::{Covered, Texts};

/// The contents of the inputs, counted.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    pub files: u64,
    pub documents: u64,
    pub bytes: u64,
    /// Rows of the long layout.
    pub rows: u64,
    pub dialects: BTreeSet<Dialect>,
    /// By [`overlap::group_number`].
    groups: HashSet<u64>,
    buckets: u64,
    entities: u64,
    dimensions: BTreeMap<String, Values>,
    metrics: BTreeMap<(bool, String), Held>,
    covered: Covered,
    texts: Texts,
    /// Milliseconds, and how many buckets are so long.
    lengths: HashMap<i64, u64>,
}

/// How many values of a dimension are shown.
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

/// What is known of one metric or view.
#[derive(Debug, Clone, Default)]
struct Held {
    times: u64,
    qualifiers: BTreeSet<String>,
    stats: BTreeSet<String>,
    /// The summary dialect's unit.
    unit: Option<String>,
}

impl Held {
    fn merge(&mut self, other: Self) {
        self.times += other.times;
        self.qualifiers.extend(other.qualifiers);
        self.stats.extend(other.stats);
        self.unit = other.unit.or(self.unit.take());
    }
}

/// Counts what the elements hold that one reader reads.
#[derive(Debug, Default)]
pub struct Counter {
    contents: Contents,
    names: Names,
    cache: Cache,
    /// By the number of the name: how often, with which statistics, and whether with a qualifier.
    counts: Vec<(u64, StatSet, bool)>,
}

impl Counter {
    /// Adds one element, with the buckets of it that a table leaves out.
    pub fn add(&mut self, element: Element<'_>) {
        match element {
            Element::Container(view) => self.container(view),
            Element::Entity(view) => self.contents.entity(view),
        }
    }

    fn container(&mut self, view: View<'_>) {
        let Contents {
            dimensions, groups, ..
        } = &mut self.contents;
        for (name, value) in view.group_values() {
            match dimensions.get_mut(name) {
                Some(values) => values.add(value),
                None => dimensions.entry(name.to_owned()).or_default().add(value),
            }
        }
        groups.insert(overlap::group_number(view));
        let mut last = None;
        for bucket in view.buckets() {
            let Contents {
                buckets,
                covered,
                texts,
                ..
            } = &mut self.contents;
            *buckets += 1;
            covered.add(view, bucket, texts);
            if let Some(length) = length(view, bucket) {
                // Mostly all have one length.
                match &mut last {
                    Some((known, count)) if *known == length => *count += 1,
                    _ => self.contents.lengthen(last.replace((length, 1))),
                }
            }
            for (index, entry) in view.entries(bucket).iter().enumerate() {
                let name = self.cache.number(&mut self.names, view, entry);
                let at = name as usize;
                if self.counts.len() <= at {
                    self.counts.resize(at + 1, Default::default());
                }
                if let Some((times, stats, has_qualifier)) = self.counts.get_mut(at) {
                    *times += 1;
                    *stats = stats.or(entry.numbers);
                    *has_qualifier |= entry.qualifier.text().is_some();
                }
                for extra in view.extras(bucket, index) {
                    if extra.value.has_value() {
                        let key = (entry.view, view.str(entry.name).to_owned());
                        let held = self.contents.metrics.entry(key).or_default();
                        held.stats.insert(view.str(extra.name).to_owned());
                    }
                }
            }
        }
        self.contents.lengthen(last);
    }

    /// What was counted.
    pub fn finish(mut self) -> Contents {
        for (name, (times, stats, has_qualifier)) in self.names.list().iter().zip(self.counts) {
            let key = (name.view, name.name.to_string());
            let held = self.contents.metrics.entry(key).or_default();
            held.times += times;
            held.stats
                .extend(stats.iter().map(|stat| stat.name().to_owned()));
            if has_qualifier {
                held.qualifiers.insert(name.qualifier.to_string());
            }
        }
        self.contents
    }
}

/// How long a bucket is, in milliseconds.
fn length(view: View<'_>, bucket: &Bucket) -> Option<i64> {
    if let Some((start, end)) = bucket.times {
        return Some((end - start) / 1_000_000);
    }
    let (start, end) = time::interval(view.interval(bucket)?)?;
    Some((end.time - start.time).num_milliseconds())
}

impl Contents {
    /// Adds what later elements hold.
    pub fn merge(&mut self, other: Self) {
        self.groups.extend(other.groups);
        self.buckets += other.buckets;
        self.entities += other.entities;
        for (name, values) in other.dimensions {
            self.dimensions.entry(name).or_default().merge(values);
        }
        for (name, held) in other.metrics {
            self.metrics.entry(name).or_default().merge(held);
        }
        let (texts, more) = (&mut self.texts, &other.texts);
        self.covered
            .join(&other.covered, |text| texts.number(more.get(text)));
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
            let key = (false, view.str(value.name).to_owned());
            let held = self.metrics.entry(key).or_default();
            held.times += 1;
            if let Some(unit) = view.text(value.unit) {
                held.unit = Some(unit.to_owned());
            }
        }
    }
}
