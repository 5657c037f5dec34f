//! Days at the ends of the data of which only a part is there.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::aggregate::Span;
use crate::model::time;

/// A day whose data begins later, or ends earlier, than that of other days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartialDay {
    pub date: NaiveDate,
    /// The instant at which the data begins or ends, and the clock at that time.
    pub from: Option<(DateTime<Utc>, NaiveTime)>,
    pub until: Option<(DateTime<Utc>, NaiveTime)>,
    /// True if the day that it is compared with has data in the time that it lacks.
    pub is_compared_with_more: bool,
}

impl PartialDay {
    /// Notes whether the earlier intervals, moved to these days, have data in the time that the day lacks.
    pub(super) fn compare(&mut self, before: &[Span], zone: Tz) {
        let since = |(_, clock): (DateTime<Utc>, NaiveTime)| {
            let since = clock - NaiveTime::MIN;
            since.num_nanoseconds().unwrap_or_default()
        };
        let days = days(before, zone);
        let day = days.iter().find(|it| it.date == self.date);
        self.is_compared_with_more = day.is_some_and(|day| {
            let begins = self.from.map(|from| day.before(since(from)));
            let ends = self.until.map(|until| day.after(since(until)));
            begins.max(ends) >= Some(HOUR)
        });
    }

    /// `to 14:30`, or `from 08:00`.
    pub fn words(&self) -> String {
        let word = |word: &str, at: Option<(DateTime<Utc>, NaiveTime)>| {
            at.map(|(_, clock)| format!("{word} {}", clock.format("%H:%M")))
        };
        let words = [word("from", self.from), word("to", self.until)];
        words
            .into_iter()
            .flatten()
            .collect::<Vec<String>>()
            .join(" ")
    }
}

const HOUR: i64 = 3_600_000_000_000;
/// Longer intervals do not show at which hour the data of a day ends.
const LONGEST: i64 = 6 * HOUR;

/// The intervals of a local day, as nanoseconds of the clock since midnight.
struct DayIntervals {
    date: NaiveDate,
    /// In their order, without the parts that an earlier one has.
    spans: Vec<Span>,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

impl DayIntervals {
    fn start(&self) -> i64 {
        self.spans.first().map_or(0, |(start, _)| *start)
    }

    fn end(&self) -> i64 {
        self.spans.last().map_or(0, |(_, end)| *end)
    }

    fn before(&self, clock: i64) -> i64 {
        let parts = self.spans.iter();
        parts
            .map(|(start, end)| (end.min(&clock) - start).max(0))
            .sum()
    }

