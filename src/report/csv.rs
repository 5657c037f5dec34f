//! The main table of a report as CSV: the rows of the query that has the headline figures.
//!
//! Figures have the units of JSON: counts as numbers, shares as ratios of 0 to 1, times as
//! milliseconds. A figure without a value is an empty cell.

use std::io::{self, Write};

use crate::model::catalog::figure::FigureUnit;
use crate::write::spreadsheet;

use super::model::Model;
use super::model::measure::Measure;
use super::{json, lines, words};

/// Writes the main table.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let mut out = csv::Writer::from_writer(out);
    if !model.entities().is_empty() {
        for (at, row) in lines::entity_table(model.entities())
            .into_iter()
            .enumerate()
        {
            let cells = row
                .into_iter()
                .enumerate()
                .map(|(column, text)| match column {
                    0 if at == 0 => "Entity".to_owned(),
                    0 => guarded(text),
                    _ if at == 0 => guarded(text),
                    _ if text == words::ABSENT || text == words::NULL => String::new(),
                    _ => text,
                });
            out.write_record(cells)?;
        }
        return out.flush();
    }
    let Some(table) = model.main_table() else {
        // Whoever reads it next finds a table without rows.
        let mut tables = model.wanted.by.iter().flatten();
        let by = tables.next().cloned().unwrap_or_default();
        if !by.is_empty() {
            out.write_record(by.into_iter().map(guarded))?;
        }
        return out.flush();
    };
    let heads = lines::headings(table).into_iter();
    let figures = table.measures().iter().map(|measure| {
        let label = measure.label();
        match measure.unit() {
            FigureUnit::Time => format!("{label} (ms)"),
            _ => label,
        }
    });
    out.write_record(heads.chain(figures).map(guarded))?;
    for row in table.rows() {
        let names = lines::names(model, table, &row).into_iter().map(guarded);
        let cells = table.measures().iter().zip(&row.cells);
        let figures = cells.map(|(measure, cell)| figure(measure, cell.value));
        out.write_record(names.chain(figures))?;
    }
    out.flush()
}

fn figure(measure: &Measure, value: Option<crate::model::catalog::formula::Quotient>) -> String {
    let value = value.and_then(|value| json::rounded(measure.unit(), value));
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A name that no spreadsheet takes for a formula.
fn guarded(name: String) -> String {
    match spreadsheet::is_formula(&name) {
        true => format!("'{name}"),
        false => name,
    }
}
