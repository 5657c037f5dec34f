//! Sources of documents: paths, bytes with a name, and spans of files.

use std::path::PathBuf;

use gcagg::{Inputs, Span};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::errors::raised;

/// A span as Python keeps it: path, start, end, the index of the first element, line, column, and
/// what is put around it.
type Place = (PathBuf, u64, u64, u64, u64, u64, bool, bool);

/// Something to read.
#[derive(FromPyObject)]
pub enum Source<'py> {
    /// A name, and what a file of this name could hold.
    Bytes(String, Bound<'py, PyBytes>),
    /// Part of a file.
    Span(Place),
    /// A file, a folder or a pattern.
    Path(PathBuf),
}

/// Inputs of these sources.
pub fn of(sources: Vec<Source<'_>>) -> Inputs {
    let inputs = sources.into_iter();
    inputs.fold(Inputs::new(), |inputs, source| match source {
        Source::Bytes(name, bytes) => inputs.bytes(&name, bytes.as_bytes()),
        Source::Span((path, start, end, first, line, column, opens, closes)) => inputs.span(
            path,
            Span {
                start,
                end,
                first,
                line,
                column,
                opens,
                closes,
            },
        ),
        Source::Path(path) => inputs.path(path),
    })
}

/// The files that sources lead to, in the order in which they are read.
#[pyfunction]
pub fn files(py: Python<'_>, sources: Vec<Source<'_>>) -> PyResult<Vec<PathBuf>> {
    let inputs = of(sources);
    let files = py.detach(|| inputs.files());
    files.map_err(|error| raised(py, &error))
}

/// Cuts a file into spans of about `size` bytes.
#[pyfunction]
pub fn spans(py: Python<'_>, path: PathBuf, size: u64) -> PyResult<Vec<Place>> {
    let spans = py.detach(|| gcagg::spans(&path, size));
    let spans = spans.map_err(|error| raised(py, &error))?.into_iter();
    let place = |it: Span| {
        (
            path.clone(),
            it.start,
            it.end,
            it.first,
            it.line,
            it.column,
            it.opens,
            it.closes,
        )
    };
    Ok(spans.map(place).collect())
}
