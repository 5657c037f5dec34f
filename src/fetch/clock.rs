//! Time and random numbers, of the machine or of a test.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::model::when;

/// The clock of everything that waits.
pub trait Clock: Sync {
    /// The time of day.
    fn now(&self) -> DateTime<Utc>;
    /// The time since some beginning, which no correction of the time of day changes.
    fn elapsed(&self) -> Duration;
    /// Waits.
    fn sleep(&self, time: Duration);
    /// A random number from 0 to below 1.
    fn chance(&self) -> f64;
}

/// The machine's own clock, which began at this instant.
impl Clock for Instant {
    fn now(&self) -> DateTime<Utc> {
        when::now()
    }

    fn elapsed(&self) -> Duration {
        Self::elapsed(self)
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn chance(&self) -> f64 {
        fastrand::f64()
    }
}
