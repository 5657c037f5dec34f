//! Rows that are written while their input is checked: what pass two would do, done in pass one.
//! Whether they count is known when all inputs were checked; until then they are in a temporary file.

use std::fmt::Debug;
use std::io;

use parking_lot::Mutex;

use crate::model::Dialect;
use crate::record::{Element, Interner};
use crate::table::origin::InputOrigin;
use crate::table::writer::Writer;
use crate::table::{Columns, TableSpec};
use crate::write::{Appender, Chunk, Encoder, FormattedTable};

use super::written::WrittenRows;

/// What was made of some elements; `None` where rows could not be made of all of them.
pub type Made = Option<Chunk>;

/// Makes something of elements while they are checked.
pub trait Early: Sync + Debug {
    /// Begins with some elements of one input; `None` where it cannot.
    fn begin(&self, dialect: Dialect) -> Option<EarlyRows<'_>>;

    /// Takes what was made, in the order of the inputs.
    fn take(&self, made: Vec<Made>);
}

/// The rows of some elements.
pub struct EarlyRows<'t> {
    writer: Writer<'t>,
    encoder: Box<dyn Encoder + 't>,
}

impl Debug for EarlyRows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EarlyRows").finish_non_exhaustive()
    }
}

impl EarlyRows<'_> {
    /// Adds the rows of an element.
    pub fn add(&mut self, element: Element<'_>, interner: &Interner) {
        match element {
            Element::Container(view) => {
                self.writer.container(view, interner, self.encoder.as_mut());
            }
            Element::Entity(view) => self.writer.entity(view, self.encoder.as_mut()),
        }
    }

    /// The rows.
    pub fn finish(self) -> Made {
        self.encoder.finish(self.writer.rows).ok()
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

impl Debug for EarlyTable<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EarlyTable").finish_non_exhaustive()
    }
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
    ///
    /// # Errors
    /// Those of the output.
    pub fn end(self) -> io::Result<Option<WrittenRows>> {
        let Some((appender, written)) = self.state.into_inner() else {
            return Ok(None);
        };
        appender.end()?;
        Ok(Some(written))
    }
}

impl Early for EarlyTable<'_> {
    fn begin(&self, dialect: Dialect) -> Option<EarlyRows<'_>> {
        (dialect == self.dialect).then(|| EarlyRows {
            // No column names the input.
            writer: Writer::new(self.spec, self.columns, InputOrigin::default()),
            encoder: self.table.encoder(),
        })
    }

    fn take(&self, made: Vec<Made>) {
        let mut state = self.state.lock();
        for made in made {
            let (Some((appender, written)), Some(chunk)) = (state.as_mut(), made) else {
                *state = None;
                return;
            };
            if chunk.rows == 0 {
                continue;
            }
            *written += WrittenRows::of(&chunk);
            if appender.append(chunk).is_err() {
                // Pass two meets the same failure, and reports it.
                *state = None;
                return;
            }
        }
    }
}
