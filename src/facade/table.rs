//! A table of checked inputs.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;

use crate::across::shapes;
use crate::diagnostic::words::counted;
use crate::error::Error;
use crate::json::text::printable;
use crate::pipeline::written::{Plan, WrittenRows};
use crate::pipeline::{Run, Surveyed, emit, survey};
use crate::table::choice::unknown_column;
use crate::table::fit::NumberFit;
use crate::table::units::DurationUnit;
use crate::table::{Columns, Layout, RowOrder, Survey, TableSpec, Type};
#[cfg(feature = "arrow")]
use crate::write::columnar::handed::{BatchTable, Hand};
#[cfg(feature = "arrow")]
use crate::write::columnar::{self, ArrowTypes};
use crate::write::compare::{CellComparison, ComparedTable};
use crate::write::outputs::OutputFiles;
use crate::write::partition::{Partitioned, PartitionedFiles};
use crate::write::read_table::ReadTable;
use crate::write::readback;
use crate::write::sql::TableSchema;
use crate::write::table_schema::SchemaFormat;
use crate::write::{self, FormattedTable, ReadRows, TABLE_FORMATS, TableFormat, TableOptions};

use super::{Dataset, no_format};

/// A table of checked inputs: its columns are known, and its rows are read when it is written.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// let spec = gcagg::TableSpec::new().columns(["queueId", "metric", "sum"]);
/// let inputs = gcagg::Inputs::new().path("samples/queue-day.json").table_spec(spec);
/// let checked = inputs.check()?;
/// let table = checked.table()?;
/// let names: Vec<String> = table.columns().into_iter().map(|column| column.name).collect();
/// assert_eq!(names, ["queueId", "metric", "sum"]);
/// assert_eq!(table.limit(10).write("ndjson", &mut Vec::new())?, 10);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Table<'c> {
    pub(super) checked: &'c Dataset,
    inputs: &'c [Surveyed],
    pub(super) survey: Arc<Survey>,
    pub(super) columns: Arc<Columns>,
    order: RowOrder,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// `text`, `integer`, `decimal`, `float` or `timestamp`.
    pub kind: &'static str,
    /// The unit of its figures, if all of them have the same one.
    pub unit: Option<&'static str>,
}

impl<'c> Table<'c> {
    pub(super) fn new(checked: &'c Dataset, inputs: &'c [Surveyed]) -> Result<Self, Error> {
        let spec = &checked.run.spec;
        if spec.key_figures && spec.layout == Layout::Long {
            return Err(Error::usage("key figures are columns of the wide layout")
                .help("choose the wide layout"));
        }
        if spec.zeros.in_columns && spec.layout == Layout::Long {
            return Err(Error::usage("counters are columns of the wide layout")
                .help("choose the wide layout, or remove absent_as_zero"));
        }
        check_durations(spec, inputs)?;
        let (survey, columns) = checked.decide(inputs)?;
        if columns.list.is_empty() && survey.rows > 0 {
            return Err(Error::usage("--columns: none of these columns has a value")
                .help("name a column without `*` or `?`: it is then a column without values"));
        }
        let order = spec.order(&survey, &columns)?;
        Ok(Self {
            checked,
            inputs,
            survey,
            columns,
            order,
        })
    }

    /// The columns, in their order.
    pub fn columns(&self) -> Vec<ColumnInfo> {
        let columns = self.columns.list.iter();
        let columns = columns.map(|column| ColumnInfo {
            name: column.name.clone(),
            kind: match column.kind {
                Type::Text => "text",
                Type::Integer => "integer",
                Type::Decimal(_) => "decimal",
                Type::Float => "float",
                Type::Instant => "timestamp",
            },
            unit: column.unit,
        });
        columns.collect()
    }

    /// The schema of the table in the words of another program, which calls it `name`.
    ///
    /// # Errors
    /// The program cannot have a column of some name, or tell two columns apart.
    pub fn schema_text(&self, format: &SchemaFormat, name: &str) -> Result<String, Error> {
        let schema = TableSchema {
            name,
            columns: &self.columns,
        };
        format.check(&schema)?;
        Ok((format.write)(&schema))
    }

