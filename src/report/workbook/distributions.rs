//! The sheet of distributions, one below the other.

use rust_xlsxwriter::{Color, ConditionalFormatDataBar, XlsxError};

use crate::model::catalog::figure::FigureUnit;

use super::sheet::ReportBook;
use super::style::RowStyle;
use super::value::Value;

pub fn write(book: &mut ReportBook<'_>) -> Result<(), XlsxError> {
    let model = book.model;
    if model.distributions.is_empty() {
        return Ok(());
    }
    let section = book.styles.section.clone();
    let mut sheet = book.sheet("Distributions", "Distributions", false)?;
    let mut row = 2;
    for distribution in &model.distributions {
        for column in 0..3 {
            sheet.sheet.write_blank(row, column, &section)?;
        }
        sheet.format(row, 0, &distribution.heading(), &section)?;
        row += 1;
        let amount = match distribution.unit {
            FigureUnit::Time => "Time",
            _ => "Number",
        };
        for (column, head) in (0..).zip(["Value", amount, "Share"]) {
            sheet.head(row, column, head)?;
        }
        let first = row + 1;
        row = first;
        for share in &distribution.shares {
            let percent = share.percent.map(|it| it.approximate() / 100.0);
            sheet.value(
                row,
                0,
                &Value::text(distribution.name(share)),
                RowStyle::Body,
            )?;
            let value = Value::of(distribution.unit, Some(share.value));
            sheet.value(row, 1, &value, RowStyle::Body)?;
            let percent = percent.map_or(Value::Empty, Value::Share);
            sheet.value(row, 2, &percent, RowStyle::Body)?;
            row += 1;
        }
        let bar = ConditionalFormatDataBar::new()
            .set_fill_color(Color::RGB(0xA9C7E6))
            .set_solid_fill(true)
            .set_border_off(true);
        sheet
            .sheet
            .add_conditional_format(first, 2, row - 1, 2, &bar)?;
        row += 1;
    }
    sheet.widen(2, 20);
    sheet.print_upright(row);
    sheet.finish()
}
