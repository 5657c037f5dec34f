//! The contents of all rows, read before any row is written: columns are exact, never sampled.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::catalog::absence::Occurrences;
use crate::model::stat::StatSet;
use crate::model::time::milliseconds;
use crate::model::{Dialect, FigureId, catalog};
use crate::record::Scalar;
use crate::record::entity::{EntityView, Value};

use super::entity_names::NameSurvey;
use super::key_figures::FigureSurvey;
use super::parts::measured;
use super::seen::FilterSurvey;
use super::types::Numbers;
use super::{Layout, TableSpec};

/// The names that occur in the rows of some inputs; the flag is true if one has a value.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Rows that the layout gives.
    pub rows: u64,
    /// About how many cells of these rows have a value.
    pub filled: u64,
    /// Rows that the filters leave out.
    pub filtered: u64,
    pub dimensions: BTreeMap<String, bool>,
    pub stats: BTreeMap<String, bool>,
    pub figures: BTreeMap<FigureId, bool>,
    /// Number of values of each statistic that the API does not have.
    pub extras: BTreeMap<String, u64>,
    /// The column types of figures that are not whole numbers of at most 18 digits, where types are asked
    /// for: by the figure, which has no names in the long layout.
    pub numbers: BTreeMap<FigureId, Numbers>,
    /// The key figures that have a value somewhere.
    pub key_figures: FigureSurvey,
    /// The places where metrics occur, in rows or not: for counters that are 0.
    pub occurrences: Occurrences,
    pub intervals: bool,
    pub ends: bool,
    pub metrics: bool,
    pub views: bool,
    pub qualifiers: bool,
    /// The metrics of the summary dialect, and true if one of them had a value and a unit.
    pub values: BTreeMap<String, (bool, bool)>,
    pub ids: bool,
    pub divisions: bool,
    pub division_names: bool,
    pub units: bool,
    pub labels: bool,
    /// A duration that cannot be converted exactly to the unit asked for.
    pub unconvertible: Option<String>,
    pub dialects: BTreeSet<Dialect>,
    /// The ids that have a name, where names are asked for.
    pub names: Option<NameSurvey>,
    /// For filters that match nothing.
    pub seen: FilterSurvey,
}

impl Survey {
    /// Adds what an entity holds. `noted` has, for each template, true if nothing but its rows need be
    /// counted.
    pub(super) fn entity(&mut self, spec: &TableSpec, view: EntityView<'_>, noted: &mut Vec<bool>) {
        self.dialects.insert(Dialect::Summary);
        let filter = &spec.filter;
        let wanted = filter.entity(view);
        self.seen.dimensions(filter, view.identity().into_iter());
        let mut rows = 0;
        let mut all = 0;
        let is_plain =
            wanted && filter.metrics.is_empty() && spec.durations.is_none() && !spec.typed;
        for value in view.values() {
            let has = value.gives_row();
            all += u64::from(has);
            if is_plain && value.template != u32::MAX && note(noted, value.template) {
                rows += u64::from(has);
                continue;
            }
            let name = view.str(value.name);
            self.seen.metric(filter, name);
            if !wanted || !spec.filter.metric(name) {
                continue;
            }
            let unit = has && value.unit.has_value();
            match self.values.get_mut(name) {
                Some(known) => *known = (known.0 | has, known.1 | unit),
                None => {
                    self.values.insert(name.to_owned(), (has, unit));
                }
            }
            if has {
                rows += 1;
                if let Some(from) = view.text(value.unit).and_then(milliseconds)
                    && let Scalar::Number(literal) = value.value
                {
                    self.convertible(spec, view.str(literal), from);
                }
                if spec.typed {
                    self.measure(spec, view, value);
                }
                self.units |= unit;
                self.labels |= value.label.has_value();
            }
        }
        // A value and its unit, and what each row has beside them.
        let figures = rows * 2;
        if spec.layout == Layout::Wide {
            let row = wanted && (rows > 0 || spec.filter.metrics.is_empty());
            (rows, all) = (u64::from(row), 1);
        }
        self.filled += figures + rows * 2;
        self.rows += rows;
        self.filtered += all - rows;
        if wanted {
            self.ids |= view.entity.id.has_value();
            self.divisions |= view.entity.division.has_value();
            self.division_names |= view.entity.division_name.has_value();
        }
    }

