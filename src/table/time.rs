//! Formats of `interval_start` and `interval_end`.

use std::borrow::Cow;

use chrono::{DateTime, LocalResult, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::model::time::halves;
use crate::model::time::{self, Instant};

use super::Cell;

/// The conversion of the instants of an interval.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// Shift to this zone, with its offset of that instant.
    pub zone: Option<Tz>,
    /// Write `2026-03-02 08:00:00`, which spreadsheets read as a date.
    pub spreadsheet: bool,
}

impl Times {
    /// The cells of both ends of an interval that is a string.
    pub fn ends<'a>(&self, interval: &'a str) -> [Cell<'a>; 2] {
        let (start, end) = halves(interval);
        [self.cell(start), self.cell(end)]
    }

    /// The cell of an instant that stays in UTC.
    pub fn utc<'a>(&self, text: &'a str) -> Cell<'a> {
        let utc = Self {
            zone: None,
            ..*self
        };
        utc.cell(text)
    }

    fn cell<'a>(&self, text: &'a str) -> Cell<'a> {
        if self.zone.is_none() && !self.spreadsheet {
            return Cell::text(text);
        }
        let Some(instant) = Instant::parse(text) else {
            return Cell::text(text);
        };
        let fraction = fraction(text);
        if self.spreadsheet {
            return Cell::Time(self.for_spreadsheets(&instant, fraction));
        }
        match self.zone {
            Some(zone) => {
                let local = instant.time.with_timezone(&zone);
                Cell::Text(Cow::Owned(format!(
                    "{}{fraction}{}",
                    local.format("%Y-%m-%dT%H:%M:%S"),
                    local.format("%:z")
                )))
            }
            None => Cell::text(text),
        }
    }

    /// The instant of a text that [`Times::ends`] wrote, or of one that it left as it was.
    pub fn instant(&self, written: &str) -> Option<DateTime<Utc>> {
        let with_mark = match self.spreadsheet {
            true => Cow::Owned(written.replacen(' ', "T", 1)),
            false => Cow::Borrowed(written),
        };
        let instant = Instant::parse(&with_mark)?;
        match self.zone.filter(|_| self.spreadsheet && !instant.zoned) {
            Some(zone) => Some(time::local(instant.time.naive_utc(), zone)?.to_utc()),
            None => Some(instant.time.to_utc()),
        }
    }

    /// The day of a text that [`Times::ends`] wrote, such as `2026-03-02`: in the zone asked for, else in
    /// UTC. Empty for a text that is no time.
    pub fn day<'t>(&self, written: &'t str) -> Cow<'t, str> {
        let is_own = self.spreadsheet || self.zone.is_some() || written.ends_with('Z');
        match self.instant(written) {
            None => Cow::Borrowed(""),
            // Its wall clock is the one of the zone.
            Some(_) if is_own => Cow::Borrowed(written.get(..10).unwrap_or_default()),
            Some(utc) => Cow::Owned(utc.format("%Y-%m-%d").to_string()),
        }
    }

    /// The wall clock of the zone asked for, else UTC: spreadsheets know no offsets. A local time
    /// that occurs twice, when clocks go back, keeps its offset: it is then text to a spreadsheet,
    /// but the two hours can be distinguished.
    fn for_spreadsheets(&self, instant: &Instant, fraction: &str) -> String {
        const WALL_CLOCK: &str = "%Y-%m-%d %H:%M:%S";
        let whole = fraction.trim_matches(['.', '0']).is_empty();
        let fraction = if whole { "" } else { fraction };
        let Some(zone) = self.zone else {
            let utc = instant.time.naive_utc();
            return format!("{}{fraction}", utc.format(WALL_CLOCK));
        };
        let local = instant.time.with_timezone(&zone);
        let naive = local.naive_local();
        let offset = match zone.offset_from_local_datetime(&naive) {
            LocalResult::Ambiguous(..) => local.format("%:z").to_string(),
            _ => String::new(),
        };
        format!("{}{fraction}{offset}", naive.format(WALL_CLOCK))
    }
}

/// The decimals of the seconds as they were written, with their point.
fn fraction(text: &str) -> &str {
    let Some(point) = text.find('.') else {
        return "";
    };
    let digits = text[point + 1..]
        .bytes()
        .take_while(u8::is_ascii_digit)
        .count();
    &text[point..=point + digits]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(zone: Option<&str>, spreadsheet: bool, text: &str) -> String {
        let times = Times {
            zone: zone.map(|name| name.parse().unwrap()),
            spreadsheet,
        };
        match times.cell(text) {
            Cell::Text(text) => text.into_owned(),
            Cell::Time(text) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn shifts_over_changes_of_the_clock() {
        let berlin = Some("Europe/Berlin");
        assert_eq!(
            written(berlin, false, "2026-03-29T00:30:00.000Z"),
            "2026-03-29T01:30:00.000+01:00"
        );
        assert_eq!(
            written(berlin, false, "2026-03-29T01:00:00.000Z"),
            "2026-03-29T03:00:00.000+02:00"
        );
        assert_eq!(
            written(Some("Australia/Sydney"), false, "2026-05-17T14:00:00Z"),
            "2026-05-18T00:00:00+10:00"
        );
        assert_eq!(
            written(None, true, "2026-03-02T08:00:00.000Z"),
            "2026-03-02 08:00:00"
        );
        assert_eq!(
            written(None, true, "2026-03-02T23:59:59.999Z"),
            "2026-03-02 23:59:59.999"
        );
        assert_eq!(written(None, false, "as it is"), "as it is");
    }

    #[test]
    fn what_was_written_is_read_as_the_same_instant() {
        for text in [
            "2026-10-25T00:30:00.000Z",
            "2026-10-25T01:30:00.500Z",
            "2026-03-29T01:00:00Z",
        ] {
            for (zone, spreadsheet) in [
                (None, true),
                (Some("Europe/Berlin"), true),
                (Some("Europe/Berlin"), false),
            ] {
                let times = Times {
                    zone: zone.map(|name| name.parse().unwrap()),
                    spreadsheet,
                };
                let read = times.instant(&written(zone, spreadsheet, text)).unwrap();
                assert_eq!(read, Instant::parse(text).unwrap().time, "{text} {zone:?}");
            }
        }
    }

    #[test]
    fn a_repeated_hour_keeps_its_offset_in_spreadsheets() {
        let berlin = |text| written(Some("Europe/Berlin"), true, text);
        assert_eq!(berlin("2026-10-24T23:30:00.000Z"), "2026-10-25 01:30:00");
        assert_eq!(
            berlin("2026-10-25T00:30:00.000Z"),
            "2026-10-25 02:30:00+02:00"
        );
        assert_eq!(
            berlin("2026-10-25T01:30:00.500Z"),
            "2026-10-25 02:30:00.500+01:00"
        );
        assert_eq!(berlin("2026-10-25T02:00:00.000Z"), "2026-10-25 03:00:00");
        assert_eq!(berlin("2026-03-29T01:00:00.000Z"), "2026-03-29 03:00:00");
    }
}
