//! The server's announced rate, which all requests of a run share.

use std::time::Duration;

use parking_lot::Mutex;

use super::clock::Clock;
use super::http::Reply;
use super::progress::FetchProgress;
use super::retry::Deadline;

/// The `inin-ratelimit-*` headers of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnouncedRate {
    /// Requests counted in the current window.
    pub count: u64,
    /// Requests that a window allows.
    pub allowed: u64,
    /// Seconds until the window ends.
    pub reset: u64,
}

impl AnnouncedRate {
    /// The rate that an answer announces.
    pub fn of(reply: &Reply) -> Option<Self> {
        let number = |name: &str| reply.header(name)?.trim().parse().ok();
        Some(Self {
            count: number("inin-ratelimit-count")?,
            allowed: number("inin-ratelimit-allowed")?,
            reset: number("inin-ratelimit-reset")?,
        })
    }
}

/// Lets requests through as the server allows: the state of the current window.
#[derive(Debug, Default)]
pub struct RateLimiter {
    used: u64,
    allowed: u64,
    /// The end of the window, by the clock's [`Clock::elapsed`].
    ends: Duration,
    /// Requests that were let through and have not been answered.
    open: u64,
    /// The end of the time in which nothing may be sent, after a 429.
    held: Duration,
}

/// The longest window that is believed.
const LONGEST: Duration = Duration::from_secs(600);

impl RateLimiter {
    /// Waits until another request may be sent.
    pub fn enter(
        limiter: &Mutex<Self>,
        clock: &dyn Clock,
        progress: &FetchProgress,
        deadline: &Deadline,
    ) -> Result<(), Duration> {
        loop {
            let wait = {
                let mut window = limiter.lock();
                let wait = window.wait(clock.elapsed());
                if wait.is_zero() {
                    window.used += 1;
                    window.open += 1;
                    return Ok(());
                }
                wait
            };
            if wait >= deadline.left(clock) {
                return Err(wait);
            }
            progress.waiting("for the rate limit", wait);
            clock.sleep(wait);
        }
    }

    /// Takes note of an answer, or of none.
    pub fn leave(&mut self, announced: Option<AnnouncedRate>, clock: &dyn Clock) {
        self.open = self.open.saturating_sub(1);
        if let Some(announced) = announced {
            // What is still on its way will be counted too.
            self.used = announced.count.saturating_add(self.open);
            self.allowed = announced.allowed;
            self.ends = clock.elapsed() + Duration::from_secs(announced.reset).min(LONGEST);
        }
    }

    /// Holds everything back: a 429 named the time.
    pub fn hold(&mut self, wait: Duration, clock: &dyn Clock) {
        self.held = self.held.max(clock.elapsed().saturating_add(wait));
    }

    fn wait(&mut self, now: Duration) -> Duration {
        if now >= self.ends {
            (self.used, self.allowed) = (self.open, 0);
        }
        let full = self.allowed > 0 && self.used >= self.allowed;
        let until = if full {
            self.ends.max(self.held)
        } else {
            self.held
        };
        until.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_window_is_waited_for() {
        let seconds = Duration::from_secs;
        let mut window = RateLimiter {
            used: 299,
            allowed: 300,
            ends: seconds(60),
            ..RateLimiter::default()
        };
        assert_eq!(window.wait(seconds(10)), Duration::ZERO);
        window.used = 300;
        assert_eq!(window.wait(seconds(10)), seconds(50));
        window.held = seconds(90);
        assert_eq!(window.wait(seconds(10)), seconds(80));
        assert_eq!(window.wait(seconds(60)), seconds(30));
        assert_eq!(
            (window.wait(seconds(90)), window.allowed),
            (Duration::ZERO, 0)
        );
    }
}
