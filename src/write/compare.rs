//! Rows of a table compared with the rows of a file.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::io;

use parking_lot::Mutex;

use crate::json::number::Decimal;
use crate::table::{Cell, Column, ColumnCell, ColumnContent, Columns, RowSink};

use super::{Appender, ChangedCells, Chunk, Encoder, FormattedTable, Output, ReadRow, ReadRows};

/// The number of wrong cells that are named.
const NAMED: usize = 10;

/// The cells of a table beside those of a file.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CellComparison {
    /// Rows of the table.
    pub rows: u64,
    /// Cells with a figure of the input.
    pub figures: u64,
    /// Cells that are computed from figures.
    pub computed: u64,
    /// Cells that have another form in the file, by the name of the conversion.
    pub converted: BTreeMap<&'static str, u64>,
    /// Cells that differ, and cells of rows that one side lacks.
    pub wrong: u64,
    /// The first of them, in words.
    pub first_wrong: Vec<String>,
}

impl CellComparison {
    fn wrong(&mut self, words: impl FnOnce() -> String) {
        self.wrong += 1;
        if self.first_wrong.len() < NAMED {
            self.first_wrong.push(words());
        }
    }

    fn row(&mut self, columns: &[Column], cells: &[ColumnCell<'_>], read: Option<ReadRow>) {
        self.rows += 1;
        let row = self.rows;
        for (at, cell) in cells {
            let Some(column) = columns.get(*at) else {
                continue;
            };
            match &column.holds {
                ColumnContent::Stat(_)
                | ColumnContent::Figure(_)
                | ColumnContent::Value
                | ColumnContent::ValueOf(_) => {
                    self.figures += u64::from(cell.has_value());
                }
                ColumnContent::KeyFigure(_) => self.computed += u64::from(cell.has_value()),
                _ => {}
            }
        }
        let Some(read) = read else {
            return;
        };
        let read = read.into_iter().map(|cell| (cell.column, cell.text));
        let mut read: HashMap<String, String> = read.collect();
        for (at, cell) in cells {
            let Some(column) = columns.get(*at) else {
                continue;
            };
            let found = read.remove(&column.name);
            match same(cell, found.as_deref()) {
                Ok(None) => {}
                Ok(Some(conversion)) => *self.converted.entry(conversion).or_default() += 1,
                Err(expected) => self.wrong(|| {
                    let found = found.as_deref().unwrap_or("empty");
                    format!(
                        "row {row}, column `{}`: the input has {expected}, the file has {found}",
                        column.name
                    )
                }),
            }
        }
        for (name, text) in read {
            self.wrong(|| {
                format!("row {row}, column `{name}`: the input has no value, the file has {text}")
            });
        }
    }
}

/// Compares a cell with the text of a file. Returns the name of the conversion, if there is one.
fn same(cell: &Cell<'_>, found: Option<&str>) -> Result<Option<&'static str>, String> {
    let text = match cell {
        Cell::Absent | Cell::Null => "",
        Cell::Text(text) | Cell::Number(text) => text.as_ref(),
        Cell::Figure(text) | Cell::Time(text) => text,
        Cell::Bool(true) => "true",
        Cell::Bool(false) => "false",
    };
    let found = found.unwrap_or_default();
    if text == found {
        return Ok(None);
    }
    if found.strip_prefix('\'') == Some(text) {
        return Ok(Some("prefixed with '"));
    }
    let plain = found.replace(',', ".");
    if let (Some(own), Some(other)) = (decimal(text), decimal(&plain))
        && own.compare(other) == Some(Ordering::Equal)
    {
        return Ok(Some("written with other digits of the same value"));
    }
    let time = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
    if let (Some(own), Some(other)) = (time(text), time(found))
        && own == other
    {
        return Ok(Some("written as a time in another form"));
    }
    match (text.parse::<f64>(), plain.parse::<f64>()) {
        (Ok(own), Ok(other)) if own == other => Ok(Some("rounded to 64-bit numbers")),
        _ => Err(text.to_owned()),
    }
}

/// The exact number of a text; `None` for any other text.
fn decimal(text: &str) -> Option<Decimal> {
    let is_number = text.parse::<f64>().is_ok()
        && !text.starts_with('+')
        && text
            .bytes()
            .all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
    is_number.then(|| Decimal::parse(text)).flatten()
}

/// A table whose rows are compared with those of a file, or only counted.
pub struct ComparedTable {
    columns: Columns,
    rows: Mutex<Option<ReadRows>>,
    comparison: Mutex<CellComparison>,
}

impl ComparedTable {
    /// A table of these columns beside the rows of a file, if there is one.
    pub fn new(columns: Columns, rows: Option<ReadRows>) -> Self {
        Self {
            columns,
            rows: Mutex::new(rows),
            comparison: Mutex::default(),
        }
    }

    /// The comparison after all rows.
    pub fn finish(self) -> CellComparison {
        self.comparison.into_inner()
    }
}

impl FormattedTable for ComparedTable {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(OwnedRows::default())
    }

    fn begin<'o>(&'o self, _: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        Ok(Box::new(Comparer(self)))
    }
}

/// A row that owns its cells.
type OwnedRow = Vec<ColumnCell<'static>>;

/// Rows with all their cells.
#[derive(Default)]
struct OwnedRows {
    shared: OwnedRow,
    rows: Vec<OwnedRow>,
}

impl RowSink for OwnedRows {
    fn shared(&mut self, _: usize, cells: &[ColumnCell<'_>]) {
        let cells = cells.iter();
        self.shared = cells.map(|(at, cell)| (*at, cell.owned())).collect();
    }

    fn row(&mut self, cells: &[ColumnCell<'_>]) {
        let mut row = self.shared.clone();
        row.extend(cells.iter().map(|(at, cell)| (*at, cell.owned())));
        self.rows.push(row);
    }
}

impl Encoder for OwnedRows {
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        Ok(Chunk {
            rows,
            changed: ChangedCells::default(),
            content: Box::new(self.rows),
        })
    }
}

/// Compares chunks with the rows of the file, one after another.
struct Comparer<'t>(&'t ComparedTable);

impl Appender for Comparer<'_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        let Ok(rows) = chunk.content.downcast::<Vec<OwnedRow>>() else {
            return Ok(());
        };
        let (mut read, mut comparison) = (self.0.rows.lock(), self.0.comparison.lock());
        for row in rows.iter() {
            let found = match read.as_mut() {
                None => None,
                Some(rows) => match rows.next().transpose()? {
                    Some(found) => Some(found),
                    None => {
                        let row = comparison.rows + 1;
                        comparison.wrong(|| format!("row {row}: the file has no such row"));
                        None
                    }
                },
            };
            comparison.row(&self.0.columns.list, row, found);
        }
        Ok(())
    }

    fn end(self: Box<Self>) -> io::Result<()> {
        let mut read = self.0.rows.lock();
        let mut more = 0_u64;
        for row in read.iter_mut().flatten() {
            row?;
            more += 1;
        }
        if more > 0 {
            let mut comparison = self.0.comparison.lock();
            comparison.wrong(|| format!("{more} rows of the file are in no input"));
        }
        Ok(())
    }
}
