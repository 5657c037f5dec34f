//! Rows of a table compared with the rows of a file.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io;
use std::ops::AddAssign;
use std::path::Path;

use chrono::{DateTime, FixedOffset, TimeDelta};
use parking_lot::Mutex;

use crate::error::Error;
use crate::json::number::Decimal;
use crate::model::time::Instant;
use crate::table::{Cell, Column, ColumnCell, ColumnContent, Columns, RowSink, Type, owned};

use super::read_table::ReadTable;
use super::{Appender, ChangedCells, Chunk, Encoder, FormattedTable, Output, ReadRow, readback};

/// The number of wrong cells that are named.
const NAMED: usize = 10;

/// The largest relative error of a duration that is converted to days and back in 64-bit numbers.
const DAYS_PRECISION: f64 = 1e-15;

/// The cells of a table beside those of a file.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CellComparison {
    /// Rows of the table.
    pub rows: u64,
    /// Rows that the limit of the table leaves out.
    pub beyond: u64,
    /// Rows of each file, in the order of the files.
    pub rows_of_files: Vec<u64>,
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

    /// Compares a text or a workbook with a file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of_file(expected: &[u8], path: &Path) -> Result<Self, Error> {
        let unreadable = |error| Error::io(format!("{}: {error}", path.display()));
        let expected = readback::lines(expected).map_err(unreadable)?;
        let found = readback::lines_of_file(path).map_err(unreadable)?;
        Ok(Self::of_lines(&expected, &found))
    }

    fn of_lines(expected: &[String], found: &[String]) -> Self {
        let mut comparison = Self {
            rows: expected.len() as u64,
            ..Self::default()
        };
        for line in 0..expected.len().max(found.len()) {
            let [expected, found] = [expected, found].map(|it| it.get(line).map(String::as_str));
            if expected != found {
                let [expected, found] = [expected, found].map(|it| it.unwrap_or("no such line"));
                comparison.wrong(|| {
                    let [expected, found] = beside(expected, found);
                    let line = line + 1;
                    format!("line {line}: the inputs give {expected}, the file has {found}")
                });
            }
        }
        comparison
    }

    fn count(&mut self, columns: &[Column], cells: &[ColumnCell<'_>]) {
        self.rows += 1;
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
    }

    /// Compares the cells of a row with those of the file.
    fn cells(&mut self, columns: &[Option<Column>], cells: &[ColumnCell<'_>], mut read: ReadRow) {
        let row = self.rows;
        for (at, cell) in cells {
            let Some(Some(Column { name, kind, .. })) = columns.get(*at) else {
                continue;
            };
            let found = read.remove(name);
            match same(cell, *kind == Type::Instant, found.as_deref()) {
                Ok(None) => {}
                Ok(Some(conversion)) => *self.converted.entry(conversion).or_default() += 1,
                Err(expected) => self.wrong(|| {
                    let found = found.as_deref().unwrap_or("empty");
                    format!(
                        "row {row}, column `{name}`: the input has {expected}, the file has {found}"
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

impl AddAssign for CellComparison {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.beyond += other.beyond;
        self.rows_of_files.extend(other.rows_of_files);
        self.figures += other.figures;
        self.computed += other.computed;
        self.wrong += other.wrong;
        for (conversion, count) in other.converted {
            *self.converted.entry(conversion).or_default() += count;
        }
        self.first_wrong.extend(other.first_wrong);
        self.first_wrong.truncate(NAMED);
    }
}

/// Two lines from shortly before their first difference on.
fn beside<'l>(a: &'l str, b: &'l str) -> [String; 2] {
    const BEFORE: usize = 50;
    const MOST: usize = 100;
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    [a, b].map(|line| {
        let chars = line.chars().skip(same.saturating_sub(BEFORE));
        format!("`{}`", chars.take(MOST).collect::<String>())
    })
}

/// Compares a cell with the text of a file. Returns the name of the conversion, if there is one. A cell
/// that `is_time` is compared as an instant.
fn same(
    cell: &Cell<'_>,
    is_time: bool,
    found: Option<&str>,
) -> Result<Option<&'static str>, String> {
    let text = cell.shown();
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
    if let (true, Some(own), Some(other)) = (is_time, instant(text), instant(found)) {
        match (own - other).abs() {
            difference if difference.is_zero() => {
                return Ok(Some("written as a time in another form"));
            }
            difference if difference < TimeDelta::milliseconds(1) => {
                return Ok(Some("rounded to milliseconds"));
            }
            _ => return Err(text.to_owned()),
        }
    }
    if let (Some(own), Some(other)) = (micros(text), micros(&plain)) {
        match (own - other).abs() {
            0.0 => return Ok(Some("written as a time in another form")),
            // Workbooks have days as 64-bit numbers.
            difference if difference <= own * DAYS_PRECISION => {
                return Ok(Some("rounded to 64-bit numbers"));
            }
            _ => {}
        }
    }
    match (text.parse::<f64>(), plain.parse::<f64>()) {
        (Ok(own), Ok(other)) if own == other => Ok(Some("rounded to 64-bit numbers")),
        _ => Err(text.to_owned()),
    }
}

/// An instant, also as spreadsheets have it: with a space in the middle.
fn instant(text: &str) -> Option<DateTime<FixedOffset>> {
    Instant::parse(&text.replacen(' ', "T", 1)).map(|it| it.time)
}

/// The microseconds of `h:mm:ss` with decimals or not.
fn micros(text: &str) -> Option<f64> {
    let mut parts = text.splitn(3, ':');
    let [hours, minutes, seconds] = [parts.next()?, parts.next()?, parts.next()?];
    let is_clock = text
        .bytes()
        .all(|it| it.is_ascii_digit() || b":.".contains(&it));
    let parsed = |part: &str| part.parse::<f64>().ok().filter(|_| is_clock);
    let minutes = parsed(hours)? * 60.0 + parsed(minutes)?;
    Some(minutes * 60_000_000.0 + (parsed(seconds)? * 1e6).round())
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

/// A table whose rows are compared with those of files, or only counted.
pub struct ComparedTable {
    columns: Columns,
    /// The columns as the files have them; `None` if the files lack one. Times whose spelling the files keep
    /// are text.
    file_columns: Vec<Option<Column>>,
    rows: Mutex<ReadTable>,
    comparison: Mutex<CellComparison>,
}

impl ComparedTable {
    /// A table of these columns beside the rows of files, which keep times as they are written or not.
    pub fn new(columns: Columns, rows: ReadTable, keeps_spelling: bool) -> Self {
        let file_columns = columns.list.iter().enumerate();
        let file_columns = file_columns.map(|(at, column)| {
            let is_dropped = matches!(&rows, ReadTable::Folders(keys, _) if keys.is_dropped(at));
            let mut own = column.clone();
            if keeps_spelling {
                own.kind = Type::Text;
            }
            (!is_dropped && at < columns.visible).then_some(own)
        });
        Self {
            file_columns: file_columns.collect(),
            columns,
            rows: Mutex::new(rows),
            comparison: Mutex::default(),
        }
    }

    /// Returns true if the files have no cell of a row.
    fn is_empty(&self, row: &OwnedRow) -> bool {
        row.iter().all(|(at, cell)| {
            let column = self.file_columns.get(*at);
            cell.shown().is_empty() || !matches!(column, Some(Some(_)))
        })
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
        Ok(Box::new(self))
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
        self.shared = owned(cells);
    }

    fn row(&mut self, cells: &[ColumnCell<'_>]) {
        let mut row = self.shared.clone();
        row.extend(owned(cells));
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

impl Appender for &ComparedTable {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        let Ok(rows) = chunk.content.downcast::<Vec<OwnedRow>>() else {
            return Ok(());
        };
        let (mut read, mut comparison) = (self.rows.lock(), self.comparison.lock());
        for row in rows.iter() {
            comparison.count(&self.columns.list, row);
            let is_empty = self.is_empty(row);
            let found = read.next(row, is_empty);
            match found.map(Option::transpose).transpose()? {
                None => {}
                Some(Some(found)) => comparison.cells(&self.file_columns, row, found),
                Some(None) => {
                    let row = comparison.rows;
                    comparison.wrong(|| format!("row {row}: the file has no such row"));
                }
            }
        }
        Ok(())
    }

    fn end(self: Box<Self>) -> io::Result<()> {
        let mut read = self.rows.lock();
        let mut more = 0_u64;
        for row in read.rest() {
            row?;
            more += 1;
        }
        if more > 0 {
            let mut comparison = self.comparison.lock();
            comparison.wrong(|| format!("{more} rows of the file are in no input"));
        }
        Ok(())
    }
}
