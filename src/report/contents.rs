//! What some documents hold: dimensions, metrics, times and counts.

mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::document::aggregates::{Container, halves};
use crate::document::{summary, time};
use crate::figures::Group;
use crate::json::Node;
use crate::source::Dialect;
use crate::table::survey::entries_of;

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
    pub fn take(&mut self, dialect: Dialect, node: Node<'_>) {
        match dialect {
            Dialect::Aggregates => self.container(Container(node)),
            Dialect::Summary => self.entity(summary::Entity(node)),
        }
    }

    fn container(&mut self, container: Container<'_>) {
        let dimensions = Group::dimensions_of(container);
        for (name, value) in &dimensions {
            self.dimensions
                .entry(name.clone())
                .or_default()
                .insert(value.clone());
        }
        self.groups.insert(dimensions);
        for bucket in container.buckets() {
            self.buckets += 1;
            if let Some(interval) = bucket.interval().and_then(Node::string) {
                self.interval(&interval);
            }
            for (view, metric) in entries_of(bucket.metrics(), bucket.views()) {
                let held = self
                    .metrics
                    .entry((view, metric.name().into_owned()))
                    .or_default();
                held.times += 1;
                if let Some(qualifier) = metric.qualifier().and_then(Node::string) {
                    held.qualifiers.insert(qualifier.into_owned());
                }
                for (stat, value) in metric.stats() {
                    if !value.is_null() {
                        held.stats.insert(stat.into_owned());
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

    fn entity(&mut self, entity: summary::Entity<'_>) {
        self.entities += 1;
        for value in entity.metrics() {
            let held = self
                .metrics
                .entry((false, value.name.clone().into_owned()))
                .or_default();
            held.times += 1;
            if let Some(unit) = value.unit().and_then(Node::string) {
                held.unit = Some(unit.into_owned());
            }
        }
    }
}
