//! Periods on local boundaries, into which buckets are joined.

use chrono::{
    DateTime, Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset as _,
    TimeDelta, Utc, Weekday,
};
use chrono_tz::Tz;

use crate::model::period::Period;
use crate::model::time::{counted_at, local};

use super::Span;

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;

/// The length of periods, in the calendar of a time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Every {
    /// Months, days or a part of a day. Weeks begin on their first day.
    period: Period,
    zone: Tz,
    first_weekday: Weekday,
    /// The period that was found last: buckets come in their order.
    last: Option<Span>,
}

impl Every {
    /// Periods of this length; `None` where a day or a year is no multiple of it, since their
    /// boundaries are not fixed.
    pub fn new(period: Period, zone: Tz, first_weekday: Weekday) -> Option<Self> {
        let is_regular = match (period.months, period.days, period.seconds) {
            (months, 0, 0) => 12_u32.is_multiple_of(months) || months.is_multiple_of(12),
            (0, _, 0) => true,
            (0, 0, seconds) => DAY % i64::from(seconds) == 0,
            _ => false,
        };
        is_regular.then_some(Self {
            period,
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

    /// The period to which a bucket belongs: see [`counted_at`].
    pub fn of_bucket(&mut self, bucket: Span) -> Option<Span> {
        let (start, end) = self.of(bucket.0)?;
        if bucket.1 <= end {
            return Some((start, end));
        }
        self.of(counted_at(bucket, end - start))
    }

    fn find(&self, instant: DateTime<Utc>) -> Option<Span> {
        let (start, end) = match i64::from(self.period.seconds) {
            seconds @ 1..=HOUR => self.of_clock(instant, seconds)?,
            _ => self.of_calendar(instant)?,
        };
        Some((start.timestamp_nanos_opt()?, end.timestamp_nanos_opt()?))
    }

    /// Seconds that the clock of the zone is ahead of UTC.
    fn offset(&self, seconds: i64) -> Option<i64> {
        let instant = DateTime::from_timestamp(seconds, 0)?.with_timezone(&self.zone);
        Some(i64::from(instant.offset().fix().local_minus_utc()))
    }

    /// A period of at most an hour: from one multiple on the clock to the next. It ends where the
    /// clock is changed, so that no hour of the clock is in two periods and no two are in one.
    fn of_clock(
        &self,
        instant: DateTime<Utc>,
        seconds: i64,
    ) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let at = instant.timestamp();
        let offset = self.offset(at)?;
        let clock = at + offset;
        let mut start = clock - clock.rem_euclid(seconds) - offset;
        let mut end = start + seconds;
        if self.offset(start)? != offset {
            start = self.change(start, at)?;
        }
        if self.offset(end - 1)? != offset {
            end = self.change(at, end - 1)?;
        }
        Some((
            DateTime::from_timestamp(start, 0)?,
            DateTime::from_timestamp(end, 0)?,
        ))
    }

    /// The first second with the offset of `after`, which differs from that of `before`.
    fn change(&self, mut before: i64, mut after: i64) -> Option<i64> {
        let offset = self.offset(after)?;
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            match self.offset(middle)? == offset {
                true => after = middle,
                false => before = middle,
            }
        }
        Some(after)
    }

    /// A longer period: from the first instant at which the calendar shows its beginning to the
    /// first at which it shows that of the next one.
    fn of_calendar(&self, instant: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let begins = |naive| Some(local(naive, self.zone)?.to_utc());
        let mut from = self.floor(instant.with_timezone(&self.zone).naive_local())?;
        let mut start = begins(from)?;
        // The calendar may show a day once more after the next one began, or not at all.
        while start > instant {
            from = self.floor(from.checked_sub_signed(TimeDelta::seconds(1))?)?;
            start = begins(from)?;
        }
        loop {
            from = self.next(from)?;
            let end = begins(from)?;
            if end > instant {
                return Some((start, end));
            }
            start = end;
        }
    }

    /// The beginning of the period with this time on the calendar.
    fn floor(&self, time: NaiveDateTime) -> Option<NaiveDateTime> {
        let date = time.date();
        let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN);
        let Period {
            months,
            days,
            seconds,
        } = self.period;
        if months > 0 {
            let month = date.year() * 12 + date.month0() as i32;
            let first = month - month.rem_euclid(months as i32);
            let (year, month) = (first.div_euclid(12), first.rem_euclid(12) as u32 + 1);
            return NaiveDate::from_ymd_opt(year, month, 1).map(midnight);
        }
        if seconds > 0 {
            let into = (time - midnight(date)).num_seconds();
            let from = TimeDelta::seconds(into - into.rem_euclid(seconds.into()));
            return midnight(date).checked_add_signed(from);
        }
        let shift = match self.period.is_of_weeks() {
            // 1970-01-05 was a Monday.
            true => 4 + self.first_weekday.num_days_from_monday(),
            false => 0,
        };
        let first = NaiveDate::default().checked_add_days(Days::new(shift.into()))?;
        let into = (date - first).num_days().rem_euclid(i64::from(days));
        let start = date.checked_sub_days(Days::new(into.unsigned_abs()))?;
        Some(midnight(start))
    }

