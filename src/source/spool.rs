//! What cannot be read twice is kept while it is read: in memory, and beyond a limit in a file
//! without a name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// How many bytes are kept in memory, and how many of them in each piece of it.
const IN_MEMORY: usize = 24 * 1024 * 1024;
const PIECE: usize = 1024 * 1024;

#[derive(Debug, Default)]
struct Kept {
    /// Pieces of one size, so that none ever has to grow.
    memory: Vec<Vec<u8>>,
    in_memory: usize,
    file: Option<File>,
    in_file: u64,
}

impl Kept {
    fn remember(&mut self, mut bytes: &[u8]) {
        self.in_memory += bytes.len();
        while !bytes.is_empty() {
            if self.memory.last().is_none_or(|last| last.len() == PIECE) {
                // Most inputs that are kept are small.
                let room = if self.memory.is_empty() {
                    bytes.len().min(PIECE)
                } else {
                    PIECE
                };
                self.memory.push(Vec::with_capacity(room));
            }
            let Some(piece) = self.memory.last_mut() else {
                return;
            };
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - piece.len()));
            piece.extend_from_slice(now);
            bytes = later;
        }
    }
}

/// The bytes of an input that is gone once it was read.
#[derive(Debug, Clone, Default)]
pub struct Spool(Arc<Mutex<Kept>>);

impl Spool {
    /// A reader that keeps everything it reads from `source`.
    pub fn keep<R: Read>(&self, source: R) -> Keeping<R> {
        Keeping {
            source,
            spool: self.clone(),
        }
    }

    /// A reader of what was kept.
    pub fn reader(&self) -> SpoolReader {
        SpoolReader {
            spool: self.clone(),
            at: 0,
        }
    }

    fn add(&self, bytes: &[u8]) -> io::Result<()> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = IN_MEMORY - kept.in_memory;
        let (near, far) = bytes.split_at(bytes.len().min(room));
        kept.remember(near);
        if far.is_empty() {
            return Ok(());
        }
        let named = |error: io::Error| {
            let folder = std::env::temp_dir();
            let message = format!("cannot keep the input in {}: {error}", folder.display());
            io::Error::new(error.kind(), message)
        };
        if kept.file.is_none() {
            kept.file = Some(tempfile::tempfile().map_err(named)?);
        }
        if let Some(file) = &mut kept.file {
            file.write_all(far).map_err(named)?;
        }
        kept.in_file += far.len() as u64;
        Ok(())
    }

    fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let in_memory = kept.in_memory as u64;
        if at < in_memory {
            let at = at as usize;
            let piece = kept.memory.get(at / PIECE);
            let rest = piece.and_then(|piece| piece.get(at % PIECE..));
            return rest.unwrap_or_default().read(buffer);
        }
        let at = at - in_memory;
        if at >= kept.in_file {
            return Ok(0);
        }
        match &mut kept.file {
            Some(file) => {
                file.seek(SeekFrom::Start(at))?;
                let read = file.read(buffer)?;
                // What comes next is appended.
                file.seek(SeekFrom::End(0))?;
                Ok(read)
            }
            None => Ok(0),
        }
    }
}

/// Reads a source and keeps what it read.
#[derive(Debug)]
pub struct Keeping<R> {
    source: R,
    spool: Spool,
}

impl<R: Read> Read for Keeping<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.spool.add(&buffer[..read])?;
        Ok(read)
    }
}

/// Reads what a spool has kept.
#[derive(Debug)]
pub struct SpoolReader {
    spool: Spool,
    at: u64,
}

impl Read for SpoolReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.spool.read(self.at, buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_in_memory_and_beyond() {
        let spool = Spool::default();
        let part: Vec<u8> = (0..1_000_003_u32).map(|n| (n % 251) as u8).collect();
        let times = IN_MEMORY / part.len() + 3;
        for _ in 0..times {
            let mut seen = Vec::new();
            spool.keep(part.as_slice()).read_to_end(&mut seen).unwrap();
            assert_eq!(seen.len(), part.len());
        }
        for _ in 0..2 {
            let mut reader = spool.reader();
            for _ in 0..times {
                let mut read = vec![0; part.len()];
                reader.read_exact(&mut read).unwrap();
                assert!(read == part);
            }
            assert_eq!(reader.read(&mut [0; 9]).unwrap(), 0);
        }
    }
}
