//! The exact column set of a run.

use std::collections::{BTreeSet, HashMap};

use crate::document::stat::Stat;
use crate::document::{STATS, catalog, stat_order};
use crate::source::Dialect;

use super::survey::{Figure, Survey};
use super::{Layout, names};

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    Source,
    Dimension(String),
    IntervalStart,
    IntervalEnd,
    Metric,
    View,
    Qualifier,
    Stat(String),
    Figure(Figure),
    Id,
    Division,
    DivisionName,
    Value,
    Unit,
    Label,
    /// The value of a summary metric.
    ValueOf(String),
    /// The unit of a summary metric.
    UnitOf(String),
    /// A column that was asked for by name and is in none of the inputs.
    Nothing,
}

/// Which columns a table has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Those with a value somewhere, and all of them where there is no row.
    Present,
    /// The full list.
    All,
    /// These, in this order.
    Named(Vec<String>),
}

/// What decides the columns of a table.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    pub choice: &'w Choice,
    /// The dimensions that have a column, whatever the inputs hold; `None` is those of the inputs.
    pub dimensions: Option<&'w [String]>,
    /// Whether there is a first column with the input's name.
    pub source: bool,
}

/// The columns of a table with their names, in order.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    pub list: Vec<(String, Column)>,
    /// Whether JSON writes every key, null where there is nothing: the columns do not depend on
    /// what the inputs hold, so neither should the keys.
    pub every_key: bool,
    dimensions: HashMap<String, usize>,
    stats: HashMap<String, usize>,
    figures: HashMap<String, usize>,
}

/// One candidate with whether it has a value somewhere.
type Candidate = (String, Column, bool);

impl Columns {
    /// Decides the columns of a table.
    ///
    /// # Errors
    /// A name of [`Choice::Named`] that is no column, with the nearest one.
    pub fn decide(
        survey: &Survey,
        dialect: Dialect,
        layout: Layout,
        wanted: Wanted<'_>,
    ) -> Result<Self, UnknownColumn> {
        let Wanted { choice, source, .. } = wanted;
        let all = *choice == Choice::All;
        let fixed = wanted
            .dimensions
            .filter(|_| dialect == Dialect::Aggregates)
            .map(|names| Survey {
                dimensions: names.iter().map(|name| (name.clone(), true)).collect(),
                ..survey.clone()
            });
        let survey = fixed.as_ref().unwrap_or(survey);
        let mut candidates = match (dialect, layout) {
            (Dialect::Aggregates, Layout::Long) => long(survey),
            (Dialect::Aggregates, Layout::Wide) => wide(survey),
            (Dialect::Summary, Layout::Long) => summary_long(survey, all),
            (Dialect::Summary, Layout::Wide) => summary_wide(survey, all),
        };
        if source {
            let mut taken: BTreeSet<String> =
                candidates.iter().map(|(name, _, _)| name.clone()).collect();
            for (name, _, _) in &mut candidates {
                if name == "source" {
                    *name = names::dimension(name, &taken);
                    taken.insert(name.clone());
                }
            }
            candidates.insert(0, ("source".to_owned(), Column::Source, true));
        }
        let list = match choice {
            Choice::All => pairs(candidates),
            Choice::Present if survey.rows == 0 => pairs(candidates),
            Choice::Present => {
                candidates.retain(|(_, _, has)| *has);
                pairs(candidates)
            }
            Choice::Named(wanted) => named(&candidates, wanted, dialect, layout, source)?,
        };
        Ok(Self {
            every_key: all,
            ..Self::indexed(list)
        })
    }

    fn indexed(list: Vec<(String, Column)>) -> Self {
        let mut columns = Self::default();
        for (index, (_, column)) in list.iter().enumerate() {
            match column {
                Column::Dimension(name) => {
                    columns.dimensions.insert(name.clone(), index);
                }
                Column::Stat(name) => {
                    columns.stats.insert(name.clone(), index);
                }
                Column::Figure((view, name, qualifier, stat)) => {
                    let mut key = String::new();
                    figure_key(&mut key, *view, name, qualifier, stat);
                    columns.figures.insert(key, index);
                }
                Column::ValueOf(name) => {
                    columns.stats.insert(format!("value {name}"), index);
                }
                Column::UnitOf(name) => {
                    columns.stats.insert(format!("unit {name}"), index);
                }
                _ => {}
            }
        }
        columns.list = list;
        columns
    }

    /// Where the column of a dimension is.
    pub fn dimension(&self, name: &str) -> Option<usize> {
        self.dimensions.get(name).copied()
    }