    /// Limits the table to this many rows.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.order = self.order.limited(rows);
        self
    }

    /// Writes the table in a format that `convert --to` knows: `csv`, `parquet` and so on. Returns
    /// the number of rows.
    ///
    /// # Errors
    /// No such format, an input that has changed, or a failure of `out`.
    pub fn write(&self, format: &str, out: &mut (dyn Write + Send)) -> Result<u64, Error> {
        let Some(format) = TableFormat::named(format) else {
            let names = TABLE_FORMATS.iter().map(|format| format.name);
            return Err(no_format(format, names));
        };
        let written = self.write_as(format, &TableOptions::default(), out)?;
        Ok(written.rows)
    }

    /// Writes the table in a format with options. Returns the number of rows, and of cells that
    /// differ from the input.
    ///
    /// # Errors
    /// An option names an unknown column, the table is nearly empty, an input has changed, or `out`
    /// cannot be written.
    pub fn write_as(
        &self,
        format: &TableFormat,
        options: &TableOptions,
        out: &mut (dyn Write + Send),
    ) -> Result<WrittenRows, Error> {
        let table = self.formatted(format, options)?;
        self.emit(&self.checked.run, table.as_ref(), out)
    }

    /// Writes a file for each value of the columns `names` below `folder`, in folders that are named
    /// after the values as Hive does; `date` is the day of `interval_start`. Returns the files. Unless it
    /// `may_lose_rows`, no file is replaced by one that lacks some of its rows or figures. `others` are the
    /// inputs and other outputs of the run, which are not overwritten; the files are added to them.
    ///
    /// # Errors
    /// The errors of [`Table::write_as`], a name that is not a column of text, or a file that would
    /// lose rows.
    pub fn write_folders(
        &self,
        names: &[String],
        format: &'static TableFormat,
        options: &TableOptions,
        folder: &Path,
        may_lose_rows: bool,
        others: &mut OutputFiles,
    ) -> Result<(WrittenRows, PartitionedFiles), Error> {
        let keys = self.partition_keys(names)?;
        self.check_size(format)?;
        let table = Partitioned {
            table: (format.table)(keys.rest(&self.columns), options.clone()),
            keys,
            folder,
            format,
            options,
            others: Mutex::new(std::mem::take(others)),
            may_lose_rows,
            files: Mutex::default(),
        };
        let written = self.emit(&self.checked.run, &table, &mut std::io::sink());
        *others = table.others.into_inner();
        Ok((written?, table.files.into_inner()))
    }

    /// Compares every cell with a file that has the table in this format; without a file, counts the
    /// cells. `None` if the format cannot be read back.
    ///
    /// # Errors
    /// The file cannot be read, or an input has changed.
    pub fn compare(
        &self,
        format: &TableFormat,
        options: &TableOptions,
        file: Option<&Path>,
    ) -> Result<Option<CellComparison>, Error> {
        let rows = match file {
            None => ReadTable::Uncompared,
            Some(path) => {
                let read = readback::table(format, options, path, &self.columns);
                match read.map_err(|error| unreadable(path, &error))? {
                    None => return Ok(None),
                    Some(rows) => rows,
                }
            }
        };
        let mut comparison = self.compare_with(rows, format)?;
        comparison.rows_of_files = vec![comparison.rows];
        Ok(Some(comparison))
    }

    /// Does the same as [`Table::compare`] with the files that [`Table::write_folders`] wrote.
    ///
    /// # Errors
    /// The errors of [`Table::compare`], or a name that is not a column of text.
    pub fn compare_folders(
        &self,
        names: &[String],
        format: &TableFormat,
        options: &TableOptions,
        folder: &Path,
        files: &[PathBuf],
    ) -> Result<Option<CellComparison>, Error> {
        let mut read = HashMap::new();
        let mut counts = Vec::new();
        for path in files {
            let below = path.strip_prefix(folder).unwrap_or(path).parent();
            let below = below.unwrap_or(Path::new("")).iter();
            let below: Vec<_> = below.map(|it| it.to_string_lossy()).collect();
            let rows = readback::rows(format, options, path);
            let Some(rows) = rows.map_err(|it| unreadable(path, &it))? else {
                return Ok(None);
            };
            let count = Arc::new(AtomicU64::new(0));
            counts.push(Arc::clone(&count));
            let rows: ReadRows = Box::new(rows.inspect(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
            }));
            read.insert(below.join("/"), rows);
        }
        let rows = ReadTable::Folders(self.partition_keys(names)?, read);
        let mut comparison = self.compare_with(rows, format)?;
        let counts = counts.iter().map(|it| it.load(Ordering::Relaxed));
        comparison.rows_of_files = counts.collect();
        Ok(Some(comparison))
    }

    pub(super) fn compare_with(
        &self,
        rows: ReadTable,
        format: &TableFormat,
    ) -> Result<CellComparison, Error> {
        let keeps_spelling = !format.is_typed && !format.is_workbook;
        let table = ComparedTable::new(self.columns.as_ref().clone(), rows, keeps_spelling);
        let written = self.emit(&self.checked.run, &table, &mut std::io::sink())?;
        Ok(CellComparison {
            beyond: written.beyond,
            ..table.finish()
        })
    }

    pub(super) fn unknown(&self, option: &str, name: &str) -> Error {
        let date = (option == "--partition-by").then_some("date");
        unknown_column(option, name, self.columns.names().chain(date))
    }

    /// Refuses a format in which the table would be nearly empty, and options that name an unknown
    /// column.
    ///
    /// # Errors
    /// The table would be nearly empty, or an option names an unknown column.
    pub fn check(&self, format: &TableFormat, options: &TableOptions) -> Result<(), Error> {
        self.formatted(format, options).map(drop)
    }

    /// The table in a format.
    fn formatted(
        &self,
        format: &TableFormat,
        options: &TableOptions,
    ) -> Result<Box<dyn FormattedTable>, Error> {
        self.check_size(format)?;
        match &options.sheet_by {
            Some(by) if self.columns.place(by).is_none() => Err(self.unknown("--sheet-by", by)),
            _ => Ok((format.table)(
                self.columns.as_ref().clone(),
                options.clone(),
            )),
        }
    }

    /// The Arrow schema of its batches: every column may be null, instants are in UTC, and the unit
    /// of a column is in the metadata of its field.
    #[cfg(feature = "arrow")]
    pub fn schema(&self, types: ArrowTypes) -> arrow_schema::SchemaRef {
        columnar::schema(&self.columns, types)
    }

    /// Hands its rows to `hand`, batch after batch, in the order of the inputs. An error of `hand`
    /// ends the pass. Returns the number of rows, and of cells that differ from the input.
    ///
    /// # Errors
    /// An input that has changed, a figure that its column cannot hold, or an error of `hand`.
    #[cfg(feature = "arrow")]
    pub fn batches<'h>(
        &'h self,
        types: ArrowTypes,
        hand: &'h mut Hand<'h>,
    ) -> Result<WrittenRows, Error> {
        // A batch has as many cells as the CSV.
        self.check_size(&write::csv::CSV)?;
        let table = BatchTable::new(&self.columns, types, hand);
        // `hand` may wait as long as it likes, for another pass over the same inputs even.
        let run = self.checked.with_own_threads();
        self.emit(&run, &table, &mut std::io::sink())
    }

    /// Returns true if every row of the inputs is in it.
    pub(super) fn is_whole(&self) -> bool {
        self.inputs.iter().all(Surveyed::is_whole)
    }

    pub(super) fn check_size(&self, format: &TableFormat) -> Result<(), Error> {
        let layout = self.checked.run.spec.layout;
        let limit = self.order.limit() as u64;
        format.check_size(&self.survey, &self.columns, layout, limit)
    }

    fn emit(
        &self,
        run: &Run<'_>,
        table: &dyn FormattedTable,
        out: &mut (dyn Write + Send),
    ) -> Result<WrittenRows, Error> {
        let plan = Plan {
            columns: &self.columns,
            dialect: self.survey.dialect(),
            order: &self.order,
        };
        emit::table(run, &plan, table, self.inputs, out)
    }

    /// The time of the run.
    pub fn run_time(&self) -> DateTime<Utc> {
        self.checked.run.spec.run_time()
    }

    /// Returns true if no interval is shorter than a day.
    pub fn is_daily(&self) -> bool {
        const DAY: i64 = 23 * 3_600_000_000_000;
        let extents = self.inputs.iter().map(|it| it.extent);
        let mut shortest = extents
            .flatten()
            .map(|[_, _, shortest]| shortest)
            .peekable();
        shortest.peek().is_some() && shortest.all(|it| it >= DAY)
    }

    /// Names and values that describe a workbook: its version, time, settings, period and sources.
    /// `read` are the inputs of a roll-up, in place of those of the table.
    pub fn about(&self, read: Option<&Dataset>) -> Vec<(String, String)> {
        let inputs = read.map_or(self.inputs, |it| &it.inputs);
        let spec = &self.checked.run.spec;
        let zone = spec.times.zone.unwrap_or_default();
        let extents = inputs.iter().filter_map(|it| it.extent);
        let period = extents.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1]), 0]);
        let local = |nanos| {
            let instant = DateTime::from_timestamp_nanos(nanos).with_timezone(&zone);
            instant.format("%Y-%m-%d %H:%M").to_string()
        };
        let period = period.map(|[start, end, _]| format!("{} – {}", local(start), local(end)));
        let durations = spec.durations.unwrap_or(DurationUnit::Milliseconds);
        let layout = match spec.layout {
            Layout::Long => "long: one row per metric",
            Layout::Wide => "wide: one row per bucket or entity",
        };
        let or = |text: String, empty: &str| match text.as_str() {
            "" => empty.to_owned(),
            _ => text,
        };
        let sort = spec.sort.iter().map(ToString::to_string);
        let sort = sort.collect::<Vec<_>>().join(", ");
        let sum = |of: &dyn Fn(&Surveyed) -> u64| inputs.iter().map(of).sum::<u64>();
        let rows = self.survey.rows;
        let kept = rows.min(self.order.limit() as u64);
        let version = concat!("gcagg ", env!("CARGO_PKG_VERSION"));
        let lines = [
            ("Written by", version.to_owned()),
            ("Written at", spec.loaded_at.clone()),
            ("Layout", layout.to_owned()),
            ("Order", or(sort, "that of the inputs")),
            ("Times", zone.name().to_owned()),
            ("Period", or(period.unwrap_or_default(), "no intervals")),
            ("Durations", durations.name().to_owned()),
            ("Filters", or(spec.filter.to_string(), "none")),
            ("Rows", kept.to_string()),
            ("Rows that --limit left out", (rows - kept).to_string()),
            (
                "Rows that filters left out",
                sum(&|input| input.survey.filtered).to_string(),
            ),
            (
                "Bad parts left out",
                sum(&|input| input.rejects.len() as u64).to_string(),
            ),
            (
                "Repeated buckets left out",
                sum(&|input| input.repeated).to_string(),
            ),
            ("Sources", inputs.len().to_string()),
        ];
        let sources = inputs.iter().map(|input| {
            // Of a repeated bucket, the other source may be the one that lacks it.
            let notes = [
                (input.rejects.len(), "bad part", " left out"),
                (input.repeated as usize, "repeated bucket", ""),
            ];
            let notes = notes.into_iter().filter(|(count, ..)| *count > 0);
            let notes = notes.map(|(count, of, end)| counted(count, of) + end);
            let notes = notes.collect::<Vec<_>>().join(", ");
            let name = printable(&input.name);
            match notes.is_empty() {
                true => ("Source", name),
                false => ("Source", format!("{name} ({notes})")),
            }
        });
        let mut sources: Vec<(&str, String)> = sources.collect();
        if read.is_some() {
            // The bytes of a roll-up do not depend on the order of the inputs.
            sources.sort();
        }
        let lines = lines.into_iter().chain(sources);
        lines.map(|(name, text)| (name.to_owned(), text)).collect()
    }
}

