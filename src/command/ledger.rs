//! `--rejects`: the skipped parts, in a file that is completed before the output.

use std::io::Write as _;
use std::path::Path;

use crate::output::Sink;
use crate::{Dataset, Error};

/// The file of the skipped parts of a run. It gets its name before the first output does.
#[derive(Debug, Default)]
pub(super) struct Ledger(Option<Sink>);

impl Ledger {
    /// Writes the skipped parts to a temporary file. [`Ledger::finish`] gives it its name.
    pub(super) fn write<'d>(
        path: Option<&Path>,
        datasets: impl IntoIterator<Item = &'d Dataset>,
    ) -> Result<Self, Error> {
        let Some(path) = path else {
            return Ok(Self(None));
        };
        let mut sink = Sink::open(path)?;
        for dataset in datasets {
            dataset.rejects(&mut sink)?;
        }
        // What cannot be written is known before the output is.
        sink.flush()?;
        Ok(Self(Some(sink)))
    }

    /// Gives the file its name.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        match self.0.take() {
            None => Ok(()),
            Some(sink) => Ok(sink.finish()?),
        }
    }
}
