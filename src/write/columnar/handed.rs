//! Record batches handed to a caller, who has no file.

use std::io;
use std::sync::{Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use crate::table::Columns;
use crate::write::{Appender, Chunk, Encoder, Output, Table};

use super::{ArrowTypes, Batches, batch};

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
        Box::new(Batches::new(&self.schema, self.columns, self.types))
    }

    fn begin<'o>(&'o self, _: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        Ok(Box::new(Hands(&self.hand)))
    }
}

/// Hands on what is appended.
struct Hands<'t, 'h>(&'t Mutex<&'h mut Hand<'h>>);

impl Appender for Hands<'_, '_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        let Some(batch) = batch(&chunk) else {
            return Ok(());
        };
        let mut hand = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hand(batch.clone())
    }

    fn end(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}
