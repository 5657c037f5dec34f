//! The exact column set of a run.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::error::Error;
use crate::json::number::{self, Decimal};
use crate::model::Dialect;
use crate::model::catalog::absence::Occurrences;
use crate::model::catalog::figure::KeyFigure;
use crate::model::catalog::named::title;
use crate::model::stat::Stat;
use crate::model::{FigureId, catalog};

use super::candidates;
use super::choice::{self, ColumnChoice, ColumnSelector, SelectedColumn};
use super::holds::{Candidate, ColumnContent};
use super::key_figures;
use super::plausible;
use super::survey::Survey;
use super::types::{Numbers, Type};
use super::units::DurationUnit;
use super::{Cell, Layout, TableSpec, names};

/// A column of a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its title, if it has one, and else its name.
    pub name: String,
    /// Its name, where it has a title.
    untitled: Option<String>,
    pub holds: ColumnContent,
    pub kind: Type,
    /// The unit of its figures, where all of them have one.
    pub unit: Option<&'static str>,
}

/// The column of a counter that is 0 where a bucket lacks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterColumn {
    pub at: usize,
    pub metric: String,
    /// The families that have the metric.
    pub families: u32,
}

impl CounterColumn {
    fn of((at, column): (usize, &Column)) -> Option<Self> {
        let ColumnContent::Figure(figure) = &column.holds else {
            return None;
        };
        let is_plain = !figure.view && figure.qualifier.is_empty() && figure.stat == "count";
        (is_plain && catalog::is_counter(&figure.name)).then(|| Self {
            at,
            metric: figure.name.clone(),
            families: catalog::families(&figure.name),
        })
    }
}

/// The columns of a table with their names, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    pub list: Vec<Column>,
    /// True if JSON writes every key, with null for an empty cell: the columns do not depend on
    /// the inputs, so the keys do not either.
    pub every_key: bool,
    /// Number of columns that are written: others, behind them, only name the sheets of a workbook.
    pub visible: usize,
    dimensions: HashMap<String, usize>,
    names: HashMap<String, usize>,
    /// The columns of attributes by their dimensions: the attribute, and its place.
    attributes: HashMap<String, Vec<(usize, usize)>>,
    stats: HashMap<String, usize>,
    figures: HashMap<String, usize>,
    key_figures: Vec<(usize, &'static KeyFigure)>,
    /// The places where metrics occur, if a missing counter is 0 in key figures.
    pub occurrences: Option<Arc<Occurrences>>,
    /// The columns of counters that are 0 where a bucket lacks them.
    pub counters: Vec<CounterColumn>,
    /// The first columns of what is not named.
    others: Vec<(ColumnContent, usize)>,
    /// Number of leading columns that have one value in all rows of a bucket or entity.
    leading: usize,
    /// True if no column behind them has.
    is_led: bool,
}

impl Columns {
    /// Decides the columns of a spec.
    ///
    /// # Errors
    /// A name that no column has, or one that is empty or given twice.
    pub fn decide(survey: &Survey, spec: &TableSpec) -> Result<Self, Error> {
        let is_fixed = spec.choice.is_fixed();
        let of_choice = of_choice(survey, spec)?;
        let mut candidates = match (survey.dialect(), spec.layout) {
            (Dialect::Aggregates, Layout::Long) => candidates::long(&of_choice, spec),
            (Dialect::Aggregates, Layout::Wide) => {
                let occurrences = spec.zeros.in_figures.then_some(&survey.occurrences);
                candidates::wide(&of_choice, spec, occurrences)
            }
            (Dialect::Summary, Layout::Long) => candidates::summary_long(&of_choice, is_fixed),
            (Dialect::Summary, Layout::Wide) => candidates::summary_wide(&of_choice, is_fixed),
        };
        rename_origins(&mut candidates, spec);
        if spec.source {
            candidates.insert(0, ("source".to_owned(), ColumnContent::Source, true));
        }
        let hidden = hidden(&candidates, spec, survey);
        let mut selected = spec.choice.select(candidates, survey, spec)?;
        if spec.has_titles && !matches!(spec.choice, ColumnChoice::Named(_)) {
            people_first(&mut selected);
        }
        let visible = selected.len();
        for column in hidden {
            if !selected.iter().any(|(_, holds)| *holds == column.1) {
                selected.push(column);
            }
        }
        let typed = |column| Column::new(column, survey, spec);
        let mut columns = Self {
            every_key: is_fixed,
            visible,
            ..Self::indexed(selected.into_iter().map(typed).collect())
        };
        if spec.has_titles {
            columns.give_titles();
        }
        if spec.zeros.is_any() && spec.layout == Layout::Wide {
            columns.occurrences = Some(Arc::new(survey.occurrences.clone()));
        }
        if spec.zeros.in_columns {
            columns.counters = columns.counters();
        }
        Ok(columns)
    }

