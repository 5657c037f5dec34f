//! NDJSON, and JSON as one array with one object per line.

use std::io;
use std::ops::Range;

use crate::diagnostic::carry::quoted;
use crate::record::Number;
use crate::table::{Cell, ColumnCell, Columns, RowSink};

use super::row_template::{self, FigureTemplate, TemplateCell};
use super::text::{self, TextFile};
use super::{Appender, Chunk, Encoder, FormattedTable, Output, TableFormat, csv, read_text};

/// One object a line.
pub static NDJSON: TableFormat = TableFormat {
    name: "ndjson",
    title: "NDJSON",
    extensions: &["ndjson", "jsonl"],
    options: &[],
    is_dense: false,
    table: |columns, _| ObjectTable::boxed(&columns, false),
    read: Some(|path, _, only| read_text::objects(path, only)),
    ..csv::BASE
};

/// One array, with one object a line.
pub static JSON: TableFormat = TableFormat {
    name: "json",
    title: "JSON",
    extensions: &["json"],
    options: &[],
    is_dense: false,
    table: |columns, _| ObjectTable::boxed(&columns, true),
    read: Some(|path, _, only| read_text::objects(path, only)),
    ..csv::BASE
};

/// A table of one object a line.
#[derive(Debug)]
struct ObjectTable {
    /// The keys of the columns, each with its colon.
    keys: Vec<String>,
    /// Write absent cells too, as null.
    every: bool,
    /// True if the objects are the elements of one array.
    is_array: bool,
}

impl ObjectTable {
    fn boxed(columns: &Columns, is_array: bool) -> Box<dyn FormattedTable> {
        let list = columns.list.iter();
        Box::new(Self {
            keys: list.map(|column| quoted(&column.name) + ":").collect(),
            every: columns.every_key,
            is_array,
        })
    }
}

impl FormattedTable for ObjectTable {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        let (before, after) = match self.is_array {
            true => (",\n", ""),
            false => ("", "\n"),
        };
        Box::new(ObjectRows {
            table: self,
            prefix: Vec::new(),
            shared: 0,
            before,
            after,
            bytes: Vec::new(),
            templates: Vec::new(),
        })
    }

    fn begin<'o>(&'o self, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        match self.is_array {
            // The first element has no comma before it.
            true => TextFile::begin(out, b"[", 1, b"\n]\n"),
            false => TextFile::begin(out, b"", 0, b""),
        }
    }
}

/// Rows as JSON objects with the literals of numbers. Absent cells are left out, unless the columns
/// ask for every key.
#[derive(Debug)]
struct ObjectRows<'k> {
    table: &'k ObjectTable,
    /// The members that all rows begin with, and how many columns they take.
    prefix: Vec<u8>,
    shared: usize,
    before: &'static str,
    after: &'static str,
    bytes: Vec<u8>,
    templates: Vec<FigureTemplate>,
}

impl ObjectRows<'_> {
    /// Begins an object with its shared members.
    fn open(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.before.as_bytes());
        out.push(b'{');
        out.extend_from_slice(&self.prefix);
    }

    /// Ends an object; its last comma gives way.
    fn close(&self, out: &mut Vec<u8>) {
        if out.last() == Some(&b',') {
            out.pop();
        }
        out.push(b'}');
        out.extend_from_slice(self.after.as_bytes());
    }

    /// Writes the members of these columns, each with a comma behind it.
    fn members(&self, columns: Range<usize>, cells: &[ColumnCell<'_>], out: &mut Vec<u8>) {
        let mut next = columns.start;
        for (at, cell) in cells {
            self.skip(next..*at, out);
            self.member(*at, cell, out);
            next = at + 1;
        }
        self.skip(next..columns.end, out);
    }

    /// Writes the members of columns without a cell.
    fn skip(&self, columns: Range<usize>, out: &mut Vec<u8>) {
        if self.table.every {
            for at in columns {
                self.member(at, &Cell::Null, out);
            }
        }
    }

    fn member(&self, at: usize, cell: &Cell<'_>, out: &mut Vec<u8>) {
        self.key(at, out);
        match cell {
            Cell::Absent | Cell::Null => out.extend_from_slice(b"null"),
            Cell::Text(text) => string(text, out),
            Cell::Figure(text) | Cell::Time(text) => string(text, out),
            Cell::Number(literal) => out.extend_from_slice(literal.as_bytes()),
            Cell::Bool(true) => out.extend_from_slice(b"true"),
            Cell::Bool(false) => out.extend_from_slice(b"false"),
        }
        out.push(b',');
    }

    fn key(&self, at: usize, out: &mut Vec<u8>) {
        let key = self.table.keys.get(at);
        out.extend_from_slice(key.map(String::as_bytes).unwrap_or_default());
    }
}

fn string(text: &str, out: &mut Vec<u8>) {
    if text
        .bytes()
        .all(|byte| (b' '..0x7F).contains(&byte) && byte != b'"' && byte != b'\\')
    {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(quoted(text).as_bytes());
    }
}

impl RowSink for ObjectRows<'_> {
    fn shared(&mut self, width: usize, cells: &[ColumnCell<'_>]) {
        let mut prefix = std::mem::take(&mut self.prefix);
        prefix.clear();
        self.members(0..width, cells, &mut prefix);
        (self.prefix, self.shared) = (prefix, width);
    }

    fn row(&mut self, cells: &[ColumnCell<'_>]) {
        let mut bytes = std::mem::take(&mut self.bytes);
        self.open(&mut bytes);
        self.members(self.shared..self.table.keys.len(), cells, &mut bytes);
        self.close(&mut bytes);
        self.bytes = bytes;
    }

    fn template(&mut self, cells: &[ColumnCell<'_>], slots: &[(usize, u8)]) -> Option<u32> {
        let (mut row, mut offsets) = (Vec::new(), Vec::new());
        let mut next = self.shared;
        for (at, cell) in row_template::in_order(cells, slots) {
            self.skip(next..at, &mut row);
            match cell {
                TemplateCell::Figure(rank) => {
                    self.key(at, &mut row);
                    offsets.push((row.len(), rank));
                    row.push(b',');
                }
                TemplateCell::Cell(cell) => self.member(at, cell, &mut row),
            }
            next = at + 1;
        }
        self.skip(next..self.table.keys.len(), &mut row);
        if row.is_empty() {
            // The last comma is that of the shared members, which only a whole row removes.
            return None;
        }
        self.close(&mut row);
        let template = FigureTemplate::new(&row, &offsets, 0)?;
        self.templates.push(template);
        Some(self.templates.len() as u32 - 1)
    }

    fn templated(&mut self, template: u32, text: &str, figures: &[Number]) {
        let mut bytes = std::mem::take(&mut self.bytes);
        self.open(&mut bytes);
        if let Some(template) = self.templates.get(template as usize) {
            template.fill(text, figures, &mut bytes);
        }
        self.bytes = bytes;
    }
}

impl Encoder for ObjectRows<'_> {
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        Ok(text::chunk(self.bytes, rows, 0))
    }
}
