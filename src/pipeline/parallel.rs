//! Threads: started when there is work for more than one.

use std::sync::OnceLock;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

static THREADS: OnceLock<usize> = OnceLock::new();
static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();

/// Sets how many threads work; 0 = one per core. `fit` makes fewer of them where not so many fit.
pub fn set_threads(threads: usize, fit: impl Fn(usize) -> usize) {
    // The first call counts.
    let _ = THREADS.set(fit(match threads {
        0 => cores(),
        threads => threads,
    }));
}

/// How many threads are to work.
pub fn threads() -> usize {
    THREADS.get().copied().unwrap_or_else(cores)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The pool; `None` where everything runs on the calling thread.
///
/// A container's limit of processes or memory may refuse threads. Then half as many are tried,
/// and so on: the results do not depend on how many there are.
fn pool() -> Option<&'static ThreadPool> {
    POOL.get_or_init(|| most_threads(threads(), start)).as_ref()
}

fn start(threads: usize) -> Option<ThreadPool> {
    ThreadPoolBuilder::new().num_threads(threads).build().ok()
}

/// What `start` gives for the largest of `threads`, half of them and so on that it accepts; `None`
/// where a single thread remains, which needs no pool.
fn most_threads<P>(mut threads: usize, start: impl Fn(usize) -> Option<P>) -> Option<P> {
    while threads > 1 {
        if let Some(pool) = start(threads) {
            return Some(pool);
        }
        threads /= 2;
    }
    None
}

/// Applies `work` to each of `items`, side by side; the results are in the order of the items.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    match several(items.len()) {
        Some(pool) => pool.install(|| items.par_iter().map(work).collect()),
        None => items.iter().map(work).collect(),
    }
}

/// Runs two closures side by side.
pub fn join<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    match pool() {
        Some(pool) => pool.join(a, b),
        None => (a(), b()),
    }
}

/// Changes each of `items`, side by side.
pub fn each<T: Send>(items: &mut [T], work: impl Fn(&mut T) + Sync + Send) {
    match several(items.len()) {
        Some(pool) => pool.install(|| items.par_iter_mut().for_each(work)),
        None => items.iter_mut().for_each(work),
    }
}

/// The pool where there is work for more than one thread.
fn several(items: usize) -> Option<&'static ThreadPool> {
    if items > 1 { pool() } else { None }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::most_threads;

    #[test]
    fn refused_threads_are_tried_by_halves_down_to_the_calling_thread() {
        let tried = RefCell::new(Vec::new());
        let start = |most: usize| {
            tried.borrow_mut().clear();
            most_threads(8, |threads| {
                tried.borrow_mut().push(threads);
                (threads <= most).then_some(threads)
            })
        };
        assert_eq!((start(8), tried.take()), (Some(8), vec![8]));
        assert_eq!((start(3), tried.take()), (Some(2), vec![8, 4, 2]));
        assert_eq!((start(1), tried.take()), (None, vec![8, 4, 2]));
        assert_eq!(most_threads(1, |_| Some(())), None);
        assert_eq!(most_threads(0, |_| Some(())), None);
    }
}
