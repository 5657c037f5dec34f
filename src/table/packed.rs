//! Rows that are kept in memory, as bytes, until their order is known.

use std::borrow::Cow;
use std::ops::Range;

use super::order::{RowOrder, SortKey};
use super::{Cell, ColumnCell, RowSink, owned};

/// Rows in the order in which they came, or sorted after [`PackedRows::sort`].
#[derive(Debug)]
pub struct PackedRows<'o> {
    order: &'o RowOrder,
    bytes: Vec<u8>,
    /// The leading cells that rows have in common.
    shared: Range<usize>,
    /// A copy of these, for what rows are compared by.
    shared_cells: Vec<ColumnCell<'static>>,
    rows: Vec<PackedRow>,
}

#[derive(Debug)]
struct PackedRow {
    shared: Range<usize>,
    own: Range<usize>,
    keys: Box<[Option<SortKey>]>,
}

const NULL: u8 = 1;
const TEXT: u8 = 2;
const NUMBER: u8 = 3;
const FIGURE: u8 = 4;
const TIME: u8 = 5;
const FALSE: u8 = 6;
const TRUE: u8 = 7;

impl<'o> PackedRows<'o> {
    /// No rows yet.
    pub fn new(order: &'o RowOrder) -> Self {
        Self {
            order,
            bytes: Vec::new(),
            shared: 0..0,
            shared_cells: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Number of rows that are kept.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The sort keys of the row at a place.
    pub fn keys(&self, at: usize) -> &[Option<SortKey>] {
        self.rows.get(at).map_or(&[], |row| &row.keys)
    }

    /// Adds the cells of the row at a place to `cells`.
    pub fn cells<'r>(&'r self, at: usize, cells: &mut Vec<ColumnCell<'r>>) {
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
            let middle = bytes.len();
            bytes.extend_from_slice(&self.bytes[row.own.clone()]);
            (row.shared, row.own) = (start..middle, middle..bytes.len());
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

impl RowSink for PackedRows<'_> {
    fn shared(&mut self, _: usize, cells: &[ColumnCell<'_>]) {
        let start = self.bytes.len();
        pack_all(cells, &mut self.bytes);
        self.shared = start..self.bytes.len();
        if self.order.is_sorted() {
            self.shared_cells = owned(cells);
        }
    }

    fn row(&mut self, cells: &[ColumnCell<'_>]) {
        // Without an order, the first rows are those that are wanted.
        if !self.order.is_sorted() && self.rows.len() >= self.order.limit() {
            return;
        }
        let start = self.bytes.len();
        pack_all(cells, &mut self.bytes);
        let shared = &self.shared_cells;
        let keys = self
            .order
            .keys(|at| find(cells, at).or_else(|| find(shared, at)));
        self.rows.push(PackedRow {
            shared: self.shared.clone(),
            own: start..self.bytes.len(),
            keys,
        });
    }
}

/// The cell of a column.
fn find<'c>(cells: &'c [ColumnCell<'c>], at: usize) -> Option<&'c Cell<'c>> {
    let place = cells.binary_search_by_key(&at, |(at, _)| *at).ok()?;
    cells.get(place).map(|(_, cell)| cell)
}

/// Writes cells, each with the distance of its column from the one before.
fn pack_all(cells: &[ColumnCell<'_>], bytes: &mut Vec<u8>) {
    let mut next = 0;
    for (at, cell) in cells {
        number(at - next, bytes);
        pack(cell, bytes);
        next = at + 1;
    }
}

/// Writes a number, which is nearly always less than 255.
fn number(number: usize, bytes: &mut Vec<u8>) {
    match u8::try_from(number) {
        Ok(short) if short < u8::MAX => bytes.push(short),
        _ => {
            bytes.push(u8::MAX);
            bytes.extend_from_slice(&(number as u64).to_le_bytes());
        }
    }
}

fn pack(cell: &Cell<'_>, bytes: &mut Vec<u8>) {
    let (tag, text) = match cell {
        Cell::Absent | Cell::Null => return bytes.push(NULL),
        Cell::Bool(value) => return bytes.push(if *value { TRUE } else { FALSE }),
        Cell::Text(text) => (TEXT, text.as_ref()),
        Cell::Number(text) => (NUMBER, text.as_ref()),
        Cell::Figure(text) => (FIGURE, text.as_str()),
        Cell::Time(text) => (TIME, text.as_str()),
    };
    bytes.push(tag);
    number(text.len(), bytes);
    bytes.extend_from_slice(text.as_bytes());
}

fn unpack<'r>(bytes: &'r [u8], cells: &mut Vec<ColumnCell<'r>>) {
    let (mut rest, mut next) = (bytes, 0);
    while let Some((distance, behind)) = read_number(rest)
        && let Some((cell, behind)) = unpack_one(behind)
    {
        cells.push((next + distance, cell));
        next += distance + 1;
        rest = behind;
    }
}

fn read_number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (short, rest) = bytes.split_first()?;
    match *short {
        u8::MAX => {
            let (long, rest) = rest.split_first_chunk::<8>()?;
            Some((usize::try_from(u64::from_le_bytes(*long)).ok()?, rest))
        }
        short => Some((usize::from(short), rest)),
    }
}

fn unpack_one(bytes: &[u8]) -> Option<(Cell<'_>, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    match *tag {
        NULL => return Some((Cell::Null, rest)),
        FALSE | TRUE => return Some((Cell::Bool(*tag == TRUE), rest)),
        _ => {}
    }
    let (length, rest) = read_number(rest)?;
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
            (0, Cell::Null),
            (1, Cell::text("")),
            (2, Cell::text(&long)),
            (300, Cell::Number("1e400".into())),
            (301, Cell::Figure("0:02:30".to_owned())),
            (999, Cell::Time("2026-03-02 08:00:00".to_owned())),
            (1000, Cell::Bool(true)),
            (1001, Cell::Bool(false)),
        ];
        let order = RowOrder::default();
        let mut rows = PackedRows::new(&order);
        rows.shared(300, &cells[..3]);
        rows.row(&cells[3..]);
        let mut back = Vec::new();
        rows.cells(0, &mut back);
        assert_eq!(back, cells);
    }
}
