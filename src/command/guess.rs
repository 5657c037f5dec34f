//! A table whose columns are guessed from the beginning of its inputs, so that its rows can be
//! written while these are checked. If the guess was wrong, the table is written anew.

use crate::cli::args::ConvertArgs;
use crate::cli::options::{self, Shared};
use crate::error::Error;
use crate::input::discover::{Discovery, Input};
use crate::input::stamp::Stamp;
use crate::model::Dialect;
use crate::pipeline::early::EarlyTable;
use crate::pipeline::written::Written;
use crate::pipeline::{Run, survey};
use crate::table::{Columns, Survey};
use crate::write::Table;
use crate::write::sink::Sink;

use super::gather::{self, Gathered};
use super::table_plan::TablePlan;

/// Inputs of fewer windows are read twice: it takes no time, and the guess would.
const LEAST: usize = 8;
/// How many windows are looked at for the guess.
const SAMPLE: usize = 4;

/// What is guessed, and where the rows go.
pub struct Guess {
    columns: Columns,
    dialect: Dialect,
    table: Box<dyn Table>,
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
        run: &Run<'_>,
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
        let least = (LEAST * run.window) as u64;
        if bytes < least || args.per_file || run.paranoid || !plan.can_be_early() {
            return None;
        }
        let sink = options::sink(&args.output).ok()?;
        if !sink.is_atomic() {
            return None;
        }
        let sample = survey::sample(run, &discovery.inputs, SAMPLE * run.window);
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
    pub fn gather(
        self,
        shared: &Shared,
        run: &Run<'_>,
        discovery: Discovery,
    ) -> Result<(Gathered, Option<Ready>), Error> {
        let Self {
            columns,
            dialect,
            table,
            mut sink,
        } = self;
        let (gathered, written) = match table.begin(Box::new(&mut sink)) {
            // Pass two meets the same failure, and reports it.
            Err(_) => (gather::gather(shared, run, discovery, true)?, None),
            Ok(appender) => {
                let shaping = run.shaping;
                let early = EarlyTable::new(&columns, dialect, shaping, table.as_ref(), appender);
                let run = Run {
                    early: Some(&early),
                    ..*run
                };
                let gathered = gather::gather(shared, &run, discovery, true)?;
                (gathered, early.end().ok().flatten())
            }
        };
        let ready = written.map(|written| Ready {
            columns,
            dialect,
            written,
            sink,
        });
        Ok((gathered, ready))
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
