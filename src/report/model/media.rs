//! The figures of each media type. Times and shares of different media types are never joined.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};

use crate::aggregate::{Aggregate, Group, Span};
use crate::diagnostic::words::counted;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::Quotient;
use crate::model::time;

use super::axis::TimeAxis;
use super::cell::Cell;
use super::earlier::Earlier;
use super::headline;
use super::matrix::{Hours, Matrix};
use super::measure::{HandleParts, Measure, Totals};
use super::naming::capitalized;
use super::outages;
use super::partial::PartialDay;
use super::queries::{MOST_MEDIA, NONE, ShownQuery, added, media_type, media_types, query_of};
use super::series::{Point, Series};
use super::wanted::Wanted;
use crate::report::{QueryFigures, Report, words};

/// The dimension of media types.
pub const DIMENSION: &str = "mediaType";

/// The figures of one media type, or of everything where there are none.
#[derive(Debug)]
pub struct MediaFigures {
    /// The media type; `None` for everything.
    pub media: Option<String>,
    pub headline: Vec<(Measure, Cell)>,
    /// The parts of the handle time.
    pub parts: HandleParts,
    /// By day: by hour within one day, by week or month over a long time.
    pub days: Option<Series>,
    /// The weeks of more than seven days.
    pub weeks: Option<Series>,
    /// Over time, with as many points as a form has room for.
    pub series: Option<Series>,
    /// Volume and service level by weekday and hour.
    pub hours: Vec<Matrix>,
    /// The targets of the queues.
    pub targets: Option<Targets>,
    /// The days of which only a part is there, or nothing although other media types have data.
    pub partial: Vec<PartialDay>,
}

/// The targets of the service level of queues.
#[derive(Debug, Clone, Copy)]
pub struct Targets {
    /// Number of queues that meet their target, and number of queues with a target.
    pub met: usize,
    pub all: usize,
    pub lowest: Quotient,
    pub highest: Quotient,
}

impl Targets {
    /// The target, or the lowest and the highest: `80–90 %`.
    pub fn range(&self) -> String {
        let percent = |target: Quotient| words::target(target).unwrap_or_default();
        let (lowest, highest) = (percent(self.lowest), percent(self.highest));
        match self.are_equal() {
            true => lowest,
            false => format!("{}–{highest}", lowest.trim_end_matches(" %")),
        }
    }

    /// Returns true if all queues have the same.
    pub fn are_equal(&self) -> bool {
        self.lowest.compare(self.highest) == Some(Ordering::Equal)
    }
}

/// The sum of a week.
pub struct WeekSum<'m> {
    /// `Week 44`.
    pub title: String,
    /// The number of days that have data: `6 days`.
    pub days: String,
    pub series: &'m Series,
    pub point: &'m Point,
}

impl MediaFigures {
    /// The title: `Voice`, or `All`.
    pub fn title(&self) -> String {
        match self.media.as_deref() {
            None => "All".to_owned(),
            Some("") => NONE.to_owned(),
            Some(media) => capitalized(media),
        }
    }

    /// Returns true if a service level meets all targets, false if it meets none, and `None` if it meets some.
    pub fn meets_targets(&self, cell: &Cell) -> Option<bool> {
        let (Some(value), None, Some(targets)) = (cell.value, cell.target, &self.targets) else {
            return cell.meets_target();
        };
        match (
            value.compare(targets.lowest)?,
            value.compare(targets.highest)?,
        ) {
            (Ordering::Less, _) => Some(false),
            (_, Ordering::Less) => None,
            _ => Some(true),
        }
    }

    /// The sums of the weeks that have data.
    pub fn weeks(&self) -> impl Iterator<Item = WeekSum<'_>> {
        let series = self.weeks.iter();
        let points = series.flat_map(|series| series.points.iter().map(move |it| (series, it)));
        let points = points.filter(|(_, point)| !point.is_missing);
        points.map(|(series, point)| {
            let days = self.days.iter().flat_map(|it| &it.points);
            let is_own = |it: &&Point| point.start <= it.start && it.start < point.end;
            let own = days
                .filter(is_own)
                .filter(|it| !it.is_missing && it.lacks_count.is_none())
                .count();
            WeekSum {
                title: format!("Week {}", point.local.iso_week().week()),
                days: counted(own, "day"),
                series,
                point,
            }
        })
    }

    /// Sets the series of this media type on an axis.
    pub(super) fn resample(
        &mut self,
        series: &Aggregate,
        axis: &TimeAxis,
        wanted: &Wanted,
        before: Option<&Aggregate>,
    ) {
        let before = before.map(|it| intervals_of(it, self.media.as_deref()));
        let intervals = intervals_of(series, self.media.as_deref());
        let measures = self.headline.iter().map(|(measure, _)| measure.clone());
        let measures: Vec<Measure> = measures.collect();
        self.series = Some(Series::of(
            &intervals,
            axis,
            &measures,
            wanted,
            before.as_ref(),
        ));
    }

    /// A figure of the headline.
    pub fn cell(&self, measure: &Measure) -> Option<&Cell> {
        let mut headline = self.headline.iter();
        headline.find(|(it, _)| it == measure).map(|(_, cell)| cell)
    }
}

