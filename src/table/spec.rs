//! The options of a table or a report.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Datelike as _, FixedOffset, SecondsFormat, Utc};
use chrono_tz::Tz;

use crate::error::Error;
use crate::model::catalog::absence::Occurrences;
use crate::model::catalog::figure::KeyFigure;
use crate::model::{time, when, zone};

use super::choice::{self, ColumnChoice};
use super::filter::{Condition, MetricPattern};
use super::key_figures;
use super::origin::LOADED_AT;
use super::time::Times;
use super::units::DurationUnit;
use super::{
    Columns, EntityNames, Filter, Layout, MergedScopes, NumberFit, RowOrder, SortBy, Survey,
    ZeroCounters,
};

/// Layout, columns, filters and units of a table; of a report, the filters count.
///
/// ```
/// use gcagg::{Layout, TableSpec};
///
/// # fn main() -> Result<(), gcagg::Error> {
/// let shape = TableSpec::new()
///     .layout(Layout::Wide)
///     .metric("t*")?
///     .only("mediaType", ["voice"]);
/// # drop(shape);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct TableSpec {
    pub(crate) layout: Layout,
    pub(crate) choice: ColumnChoice,
    /// The dimensions that have a column; `None` is those of the inputs.
    pub(crate) dimensions: Option<Vec<String>>,
    /// True if columns have titles that people read.
    pub(crate) has_titles: bool,
    /// The dimension whose values are the sheets of a workbook.
    pub(crate) sheets: Option<String>,
    /// True if there is a first column with the input's name.
    pub(crate) source: bool,
    /// The time of the run, in UTC.
    pub(crate) loaded_at: String,
    /// The columns by which rows are sorted, the most important one first.
    pub(crate) sort: Vec<SortBy>,
    /// The most rows.
    pub(crate) limit: Option<u64>,
    /// The metrics of the whole set of inputs, if these inputs are a part of it: others may have
    /// dimensions that these lack.
    pub(crate) part_of: Option<Occurrences>,
    /// The metrics of the inputs that these were made from.
    pub(crate) made_from: Option<Occurrences>,
    pub(crate) filter: Filter,
    pub(crate) durations: Option<DurationUnit>,
    pub(crate) times: Times,
    /// True if the types of columns are asked for.
    pub(crate) typed: bool,
    /// The numbers that fit the columns.
    pub(crate) fit: NumberFit,
    /// True if the format of the table has types.
    pub(crate) is_format_typed: bool,
    /// True if numbers may be larger than the types of fixed columns.
    pub(crate) takes_any_number: bool,
    /// The list of columns as it was typed.
    pub(crate) columns_text: String,
    /// The names of ids: dimensions have columns with them where files of names were named.
    pub(crate) names: EntityNames,
    /// True if the wide layout of aggregates has columns of key figures.
    pub(crate) key_figures: bool,
    /// The columns in which a missing counter is 0.
    pub(crate) zeros: ZeroCounters,
    /// The scopes of buckets that were joined from others.
    pub(crate) merged: Option<Arc<MergedScopes>>,
}

impl Default for TableSpec {
    fn default() -> Self {
        Self::new()
    }
}

impl TableSpec {
    /// The long layout with the columns that have a value, every figure as it is in the input.
    pub fn new() -> Self {
        Self {
            typed: true,
            // Reports have key figures, too.
            zeros: ZeroCounters {
                in_figures: true,
                ..ZeroCounters::default()
            },
            ..Self::untyped()
        }
    }

    /// Same as [`TableSpec::new`], without types, and with absent counters unknown.
    pub(crate) fn untyped() -> Self {
        Self {
            layout: Layout::Long,
            choice: ColumnChoice::Present,
            dimensions: None,
            has_titles: false,
            sheets: None,
            source: false,
            loaded_at: when::now().to_rfc3339_opts(SecondsFormat::Secs, true),
            sort: Vec::new(),
            limit: None,
            part_of: None,
            made_from: None,
            filter: Filter::default(),
            durations: None,
            times: Times::default(),
            typed: false,
            fit: NumberFit::Any,
            is_format_typed: false,
            takes_any_number: false,
            columns_text: "present".to_owned(),
            names: EntityNames::default(),
            key_figures: false,
            zeros: ZeroCounters::default(),
            merged: None,
        }
    }

