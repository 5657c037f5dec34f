//! Periods such as `P1D`, `PT30M` and `P1M` on the wall clock of a zone.

use chrono::{
    DateTime, Datelike as _, Days, Months, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _, Utc,
    Weekday,
};
use chrono_tz::Tz;

use crate::model::period::Period;
use crate::model::time::local;

impl Period {
    fn added(self, naive: NaiveDateTime) -> Option<NaiveDateTime> {
        naive
            .checked_add_months(Months::new(self.months))?
            .checked_add_days(Days::new(u64::from(self.days)))?
            .checked_add_signed(self.time())
    }

    /// The part of it that is no date.
    fn time(self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.seconds))
    }

    /// The instant this much later: months and days by the wall clock, the time as it passes.
    pub fn after(self, start: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        if self.months == 0 && self.days == 0 {
            return start.checked_add_signed(self.time());
        }
        let date = Self { seconds: 0, ..self };
        let naive = date.added(start.with_timezone(&zone).naive_local())?;
        local(naive, zone)?.to_utc().checked_add_signed(self.time())
    }

    /// The instant so much earlier.
    pub fn before(self, end: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        if self.months == 0 && self.days == 0 {
            return end.checked_sub_signed(self.time());
        }
        let naive = end
            .with_timezone(&zone)
            .naive_local()
            .checked_sub_months(Months::new(self.months))?
            .checked_sub_days(Days::new(u64::from(self.days)))?;
        local(naive, zone)?.to_utc().checked_sub_signed(self.time())
    }

    /// The boundary of such periods on the wall clock at or before `naive`: the first of a month,
    /// a Monday, a midnight, a full hour.
    fn floor(self, naive: NaiveDateTime) -> Option<NaiveDateTime> {
        let date = naive.date();
        let day = match (self.months, self.days) {
            (0, 0) => {
                let passed = naive.time().num_seconds_from_midnight() % self.seconds;
                return Some(naive.with_nanosecond(0)? - TimeDelta::seconds(passed.into()));
            }
            (0, 7) => date.week(Weekday::Mon).first_day(),
            (0, _) => date,
            (months, _) if months.is_multiple_of(12) => date.with_ordinal(1)?,
            _ => date.with_day(1)?,
        };
        Some(day.and_time(NaiveTime::MIN))
    }

    /// Cuts `start..end` at the boundaries of such periods on the wall clock of a zone. `None`
    /// where that would make more than `most` parts.
    pub fn cut(
        self,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        zone: Tz,
        most: usize,
    ) -> Option<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
        let anchor = self.floor(start.with_timezone(&zone).naive_local())?;
        let mut parts = Vec::new();
        let (mut from, mut count) = (start, 0_u32);
        while from < end {
            if parts.len() == most {
                return None;
            }
            count += 1;
            // From the anchor each time: the 31st of January and a month is no chain.
            let naive = self.times(count)?.added(anchor)?;
            let until = local(naive, zone)?.to_utc().min(end);
            if until > from {
                parts.push((from, until));
                from = until;
            }
        }
        Some(parts)
    }

    fn times(self, count: u32) -> Option<Self> {
        Some(Self {
            months: self.months.checked_mul(count)?,
            days: self.days.checked_mul(count)?,
            seconds: self.seconds.checked_mul(count)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn cuts(period: &str, start: &str, end: &str, zone: &str) -> Vec<String> {
        let period = Period::parse(period).unwrap();
        let parts = period.cut(utc(start), utc(end), zone.parse().unwrap(), 1000);
        let mut cuts: Vec<String> = Vec::new();
        let mut last = utc(start);
        for (from, until) in parts.unwrap() {
            assert_eq!(from, last, "the parts tile");
            last = until;
            cuts.push(until.format("%m-%dT%H:%M").to_string());
        }
        assert_eq!(last, utc(end));
        cuts
    }

    #[test]
    fn reads_periods() {
        for text in ["P1D", "PT30M", "P1M", "P1Y2M3W4DT5H6M7S", "pt1h"] {
            assert!(Period::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "P",
            "PT",
            "P1",
            "1M",
            "P1DT",
            "PT0S",
            "P-1D",
            "P1H",
            "P1D2M",
            "P999999999Y",
        ] {
            assert!(Period::parse(text).is_none(), "{text}");
        }
        assert_eq!(Period::parse("P1W"), Period::parse("P7D"));
    }

    #[test]
    fn cuts_on_local_boundaries_over_changes_of_the_clock() {
        // 23 hours on 29 March, 25 on 25 October.
        assert_eq!(
            cuts(
                "P1D",
                "2026-03-28T10:00:00Z",
                "2026-03-30T22:00:00Z",
                "Europe/Berlin"
            ),
            ["03-28T23:00", "03-29T22:00", "03-30T22:00"]
        );
        assert_eq!(
            cuts(
                "P1D",
                "2026-10-24T22:00:00Z",
                "2026-10-26T23:00:00Z",
                "Europe/Berlin"
            ),
            ["10-25T23:00", "10-26T23:00"]
        );
        // Santiago has no midnight on 6 September 2026.
        assert_eq!(
            cuts(
                "P1D",
                "2026-09-05T04:00:00Z",
                "2026-09-07T03:00:00Z",
                "America/Santiago"
            ),
            ["09-06T04:00", "09-07T03:00"]
        );
        assert_eq!(
            cuts("P1M", "2026-01-31T12:00:00Z", "2026-03-02T00:00:00Z", "UTC"),
            ["02-01T00:00", "03-01T00:00", "03-02T00:00"]
        );
        assert_eq!(
            cuts("P1W", "2026-03-04T00:00:00Z", "2026-03-17T00:00:00Z", "UTC"),
            ["03-09T00:00", "03-16T00:00", "03-17T00:00"]
        );
        assert_eq!(
            cuts(
                "PT6H",
                "2026-03-04T05:00:00Z",
                "2026-03-04T13:00:00Z",
                "UTC"
            ),
            ["03-04T06:00", "03-04T12:00", "03-04T13:00"]
        );
    }

    #[test]
    fn an_hour_that_is_skipped_makes_no_empty_part() {
        let parts = cuts(
            "PT1H",
            "2026-03-28T23:00:00Z",
            "2026-03-29T22:00:00Z",
            "Europe/Berlin",
        );
        assert_eq!(parts.len(), 23);
        let period = Period::parse("PT1S").unwrap();
        let day = (utc("2026-03-28T00:00:00Z"), utc("2026-03-29T00:00:00Z"));
        assert_eq!(period.cut(day.0, day.1, Tz::UTC, 100), None);
    }
}
