//! Threads: started when there is work for more than one.

use std::sync::{Once, OnceLock};

use rayon::prelude::*;

static THREADS: OnceLock<usize> = OnceLock::new();

/// Sets how many threads work; 0 is one a core.
pub fn set_threads(threads: usize) {
    // The first word counts.
    let _ = THREADS.set(threads);
}

/// How many threads work.
pub fn threads() -> usize {
    match THREADS.get().copied().unwrap_or(0) {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        // Without a pool of our own the default one serves.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(threads())
            .build_global();
    });
}

/// Applies `work` to each of `items`, side by side; the results are in the order of the items.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    if let [] | [_] = items {
        return items.iter().map(work).collect();
    }
    start();
    items.par_iter().map(work).collect()
}

/// Does two things side by side.
pub fn join<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    start();
    rayon::join(a, b)
}

/// Changes each of `items`, side by side.
pub fn each<T: Send>(items: &mut [T], work: impl Fn(&mut T) + Sync + Send) {
    if let [] | [_] = items {
        return items.iter_mut().for_each(work);
    }
    start();
    items.par_iter_mut().for_each(work);
}
