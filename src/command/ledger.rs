//! `--rejects`: the parts that were left out, in a file that takes its place before the output.

use std::io::Write as _;
use std::path::Path;

use crate::output::Sink;
use crate::{Dataset, Error};

/// The rejects of a run, which take their place before the first output does.
#[derive(Debug, Default)]
pub(super) struct Ledger(Option<Sink>);

impl Ledger {
    /// Writes the parts that were left out to a file that was named, which is not yet in its
    /// place: [`Ledger::finish`] puts it there.
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

    /// Puts the file in its place.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        match self.0.take() {
            None => Ok(()),
            Some(sink) => Ok(sink.finish()?),
        }
    }
}
