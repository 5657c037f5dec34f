//! The choice of columns: `present`, `all`, or names.

use std::collections::{BTreeSet, HashSet};

use glob::Pattern;

use crate::error::Error;
use crate::model::Dialect;
use crate::model::catalog::figure::KeyFigure;
use crate::model::{FigureId, catalog};

use crate::model::stat::is_percentile;

use super::holds::{Candidate, ColumnContent};
use super::origin::{self, ORIGINS};
use super::plausible::{self, ANY_CASE};
use super::survey::Survey;
use super::{Layout, TableSpec};

/// The words of `--columns` that are no names.
const WORDS: [&str; 2] = ["all", "present"];

/// The choice of columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnChoice {
    /// Columns with a value in some row, or all columns where there is no row.
    Present,
    /// The fixed list, and these statistics or titles.
    All(Vec<ColumnSelector>),
    /// These, in this order.
    Named(Vec<ColumnSelector>),
}

/// The name or pattern of columns, and the title that one of them gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSelector {
    pub(super) name: String,
    pub(super) title: Option<String>,
}

/// A column of a table that is being decided.
pub(super) type SelectedColumn = (ColumnSelector, ColumnContent);

/// The error for a column that does not exist, and that `option` names.
pub fn not_a_column(option: &str, name: &str) -> Error {
    Error::usage(match option {
        "" => format!("`{name}` is not a column"),
        option => format!("{option}: `{name}` is not a column of this table"),
    })
}

/// Returns true if a column has names of ids: `queue_name`, `queueName`.
fn is_of_names(column: &str) -> bool {
    let stem = |ending| column.strip_suffix(ending);
    let stem = stem("_name").or_else(|| stem("Name"));
    let meant = stem.and_then(|stem| catalog::named::dimensions(stem).into_iter().next());
    meant.is_some_and(super::entity_names::is_id)
}

/// The error for a column that does not exist, with the nearest of those that can be named.
pub fn unknown_column<'n>(
    option: &str,
    name: &str,
    columns: impl Iterator<Item = &'n str>,
) -> Error {
    const KPI: &str = "--kpi adds the columns of key figures";
    let columns: Vec<&str> = columns.collect();
    let error = not_a_column(option, name);
    // `--sort NAME:desc:asc`: the name is what stands before the colon.
    let name = name.split(':').next().unwrap_or(name);
    let figure = || near_figure(name).filter(|figure| !columns.contains(figure));
    match near_column(name, &columns) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if is_of_names(name) => error.help("--names FILE adds the names of ids"),
        None => match figure() {
            Some(figure) if figure == name => error.help(KPI),
            Some(figure) => error.help(format!("did you mean `{figure}`? {KPI}")),
            None if name.to_lowercase().starts_with("kpi_") => error.help(KPI),
            None => match catalog::named::dimensions(name).first() {
                Some(dimension) => error.help(format!(
                    "no group of the inputs has the dimension `{dimension}`"
                )),
                None => error.help("`gcagg convert … --columns all` shows them all in its header"),
            },
        },
    }
}

/// The column nearest to a name: of the same letters or meaning, of a key figure, or of a metric.
fn near_column<'n>(name: &str, columns: &[&'n str]) -> Option<&'n str> {
    let all = || columns.iter().copied();
    let figure = || {
        let near = near_figure(name)?;
        all().find(|column| *column == near)
    };
    let metric = || {
        let of = |column: &'n str| column.split_once('_').map(|(metric, _)| metric);
        // The metrics of a key figure are not the figure.
        let is_figure = catalog::figure::find(name).is_some();
        let meant = |typed: &str| catalog::named::metrics(typed).into_iter().next();
        let words = all().filter_map(of).flat_map(|metric| {
            let friendly = catalog::index::friendly_of(metric);
            friendly
                .into_iter()
                .map(|it| -> &'n str { it })
                .chain([metric])
        });
        let near = match meant(name).filter(|_| !is_figure) {
            Some(metric) => metric,
            None => {
                let near = catalog::suggested(name, words)?;
                meant(near).unwrap_or(near)
            }
        };
        all().find(|column| of(column) == Some(near))
    };
    // Of two columns that begin with the name, such as the start and the end of an interval, the start.
    let start = || all().find(|column| column.strip_suffix("_start") == Some(name));
    start()
        .or_else(|| catalog::named::nearest(name, all()))
        .or_else(figure)
        .or_else(metric)
}

