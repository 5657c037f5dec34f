//! The outputs of `validate`: one report or several, each written atomically.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::cli::args::ValidateArgs;
use crate::cli::options::Shared;
use crate::cli::output;
use crate::output::{OutputFiles, Sink, Target};
use crate::{Error, FindingFormat, FindingWriter, Inputs, TextStyle};

use super::{gather, repair};

/// The outputs of a run. They are opened before the inputs are read, so that a wrong path is reported
/// at once.
pub struct Outputs {
    /// The format, the path, and the file; no file is standard error, if standard output has the repaired
    /// copy.
    outputs: Vec<(FindingFormat, PathBuf, Option<Sink>)>,
    max_shown: usize,
    errors_only: bool,
}

/// Standard error. Errors of writing to it are ignored.
struct QuietStderr(BufWriter<io::Stderr>);

impl Write for QuietStderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}

impl Outputs {
    /// Opens the outputs: `--format` to `--output`, and each `--report`. If only `--report` is given,
    /// only the reports are written. With `--fix`, `--output` is the repaired copy; if the copy goes
    /// to standard output, reports for standard output go to standard error. Formats that show
    /// findings by cause show `max_shown` causes, or all if it is 0.
    pub fn open(
        shared: &Shared,
        args: &ValidateArgs,
        inputs: &Inputs,
        max_shown: usize,
    ) -> Result<Self, Error> {
        let mut wanted = Vec::new();
        let own = args.output.as_ref().filter(|_| !args.fix);
        let named = match own {
            Some(path) => {
                let known = FindingFormat::by_extension();
                output::format(path, "validate", &known, args.format.is_some())?
            }
            None => None,
        };
        if args.format.is_some() || own.is_some() || args.reports.is_empty() {
            let format = args.format.or(named);
            let format = format.unwrap_or(FindingFormat::Text(TextStyle::Narrated));
            wanted.push((format, own.cloned().unwrap_or_else(|| "-".into())));
        }
        let beside = repair::takes_stdout(args);
        wanted.extend(args.reports.iter().cloned());
        if max_shown > 0 && !wanted.iter().any(|(format, _)| format.is_by_cause()) {
            let needs = "has no effect: only text and Markdown show causes";
            let help = "remove it, or write text or Markdown too: --report text=FILE";
            shared.refuse_typed(["max-shown"], needs, help)?;
        }
        let copy = args.output.as_deref().filter(|_| args.fix);
        let read = gather::files(shared, (inputs, &args.inputs), &[])?;
        let mut files = OutputFiles::beside(read);
        args.schema.iter().for_each(|path| files.read(path));
        if let Some(path) = &args.write_baseline {
            files.add(path)?;
        }
        // A new baseline may take the place of the old one.
        args.baseline.iter().for_each(|path| files.read(path));
        if let Some(path) = copy.filter(|copy| *copy != Path::new("-")) {
            files.check(path).map_err(repair::to_another_file)?;
            files.add(path)?;
        }
        wanted.iter().try_for_each(|(_, path)| files.add(path))?;
        let outputs = wanted.into_iter().map(|(format, path)| {
            let is_stdout = path == Path::new("-");
            let format = match format {
                FindingFormat::Text(_) if !is_stdout => FindingFormat::Text(TextStyle::Narrated),
                FindingFormat::Text(_) if beside => FindingFormat::Text(shared.stderr_style()),
                FindingFormat::Text(_) => FindingFormat::Text(shared.stdout_style()),
                other => other,
            };
            let sink = match beside && is_stdout {
                true => None,
                false => Some(Sink::open_styled(&path)?),
            };
            Ok((format, path, sink))
        });
        Ok(Self {
            outputs: outputs.collect::<Result<_, Error>>()?,
            max_shown,
            errors_only: shared.quiet,
        })
    }

    /// Returns true if a report lists findings beyond the first of each cause.
    pub fn list_findings(&self) -> bool {
        let mut formats = self.outputs.iter().map(|(format, ..)| format);
        !formats.all(|it| matches!(it, FindingFormat::Text(_)))
    }

    /// A writer to each output.
    pub fn writers(&mut self) -> Vec<FindingWriter<'_>> {
        let max_shown = self.max_shown;
        let outputs = self.outputs.iter_mut();
        let writers = outputs.map(|(format, path, sink)| {
            let name = Target::of(path).to_string();
            let writer = match sink {
                Some(sink) => FindingWriter::new(*format, max_shown, name, sink),
                None => {
                    let stderr = QuietStderr(BufWriter::new(io::stderr()));
                    FindingWriter::new(*format, max_shown, name, stderr)
                }
            };
            match self.errors_only {
                true => writer.errors_only(),
                false => writer,
            }
        });
        writers.collect()
    }

    /// Completes the outputs. The files get their names after every report was written.
    pub fn finish(self) -> Result<(), Error> {
        let mut sinks = self.outputs.into_iter().filter_map(|(.., sink)| sink);
        Ok(sinks.try_for_each(Sink::finish)?)
    }
}
