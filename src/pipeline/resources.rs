//! The threads and limits of one run.

use crate::input::limits::Limits;
use crate::input::reading::Reading;

use super::parallel::Threads;

/// The threads of a run, its limits, and how much it has read. Clones share all of it.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    /// The threads.
    pub threads: Threads,
    /// The limits of reading, and the amount that was read.
    pub reading: Reading,
}

impl Resources {
    /// So many threads (0 = one per core), and these limits.
    pub fn new(threads: usize, limits: Limits) -> Self {
        Self {
            threads: Threads::new(threads),
            reading: Reading::new(limits),
        }
    }
}
