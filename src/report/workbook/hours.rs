//! The sheet of weekdays and hours: volume and service level of each media type.

use rust_xlsxwriter::{
    Color, ConditionalFormat2ColorScale, ConditionalFormat3ColorScale, ConditionalFormatType,
    FormatAlign, XlsxError, column_number_to_name,
};

use crate::model::catalog::figure::FigureUnit;
use crate::report::lines;
use crate::report::model::matrix::{DAYS, Matrix};
use crate::report::model::media::MediaFigures;

use super::sheet::{ReportBook, ReportSheet};
use super::style::{RowStyle, SOFT, base};
use super::value::Value;

/// Hours of a day.
const HOURS: u16 = 24;
/// The media types of a printed page.
const PAGE: usize = 2;
/// A service level of fewer interactions says little.
const FEW: f64 = 10.0;

pub fn write(book: &mut ReportBook<'_>) -> Result<(), XlsxError> {
    let model = book.model;
    if model.media.iter().all(|media| media.hours.is_empty()) {
        return Ok(());
    }
    let soft = book.styles.soft.clone();
    let section = book.styles.section.clone();
    let mut sheet = book.sheet("Hours", "Hours", false)?;
    let clock = lines::clock(model);
    sheet.format(
        1,
        0,
        &format!(
            "{clock}, by weekday and hour of the start. Counts are averages per day with data."
        ),
        &soft,
    )?;
    let mut row = 3;
    let mut breaks = Vec::new();
    let with_hours = model.media.iter().filter(|it| !it.hours.is_empty());
    for (number, media) in with_hours.enumerate() {
        if number > 0 && number % PAGE == 0 {
            breaks.push(row);
        }
        for matrix in &media.hours {
            let unit = match matrix.measure.unit() {
                FigureUnit::Count => "per day",
                _ => "of the hour",
            };
            for column in 0..=HOURS {
                sheet.sheet.write_blank(row, column, &section)?;
            }
            let title = format!("{}: {} {unit}", media.title(), matrix.measure.label());
            sheet.format(row, 0, &title, &section)?;
            row = map(&mut sheet, media, matrix, row + 1)? + 2;
        }
    }
    sheet.sheet.set_page_breaks(&breaks)?;
    for column in 1..=HOURS {
        sheet.sheet.set_column_width(column, 6)?;
    }
    sheet.sheet.set_column_width(0, 10)?;
    sheet.sheet.set_freeze_panes(0, 1)?;
    Ok(())
}

/// The target of a service level: the lowest, where queues have different ones.
fn target(media: &MediaFigures, matrix: &Matrix) -> Option<f64> {
    let own = media.cell(&matrix.measure).and_then(|cell| cell.target);
    let target = own.or(media.targets.map(|it| it.lowest))?;
    Some(target.approximate())
}

/// Returns true if a cell of a service level has few interactions.
fn is_few(media: &MediaFigures, (day, hour): (usize, usize)) -> bool {
    let mut all = media.hours.iter();
    let counts = all.find(|it| it.measure.unit() == FigureUnit::Count);
    let Some(counts) = counts else { return false };
    let value = counts.cells.get(day).and_then(|it| *it.get(hour)?);
    let days = counts.days.get(day).map_or(0.0, |days| *days as f64);
    value.map_or(0.0, |it| it.approximate()) * days < FEW
}

/// Writes one map and returns the row behind it.
fn map(
    sheet: &mut ReportSheet<'_>,
    media: &MediaFigures,
    matrix: &Matrix,
    row: u32,
) -> Result<u32, XlsxError> {
    let target = target(media, matrix);
    let head = sheet.styles.second_head.clone();
    sheet.format(row, 0, "Weekday", &head)?;
    for hour in 0..HOURS {
        sheet.format(row, hour + 1, &format!("{hour:02}"), &head)?;
    }
    let is_count = matrix.measure.unit() == FigureUnit::Count;
    let first = row + 1;
    let mut at = first;
    let mut scaled: Vec<String> = Vec::new();
    let all = DAYS.iter().zip(&matrix.cells).zip(matrix.days);
    for (number, ((day, cells), days)) in all.enumerate() {
        let style = match days {
            0 => RowStyle::Missing,
            _ => RowStyle::Body,
        };
        sheet.value(at, 0, &Value::text(*day), style)?;
        for (column, cell) in (1..).zip(cells) {
            let value = Value::of(matrix.measure.unit(), *cell);
            let format = match (&value, is_count) {
                (Value::Count(number), true) if *number >= 10.0 => "#,##0",
                (_, true) => "0.0",
                _ => "0 %",
            };
            let mut format = base().set_num_format(format).set_align(FormatAlign::Center);
            match !is_count && is_few(media, (number, usize::from(column) - 1)) {
                true => format = format.set_italic().set_font_color(Color::RGB(SOFT)),
                false => scaled.push(format!("{}{}", column_number_to_name(column), at + 1)),
            }
            sheet.put(at, column, &value, &format)?;
        }
        at += 1;
    }
    let last = at - 1;
    if is_count {
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum_color(Color::RGB(0xF7FAFD))
            .set_maximum_color(Color::RGB(0x8FBBE4));
        sheet
            .sheet
            .add_conditional_format(first, 1, last, HOURS, &scale)?;
    } else if let Some(target) = target.filter(|_| !scaled.is_empty()) {
        let scale = ConditionalFormat3ColorScale::new()
            .set_minimum(ConditionalFormatType::Number, (target - 0.3).max(0.0))
            .set_midpoint(ConditionalFormatType::Number, target)
            .set_maximum(ConditionalFormatType::Number, 1.0)
            .set_minimum_color(Color::RGB(0xF0A59B))
            .set_midpoint_color(Color::RGB(0xFFF4D6))
            .set_maximum_color(Color::RGB(0x9FD3B0))
            .set_multi_range(scaled.join(" "));
        sheet
            .sheet
            .add_conditional_format(first, 1, last, HOURS, &scale)?;
    }
    Ok(at)
}