    /// The layout of the rows.
    #[must_use]
    pub fn layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// All columns that there can be, with types that do not depend on the data.
    #[must_use]
    pub fn all_columns(self) -> Self {
        self.columns(["all"])
    }

    /// These columns, in this order: names, patterns such as `kpi_*`, and names with a title such as
    /// `queue_name=Queue`. `all` before the names means all columns and these statistics; `present`
    /// alone means the columns that have a value.
    #[must_use]
    pub fn columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        self.choice = ColumnChoice::of(names.iter().map(String::as_str));
        self.columns_text = names.join(",");
        self
    }

    /// Sets the dimension columns, independent of the inputs.
    #[must_use]
    pub fn dimensions<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.dimensions = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Gives columns the titles that people read: `Queue` for `queue_name`, `AHT` for `kpi_aht`.
    #[must_use]
    pub fn titles(mut self) -> Self {
        self.has_titles = true;
        self
    }

    /// Keeps the values of this dimension, and their names, for the sheets of a workbook, also where the
    /// dimension is no column.
    #[must_use]
    pub fn sheets(mut self, dimension: impl Into<String>) -> Self {
        self.sheets = Some(dimension.into());
        self
    }

    /// A first column `source` with the name of the input.
    #[must_use]
    pub fn source_column(mut self) -> Self {
        self.source = true;
        self
    }

    /// The time of the run for the column `loaded_at`, as RFC 3339 or in seconds since 1970. Without it,
    /// that is the time at which the spec was made.
    ///
    /// # Errors
    /// It is no such time.
    pub fn loaded_at(mut self, time: &str) -> Result<Self, Error> {
        let parsed = match time.parse::<i64>() {
            Ok(seconds) => DateTime::from_timestamp(seconds, 0),
            Err(_) => DateTime::parse_from_rfc3339(time)
                .ok()
                .map(|it| it.to_utc()),
        };
        let wrong = || {
            Error::usage(format!("loaded_at {time}: invalid time"))
                .help("write 2026-03-02T08:00:00Z, or the seconds since 1970")
        };
        let time = parsed
            .filter(|it| (1..=9999).contains(&it.year()))
            .ok_or_else(wrong)?;
        self.loaded_at = time.to_rfc3339_opts(SecondsFormat::Secs, true);
        Ok(self)
    }

    /// The time of the run.
    pub(crate) fn run_time(&self) -> DateTime<Utc> {
        let time = DateTime::parse_from_rfc3339(&self.loaded_at);
        time.map_or_else(|_| when::now(), |it| it.to_utc())
    }

    /// The columns of origin that were named.
    pub(crate) fn origins(&self) -> Vec<&'static str> {
        let own = self.source.then_some("source");
        own.into_iter().chain(self.choice.origins()).collect()
    }

    /// The columns that were named and that a row of several inputs cannot have.
    pub(crate) fn named_places(&self) -> Vec<&'static str> {
        let mut named = self.choice.origins();
        named.retain(|name| *name != LOADED_AT);
        named
    }

    /// Same as [`TableSpec::loaded_at`] with the time of the variable `SOURCE_DATE_EPOCH`, if it is set:
    /// so that a run can be repeated with the same bytes.
    ///
    /// # Errors
    /// The variable is no time, and a column needs it.
    pub fn source_date_epoch(self) -> Result<Self, Error> {
        const NAME: &str = "SOURCE_DATE_EPOCH";
        let Ok(time) = std::env::var(NAME) else {
            return Ok(self);
        };
        let has_column = self.choice.origins().contains(&LOADED_AT);
        match self.clone().loaded_at(&time) {
            Err(_) if has_column => Err(Error::usage(format!("{NAME}={time}: invalid time"))
                .help("set the seconds since 1970, or unset it")),
            set => Ok(set.unwrap_or(self)),
        }
    }

    /// Sorts rows by a column, or by another one and then by this: numbers by value, times as
    /// instants, text by its bytes. Empty cells are last, and equal rows keep the order of the
    /// inputs. All rows are kept in memory until they are sorted.
    #[must_use]
    pub fn sort(mut self, column: impl Into<String>) -> Self {
        self.sort.push(SortBy {
            column: column.into(),
            descending: false,
        });
        self
    }

    /// Same as [`TableSpec::sort`], with the largest value first; empty cells are last.
    #[must_use]
    pub fn sort_descending(mut self, column: impl Into<String>) -> Self {
        self.sort.push(SortBy {
            column: column.into(),
            descending: true,
        });
        self
    }

    /// Same as [`TableSpec::sort`], by `COL`, `COL:asc` or `COL:desc`.
    #[must_use]
    pub fn sort_by(mut self, text: &str) -> Self {
        self.sort.push(SortBy::parse(text));
        self
    }

    /// Sets the maximum number of rows: the first ones of the order are kept.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Adds columns with the names of ids, `queue_name` behind `queueId`, from files of names: CSV
    /// with the columns `id` and `name`, or listings as the API returns them. A folder means the
    /// files in it.
    ///
    /// # Errors
    /// A file that cannot be read, or is no list of names.
    pub fn names<P: Into<PathBuf>>(
        mut self,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Self, Error> {
        let paths: Vec<PathBuf> = paths.into_iter().map(Into::into).collect();
        self.names = EntityNames::read(&paths)?;
        self.filter.names = self.names.clone();
        Ok(self)
    }

    /// Keeps only metrics and views with a name that matches this pattern or an earlier one.
    ///
    /// # Errors
    /// Returns an error if the pattern is invalid.
    pub fn metric(mut self, pattern: &str) -> Result<Self, Error> {
        let compiled = MetricPattern::new(pattern)
            .map_err(|error| Error::usage(format!("--metric {pattern}: {error}")))?;
        self.filter.metrics.push(compiled);
        Ok(self)
    }

    /// Only groups in which the dimension has one of these values.
    #[must_use]
    pub fn only<S: Into<String>>(
        mut self,
        dimension: &str,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        let condition = Condition::new(dimension, values);
        self.filter.dimensions.push(condition);
        self
    }

    /// The time zone in which the days of [`TableSpec::from`] and [`TableSpec::until`] begin, an IANA name;
    /// set it before them.
    ///
    /// # Errors
    /// No such time zone.
    pub fn timezone(mut self, name: &str) -> Result<Self, Error> {
        self.filter.zone = Some(zone::named(name)?);
        Ok(self)
    }

    /// Writes the times of buckets in the time zone of [`TableSpec::timezone`], in place of UTC.
    #[must_use]
    pub fn local_times(mut self) -> Self {
        self.times.zone = self.filter.zone;
        self
    }

    /// Writes times as spreadsheets read them.
    #[must_use]
    pub fn spreadsheet_times(mut self) -> Self {
        self.times.spreadsheet = true;
        self
    }

    /// Accepts numbers that the types of fixed columns cannot have: for whoever only wants to know
    /// the columns.
    #[must_use]
    pub fn any_numbers(mut self) -> Self {
        self.takes_any_number = true;
        self
    }

    /// Only buckets that start at this time or later: `2026-03-02`, `2026-03-02T08:00:00Z`, or the
    /// beginning of `today`, `yesterday`, `last-week` and so on.
    ///
    /// # Errors
    /// No such time.
    pub fn from(mut self, time: &str) -> Result<Self, Error> {
        self.filter.from = Some(when::bound("--from", time, self.zone())?);
        Ok(self)
    }

    /// Only buckets that start before this time: see [`TableSpec::from`].
    ///
    /// # Errors
    /// No such time.
    pub fn until(mut self, time: &str) -> Result<Self, Error> {
        self.filter.until = Some(when::bound("--until", time, self.zone())?);
        Ok(self)
    }

    /// The same for the period before: as long as that from `from` until `until`, and ending where it
    /// begins. Without a beginning, nothing changes.
    #[must_use]
    pub fn period_before(mut self) -> Self {
        let zone = self.zone();
        let local = |time: DateTime<FixedOffset>| time.with_timezone(&zone).naive_local();
        if let Some(from) = self.filter.from {
            let until = self.filter.until.replace(from);
            let length = until.map(|until| local(until) - local(from));
            let start = length.and_then(|length| local(from).checked_sub_signed(length));
            let start = start.and_then(|start| time::local(start, zone));
            self.filter.from = start.map(|start| start.fixed_offset());
        }
        self
    }

    /// Converts durations to this unit.
    #[must_use]
    pub fn durations(mut self, unit: DurationUnit) -> Self {
        self.durations = Some(unit);
        self
    }

    /// Columns of key figures such as `kpi_aht`, behind the others: counts as integers, shares as
    /// ratios of 0 to 1, and times in the unit of [`TableSpec::durations`], rounded half to even. They are
    /// columns of the wide layout of aggregates.
    ///
    /// ```
    /// use gcagg::{Inputs, Layout, TableSpec};
    ///
    /// # fn main() -> Result<(), gcagg::Error> {
    /// let shape = TableSpec::new().layout(Layout::Wide).key_figures();
    /// let inputs = Inputs::new().path("samples/queue-day.json").table_spec(shape);
    /// let columns = inputs.check()?.table()?.columns();
    /// assert!(columns.iter().any(|column| column.name == "kpi_aht"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn key_figures(mut self) -> Self {
        self.key_figures = true;
        self
    }

    /// Counters that a bucket lacks are 0, where their metrics apply: those that occur for the same media
    /// type, or in groups without one, anywhere in the inputs. In key figures that is so anyway; with
    /// this, columns of counters have the 0, too.
    #[must_use]
    pub fn absent_as_zero(mut self) -> Self {
        self.zeros.in_columns = true;
        self.zeros.in_figures = true;
        self
    }

    /// Counters that a bucket lacks are unknown in key figures of tables and reports.
    #[must_use]
    pub fn keep_absent(mut self) -> Self {
        self.zeros = ZeroCounters {
            is_kept: true,
            ..ZeroCounters::default()
        };
        self
    }

    /// Says that these inputs are a part of a larger set, which is read part by part into one table.
    /// Dimensions may be named that only other parts have. `occurrences` is what
    /// [`Dataset::occurrences`](crate::Dataset::occurrences) returned for the whole set; it decides
    /// which absent counters are 0. With `{}`, none is.
    ///
    /// # Errors
    /// `occurrences` is no such text.
    pub fn part_of(mut self, occurrences: &str) -> Result<Self, Error> {
        let parsed = serde_json::from_str(occurrences);
        let invalid = |error| Error::usage(format!("no text of occurrences: {error}"));
        self.part_of = Some(parsed.map_err(invalid)?);
        Ok(self)
    }

    /// Counters that a bucket lacks are 0 in key figures (`in_figures`), and in columns of the wide
    /// layout (`in_columns`), where their metrics apply.
    #[must_use]
    pub fn absent_counters(mut self, in_figures: bool, in_columns: bool) -> Self {
        self.zeros = ZeroCounters {
            in_figures,
            in_columns,
            is_kept: false,
        };
        self
    }

    /// Refuses columns that no table can have.
    ///
    /// # Errors
    /// A name is empty or given twice, or dimensions are named together with other columns.
    pub fn check(&self) -> Result<(), Error> {
        self.choice.check()?;
        let dimensions = self.dimensions.iter().flatten().map(String::as_str);
        choice::check_names("--dims", dimensions)?;
        match (&self.dimensions, &self.choice) {
            (Some(_), ColumnChoice::Named(_)) => Err(Error::usage(
                "--dims cannot be combined with names in --columns",
            )
            .help("name the dimensions in --columns, or use --columns all")),
            _ => Ok(()),
        }
    }

    /// Returns true if some column has 0 where a bucket lacks a counter.
    pub(crate) fn has_zeros(&self) -> bool {
        self.zeros.in_columns || self.zeros.in_figures && self.key_figures
    }

    /// The options that a run needs: for sums only filters, names and absent counters.
    pub(crate) fn of_run(&self, sums: bool) -> Self {
        let names = self.names.without_mappings();
        if sums {
            return Self {
                filter: self.filter.clone(),
                names,
                zeros: self.zeros,
                ..Self::untyped()
            };
        }
        Self {
            fit: match (self.choice.is_fixed(), self.is_format_typed) {
                _ if self.takes_any_number => NumberFit::Any,
                (true, is_typed) => NumberFit::Fixed { is_typed },
                (false, true) => NumberFit::Doubles,
                (false, false) => NumberFit::Any,
            },
            names,
            ..self.clone()
        }
    }

    /// The places where metrics occur, if other inputs decide that.
    pub(crate) fn occurrences(&self) -> Option<&Occurrences> {
        self.part_of.as_ref().or(self.made_from.as_ref())
    }

    /// The list of columns as it was typed.
    pub(crate) fn columns_text(&self) -> &str {
        &self.columns_text
    }

    /// Returns true if rows can be made before all is known of the inputs: no column names them or
    /// their ids, and rows keep their order.
    pub(crate) fn can_be_early(&self) -> bool {
        !self.source
            && self.named_places().is_empty()
            && self.sort.is_empty()
            && self.limit.is_none()
            && !self.names.is_asked()
    }

    /// The dimensions of the survey that [`TableSpec::dimensions`] does not name.
    pub(crate) fn unnamed<'s>(&self, survey: &'s Survey) -> Vec<&'s str> {
        let kept = self.dimensions.as_ref();
        let names = survey.dimensions.keys().map(String::as_str);
        let is_left_out = |name: &&str| kept.is_some_and(|kept| !kept.iter().any(|it| it == name));
        names.filter(is_left_out).collect()
    }

    /// The statistics that the fixed columns leave out, with the number of their values.
    pub(crate) fn extras_left_out<'s>(
        &self,
        survey: &'s Survey,
        columns: &Columns,
    ) -> Vec<(&'s str, u64)> {
        let extras = survey.extras.iter().filter(|_| self.choice.is_fixed());
        let extras = extras.filter(|(name, _)| !columns.has_stat(name));
        extras
            .map(|(name, count)| (name.as_str(), *count))
            .collect()
    }

    /// The key figures that were named and have no value in any row.
    pub(crate) fn empty_figures(
        &self,
        survey: &Survey,
        columns: &Columns,
    ) -> Vec<&'static KeyFigure> {
        if survey.rows == 0 || !matches!(self.choice, ColumnChoice::Named(_)) {
            return Vec::new();
        }
        let occurrences = self.zeros.in_figures.then_some(&survey.occurrences);
        let all = key_figures::columns(survey, occurrences);
        let empty = all.filter(|(.., has)| !has).map(|(_, figure, _)| figure);
        let shown = |figure: &&KeyFigure| {
            let mut shown = columns.key_figures().iter();
            shown.any(|(_, it)| it.column == figure.column)
        };
        empty.filter(shown).collect()
    }

    /// The time zone of the days in filters.
    fn zone(&self) -> Tz {
        self.filter.zone.unwrap_or(Tz::UTC)
    }

    /// The order and the number of the rows of a table with these columns.
    pub(crate) fn order(&self, survey: &Survey, columns: &Columns) -> Result<RowOrder, Error> {
        let is_known = |name: &str| match self.choice {
            ColumnChoice::Named(_) => false,
            ColumnChoice::Present | ColumnChoice::All(_) => Columns::is_known(survey, self, name),
        };
        RowOrder::new(&self.sort, self.limit, self.times, columns, is_known)
    }
}
