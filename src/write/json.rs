//! NDJSON, and JSON as one array with one object per line.

use std::io;

use crate::diagnostic::carry::quoted;
use crate::record::Number;
use crate::table::{Cell, Columns, Layout, Rows};

use super::row_template::RowTemplate;
use super::text::{self, Text};
use super::{Appender, Chunk, Encoder, Format, Output, Table};

/// One object a line.
pub static NDJSON: Format = Format {
    name: "ndjson",
    title: "NDJSON",
    extensions: &["ndjson", "jsonl"],
    options: &[],
    layout: Layout::Long,
    is_typed: false,
    is_workbook: false,
    is_packed: false,
    table: |columns, _| Box::new(Lines(columns)),
};

/// One array, with one object a line.
pub static JSON: Format = Format {
    name: "json",
    title: "JSON",
    extensions: &["json"],
    options: &[],
    layout: Layout::Long,
    is_typed: false,
    is_workbook: false,
    is_packed: false,
    table: |columns, _| Box::new(Array(columns)),
};

#[derive(Debug)]
struct Lines(Columns);

impl Table for Lines {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(Objects::new(&self.0, "", "\n"))
    }

    fn begin<'o>(&'o self, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        Text::begin(out, b"", 0, b"")
    }
}

#[derive(Debug)]
struct Array(Columns);

impl Table for Array {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(Objects::new(&self.0, ",\n", ""))
    }

    fn begin<'o>(&'o self, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        // The first element has no comma before it.
        Text::begin(out, b"[", 1, b"\n]\n")
    }
}

/// Rows as JSON objects with the literals of numbers. Absent cells are left out, unless the columns
/// ask for every key.
#[derive(Debug)]
struct Objects {
    /// Each with its colon.
    keys: Vec<String>,
    /// The members that all rows begin with, and how many columns they take.
    prefix: Vec<u8>,
    shared: usize,
    /// Write absent cells too, as null.
    every_key: bool,
    before: &'static str,
    after: &'static str,
    bytes: Vec<u8>,
    templates: Vec<RowTemplate>,
}

impl Objects {
    fn new(columns: &Columns, before: &'static str, after: &'static str) -> Self {
        let keys = columns
            .list
            .iter()
            .map(|column| quoted(&column.name) + ":")
            .collect();
        Self {
            keys,
            prefix: Vec::new(),
            shared: 0,
            every_key: columns.every_key,
            before,
            after,
            bytes: Vec::new(),
            templates: Vec::new(),
        }
    }

    /// Begins an object with its shared members.
    fn open(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.before.as_bytes());
        out.push(b'{');
        out.extend_from_slice(&self.prefix);
    }

    /// Ends an object with these members.
    fn rest(&self, cells: &[Cell<'_>], out: &mut Vec<u8>) {
        let keys = self.keys.get(self.shared..).unwrap_or_default();
        self.members(keys, cells, out);
        self.close(out);
    }

    /// Ends an object; its last comma gives way.
    fn close(&self, out: &mut Vec<u8>) {
        if out.last() == Some(&b',') {
            out.pop();
        }
        out.push(b'}');
        out.extend_from_slice(self.after.as_bytes());
    }

    /// Appends the members of `cells`, each with a comma behind it.
    fn members(&self, keys: &[String], cells: &[Cell<'_>], out: &mut Vec<u8>) {
        for (key, cell) in keys.iter().zip(cells) {
            self.member(key, cell, out);
        }
    }

    fn member(&self, key: &str, cell: &Cell<'_>, out: &mut Vec<u8>) {
        if *cell == Cell::Absent && !self.every_key {
            return;
        }
        out.extend_from_slice(key.as_bytes());
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

impl Rows for Objects {
    fn shared(&mut self, cells: &[Cell<'_>]) {
        let mut prefix = std::mem::take(&mut self.prefix);
        prefix.clear();
        self.members(&self.keys, cells, &mut prefix);
        self.prefix = prefix;
        self.shared = cells.len();
    }

    fn row(&mut self, cells: &[Cell<'_>]) {
        let mut bytes = std::mem::take(&mut self.bytes);
        self.open(&mut bytes);
        self.rest(cells, &mut bytes);
        self.bytes = bytes;
    }

    fn template(&mut self, cells: &[Cell<'_>], slots: &[(usize, u8)]) -> Option<u32> {
        let keys = self.keys.get(self.shared..).unwrap_or_default();
        let (mut row, mut offsets) = (Vec::new(), Vec::new());
        let mut slots = slots.iter().peekable();
        for (place, (key, cell)) in keys.iter().zip(cells).enumerate() {
            match slots.next_if(|(at, _)| *at == place) {
                Some((_, rank)) => {
                    row.extend_from_slice(key.as_bytes());
                    offsets.push((row.len(), *rank));
                    row.push(b',');
                }
                None => self.member(key, cell, &mut row),
            }
        }
        self.close(&mut row);
        let template = RowTemplate::new(&row, &offsets, 0)?;
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

impl Encoder for Objects {
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        Ok(text::chunk(self.bytes, rows, 0))
    }
}
