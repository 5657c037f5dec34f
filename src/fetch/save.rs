//! Files written atomically: the response, then its manifest.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::model::Dialect;
use crate::write::sink::{Compression, Sink, Target};

use super::body::Body;
use super::join;
use super::manifest::{self, AnsweredRequest, Manifest};

/// Names the path in an error of writing it.
pub fn at<T>(path: &Path, result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| Error::writing(&Target::of(path).to_string(), &error))
}

/// The error for a response that could not be kept in a temporary file.
pub fn not_kept(error: io::Error) -> Error {
    Error::writing("the response", &error)
}

/// Writes a file of our own beside the output. Where something else has its name, such as a pipe that
/// nobody reads, it is left alone.
fn put_beside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.exists() && !path.is_file() {
        return Err(io::Error::other("it exists and is not a regular file"));
    }
    let mut sink = Sink::create(&Target::File(path.to_owned()), Compression::None)?;
    sink.write_all(bytes)?;
    sink.finish()
}

/// Saves the bodies of an answer as one document, and its manifest. Returns the size of the document.
/// The manifest comes last: where it is missing or does not fit, the file is fetched again.
pub fn save(
    path: &Path,
    bodies: &[Body],
    dialect: Dialect,
    api: &str,
    requests: Vec<AnsweredRequest>,
) -> Result<u64, Error> {
    let target = Target::File(path.to_owned());
    let length = at(
        path,
        write(&target, Compression::from_path(path), bodies, dialect),
    )?;
    if !path.is_file() {
        // A pipe or a device keeps nothing to describe.
        return Ok(length);
    }
    let (size, sha256) = at(path, crate::write::digest::measure(path))?;
    let name = path.file_name().unwrap_or_default();
    let manifest = Manifest {
        tool: concat!("gcagg ", env!("CARGO_PKG_VERSION")).to_owned(),
        file: name.to_string_lossy().into_owned(),
        bytes: size,
        sha256,
        api: api.to_owned(),
        requests,
    };
    let beside = manifest::path_of(path);
    let text = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other);
    let mut text = at(&beside, text)?;
    text.push(b'\n');
    at(&beside, put_beside(&beside, &text))?;
    Ok(length)
}

fn write(
    target: &Target,
    compression: Compression,
    bodies: &[Body],
    dialect: Dialect,
) -> io::Result<u64> {
    let mut sink = Sink::create(target, compression)?;
    let length = join::join(bodies, dialect, &mut sink)?;
    sink.finish()?;
    Ok(length)
}

/// Saves bodies as one document, without a manifest. Returns its size.
pub fn document(path: &Path, bodies: &[Body], dialect: Dialect) -> Result<u64, Error> {
    let target = Target::File(path.to_owned());
    at(path, write(&target, Compression::None, bodies, dialect))
}

/// Writes the bodies of an answer to standard output as one document. Returns its size.
pub fn print(bodies: &[Body], dialect: Dialect) -> Result<u64, Error> {
    let written = write(&Target::Stdout, Compression::None, bodies, dialect);
    at(Path::new("-"), written)
}

/// Keeps the beginning of what arrived and is not data, under a name that nothing takes for data.
pub fn reject(path: &Path, bytes: &[u8]) -> Result<PathBuf, Error> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".rejected");
    let path = path.with_file_name(name);
    at(&path, put_beside(&path, bytes))?;
    Ok(path)
}
