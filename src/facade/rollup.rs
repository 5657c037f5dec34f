//! Inputs joined, and aggregated by dimensions and periods.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::Weekday;
use chrono_tz::Tz;

use crate::across::shapes::{self, ShapedDocument, Shapes};
use crate::aggregate::every::Every;
use crate::aggregate::{Addends, Aggregate, Collector, Periods, Scope, document};
use crate::check::shapes::DimensionSet;
use crate::diagnostic::collect::{CauseGroup, FindingSummary};
use crate::diagnostic::finding::Finding;
use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Diagnostic, Located};
use crate::error::Error;
use crate::input::discover::{Found, Input};
use crate::json::Path;
use crate::json::text::printable;
use crate::model::period::{PERIODS, Period};
use crate::model::stat::{Unmerged, is_percentile};
use crate::model::{Dialect, zone};
use crate::pipeline::visit::{self, ElementBatch};
use crate::pipeline::{Run, Surveyed, locate, survey_all};
use crate::record::Element;
use crate::table::entity_names::Attribute;
use crate::table::{Filter, TableSpec};

use crate::write::compare::CellComparison;
use crate::write::read_table::ReadTable;
use crate::write::read_text;
use crate::write::{TABLE_FORMATS, TableOptions};

use super::{Dataset, Inputs, dimensions};

/// The settings of a roll-up: the dimensions to keep, and the periods to join buckets into.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// let checked = gcagg::Inputs::new().path("samples/queue-day.json").check()?;
/// let rollup = gcagg::Rollup::new().by(["mediaType"]).every("1d")?.timezone("Europe/Berlin")?;
/// let rolled = checked.rollup(&rollup)?;
/// assert!(rolled.is_ok());
/// // The result is a document like any other.
/// let mut document = Vec::new();
/// rolled.write(&mut document)?;
/// let day = gcagg::Inputs::new().bytes("day.json", document).check()?;
/// assert!(day.is_ok());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Rollup {
    by: Option<Vec<String>>,
    period: Option<Period>,
    zone: Tz,
    first_weekday: Weekday,
    drop_multivalued: Vec<String>,
}

impl Default for Rollup {
    fn default() -> Self {
        Self::new()
    }
}

impl Rollup {
    /// Joins only buckets of equal groups and intervals.
    pub fn new() -> Self {
        Self {
            by: None,
            period: None,
            zone: Tz::UTC,
            first_weekday: Weekday::Mon,
            drop_multivalued: Vec::new(),
        }
    }

    /// Keeps only these dimensions, and joins the groups that differ in others.
    #[must_use]
    pub fn by<S: AsRef<str>>(mut self, dimensions: impl IntoIterator<Item = S>) -> Self {
        let names = dimensions.into_iter();
        let names = names.map(|name| name.as_ref().trim().to_owned());
        self.by = Some(names.filter(|name| !name.is_empty()).collect());
        self
    }

    /// Joins buckets into periods: `15m`, `1h`, `1d`, `1w`, `1mo`, or an ISO-8601 period.
    ///
    /// # Errors
    /// No such period, or one whose boundaries are not fixed.
    pub fn every(mut self, period: &str) -> Result<Self, Error> {
        self.period = Some(every(period)?);
        Ok(self)
    }

    /// The time zone in which periods begin: an IANA name.
    ///
    /// # Errors
    /// No such time zone.
    pub fn timezone(mut self, name: &str) -> Result<Self, Error> {
        self.zone = zone::named(name)?;
        Ok(self)
    }

    /// Sets the first day of the week, such as `sunday`, in place of Monday.
    ///
    /// # Errors
    /// No such day.
    pub fn week_start(mut self, day: &str) -> Result<Self, Error> {
        self.first_weekday = day.parse().map_err(|_| {
            Error::usage(format!("--week-start {day}: not a day")).help("write monday or sunday")
        })?;
        Ok(self)
    }

