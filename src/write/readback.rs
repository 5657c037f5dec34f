//! The rows of a table file, read back.

use std::collections::HashMap;
use std::io::{self, BufRead as _};
use std::path::Path;

use crate::error::unreadable;
use crate::table::Columns;

use super::read_table::ReadTable;
use super::read_text::text;
use super::{ReadRows, TableFormat, TableOptions};

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

/// Reads the rows of a file; `None` if the format cannot be read back. Errors of rows name the file.
///
/// # Errors
/// The file cannot be opened.
pub fn rows(
    format: &TableFormat,
    options: &TableOptions,
    path: &Path,
) -> io::Result<Option<ReadRows>> {
    let Some(read) = format.read else {
        return Ok(None);
    };
    let rows = read(path, options, &[])?;
    let path = path.to_owned();
    let rows = rows.map(move |row| row.map_err(|error| unreadable(&path, &error)));
    Ok(Some(Box::new(rows)))
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
