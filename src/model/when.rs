//! Words for times, such as `yesterday`, and times as people type them. One vocabulary for every
//! option that takes a time.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Datelike as _, Days, FixedOffset, Months, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::error::Error;

use super::catalog::nearest;
use super::time::{Instant, local};

/// The syntax of a time, for help texts.
pub const TIMES: &str = "write 2026-03-02, 2026-03-02T08:00:00Z, now, today, yesterday, this-week, \
                         last-week, this-month, last-month or last-7-days";

/// The last second of the year 9999, the last one with four digits.
const END_OF_9999: u64 = 253_402_300_799;

/// The words for times.
const WORDS: [&str; 8] = [
    "now",
    "today",
    "yesterday",
    "this-week",
    "last-week",
    "this-month",
    "last-month",
    "last-7-days",
];

/// The advice for text that is no time: the nearest word, or else `help`.
pub fn advice(text: &str, help: &str) -> String {
    let date = |text, format| NaiveDate::parse_from_str(text, format).ok();
    let dotted = text.split('/').find_map(|part| {
        // With two digits, `%Y` would read the year 26.
        match part.rsplit('.').next().map_or(0, str::len) {
            2 => date(part, "%d.%m.%y"),
            _ => date(part, "%d.%m.%Y"),
        }
    });
    // Nobody knows if 10/11/2026 is in October.
    let others = ["%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%Y-%m-%d", "%Y-%d-%m"];
    // `2026-10-1` is no other order.
    let is_ordered = date(text, "%Y-%m-%d").is_some();
    let others = others.into_iter().take(if is_ordered { 4 } else { 5 });
    let others = others.filter_map(|format| date(text, format));
    let dates = dotted.into_iter().chain(others);
    let dates = dates.filter(|date| date.year() > 999);
    // A good date is no advice: the option needs something else.
    let dates = dates.map(|it| it.to_string()).filter(|it| it != text);
    let dates: BTreeSet<String> = dates.map(|it| format!("`{it}`")).collect();
    if !dates.is_empty() {
        let dates = Vec::from_iter(dates).join(" or ");
        let absent = absent_date(text).map_or_else(String::new, |it| format!("{it}: "));
        return format!("{absent}did you mean {dates}? Dates are written year-month-day");
    }
    let near = text.split('/').find_map(|part| {
        let is_word = part.starts_with(char::is_alphabetic);
        nearest(part, WORDS.into_iter().filter(|_| is_word))
    });
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => match absent_date(text) {
            Some(absent) => format!("{absent}; {help}"),
            None => help.to_owned(),
        },
    }
}

/// Names the part that no calendar has in a text such as `2026-13-01` or `2026-02-30T08:00`.
fn absent_date(text: &str) -> Option<String> {
    let date = text.split(['/', 'T', ' ']).next()?;
    let parts: Option<Vec<u32>> = date.split('-').map(|part| part.parse().ok()).collect();
    let [year, month, day] = parts?.try_into().ok()?;
    let first = NaiveDate::from_ymd_opt(year.try_into().ok()?, month, 1);
    match first.and_then(|first| first.with_day(day)) {
        Some(_) => None,
        None if first.is_some() => Some(format!("month {month} of {year} has no day {day}")),
        None => Some(format!("there is no month {month}")),
    }
}

/// Parses the time of the option `name`, in this time zone if the text has none.
pub fn bound(name: &str, text: &str, zone: Tz) -> Result<DateTime<FixedOffset>, Error> {
    instant(text, now(), zone)
        .map(|time| time.with_timezone(&zone).fixed_offset())
        .ok_or_else(|| {
            Error::usage(format!("{name} {text}: invalid time")).help(advice(text, TIMES))
        })
}

/// The current time, by which words are understood. In whole seconds: a query until a fraction of
/// a second can never be repeated. A clock before 1970 or after 9999 shows the nearer of the two.
pub fn now() -> DateTime<Utc> {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = clock.unwrap_or_default().as_secs().min(END_OF_9999);
    DateTime::from_timestamp(seconds.cast_signed(), 0).unwrap_or_default()
}

