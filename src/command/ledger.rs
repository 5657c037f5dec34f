//! `--rejects`: the parts that were left out, in a file that takes its place before the output.

use std::io::Write as _;
use std::path::Path;

use crate::cli::options;
use crate::error::Error;
use crate::pipeline::rejects;
use crate::write::sink::Sink;

use crate::facade::Dataset;

/// The rejects of a run, which take their place before the first output does.
#[derive(Default)]
pub(super) struct Ledger<'p>(Option<(Sink, &'p Path)>);

impl<'p> Ledger<'p> {
    /// Writes the parts that were left out to a file that was named, which is not yet in its
    /// place: [`Ledger::finish`] puts it there.
    pub(super) fn write(path: Option<&'p Path>, datasets: &[Dataset]) -> Result<Self, Error> {
        let Some(path) = path else {
            return Ok(Self(None));
        };
        let what = options::shown(path);
        let mut sink = options::sink(path)?;
        for dataset in datasets {
            rejects::write(&dataset.inputs, &dataset.about, &what, &mut sink)?;
        }
        // What cannot be written is known before the output is.
        sink.flush()
            .map_err(|error| Error::writing(&what, &error))?;
        Ok(Self(Some((sink, path))))
    }

    /// Puts the file in its place.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        match self.0.take() {
            None => Ok(()),
            Some((sink, path)) => sink
                .finish()
                .map_err(|error| Error::writing(&options::shown(path), &error)),
        }
    }
}
