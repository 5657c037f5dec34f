//! A report of checked inputs: its settings, its figures, and its notes about the inputs.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::check::days::LocalDays;
use crate::check::missing_days;
use crate::check::repeats::Repeats;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::json::text::printable;
use crate::model::period::Period;
use crate::model::zone;
use crate::pipeline::Surveyed;
use crate::report::Report;
use crate::report::format::{REPORT_FORMATS, ReportFormat};
use crate::report::model::Model;
use crate::report::model::about::{About, Finding, Source};
use crate::report::model::earlier::{Alignment, Earlier};
use crate::report::model::wanted::Wanted;
use crate::report::text::Look;
use crate::table::entity_names::Attribute;

use super::{Dataset, dimensions, no_format};

/// Rows, order and time zone of a report.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// let checked = gcagg::Inputs::new().path("samples/queue-day.json").check()?;
/// let page = gcagg::Page::new().by(["mediaType"]).timezone("Europe/Berlin")?;
/// let mut markdown = Vec::new();
/// checked.report(&page, "markdown", None, &mut markdown)?;
/// assert!(String::from_utf8_lossy(&markdown).contains("Offered"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Page {
    by: Option<Vec<String>>,
    top: Option<usize>,
    sort: Option<String>,
    title: Option<String>,
    every: Option<Period>,
    zone: Tz,
    detail: bool,
    /// True if counters that a bucket lacks stay absent.
    keeps_absent: bool,
}

impl Page {
    /// A row per group, the greatest volume first, in UTC.
    pub fn new() -> Self {
        Self::default()
    }

    /// A table for each of these dimensions, with one row per value; several dimensions of one table
    /// have a `+` between them: `queueId+mediaType`.
    #[must_use]
    pub fn by<S: Into<String>>(mut self, dimensions: impl IntoIterator<Item = S>) -> Self {
        let names = dimensions.into_iter().map(Into::into);
        let names = names.map(|name: String| name.trim().to_owned());
        self.by = Some(names.filter(|name| !name.is_empty()).collect());
        self
    }

    /// Shows this many rows, and the others as one row.
    #[must_use]
    pub fn top(mut self, rows: usize) -> Self {
        self.top = Some(rows);
        self
    }

    /// Sorts rows by this figure, the greatest first, or by `name`.
    #[must_use]
    pub fn sort(mut self, figure: impl Into<String>) -> Self {
        self.sort = Some(figure.into());
        self
    }

    /// The title, in place of "Report".
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The period of charts and of rows over time, such as `1h`.
    ///
    /// # Errors
    /// An invalid period, or one whose boundaries are not fixed.
    pub fn every(mut self, period: &str) -> Result<Self, Error> {
        self.every = Some(super::rollup::every(period)?);
        Ok(self)
    }

    /// The time zone of the report: an IANA name.
    ///
    /// # Errors
    /// No such time zone.
    pub fn timezone(mut self, name: &str) -> Result<Self, Error> {
        self.zone = zone::named(name)?;
        Ok(self)
    }

    /// Shows counters that a bucket lacks as unknown, even if their metrics apply.
    #[must_use]
    pub fn keep_absent(mut self) -> Self {
        self.keeps_absent = true;
        self
    }

    /// Prints every metric of every group instead, in text and Markdown.
    #[must_use]
    pub fn detail(mut self) -> Self {
        self.detail = true;
        self
    }

    /// Refuses [`Page::detail`] in a format that does not support it.
    ///
    /// # Errors
    /// A usage error.
    pub fn check(&self, format: &ReportFormat) -> Result<(), Error> {
        match self.detail && format.detail.is_none() {
            false => Ok(()),
            true => Err(Error::usage("--detail is for text and Markdown")
                .help("remove it: the other formats have every group")),
        }
    }
}

impl Dataset {
    /// Writes a report in a format that `report --format` knows: `text`, `markdown`, `html`, `xlsx`,
    /// `csv` or `json`. `before` are inputs to compare with.
    ///
    /// # Errors
    /// There are errors among the findings, no such format or figure, an input has changed, or
    /// `out` fails.
    pub fn report(
        &self,
        page: &Page,
        format: &str,
        before: Option<&Self>,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        let Some(format) = ReportFormat::named(format) else {
            let names = REPORT_FORMATS.iter().map(|format| format.name);
            return Err(no_format(format, names));
        };
        let mut look = Look::default();
        if page.detail {
            look.width = usize::MAX;
        }
        self.report_as(page, format, look, before, out)
    }

