//! Files that appear whole: the response, then its manifest.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::write::sink::{Compression, Sink, Target};

use super::manifest::{self, Manifest, Part};

/// What could not be written, and why.
#[derive(Debug)]
pub struct Unwritten {
    pub path: PathBuf,
    pub error: io::Error,
}

fn at<T>(path: &Path, result: io::Result<T>) -> Result<T, Unwritten> {
    result.map_err(|error| Unwritten {
        path: path.to_owned(),
        error,
    })
}

fn put(path: &Path, bytes: &[u8], compression: Compression) -> io::Result<()> {
    let mut sink = Sink::create(&Target::File(path.to_owned()), compression)?;
    sink.write_all(bytes)?;
    sink.finish()
}

/// Saves an answer and its manifest. The manifest comes last: where it is missing or does not fit,
/// the file is fetched again.
///
/// # Errors
/// What could not be written.
pub fn save(path: &Path, bytes: &[u8], api: &str, requests: Vec<Part>) -> Result<(), Unwritten> {
    at(path, put(path, bytes, Compression::from_path(path)))?;
    if !path.is_file() {
        // A pipe or a device keeps nothing to describe.
        return Ok(());
    }
    let (size, sha256) = at(path, manifest::measure(path))?;
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
    at(&beside, put(&beside, &text, Compression::None))
}

/// Writes all to standard output.
///
/// # Errors
/// It could not be written.
pub fn print(bytes: &[u8]) -> Result<(), Unwritten> {
    let written = Sink::create(&Target::Stdout, Compression::None).and_then(|mut sink| {
        sink.write_all(bytes)?;
        sink.finish()
    });
    at(Path::new("-"), written)
}

/// Keeps what arrived and is no data, under a name that nothing takes for data.
///
/// # Errors
/// What could not be written.
pub fn reject(path: &Path, bytes: &[u8]) -> Result<PathBuf, Unwritten> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".rejected");
    let path = path.with_file_name(name);
    at(&path, put(&path, bytes, Compression::None))?;
    Ok(path)
}
