//! Rows as record batches: what the formats with typed columns have in common.

mod column;
pub mod handed;
#[cfg(feature = "parquet")]
pub mod ipc;
#[cfg(feature = "parquet")]
pub mod parquet;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::record::Number;
use crate::table::{self, Cell, Columns, Rows, Type, types};

use super::{Appender, Chunk, Encoder, Output, Table};

use column::{Column, Value};

/// The Arrow types of text and of instants; those of figures are always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ArrowTypes {
    /// Text is dictionary-encoded, instants are milliseconds: what files have.
    #[default]
    Compact,
    /// Text is plain, instants are microseconds: what Spark declares, and what readers without
    /// dictionaries take.
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

/// Begins a file of batches of a schema.
type Begin = for<'o> fn(&'o SchemaRef, Output<'o>) -> io::Result<Box<dyn Appender + 'o>>;

/// A table in batches, whatever file they go to.
#[derive(Debug)]
struct Batched {
    columns: Columns,
    schema: SchemaRef,
    begin: Begin,
}

impl Batched {
    fn boxed(columns: Columns, begin: Begin) -> Box<dyn Table> {
        let schema = schema(&columns, ArrowTypes::Compact);
        Box::new(Self {
            columns,
            schema,
            begin,
        })
    }
}

impl Table for Batched {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(Batches::new(
            &self.schema,
            &self.columns,
            ArrowTypes::Compact,
        ))
    }

    fn begin<'o>(&'o self, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        (self.begin)(&self.schema, out)
    }
}

/// The batch in a chunk.
fn batch(chunk: &Chunk) -> Option<&RecordBatch> {
    chunk.content.downcast_ref()
}

/// A row of which all but the figures is known.
#[derive(Debug)]
struct Template {
    /// Of the columns behind the shared ones.
    values: Vec<Value>,
    /// Which of them are figures, and their ranks.
    slots: Vec<(usize, u8)>,
}

/// Collects rows in columns.
#[derive(Debug)]
struct Batches<'t> {
    schema: &'t SchemaRef,
    names: &'t [table::Column],
    types: ArrowTypes,
    columns: Vec<Column>,
    shared: Vec<Value>,
    templates: Vec<Template>,
    rows: usize,
    /// The first value that does not fit its column.
    misfit: Option<String>,
}

impl<'t> Batches<'t> {
    fn new(schema: &'t SchemaRef, columns: &'t Columns, types: ArrowTypes) -> Self {
        Self {
            schema,
            names: &columns.list,
            types,
            columns: columns
                .list
                .iter()
                .map(|column| Column::new(column.kind))
                .collect(),
            shared: Vec::new(),
            templates: Vec::new(),
            rows: 0,
            misfit: None,
        }
    }

    /// What a cell is in the column at `at`.
    fn value(&mut self, at: usize, cell: &Cell<'_>) -> Value {
        let Some(column) = self.columns.get_mut(at) else {
            return Value::Null;
        };
        match column.value(cell) {
            Some(value) => value,
            None => self.misfit(at, &format!("{cell:?}")),
        }
    }

    #[cold]
    fn misfit(&mut self, at: usize, shown: &str) -> Value {
        if let (None, Some(column)) = (&self.misfit, self.names.get(at)) {
            let (name, kind) = (&column.name, data_type(column.kind, self.types));
            let shown: String = shown.chars().take(80).collect();
            self.misfit = Some(format!(
                "column `{name}` of type {kind} cannot hold {shown}"
            ));
        }
        Value::Null
    }

    fn push(&mut self, at: usize, value: Value) {
        if let Some(column) = self.columns.get_mut(at) {
            column.push(value);
        }
    }

    fn push_shared(&mut self) {
        self.rows += 1;
        for (column, value) in self.columns.iter_mut().zip(&self.shared) {
            column.push(*value);
        }
    }
}

impl Rows for Batches<'_> {
    fn shared(&mut self, cells: &[Cell<'_>]) {
        self.shared.clear();
        for (at, cell) in cells.iter().enumerate() {
            let value = self.value(at, cell);
            self.shared.push(value);
        }
    }

    fn row(&mut self, cells: &[Cell<'_>]) {
        self.push_shared();
        let shared = self.shared.len();
        for (at, cell) in (shared..).zip(cells) {
            let value = self.value(at, cell);
            self.push(at, value);
        }
    }

    fn template(&mut self, cells: &[Cell<'_>], slots: &[(usize, u8)]) -> Option<u32> {
        let shared = self.shared.len();
        let mut values = Vec::with_capacity(cells.len());
        for (at, cell) in cells.iter().enumerate() {
            let is_figure = slots.iter().any(|(slot, _)| *slot == at);
            let value = match is_figure {
                true => Value::Null,
                false => self.value(shared + at, cell),
            };
            values.push(value);
        }
        self.templates.push(Template {
            values,
            slots: slots.to_vec(),
        });
        Some(self.templates.len() as u32 - 1)
    }

    fn templated(&mut self, template: u32, text: &str, figures: &[Number]) {
        self.push_shared();
        let shared = self.shared.len();
        let Some(template) = self.templates.get(template as usize) else {
            return;
        };
        let mut misfit = None;
        let mut slots = template.slots.iter().peekable();
        let columns = self.columns.iter_mut().skip(shared);
        for ((at, column), value) in columns.enumerate().zip(&template.values) {
            let slot = slots.next_if(|(slot, _)| *slot == at);
            let number = slot.and_then(|(_, rank)| figures.get(usize::from(*rank)));
            let Some(number) = number else {
                column.push(*value);
                continue;
            };
            let value = column.figure(number, text);
            if value.is_none() {
                misfit = Some((shared + at, number.literal.in_text(text).to_owned()));
            }
            column.push(value.unwrap_or(Value::Null));
        }
        if let Some((at, literal)) = misfit {
            self.misfit(at, &literal);
        }
    }
}

impl Encoder for Batches<'_> {
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        if let Some(misfit) = self.misfit {
            return Err(io::Error::new(io::ErrorKind::InvalidData, misfit));
        }
        let types = self.types;
        let arrays = self.columns.into_iter().map(|column| column.finish(types));
        let arrays = arrays.collect::<io::Result<Vec<_>>>()?;
        let batch =
            RecordBatch::try_new(Arc::clone(self.schema), arrays).map_err(io::Error::other)?;
        Ok(Chunk {
            rows,
            guarded: 0,
            as_text: 0,
            content: Box::new(batch),
        })
    }
}
