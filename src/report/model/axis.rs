//! The points of charts and sparklines: periods that follow one another, also where there is no data.

use chrono::Weekday;
use chrono_tz::Tz;

use crate::aggregate::Span;
use crate::aggregate::every::Every;
use crate::model::period::Period;

use super::wanted::Wanted;

/// A period of an axis.
struct Unit {
    /// How it is written.
    short: &'static str,
    name: &'static str,
    /// Its length in nanoseconds, and the most that it differs from that: by a clock change, or by the
    /// lengths of months.
    length: i64,
    differs: i64,
}

const fn unit(short: &'static str, name: &'static str, seconds: i64, differs: i64) -> Unit {
    Unit {
        short,
        name,
        length: seconds * SECOND,
        differs: differs * SECOND,
    }
}

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

const UNITS: [Unit; 12] = [
    unit("5m", "5 minutes", 300, 0),
    unit("15m", "15 minutes", 900, 0),
    unit("30m", "30 minutes", 1800, 0),
    unit("1h", "1 hour", HOUR, 0),
    unit("3h", "3 hours", 3 * HOUR, 0),
    unit("6h", "6 hours", 6 * HOUR, 0),
    unit("12h", "12 hours", 12 * HOUR, 0),
    unit("1d", "1 day", DAY, HOUR),
    unit("1w", "1 week", 7 * DAY, HOUR),
    unit("1mo", "1 month", 30 * DAY, 2 * DAY + HOUR),
    unit("3mo", "3 months", 91 * DAY, 2 * DAY),
    unit("12mo", "1 year", 365 * DAY, DAY + HOUR),
];

impl Unit {
    /// Whether a time is as long as some of these periods, and how many.
    fn count(&self, length: i64) -> Option<i64> {
        let count = (length + self.length / 2) / self.length;
        let differs = self.differs * count.clamp(1, 3);
        ((length - count * self.length).abs() <= differs).then_some(count)
    }

    fn every(&self, zone: Tz) -> Option<Every> {
        Every::new(Period::parse(self.short)?, zone, Weekday::Mon)
    }
}

/// How intervals become points.
#[derive(Debug)]
pub struct TimeAxis {
    /// How long a point is, in words.
    pub period: String,
    /// One after another, without gaps.
    pub points: Vec<Span>,
    /// The point of each interval.
    pub point_of: Vec<Option<usize>>,
    /// Intervals that last beyond the end of their point.
    pub straddling: usize,
}

impl TimeAxis {
    /// The axis of intervals in their order: of the longest ones where they have one length and the
    /// others lie in them, else of the shortest local periods that are few; `None` without intervals.
    pub fn of(spans: &[Span], wanted: &Wanted) -> Option<Self> {
        let (first, _) = *spans.first()?;
        let last = spans.iter().map(|(_, end)| *end).max()?;
        let longest = spans.iter().map(|(start, end)| end - start).max()?;
        if let Some(axis) = Self::natural(spans, wanted) {
            return Some(axis);
        }
        let most = i64::try_from(wanted.points).unwrap_or(i64::MAX);
        let few = |unit: &&Unit| (last - first) / unit.length < most;
        let whole = UNITS.iter().filter(few).find(|unit| {
            let every = unit.every(wanted.zone);
            every.is_some_and(|mut every| {
                let ends = |span: &Span| Some(every.of(span.0)?.1);
                let mut ends = spans.iter().map(ends).zip(spans);
                ends.all(|(end, span)| end.is_some_and(|end| span.1 <= end))
            })
        });
        let long = |unit: &&Unit| few(unit) && unit.length + unit.differs >= longest;
        let unit = whole.or(UNITS.iter().find(long)).or(UNITS.last())?;
        Self::joined(spans, unit, unit.every(wanted.zone)?)
    }

    /// Intervals joined to periods.
    fn joined(spans: &[Span], unit: &Unit, mut every: Every) -> Option<Self> {
        let mut axis = Self {
            period: unit.name.to_owned(),
            points: vec![every.of(spans.first()?.0)?],
            point_of: Vec::new(),
            straddling: 0,
        };
        for (start, end) in spans {
            while let Some((_, last)) = axis.points.last().filter(|(_, last)| last <= start) {
                axis.points.push(every.of(*last)?);
            }
            let last = axis.points.last().map_or(*end, |(_, last)| *last);
            axis.straddling += usize::from(*end > last);
            axis.point_of.push(axis.points.len().checked_sub(1));
        }
        Some(axis)
    }

    /// The longest intervals as they are, and periods of their length between them: where they do
    /// not overlap, all have one length and every other interval lies in one of them.
    fn natural(spans: &[Span], wanted: &Wanted) -> Option<Self> {
        let mut outer: Vec<Span> = Vec::new();
        for &(start, end) in spans {
            match outer.last_mut() {
                Some(last) if start == last.0 => last.1 = last.1.max(end),
                Some(last) if start < last.1 && end > last.1 => return None,
                Some(last) if start < last.1 => {}
                _ => outer.push((start, end)),
            }
        }
        let is_one = |(start, end): &Span, unit: &Unit| unit.count(end - start) == Some(1);
        let mut units = UNITS.iter();
        let unit = units.find(|unit| outer.iter().all(|span| is_one(span, unit)))?;
        let mut every = unit.every(wanted.zone)?;
        let is_local = outer.iter().all(|span| every.of(span.0) == Some(*span));
        let mut points: Vec<Span> = Vec::new();
        for span in outer {
            if let Some(&(_, end)) = points.last() {
                let (gap, before) = (span.0 - end, points.len());
                let missing = unit.count(gap)?;
                if missing as usize + before >= wanted.points {
                    return None;
                }
                // The parts of the gap, where its days are those of a zone that is not known.
                let part = |number: i64| {
                    let hours = gap / (missing * HOUR * SECOND) * number;
                    match unit.differs > 0 && number < missing {
                        true => end + hours * HOUR * SECOND,
                        false => end + gap / missing * number,
                    }
                };
                for number in 0..missing {
                    let from = points.last().map_or(end, |(_, last)| *last);
                    points.push(match is_local {
                        true => every.of(from)?,
                        false if number + 1 == missing => (from, span.0),
                        false => (from, part(number + 1)),
                    });
                }
                if missing == 0 && gap > 0 {
                    points.last_mut()?.1 = span.0;
                }
            }
            points.push(span);
        }
        if points.len() > wanted.points {
            return None;
        }
        let point = |(start, _): &Span| {
            let after = points.partition_point(|(from, _)| from <= start);
            after.checked_sub(1)
        };
        Some(Self {
            period: unit.name.to_owned(),
            point_of: spans.iter().map(point).collect(),
            straddling: 0,
            points,
        })
    }
}