/// The column of the key figure whose name is nearest.
fn near_figure(name: &str) -> Option<&'static str> {
    if let Some(figure) = catalog::figure::find(name) {
        return Some(figure.column);
    }
    let names = |it: &'static KeyFigure| it.names().chain([it.column]);
    let near = catalog::suggested(name, catalog::figure::all().iter().flat_map(names))?;
    let mut all = catalog::figure::all().iter();
    all.find(|it| names(it).any(|own| own == near))
        .map(|it| it.column)
}

fn refused(option: &str, problem: &str, help: &str) -> Error {
    Error::usage(format!("{option}: {problem}")).help(help)
}

/// Refuses names that are empty or given twice.
///
/// # Errors
/// There is such a name.
pub fn check_names<'n>(
    option: &'static str,
    names: impl IntoIterator<Item = &'n str>,
) -> Result<(), Error> {
    let mut known = HashSet::new();
    for name in names {
        if name.is_empty() {
            return Err(refused(option, "a name is empty", "remove the extra comma"));
        }
        if !known.insert(name) {
            let problem = format!("`{name}` is named twice");
            return Err(refused(option, &problem, "name it once"));
        }
    }
    Ok(())
}

/// Refuses dimensions that neither the inputs nor the API have.
///
/// # Errors
/// There is such a dimension, or one that is empty or named twice.
pub(super) fn check_dimensions(
    names: &[String],
    survey: &Survey,
    spec: &TableSpec,
) -> Result<(), Error> {
    const OPTION: &str = "--dims";
    check_names(OPTION, names.iter().map(String::as_str))?;
    let is_known = |name: &&String| {
        survey.dimensions.contains_key(*name)
            || catalog::is_dimension(name)
            || spec.part_of.is_some()
            || survey.dialect() == Dialect::Summary
    };
    let Some(name) = names.iter().find(|name| !is_known(name)) else {
        return Ok(());
    };
    let known = catalog::index::dimensions().keys().copied();
    let known = known.chain(survey.dimensions.keys().map(String::as_str));
    let help = match catalog::named::nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`gcagg explain dimensions` lists those of the API".to_owned(),
    };
    let problem = format!("neither the inputs nor the API have a dimension `{name}`");
    Err(refused(OPTION, &problem, &help))
}

impl ColumnSelector {
    /// Reads `NAME`, `GLOB` or `NAME=TITLE`.
    fn parse(text: &str) -> Self {
        let text = text.trim();
        match text.split_once('=') {
            Some((name, title)) => Self {
                name: name.trim().to_owned(),
                title: Some(title.trim().to_owned()),
            },
            None => Self {
                name: text.to_owned(),
                title: None,
            },
        }
    }

    /// The pattern, if it is one.
    fn pattern(&self) -> Option<Pattern> {
        let is_pattern = self.name.contains(['*', '?']);
        is_pattern.then(|| Pattern::new(&self.name).ok()).flatten()
    }
}

