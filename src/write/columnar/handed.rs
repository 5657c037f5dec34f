//! Record batches handed to a caller, who has no file.

use std::io;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parking_lot::Mutex;

use crate::table::Columns;
use crate::write::{Appender, Chunk, Encoder, FormattedTable, Output};

use super::{ArrowTypes, TypedRows};

/// Takes a batch, in the order of the rows; an error ends the table.
pub type Hand<'h> = dyn FnMut(RecordBatch) -> io::Result<()> + Send + 'h;

/// A table whose batches are returned to the caller.
pub struct BatchTable<'h> {
    columns: &'h Columns,
    types: ArrowTypes,
    schema: SchemaRef,
    hand: Mutex<&'h mut Hand<'h>>,
}

impl<'h> BatchTable<'h> {
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

impl FormattedTable for BatchTable<'_> {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(TypedRows {
            batch: Some((&self.schema, self.types)),
            ..TypedRows::new(self.columns)
        })
    }

    fn begin<'o>(&'o self, _: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        Ok(Box::new(self))
    }
}

impl Appender for &BatchTable<'_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        let Ok(batch) = chunk.content.downcast::<RecordBatch>() else {
            return Ok(());
        };
        let mut hand = self.hand.lock();
        hand(*batch)
    }

    fn end(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}
