//! Which time is asked for: `--last` and `--interval`, in a zone.

use chrono::{
    DateTime, Datelike as _, Days, NaiveDate, NaiveTime, SubsecRound as _, TimeDelta, Utc,
};
use chrono_tz::Tz;

use crate::document::time::{Instant, local};

use super::Refusal;
use crate::document::period::Period;

/// Two instants, the second later than the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

const LAST: &str = "write a number and m, h, d or w (24h, 7d), or today, yesterday, this-week, \
                    last-week, this-month, last-month or last-7-days";
const INTERVAL: &str = "write two times, such as 2026-03-02/2026-03-03 or \
                        2026-03-02T08:00:00Z/2026-03-02T12:00:00Z, or a time and a period, such \
                        as 2026-03-02/P1D";

impl Interval {
    /// As the API writes it.
    pub fn text(&self) -> String {
        let text = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        format!("{}/{}", text(self.start), text(self.end))
    }

    /// What `--last` means now.
    ///
    /// # Errors
    /// A word that is none.
    pub fn last(word: &str, now: DateTime<Utc>, zone: Tz) -> Result<Self, Refusal> {
        let refused = || Refusal::new(format!("--last {word}: no time back from now")).help(LAST);
        // A response to a query until a fraction of a second can never be asked for again.
        let now = now.trunc_subsecs(0);
        let today = now.with_timezone(&zone).date_naive();
        let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
        let first = today.with_day(1).ok_or_else(refused)?;
        let midnight = |date: NaiveDate| {
            local(date.and_time(NaiveTime::MIN), zone)
                .map(|time| time.to_utc())
                .ok_or_else(refused)
        };
        let (start, end) = match word {
            "today" => (midnight(today)?, now),
            "yesterday" => (midnight(today - Days::new(1))?, midnight(today)?),
            "this-week" => (midnight(monday)?, now),
            "last-week" => (midnight(monday - Days::new(7))?, midnight(monday)?),
            "this-month" => (midnight(first)?, now),
            "last-month" => {
                let before = first
                    .checked_sub_months(chrono::Months::new(1))
                    .ok_or_else(refused)?;
                (midnight(before)?, midnight(first)?)
            }
            _ if whole_days(word).is_some() => {
                let days = Days::new(whole_days(word).unwrap_or(1));
                let before = today.checked_sub_days(days).ok_or_else(refused)?;
                (midnight(before)?, midnight(today)?)
            }
            _ => {
                let back = Self::back(word, now, zone).ok_or_else(refused)?;
                (back, now)
            }
        };
        if start >= end {
            return Err(refused());
        }
        if start < DateTime::UNIX_EPOCH {
            return Err(Refusal::new(format!("--last {word}: that is before 1970")).help(LAST));
        }
        Ok(Self { start, end })
    }

    fn back(word: &str, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let unit = word.chars().last()?;
        let number: u32 = word.strip_suffix(unit)?.parse().ok()?;
        if number == 0 {
            return None;
        }
        match unit.to_ascii_lowercase() {
            'm' => now.checked_sub_signed(TimeDelta::try_minutes(i64::from(number))?),
            'h' => now.checked_sub_signed(TimeDelta::try_hours(i64::from(number))?),
            'd' => Period::days(number).before(now, zone),
            'w' => Period::days(number.checked_mul(7)?).before(now, zone),
            _ => None,
        }
    }

    /// What `--interval` means: times without an offset are local to the zone.
    ///
    /// # Errors
    /// What does not read, or an end that is not after the start.
    pub fn parse(text: &str, zone: Tz) -> Result<Self, Refusal> {
        let refused = |why: &str| Refusal::new(format!("--interval {text}: {why}")).help(INTERVAL);
        let (start, end) = text
            .split_once('/')
            .ok_or_else(|| refused("there is no `/`"))?;
        let start = instant(start, zone).ok_or_else(|| refused("the start is no time"))?;
        let end = match Period::parse(end) {
            Some(period) => period.after(start, zone),
            None => instant(end, zone),
        };
        let end = end.ok_or_else(|| refused("the end is no time and no period"))?;
        if end <= start {
            return Err(refused("the end is not after the start"));
        }
        if end.year() > 9999 {
            return Err(refused("the end is beyond the year 9999"));
        }
        Ok(Self { start, end })
    }

    /// The parts of the interval, cut on local boundaries.
    ///
    /// # Errors
    /// More parts than anybody wants.
    pub fn split(&self, period: Period, zone: Tz) -> Result<Vec<Self>, Refusal> {
        let parts = period.cut(self.start, self.end, zone, MOST_PARTS);
        let parts = parts.ok_or_else(|| {
            Refusal::new(format!(
                "--split would make more than {MOST_PARTS} requests"
            ))
            .help("cut into longer parts, or ask for a shorter interval")
        })?;
        let parts = parts.into_iter().map(|(start, end)| Self { start, end });
        Ok(parts.collect())
    }
}

/// The number of `last-7-days`.
fn whole_days(word: &str) -> Option<u64> {
    let number = word.strip_prefix("last-")?.strip_suffix("-days")?;
    number.parse().ok().filter(|days| *days > 0)
}

const MOST_PARTS: usize = 10_000;