    /// Where the column of a statistic is.
    pub fn stat(&self, name: &str) -> Option<usize> {
        self.stats.get(name).copied()
    }

    /// Where the columns of statistics that the API does not have are.
    pub fn extra_stats(&self) -> impl Iterator<Item = usize> {
        let extras = self.stats.iter();
        extras
            .filter(|(name, _)| Stat::parse(name).is_none())
            .map(|(_, at)| *at)
    }

    /// Where the column of a wide figure is; `key` is scratch space.
    pub fn figure(
        &self,
        key: &mut String,
        view: bool,
        name: &str,
        qualifier: &str,
        stat: &str,
    ) -> Option<usize> {
        key.clear();
        figure_key(key, view, name, qualifier, stat);
        self.figures.get(key.as_str()).copied()
    }

    /// Where the columns of wide figures are.
    pub fn figure_places(&self) -> impl Iterator<Item = usize> {
        self.figures.values().copied()
    }

    /// Where the first column of this kind is.
    pub fn position(&self, column: &Column) -> Option<usize> {
        self.list.iter().position(|(_, other)| other == column)
    }
}

/// The columns of metrics, views and their qualifiers, looked up once each.
///
/// Buckets repeat their metrics in one order, so each is first taken for the one that followed
/// last time.
#[derive(Debug, Default)]
pub struct FigureColumns {
    list: Vec<Places>,
    known: HashMap<(bool, u32, String), usize>,
    last: usize,
    key: String,
}

#[derive(Debug)]
struct Places {
    view: bool,
    id: u32,
    qualifier: String,
    at: [Option<usize>; STATS.len()],
    next: usize,
}

impl FigureColumns {
    /// The columns of one metric or view (with a number that stands for its name) by statistic.
    pub fn of(
        &mut self,
        columns: &Columns,
        (view, id, name): (bool, u32, &str),
        qualifier: &str,
    ) -> &[Option<usize>; STATS.len()] {
        const NONE: &[Option<usize>; STATS.len()] = &[None; STATS.len()];
        let same = |it: &Places| it.id == id && it.view == view && it.qualifier == qualifier;
        let guess = self.list.get(self.last).map_or(0, |last| last.next);
        let at = if self.list.get(guess).is_some_and(same) {
            guess
        } else {
            let next = self.list.len();
            let at = *self
                .known
                .entry((view, id, qualifier.to_owned()))
                .or_insert(next);
            if at == next {
                let key = &mut self.key;
                self.list.push(Places {
                    view,
                    id,
                    qualifier: qualifier.to_owned(),
                    at: STATS.map(|stat| columns.figure(key, view, name, qualifier, stat)),
                    next: 0,
                });
            }
            if let Some(last) = self.list.get_mut(self.last) {
                last.next = at;
            }
            at
        };
        self.last = at;
        self.list.get(at).map_or(NONE, |places| &places.at)
    }
}

fn figure_key(key: &mut String, view: bool, name: &str, qualifier: &str, stat: &str) {
    key.push(if view { 'v' } else { 'm' });
    for part in [name, qualifier, stat] {
        key.push('\0');
        key.push_str(part);
    }
}

/// A column that was asked for and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownColumn {
    pub name: String,
    pub near: Option<String>,
}

fn named(
    candidates: &[Candidate],
    wanted: &[String],
    dialect: Dialect,
    layout: Layout,
    source: bool,
) -> Result<Vec<(String, Column)>, UnknownColumn> {
    let mut list = Vec::new();
    if source && !wanted.iter().any(|name| name == "source") {
        list.push(("source".to_owned(), Column::Source));
    }
    for name in wanted {
        let found = candidates.iter().find(|(column, _, _)| column == name);
        match found {
            Some((name, column, _)) => list.push((name.clone(), column.clone())),
            // A night without chats has no chat columns, and its file must still fit the others.
            None if plausible(name, dialect, layout) => list.push((name.clone(), Column::Nothing)),
            None => {
                let names = candidates.iter().map(|(column, _, _)| column.as_str());
                return Err(UnknownColumn {
                    name: name.clone(),
                    near: catalog::nearest(name, names).map(str::to_owned),
                });
            }
        }
    }
    Ok(list)
}

