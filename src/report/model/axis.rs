//! The points of charts and sparklines: periods that follow one another, also where there is no data.

use chrono::Weekday;
use chrono_tz::Tz;

use crate::aggregate::Span;
use crate::aggregate::every::Every;
use crate::diagnostic::words::counted;
use crate::model::period::Period;
use crate::model::time::counted_at;

/// A period of an axis.
struct AxisUnit {
    /// The text that [`Period::parse`] reads.
    short: &'static str,
    name: &'static str,
    /// Its length in nanoseconds, and the most that it differs from that: by a clock change, or by the
    /// lengths of months.
    length: i64,
    differs: i64,
}

const fn unit(short: &'static str, name: &'static str, seconds: i64, differs: i64) -> AxisUnit {
    AxisUnit {
        short,
        name,
        length: seconds * SECOND,
        differs: differs * SECOND,
    }
}

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

const UNITS: [AxisUnit; 12] = [
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

/// The most points of an axis, and the most rows of a table that is not by day, week or month.
const MOST_POINTS: usize = 1_000_000;
const MOST_ROWS: usize = 400;
/// An axis of fewer points is for people: over more than eight days, it has no parts of days.
const CHART: usize = 1000;

impl AxisUnit {
    /// Returns true if a time is as long as some of these periods, and how many.
    fn count(&self, length: i64) -> Option<i64> {
        let count = (length + self.length / 2) / self.length;
        let differs = self.differs * count.clamp(1, 3);
        ((length - count * self.length).abs() <= differs).then_some(count)
    }

    fn every(&self, zone: Tz) -> Option<Every> {
        Every::new(Period::parse(self.short)?, zone, Weekday::Mon)
    }
}

/// The points to which intervals are joined.
#[derive(Debug)]
pub struct TimeAxis {
    /// The length of a point in words.
    pub period: String,
    /// One after another, without gaps.
    pub points: Vec<Span>,
    /// Intervals that last beyond the end of their point.
    pub straddling: usize,
    /// The length of the longest interval that is of one point: longer ones are in totals only.
    pub longest: i64,
}

impl TimeAxis {
    /// The axis of intervals in their order: of the longest ones where they have one length and the
    /// others lie in them, else of the shortest local periods that are few; `None` without intervals.
    pub fn of(spans: &[Span], zone: Tz, most: usize) -> Option<Self> {
        let (first, last, longest) = extent(spans)?;
        let is_by_day = most < CHART && last - first > 8 * DAY * SECOND;
        let shortest = if is_by_day { DAY * SECOND } else { 0 };
        if let Some(axis) = Self::natural(spans, zone, most, shortest) {
            return Some(axis);
        }
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let few = |unit: &&AxisUnit| unit.length >= shortest && (last - first) / unit.length < most;
        let whole = UNITS.iter().filter(few).find(|unit| {
            let every = unit.every(zone);
            // An interval on the end of a period counts for the one with most of it.
            let is_long = unit.length >= 2 * longest;
            every.is_some_and(|mut every| {
                let ends = |span: &Span| Some(every.of(span.0)?.1);
                let mut ends = spans.iter().map(ends).zip(spans);
                is_long || ends.all(|(end, span)| end.is_some_and(|end| span.1 <= end))
            })
        });
        let long = |unit: &&AxisUnit| few(unit) && unit.length + unit.differs >= longest;
        let unit = whole.or(UNITS.iter().find(long)).or(UNITS.last())?;
        Self::joined(spans, unit.name.to_owned(), unit.every(zone)?)
    }

    /// The axis of local periods of a length that is asked for.
    pub fn every(spans: &[Span], period: Period, zone: Tz) -> Option<Self> {
        let every = Every::new(period, zone, Weekday::Mon)?;
        Self::joined(spans, words(period), every)
    }

    /// The axis of a table: hours of one day, days of two months, weeks of two years, else months.
    /// Longer intervals are points of their own.
    pub fn calendar(spans: &[Span], zone: Tz) -> Option<Self> {
        let (first, last, longest) = extent(spans)?;
        let mut day = UNITS
            .iter()
            .find(|unit| unit.length == DAY * SECOND)?
            .every(zone)?;
        let (start, end) = day.of(first)?;
        let days = (last - start) / (DAY * SECOND);
        let short = match days {
            _ if last <= end => "1h",
            ..=62 => "1d",
            63..=731 => "1w",
            _ => "1mo",
        };
        let unit = UNITS.iter().find(|unit| unit.short == short)?;
        match longest > unit.length + unit.differs {
            true => Self::of(spans, zone, MOST_ROWS),
            false => Self::joined(spans, unit.name.to_owned(), unit.every(zone)?),
        }
    }

    /// The weeks of an axis of more than seven days.
    pub fn weeks(&self, spans: &[Span], zone: Tz) -> Option<Self> {
        let has_weeks = self.period == "1 day" && self.points.len() > 7;
        has_weeks.then(|| Self::every(spans, Period::parse("1w")?, zone))?
    }

    fn new(period: String, points: Vec<Span>) -> Self {
        let longest = points.iter().map(|(start, end)| end - start).max();
        let longest = longest.unwrap_or_default();
        Self {
            period,
            points,
            straddling: 0,
            // Days and months of other time zones differ a bit.
            longest: longest + longest / 8,
        }
    }

    /// The point to which an interval belongs: see [`counted_at`].
    pub fn point(&self, span: Span) -> Option<usize> {
        if span.1 - span.0 > self.longest {
            return None;
        }
        let behind = |at: i64| self.points.partition_point(|(from, _)| *from <= at);
        let (start, end) = self.points.get(behind(span.0).saturating_sub(1))?;
        let at = counted_at(span, end - start);
        let place = behind(at).checked_sub(1)?;
        self.points.get(place).filter(|(_, end)| at < *end)?;
        Some(place)
    }

    /// Intervals joined to periods.
    fn joined(spans: &[Span], period: String, mut every: Every) -> Option<Self> {
        let periods = spans.iter().map(|span| every.of_bucket(*span));
        let periods: Vec<Span> = periods.collect::<Option<_>>()?;
        let last = *periods.iter().max()?;
        let mut points = vec![*periods.iter().min()?];
        while let Some((_, end)) = points.last().filter(|point| **point < last) {
            if points.len() >= MOST_POINTS {
                return None;
            }
            points.push(every.of(*end)?);
        }
        let mut axis = Self::new(period, points);
        let pairs = spans.iter().zip(&periods);
        let straddling = pairs.filter(|((start, end), own)| {
            end - start <= axis.longest && (*start < own.0 || *end > own.1)
        });
        axis.straddling = straddling.count();
        Some(axis)
    }

    /// The longest intervals as they are, and periods of their length between them: where they do
    /// not overlap, all have one length and every other interval lies in one of them.
    fn natural(spans: &[Span], zone: Tz, most: usize, shortest: i64) -> Option<Self> {
        let mut outer: Vec<Span> = Vec::new();
        for &(start, end) in spans {
            match outer.last_mut() {
                Some(last) if start == last.0 => last.1 = last.1.max(end),
                Some(last) if start < last.1 && end > last.1 => return None,
                Some(last) if start < last.1 => {}
                _ => outer.push((start, end)),
            }
        }
        let is_one = |(start, end): &Span, unit: &AxisUnit| unit.count(end - start) == Some(1);
        let mut units = UNITS.iter().filter(|unit| unit.length >= shortest);
        let unit = units.find(|unit| outer.iter().all(|span| is_one(span, unit)))?;
        let mut every = unit.every(zone)?;
        let is_local = outer.iter().all(|span| every.of(span.0) == Some(*span));
        if !is_local && unit.short == "1d" {
            // Days of another time zone.
            let axis = Self::joined(spans, unit.name.to_owned(), every)?;
            return Some(axis).filter(|axis| axis.points.len() <= most);
        }
        let mut points: Vec<Span> = Vec::new();
        for span in outer {
            if let Some(&(_, end)) = points.last() {
                let (gap, before) = (span.0 - end, points.len());
                let missing = unit.count(gap)?;
                if missing as usize + before >= most {
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
        if points.len() > most {
            return None;
        }
        Some(Self::new(unit.name.to_owned(), points))
    }
}

/// The first start, the last end and the greatest length of intervals in their order.
fn extent(spans: &[Span]) -> Option<(i64, i64, i64)> {
    let (first, _) = *spans.first()?;
    let last = spans.iter().map(|(_, end)| *end).max()?;
    let longest = spans.iter().map(|(start, end)| end - start).max()?;
    Some((first, last, longest))
}

/// A period in words: 30 minutes, or 1 week.
fn words(period: Period) -> String {
    let Period {
        months,
        days,
        seconds,
    } = period;
    let units = [
        (months, 12, "year"),
        (months, 1, "month"),
        (days, 7, "week"),
        (days, 1, "day"),
        (seconds, 3600, "hour"),
        (seconds, 60, "minute"),
        (seconds, 1, "second"),
    ];
    let mut whole = units
        .iter()
        .filter(|(length, unit, _)| *length > 0 && length % unit == 0);
    let unit = whole.next();
    unit.map(|(length, unit, noun)| counted(length / unit, noun))
        .unwrap_or_default()
}
