//! The settings of a table, and the number of written rows.

use std::io;

use crate::error::Error;
use crate::model::Dialect;
use crate::table::{Columns, RowOrder};
use crate::write::{Appender, ChangedCells, Chunk};

/// The size of a table.
#[derive(Debug, Clone, Copy, Default)]
pub struct WrittenRows {
    /// Rows.
    pub rows: u64,
    /// Cells that differ from the input.
    pub changed: ChangedCells,
    /// Rows that were left out because of the limit.
    pub beyond: u64,
}

impl WrittenRows {
    /// The size that a chunk adds.
    pub fn of(chunk: &Chunk) -> Self {
        Self {
            rows: chunk.rows,
            changed: chunk.changed,
            beyond: 0,
        }
    }
}

impl std::ops::AddAssign for WrittenRows {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.changed += other.changed;
        self.beyond += other.beyond;
    }
}

/// The settings of a table.
#[derive(Debug)]
pub struct Plan<'p> {
    pub columns: &'p Columns,
    pub dialect: Dialect,
    /// The order and the number of the rows.
    pub order: &'p RowOrder,
}

/// The error for an output that cannot be written.
pub(super) fn unwritten(error: io::Error) -> Error {
    Error::writing("the output", &error)
}

/// Appends a chunk of rows, and counts what it has.
pub(super) fn append(
    appender: &mut (dyn Appender + '_),
    chunk: io::Result<Chunk>,
    written: &mut WrittenRows,
) -> Result<(), Error> {
    let chunk = chunk.map_err(unwritten)?;
    *written += WrittenRows::of(&chunk);
    appender.append(chunk).map_err(unwritten)
}