    /// Gives columns the titles that people read, unless they have one, or two would have the same.
    fn give_titles(&mut self) {
        let of = |column: &Column| match &column.holds {
            ColumnContent::Dimension(name) if self.names.contains_key(name) => {
                Some(format!("{} id", title(name)))
            }
            ColumnContent::Dimension(name) | ColumnContent::NamesOf(name) => Some(title(name)),
            ColumnContent::Attribute(it) => Some(title(&it.name)),
            ColumnContent::IntervalStart => Some("Start".to_owned()),
            ColumnContent::IntervalEnd => Some("End".to_owned()),
            ColumnContent::KeyFigure(it) => Some(it.name.to_owned()),
            _ => None,
        };
        let titles: Vec<Option<String>> = self.list.iter().map(of).collect();
        let mut taken: BTreeSet<String> = self.list.iter().map(|it| it.name.clone()).collect();
        for (column, title) in self.list.iter_mut().zip(titles) {
            let title = title.filter(|_| column.untitled.is_none());
            if let Some(title) = title.filter(|title| taken.insert(title.clone())) {
                column.untitled = Some(std::mem::replace(&mut column.name, title));
            }
        }
    }

    fn counters(&self) -> Vec<CounterColumn> {
        let all = self.list.iter().enumerate();
        all.filter_map(CounterColumn::of).collect()
    }

    /// Returns true if a table of this layout can have a column of this name, even if no input has
    /// it.
    pub fn is_known(survey: &Survey, spec: &TableSpec, name: &str) -> bool {
        let all = TableSpec {
            choice: ColumnChoice::All(Vec::new()),
            dimensions: None,
            ..spec.clone()
        };
        let columns = Self::decide(survey, &all);
        let kind = (survey.dialect(), spec.layout);
        plausible::is_column(name, kind, spec.names.is_asked())
            || columns.is_ok_and(|columns| columns.place(name).is_some())
    }

    /// Returns true if a column is a whole number in every table: `14.0` is then written as `14`,
    /// as databases read whole numbers.
    pub fn is_whole(&self, at: Option<usize>) -> bool {
        let column = at.and_then(|at| self.list.get(at));
        self.every_key && column.is_some_and(|column| column.kind == Type::Integer)
    }

