//! Rows that are kept in memory, as bytes, until their order is known.

use std::borrow::Cow;
use std::ops::Range;

use crate::record::Number;

use super::order::{Key, Order};
use super::{Cell, Rows};

/// Rows in the order in which they came, or sorted after [`PackedRows::sort`].
#[derive(Debug)]
pub struct PackedRows<'o> {
    order: &'o Order,
    bytes: Vec<u8>,
    /// The leading cells that rows have in common.
    shared: Range<usize>,
    /// A copy of these, for what rows are compared by.
    shared_cells: Vec<Cell<'static>>,
    rows: Vec<PackedRow>,
}

#[derive(Debug)]
struct PackedRow {
    shared: Range<usize>,
    own: Range<usize>,
    keys: Box<[Option<Key>]>,
}

const ABSENT: u8 = 0;
const NULL: u8 = 1;
const TEXT: u8 = 2;
const NUMBER: u8 = 3;
const FIGURE: u8 = 4;
const TIME: u8 = 5;
const FALSE: u8 = 6;
const TRUE: u8 = 7;

impl<'o> PackedRows<'o> {
    /// No rows yet.
    pub fn new(order: &'o Order) -> Self {
        Self {
            order,
            bytes: Vec::new(),
            shared: 0..0,
            shared_cells: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// How many rows are kept.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// What the row at a place is compared by.
    pub fn keys(&self, at: usize) -> &[Option<Key>] {
        self.rows.get(at).map_or(&[], |row| &row.keys)
    }

    /// Adds the cells of the row at a place to `cells`.
    pub fn cells<'r>(&'r self, at: usize, cells: &mut Vec<Cell<'r>>) {
        if let Some(row) = self.rows.get(at) {
            unpack(&self.bytes[row.shared.clone()], cells);
            unpack(&self.bytes[row.own.clone()], cells);
        }
    }

    /// Sorts the rows, and drops those that are beyond the limit.
    #[must_use]
    pub fn sort(mut self) -> Self {
        let order = self.order;
        self.rows.sort_by(|a, b| order.compare(&a.keys, &b.keys));
        let limit = order.limit();
        if self.rows.len() <= limit {
            return self;
        }
        self.rows.truncate(limit);
        let mut bytes = Vec::new();
        for row in &mut self.rows {
            let start = bytes.len();
            bytes.extend_from_slice(&self.bytes[row.shared.clone()]);
            bytes.extend_from_slice(&self.bytes[row.own.clone()]);
            (row.shared, row.own) = (0..0, start..bytes.len());
        }
        Self {
            order,
            bytes,
            shared: 0..0,
            shared_cells: Vec::new(),
            rows: self.rows,
        }
    }
}

impl Rows for PackedRows<'_> {
    fn shared(&mut self, cells: &[Cell<'_>]) {
        let start = self.bytes.len();
        cells.iter().for_each(|cell| pack(cell, &mut self.bytes));
        self.shared = start..self.bytes.len();
        if self.order.is_sorted() {
            self.shared_cells = cells.iter().map(owned).collect();
        }
    }

    fn row(&mut self, cells: &[Cell<'_>]) {
        // Without an order, the first rows are those that are wanted.
        if !self.order.is_sorted() && self.rows.len() >= self.order.limit() {
            return;
        }
        let start = self.bytes.len();
        cells.iter().for_each(|cell| pack(cell, &mut self.bytes));
        let shared = &self.shared_cells;
        let keys = self.order.keys(|at| match at.checked_sub(shared.len()) {
            None => shared.get(at),
            Some(at) => cells.get(at),
        });
        self.rows.push(PackedRow {
            shared: self.shared.clone(),
            own: start..self.bytes.len(),
            keys,
        });
    }

    fn template(&mut self, _: &[Cell<'_>], _: &[(usize, u8)]) -> Option<u32> {
        None
    }

    fn templated(&mut self, _: u32, _: &str, _: &[Number]) {}
}

fn owned(cell: &Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Absent => Cell::Absent,
        Cell::Null => Cell::Null,
        Cell::Text(text) => Cell::Text(Cow::Owned(text.clone().into_owned())),
        Cell::Number(text) => Cell::Number(Cow::Owned(text.clone().into_owned())),
        Cell::Figure(text) => Cell::Figure(text.clone()),
        Cell::Time(text) => Cell::Time(text.clone()),
        Cell::Bool(value) => Cell::Bool(*value),
    }
}

fn pack(cell: &Cell<'_>, bytes: &mut Vec<u8>) {
    let (tag, text) = match cell {
        Cell::Absent => return bytes.push(ABSENT),
        Cell::Null => return bytes.push(NULL),
        Cell::Bool(value) => return bytes.push(if *value { TRUE } else { FALSE }),
        Cell::Text(text) => (TEXT, text.as_ref()),
        Cell::Number(text) => (NUMBER, text.as_ref()),
        Cell::Figure(text) => (FIGURE, text.as_str()),
        Cell::Time(text) => (TIME, text.as_str()),
    };
    bytes.push(tag);
    // Lengths are nearly always less than 255.
    match u8::try_from(text.len()) {
        Ok(short) if short < u8::MAX => bytes.push(short),
        _ => {
            bytes.push(u8::MAX);
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        }
    }
    bytes.extend_from_slice(text.as_bytes());
}

fn unpack<'r>(bytes: &'r [u8], cells: &mut Vec<Cell<'r>>) {
    let mut rest = bytes;
    while let Some((cell, behind)) = unpack_one(rest) {
        cells.push(cell);
        rest = behind;
    }
}

fn unpack_one(bytes: &[u8]) -> Option<(Cell<'_>, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    match *tag {
        ABSENT => return Some((Cell::Absent, rest)),
        NULL => return Some((Cell::Null, rest)),
        FALSE | TRUE => return Some((Cell::Bool(*tag == TRUE), rest)),
        _ => {}
    }
    let (short, rest) = rest.split_first()?;
    let (length, rest) = match *short {
        u8::MAX => {
            let (long, rest) = rest.split_first_chunk::<8>()?;
            (usize::try_from(u64::from_le_bytes(*long)).ok()?, rest)
        }
        short => (usize::from(short), rest),
    };
    let (text, rest) = rest.split_at_checked(length)?;
    let text = std::str::from_utf8(text).ok()?;
    let cell = match *tag {
        TEXT => Cell::text(text),
        NUMBER => Cell::Number(Cow::Borrowed(text)),
        FIGURE => Cell::Figure(text.to_owned()),
        _ => Cell::Time(text.to_owned()),
    };
    Some((cell, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_were() {
        let long = "x".repeat(1000);
        let cells = [
            Cell::Absent,
            Cell::Null,
            Cell::text(""),
            Cell::text(&long),
            Cell::Number("1e400".into()),
            Cell::Figure("0:02:30".to_owned()),
            Cell::Time("2026-03-02 08:00:00".to_owned()),
            Cell::Bool(true),
            Cell::Bool(false),
        ];
        let order = Order::default();
        let mut rows = PackedRows::new(&order);
        rows.shared(&cells[..4]);
        rows.row(&cells[4..]);
        let mut back = Vec::new();
        rows.cells(0, &mut back);
        assert_eq!(back, cells);
    }
}