impl Dataset {
    /// The survey of some inputs.
    pub(super) fn survey(&self, inputs: &[Surveyed]) -> Survey {
        let mut survey = survey::merged(inputs);
        // A counter that another input has is 0 in this one, too.
        let occurrences = self.run.spec.occurrences().unwrap_or(&self.occurrences);
        survey.occurrences.clone_from(occurrences);
        survey
    }

    /// Sentences about dimensions, statistics and ids of the inputs that have no column or no name
    /// in a table of all of them.
    pub fn table_warnings(&self) -> Vec<String> {
        let spec = &self.run.spec;
        let (survey, columns) = match self.decide(&self.inputs) {
            Ok((survey, columns)) => (survey, Some(columns)),
            Err(_) => (Arc::new(self.survey(&self.inputs)), None),
        };
        let mut warnings = Vec::new();
        // A change of an input is an error of the pass that follows.
        if let Ok(Some(queries)) =
            shapes::find(&self.run, &self.inputs, &self.run.spec.filter).map(|it| it.conflict)
        {
            let names = queries.map(|it| {
                self.inputs
                    .get(it.place.0)
                    .map_or(String::new(), |it| printable(&it.name))
            });
            let [first, second] = names;
            warnings.push(format!(
                "warning: {first} and {second} are of queries that count the same events: do not add their rows; leave one out with --exclude",
            ));
        }
        let left_out = spec.unnamed(&survey);
        if !left_out.is_empty() {
            warnings.push(format!(
                "warning: dimensions that --dims does not name have no column: {}",
                left_out.join(", ")
            ));
        }
        let empty = columns.as_ref().map(|it| spec.empty_figures(&survey, it));
        let empty = empty.iter().flatten();
        let empty: Vec<String> = empty
            .map(|figure| format!("{} ({})", figure.column, figure.formula))
            .collect();
        if !empty.is_empty() {
            warnings.push(format!(
                "warning: the inputs lack metrics of these columns, which are empty: {}",
                empty.join(", ")
            ));
        }
        let extras = columns.map(|columns| spec.extras_left_out(&survey, &columns));
        let extras = extras.unwrap_or_default();
        if !extras.is_empty() {
            let names: Vec<&str> = extras.iter().map(|(name, _)| *name).collect();
            let values = extras.iter();
            let values =
                values.map(|(name, count)| format!("{name} ({})", counted(count, "value")));
            let values = values.collect::<Vec<_>>().join(", ");
            warnings.push(format!(
                "warning[S003]: --columns all has no column for these statistics: {values}"
            ));
            let (typed, names) = (spec.columns_text(), names.join(","));
            warnings.push(format!("  help: add them: --columns {typed},{names}"));
        }
        let too_large = survey.key_figures.too_large();
        let too_large =
            too_large.map(|(name, count)| format!("{name} ({})", counted(count, "value")));
        let too_large: Vec<String> = too_large.collect();
        if !too_large.is_empty() {
            let (figures, reason) = (
                too_large.join(", "),
                match spec.fit {
                    NumberFit::Any => "they are beyond exact arithmetic",
                    _ => "they do not fit the types of their columns",
                },
            );
            warnings.push(format!(
                "warning: key figures that are too large are empty: {figures}; {reason}"
            ));
        }
        self.add_name_warnings(&survey, &mut warnings);
        warnings
    }
}

/// The error for an output that cannot be read back.
fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::io(format!("{}: {error}", path.display()))
}

/// Refuses a duration beyond exact arithmetic rather than leave it in another unit.
fn check_durations(spec: &TableSpec, inputs: &[Surveyed]) -> Result<(), Error> {
    if spec.durations.is_none() {
        return Ok(());
    }
    let mut beyond = inputs.iter().filter_map(|input| {
        let literal = input.survey.unconvertible.as_ref();
        literal.map(|literal| (input, literal))
    });
    match beyond.next() {
        None => Ok(()),
        Some((input, literal)) => {
            let short: String = literal.chars().take(40).collect();
            Err(Error::data(format!(
                "{}: the duration {short} is beyond exact conversion",
                input.name
            ))
            .help("remove --durations, or correct the figure"))
        }
    }
}
