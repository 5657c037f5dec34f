//! What a table is made of, and what was written of it.

use crate::model::Dialect;
use crate::table::{Columns, RowOrder};
use crate::write::{ChangedCells, Chunk};

/// What a table has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written {
    pub rows: u64,
    pub changed: ChangedCells,
    /// Rows that were left out because of the limit.
    pub beyond: u64,
}

impl Written {
    /// What a chunk adds.
    pub fn of(chunk: &Chunk) -> Self {
        Self {
            rows: chunk.rows,
            changed: chunk.changed,
            beyond: 0,
        }
    }
}

impl std::ops::AddAssign for Written {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.changed += other.changed;
        self.beyond += other.beyond;
    }
}

/// What a table is made of.
#[derive(Debug)]
pub struct Plan<'p> {
    pub columns: &'p Columns,
    pub dialect: Dialect,
    /// The order and the number of the rows.
    pub order: &'p RowOrder,
}