fn plausible(name: &str, dialect: Dialect, layout: Layout) -> bool {
    match (dialect, layout) {
        (Dialect::Aggregates, Layout::Long) => catalog::is_dimension(name),
        (Dialect::Aggregates, Layout::Wide) => {
            let metric = name.split('_').next().unwrap_or_default();
            let stat = name.rsplit('_').next().unwrap_or_default();
            catalog::is_dimension(name)
                || (catalog::metric(metric).is_some() && STATS.contains(&stat))
        }
        (Dialect::Summary, Layout::Wide) => name.ends_with("_value") || name.ends_with("_unit"),
        (Dialect::Summary, Layout::Long) => false,
    }
}

fn pairs(candidates: Vec<Candidate>) -> Vec<(String, Column)> {
    candidates
        .into_iter()
        .map(|(name, column, _)| (name, column))
        .collect()
}

fn fixed(name: &str, column: Column, has: bool) -> Candidate {
    (name.to_owned(), column, has)
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
        list.push((column, Column::Dimension(name.clone()), *has));
    }
    list.extend(rest);
    list
}

fn long(survey: &Survey) -> Vec<Candidate> {
    let mut rest = vec![
        fixed(names::LONG[0], Column::IntervalStart, survey.intervals),
        fixed(names::LONG[1], Column::IntervalEnd, survey.ends),
        fixed(names::LONG[2], Column::Metric, survey.metrics),
        fixed(names::LONG[3], Column::View, survey.views),
        fixed(names::LONG[4], Column::Qualifier, survey.qualifiers),
    ];
    let mut taken: BTreeSet<String> = names::LONG
        .iter()
        .chain(&STATS)
        .map(|name| (*name).to_owned())
        .collect();
    for stat in STATS {
        let has = survey.stats.get(stat).copied().unwrap_or_default();
        rest.push(fixed(stat, Column::Stat(stat.to_owned()), has));
    }
    for (stat, has) in &survey.stats {
        if !STATS.contains(&stat.as_str()) {
            let name = names::reserve(stat.clone(), &mut taken);
            rest.push((name, Column::Stat(stat.clone()), *has));
        }
    }
    with_dimensions(survey, &taken, rest)
}

fn wide(survey: &Survey) -> Vec<Candidate> {
    let mut figures: Vec<(&Figure, bool)> = survey
        .figures
        .iter()
        .map(|(key, has)| (key, *has))
        .collect();
    figures.sort_by(|((av, an, aq, a), _), ((bv, bn, bq, b), _)| {
        (av, an, aq, stat_order(a)).cmp(&(bv, bn, bq, stat_order(b)))
    });
    let mut taken: BTreeSet<String> = [names::LONG[0], names::LONG[1]].map(str::to_owned).into();
    let mut rest = vec![
        fixed(names::LONG[0], Column::IntervalStart, survey.intervals),
        fixed(names::LONG[1], Column::IntervalEnd, survey.ends),
    ];
    for (figure, has) in figures {
        let (view, name, qualifier, stat) = figure;
        let mut column = if qualifier.is_empty() {
            format!("{name}_{stat}")
        } else {
            format!("{name}_{qualifier}_{stat}")
        };
        if *view && taken.contains(&column) {
            column = format!("view_{column}");
        }
        let column = names::reserve(column, &mut taken);
        rest.push((column, Column::Figure(figure.clone()), has));
    }
    with_dimensions(survey, &taken, rest)
}

fn identity(survey: &Survey, all: bool) -> Vec<Candidate> {
    let mut list = vec![
        fixed("id", Column::Id, survey.ids),
        fixed("division", Column::Division, survey.divisions),
    ];
    if survey.division_names || all {
        let has = survey.division_names;
        list.push(fixed("division_name", Column::DivisionName, has));
    }
    list
}

fn summary_long(survey: &Survey, all: bool) -> Vec<Candidate> {
    let mut list = identity(survey, all);
    let any = survey.rows > 0;
    list.extend([
        fixed("metric", Column::Metric, any),
        fixed("value", Column::Value, any),
        fixed("unit", Column::Unit, survey.units),
        fixed("label", Column::Label, survey.labels),
    ]);
    list
}

fn summary_wide(survey: &Survey, all: bool) -> Vec<Candidate> {
    let mut list = identity(survey, all);
    let mut taken: BTreeSet<String> = list.iter().map(|(name, _, _)| name.clone()).collect();
    for (metric, (value, unit)) in &survey.values {
        let column = names::reserve(format!("{metric}_value"), &mut taken);
        list.push((column, Column::ValueOf(metric.clone()), *value));
        let column = names::reserve(format!("{metric}_unit"), &mut taken);
        list.push((column, Column::UnitOf(metric.clone()), *unit));
    }
    list
}
