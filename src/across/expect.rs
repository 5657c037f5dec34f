//! Expectations about the inputs, checked in a pass of their own. Without expectations there is no
//! such pass.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;

use crate::diagnostic::levels::Levels;
use crate::diagnostic::store::{FindingStore, MOST};
use crate::diagnostic::{Code, Diagnostic};
use crate::error::Error;
use crate::json::{Path, Span};
use crate::model::catalog::named;
use crate::model::period::{PERIODS, Period};
use crate::model::{time, when};
use crate::record::{Element, View};

use crate::pipeline::visit::{self, ElementBatch, Visit};
use crate::pipeline::{Run, Surveyed};

/// Conditions that the data must meet.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// let expected = gcagg::Expectations::default()
///     .dimensions(["queueId"])
///     .interval("2026-03-02/2026-03-03")?
///     .rows(1000);
/// let inputs = gcagg::Inputs::new().path("samples/queue-day.json").expect(expected);
/// assert!(!inputs.check()?.is_ok());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    dimensions: Vec<String>,
    metrics: Vec<String>,
    /// The time that every bucket lies in, and how it was written.
    interval: Option<(DateTime<FixedOffset>, DateTime<FixedOffset>, String)>,
    /// The length of every bucket, and how it was written.
    granularity: Option<(Period, String)>,
    rows: Option<u64>,
    /// True if the inputs are a part of the data.
    is_partial: bool,
}