/// The intervals of a media type; of all for `None`.
fn intervals_of(series: &Aggregate, media: Option<&str>) -> Aggregate {
    series.filtered(|dimensions| media.is_none_or(|media| media_type(dimensions) == media))
}

/// The groups of a media type joined by some of their dimensions.
fn narrowed(groups: &Aggregate, media: Option<&str>, by: &[String]) -> Aggregate {
    groups.by(by, |place| {
        let group = groups.get(place);
        media.is_none_or(|media| {
            let dimensions = group.map(|group| group.dimensions()).unwrap_or_default();
            media_type(&dimensions) == media
        })
    })
}

/// The figures of all media types, those with the greatest volume first; those of everything where
/// no group has a media type.
pub(super) fn all(
    report: &Report,
    earlier: Option<&Earlier>,
    main: Option<ShownQuery<'_>>,
    wanted: &Wanted,
) -> Vec<MediaFigures> {
    let queries: Vec<&QueryFigures> = added(&report.queries).collect();
    let types = media_types(&queries);
    let query = main.map(|it| it.query);
    let spans = main.map(|it| it.spans);
    let is_one = types.iter().all(String::is_empty) || types.len() > MOST_MEDIA;
    let calendar = spans.map(|spans| Calendar::of(spans, wanted));
    let figures = |media: Option<&str>| {
        let narrow = |queries: &[QueryFigures]| {
            // A query without media types is no part of those that have them.
            let has_media = |it: &QueryFigures| media_types(&[it]).iter().any(|it| !it.is_empty());
            let queries = added(queries).filter(|it| media != Some("") || has_media(it));
            let all = queries.map(|query| narrowed(&query.groups, media, &[]));
            all.collect::<Vec<Aggregate>>()
        };
        fn totals(all: &[Aggregate]) -> Vec<Totals<'_>> {
            let groups = all.iter().filter_map(|groups| groups.get(0));
            groups.map(Totals::new).collect()
        }
        let own = narrow(&report.queries);
        let own = totals(&own);
        let compared =
            earlier.map(|it| [it.base(report), &it.report].map(|it| narrow(&it.queries)));
        let compared = compared
            .as_ref()
            .map(|both| both.each_ref().map(|it| totals(it)));
        let headline = headline::headline(&own, compared.as_ref());
        let partial = main.map(|main| {
            let query = query_of(&report.queries, main.query, media);
            let mut all = Vec::new();
            if std::ptr::eq(query, main.query) {
                all.extend_from_slice(main.partial);
            }
            if let Some(media) = media.filter(|it| !it.is_empty()) {
                let other = earlier.map(|it| &it.report);
                for day in outages::of(main, &report.queries, other, media, wanted.zone) {
                    match all.iter_mut().find(|it| it.date == day.date) {
                        Some(known) => known.add(day),
                        None => all.push(day),
                    }
                }
            }
            all
        });
        let partial = partial.unwrap_or_default();
        let query = query.map(|main| query_of(&report.queries, main, media));
        let moved = earlier.zip(query).and_then(|(it, query)| it.series(query));
        let intervals = query.map(|query| intervals_of(&query.series, media));
        let ([days, weeks], hours) = match (&calendar, &intervals) {
            (Some(calendar), Some(intervals)) => {
                let before = moved.as_ref().map(|it| intervals_of(it, media));
                let alignment = earlier.and_then(|it| it.alignment.as_ref());
                let common = alignment.map(|it| &it.common);
                let before = before.as_ref().zip(common);
                let hours = spans.and_then(|it| Hours::of(it, &partial, wanted.zone));
                calendar.figures((intervals, before), hours, &headline, wanted)
            }
            _ => ([None, None], Vec::new()),
        };
        let parts = own.iter().map(HandleParts::of);
        MediaFigures {
            targets: targets(&queries, media, &headline),
            parts: parts
                .into_iter()
                .find(|it| it.talk.is_some())
                .unwrap_or_default(),
            media: media.map(str::to_owned),
            headline,
            days,
            weeks,
            hours,
            series: None,
            partial,
        }
    };
    if is_one {
        return vec![figures(None)];
    }
    let all = types.iter().map(|media| figures(Some(media)));
    let mut all: Vec<MediaFigures> = all.collect();
    // Groups without a media type are a media type of their own only if they count the same.
    let is_counted = |of: &MediaFigures, measure: &Measure| {
        measure.unit() == FigureUnit::Count && of.cell(measure).is_some()
    };
    let counts: Vec<Measure> = all
        .iter()
        .filter(|it| it.media.as_deref() != Some(""))
        .flat_map(|it| it.headline.iter().map(|(measure, _)| measure.clone()))
        .collect();
    all.retain(|it| {
        it.media.as_deref() != Some("") || counts.iter().any(|measure| is_counted(it, measure))
    });
    all.sort_by(|a, b| volume(b).total_cmp(&volume(a)));
    all
}

