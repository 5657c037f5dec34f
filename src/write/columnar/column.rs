//! One column of some rows.

use std::collections::HashMap;

use crate::json::number::{self, Decimal};
use crate::model::time;
use crate::record::Number;
use crate::table::{Cell, Type, types};

/// A value of a column; texts are places in its dictionary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    Null,
    Key(i32),
    Whole(i64),
    Exact(i128),
    Float(f64),
}

/// The values of a column, without those that are null.
#[derive(Debug)]
pub enum Values {
    Keys(Vec<i32>),
    Whole(Vec<i64>),
    Exact(Vec<i128>),
    Float(Vec<f64>),
}

/// A column that is filled value by value.
#[derive(Debug)]
pub struct Column {
    kind: Type,
    pub values: Values,
    /// The row of each value.
    pub rows: Vec<u32>,
    pub texts: Vec<Box<str>>,
    /// How many numbers were rounded.
    pub rounded: u64,
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
            rows: Vec::new(),
            texts: Vec::new(),
            rounded: 0,
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

    fn number(&mut self, literal: &str) -> Option<Value> {
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
                let (float, is_exact) = number::double(literal)?;
                self.rounded += u64::from(!is_exact);
                Some(Value::Float(float))
            }
            Type::Text | Type::Instant => None,
        }
    }

    /// Adds the value of a row, which comes behind those of the others.
    #[inline]
    pub fn push(&mut self, row: u32, value: Value) {
        match (&mut self.values, value) {
            (Values::Keys(all), Value::Key(key)) => all.push(key),
            (Values::Whole(all), Value::Whole(whole)) => all.push(whole),
            (Values::Exact(all), Value::Exact(exact)) => all.push(exact),
            (Values::Float(all), Value::Float(float)) => all.push(float),
            _ => return,
        }
        self.rows.push(row);
    }
}
