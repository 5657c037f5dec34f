//! The rows of a table as dicts.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyString};

use crate::errors;

/// The conversion of the literals of a column. A function of Python has the literals that the native
/// type cannot have.
enum Conversion {
    Text,
    Integer(Py<PyAny>),
    Float(Py<PyAny>),
    Other(Py<PyAny>),
}

impl Conversion {
    /// The value of the literal of a number or of a text.
    fn value<'py>(&self, py: Python<'py>, literal: &str) -> PyResult<Bound<'py, PyAny>> {
        let convert = match self {
            Self::Text => return Ok(PyString::new(py, literal).into_any()),
            Self::Integer(convert) => match literal.parse::<i64>() {
                Ok(whole) => return Ok(whole.into_pyobject(py)?.into_any()),
                Err(_) => convert,
            },
            Self::Float(convert) => match literal.parse::<f64>() {
                Ok(float) if is_exact(literal) || float.to_string() == literal => {
                    return Ok(PyFloat::new(py, float).into_any());
                }
                _ => convert,
            },
            Self::Other(convert) => convert,
        };
        convert.bind(py).call1((literal,))
    }
}

/// True if a float has all digits of the literal for certain: without an exponent, it has any 15 digits.
fn is_exact(literal: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    literal.len() <= 15 && literal.bytes().all(is_plain)
}

/// A column of dicts.
struct DictColumn {
    name: String,
    key: Py<PyString>,
    conversion: Conversion,
    /// The last cell as JSON and its value: neighbours often have the same.
    last: String,
    last_value: Option<Py<PyAny>>,
}

/// The text of a JSON string, or another value as it is.
fn unquoted(json: &str) -> Option<Cow<'_, str>> {
    match json.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(_) if json.contains('\\') => serde_json::from_str(json).ok().map(Cow::Owned),
        plain => Some(Cow::Borrowed(plain.unwrap_or(json))),
    }
}

impl DictColumn {
    /// True if JSON has this name for the column.
    fn is_named(&self, json: &str) -> bool {
        unquoted(json).is_some_and(|name| name == self.name)
    }

    /// The value of a cell that is JSON.
    fn value<'py>(&mut self, py: Python<'py>, json: &str) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = &self.last_value
            && self.last == json
        {
            return Ok(value.bind(py).clone());
        }
        let text = unquoted(json).ok_or_else(|| errors::panicked(py))?;
        let value = self.conversion.value(py, &text)?;
        self.last.clear();
        self.last.push_str(json);
        self.last_value = Some(value.clone().unbind());
        Ok(value)
    }
}

/// An iterator over the rows of a table, each a dict with all columns.
#[pyclass(module = "gcagg._native")]
pub struct Dicts {
    /// One object per line.
    text: String,
    /// The place of the next line.
    at: usize,
    columns: Vec<DictColumn>,
    /// A row without values.
    absent: Py<PyDict>,
}

impl Dicts {
    /// The rows of a text with one object per line. `columns` are the names and types, and `convert` has
    /// the functions of the types.
    pub fn new<'n>(
        text: String,
        columns: impl Iterator<Item = (&'n str, &'n str)>,
        convert: &Bound<'_, PyDict>,
    ) -> PyResult<Self> {
        let py = convert.py();
        let absent = PyDict::new(py);
        let mut all = Vec::new();
        for (name, kind) in columns {
            let key = PyString::intern(py, name);
            absent.set_item(&key, py.None())?;
            let function = convert.get_item(kind)?.map(Bound::unbind);
            all.push(DictColumn {
                name: name.to_owned(),
                key: key.unbind(),
                conversion: match (kind, function) {
                    ("integer", Some(function)) => Conversion::Integer(function),
                    ("float", Some(function)) => Conversion::Float(function),
                    (_, Some(function)) => Conversion::Other(function),
                    (_, None) => Conversion::Text,
                },
                last: String::new(),
                last_value: None,
            });
        }
        Ok(Self {
            text,
            at: 0,
            columns: all,
            absent: absent.unbind(),
        })
    }
}

#[pymethods]
impl Dicts {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some((line, _)) = rest.split_once('\n') else {
            return Ok(None);
        };
        self.at += line.len() + 1;
        let row = self.absent.bind(py).copy()?;
        // The members of an object are in the order of the columns.
        let mut columns = self.columns.iter_mut();
        let mut rest = line.strip_prefix('{').unwrap_or_default();
        while rest.starts_with('"') {
            let member = split_value(rest).and_then(|(name, after)| {
                let (value, after) = split_value(after.strip_prefix(':')?)?;
                Some((columns.find(|it| it.is_named(name))?, value, after))
            });
            let Some((column, value, after)) = member else {
                return Err(errors::panicked(py));
            };
            if value != "null" {
                let value = column.value(py, value)?;
                row.set_item(&column.key, value)?;
            }
            rest = after.get(1..).unwrap_or_default();
        }
        Ok(Some(row))
    }
}

/// Splits off the text, number or name that JSON begins with.
fn split_value(json: &str) -> Option<(&str, &str)> {
    let end = match json.strip_prefix('"') {
        None => json.find([',', '}'])?,
        Some(inner) => {
            let mut bytes = inner.bytes().enumerate();
            loop {
                match bytes.next()? {
                    (at, b'"') => break at + 2,
                    (_, b'\\') => bytes.next()?,
                    other => other,
                };
            }
        }
    };
    json.split_at_checked(end)
}
