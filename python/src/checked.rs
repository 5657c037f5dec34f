//! Inputs that were read and checked.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use gcagg::{ArrowTypes, Baselines, Code, ColumnInfo, Error, Severity};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict};

use crate::attended::{self, Listener};
use crate::dicts::Dicts;
use crate::errors::raised;
use crate::inputs::{self, Source};
use crate::{options, stream};

/// Findings, as JSON with the keys of `validate --format json`.
fn json(findings: &impl serde::Serialize) -> Result<String, Error> {
    let text = serde_json::to_string(findings);
    text.map_err(|error| Error::data(error.to_string()))
}

/// Inputs after they were read and checked once. No thread of it is alive where `threads` is 1.
#[pyclass(frozen, module = "gcagg._native")]
pub struct Checked {
    inner: Arc<gcagg::Dataset>,
    /// The names and texts of the inputs, where they were repaired.
    repaired: Vec<(String, String)>,
    /// How many bytes the inputs have, if it is known.
    size: Option<u64>,
    /// The columns of the table, after they were asked for: for a small document that takes as long as
    /// its rows.
    columns: OnceLock<Vec<ColumnInfo>>,
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
    let mut inputs = options::inputs(py, options, inputs::of(sources))?;
    if !every {
        inputs = inputs.table_spec(options::shape(py, options)?);
    }
    let repairs = options::is_set(options, "fix")?;
    let size = py.detach(|| inputs.size());
    if size.is_some_and(|size| size <= attended::SMALL) && !options::has_threads(options)? {
        inputs = inputs.threads(1);
    }
    let listener = Listener {
        callback: progress,
        size,
    };
    let work_progress = inputs.progress();
    let (checked, repaired) = attended::run(py, &work_progress, &listener, move || {
        let mut repaired = Vec::new();
        if repairs {
            inputs.repair(&mut |input| {
                repaired.push((input.name(), input.text().to_owned()));
                Ok(None)
            })?;
        }
        let checked = match every {
            true => inputs.validate(),
            false => inputs.check(),
        };
        Ok((checked?, repaired))
    })?;
    Ok(Checked {
        inner: Arc::new(checked),
        repaired,
        size,
        columns: OnceLock::new(),
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
            size: self.size,
        };
        let inner = Arc::clone(&self.inner);
        let progress = inner.progress();
        attended::run(py, &progress, &listener, move || work(&inner))
    }

    fn listed(&self, py: Python<'_>) -> PyResult<&[ColumnInfo]> {
        if let Some(columns) = self.columns.get() {
            return Ok(columns);
        }
        let table = self.table(py)?;
        Ok(self.columns.get_or_init(|| table.columns()))
    }

