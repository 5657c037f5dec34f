//! The body of a response: in memory where it is small, in a temporary file where it is not.
//!
//! The temporary files have no name, so nothing of them is left whatever ends the program.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use serde_json::Value;

use crate::input::spool::Spool;

/// A body up to this size stays in memory. Tokens and the bodies of errors are never larger.
pub const SMALL: u64 = 64 * 1024;
/// Number of bytes that are received or read at once.
pub const CHUNK: usize = 64 * 1024;
/// The mark that some servers begin a body with.
pub const MARK: &[u8] = b"\xef\xbb\xbf";
/// A larger body is kept by a [`BodyStore`], so that it is not in memory.
const TINY: u64 = 1024;

/// A body that was received.
#[derive(Debug, Clone)]
pub struct Body {
    spool: Spool,
    start: u64,
    length: u64,
}

impl Body {
    /// An empty body. Its temporary file is made in this folder once it is needed.
    pub fn new(folder: &Path) -> Self {
        Self {
            spool: Spool::in_folder(folder, SMALL as usize),
            start: 0,
            length: 0,
        }
    }

    /// Adds bytes to its end.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        self.spool.add(bytes).map(drop)
    }

    /// A body of these bytes.
    #[cfg(any(test, feature = "internals"))]
    pub fn of(bytes: &[u8]) -> Self {
        let mut body = Self::new(&std::env::temp_dir());
        let _ = body.add(bytes);
        body
    }

    /// Its length in bytes.
    pub fn size(&self) -> u64 {
        self.length
    }

    /// The text of a small body, without a mark; of a large one, none.
    pub fn text(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.length > SMALL || self.reader().read_to_end(&mut bytes).is_err() {
            return Vec::new();
        }
        bytes.strip_prefix(MARK).unwrap_or(&bytes).to_vec()
    }

    /// A small body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.text()).unwrap_or_default()
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
    pub folder: PathBuf,
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

    /// Takes a body over.
    pub fn keep(&self, body: Body) -> io::Result<Body> {
        let mut spool = self.spool.lock();
        if body.length <= TINY || body.spool.is_same(&spool) {
            return Ok(body);
        }
        let start = spool.len();
        let length = io::copy(&mut body.reader(), &mut *spool)?;
        Ok(Body {
            spool: spool.clone(),
            start,
            length,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(bytes: &[u8], folder: &Path) -> Body {
        let mut body = Body::new(folder);
        for chunk in bytes.chunks(CHUNK) {
            body.add(chunk).unwrap();
        }
        body
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
            let body = received(&sent, folder.path());
            assert_eq!(body.size(), length);
            assert_eq!(
                body.text().len() as u64,
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
            .map(|bytes| store.keep(received(bytes, folder.path())).unwrap())
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
