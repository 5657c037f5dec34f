//! Names and values of the inputs that a filter asks for, to find a filter that matches nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::View;

use super::{Filter, filter};

/// The maximum number of values of a dimension that are kept to suggest the nearest.
const VALUES: usize = 1000;

/// Names and values of all rows, wanted or not. Only those that the filter names are kept.
#[derive(Debug, Clone, Default)]
pub struct FilterSurvey {
    /// Metrics and views, where `--metric` is given.
    pub metrics: BTreeSet<String>,
    /// Dimensions, where `--where` is given.
    pub dimensions: BTreeSet<String>,
    /// The conditions of `--where` whose dimension a group has, by their index.
    pub found: BTreeSet<usize>,
    /// The conditions that match a group.
    pub matched: BTreeSet<usize>,
    /// Values of the dimensions that the others name.
    pub values: BTreeMap<usize, BTreeSet<String>>,
    /// The first and the last start of a bucket in nanoseconds since 1970, where `--from` or
    /// `--until` is given.
    pub starts: Option<(i64, i64)>,
}

impl FilterSurvey {
    /// Adds a metric or view.
    pub fn metric(&mut self, filter: &Filter, name: &str) {
        if !filter.metrics.is_empty() && !self.metrics.contains(name) {
            self.metrics.insert(name.to_owned());
        }
    }

    /// Adds the dimensions of a container.
    pub fn group(&mut self, filter: &Filter, view: View<'_>) {
        self.dimensions(filter, filter::dimensions(view));
    }

    /// Adds dimensions with their values.
    pub fn dimensions<'g>(
        &mut self,
        filter: &'g Filter,
        group: impl Iterator<Item = (&'g str, &'g str)> + Clone,
    ) {
        if filter.dimensions.is_empty() {
            return;
        }
        for (name, _) in group.clone() {
            if !self.dimensions.contains(name) {
                self.dimensions.insert(name.to_owned());
            }
        }
        for (index, condition) in filter.dimensions.iter().enumerate() {
            let found = condition.find(group.clone(), &filter.names);
            if found.is_some() {
                self.found.insert(index);
            }
            if condition.is_met(group.clone(), &filter.names) {
                self.matched.insert(index);
            } else if let Some((_, value)) = found.filter(|(_, value)| !value.is_empty()) {
                let shown = filter.names.get(value).unwrap_or(value);
                let values = self.values.entry(index).or_default();
                if values.len() < VALUES && !values.contains(shown) {
                    values.insert(shown.to_owned());
                }
            }
        }
    }

    /// Adds the start of a bucket.
    pub fn start(&mut self, filter: &Filter, start: impl FnOnce() -> Option<i64>) {
        if filter.from.is_none() && filter.until.is_none() {
            return;
        }
        if let Some(start) = start() {
            self.span((start, start));
        }
    }

    fn span(&mut self, (first, last): (i64, i64)) {
        self.starts = Some(match self.starts {
            None => (first, last),
            Some((earliest, latest)) => (earliest.min(first), latest.max(last)),
        });
    }

    /// Adds what other inputs hold.
    pub fn merge(&mut self, other: Self) {
        self.metrics.extend(other.metrics);
        self.dimensions.extend(other.dimensions);
        self.found.extend(other.found);
        self.matched.extend(other.matched);
        for (index, values) in other.values {
            let known = self.values.entry(index).or_default();
            let room = VALUES.saturating_sub(known.len());
            known.extend(values.into_iter().take(room));
        }
        if let Some(span) = other.starts {
            self.span(span);
        }
    }
}
