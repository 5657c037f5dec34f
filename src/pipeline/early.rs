//! Rows and figures that are made while their input is checked. They are used if the check of all inputs
//! shows that every element counts, and confirms guessed columns.

use std::any::Any;
use std::fmt::Debug;
use std::io;

use parking_lot::Mutex;

use crate::model::Dialect;
use crate::record::{Element, Interner};
use crate::table::writer::Writer;
use crate::table::{Columns, TableSpec};
use crate::write::{Appender, Chunk, Encoder, FormattedTable};

use super::written::WrittenRows;

/// The result of some elements; `None` if it could not be made of all of them.
pub type Made = Option<Box<dyn Any + Send + Sync>>;

/// Makes something of elements while they are checked.
pub trait Early: Sync {
    /// Starts with some elements of one input; `None` if the dialect does not fit.
    fn begin(&self, dialect: Dialect) -> Option<Box<dyn EarlyWork + '_>>;

    /// Takes what was made, in the order of the inputs.
    fn take(&self, made: Vec<Made>);
}

impl Debug for dyn Early + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Early")
    }
}

/// Makes something of some elements.
pub trait EarlyWork {
    /// Adds an element.
    fn add(&mut self, element: Element<'_>, interner: &Interner);

    /// Returns what was made of the elements.
    fn finish(self: Box<Self>) -> Made;
}

/// The rows of some elements.
struct EarlyRows<'t> {
    writer: Writer<'t>,
    encoder: Box<dyn Encoder + 't>,
}

impl EarlyWork for EarlyRows<'_> {
    fn add(&mut self, element: Element<'_>, interner: &Interner) {
        self.writer
            .element(element, interner, self.encoder.as_mut());
    }

    fn finish(self: Box<Self>) -> Made {
        let chunk = self.encoder.finish(self.writer.rows).ok()?;
        Some(Box::new(chunk))
    }
}

/// A table whose columns were guessed.
pub struct EarlyTable<'t> {
    columns: &'t Columns,
    dialect: Dialect,
    spec: &'t TableSpec,
    table: &'t dyn FormattedTable,
    /// `None` once rows are missing or could not be written.
    state: Mutex<Option<(Box<dyn Appender + 't>, WrittenRows)>>,
}

impl<'t> EarlyTable<'t> {
    /// A table of these columns that was begun.
    pub fn new(
        columns: &'t Columns,
        dialect: Dialect,
        spec: &'t TableSpec,
        table: &'t dyn FormattedTable,
        appender: Box<dyn Appender + 't>,
    ) -> Self {
        Self {
            columns,
            dialect,
            spec,
            table,
            state: Mutex::new(Some((appender, WrittenRows::default()))),
        }
    }

    /// Ends the table; `None` where rows are missing, so that it does not count.
    pub fn end(self) -> io::Result<Option<WrittenRows>> {
        let Some((appender, written)) = self.state.into_inner() else {
            return Ok(None);
        };
        appender.end()?;
        Ok(Some(written))
    }
}

impl Early for EarlyTable<'_> {
    fn begin(&self, dialect: Dialect) -> Option<Box<dyn EarlyWork + '_>> {
        let rows = || EarlyRows {
            // No column names the input.
            writer: Writer::new(self.spec, self.columns, ("", None)),
            encoder: self.table.encoder(),
        };
        (dialect == self.dialect).then(|| Box::new(rows()) as Box<dyn EarlyWork>)
    }

    fn take(&self, made: Vec<Made>) {
        let mut state = self.state.lock();
        for made in made {
            let chunk = made.and_then(|made| made.downcast::<Chunk>().ok());
            let (Some((appender, written)), Some(chunk)) = (state.as_mut(), chunk) else {
                *state = None;
                return;
            };
            if chunk.rows == 0 {
                continue;
            }
            *written += WrittenRows::of(&chunk);
            if appender.append(*chunk).is_err() {
                // Pass two meets the same failure, and reports it.
                *state = None;
                return;
            }
        }
    }
}