    /// The beginning of the period behind the one that begins here.
    fn next(&self, start: NaiveDateTime) -> Option<NaiveDateTime> {
        let start = start.checked_add_months(Months::new(self.period.months))?;
        let start = start.checked_add_days(Days::new(self.period.days.into()))?;
        start.checked_add_signed(TimeDelta::seconds(self.period.seconds.into()))
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
            // The clock goes back by half an hour, from 2:00 to 1:30.
            (
                "1h",
                "Australia/Lord_Howe",
                Weekday::Mon,
                "2026-04-04T14:30:00Z",
                "2026-04-04T14:00/2026-04-04T15:00",
            ),
            (
                "1h",
                "Australia/Lord_Howe",
                Weekday::Mon,
                "2026-04-04T15:00:00Z",
                "2026-04-04T15:00/2026-04-04T15:30",
            ),
            // At midnight to 23:30 of the day before.
            (
                "1d",
                "Asia/Pyongyang",
                Weekday::Mon,
                "2015-08-14T15:10:00Z",
                "2015-08-13T15:00/2015-08-14T15:30",
            ),
            // There was no 30 December 2011.
            (
                "1d",
                "Pacific/Apia",
                Weekday::Mon,
                "2011-12-30T10:00:00Z",
                "2011-12-30T10:00/2011-12-31T10:00",
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

    /// The instants in these years at which the clock of a zone changes.
    fn changes(zone: Tz, years: std::ops::Range<i32>) -> Vec<i64> {
        let seconds = |year| {
            let date = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            date.and_time(NaiveTime::MIN).and_utc().timestamp()
        };
        let day = Period::parse("1d").unwrap();
        let every = Every::new(day, zone, Weekday::Mon).unwrap();
        let mut changes = Vec::new();
        let mut at = seconds(years.start);
        while at < seconds(years.end) {
            let next = at + DAY;
            if every.offset(at) != every.offset(next) {
                changes.push(every.change(at, next).unwrap());
            }
            at = next;
        }
        changes
    }

    /// Periods follow one another, and those of a day make up the day, in every zone.
    #[test]
    fn periods_tile_the_time_in_every_zone() {
        let periods = ["15m", "30m", "1h", "2h", "6h", "1d", "1w", "1mo"];
        let mut known = std::collections::HashSet::new();
        for zone in chrono_tz::TZ_VARIANTS {
            for change in changes(zone, 2005..2030) {
                let new = |text| Every::new(Period::parse(text).unwrap(), zone, Weekday::Mon);
                let offsets = |at| new("1d").unwrap().offset(at).unwrap();
                if !known.insert((change, offsets(change - 1), offsets(change))) {
                    continue;
                }
                let second = 1_000_000_000;
                let (from, until) = ((change - DAY) * second, (change + DAY) * second);
                let mut day = new("1d").unwrap();
                for text in periods {
                    let mut every = new(text).unwrap();
                    let mut at = from;
                    while at < until {
                        let (start, end) = every.of(at).unwrap();
                        let what = format!("{text} {zone} {at}: {start} {end}");
                        assert!(start <= at && at < end, "{what}");
                        for inside in [start, (start + end) / 2, end - 1] {
                            let mut fresh = new(text).unwrap();
                            assert_eq!(fresh.of(inside), Some((start, end)), "{what}");
                        }
                        if !matches!(text, "1w" | "1mo") {
                            let (midnight, next) = day.of(start).unwrap();
                            assert!(midnight <= start && end <= next, "{what}");
                        }
                        at = end;
                    }
                }
            }
        }
        assert!(known.len() > 500, "{}", known.len());
    }
}
