//! The model of a report, which every output format shows.
//!
//! It is built from the merged statistics of the groups and of the intervals. Formats only render:
//! they compute no figure.

pub mod about;
mod axis;
pub mod cell;
mod clock_days;
pub mod distribution;
pub mod earlier;
pub mod headline;
mod lost_data;
pub mod matrix;
pub mod measure;
pub mod media;
pub mod naming;
pub mod notes;
mod outages;
pub mod partial;
pub mod queries;
mod query_days;
pub mod rows;
pub mod series;
pub mod trends;
pub mod wanted;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::aggregate::{Aggregate, Group, Span};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::NoValue;
use crate::model::time;

use super::words::ABSENT;
use super::{EntitySummary, QueryFigures, Report};

use about::About;
use axis::TimeAxis;
use cell::Cell;
use distribution::Distribution;
use earlier::Earlier;
use matrix::{Hours, Matrix};
use measure::{HandleParts, Measure, Totals};
use media::MediaFigures;
use naming::Naming;
use partial::PartialDay;
use queries::{QueryTotal, ShownQuery, dimensions, drops_multivalued, has_rows, right};
use rows::{RowTable, Rows};
use series::Series;
use trends::Trends;
use wanted::Wanted;

/// A report.
#[derive(Debug)]
pub struct Model {
    /// The groups with all their dimensions.
    pub report: Report,
    pub wanted: Wanted,
    pub naming: Naming,
    /// The totals of the queries.
    totals: Vec<QueryTotal>,
    /// The figures of the totals that are right.
    pub headline: Vec<(Measure, Cell)>,
    /// The figures of the total and of the rows.
    pub measures: Vec<Measure>,
    tables: Vec<Table>,
    /// The query whose intervals are shown.
    main: Option<usize>,
    /// The figures of that query.
    main_measures: Vec<Measure>,
    /// Its intervals.
    spans: Vec<Span>,
    /// The days of which only a part is there.
    partial: Vec<PartialDay>,
    /// The figures of each media type.
    pub media: Vec<MediaFigures>,
    pub series: Option<Series>,
    pub matrix: Option<Matrix>,
    pub distributions: Vec<Distribution>,
    /// The parts of the handle time of the total.
    pub parts: Option<HandleParts>,
    pub notes: Vec<String>,
    pub about: About,
    /// The earlier inputs that it is compared with.
    pub earlier: Option<Earlier>,
}

