//! Rows as arrays: so many rows together as the table decides, however they arrived.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{
    ArrayRef, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array,
    TimestampMicrosecondArray, TimestampMillisecondArray,
};
use arrow_buffer::NullBuffer;

use crate::table::{Type, types};

use super::ArrowTypes;
use super::column::{ColumnValues, TypedColumn};
use super::dictionary::Dictionary;

/// Rows of a table by column. Columns without a value in any of them take no space.
#[derive(Debug)]
pub struct ColumnRows {
    pub columns: Vec<Option<Box<TypedColumn>>>,
    pub rows: u32,
}

/// Some of these rows.
pub type RowRange<'r> = (&'r ColumnRows, Range<u32>);

impl ColumnRows {
    /// A column, and which of its values belong to some rows.
    fn column(&self, at: usize, rows: &Range<u32>) -> Option<(&TypedColumn, Range<usize>)> {
        let column = self.columns.get(at)?.as_deref()?;
        let place = |row: u32| column.rows.partition_point(|it| *it < row);
        Some((column, place(rows.start)..place(rows.end)))
    }
}

/// Rows that wait until enough of them have arrived.
#[derive(Debug, Default)]
pub struct WaitingRows {
    parts: VecDeque<ColumnRows>,
    /// Number of rows that were taken from the first part.
    gone: u32,
    pub rows: usize,
}

impl WaitingRows {
    /// Adds rows behind the others.
    pub fn push(&mut self, rows: ColumnRows) {
        self.rows += rows.rows as usize;
        self.parts.push_back(rows);
    }

    /// The first rows, which are so many or all.
    pub fn first(&self, rows: usize) -> Vec<RowRange<'_>> {
        let (mut left, mut from) = (rows, self.gone);
        let mut ranges = Vec::new();
        for part in &self.parts {
            let most = u32::try_from(left).unwrap_or(u32::MAX);
            let end = part.rows.min(from.saturating_add(most));
            if end > from {
                left -= (end - from) as usize;
                ranges.push((part, from..end));
            }
            from = 0;
        }
        ranges
    }

    /// Removes so many of the first rows.
    pub fn remove(&mut self, rows: usize) {
        self.rows = self.rows.saturating_sub(rows);
        let mut left = rows;
        while let Some(part) = self.parts.front() {
            let have = (part.rows - self.gone) as usize;
            if left < have {
                self.gone += left as u32;
                return;
            }
            left -= have;
            self.gone = 0;
            self.parts.pop_front();
        }
    }
}

/// The values of a column in some rows, and which of them are not null.
type Gathered<T> = (Vec<T>, Option<NullBuffer>);

/// Gathers the values of a column; `values` returns those at some places of a part.
fn gather<T: Copy + Default>(
    rows: &[RowRange<'_>],
    at: usize,
    mut values: impl for<'c> FnMut(&'c TypedColumn, Range<usize>) -> Cow<'c, [T]>,
) -> Gathered<T> {
    let count = rows.iter().map(|(_, rows)| rows.len()).sum();
    let mut all = vec![T::default(); count];
    let mut valid = vec![false; count];
    let (mut base, mut filled) = (0, 0);
    for (part, rows) in rows {
        let end = base + rows.len();
        if let (Some((column, places)), Some(slots), Some(valid)) = (
            part.column(at, rows),
            all.get_mut(base..end),
            valid.get_mut(base..end),
        ) {
            filled += places.len();
            let found = values(column, places.clone());
            if found.len() == slots.len() {
                slots.copy_from_slice(&found);
                valid.fill(true);
            } else {
                let places = column.rows.get(places).unwrap_or_default();
                for (row, value) in places.iter().zip(found.iter()) {
                    let row = (row - rows.start) as usize;
                    if let (Some(slot), Some(valid)) = (slots.get_mut(row), valid.get_mut(row)) {
                        (*slot, *valid) = (*value, true);
                    }
                }
            }
        }
        base = end;
    }
    (all, (filled < count).then(|| NullBuffer::from(valid)))
}

