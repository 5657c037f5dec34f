//! Rows and figures that are made while inputs are checked. The columns of rows are guessed from the
//! beginning of the inputs; if the guess was wrong, the table is written again. Figures are collected
//! again if some of the inputs does not count.

use std::io;

use parking_lot::Mutex;

use crate::aggregate::{Aggregate, Collector, Scope};
use crate::error::Error;
use crate::input::spool::Spool;
use crate::model::Dialect;
use crate::pipeline::early::{Early, EarlyTable, EarlyWork, Made};
use crate::pipeline::survey;
use crate::pipeline::written::WrittenRows;
use crate::pipeline::{Run, Surveyed};
use crate::record::{Element, Interner};
use crate::table::{Columns, Filter};
use crate::write::sink::Sink;
use crate::write::{Output, TableFormat, TableOptions};

use super::{Dataset, Inputs, Table};

/// The share of the input that the guess reads, of inputs of a quarter of a window at least: a part of
/// a window to some windows. Smaller inputs are read twice, which is faster than the guess.
const SHARE: u64 = 16;
const PARTS: usize = 16;
const MOST_WINDOWS: usize = 4;

/// The most bytes of inputs whose rows are kept for an output that cannot be undone, and the most bytes
/// of rows that are kept in memory.
const KEPT: usize = 32 * 1024 * 1024;

/// A complete table, which was written while its inputs were checked: under a temporary name, or kept
/// for an output that cannot be undone.
pub struct EarlyFile {
    columns: Columns,
    dialect: Dialect,
    written: WrittenRows,
    sink: Sink,
    /// The bytes for an output that cannot be undone.
    kept: Option<Spool>,
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
    /// columns can be guessed. `open` opens the output. [`Table::take_early`] finishes it.
    ///
    /// # Errors
    /// The errors of [`Inputs::check`].
    pub fn check_early(
        self,
        format: &'static TableFormat,
        options: &TableOptions,
        open: impl FnOnce() -> io::Result<Sink>,
    ) -> Result<(Dataset, Option<EarlyFile>), Error> {
        let run = self.run()?;
        let Some(mut file) = self.guess(&run, format, open) else {
            return Ok((self.read(run, None)?, None));
        };
        let table = (format.table)(file.columns.clone(), options.clone());
        let out: Output<'_> = match &file.kept {
            Some(kept) => Box::new(kept.clone()),
            None => Box::new(&mut file.sink),
        };
        let (dataset, written) = match table.begin(out) {
            Err(_) => (self.read(run, None)?, None),
            Ok(appender) => {
                let spec = run.spec.clone();
                let (columns, table) = (&file.columns, table.as_ref());
                let early = EarlyTable::new(columns, file.dialect, &spec, table, appender);
                let dataset = self.read(run, Some(&early))?;
                (dataset, early.end().ok().flatten())
            }
        };
        Ok((
            dataset,
            written.map(|written| EarlyFile { written, ..file }),
        ))
    }

    /// A table that can be written early: its columns are guessed, and it has no rows yet.
    fn guess(
        &self,
        run: &Run<'static>,
        format: &'static TableFormat,
        open: impl FnOnce() -> io::Result<Sink>,
    ) -> Option<EarlyFile> {
        let bytes = self.size().unwrap_or_default();
        let is_plain = self.spec.can_be_early() && !format.is_workbook && !run.paranoid;
        if !is_plain || self.copies.is_some() || bytes < run.window as u64 / 4 {
            return None;
        }
        // A failure to open is met again, and reported, when the table is written.
        let can_be = |sink: &Sink| sink.is_atomic() || bytes <= KEPT as u64;
        let sink = open().ok().filter(can_be)?;
        let kept = (!sink.is_atomic()).then(|| Spool::new("rows", KEPT));
        let window = run.window.div_ceil(PARTS);
        let share = usize::try_from(bytes / SHARE).unwrap_or(usize::MAX);
        let share = share.clamp(window, MOST_WINDOWS * run.window);
        let by_parts = Run {
            window,
            ..run.clone()
        };
        let sample = survey::sample(&by_parts, &self.found().inputs, share);
        Some(EarlyFile {
            columns: Columns::decide(&sample, &run.spec).ok()?,
            dialect: sample.dialect(),
            written: WrittenRows::default(),
            sink,
            kept,
            format,
        })
    }
}

