//! Bytes that are needed again later, such as those of an input that cannot be read twice: they are
//! kept in memory, and beyond a limit in a file without a name.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use tempfile::SpooledTempFile;

use crate::error::temporary;

use super::reading::ReadWith;

/// Number of bytes of an input that are kept in memory.
const IN_MEMORY: usize = 16 * 1024 * 1024;

#[derive(Debug)]
struct Kept {
    /// Start of the error for the file.
    failure: String,
    /// Folder of the file.
    folder: PathBuf,
    file: SpooledTempFile,
    length: u64,
}

impl Kept {
    fn add(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let begin = self.length;
        // A reading, or a write that failed, may have moved the place.
        self.file.seek(SeekFrom::Start(begin))?;
        self.file.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(begin)
    }

    fn read(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.seek(SeekFrom::Start(at))?;
        let rest = self.length.saturating_sub(at);
        Read::by_ref(&mut self.file).take(rest).read(buffer)
    }
}

/// Bytes that were kept. Clones share them.
#[derive(Debug, Clone)]
pub struct Spool(Arc<Mutex<Kept>>);

impl Default for Spool {
    /// A spool for an input.
    fn default() -> Self {
        Self::new("input", IN_MEMORY)
    }
}

impl Spool {
    /// A spool with up to `room` bytes in memory. `name` describes them in the error for the file with
    /// the rest.
    pub fn new(name: &'static str, room: usize) -> Self {
        let failure = format!("cannot keep the {name}: ");
        Self::with(failure, std::env::temp_dir(), room)
    }

    /// A spool whose file is in this folder.
    pub fn in_folder(folder: &Path, room: usize) -> Self {
        Self::with(String::new(), folder.to_owned(), room)
    }

    fn with(failure: String, folder: PathBuf, room: usize) -> Self {
        let file = SpooledTempFile::new_in(room, &folder);
        Self(Arc::new(Mutex::new(Kept {
            failure,
            folder,
            file,
            length: 0,
        })))
    }

    /// Number of bytes that were kept.
    pub fn len(&self) -> u64 {
        self.0.lock().length
    }

    /// Returns true if both are the same spool.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A reader that keeps everything it reads from `source`.
    pub fn keep<R: Read>(&self, mut source: R) -> impl Read + use<R> {
        let spool = self.clone();
        ReadWith(move |buffer: &mut [u8]| {
            let read = source.read(buffer)?;
            spool.add(&buffer[..read])?;
            Ok(read)
        })
    }

    /// A reader of the kept bytes from the offset `at` on.
    pub fn reader(&self, mut at: u64) -> impl Read + use<> {
        let spool = self.clone();
        ReadWith(move |buffer: &mut [u8]| {
            let read = spool.0.lock().read(at, buffer)?;
            at += read as u64;
            Ok(read)
        })
    }

    /// Keeps these bytes behind the others, and returns the offset at which they begin.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&self, bytes: &[u8]) -> io::Result<u64> {
        let mut kept = self.0.lock();
        kept.add(bytes).map_err(|error| {
            let kind = error.kind();
            let error = temporary(&kept.folder, error);
            match kept.failure.as_str() {
                "" => error,
                failure => io::Error::new(kind, format!("{failure}{error}")),
            }
        })
    }
}

/// Keeps what is written behind the other bytes.
impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes).map(|_| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
            let mut reader = spool.reader(0);
            for _ in 0..times {
                let mut read = vec![0; part.len()];
                reader.read_exact(&mut read).unwrap();
                assert!(read == part);
            }
            assert_eq!(reader.read(&mut [0; 9]).unwrap(), 0);
        }
    }

    #[test]
    fn adding_and_reading_may_alternate() {
        let spool = Spool::new("test", 10);
        let parts = ["abc", "", "defghijk", "lm", "nopqrstuvwxyz"];
        let mut begin = 0;
        for part in parts {
            assert_eq!(spool.add(part.as_bytes()).unwrap(), begin);
            begin += part.len() as u64;
            let mut read = String::new();
            let mut reader = spool.reader(2).take(9);
            reader.read_to_string(&mut read).unwrap();
            assert!("cdefghijk".starts_with(&read) && (begin < 11 || read.len() == 9));
        }
        let mut read = String::new();
        spool.reader(0).read_to_string(&mut read).unwrap();
        assert_eq!(read, parts.concat());
    }
}