impl Expectations {
    /// Dimensions that every group must have.
    #[must_use]
    pub fn dimensions<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.dimensions = names.into_iter().map(Into::into).collect();
        self
    }

    /// Metrics, views or summary values that must occur somewhere.
    #[must_use]
    pub fn metrics<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.metrics = names.into_iter().map(Into::into).collect();
        self
    }

    /// The time that must contain every bucket: `START/END`, or a word such as `yesterday`.
    ///
    /// # Errors
    /// The text is not a time.
    pub fn interval(mut self, text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::usage(format!("--expect-interval {text}: expected START/END"))
                .help(format!("{}, or one word", when::TIMES))
        };
        let now = when::now();
        let time = |text: &str| when::instant(text, now, Tz::UTC);
        let instants = match text.split_once('/') {
            Some((start, end)) => time(start).zip(time(end)),
            None => when::span(text, now, Tz::UTC),
        };
        let (start, end) = instants.ok_or_else(wrong)?;
        if end <= start {
            return Err(wrong().help("the end must be after the start"));
        }
        self.interval = Some((start.fixed_offset(), end.fixed_offset(), text.to_owned()));
        Ok(self)
    }

    /// The length that every bucket must have, `PT30M` say.
    ///
    /// # Errors
    /// The text is not a period.
    pub fn granularity(mut self, text: &str) -> Result<Self, Error> {
        let wrong =
            || Error::usage(format!("--expect-granularity {text}: unknown period")).help(PERIODS);
        let period = Period::parse(text).ok_or_else(wrong)?;
        self.granularity = Some((period, text.to_owned()));
        Ok(self)
    }

    /// The minimum number of rows of the long layout, of all inputs together.
    #[must_use]
    pub fn rows(mut self, least: u64) -> Self {
        self.rows = Some(least);
        self
    }

    /// Drops the expectations of all data together, because the inputs are a part of it: metrics, rows,
    /// and that there is a bucket.
    #[must_use]
    pub fn partial(self) -> Self {
        Self {
            metrics: Vec::new(),
            rows: None,
            is_partial: true,
            ..self
        }
    }

    fn of_elements(&self) -> bool {
        !self.dimensions.is_empty()
            || !self.metrics.is_empty()
            || self.interval.is_some()
            || self.granularity.is_some()
    }

    /// Adds a finding to an input for each unmet expectation. Returns the findings about the run as
    /// a whole.
    pub(crate) fn check(
        &self,
        run: &Run<'_>,
        inputs: &mut [Surveyed],
    ) -> Result<Vec<Diagnostic>, Error> {
        let (mut names, mut seen) = (HashSet::new(), BTreeMap::new());
        if self.of_elements() {
            visit::all(
                run,
                inputs,
                &|elements| Ok((elements.index, self.part(&run.levels, elements)?)),
                |(index, mut part): (usize, ObservedInput<'_>)| {
                    names.extend(part.names.drain());
                    let known = seen.entry(index);
                    let known = known.or_insert_with(|| ObservedInput::new(&run.levels));
                    known.merge(part);
                },
            )?;
        }
        let inside = self.interval.is_none() || seen.values().any(|it| it.inside);
        let outside = seen.values().any(|it| it.outside);
        for (index, seen) in seen {
            inputs[index].findings.behind = seen.finish();
        }
        let mut whole = Vec::new();
        for metric in self.metrics.iter().filter(|name| !has_metric(name, &names)) {
            whole.push(missing_metric(metric, &names));
        }
        if let Some((_, _, text)) = &self.interval
            && !(inside || outside || self.is_partial)
        {
            whole.push(
                Diagnostic::new(
                    Code::OutsideExpectedInterval,
                    format!("no bucket is in the expected interval {text}: there are no buckets"),
                )
                .cause("none")
                .help("check the interval of the query, and that these are the files you meant"),
            );
        }
        let rows: u64 = inputs.iter().map(|input| input.rows).sum();
        if let Some(least) = self.rows.filter(|least| rows < *least) {
            whole.push(
                Diagnostic::new(
                    Code::TooFewRows,
                    format!("{rows} rows, and at least {least} were expected"),
                )
                .cause("rows")
                .help(
                    "check the interval and the filter of the query, and that every page was saved",
                ),
            );
        }
        run.levels.apply_all(&mut whole);
        Ok(whole)
    }

    fn part<'r>(
        &self,
        levels: &'r Levels,
        elements: &ElementBatch<'_>,
    ) -> Result<ObservedInput<'r>, Error> {
        let mut seen = ObservedInput::new(levels);
        elements.each(|visit| match visit.element {
            Element::Container(view) => self.container(&visit, view, &mut seen),
            Element::Entity(view) => {
                for value in view.values() {
                    seen.name(view.str(value.name));
                }
            }
        })?;
        Ok(seen)
    }

    fn container(&self, visit: &Visit<'_>, view: View<'_>, seen: &mut ObservedInput<'_>) {
        self.group(visit, view, seen);
        for bucket in view.buckets() {
            for entry in view.entries(bucket) {
                seen.name(view.str(entry.name));
            }
            if let Some(interval) = bucket.interval.text() {
                let path = visit.at(Path::bucket(bucket.index as usize).key("interval"));
                let span = visit.outward(view.token(interval));
                self.bucket((view.str(interval), span), path, seen);
            }
        }
    }

    fn group(&self, visit: &Visit<'_>, view: View<'_>, seen: &mut ObservedInput<'_>) {
        let group = view.group().iter();
        let has: HashSet<&str> = group.map(|it| view.str(it.name)).collect();
        for name in self
            .dimensions
            .iter()
            .filter(|name| !has_dimension(name, &has))
        {
            let finding = Diagnostic::new(
                Code::MissingDimension,
                format!("a group lacks the expected dimension `{name}`"),
            )
            .cause(format!("expected {name}"))
            .label(format!("no `{name}`"))
            .help(match named::nearest(name, has.iter().copied()) {
                Some(near) => {
                    format!("it has `{near}`; or add `{name}` to the groupBy of the query")
                }
                None => format!("add `{name}` to the groupBy of the query"),
            });
            let span = visit.outward(view.group_bracket());
            let finding = finding.at(span, visit.at(Path::default().key("group")));
            seen.report(finding);
        }
    }

    fn bucket(&self, (interval, span): (&str, Span), place: Path, seen: &mut ObservedInput<'_>) {
        let Some((start, end)) = time::interval(interval) else {
            return;
        };
        let (start, end) = (start.time, end.time);
        seen.ends(end);
        if let Some((from, until, text)) = &self.interval {
            if *from <= start && end <= *until {
                seen.inside = true;
            } else {
                let how = if end <= *from {
                    "before"
                } else if start >= *until {
                    "behind"
                } else {
                    "beyond an end of"
                };
                seen.outside = true;
                seen.report(
                    Diagnostic::new(
                        Code::OutsideExpectedInterval,
                        format!("this bucket is {how} the expected interval {text}"),
                    )
                    .at(span, &place)
                    .cause(how)
                    .label("not expected")
                    .help("check the interval of the query, and that this is the file you meant"),
                );
            }
        }
        let Some((period, text)) = &self.granularity else {
            return;
        };
        let length = period.compare(start, end);
        let how = match length {
            Ordering::Equal => {
                seen.whole = true;
                return;
            }
            Ordering::Less => "shorter",
            Ordering::Greater => "longer",
        };
        let finding = Diagnostic::new(
            Code::UnexpectedGranularity,
            format!("this bucket is {how} than the expected {text}"),
        )
        .at(span, &place)
        .cause(how)
        .label(format!("{how} than {text}"))
        .help(
            "check the granularity of the query: without one, a bucket is as long as the interval",
        );
        match length {
            Ordering::Less if Some(end) == seen.last => {
                seen.last_short.extend(seen.levels.apply(finding))
            }
            Ordering::Less => seen.short.extend(seen.levels.apply(finding), MOST),
            _ => seen.report(finding),
        }
    }
}