impl Table<'_> {
    /// Finishes the output of a table that was written during the check. If its columns or rows differ
    /// from this table, nothing appears and `None` is returned.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn take_early(&self, mut early: EarlyFile) -> Result<Option<WrittenRows>, Error> {
        let is_same = self.is_whole()
            && early.dialect == self.survey.dialect()
            && early.columns == *self.columns
            && early.written.rows == self.survey.rows;
        if !is_same {
            return Ok(None);
        }
        self.check_size(early.format)?;
        if let Some(kept) = &early.kept {
            io::copy(&mut kept.reader(0), &mut early.sink)?;
        }
        early.sink.finish()?;
        Ok(Some(early.written))
    }
}

/// The figures of a report or roll-up, collected while the inputs are checked: one aggregate per scope.
#[derive(Debug)]
pub struct EarlyFigures {
    scopes: Vec<Scope>,
    filter: Filter,
    /// The figures by scope, and the number of buckets that were read. `None` if figures are missing.
    collected: Mutex<Option<(Vec<Aggregate>, u64)>>,
}

/// Collects the figures of some elements.
struct ElementFigures<'f> {
    collectors: Vec<Collector<'f>>,
    buckets: u64,
    /// True if each bucket is in a period.
    is_placed: bool,
}

impl EarlyFigures {
    /// No figures yet; `None` if names of ids are needed, which are known after the check.
    pub(super) fn new(scopes: &[Scope], run: &Run<'_>) -> Option<Self> {
        let can_be = !scopes.is_empty() && !run.spec.names.is_asked();
        can_be.then(|| Self {
            scopes: scopes.to_vec(),
            filter: run.spec.filter.clone(),
            collected: Mutex::new(Some((vec![Aggregate::default(); scopes.len()], 0))),
        })
    }

    /// Returns the figures, once. `None` if they are of other scopes, or some of the inputs do not
    /// count.
    pub(super) fn take(&self, scopes: &[Scope], inputs: &[Surveyed]) -> Option<Vec<Aggregate>> {
        let (collected, read) = self.collected.lock().take()?;
        let buckets: u64 = inputs.iter().map(|input| input.buckets).sum();
        let counts =
            self.scopes == scopes && read == buckets && inputs.iter().all(Surveyed::is_whole);
        counts.then_some(collected)
    }
}

impl Early for EarlyFigures {
    fn begin(&self, dialect: Dialect) -> Option<Box<dyn EarlyWork + '_>> {
        let collector = |scope| Collector::new(scope, &self.filter);
        let work = || ElementFigures {
            collectors: self.scopes.iter().map(collector).collect(),
            buckets: 0,
            is_placed: true,
        };
        (dialect == Dialect::Aggregates).then(|| Box::new(work()) as Box<dyn EarlyWork>)
    }

    fn take(&self, made: Vec<Made>) {
        let mut collected = self.collected.lock();
        for made in made {
            let made = made.and_then(|made| made.downcast::<(Vec<Aggregate>, u64)>().ok());
            let (Some((known, buckets)), Some(made)) = (collected.as_mut(), made) else {
                *collected = None;
                return;
            };
            let (aggregates, own) = *made;
            *buckets += own;
            for (known, made) in known.iter_mut().zip(aggregates) {
                known.merge(made);
            }
        }
    }
}

impl EarlyWork for ElementFigures<'_> {
    fn add(&mut self, element: Element<'_>, _: &Interner) {
        if let Element::Container(view) = element {
            self.buckets += view.buckets().len() as u64;
            for collector in &mut self.collectors {
                collector.add(view, |_, _| self.is_placed = false);
            }
        }
    }

    fn finish(self: Box<Self>) -> Made {
        let all = self.collectors.into_iter().map(Collector::finish);
        let figures: (Vec<Aggregate>, u64) = (all.collect(), self.buckets);
        self.is_placed.then(|| Box::new(figures) as _)
    }
}
