//! Keyword arguments as the options of the library.

use std::path::PathBuf;

use gcagg::{
    ArrowTypes, DurationUnit, Error, Expectations, Inputs, Layout, Page, Rollup, TableFormat,
    TableSpec,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{raised, usage};

/// The value of a keyword; `None` where it is absent or `None`.
fn value<'py, T>(options: &Bound<'py, PyDict>, name: &str) -> PyResult<Option<T>>
where
    T: for<'a> FromPyObject<'a, 'py>,
{
    let value = match options.get_item(name)? {
        Some(value) if !value.is_none() => value,
        _ => return Ok(None),
    };
    value.extract().map(Some).map_err(|error| {
        let py = options.py();
        let why = Into::<PyErr>::into(error).value(py).to_string();
        let shown = value
            .repr()
            .map_or_else(|_| "…".to_owned(), |it| it.to_string());
        usage(py, &format!("{name}={shown}: {why}"), None)
    })
}

/// Whether a keyword is `True`.
pub fn is_set(options: &Bound<'_, PyDict>, name: &str) -> PyResult<bool> {
    Ok(value::<bool>(options, name)?.unwrap_or_default())
}

/// Whether the number of threads was chosen.
pub fn has_threads(options: &Bound<'_, PyDict>) -> PyResult<bool> {
    Ok(value::<usize>(options, "threads")?.is_some_and(|count| count > 0))
}

/// The error for a word that is none of those that a keyword takes.
fn unknown(py: Python<'_>, keyword: &str, word: &str, known: &str) -> PyErr {
    usage(py, &format!("{keyword}={word:?}: expected {known}"), None)
}

/// Applies what may fail to a shape.
fn applied<T>(py: Python<'_>, result: Result<T, Error>) -> PyResult<T> {
    result.map_err(|error| raised(py, &error))
}

/// The Arrow types of text and times.
pub fn types(py: Python<'_>, name: &str) -> PyResult<ArrowTypes> {
    match name {
        "compact" => Ok(ArrowTypes::Compact),
        "plain" => Ok(ArrowTypes::Plain),
        other => Err(unknown(py, "types", other, "compact or plain")),
    }
}

/// A shape with the columns that are wanted.
fn columns(py: Python<'_>, options: &Bound<'_, PyDict>, shape: TableSpec) -> PyResult<TableSpec> {
    let Some(columns) = value::<Bound<'_, PyAny>>(options, "columns")? else {
        return Ok(shape);
    };
    match columns.extract::<String>().as_deref() {
        Ok("present") => Ok(shape),
        Ok("all") => Ok(shape.all_columns()),
        Ok(other) => Err(unknown(
            py,
            "columns",
            other,
            "present, all or a list of names",
        )),
        Err(_) => match value::<Vec<String>>(options, "columns")?.unwrap_or_default() {
            names if names.is_empty() => Err(usage(py, "columns=[]: a table has columns", None)),
            names => Ok(shape.columns(names)),
        },
    }
}

