//! Writes the rows of a table while its inputs are checked. The columns are guessed from the beginning
//! of the inputs. If the guess was wrong, the table is written again.

use crate::error::Error;
use crate::model::Dialect;
use crate::pipeline::Run;
use crate::pipeline::early::EarlyTable;
use crate::pipeline::survey;
use crate::pipeline::written::WrittenRows;
use crate::table::Columns;
use crate::write::sink::Sink;
use crate::write::{TableFormat, TableOptions};

use super::{Dataset, Inputs, Table};

/// The share of the input that the guess reads, of an input of a window at least: a part of a window
/// to some windows. Smaller inputs are read twice, which is faster than the guess.
const SHARE: u64 = 8;
const LEAST_PARTS: usize = 4;
const MOST_WINDOWS: usize = 4;

/// A complete table under a temporary name, which was written while its inputs were checked.
pub struct EarlyFile {
    columns: Columns,
    dialect: Dialect,
    written: WrittenRows,
    sink: Sink,
    format: &'static TableFormat,
}

impl std::fmt::Debug for EarlyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("EarlyFile")
            .field(&self.written.rows)
            .finish()
    }
}

impl Inputs {
    /// Does the same as [`Inputs::check`], and writes the rows of large inputs during the check if the
    /// columns can be guessed. `open` opens the file. [`Table::take_early`] gives it its name.
    ///
    /// # Errors
    /// The errors of [`Inputs::check`].
    pub fn check_early(
        self,
        format: &'static TableFormat,
        options: &TableOptions,
        open: impl FnOnce() -> std::io::Result<Sink>,
    ) -> Result<(Dataset, Option<EarlyFile>), Error> {
        let run = self.run()?;
        let Some((columns, dialect, mut sink)) = self.guess(&run, format, open) else {
            return Ok((self.read(run, None)?, None));
        };
        let table = (format.table)(columns.clone(), options.clone());
        let (dataset, written) = match table.begin(Box::new(&mut sink)) {
            Err(_) => (self.read(run, None)?, None),
            Ok(appender) => {
                let spec = run.spec.clone();
                let early = EarlyTable::new(&columns, dialect, &spec, table.as_ref(), appender);
                let dataset = self.read(run, Some(&early))?;
                (dataset, early.end().ok().flatten())
            }
        };
        let early = written.map(|written| EarlyFile {
            columns,
            dialect,
            written,
            sink,
            format,
        });
        Ok((dataset, early))
    }

    /// The columns and the dialect of a table that can be written early, and its file.
    fn guess(
        &self,
        run: &Run<'static>,
        format: &TableFormat,
        open: impl FnOnce() -> std::io::Result<Sink>,
    ) -> Option<(Columns, Dialect, Sink)> {
        let bytes = self.size().unwrap_or_default();
        let is_plain = self.spec.can_be_early() && !format.is_workbook && !run.paranoid;
        if !is_plain || self.copies.is_some() || bytes < run.window as u64 {
            return None;
        }
        // A failure to open is met again, and reported, when the table is written.
        let sink = open().ok().filter(Sink::is_atomic)?;
        let window = run.window.div_ceil(LEAST_PARTS);
        let share = usize::try_from(bytes / SHARE).unwrap_or(usize::MAX);
        let share = share.clamp(window, MOST_WINDOWS * run.window);
        let by_parts = Run {
            window,
            ..run.clone()
        };
        let sample = survey::sample(&by_parts, &self.found().inputs, share);
        let columns = Columns::decide(&sample, &run.spec).ok()?;
        Some((columns, sample.dialect(), sink))
    }
}

impl Table<'_> {
    /// Gives the file of a table that was written during the check its name. If the columns or rows of
    /// the file differ from this table, the file is removed and `None` is returned.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn take_early(&self, early: EarlyFile) -> Result<Option<WrittenRows>, Error> {
        let is_same = self.is_whole()
            && early.dialect == self.survey.dialect()
            && early.columns == self.columns
            && early.written.rows == self.survey.rows;
        if !is_same {
            return Ok(None);
        }
        self.check_size(early.format)?;
        early.sink.finish()?;
        Ok(Some(early.written))
    }
}
