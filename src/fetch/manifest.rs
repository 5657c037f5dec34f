//! The manifest beside a saved response: what was requested, when, and the size and hash of the file.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;
use crate::write::digest::measure;

use super::plan::Request;
use super::save;

/// A saved file and the requests whose answers are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `gcagg 0.2.0`.
    pub tool: String,
    pub file: String,
    pub bytes: u64,
    pub sha256: String,
    /// The address that all requests are below.
    pub api: String,
    pub requests: Vec<AnsweredRequest>,
}

/// One request, and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredRequest {
    pub family: String,
    pub endpoint: String,
    pub interval: String,
    pub body: Value,
    pub requested_at: String,
    pub received_at: String,
    pub attempts: u32,
    /// The results of a job come in pages.
    pub pages: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
}

/// The name of a file's manifest: `x.manifest.json` for `x.json`.
pub fn path_of(file: &Path) -> PathBuf {
    let mut name = OsString::from(
        match file.extension() {
            Some(extension) if extension == "json" => file.file_stem(),
            _ => file.file_name(),
        }
        .unwrap_or_default(),
    );
    name.push(".manifest.json");
    file.with_file_name(name)
}

/// Writes the manifest of a file. It comes last: where it is missing or does not fit, the file is fetched
/// again.
pub fn write(file: &Path, api: &Url, requests: Vec<AnsweredRequest>) -> Result<(), Error> {
    if !file.is_file() {
        // A pipe or a device keeps nothing to describe.
        return Ok(());
    }
    let (bytes, sha256) = save::at(file, measure(file))?;
    let name = file.file_name().unwrap_or_default();
    let manifest = Manifest {
        tool: concat!("gcagg ", env!("CARGO_PKG_VERSION")).to_owned(),
        file: name.to_string_lossy().into_owned(),
        bytes,
        sha256,
        api: api.to_string(),
        requests,
    };
    let path = path_of(file);
    let text = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other);
    let mut text = save::at(&path, text)?;
    text.push(b'\n');
    save::beside(&path, &text)
}

/// Returns true if a file exists as it was written and answers exactly these requests. What was
/// requested before its interval was over is not complete.
pub fn proves(file: &Path, api: &Url, requests: &[Request]) -> bool {
    // Reading a pipe in a file's place would wait for a writer that never comes.
    if !file.is_file() || !path_of(file).is_file() {
        return false;
    }
    let text = std::fs::read(path_of(file)).unwrap_or_default();
    let Ok(known) = serde_json::from_slice::<Manifest>(&text) else {
        return false;
    };
    let same = known.api == api.as_str()
        && known.requests.len() == requests.len()
        && known.requests.iter().zip(requests).all(|(part, request)| {
            let requested_at: Result<DateTime<Utc>, _> = part.requested_at.parse();
            part.family == request.family.name
                && part.body == request.body
                && requested_at.is_ok_and(|time| time >= request.interval.end)
        });
    same && measure(file).is_ok_and(|it| it == (known.bytes, known.sha256))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_stands_beside_its_file() {
        let of = |path: &str| path_of(Path::new(path)).display().to_string();
        assert_eq!(of("a/x.json"), "a/x.manifest.json");
        assert_eq!(of("x.json.gz"), "x.json.gz.manifest.json");
        assert_eq!(of("x"), "x.manifest.json");
    }
}
