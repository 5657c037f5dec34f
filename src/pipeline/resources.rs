//! What a run works with, and shares with no other.

use crate::input::limits::Limits;
use crate::input::reading::Reading;

use super::parallel::Threads;

/// The threads of a run, its limits, and how much it has read. Clones share all of it.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    /// What works.
    pub threads: Threads,
    /// What may be read, and how much was.
    pub reading: Reading,
}

impl Resources {
    /// So many threads (0 = one per core), and the usual limits.
    pub fn with_threads(count: usize) -> Self {
        Self {
            threads: Threads::new(count),
            reading: Reading::new(Limits::default()),
        }
    }
}
