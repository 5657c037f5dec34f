//! Rows as cells of a workbook.

use std::io;
use std::sync::Arc;

use chrono::NaiveDateTime;

use crate::json::number;
use crate::table::{Cell, ColumnCell, RowSink};
use crate::write::{ChangedCells, Chunk, Encoder};

/// A cell of a workbook.
#[derive(Debug, Clone, PartialEq)]
pub enum SheetCell {
    Text(Arc<str>),
    Number(f64),
    /// A share of one, shown as per cent.
    Share(f64),
    /// Days since 1899-12-30.
    Date(f64),
    /// Days.
    Duration(f64),
    Bool(bool),
}

/// The cells of a row, each with its column.
pub type SheetRow = Vec<(u16, SheetCell)>;

/// Collects rows.
#[derive(Debug)]
pub struct SheetRows<'t> {
    shares: &'t [bool],
    shared: SheetRow,
    rows: Vec<SheetRow>,
    as_text: u64,
}

/// The largest whole number up to which a double holds every one.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl<'t> SheetRows<'t> {
    /// Creates an empty sheet. `shares` is true for each column whose figures are shares of one.
    pub fn new(shares: &'t [bool]) -> Self {
        Self {
            shares,
            shared: Vec::new(),
            rows: Vec::new(),
            as_text: 0,
        }
    }

    /// Adds the cells that are not empty.
    fn entries(&mut self, cells: &[ColumnCell<'_>], row: &mut SheetRow) {
        for (at, cell) in cells {
            if let (Ok(column), Some(entry)) = (u16::try_from(*at), self.entry(*at, cell)) {
                row.push((column, entry));
            }
        }
    }

    fn entry(&mut self, at: usize, cell: &Cell<'_>) -> Option<SheetCell> {
        Some(match cell {
            Cell::Absent | Cell::Null => return None,
            Cell::Text(text) if text.is_empty() => return None,
            Cell::Text(text) => SheetCell::Text(text.as_ref().into()),
            Cell::Bool(value) => SheetCell::Bool(*value),
            Cell::Figure(text) => match days(text) {
                Some(days) => SheetCell::Duration(days),
                None => SheetCell::Text(text.as_str().into()),
            },
            Cell::Time(text) => match date(text) {
                Some(date) => SheetCell::Date(date),
                None => SheetCell::Text(text.as_str().into()),
            },
            Cell::Number(literal) => match number(literal) {
                Some(number) if self.shares.get(at) == Some(&true) => SheetCell::Share(number),
                Some(number) => SheetCell::Number(number),
                None => {
                    self.as_text += 1;
                    SheetCell::Text(literal.as_ref().into())
                }
            },
        })
    }
}

/// A number that a workbook holds as it is. Whole numbers beyond 2^53 are not next to each other.
fn number(literal: &str) -> Option<f64> {
    let (number, is_exact) = number::double(literal)?;
    (is_exact && number.abs() <= EXACT).then_some(number)
}

/// A wall-clock time as days since 1899-12-30. Text with an offset is no such time: the hour that
/// repeats when clocks go back could not be distinguished.
fn date(text: &str) -> Option<f64> {
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok()?;
    let utc = time.and_utc();
    // 25,569 days lie between 1899-12-30 and 1970-01-01. Days before 1900-03-01 have other numbers.
    let days = utc.timestamp_millis() as f64 / 86_400_000.0 + 25_569.0;
    (61.0..2_958_466.0).contains(&days).then_some(days)
}

/// `h:mm:ss`, with decimals or not, as days. Workbooks show no negative times.
fn days(text: &str) -> Option<f64> {
    let mut parts = text.splitn(3, ':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (hours, minutes): (f64, f64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds: f64 = seconds.parse().ok()?;
    let is_negative = text.starts_with('-');
    (!is_negative).then_some((hours * 3600.0 + minutes * 60.0 + seconds) / 86_400.0)
}

impl RowSink for SheetRows<'_> {
    fn shared(&mut self, _: usize, cells: &[ColumnCell<'_>]) {
        let mut shared = std::mem::take(&mut self.shared);
        shared.clear();
        self.entries(cells, &mut shared);
        self.shared = shared;
    }

    fn row(&mut self, cells: &[ColumnCell<'_>]) {
        let mut row = self.shared.clone();
        self.entries(cells, &mut row);
        self.rows.push(row);
    }
}

impl Encoder for SheetRows<'_> {
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        Ok(Chunk {
            rows,
            changed: ChangedCells {
                as_text: self.as_text,
                ..ChangedCells::default()
            },
            content: Box::new(self.rows),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_durations_are_days() {
        assert_eq!(date("1970-01-01 00:00:00"), Some(25_569.0));
        assert_eq!(date("2026-03-02 12:00:00"), Some(46_083.5));
        assert_eq!(date("2026-10-25 02:30:00+02:00"), None);
        assert_eq!(date("1899-12-31 00:00:00"), None);
        assert_eq!(days("24:00:00"), Some(1.0));
        assert_eq!(days("0:00:43.2"), Some(0.0005));
        assert_eq!(days("-0:00:01"), None);
    }

    #[test]
    fn numbers_that_would_be_rounded_stay_text() {
        let mut lines = SheetRows::new(&[false, true]);
        let literals = [
            "9007199254740992",
            "0.5",
            "9007199254740993",
            "9007199254740994",
            "-0.7575757575757576",
            "0.1000000000000000001",
            "12345678.1234567900",
            "1e400",
            "1e-400",
        ];
        let cells = literals.iter().enumerate();
        let cells = cells.map(|(at, text)| (at, Cell::Number((*text).into())));
        lines.row(&cells.collect::<Vec<_>>());
        let text = |text: &str| SheetCell::Text(text.into());
        let row = [
            SheetCell::Number(9_007_199_254_740_992.0),
            SheetCell::Share(0.5),
            text("9007199254740993"),
            text("9007199254740994"),
            SheetCell::Number(-0.757_575_757_575_757_6),
            text("0.1000000000000000001"),
            SheetCell::Number(12_345_678.123_456_79),
            text("1e400"),
            text("1e-400"),
        ];
        assert_eq!(lines.rows, [(0..).zip(row).collect::<SheetRow>()]);
        assert_eq!(lines.as_text, 5);
    }
}
