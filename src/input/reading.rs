//! State that all readers of a run share: the limits, the number of bytes read, and the stop flag.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::limits::Limits;

/// The limits of a run and its count of bytes. A clone shares the count.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Limits of an input.
    pub limits: Limits,
    read: Arc<AtomicU64>,
    stopped: Arc<AtomicBool>,
}

impl Reading {
    /// A run with these limits.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Number of stored bytes of all inputs that were read so far.
    pub fn bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Ends the run: whatever is read from now on is an error, until it goes on.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Lets a run that was stopped go on.
    pub fn resume(&self) {
        self.stopped.store(false, Ordering::Relaxed);
    }

    /// Counts what is read of `source`.
    pub(super) fn counted<R: Read>(&self, mut source: R) -> impl Read + use<R> {
        let reading = self.clone();
        ReadWith(move |buffer: &mut [u8]| {
            if reading.stopped.load(Ordering::Relaxed) {
                return Err(io::Error::other("the run was stopped"));
            }
            let read = source.read(buffer)?;
            reading.read.fetch_add(read as u64, Ordering::Relaxed);
            Ok(read)
        })
    }
}

/// A reader whose `read` is this function.
pub struct ReadWith<F>(pub F);

impl<F: FnMut(&mut [u8]) -> io::Result<usize>> Read for ReadWith<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (self.0)(buffer)
    }
}
