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
use crate::json::Span;
use crate::source::forward::Forward;
use crate::source::open_error::OpenError;
use crate::write::sink::Sink;

/// The errors of one input by where they begin, so that those of a part are found without a look
/// at all the others.
struct Errors<'e> {
    placed: Vec<(Span, usize, &'e Located)>,
    unplaced: Vec<(usize, &'e Located)>,
}

impl<'e> Errors<'e> {
    fn new(errors: &[&'e Located]) -> Self {
        let (mut placed, mut unplaced) = (Vec::new(), Vec::new());
        for (rank, located) in errors.iter().copied().enumerate() {
            match located.diagnostic.span {
                Some(span) => placed.push((span, rank, located)),
                None => unplaced.push((rank, located)),
            }
        }
        placed.sort_unstable_by_key(|(span, rank, _)| (span.start, *rank));
        Self { placed, unplaced }
    }

    /// Those within a part, and those without a place, in the order of the findings.
    fn within(&self, part: Span) -> impl Iterator<Item = &'e Located> {
        let from = self.placed.partition_point(|it| it.0.start < part.start);
        let begin = self.placed.iter().skip(from);
        let mut found: Vec<(usize, &Located)> = begin
            .take_while(|it| it.0.start <= part.end)
            .filter(|it| it.0.end <= part.end)
            .map(|(_, rank, located)| (*rank, *located))
            .chain(self.unplaced.iter().copied())
            .collect();
        found.sort_unstable_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, located)| located)
    }
}

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

/// Writes what was left out to a file that was named, which is not yet in its place:
/// [`Sink::finish`] puts it there.
///
/// # Errors
/// The file cannot be written.
pub fn write(
    path: Option<&Path>,
    inputs: &[Surveyed],
    collection: &Collection,
) -> Result<Option<Sink>, Failure> {
    let Some(path) = path else {
        return Ok(None);
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
        let errors = Errors::new(errors);
        for reject in &input.rejects {
            text.hold(reject.span.start, reject.span.end)
                .map_err(unread)?;
            let stood = reject.content.as_deref();
            let stood = stood.unwrap_or_else(|| text.text(reject.span));
            let value: Option<&RawValue> = serde_json::from_str(stood).ok();
            let line = Line {
                file: &input.name,
                unit: reject.unit,
                pointer: &reject.pointer,
                diagnostics: errors.within(reject.span).map(Finding::from).collect(),
                value,
                text: value.is_none().then_some(stood),
            };
            // A pretty-printed part would break the line.
            let json = serde_json::to_string(&line).map_err(|error| failed(&error.into()))?;
            let json = json.replace(['\n', '\r'], " ");
            writeln!(sink, "{json}").map_err(|error| failed(&error))?;
        }
    }
    // What cannot be written is known before the table is.
    sink.flush().map_err(|error| failed(&error))?;
    Ok(Some(sink))
}
