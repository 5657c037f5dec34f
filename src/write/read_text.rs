//! The rows of text files, read back.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use serde_json::value::RawValue;

use crate::input::limits::Limits;
use crate::input::reading::ReadWith;

use super::sink::Compression;
use super::{ReadRow, ReadRows};

/// A reader that goes on after a signal. The reader of CSV does not.
pub fn uninterrupted(mut source: impl Read) -> impl Read {
    ReadWith(move |buffer: &mut [u8]| {
        loop {
            match source.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    })
}

/// The text of a file, decompressed.
pub fn text(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let file = uninterrupted(File::open(path)?);
    Compression::from_path(path).unpack(file, Limits::none())
}

/// The rows of a table that was written as objects.
pub fn of_objects(text: Vec<u8>) -> ReadRows {
    lines_of_objects(Box::new(io::Cursor::new(text)), &[])
}

/// The rows of delimited text with a header.
///
/// # Errors
/// The file cannot be read.
pub fn delimited(path: &Path, delimiter: u8, only: &[String]) -> io::Result<ReadRows> {
    let mut reader = ::csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(delimiter).from_reader(text(path)?);
    let names = reader.headers()?.clone();
    let only = only.to_vec();
    let rows = reader.into_records().map(move |record| {
        let record = record?;
        let cells = names.iter().zip(&record);
        let cells = cells
            .filter(|(column, text)| !text.is_empty() && is_wanted(column, &only))
            .map(|(column, text)| (column.to_owned(), text.to_owned()));
        Ok(cells.collect())
    });
    Ok(Box::new(rows))
}

/// Returns true for the columns that are read: without any named, all of them.
fn is_wanted(column: &str, only: &[String]) -> bool {
    only.is_empty() || only.iter().any(|it| it == column)
}

/// The rows of objects, one per line.
///
/// # Errors
/// The file cannot be read.
pub fn objects(path: &Path, only: &[String]) -> io::Result<ReadRows> {
    Ok(lines_of_objects(text(path)?, only))
}

/// One object per line, also as the elements of an array.
fn lines_of_objects(text: Box<dyn Read + Send>, only: &[String]) -> ReadRows {
    let only = only.to_vec();
    let lines = BufReader::new(text).lines();
    Box::new(lines.filter_map(move |line| match line {
        Err(error) => Some(Err(error)),
        Ok(line) => {
            let line = line.trim().trim_start_matches('[');
            let line = line.trim_end_matches([',', ']']);
            (!line.is_empty()).then(|| object(line, &only))
        }
    }))
}

fn object(line: &str, only: &[String]) -> io::Result<ReadRow> {
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(line)?;
    let mut row = ReadRow::new();
    let members = members.into_iter();
    for (column, value) in members.filter(|(column, _)| is_wanted(column, only)) {
        let text = match value.get() {
            "null" => continue,
            text if text.starts_with('"') => serde_json::from_str(text)?,
            text => text.to_owned(),
        };
        row.insert(column, text);
    }
    Ok(row)
}
