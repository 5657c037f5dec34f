//! CSV and TSV.

use crate::check::shape::Number;
use crate::table::{Cell, Columns, Plan, Rows};

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

/// The byte order mark, if any, and the header row.
pub fn header(dialect: &Dialect, columns: &Columns) -> Vec<u8> {
    let mut lines = Lines::new(dialect);
    if dialect.bom {
        lines.bytes.extend_from_slice("\u{feff}".as_bytes());
    }
    let names: Vec<Cell<'_>> = columns
        .list
        .iter()
        .map(|(name, _)| Cell::text(name))
        .collect();
    lines.row(&names);
    lines.bytes
}

/// Rows of delimited text.
#[derive(Debug)]
pub struct Lines<'d> {
    dialect: &'d Dialect,
    /// The bytes for which a field must be quoted.
    special: [bool; 256],
    /// The fields that all rows begin with, each with its delimiter.
    prefix: Vec<u8>,
    bytes: Vec<u8>,
}

impl<'d> Lines<'d> {
    /// Rows in this dialect.
    pub fn new(dialect: &'d Dialect) -> Self {
        let mut special = [false; 256];
        for byte in [dialect.delimiter, b'"', b'\r', b'\n'] {
            special[usize::from(byte)] = true;
        }
        Self {
            dialect,
            special,
            prefix: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Writes the last fields of the row that began at `start`, and the end of the line.
    fn fields(&self, cells: &[Cell<'_>], start: usize, bytes: &mut Vec<u8>) {
        for cell in cells {
            self.field(cell, bytes);
        }
        // The last delimiter stands where the line ends.
        bytes.truncate(bytes.len().saturating_sub(1).max(start));
        if bytes.len() == start {
            // An empty line is no row to most readers; an empty field is one.
            bytes.extend_from_slice(b"\"\"");
        }
        bytes.extend_from_slice(if self.dialect.crlf { b"\r\n" } else { b"\n" });
    }

    /// Writes a field and a delimiter behind it.
    fn field(&self, cell: &Cell<'_>, out: &mut Vec<u8>) {
        match cell {
            Cell::Absent | Cell::Null => {}
            Cell::Text(text) => self.text(text, out),
            Cell::Number(literal) => self.number(literal, out),
            Cell::Figure(figure) => self.number(figure, out),
            Cell::Bool(true) => out.extend_from_slice(b"true"),
            Cell::Bool(false) => out.extend_from_slice(b"false"),
        }
        out.push(self.dialect.delimiter);
    }

    fn text(&self, text: &str, out: &mut Vec<u8>) {
        let guard = self.dialect.guard && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let mark: &[u8] = if guard { b"'" } else { b"" };
        if !text.bytes().any(|byte| self.special[usize::from(byte)]) {
            out.extend_from_slice(mark);
            out.extend_from_slice(text.as_bytes());
            return;
        }
        out.push(b'"');
        out.extend_from_slice(mark);
        for part in text.split_inclusive('"') {
            out.extend_from_slice(part.as_bytes());
            if part.ends_with('"') {
                out.push(b'"');
            }
        }
        out.push(b'"');
    }

    fn number(&self, literal: &str, out: &mut Vec<u8>) {
        if !self.dialect.decimal_comma || !literal.contains('.') {
            out.extend_from_slice(literal.as_bytes());
        } else {
            self.text(&literal.replace('.', ","), out);
        }
    }
}

impl Rows for Lines<'_> {
    fn shared(&mut self, cells: &[Cell<'_>]) {
        let mut prefix = std::mem::take(&mut self.prefix);
        prefix.clear();
        for cell in cells {
            self.field(cell, &mut prefix);
        }
        self.prefix = prefix;
    }

    fn row(&mut self, cells: &[Cell<'_>]) {
        let mut bytes = std::mem::take(&mut self.bytes);
        let start = bytes.len();
        bytes.extend_from_slice(&self.prefix);
        self.fields(cells, start, &mut bytes);
        self.bytes = bytes;
    }

    fn plan(&mut self, cells: &[Cell<'_>], figures: usize) -> Option<Plan> {
        // A decimal comma may need quotes.
        if self.dialect.decimal_comma {
            return None;
        }
        let mut row = Vec::new();
        self.fields(cells, 0, &mut row);
        Plan::of(&row, figures)
    }

    fn planned(&mut self, plan: &Plan, text: &str, figures: &[Number]) {
        self.bytes.extend_from_slice(&self.prefix);
        plan.fill(text, figures, &mut self.bytes);
    }
}

impl Encoder for Lines<'_> {
    fn finish(self: Box<Self>) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    #[test]
    fn lines_read_back_as_the_fields_they_were() {
        let texts = [
            "",
            "plain",
            "a,b",
            "a;b",
            "say \"hi\"",
            "\"",
            "two\r\nlines",
            "é,",
            " x ",
        ];
        for (delimiter, crlf) in [(b',', false), (b';', true), (b'\t', false)] {
            let dialect = Dialect {
                delimiter,
                crlf,
                bom: false,
                decimal_comma: true,
                guard: false,
            };
            let mut lines = Lines::new(&dialect);
            for a in texts {
                lines.shared(&[Cell::text(a)]);
                for b in texts {
                    lines.row(&[
                        Cell::text(b),
                        Cell::Number(Cow::Borrowed("1.5")),
                        Cell::Null,
                    ]);
                }
            }
            lines.shared(&[]);
            lines.row(&[Cell::Absent]);
            let bytes = Box::new(lines).finish();
            let mut reader = ::csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .from_reader(bytes.as_slice());
            let mut expected: Vec<Vec<&str>> = Vec::new();
            for a in texts {
                expected.extend(texts.iter().map(|b| vec![a, b, "1,5", ""]));
            }
            expected.push(vec![""]);
            let read: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            assert_eq!(read, expected);
        }
    }

    #[test]
    fn fields_are_quoted_as_the_csv_crate_does() {
        let dialect = Dialect {
            delimiter: b',',
            crlf: false,
            bom: false,
            decimal_comma: false,
            guard: false,
        };
        for fields in [
            vec!["a", ""],
            vec![""],
            vec!["", ""],
            vec!["x,\"y\"\n", "=1", "-"],
        ] {
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            writer.write_record(&fields).unwrap();
            let mut lines = Lines::new(&dialect);
            let cells: Vec<Cell<'_>> = fields.iter().map(|field| Cell::text(field)).collect();
            lines.row(&cells);
            assert_eq!(Box::new(lines).finish(), writer.into_inner().unwrap());
        }
    }
}