/// The first and the last instant of the local days that a word names. A day that is not over ends
/// `now`. `None` for any other word.
pub fn span(word: &str, now: DateTime<Utc>, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let today = now.with_timezone(&zone).date_naive();
    let midnight = |date: NaiveDate| {
        let time = local(date.and_time(NaiveTime::MIN), zone)?;
        Some(time.to_utc())
    };
    let back = |days: u64| today.checked_sub_days(Days::new(days));
    let monday = back(u64::from(today.weekday().num_days_from_monday()));
    let first = today.with_day(1)?;
    match word {
        "today" => Some((midnight(today)?, now)),
        "yesterday" => Some((midnight(back(1)?)?, midnight(today)?)),
        "this-week" => Some((midnight(monday?)?, now)),
        "last-week" => {
            let before = monday?.checked_sub_days(Days::new(7))?;
            Some((midnight(before)?, midnight(monday?)?))
        }
        "this-month" => Some((midnight(first)?, now)),
        "last-month" => {
            let before = first.checked_sub_months(Months::new(1))?;
            Some((midnight(before)?, midnight(first)?))
        }
        _ => {
            let days = word.strip_prefix("last-")?.strip_suffix("-days")?;
            let days = days.parse().ok().filter(|days| *days > 0)?;
            Some((midnight(back(days)?)?, midnight(today)?))
        }
    }
}

/// The instant that somebody typed: a date, a time with or without an offset, `now`, or a word of
/// [`span`], which then means its beginning. Without an offset it is local to the zone.
pub fn instant(text: &str, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    if text == "now" {
        return Some(now);
    }
    if let Some((start, _)) = span(text, now, zone) {
        return Some(start);
    }
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

    const NOW: &str = "2026-03-31T09:30:00Z";

    fn spanned(word: &str, zone: &str) -> Option<String> {
        let (start, end) = span(word, NOW.parse().unwrap(), zone.parse().unwrap())?;
        let text = |time: DateTime<Utc>| time.format("%m-%dT%H:%M").to_string();
        Some(format!("{}/{}", text(start), text(end)))
    }

    #[test]
    fn words_name_local_days() {
        for (word, expected) in [
            ("today", "03-30T22:00/03-31T09:30"),
            ("yesterday", "03-29T22:00/03-30T22:00"),
            // The clock went forward on 29 March.
            ("this-week", "03-29T22:00/03-31T09:30"),
            ("last-week", "03-22T23:00/03-29T22:00"),
            ("this-month", "02-28T23:00/03-31T09:30"),
            ("last-month", "01-31T23:00/02-28T23:00"),
            ("last-3-days", "03-27T23:00/03-30T22:00"),
        ] {
            assert_eq!(
                spanned(word, "Europe/Berlin").as_deref(),
                Some(expected),
                "{word}"
            );
        }
        for other in [
            "",
            "tomorrow",
            "Today",
            "last-0-days",
            "last--days",
            "last-99999999999999-days",
            "2026-03-02",
        ] {
            assert_eq!(spanned(other, "UTC"), None, "{other}");
        }
    }

    #[test]
    fn an_instant_is_a_time_or_the_beginning_of_a_word() {
        let zone: Tz = "Europe/Berlin".parse().unwrap();
        let at = |text: &str| {
            let time = instant(text, NOW.parse().unwrap(), zone)?;
            Some(time.format("%Y-%m-%dT%H:%M").to_string())
        };
        for (text, expected) in [
            ("now", "2026-03-31T09:30"),
            ("yesterday", "2026-03-29T22:00"),
            ("2026-03-02", "2026-03-01T23:00"),
            ("2026-03-02T08:00", "2026-03-02T07:00"),
            ("2026-03-02T08:00:00Z", "2026-03-02T08:00"),
        ] {
            assert_eq!(at(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(at("soon"), None);
    }
}
