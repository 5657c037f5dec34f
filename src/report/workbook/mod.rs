//! A report as a workbook: a summary with charts, days, hours, rows, distributions, and what it is
//! about. Cells are values, so that every program shows the same.

mod about;
mod chart;
mod days;
mod distributions;
mod figures;
mod hours;
mod rows;
mod sheet;
mod style;
mod summary;
mod value;

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::error::temporary;
use crate::write::xlsx::{fence, names::SheetNames};

use super::model::Model;
use sheet::ReportBook;

/// Writes the report as a workbook.
///
/// # Errors
/// Returns the errors of `out` and of temporary files.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let bytes = fence::run(|| book(model).map_err(failed))?;
    out.write_all(&bytes)
}

fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        XlsxError::TempFileError(folder, error) => temporary(&folder, error),
        error => io::Error::other(error),
    }
}

fn book(model: &Model) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let written = ExcelDateTime::from_timestamp(model.wanted.now.timestamp())?;
    let properties = DocProperties::new()
        .set_title(super::lines::title(model))
        .set_creation_datetime(&written);
    workbook.set_properties(&properties);
    let mut names = SheetNames::default();
    // The sheets of rows take other names.
    for name in [
        "Summary",
        "Days",
        "Day",
        "Weeks",
        "Months",
        "Intervals",
        "Hours",
        "Figures",
        "Distributions",
        "About",
    ] {
        names.of(name);
    }
    let mut book = ReportBook::new(model, workbook, names);
    let days = days::layout(model);
    summary::write(&mut book, days.as_ref())?;
    if let Some(days) = &days {
        days::write(&mut book, days)?;
    }
    hours::write(&mut book)?;
    rows::write(&mut book)?;
    figures::write(&mut book)?;
    distributions::write(&mut book)?;
    about::write(&mut book)?;
    book.workbook.save_to_buffer()
}
