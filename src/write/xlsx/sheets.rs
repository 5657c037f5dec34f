//! Sheets of a workbook, written row by row.

use std::collections::HashMap;
use std::io;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use crate::error::temporary;
use crate::write::{Appender, Chunk, Output, TableOptions};

use super::cells::{SheetCell, SheetRow};
use super::fence;
use super::names::SheetNames;
use super::page;

/// The most rows of a sheet, with its header.
const ROWS: u32 = 1_048_576;
/// The most sheets that one column may ask for: each takes a temporary file.
const SHEETS: usize = 200;
/// Widths of columns, in characters.
const NARROWEST: usize = 8;
const WIDEST: usize = 60;
/// The width of a date.
const DATE: usize = 17;

/// The state of a sheet that is being written.
struct Sheet {
    /// The row to come.
    row: u32,
    widths: Vec<usize>,
    /// True for each column with a value.
    used: Vec<bool>,
    /// Number of columns before the first figure.
    names: usize,
    /// Number of sheets that have the rows of the same value.
    part: usize,
}

/// The sheets, by the value of the column that asks for them.
pub struct Sheets<'o> {
    out: Output<'o>,
    heads: Vec<String>,
    /// The columns whose values are the sheets, the first that a row has.
    by: Vec<usize>,
    about: &'o [(String, String)],
    /// Number of numbers that are text.
    as_text: u64,
    head: Format,
    whole: Format,
    date: Format,
    /// The format of days, where no interval is shorter than one.
    day: Option<Format>,
    duration: Format,
    share: Format,
    names: SheetNames,
    open: HashMap<String, usize>,
    book: Workbook,
    /// In the order of the workbook.
    list: Vec<Sheet>,
}

fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        XlsxError::TempFileError(folder, error) => temporary(&folder, error),
        error => io::Error::other(error),
    }
}

impl<'o> Sheets<'o> {
    /// A workbook without rows.
    pub fn new(
        out: Output<'o>,
        heads: Vec<String>,
        by: Vec<usize>,
        options: &'o TableOptions,
    ) -> Self {
        let mut names = SheetNames::default();
        names.of("About");
        let mut book = Workbook::new();
        let time = options.run_time.map(|it| it.timestamp());
        if let Some(time) = time.and_then(|it| ExcelDateTime::from_timestamp(it).ok()) {
            book.set_properties(&DocProperties::new().set_creation_datetime(&time));
        }
        Self {
            out,
            heads,
            by,
            about: &options.about,
            as_text: 0,
            head: Format::new().set_bold().set_align(FormatAlign::Top),
            whole: Format::new().set_num_format("#,##0"),
            date: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            day: options
                .is_daily
                .then(|| Format::new().set_num_format("ddd yyyy-mm-dd")),
            duration: Format::new().set_num_format(match options.milliseconds {
                true => "[h]:mm:ss.000",
                false => "[h]:mm:ss",
            }),
            share: Format::new().set_num_format("0.0%"),
            names,
            open: HashMap::new(),
            book,
            list: Vec::new(),
        }
    }

