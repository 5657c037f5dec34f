//! What rows hold, before any is written: so that the columns are exact, never sampled.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::aggregates::{Container, Metric};
use crate::document::summary::{Entity, milliseconds};
use crate::document::{STATS, catalog, time};
use crate::json::Node;
use crate::source::Dialect;

use super::seen::Seen;
use super::units::DURATIONS;
use super::{Cell, Filter, Layout, Shaping, Skip};

/// A column of the wide layout: whether it is a view's, the name, the qualifier, the statistic.
pub type Figure = (bool, String, String, String);

/// The names that occur in the rows of some inputs; the flag says whether with a value.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Rows that the layout gives.
    pub rows: u64,
    /// Rows that the filters leave out.
    pub filtered: u64,
    pub dimensions: BTreeMap<String, bool>,
    pub stats: BTreeMap<String, bool>,
    pub figures: BTreeMap<Figure, bool>,
    pub intervals: bool,
    pub ends: bool,
    pub metrics: bool,
    pub views: bool,
    pub qualifiers: bool,
    /// The summary dialect's metrics, and whether one of them had a value and a unit.
    pub values: BTreeMap<String, (bool, bool)>,
    pub ids: bool,
    pub divisions: bool,
    pub division_names: bool,
    pub units: bool,
    pub labels: bool,
    /// A duration that cannot be converted exactly to the unit asked for.
    pub unconvertible: Option<String>,
    pub dialects: BTreeSet<&'static str>,
    /// For filters that match nothing.
    pub seen: Seen,
}

impl Survey {
    /// Adds what one element holds.
    pub fn take(
        &mut self,
        shaping: &Shaping,
        dialect: Dialect,
        element: Node<'_>,
        skip: Option<&Skip>,
    ) {
        self.dialects.insert(dialect.name());
        match dialect {
            Dialect::Aggregates => self.container(shaping, Container(element), skip),
            Dialect::Summary => self.entity(shaping, Entity(element)),
        }
    }

    fn container(&mut self, shaping: &Shaping, container: Container<'_>, skip: Option<&Skip>) {
        let filter = &shaping.filter;
        let wanted = filter.group(container);
        self.groups_of(filter, container);
        let mut rows = 0;
        for (index, bucket) in container.buckets().enumerate() {
            if skip.is_some_and(|skip| skip.0.contains(&(index as u32))) {
                continue;
            }
            self.seen.start(filter, || {
                let (start, _) = time::interval(&bucket.interval()?.string()?)?;
                start.time.timestamp_nanos_opt()
            });
            let wanted = wanted && shaping.filter.bucket(bucket);
            let before = rows;
            let mut entries = 0;
            for (view, metric) in entries_of(bucket.metrics(), bucket.views()) {
                entries += 1;
                if !filter.metrics.is_empty() {
                    self.seen.metric(filter, &metric.name());
                }
                if wanted && shaping.filter.metric(&metric.name()) {
                    rows += 1;
                    self.entry(shaping, view, metric);
                }
            }
            let matched = rows - before;
            if shaping.layout == Layout::Wide {
                let row = wanted && (matched > 0 || shaping.filter.metrics.is_empty());
                rows = before + u64::from(row);
                self.filtered += u64::from(!row);
            } else {
                self.filtered += entries - matched;
            }
            if rows > before {
                let [start, end] = super::time::Times::default().cells(bucket.interval());
                self.intervals |= start.has_value();
                self.ends |= end.has_value();
            }
        }
        self.rows += rows;
        if wanted {
            for (name, value) in container.group() {
                let has = Cell::of(Some(value)).has_value();
                mark(&mut self.dimensions, &name, has);
            }
        }
    }

    /// Notes the dimensions of a container for filters that match nothing.
    pub fn groups_of(&mut self, filter: &Filter, container: Container<'_>) {
        if !filter.dimensions.is_empty() {
            let group: Vec<_> = container
                .group()
                .map(|(name, value)| (name, value.string().unwrap_or_default()))
                .collect();
            self.seen.group(filter, group.into_iter());
        }
    }

    fn entry(&mut self, shaping: &Shaping, view: bool, metric: Metric<'_>) {
        let qualifier = Cell::of(metric.qualifier());
        match view {
            true => self.views = true,
            false => self.metrics = true,
        }
        self.qualifiers |= qualifier.has_value();
        let timer = shaping.durations.is_some() && (view || catalog::is_timer(&metric.name()));
        for (stat, value) in metric.stats() {
            if value.is_object() || value.is_array() {
                continue;
            }
            if timer && DURATIONS.contains(&stat.as_ref()) {
                self.convertible(shaping, value, 1);
            }
            match shaping.layout {
                Layout::Long => mark(&mut self.stats, &stat, !value.is_null()),
                Layout::Wide => {
                    let figure = (
                        view,
                        metric.name().into_owned(),
                        metric
                            .qualifier()
                            .and_then(Node::string)
                            .unwrap_or_default()
                            .into_owned(),
                        stat.into_owned(),
                    );
                    *self.figures.entry(figure).or_default() |= !value.is_null();
                }
            }
        }
    }

