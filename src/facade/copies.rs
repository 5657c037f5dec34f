//! Copies of inputs that are read in their place, all in one temporary file.

use std::io::{self, Read};

use tempfile::NamedTempFile;

use crate::error::temporary;
use crate::input::Input;
use crate::write::signals::{self, Registration};

/// The copies. Their file is removed when this is dropped, and when a signal ends the run.
#[derive(Debug, Default)]
pub struct Copies {
    file: Option<(NamedTempFile, Registration)>,
    length: u64,
}

impl Copies {
    /// Adds a copy of bytes, and returns it as an input with this name.
    ///
    /// # Errors
    /// The bytes cannot be read or written.
    pub fn keep(&mut self, name: String, bytes: &mut impl Read) -> io::Result<Input> {
        let failed = |error| temporary(&std::env::temp_dir(), error);
        let (file, _) = match &mut self.file {
            Some(file) => file,
            None => {
                let file = signals::register(NamedTempFile::new).map_err(failed)?;
                self.file.insert(file)
            }
        };
        let start = self.length;
        let length = io::copy(bytes, file.as_file_mut()).map_err(failed)?;
        self.length += length;
        Ok(Input::Copy {
            name,
            file: file.path().to_owned(),
            start,
            length,
        })
    }
}
