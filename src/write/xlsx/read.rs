//! The rows of a workbook, read back.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use calamine::{Data, Range, Reader as _, Xlsx};

use crate::table::Columns;
use crate::write::{ReadRow, ReadRows};

/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Days from the first day of Excel to 1970-01-01.
const EPOCH: f64 = 25_569.0;

/// The rows of each sheet but the last, which describes the workbook. The names of columns are those of
/// the table.
///
/// # Errors
/// The workbook cannot be read.
pub fn sheets(path: &Path, columns: &Columns) -> io::Result<Vec<ReadRows>> {
    let names: Vec<String> = columns.list.iter().map(|it| it.name.clone()).collect();
    let mut all = ranges(BufReader::new(File::open(path)?))?;
    all.pop();
    let sheets = all.into_iter().map(|(_, range)| rows(&range, &names));
    Ok(sheets
        .map(|rows| Box::new(rows.into_iter().map(Ok)) as ReadRows)
        .collect())
}

/// The cells of all sheets, one per line: `Summary!B3: 17`.
///
/// # Errors
/// The workbook cannot be read.
pub fn lines(book: impl Read + Seek) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    for (name, range) in ranges(book)? {
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, cell) in range.used_cells() {
            let (row, column) = (top as usize + row + 1, left as usize + column + 1);
            let text = text(cell).unwrap_or_default();
            lines.push(format!("{name}, row {row}, column {column}: {text}"));
        }
    }
    Ok(lines)
}

fn ranges(book: impl Read + Seek) -> io::Result<Vec<(String, Range<Data>)>> {
    let mut book = Xlsx::new(book).map_err(io::Error::other)?;
    let names = book.sheet_names();
    let ranges = names.into_iter().map(|name| {
        let range = book.worksheet_range(&name).map_err(io::Error::other)?;
        Ok((name, range))
    });
    ranges.collect()
}

/// The rows below the header.
fn rows(range: &Range<Data>, names: &[String]) -> Vec<ReadRow> {
    let mut rows = range.rows();
    let header = rows.next().unwrap_or_default().iter();
    let header = header.enumerate().map(|(at, cell)| {
        let head = text(cell).unwrap_or_default();
        // The header of a time has its zone behind the name.
        let own = names.get(at).filter(|name| {
            let rest = head.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
        });
        own.cloned().unwrap_or(head)
    });
    let header: Vec<String> = header.collect();
    let row = |cells: &[Data]| {
        let cells = header.iter().zip(cells);
        let cells = cells.filter_map(|(column, cell)| Some((column.clone(), text(cell)?)));
        cells.collect()
    };
    rows.map(row).collect()
}

/// A cell as a table has it; `None` for an empty one.
fn text(cell: &Data) -> Option<String> {
    Some(match cell {
        Data::Empty => return None,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(time) if time.is_duration() => clock(time.as_f64()),
        Data::DateTime(time) => date(time.as_f64()),
        Data::Error(error) => error.to_string(),
    })
}

/// Days as `h:mm:ss` with decimals.
fn clock(days: f64) -> String {
    let micros = (days * DAY * 1e6).round();
    if micros > 1e30 {
        return format!("{}:00:00", days * 24.0);
    }
    let micros = micros as u128;
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours}:{minutes:02}:{:02}.{micros:06}", seconds % 60)
}

/// Days since the first day of Excel as a time.
fn date(days: f64) -> String {
    let millis = ((days - EPOCH) * DAY * 1e3).round() as i64;
    let time = chrono::DateTime::from_timestamp_millis(millis);
    let time = time.map(|it| it.format("%Y-%m-%d %H:%M:%S%.3f").to_string());
    time.unwrap_or_else(|| days.to_string())
}
