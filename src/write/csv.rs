//! CSV and TSV.

use std::borrow::Cow;

use crate::table::{Cell, Columns};

use super::Encoder;

/// How delimited text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    pub delimiter: u8,
    pub crlf: bool,
    pub bom: bool,
    pub decimal_comma: bool,
    /// Prefix text that a spreadsheet would take for a formula.
    pub guard: bool,
}

impl Dialect {
    fn writer(&self) -> ::csv::Writer<Vec<u8>> {
        let terminator = if self.crlf {
            ::csv::Terminator::CRLF
        } else {
            ::csv::Terminator::Any(b'\n')
        };
        ::csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .terminator(terminator)
            .flexible(true)
            .from_writer(Vec::new())
    }

    fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.guard && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            Cow::Owned(format!("'{text}"))
        } else {
            Cow::Borrowed(text)
        }
    }

    fn number<'a>(&self, literal: &'a str) -> Cow<'a, str> {
        if self.decimal_comma && literal.contains('.') {
            Cow::Owned(literal.replace('.', ","))
        } else {
            Cow::Borrowed(literal)
        }
    }
}

/// The byte order mark, if any, and the header row.
pub fn header(dialect: &Dialect, columns: &Columns) -> Vec<u8> {
    let mut rows = Rows::new(dialect);
    let names: Vec<Cell<'_>> = columns
        .list
        .iter()
        .map(|(name, _)| Cell::text(name))
        .collect();
    rows.row(&names);
    let row = Box::new(rows).finish();
    if dialect.bom {
        let mut bytes = "\u{feff}".as_bytes().to_vec();
        bytes.extend_from_slice(&row);
        bytes
    } else {
        row
    }
}

/// Rows of delimited text.
#[derive(Debug)]
pub struct Rows<'d> {
    dialect: &'d Dialect,
    writer: ::csv::Writer<Vec<u8>>,
}

impl<'d> Rows<'d> {
    /// Rows in this dialect.
    pub fn new(dialect: &'d Dialect) -> Self {
        Self {
            dialect,
            writer: dialect.writer(),
        }
    }
}

impl Encoder for Rows<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) {
        let dialect = self.dialect;
        let fields = cells.iter().map(|cell| match cell {
            Cell::Absent | Cell::Null => Cow::Borrowed(""),
            Cell::Text(text) => dialect.text(text),
            Cell::Number(literal) => dialect.number(literal),
            Cell::Figure(figure) => dialect.number(figure),
            Cell::Bool(true) => Cow::Borrowed("true"),
            Cell::Bool(false) => Cow::Borrowed("false"),
        });
        // Writing to memory cannot fail, and rows may differ in length.
        for field in fields {
            let _ = self.writer.write_field(field.as_bytes());
        }
        let _ = self.writer.write_record(None::<&[u8]>);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.writer.into_inner().unwrap_or_default()
    }
}
