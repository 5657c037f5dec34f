//! Instants of intervals: ISO-8601 with or without an offset, to the nanosecond.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use chrono_tz::{GapInfo, Tz};

/// An instant as an interval writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    /// The time with its offset; a time without one counts as UTC.
    pub time: DateTime<FixedOffset>,
    /// True if the offset (or `Z`) was written.
    pub zoned: bool,
}

impl Instant {
    /// Reads `2026-03-02T08:00:00.000Z`, with any number of decimals, `±hh:mm`, `±hhmm` or no
    /// offset at all; seconds may be left out.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 64
            || !text
                .get(10..11)
                .is_some_and(|mark| matches!(mark, "T" | "t"))
        {
            return None;
        }
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Some(Self { time, zoned: true });
        }
        for format in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z"] {
            let text = text
                .strip_suffix('Z')
                .map_or_else(|| text.to_owned(), |naive| format!("{naive}+00:00"));
            if let Ok(time) = DateTime::parse_from_str(&text, format) {
                return Some(Self { time, zoned: true });
            }
        }
        for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
            if let Ok(naive) = NaiveDateTime::parse_from_str(text, format) {
                let time = naive.and_utc().fixed_offset();
                return Some(Self { time, zoned: false });
            }
        }
        None
    }

    /// Reads a date alone as its midnight in UTC, or a whole instant.
    pub fn parse_lenient(text: &str) -> Option<Self> {
        if text.len() == 10 {
            let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            let time = chrono::Utc
                .from_utc_datetime(&date.and_time(NaiveTime::MIN))
                .fixed_offset();
            return Some(Self { time, zoned: false });
        }
        Self::parse(text)
    }
}

/// A day in nanoseconds.
pub const DAY: i64 = 24 * 3_600_000_000_000;

/// The instant that decides to which period of this length a bucket belongs: to the one that has most
/// of it, or to the earlier one of two that have as much. The first part of a longer bucket decides.
pub fn counted_at((start, end): (i64, i64), length: i64) -> i64 {
    let half = end.saturating_sub(start).min(length) / 2;
    start.saturating_add((half - 1).max(0))
}

/// The local day to which a bucket belongs: see [`counted_at`].
pub fn local_day(times: (i64, i64), zone: Tz) -> NaiveDate {
    date(counted_at(times, DAY), zone)
}

fn date(nanoseconds: i64, zone: Tz) -> NaiveDate {
    let instant = DateTime::from_timestamp_nanos(nanoseconds);
    instant.with_timezone(&zone).date_naive()
}

/// Returns true if a bucket has parts of several local days.
pub fn divides_days((start, end): (i64, i64), zone: Tz) -> bool {
    let is_midnight = |nanoseconds: i64| {
        let midnight = local(date(nanoseconds, zone).and_time(NaiveTime::MIN), zone);
        midnight.and_then(|it| it.timestamp_nanos_opt()) == Some(nanoseconds)
    };
    let last = end.saturating_sub(1).max(start);
    date(start, zone) != date(last, zone) && !(is_midnight(start) && is_midnight(end))
}

/// The first instant at which the clock of a zone shows this time, and where a clock change skips
/// it, the end of the gap.
pub fn local(naive: NaiveDateTime, zone: Tz) -> Option<DateTime<Tz>> {
    match naive.and_local_timezone(zone).earliest() {
        Some(time) => Some(time),
        None => GapInfo::new(&naive, &zone)?.end,
    }
}

/// Splits an interval at its slash; without one, all of it is the start.
pub fn halves(interval: &str) -> (&str, &str) {
    interval.split_once('/').unwrap_or((interval, ""))
}

/// The milliseconds in the unit of a value; `None` for what is no time.
pub fn milliseconds(unit: &str) -> Option<i64> {
    match unit {
        "ms" | "millisecond" | "milliseconds" => Some(1),
        "s" | "sec" | "second" | "seconds" => Some(1000),
        "min" | "minute" | "minutes" => Some(60_000),
        "h" | "hour" | "hours" => Some(3_600_000),
        _ => None,
    }
}

/// The two instants of `start/end`.
pub fn interval(text: &str) -> Option<(Instant, Instant)> {
    let (start, end) = text.split_once('/')?;
    Some((Instant::parse(start)?, Instant::parse(end)?))
}

/// The two instants of an interval in the API's own form, `2026-03-02T08:00:00.000Z/…` with one to
/// nine decimals or none, as nanoseconds since 1970. `None` for every other form, for intervals
/// that end before they start, and for ends at `23:59:59`: others look at these.
pub fn plain_interval(text: &[u8]) -> Option<(i64, i64)> {
    // Both halves nearly always have the same length.
    let slash = match text.get(text.len() / 2) {
        Some(b'/') => text.len() / 2,
        _ => text.iter().position(|byte| *byte == b'/')?,
    };
    let (start, _) = plain_instant(text.get(..slash)?)?;
    let (end, second) = plain_instant(text.get(slash + 1..)?)?;
    (start <= end && second != LAST_SECOND).then_some((start, end))
}