    /// Writes a report for a terminal of this width, with or without colors.
    ///
    /// # Errors
    /// The errors of [`Dataset::report`].
    pub fn report_as(
        &self,
        page: &Page,
        format: &ReportFormat,
        look: Look,
        before: Option<&Self>,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        self.reports(page, before, vec![(format, look, out)])?;
        Ok(())
    }

    /// Reads the inputs once, and writes several reports, each in its format. Returns the notes that a
    /// format had no place for.
    ///
    /// # Errors
    /// The errors of [`Dataset::report`].
    pub fn reports(
        &self,
        page: &Page,
        before: Option<&Self>,
        outputs: Vec<(&ReportFormat, Look, &mut dyn Write)>,
    ) -> Result<Vec<String>, Error> {
        outputs
            .iter()
            .try_for_each(|(format, ..)| page.check(format))?;
        let typed = page.by.as_deref().unwrap_or_default();
        let sets = typed.iter().map(|set| set.split('+').map(str::trim));
        let (by, attributes) = self.grouping(page)?;
        let mut names = by.into_iter();
        let sets = sets.map(|set| names.by_ref().take(set.count()).collect());
        let mut sets: Vec<Vec<String>> = sets.collect();
        if sets.is_empty() {
            sets.push(Vec::new());
        }
        let has_trends = outputs.iter().any(|(format, ..)| format.has_trends);
        let report = self.figures(page, &attributes, None, has_trends)?;
        let mut about = self.about(page, before)?;
        let earlier = match before {
            Some(before) => {
                about.add_compared(before, before.is_of(&self.files()))?;
                Some(self.earlier(page, &attributes, &report, before)?)
            }
            None => None,
        };
        let wanted = Wanted {
            by: page.by.as_ref().map(|_| sets),
            top: page.top,
            sort: page.sort.clone(),
            zone: page.zone,
            names: self.run.spec.names.clone(),
            now: self.spec.run_time(),
            every: page.every,
            title: page.title.clone(),
            points: REPORT_FORMATS[0].points,
        };
        let mut model = Model::build(report, earlier, wanted, about)?;
        let mut notes = Vec::new();
        for (format, look, out) in outputs {
            if !format.has_notes {
                notes.clone_from(&model.notes);
                let tables = model.tables().count();
                notes.extend((tables > 1).then(|| {
                    format!("The file has one of {tables} tables; -o report.xlsx and -o report.json have all.")
                }));
            }
            model.resample(format.points);
            match format.detail.filter(|_| page.detail) {
                Some(write) => write(&model.report, look, out),
                None => (format.write)(&model, look, out),
            }
            .map_err(|error| Error::writing("the report", &error))?;
        }
        Ok(notes)
    }

    /// Checks the names of dimensions that a page has.
    ///
    /// # Errors
    /// No group has one of them.
    pub(crate) fn check_names(&self, page: &Page) -> Result<(), Error> {
        self.grouping(page).map(drop)
    }

    fn grouping(&self, page: &Page) -> Result<(Vec<String>, Vec<Attribute>), Error> {
        let typed = page.by.iter().flatten();
        let names = typed.flat_map(|set| set.split('+').map(str::trim));
        let names: Vec<String> = names.map(str::to_owned).collect();
        dimensions::grouping(&names, &self.run.spec.names, &self.inputs, true)
    }

    /// The figures of all days, or of some.
    fn figures(
        &self,
        page: &Page,
        attributes: &[Attribute],
        days: Option<BTreeSet<NaiveDate>>,
        has_trends: bool,
    ) -> Result<Report, Error> {
        self.refuse_errors()?;
        self.refuse_uncountable()?;
        let keeps_absent = page.keeps_absent || !self.run.spec.zeros.in_figures;
        let mut run = self.sums();
        run.spec.filter.days = days.map(|days| (page.zone, Arc::new(days)));
        let zone = has_trends.then_some(page.zone);
        super::report::report(&run, self, keeps_absent, attributes, zone)
    }