impl ColumnChoice {
    /// The choice of `present`, `all`, names, or `all` with names behind it.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut list: Vec<ColumnSelector> = names.into_iter().map(ColumnSelector::parse).collect();
        let first = list.first().filter(|first| first.title.is_none());
        let is = |word: &str| first.is_some_and(|it| it.name.eq_ignore_ascii_case(word));
        if is("present") && list.len() == 1 {
            Self::Present
        } else if is("all") {
            Self::All(list.split_off(1))
        } else {
            Self::Named(list)
        }
    }

    /// Returns true if the columns, their types and the keys of JSON do not depend on the data.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::All(_))
    }

    /// The columns of origin that are named.
    pub(super) fn origins(&self) -> Vec<&'static str> {
        let names = self.selectors().iter().map(|it| &it.name);
        let known = |name: &String| ORIGINS.into_iter().find(|it| it.eq_ignore_ascii_case(name));
        names.filter_map(known).collect()
    }

    fn selectors(&self) -> &[ColumnSelector] {
        match self {
            Self::Present => &[],
            Self::All(list) | Self::Named(list) => list,
        }
    }

    /// Refuses what no table can have.
    ///
    /// # Errors
    /// A name that is empty or given twice, or a title that is.
    pub fn check(&self) -> Result<(), Error> {
        const OPTION: &str = "--columns";
        let list = self.selectors();
        check_names(OPTION, list.iter().map(|it| it.name.as_str()))?;
        check_names(OPTION, list.iter().filter_map(|it| it.title.as_deref()))?;
        for selector in list {
            let name = &selector.name;
            if WORDS
                .into_iter()
                .any(|word| name.eq_ignore_ascii_case(word))
            {
                let problem = format!("`{name}` is between names");
                let help = "write `all` first, then the statistics to add";
                return Err(refused(OPTION, &problem, help));
            }
            if let (Some(_), Some(title)) = (selector.pattern(), &selector.title) {
                let problem =
                    format!("`{name}` may be several columns, and `{title}` is one title");
                return Err(refused(OPTION, &problem, "give each column its own title"));
            }
        }
        Ok(())
    }

    /// The columns that are chosen of the candidates.
    ///
    /// # Errors
    /// A name that is none of them, or one that is there already.
    pub(super) fn select(
        &self,
        mut candidates: Vec<Candidate>,
        survey: &Survey,
        spec: &TableSpec,
    ) -> Result<Vec<SelectedColumn>, Error> {
        self.check()?;
        if *self == Self::Present && survey.rows > 0 {
            candidates.retain(|(_, _, has)| *has);
        }
        let selected = match self {
            Self::Present => candidates.into_iter().map(untitled).collect(),
            Self::All(list) => add(candidates, list, survey, spec)?,
            Self::Named(list) => named(&candidates, list, survey, spec)?,
        };
        let mut titles = HashSet::new();
        for (ColumnSelector { name, title }, _) in &selected {
            let title = title.as_ref().unwrap_or(name);
            if !titles.insert(title) {
                let problem = format!("two columns would be called `{title}`");
                return Err(refused("--columns", &problem, "choose another title"));
            }
        }
        Ok(selected)
    }
}

/// A candidate under its own name.
pub(super) fn untitled((name, holds, _): Candidate) -> SelectedColumn {
    (ColumnSelector { name, title: None }, holds)
}

/// The fixed columns with the titles and statistics of a list.
fn add(
    candidates: Vec<Candidate>,
    list: &[ColumnSelector],
    survey: &Survey,
    spec: &TableSpec,
) -> Result<Vec<SelectedColumn>, Error> {
    let mut columns: Vec<SelectedColumn> = candidates.into_iter().map(untitled).collect();
    for ColumnSelector { name, title } in list {
        let exact = columns.iter().position(|(column, _)| column.name == *name);
        let same = || {
            let mut all = columns.iter();
            all.position(|(column, _)| column.name.eq_ignore_ascii_case(name))
        };
        let known = exact.or_else(same).and_then(|at| columns.get_mut(at));
        match (known, title) {
            (Some((column, _)), Some(_)) => column.title.clone_from(title),
            (Some(_), None) => {
                let problem = format!("`{name}` is one of `all`");
                let help = "name only statistics that `all` does not have, such as all,p50";
                return Err(refused("--columns", &problem, help));
            }
            (None, title) => {
                let added = match origin::column(name) {
                    Some(holds) => vec![(name.clone(), holds)],
                    None => added(name, survey, spec),
                };
                if added.is_empty() {
                    let names = columns.iter().map(|(column, _)| column.name.as_str());
                    let names = names.chain(survey.extras.keys().map(String::as_str));
                    return Err(unknown(name, names));
                }
                let titled = |name| ColumnSelector {
                    name,
                    title: title.clone(),
                };
                columns.extend(added.into_iter().map(|(name, holds)| (titled(name), holds)));
            }
        }
    }
    Ok(columns)
}

/// The columns that a name adds to the fixed ones: of a statistic, or of one figure.
fn added(name: &str, survey: &Survey, spec: &TableSpec) -> Vec<(String, ColumnContent)> {
    let is_extra = survey.extras.contains_key(name) || is_percentile(name);
    match (survey.dialect(), spec.layout) {
        (Dialect::Aggregates, Layout::Long) if is_extra => {
            vec![(name.to_owned(), ColumnContent::Stat(name.to_owned()))]
        }
        (Dialect::Aggregates, Layout::Wide) => {
            let figures = survey.figures.keys();
            let wanted = |it: &&FigureId| {
                it.known_stat().is_none() && (it.stat == name || it.column() == name)
            };
            let mut figures: Vec<&FigureId> = figures.filter(wanted).collect();
            figures.sort_by(|a, b| a.column_order(b));
            let mut taken = BTreeSet::new();
            let columns = figures.into_iter().filter(|it| taken.insert(it.column()));
            let columns = columns.map(|it| (it.column(), ColumnContent::Figure(it.clone())));
            let columns: Vec<(String, ColumnContent)> = columns.collect();
            match columns.is_empty() && plausible::is_figure(name) && !is_extra {
                true => vec![(name.to_owned(), ColumnContent::Nothing)],
                false => columns,
            }
        }
        _ => Vec::new(),
    }
}

