//! A table of checked inputs.

use std::io::Write;

use crate::error::Error;
use crate::model::Dialect;
use crate::pipeline::written::Plan;
use crate::pipeline::{Run, Surveyed, emit, survey};
use crate::table::choice::{InvalidColumns, UnknownColumn};
use crate::table::{Columns, Layout, RowOrder, TableSpec, Type};
#[cfg(feature = "arrow")]
use crate::write::columnar::handed::{BatchTable, Hand};
#[cfg(feature = "arrow")]
use crate::write::columnar::{self, ArrowTypes};
use crate::write::{self, FORMATS, Options, TableFormat, TableSize};

use super::Dataset;

/// A table of checked inputs: its columns are known, and its rows are read when it is written.
#[derive(Debug)]
pub struct Table<'c> {
    checked: &'c Dataset,
    columns: Columns,
    dialect: Dialect,
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
    /// The unit of its figures, where all of them have the same.
    pub unit: Option<&'static str>,
}

impl<'c> Table<'c> {
    pub(super) fn new(checked: &'c Dataset) -> Result<Self, Error> {
        let spec = checked.spec();
        if spec.key_figures && spec.layout == Layout::Long {
            return Err(Error::usage("key figures are columns of the wide layout")
                .help("choose the wide layout"));
        }
        if spec.zeros.in_columns && spec.layout == Layout::Long {
            return Err(Error::usage("counters are columns of the wide layout")
                .help("choose the wide layout, or leave absent_as_zero out"));
        }
        check_durations(spec, checked.inputs())?;
        let mut survey = survey::merged(checked.inputs());
        if let Some(occurrences) = &checked.spec().part_of {
            survey.occurrences.clone_from(occurrences);
        }
        if survey.dialects.len() > 1 {
            return Err(Error::data(
                "aggregates and summaries cannot share one table",
            ));
        }
        let columns = Columns::decide(&survey, spec).map_err(invalid)?;
        let order = spec.order(&survey, &columns).map_err(unknown)?;
        Ok(Self {
            checked,
            columns,
            dialect: survey.dialect(),
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

    /// The dimensions of the inputs that have no column, because others were named.
    pub fn unnamed_dimensions(&self) -> Vec<String> {
        let survey = survey::merged(self.checked.inputs());
        let names = self.checked.spec().unnamed(&survey).into_iter();
        names.map(str::to_owned).collect()
    }

    /// The columns with all that is known of them.
    pub(crate) fn decided(&self) -> &Columns {
        &self.columns
    }

    /// At most this many of its rows.
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
            let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            return Err(Error::usage(format!("no format `{format}`"))
                .help(format!("the formats are {}", names.join(", "))));
        };
        self.check_size(format)?;
        let table = (format.table)(self.columns.clone(), Options::default());
        self.emit(&self.checked.run(), table.as_ref(), out)
    }

    /// The Arrow schema of its batches: every column may be null, instants are in UTC, and the unit
    /// of a column is in the metadata of its field.
    #[cfg(feature = "arrow")]
    pub fn schema(&self, types: ArrowTypes) -> arrow_schema::SchemaRef {
        columnar::schema(&self.columns, types)
    }

    /// Hands its rows to `hand`, batch after batch, in the order of the inputs. An error of `hand`
    /// ends the pass. Returns the number of rows.
    ///
    /// # Errors
    /// An input that has changed, a figure that its column cannot hold, or an error of `hand`.
    #[cfg(feature = "arrow")]
    pub fn batches<'h>(&'h self, types: ArrowTypes, hand: &'h mut Hand<'h>) -> Result<u64, Error> {
        // A batch has as many cells as the CSV.
        self.check_size(&write::csv::CSV)?;
        let table = BatchTable::new(&self.columns, types, hand);
        // `hand` may wait as long as it likes, for another pass over the same inputs even.
        let resources = self.checked.own_threads();
        let run = Run {
            resources: &resources,
            ..self.checked.run()
        };
        self.emit(&run, &table, &mut std::io::sink())
    }

    fn check_size(&self, format: &TableFormat) -> Result<(), Error> {
        let survey = survey::merged(self.checked.inputs());
        let layout = self.checked.spec().layout;
        let limit = Some(self.order.limit() as u64);
        format.check_size(TableSize::of(&survey, &self.columns, layout, limit))
    }

    fn emit(
        &self,
        run: &Run<'_>,
        table: &dyn write::FormattedTable,
        out: &mut (dyn Write + Send),
    ) -> Result<u64, Error> {
        let plan = Plan {
            columns: &self.columns,
            dialect: self.dialect,
            order: &self.order,
        };
        let written = emit::table(run, &plan, table, self.checked.inputs(), out)?;
        Ok(written.rows)
    }
}

fn invalid(columns: InvalidColumns) -> Error {
    match columns {
        InvalidColumns::Unknown(column) => unknown(column),
        InvalidColumns::Refused { problem, help, .. } => with_help(Error::usage(problem), help),
    }
}

fn with_help(error: Error, help: Option<String>) -> Error {
    match help {
        Some(help) => error.help(help),
        None => error,
    }
}

fn unknown(column: UnknownColumn) -> Error {
    let error = Error::usage(format!("`{}` is no column", column.name));
    match column.near {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error,
    }
}

/// Refuses a duration beyond exact arithmetic rather than leave it in another unit.
///
/// # Errors
/// There is such a duration.
pub(crate) fn check_durations(spec: &TableSpec, inputs: &[Surveyed]) -> Result<(), Error> {
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
            .help("leave --durations out, or correct the figure"))
        }
    }
}
