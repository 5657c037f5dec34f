//! CSV and TSV.

use std::cell::Cell as Counter;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::record::Number;
use crate::table::{Cell, ColumnCell, Columns, Layout, RowSink};

use super::read_text;
use super::row_template::{self, FigureTemplate, TemplateCell};
use super::text::{self, TextFile};
use super::{
    Appender, Chunk, Encoder, FormattedTable, Output, TableFormat, TableOptions, spreadsheet,
};

const OPTIONS: &[&str] = &[
    "--excel",
    "--formula-guard",
    "--delimiter",
    "--crlf",
    "--bom",
    "--decimal-comma",
];

/// Delimited text, by default with commas. Other formats change some of its values.
pub(super) const BASE: TableFormat = TableFormat {
    name: "csv",
    title: "CSV",
    extensions: &["csv"],
    options: OPTIONS,
    layout: Layout::Long,
    is_typed: false,
    is_workbook: false,
    is_packed: false,
    is_dense: true,
    most_columns: usize::MAX,
    table: |columns, options| {
        let delimiter = if options.decimal_comma { b';' } else { b',' };
        Box::new(DelimitedTable::new(columns, delimiter, &options))
    },
    read: Some(|path, options, only| {
        let delimiter = if options.decimal_comma { b';' } else { b',' };
        read_text::delimited(path, options.delimiter.unwrap_or(delimiter), only)
    }),
};

/// Fields between commas.
pub static CSV: TableFormat = BASE;

/// Fields between tabs.
pub static TSV: TableFormat = TableFormat {
    name: "tsv",
    title: "TSV",
    extensions: &["tsv", "tab"],
    table: |columns, options| Box::new(DelimitedTable::new(columns, b'\t', &options)),
    read: Some(|path, options, only| {
        read_text::delimited(path, options.delimiter.unwrap_or(b'\t'), only)
    }),
    ..BASE
};

/// A table of delimited text.
#[derive(Debug)]
struct DelimitedTable {
    columns: Columns,
    options: TableOptions,
    /// The size of the longest chunk so far. The next one reserves as much, so that it is not copied
    /// while it grows.
    longest: AtomicUsize,
}

impl DelimitedTable {
    fn new(columns: Columns, delimiter: u8, options: &TableOptions) -> Self {
        Self {
            columns,
            options: TableOptions {
                delimiter: Some(options.delimiter.unwrap_or(delimiter)),
                crlf: options.crlf || options.excel,
                bom: options.bom || options.excel,
                ..options.clone()
            },
            longest: AtomicUsize::default(),
        }
    }
}

impl FormattedTable for DelimitedTable {
    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(DelimitedRows {
            bytes: Vec::with_capacity(self.longest.load(Ordering::Relaxed)),
            longest: Some(&self.longest),
            ..DelimitedRows::new(&self.options, self.columns.list.len())
        })
    }

    fn begin<'o>(&'o self, out: Output<'o>) -> io::Result<Box<dyn Appender + 'o>> {
        TextFile::begin(out, &header(&self.options, &self.columns), 0, b"")
    }
}

/// Returns true if a character can separate fields: numbers are written without quotes, so it must
/// be one that no number contains, and a reader must be able to see it.
pub fn is_delimiter(byte: u8) -> bool {
    let in_numbers = byte.is_ascii_digit() || b".+-eE".contains(&byte);
    byte == b'\t' || ((b' '..=b'~').contains(&byte) && byte != b'"' && !in_numbers)
}

/// The byte order mark, if any, and the header row.
fn header(options: &TableOptions, columns: &Columns) -> Vec<u8> {
    let mut lines = DelimitedRows::new(options, columns.list.len());
    if options.bom {
        lines.bytes.extend_from_slice("\u{feff}".as_bytes());
    }
    let names = columns.list.iter();
    let names = names.map(|column| Cell::text(&column.name));
    let names: Vec<ColumnCell<'_>> = names.enumerate().collect();
    lines.row(&names);
    lines.bytes
}

/// Rows of delimited text.
#[derive(Debug)]
struct DelimitedRows<'d> {
    options: &'d TableOptions,
    /// An ASCII character for which [`is_delimiter`] holds.
    delimiter: u8,
    /// Number of columns.
    width: usize,
    /// The bytes for which a field must be quoted.
    special: [bool; 256],
    /// The fields that all rows begin with, each with its delimiter.
    prefix: Vec<u8>,
    /// The number of fields, and the number of guarded fields.
    prefix_width: usize,
    prefix_guarded: u64,
    bytes: Vec<u8>,
    templates: Vec<FigureTemplate>,
    /// Cells that were guarded.
    guarded: Counter<u64>,
    longest: Option<&'d AtomicUsize>,
}

