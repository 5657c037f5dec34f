//! The times of an interval as the API writes them.

use chrono::SecondsFormat;

use crate::model::time::{self, Instant};

use super::fixes::{Fix, Fixes};

/// Where the decimals of a second begin.
const DECIMALS: usize = "2026-03-02T08:00:00.".len();

/// The interval with its times repaired, where that is sure: epoch seconds and milliseconds, and
/// decimals beyond the millisecond that are all zero.
pub(super) fn repaired(interval: &str, fixes: &mut Fixes) -> Option<String> {
    let (start, end) = interval.split_once('/')?;
    let is_epoch = |half: &str| half.bytes().all(|byte| byte.is_ascii_digit());
    if is_epoch(start) && is_epoch(end) && start.len() != end.len() {
        return None;
    }
    let halves = [start, end].map(|half| epoch(half).or_else(|| shortened(half)));
    if halves.iter().all(Option::is_none) {
        return None;
    }
    let mut own = Fixes::default();
    let mut half = |repaired: Option<(Fix, String)>, as_it_was: &str| match repaired {
        Some((fix, text)) => {
            own.add(fix);
            text
        }
        None => as_it_was.to_owned(),
    };
    let [first, last] = halves;
    let repaired = format!("{}/{}", half(first, start), half(last, end));
    let (from, until) = time::interval(&repaired)?;
    if from.time > until.time {
        return None;
    }
    fixes.merge(&own);
    Some(repaired)
}

fn epoch(half: &str) -> Option<(Fix, String)> {
    let time = time::epoch(half)?;
    Some((
        Fix::Epoch,
        time.to_rfc3339_opts(SecondsFormat::Millis, true),
    ))
}

fn shortened(half: &str) -> Option<(Fix, String)> {
    let (start, rest) = half.split_at_checked(DECIMALS)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (decimals, zone) = rest.split_at_checked(digits)?;
    let (kept, zeros) = decimals.split_at_checked(3)?;
    let overlong = start.ends_with('.') && !zeros.is_empty();
    if !overlong || zeros.bytes().any(|byte| byte != b'0') {
        return None;
    }
    Instant::parse(half)?;
    Some((Fix::Fraction, format!("{start}{kept}{zone}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_sure_is_mended() {
        for (interval, expected) in [
            (
                "1772438400000/1772440200000",
                "2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z",
            ),
            (
                "1772438400/1772440200",
                "2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z",
            ),
            (
                "2026-03-02T08:00:00.0000000Z/2026-03-02T09:30:00.1230000+01:00",
                "2026-03-02T08:00:00.000Z/2026-03-02T09:30:00.123+01:00",
            ),
            (
                "2026-03-02T08:00:00.0000000/2026-03-02T08:30:00Z",
                "2026-03-02T08:00:00.000/2026-03-02T08:30:00Z",
            ),
        ] {
            let mut fixes = Fixes::default();
            let found = repaired(interval, &mut fixes);
            assert_eq!(found.as_deref(), Some(expected));
            assert_eq!(repaired(expected, &mut fixes), None, "once is enough");
        }
        for unsure in [
            "",
            "T",
            "1/2",
            "1772438400/1772440200000",
            "1772440200000/1772438400000",
            "9999999999/9999999999",
            "0000000001/0000000002",
            "2026-03-02T08:00:00.0000001Z/2026-03-02T08:30:00.0000001Z",
            "2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z",
            "2026-03-02T08:30:00.0000000Z/2026-03-02T08:00:00.0000000Z",
            "2026-13-02T08:30:00.0000000Z/2026-14-02T08:00:00.0000000Z",
            "2026-03-02T08:00:00.0000000Z",
            "+177243840/+177244020",
        ] {
            let mut fixes = Fixes::default();
            assert_eq!(repaired(unsure, &mut fixes), None, "{unsure}");
            assert_eq!(fixes, Fixes::default());
        }
    }
}
