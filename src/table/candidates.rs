//! Every column that a table can have, in order.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::catalog::absence::Occurrences;
use crate::model::{FigureId, STATS};

use super::choice::ColumnChoice;
use super::holds::{Candidate, ColumnContent};
use super::survey::Survey;
use super::{EntityNames, TableSpec, entity_names, key_figures, names};

fn fixed(name: &str, holds: ColumnContent, has: bool) -> Candidate {
    (name.to_owned(), holds, has)
}

/// Returns true if every dimension whose values are ids has a column of names, and not only those of
/// which one has a name.
fn has_every(spec: &TableSpec) -> bool {
    spec.choice != ColumnChoice::Present || spec.dimensions.is_some()
}

/// Returns two flags: the dimension has names, and one of its ids has one.
fn names_of(spec: &TableSpec, survey: &Survey, dimension: &str) -> (bool, bool) {
    let known = survey.names.as_ref();
    let known = known.is_some_and(|names| names.is_known(dimension));
    let every = has_every(spec) && entity_names::is_id(dimension);
    (spec.names.is_asked() && (known || every), known)
}

/// Returns two flags: qualifiers have names, and one of them has one.
fn names_of_qualifiers(spec: &TableSpec, survey: &Survey) -> (bool, bool) {
    let known = survey.names.as_ref();
    let known = known.is_some_and(|names| names.qualifiers.known);
    let has_names = match spec.names.is_asked() {
        true => known || has_every(spec),
        // Fixed columns do not depend on what the responses name.
        false => known && !spec.choice.is_fixed(),
    };
    (has_names, known)
}

fn with_dimensions(
    survey: &Survey,
    taken: &BTreeSet<String>,
    rest: Vec<Candidate>,
    spec: &TableSpec,
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
        list.push((column, ColumnContent::Dimension(name.clone()), has));
        if let (true, known) = names_of(spec, survey, name) {
            let column = names::reserve(entity_names::column(name), &mut taken);
            list.push((column, ColumnContent::NamesOf(name.clone()), known));
        }
        for attribute in spec.names.attributes(name) {
            let names = survey.names.as_ref();
            let known = names.is_some_and(|names| names.has_attribute(&attribute));
            if known || has_every(spec) {
                let column = names::reserve(attribute.name.clone(), &mut taken);
                list.push((column, ColumnContent::Attribute(attribute), known));
            }
        }
    }
    list.extend(rest);
    list
}

/// Both ends of the interval.
fn interval(survey: &Survey) -> [Candidate; 2] {
    let start = ColumnContent::IntervalStart;
    [
        fixed(names::LONG[0], start, survey.intervals),
        fixed(names::LONG[1], ColumnContent::IntervalEnd, survey.ends),
    ]
}

pub(super) fn long(survey: &Survey, spec: &TableSpec) -> Vec<Candidate> {
    let mut rest = interval(survey).to_vec();
    rest.extend([
        fixed(names::LONG[2], ColumnContent::Metric, survey.metrics),
        fixed(names::LONG[3], ColumnContent::View, survey.views),
        fixed(names::LONG[4], ColumnContent::Qualifier, survey.qualifiers),
    ]);
    let mut taken: BTreeSet<String> = names::LONG
        .iter()
        .chain(&STATS)
        .map(|name| (*name).to_owned())
        .collect();
    if let (true, known) = names_of_qualifiers(spec, survey) {
        let name = names::reserve("qualifier_name".to_owned(), &mut taken);
        rest.push((name, ColumnContent::QualifierName, known));
    }
    for stat in STATS {
        let has = survey.stats.get(stat).copied().unwrap_or_default();
        rest.push(fixed(stat, ColumnContent::Stat(stat.to_owned()), has));
    }
    for (stat, has) in &survey.stats {
        if !STATS.contains(&stat.as_str()) {
            let name = names::reserve(stat.clone(), &mut taken);
            rest.push((name, ColumnContent::Stat(stat.clone()), *has));
        }
    }
    with_dimensions(survey, &taken, rest, spec)
}

