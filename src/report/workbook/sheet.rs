//! Sheets of the workbook.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::report::lines;
use crate::report::model::Model;
use crate::write::xlsx::names::SheetNames;
use crate::write::xlsx::page;

use super::style::{RowStyle, Styles};
use super::value::{Value, WIDEST};

/// The most characters of a cell.
const LONGEST: usize = 32_767;
/// The narrowest that a column is, in characters.
const NARROWEST: usize = 8;

/// The most rows of a page that is printed upright.
const MOST_ROWS: u32 = 75;

/// A workbook that is being written.
pub struct ReportBook<'m> {
    pub model: &'m Model,
    pub workbook: Workbook,
    pub styles: Styles,
    pub names: SheetNames,
}

impl<'m> ReportBook<'m> {
    pub fn new(model: &'m Model, workbook: Workbook, names: SheetNames) -> Self {
        Self {
            model,
            workbook,
            styles: Styles::new(),
            names,
        }
    }

    /// Adds a sheet with its title: in landscape, one page wide. One of many cells is written row by
    /// row, so that it takes no memory.
    pub fn sheet(
        &mut self,
        name: &str,
        title: &str,
        is_large: bool,
    ) -> Result<ReportSheet<'_>, XlsxError> {
        let sheet = match is_large {
            true => self.workbook.add_worksheet_with_constant_memory()?,
            false => self.workbook.add_worksheet(),
        };
        sheet.set_name(name)?;
        page::landscape(sheet);
        sheet.set_margins(0.4, 0.4, 0.75, 0.6, 0.3, 0.3);
        sheet.set_screen_gridlines(false);
        let report = lines::title(self.model);
        let covered = lines::period(self.model);
        let escaped = |text: &str| text.replace('&', "&&");
        let of = match title == report {
            true => escaped(&report),
            false => format!("{}: {}", escaped(&report), escaped(title)),
        };
        let header = format!("&L&9 {of}&R&9 {}", escaped(&covered));
        // Longer ones are refused.
        sheet.set_header(header.chars().take(250).collect::<String>());
        sheet.set_footer("&R&9 &P / &N");
        let mut sheet = ReportSheet {
            sheet,
            styles: &self.styles,
            widths: Vec::new(),
        };
        sheet.format(0, 0, title, &self.styles.title)?;
        sheet.sheet.set_row_height(0, 26)?;
        Ok(sheet)
    }
}

/// A sheet that is being written.
pub struct ReportSheet<'b> {
    pub sheet: &'b mut Worksheet,
    pub styles: &'b Styles,
    widths: Vec<usize>,
}

/// Text that a cell can have.
pub fn fitting(text: &str) -> String {
    let text: String = text.chars().take(LONGEST).collect();
    text.replace(['\r', '\n', '\t'], " ")
}

impl ReportSheet<'_> {
    /// Writes text of its own look. It does not widen the column.
    pub fn format(
        &mut self,
        row: u32,
        column: u16,
        text: &str,
        format: &Format,
    ) -> Result<(), XlsxError> {
        self.sheet
            .write_string_with_format(row, column, fitting(text), format)?;
        Ok(())
    }

    /// Writes a head of a column.
    pub fn head(&mut self, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
        let longest = text.split(' ').map(|word| word.chars().count()).max();
        self.widen(column, longest.unwrap_or(0) + 3);
        self.sheet
            .write_string_with_format(row, column, fitting(text), &self.styles.head)?;
        Ok(())
    }

    /// Writes a value in a row.
    pub fn value(
        &mut self,
        row: u32,
        column: u16,
        value: &Value,
        style: RowStyle,
    ) -> Result<(), XlsxError> {
        let format = self.styles.of(value, style);
        self.put(row, column, value, &format)
    }

    /// Writes a value with a format.
    pub fn put(
        &mut self,
        row: u32,
        column: u16,
        value: &Value,
        format: &Format,
    ) -> Result<(), XlsxError> {
        self.widen(column, value.width() + 2);
        match value {
            Value::Empty => self.sheet.write_blank(row, column, format)?,
            Value::Text(text) => {
                self.sheet
                    .write_string_with_format(row, column, fitting(text), format)?
            }
            Value::Count(number)
            | Value::Share(number)
            | Value::Target(number)
            | Value::Time(number)
            | Value::Points(number)
            | Value::Date(number)
            | Value::Hour(number)
            | Value::RelativeChange(number)
            | Value::PointChange(number)
            | Value::SecondChange(number) => self
                .sheet
                .write_number_with_format(row, column, *number, format)?,
        };
        Ok(())
    }

    /// Prints a narrow sheet upright: on one page, if its letters stay readable.
    pub fn print_upright(&mut self, rows: u32) {
        let pages = u16::from(rows <= MOST_ROWS);
        self.sheet.set_portrait().set_print_fit_to_pages(1, pages);
    }

    pub fn widen(&mut self, column: u16, width: usize) {
        let at = usize::from(column);
        if self.widths.len() <= at {
            self.widths.resize(at + 1, NARROWEST);
        }
        if let Some(known) = self.widths.get_mut(at) {
            *known = (*known).max(width.min(WIDEST));
        }
    }

    /// Sets the widths of the columns.
    pub fn finish(self) -> Result<(), XlsxError> {
        for (column, width) in (0..).zip(&self.widths) {
            self.sheet.set_column_width(column, *width as f64)?;
        }
        Ok(())
    }

    /// The same for a table whose first columns are names.
    pub fn finish_table(self, names: u16) -> Result<(), XlsxError> {
        page::table(self.sheet, &self.widths, usize::from(names))?;
        self.finish()
    }
}
