//! Volume by weekday and hour, in local time.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};
use chrono_tz::Tz;

use crate::aggregate::{Aggregate, Span};
use crate::json::number::Decimal;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::Quotient;
use crate::model::time::counted_at;

use super::measure::{Measure, Totals};
use super::partial::PartialDay;

/// The days of a week.
pub const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS: usize = 24;
/// Longer intervals belong to no hour.
const HOUR: i64 = 3_600_000_000_000;

/// A figure by weekday and hour: counts are averages per day.
#[derive(Debug)]
pub struct Matrix {
    pub measure: Measure,
    /// By weekday, Monday first, and hour.
    pub cells: [[Option<Quotient>; HOURS]; 7],
    /// Number of days of each weekday, including incomplete days.
    pub days: [usize; 7],
}

/// The local days and hours of intervals that are at most an hour long.
#[derive(Debug)]
pub(super) struct Hours {
    zone: Tz,
    /// Number of days of each weekday, including incomplete days.
    days: [usize; 7],
    /// Number of days that have each hour, by weekday.
    counts: [[i64; HOURS]; 7],
    /// The hours of days that have only a part of them.
    parts: BTreeSet<(NaiveDate, u32)>,
}

impl Hours {
    /// The hours of intervals; `None` where one is longer than an hour, or where they are of a
    /// single day. Hours that a partial day lacks, or has only a part of, do not count.
    pub(super) fn of(spans: &[Span], partial: &[PartialDay], zone: Tz) -> Option<Self> {
        let mut dates: BTreeSet<NaiveDate> = BTreeSet::new();
        let mut starts: BTreeSet<NaiveDateTime> = BTreeSet::new();
        for span in spans {
            if span.1 - span.0 > HOUR {
                return None;
            }
            let local = clock(*span, zone);
            dates.insert(local.date());
            starts.insert(local);
        }
        if dates.len() < 2 {
            return None;
        }
        let are_hours = spans.iter().all(|(start, end)| end - start == HOUR);
        let mut days = [0; 7];
        for date in &dates {
            if let Some(count) = days.get_mut(date.weekday().num_days_from_monday() as usize) {
                *count += 1;
            }
        }
        let lacks = |local: &NaiveDateTime| {
            let mut partial = partial.iter().filter(|it| it.date == local.date());
            partial.any(|it| it.lacks_hour(local.hour() as usize, are_hours))
        };
        let parts = starts.iter().filter(|it| lacks(it));
        Some(Self {
            zone,
            days,
            counts: hours(&dates, &starts, (partial, are_hours)),
            parts: parts.map(|it| (it.date(), it.hour())).collect(),
        })
    }

    /// The weekday and the hour for which an interval counts; `None` if it is longer. Without `parts`, also if its day
    /// has only a part of the hour.
    fn place(&self, span: Span, parts: bool) -> Option<Span> {
        if span.1 - span.0 > HOUR {
            return None;
        }
        let local = clock(span, self.zone);
        if !parts && self.parts.contains(&(local.date(), local.hour())) {
            return None;
        }
        let weekday = local.weekday().num_days_from_monday();
        Some((i64::from(weekday), i64::from(local.hour())))
    }

    /// Number of days that have only a part of an hour.
    fn days_with_part(&self, weekday: i64, hour: i64) -> i64 {
        let same = |it: &&(NaiveDate, u32)| {
            i64::from(it.0.weekday().num_days_from_monday()) == weekday && i64::from(it.1) == hour
        };
        self.parts.iter().filter(same).count() as i64
    }
}

impl Matrix {
    /// The matrices of some figures.
    pub(super) fn all(series: &Aggregate, hours: &Hours, measures: &[Measure]) -> Vec<Self> {
        let joined = series.over_time(|span| hours.place(span, true));
        let whole = series.over_time(|span| hours.place(span, false));
        let matrix = |measure: &Measure| {
            let mut cells = [[None; HOURS]; 7];
            for (weekday, (row, counts)) in (0..).zip(cells.iter_mut().zip(&hours.counts)) {
                for (hour, (cell, count)) in (0..).zip(row.iter_mut().zip(counts)) {
                    // An average is of whole hours, if a day has one.
                    let (of, count) = match (measure.unit(), *count) {
                        (FigureUnit::Count, 0) => (&joined, hours.days_with_part(weekday, hour)),
                        (FigureUnit::Count, count) => (&whole, count),
                        _ => (&joined, 1),
                    };
                    let group = of.at((weekday, hour));
                    let value = group.and_then(|group| measure.of(&Totals::new(group)).ok());
                    let count = count.max(1);
                    *cell = value.and_then(|value| value.over(Decimal::from(count)));
                }
            }
            Self {
                measure: measure.clone(),
                cells,
                days: hours.days,
            }
        };
        measures.iter().map(matrix).collect()
    }
}

/// The clock at the time for which an interval counts: hours of another time zone can begin at half past.
fn clock(span: Span, zone: Tz) -> NaiveDateTime {
    let instant = DateTime::from_timestamp_nanos(counted_at(span, HOUR));
    instant.with_timezone(&zone).naive_local()
}

/// Number of dates that have each hour, by weekday: the first and the last may be cut. An hour
/// between without a bucket counts, because the API leaves out what did not happen, unless the day lacks it.
fn hours(
    dates: &BTreeSet<NaiveDate>,
    starts: &BTreeSet<NaiveDateTime>,
    (partial, are_hours): (&[PartialDay], bool),
) -> [[i64; HOURS]; 7] {
    let mut hours = [[0; HOURS]; 7];
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else {
        return hours;
    };
    for date in dates {
        let weekday = date.weekday().num_days_from_monday() as usize;
        let partial = partial.iter().find(|it| it.date == *date);
        for (hour, count) in hours.get_mut(weekday).into_iter().flatten().enumerate() {
            let is_before = *date == first.date() && hour < first.hour() as usize;
            let is_behind = *date == last.date() && hour > last.hour() as usize;
            let is_lacking = partial.is_some_and(|it| it.lacks_hour(hour, are_hours));
            *count += i64::from(!is_before && !is_behind && !is_lacking);
        }
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_beyond_the_first_and_the_last_interval_are_of_no_day() {
        let at = |day, hour| {
            let date = NaiveDate::from_ymd_opt(2026, 3, day).expect("a date");
            date.and_hms_opt(hour, 0, 0).expect("a time")
        };
        // From Monday at one to the next Monday at one.
        let starts = BTreeSet::from([at(2, 1), at(5, 12), at(9, 0)]);
        let dates = starts.iter().map(|start| start.date()).collect();
        let hours = hours(&dates, &starts, (&[], true));
        assert_eq!((hours[0][0], hours[0][1], hours[0][23]), (1, 1, 1));
        assert_eq!((hours[3][0], hours[3][12], hours[1][12]), (1, 1, 0));
    }
}
