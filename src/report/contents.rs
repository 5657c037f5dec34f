//! What some documents hold: dimensions, metrics, times and counts.

mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::document::aggregates::halves;
use crate::document::stat::stat_name;
use crate::document::time;
use crate::figures::Group;
use crate::record::entity::EntityView;
use crate::record::{Element, View};

/// The contents of the inputs, counted.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    pub files: u64,
    pub documents: u64,
    pub bytes: u64,
    /// Rows of the long layout.
    pub rows: u64,
    pub dialects: BTreeSet<&'static str>,
    groups: BTreeSet<Vec<(String, String)>>,
    buckets: u64,
    entities: u64,
    dimensions: BTreeMap<String, BTreeSet<String>>,
    metrics: BTreeMap<(bool, String), Held>,
    start: Option<(chrono::DateTime<chrono::FixedOffset>, String)>,
    end: Option<(chrono::DateTime<chrono::FixedOffset>, String)>,
    lengths: HashMap<i64, u64>,
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

impl Contents {
    /// Adds one element.
    pub fn add(&mut self, element: Element<'_>) {
        match element {
            Element::Container(view) => self.container(view),
            Element::Entity(view) => self.entity(view),
        }
    }

    fn container(&mut self, view: View<'_>) {
        let dimensions = Group::dimensions_of(view);
        for (name, value) in &dimensions {
            self.dimensions
                .entry(name.clone())
                .or_default()
                .insert(value.clone());
        }
        self.groups.insert(dimensions);
        for bucket in view.buckets() {
            self.buckets += 1;
            if let Some(interval) = view.interval(bucket) {
                self.interval(interval);
            }
            for (index, entry) in view.entries(bucket).iter().enumerate() {
                let key = (entry.view, view.str(entry.name).to_owned());
                let held = self.metrics.entry(key).or_default();
                held.times += 1;
                if let Some(qualifier) = entry.qualifier.text() {
                    held.qualifiers.insert(view.str(qualifier).to_owned());
                }
                let mut hold = |stat: &str| {
                    if !held.stats.contains(stat) {
                        held.stats.insert(stat.to_owned());
                    }
                };
                entry.numbers.iter().for_each(|stat| hold(stat.name()));
                for extra in view.extras(bucket, index) {
                    if extra.value.has_value() {
                        hold(stat_name(view.str(extra.name)));
                    }
                }
            }
        }
    }

    fn interval(&mut self, interval: &str) {
        let Some((start, end)) = time::interval(interval) else {
            return;
        };
        let (first, last) = halves(interval);
        if self
            .start
            .as_ref()
            .is_none_or(|(known, _)| start.time < *known)
        {
            self.start = Some((start.time, first.to_owned()));
        }
        if self.end.as_ref().is_none_or(|(known, _)| end.time > *known) {
            self.end = Some((end.time, last.to_owned()));
        }
        *self
            .lengths
            .entry((end.time - start.time).num_milliseconds())
            .or_default() += 1;
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
