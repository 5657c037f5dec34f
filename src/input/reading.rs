//! What every reading of a run shares: its limits, and how much was read.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::limits::Limits;

/// The limits of a run and its count of bytes. A clone shares the count.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// What may be read.
    pub limits: Limits,
    read: Arc<AtomicU64>,
}

impl Reading {
    /// A run with these limits.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            read: Arc::default(),
        }
    }

    /// How many bytes of all inputs were read so far, as they are stored.
    pub fn bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Counts what is read of `source`.
    pub(super) fn counted<R: Read>(&self, source: R) -> Counted<R> {
        Counted {
            source,
            read: Arc::clone(&self.read),
        }
    }
}

/// A source whose bytes are counted.
pub(super) struct Counted<R> {
    source: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
