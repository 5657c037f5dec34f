//! The number of threads and the size of windows that fit the memory of the process.

use std::fs;
use std::sync::OnceLock;

use crate::input::cut::WINDOW;

/// The memory that the process needs beside windows and threads.
const BASE: u64 = 96 << 20;
/// The address space that a thread takes: its stack, and what the allocator sets aside for it.
const THREAD: u64 = 96 << 20;
/// A window is held some times over: its text, the next one, what was read of it, rows.
const COPIES: u64 = 64;
/// The smallest window: how much of an input is read whole must not depend on the memory.
const SMALLEST: usize = WINDOW;

/// The address space that the process may take (`ulimit -v`), in bytes, where there is a limit. It is
/// read once.
pub fn address_space() -> Option<u64> {
    static LIMIT: OnceLock<Option<u64>> = OnceLock::new();
    *LIMIT.get_or_init(|| of(&fs::read_to_string("/proc/self/limits").ok()?))
}

/// The number of cores that the process may use. It is read once.
pub fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn of(limits: &str) -> Option<u64> {
    let limit = |name: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let all = [limit("Max address space"), limit("Max data size")];
    all.into_iter().flatten().min()
}

/// The threads of those asked for that fit, at least one.
pub fn threads(asked: usize, limit: Option<u64>) -> usize {
    let Some(limit) = limit else { return asked };
    let fit = limit.saturating_sub(BASE) / THREAD;
    asked.min(usize::try_from(fit).unwrap_or(usize::MAX)).max(1)
}

/// The size of a window that fits, of the one asked for.
pub fn window(asked: usize, limit: Option<u64>) -> usize {
    let Some(limit) = limit else { return asked };
    let fit = usize::try_from(limit / COPIES / 4).unwrap_or(usize::MAX);
    asked.min(fit.max(SMALLEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_limit_means_fewer_threads_and_smaller_windows() {
        let limits = |space: &str| {
            format!(
                "Max data size             unlimited            unlimited            bytes\nMax address space         {space}            unlimited            bytes\n"
            )
        };
        assert_eq!(of(&limits("unlimited")), None);
        let limit = of(&limits("536870912"));
        assert_eq!(limit, Some(512 << 20));
        assert_eq!((threads(8, None), window(4 << 20, None)), (8, 4 << 20));
        assert_eq!((threads(8, limit), window(4 << 20, limit)), (4, 2 << 20));
        assert_eq!(
            (threads(8, Some(1)), window(4 << 20, Some(1))),
            (1, SMALLEST)
        );
        assert_eq!(threads(2, limit), 2);
    }
}