impl Model {
    /// The model of a report; `earlier` is what it is compared with.
    ///
    /// # Errors
    /// No figure has the name that rows are to be sorted by.
    pub fn build(
        report: Report,
        earlier: Option<Earlier>,
        wanted: Wanted,
        about: About,
    ) -> Result<Self, Error> {
        let naming = Naming::new(wanted.names.clone(), &report);
        let totals = queries::totals(&report);
        let compared = earlier.as_ref().map(|earlier| {
            let both = [earlier.base(&report), &earlier.report];
            both.map(queries::totals)
        });
        fn of(totals: &[QueryTotal]) -> Vec<Totals<'_>> {
            let groups = right(totals);
            groups.map(|(_, group)| Totals::new(group)).collect()
        }
        let own = of(&totals);
        let compared = compared
            .as_ref()
            .map(|both| both.each_ref().map(|it| of(it)));
        let mut headline = headline::headline(&own, compared.as_ref());
        let main = queries::headline_query(&totals);
        let mut measures = main
            .and_then(|at| totals.get(at)?.group())
            .map(headline::measures)
            .unwrap_or_default();
        let query = main.and_then(|at| report.queries.get(at));
        let spans = query.map(|query| queries::periods(&query.series, &measures));
        let spans = spans.unwrap_or_default();
        // Each query is judged by its own intervals: another one can go on where this one was cut.
        let partial = partial::of(&spans, wanted.zone);
        let hours = Hours::of(&spans, &partial, wanted.zone);
        let matrix = query.zip(hours);
        let matrix = matrix.and_then(|(it, hours)| matrix_of(&it.series, &hours, &measures));
        let parts = own
            .iter()
            .map(HandleParts::of)
            .find(|parts| parts.talk.is_some());
        let groups: Vec<Group<'_>> = right(&totals).map(|(_, group)| group).collect();
        let distributions = distribution::all(&report, &groups, &measures, (&wanted, &naming));
        let mut media = media::all(
            &report,
            earlier.as_ref(),
            query.map(|query| ShownQuery {
                query,
                spans: &spans,
                partial: &partial,
                families: queries::counted_families(&measures),
            }),
            &wanted,
        );
        let mut main_measures = measures.clone();
        if media.len() > 1 {
            // Times and shares of different media types are never joined. Others are of none, such as
            // the times of agents.
            let is_joined = |it: &Measure| {
                it.unit() != FigureUnit::Count && media.iter().any(|own| own.cell(it).is_some())
            };
            main_measures.retain(|it| !is_joined(it));
            let joined = headline.iter_mut().filter(|(it, _)| is_joined(it));
            joined.for_each(|(_, cell)| *cell = Cell::without(NoValue::ByMedia));
        } else if let ([only], Some(earlier)) = (&*media, &earlier)
            && !queries::is_one(&earlier.report)
        {
            // Nor are those of the earlier time. Figures without a media type keep their changes.
            let joined = headline.iter_mut();
            for (measure, cell) in joined.filter(|(it, _)| it.unit() != FigureUnit::Count) {
                if let Some(own) = only.cell(measure) {
                    cell.change = only.media.as_ref().and(own.change);
                }
            }
        }
        let tables = tables(&report, earlier.as_ref(), &wanted)?;
        let others = tables.iter().flat_map(|table| table.rows.measures());
        for measure in headline.iter().map(|(measure, _)| measure).chain(others) {
            if !measures.contains(measure) {
                measures.push(measure.clone());
            }
        }
        let alignment = earlier.as_ref().and_then(|it| it.alignment.as_ref());
        for it in &mut media {
            let Some(days) = &mut it.days else { continue };
            days.mark(&it.partial);
            if let Some(alignment) = alignment.filter(|_| days.is_daily()) {
                days.remove_changes(&alignment.uncompared);
            }
        }
        let mut model = Self {
            partial,
            distributions,
            notes: Vec::new(),
            totals,
            headline,
            measures,
            tables,
            main,
            main_measures,
            spans,
            media,
            series: None,
            matrix,
            parts,
            earlier,
            about,
            wanted,
            naming,
            report,
        };
        model.resample(model.wanted.points);
        Ok(model)
    }

    /// Joins the intervals to series of so many points at the most: as many as a form has room for.
    pub fn resample(&mut self, points: usize) {
        self.wanted.points = points;
        if let Some(query) = self.main.and_then(|at| self.report.queries.get(at)) {
            let wanted = &self.wanted;
            let axis = axis_of(&self.spans, wanted);
            let earlier = self.earlier.as_ref().and_then(|it| it.series(query));
            let earlier = earlier.as_ref();
            let of = |axis| Series::of(&query.series, axis, &self.main_measures, wanted, earlier);
            self.series = axis.as_ref().map(of);
            let series = self.series.iter_mut();
            series.for_each(|it| it.mark(&self.partial));
            if let Some(axis) = &axis {
                let all = self.media.iter_mut();
                all.for_each(|media| {
                    let own =
                        queries::query_of(&self.report.queries, query, media.media.as_deref());
                    let before = self.earlier.as_ref().and_then(|it| it.series(own));
                    media.resample(&own.series, axis, wanted, before.as_ref());
                    let series = media.series.iter_mut();
                    series.for_each(|it| it.mark(&media.partial));
                });
            }
        }
        self.notes = self.notes();
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        notes::of_missing_days(&self.about, &mut notes);
        let (now, zone) = (self.wanted.now, self.wanted.zone);
        let today = now.with_timezone(&zone).date_naive();
        let main = self.main.map(|at| (at, &*self.spans));
        query_days::of_lacking(&self.report, main, &self.main_measures, zone, &mut notes);
        notes::of_missing(&self.about, today, &mut notes);
        let partial = self.partial.iter().map(|it| (String::new(), it));
        let of_media = self.media.iter().flat_map(|media| {
            let own = media.partial.iter().filter(|it| !self.partial.contains(it));
            own.map(|it| (format!("{}: ", media.title()), it))
        });
        notes::of_partial(&Vec::from_iter(partial.chain(of_media)), &mut notes);
        let earlier = self.earlier.as_ref();
        if let Some(alignment) = earlier.and_then(|it| it.alignment.as_ref()) {
            notes::of_uncompared(alignment, &mut notes);
        }
        let unaligned = earlier.filter(|it| it.alignment.is_none());
        let before = unaligned.and_then(Earlier::period);
        if let Some((own, before)) = self.covered_days().zip(before) {
            notes::of_comparison(&self.about, own, before, &mut notes);
        }
        notes::of_finding(&self.about, Code::LooksLikeSeconds, &mut notes);
        lost_data::of_data(&self.about, &mut notes);
        notes::of_queries(&self.report, &self.wanted, &mut notes);
        notes::of_differences(&self.report, &self.totals, &mut notes);
        let level = Measure::key("Service level");
        let has_target = |it: &MediaFigures| {
            let level = level.as_ref().and_then(|level| it.cell(level));
            it.targets.is_some() || level.is_none_or(|it| it.value.is_none() || it.target.is_some())
        };
        let mut targets = self.media.iter().filter_map(|it| it.targets);
        let has_targets = targets.any(|it| !it.are_equal())
            || self.media.len() > 1 && self.media.iter().all(has_target);
        for (_, total) in right(&self.totals) {
            notes::of_total(total, self.media.len() < 2 && !has_targets, &mut notes);
            notes::of_empty(total, has_targets, &mut notes);
        }
        if let Some(series) = &self.series {
            notes::of_series((&self.report, series), &self.wanted, &mut notes);
        }
        let mixed = self.tables().filter(|it| self.joins_media(*it));
        notes::of_mixed(mixed, &self.media, &mut notes);
        notes::of_media(&self.media, queries::too_many(&self.report), &mut notes);
        notes::of_filters(&self.about, &mut notes);
        notes
    }

    /// Returns true if rows of a table join media types.
    pub fn joins_media(&self, table: RowTable<'_>) -> bool {
        let earlier = self.earlier.as_ref();
        let is_several =
            self.media.len() > 1 || earlier.is_some_and(|it| !queries::is_one(&it.report));
        is_several && !table.dimensions().iter().any(|it| it == media::DIMENSION)
    }

    /// The notes about missing days, the first of all, and the others.
    pub fn notes_by_place(&self) -> [Vec<String>; 2] {
        let (mut first, mut notes) = (Vec::new(), self.notes_of_totals());
        if self.group_count() > 0 {
            notes::of_missing_days(&self.about, &mut first);
            notes.drain(..first.len());
        }
        [first, notes]
    }

    /// All notes of a form that shows totals over all media types, and for people who know intervals.
    pub fn notes_of_totals(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        let words = (&self.wanted, &self.naming);
        lost_data::of_gaps(&self.about, &self.report, words, &self.media, &mut notes);
        notes
    }

    /// The tables of rows, one for each query and its dimensions.
    pub fn tables(&self) -> impl Iterator<Item = RowTable<'_>> {
        self.tables.iter().filter_map(|table| {
            let of_query = || Some(&self.report.queries.get(table.query)?.groups);
            Some(RowTable {
                query: table.query,
                rows: &table.rows,
                groups: table.groups.as_ref().or_else(of_query)?,
                trends: table.trends.as_ref(),
            })
        })
    }

    /// The table of the query whose intervals are shown, or else the first.
    pub fn main_table(&self) -> Option<RowTable<'_>> {
        let main = self.tables().find(|table| {
            let offered = table.measures().iter().any(|it| it.label() == "Offered");
            Some(table.query()) == self.main && offered
        });
        main.or_else(|| self.tables().next())
    }

    /// The dimensions of each query.
    pub fn queries(&self) -> Vec<BTreeSet<String>> {
        let queries = self.report.queries.iter();
        queries.map(|query| dimensions(&query.groups)).collect()
    }

    /// Returns true if there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.report.is_empty()
    }

    /// The entities of the summary dialect.
    pub fn entities(&self) -> &[EntitySummary] {
        &self.report.entities
    }

    /// The first and the last instant, as local times.
    pub fn covered(&self) -> Option<(String, String)> {
        let (start, end) = self.covered_instants()?;
        let local = |time| series::local(time, self.wanted.zone);
        Some((local(start), local(end)))
    }

    /// The same as times of the clock. Intervals with parts of two days, such as days of UTC in another
    /// zone, belong to the day with most of them: there, whole days are covered.
    pub fn covered_times(&self) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let (start, end) = self.covered_instants()?;
        let zone = self.wanted.zone;
        let local = |time: DateTime<Utc>| time.with_timezone(&zone).naive_local();
        let (mut from, mut until) = (local(start), local(end));
        let queries = self.report.queries.iter();
        let spans: Vec<Span> = queries.flat_map(|it| it.series.periods()).collect();
        let first = spans.iter().min();
        if let Some(first) = first.filter(|it| is_divided_day(**it, zone)) {
            from = time::local_day(*first, zone).and_time(NaiveTime::MIN);
        }
        let last = spans.iter().max_by_key(|(_, end)| *end);
        if let Some(last) = last.filter(|it| is_divided_day(**it, zone)) {
            let next = time::local_day(*last, zone).succ_opt()?;
            until = next.and_time(NaiveTime::MIN);
        }
        Some((from, until))
    }

    /// The first and the last day that are covered.
    fn covered_days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let (start, end) = self.covered_times()?;
        let last = end.checked_sub_signed(TimeDelta::seconds(1))?;
        Some((start.date(), last.date().max(start.date())))
    }

    fn covered_instants(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let instant = |text: &str| Some(crate::model::time::Instant::parse(text)?.time.to_utc());
        let groups = self.totals.iter().filter_map(QueryTotal::group);
        let covered: Vec<(&str, &str)> = groups.filter_map(|it| it.covered()).collect();
        let start = covered.iter().filter_map(|it| instant(it.0)).min()?;
        let end = covered.iter().filter_map(|it| instant(it.1)).max()?;
        Some((start, end))
    }

    /// Metrics that no figure shows, with their totals.
    pub fn other_metrics(&self) -> Vec<[String; 5]> {
        let mut names = HashSet::new();
        let groups = right(&self.totals);
        let lines = groups.flat_map(|(_, group)| super::words::others(group));
        let mut all: Vec<[String; 5]> =
            lines.filter(|line| names.insert(line[0].clone())).collect();
        // Qualifiers are in distributions: sums, or else counts.
        let is_shown = |line: &[String; 5]| {
            let mut parts = self.distributions.iter();
            let has_both = line[1] != ABSENT && line[2] != ABSENT;
            let qualified = line[0].strip_suffix(']');
            let is_left = qualified
                .and_then(|it| it.split_once(" ["))
                .is_some_and(|(metric, id)| self.naming.is_offline(metric, id));
            !has_both
                && !is_left
                && parts.any(|it| line[0].starts_with(&format!("{} [", it.measure)))
        };
        all.retain(|line| !is_shown(line));
        all
    }

    /// Number of groups in the report.
    pub fn group_count(&self) -> usize {
        let queries = self.report.queries.iter();
        queries.map(|query| query.groups.len()).sum()
    }

    /// Returns true if it is compared with other inputs.
    pub fn is_compared(&self) -> bool {
        self.about.sources.iter().any(|source| source.is_compared)
    }
}

