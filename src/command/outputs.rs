//! Where `validate` writes: one report or several, each whole or not at all.

use std::io::{self, BufWriter, Stderr, Write};
use std::path::{Path, PathBuf};

use crate::cli::args::{ReportTo, ValidateArgs};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::diagnostic::Located;
use crate::diagnostic::collect::Collection;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::render::{Form, Format, Style};
use crate::diagnostic::store::MOST;
use crate::error::Error;
use crate::write::sink::Sink;

use super::distinct::Distinct;
use super::{gather, repair};

/// The outputs of a run, open for writing before the work begins: a wrong path is reported at once.
pub struct Outputs(Vec<Output>);

struct Output {
    format: Format,
    form: Box<dyn Form>,
    path: PathBuf,
    place: ReportTarget,
}

enum ReportTarget {
    Sink(Box<Sink>),
    /// Standard error, where standard output is taken.
    Beside(BufWriter<Stderr>),
}

impl Output {
    /// Writes with the form.
    fn write(
        &mut self,
        write: impl FnOnce(&mut dyn Form, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        match &mut self.place {
            ReportTarget::Sink(sink) => write(&mut *self.form, sink)
                .map_err(|error| Error::writing(&options::shown(&self.path), &error)),
            // Where standard error is closed there is nobody to inform.
            ReportTarget::Beside(stderr) => {
                let _ = write(&mut *self.form, stderr);
                Ok(())
            }
        }
    }
}

impl Outputs {
    /// Opens what was asked for: `--format` to `--output`, and each `--report`. Where only
    /// `--report` is given, only these are written. With `--fix` the output is that of the
    /// repairs, and where they take standard output the reports give way. Forms that show findings
    /// by cause show `max_shown` causes, or all of them where it is 0.
    ///
    /// # Errors
    /// Two reports to one place, an output that is an input, one that cannot be written.
    pub fn open(
        shared: &Shared,
        args: &ValidateArgs,
        inputs: &[PathBuf],
        max_shown: usize,
    ) -> Result<Self, Error> {
        let mut wanted = Vec::new();
        let own = args.output.as_ref().filter(|_| !args.fixing.fix);
        let named = match own {
            Some(path) => output::format(path, "validate", &Format::by_extension())?,
            None => None,
        };
        if args.format.is_some() || own.is_some() || args.reports.is_empty() {
            wanted.push(ReportTo {
                format: args
                    .format
                    .or(named)
                    .unwrap_or(Format::Text(Style::Narrated)),
                path: own.cloned().unwrap_or_else(|| PathBuf::from("-")),
            });
        }
        let beside = repair::takes_stdout(args);
        wanted.extend(args.reports.iter().cloned());
        let copy = args.output.as_deref().filter(|_| args.fixing.fix);
        let mut distinct = Distinct::default();
        let others = args.known.write_baseline.as_deref().into_iter();
        for path in others.chain(copy.filter(|copy| *copy != Path::new("-"))) {
            distinct.add(path)?;
        }
        for report in &wanted {
            gather::refuse_overwrite(&report.path, inputs)?;
            distinct.add(&report.path)?;
        }
        let outputs = wanted.into_iter().map(|report| {
            let format = format(shared, &report, beside);
            Ok(Output {
                format,
                form: format.form(max_shown),
                place: match beside && report.path == Path::new("-") {
                    true => ReportTarget::Beside(BufWriter::new(io::stderr())),
                    false => ReportTarget::Sink(Box::new(options::styled_sink(&report.path)?)),
                },
                path: report.path,
            })
        });
        outputs.collect::<Result<_, Error>>().map(Self)
    }

    /// How many findings the reports can show beyond the first of each cause.
    pub fn room(&self) -> usize {
        let text = |output: &Output| matches!(output.format, Format::Text(_));
        match self.0.iter().all(text) {
            true => 0,
            false => MOST,
        }
    }

    /// Whether a report shows findings by cause.
    pub fn is_by_cause(&self) -> bool {
        self.0.iter().any(|output| output.format.is_by_cause())
    }

    /// Adds a finding to all of them.
    ///
    /// # Errors
    /// One cannot be written.
    pub fn add(&mut self, located: &Located, coverage: &Coverage) -> Result<(), Error> {
        for output in &mut self.0 {
            output.write(|form, out| form.add(located, coverage, out))?;
        }
        Ok(())
    }

    /// Ends them all; a file appears only when every report was made.
    ///
    /// # Errors
    /// One cannot be written.
    pub fn finish(self, collection: &Collection) -> Result<(), Error> {
        let mut outputs = self.0;
        for output in &mut outputs {
            output.write(|form, out| {
                form.finish(collection, out)?;
                out.flush()
            })?;
        }
        for Output { path, place, .. } in outputs {
            if let ReportTarget::Sink(sink) = place {
                sink.finish()
                    .map_err(|error| Error::writing(&options::shown(&path), &error))?;
            }
        }
        Ok(())
    }
}

fn format(shared: &Shared, report: &ReportTo, beside: bool) -> Format {
    match report.format {
        Format::Text(_) if report.path != Path::new("-") => Format::Text(Style::Narrated),
        Format::Text(_) if beside => Format::Text(shared.stderr_style()),
        Format::Text(_) => Format::Text(shared.stdout_style()),
        other => other,
    }
}