/// The shape of a table.
pub fn shape(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<TableSpec> {
    let mut shape = TableSpec::new();
    match value::<String>(options, "layout")?.as_deref() {
        None | Some("long") => {}
        Some("wide") => shape = shape.layout(Layout::Wide),
        Some(other) => return Err(unknown(py, "layout", other, "long or wide")),
    }
    shape = columns(py, options, shape)?;
    // The types of Arrow: bad parts are the same in rows and in frames.
    let skips = value::<String>(options, "on_error")?.as_deref() == Some("skip");
    if (skips || is_set(options, "typed")?)
        && let Some(arrow) = TableFormat::named("arrow")
    {
        shape = shape.format(arrow);
    }
    if let Some(dims) = value::<Vec<String>>(options, "dims")? {
        shape = shape.dimensions(dims);
    }
    if let Some(occurrences) = value::<String>(options, "part_of")? {
        shape = applied(py, shape.part_of(&occurrences))?;
    }
    if let Some(names) = value::<Vec<PathBuf>>(options, "names")? {
        shape = applied(py, shape.names(names))?;
    }
    match value::<String>(options, "durations")?.as_deref() {
        None => {}
        Some("ms") => shape = shape.durations(DurationUnit::Milliseconds),
        Some("s") => shape = shape.durations(DurationUnit::Seconds),
        Some("min") => shape = shape.durations(DurationUnit::Minutes),
        Some("h") => shape = shape.durations(DurationUnit::Hours),
        Some(other) => return Err(unknown(py, "durations", other, "ms, s, min or h")),
    }
    for pattern in value::<Vec<String>>(options, "metric")?.unwrap_or_default() {
        shape = applied(py, shape.metric(&pattern))?;
    }
    for (dimension, values) in
        value::<Vec<(String, Vec<String>)>>(options, "where")?.unwrap_or_default()
    {
        shape = shape.only(&dimension, values);
    }
    if let Some(zone) = value::<String>(options, "timezone")? {
        shape = applied(py, shape.timezone(&zone))?;
    }
    if let Some(from) = value::<String>(options, "from_")? {
        shape = applied(py, shape.from(&from))?;
    }
    if let Some(until) = value::<String>(options, "until")? {
        shape = applied(py, shape.until(&until))?;
    }
    shape = applied(py, shape.source_date_epoch())?;
    if is_set(options, "source_column")? {
        shape = shape.source_column();
    }
    for column in value::<Vec<String>>(options, "sort")?.unwrap_or_default() {
        shape = shape.sort_by(&column);
    }
    if let Some(limit) = value(options, "limit")? {
        shape = shape.limit(limit);
    }
    if is_set(options, "kpi")? {
        shape = shape.key_figures();
    }
    let is_wide = value::<String>(options, "layout")?.as_deref() == Some("wide");
    let wide = Some("choose layout=\"wide\"");
    match (is_set(options, "absent_zero")?, keeps_absent(py, options)?) {
        (true, _) if !is_wide => Err(usage(py, "absent_zero is for wide tables", wide)),
        (false, Some(false)) if !is_wide => Err(usage(py, "absent is for wide tables", wide)),
        (true, Some(true)) => {
            let help = Some("leave one of them out");
            Err(usage(py, "absent_zero and absent exclude each other", help))
        }
        (true, _) | (false, Some(false)) => Ok(shape.absent_as_zero()),
        (false, Some(true)) => Ok(shape.keep_absent()),
        (false, None) => Ok(shape),
    }
}

/// Whether counters that a bucket lacks stay absent, where the options say so.
fn keeps_absent(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Option<bool>> {
    match value::<String>(options, "absent")?.as_deref() {
        None => Ok(None),
        Some("keep") => Ok(Some(true)),
        Some("zero") => Ok(Some(false)),
        Some(other) => Err(unknown(py, "absent", other, "keep or zero")),
    }
}

/// Changes the level of a finding.
type AddLevel = fn(Inputs, &str) -> Inputs;

/// Threads and levels of findings.
pub fn inputs(py: Python<'_>, options: &Bound<'_, PyDict>, mut inputs: Inputs) -> PyResult<Inputs> {
    inputs = inputs.threads(value(options, "threads")?.unwrap_or_default());
    match value::<String>(options, "on_error")?.as_deref() {
        None | Some("fail") => {}
        Some("skip") => inputs = inputs.skip_bad_parts(),
        Some(other) => return Err(unknown(py, "on_error", other, "fail or skip")),
    }
    if let Some(repeats) = value::<String>(options, "repeats")? {
        inputs = applied(py, inputs.repeats(&repeats))?;
    }
    if let Some(schema) = value::<PathBuf>(options, "schema")? {
        inputs = applied(py, inputs.schema(&schema))?.0;
    }
    if let Some(zone) = value::<String>(options, "timezone")? {
        inputs = applied(py, inputs.timezone(&zone))?;
    }
    inputs = inputs.expect(expected(py, options)?);
    let levels: [(&str, AddLevel); 5] = [
        ("select", Inputs::select),
        ("ignore", Inputs::ignore),
        ("deny", Inputs::deny),
        ("warn", Inputs::warn),
        ("allow", Inputs::allow),
    ];
    for (name, add) in levels {
        let wanted = value::<Vec<String>>(options, name)?.unwrap_or_default();
        inputs = wanted.iter().fold(inputs, |inputs, it| add(inputs, it));
    }
    Ok(inputs)
}

/// The expectations of the data.
fn expected(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Expectations> {
    let names = |name| value::<Vec<String>>(options, name).map(Option::unwrap_or_default);
    let mut expected = Expectations::default()
        .dimensions(names("expect_dims")?)
        .metrics(names("expect_metrics")?);
    if let Some(interval) = value::<String>(options, "expect_interval")? {
        expected = applied(py, expected.interval(&interval))?;
    }
    if let Some(period) = value::<String>(options, "expect_granularity")? {
        expected = applied(py, expected.granularity(&period))?;
    }
    let rows = value::<u64>(options, "min_rows")?;
    Ok(rows.into_iter().fold(expected, Expectations::rows))
}

/// Rows and order of a report.
pub fn page(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Page> {
    let mut page = Page::new();
    if let Some(by) = value::<Vec<String>>(options, "by")? {
        page = page.by(by);
    }
    if let Some(top) = value(options, "top")? {
        page = page.top(top);
    }
    if let Some(sort) = value::<String>(options, "sort")? {
        page = page.sort(sort);
    }
    if let Some(title) = value::<String>(options, "title")? {
        page = page.title(title);
    }
    if let Some(every) = value::<String>(options, "every")? {
        page = applied(py, page.every(&every))?;
    }
    if let Some(zone) = value::<String>(options, "timezone")? {
        page = applied(py, page.timezone(&zone))?;
    }
    if is_set(options, "detail")? {
        page = page.detail();
    }
    if keeps_absent(py, options)? == Some(true) {
        page = page.keep_absent();
    }
    Ok(page)
}

/// Dimensions and periods of a roll-up.
pub fn rollup(py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Rollup> {
    let mut rollup = Rollup::new();
    if let Some(by) = value::<Vec<String>>(options, "by")? {
        rollup = rollup.by(by);
    }
    if let Some(every) = value::<String>(options, "every")? {
        rollup = applied(py, rollup.every(&every))?;
    }
    if let Some(zone) = value::<String>(options, "timezone")? {
        rollup = applied(py, rollup.timezone(&zone))?;
    }
    if let Some(day) = value::<String>(options, "week_start")? {
        rollup = applied(py, rollup.week_start(&day))?;
    }
    let allowed = value::<Vec<String>>(options, "drop_multivalued")?;
    Ok(rollup.drop_multivalued(allowed.unwrap_or_default()))
}
