//! A sheet for each table of rows: queues, agents, wrap-up codes and others.

use std::collections::HashSet;

use rust_xlsxwriter::{
    Color, ConditionalFormatDataBar, ConditionalFormatFormula, Format, Formula, Sparkline,
    SparklineType, Table, TableColumn, TableFunction, TableStyle, Worksheet, XlsxError,
    column_number_to_name,
};

use crate::report::lines;
use crate::report::model::Model;
use crate::report::model::rows::{Row, RowTable};

use super::sheet::{ReportBook, ReportSheet};
use super::style::{MET, MISSED, RowStyle};
use super::value::Value;
use crate::report::column::{Beside, Column, columns};

const HEAD: u32 = 2;
const FIRST: u32 = HEAD + 1;
/// A sheet with more cells is written row by row, and has a filter instead of a table.
const MOST_CELLS: usize = 250_000;
/// The last row of a sheet.
const LAST: u32 = 1_048_575;
/// The width of sparklines, in characters.
const TREND: usize = 22;
/// The color of bars.
const BARS: u32 = 0x2F6DB5;
/// The room of totals below the rows.
const ROOM: u32 = 64;

pub fn write(book: &mut ReportBook<'_>) -> Result<(), XlsxError> {
    let model = book.model;
    let mut used = HashSet::new();
    for table in model.tables().filter(|table| !table.measures().is_empty()) {
        let title = lines::sheet_title(table);
        let mut rows = table.rows_by_media().peekable();
        // A sheet ends: the rows go on in the next one.
        while rows.peek().is_some() {
            let room = (LAST - FIRST - ROOM) as usize;
            let name = book.names.of(&title);
            let table_name = identifier(&name);
            let table_name = unused(&mut used, &table_name, |at| format!("{table_name}_{at}"));
            let names = (&*name, &*title, &*table_name);
            self::table(book, table, names, &mut rows.by_ref().take(room))?;
        }
    }
    Ok(())
}

fn table(
    book: &mut ReportBook<'_>,
    table: RowTable<'_>,
    (name, title, table_name): (&str, &str, &str),
    rows: &mut dyn Iterator<Item = Row>,
) -> Result<(), XlsxError> {
    let model = book.model;
    let totals = table.totals();
    // Agents have no changes if the other inputs have no agents.
    let is_compared = |row: Row| {
        let mut changes = row.cells.iter().filter_map(|cell| cell.change);
        changes.any(|change| change.before.is_some())
    };
    let beside = Beside {
        parts: totals.iter().any(|row| row.parts.talk.is_some()),
        targets: true,
        changes: model.is_compared() && table.rows().any(is_compared),
        before: false,
        same_days: false,
    };
    let figures = columns(table.measures(), beside);
    let mut heads = lines::headings(table);
    let names = heads.len();
    heads.extend(figures.iter().map(Column::head));
    let points = table.trend_points() as u16;
    let is_large = table.len() * (heads.len() + usize::from(points)) > MOST_CELLS;
    let points = if is_large { 0 } else { points };
    if points > 0 {
        heads.push("Volume over time".to_owned());
    }
    let heads = distinct(heads);
    let soft = book.styles.soft.clone();
    let mut sheet = book.sheet(name, title, is_large)?;
    sheet.format(
        1,
        0,
        "One row for each group. The total of counts follows the filter.",
        &soft,
    )?;
    for (column, head) in (0..).zip(&heads) {
        sheet.head(HEAD, column, head)?;
    }
    sheet.sheet.set_row_height(HEAD, head_height(model))?;
    let mut sums = vec![0.0; figures.len()];
    let last = (heads.len() - 1) as u16;
    let mut at = FIRST;
    for row in rows {
        for (column, name) in (0..).zip(lines::names(model, table, &row)) {
            sheet.value(at, column, &Value::Text(name), RowStyle::Body)?;
        }
        for ((column, figure), sum) in (names as u16..).zip(&figures).zip(&mut sums) {
            let value = Value::in_column(figure, &row.cells, &row.parts);
            if let Value::Count(number) = value {
                *sum += number;
            }
            sheet.value(at, column, &value, RowStyle::Body)?;
        }
        if let Some(values) = table.trend(&row).filter(|_| points > 0) {
            sparkline(sheet.sheet, name, (at, last), values)?;
        }
        at += 1;
    }
    if points > 0 {
        sheet.widen(last, TREND);
    }
    for column in last + 1..=last + points {
        sheet.sheet.set_column_hidden(column)?;
    }
    let end = at.saturating_sub(1).max(FIRST);
    let sums = match totals.is_empty() {
        true => None,
        false => Some(sums.as_slice()),
    };
    match is_large {
        true => {
            sheet.sheet.autofilter(HEAD, 0, end, last)?;
        }
        false => {
            let excel = excel_table(&sheet, table_name, &heads, (names, &figures, sums), end);
            let with_total = u32::from(sums.is_some());
            sheet
                .sheet
                .add_table(HEAD, 0, end + with_total, last, &excel)?;
            for column in (0..=last).filter(|_| sums.is_some()) {
                let style = sheet.styles.of(&Value::Count(0.0), RowStyle::Total);
                sheet.sheet.set_cell_format(end + 1, column, &style)?;
            }
        }
    }
    conditions(&mut sheet, &figures, names, (FIRST, end))?;
    bars(&mut sheet, &figures, names, (FIRST, end))?;
    for (line, row) in (end + 3..).zip(&totals) {
        let all = lines::names(model, table, row);
        for (column, name) in (0..).zip(&all) {
            sheet.value(line, column, &Value::text(name), RowStyle::Total)?;
        }
        for (column, figure) in (names as u16..).zip(&figures) {
            let value = Value::in_column(figure, &row.cells, &row.parts);
            sheet.value(line, column, &value, RowStyle::Total)?;
        }
    }
    sheet.sheet.set_freeze_panes(FIRST, 1)?;
    sheet.sheet.set_repeat_rows(HEAD, HEAD)?;
    sheet.finish_table(names as u16)
}

