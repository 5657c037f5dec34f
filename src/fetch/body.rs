//! The body of a response: in memory where it is small, in a temporary file where it is not.
//!
//! The temporary files have no name, so nothing of them is left whatever ends the program.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::error::temporary;

/// A body up to this size stays in memory. Tokens and the bodies of errors are never larger.
pub const SMALL: u64 = 64 * 1024;
/// Number of bytes that are received or read at once.
const CHUNK: usize = 64 * 1024;
/// A body that a [`BodyStore`] keeps, so that it is not in memory.
const TINY: usize = 1024;

/// A body that was received.
#[derive(Debug, Clone)]
pub enum Body {
    Memory(Vec<u8>),
    Stored(StoredBody),
}

/// A part of a temporary file.
#[derive(Debug, Clone)]
pub struct StoredBody {
    file: Arc<Mutex<File>>,
    start: u64,
    length: u64,
}

/// The place of large bodies, and their largest size.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits<'l> {
    /// The folder of temporary files.
    pub folder: &'l Path,
    /// The most bytes, after decompression.
    pub size: u64,
}

impl BodyLimits<'_> {
    /// The limits of a small body in memory: a token, or an answer that nobody reads.
    pub fn small() -> Self {
        Self {
            folder: Path::new("."),
            size: SMALL,
        }
    }
}

/// The reason why a body was not received.
#[derive(Debug)]
pub enum ReceiveError {
    TooLarge,
    TooLate,
    /// The connection.
    Read(io::Error),
    /// The temporary file.
    Write(io::Error),
}

/// Receives a body.
pub fn receive(
    mut source: impl Read,
    limits: BodyLimits<'_>,
    until: Instant,
) -> Result<Body, ReceiveError> {
    let mut memory = Vec::new();
    let unwritten = |error| ReceiveError::Write(temporary(limits.folder, error));
    let mut file: Option<File> = None;
    let mut length = 0;
    let mut buffer = vec![0; CHUNK];
    loop {
        if Instant::now() > until {
            return Err(ReceiveError::TooLate);
        }
        let read = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ReceiveError::Read(error)),
        };
        length += read as u64;
        if length > limits.size {
            return Err(ReceiveError::TooLarge);
        }
        let bytes = &buffer[..read];
        if let Some(file) = &mut file {
            file.write_all(bytes).map_err(unwritten)?;
        } else {
            memory.extend_from_slice(bytes);
            if length > SMALL {
                let mut new = tempfile::tempfile_in(limits.folder).map_err(unwritten)?;
                new.write_all(&memory).map_err(unwritten)?;
                memory = Vec::new();
                file = Some(new);
            }
        }
    }
    Ok(match file {
        None => Body::Memory(memory),
        Some(file) => Body::Stored(StoredBody {
            file: Arc::new(Mutex::new(file)),
            start: 0,
            length,
        }),
    })
}

impl Body {
    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Stored(stored) => stored.length,
        }
    }

    /// The bytes of a small body; a large one has none here.
    pub fn small(&self) -> &[u8] {
        match self {
            Self::Memory(bytes) => bytes,
            Self::Stored(_) => &[],
        }
    }

    /// Reads it from its beginning.
    pub fn reader(&self) -> Box<dyn Read + Send> {
        self.part(0, self.size())
    }

    /// Reads the bytes from `start` to `end`.
    pub fn part(&self, start: u64, end: u64) -> Box<dyn Read + Send> {
        let end = end.min(self.size());
        let start = start.min(end);
        match self {
            Self::Memory(bytes) => {
                // A length in memory is an index.
                let bytes = bytes.get(start as usize..end as usize).unwrap_or_default();
                Box::new(Cursor::new(bytes.to_vec()))
            }
            Self::Stored(stored) => Box::new(StoredBody {
                file: Arc::clone(&stored.file),
                start: stored.start + start,
                length: end - start,
            }),
        }
    }
}

/// Reads from its own place: several readers may read one file.
impl Read for StoredBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer
            .len()
            .min(usize::try_from(self.length).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let mut file = self.file.lock();
        file.seek(SeekFrom::Start(self.start))?;
        let read = file.read(&mut buffer[..most])?;
        self.start += read as u64;
        self.length -= read as u64;
        Ok(read)
    }
}

