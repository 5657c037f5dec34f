//! Inputs that were read and checked.

use std::sync::Arc;

use arrow_array::RecordBatch;
use gcagg::{ArrowTypes, Error};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict};

use crate::attended::{self, Listener};
use crate::errors::raised;
use crate::inputs::{self, Source};
use crate::{options, stream};

/// A finding: code, name, severity, message, file, line, column, pointer, help.
type Finding = (
    &'static str,
    &'static str,
    &'static str,
    String,
    String,
    Option<usize>,
    Option<usize>,
    String,
    Option<String>,
);

fn plain(finding: gcagg::Finding) -> Finding {
    let severity = match finding.severity {
        gcagg::Severity::Error => "error",
        gcagg::Severity::Warning => "warning",
        gcagg::Severity::Info => "info",
    };
    (
        finding.code,
        finding.name,
        severity,
        finding.message,
        finding.file,
        finding.line,
        finding.column,
        finding.pointer,
        finding.help,
    )
}

/// Inputs after they were read and checked once. No thread of it is alive where `threads` is 1.
#[pyclass(frozen, module = "gcagg._native")]
pub struct Checked {
    inner: Arc<gcagg::Dataset>,
    /// How many bytes the inputs have.
    size: u64,
}

/// Reads and checks sources. With `every`, every finding is kept.
#[pyfunction]
pub fn check(
    py: Python<'_>,
    sources: Vec<Source<'_>>,
    options: &Bound<'_, PyDict>,
    every: bool,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Checked> {
    let inputs = options::inputs(py, options, inputs::of(sources))?;
    let inputs = inputs.table_spec(options::shape(py, options)?);
    let size = py.detach(|| inputs.size()).unwrap_or_default();
    let listener = Listener {
        callback: progress,
        total: size,
    };
    let work_progress = inputs.progress();
    let checked = attended::run(py, &work_progress, &listener, move || match every {
        true => inputs.validate(),
        false => inputs.check(),
    })?;
    Ok(Checked {
        inner: Arc::new(checked),
        size,
    })
}

impl Checked {
    /// Runs `work` with what was checked, beside Python.
    fn attended<T: Send + 'static>(
        &self,
        py: Python<'_>,
        progress: Option<Bound<'_, PyAny>>,
        work: impl FnOnce(&gcagg::Dataset) -> Result<T, Error> + Send + 'static,
    ) -> PyResult<T> {
        let listener = Listener {
            callback: progress,
            total: self.size,
        };
        let inner = Arc::clone(&self.inner);
        let progress = inner.progress();
        attended::run(py, &progress, &listener, move || work(&inner))
    }

    fn arrow_schema(&self, py: Python<'_>, types: ArrowTypes) -> PyResult<arrow_schema::SchemaRef> {
        let table = self.inner.table().map_err(|error| raised(py, &error))?;
        Ok(table.schema(types))
    }
}

#[pymethods]
impl Checked {
    /// Whether there is no error among the findings.
    #[getter]
    fn ok(&self) -> bool {
        self.inner.is_ok()
    }

    /// How many errors there are, those that were only counted with them.
    #[getter]
    fn errors(&self) -> usize {
        self.inner.errors()
    }

    /// What was found about all inputs together.
    fn remarks(&self) -> Vec<Finding> {
        self.inner.remarks().into_iter().map(plain).collect()
    }

    /// Where metrics occur, as the option `part_of` takes it.
    fn occurrences(&self) -> String {
        self.inner.occurrences()
    }

    /// How many rows a table has.
    #[getter]
    fn rows(&self) -> u64 {
        self.inner.rows()
    }

    /// The findings.
    fn findings(&self, py: Python<'_>) -> PyResult<Vec<Finding>> {
        let findings = self.attended(py, None, gcagg::Dataset::findings)?;
        Ok(findings.into_iter().map(plain).collect())
    }

