//! One column of some rows.

use std::ops::Range;

use super::dictionary::Dictionary;
use crate::json::number::{self, Decimal};
use crate::model::time;
use crate::record::Number;
use crate::table::{Cell, Type, types};

/// A value of a column; texts are places in its dictionary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TypedValue {
    Null,
    Key(i32),
    Whole(i64),
    Exact(i128),
    Float(f64),
}

/// The values of a column, without those that are null.
#[derive(Debug)]
pub enum ColumnValues {
    Keys(Vec<i32>),
    Whole(Vec<i64>),
    Exact(Vec<i128>),
    Float(Vec<f64>),
}

/// A column that is filled value by value.
#[derive(Debug)]
pub struct TypedColumn {
    kind: Type,
    pub values: ColumnValues,
    /// The row of each value.
    pub rows: Vec<u32>,
    pub texts: Dictionary,
    /// The instants of the texts, if this is a column of instants, in milliseconds, and true where the
    /// text has more digits: groups have the same ones.
    instants: Vec<Option<(i64, bool)>>,
    /// Number of numbers that were rounded.
    pub rounded: u64,
    /// Number of times that lost digits.
    pub shortened: u64,
}

impl TypedColumn {
    /// An empty column.
    pub fn new(kind: Type) -> Self {
        Self {
            kind,
            values: match kind {
                Type::Text => ColumnValues::Keys(Vec::new()),
                Type::Integer | Type::Instant => ColumnValues::Whole(Vec::new()),
                Type::Decimal(_) => ColumnValues::Exact(Vec::new()),
                Type::Float => ColumnValues::Float(Vec::new()),
            },
            rows: Vec::new(),
            texts: Dictionary::default(),
            instants: Vec::new(),
            rounded: 0,
            shortened: 0,
        }
    }

    /// Converts a cell to the type of this column; `None` if the column cannot have it.
    pub fn value(&mut self, cell: &Cell<'_>) -> Option<TypedValue> {
        let literal = match cell {
            Cell::Absent | Cell::Null => return Some(TypedValue::Null),
            Cell::Number(literal) if self.kind != Type::Text => literal,
            Cell::Text(text) => return self.text(text),
            Cell::Number(text) => return self.text(text),
            Cell::Figure(text) | Cell::Time(text) => return self.text(text),
            Cell::Bool(value) => return self.text(if *value { "true" } else { "false" }),
        };
        self.number(literal)
    }

    fn text(&mut self, text: &str) -> Option<TypedValue> {
        match self.kind {
            Type::Text => Some(TypedValue::Key(self.texts.key(text))),
            // An interval without an end, say.
            _ if text.is_empty() => Some(TypedValue::Null),
            Type::Instant => {
                let at = self.texts.key(text) as usize;
                if at == self.instants.len() {
                    let instant = time::Instant::parse(text);
                    let instant = instant.map(|it| {
                        let has_more = it.time.timestamp_subsec_nanos() % 1_000_000 != 0;
                        (it.time.timestamp_millis(), has_more)
                    });
                    self.instants.push(instant);
                }
                let (instant, has_more) = (*self.instants.get(at)?)?;
                self.shortened += u64::from(has_more);
                Some(TypedValue::Whole(instant))
            }
            _ => None,
        }
    }

    /// Converts a figure to the type of this column; `None` if the column cannot have it.
    #[inline]
    pub fn figure(&mut self, number: &Number, text: &str) -> Option<TypedValue> {
        match (self.kind, number.whole) {
            (Type::Integer, Some(whole)) => Some(TypedValue::Whole(whole)),
            (Type::Decimal(scale), Some(whole)) => {
                Some(TypedValue::Exact(Decimal::from(whole).scaled(scale)?))
            }
            (Type::Float, Some(whole)) if whole.unsigned_abs() < 1 << 53 => {
                Some(TypedValue::Float(whole as f64))
            }
            _ => self.value(&Cell::Number(number.literal.in_text(text).into())),
        }
    }

    fn number(&mut self, literal: &str) -> Option<TypedValue> {
        match self.kind {
            Type::Integer => {
                let decimal = Decimal::parse(literal)?;
                Some(TypedValue::Whole(decimal.whole()?))
            }
            Type::Decimal(scale) => {
                let exact = Decimal::parse(literal)?.scaled(scale)?;
                let limit = 10_u128.pow(u32::from(types::PRECISION));
                (exact.unsigned_abs() < limit).then_some(TypedValue::Exact(exact))
            }
            Type::Float => {
                let (float, is_exact) = number::double(literal)?;
                self.rounded += u64::from(!is_exact);
                Some(TypedValue::Float(float))
            }
            Type::Text | Type::Instant => None,
        }
    }

    /// Adds the value of a row, which comes behind those of the others.
    #[inline]
    pub fn push(&mut self, row: u32, value: TypedValue) {
        match (&mut self.values, value) {
            (ColumnValues::Keys(all), TypedValue::Key(key)) => all.push(key),
            (ColumnValues::Whole(all), TypedValue::Whole(whole)) => all.push(whole),
            (ColumnValues::Exact(all), TypedValue::Exact(exact)) => all.push(exact),
            (ColumnValues::Float(all), TypedValue::Float(float)) => all.push(float),
            _ => return,
        }
        self.rows.push(row);
    }

    /// Adds the value of some rows, which come behind the others.
    pub fn extend(&mut self, rows: Range<u32>, value: TypedValue) {
        let all = self.rows.len() + rows.len();
        match (&mut self.values, value) {
            (ColumnValues::Keys(values), TypedValue::Key(key)) => values.resize(all, key),
            (ColumnValues::Whole(values), TypedValue::Whole(whole)) => values.resize(all, whole),
            (ColumnValues::Exact(values), TypedValue::Exact(exact)) => values.resize(all, exact),
            (ColumnValues::Float(values), TypedValue::Float(float)) => values.resize(all, float),
            _ => return,
        }
        self.rows.extend(rows);
    }
}
