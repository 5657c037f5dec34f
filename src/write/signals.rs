//! What an interruption leaves behind: no half-written files.
//!
//! Every temporary file is on a list while it is being written. The list stays locked from the
//! signal to the end of the process, so that no file can slip in once the clearing has begun.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, MutexGuard};
use tempfile::NamedTempFile;

static WRITING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static ENDING: AtomicBool = AtomicBool::new(false);
static LAST: Mutex<Vec<Box<dyn FnOnce() + Send>>> = Mutex::new(Vec::new());

/// Has something done before a signal ends the process; it must end by itself, and soon.
pub fn before_end(last: impl FnOnce() + Send + 'static) {
    LAST.lock().push(Box::new(last));
}

/// Once a signal has come, waits for the end that it brings: whoever finds their work undone by it
/// has nothing more to say. Otherwise returns at once.
pub fn let_end() {
    while ENDING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

/// Keeps a temporary file on the list; dropping it takes the file off.
#[derive(Debug)]
pub struct Registration {
    path: PathBuf,
}

impl Drop for Registration {
    fn drop(&mut self) {
        WRITING.lock().retain(|path| *path != self.path);
    }
}

/// Makes a temporary file and puts it on the list, with no gap for a signal between the two.
///
/// # Errors
///
/// Those of `make`.
pub fn register(
    make: impl FnOnce() -> io::Result<NamedTempFile>,
) -> io::Result<(NamedTempFile, Registration)> {
    let mut writing = WRITING.lock();
    let file = make()?;
    let path = file.path().to_owned();
    writing.push(path.clone());
    Ok((file, Registration { path }))
}

/// From now on a signal that ends the process first removes the files on the list.
///
/// SIGINT then exits with 130, SIGTERM and SIGHUP with 143. A signal the parent had ignored
/// (`nohup`) stays ignored. Where handlers cannot be installed, signals end the process as ever.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(platform::install);
}

/// Removes the files on the list and gives back the lock.
fn clear() -> MutexGuard<'static, Vec<PathBuf>> {
    ENDING.store(true, Ordering::SeqCst);
    for last in std::mem::take(&mut *LAST.lock()) {
        last();
    }
    let writing = WRITING.lock();
    for path in writing.iter() {
        // It may just have been renamed to its final name, and nobody is left to say otherwise.
        let _ = fs::remove_file(path);
    }
    writing
}

/// Removes the files on the list where no memory is left for anything else. It does not wait for
/// the list: the thread that has it may be the one that ends.
pub fn clear_at_once() {
    if let Some(writing) = WRITING.try_lock() {
        for path in writing.iter() {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(unix)]
mod platform {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level;

    pub fn install() {
        // Beyond the limit on file sizes (`ulimit -f`) writing shall fail, not end the process.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
        let ignored = ignored();
        let wanted = [SIGINT, SIGTERM, SIGHUP];
        let wanted = wanted
            .into_iter()
            .filter(|signal| ignored & (1 << (signal - 1)) == 0);
        let Ok(mut signals) = Signals::new(wanted) else {
            return;
        };
        let handle = signals.handle();
        let watch = move || {
            if let Some(signal) = signals.forever().next() {
                let _locked = super::clear();
                // At once: other threads are at work, and clearing up behind them could deadlock.
                low_level::exit(if signal == SIGINT { 130 } else { 143 });
            }
        };
        if thread::Builder::new()
            .name("signals".to_owned())
            .spawn(watch)
            .is_err()
        {
            handle.close();
        }
    }

    /// The set of signals the parent set to be ignored, where the system shows it without `unsafe`.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .unwrap_or(0)
    }
}

#[cfg(not(unix))]
mod platform {
    pub fn install() {
        // Without handlers the process still ends; only its temporary files stay.
        let _ = ctrlc::set_handler(|| {
            let _locked = super::clear();
            std::process::exit(130);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_on_the_list_as_long_as_its_registration_lives() {
        let (file, registration) = register(NamedTempFile::new).unwrap();
        assert!(WRITING.lock().iter().any(|path| path == file.path()));
        drop(registration);
        assert!(!WRITING.lock().iter().any(|path| path == file.path()));
        assert!(register(|| Err(io::Error::other("no"))).is_err());
    }
}