/// A sparkline in a cell; its values are in the hidden columns behind it.
fn sparkline(
    sheet: &mut Worksheet,
    name: &str,
    (row, column): (u32, u16),
    values: &[Option<f64>],
) -> Result<(), XlsxError> {
    for (at, value) in (column + 1..).zip(values) {
        if let Some(value) = value {
            sheet.write_number(row, at, *value)?;
        }
    }
    let end = column + values.len() as u16;
    let line = Sparkline::new()
        .set_range((name, row, column + 1, row, end))
        .set_type(SparklineType::Column)
        .set_sparkline_color(Color::RGB(BARS))
        .set_custom_min(0.0)
        .show_hidden_data(true);
    sheet.add_sparkline(row, column, &line)?;
    Ok(())
}

/// Heads that differ: a table has no two of the same name.
fn distinct(heads: Vec<String>) -> Vec<String> {
    let mut used = HashSet::new();
    let heads = heads.iter();
    let heads = heads.map(|head| unused(&mut used, head, |at| format!("{head} ({at})")));
    heads.collect()
}

/// Returns the name, or a numbered one where the name is used: Excel does not distinguish cases.
fn unused(used: &mut HashSet<String>, name: &str, numbered: impl Fn(u32) -> String) -> String {
    let mut own = name.to_owned();
    let mut number = 2;
    while !used.insert(own.to_lowercase()) {
        own = numbered(number);
        number += 1;
    }
    own
}

/// A name for the table of a sheet: letters, digits and underscores.
fn identifier(name: &str) -> String {
    let letters = name
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it } else { '_' });
    format!("T_{}_table", letters.collect::<String>())
}

/// The height of a row of heads: those of changes have more lines.
pub fn head_height(model: &Model) -> u32 {
    if model.is_compared() { 56 } else { 30 }
}

pub fn table_style() -> TableStyle {
    TableStyle::Light1
}

/// A table with a row of totals, which follow the filter.
fn excel_table(
    sheet: &ReportSheet<'_>,
    name: &str,
    heads: &[String],
    (names, figures, sums): (usize, &[Column], Option<&[f64]>),
    end: u32,
) -> Table {
    let column = |(at, head): (usize, &String)| {
        let column = TableColumn::new()
            .set_header(head)
            .set_header_format(&sheet.styles.head);
        let Some(sums) = sums else { return column };
        if at == 0 {
            return column.set_total_label("Visible rows");
        }
        let figure = at
            .checked_sub(names)
            .and_then(|at| Some((figures.get(at)?, sums.get(at)?)));
        match figure {
            Some((figure, sum)) if figure.is_count() => {
                let letters = column_number_to_name(at as u16);
                let formula = format!("=SUBTOTAL(109,{letters}{}:{letters}{})", FIRST + 1, end + 1);
                let formula = Formula::new(formula).set_result(sum.to_string());
                column.set_total_function(TableFunction::Custom(formula))
            }
            _ => column,
        }
    };
    let columns: Vec<TableColumn> = heads.iter().enumerate().map(column).collect();
    Table::new()
        .set_columns(&columns)
        .set_style(table_style())
        .set_banded_rows(false)
        .set_total_row(sums.is_some())
        .set_name(name)
}

/// Colors service levels by their targets.
pub fn conditions(
    sheet: &mut ReportSheet<'_>,
    columns: &[Column],
    names: usize,
    (first, last): (u32, u32),
) -> Result<(), XlsxError> {
    let targets = columns.iter().enumerate();
    for (at, column) in targets {
        let Column::Target(_) = column else { continue };
        let target = (names + at) as u16;
        let Some(level) = target.checked_sub(1) else {
            continue;
        };
        let (a, b) = (column_number_to_name(level), column_number_to_name(target));
        let row = first + 1;
        for (sign, (text, fill)) in [(">=", MET), ("<", MISSED)] {
            let rule =
                format!("=AND(ISNUMBER(${a}{row}),ISNUMBER(${b}{row}),${a}{row}{sign}${b}{row})");
            let look = Format::new()
                .set_font_color(Color::RGB(text))
                .set_background_color(Color::RGB(fill));
            let rule = ConditionalFormatFormula::new()
                .set_rule(rule.as_str())
                .set_format(look);
            sheet
                .sheet
                .add_conditional_format(first, level, last, level, &rule)?;
        }
    }
    Ok(())
}

/// Bars behind the first count.
fn bars(
    sheet: &mut ReportSheet<'_>,
    columns: &[Column],
    names: usize,
    (first, last): (u32, u32),
) -> Result<(), XlsxError> {
    let Some(at) = columns.iter().position(Column::is_count) else {
        return Ok(());
    };
    let bar = ConditionalFormatDataBar::new()
        .set_fill_color(Color::RGB(0xA9C7E6))
        .set_solid_fill(true)
        .set_border_off(true);
    let column = (names + at) as u16;
    sheet
        .sheet
        .add_conditional_format(first, column, last, column, &bar)?;
    Ok(())
}