    /// The figures of earlier inputs. Where a period has days that the other lacks, changes are those
    /// of the common days.
    fn earlier(
        &self,
        page: &Page,
        attributes: &[Attribute],
        own: &Report,
        before: &Self,
    ) -> Result<Earlier, Error> {
        let mut report = before.figures(page, attributes, None, false)?;
        let alignment = Alignment::of(own, &report, page.zone);
        let mut base = None;
        if let Some(alignment) = alignment.as_ref().filter(|it| !it.is_whole) {
            let common =
                before.figures(page, attributes, Some(alignment.common_before()), false)?;
            for (query, common) in report.queries.iter_mut().zip(common.queries) {
                query.groups = common.groups;
            }
            base = Some(self.figures(page, attributes, Some(alignment.common.clone()), false)?);
        }
        Ok(Earlier {
            report,
            base,
            zone: page.zone,
            alignment,
        })
    }

    /// The findings that a report names.
    fn reported_findings(&self) -> Result<Vec<Finding>, Error> {
        // A group without a dimension of another query is a part of its own: nobody has to know.
        let is_asked = self.run.levels.change(Code::MissingDimension).is_some();
        let mut groups = self.summary()?.groups();
        groups.retain(|it| is_asked || it.first.diagnostic.code != Code::MissingDimension);
        let findings = groups.into_iter().map(|group| {
            let located = std::iter::once(group.first).chain(group.others);
            let places = located.map(|located| match &located.place {
                Some(place) => format!("{}:{}:{}", located.file, place.line, place.column),
                None => located.file.to_string(),
            });
            let first = &group.first.diagnostic;
            Finding {
                severity: first.severity,
                code: first.code.id(),
                name: first.code.name(),
                message: first.message.clone(),
                help: first.help.as_ref().map(ToString::to_string),
                count: group.count,
                places: places.map(|place| printable(&place)).collect(),
            }
        });
        Ok(findings.collect())
    }

    /// The sources, findings and filters that a report names.
    fn about(&self, page: &Page, before: Option<&Self>) -> Result<About, Error> {
        let filter = &self.run.spec.filter;
        let mut all = self.days.clone();
        all.merge(before.map(|it| it.days.clone()).unwrap_or_default());
        let asked = filter.period();
        let mut days = LocalDays::new(filter.zone);
        let period = missing_days::period(&mut days, asked);
        let has_ends = asked.0.is_some() && asked.1.is_some();
        let mut missing_beside = self.days.missing(&all, period);
        let reported = self.days.missing(&self.days, period);
        let reported: BTreeSet<NaiveDate> = reported.into_iter().collect();
        missing_beside.retain(|day| !reported.contains(day));
        let is_shown = self.run.levels.is_on(Code::Gap);
        Ok(About {
            gaps: self.gaps.iter().filter(|_| is_shown).cloned().collect(),
            missing_last: match asked.1 {
                Some(_) => None,
                None => self.days.missing_in_last_week(&all),
            },
            missing_ends: match has_ends {
                true => self.days.missing_at_ends(&all, period),
                false => Vec::new(),
            },
            missing: reported.into_iter().filter(|day| days.has(*day)).collect(),
            is_compared_with_itself: false,
            missing_beside,
            repeated: self.repeated(),
            findings: self.reported_findings()?,
            compared_findings: Vec::new(),
            sources: self.inputs.iter().map(|it| source(it, false)).collect(),
            filters: filter.in_words(page.zone),
            is_replaced: self.run.repeats == Repeats::Last,
            filtered: self.filtered_rows(),
        })
    }
}

impl About {
    /// Adds the inputs that a report is compared with. Bad and repeated parts of known files count already.
    fn add_compared(&mut self, compared: &Dataset, are_known: bool) -> Result<(), Error> {
        self.is_compared_with_itself = are_known;
        for input in &compared.inputs {
            let mut source = source(input, true);
            match are_known {
                true => source.bad_parts = 0,
                false => self.repeated += input.repeated,
            }
            self.sources.push(source);
        }
        if !are_known {
            self.compared_findings = compared.reported_findings()?;
        }
        Ok(())
    }
}

fn source(input: &Surveyed, is_compared: bool) -> Source {
    Source {
        name: printable(&input.name),
        documents: input.documents,
        rows: input.rows,
        bad_parts: input.rejects.len(),
        is_compared,
    }
}
