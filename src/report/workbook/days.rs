//! The sheet of days: a row for each day of each media type.

use rust_xlsxwriter::{FormatAlign, Table, TableColumn, XlsxError};

use crate::report::lines;
use crate::report::model::Model;
use crate::report::model::cell::Cell;
use crate::report::model::measure::{HandleParts, Measure};
use crate::report::model::media::MediaFigures;
use crate::report::model::series::{Point, Series};

use super::rows::{conditions, head_height, table_style};
use super::sheet::{ReportBook, ReportSheet};
use super::style::{MET, MISSED, RowStyle, colored};
use super::value::Value;
use crate::report::column::{Beside, Column, columns};

/// The row of the head, and the first row below it.
pub const HEAD: u32 = 2;
pub const FIRST: u32 = HEAD + 1;
/// Media type, date and note: each printed page has them.
const NAMES: usize = 3;

/// Positions of the figures in the sheet of days.
#[derive(Debug)]
pub struct DayRanges {
    pub name: &'static str,
    measures: Vec<Measure>,
    pub columns: Vec<Column>,
    /// The rows of each media type: its place, the first row and how many.
    pub ranges: Vec<(usize, u32, u32)>,
}

impl DayRanges {
    /// The column of a figure.
    pub fn column(&self, is: impl Fn(&Column) -> bool) -> Option<u16> {
        let at = self.columns.iter().position(is)?;
        u16::try_from(at + NAMES).ok()
    }

    pub fn figure(&self, measure: &Measure) -> Option<u16> {
        self.column(|it| matches!(it, Column::Figure(own, _) if own == measure))
    }
}

/// The table of days; nothing where no interval has a time.
pub fn layout(model: &Model) -> Option<DayRanges> {
    let first = model.media.iter().find_map(|it| it.days.as_ref())?;
    let name = match first.period.as_str() {
        "1 day" => "Days",
        "1 hour" => "Day",
        "1 week" => "Weeks",
        "1 month" => "Months",
        _ => "Intervals",
    };
    let mut measures: Vec<Measure> = Vec::new();
    let mut ranges = Vec::new();
    let mut row = FIRST;
    let (mut parts, mut targets, mut same_days) = (false, false, false);
    for (at, media) in model.media.iter().enumerate() {
        let Some(days) = &media.days else { continue };
        for (measure, place) in days.measures.iter().zip(0..) {
            let mut cells = days.points.iter().filter_map(|it| it.cells.get(place));
            if cells.any(|cell| cell.value.is_some()) && !measures.contains(measure) {
                measures.push(measure.clone());
            }
        }
        let points = days.points.iter();
        targets |= points
            .clone()
            .flat_map(|it| &it.cells)
            .any(|it| it.target.is_some());
        parts |= points.clone().any(|it| it.parts.talk.is_some());
        let weeks = media
            .weeks()
            .flat_map(|it| it.series.measures.iter().zip(&it.point.cells));
        let totals = media.headline.iter().map(|(measure, cell)| (measure, cell));
        same_days |= weeks
            .chain(totals)
            .any(|(measure, cell)| lines::same_days(measure, cell).is_some());
        let count = u32::try_from(days.points.len()).ok()?;
        ranges.push((at, row, count));
        row += count;
    }
    Some(DayRanges {
        name,
        columns: columns(
            &measures,
            Beside {
                parts,
                targets,
                changes: model.is_compared(),
                before: model.is_compared(),
                same_days,
            },
        ),
        measures,
        ranges,
    })
}

/// The note of a point without data, or with incomplete figures.
fn note(point: &Point) -> String {
    match (point.is_missing, point.mark(), point.is_incomplete) {
        (true, ..) => "no data".to_owned(),
        (_, mark, true) if mark.is_empty() => "not ended when the report was written".to_owned(),
        (_, mark, _) => mark,
    }
}

/// Cells in the order of the table.
fn cells(table: &DayRanges, series: &Series, point: &Point) -> Vec<Cell> {
    let cells = table.measures.iter().map(|measure| {
        let place = series.place(measure);
        let cell = place.and_then(|at| point.cells.get(at));
        cell.copied().unwrap_or_default()
    });
    cells.collect()
}

