//! Periods: `30m`, `1d` and the like as people type them, ISO-8601 as `granularity` writes them.

use std::cmp::Ordering;

use chrono::{DateTime, FixedOffset, TimeDelta};

/// The most that a clock change shifts the end of a local day.
const CLOCK_CHANGE: TimeDelta = TimeDelta::hours(1);
/// Ends of days are often written as `23:59:59`.
const SHORT_END: TimeDelta = TimeDelta::seconds(1);

/// A period such as `30m`, `1d` or `PT30M`: months, days and a time, each of which the calendar
/// counts in its own way.
///
/// ```
/// let period = gcagg::Period::parse("1d").unwrap();
/// assert_eq!((period.days, period.to_iso().as_str()), (1, "P1D"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Months.
    pub months: u32,
    /// Days.
    pub days: u32,
    /// Hours, minutes and seconds together.
    pub seconds: u32,
}

/// The syntax of a period, for help texts.
pub const PERIODS: &str =
    "write 15m, 1h, 1d, 1w, 1mo, 1y or an ISO-8601 period such as PT30M or P1D";

/// Words for periods.
const PERIOD_WORDS: [(&[&str], &str); 5] = [
    (&["hour", "hours", "hourly"], "1h"),
    (&["day", "days", "daily", "date"], "1d"),
    (&["week", "weeks", "weekly"], "1w"),
    (&["month", "months", "monthly"], "1mo"),
    (&["year", "years", "yearly"], "1y"),
];

impl Period {
    /// The short form of the period that a word names: `1d` for `day`.
    pub(crate) fn called(word: &str) -> Option<&'static str> {
        let lower = word.to_lowercase();
        let mut words = PERIOD_WORDS.into_iter();
        let found = words.find(|(names, _)| names.contains(&lower.as_str()));
        found.map(|(_, period)| period)
    }

    /// Reads `30s`, `30m`, `1h`, `1d`, `1w`, `1mo`, `1y` or `P[nY][nM][nW][nD][T[nH][nM][nS]]`; a period
    /// of nothing is none.
    pub fn parse(text: &str) -> Option<Self> {
        Self::short(text).or_else(|| Self::iso(text))
    }

    /// Returns true if it is one week or some.
    pub fn is_of_weeks(self) -> bool {
        self.months == 0 && self.seconds == 0 && self.days > 0 && self.days.is_multiple_of(7)
    }

    /// A number and a unit in any case. `30M` is neither minutes nor months for certain, so it is refused.
    fn short(text: &str) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let number: u32 = number.parse().ok().filter(|number| *number > 0)?;
        let of = |months, days, seconds| {
            Some(Self {
                months,
                days,
                seconds,
            })
        };
        match &*unit.to_ascii_lowercase() {
            "m" if unit == "M" => None,
            "s" => of(0, 0, number),
            "m" => of(0, 0, number.checked_mul(60)?),
            "h" => of(0, 0, number.checked_mul(3600)?),
            "d" => of(0, number, 0),
            "w" => of(0, number.checked_mul(7)?, 0),
            "mo" => of(number, 0, 0),
            "y" => of(number.checked_mul(12)?, 0, 0),
            _ => None,
        }
    }

    fn iso(text: &str) -> Option<Self> {
        let upper = text.to_ascii_uppercase();
        let rest = upper.strip_prefix('P')?;
        let (date, time) = match rest.split_once('T') {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None => (rest, ""),
        };
        let [years, months, weeks, days] = parts(date, ['Y', 'M', 'W', 'D'])?;
        let [hours, minutes, seconds, _] = parts(time, ['H', 'M', 'S', ' '])?;
        let period = Self {
            months: years.checked_mul(12)?.checked_add(months)?,
            days: weeks.checked_mul(7)?.checked_add(days)?,
            seconds: hours
                .checked_mul(3600)?
                .checked_add(minutes.checked_mul(60)?)?
                .checked_add(seconds)?,
        };
        (period.months > 0 || period.days > 0 || period.seconds > 0).then_some(period)
    }

    /// The period as ISO-8601 writes it, in months, days, hours, minutes and seconds.
    pub fn to_iso(self) -> String {
        let part = |number: u32, unit: &str| match number {
            0 => String::new(),
            number => format!("{number}{unit}"),
        };
        let time = [
            part(self.seconds / 3600, "H"),
            part(self.seconds % 3600 / 60, "M"),
            part(self.seconds % 60, "S"),
        ]
        .concat();
        let mark = if time.is_empty() { "" } else { "T" };
        let (months, days) = (part(self.months, "M"), part(self.days, "D"));
        format!("P{months}{days}{mark}{time}")
    }

    /// Compares the time between two instants with the period. Local days are an hour longer or
    /// shorter where clocks change, and months have 28 to 31 days.
    pub fn compare(self, start: DateTime<FixedOffset>, end: DateTime<FixedOffset>) -> Ordering {
        let length = end - start;
        let fixed = TimeDelta::days(self.days.into()) + TimeDelta::seconds(self.seconds.into());
        let least = fixed + TimeDelta::days(28 * i64::from(self.months));
        let most = fixed + TimeDelta::days(31 * i64::from(self.months));
        let slack = if self.months > 0 || self.days > 0 {
            CLOCK_CHANGE
        } else {
            TimeDelta::zero()
        };
        if length < least - slack - SHORT_END {
            Ordering::Less
        } else if length > most + slack {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }
}