fn instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let instant = Instant::parse_lenient(text)?;
    if instant.zoned {
        Some(instant.time.to_utc())
    } else {
        Some(local(instant.time.naive_utc(), zone)?.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(word: &str, now: &str, zone: &str) -> String {
        Interval::last(word, now.parse().unwrap(), zone.parse().unwrap())
            .unwrap()
            .text()
            .replace(":00.000Z", "")
    }

    #[test]
    fn words_mean_local_days() {
        let sydney = "Australia/Sydney";
        assert_eq!(
            last("yesterday", "2026-05-18T20:15:00Z", sydney),
            "2026-05-17T14:00/2026-05-18T14:00"
        );
        // The clock went back on 5 April: that Sunday had 25 hours.
        assert_eq!(
            last("yesterday", "2026-04-06T01:00:00Z", sydney),
            "2026-04-04T13:00/2026-04-05T14:00"
        );
        assert_eq!(
            last("last-week", "2026-03-31T09:00:00Z", "Europe/Berlin"),
            "2026-03-22T23:00/2026-03-29T22:00"
        );
        assert_eq!(
            last("last-month", "2026-03-31T09:00:00Z", "UTC"),
            "2026-02-01T00:00/2026-03-01T00:00"
        );
        assert_eq!(
            last("last-7-days", "2026-03-31T09:00:00Z", "Europe/Berlin"),
            "2026-03-23T23:00/2026-03-30T22:00"
        );
        assert_eq!(
            last("this-month", "2026-03-31T22:30:00Z", "Europe/Berlin"),
            "2026-03-31T22:00/2026-03-31T22:30"
        );
    }

    #[test]
    fn hours_pass_and_days_follow_the_wall_clock() {
        let berlin = "Europe/Berlin";
        assert_eq!(
            last("24h", "2026-03-29T12:00:00Z", berlin),
            "2026-03-28T12:00/2026-03-29T12:00"
        );
        assert_eq!(
            last("1d", "2026-03-29T12:00:00Z", berlin),
            "2026-03-28T13:00/2026-03-29T12:00"
        );
        let now = "2026-03-29T12:00:00Z".parse().unwrap();
        for word in [
            "",
            "h",
            "0h",
            "24",
            "-1d",
            "1y",
            "tomorrow",
            "99999999999d",
            "1000000d",
            "last-0-days",
            "last-99999999999999-days",
            "1é",
        ] {
            assert!(Interval::last(word, now, Tz::UTC).is_err(), "{word}");
        }
        // No time has passed of the day that just began.
        let midnight = "2026-03-29T00:00:00Z".parse().unwrap();
        assert!(Interval::last("today", midnight, Tz::UTC).is_err());
    }

    #[test]
    fn intervals_are_local_unless_they_say_otherwise() {
        let zone: Tz = "Europe/Berlin".parse().unwrap();
        let text = |text: &str| Interval::parse(text, zone).unwrap().text();
        assert_eq!(
            text("2026-03-29/2026-03-30"),
            "2026-03-28T23:00:00.000Z/2026-03-29T22:00:00.000Z"
        );
        assert_eq!(text("2026-03-29/P1D"), text("2026-03-29/2026-03-30"));
        assert_eq!(
            text("2026-03-29T00:00:00Z/PT12H"),
            "2026-03-29T00:00:00.000Z/2026-03-29T12:00:00.000Z"
        );
        for wrong in [
            "2026-03-29",
            "a/b",
            "2026-03-29/b",
            "2026-03-30/2026-03-29",
            "2026-03-29/P9000Y",
        ] {
            assert!(Interval::parse(wrong, zone).is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_that_begin_late_or_not_at_all() {
        // Half an hour is skipped, and repeated.
        let lord_howe = "Australia/Lord_Howe";
        assert_eq!(
            last("yesterday", "2026-10-05T00:00:00Z", lord_howe),
            "2026-10-03T13:30/2026-10-04T13:00"
        );
        assert_eq!(
            last("yesterday", "2026-04-06T00:00:00Z", lord_howe),
            "2026-04-04T13:00/2026-04-05T13:30"
        );
        // The clock went from 24:00 to 01:00, and in February back to 23:00.
        let sao_paulo = "America/Sao_Paulo";
        assert_eq!(
            last("yesterday", "2018-11-05T12:00:00Z", sao_paulo),
            "2018-11-04T03:00/2018-11-05T02:00"
        );
        assert_eq!(
            last("yesterday", "2018-02-18T12:00:00Z", sao_paulo),
            "2018-02-17T02:00/2018-02-18T03:00"
        );
        // There was no 30 December in Samoa.
        let apia: Tz = "Pacific/Apia".parse().unwrap();
        assert_eq!(
            last("last-7-days", "2011-12-31T12:00:00Z", "Pacific/Apia"),
            "2011-12-25T10:00/2011-12-31T10:00"
        );
        let now = "2011-12-31T00:00:00Z".parse().unwrap();
        let week = Interval::last("last-3-days", now, apia).unwrap();
        let days = week.split(Period::days(1), apia).unwrap();
        assert_eq!(days.len(), 2, "{days:?}");
        assert!(Interval::parse("2011-12-30/2011-12-31", apia).is_err());
    }
}