pub(super) fn wide(
    survey: &Survey,
    spec: &TableSpec,
    occurrences: Option<&Occurrences>,
) -> Vec<Candidate> {
    let mut figures: Vec<(&FigureId, bool)> = survey
        .figures
        .iter()
        .map(|(key, has)| (key, *has))
        .collect();
    figures.sort_by(|(a, _), (b, _)| a.column_order(b));
    let mut taken: BTreeSet<String> = [names::LONG[0], names::LONG[1]].map(str::to_owned).into();
    let mut rest = interval(survey).to_vec();
    let labels = match spec.choice.is_fixed() {
        true => BTreeMap::new(),
        false => labels(&figures, &spec.names),
    };
    for (figure, has) in figures {
        let label = labels.get(figure.qualifier.as_str());
        let mut column = match label {
            Some(label) => FigureId {
                qualifier: label.clone(),
                ..figure.clone()
            }
            .column(),
            None => figure.column(),
        };
        if figure.view && taken.contains(&column) {
            column = format!("view_{column}");
        }
        let column = names::reserve(column, &mut taken);
        rest.push((column, ColumnContent::Figure(figure.clone()), has));
    }
    let figures = spec
        .key_figures
        .then(|| key_figures::columns(survey, occurrences));
    for (name, column, has) in figures.into_iter().flatten() {
        let name = names::reserve(name, &mut taken);
        rest.push((name, ColumnContent::KeyFigure(column), has));
    }
    with_dimensions(survey, &taken, rest, spec)
}

/// The names of qualifiers that have one. A name that several have is followed by their ids.
fn labels<'f>(figures: &[(&'f FigureId, bool)], names: &EntityNames) -> BTreeMap<&'f str, String> {
    let qualifiers: BTreeSet<&str> = figures
        .iter()
        .map(|(figure, _)| &*figure.qualifier)
        .collect();
    let named = qualifiers.into_iter();
    let named: Vec<(&str, &str)> = named.filter_map(|id| Some((id, names.get(id)?))).collect();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, name) in &named {
        *times.entry(name).or_default() += 1;
    }
    let label = |(id, name): (&'f str, &str)| match times.get(name) {
        Some(1) => (id, name.to_owned()),
        _ => (id, format!("{name}_{id}")),
    };
    named.into_iter().map(label).collect()
}

fn identity(survey: &Survey, all: bool) -> Vec<Candidate> {
    let mut list = vec![
        fixed("id", ColumnContent::Id, survey.ids),
        fixed("division", ColumnContent::Division, survey.divisions),
    ];
    if survey.division_names || all {
        let has = survey.division_names;
        list.push(fixed("division_name", ColumnContent::DivisionName, has));
    }
    list
}

pub(super) fn summary_long(survey: &Survey, all: bool) -> Vec<Candidate> {
    let mut list = identity(survey, all);
    let any = survey.rows > 0;
    list.extend([
        fixed("metric", ColumnContent::Metric, any),
        fixed("value", ColumnContent::Value, any),
        fixed("unit", ColumnContent::Unit, survey.units),
        fixed("label", ColumnContent::Label, survey.labels),
    ]);
    list
}

pub(super) fn summary_wide(survey: &Survey, all: bool) -> Vec<Candidate> {
    let mut list = identity(survey, all);
    let mut taken: BTreeSet<String> = list.iter().map(|(name, _, _)| name.clone()).collect();
    for (metric, (value, unit)) in &survey.values {
        let column = names::reserve(format!("{metric}_value"), &mut taken);
        list.push((column, ColumnContent::ValueOf(metric.clone()), *value));
        let column = names::reserve(format!("{metric}_unit"), &mut taken);
        list.push((column, ColumnContent::UnitOf(metric.clone()), *unit));
    }
    list
}