/// The numbers before these letters, in this order.
fn parts(text: &str, letters: [char; 4]) -> Option<[u32; 4]> {
    let mut numbers = [0; 4];
    let mut rest = text;
    for (number, letter) in numbers.iter_mut().zip(letters) {
        if let Some((digits, behind)) = rest.split_once(letter) {
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            *number = digits.parse().ok()?;
            rest = behind;
        }
    }
    rest.is_empty().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time;

    fn compared(period: &str, interval: &str) -> Ordering {
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
            "", "P", "PT", "30M", "P1", "PD", "P1H", "PT1D", "P1M1Y", "P0D", "P1D1D", "P-1D",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn short_forms_are_iso_periods() {
        for (short, iso) in [
            ("30s", "PT30S"),
            ("15m", "PT15M"),
            ("90m", "PT1H30M"),
            ("24h", "PT24H"),
            ("1d", "P1D"),
            ("2w", "P14D"),
            ("1mo", "P1M"),
            ("30S", "PT30S"),
            ("1H", "PT1H"),
            ("1D", "P1D"),
            ("1W", "P7D"),
            ("1MO", "P1M"),
            ("1Mo", "P1M"),
        ] {
            let period = Period::parse(short).unwrap();
            assert_eq!(Some(period), Period::parse(iso), "{short}");
            assert_eq!(period.to_iso(), iso);
        }
        assert_eq!(
            Period::parse("P1Y2M3W4DT90S").unwrap().to_iso(),
            "P14M25DT1M30S"
        );
        for text in [
            "30",
            "m",
            "0m",
            "-1d",
            "1x",
            "1 d",
            "1.5h",
            "99999999999d",
            "4294967295w",
            "1é",
            "1M",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn compares_with_the_calendar_in_mind() {
        let day = |interval| compared("P1D", interval);
        assert_eq!(
            day("2026-03-02T00:00:00Z/2026-03-03T00:00:00Z"),
            Ordering::Equal
        );
        assert_eq!(
            day("2026-03-28T23:00:00Z/2026-03-29T22:00:00Z"),
            Ordering::Equal
        );
        assert_eq!(
            day("2026-10-24T22:00:00Z/2026-10-25T23:00:00Z"),
            Ordering::Equal
        );
        assert_eq!(
            day("2026-03-02T00:00:00Z/2026-03-02T23:59:59.999Z"),
            Ordering::Equal
        );
        assert_eq!(
            day("2026-03-02T00:00:00Z/2026-03-02T12:00:00Z"),
            Ordering::Less
        );
        assert_eq!(
            day("2026-03-02T00:00:00Z/2026-03-04T00:00:00Z"),
            Ordering::Greater
        );
        let month = "2026-02-28T23:00:00Z/2026-03-31T22:00:00Z";
        assert_eq!(compared("P1M", month), Ordering::Equal);
        let half = "2026-03-02T08:00:00Z/2026-03-02T08:30:00Z";
        assert_eq!(compared("PT30M", half), Ordering::Equal);
        assert_eq!(compared("PT15M", half), Ordering::Greater);
        assert_eq!(compared("PT1H", half), Ordering::Less);
    }
}
