//! Figures over time.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

use crate::aggregate::{Aggregate, Group};
use crate::model::catalog::figure::FigureUnit;

use super::axis::TimeAxis;
use super::cell::{Cell, Change};
use super::measure::{HandleParts, Measure, Totals};
use super::partial::PartialDay;
use super::wanted::Wanted;

/// Figures over time, over all groups.
#[derive(Debug)]
pub struct Series {
    /// The length of a point in words.
    pub period: String,
    /// In the order of time, without gaps: a period without data has a point, too.
    pub points: Vec<Point>,
    pub measures: Vec<Measure>,
    /// Intervals that are not within one period.
    pub straddling: usize,
    /// The length of the longest interval that is of one point.
    pub longest: i64,
}

/// One point of a series.
#[derive(Debug)]
pub struct Point {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    /// The start as a local time.
    pub label: String,
    /// The same as a time of the clock.
    pub local: NaiveDateTime,
    /// True if there is no bucket, or only buckets with other figures. A bucket whose figures a filter leaves out
    /// counts.
    pub is_missing: bool,
    /// True if the clock shows this time for the second time: it was set back.
    pub is_repeated: bool,
    /// The part of the day that has data, where it is not the whole day.
    pub partial: Option<PartialDay>,
    /// The name of the first count, where the day has other figures without it.
    pub lacks_count: Option<String>,
    /// True if it ends after the time of the report, so that figures are still to come.
    pub is_incomplete: bool,
    /// One per measure.
    pub cells: Vec<Cell>,
    pub parts: HandleParts,
}

impl Point {
    /// The reason why a point that has data is not like the others; mostly empty.
    pub fn mark(&self) -> String {
        match &self.partial {
            _ if self.is_missing => String::new(),
            _ if self.is_repeated => "2nd, after the clock change".to_owned(),
            Some(partial) => partial.words(),
            None => self
                .lacks_count
                .as_ref()
                .map_or(String::new(), |it| format!("without {it}")),
        }
    }
}

/// Returns true if a group has figures, and none of these.
fn lacks(group: Group<'_>, measures: &[Measure]) -> bool {
    !group.totals().is_empty() && !measures.iter().any(|it| it.is_of(group))
}

/// An instant as a local time: `2026-03-02 08:30`.
pub fn local(instant: DateTime<Utc>, zone: Tz) -> String {
    let local = instant.with_timezone(&zone);
    local.format("%Y-%m-%d %H:%M").to_string()
}

impl Series {
    /// The series of intervals on an axis. `before` are earlier intervals, moved to these.
    pub(super) fn of(
        series: &Aggregate,
        axis: &TimeAxis,
        measures: &[Measure],
        wanted: &Wanted,
        before: Option<&Aggregate>,
    ) -> Self {
        let joined = |series: &Aggregate| {
            // Earlier intervals may be moved beyond the end.
            series.over_time(|span| axis.points.get(axis.point(span)?).copied())
        };
        let before = before.map(joined);
        let joined = joined(series);
        let mut clocks = BTreeSet::new();
        let points = axis.points.iter().map(|(start, end)| {
            let totals = joined.at((*start, *end)).map(Totals::new);
            let earlier = before
                .as_ref()
                .map(|it| it.at((*start, *end)).map(Totals::new));
            let cell = |measure: &Measure| {
                let of = |totals: &Option<Totals<'_>>| match totals {
                    Some(totals) => Cell::of(measure, totals),
                    None => Cell::default(),
                };
                let mut cell = of(&totals);
                cell.change = earlier.as_ref().map(|it| Change::new(&cell, &of(it)));
                cell
            };
            let (start, end) = (instant(*start), instant(*end));
            let clock = start.with_timezone(&wanted.zone).naive_local();
            Point {
                label: local(start, wanted.zone),
                local: clock,
                is_repeated: !clocks.insert(clock),
                partial: None,
                lacks_count: None,
                start,
                end,
                is_missing: totals.as_ref().is_none_or(|it| lacks(it.group(), measures)),
                is_incomplete: end > wanted.now,
                cells: measures.iter().map(cell).collect(),
                parts: totals.as_ref().map(HandleParts::of).unwrap_or_default(),
            }
        });
        Self {
            points: points.collect(),
            period: axis.period.clone(),
            measures: measures.to_vec(),
            straddling: axis.straddling,
            longest: axis.longest,
        }
    }

    /// Marks the days that are partial, and those that have other figures without the first count.
    pub(super) fn mark(&mut self, partial: &[PartialDay]) {
        if self.is_daily() {
            let mut measures = self.measures.iter();
            let count = measures.position(|it| it.unit() == FigureUnit::Count);
            let count = count.and_then(|at| Some((at, self.measures.get(at)?.label())));
            for point in &mut self.points {
                let date = point.local.date();
                point.partial = partial.iter().find(|it| it.date == date).cloned();
                let has = |cell: &Cell| cell.value.is_some();
                let lacking = count.as_ref().filter(|(at, _)| {
                    point.cells.iter().any(has) && !point.cells.get(*at).is_some_and(has)
                });
                point.lacks_count = lacking.map(|(_, label)| label.to_string());
            }
        }
    }

    /// Removes the changes of days of which one of the periods has only a part. Their earlier figures stay.
    pub(super) fn remove_changes(&mut self, days: &BTreeSet<NaiveDate>) {
        let points = self.points.iter_mut();
        for point in points.filter(|it| days.contains(&it.local.date())) {
            let changes = point.cells.iter_mut().filter_map(|it| it.change.as_mut());
            changes.for_each(|it| *it = Change::of(it.before));
        }
    }

    /// Takes the changes of a series of the same points, where it has earlier figures.
    pub(super) fn take_changes(&mut self, compared: Self) {
        for (point, compared) in self.points.iter_mut().zip(compared.points) {
            for (cell, compared) in point.cells.iter_mut().zip(compared.cells) {
                cell.change = compared.change.filter(|it| it.before.is_some());
            }
        }
    }

    /// Returns true if a point is a local day.
    pub fn is_daily(&self) -> bool {
        self.period == "1 day"
    }

    /// The length of a point as text after the word "by": `day`, or `30 minutes`.
    pub fn by(&self) -> &str {
        self.period.strip_prefix("1 ").unwrap_or(&self.period)
    }

    /// The place of a measure.
    pub fn place(&self, measure: &Measure) -> Option<usize> {
        self.measures.iter().position(|it| it == measure)
    }

    /// The earlier values of the measure at a place, as doubles; none where nothing is compared.
    pub fn earlier_values(&self, place: usize) -> Vec<Option<f64>> {
        let points = self.points.iter();
        let values = points.map(|point| {
            let change = point.cells.get(place)?.change?;
            Some(change.before?.approximate())
        });
        let values: Vec<Option<f64>> = values.collect();
        if values.iter().any(Option::is_some) {
            values
        } else {
            Vec::new()
        }
    }

    /// The values of the measure at a place, as doubles.
    pub fn values(&self, place: usize) -> Vec<Option<f64>> {
        let points = self.points.iter();
        let values = points.map(|point| Some(point.cells.get(place)?.value?.approximate()));
        values.collect()
    }
}

fn instant(nanos: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(nanos)
}
