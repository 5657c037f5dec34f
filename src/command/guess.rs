//! A table whose columns are guessed from the beginning of its inputs, so that its rows can be
//! written while these are checked. If the guess was wrong, the table is written anew.

use std::sync::Arc;

use crate::cli::args::ConvertArgs;
use crate::cli::options::{self, Shared};
use crate::error::Error;
use crate::facade::{Dataset, Settings};
use crate::input::discover::{Discovery, Input};
use crate::input::stamp::Stamp;
use crate::model::Dialect;
use crate::pipeline::early::EarlyTable;
use crate::pipeline::survey;
use crate::pipeline::written::Written;
use crate::table::{Columns, Survey};
use crate::write::FormattedTable;
use crate::write::sink::Sink;

use super::gather;
use super::table_plan::TablePlan;

/// Inputs of fewer windows are read twice: it takes no time, and the guess would.
const LEAST: usize = 8;
/// How many windows are looked at for the guess.
const SAMPLE: usize = 4;

/// What is guessed, and where the rows go.
pub struct Guess {
    columns: Columns,
    dialect: Dialect,
    table: Box<dyn FormattedTable>,
    sink: Sink,
}

/// A complete table under its temporary name.
pub struct Ready {
    columns: Columns,
    dialect: Dialect,
    written: Written,
    sink: Sink,
}

impl Guess {
    /// The guess for a table in a file of large inputs; `None` where rows have to wait.
    pub fn of(
        settings: &Settings,
        args: &ConvertArgs,
        plan: &TablePlan,
        discovery: &Discovery,
    ) -> Option<Self> {
        let size = |input: &Input| match input {
            Input::File(_) => Stamp::of(input).map(|stamp| stamp.len()),
            _ => None,
        };
        let sizes = discovery.inputs.iter().map(|found| size(&found.input));
        let bytes: u64 = sizes.sum::<Option<u64>>()?;
        let least = (LEAST * settings.window) as u64;
        if bytes < least || args.per_file || settings.paranoid || !plan.can_be_early() {
            return None;
        }
        let sink = options::sink(&args.output).ok()?;
        if !sink.is_atomic() {
            return None;
        }
        let sample = survey::sample(&settings.run(), &discovery.inputs, SAMPLE * settings.window);
        let dialect = sample.dialect();
        let columns = plan.columns(&sample).ok()?;
        let table = plan.table(columns.clone(), Vec::new()).ok()?;
        Some(Self {
            columns,
            dialect,
            table,
            sink,
        })
    }

    /// Reads and checks the inputs, and writes their rows meanwhile.
    ///
    /// # Errors
    /// An input changed while it was read.
    pub fn read(
        self,
        shared: &Shared,
        settings: &Arc<Settings>,
        discovery: Discovery,
    ) -> Result<(Dataset, Option<Ready>), Error> {
        let Self {
            columns,
            dialect,
            table,
            mut sink,
        } = self;
        let (dataset, written) = match table.begin(Box::new(&mut sink)) {
            // Pass two meets the same failure, and reports it.
            Err(_) => (gather::read(shared, settings, discovery, true, None)?, None),
            Ok(appender) => {
                let spec = &settings.spec;
                let early = EarlyTable::new(&columns, dialect, spec, table.as_ref(), appender);
                let dataset = gather::read(shared, settings, discovery, true, Some(&early))?;
                (dataset, early.end().ok().flatten())
            }
        };
        let ready = written.map(|written| Ready {
            columns,
            dialect,
            written,
            sink,
        });
        Ok((dataset, ready))
    }
}

impl Ready {
    /// Whether it is the table of these rows.
    pub fn is_table_of(&self, survey: &Survey, columns: &Columns) -> bool {
        self.dialect == survey.dialect()
            && self.columns == *columns
            && self.written.rows == survey.rows
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(self) -> std::io::Result<Written> {
        self.sink.finish()?;
        Ok(self.written)
    }
}
