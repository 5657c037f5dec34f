//! Record batches handed to a caller, who has no file.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use crate::record::Number;
use crate::table::{ColumnCell, Columns, Rows};
use crate::write::{Appender, Chunk, Encoder, Output, Table};

use super::unit::{self, ColumnRows};
use super::{ArrowTypes, TypedRows};

/// Takes a batch, in the order of the rows; an error ends the table.
pub type Hand<'h> = dyn FnMut(RecordBatch) -> io::Result<()> + Send + 'h;

/// A table whose batches are handed on.
pub struct Handed<'h> {
    columns: &'h Columns,
    types: ArrowTypes,
    schema: SchemaRef,
    hand: Mutex<&'h mut Hand<'h>>,
}

impl<'h> Handed<'h> {
    /// A table of these columns.
    pub fn new(columns: &'h Columns, types: ArrowTypes, hand: &'h mut Hand<'h>) -> Self {
        Self {
            columns,
            types,
            schema: super::schema(columns, types),
            hand: Mutex::new(hand),
        }
    }
}

impl Table for Handed<'_> {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(HandedRows {
            columns: self.columns,
            types: self.types,
            schema: &self.schema,
            rows: Box::new(TypedRows::new(self.columns)),
        })
    }

    fn begin<'o>(&'o self, _: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        Ok(Box::new(Hands(&self.hand)))
    }
}

/// Rows that become one batch.
struct HandedRows<'t> {
    columns: &'t Columns,
    types: ArrowTypes,
    schema: &'t SchemaRef,
    rows: Box<TypedRows<'t>>,
}

impl Rows for HandedRows<'_> {
    fn shared(&mut self, width: usize, cells: &[ColumnCell<'_>]) {
        self.rows.shared(width, cells);
    }

    fn row(&mut self, cells: &[ColumnCell<'_>]) {
        self.rows.row(cells);
    }

    fn template(&mut self, cells: &[ColumnCell<'_>], slots: &[(usize, u8)]) -> Option<u32> {
        self.rows.template(cells, slots)
    }

    fn templated(&mut self, template: u32, text: &str, figures: &[Number]) {
        self.rows.templated(template, text, figures);
    }
}

impl Encoder for HandedRows<'_> {
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        let mut chunk = self.rows.finish(rows)?;
        if let Some(rows) = chunk.content.downcast_ref::<ColumnRows>() {
            let rows = [rows.all()];
            let columns = self.columns.list.iter().enumerate();
            let arrays = columns.map(|(at, it)| unit::array(&rows, at, it.kind, self.types));
            let arrays = arrays.collect::<io::Result<Vec<_>>>()?;
            let batch = RecordBatch::try_new(Arc::clone(self.schema), arrays);
            chunk.content = Box::new(batch.map_err(io::Error::other)?);
        }
        Ok(chunk)
    }
}

/// Hands on what is appended.
struct Hands<'t, 'h>(&'t Mutex<&'h mut Hand<'h>>);

impl Appender for Hands<'_, '_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        let Ok(batch) = chunk.content.downcast::<RecordBatch>() else {
            return Ok(());
        };
        let mut hand = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hand(*batch)
    }

    fn end(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}