    /// Allows dropping these dimensions, although one conversation can have several values of them.
    #[must_use]
    pub fn drop_multivalued<S: AsRef<str>>(
        mut self,
        dimensions: impl IntoIterator<Item = S>,
    ) -> Self {
        let names = dimensions.into_iter().map(|it| it.as_ref().to_owned());
        self.drop_multivalued.extend(names);
        self
    }

    /// The scope, if the dimensions have the names that were typed.
    pub(super) fn scope_as_typed(&self) -> Scope {
        self.scope(self.by.as_deref().unwrap_or_default(), Vec::new())
    }

    fn scope(&self, by: &[String], attributes: Vec<Attribute>) -> Scope {
        let every = self.period.as_ref();
        let every = every.and_then(|it| Every::new(*it, self.zone, self.first_weekday));
        Scope {
            by: self.by.as_ref().map(|_| by.to_vec()),
            attributes,
            periods: every.map_or(Periods::Own, Periods::Every),
            ..Scope::default()
        }
    }
}

/// The result of a roll-up.
#[derive(Debug)]
pub struct RolledUp<'d> {
    dataset: &'d Dataset,
    /// `None` where nothing was joined.
    buckets: Option<Aggregate>,
    summary: FindingSummary,
}

impl RolledUp<'_> {
    /// Returns true if there is a document.
    pub fn is_ok(&self) -> bool {
        self.buckets.is_some()
    }

    /// A summary of the findings: the reasons why nothing was joined, or the statistics that were left
    /// out.
    pub fn summary(&self) -> &FindingSummary {
        &self.summary
    }

    /// The first finding of each cause of [`RolledUp::summary`].
    pub fn findings(&self) -> Vec<Finding> {
        let groups = self.summary.groups();
        groups.iter().map(CauseGroup::finding).collect()
    }

    /// Writes an aggregates document, or nothing if nothing was joined.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), Error> {
        let presences = self.dataset.presences();
        let mut buckets = self.buckets.iter();
        let written = buckets.try_for_each(|it| document::write(it, &presences, out));
        written.map_err(|error| Error::writing("the document", &error))
    }

    /// The document as inputs of a table, with the [`TableSpec`](crate::TableSpec) of the inputs that were
    /// joined. A figure that its column cannot have is an error among its findings.
    ///
    /// # Errors
    /// None, unless memory runs out.
    pub fn dataset(&self) -> Result<Dataset, Error> {
        self.with_spec(&self.dataset.spec)
    }

    /// Compares the document with the one in a file, row by row.
    ///
    /// # Errors
    /// The file is no such document.
    pub fn compare(&self, file: &std::path::Path) -> Result<CellComparison, Error> {
        let spec = TableSpec::new();
        let found = Inputs::new().path(file).table_spec(spec.clone()).check()?;
        let mut text = Vec::new();
        found.table()?.write("ndjson", &mut text)?;
        let rows = ReadTable::File(read_text::of_objects(text));
        let dataset = self.with_spec(&spec)?;
        // The document keeps times as they are written, as text does.
        dataset.table()?.compare_with(rows, TABLE_FORMATS[0])
    }

    /// Returns true if figures were left out because they lack the other half of their pair.
    ///
    /// # Errors
    /// An input has changed.
    pub fn has_incomplete_pairs(&self) -> Result<bool, Error> {
        let groups = self.dataset.summary()?.groups();
        let codes = groups.iter().map(|it| it.first.diagnostic.code);
        Ok(codes
            .into_iter()
            .any(|code| code == Code::IncompleteStatistic))
    }

    /// The statistics that were left out because they have no merged value: the number of values in the
    /// inputs, the name and the reason.
    pub fn left_out(&self) -> Vec<(u64, String, &'static str)> {
        let all = self.buckets.iter().flat_map(Aggregate::left_out);
        let all = all.map(|((stat, why), times)| {
            let reason = match why {
                Unmerged::Never => "cannot be merged (R001)",
                Unmerged::Differs => "differs between merged buckets (R001)",
                Unmerged::TooLarge => "more than 4,096 digits (R001)",
                Unmerged::Incomplete => "incomplete (M009)",
            };
            (times, printable(stat), reason)
        });
        all.collect()
    }

    /// The number of figures in the table of a spec.
    ///
    /// # Errors
    /// The table cannot have these columns.
    pub fn figures(&self, spec: &TableSpec) -> Result<u64, Error> {
        let dataset = self.with_spec(spec)?;
        let table = dataset.table()?;
        let cells = table.compare(TABLE_FORMATS[0], &TableOptions::default(), None)?;
        Ok(cells.unwrap_or_default().figures)
    }

    fn with_spec(&self, spec: &TableSpec) -> Result<Dataset, Error> {
        let mut bytes = Vec::new();
        self.write(&mut bytes)?;
        let dataset = self.dataset;
        let scopes = self.buckets.iter().filter(|_| spec.zeros.is_any());
        let spec = TableSpec {
            filter: Filter::default(),
            // With the presences that the responses name.
            names: dataset.run.spec.names.clone(),
            merged: scopes.map(|it| Arc::new(document::scopes(it))).next(),
            // The inputs decide which counters apply, not the rolled-up document.
            made_from: Some(dataset.occurrences.clone()),
            ..spec.clone()
        };
        let run = Run {
            spec: TableSpec {
                names: spec.names.clone(),
                ..spec.of_run(false)
            },
            skips: false,
            ..dataset.run.clone()
        };
        let found = Found {
            input: Input::Memory("rollup".to_owned(), bytes.into()),
            relative: PathBuf::from("rollup"),
        };
        let inputs = survey_all(&run, vec![found]);
        Ok(Dataset::of(run, spec, inputs).weighed())
    }
}

