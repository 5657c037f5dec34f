//! The rows of the files or sheets of a table, read back.

use std::collections::HashMap;
use std::io;
use std::vec;

use crate::table::{Cell, ColumnCell};

use super::partition_keys::PartitionKeys;
use super::{ReadRow, ReadRows};

/// The rows of the files or sheets of a table.
pub enum ReadTable {
    /// No file: rows are only counted.
    Uncompared,
    File(ReadRows),
    /// The rows of files by their folders.
    Folders(PartitionKeys, HashMap<String, ReadRows>),
    /// The rows of sheets in their order, by the values of columns.
    Sheets {
        by: Vec<usize>,
        next: vec::IntoIter<ReadRows>,
        open: HashMap<String, ReadRows>,
    },
}

impl ReadTable {
    /// The row that should be equal to a row; the outer `None` if none is compared. The last rows of a
    /// sheet are not in it if they are empty.
    pub fn next(
        &mut self,
        row: &[ColumnCell<'_>],
        is_empty: bool,
    ) -> Option<Option<io::Result<ReadRow>>> {
        Some(match self {
            Self::Uncompared => return None,
            Self::File(rows) => rows.next(),
            Self::Folders(keys, files) => {
                let rows = files.get_mut(&keys.folder(&[], row));
                rows.and_then(Iterator::next)
            }
            Self::Sheets { by, next, open } => {
                let cell = |by: &usize| row.iter().find(|(at, _)| at == by);
                let value = match by.iter().find_map(cell) {
                    Some((_, Cell::Text(text))) => text.as_ref(),
                    _ => "",
                };
                let found = open.get_mut(value).map(Iterator::next);
                let found = match found {
                    Some(None) if is_empty => None,
                    Some(Some(row)) => Some(row),
                    // A full sheet is followed by another one for the same value.
                    _ => {
                        let rows = next.next().map(|rows| (value.to_owned(), rows));
                        open.extend(rows);
                        open.get_mut(value).and_then(Iterator::next)
                    }
                };
                found.or_else(|| is_empty.then(|| Ok(ReadRow::new())))
            }
        })
    }

    /// The rows that are left.
    pub fn rest(&mut self) -> Box<dyn Iterator<Item = io::Result<ReadRow>> + '_> {
        match self {
            Self::Uncompared => Box::new(std::iter::empty()),
            Self::File(rows) => Box::new(rows),
            Self::Folders(_, files) => Box::new(files.values_mut().flatten()),
            Self::Sheets { next, open, .. } => {
                Box::new(open.values_mut().flatten().chain(next.flatten()))
            }
        }
    }
}
