//! How `interval_start` and `interval_end` are written.

use std::borrow::Cow;

use chrono_tz::Tz;

use crate::document::aggregates::halves;
use crate::document::time::Instant;
use crate::json::Node;

use super::Cell;

/// What is done to an interval's instants.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// Shift to this zone, with its offset of that instant.
    pub zone: Option<Tz>,
    /// Write `2026-03-02 08:00:00`, which spreadsheets read as a date.
    pub spreadsheet: bool,
}

impl Times {
    /// The cells of both ends of an interval.
    pub fn cells<'a>(&self, interval: Option<Node<'a>>) -> [Cell<'a>; 2] {
        let Some(node) = interval else {
            return [Cell::Absent, Cell::Absent];
        };
        let Some(text) = node.string() else {
            return [Cell::of(Some(node)), Cell::of(Some(node))];
        };
        self.ends(text)
    }

    /// The cells of both ends of an interval that is a string.
    pub fn ends<'a>(&self, interval: Cow<'a, str>) -> [Cell<'a>; 2] {
        let (start, end) = match interval {
            Cow::Borrowed(text) => {
                let (start, end) = halves(text);
                (Cow::Borrowed(start), Cow::Borrowed(end))
            }
            Cow::Owned(text) => {
                let (start, end) = halves(&text);
                (Cow::Owned(start.to_owned()), Cow::Owned(end.to_owned()))
            }
        };
        [
            Cell::Text(self.written(start)),
            Cell::Text(self.written(end)),
        ]
    }

    fn written<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        if self.zone.is_none() && !self.spreadsheet {
            return text;
        }
        let Some(instant) = Instant::parse(&text) else {
            return text;
        };
        let fraction = fraction(&text);
        if self.spreadsheet {
            // A spreadsheet knows no offsets: the wall clock of the zone asked for, else UTC.
            let naive = match self.zone {
                Some(zone) => instant.time.with_timezone(&zone).naive_local(),
                None => instant.time.naive_utc(),
            };
            let whole = fraction.trim_matches(['.', '0']).is_empty();
            let fraction = if whole { "" } else { fraction };
            return Cow::Owned(format!("{}{fraction}", naive.format("%Y-%m-%d %H:%M:%S")));
        }
        match self.zone {
            Some(zone) => {
                let local = instant.time.with_timezone(&zone);
                Cow::Owned(format!(
                    "{}{fraction}{}",
                    local.format("%Y-%m-%dT%H:%M:%S"),
                    local.format("%:z")
                ))
            }
            None => text,
        }
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
        times.written(Cow::Borrowed(text)).into_owned()
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
}
