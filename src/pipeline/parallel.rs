//! The threads and limits of a run. Threads are started when there is work for more than one.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::input::limits::Limits;
use crate::input::reading::Reading;

use super::budget;

/// The threads of a run, its limits, and how much it has read. Clones share all of it.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    /// The threads.
    pub threads: Threads,
    /// The limits of reading, and the amount that was read.
    pub reading: Reading,
}

impl Resources {
    /// Resources with this number of threads (0 = one per core) and these limits.
    pub fn new(threads: usize, limits: Limits) -> Self {
        Self {
            threads: Threads::new(threads),
            reading: Reading::new(limits),
        }
    }
}

/// The most threads of a run, whatever is asked for: more only wait for each other.
const MOST: usize = 256;

/// The threads of a run. They start with the first work for more than one, and end with the last
/// clone of this.
#[derive(Debug, Clone)]
pub struct Threads {
    count: usize,
    /// `None` where everything runs on the calling thread.
    started: Arc<OnceLock<Option<ThreadPool>>>,
}

impl Default for Threads {
    /// One per core.
    fn default() -> Self {
        Self::new(0)
    }
}

impl Threads {
    /// This number of threads (0 = one per core), or fewer if they do not fit the memory of the process.
    pub fn new(count: usize) -> Self {
        let asked = match count {
            0 => budget::cores(),
            count => count.min(MOST),
        };
        Self {
            count: budget::threads(asked, budget::address_space()),
            started: Arc::default(),
        }
    }

    /// Number of threads that are to work.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The pool; `None` where everything runs on the calling thread.
    ///
    /// A container's limit of processes or memory may refuse threads. Then half as many are tried,
    /// and so on: the results do not depend on how many there are.
    fn pool(&self) -> Option<&ThreadPool> {
        let start = |threads| ThreadPoolBuilder::new().num_threads(threads).build().ok();
        let started = || most_threads(self.count, start);
        self.started.get_or_init(started).as_ref()
    }

    /// The pool where there is work for more than one thread.
    fn several(&self, items: usize) -> Option<&ThreadPool> {
        if items > 1 { self.pool() } else { None }
    }

    /// Applies `work` to each of `items`, side by side; the results are in the order of the items.
    pub fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        work: impl Fn(&T) -> R + Sync + Send,
    ) -> Vec<R> {
        let Some(pool) = self.several(items.len()) else {
            return items.iter().map(work).collect();
        };
        let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
        let task = |index: usize| {
            if let (Some(item), Some(result)) = (items.get(index), results.get(index)) {
                *result.lock() = Some(work(item));
            }
        };
        run(pool, items.len(), &task);
        results.into_iter().filter_map(Mutex::into_inner).collect()
    }

    /// Runs two closures side by side.
    pub fn join<A: Send, B: Send>(
        &self,
        mut a: impl FnMut() -> A + Send,
        mut b: impl FnMut() -> B + Send,
    ) -> (A, B) {
        let Some(pool) = self.pool() else {
            return (a(), b());
        };
        let (mut of_a, mut of_b) = (None, None);
        both(pool, &mut || of_a = Some(a()), &mut || of_b = Some(b()));
        (of_a.unwrap_or_else(a), of_b.unwrap_or_else(b))
    }

    /// Changes each of `items`, side by side.
    pub fn each<T: Send>(&self, items: &mut [T], work: impl Fn(&mut T) + Sync + Send) {
        let items: Vec<Mutex<&mut T>> = items.iter_mut().map(Mutex::new).collect();
        self.map(&items, |item| work(&mut item.lock()));
    }
}

/// Runs `task` for each index below `count`.
///
/// It is not generic, so the command contains the splitting of rayon once, and not for every closure.
fn run(pool: &ThreadPool, count: usize, task: &(dyn Fn(usize) + Sync)) {
    pool.install(|| (0..count).into_par_iter().for_each(task));
}

/// Runs two tasks side by side, each once. It is not generic for the same reason.
fn both(pool: &ThreadPool, a: &mut (dyn FnMut() + Send), b: &mut (dyn FnMut() + Send)) {
    pool.join(a, b);
}

/// The result of `start` for the largest number that it accepts of `threads`, half of them and so on;
/// `None` if a single thread remains, which needs no pool.
fn most_threads<P>(mut threads: usize, start: impl Fn(usize) -> Option<P>) -> Option<P> {
    while threads > 1 {
        if let Some(pool) = start(threads) {
            return Some(pool);
        }
        threads /= 2;
    }
    None
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