    fn entity(&mut self, shaping: &Shaping, entity: Entity<'_>) {
        let filter = &shaping.filter;
        let wanted = filter.entity(entity);
        let identity = [
            ("id", entity.id()),
            ("division", entity.division()),
            ("division_name", entity.division_name()),
        ];
        let identity = identity.map(|(name, node)| {
            let value = node.and_then(Node::string).unwrap_or_default();
            (name.into(), value)
        });
        self.seen.group(filter, identity.into_iter());
        let mut rows = 0;
        let mut all = 0;
        for value in entity.metrics() {
            self.seen.metric(filter, &value.name);
            let has = value.gives_row();
            all += u64::from(has);
            if !wanted || !shaping.filter.metric(&value.name) {
                continue;
            }
            let unit = has && Cell::of(value.unit()).has_value();
            let known = self
                .values
                .entry(value.name.clone().into_owned())
                .or_default();
            *known = (known.0 | has, known.1 | unit);
            if has {
                rows += 1;
                if let Some(from) = value
                    .unit()
                    .and_then(Node::string)
                    .as_deref()
                    .and_then(milliseconds)
                    && let Some(figure) = value.value()
                {
                    self.convertible(shaping, figure, from);
                }
                self.units |= unit;
                self.labels |= Cell::of(value.label()).has_value();
            }
        }
        if shaping.layout == Layout::Wide {
            let row = wanted && (rows > 0 || shaping.filter.metrics.is_empty());
            (rows, all) = (u64::from(row), 1);
        }
        self.rows += rows;
        self.filtered += all - rows;
        if wanted {
            self.ids |= Cell::of(entity.id()).has_value();
            self.divisions |= Cell::of(entity.division()).has_value();
            self.division_names |= Cell::of(entity.division_name()).has_value();
        }
    }

    /// Marks statistics of the long layout by their bits: with a number, or only null.
    pub(super) fn marked(&mut self, numbers: u16, nulls: u16) {
        for (stat, name) in STATS.iter().enumerate() {
            if (numbers | nulls) & (1 << stat) != 0 {
                mark(&mut self.stats, name, numbers & (1 << stat) != 0);
            }
        }
    }

    /// Marks a dimension.
    pub(super) fn dimension(&mut self, name: &str, has: bool) {
        mark(&mut self.dimensions, name, has);
    }

    fn convertible(&mut self, shaping: &Shaping, value: Node<'_>, from: i64) {
        if self.unconvertible.is_none()
            && let (Some(unit), Some(literal)) = (shaping.durations, value.number())
            && unit.convert(literal, from).is_none()
        {
            self.unconvertible = Some(literal.to_owned());
        }
    }

    /// Adds what other inputs hold.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.filtered += other.filtered;
        self.seen.merge(other.seen);
        for (name, has) in other.dimensions {
            *self.dimensions.entry(name).or_default() |= has;
        }
        for (name, has) in other.stats {
            *self.stats.entry(name).or_default() |= has;
        }
        for (name, has) in other.figures {
            *self.figures.entry(name).or_default() |= has;
        }
        for (name, (value, unit)) in other.values {
            let known = self.values.entry(name).or_default();
            *known = (known.0 | value, known.1 | unit);
        }
        self.intervals |= other.intervals;
        self.ends |= other.ends;
        self.metrics |= other.metrics;
        self.views |= other.views;
        self.qualifiers |= other.qualifiers;
        self.ids |= other.ids;
        self.divisions |= other.divisions;
        self.division_names |= other.division_names;
        self.units |= other.units;
        self.labels |= other.labels;
        self.unconvertible = self.unconvertible.take().or(other.unconvertible);
        self.dialects.extend(other.dialects);
    }
}

/// The metrics and then the views of a bucket, each with whether it is a view.
pub fn entries_of<'a>(
    metrics: impl Iterator<Item = Metric<'a>>,
    views: impl Iterator<Item = Metric<'a>>,
) -> impl Iterator<Item = (bool, Metric<'a>)> {
    metrics
        .map(|metric| (false, metric))
        .chain(views.map(|view| (true, view)))
}

/// Marks a name without allocating where it is known.
fn mark(names: &mut BTreeMap<String, bool>, name: &str, has: bool) {
    match names.get_mut(name) {
        Some(known) => *known |= has,
        None => {
            names.insert(name.to_owned(), has);
        }
    }
}
