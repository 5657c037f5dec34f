//! The body of a response: in memory where it is small, in a temporary file where it is not.
//!
//! The temporary files have no name, so nothing of them is left whatever ends the program.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::input::spool::Spool;

/// A body up to this size stays in memory. Tokens and the bodies of errors are never larger.
pub const SMALL: u64 = 64 * 1024;
/// Number of bytes that are received or read at once.
const CHUNK: usize = 64 * 1024;
/// A body that a [`BodyStore`] keeps, so that it is not in memory.
const TINY: u64 = 1024;

/// A body that was received.
#[derive(Debug, Clone)]
pub struct Body {
    spool: Spool,
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
    let spool = Spool::in_folder(limits.folder, SMALL as usize);
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
        spool.add(&buffer[..read]).map_err(ReceiveError::Write)?;
    }
    Ok(Body {
        spool,
        start: 0,
        length,
    })
}

impl Body {
    /// A body of these bytes.
    #[cfg(any(test, feature = "internals"))]
    pub fn of(bytes: &[u8]) -> Self {
        let spool = Spool::in_folder(Path::new("."), bytes.len());
        let _ = spool.add(bytes);
        Self {
            spool,
            start: 0,
            length: bytes.len() as u64,
        }
    }

    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        self.length
    }

    /// The bytes of a small body; of a large one, none.
    pub fn small(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.length <= SMALL && self.reader().read_to_end(&mut bytes).is_ok() {
            true => bytes,
            false => Vec::new(),
        }
    }

    /// Reads it from its beginning.
    pub fn reader(&self) -> impl Read + Send + use<> {
        self.part(0, self.length)
    }

    /// Reads the bytes from `start` to `end`.
    pub fn part(&self, start: u64, end: u64) -> impl Read + Send + use<> {
        let end = end.min(self.length);
        let start = start.min(end);
        self.spool.reader(self.start + start).take(end - start)
    }
}

/// One temporary file for many bodies, so that thousands of parts take neither memory nor open
/// files.
#[derive(Debug)]
pub struct BodyStore {
    folder: PathBuf,
    spool: Mutex<Spool>,
}

impl BodyStore {
    /// A store whose file is made in this folder once it is needed.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            spool: Mutex::new(Spool::in_folder(folder, 0)),
        }
    }

    /// The folder of temporary files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes a body over.
    pub fn keep(&self, body: Body) -> io::Result<Body> {
        let spool = self.spool.lock();
        if body.length <= TINY || body.spool.is_same(&spool) {
            return Ok(body);
        }
        let start = spool.len();
        let length = io::copy(&mut spool.keep(body.reader()), &mut io::sink())?;
        Ok(Body {
            spool: spool.clone(),
            start,
            length,
        })
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
            assert_eq!(
                body.small().len() as u64,
                if length > SMALL { 0 } else { length }
            );
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