/// The first count of the headline.
fn volume(figures: &MediaFigures) -> f64 {
    let mut counts = figures.headline.iter();
    let count = counts.find(|(measure, _)| measure.unit() == FigureUnit::Count);
    count
        .and_then(|(_, cell)| cell.value)
        .map_or(0.0, |value| value.approximate())
}

/// The days and weeks that all media types share.
struct Calendar {
    days: Option<TimeAxis>,
    weeks: Option<TimeAxis>,
}

impl Calendar {
    fn of(spans: &[Span], wanted: &Wanted) -> Self {
        let days = match wanted.every {
            Some(every) => TimeAxis::every(spans, every, wanted.zone),
            None => TimeAxis::calendar(spans, wanted.zone),
        };
        Self {
            weeks: days.as_ref().and_then(|it| it.weeks(spans, wanted.zone)),
            days,
        }
    }

    fn figures(
        &self,
        (intervals, before): (&Aggregate, Option<(&Aggregate, &BTreeSet<NaiveDate>)>),
        hours: Option<Hours>,
        headline: &[(Measure, Cell)],
        wanted: &Wanted,
    ) -> ([Option<Series>; 2], Vec<Matrix>) {
        let measures: Vec<Measure> = headline
            .iter()
            .map(|(measure, _)| measure.clone())
            .collect();
        let of = |axis, own: &Aggregate, before| Series::of(own, axis, &measures, wanted, before);
        let all = before.map(|(before, _)| before);
        let days = self.days.as_ref().map(|axis| of(axis, intervals, all));
        let mut weeks = self.weeks.as_ref().map(|axis| of(axis, intervals, None));
        // Like totals, weeks are compared on the days that both periods have.
        if let (Some(weeks), Some(axis), Some((before, common))) = (&mut weeks, &self.weeks, before)
        {
            let is_common = |span| common.contains(&time::local_day(span, wanted.zone));
            let common = |it: &Aggregate| it.moved(|span| is_common(span).then_some(span));
            weeks.take_changes(of(axis, &common(intervals), Some(&common(before))));
        }
        let count = measures.iter().find(|it| it.unit() == FigureUnit::Count);
        let level = Measure::key("Service level").filter(|it| measures.contains(it));
        let shown: Vec<Measure> = count.cloned().into_iter().chain(level).collect();
        let hours = hours.map(|hours| Matrix::all(intervals, &hours, &shown));
        let mut hours = hours.unwrap_or_default();
        hours.retain(|matrix| matrix.cells.iter().flatten().any(Option::is_some));
        ([days, weeks], hours)
    }
}

/// The targets of the queues of the first query by queue that has service levels.
fn targets(
    queries: &[&QueryFigures],
    media: Option<&str>,
    headline: &[(Measure, Cell)],
) -> Option<Targets> {
    let level = Measure::key("Service level")?;
    let (_, cell) = headline.iter().find(|(measure, _)| *measure == level)?;
    cell.value?;
    let found = queries.iter().filter_map(|query| {
        let queues = narrowed(&query.groups, media, &["queueId".to_owned()]);
        let has_queue = |group: &Group<'_>| group.dimensions().iter().any(|(_, id)| !id.is_empty());
        let groups = queues.iter().filter(has_queue);
        let cells = groups.map(|group| Cell::of(&level, &Totals::new(group)));
        let cells: Vec<Cell> = cells.filter(|cell| cell.target.is_some()).collect();
        let mut targets: Vec<Quotient> = cells.iter().filter_map(|it| it.target).collect();
        targets.sort_by(|a, b| a.compare(*b).unwrap_or(Ordering::Equal));
        let met = cells.iter().filter_map(Cell::meets_target);
        let met: Vec<bool> = met.collect();
        Some(Targets {
            met: met.iter().filter(|met| **met).count(),
            all: met.len(),
            lowest: *targets.first()?,
            highest: *targets.last()?,
        })
    });
    let mut found = found.filter(|it| it.all > 0);
    found.next()
}