    /// Looks what type the value of a summary metric needs.
    fn measure(&mut self, spec: &TableSpec, view: EntityView<'_>, value: &Value) {
        let key = match spec.layout {
            Layout::Long => FigureId::of_any("value"),
            Layout::Wide => FigureId::of_metric(view.str(value.name), "value"),
        };
        let (cell, _) = measured(spec, view, value);
        cell.measure(self.numbers.entry(key).or_default());
    }

    /// Marks statistics of the long layout: those with a number, and those that are only null.
    pub(super) fn marked(&mut self, numbers: StatSet, nulls: StatSet) {
        for stat in numbers.or(nulls).iter() {
            self.stat(stat.name(), numbers.contains(stat));
        }
    }

    /// Marks a statistic of the long layout.
    pub(super) fn stat(&mut self, name: &str, has: bool) {
        mark(&mut self.stats, name, has);
    }

    /// Marks a dimension.
    pub(super) fn dimension(&mut self, name: &str, has: bool) {
        mark(&mut self.dimensions, name, has);
    }

    /// Remembers a duration, in units of `from` milliseconds, that cannot be converted exactly.
    pub(super) fn convertible(&mut self, spec: &TableSpec, literal: &str, from: i64) {
        if self.unconvertible.is_none()
            && let Some(unit) = spec.durations
            && unit.convert(literal, from).is_none()
        {
            self.unconvertible = Some(literal.to_owned());
        }
    }

    /// The dimension that a word means: one of the rows, or else one of the API.
    pub fn dimension_called(&self, typed: &str) -> Option<String> {
        let known = &self.dimensions;
        if known.contains_key(typed) || catalog::is_dimension(typed) {
            return Some(typed.to_owned());
        }
        let same = known.keys().find(|it| it.eq_ignore_ascii_case(typed));
        let meant = catalog::named::dimensions(typed);
        let own = meant.iter().find(|name| known.contains_key(**name));
        let own = own.map(|name| (*name).to_owned());
        same.cloned().or(own)
    }

    /// The dialect of a table; without any row, that of the aggregates.
    pub fn dialect(&self) -> Dialect {
        let has = |dialect: Dialect| self.dialects.contains(&dialect);
        match has(Dialect::Summary) && !has(Dialect::Aggregates) {
            true => Dialect::Summary,
            false => Dialect::Aggregates,
        }
    }

    /// Adds what other inputs hold.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.filled += other.filled;
        self.filtered += other.filtered;
        self.seen.merge(other.seen);
        let either = |known: &mut bool, has| *known |= has;
        merge(&mut self.dimensions, other.dimensions, either);
        merge(&mut self.stats, other.stats, either);
        merge(&mut self.figures, other.figures, either);
        merge(&mut self.extras, other.extras, |known, count| {
            *known += count
        });
        merge(&mut self.values, other.values, |known, (value, unit)| {
            *known = (known.0 | value, known.1 | unit);
        });
        merge(&mut self.numbers, other.numbers, Numbers::merge);
        self.key_figures.merge(other.key_figures);
        self.occurrences.merge(&other.occurrences);
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
        match (&mut self.names, other.names) {
            (Some(names), Some(others)) => names.merge(others),
            (names, others) => *names = names.take().or(others),
        }
    }
}

/// Adds what other inputs hold by name.
fn merge<K: Ord, V: Default>(
    known: &mut BTreeMap<K, V>,
    others: BTreeMap<K, V>,
    add: impl Fn(&mut V, V),
) {
    if known.is_empty() {
        *known = others;
        return;
    }
    for (name, other) in others {
        add(known.entry(name).or_default(), other);
    }
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

/// Notes a template; returns true if it was noted.
pub(super) fn note(noted: &mut Vec<bool>, template: u32) -> bool {
    let at = template as usize;
    if noted.len() <= at {
        noted.resize(at + 1, false);
    }
    let known = noted.get_mut(at);
    known.is_some_and(|known| std::mem::replace(known, true))
}
