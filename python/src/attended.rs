//! Work on a thread of its own, while Python's signals are handled and progress is told.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use gcagg::{Error, Progress};
use pyo3::prelude::*;

use crate::errors;

/// How often signals are looked for, and progress is told.
const TICK: Duration = Duration::from_millis(50);
/// How long an exception waits for the work to end.
const PATIENCE: Duration = Duration::from_millis(400);

/// The number of stored bytes up to which work is so short that it runs on the calling thread.
pub const SMALL: u64 = 64 << 10;

/// Who is told how many bytes were read, of how many.
pub struct Listener<'p> {
    pub callback: Option<Bound<'p, PyAny>>,
    /// The number of stored bytes of the inputs, if it is known.
    pub size: Option<u64>,
}

/// Runs `work`. Where Python raises meanwhile, for Ctrl-C say, the work is ended.
///
/// # Errors
/// Those of the work, of the callback, or of a signal handler.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    progress: &Progress,
    listener: &Listener<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> PyResult<T> {
    progress.resume();
    let before = progress.bytes();
    let total = listener.size.unwrap_or_default();
    let tell = |done: u64| match &listener.callback {
        Some(callback) => callback.call1((done, total)).map(drop),
        None => Ok(()),
    };
    if listener.size.is_some_and(|size| size <= SMALL) {
        let done = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
        let done = done.map_err(|_| errors::panicked(py))?;
        let done = done.map_err(|error| errors::raised(py, &error))?;
        tell(total)?;
        return Ok(done);
    }
    let (sender, mut receiver) = sync_channel(1);
    let worker = std::thread::Builder::new().name("gcagg".into());
    worker.spawn(move || {
        // Nobody listens after an exception.
        let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
    })?;
    let done = loop {
        let answer = &mut receiver;
        match py.detach(move || answer.recv_timeout(TICK)) {
            Ok(done) => break done.map_err(|_| errors::panicked(py))?,
            Err(RecvTimeoutError::Disconnected) => return Err(errors::panicked(py)),
            Err(RecvTimeoutError::Timeout) => {}
        }
        let read = progress.bytes().saturating_sub(before);
        let told = py.check_signals().and_then(|()| tell(read.min(total)));
        if let Err(error) = told {
            progress.stop();
            // A thread that waits for input that never comes is left behind.
            let answer = &mut receiver;
            let _ = py.detach(move || answer.recv_timeout(PATIENCE));
            return Err(error);
        }
    };
    let done = done.map_err(|error| errors::raised(py, &error))?;
    tell(total)?;
    Ok(done)
}
