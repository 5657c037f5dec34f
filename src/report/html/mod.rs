//! A report as one HTML file: charts, tables that sort and filter, and no request.

mod chart;
mod page;
mod tables;

use std::io::{self, Write};

use askama::Template as _;

use super::model::Model;

/// The most bytes of rows: with the rest, a file has at most 1.5 MB.
const ROWS: usize = 1_100_000;

/// Writes the report as HTML.
///
/// # Errors
/// Those of `out`.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let groups = tables::groups(model, ROWS).map_err(io::Error::other)?;
    let page = page::Page::new(model, groups);
    page.write_into(&mut *out).map_err(io::Error::other)
}
