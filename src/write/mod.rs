//! Rows to bytes, and bytes to where they belong. A format of tables is one file here and one line
//! of [`format::TABLE_FORMATS`].

#[cfg(feature = "arrow")]
pub mod columnar;
pub mod compare;
pub mod csv;
pub mod digest;
pub mod format;
pub mod json;
pub mod outputs;
pub mod partition;
pub mod partition_keys;
pub mod read_table;
pub mod read_text;
pub mod readback;
mod row_template;
pub mod signals;
pub mod sink;
pub mod spreadsheet;
pub mod sql;
pub mod stdout;
mod table_load;
pub mod table_schema;
pub mod temporary;
mod terminal;
mod text;
#[cfg(feature = "xlsx")]
pub mod xlsx;

use std::any::Any;
use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::diagnostic::words::counted;
use crate::table::RowSink;

pub use format::{TABLE_FORMATS, TableFormat, TableOptions};

/// Number of cells that a format wrote differently from the input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangedCells {
    /// Text cells that were prefixed with `'` for a spreadsheet.
    pub guarded: u64,
    /// Numbers that were written as text, because a spreadsheet would round them.
    pub as_text: u64,
    /// Numbers that were rounded to doubles.
    pub rounded: u64,
    /// Times that lost digits behind the milliseconds.
    pub shortened: u64,
    /// Key figures that are empty, because they do not fit the types of their columns.
    pub too_large: u64,
}

impl ChangedCells {
    /// The sentence about the numbers that were rounded, if there are any.
    pub fn rounded_in_words(self) -> Option<String> {
        (self.rounded > 0).then(|| {
            let numbers = counted(self.rounded, "number");
            format!(
                "{numbers} rounded: their columns are 64-bit floating-point numbers, because the figures do not fit a decimal of 38 digits"
            )
        })
    }

    /// The sentence about key figures that are too large, if there are any.
    pub fn too_large_in_words(self) -> Option<String> {
        (self.too_large > 0).then(|| {
            let values = counted(self.too_large, "value");
            format!(
                "key figures that are too large are empty: {values}; they do not fit the types of their columns"
            )
        })
    }
}

impl std::ops::AddAssign for ChangedCells {
    fn add_assign(&mut self, other: Self) {
        self.guarded += other.guarded;
        self.as_text += other.as_text;
        self.rounded += other.rounded;
        self.shortened += other.shortened;
        self.too_large += other.too_large;
    }
}

/// Some rows of a table in its format, on their way to the output.
#[derive(Debug)]
pub struct Chunk {
    pub rows: u64,
    pub changed: ChangedCells,
    /// Rows as the appender of the format takes them.
    content: Box<dyn Any + Send + Sync>,
}

/// Takes rows and encodes them; several work side by side.
pub trait Encoder: RowSink {
    /// The rows so far, which are `rows` rows.
    ///
    /// # Errors
    /// A value that the format cannot hold.
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk>;
}

/// Puts chunks together, in the order of the rows.
pub trait Appender: Send {
    /// Adds the rows that come next.
    ///
    /// # Errors
    /// Returns the errors of the output.
    fn append(&mut self, chunk: Chunk) -> io::Result<()>;

    /// Ends the table.
    ///
    /// # Errors
    /// Returns the errors of the output.
    fn end(self: Box<Self>) -> io::Result<()>;
}

/// The destination of a table.
pub type Output<'o> = Box<dyn Write + Send + 'o>;

/// A table in one format: its columns and options are settled.
pub trait FormattedTable: Sync {
    /// An encoder for some rows.
    fn encoder(&self) -> Box<dyn Encoder + '_>;

    /// Begins the table in an output.
    ///
    /// # Errors
    /// Returns the errors of the output.
    fn begin<'o>(&'o self, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>>;
}

/// The columns of a row of a file that is read back, and the texts of those that have a value.
pub type ReadRow = BTreeMap<String, String>;

/// The rows of a file that is read back.
pub type ReadRows = Box<dyn Iterator<Item = io::Result<ReadRow>> + Send>;
