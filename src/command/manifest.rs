//! `--manifest`: a description of a run, written when its outputs are complete.

use std::path::{Path, PathBuf};

use crate::cli::options::Shared;
use crate::output::Sink;
use crate::{Dataset, Error, RunManifest, Table};

/// The manifest of a run, if there is to be one.
pub(super) struct ManifestFile {
    target: Option<(PathBuf, Sink)>,
    pub content: RunManifest,
}

impl ManifestFile {
    /// Opens the file before the inputs are read. The outputs must be files.
    ///
    /// # Errors
    /// The file cannot be written, or an output is standard output.
    pub fn open(
        shared: &Shared,
        command: &str,
        path: Option<&PathBuf>,
        outputs: &[PathBuf],
    ) -> Result<Self, Error> {
        if path.is_some() && outputs.iter().any(|it| it == Path::new("-")) {
            return Err(Error::usage("--manifest needs an output file")
                .help("a manifest has the hashes of files: name one with -o"));
        }
        let target = match path {
            None => None,
            Some(path) => Some((path.clone(), Sink::open(path)?)),
        };
        Ok(Self {
            target,
            content: RunManifest::new(command, &shared.words),
        })
    }

    /// Writes the manifest of complete outputs, each with its rows if it is a table.
    ///
    /// # Errors
    /// A file cannot be read again or written.
    pub fn finish<'d>(
        self,
        datasets: impl IntoIterator<Item = &'d Dataset>,
        table: Option<&Table<'_>>,
        outputs: &[(PathBuf, Option<u64>)],
    ) -> Result<(), Error> {
        let Some((_, mut sink)) = self.target else {
            return Ok(());
        };
        let mut content = self.content;
        for dataset in datasets {
            content.inputs(dataset)?;
        }
        if let Some(table) = table {
            content.columns(table);
        }
        for (path, rows) in outputs {
            content.output(path, *rows)?;
        }
        content.write(&mut sink)?;
        Ok(sink.finish()?)
    }
}