    /// The findings in a format of the command line.
    fn write_findings(&self, py: Python<'_>, format: String) -> PyResult<Vec<u8>> {
        self.attended(py, None, move |checked| {
            let mut out = Vec::new();
            checked.write_findings(&format, &mut out)?;
            Ok(out)
        })
    }

    /// What was left out, as lines of JSON.
    fn rejects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let out = self.attended(py, None, |checked| {
            let mut out = Vec::new();
            checked.rejects(&mut out)?;
            Ok(out)
        })?;
        Ok(PyBytes::new(py, &out))
    }

    /// The dimensions of the inputs that have no column.
    fn unnamed_dimensions(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let table = self.inner.table().map_err(|error| raised(py, &error))?;
        Ok(table.unnamed_dimensions())
    }

    /// Name, type and unit of the columns.
    fn columns(
        &self,
        py: Python<'_>,
    ) -> PyResult<Vec<(String, &'static str, Option<&'static str>)>> {
        let table = self.inner.table().map_err(|error| raised(py, &error))?;
        let columns = table.columns().into_iter();
        Ok(columns.map(|it| (it.name, it.kind, it.unit)).collect())
    }

    /// The Arrow schema, in a capsule.
    fn schema<'py>(&self, py: Python<'py>, types: &str) -> PyResult<Bound<'py, PyCapsule>> {
        stream::schema(py, &self.arrow_schema(py, options::types(py, types)?)?)
    }

    /// The rows as a stream, in a capsule, made while they are taken.
    fn stream<'py>(&self, py: Python<'py>, types: &str) -> PyResult<Bound<'py, PyCapsule>> {
        let types = options::types(py, types)?;
        let schema = self.arrow_schema(py, types)?;
        stream::lazy(py, Arc::clone(&self.inner), schema, types)
    }

    /// The rows as a stream, in a capsule, all of which are made before.
    fn collect<'py>(
        &self,
        py: Python<'py>,
        types: &str,
        progress: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let types = options::types(py, types)?;
        let schema = self.arrow_schema(py, types)?;
        let batches = self.attended(py, progress, move |checked| {
            let mut batches: Vec<RecordBatch> = Vec::new();
            let mut hand = |batch| {
                batches.push(batch);
                Ok(())
            };
            checked.table()?.batches(types, &mut hand)?;
            Ok(batches)
        })?;
        stream::of(py, schema, batches)
    }

    /// The first rows as CSV.
    fn head(&self, py: Python<'_>, rows: u64) -> PyResult<Vec<u8>> {
        self.attended(py, None, move |checked| {
            let mut out = Vec::new();
            checked.table()?.limit(rows).write("csv", &mut out)?;
            Ok(out)
        })
    }

    /// A report in a format of the command line; `before` is what it is compared with.
    fn report<'py>(
        &self,
        py: Python<'py>,
        format: String,
        options: &Bound<'_, PyDict>,
        before: Option<&Self>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let page = options::page(py, options)?;
        let before = before.map(|before| Arc::clone(&before.inner));
        let out = self.attended(py, progress, move |checked| {
            let mut out = Vec::new();
            checked.report(&page, &format, before.as_deref(), &mut out)?;
            Ok(out)
        })?;
        Ok(PyBytes::new(py, &out))
    }

    /// A document of joined buckets, the findings, and how many buckets occur more than once.
    fn rollup<'py>(
        &self,
        py: Python<'py>,
        options: &Bound<'_, PyDict>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<(Bound<'py, PyBytes>, Vec<Finding>, u64)> {
        let rollup = options::rollup(py, options)?;
        let (findings, document, repeated) = self.attended(py, progress, move |checked| {
            let rolled = checked.rollup(&rollup)?;
            let mut document = Vec::new();
            rolled.write(&mut document)?;
            Ok((rolled.findings(), document, checked.repeated()))
        })?;
        let findings = findings.into_iter().map(plain).collect();
        let document = PyBytes::new(py, &document);
        Ok((document, findings, repeated))
    }
}
