//! The native half of the Python package: it hands Python's arguments to the library, and what
//! comes back to Python. What users see is in `python/gcagg`.

mod attended;
mod checked;
mod dicts;
mod errors;
mod inputs;
mod options;
mod stream;

use std::ffi::OsString;

use mimalloc::MiMalloc;
use pyo3::prelude::*;

/// A small document takes an eighth less time than with the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Runs the command line with these arguments, the first of which is the name of the program.
/// Returns the exit status.
#[pyfunction]
fn main(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| gcagg::run(arguments)).code()
}

/// Explains a code, figure, metric, dimension or family; without a word, lists the codes.
#[pyfunction]
fn explain(py: Python<'_>, word: Option<&str>) -> PyResult<String> {
    gcagg::explain(word, None).map_err(|error| errors::raised(py, &error))
}

/// The names of dimensions and of metrics that the API has.
#[pyfunction]
fn catalog() -> (Vec<&'static str>, Vec<&'static str>) {
    (
        gcagg::dimension_names().collect(),
        gcagg::metric_names().collect(),
    )
}

/// Escapes text for people, as the command line does.
#[pyfunction]
fn printable(text: &str) -> String {
    gcagg::printable(text)
}

#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("version", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<checked::Checked>()?;
    module.add_class::<dicts::Dicts>()?;
    module.add_function(wrap_pyfunction!(catalog, module)?)?;
    module.add_function(wrap_pyfunction!(checked::check, module)?)?;
    module.add_function(wrap_pyfunction!(explain, module)?)?;
    module.add_function(wrap_pyfunction!(inputs::files, module)?)?;
    module.add_function(wrap_pyfunction!(inputs::spans, module)?)?;
    module.add_function(wrap_pyfunction!(main, module)?)?;
    module.add_function(wrap_pyfunction!(printable, module)?)?;
    Ok(())
}