    /// Starts a sheet and returns where it is.
    fn start(&mut self, value: &str, part: usize) -> io::Result<usize> {
        if self.list.len() >= SHEETS {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("more than {SHEETS} sheets; use a dimension with fewer values"),
            ));
        }
        let text = match part {
            1 => value.to_owned(),
            part => format!("{value} {part}"),
        };
        let sheet = self.book.add_worksheet_with_constant_memory();
        let sheet = sheet.map_err(failed)?;
        sheet.set_name(self.names.of(&text)).map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        for (column, head) in (0..).zip(&self.heads) {
            let cell = sheet.write_string_with_format(0, column, head, &self.head);
            cell.map_err(failed)?;
        }
        // Room for the button of the filter.
        let widths = self.heads.iter().map(|head| head.chars().count() + 3);
        self.list.push(Sheet {
            row: 1,
            widths: widths.collect(),
            used: vec![false; self.heads.len()],
            names: self.heads.len(),
            part,
        });
        Ok(self.list.len() - 1)
    }

    /// The sheet for a row.
    fn sheet(&mut self, row: &SheetRow) -> io::Result<usize> {
        let entry = |by: &usize| row.iter().find(|(at, _)| usize::from(*at) == *by);
        let value = match self.by.iter().find_map(entry) {
            Some((_, SheetCell::Text(text))) => text,
            None if self.by.is_empty() => "Table",
            _ => "",
        };
        let at = match self.open.get(value) {
            Some(at) => *at,
            None => self.start(value, 1)?,
        };
        let full = self.list.get(at).filter(|sheet| sheet.row >= ROWS);
        let at = match full.map(|sheet| sheet.part) {
            Some(part) => self.start(value, part + 1)?,
            None => at,
        };
        self.open.insert(value.to_owned(), at);
        Ok(at)
    }

    fn row(&mut self, row: &SheetRow) -> io::Result<()> {
        let at = self.sheet(row)?;
        let sheet = self.book.worksheet_from_index(at).map_err(failed)?;
        let Some(Sheet {
            row: number,
            widths,
            used,
            names,
            ..
        }) = self.list.get_mut(at)
        else {
            return Ok(());
        };
        for (column, entry) in row {
            let (number, column) = (*number, *column);
            let Some(width) = widths.get_mut(usize::from(column)) else {
                continue;
            };
            if let Some(used) = used.get_mut(usize::from(column)) {
                *used = true;
            }
            if let SheetCell::Number(_) | SheetCell::Share(_) | SheetCell::Duration(_) = entry {
                *names = (*names).min(usize::from(column));
            }
            let written = match entry {
                SheetCell::Text(text) => {
                    *width = (*width).max(text.chars().take(WIDEST).count());
                    sheet.write_string(number, column, text.as_ref())
                }
                SheetCell::Number(value) if value.fract() == 0.0 => {
                    sheet.write_number_with_format(number, column, *value, &self.whole)
                }
                SheetCell::Number(value) => sheet.write_number(number, column, *value),
                SheetCell::Share(value) => {
                    sheet.write_number_with_format(number, column, *value, &self.share)
                }
                SheetCell::Date(value) => {
                    *width = (*width).max(DATE);
                    let day = self.day.as_ref().filter(|_| value.fract() == 0.0);
                    let format = day.unwrap_or(&self.date);
                    sheet.write_number_with_format(number, column, *value, format)
                }
                SheetCell::Duration(value) => {
                    sheet.write_number_with_format(number, column, *value, &self.duration)
                }
                SheetCell::Bool(value) => sheet.write_boolean(number, column, *value),
            };
            written.map_err(failed)?;
        }
        *number += 1;
        Ok(())
    }
}

/// Writes what the workbook is about: one line per fact.
fn about<'l>(
    sheet: &mut Worksheet,
    lines: impl Iterator<Item = &'l (String, String)>,
    head: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name("About")?;
    for (row, (name, value)) in (0..).zip(lines) {
        sheet.write_string_with_format(row, 0, name, head)?;
        sheet.write_string(row, 1, value)?;
    }
    sheet.set_column_width(0, 20)?;
    sheet.set_column_width(1, 80)?;
    page::landscape(sheet);
    Ok(())
}

impl Appender for Sheets<'_> {
    fn append(&mut self, chunk: Chunk) -> io::Result<()> {
        self.as_text += chunk.changed.as_text;
        let rows = chunk.content.downcast_ref::<Vec<SheetRow>>();
        let mut rows = rows.into_iter().flatten();
        fence::run(|| rows.try_for_each(|row| self.row(row)))
    }

    fn end(self: Box<Self>) -> io::Result<()> {
        fence::run(|| self.save())
    }
}

impl Sheets<'_> {
    fn save(mut self) -> io::Result<()> {
        if self.list.is_empty() {
            self.start("Table", 1)?;
        }
        let last = self.heads.len().saturating_sub(1) as u16;
        let is_split = !self.by.is_empty();
        for (at, it) in self.list.iter().enumerate() {
            let sheet = self.book.worksheet_from_index(at).map_err(failed)?;
            let mut printed = Vec::new();
            for ((column, width), used) in (0..).zip(&it.widths).zip(&it.used) {
                let width = (*width).clamp(NARROWEST, WIDEST);
                sheet
                    .set_column_width(column, width as f64)
                    .map_err(failed)?;
                // The sheet has the value of its own column, and no values of other columns.
                if is_split && (!used || self.by.contains(&usize::from(column))) {
                    sheet.set_column_hidden(column).map_err(failed)?;
                    printed.push(0);
                } else {
                    printed.push(width);
                }
            }
            sheet.set_repeat_rows(0, 0).map_err(failed)?;
            page::landscape(sheet);
            page::table(sheet, &printed, it.names).map_err(failed)?;
            let row = it.row;
            sheet.autofilter(0, 0, row - 1, last).map_err(failed)?;
        }
        let sheet = self.book.add_worksheet();
        let as_text = (
            "Numbers written as text, because Excel would round them".to_owned(),
            self.as_text.to_string(),
        );
        let lines = self.about.iter().chain([&as_text]);
        about(sheet, lines, &self.head).map_err(failed)?;
        self.book.save_to_writer(self.out).map_err(failed)
    }
}
