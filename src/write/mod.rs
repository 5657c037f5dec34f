//! Rows to bytes, and bytes to where they belong.

pub mod csv;
pub mod json;
pub mod signals;
pub mod sink;

use crate::table::{Columns, Rows};

/// Rows of one format, encoded piece by piece so that pieces can be made side by side.
pub trait Encoder: Rows {
    /// The bytes of the rows so far.
    fn finish(self: Box<Self>) -> Vec<u8>;
}

/// The formats of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    Csv(csv::Dialect),
    Ndjson,
    Json,
}

impl Format {
    /// What stands before the first row.
    pub fn start(&self, columns: &Columns) -> Vec<u8> {
        match self {
            Self::Csv(dialect) => csv::header(dialect, columns),
            Self::Ndjson => Vec::new(),
            Self::Json => b"[".to_vec(),
        }
    }

    /// An encoder for the next rows.
    pub fn encoder<'c>(&'c self, columns: &'c Columns) -> Box<dyn Encoder + 'c> {
        match self {
            Self::Csv(dialect) => Box::new(csv::Lines::new(dialect)),
            Self::Ndjson => Box::new(json::Objects::lines(columns)),
            Self::Json => Box::new(json::Objects::elements(columns)),
        }
    }

    /// Bytes of a piece that the very first row does not have: the comma between elements.
    pub fn joint(&self) -> usize {
        match self {
            Self::Json => 1,
            Self::Csv(_) | Self::Ndjson => 0,
        }
    }

    /// What stands behind the last row.
    pub fn end(&self) -> &'static [u8] {
        match self {
            Self::Json => b"\n]\n",
            Self::Csv(_) | Self::Ndjson => b"",
        }
    }
}
