//! Rules on intervals (`T…`).

use chrono::{DateTime, TimeDelta, Utc};

use crate::diagnostic::sink::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Path, Span, text};
use crate::model::time;
use crate::model::time::halves;
use crate::record::{Bucket, View};

/// The interval of a bucket, where it is a string: its text, its bytes and its path.
fn interval<'v>(view: View<'v>, bucket: &Bucket) -> Option<(&'v str, Span, Path)> {
    let slice = bucket.interval.text()?;
    let path = Path::bucket(bucket.index as usize).key("interval");
    Some((view.str(slice), view.token(slice), path))
}

/// `T001`: the interval is not two instants.
pub(super) fn bad_interval(view: View<'_>, bucket: &Bucket, out: &mut Findings<'_, '_>) {
    let Some((interval, span, path)) = interval(view, bucket) else {
        return;
    };
    if time::interval(interval).is_some() {
        return;
    }
    let (number, why) = match interval.split_once('/') {
        None => (0, "it has no `/` between start and end"),
        Some((start, _)) if time::Instant::parse(start).is_none() => {
            (1, "its start is not an ISO-8601 time")
        }
        Some(_) => (2, "its end is not an ISO-8601 time"),
    };
    out.report(Code::BadInterval, number, || why.to_owned(), || {
        let shown: String = text::printable(interval).chars().take(80).collect();
        Diagnostic::new(
            Code::BadInterval,
            format!("the interval `{shown}` is not two ISO-8601 times: {why}"),
        )
        .at(span, path)
        .label("not start/end")
        .help(match is_epoch(interval) {
            true => "these look like seconds or milliseconds since 1970; save the response unchanged, or write it as 2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z",
            false => "write it as 2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z",
        })
    });
}

/// Returns true if both halves are seconds or milliseconds, such as `1772438400` or
/// `1772438400000`.
fn is_epoch(interval: &str) -> bool {
    let is_number = |half: &str| half.bytes().all(|byte| byte.is_ascii_digit());
    let (start, end) = halves(interval);
    start.len() == end.len() && matches!(start.len(), 10 | 13) && is_number(start) && is_number(end)
}

/// `T002`: the end is not after the start.
pub(super) fn inverted_interval(view: View<'_>, bucket: &Bucket, out: &mut Findings<'_, '_>) {
    let Some((interval, span, path)) = interval(view, bucket) else {
        return;
    };
    let Some((start, end)) = time::interval(interval) else {
        return;
    };
    if end.time >= start.time {
        return;
    }
    out.report(
        Code::InvertedInterval,
        0,
        || "inverted".to_owned(),
        || {
            Diagnostic::new(Code::InvertedInterval, "the interval ends before it starts")
                .at(span, path)
                .label("the end is before the start")
                .help("swap the two times, or fetch the response again")
        },
    );
}

/// `T005`: the end is written as the last second of a day, which a half-open interval leaves out.
pub(super) fn short_day_end(view: View<'_>, bucket: &Bucket, out: &mut Findings<'_, '_>) {
    let Some((interval, span, path)) = interval(view, bucket) else {
        return;
    };
    let (_, end) = halves(interval);
    if time::interval(interval).is_none() || end.get(11..19) != Some("23:59:59") {
        return;
    }
    out.report(
        Code::ShortDayEnd,
        0,
        || "short day end".to_owned(),
        || {
            let lost = match end.get(19..) {
                Some(rest) if rest.starts_with(".9") => "its last millisecond",
                _ => "its last second",
            };
            Diagnostic::new(
                Code::ShortDayEnd,
                format!("the interval ends at 23:59:59, so the day loses {lost}"),
            )
            .at(span, path)
            .label("the end of an interval is exclusive")
            .help("query up to midnight of the next day (…T00:00:00.000Z)")
        },
    );
}

/// The largest lead of the clock that stamped a bucket over the clock of this machine.
const SLACK: TimeDelta = TimeDelta::minutes(5);
/// The largest lead of a wall clock over UTC, in nanoseconds.
const FURTHEST_ZONE: i64 = 14 * 3600 * 1_000_000_000;

/// The latest time at which a bucket may begin, in nanoseconds since 1970: all of a run is judged by one
/// time.
pub fn latest(now: DateTime<Utc>) -> i64 {
    let latest = now.checked_add_signed(SLACK).unwrap_or(now);
    latest.timestamp_nanos_opt().unwrap_or(i64::MAX)
}

/// `T006`: a bucket that has not begun yet. One that has begun and not ended is valid: whoever
/// asks for today gets it.
#[inline]
pub(super) fn future_interval(
    view: View<'_>,
    bucket: &Bucket,
    latest: i64,
    out: &mut Findings<'_, '_>,
) {
    // Plain intervals are in UTC; instants beyond the range of nanoseconds are read again.
    match bucket.times {
        Some((start, _)) if start <= latest => return,
        None if bucket.plain => return,
        _ => {}
    }
    later_interval(view, bucket, latest, out);
}

#[cold]
fn later_interval(view: View<'_>, bucket: &Bucket, latest: i64, out: &mut Findings<'_, '_>) {
    let Some((interval, span, path)) = interval(view, bucket) else {
        return;
    };
    let Some((start, _)) = time::interval(interval) else {
        return;
    };
    // Whose wall clock it was is not known.
    let slack = if start.zoned { 0 } else { FURTHEST_ZONE };
    let latest = DateTime::from_timestamp_nanos(latest.saturating_add(slack));
    if start.time <= latest {
        return;
    }
    out.report(
        Code::FutureInterval,
        0,
        || "future".to_owned(),
        || {
            Diagnostic::new(Code::FutureInterval, "the interval is in the future")
                .at(span, path)
                .label("has not begun")
                .help("check the year, and the clock of this machine")
        },
    );
}
