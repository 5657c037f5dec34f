//! Every column that a table can have, in order.

use std::collections::BTreeSet;

use crate::model::{FigureId, STATS};

use super::holds::Holds;
use super::names;
use super::survey::Survey;

/// A column's name, what it holds, and whether it has a value somewhere.
pub type Candidate = (String, Holds, bool);

fn fixed(name: &str, holds: Holds, has: bool) -> Candidate {
    (name.to_owned(), holds, has)
}

fn with_dimensions(
    survey: &Survey,
    taken: &BTreeSet<String>,
    rest: Vec<Candidate>,
) -> Vec<Candidate> {
    let mut taken = taken.clone();
    let mut list = Vec::new();
    for (name, has) in &survey.dimensions {
        let column = names::dimension(name, &taken);
        taken.insert(column.clone());
        list.push((column, Holds::Dimension(name.clone()), *has));
    }
    list.extend(rest);
    list
}

pub(super) fn long(survey: &Survey) -> Vec<Candidate> {
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
    with_dimensions(survey, &taken, rest)
}

pub(super) fn wide(survey: &Survey) -> Vec<Candidate> {
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
    with_dimensions(survey, &taken, rest)
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
