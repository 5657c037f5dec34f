//! The exact column set of a run.

use std::collections::{BTreeSet, HashMap};

use crate::model::Dialect;
use crate::model::stat::Stat;
use crate::model::{FigureId, STATS, catalog};

use super::candidates::{self, Candidate, Named};
use super::holds::Holds;
use super::key_figures::{KeyFigureColumn, KeyFigures};
use super::survey::Survey;
use super::types::{Numbers, Type};
use super::units::Unit;
use super::{EntityNames, Layout, names};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub holds: Holds,
    pub kind: Type,
    /// The unit of its figures, where all of them have one.
    pub unit: Option<&'static str>,
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
    /// The unit that durations are converted to.
    pub durations: Option<Unit>,
    /// The names of ids: dimensions have columns with them where files of names were named.
    pub names: &'w EntityNames,
    /// The key figures that the wide layout of aggregates has, if any.
    pub key_figures: Option<KeyFigures>,
}

/// The columns of a table with their names, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    pub list: Vec<Column>,
    /// Whether JSON writes every key, null where there is nothing: the columns do not depend on
    /// what the inputs hold, so neither should the keys.
    pub every_key: bool,
    dimensions: HashMap<String, usize>,
    names: HashMap<String, usize>,
    stats: HashMap<String, usize>,
    figures: HashMap<String, usize>,
    key_figures: Vec<(usize, KeyFigureColumn)>,
    /// The first columns of what is not named.
    others: Vec<(Holds, usize)>,
    /// How many leading columns have one value in all rows of a bucket.
    leading: usize,
    /// Whether no column behind them has.
    is_led: bool,
}

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
        let named = Named {
            names: wanted.names,
            is_stable: all,
            every: all || wanted.dimensions.is_some() || matches!(choice, Choice::Named(_)),
        };
        let mut candidates = match (dialect, layout) {
            (Dialect::Aggregates, Layout::Long) => candidates::long(survey, named),
            (Dialect::Aggregates, Layout::Wide) => {
                candidates::wide(survey, named, wanted.key_figures)
            }
            (Dialect::Summary, Layout::Long) => candidates::summary_long(survey, all),
            (Dialect::Summary, Layout::Wide) => candidates::summary_wide(survey, all),
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
            candidates.insert(0, ("source".to_owned(), Holds::Source, true));
        }
        let list = match choice {
            Choice::All => pairs(candidates),
            Choice::Present if survey.rows == 0 => pairs(candidates),
            Choice::Present => {
                candidates.retain(|(_, _, has)| *has);
                pairs(candidates)
            }
            Choice::Named(list) => by_name(&candidates, list, dialect, layout, wanted)?,
        };
        let typed = |(name, holds)| Column::new(name, holds, survey, wanted);
        Ok(Self {
            every_key: all,
            ..Self::indexed(list.into_iter().map(typed).collect())
        })
    }

    /// Whether a table of this layout can have a column of this name, even if no input has it.
    pub fn is_known(
        survey: &Survey,
        dialect: Dialect,
        layout: Layout,
        wanted: Wanted<'_>,
        name: &str,
    ) -> bool {
        let all = Wanted {
            choice: &Choice::All,
            dimensions: None,
            ..wanted
        };
        let columns = Self::decide(survey, dialect, layout, all);
        let has = |columns: Self| columns.list.iter().any(|column| column.name == name);
        plausible(name, dialect, layout, wanted.names.is_asked()) || columns.is_ok_and(has)
    }

    fn indexed(list: Vec<Column>) -> Self {
        let mut columns = Self::default();
        for (index, column) in list.iter().enumerate() {
            match &column.holds {
                Holds::Dimension(name) => {
                    columns.dimensions.insert(name.clone(), index);
                }
                Holds::NamesOf(name) => {
                    columns.names.insert(name.clone(), index);
                }
                Holds::Stat(name) => {
                    columns.stats.insert(name.clone(), index);
                }
                Holds::Figure(FigureId {
                    view,
                    name,
                    qualifier,
                    stat,
                }) => {
                    let mut key = String::new();
                    figure_key(&mut key, *view, name, qualifier, stat);
                    columns.figures.insert(key, index);
                }
                Holds::KeyFigure(column) => columns.key_figures.push((index, *column)),
                Holds::ValueOf(name) => {
                    columns.stats.insert(format!("value {name}"), index);
                }
                Holds::UnitOf(name) => {
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
        columns.is_led = rest.all(|it| !it.holds.is_of_bucket() || it.holds == Holds::Nothing);
        columns.list = list;
        columns
    }

    /// How many leading columns have one value in all rows of a bucket.
    pub fn leading(&self) -> usize {
        self.leading
    }

    /// Whether all columns behind the leading ones depend on the metric alone.
    pub fn is_led(&self) -> bool {
        self.is_led
    }

    /// Where the column of a dimension is.
    pub fn dimension(&self, name: &str) -> Option<usize> {
        self.dimensions.get(name).copied()
    }

    /// Where the column with the names of a dimension is.
    pub fn names_of(&self, dimension: &str) -> Option<usize> {
        self.names.get(dimension).copied()
    }

    /// Where the column of a statistic is.
    pub fn stat(&self, name: &str) -> Option<usize> {
        self.stats.get(name).copied()
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

    /// Where the columns of key figures are.
    pub fn key_figures(&self) -> &[(usize, KeyFigureColumn)] {
        &self.key_figures
    }

    /// The name of the column that is nearest to a name.
    pub fn near(&self, name: &str) -> Option<&str> {
        catalog::nearest(name, self.list.iter().map(|column| column.name.as_str()))
    }

    /// The columns but those at these places.
    pub fn without(&self, places: &[usize]) -> Self {
        let list = self.list.iter().enumerate();
        let list = list.filter(|(at, _)| !places.contains(at));
        Self {
            every_key: self.every_key,
            ..Self::indexed(list.map(|(_, column)| column.clone()).collect())
        }
    }

    /// The first column of something that has no name of its own, such as the interval's start.
    pub fn position(&self, holds: &Holds) -> Option<usize> {
        let mut others = self.others.iter();
        others.find(|(other, _)| other == holds).map(|(_, at)| *at)
    }
}

impl Column {
    /// The sentence about a value that the column cannot hold.
    pub fn misfit(&self, value: &str) -> String {
        const MOST: usize = 60;
        let shown: String = value.chars().take(MOST).collect();
        let more = if value.chars().nth(MOST).is_some() {
            "…"
        } else {
            ""
        };
        let name = &self.name;
        format!(
            "column `{name}` {} and cannot hold {shown}{more}",
            self.kind
        )
    }

    fn new(name: String, holds: Holds, survey: &Survey, wanted: Wanted<'_>) -> Self {
        let is_stable = *wanted.choice == Choice::All;
        let numbers = |key: &FigureId| survey.numbers.get(key).copied().unwrap_or_default();
        let mut unit = None;
        let kind = match &holds {
            Holds::IntervalStart | Holds::IntervalEnd => Type::Instant,
            Holds::Stat(stat) => {
                let stat_of = Stat::parse(stat);
                let is_clock = wanted.durations.is_some_and(Unit::is_clock);
                match stat_of {
                    Some(stat) if is_stable && is_clock && stat.has_unit() => Type::Text,
                    _ => numbers(&FigureId::of_any(stat)).of_stat(stat_of, is_stable),
                }
            }
            Holds::Figure(figure) => {
                let stat = figure.known_stat();
                let is_timer = figure.view || catalog::is_timer(&figure.name);
                if is_timer && stat.is_some_and(Stat::has_unit) {
                    unit = Some(wanted.durations.unwrap_or(Unit::Milliseconds).name());
                }
                numbers(figure).of_stat(stat, is_stable)
            }
            Holds::KeyFigure(column) => {
                let (kind, of_figures) = column.kind(wanted.durations);
                unit = of_figures;
                kind
            }
            Holds::Value => numbers(&FigureId::of_any("value")).of_value(is_stable),
            Holds::ValueOf(metric) => {
                numbers(&FigureId::of_metric(metric, "value")).of_value(is_stable)
            }
            Holds::Nothing => {
                let stat = name.rsplit('_').next().and_then(Stat::parse);
                Numbers::default().of_stat(stat, is_stable)
            }
            _ => Type::Text,
        };
        Self {
            name,
            holds,
            kind,
            unit,
        }
    }
}

fn pairs(candidates: Vec<Candidate>) -> Vec<(String, Holds)> {
    let candidates = candidates.into_iter();
    candidates.map(|(name, holds, _)| (name, holds)).collect()
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

fn by_name(
    candidates: &[Candidate],
    wanted: &[String],
    dialect: Dialect,
    layout: Layout,
    Wanted { source, names, .. }: Wanted<'_>,
) -> Result<Vec<(String, Holds)>, UnknownColumn> {
    let mut list = Vec::new();
    if source && !wanted.iter().any(|name| name == "source") {
        list.push(("source".to_owned(), Holds::Source));
    }
    for name in wanted {
        // The column of a qualifier that has a name is found by its id, too.
        let by_id =
            |holds: &Holds| matches!(holds, Holds::Figure(figure) if figure.column() == *name);
        let found = candidates.iter().find(|(column, _, _)| column == name);
        let found = found.or_else(|| candidates.iter().find(|(_, holds, _)| by_id(holds)));
        // A name that several qualifiers have means none of their columns.
        let is_ambiguous = |(column, holds, _): &&Candidate| match holds {
            Holds::Figure(figure) if !figure.qualifier.is_empty() => {
                let without_id = column.replacen(&format!("_{}", figure.qualifier), "", 1);
                *column != figure.column() && without_id == *name
            }
            _ => false,
        };
        if let (None, Some((column, ..))) = (found, candidates.iter().find(is_ambiguous)) {
            return Err(UnknownColumn {
                name: name.clone(),
                near: Some(column.clone()),
            });
        }
        match found {
            Some((_, column, _)) => list.push((name.clone(), column.clone())),
            // A night without chats has no chat columns, and its file must still fit the others.
            None if plausible(name, dialect, layout, names.is_asked()) => {
                list.push((name.clone(), Holds::Nothing))
            }
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

fn plausible(name: &str, dialect: Dialect, layout: Layout, names: bool) -> bool {
    if name == "qualifier_name" {
        return (dialect, layout) == (Dialect::Aggregates, Layout::Long);
    }
    let stem = name.strip_suffix("_name").filter(|_| names);
    if let Some(stem) = stem.filter(|_| dialect == Dialect::Aggregates) {
        let endings = ["", "Id", "Ids"].iter();
        let mut dimensions = endings.map(|ending| format!("{stem}{ending}"));
        return dimensions.any(|it| catalog::is_dimension(&it));
    }
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
