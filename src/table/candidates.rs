//! Every column that a table can have, in order.

use std::collections::BTreeSet;

use crate::model::{FigureId, STATS};

use super::holds::Holds;
use super::key_figures::KeyFigures;
use super::survey::Survey;
use super::{entity_names, names};

/// A column's name, what it holds, and whether it has a value somewhere.
pub type Candidate = (String, Holds, bool);

fn fixed(name: &str, holds: Holds, has: bool) -> Candidate {
    (name.to_owned(), holds, has)
}

/// Which dimensions have a column with names behind them.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    /// Whether there is any.
    pub asked: bool,
    /// Every dimension whose values are ids, and not only those of which one has a name.
    pub every: bool,
}

impl Named {
    /// Whether a dimension has names, and whether one of its ids has one.
    fn of(self, survey: &Survey, dimension: &str) -> (bool, bool) {
        let known = survey.names.as_ref();
        let known = known.is_some_and(|names| names.is_known(dimension));
        let every = self.every && entity_names::is_id(dimension);
        (self.asked && (known || every), known)
    }
}

fn with_dimensions(
    survey: &Survey,
    taken: &BTreeSet<String>,
    rest: Vec<Candidate>,
    named: Named,
) -> Vec<Candidate> {
    let mut taken = taken.clone();
    let mut dimensions = Vec::new();
    for (name, has) in &survey.dimensions {
        let column = names::dimension(name, &taken);
        taken.insert(column.clone());
        dimensions.push((column, name, *has));
    }
    // The columns of dimensions bear their names, whatever the names of the others are.
    let mut list = Vec::new();
    for (column, name, has) in dimensions {
        list.push((column, Holds::Dimension(name.clone()), has));
        if let (true, known) = named.of(survey, name) {
            let column = names::reserve(entity_names::column(name), &mut taken);
            list.push((column, Holds::NamesOf(name.clone()), known));
        }
    }
    list.extend(rest);
    list
}

pub(super) fn long(survey: &Survey, named: Named) -> Vec<Candidate> {
    let mut rest = vec![
        fixed(names::LONG[0], Holds::IntervalStart, survey.intervals),
        fixed(names::LONG[1], Holds::IntervalEnd, survey.ends),
        fixed(names::LONG[2], Holds::Metric, survey.metrics),
        fixed(names::LONG[3], Holds::View, survey.views),
        fixed(names::LONG[4], Holds::Qualifier, survey.qualifiers),
    ];
    let mut taken: BTreeSet<String> = names::LONG
        .iter()
        .chain(&STATS)
        .map(|name| (*name).to_owned())
        .collect();
    let known = survey.names.as_ref();
    let known = known.is_some_and(|names| names.qualifiers.known);
    if named.asked && (known || named.every) {
        let name = names::reserve("qualifier_name".to_owned(), &mut taken);
        rest.push((name, Holds::QualifierName, known));
    }
    for stat in STATS {
        let has = survey.stats.get(stat).copied().unwrap_or_default();
        rest.push(fixed(stat, Holds::Stat(stat.to_owned()), has));
    }
    for (stat, has) in &survey.stats {
        if !STATS.contains(&stat.as_str()) {
            let name = names::reserve(stat.clone(), &mut taken);
            rest.push((name, Holds::Stat(stat.clone()), *has));
        }
    }
    with_dimensions(survey, &taken, rest, named)
}

pub(super) fn wide(
    survey: &Survey,
    named: Named,
    key_figures: Option<KeyFigures>,
) -> Vec<Candidate> {
    let mut figures: Vec<(&FigureId, bool)> = survey
        .figures
        .iter()
        .map(|(key, has)| (key, *has))
        .collect();
    figures.sort_by(|(a, _), (b, _)| a.column_order(b));
    let mut taken: BTreeSet<String> = [names::LONG[0], names::LONG[1]].map(str::to_owned).into();
    let mut rest = vec![
        fixed(names::LONG[0], Holds::IntervalStart, survey.intervals),
        fixed(names::LONG[1], Holds::IntervalEnd, survey.ends),
    ];
    for (figure, has) in figures {
        let mut column = figure.column();
        if figure.view && taken.contains(&column) {
            column = format!("view_{column}");
        }
        let column = names::reserve(column, &mut taken);
        rest.push((column, Holds::Figure(figure.clone()), has));
    }
    for (name, column, has) in key_figures.iter().flat_map(|it| it.columns(survey)) {
        let name = names::reserve(name, &mut taken);
        rest.push((name, Holds::KeyFigure(column), has));
    }
    with_dimensions(survey, &taken, rest, named)
}

fn identity(survey: &Survey, all: bool) -> Vec<Candidate> {
    let mut list = vec![
        fixed("id", Holds::Id, survey.ids),
        fixed("division", Holds::Division, survey.divisions),
    ];
    if survey.division_names || all {
        let has = survey.division_names;
        list.push(fixed("division_name", Holds::DivisionName, has));
    }
    list
}

pub(super) fn summary_long(survey: &Survey, all: bool) -> Vec<Candidate> {
    let mut list = identity(survey, all);
    let any = survey.rows > 0;
    list.extend([
        fixed("metric", Holds::Metric, any),
        fixed("value", Holds::Value, any),
        fixed("unit", Holds::Unit, survey.units),
        fixed("label", Holds::Label, survey.labels),
    ]);
    list
}

pub(super) fn summary_wide(survey: &Survey, all: bool) -> Vec<Candidate> {
    let mut list = identity(survey, all);
    let mut taken: BTreeSet<String> = list.iter().map(|(name, _, _)| name.clone()).collect();
    for (metric, (value, unit)) in &survey.values {
        let column = names::reserve(format!("{metric}_value"), &mut taken);
        list.push((column, Holds::ValueOf(metric.clone()), *value));
        let column = names::reserve(format!("{metric}_unit"), &mut taken);
        list.push((column, Holds::UnitOf(metric.clone()), *unit));
    }
    list
}
