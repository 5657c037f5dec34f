//! Errors of the library as exceptions.

use gcagg::{Error, ErrorKind};
use pyo3::prelude::*;

/// The exception for an error.
pub fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let kind = match error.kind() {
        ErrorKind::Usage => "usage",
        ErrorKind::Data => "data",
        _ => "io",
    };
    let help = error.suggestion().map(gcagg::printable);
    failure(py, kind, &error.to_string(), help.as_deref())
}

/// The exception for a wrong argument.
pub fn usage(py: Python<'_>, message: &str, help: Option<&str>) -> PyErr {
    failure(py, "usage", message, help)
}

/// `gcagg._errors` has the classes.
fn failure(py: Python<'_>, kind: &str, message: &str, help: Option<&str>) -> PyErr {
    let made = py
        .import("gcagg._errors")
        .and_then(|errors| errors.getattr("failure"))
        .and_then(|failure| failure.call1((kind, message, help)));
    made.map_or_else(|error| error, PyErr::from_value)
}

/// The exception for a panic: a bug, but none that ends the interpreter.
pub fn panicked(py: Python<'_>) -> PyErr {
    failure(
        py,
        "bug",
        "gcagg failed unexpectedly",
        Some("report this with the input"),
    )
}
