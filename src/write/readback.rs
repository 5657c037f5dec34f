//! The rows of a table file, read back.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use serde_json::value::RawValue;

use crate::table::Columns;

use super::read_table::ReadTable;
use super::sink::Compression;
use super::{ReadRow, ReadRows, TableFormat, TableOptions};

/// Reads a table of these columns; `None` if the format cannot be read back.
///
/// # Errors
/// The file cannot be read.
pub fn table(
    format: &TableFormat,
    options: &TableOptions,
    path: &Path,
    columns: &Columns,
) -> io::Result<Option<ReadTable>> {
    #[cfg(feature = "xlsx")]
    if format.is_workbook {
        return Ok(Some(ReadTable::Sheets {
            by: super::xlsx::sheet_columns(columns, options),
            next: super::xlsx::read::sheets(path, columns)?.into_iter(),
            open: HashMap::new(),
        }));
    }
    #[cfg(not(feature = "xlsx"))]
    let _ = columns;
    Ok(rows(format, options, path)?.map(ReadTable::File))
}

/// Reads the rows of a file in a format; `None` if the format cannot be read back.
///
/// # Errors
/// The file cannot be read.
pub fn rows(
    format: &TableFormat,
    options: &TableOptions,
    path: &Path,
) -> io::Result<Option<ReadRows>> {
    let comma = if options.decimal_comma { b';' } else { b',' };
    let rows = match format.name {
        "csv" => delimited(text(path)?, options.delimiter.unwrap_or(comma))?,
        "tsv" => delimited(text(path)?, options.delimiter.unwrap_or(b'\t'))?,
        "ndjson" | "json" => objects(text(path)?),
        #[cfg(feature = "parquet")]
        "parquet" => super::columnar::parquet::read(File::open(path)?)?,
        #[cfg(feature = "parquet")]
        "arrow" => super::columnar::ipc::read(File::open(path)?)?,
        _ => return Ok(None),
    };
    Ok(Some(rows))
}

/// The rows of a table that was written as objects.
pub fn of_objects(text: Vec<u8>) -> ReadRows {
    objects(Box::new(io::Cursor::new(text)))
}

/// The lines of a text, or the cells of a workbook, one per line.
///
/// # Errors
/// The text is not UTF-8, or the workbook is damaged.
pub fn lines(bytes: &[u8]) -> io::Result<Vec<String>> {
    #[cfg(feature = "xlsx")]
    if bytes.starts_with(b"PK\x03\x04") {
        return super::xlsx::read::lines(io::Cursor::new(bytes));
    }
    bytes.lines().collect()
}

/// The lines of a file: see [`lines`].
///
/// # Errors
/// The file cannot be read.
pub fn lines_of_file(path: &Path) -> io::Result<Vec<String>> {
    let mut bytes = Vec::new();
    text(path)?.read_to_end(&mut bytes)?;
    lines(&bytes)
}

/// The text of a file, decompressed.
fn text(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let file = File::open(path)?;
    Ok(match Compression::from_path(path) {
        Compression::None => Box::new(file),
        Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(file)),
        Compression::Zstd => Box::new(zstd::Decoder::new(file)?),
    })
}

fn delimited(text: Box<dyn Read + Send>, delimiter: u8) -> io::Result<ReadRows> {
    let mut reader = ::csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(delimiter).from_reader(text);
    let names = reader.headers()?.clone();
    let rows = reader.into_records().map(move |record| {
        let record = record?;
        let cells = names.iter().zip(&record);
        let cells = cells.filter(|(_, text)| !text.is_empty());
        Ok(cells
            .map(|(column, text)| (column.to_owned(), text.to_owned()))
            .collect())
    });
    Ok(Box::new(rows))
}

/// One object per line, also as the elements of an array.
fn objects(text: Box<dyn Read + Send>) -> ReadRows {
    let lines = BufReader::new(text).lines();
    Box::new(lines.filter_map(|line| match line {
        Err(error) => Some(Err(error)),
        Ok(line) => {
            let line = line.trim().trim_start_matches('[');
            let line = line.trim_end_matches([',', ']']);
            (!line.is_empty()).then(|| object(line))
        }
    }))
}

fn object(line: &str) -> io::Result<ReadRow> {
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(line)?;
    let mut row = ReadRow::new();
    for (column, value) in members {
        let text = match value.get() {
            "null" => continue,
            text if text.starts_with('"') => serde_json::from_str(text)?,
            text => text.to_owned(),
        };
        row.insert(column, text);
    }
    Ok(row)
}
