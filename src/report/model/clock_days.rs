//! The intervals of local days, as times of the clock.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::aggregate::Span;
use crate::model::time;

pub(super) const HOUR: i64 = 3_600_000_000_000;
pub(super) const MIDNIGHT: i64 = 24 * HOUR;
/// Longer intervals do not show which hours of a day have data.
const LONGEST: i64 = 6 * HOUR;

/// The intervals of a local day, as nanoseconds of the clock since midnight.
pub(super) struct DayIntervals {
    pub date: NaiveDate,
    /// In their order, without the parts that an earlier one has; each with its instants.
    spans: Vec<(Span, Span)>,
    /// True if an interval is too long to show which hours have data. Then the day is no partial day, and is not
    /// compared with others.
    pub is_long: bool,
}

impl DayIntervals {
    pub fn start(&self) -> i64 {
        self.spans.first().map_or(0, |((start, _), _)| *start)
    }

    pub fn end(&self) -> i64 {
        self.spans.last().map_or(0, |((_, end), _)| *end)
    }

    /// How much of a time has data.
    pub fn covered(&self, time: Span) -> i64 {
        let parts = self.spans.iter();
        parts.map(|(own, _)| overlap(*own, time)).sum()
    }

    /// The times without data.
    pub fn holes(&self) -> Vec<Span> {
        let ends = self.spans.iter().map(|((_, end), _)| *end);
        let starts = self.spans.iter().map(|((start, _), _)| *start);
        let holes = std::iter::once(0).chain(ends).zip(starts.chain([MIDNIGHT]));
        holes.filter(|(from, until)| from < until).collect()
    }

    /// The instants at which the data ends before a hole, and begins behind it.
    pub fn around(&self, (from, until): Span) -> [Option<DateTime<Utc>>; 2] {
        let before = self.spans.iter().find(|((_, end), _)| *end == from);
        let behind = self.spans.iter().find(|((start, _), _)| *start == until);
        let instant = DateTime::from_timestamp_nanos;
        [
            before.map(|(_, (_, end))| instant(*end)),
            behind.map(|(_, (start, _))| instant(*start)),
        ]
    }

    pub fn is_weekend(&self) -> bool {
        is_weekend(self.date)
    }
}

/// How much two times have in common.
pub(super) fn overlap(a: Span, b: Span) -> i64 {
    (a.1.min(b.1) - a.0.max(b.0)).max(0)
}

pub(super) fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Returns true if an interval shows which hours of a day have data.
fn is_short((start, end): Span) -> bool {
    end - start <= LONGEST
}

/// Returns true if the dates of two days follow each other.
pub(super) fn is_next(days: &[DayIntervals], first: usize, second: usize) -> bool {
    let pair = days.get(first).zip(days.get(second));
    pair.is_some_and(|(first, second)| first.date.succ_opt() == Some(second.date))
}

/// The local days of intervals in their order.
pub(super) fn days(spans: &[Span], zone: Tz) -> Vec<DayIntervals> {
    let mut days: BTreeMap<NaiveDate, DayIntervals> = BTreeMap::new();
    for &span in spans {
        let date = time::local_day(span, zone);
        let clock = |nanoseconds: i64| {
            let instant = DateTime::from_timestamp_nanos(nanoseconds);
            let since = instant.with_timezone(&zone).naive_local() - date.and_time(NaiveTime::MIN);
            since.num_nanoseconds().unwrap_or_default()
        };
        let (mut start, end) = (clock(span.0), clock(span.1));
        // Some clocks skip the hour after midnight.
        let midnight = date.and_time(NaiveTime::MIN).and_local_timezone(zone);
        if (1..=HOUR).contains(&start) && midnight.earliest().is_none() {
            start = 0;
        }
        let day = days.entry(date).or_insert_with(|| DayIntervals {
            date,
            spans: Vec::new(),
            is_long: false,
        });
        day.is_long |= !is_short(span);
        let known = day.end();
        if day.spans.is_empty() {
            day.spans.push(((start, end), span));
        } else if end > known {
            day.spans.push(((start.max(known), end), span));
        }
    }
    let mut days: Vec<DayIntervals> = days.into_values().collect();
    // An interval beyond midnight has a part of the other day.
    for at in 1..days.len() {
        if is_next(&days, at - 1, at)
            && let Some([before, day]) = days.get_mut(at - 1..=at)
            && let (Some(last), Some(first)) = (before.spans.last(), day.spans.first())
        {
            let (last, first) = (*last, *first);
            let beyond = last.0.1 - MIDNIGHT;
            if 0 < beyond && beyond <= first.0.0 {
                day.spans.insert(0, ((0, beyond), last.1));
            } else if first.0.0 < 0 && last.0.1 <= MIDNIGHT + first.0.0 {
                before
                    .spans
                    .push(((MIDNIGHT + first.0.0, MIDNIGHT), first.1));
            }
        }
    }
    days
}
