//! Periods on local boundaries, into which buckets are joined.

use chrono::{
    DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, Offset as _, Utc, Weekday,
};
use chrono_tz::Tz;

use crate::model::period::Period;
use crate::model::time::local;

/// Nanoseconds since 1970 in UTC: start and end.
pub type Span = (i64, i64);

const DAY: i64 = 86_400;

/// How long the periods are, in the calendar of a time zone.
#[derive(Debug, Clone)]
pub struct Every {
    unit: Unit,
    zone: Tz,
    first_weekday: Weekday,
    /// The period that was found last: buckets come in their order.
    last: Option<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// A part of a day.
    Seconds(i64),
    Days(u32),
    /// Weeks begin on their first day.
    Weeks(u32),
    /// Of a year.
    Months(u32),
}

impl Every {
    /// Periods of this length; `None` where a day or a year is no multiple of it, since their
    /// boundaries would wander.
    pub fn new(period: Period, zone: Tz, first_weekday: Weekday) -> Option<Self> {
        let unit = match (period.months, period.days, i64::from(period.seconds)) {
            (months, 0, 0) if 12_u32.is_multiple_of(months) || months.is_multiple_of(12) => {
                Unit::Months(months)
            }
            (0, days, 0) if days.is_multiple_of(7) => Unit::Weeks(days / 7),
            (0, days, 0) => Unit::Days(days),
            (0, 0, seconds) if DAY % seconds == 0 => Unit::Seconds(seconds),
            _ => return None,
        };
        Some(Self {
            unit,
            zone,
            first_weekday,
            last: None,
        })
    }

    /// The period in which an instant lies; `None` beyond the calendar.
    pub fn of(&mut self, instant: i64) -> Option<Span> {
        if let Some((start, end)) = self.last
            && (start..end).contains(&instant)
        {
            return self.last;
        }
        self.last = self.find(DateTime::from_timestamp_nanos(instant));
        self.last
    }

    fn find(&self, instant: DateTime<Utc>) -> Option<Span> {
        let time = instant.with_timezone(&self.zone);
        let date = time.date_naive();
        let (start, end) = match self.unit {
            // Clocks change by whole periods: the offset of the instant is that of its period.
            Unit::Seconds(seconds) if seconds <= 3600 => {
                let offset = i64::from(time.offset().fix().local_minus_utc());
                let local = instant.timestamp() + offset;
                let start = local - local.rem_euclid(seconds) - offset;
                let at = |seconds| DateTime::from_timestamp(seconds, 0);
                (at(start)?, at(start + seconds)?)
            }
            Unit::Seconds(seconds) => {
                let midnight = date.and_time(NaiveTime::MIN);
                let into = (time.naive_local() - midnight).num_seconds();
                let from = into - into.rem_euclid(seconds);
                let at = |seconds| {
                    let naive = midnight.checked_add_signed(chrono::TimeDelta::seconds(seconds))?;
                    Some(local(naive, self.zone)?.to_utc())
                };
                (at(from)?, at(from + seconds)?)
            }
            Unit::Days(days) => self.days(date, days, NaiveDate::default())?,
            Unit::Weeks(weeks) => {
                // 1970-01-05 was a Monday.
                let monday = NaiveDate::default().checked_add_days(Days::new(4))?;
                let shift = self.first_weekday.num_days_from_monday();
                let first = monday.checked_add_days(Days::new(shift.into()))?;
                self.days(date, weeks * 7, first)?
            }
            Unit::Months(months) => {
                let month = date.year() * 12 + date.month0() as i32;
                let first = month - month.rem_euclid(months as i32);
                let start = NaiveDate::from_ymd_opt(
                    first.div_euclid(12),
                    first.rem_euclid(12) as u32 + 1,
                    1,
                )?;
                let end = start.checked_add_months(Months::new(months))?;
                (self.midnight(start)?, self.midnight(end)?)
            }
        };
        Some((start.timestamp_nanos_opt()?, end.timestamp_nanos_opt()?))
    }

