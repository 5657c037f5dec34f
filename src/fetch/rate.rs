//! The server's announced rate, which all requests of a run share.

use std::time::Duration;

use parking_lot::Mutex;

use super::clock::Clock;
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

/// The state of the current window.
#[derive(Debug, Default)]
struct RateWindow {
    used: u64,
    allowed: u64,
    /// When it ends, by the clock's [`Clock::elapsed`].
    ends: Duration,
    /// Requests that were let through and have not been answered.
    open: u64,
    /// Until when nothing may be sent: a 429 said so.
    held: Duration,
}

/// A window that is longer is not believed.
const LONGEST: Duration = Duration::from_secs(600);

/// Lets requests through as the server allows.
#[derive(Debug, Default)]
pub struct RateLimiter {
    window: Mutex<RateWindow>,
}

impl RateLimiter {
    /// Waits until another request may be sent.
    ///
    /// # Errors
    /// A wait that is longer than the deadline allows, which is not begun.
    pub fn enter(
        &self,
        clock: &dyn Clock,
        progress: &FetchProgress,
        deadline: &Deadline,
    ) -> Result<(), Duration> {
        loop {
            let wait = {
                let mut window = self.window.lock();
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
    pub fn leave(&self, announced: Option<AnnouncedRate>, clock: &dyn Clock) {
        let mut window = self.window.lock();
        window.open = window.open.saturating_sub(1);
        if let Some(announced) = announced {
            // What is still on its way will be counted too.
            window.used = announced.count.saturating_add(window.open);
            window.allowed = announced.allowed;
            window.ends = clock.elapsed() + Duration::from_secs(announced.reset).min(LONGEST);
        }
    }

    /// Holds everything back: a 429 named the time.
    pub fn hold(&self, wait: Duration, clock: &dyn Clock) {
        let mut window = self.window.lock();
        window.held = window.held.max(clock.elapsed().saturating_add(wait));
    }
}

impl RateWindow {
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
        let mut window = RateWindow {
            used: 299,
            allowed: 300,
            ends: seconds(60),
            ..RateWindow::default()
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
