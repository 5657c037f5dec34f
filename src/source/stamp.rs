//! Whether a file is still what it was.

use std::fs;
use std::time::SystemTime;

use super::discover::Input;

/// What a regular file looked like, to notice that it changed between two readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// The stamp of a regular file or a copy; `None` for anything else, which cannot be read twice.
    pub fn of(input: &Input) -> Option<Self> {
        let path = match input {
            Input::Stdin => return None,
            Input::File(path) => path,
            // Nobody else writes to it.
            Input::Copy(copy) => {
                return Some(Self {
                    len: copy.length,
                    modified: None,
                });
            }
        };
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some(Self {
            len: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }

    /// The length of the file.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the file is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
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
    }
}
