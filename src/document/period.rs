//! ISO-8601 periods, as `granularity` writes them.

use chrono::{DateTime, FixedOffset, TimeDelta};

/// The most that a clock change shifts the end of a local day.
const CLOCK_CHANGE: TimeDelta = TimeDelta::hours(1);
/// Ends of days are often written as `23:59:59`.
const SHORT_END: TimeDelta = TimeDelta::seconds(1);

/// A unit's letter, and how many months, days and seconds it has.
type Unit = (char, i64, i64, i64);

const DATE: &[Unit] = &[
    ('Y', 12, 0, 0),
    ('M', 1, 0, 0),
    ('W', 0, 7, 0),
    ('D', 0, 1, 0),
];
const TIME: &[Unit] = &[('H', 0, 0, 3600), ('M', 0, 0, 60), ('S', 0, 0, 1)];

/// How long a bucket is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    months: i64,
    days: i64,
    /// Hours, minutes and seconds together.
    seconds: i64,
}

/// How a length compares with a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Shorter,
    Equal,
    Longer,
}

impl Period {
    /// Reads `PT30M`, `P1D`, `P1W`, `P1M`, `P1DT12H` and their like.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('P')?;
        let (date, time) = match rest.split_once('T') {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None => (rest, ""),
        };
        let mut period = Self {
            months: 0,
            days: 0,
            seconds: 0,
        };
        for (part, units) in [(date, DATE), (time, TIME)] {
            let mut units = units.iter();
            let mut digits = String::new();
            for char in part.chars() {
                if char.is_ascii_digit() && digits.len() < 9 {
                    digits.push(char);
                    continue;
                }
                // Each unit once, and in this order.
                let (_, months, days, seconds) = units.find(|(unit, ..)| *unit == char)?;
                let number: i64 = digits.parse().ok()?;
                digits.clear();
                period.months += number * months;
                period.days += number * days;
                period.seconds += number * seconds;
            }
            if !digits.is_empty() {
                return None;
            }
        }
        (period.months + period.days + period.seconds > 0).then_some(period)
    }

    /// Compares the time between two instants with the period. Local days are an hour longer or
    /// shorter where clocks change, and months have 28 to 31 days.
    pub fn compare(self, start: DateTime<FixedOffset>, end: DateTime<FixedOffset>) -> Length {
        let length = end - start;
        let fixed = TimeDelta::days(self.days) + TimeDelta::seconds(self.seconds);
        let least = fixed + TimeDelta::days(28 * self.months);
        let most = fixed + TimeDelta::days(31 * self.months);
        let slack = if self.months > 0 || self.days > 0 {
            CLOCK_CHANGE
        } else {
            TimeDelta::zero()
        };
        if length < least - slack - SHORT_END {
            Length::Shorter
        } else if length > most + slack {
            Length::Longer
        } else {
            Length::Equal
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::time;

    fn compared(period: &str, interval: &str) -> Length {
        let (start, end) = time::interval(interval).unwrap();
        Period::parse(period).unwrap().compare(start.time, end.time)
    }

    #[test]
    fn reads_what_granularity_writes() {
        for text in [
            "PT15M", "PT30M", "PT12H", "P1D", "P7D", "P1W", "P1M", "P1Y", "P1DT12H", "PT90S",
        ] {
            assert!(Period::parse(text).is_some(), "{text}");
        }
        assert_eq!(Period::parse("P1W"), Period::parse("P7D"));
        assert_eq!(Period::parse("PT60M"), Period::parse("PT1H"));
        assert_ne!(Period::parse("PT1M"), Period::parse("P1M"));
        for text in [
            "", "P", "PT", "30M", "P1", "PD", "P1H", "PT1D", "P1M1Y", "P0D", "P1D1D", "P-1D", "p1d",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn compares_with_the_calendar_in_mind() {
        let day = |interval| compared("P1D", interval);
        assert_eq!(
            day("2026-03-02T00:00:00Z/2026-03-03T00:00:00Z"),
            Length::Equal
        );
        assert_eq!(
            day("2026-03-28T23:00:00Z/2026-03-29T22:00:00Z"),
            Length::Equal
        );
        assert_eq!(
            day("2026-10-24T22:00:00Z/2026-10-25T23:00:00Z"),
            Length::Equal
        );
        assert_eq!(
            day("2026-03-02T00:00:00Z/2026-03-02T23:59:59.999Z"),
            Length::Equal
        );
        assert_eq!(
            day("2026-03-02T00:00:00Z/2026-03-02T12:00:00Z"),
            Length::Shorter
        );
        assert_eq!(
            day("2026-03-02T00:00:00Z/2026-03-04T00:00:00Z"),
            Length::Longer
        );
        let month = "2026-02-28T23:00:00Z/2026-03-31T22:00:00Z";
        assert_eq!(compared("P1M", month), Length::Equal);
        let half = "2026-03-02T08:00:00Z/2026-03-02T08:30:00Z";
        assert_eq!(compared("PT30M", half), Length::Equal);
        assert_eq!(compared("PT15M", half), Length::Longer);
        assert_eq!(compared("PT1H", half), Length::Shorter);
    }
}