/// The columns of a list, in its order. A pattern stands for columns with a value that no name stands
/// for.
fn named(
    candidates: &[Candidate],
    list: &[ColumnSelector],
    survey: &Survey,
    spec: &TableSpec,
) -> Result<Vec<SelectedColumn>, Error> {
    let kind = (survey.dialect(), spec.layout);
    let mut columns: Vec<SelectedColumn> = Vec::new();
    let exact: HashSet<&str> = list.iter().map(|it| it.name.as_str()).collect();
    if spec.source && !exact.contains("source") {
        columns.push(untitled(("source".to_owned(), ColumnContent::Source, true)));
    }
    let mut taken = HashSet::from(["source"]);
    for name in list.iter().filter(|it| it.pattern().is_none()) {
        if let Some((column, ..)) = find(candidates, &name.name)?
            && !taken.insert(column)
        {
            let problem = format!(
                "`{}` is the column `{column}`, which is named twice",
                name.name
            );
            return Err(refused("--columns", &problem, "name each column once"));
        }
    }
    for selector in list {
        let name = &selector.name;
        if let Some(pattern) = selector.pattern() {
            let is_match = |column: &str| pattern.matches_with(column, ANY_CASE);
            let matching = |(column, _, has): &&Candidate| *has && is_match(column);
            let found: Vec<&Candidate> = candidates.iter().filter(matching).collect();
            let mut known = candidates.iter().map(|(column, _, _)| column);
            let is_known = known.any(|column| is_match(column));
            if !is_known && !plausible::matches(&pattern, kind) {
                let names = candidates.iter().map(|(column, _, _)| column.as_str());
                return Err(unknown(name, names));
            }
            let found = found.into_iter().filter(|it| taken.insert(&it.0));
            columns.extend(found.cloned().map(untitled));
            continue;
        }
        let holds = match origin::column(name) {
            None => find(candidates, name)?.map(|(_, holds, _)| holds.clone()),
            origin => origin,
        };
        let holds = match holds {
            Some(holds) => holds,
            // A night without chats has no chat columns, and its file must still fit the others.
            None if plausible::is_column(name, kind, spec.names.is_asked()) => {
                ColumnContent::Nothing
            }
            None => {
                let error = unknown(
                    name,
                    candidates.iter().map(|(column, _, _)| column.as_str()),
                );
                return Err(match plausible::other_layout(name, kind) {
                    None => error,
                    Some(layout) => {
                        error.help(format!("add --layout {layout}, which has this column"))
                    }
                });
            }
        };
        columns.push((selector.clone(), holds));
    }
    Ok(columns)
}

/// The column of a name.
fn find<'c>(candidates: &'c [Candidate], name: &str) -> Result<Option<&'c Candidate>, Error> {
    // The column of a qualifier that has a name is found by its id, too.
    let by_id = |holds: &ColumnContent| matches!(holds, ColumnContent::Figure(figure) if figure.column() == name);
    let found = candidates.iter().find(|(column, _, _)| column == name);
    let found = found.or_else(|| candidates.iter().find(|(_, holds, _)| by_id(holds)));
    let same = |typed: &str| {
        let mut all = candidates.iter();
        all.find(|(column, _, _)| column.eq_ignore_ascii_case(typed))
    };
    let meant = || catalog::named::dimensions(name).into_iter().find_map(same);
    let figure = || same(catalog::figure::find(name)?.column);
    let found = found.or_else(|| same(name)).or_else(meant).or_else(figure);
    if found.is_some() {
        return Ok(found);
    }
    // A name that several qualifiers have means none of their columns.
    let is_ambiguous = |(column, holds, _): &&Candidate| match holds {
        ColumnContent::Figure(figure) if !figure.qualifier.is_empty() => {
            let without_id = column.replacen(&format!("_{}", figure.qualifier), "", 1);
            *column != figure.column() && without_id == name
        }
        _ => false,
    };
    match candidates.iter().find(is_ambiguous) {
        None => Ok(None),
        Some((column, ..)) => Err(not_a_column("", name).help(format!("did you mean `{column}`?"))),
    }
}

fn unknown<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Error {
    unknown_column("", name, names.chain(ORIGINS).chain(WORDS))
}
