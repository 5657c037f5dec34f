//! The interval of a query: `--last` and `--interval`, in a zone.

use chrono::{DateTime, Datelike as _, SecondsFormat, SubsecRound as _, Utc};
use chrono_tz::Tz;

use crate::model::period::Period;
use crate::model::when;

use crate::error::Error;

/// Two instants, the second later than the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

const LAST: &str = "write a period back from now (24h, 7d, PT12H), or today, yesterday, this-week, \
                    last-week, this-month, last-month or last-7-days";
const INTERVAL: &str = "write two times, such as 2026-03-02/2026-03-03, \
                        2026-03-02T08:00:00Z/2026-03-02T12:00:00Z or yesterday/today, a time and a \
                        period, such as 2026-03-02/1d, or one word, such as last-week";

/// A time as the API writes it.
pub fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Interval {
    /// The text that the API writes.
    pub fn text(&self) -> String {
        format!("{}/{}", stamp(self.start), stamp(self.end))
    }

    /// The interval that `--last` means now.
    pub fn last(word: &str, now: DateTime<Utc>, zone: Tz) -> Result<Self, Error> {
        let refused = |why: &str| {
            Error::usage(format!("--last {word}: {why}")).help(when::advice(word, LAST))
        };
        let now = now.trunc_subsecs(0);
        let (start, end) = match when::span(word, now, zone) {
            Some(span) => span,
            None => {
                // `24H` too; in a period of ISO-8601 the case does not count anyway.
                let period = Period::parse(&word.to_ascii_lowercase());
                let start = period.and_then(|period| period.before(now, zone));
                (start.ok_or_else(|| refused("unknown period"))?, now)
            }
        };
        if start >= end {
            return Err(refused("this day has just begun"));
        }
        if start < DateTime::UNIX_EPOCH {
            return Err(refused("that is before 1970"));
        }
        Ok(Self { start, end })
    }

    /// The interval that `--interval` means: two times, a time and a period on either side of it, or a word.
    /// Times without an offset are local to the zone.
    pub fn parse(text: &str, now: DateTime<Utc>, zone: Tz) -> Result<Self, Error> {
        let refused = |why: &str| {
            Error::usage(format!("--interval {text}: {why}")).help(when::advice(text, INTERVAL))
        };
        let now = now.trunc_subsecs(0);
        let span = match text.split_once('/') {
            Some((start, end)) => ends(start, end, now, zone).map_err(refused)?,
            None => when::span(text, now, zone).ok_or_else(|| refused("expected START/END"))?,
        };
        let (start, end) = span;
        if end <= start {
            return Err(refused("the end is not after the start"));
        }
        if end.year() > 9999 {
            return Err(refused("the end is beyond the year 9999"));
        }
        Ok(Self { start, end })
    }

    /// The parts of the interval, cut on local boundaries.
    pub fn split(&self, period: Period, zone: Tz) -> Result<Vec<Self>, Error> {
        let parts = period.cut(self.start, self.end, zone, MOST_PARTS);
        let parts = parts.ok_or_else(|| {
            Error::usage(format!(
                "--split would make more than {MOST_PARTS} requests"
            ))
            .help("use longer parts, or a shorter interval")
        })?;
        let parts = parts.into_iter().map(|(start, end)| Self { start, end });
        Ok(parts.collect())
    }
}

const MOST_PARTS: usize = 10_000;

/// The instants of a start and an end, one of which may be a period.
fn ends(
    start: &str,
    end: &str,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<(DateTime<Utc>, DateTime<Utc>), &'static str> {
    const START: &str = "invalid start";
    const END: &str = "invalid end";
    let time = |text: &str| when::instant(text, now, zone);
    match (Period::parse(start), Period::parse(end)) {
        (Some(period), None) => {
            let end = time(end).ok_or(END)?;
            Ok((period.before(end, zone).ok_or(START)?, end))
        }
        (_, Some(period)) => {
            let start = time(start).ok_or(START)?;
            Ok((start, period.after(start, zone).ok_or(END)?))
        }
        (None, None) => Ok((time(start).ok_or(START)?, time(end).ok_or(END)?)),
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

    fn now() -> DateTime<Utc> {
        "2026-03-31T09:00:00Z".parse().unwrap()
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
            "1x",
            "tomorrow",
            "99999999999d",
            "1000000d",
            "last-0-days",
            "last-99999999999999-days",
            "1é",
        ] {
            assert!(Interval::last(word, now, Tz::UTC).is_err(), "{word}");
        }
        let same = |one: &str, other: &str| {
            let of = |word| Interval::last(word, now, Tz::UTC).unwrap();
            assert_eq!(of(one), of(other));
        };
        same("24h", "PT24H");
        same("24H", "pt24h");
        same("7d", "P1W");
        same("1mo", "P1M");
        // No time has passed of the day that just began.
        let midnight = "2026-03-29T00:00:00Z".parse().unwrap();
        assert!(Interval::last("today", midnight, Tz::UTC).is_err());
    }

    #[test]
    fn intervals_are_local_unless_they_say_otherwise() {
        let zone: Tz = "Europe/Berlin".parse().unwrap();
        let text = |text: &str| Interval::parse(text, now(), zone).unwrap().text();
        assert_eq!(
            text("2026-03-29/2026-03-30"),
            "2026-03-28T23:00:00.000Z/2026-03-29T22:00:00.000Z"
        );
        assert_eq!(text("2026-03-29/P1D"), text("2026-03-29/2026-03-30"));
        assert_eq!(
            text("2026-03-29T00:00:00Z/PT12H"),
            "2026-03-29T00:00:00.000Z/2026-03-29T12:00:00.000Z"
        );
        assert_eq!(text("2026-03-29/1d"), text("2026-03-29/2026-03-30"));
        assert_eq!(text("1d/2026-03-30"), text("2026-03-29/2026-03-30"));
        assert_eq!(text("yesterday/today"), text("2026-03-30/2026-03-31"));
        assert_eq!(text("yesterday"), text("2026-03-30/2026-03-31"));
        assert_eq!(text("last-week"), text("2026-03-23/2026-03-30"));
        assert_eq!(text("today/now"), text("today"));
        for wrong in [
            "1d/1d",
            "tomorrow",
            "24h",
            "2026-03-29",
            "a/b",
            "2026-03-29/b",
            "2026-03-30/2026-03-29",
            "2026-03-29/P9000Y",
        ] {
            assert!(Interval::parse(wrong, now(), zone).is_err(), "{wrong}");
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
        let days = week.split(Period::parse("1d").unwrap(), apia).unwrap();
        assert_eq!(days.len(), 2, "{days:?}");
        assert!(Interval::parse("2011-12-30/2011-12-31", now, apia).is_err());
    }
}
