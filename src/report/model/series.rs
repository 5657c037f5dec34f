//! Figures over time.

use chrono::{DateTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::model::period::Period;
use crate::rollup::every::Every;
use crate::rollup::series::{self, Interval};

use super::cell::Cell;
use super::measure::{HandleParts, Measure, Totals};
use super::wanted::Wanted;

/// Periods that intervals are joined to: how they are written, their names, and their lengths in
/// seconds (a month has at least 28 days).
const PERIODS: [(&str, &str, i64); 12] = [
    ("5m", "5 minutes", 300),
    ("15m", "15 minutes", 900),
    ("30m", "30 minutes", 1800),
    ("1h", "1 hour", 3600),
    ("3h", "3 hours", 10_800),
    ("6h", "6 hours", 21_600),
    ("12h", "12 hours", 43_200),
    ("1d", "1 day", 86_400),
    ("1w", "1 week", 604_800),
    ("1mo", "1 month", 2_419_200),
    ("3mo", "3 months", 7_257_600),
    ("12mo", "1 year", 31_536_000),
];

const SECOND: i64 = 1_000_000_000;

/// Figures over time, over all groups.
#[derive(Debug)]
pub struct Series {
    /// How long a point is, in words.
    pub period: String,
    /// In the order of time.
    pub points: Vec<Point>,
    pub measures: Vec<Measure>,
    /// Intervals that last beyond their period: they count where they start.
    pub straddling: usize,
}

/// One point of a series.
#[derive(Debug)]
pub struct Point {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    /// The start as a local time.
    pub label: String,
    /// Whether it ends after the time of the report, so that figures are still to come.
    pub is_incomplete: bool,
    /// One per measure.
    pub cells: Vec<Cell>,
    pub parts: HandleParts,
}

/// An instant as a local time: `2026-03-02 08:30`.
pub fn local(instant: DateTime<Utc>, zone: Tz) -> String {
    let local = instant.with_timezone(&zone);
    local.format("%Y-%m-%d %H:%M").to_string()
}

impl Series {
    /// The series of intervals; `None` where none has a time.
    pub(super) fn of(
        series: &series::Series,
        measures: &[Measure],
        wanted: &Wanted,
    ) -> Option<Self> {
        let intervals = series.intervals();
        let spans: Vec<Interval> = intervals.iter().map(|(span, _)| *span).collect();
        let cut = Cut::of(&spans, wanted)?;
        // The point of each interval, by its place in the series.
        let mut points = vec![None; intervals.len()];
        for ((_, place), point) in intervals.iter().zip(&cut.point_of) {
            if let Some(slot) = points.get_mut(*place) {
                *slot = *point;
            }
        }
        let joined = series.joined(|place| points.get(place).copied().flatten());
        let mut groups: Vec<(usize, Totals<'_>)> = joined
            .iter()
            .filter_map(|group| Some((series::point_of(group)?, Totals::new(group))))
            .collect();
        groups.sort_by_key(|(point, _)| *point);
        let points = groups.into_iter().filter_map(|(point, totals)| {
            let (start, end) = *cut.points.get(point)?;
            let (start, end) = (instant(start), instant(end));
            Some(Point {
                label: local(start, wanted.zone),
                start,
                end,
                is_incomplete: end > wanted.now,
                cells: measures
                    .iter()
                    .map(|measure| Cell::of(measure, &totals))
                    .collect(),
                parts: HandleParts::of(&totals),
            })
        });
        Some(Self {
            points: points.collect(),
            period: cut.period,
            measures: measures.to_vec(),
            straddling: cut.straddling,
        })
    }

    /// Where a measure is.
    pub fn place(&self, measure: &Measure) -> Option<usize> {
        self.measures.iter().position(|it| it == measure)
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

/// How intervals are cut into points.
struct Cut {
    period: String,
    points: Vec<Interval>,
    /// For every interval.
    point_of: Vec<Option<usize>>,
    straddling: usize,
}

impl Cut {
    /// The intervals as they are if they are few and do not overlap, else joined to the shortest
    /// periods that are few.
    fn of(spans: &[Interval], wanted: &Wanted) -> Option<Self> {
        let (first, _) = *spans.first()?;
        let last = spans.iter().map(|(_, end)| *end).max()?;
        let longest = spans.iter().map(|(start, end)| end - start).max()?;
        if let Some(plain) = Self::plain(spans, wanted.points) {
            return Some(plain);
        }
        let most = i64::try_from(wanted.points).unwrap_or(i64::MAX);
        let fits = |seconds: i64| {
            let length = seconds * SECOND;
            length >= longest && (last - first) / length < most
        };
        let chosen = PERIODS.iter().find(|(_, _, seconds)| fits(*seconds));
        let (short, period, _) = chosen.or(PERIODS.last())?;
        let every = Period::parse(short)?;
        let mut every = Every::new(every, wanted.zone, Weekday::Mon)?;
        let mut cut = Self {
            period: (*period).to_owned(),
            points: Vec::new(),
            point_of: Vec::new(),
            straddling: 0,
        };
        for (start, end) in spans {
            let Some(point) = every.of(*start) else {
                cut.point_of.push(None);
                continue;
            };
            if cut.points.last() != Some(&point) {
                cut.points.push(point);
            }
            cut.straddling += usize::from(*end > point.1);
            cut.point_of.push(Some(cut.points.len() - 1));
        }
        Some(cut)
    }

    fn plain(spans: &[Interval], most: usize) -> Option<Self> {
        let mut points: Vec<Interval> = spans.to_vec();
        points.dedup();
        let overlaps = points.windows(2).any(|pair| pair[1].0 < pair[0].1);
        if points.len() > most || overlaps {
            return None;
        }
        let lengths = points.iter().map(|(start, end)| (end - start) / SECOND);
        let mut lengths: Vec<i64> = lengths.collect();
        lengths.sort_unstable();
        lengths.dedup();
        let named = |length: i64| {
            let mut periods = PERIODS.iter();
            let found = periods.find(|(_, _, seconds)| *seconds == length);
            found.map(|(_, name, _)| (*name).to_owned())
        };
        let period = match lengths.as_slice() {
            [length] => named(*length),
            _ => None,
        };
        let place = |span: &Interval| points.binary_search(span).ok();
        Some(Self {
            period: period.unwrap_or_else(|| "interval".to_owned()),
            point_of: spans.iter().map(place).collect(),
            points,
            straddling: 0,
        })
    }
}
