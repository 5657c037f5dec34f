//! The findings of a dataset: one by one, counted, and written in a format.

use std::io::{self, Write};

use crate::diagnostic::Located;
use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::finding::Finding;
use crate::diagnostic::render::{self, FindingFormat, FindingRenderer};
use crate::diagnostic::store::FindingStore;
use crate::error::Error;
use crate::pipeline::{locate, located};

use super::baseline::Baselines;
use super::{Dataset, no_format};

/// Writes findings in one format.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// use gcagg::{FindingFormat, FindingWriter};
///
/// let checked = gcagg::Inputs::new().path("samples/bad/S001-wrong-type.json").validate()?;
/// let (mut lines, mut page) = (Vec::new(), Vec::new());
/// let mut writers = [
///     FindingWriter::new(FindingFormat::Ndjson, 0, "lines", &mut lines),
///     FindingWriter::new(FindingFormat::Markdown, 10, "page", &mut page),
/// ];
/// checked.write_all_findings(&mut writers, None)?;
/// drop(writers);
/// assert!(String::from_utf8_lossy(&lines).contains("S001"));
/// # Ok(())
/// # }
/// ```
pub struct FindingWriter<'w> {
    format: FindingFormat,
    renderer: Box<dyn FindingRenderer>,
    /// The name of the output in a sentence.
    what: String,
    out: Box<dyn Write + Send + 'w>,
}

impl std::fmt::Debug for FindingWriter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("FindingWriter").field(&self.what).finish()
    }
}

impl<'w> FindingWriter<'w> {
    /// A writer to `out`, which errors call `what`. Formats that show findings by cause show
    /// `max_shown` causes, or all of them where it is 0.
    pub fn new(
        format: FindingFormat,
        max_shown: usize,
        what: impl Into<String>,
        out: impl Write + Send + 'w,
    ) -> Self {
        Self {
            format,
            renderer: format.renderer(max_shown),
            what: what.into(),
            out: Box::new(out),
        }
    }

    /// Text has errors only. The formats for programs have all findings.
    #[must_use]
    pub fn errors_only(mut self) -> Self {
        self.renderer.errors_only();
        self
    }

    fn write(
        &mut self,
        write: impl FnOnce(&mut dyn FindingRenderer, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        write(&mut *self.renderer, &mut self.out)
            .map_err(|error| Error::writing(&self.what, &error))
    }
}

impl Dataset {
    /// Calls `visit` with the findings, input after input, in the order of the text.
    ///
    /// # Errors
    /// An input has changed since it was checked.
    pub fn each_finding(&self, visit: &mut (dyn FnMut(Finding) + Send)) -> Result<(), Error> {
        self.each_located(false, &mut |located| {
            if self.shows(located) {
                visit(Finding::new(located));
            }
            Ok(())
        })
    }

    /// The findings.
    ///
    /// # Errors
    /// The errors of [`Dataset::each_finding`].
    pub fn findings(&self) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        self.each_finding(&mut |finding| findings.push(finding))?;
        Ok(findings)
    }

    fn shows(&self, located: &Located) -> bool {
        let found = &located.diagnostic;
        self.run.levels.shows(found.code, found.severity)
    }

    /// Calls `visit` with the findings and their places. With `excerpts`, the first finding of each
    /// cause has an excerpt.
    fn each_located(
        &self,
        excerpts: bool,
        visit: &mut (dyn FnMut(&Located) -> Result<(), Error> + Send),
    ) -> Result<(), Error> {
        self.missing.iter().try_for_each(&mut *visit)?;
        located::each(&self.inputs, excerpts, &mut |located| visit(&located))?;
        self.about.iter().try_for_each(visit)
    }

    /// A summary of the findings: their numbers, and groups by cause.
    ///
    /// # Errors
    /// The errors of [`Dataset::each_finding`].
    pub fn summary(&self) -> Result<&FindingSummary, Error> {
        if let Some(summary) = self.summary.get() {
            return Ok(summary);
        }
        let mut summary = FindingSummary::new(true, &self.run.levels);
        self.each_located(true, &mut |located| {
            summary.push(located);
            Ok(())
        })?;
        self.count_omitted(&mut summary);
        summary.coverage = self.coverage();
        Ok(self.summary.get_or_init(|| summary))
    }

    /// Counts the findings that were not kept.
    fn count_omitted(&self, summary: &mut FindingSummary) {
        for input in &self.inputs {
            summary.count_omitted(&input.findings.in_order);
        }
    }

    /// The number of findings that were counted and not kept.
    pub fn omitted(&self) -> usize {
        let stores = self.inputs.iter().map(|input| &input.findings.in_order);
        let counts = stores.flat_map(FindingStore::causes).map(|it| it.findings);
        counts.map(|count| count.all - count.kept).sum()
    }

    /// Writes the findings in a format that `validate --format` knows: `text`, `json`, `ndjson`,
    /// `sarif`, `junit`, `github`, `gitlab` or `markdown`. The findings of a baseline are not written.
    ///
    /// # Errors
    /// No such format, an input that has changed, or a failure of `out`.
    pub fn write_findings(
        &self,
        format: &str,
        baselines: Option<&mut Baselines>,
        out: &mut (dyn Write + Send),
    ) -> Result<(), Error> {
        let Some(format) = FindingFormat::named(format) else {
            let names = render::FINDING_FORMATS.iter().map(|it| it.name);
            return Err(no_format(format, names));
        };
        let mut writer = FindingWriter::new(format, 0, "the findings", out);
        self.write_all_findings(std::slice::from_mut(&mut writer), baselines)?;
        Ok(())
    }

    /// Writes the findings with several writers, in one pass over the inputs. The findings of a
    /// baseline are counted and not written. Findings of the baseline that no longer occur are
    /// reported. Returns a summary of the written findings.
    ///
    /// # Errors
    /// An input that has changed, or a failure of an output.
    pub fn write_all_findings(
        &self,
        writers: &mut [FindingWriter<'_>],
        mut baselines: Option<&mut Baselines>,
    ) -> Result<FindingSummary, Error> {
        let by_cause = writers.iter().any(|writer| writer.format.is_by_cause());
        let mut summary = FindingSummary::new(by_cause, &self.run.levels);
        summary.coverage = self.coverage();
        let mut add = |located: &Located| {
            summary.push(located);
            let coverage = &summary.coverage;
            let mut writers = writers.iter_mut();
            writers
                .try_for_each(|writer| writer.write(|form, out| form.add(located, coverage, out)))
        };
        self.missing.iter().try_for_each(&mut add)?;
        if let Some(baselines) = &mut baselines {
            baselines.begin();
        }
        located::each(&self.inputs, by_cause, &mut |located| {
            let mut hides = || baselines.as_mut().is_some_and(|it| it.hides(&located));
            let is_shown = self.shows(&located) && !hides();
            match is_shown {
                true => add(&located),
                false => Ok(()),
            }
        })?;
        let finished = baselines.map(|baselines| baselines.finish(self));
        let (hidden, gone) = finished.unwrap_or_default();
        let about = self.about.iter().chain(&gone);
        about.filter(|it| self.shows(it)).try_for_each(add)?;
        self.count_omitted(&mut summary);
        summary.coverage.known = hidden;
        summary.coverage.seconds = self.coverage().seconds;
        if hidden > 0 {
            locate::excerpts(&self.inputs, summary.bare());
        }
        for writer in writers {
            writer.write(|form, out| {
                form.finish(&summary, out)?;
                out.flush()
            })?;
        }
        Ok(summary)
    }
}