impl Dataset {
    /// Joins the inputs to one document.
    ///
    /// # Errors
    /// There are errors among the findings, a dimension that no group has, one that may not be
    /// dropped, or an input has changed.
    pub fn rollup(&self, rollup: &Rollup) -> Result<RolledUp<'_>, Error> {
        self.refuse_errors()?;
        self.refuse_uncountable()?;
        let (buckets, summary) = match join(self, rollup)? {
            Ok((buckets, left_out)) => (Some(buckets), left_out),
            Err(refused) => (None, refused),
        };
        Ok(RolledUp {
            dataset: self,
            buckets,
            summary,
        })
    }
}

/// Joins the buckets of checked inputs, and returns them with the findings about statistics that were
/// left out. The inner error has the findings that prevent joining.
fn join(
    dataset: &Dataset,
    asked: &Rollup,
) -> Result<Result<(Aggregate, FindingSummary), FindingSummary>, Error> {
    let (run, inputs) = (&dataset.sums(), &dataset.inputs);
    check_dialect(inputs)?;
    let typed = asked.by.as_deref().unwrap_or_default();
    let (by, attributes) = dimensions::grouping(typed, &run.spec.names, inputs, false)?;
    let dropped = match asked.drop_multivalued.as_slice() {
        [] => Vec::new(),
        typed => dimensions::dropped(typed, inputs)?,
    };
    let shapes = shapes::find(run, inputs, &run.spec.filter)?;
    if let Some(conflict) = &shapes.conflict {
        return Ok(Err(different_queries(run, inputs, conflict)));
    }
    let scope = asked.scope(&by, attributes);
    let early = dataset.early_figures(std::slice::from_ref(&scope), &shapes);
    let (buckets, unplaced) = match early.and_then(|mut early| early.pop()) {
        Some(early) => (early, Unjoined::new()),
        None => buckets(run, inputs, &scope, &shapes)?,
    };
    check_dropped(asked, (&by, &dropped), &buckets.addends)?;
    if let Some(refused) = refused(run, inputs, unplaced) {
        return Ok(Err(refused));
    }
    let left_out = left_out(run, inputs, &buckets);
    if left_out.errors().next().is_some() {
        return Ok(Err(left_out));
    }
    Ok(Ok((buckets, left_out)))
}