    /// The days around `date`, counted from a day on which such days begin.
    fn days(
        &self,
        date: NaiveDate,
        days: u32,
        from: NaiveDate,
    ) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let since = (date - from).num_days();
        let into = since.rem_euclid(i64::from(days)) as u64;
        let start = date.checked_sub_days(Days::new(into))?;
        let end = start.checked_add_days(Days::new(days.into()))?;
        Some((self.midnight(start)?, self.midnight(end)?))
    }

    fn midnight(&self, date: NaiveDate) -> Option<DateTime<Utc>> {
        Some(local(date.and_time(NaiveTime::MIN), self.zone)?.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(every: &str, zone: &str, first: Weekday, at: &str) -> String {
        let period = Period::parse(every).unwrap();
        let mut every = Every::new(period, zone.parse().unwrap(), first).unwrap();
        let at = DateTime::parse_from_rfc3339(at).unwrap();
        let (start, end) = every.of(at.timestamp_nanos_opt().unwrap()).unwrap();
        let text = |nanos| {
            let time = DateTime::from_timestamp_nanos(nanos);
            time.format("%Y-%m-%dT%H:%M").to_string()
        };
        format!("{}/{}", text(start), text(end))
    }

    #[test]
    fn boundaries_are_those_of_the_local_calendar() {
        let berlin = "Europe/Berlin";
        for (every, zone, first, at, expected) in [
            (
                "1h",
                "UTC",
                Weekday::Mon,
                "2026-03-02T08:59:59Z",
                "2026-03-02T08:00/2026-03-02T09:00",
            ),
            (
                "15m",
                "Asia/Kathmandu",
                Weekday::Mon,
                "2026-03-02T08:10:00Z",
                "2026-03-02T08:00/2026-03-02T08:15",
            ),
            (
                "1h",
                "Asia/Kathmandu",
                Weekday::Mon,
                "2026-03-02T08:10:00Z",
                "2026-03-02T07:15/2026-03-02T08:15",
            ),
            (
                "1d",
                berlin,
                Weekday::Mon,
                "2026-03-02T23:30:00Z",
                "2026-03-02T23:00/2026-03-03T23:00",
            ),
            // The day of 23 hours, and that of 25.
            (
                "1d",
                berlin,
                Weekday::Mon,
                "2026-03-29T12:00:00Z",
                "2026-03-28T23:00/2026-03-29T22:00",
            ),
            (
                "1d",
                berlin,
                Weekday::Mon,
                "2026-10-25T12:00:00Z",
                "2026-10-24T22:00/2026-10-25T23:00",
            ),
            (
                "6h",
                berlin,
                Weekday::Mon,
                "2026-10-25T03:00:00Z",
                "2026-10-24T22:00/2026-10-25T05:00",
            ),
            // Both hours of the clock that is put back.
            (
                "1h",
                berlin,
                Weekday::Mon,
                "2026-10-25T00:30:00Z",
                "2026-10-25T00:00/2026-10-25T01:00",
            ),
            (
                "1h",
                berlin,
                Weekday::Mon,
                "2026-10-25T01:30:00Z",
                "2026-10-25T01:00/2026-10-25T02:00",
            ),
            (
                "1w",
                "UTC",
                Weekday::Mon,
                "2026-03-08T23:00:00Z",
                "2026-03-02T00:00/2026-03-09T00:00",
            ),
            (
                "1w",
                "UTC",
                Weekday::Sun,
                "2026-03-08T23:00:00Z",
                "2026-03-08T00:00/2026-03-15T00:00",
            ),
            (
                "1mo",
                berlin,
                Weekday::Mon,
                "2026-03-31T22:30:00Z",
                "2026-03-31T22:00/2026-04-30T22:00",
            ),
            (
                "3mo",
                "UTC",
                Weekday::Mon,
                "1969-05-05T00:00:00Z",
                "1969-04-01T00:00/1969-07-01T00:00",
            ),
            (
                "P1Y",
                "UTC",
                Weekday::Mon,
                "2026-05-05T00:00:00Z",
                "2026-01-01T00:00/2027-01-01T00:00",
            ),
        ] {
            assert_eq!(
                period(every, zone, first, at),
                expected,
                "{every} {zone} {at}"
            );
        }
    }

    #[test]
    fn boundaries_that_would_wander_are_refused() {
        for text in ["7h", "45s7", "5mo", "P1DT1H", "P1M1D", "11m"] {
            let period = Period::parse(text);
            let every = period.and_then(|it| Every::new(it, Tz::UTC, Weekday::Mon));
            assert!(every.is_none(), "{text}");
        }
    }
}
