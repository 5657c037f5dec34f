//! Rows to bytes, and bytes to where they belong.

pub mod csv;
pub mod json;
pub mod signals;
pub mod sink;
pub mod spreadsheet;
pub mod stdout;
pub mod temporary;

use crate::table::{Columns, Rows};

/// Some rows in the bytes of a format.
#[derive(Debug, Default)]
pub struct Encoded {
    pub bytes: Vec<u8>,
    pub rows: u64,
    /// Text cells that were prefixed with `'` for a spreadsheet.
    pub guarded: u64,
}

/// Rows of one format, encoded piece by piece so that pieces can be made in parallel.
pub trait Encoder: Rows {
    /// The bytes of the rows so far, which are `rows` rows.
    fn finish(self: Box<Self>, rows: u64) -> Encoded;
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