fn check_dialect(inputs: &[Surveyed]) -> Result<(), Error> {
    // One without entities has no buckets either way.
    let has_rows = |input: &Surveyed| input.survey.rows > 0 || input.survey.filtered > 0;
    let is_summary =
        |input: &&Surveyed| input.dialects.contains(&Dialect::Summary) && has_rows(input);
    match inputs.iter().find(is_summary) {
        None => Ok(()),
        Some(input) => Err(Error::data(format!(
            "{}: a summary has no buckets to join",
            input.name
        ))
        .help("rollup reads aggregates responses; `gcagg convert` and `gcagg report` also read summaries")),
    }
}

/// Refuses dropping a dimension of which a conversation can have several values: it would count once
/// for each of them.
fn check_dropped(
    asked: &Rollup,
    (by, dropped): (&[String], &[String]),
    addends: &Addends,
) -> Result<(), Error> {
    if asked.by.is_none() {
        return Ok(());
    }
    let kept = by.iter().chain(dropped);
    match addends.conflicts(|name| kept.clone().any(|it| it == name)).first() {
        None => Ok(()),
        Some(name) => Err(Error::data(format!(
            "--by drops `{name}`: a conversation with several values of it would count several times"
        ))
        .help(format!(
            "query with flattenMultivaluedDimensions, keep the dimension, or allow it: --drop-multivalued {name}"
        ))),
    }
}

/// The finding for documents of different queries, which are never added to each other.
fn different_queries(
    run: &Run<'_>,
    inputs: &[Surveyed],
    [first, second]: &[ShapedDocument; 2],
) -> FindingSummary {
    let of = |names: &DimensionSet| match names.is_empty() {
        true => "has no groups".to_owned(),
        false => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!("is grouped by {}", printable(&names.join(", ")))
        }
    };
    let name = |(input, document): (usize, usize)| {
        let input = inputs.get(input);
        let name = printable(input.map_or("", |input| &input.name));
        match input.is_some_and(|input| input.facts.len() > 1) {
            true => format!("document {} of {name}", document + 1),
            false => name,
        }
    };
    let (a, b) = (name(first.place), name(second.place));
    let finding = Diagnostic::new(
        Code::DifferentQueries,
        format!(
            "{a} {} and {b} {}: two queries that count the same events",
            of(&first.dimensions),
            of(&second.dimensions)
        ),
    )
    .cause("queries")
    .related(a)
    .help("roll up the documents of one query alone, say with --exclude; `gcagg report` shows a table for each query");
    let mut collection = FindingSummary::new(true, &run.levels);
    if let Some(input) = inputs.get(second.place.0) {
        collection.push(&Located::of_file(finding, Arc::clone(&input.name)));
    }
    collection
}

/// Findings of inputs, by their index.
type Unjoined = BTreeMap<usize, Vec<Diagnostic>>;

/// The buckets of all inputs, and those that cannot be joined.
fn buckets(
    run: &Run<'_>,
    inputs: &[Surveyed],
    scope: &Scope,
    shapes: &Shapes,
) -> Result<(Aggregate, Unjoined), Error> {
    let mut all = Aggregate::default();
    let mut unjoined = Unjoined::new();
    visit::all(
        run,
        inputs,
        &|elements| part(elements, scope, &run.spec.filter, shapes),
        |(index, buckets, findings): (usize, Aggregate, Vec<Diagnostic>)| {
            all.merge(buckets);
            if !findings.is_empty() {
                unjoined.entry(index).or_default().extend(findings);
            }
        },
    )?;
    Ok((all, unjoined))
}

fn part(
    elements: &ElementBatch<'_>,
    scope: &Scope,
    filter: &Filter,
    shapes: &Shapes,
) -> Result<(usize, Aggregate, Vec<Diagnostic>), Error> {
    let mut collector = Collector::new(scope, filter);
    let mut findings = Vec::new();
    elements.each(|visit| {
        let Element::Container(view) = visit.element else {
            return;
        };
        collector.add(view, |bucket, why| {
            let path = visit.at(Path::bucket(bucket.index as usize));
            let span = visit.outward(view.bucket_span(bucket));
            let interval = view.interval(bucket).map(printable);
            findings.push(unplaced(interval.as_deref(), why).at(span, path));
        });
    })?;
    let mut buckets = collector.finish();
    let addends = &mut buckets.addends;
    let document = (elements.index, elements.document);
    addends.remove_flattened(|name| shapes.is_flattened(document, name));
    Ok((elements.index, buckets, findings))
}