/// One temporary file for many bodies, so that thousands of parts take neither memory nor open
/// files.
#[derive(Debug)]
pub struct BodyStore {
    folder: PathBuf,
    file: Mutex<Option<(Arc<Mutex<File>>, u64)>>,
}

impl BodyStore {
    /// A store whose file is made in this folder once it is needed.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            file: Mutex::new(None),
        }
    }

    /// The folder of temporary files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes a body over.
    pub fn keep(&self, body: Body) -> io::Result<Body> {
        if matches!(&body, Body::Memory(bytes) if bytes.len() <= TINY) {
            return Ok(body);
        }
        self.copied(&body)
            .map_err(|error| temporary(&self.folder, error))
    }

    fn copied(&self, body: &Body) -> io::Result<Body> {
        let mut place = self.file.lock();
        let (file, end) = match &mut *place {
            Some(place) => place,
            None => {
                let file = tempfile::tempfile_in(&self.folder)?;
                place.insert((Arc::new(Mutex::new(file)), 0))
            }
        };
        if matches!(body, Body::Stored(stored) if Arc::ptr_eq(&stored.file, file)) {
            return Ok(body.clone());
        }
        let (start, mut reader) = (*end, body.reader());
        let mut buffer = vec![0; CHUNK];
        loop {
            let read = reader.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            let mut file = file.lock();
            file.seek(SeekFrom::Start(*end))?;
            file.write_all(&buffer[..read])?;
            *end += read as u64;
        }
        Ok(Body::Stored(StoredBody {
            file: Arc::clone(file),
            start,
            length: *end - start,
        }))
    }
}

/// The end of something that begins now.
pub fn until(timeout: Duration) -> Instant {
    let now = Instant::now();
    // A time beyond what the clock counts never comes.
    now.checked_add(timeout)
        .unwrap_or_else(|| now + Duration::from_secs(86_400 * 365))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(source: impl Read, folder: &Path, size: u64) -> Result<Body, ReceiveError> {
        let limits = BodyLimits { folder, size };
        receive(source, limits, until(Duration::from_secs(60)))
    }

    fn bytes(body: &Body) -> Vec<u8> {
        let mut bytes = Vec::new();
        body.reader().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn large_bodies_go_to_a_file_without_a_name() {
        let folder = tempfile::tempdir().unwrap();
        for length in [0, 1, SMALL, SMALL + 1, 3 * SMALL + 7] {
            let sent: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let body = received(sent.as_slice(), folder.path(), length).unwrap();
            assert_eq!(body.size(), length);
            assert_eq!(matches!(body, Body::Stored(_)), length > SMALL);
            assert_eq!(bytes(&body), sent);
            let mut part = Vec::new();
            body.part(1, 9).read_to_end(&mut part).unwrap();
            assert_eq!(part, sent.get(1..9.min(sent.len())).unwrap_or_default());
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn limits_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let endless = || io::repeat(b' ');
        let failed = received(endless(), folder.path(), 300_000);
        assert!(matches!(failed, Err(ReceiveError::TooLarge)));
        let limits = BodyLimits {
            folder: folder.path(),
            size: u64::MAX,
        };
        let late = receive(endless(), limits, until(Duration::from_millis(20)));
        assert!(matches!(late, Err(ReceiveError::TooLate)));
    }

    #[test]
    fn a_store_keeps_bodies_apart() {
        let folder = tempfile::tempdir().unwrap();
        let store = BodyStore::new(folder.path());
        let sent: Vec<Vec<u8>> = [5, 2_000, 100_000, 3_000]
            .iter()
            .enumerate()
            .map(|(index, length)| vec![index as u8; *length])
            .collect();
        let kept: Vec<Body> = sent
            .iter()
            .map(|bytes| {
                let body = received(bytes.as_slice(), folder.path(), 200_000).unwrap();
                store.keep(body).unwrap()
            })
            .collect();
        let mut one = kept[1].reader();
        let mut first = [0; 10];
        one.read_exact(&mut first).unwrap();
        for (body, sent) in kept.iter().zip(&sent) {
            assert_eq!(bytes(body), *sent);
        }
        let mut rest = Vec::new();
        one.read_to_end(&mut rest).unwrap();
        assert_eq!(rest.len(), 1_990);
    }
}
