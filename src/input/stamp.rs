//! Detection of files that change between two readings.

use std::fs;
use std::time::SystemTime;

use super::discover::{FileIdentity, Input};

/// Size, time and identity of a regular file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
    identity: Option<FileIdentity>,
}

impl Stamp {
    /// The stamp of a regular file or a copy; `None` for anything else, which cannot be read twice.
    pub fn of(input: &Input) -> Option<Self> {
        let path = match input {
            Input::Stdin => return None,
            Input::File(path) => path,
            Input::Span { path, .. } => path,
            // Nobody else writes to these.
            Input::Copy { length, .. } => return Some(Self::fixed(*length)),
            Input::Memory(_, bytes) => return Some(Self::fixed(bytes.len() as u64)),
        };
        Self::new(&fs::metadata(path).ok()?)
    }

    /// The stamp of bytes that cannot change.
    fn fixed(len: u64) -> Self {
        Self {
            len,
            modified: None,
            identity: None,
        }
    }

    /// The stamp of an open file, even if its name leads to another file now.
    pub fn of_open(file: &fs::File) -> Option<Self> {
        Self::new(&file.metadata().ok()?)
    }

    fn new(metadata: &fs::Metadata) -> Option<Self> {
        metadata.is_file().then(|| Self {
            len: metadata.len(),
            modified: metadata.modified().ok(),
            identity: FileIdentity::of(metadata),
        })
    }

    /// Returns true if it is of a file that can be told from others.
    pub fn is_identified(&self) -> bool {
        self.identity.is_some()
    }

    /// The length of the file.
    pub fn len(&self) -> u64 {
        self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn stamps_tell_changes() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let input = Input::File(file.path().to_owned());
        let before = Stamp::of(&input);
        assert!(before.is_some() && before == Stamp::of(&input));
        file.write_all(b"{}").unwrap();
        assert_ne!(before, Stamp::of(&input));
        assert_eq!(Stamp::of(&Input::Stdin), None);
        let now = Stamp::of(&input);
        assert_eq!(now, Stamp::of_open(file.as_file()));
        // Another file of the same length and time, put in its place.
        let folder = file.path().parent().unwrap();
        let mut other = tempfile::NamedTempFile::new_in(folder).unwrap();
        other.write_all(b"[]").unwrap();
        let time = file.as_file().metadata().unwrap().modified().unwrap();
        other.as_file().set_modified(time).unwrap();
        other.persist(file.path()).unwrap();
        assert_ne!(now, Stamp::of(&input));
        assert_eq!(now, Stamp::of_open(file.as_file()));
    }
}
