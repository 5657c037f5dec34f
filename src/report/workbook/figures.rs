//! The sheet of all figures, with what they are of every media type.

use rust_xlsxwriter::{FormatAlign, XlsxError};

use crate::model::catalog::figure::FigureUnit;
use crate::report::{lines, words};

use super::sheet::ReportBook;
use super::style::RowStyle;
use super::value::Value;

const HEAD: u32 = 2;

pub fn write(book: &mut ReportBook<'_>) -> Result<(), XlsxError> {
    let model = book.model;
    let soft = book.styles.soft.clone();
    let mut sheet = book.sheet("Figures", "Figures", false)?;
    sheet.format(
        1,
        0,
        "Every figure of every media type; sheet About has the formulas.",
        &soft,
    )?;
    // Figures of everything are right where there is one media type, or where they only count.
    let is_one = model.media.len() <= 1;
    let mut column = 1;
    sheet.head(HEAD, 0, "Figure")?;
    for media in model.media.iter().filter(|_| !is_one) {
        sheet.head(HEAD, column, &media.title())?;
        for (row, (measure, _)) in (HEAD + 1..).zip(&model.headline) {
            let cell = media.cell(measure).and_then(|it| it.value);
            sheet.value(
                row,
                column,
                &Value::of(measure.unit(), cell),
                RowStyle::Body,
            )?;
        }
        column += 1;
    }
    for (row, (measure, cell)) in (HEAD + 1..).zip(&model.headline) {
        sheet.value(row, 0, &Value::Text(measure.label()), RowStyle::Body)?;
        let in_media = model
            .media
            .iter()
            .filter(|it| it.cell(measure).is_some())
            .count();
        let value = match is_one || in_media < 2 || measure.unit() == FigureUnit::Count {
            true => Value::of(measure.unit(), cell.value),
            false => Value::Empty,
        };
        sheet.value(row, column, &value, RowStyle::Body)?;
        let reason = lines::reason(cell).map_or(Value::Empty, Value::text);
        sheet.value(row, column + 1, &reason, RowStyle::Body)?;
    }
    sheet.head(HEAD, column, "All")?;
    sheet.head(HEAD, column + 1, "Why there is no value")?;
    let behind = HEAD + 3 + model.headline.len() as u32;
    let metrics = model.other_metrics();
    others(&mut sheet, &metrics, behind)?;
    sheet.print_upright(behind + metrics.len() as u32);
    sheet.sheet.set_row_height(HEAD, 30)?;
    sheet.sheet.set_freeze_panes(HEAD + 1, 1)?;
    sheet.finish()
}

/// Metrics that no figure shows.
fn others(
    sheet: &mut super::sheet::ReportSheet<'_>,
    others: &[[String; 5]],
    row: u32,
) -> Result<(), XlsxError> {
    if others.is_empty() {
        return Ok(());
    }
    for (column, head) in (0..).zip(words::OTHER) {
        sheet.head(row, column, head)?;
    }
    for (at, line) in (row + 1..).zip(others) {
        for (column, text) in (0..).zip(line) {
            let value = match column {
                0 => Value::text(text),
                _ => Value::read(text),
            };
            let mut format = sheet.styles.of(&value, RowStyle::Body);
            if column > 0 {
                format = format.set_align(FormatAlign::Right);
            }
            sheet.put(at, column, &value, &format)?;
        }
    }
    Ok(())
}

/// The entities of summaries.
pub(super) fn entities(
    sheet: &mut super::sheet::ReportSheet<'_>,
    model: &crate::report::model::Model,
    row: u32,
) -> Result<(), XlsxError> {
    /// The last row of a sheet.
    const LAST: u32 = 1_048_575;
    if model.entities().is_empty() {
        return Ok(());
    }
    for (column, head) in (0..).zip(["Entity", "Metric", "Value"]) {
        sheet.head(row, column, head)?;
    }
    let lines = model.entities().iter().flat_map(|entity| {
        let lines = entity.lines.iter();
        lines.map(move |line| [&entity.title, &line.label, &line.text])
    });
    for (at, line) in (row + 1..=LAST).zip(lines) {
        for (column, text) in (0..).zip(line) {
            let value = match column {
                2 => Value::read(text),
                _ => Value::text(text),
            };
            sheet.value(at, column, &value, RowStyle::Body)?;
        }
    }
    Ok(())
}
