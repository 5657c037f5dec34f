//! `--manifest`: a description of a run, written when its outputs are complete.

use std::path::{Path, PathBuf};

use crate::cli::args::DataArgs;
use crate::cli::options::Shared;
use crate::output::Sink;
use crate::{Dataset, Error, RunManifest, Table, WrittenRows, printable};

/// A complete file, with its rows if it is a table.
pub(super) type CompleteFile = (PathBuf, Option<u64>);

/// Adds the rows and columns that a table of a dataset lacks.
pub(super) fn add_left_out(content: &mut RunManifest, dataset: &Dataset, written: WrittenRows) {
    content.left_out("rows", written.beyond, "--limit");
    for warning in dataset.table_warnings() {
        // A line of help is about the warning before it.
        if !warning.starts_with("  help:") {
            content.left_out("columns", 1, &warning);
        }
    }
}

/// The manifest of a run, if there is to be one.
pub(super) struct ManifestFile {
    target: Option<Sink>,
    /// The file of the rejected parts.
    rejects: Option<PathBuf>,
    pub content: RunManifest,
}

impl ManifestFile {
    /// Opens the file before the inputs are read. The outputs must be files, and the names of all files
    /// text. `read` are the files that the run reads.
    pub fn open(
        shared: &Shared,
        command: &str,
        args: &DataArgs,
        (read, outputs): (&[PathBuf], &[PathBuf]),
    ) -> Result<Self, Error> {
        let mut content = RunManifest::new(command, &shared.words);
        if args.manifest.is_some() {
            if outputs.iter().any(|it| it == Path::new("-")) {
                return Err(Error::usage("--manifest needs an output file")
                    .help("a manifest has the hashes of files: name one with -o"));
            }
            let mut files = read.iter().chain(outputs).chain(&args.rejects);
            if let Some(odd) = files.find(|it| it.to_str().is_none()) {
                let name = printable(&odd.to_string_lossy());
                return Err(Error::usage(format!(
                    "--manifest: the name of {name} is not UTF-8, and a manifest is JSON"
                ))
                .help("rename the file, or leave out --manifest"));
            }
            content.levels(&shared.file_levels()?);
        }
        Ok(Self {
            target: args
                .manifest
                .as_ref()
                .map(|path| Sink::open(path))
                .transpose()?,
            rejects: args.rejects.clone(),
            content,
        })
    }

    /// Returns true if there is to be one.
    pub fn is_wanted(&self) -> bool {
        self.target.is_some()
    }

    /// Writes the manifest of complete outputs. Several tables are in the order of their outputs.
    pub fn finish<'d>(
        self,
        datasets: impl IntoIterator<Item = &'d Dataset>,
        tables: &[&Table<'_>],
        outputs: &[CompleteFile],
    ) -> Result<(), Error> {
        let Some(mut sink) = self.target else {
            return Ok(());
        };
        let mut content = self.content;
        // A pipe cannot be read again.
        let is_file = |path: &PathBuf| path != Path::new("-") && path.is_file();
        if let Some(rejects) = self.rejects.filter(is_file) {
            content.rejects(&rejects)?;
        }
        complete(&mut content, datasets, tables, outputs)?;
        content.write(&mut sink)?;
        Ok(sink.finish()?)
    }
}

/// Adds the inputs, columns and outputs of a run. Several tables are in the order of their outputs.
pub(super) fn complete<'d>(
    content: &mut RunManifest,
    datasets: impl IntoIterator<Item = &'d Dataset>,
    tables: &[&Table<'_>],
    outputs: &[CompleteFile],
) -> Result<(), Error> {
    for dataset in datasets {
        content.inputs(dataset)?;
    }
    if let [table] = tables {
        content.columns(table);
    }
    for (at, (path, rows)) in outputs.iter().enumerate() {
        let own = tables.get(at).filter(|_| tables.len() > 1);
        content.output(path, *rows, own.copied())?;
    }
    Ok(())
}