    fn after(&self, clock: i64) -> i64 {
        let parts = self.spans.iter();
        parts
            .map(|(start, end)| (end - start.max(&clock)).max(0))
            .sum()
    }
}

/// The first and the last day, where all comparable days have data for hours that the day lacks. Days are
/// comparable with the same weekday, else with other working days. A single weekend has no comparable
/// days, unless every day has data around the clock. Hours without any interval on all days, such as nights,
/// make no partial day.
pub(super) fn of(spans: &[Span], zone: Tz) -> Vec<PartialDay> {
    let days = days(spans, zone);
    let ([first, .., last], false) = (&*days, spans.iter().any(|(a, b)| b - a > LONGEST)) else {
        return Vec::new();
    };
    let from = lacks(
        first,
        &days,
        |day| day.before(first.start()),
        |it| it.start() <= 0,
    );
    let until = lacks(
        last,
        &days,
        |day| day.after(last.end()),
        |it| it.end() >= 24 * HOUR,
    );
    let clock = |at: DateTime<Utc>| (at, at.with_timezone(&zone).time());
    let of_first = from.then(|| PartialDay {
        date: first.date,
        from: Some(clock(first.first)),
        until: None,
        is_compared_with_more: false,
    });
    let of_last = until.then(|| PartialDay {
        date: last.date,
        from: None,
        until: Some(clock(last.last)),
        is_compared_with_more: false,
    });
    of_first.into_iter().chain(of_last).collect()
}

/// Returns true if comparable days have data in the time that this day lacks: each of them an hour, and
/// together two.
fn lacks(
    day: &DayIntervals,
    days: &[DayIntervals],
    beyond: impl Fn(&DayIntervals) -> i64,
    is_whole: impl Fn(&DayIntervals) -> bool,
) -> bool {
    let others = || days.iter().filter(|it| it.date != day.date);
    let is_weekend = |date: NaiveDate| matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    let is_same = |it: &&DayIntervals| it.date.weekday() == day.date.weekday();
    let mut peers: Vec<&DayIntervals> = others().filter(is_same).collect();
    if peers.is_empty() && !is_weekend(day.date) {
        peers = others().filter(|it| !is_weekend(it.date)).collect();
    }
    if peers.is_empty() {
        if !others().all(is_whole) {
            return false;
        }
        peers = others().collect();
    }
    let times: Vec<i64> = peers.into_iter().map(beyond).collect();
    times.iter().all(|time| *time >= HOUR) && times.iter().sum::<i64>() >= 2 * HOUR
}

fn days(spans: &[Span], zone: Tz) -> Vec<DayIntervals> {
    let mut days: Vec<DayIntervals> = Vec::new();
    for &span in spans {
        let date = time::local_day(span, zone);
        let [first, last] = [span.0, span.1].map(DateTime::from_timestamp_nanos);
        let clock = |instant: DateTime<Utc>| {
            let since = instant.with_timezone(&zone).naive_local() - date.and_time(NaiveTime::MIN);
            since.num_nanoseconds().unwrap_or_default()
        };
        let (start, end) = (clock(first), clock(last));
        let day = match days.iter().rposition(|it| it.date == date) {
            Some(at) => days.get_mut(at),
            None => {
                days.push(DayIntervals {
                    date,
                    spans: Vec::new(),
                    first,
                    last,
                });
                days.last_mut()
            }
        };
        let Some(day) = day else { continue };
        (day.first, day.last) = (day.first.min(first), day.last.max(last));
        let known = day.end();
        if end > known || day.spans.is_empty() {
            let start = if day.spans.is_empty() {
                start
            } else {
                start.max(known)
            };
            day.spans.push((start, end));
        }
    }
    days.sort_by_key(|it| it.date);
    days
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    /// Half hours of days of October 2026 between two hours of the clock in Berlin.
    fn hours(days: &[(u32, u32, u32)]) -> Vec<Span> {
        let zone = Tz::Europe__Berlin;
        let mut spans = Vec::new();
        for (day, from, until) in days {
            for half in from * 2..until * 2 {
                let date = NaiveDate::from_ymd_opt(2026, 10, *day).unwrap();
                let clock = date.and_hms_opt(half / 2, half % 2 * 30, 0).unwrap();
                let start = time::local(clock, zone).unwrap().to_utc();
                let end = start + TimeDelta::minutes(30);
                let nanoseconds = |it: DateTime<Utc>| it.timestamp_nanos_opt().unwrap();
                spans.push((nanoseconds(start), nanoseconds(end)));
            }
        }
        spans
    }

    fn found(days: &[(u32, u32, u32)]) -> Vec<String> {
        let days = of(&hours(days), Tz::Europe__Berlin);
        days.iter()
            .map(|it| format!("{} {}", it.date.day(), it.words()))
            .collect()
    }

    #[test]
    fn a_day_is_partial_if_others_have_more() {
        // Monday to Wednesday.
        assert_eq!(
            found(&[(19, 8, 20), (20, 8, 20), (21, 8, 14)]),
            ["21 to 14:00"]
        );
        assert_eq!(
            found(&[(19, 11, 20), (20, 8, 20), (21, 8, 20)]),
            ["19 from 11:00"]
        );
        assert_eq!(found(&[(19, 8, 20), (20, 8, 20)]), [""; 0]);
        assert_eq!(found(&[(19, 8, 14)]), [""; 0]);
        // One hour less of one day can be chance.
        assert_eq!(found(&[(19, 8, 20), (20, 8, 19)]), [""; 0]);
    }

    #[test]
    fn a_short_weekend_is_not_partial() {
        let week = [(22, 8, 20), (23, 8, 20), (24, 9, 13)];
        assert_eq!(found(&week), [""; 0]);
        let two = [(17, 8, 20), (22, 8, 20), (23, 8, 20), (24, 8, 13)];
        assert_eq!(found(&two), ["24 to 13:00"]);
        let all = [(22, 0, 24), (23, 0, 24), (24, 0, 13)];
        assert_eq!(found(&all), ["24 to 13:00"]);
        // The clock is set back on Sunday.
        let whole = [(23, 0, 24), (24, 0, 24), (25, 0, 24)];
        assert_eq!(found(&whole), [""; 0]);
    }
}
