//! Rules on intervals (`T…`).

use chrono::{DateTime, TimeDelta, Utc};

use crate::diagnostic::sink::Sink;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::aggregates::{Bucket, halves};
use crate::document::time;
use crate::json::text;

/// `T001`: the interval is not two instants.
pub fn bad_interval(bucket: Bucket<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    let Some(node) = bucket.interval() else {
        return;
    };
    let Some(interval) = node.string() else {
        return;
    };
    if time::interval(&interval).is_some() {
        return;
    }
    let shown: String = text::printable(&interval).chars().take(80).collect();
    let why = match interval.split_once('/') {
        None => "it has no `/` between a start and an end".to_owned(),
        Some((start, _)) if time::Instant::parse(start).is_none() => {
            "its start is no ISO-8601 instant".to_owned()
        }
        Some(_) => "its end is no ISO-8601 instant".to_owned(),
    };
    out.push(
        Diagnostic::new(
            Code::BadInterval,
            format!("the interval `{shown}` is not two ISO-8601 instants: {why}"),
        )
        .at(node.span(), format!("{}/interval", place()))
        .cause(why)
        .label("not start/end")
        .help(match is_epoch(&interval) {
            true => "these look like seconds or milliseconds since 1970; `gcagg validate --fix` writes them as 2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z",
            false => "write it as 2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z",
        }),
    );
}

/// Whether both halves are figures such as `1772438400` or `1772438400000`.
fn is_epoch(interval: &str) -> bool {
    let (start, end) = halves(interval);
    start.len() == end.len() && time::epoch(start).is_some() && time::epoch(end).is_some()
}

/// `T002`: the end is before the start.
pub fn inverted_interval(bucket: Bucket<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    let Some(node) = bucket.interval() else {
        return;
    };
    let inverted = node
        .string()
        .and_then(|text| time::interval(&text))
        .is_some_and(|(start, end)| end.time < start.time);
    if inverted {
        out.push(
            Diagnostic::new(Code::InvertedInterval, "the interval ends before it starts")
                .at(node.span(), format!("{}/interval", place()))
                .cause("inverted")
                .label("the end lies before the start")
                .help("exchange the two instants, or fetch the response again"),
        );
    }
}

/// `T005`: the end is written as the last second of a day, which a half-open interval leaves out.
pub fn short_day_end(bucket: Bucket<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    let Some(node) = bucket.interval() else {
        return;
    };
    let Some(interval) = node.string() else {
        return;
    };
    let (_, end) = halves(&interval);
    if time::interval(&interval).is_none() || end.get(11..19) != Some("23:59:59") {
        return;
    }
    let lost = match end.get(19..) {
        Some(rest) if rest.starts_with(".9") => "its last millisecond",
        _ => "its last second",
    };
    out.push(
        Diagnostic::new(
            Code::ShortDayEnd,
            format!("the interval ends at 23:59:59, so the day loses {lost}"),
        )
        .at(node.span(), format!("{}/interval", place()))
        .cause("short day end")
        .label("intervals are half-open: the end itself is not in it")
        .help("query up to midnight of the next day (…T00:00:00.000Z), so that days join without a gap"),
    );
}

/// How far the clock that stamped a bucket may be ahead of ours.
const SLACK: TimeDelta = TimeDelta::minutes(5);
/// How far a wall clock can be ahead of UTC.
const FURTHEST_ZONE: TimeDelta = TimeDelta::hours(14);

/// The latest time at which a bucket may begin.
pub(in crate::check) fn latest(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_signed(SLACK).unwrap_or(now)
}

/// `T006`: a bucket that has not begun yet. One that has begun and not ended is lawful: whoever
/// asks for today gets it.
pub fn future_interval(
    bucket: Bucket<'_>,
    now: DateTime<Utc>,
    place: impl Fn() -> String,
    out: &mut Sink<'_, '_>,
) {
    let Some(node) = bucket.interval() else {
        return;
    };
    let Some((start, _)) = node.string().and_then(|text| time::interval(&text)) else {
        return;
    };
    let mut latest = latest(now);
    if !start.zoned {
        // Whose wall clock that was is not known.
        latest = latest.checked_add_signed(FURTHEST_ZONE).unwrap_or(latest);
    }
    if start.time > latest {
        out.push(
            Diagnostic::new(
                Code::FutureInterval,
                "the interval lies in the future: nothing can have happened in it",
            )
            .at(node.span(), format!("{}/interval", place()))
            .cause("future")
            .label("has not begun")
            .help("check the year, and the clock of this machine; dates made up for a test look like this, too"),
        );
    }
}
