//! Instants of intervals: ISO-8601 with or without an offset, to the nanosecond.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone as _};

/// An instant as an interval writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    /// The time with its offset; a time without one counts as UTC.
    pub time: DateTime<FixedOffset>,
    /// Whether the offset (or `Z`) was written.
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
                .from_utc_datetime(&date.and_time(chrono::NaiveTime::MIN))
                .fixed_offset();
            return Some(Self { time, zoned: false });
        }
        Self::parse(text)
    }
}

/// The two instants of `start/end`.
pub fn interval(text: &str) -> Option<(Instant, Instant)> {
    let (start, end) = text.split_once('/')?;
    Some((Instant::parse(start)?, Instant::parse(end)?))
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
}
