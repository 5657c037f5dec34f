//! Retries and their waits.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::clock::Clock;

/// The number of attempts and the time limit of a run.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// The most retries of a request.
    pub max_retries: u32,
    /// The longest first wait; it doubles from try to try.
    pub backoff: Duration,
    /// The longest that one request may take with all its waits.
    pub deadline: Duration,
    /// The longest that one answer may take.
    pub timeout: Duration,
    /// The most bytes of one answer, after decompression.
    pub max_response: u64,
}

/// The longest wait between retries.
const LONGEST: Duration = Duration::from_secs(120);

impl RetryPolicy {
    /// The wait after so many failures: up to twice as long each time, and anything below, so that
    /// clients that failed together do not come back together.
    pub fn wait(&self, failures: u32, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        self.backoff
            .saturating_mul(doubled)
            .min(LONGEST)
            .mul_f64(chance)
    }
}

/// The end of a request's time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deadline {
    until: Duration,
    pub limit: Duration,
}

impl Deadline {
    /// A deadline that begins now.
    pub fn new(policy: &RetryPolicy, clock: &dyn Clock) -> Self {
        Self {
            until: clock.elapsed().saturating_add(policy.deadline),
            limit: policy.deadline,
        }
    }

    /// The time that is left.
    pub fn left(&self, clock: &dyn Clock) -> Duration {
        self.until.saturating_sub(clock.elapsed())
    }
}

/// Returns true if the same request may well succeed later.
pub fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502..=599)
}

/// The wait that a `Retry-After` asks for: seconds, or a date.
pub fn retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some((date.to_utc() - now).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_are_spread() {
        let policy = RetryPolicy {
            max_retries: 5,
            backoff: Duration::from_secs(2),
            deadline: Duration::from_secs(600),
            timeout: Duration::from_secs(60),
            max_response: 1,
        };
        let waits: Vec<u64> = (1..9).map(|it| policy.wait(it, 1.0).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 120, 120]);
        assert_eq!(policy.wait(3, 0.25).as_secs(), 2);
        assert_eq!(policy.wait(u32::MAX, 0.0), Duration::ZERO);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = "2026-03-02T08:00:00Z".parse().unwrap();
        let wait = |text: &str| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(wait(" 42 "), Some(42));
        assert_eq!(wait("Mon, 02 Mar 2026 08:01:30 GMT"), Some(90));
        assert_eq!(wait("Mon, 02 Mar 2026 07:00:00 GMT"), Some(0));
        assert_eq!(wait("1.5"), Some(1));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("nan"), None);
        assert_eq!(wait("1e300"), None);
        assert_eq!(wait("99999999999999999999999"), None);
        assert_eq!(wait("-1"), None);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(is_transient(status), "{status}");
        }
        for status in [200, 302, 400, 401, 403, 404, 413, 501] {
            assert!(!is_transient(status), "{status}");
        }
    }
}