/// Writes the figures of a row. Where queues have different targets, their range is the target.
fn figures(
    sheet: &mut ReportSheet<'_>,
    row: u32,
    (table, media): (&DayRanges, &MediaFigures),
    (cells, parts): (&[Cell], &HandleParts),
    style: RowStyle,
) -> Result<(), XlsxError> {
    let level = |column: &Column| match column {
        Column::Figure(measure, at) if measure.label() == "Service level" => cells.get(*at),
        Column::Target(at) => cells.get(*at),
        _ => None,
    };
    for (column, it) in (NAMES as u16..).zip(&table.columns) {
        let mut value = Value::in_column(it, cells, parts);
        let level = level(it).filter(|cell| cell.value.is_some() && cell.target.is_none());
        if let (Some(targets), Column::Target(_), Some(_)) = (&media.targets, it, level) {
            value = Value::text(targets.range());
        }
        let mut format = sheet.styles.of(&value, style);
        format = match level.and_then(|cell| media.meets_targets(cell)) {
            _ if matches!(value, Value::Text(_)) => format.set_align(FormatAlign::Right),
            Some(true) => colored(format, MET),
            Some(false) => colored(format, MISSED),
            None => format,
        };
        sheet.put(row, column, &value, &format)?;
    }
    Ok(())
}

pub fn write(book: &mut ReportBook<'_>, table: &DayRanges) -> Result<(), XlsxError> {
    let model = book.model;
    let soft = book.styles.soft.clone();
    let mut sheet = book.sheet(table.name, table.name, false)?;
    let clock = lines::clock(model);
    let mut caption = format!("{clock}. Times and shares of different media types are not joined.");
    if table
        .columns
        .iter()
        .any(|it| matches!(it, Column::SameDays(..)))
    {
        caption.push_str(" Totals and weeks are compared on the days that both periods have.");
    }
    sheet.format(1, 0, &caption, &soft)?;
    let date = match table.name {
        "Days" => "Date",
        "Day" | "Intervals" => "Start",
        _ => "Begins on",
    };
    let mut heads = ["Media type", date, "Note"].map(str::to_owned).to_vec();
    heads.extend(table.columns.iter().map(Column::head));
    let last = (heads.len() - 1) as u16;
    let mut row = FIRST;
    for (at, _, _) in &table.ranges {
        let Some(media) = model.media.get(*at) else {
            continue;
        };
        let Some(days) = &media.days else { continue };
        for point in &days.points {
            let style = match point.is_missing {
                true => RowStyle::Missing,
                false => RowStyle::Body,
            };
            sheet.value(row, 0, &Value::text(media.title()), style)?;
            sheet.value(
                row,
                1,
                &Value::date(point.local, table.name != "Day"),
                style,
            )?;
            let cells = cells(table, days, point);
            figures(
                &mut sheet,
                row,
                (table, media),
                (&cells, &point.parts),
                style,
            )?;
            let note = match note(point) {
                note if note.is_empty() => Value::Empty,
                note => Value::text(note),
            };
            sheet.value(row, 2, &note, style)?;
            row += 1;
        }
    }
    let end = row.saturating_sub(1).max(FIRST);
    for (column, head) in (0..).zip(&heads) {
        sheet.head(HEAD, column, head)?;
    }
    let columns = heads.iter().map(|head| {
        TableColumn::new()
            .set_header(head)
            .set_header_format(&sheet.styles.head)
    });
    let columns: Vec<TableColumn> = columns.collect();
    let excel = Table::new()
        .set_columns(&columns)
        .set_style(table_style())
        .set_name(format!("{}_table", table.name));
    sheet.sheet.add_table(HEAD, 0, end, last, &excel)?;
    conditions(&mut sheet, &table.columns, NAMES, (FIRST, end))?;
    totals(&mut sheet, model, table, end + 2)?;
    sheet.sheet.set_row_height(HEAD, head_height(model))?;
    sheet.sheet.set_freeze_panes(FIRST, NAMES as u16)?;
    sheet.sheet.set_repeat_rows(HEAD, HEAD)?;
    sheet.widen(2, 12);
    sheet.finish_table(NAMES as u16)
}

/// Rows for the weeks of each media type and for its totals, which are computed from the sums of all
/// intervals.
fn totals(
    sheet: &mut ReportSheet<'_>,
    model: &Model,
    table: &DayRanges,
    from: u32,
) -> Result<(), XlsxError> {
    let mut row = from;
    for media in table.ranges.iter().filter_map(|it| model.media.get(it.0)) {
        let mut line = |title: &str, cells: &[Cell], parts, style| {
            sheet.value(row, 0, &Value::text(media.title()), style)?;
            sheet.value(row, 1, &Value::text(title), style)?;
            sheet.value(row, 2, &Value::Empty, style)?;
            figures(sheet, row, (table, media), (cells, parts), style)?;
            row += 1;
            Ok::<(), XlsxError>(())
        };
        for week in media.weeks() {
            let title = format!("{}, {}", week.title, week.days);
            let cells = cells(table, week.series, week.point);
            line(&title, &cells, &week.point.parts, RowStyle::Body)?;
        }
        let cells = table.measures.iter();
        let cells = cells.map(|it| media.cell(it).copied().unwrap_or_default());
        let cells: Vec<Cell> = cells.collect();
        line("Total", &cells, &media.parts, RowStyle::Total)?;
    }
    Ok(())
}
