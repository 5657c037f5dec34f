//! The rows of a table as dicts.

use std::fmt;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyString};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

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
                // These digits are all that the float has.
                Ok(float) if float.to_string() == literal => {
                    return Ok(PyFloat::new(py, float).into_any());
                }
                _ => convert,
            },
            Self::Other(convert) => convert,
        };
        convert.bind(py).call1((literal,))
    }
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

impl DictColumn {
    /// The value of a cell that is JSON.
    fn value<'py>(&mut self, py: Python<'py>, json: &str) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = &self.last_value
            && self.last == json
        {
            return Ok(value.bind(py).clone());
        }
        let inner = json.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        let value = match inner {
            None => self.conversion.value(py, json)?,
            Some(plain) if !plain.contains('\\') => self.conversion.value(py, plain)?,
            Some(_) => {
                let text: String = serde_json::from_str(json).map_err(|_| errors::panicked(py))?;
                self.conversion.value(py, &text)?
            }
        };
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
        let mut json = serde_json::Deserializer::from_str(line);
        let cells = Cells(&self.columns).deserialize(&mut json);
        let cells = cells.map_err(|_| errors::panicked(py))?;
        let row = self.absent.bind(py).copy()?;
        for (at, json) in cells {
            if let Some(column) = self.columns.get_mut(at) {
                let value = column.value(py, json)?;
                row.set_item(&column.key, value)?;
            }
        }
        Ok(Some(row))
    }
}

/// Reads an object as the places of columns with their values as JSON, without those that are null.
struct Cells<'c>(&'c [DictColumn]);

impl<'de> DeserializeSeed<'de> for Cells<'_> {
    type Value = Vec<(usize, &'de str)>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Cells<'_> {
    type Value = Vec<(usize, &'de str)>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut cells = Vec::with_capacity(self.0.len());
        let mut from = 0;
        while let Some(at) = members.next_key_seed(Place {
            columns: self.0,
            from,
        })? {
            let value = members.next_value::<&RawValue>()?.get();
            if value != "null" {
                cells.push((at, value));
            }
            from = at + 1;
        }
        Ok(cells)
    }
}

/// Reads a name as the place of its column. Columns are in their order, so it is found at once.
struct Place<'c> {
    columns: &'c [DictColumn],
    from: usize,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<usize, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Place<'_> {
    type Value = usize;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the name of a column")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<usize, E> {
        let columns = self.columns.iter().enumerate();
        let mut later = columns.skip(self.from);
        let found = later.find(|(_, column)| column.name == name);
        found
            .map(|(at, _)| at)
            .ok_or_else(|| E::custom("no such column"))
    }
}
