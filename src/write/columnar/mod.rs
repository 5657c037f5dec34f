//! Rows as record batches, for the formats with typed columns.

#[cfg(feature = "parquet")]
mod batches;
mod column;
mod dictionary;
pub mod handed;
#[cfg(feature = "parquet")]
pub mod ipc;
#[cfg(feature = "parquet")]
pub mod parquet;
mod unit;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::error;
use crate::record::Number;
use crate::table::{self, Cell, ColumnCell, ColumnContent, Columns, RowSink, Type, types};

use super::{Appender, ChangedCells, Chunk, Encoder, FormattedTable, Output};

use column::{TypedColumn, TypedValue};
use unit::ColumnRows;

/// The Arrow types of text and of instants; those of figures are always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ArrowTypes {
    /// Text is dictionary-encoded, instants are milliseconds: for files.
    #[default]
    Compact,
    /// Text is plain, instants are microseconds: for Spark, and for readers without
    /// dictionaries.
    Plain,
}

/// The types of the columns of a table, as Arrow has them. Instants are in UTC, and every column may
/// be null. The metadata of a field has its unit.
pub fn schema(columns: &Columns, types: ArrowTypes) -> SchemaRef {
    let fields = columns.list.iter().map(|column| {
        let field = Field::new(&column.name, data_type(column.kind, types), true);
        match column.unit {
            Some(unit) => {
                field.with_metadata(HashMap::from([("unit".to_owned(), unit.to_owned())]))
            }
            None => field,
        }
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn data_type(kind: Type, types: ArrowTypes) -> DataType {
    let (text, unit) = match types {
        ArrowTypes::Compact => {
            let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            (text, TimeUnit::Millisecond)
        }
        ArrowTypes::Plain => (DataType::Utf8, TimeUnit::Microsecond),
    };
    match kind {
        Type::Text => text,
        Type::Integer => DataType::Int64,
        Type::Decimal(scale) => DataType::Decimal128(types::PRECISION, scale as i8),
        Type::Float => DataType::Float64,
        Type::Instant => DataType::Timestamp(unit, Some("UTC".into())),
    }
}

/// Begins a file of rows.
type Begin = for<'o> fn(&'o TypedTable, Output<'o>) -> io::Result<Box<dyn Appender + 'o>>;

/// A table of typed columns, for every file format.
#[derive(Debug)]
struct TypedTable {
    columns: Columns,
    schema: SchemaRef,
    begin: Begin,
}

impl TypedTable {
    fn boxed(columns: Columns, begin: Begin) -> Box<dyn FormattedTable> {
        let schema = schema(&columns, ArrowTypes::Compact);
        Box::new(Self {
            columns,
            schema,
            begin,
        })
    }

    /// Number of rows that have at most so many values, null ones too.
    fn rows_of(&self, values: usize) -> usize {
        (values / self.columns.list.len().max(1)).max(1)
    }
}

impl FormattedTable for TypedTable {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(TypedRows::new(&self.columns))
    }

    fn begin<'o>(&'o self, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        (self.begin)(self, out)
    }
}

/// The rows in a chunk.
fn rows_in(chunk: Chunk) -> Option<ColumnRows> {
    let rows = chunk.content.downcast::<ColumnRows>();
    rows.ok().map(|rows| *rows)
}

/// A row of which all but the figures is known.
#[derive(Debug)]
struct TypedTemplate {
    values: Vec<(usize, TypedValue)>,
    /// The places of the figures, and their ranks.
    slots: Vec<(usize, u8)>,
}

/// Collects rows in columns.
#[derive(Debug)]
struct TypedRows<'t> {
    names: &'t [table::Column],
    columns: Vec<Option<Box<TypedColumn>>>,
    shared: Vec<(usize, TypedValue)>,
    /// The first row with these shared values. Their columns get them when all of these rows are known.
    shared_from: u32,
    templates: Vec<TypedTemplate>,
    rows: u32,
    /// The first value that does not fit its column.
    misfit: Option<String>,
    /// Key figures that do not fit their columns, which are empty.
    too_large: u64,
    /// The schema and types, if the rows are returned as one batch.
    batch: Option<(&'t SchemaRef, ArrowTypes)>,
}

impl<'t> TypedRows<'t> {
    fn new(columns: &'t Columns) -> Self {
        Self {
            names: &columns.list,
            columns: columns.list.iter().map(|_| None).collect(),
            shared: Vec::new(),
            shared_from: 0,
            templates: Vec::new(),
            rows: 0,
            misfit: None,
            too_large: 0,
            batch: None,
        }
    }

    /// The column at `at`, which begins with its first value.
    #[inline]
    fn column(&mut self, at: usize) -> Option<&mut TypedColumn> {
        let column = self.columns.get_mut(at)?;
        if column.is_none() {
            *column = Some(Box::new(TypedColumn::new(self.names.get(at)?.kind)));
        }
        column.as_deref_mut()
    }

    /// The cells as values of their columns.
    fn values(&mut self, cells: &[ColumnCell<'_>]) -> Vec<(usize, TypedValue)> {
        let values = cells.iter();
        values
            .map(|(at, cell)| (*at, self.value(*at, cell)))
            .collect()
    }

    fn value(&mut self, at: usize, cell: &Cell<'_>) -> TypedValue {
        let value = self.column(at).map(|column| column.value(cell));
        match value {
            None => TypedValue::Null,
            Some(Some(value)) => value,
            Some(None) => self.misfit(at, cell.shown()),
        }
    }

    #[cold]
    fn misfit(&mut self, at: usize, shown: &str) -> TypedValue {
        match self.names.get(at) {
            Some(column) if matches!(column.holds, ColumnContent::KeyFigure(_)) => {
                self.too_large += 1;
            }
            Some(column) if self.misfit.is_none() => {
                self.misfit = Some(column.kind.misfit(&column.name, shown));
            }
            _ => {}
        }
        TypedValue::Null
    }

    fn push(&mut self, row: u32, at: usize, value: TypedValue) {
        if let Some(column) = self.column(at) {
            column.push(row, value);
        }
    }

    /// Begins a row, and returns its number.
    fn begin(&mut self) -> u32 {
        let row = self.rows;
        self.rows += 1;
        row
    }

    /// Adds the shared values of the rows that have them.
    fn end_shared(&mut self) {
        let rows = self.shared_from..self.rows;
        for (at, value) in std::mem::take(&mut self.shared) {
            if let Some(column) = self.column(at).filter(|_| !rows.is_empty()) {
                column.extend(rows.clone(), value);
            }
        }
        self.shared_from = self.rows;
    }
}

impl RowSink for TypedRows<'_> {
    fn shared(&mut self, _: usize, cells: &[ColumnCell<'_>]) {
        self.end_shared();
        self.shared = self.values(cells);
    }

    fn row(&mut self, cells: &[ColumnCell<'_>]) {
        let row = self.begin();
        for (at, cell) in cells {
            let value = self.value(*at, cell);
            self.push(row, *at, value);
        }
    }

    fn template(&mut self, cells: &[ColumnCell<'_>], slots: &[(usize, u8)]) -> Option<u32> {
        let values = self.values(cells);
        self.templates.push(TypedTemplate {
            values,
            slots: slots.to_vec(),
        });
        Some(self.templates.len() as u32 - 1)
    }

    fn templated(&mut self, template: u32, text: &str, figures: &[Number]) {
        let row = self.begin();
        let templates = std::mem::take(&mut self.templates);
        if let Some(template) = templates.get(template as usize) {
            for (at, value) in &template.values {
                self.push(row, *at, *value);
            }
            for (at, rank) in &template.slots {
                let number = figures.get(usize::from(*rank));
                let (Some(number), Some(column)) = (number, self.column(*at)) else {
                    continue;
                };
                match column.figure(number, text) {
                    Some(value) => column.push(row, value),
                    None => {
                        self.misfit(*at, number.literal.in_text(text));
                    }
                }
            }
        }
        self.templates = templates;
    }
}

impl Encoder for TypedRows<'_> {
    fn finish(mut self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        self.end_shared();
        if let Some(misfit) = self.misfit {
            return Err(error::misfit(misfit));
        }
        let mut changed = ChangedCells {
            too_large: self.too_large,
            ..ChangedCells::default()
        };
        for column in self.columns.iter().flatten() {
            changed.rounded += column.rounded;
            changed.shortened += column.shortened;
        }
        let columns = ColumnRows {
            columns: self.columns,
            rows: self.rows,
        };
        Ok(Chunk {
            rows,
            changed,
            content: match self.batch {
                None => Box::new(columns),
                Some((schema, types)) => Box::new(batch(self.names, schema, types, &columns)?),
            },
        })
    }
}

fn batch(
    columns: &[table::Column],
    schema: &SchemaRef,
    types: ArrowTypes,
    rows: &ColumnRows,
) -> io::Result<RecordBatch> {
    let rows = [(rows, 0..rows.rows)];
    let columns = columns.iter().enumerate();
    let arrays = columns.map(|(at, column)| unit::array(&rows, at, column.kind, types));
    let arrays = arrays.collect::<io::Result<Vec<_>>>()?;
    RecordBatch::try_new(Arc::clone(schema), arrays).map_err(io::Error::other)
}
