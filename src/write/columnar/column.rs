//! One column of some rows.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{
    ArrayRef, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array, StringArray,
    TimestampMicrosecondArray, TimestampMillisecondArray,
};
use arrow_buffer::NullBuffer;

use crate::json::number::Decimal;
use crate::model::time;
use crate::record::Number;
use crate::table::{Cell, Type, types};

use super::ArrowTypes;

/// A value of a column; texts are places in its dictionary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    Null,
    Key(i32),
    Whole(i64),
    Exact(i128),
    Float(f64),
}

/// The values of a column, null ones too.
#[derive(Debug)]
enum Values {
    Keys(Vec<i32>),
    Whole(Vec<i64>),
    Exact(Vec<i128>),
    Float(Vec<f64>),
}

/// A column that is filled value by value.
#[derive(Debug)]
pub struct Column {
    kind: Type,
    values: Values,
    valid: Vec<bool>,
    texts: Vec<Box<str>>,
    known: HashMap<Box<str>, i32>,
}

impl Column {
    /// An empty column.
    pub fn new(kind: Type) -> Self {
        Self {
            kind,
            values: match kind {
                Type::Text => Values::Keys(Vec::new()),
                Type::Integer | Type::Instant => Values::Whole(Vec::new()),
                Type::Decimal(_) => Values::Exact(Vec::new()),
                Type::Float => Values::Float(Vec::new()),
            },
            valid: Vec::new(),
            texts: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// What a cell is in this column; `None` where the column cannot hold it.
    pub fn value(&mut self, cell: &Cell<'_>) -> Option<Value> {
        let literal = match cell {
            Cell::Absent | Cell::Null => return Some(Value::Null),
            Cell::Number(literal) if self.kind != Type::Text => literal,
            Cell::Text(text) => return self.text(text),
            Cell::Number(text) => return self.text(text),
            Cell::Figure(text) | Cell::Time(text) => return self.text(text),
            Cell::Bool(value) => return self.text(if *value { "true" } else { "false" }),
        };
        self.number(literal)
    }

    fn text(&mut self, text: &str) -> Option<Value> {
        match self.kind {
            Type::Text => Some(Value::Key(self.key(text))),
            // An interval without an end, say.
            _ if text.is_empty() => Some(Value::Null),
            Type::Instant => {
                let time = time::Instant::parse(text)?.time;
                Some(Value::Whole(time.timestamp_millis()))
            }
            _ => None,
        }
    }

    /// The place of a text in the dictionary.
    fn key(&mut self, text: &str) -> i32 {
        if let Some(key) = self.known.get(text) {
            return *key;
        }
        let key = self.texts.len() as i32;
        self.texts.push(text.into());
        self.known.insert(text.into(), key);
        key
    }

    /// What a figure is in this column; `None` where the column cannot hold it.
    #[inline]
    pub fn figure(&mut self, number: &Number, text: &str) -> Option<Value> {
        match (self.kind, number.whole) {
            (Type::Integer, Some(whole)) => Some(Value::Whole(whole)),
            (Type::Decimal(scale), Some(whole)) => {
                Some(Value::Exact(Decimal::from(whole).scaled(scale)?))
            }
            (Type::Float, Some(whole)) if whole.unsigned_abs() < 1 << 53 => {
                Some(Value::Float(whole as f64))
            }
            _ => self.value(&Cell::Number(number.literal.in_text(text).into())),
        }
    }

    fn number(&self, literal: &str) -> Option<Value> {
        match self.kind {
            Type::Integer => {
                let decimal = Decimal::parse(literal)?;
                Some(Value::Whole(decimal.whole()?))
            }
            Type::Decimal(scale) => {
                let exact = Decimal::parse(literal)?.scaled(scale)?;
                let limit = 10_u128.pow(u32::from(types::PRECISION));
                (exact.unsigned_abs() < limit).then_some(Value::Exact(exact))
            }
            Type::Float => {
                let float: f64 = literal.parse().ok()?;
                float.is_finite().then_some(Value::Float(float))
            }
            Type::Text | Type::Instant => None,
        }
    }

    /// Adds a value, or a null.
    #[inline]
    pub fn push(&mut self, value: Value) {
        self.valid.push(value != Value::Null);
        match (&mut self.values, value) {
            (Values::Keys(all), Value::Key(key)) => all.push(key),
            (Values::Whole(all), Value::Whole(whole)) => all.push(whole),
            (Values::Exact(all), Value::Exact(exact)) => all.push(exact),
            (Values::Float(all), Value::Float(float)) => all.push(float),
            (Values::Keys(all), _) => all.push(0),
            (Values::Whole(all), _) => all.push(0),
            (Values::Exact(all), _) => all.push(0),
            (Values::Float(all), _) => all.push(0.0),
        }
    }

    /// The column as an array.
    ///
    /// # Errors
    /// The texts are more than 2 GiB.
    pub fn finish(mut self, types: ArrowTypes) -> io::Result<ArrayRef> {
        if let (Values::Keys(keys), ArrowTypes::Plain) = (&self.values, types) {
            return plain(keys, &self.valid, &self.texts);
        }
        let nulls = Some(NullBuffer::from(self.valid));
        Ok(match (self.values, self.kind) {
            (Values::Keys(keys), _) => {
                if self.texts.is_empty() {
                    // Null keys, too, must be places in the dictionary.
                    self.texts.push("".into());
                }
                let texts = StringArray::from_iter_values(self.texts);
                let keys = Int32Array::new(keys.into(), nulls);
                let array = DictionaryArray::try_new(keys, Arc::new(texts));
                Arc::new(array.map_err(io::Error::other)?)
            }
            (Values::Whole(mut values), Type::Instant) if types == ArrowTypes::Plain => {
                values
                    .iter_mut()
                    .for_each(|it| *it = it.saturating_mul(1000));
                let array = TimestampMicrosecondArray::new(values.into(), nulls);
                Arc::new(array.with_timezone("UTC"))
            }
            (Values::Whole(values), Type::Instant) => {
                let array = TimestampMillisecondArray::new(values.into(), nulls);
                Arc::new(array.with_timezone("UTC"))
            }
            (Values::Whole(values), _) => Arc::new(Int64Array::new(values.into(), nulls)),
            (Values::Exact(values), kind) => {
                let scale = if let Type::Decimal(scale) = kind {
                    scale
                } else {
                    0
                };
                let array = Decimal128Array::new(values.into(), nulls);
                let typed = array.with_precision_and_scale(types::PRECISION, scale as i8);
                Arc::new(typed.map_err(io::Error::other)?)
            }
            (Values::Float(values), _) => Arc::new(Float64Array::new(values.into(), nulls)),
        })
    }
}

/// Texts without a dictionary.
fn plain(keys: &[i32], valid: &[bool], texts: &[Box<str>]) -> io::Result<ArrayRef> {
    let text = |key: i32| texts.get(key as usize).map_or("", |text| text);
    let bytes: usize = keys
        .iter()
        .zip(valid)
        .filter(|(_, valid)| **valid)
        .map(|(key, _)| text(*key).len())
        .sum();
    if i32::try_from(bytes).is_err() {
        return Err(io::Error::other("the texts of a batch are more than 2 GiB"));
    }
    let mut builder = StringBuilder::with_capacity(keys.len(), bytes);
    for (key, valid) in keys.iter().zip(valid) {
        builder.append_option(valid.then(|| text(*key)));
    }
    Ok(Arc::new(builder.finish()))
}