    /// A cell as its column writes it.
    pub fn cell<'a>(&self, at: Option<usize>, cell: Cell<'a>) -> Cell<'a> {
        if let Cell::Number(literal) = &cell
            && self.is_whole(at)
            && !number::is_plain(literal)
            && let Some(whole) = Decimal::parse(literal).and_then(Decimal::whole)
        {
            return Cell::Number(Cow::Owned(whole.to_string()));
        }
        cell
    }

    /// The place of the column of this name or title, or of the one that people call so.
    pub fn place(&self, name: &str) -> Option<usize> {
        let place = |is: &dyn Fn(&Column) -> bool| self.list.iter().position(is);
        let in_any_case = || place(&|it| it.name.eq_ignore_ascii_case(name));
        let meant = || {
            let mut names = catalog::named::dimensions(name).into_iter();
            names.find_map(|name| place(&|it| it.is_called(name)))
        };
        let figure = || {
            let column = catalog::figure::find(name)?.column;
            place(&|it| it.is_called(column))
        };
        place(&|it| it.is_called(name))
            .or_else(in_any_case)
            .or_else(meant)
            .or_else(figure)
    }

    fn indexed(list: Vec<Column>) -> Self {
        let mut columns = Self::default();
        for (index, column) in list.iter().enumerate() {
            match &column.holds {
                ColumnContent::Dimension(name) => {
                    columns.dimensions.insert(name.clone(), index);
                }
                ColumnContent::NamesOf(name) => {
                    columns.names.insert(name.clone(), index);
                }
                ColumnContent::Attribute(it) => {
                    let known = columns.attributes.entry(it.dimension.clone());
                    known.or_default().push((it.column, index));
                }
                ColumnContent::Stat(name) => {
                    columns.stats.insert(name.clone(), index);
                }
                ColumnContent::Figure(FigureId {
                    view,
                    name,
                    qualifier,
                    stat,
                }) => {
                    let mut key = String::new();
                    figure_key(&mut key, *view, name, qualifier, stat);
                    columns.figures.insert(key, index);
                }
                ColumnContent::KeyFigure(column) => columns.key_figures.push((index, *column)),
                ColumnContent::ValueOf(name) => {
                    columns.stats.insert(format!("value {name}"), index);
                }
                ColumnContent::UnitOf(name) => {
                    columns.stats.insert(format!("unit {name}"), index);
                }
                other if columns.position(other).is_none() => {
                    columns.others.push((other.clone(), index));
                }
                _ => {}
            }
        }
        let rest = list.iter().position(|column| !column.holds.is_of_bucket());
        columns.leading = rest.unwrap_or(list.len());
        let mut rest = list.iter().skip(columns.leading);
        columns.is_led =
            rest.all(|it| !it.holds.is_of_bucket() || it.holds == ColumnContent::Nothing);
        columns.visible = list.len();
        columns.list = list;
        columns
    }

    /// Number of leading columns that have one value in all rows of a bucket or entity.
    pub fn leading(&self) -> usize {
        self.leading
    }

    /// Returns true if all columns behind the leading ones depend on the metric alone.
    pub fn is_led(&self) -> bool {
        self.is_led
    }

    /// The place of the column of a dimension.
    pub fn dimension(&self, name: &str) -> Option<usize> {
        self.dimensions.get(name).copied()
    }

    /// The place of the column with the names of a dimension.
    pub fn names_of(&self, dimension: &str) -> Option<usize> {
        self.names.get(dimension).copied()
    }

    /// The attributes of the ids of a dimension, with the places of their columns.
    pub fn attributes_of(&self, dimension: &str) -> &[(usize, usize)] {
        self.attributes.get(dimension).map_or(&[], Vec::as_slice)
    }

    /// The place of the column of a statistic.
    pub fn stat(&self, name: &str) -> Option<usize> {
        self.stats.get(name).copied()
    }

    /// Returns true if a column has values of this statistic.
    pub fn has_stat(&self, stat: &str) -> bool {
        let mut holds = self.list.iter().map(|column| &column.holds);
        holds.any(|holds| match holds {
            ColumnContent::Stat(name) => name == stat,
            ColumnContent::Figure(figure) => figure.stat == stat,
            _ => false,
        })
    }

    /// The place of the column of a wide figure; `key` is scratch space.
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

    /// The places of the columns of key figures.
    pub fn key_figures(&self) -> &[(usize, &'static KeyFigure)] {
        &self.key_figures
    }

    /// The names of all columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|column| column.name.as_str())
    }

    /// The columns but those at these places.
    pub fn without(&self, places: &[usize]) -> Self {
        let list = self.list.iter().enumerate();
        let list = list.filter(|(at, _)| !places.contains(at));
        let mut columns = Self::indexed(list.map(|(_, column)| column.clone()).collect());
        columns.every_key = self.every_key;
        columns.occurrences.clone_from(&self.occurrences);
        if !self.counters.is_empty() {
            columns.counters = columns.counters();
        }
        columns
    }

    /// The first column of something that has no name of its own, such as the interval's start.
    pub fn position(&self, holds: &ColumnContent) -> Option<usize> {
        let mut others = self.others.iter();
        others.find(|(other, _)| other == holds).map(|(_, at)| *at)
    }
}