impl<'d> DelimitedRows<'d> {
    /// Rows of so many columns.
    fn new(options: &'d TableOptions, width: usize) -> Self {
        let delimiter = options.delimiter.unwrap_or(b',');
        let mut special = [false; 256];
        for byte in [delimiter, b'"', b'\r', b'\n'] {
            special[usize::from(byte)] = true;
        }
        Self {
            options,
            delimiter,
            width,
            special,
            prefix: Vec::new(),
            prefix_width: 0,
            prefix_guarded: 0,
            bytes: Vec::new(),
            templates: Vec::new(),
            guarded: Counter::new(0),
            longest: None,
        }
    }

    /// Writes the fields of these columns, each with a delimiter behind it.
    fn fields(&self, columns: Range<usize>, cells: &[ColumnCell<'_>], bytes: &mut Vec<u8>) {
        let mut next = columns.start;
        for (at, cell) in cells {
            self.skip(at - next, bytes);
            self.field(cell, bytes);
            next = at + 1;
        }
        self.skip(columns.end.saturating_sub(next), bytes);
    }

    /// Writes so many empty fields.
    fn skip(&self, fields: usize, bytes: &mut Vec<u8>) {
        bytes.resize(bytes.len() + fields, self.delimiter);
    }

    /// Ends the line that began at `start`; its last delimiter gives way.
    fn end(&self, start: usize, bytes: &mut Vec<u8>) {
        bytes.truncate(bytes.len().saturating_sub(1).max(start));
        if bytes.len() == start {
            // Most readers skip an empty line; an empty field in quotes is a row.
            bytes.extend_from_slice(b"\"\"");
        }
        self.newline(bytes);
    }

    fn newline(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(if self.options.crlf { b"\r\n" } else { b"\n" });
    }

    /// Writes a field and a delimiter behind it.
    fn field(&self, cell: &Cell<'_>, out: &mut Vec<u8>) {
        match cell {
            Cell::Absent | Cell::Null => {}
            Cell::Text(text) => self.text(text, out),
            Cell::Number(literal) if !self.options.decimal_comma => {
                out.extend_from_slice(literal.as_bytes());
            }
            Cell::Number(figure) => self.figure(figure, out),
            Cell::Figure(figure) => self.figure(figure, out),
            Cell::Time(time) => self.quoted("", time, out),
            Cell::Bool(true) => self.quoted("", "true", out),
            Cell::Bool(false) => self.quoted("", "false", out),
        }
        out.push(self.delimiter);
    }

    fn text(&self, text: &str, out: &mut Vec<u8>) {
        let options = self.options;
        let guard = (options.excel || options.formula_guard) && spreadsheet::is_formula(text)
            || options.excel && spreadsheet::is_changed(text);
        self.guarded.set(self.guarded.get() + u64::from(guard));
        self.quoted(if guard { "'" } else { "" }, text, out);
    }

    fn figure(&self, literal: &str, out: &mut Vec<u8>) {
        if self.options.decimal_comma && literal.contains('.') {
            self.quoted("", &literal.replace('.', ","), out);
        } else {
            self.quoted("", literal, out);
        }
    }

    /// Writes `mark` and `text` as one field, in quotes where they are needed.
    fn quoted(&self, mark: &str, text: &str, out: &mut Vec<u8>) {
        let mut bytes = mark.bytes().chain(text.bytes());
        if !bytes.any(|byte| self.special[usize::from(byte)]) {
            out.extend_from_slice(mark.as_bytes());
            out.extend_from_slice(text.as_bytes());
            return;
        }
        out.push(b'"');
        out.extend_from_slice(mark.as_bytes());
        for part in text.split_inclusive('"') {
            out.extend_from_slice(part.as_bytes());
            if part.ends_with('"') {
                out.push(b'"');
            }
        }
        out.push(b'"');
    }

    fn count(&self, guarded: u64) {
        self.guarded.set(self.guarded.get() + guarded);
    }
}

impl RowSink for DelimitedRows<'_> {
    fn shared(&mut self, width: usize, cells: &[ColumnCell<'_>]) {
        let mut prefix = std::mem::take(&mut self.prefix);
        prefix.clear();
        let before = self.guarded.get();
        self.fields(0..width, cells, &mut prefix);
        self.prefix_guarded = self.guarded.replace(before) - before;
        (self.prefix, self.prefix_width) = (prefix, width);
    }

    fn row(&mut self, cells: &[ColumnCell<'_>]) {
        let mut bytes = std::mem::take(&mut self.bytes);
        let start = bytes.len();
        bytes.extend_from_slice(&self.prefix);
        self.count(self.prefix_guarded);
        self.fields(self.prefix_width..self.width, cells, &mut bytes);
        self.end(start, &mut bytes);
        self.bytes = bytes;
    }

    fn template(&mut self, cells: &[ColumnCell<'_>], slots: &[(usize, u8)]) -> Option<u32> {
        // A decimal comma may need quotes.
        if self.options.decimal_comma {
            return None;
        }
        let before = self.guarded.get();
        let (mut row, mut offsets) = (Vec::new(), Vec::new());
        let mut next = self.prefix_width;
        for (at, cell) in row_template::in_order(cells, slots) {
            self.skip(at - next, &mut row);
            match cell {
                TemplateCell::Figure(rank) => {
                    offsets.push((row.len(), rank));
                    row.push(self.delimiter);
                }
                TemplateCell::Cell(cell) => self.field(cell, &mut row),
            }
            next = at + 1;
        }
        self.skip(self.width.saturating_sub(next), &mut row);
        row.pop();
        self.newline(&mut row);
        let guarded = self.guarded.replace(before) - before;
        let template = FigureTemplate::new(&row, &offsets, guarded)?;
        self.templates.push(template);
        Some(self.templates.len() as u32 - 1)
    }

    fn templated(&mut self, template: u32, text: &str, figures: &[Number]) {
        let Some(template) = self.templates.get(template as usize) else {
            return;
        };
        self.count(self.prefix_guarded + template.guarded());
        self.bytes.extend_from_slice(&self.prefix);
        template.fill(text, figures, &mut self.bytes);
    }
}

impl Encoder for DelimitedRows<'_> {
    fn finish(self: Box<Self>, rows: u64) -> io::Result<Chunk> {
        if let Some(longest) = self.longest {
            longest.fetch_max(self.bytes.len(), Ordering::Relaxed);
        }
        Ok(text::chunk(self.bytes, rows, self.guarded.get()))
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
            let options = TableOptions {
                delimiter: Some(delimiter),
                crlf,
                decimal_comma: true,
                ..TableOptions::default()
            };
            let mut lines = DelimitedRows::new(&options, 4);
            for a in texts {
                lines.shared(1, &[(0, Cell::text(a))]);
                for b in texts {
                    let number = Cell::Number(Cow::Borrowed("1.5"));
                    lines.row(&[(1, Cell::text(b)), (2, number)]);
                }
            }
            lines.width = 1;
            lines.shared(0, &[]);
            lines.row(&[]);
            let bytes = lines.bytes;
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
    fn delimiters_are_visible_and_in_no_number() {
        let accepted: String = (0..=u8::MAX)
            .filter(|byte| is_delimiter(*byte))
            .map(char::from)
            .collect();
        assert_eq!(
            accepted,
            "\t !#$%&'()*,/:;<=>?@ABCDFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdfghijklmnopqrstuvwxyz{|}~"
        );
    }

    #[test]
    fn numbers_are_never_guarded() {
        let options = TableOptions {
            delimiter: Some(b';'),
            decimal_comma: true,
            excel: true,
            ..TableOptions::default()
        };
        let mut lines = DelimitedRows::new(&options, 4);
        lines.row(&[
            (0, Cell::Number(Cow::Borrowed("-1.5"))),
            (1, Cell::Figure("-0:00:01.5".to_owned())),
            (2, Cell::Time("2026-03-02 08:00:00".to_owned())),
            (3, Cell::text("007")),
        ]);
        assert_eq!(
            (lines.bytes.as_slice(), lines.guarded.get()),
            (&b"-1,5;-0:00:01,5;2026-03-02 08:00:00;'007\n"[..], 1)
        );
    }

    #[test]
    fn fields_are_quoted_as_the_csv_crate_does() {
        let options = TableOptions::default();
        for fields in [
            vec!["a", ""],
            vec![""],
            vec!["", ""],
            vec!["x,\"y\"\n", "=1", "-"],
        ] {
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            writer.write_record(&fields).unwrap();
            let mut lines = DelimitedRows::new(&options, fields.len());
            let cells = fields.iter().map(|field| Cell::text(field));
            lines.row(&cells.enumerate().collect::<Vec<_>>());
            assert_eq!(lines.bytes, writer.into_inner().unwrap());
        }
    }
}