    fn table(&self, py: Python<'_>) -> PyResult<gcagg::Table<'_>> {
        self.inner.table().map_err(|error| raised(py, &error))
    }

    fn arrow_schema(&self, py: Python<'_>, types: ArrowTypes) -> PyResult<SchemaRef> {
        Ok(self.table(py)?.schema(types))
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

    /// The names and texts of the inputs after their repair.
    #[getter]
    fn repaired(&self) -> Vec<(String, String)> {
        self.repaired.clone()
    }

    /// The causes of warnings and of parts that are left out, each with its first finding and their
    /// number, as JSON.
    fn warnings(&self, py: Python<'_>) -> PyResult<String> {
        self.attended(py, None, |checked| {
            let is_told = |finding: &gcagg::Finding| match finding.severity {
                Severity::Warning => true,
                Severity::Error => checked.leaves_out(),
                // Readers of the table would count these rows twice.
                Severity::Info => finding.code == Code::RepeatedKey.id(),
            };
            let groups = checked.summary()?.groups().into_iter();
            let groups = groups.map(|group| (group.finding(), group.count));
            json(&Vec::from_iter(groups.filter(|(it, _)| is_told(it))))
        })
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

    /// The findings in a format of the command line, without those of a baseline.
    fn write_findings(
        &self,
        py: Python<'_>,
        format: String,
        baseline: Option<PathBuf>,
    ) -> PyResult<Vec<u8>> {
        self.attended(py, None, move |checked| {
            let mut known = baseline.as_deref().map(Baselines::read).transpose()?;
            let mut out = Vec::new();
            checked.write_findings(&format, known.as_mut(), &mut out)?;
            Ok(out)
        })
    }

    /// The contents of the inputs, or the differences to other inputs or to the schemas, as JSON.
    fn inspect(
        &self,
        py: Python<'_>,
        against: Option<&Self>,
        name: Option<String>,
    ) -> PyResult<String> {
        let against = against.map(|against| Arc::clone(&against.inner));
        self.attended(py, None, move |checked| match (name, against) {
            (None, _) => Ok(checked.contents()?.json()),
            (Some(name), None) => Ok(checked.changes_beyond_schema()?.json(&name)),
            (Some(name), Some(before)) => Ok(checked.changes_since(&before)?.json(&name)),
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

    /// Lines about columns, names and figures that the table lacks.
    fn table_warnings(&self, py: Python<'_>) -> Vec<String> {
        py.detach(|| self.inner.table_warnings())
    }

    /// Name, type and unit of the columns.
    fn columns(&self, py: Python<'_>) -> PyResult<Vec<(&str, &'static str, Option<&'static str>)>> {
        let columns = self.listed(py)?.iter();
        Ok(columns.map(|it| (&*it.name, it.kind, it.unit)).collect())
    }

    /// Raises the error of types that do not exist, or of a table that cannot be.
    fn refuse(&self, py: Python<'_>, types: &str) -> PyResult<()> {
        options::types(py, types)?;
        self.table(py).map(drop)
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

    /// The rows as a stream, in a capsule, all of which are made before, and sentences about numbers
    /// that are rounded or too large.
    fn collect<'py>(
        &self,
        py: Python<'py>,
        types: &str,
        progress: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Vec<String>)> {
        let types = options::types(py, types)?;
        let (batches, changed) = self.attended(py, progress, move |checked| {
            let mut batches: Vec<RecordBatch> = Vec::new();
            let mut hand = |batch| {
                batches.push(batch);
                Ok(())
            };
            let written = checked.table()?.batches(types, &mut hand)?;
            Ok((batches, written.changed))
        })?;
        let schema = match batches.first() {
            Some(batch) => batch.schema(),
            None => self.arrow_schema(py, types)?,
        };
        let sentences = [changed.rounded_in_words(), changed.too_large_in_words()];
        let sentences = sentences.into_iter().flatten().collect();
        Ok((stream::of(py, schema, batches)?, sentences))
    }

    /// The first rows, or all of them, in a format of the command line.
    fn write<'py>(
        &self,
        py: Python<'py>,
        format: String,
        rows: Option<u64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let out = self.attended(py, None, move |checked| {
            let mut out = Vec::new();
            let table = checked.table()?;
            let table = rows
                .into_iter()
                .fold(table, |table, rows| table.limit(rows));
            table.write(&format, &mut out)?;
            Ok(out)
        })?;
        Ok(PyBytes::new(py, &out))
    }

    /// The rows as dicts; `convert` has the functions that convert literals, by the types of columns.
    fn dicts(&self, py: Python<'_>, convert: &Bound<'_, PyDict>) -> PyResult<Dicts> {
        let text = self.attended(py, None, |checked| {
            let mut out = Vec::new();
            checked.table()?.write("ndjson", &mut out)?;
            String::from_utf8(out).map_err(|error| Error::data(error.to_string()))
        })?;
        let columns = self.listed(py)?.iter();
        Dicts::new(text, columns.map(|it| (&*it.name, it.kind)), convert)
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

    /// A document of joined buckets, the findings as JSON, and a sentence about repeated buckets.
    fn rollup<'py>(
        &self,
        py: Python<'py>,
        options: &Bound<'_, PyDict>,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<(Bound<'py, PyBytes>, String, Option<String>)> {
        let rollup = options::rollup(py, options)?;
        let (findings, document, repeated) = self.attended(py, progress, move |checked| {
            let rolled = checked.rollup(&rollup)?;
            let mut document = Vec::new();
            rolled.write(&mut document)?;
            Ok((
                json(&rolled.findings())?,
                document,
                checked.repeats_in_words(),
            ))
        })?;
        let document = PyBytes::new(py, &document);
        Ok((document, findings, repeated))
    }
}