/// The names, ends and findings of an input that expectations need.
#[derive(Debug)]
struct ObservedInput<'r> {
    levels: &'r Levels,
    findings: FindingStore,
    /// Buckets that are shorter than expected, and those of them that end last.
    short: FindingStore,
    last_short: Vec<Diagnostic>,
    names: HashSet<String>,
    /// True if a bucket lies in the expected interval; and true if a bucket does not.
    inside: bool,
    outside: bool,
    /// True if a bucket has the expected length.
    whole: bool,
    /// The last end of a bucket.
    last: Option<DateTime<FixedOffset>>,
}

impl<'r> ObservedInput<'r> {
    fn new(levels: &'r Levels) -> Self {
        Self {
            levels,
            findings: FindingStore::default(),
            short: FindingStore::default(),
            last_short: Vec::new(),
            names: HashSet::new(),
            inside: false,
            outside: false,
            whole: false,
            last: None,
        }
    }

    /// All findings.
    fn finish(self) -> FindingStore {
        let mut found = self.findings;
        found.append(self.short, MOST);
        // The last bucket may be cut short by the end of the query.
        if !self.whole {
            found.extend(self.last_short, MOST);
        }
        found
    }

    fn report(&mut self, finding: Diagnostic) {
        self.findings.extend(self.levels.apply(finding), MOST);
    }

    fn name(&mut self, name: &str) {
        if !self.names.contains(name) {
            self.names.insert(name.to_owned());
        }
    }

    /// Notes the end of a bucket.
    fn ends(&mut self, end: DateTime<FixedOffset>) {
        if Some(end) > self.last {
            self.last = Some(end);
            self.short.extend(self.last_short.drain(..), MOST);
        }
    }

    fn merge(&mut self, mut other: Self) {
        if let Some(end) = other.last {
            self.ends(end);
        }
        self.findings.append(other.findings, MOST);
        self.short.append(other.short, MOST);
        match other.last == self.last {
            true => self.last_short.append(&mut other.last_short),
            false => self.short.extend(other.last_short, MOST),
        }
        self.inside |= other.inside;
        self.outside |= other.outside;
        self.whole |= other.whole;
    }
}

/// Returns true if a dimension occurs, by its name or by a word that people have for it.
fn has_dimension(typed: &str, names: &HashSet<&str>) -> bool {
    names.contains(typed)
        || names.iter().any(|it| it.eq_ignore_ascii_case(typed))
        || named::dimensions(typed).iter().any(|it| names.contains(it))
}

/// Returns true if a metric occurs, or all metrics of a key figure.
fn has_metric(typed: &str, names: &HashSet<String>) -> bool {
    let meant = named::metrics(typed);
    names.contains(typed)
        || names.iter().any(|it| it.eq_ignore_ascii_case(typed))
        || !meant.is_empty() && meant.iter().all(|it| names.contains(*it))
}

fn missing_metric(name: &str, names: &HashSet<String>) -> Diagnostic {
    let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    Diagnostic::new(
        Code::MissingMetric,
        format!("the expected metric `{name}` does not occur"),
    )
    .cause(name)
    .help(match named::nearest(name, sorted.into_iter()) {
        Some(near) => format!("there is `{near}`; or add `{name}` to the metrics of the query"),
        None => format!(
            "add `{name}` to the metrics of the query; the API leaves out metrics without events"
        ),
    })
}