const LAST_SECOND: i64 = 24 * 3600 - 1;

/// The three pairs of digits of a text such as `26-03-02`, with this byte between them.
fn pairs(text: &[u8], between: u8) -> Option<[i64; 3]> {
    let word = |digit, between| {
        u64::from_le_bytes([digit, digit, between, digit, digit, between, digit, digit])
    };
    let low = u64::from_le_bytes(*text.first_chunk()?) ^ word(b'0', between);
    // A digit is less than ten, and the difference to the byte between is zero.
    let high = low.wrapping_add(word(0x76, 0x7F)) | low;
    if high & word(0x80, 0x80) != 0 {
        return None;
    }
    let pairs = low * 10 + (low >> 8);
    Some([0, 24, 48].map(|at| i64::from((pairs >> at) as u8)))
}

/// An instant and its second of the day.
fn plain_instant(text: &[u8]) -> Option<(i64, i64)> {
    let digits = |from: usize, to: usize| {
        let mut value = 0;
        for byte in text.get(from..to)? {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(byte - b'0');
        }
        Some(value)
    };
    if text.get(10) != Some(&b'T') || text.last() != Some(&b'Z') {
        return None;
    }
    let [year, month, day] = pairs(text.get(2..)?, b'-')?;
    let [hour, minute, second] = pairs(text.get(11..)?, b':')?;
    let year = digits(0, 2)? * 100 + year;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let good = (1700..2200).contains(&year)
        && (1..=days).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !good {
        return None;
    }
    let nanos = match text.get(19..)? {
        b"Z" | b".000Z" => 0,
        [b'.', rest @ ..] if matches!(rest.len(), 2..=10) => {
            digits(20, text.len() - 1)? * 10_i64.pow(10 - rest.len() as u32)
        }
        _ => return None,
    };
    let of_day = hour * 3600 + minute * 60 + second;
    let seconds = days_since_1970(year, month, day) * 86_400 + of_day;
    Some((seconds * 1_000_000_000 + nanos, of_day))
}

/// Days from 1970-01-01 in the Gregorian calendar, counted in years that begin in March so that
/// the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before = year * 365 + year / 4 - year / 100 + year / 400;
    before + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_api_and_its_clients_write() {
        for text in [
            "2026-03-02T08:00:00.000Z",
            "2026-01-01T00:00:00.0000000Z",
            "2026-01-01T00:00:00+01:00",
            "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00Z",
        ] {
            assert!(Instant::parse(text).is_some(), "{text}");
        }
        for text in [
            "i",
            "2026-01-01",
            "2026-13-01T00:00:00Z",
            "2026-01-01 00:00:00Z",
            "2026-01-01T25:00:00Z",
        ] {
            assert!(Instant::parse(text).is_none(), "{text}");
        }
        assert!(Instant::parse_lenient("2026-01-01").is_some());
    }

    #[test]
    fn the_plain_form_agrees_with_the_general_one() {
        let nanos = |text: &str| Instant::parse(text)?.time.timestamp_nanos_opt();
        let mut read = 0;
        for (year, month) in (1890..2110).flat_map(|year| (0..14).map(move |month| (year, month))) {
            for day in [0, 1, 28, 29, 30, 31, 32] {
                for rest in ["00:00:00Z", "12:34:56.7Z", "23:00:59.123456789Z"] {
                    let text = format!("{year:04}-{month:02}-{day:02}T{rest}");
                    let plain = plain_instant(text.as_bytes()).map(|(nanos, _)| nanos);
                    assert_eq!(plain, nanos(&text), "{text}");
                    read += usize::from(plain.is_some());
                }
            }
        }
        assert!(read > 30_000);
        for odd in [
            "2026-01-01T00:00:00.Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00",
            "2026-01-01t00:00:00Z",
            "+026-01-01T00:00:00Z",
            "2026-01-01T00:00:00,5Z",
            "2026-01-01T00:00:00.1234567890Z",
        ] {
            assert_eq!(plain_instant(odd.as_bytes()), None, "{odd}");
        }
        assert!(plain_interval(b"2026-01-01T00:00:00Z/2026-01-02T00:00:00.000Z").is_some());
        assert!(plain_interval(b"2026-01-02T00:00:00Z/2026-01-01T00:00:00Z").is_none());
        assert!(plain_interval(b"2026-01-01T00:00:00Z/2026-01-01T23:59:59Z").is_none());
    }
}