/// The places of the texts of a column in a dictionary.
fn gather_keys(rows: &[RowRange<'_>], at: usize, dictionary: &mut Dictionary) -> Gathered<i32> {
    gather(rows, at, |column, places| {
        let ColumnValues::Keys(keys) = &column.values else {
            return Cow::Borrowed(&[]);
        };
        let mut known: Vec<Option<i32>> = vec![None; column.texts.texts.len()];
        let keys = keys.get(places).unwrap_or_default().iter();
        let keys = keys.map(|key| {
            let place = *key as usize;
            let (Some(known), Some(text)) = (known.get_mut(place), column.texts.texts.get(place))
            else {
                return 0;
            };
            *known.get_or_insert_with(|| dictionary.key(text))
        });
        Cow::Owned(keys.collect())
    })
}

/// The texts of a column as places in a dictionary, which grows.
pub fn keys(rows: &[RowRange<'_>], at: usize, dictionary: &mut Dictionary) -> ArrayRef {
    let (values, nulls) = gather_keys(rows, at, dictionary);
    Arc::new(Int32Array::new(values.into(), nulls))
}

/// A column of some rows as an array.
///
/// # Errors
/// The texts are more than 2 GiB.
pub fn array(
    rows: &[RowRange<'_>],
    at: usize,
    kind: Type,
    types: ArrowTypes,
) -> io::Result<ArrayRef> {
    macro_rules! gather {
        ($variant:ident) => {
            gather(rows, at, |column, places| match &column.values {
                ColumnValues::$variant(all) => Cow::Borrowed(all.get(places).unwrap_or_default()),
                _ => Cow::Borrowed(&[]),
            })
        };
    }
    Ok(match kind {
        Type::Text => return texts(rows, at, types),
        Type::Instant => {
            let (mut values, nulls) = gather!(Whole);
            if types == ArrowTypes::Compact {
                let array = TimestampMillisecondArray::new(values.into(), nulls);
                return Ok(Arc::new(array.with_timezone("UTC")));
            }
            for value in &mut values {
                *value = value.saturating_mul(1000);
            }
            let array = TimestampMicrosecondArray::new(values.into(), nulls);
            Arc::new(array.with_timezone("UTC"))
        }
        Type::Integer => {
            let (values, nulls) = gather!(Whole);
            Arc::new(Int64Array::new(values.into(), nulls))
        }
        Type::Decimal(scale) => {
            let (values, nulls) = gather!(Exact);
            let array = Decimal128Array::new(values.into(), nulls);
            let typed = array.with_precision_and_scale(types::PRECISION, scale as i8);
            Arc::new(typed.map_err(io::Error::other)?)
        }
        Type::Float => {
            let (values, nulls) = gather!(Float);
            Arc::new(Float64Array::new(values.into(), nulls))
        }
    })
}

fn texts(rows: &[RowRange<'_>], at: usize, types: ArrowTypes) -> io::Result<ArrayRef> {
    let mut dictionary = Dictionary::default();
    let (values, nulls) = gather_keys(rows, at, &mut dictionary);
    if types == ArrowTypes::Plain {
        return plain(&values, nulls.as_ref(), &dictionary.texts);
    }
    if dictionary.texts.is_empty() {
        // Null keys, too, must be places in the dictionary.
        dictionary.key("");
    }
    let keys = Int32Array::new(values.into(), nulls);
    let array = DictionaryArray::try_new(keys, Arc::new(dictionary.into_texts()));
    Ok(Arc::new(array.map_err(io::Error::other)?))
}

/// Texts without a dictionary.
fn plain(keys: &[i32], nulls: Option<&NullBuffer>, texts: &[Box<str>]) -> io::Result<ArrayRef> {
    let text = |(row, key): (usize, &i32)| {
        let is_valid = nulls.is_none_or(|nulls| nulls.is_valid(row));
        texts.get(*key as usize).filter(|_| is_valid)
    };
    let all = || keys.iter().enumerate().map(text);
    let bytes: usize = all().flatten().map(|text| text.len()).sum();
    if i32::try_from(bytes).is_err() {
        return Err(io::Error::other("the texts of a batch are more than 2 GiB"));
    }
    let mut builder = StringBuilder::with_capacity(keys.len(), bytes);
    all().for_each(|text| builder.append_option(text));
    Ok(Arc::new(builder.finish()))
}