/// Returns true if an interval is a day of another time zone.
fn is_divided_day(span: Span, zone: Tz) -> bool {
    let length = span.1 - span.0;
    (length - time::DAY).abs() <= time::DAY / 24 && time::divides_days(span, zone)
}

/// The axis of charts.
fn axis_of(spans: &[Span], wanted: &Wanted) -> Option<TimeAxis> {
    match wanted.every {
        Some(every) => TimeAxis::every(spans, every, wanted.zone),
        None => TimeAxis::of(spans, wanted.zone, wanted.points),
    }
}

/// The volume by weekday and hour over all groups.
fn matrix_of(intervals: &Aggregate, hours: &Hours, measures: &[Measure]) -> Option<Matrix> {
    let count = measures.iter().find(|it| it.unit() == FigureUnit::Count)?;
    let matrices = Matrix::all(intervals, hours, std::slice::from_ref(count));
    matrices.into_iter().next()
}

/// The rows of a table.
#[derive(Debug)]
struct Table {
    /// The place of the query.
    query: usize,
    /// The groups, where they are not all of the query.
    groups: Option<Aggregate>,
    rows: Rows,
    /// The volume of the rows by day; `None` of agents from several queries.
    trends: Option<Trends>,
}

/// The groups that tables show, each with the place of its query.
fn groups_of_tables<'r>(
    report: &'r Report,
    by: Option<&[String]>,
) -> Vec<(usize, Cow<'r, Aggregate>)> {
    let mut all = Vec::new();
    // A filter can leave out all metrics of a query.
    let is_shown = |it: &QueryFigures| report.queries.len() < 2 || queries::has_figures(&it.groups);
    let queries = report.queries.iter().enumerate();
    for (at, query) in queries.filter(|(_, it)| is_shown(it)) {
        let split = by.is_none().then(|| queries::tables(&query.groups));
        match split.flatten() {
            Some(tables) => all.extend(tables.into_iter().map(|it| (at, Cow::Owned(it)))),
            None => all.push((at, Cow::Borrowed(&query.groups))),
        }
    }
    if by.is_none() {
        let mut parts = Vec::new();
        for (at, groups) in all {
            match queries::split_agents(&groups) {
                Some(split) => parts.extend(split.map(|it| (at, Cow::Owned(it)))),
                None => parts.push((at, groups)),
            }
        }
        all = parts;
    }
    let agents = by
        .is_none()
        .then(|| queries::agents(all.iter().map(|(_, it)| it.as_ref())));
    if let Some(agents) = agents.flatten() {
        // The tables that it joins, except those by media type, are parts of it.
        let is_joined = |it: &Aggregate| dimensions(it).len() == 1 && queries::is_of_agents(it);
        let first = all
            .iter()
            .position(|(_, it)| queries::is_of_agents(it))
            .unwrap_or(0);
        let query = all.get(first).map_or(0, |(query, _)| *query);
        all.retain(|(_, it)| !is_joined(it));
        all.insert(first.min(all.len()), (query, Cow::Owned(agents)));
    }
    if by.is_none() {
        all = queries::narrowed(all);
    }
    all
}

