//! Volume by weekday and hour, in local time.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};
use chrono_tz::Tz;

use crate::aggregate::{Aggregate, Span};
use crate::json::number::Decimal;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::Quotient;

use super::measure::{Measure, Totals};

/// The days of a week.
pub const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS: usize = 24;
/// Longer intervals belong to no hour.
const HOUR: i64 = 3_600_000_000_000;

/// Averages per day of a count, by weekday and hour.
#[derive(Debug)]
pub struct Matrix {
    pub measure: Measure,
    /// By weekday, Monday first, and hour.
    pub cells: [[Option<Quotient>; HOURS]; 7],
    /// How many days of each weekday there are, whole or in part.
    pub days: [usize; 7],
}

impl Matrix {
    /// The matrix of intervals; `None` where one is longer than an hour, where they are of a single
    /// day, or where nothing is counted.
    pub(super) fn of(series: &Aggregate, measures: &[Measure], zone: Tz) -> Option<Self> {
        let mut counts = measures.iter();
        let measure = counts.find(|measure| measure.unit() == FigureUnit::Count)?;
        let mut hours_of: HashMap<Span, Span> = HashMap::new();
        let mut dates: BTreeSet<NaiveDate> = BTreeSet::new();
        let mut starts: BTreeSet<NaiveDateTime> = BTreeSet::new();
        for (start, end) in series.periods() {
            if end - start > HOUR {
                return None;
            }
            let local = DateTime::from_timestamp_nanos(start).with_timezone(&zone);
            dates.insert(local.date_naive());
            starts.insert(local.naive_local());
            let weekday = i64::from(local.weekday().num_days_from_monday());
            hours_of.insert((start, end), (weekday, i64::from(local.hour())));
        }
        if dates.len() < 2 {
            return None;
        }
        let hours = hours(&dates, &starts);
        let mut days = [0; 7];
        for date in &dates {
            if let Some(count) = days.get_mut(date.weekday().num_days_from_monday() as usize) {
                *count += 1;
            }
        }
        let joined = series.over_time(|span| hours_of.get(&span).copied());
        let mut cells = [[None; HOURS]; 7];
        for (weekday, (row, hours)) in (0..).zip(cells.iter_mut().zip(&hours)) {
            for (hour, (cell, count)) in (0..).zip(row.iter_mut().zip(hours)) {
                let group = joined.at((weekday, hour));
                let value = group.and_then(|group| measure.of(&Totals::new(group)).ok());
                let count = Decimal::from(*count.max(&1));
                *cell = value.and_then(|value| value.over(count));
            }
        }
        Some(Self {
            measure: measure.clone(),
            cells,
            days,
        })
    }
}

/// How many of the dates have each hour, by weekday: the first and the last may be cut. An hour
/// between without a bucket counts, because the API leaves out what did not happen.
fn hours(dates: &BTreeSet<NaiveDate>, starts: &BTreeSet<NaiveDateTime>) -> [[i64; HOURS]; 7] {
    let mut hours = [[0; HOURS]; 7];
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else {
        return hours;
    };
    for date in dates {
        let weekday = date.weekday().num_days_from_monday() as usize;
        for (hour, count) in hours.get_mut(weekday).into_iter().flatten().enumerate() {
            let is_before = *date == first.date() && hour < first.hour() as usize;
            let is_behind = *date == last.date() && hour > last.hour() as usize;
            *count += i64::from(!is_before && !is_behind);
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
        let hours = hours(&dates, &starts);
        assert_eq!((hours[0][0], hours[0][1], hours[0][23]), (1, 1, 1));
        assert_eq!((hours[3][0], hours[3][12], hours[1][12]), (1, 1, 0));
    }
}
