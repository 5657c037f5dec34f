//! What was written of a table.

use crate::write::Chunk;

/// What a table has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written {
    pub rows: u64,
    /// Text cells that were guarded against a spreadsheet.
    pub guarded: u64,
    /// Numbers that were written as text, because a spreadsheet would change them.
    pub as_text: u64,
}

impl Written {
    /// What a chunk adds.
    pub fn of(chunk: &Chunk) -> Self {
        Self {
            rows: chunk.rows,
            guarded: chunk.guarded,
            as_text: chunk.as_text,
        }
    }
}

impl std::ops::AddAssign for Written {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.guarded += other.guarded;
        self.as_text += other.as_text;
    }
}