/// The tables of each query that has rows.
fn tables(
    report: &Report,
    earlier: Option<&Earlier>,
    wanted: &Wanted,
) -> Result<Vec<Table>, Error> {
    let (mut tables, mut unknown, mut unsorted) = (Vec::new(), None, 0);
    for by in wanted.tables() {
        let own = groups_of_tables(report, by);
        let of = |report| groups_of_tables(report, by);
        let compared = earlier.map(|it| [of(it.base(report)), of(&it.report)]);
        let is_any = own.iter().any(|(_, groups)| has_rows(groups, by));
        let is_one = own.len() == 1;
        for (query, groups) in own {
            // Where no query has the dimensions, all groups are "(none)".
            if !has_rows(&groups, by) && (is_any || drops_multivalued(&groups, by).is_some()) {
                continue;
            }
            let same = |all: &[(usize, Cow<'_, Aggregate>)]| match all {
                [(_, only)] if is_one => Some(only.as_ref().clone()),
                others => {
                    let own = dimensions(&groups);
                    let mut others = others.iter().map(|(_, groups)| groups.as_ref());
                    others.find(|it| dimensions(it) == own).cloned()
                }
            };
            let pair = compared.as_ref().and_then(|[base, before]| {
                let before = same(before)?;
                Some([same(base).unwrap_or_default(), before])
            });
            let rows = |wanted| Rows::new(&groups, pair.as_ref(), (by, wanted), is_one);
            let rows = match rows(wanted) {
                Ok(rows) => rows,
                Err(error) => {
                    unknown = Some(error);
                    unsorted += 1;
                    // A figure that another table has is no unknown one.
                    rows(&Wanted {
                        sort: None,
                        ..wanted.clone()
                    })?
                }
            };
            let is_joined = by.is_none() && rows.dimensions == [queries::AGENT];
            let daily = report.queries.get(query).filter(|_| !is_joined);
            let trends = daily.map(|it| Trends::new(&it.daily, &rows.dimensions, wanted.zone));
            tables.push(Table {
                query,
                rows,
                trends,
                groups: match groups {
                    Cow::Owned(groups) => Some(groups),
                    Cow::Borrowed(_) => None,
                },
            });
        }
    }
    match unknown {
        Some(error) if unsorted == tables.len() => Err(error),
        _ => Ok(tables),
    }
}