impl Column {
    /// Returns true if this is its name or its title.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.untitled.as_deref() == Some(name)
    }

    fn new((selector, holds): SelectedColumn, survey: &Survey, spec: &TableSpec) -> Self {
        let ColumnSelector { name, title } = selector;
        let is_stable = spec.choice.is_fixed();
        let numbers = |key: &FigureId| survey.numbers.get(key).copied().unwrap_or_default();
        let mut unit = None;
        let kind = match &holds {
            ColumnContent::IntervalStart | ColumnContent::IntervalEnd | ColumnContent::LoadedAt => {
                Type::Instant
            }
            ColumnContent::Stat(stat) => {
                let stat_of = Stat::parse(stat);
                let is_clock = spec.durations.is_some_and(DurationUnit::is_clock);
                match stat_of {
                    Some(stat) if is_stable && is_clock && stat.has_unit() => Type::Text,
                    _ => numbers(&FigureId::of_any(stat)).of_stat(stat_of, is_stable),
                }
            }
            ColumnContent::Figure(figure) => {
                let stat = figure.known_stat();
                let is_timer = figure.view || catalog::is_timer(&figure.name);
                if is_timer && stat.is_some_and(Stat::has_unit) {
                    unit = Some(spec.durations.unwrap_or(DurationUnit::Milliseconds).name());
                }
                numbers(figure).of_stat(stat, is_stable)
            }
            ColumnContent::KeyFigure(figure) => {
                let (kind, of_figures) = key_figures::kind(figure, spec.durations);
                unit = of_figures;
                kind
            }
            ColumnContent::Value => numbers(&FigureId::of_any("value")).of_value(is_stable),
            ColumnContent::ValueOf(metric) => {
                numbers(&FigureId::of_metric(metric, "value")).of_value(is_stable)
            }
            ColumnContent::Nothing => {
                let stat = name.rsplit('_').next().and_then(Stat::parse);
                Numbers::default().of_stat(stat, is_stable)
            }
            _ => Type::Text,
        };
        let (name, untitled) = match title {
            Some(title) => (title, Some(name)),
            None => (name, None),
        };
        Self {
            name,
            untitled,
            holds,
            kind,
            unit,
        }
    }
}

/// Renames dimensions that are called like the columns of origin that were asked for.
fn rename_origins(candidates: &mut [Candidate], spec: &TableSpec) {
    let asked = spec.origins();
    if asked.is_empty() {
        return;
    }
    let names = candidates.iter().map(|(name, _, _)| name.clone());
    let mut taken: BTreeSet<String> = names.collect();
    for (name, _, _) in candidates {
        if asked.contains(&name.as_str()) {
            *name = names::dimension(name, &taken);
            taken.insert(name.clone());
        }
    }
}

/// Orders columns for people: names before their ids, and key figures before the metrics.
fn people_first(columns: &mut [SelectedColumn]) {
    columns.sort_by_key(|(_, holds)| match holds {
        ColumnContent::KeyFigure(_) => 1,
        _ if holds.is_of_bucket() => 0,
        _ => 2,
    });
    for at in 1..columns.len() {
        if let Some([id, name]) = columns.get_mut(at - 1..=at)
            && let (ColumnContent::Dimension(of), ColumnContent::NamesOf(named)) = (&id.1, &name.1)
            && of == named
        {
            std::mem::swap(id, name);
        }
    }
}

/// The part of the survey that a choice has columns for: the dimensions that were named, and
/// in fixed columns only the statistics of the API.
fn of_choice<'s>(survey: &'s Survey, spec: &TableSpec) -> Result<Cow<'s, Survey>, Error> {
    let mut survey = Cow::Borrowed(survey);
    if let Some(names) = &spec.dimensions {
        let meant = |name: &str| Some((*catalog::named::dimensions(name).first()?).to_owned());
        let known = |name: &str| survey.dimension_called(name).or_else(|| meant(name));
        let called = |name: &String| known(name).unwrap_or(name.clone());
        let names: Vec<String> = names.iter().map(called).collect();
        choice::check_dimensions(&names, &survey, spec)?;
        if survey.dialect() == Dialect::Aggregates {
            let names = names.iter().map(|name| (name.clone(), true));
            survey.to_mut().dimensions = names.collect();
        }
    }
    if spec.choice.is_fixed() && !survey.extras.is_empty() {
        let survey = survey.to_mut();
        survey.stats.retain(|name, _| Stat::parse(name).is_some());
        survey.figures.retain(|it, _| it.known_stat().is_some());
    }
    Ok(survey)
}

/// The columns that name the sheets of a workbook, with a dimension and its names.
fn hidden(candidates: &[Candidate], spec: &TableSpec, survey: &Survey) -> Vec<SelectedColumn> {
    let Some(dimension) = spec.sheets.as_ref() else {
        return Vec::new();
    };
    let dimension = survey.dimension_called(dimension);
    let is_of = |holds: &ColumnContent| match holds {
        ColumnContent::Dimension(name) | ColumnContent::NamesOf(name) => {
            Some(name) == dimension.as_ref()
        }
        _ => false,
    };
    let own = candidates.iter().filter(|(_, holds, _)| is_of(holds));
    own.cloned().map(choice::untitled).collect()
}

fn figure_key(key: &mut String, view: bool, name: &str, qualifier: &str, stat: &str) {
    key.push(if view { 'v' } else { 'm' });
    for part in [name, qualifier, stat] {
        key.push('\0');
        key.push_str(part);
    }
}