fn unplaced(interval: Option<&str>, why: &str) -> Diagnostic {
    let bucket = match interval {
        None => "a bucket without an interval".to_owned(),
        Some(text) => format!("the bucket {text}"),
    };
    Diagnostic::new(Code::StraddlingBucket, format!("{bucket} {why}"))
        .cause("period")
        .label("not in one period")
        .help(
            "use periods that are at least as long as the buckets, and the time zone of the query",
        )
}

/// The findings that prevent writing, if any.
fn refused(run: &Run<'_>, inputs: &[Surveyed], mut unjoined: Unjoined) -> Option<FindingSummary> {
    let findings = unjoined.values_mut();
    findings.for_each(|findings| run.levels.apply_all(findings));
    let collection = summary_of(run, inputs, unjoined);
    let is_refused = collection.errors().next().is_some();
    is_refused.then_some(collection)
}

/// A summary of findings of inputs.
pub(super) fn summary_of(run: &Run<'_>, inputs: &[Surveyed], findings: Unjoined) -> FindingSummary {
    let mut collection = FindingSummary::new(true, &run.levels);
    for (index, findings) in findings {
        let located = inputs.get(index).map(|it| locate::locate(it, findings));
        located.iter().flatten().for_each(|it| {
            collection.push(it);
        });
    }
    collection
}

/// A finding about all inputs together.
fn about_all(inputs: &[Surveyed], diagnostic: Diagnostic) -> Option<Located> {
    let input = inputs.first()?;
    Some(Located::of_file(diagnostic, Arc::clone(&input.name)))
}

/// The findings about statistics that were left out. Incomplete pairs have findings with places
/// already.
fn left_out(run: &Run<'_>, inputs: &[Surveyed], buckets: &Aggregate) -> FindingSummary {
    let mut collection = FindingSummary::new(true, &run.levels);
    for ((stat, why), times) in buckets.left_out() {
        let (why, help) = match why {
            Unmerged::Never if is_percentile(stat) => (
                "cannot be merged and",
                "query the percentile of the whole period",
            ),
            Unmerged::Never => (
                "cannot be merged and",
                "do not merge these buckets, or query the figure of the whole period",
            ),
            Unmerged::Differs => (
                "differs between the buckets that were merged and",
                "keep groups with different targets separate: add their dimension to --by",
            ),
            Unmerged::TooLarge => (
                "has a figure of more than 4,096 digits and",
                "such a figure is not a measurement; check the input",
            ),
            Unmerged::Incomplete => continue,
        };
        let name = printable(stat);
        let message = format!(
            "`{name}` {why} was left out; {} of the inputs {} it",
            counted(times, "entry"),
            if times == 1 { "has" } else { "have" }
        );
        let finding = Diagnostic::new(Code::UnmergeableStatistic, message)
            .cause(name)
            .help(help);
        if let Some(finding) = run.levels.apply(finding)
            && let Some(located) = about_all(inputs, finding)
        {
            collection.push(&located);
        }
    }
    collection
}

/// Parses a period of `--every`.
pub(crate) fn every(text: &str) -> Result<Period, Error> {
    let Some(period) = Period::parse(text) else {
        // `1dd` and `1day` begin with a period.
        let mut begun = (1..text.len()).rev().filter_map(|end| text.get(..end));
        let near = begun.find(|begun| Period::parse(begun).is_some());
        let near = near.or_else(|| Period::called(text));
        let error = Error::usage(format!("--every {text}: not a period"));
        return Err(match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(PERIODS),
        });
    };
    match Every::new(period, Tz::UTC, Weekday::Mon) {
        Some(_) => Ok(period),
        None => Err(
            Error::usage(format!("--every {text}: its boundaries are not fixed"))
                .help("use a part of a day, days, weeks, or months that divide a year"),
        ),
    }
}
