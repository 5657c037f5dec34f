//! Removal of half-written files when the process is interrupted.
//!
//! Every temporary file is on a list while it is being written. The list stays locked from the
//! signal to the end of the process, so that no file can slip in once the clearing has begun.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tempfile::NamedTempFile;

static WRITING: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
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
        WRITING.lock().remove(&self.path);
    }
}

/// Makes a temporary file and puts it on the list, with no gap for a signal between the two.
///
/// # Errors
///
/// Returns the error of `make`.
pub fn register(
    make: impl FnOnce() -> io::Result<NamedTempFile>,
) -> io::Result<(NamedTempFile, Registration)> {
    let mut writing = WRITING.lock();
    let file = make()?;
    let path = file.path().to_owned();
    writing.insert(path.clone());
    Ok((file, Registration { path }))
}

/// Removes the files that are being written, for a handler that ends the process. While the guard lives,
/// no file can begin to be written.
#[must_use]
pub fn clear() -> impl Sized {
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
