//! A report as one HTML file: charts, tables that sort and filter, and no request.

mod axis;
mod chart;
mod days;
mod marks;
mod overview;
mod page;
mod tables;

use std::io::{self, Write};

use askama::Template as _;

use super::model::Model;

/// The most bytes of rows, and of rows and charts: with the rest, a file has at most 1.5 MB.
const ROWS: usize = 1_100_000;
const MOST: usize = 1_250_000;

/// Writes the report as HTML.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let mut page = page::HtmlPage::new(model);
    let room = MOST.saturating_sub(page.charts_size());
    page.groups = tables::groups(model, room.min(ROWS)).map_err(io::Error::other)?;
    page.write_into(&mut *out).map_err(io::Error::other)
}
