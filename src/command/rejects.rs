//! `--rejects`: what was left out, whole and with the reasons, so that nothing is lost.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::cli::failure::Failure;
use crate::cli::options;
use crate::diagnostic::collect::Collection;
use crate::diagnostic::render::json::Finding;
use crate::diagnostic::{Located, Severity};
use crate::engine::Surveyed;
use crate::source::forward::Forward;
use crate::source::open_error::OpenError;

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    /// `bucket`, `container`, `entity` or `document`.
    unit: &'a str,
    pointer: &'a str,
    diagnostics: Vec<Finding<'a>>,
    /// The part as it stood, where it is JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a RawValue>,
    /// The part as text, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

/// Counts what was left out, and writes it where a file was named.
///
/// # Errors
/// The file cannot be written.
pub fn write(
    path: Option<&Path>,
    inputs: &[Surveyed],
    collection: &Collection,
) -> Result<u64, Failure> {
    let count = inputs.iter().map(|input| input.rejects.len() as u64).sum();
    let Some(path) = path else {
        return Ok(count);
    };
    let mut by_file: HashMap<&str, Vec<&Located>> = HashMap::new();
    for located in collection.findings() {
        if located.diagnostic.severity == Severity::Error {
            by_file.entry(&located.file).or_default().push(located);
        }
    }
    let failed = |error: &std::io::Error| Failure::writing(&options::shown(path), error);
    let mut sink = options::sink(path)?;
    for input in inputs {
        let errors = by_file
            .get(&*input.name)
            .map(Vec::as_slice)
            .unwrap_or_default();
        if input.rejects.is_empty() {
            continue;
        }
        let unread = |error: OpenError| Failure::io(format!("{}: {error}", input.name));
        let mut text = Forward::new(input.again().map_err(unread)?.lenient());
        for reject in &input.rejects {
            text.hold(reject.span.start, reject.span.end)
                .map_err(unread)?;
            let stood = reject.content.as_deref();
            let stood = stood.unwrap_or_else(|| text.text(reject.span));
            let within = |located: &&&Located| {
                located.diagnostic.span.is_none_or(|span| {
                    reject.span.start <= span.start && span.end <= reject.span.end
                })
            };
            let value: Option<&RawValue> = serde_json::from_str(stood).ok();
            let line = Line {
                file: &input.name,
                unit: reject.unit,
                pointer: &reject.pointer,
                diagnostics: errors
                    .iter()
                    .filter(within)
                    .map(|located| Finding::from(*located))
                    .collect(),
                value,
                text: value.is_none().then_some(stood),
            };
            // A pretty-printed part would break the line.
            let json = serde_json::to_string(&line).map_err(|error| failed(&error.into()))?;
            let json = json.replace(['\n', '\r'], " ");
            writeln!(sink, "{json}").map_err(|error| failed(&error))?;
        }
    }
    sink.finish().map_err(|error| failed(&error))?;
    Ok(count)
}
