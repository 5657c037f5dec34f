//! Files written atomically.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::model::Dialect;
use crate::write::sink::{Compression, Sink, Target};

use super::body::Body;
use super::join;

/// Names the path in an error of writing it.
pub fn at<T>(path: &Path, result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| Error::writing(&Target::of(path).to_string(), &error))
}

/// The error for a response that could not be kept in a temporary file.
pub fn not_kept(error: io::Error) -> Error {
    Error::writing("the response", &error)
}

/// Writes bodies as one document to a file, or to standard output for `-`. Returns the size of the
/// document.
pub fn document(path: &Path, bodies: &[Body], dialect: Dialect) -> Result<u64, Error> {
    let write = || {
        let mut sink = Sink::create(&Target::of(path), Compression::from_path(path))?;
        let length = join::join(bodies, dialect, &mut sink)?;
        sink.finish()?;
        Ok(length)
    };
    at(path, write())
}

/// Writes a file of our own beside the output. Where something else has its name, such as a pipe that
/// nobody reads, it is left alone.
pub fn beside(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let write = || {
        if path.exists() && !path.is_file() {
            return Err(io::Error::other("it exists and is not a regular file"));
        }
        let mut sink = Sink::create(&Target::File(path.to_owned()), Compression::None)?;
        sink.write_all(bytes)?;
        sink.finish()
    };
    at(path, write())
}

/// Keeps the beginning of a response that is not data, under a name that nothing takes for data.
pub fn reject(path: &Path, bytes: &[u8]) -> Result<PathBuf, Error> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".rejected");
    let path = path.with_file_name(name);
    beside(&path, bytes)?;
    Ok(path)
}
