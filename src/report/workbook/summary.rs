//! The first sheet: title, notes, the headline figures of each media type, and charts.

use rust_xlsxwriter::{FormatAlign, XlsxError};

use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::Quotient;
use crate::report::model::Model;
use crate::report::model::cell::Cell;
use crate::report::model::headline;
use crate::report::model::measure::Measure;
use crate::report::model::media::{MediaFigures, Targets};
use crate::report::{lines, nothing};

use super::chart;
use super::days::DayRanges;
use super::sheet::{ReportBook, ReportSheet};
use super::style::{MET, MISSED, RowStyle, colored};
use super::value::Value;

/// The columns that the charts go over, and how wide they are: with other widths the charts would
/// not fit.
const COLUMNS: u16 = 16;
const WIDTH: f64 = 10.0;
/// The width of such a column in pixels.
const PIXELS: u32 = 75;
const FIRST_WIDTH: f64 = 13.0;
const FIRST_PIXELS: u32 = 96;
/// The width of the names of entities.
const ENTITY_WIDTH: f64 = 52.0;
/// The most media types with charts.
const CHARTED: usize = 3;
/// Rows below a chart, of 20 pixels.
const CHART_ROWS: u32 = 15;

/// The figures of the headline with their titles.
const FIGURES: [(&str, &str); 8] = [
    ("Offered", "Offered"),
    ("Handled", "Handled"),
    ("Answered %", "Answered %"),
    ("Abandoned %", "Abandoned %"),
    ("Service level", "Service level"),
    ("ASA", "Speed of answer (ASA)"),
    ("AHT", "Handle time (AHT)"),
    ("Occupancy", "Occupancy"),
];

/// The content of a column of the headline.
enum HeadlineColumn {
    Period,
    Target,
    Change,
    /// Number of queues that meet their target.
    Queues,
}

/// A figure with its columns.
struct HeadlineGroup {
    title: String,
    measure: Measure,
    columns: Vec<(String, HeadlineColumn)>,
}

pub fn write(book: &mut ReportBook<'_>, days: Option<&DayRanges>) -> Result<(), XlsxError> {
    let model = book.model;
    let (soft, note) = (book.styles.soft.clone(), book.styles.note.clone());
    let title = lines::title(model);
    let mut sheet = book.sheet("Summary", &title, false)?;
    let mut period = vec![lines::period(model), lines::content(model)];
    period.extend(lines::comparison(model));
    period.retain(|part| !part.is_empty());
    sheet.format(1, 0, &period.join("  ·  "), &soft)?;
    let mut row = 3;
    let mut notes = model.notes.clone();
    if model.is_empty() {
        notes.insert(0, nothing(&model.report).to_owned());
    }
    for text in &notes {
        let text = super::sheet::fitting(text);
        sheet
            .sheet
            .merge_range(row, 0, row, COLUMNS, &text, &note)?;
        // About 150 characters fit a line.
        let rows = text.chars().count() as u32 / 150 + 1;
        sheet.sheet.set_row_height(row, f64::from(rows * 15 + 3))?;
        row += 1;
    }
    row += u32::from(!notes.is_empty());
    row = headline(&mut sheet, model, row)?;
    super::figures::entities(&mut sheet, model, row)?;
    if let Some(days) = days {
        charts(&mut sheet, model, days, row)?;
    }
    sheet.sheet.set_print_fit_to_pages(1, 1);
    let (first, others) = match model.entities().is_empty() {
        true => (FIRST_WIDTH, WIDTH),
        false => (ENTITY_WIDTH, ENTITY_WIDTH / 2.0),
    };
    sheet.sheet.set_column_width(0, first)?;
    for column in 1..=COLUMNS {
        sheet.sheet.set_column_width(column, others)?;
    }
    Ok(())
}

/// The groups of columns of the headline.
fn groups(model: &Model) -> Vec<HeadlineGroup> {
    let has = |measure: &Measure| model.media.iter().any(|it| it.cell(measure).is_some());
    let known = FIGURES.iter().filter_map(|(name, title)| {
        let measure = Measure::key(name).filter(|it| has(it))?;
        Some((measure, (*title).to_owned()))
    });
    let mut shown: Vec<(Measure, String)> = known.collect();
    shown.sort_by_key(|(measure, _)| headline::place(measure));
    // "Handled" is for data that has nothing offered.
    if shown.iter().any(|(_, title)| title == "Offered") {
        shown.retain(|(_, title)| title != "Handled");
    }
    if shown.is_empty() {
        let others = model.headline.iter().take(COLUMNS as usize / 2);
        shown = others.map(|(it, _)| (it.clone(), it.label())).collect();
    }
    let groups = shown.into_iter().map(|(measure, title)| {
        let mut columns = vec![("Period".to_owned(), HeadlineColumn::Period)];
        let cells = model.media.iter().filter_map(|it| it.cell(&measure));
        let is_level = title == "Service level";
        let has_targets = is_level && model.media.iter().any(|it| it.targets.is_some());
        if has_targets || cells.clone().any(|cell| cell.target.is_some()) {
            columns.push(("Target".to_owned(), HeadlineColumn::Target));
        }
        if model.is_compared() {
            let head = match measure.unit() {
                FigureUnit::Share => "Change, percentage points",
                _ => "Change",
            };
            columns.push((head.to_owned(), HeadlineColumn::Change));
        }
        if has_targets {
            columns.push(("Queues at target".to_owned(), HeadlineColumn::Queues));
        }
        HeadlineGroup {
            title,
            measure,
            columns,
        }
    });
    groups.collect()
}

/// The table of headline figures; returns the row behind it.
fn headline(sheet: &mut ReportSheet<'_>, model: &Model, row: u32) -> Result<u32, XlsxError> {
    let groups = groups(model);
    if groups.is_empty() {
        return Ok(row);
    }
    let second = sheet.styles.second_head.clone();
    let head = sheet.styles.head.clone();
    sheet.format(row, 0, "", &head)?;
    sheet.format(row + 1, 0, "Media type", &second)?;
    let mut column = 1;
    for group in &groups {
        let last = column + group.columns.len() as u16 - 1;
        match last > column {
            true => {
                sheet
                    .sheet
                    .merge_range(row, column, row, last, &group.title, &head)?;
            }
            false => sheet.format(row, column, &group.title, &head)?,
        }
        for (at, (text, _)) in (column..).zip(&group.columns) {
            sheet.format(row + 1, at, text, &second)?;
        }
        column = last + 1;
    }
    // A title above one column has three lines.
    let (first, second) = match model.is_compared() {
        true => (28, 44),
        false => (42, 30),
    };
    sheet.sheet.set_row_height(row, first)?;
    sheet.sheet.set_row_height(row + 1, second)?;
    let mut at = row + 2;
    for media in &model.media {
        let name = Value::Text(media.title());
        let format = sheet.styles.of(&name, RowStyle::Headline).set_bold();
        sheet.put(at, 0, &name, &format)?;
        let mut column = 1;
        for group in &groups {
            let cell = media.cell(&group.measure).copied().unwrap_or_default();
            for (_, kind) in &group.columns {
                self::cell(sheet, (at, column), (group, kind), (media, &cell))?;
                column += 1;
            }
        }
        at += 1;
        at += earlier(sheet, at, &groups, media)?;
    }
    let is_of_media = |measure: &Measure| model.media.iter().any(|it| it.cell(measure).is_some());
    if model.media.len() > 1 || !groups.iter().all(|it| is_of_media(&it.measure)) {
        sheet.value(at, 0, &Value::text("All"), RowStyle::Total)?;
        let mut column = 1;
        for group in &groups {
            let total = model.headline.iter().find(|(it, _)| *it == group.measure);
            let total = total.filter(|(it, _)| it.unit() == FigureUnit::Count || !is_of_media(it));
            for (_, kind) in &group.columns {
                let value = match (kind, total) {
                    (HeadlineColumn::Period, Some((it, cell))) => Value::of(it.unit(), cell.value),
                    (HeadlineColumn::Change, Some((it, cell))) => {
                        Value::change(it.unit(), cell.change.as_ref())
                    }
                    _ => Value::Empty,
                };
                sheet.value(at, column, &value, RowStyle::Total)?;
                column += 1;
            }
        }
        at += 1;
    }
    let soft = sheet.styles.soft.clone().set_italic();
    let caption = "Shares and times of different media types are not joined. ASA and AHT are averages per interaction; sheet About has the formulas.";
    sheet.format(at, 0, caption, &soft)?;
    Ok(at + 2)
}

/// Writes the figures of the days that both periods have below those of a media type, if these days are fewer, and
/// then the earlier figures, if there are any. Returns the number of rows.
fn earlier(
    sheet: &mut ReportSheet<'_>,
    row: u32,
    groups: &[HeadlineGroup],
    media: &MediaFigures,
) -> Result<u32, XlsxError> {
    let values = |of: &dyn Fn(&Measure, &Cell) -> Option<Quotient>| {
        let mut column = 1;
        let mut values = Vec::new();
        for group in groups {
            let found = media.cell(&group.measure);
            let found = found.and_then(|cell| of(&group.measure, cell));
            let value = Value::of(group.measure.unit(), found);
            values.extend((value != Value::Empty).then_some((column, value)));
            column += group.columns.len() as u16;
        }
        values
    };
    let is_fewer = |measure: &Measure, cell: &Cell| lines::same_days(measure, cell).is_some();
    let now = values(&|measure, cell| {
        let change = cell.change.filter(|_| is_fewer(measure, cell));
        change.and_then(|it| it.now)
    });
    let before = values(&|_, cell| cell.change.and_then(|it| it.before));
    let rows = [("Same days", now), ("Before", before)];
    let rows = rows.into_iter().filter(|(_, values)| !values.is_empty());
    let mut written = 0;
    for (name, values) in rows {
        sheet.value(row + written, 0, &Value::text(name), RowStyle::Body)?;
        for (column, value) in &values {
            sheet.value(row + written, *column, value, RowStyle::Body)?;
        }
        written += 1;
    }
    Ok(written)
}

fn cell(
    sheet: &mut ReportSheet<'_>,
    (row, column): (u32, u16),
    (group, kind): (&HeadlineGroup, &HeadlineColumn),
    (media, cell): (&MediaFigures, &Cell),
) -> Result<(), XlsxError> {
    let unit = group.measure.unit();
    let value = match kind {
        HeadlineColumn::Period => Value::of(unit, cell.value),
        HeadlineColumn::Target => match (Value::target(cell), &media.targets) {
            (Value::Empty, Some(targets)) if cell.value.is_some() => Value::Text(targets.range()),
            (value, _) => value,
        },
        HeadlineColumn::Change => Value::change(unit, cell.change.as_ref()),
        HeadlineColumn::Queues => match media.targets {
            Some(Targets { met, all, .. }) => Value::Text(format!("{met} of {all}")),
            None => Value::Empty,
        },
    };
    let mut format = sheet.styles.of(&value, RowStyle::Headline);
    if matches!(kind, HeadlineColumn::Period) {
        let is_met = match group.title == "Service level" {
            true => media.meets_targets(cell),
            false => cell.meets_target(),
        };
        format = match is_met {
            Some(true) => colored(format, MET).set_bold(),
            Some(false) => colored(format, MISSED).set_bold(),
            None => format,
        };
    }
    if matches!(value, Value::Text(_)) {
        format = format.set_font_size(10).set_align(FormatAlign::Right);
    }
    sheet.put(row, column, &value, &format)
}

/// The charts of the media types with the greatest volume.
fn charts(
    sheet: &mut ReportSheet<'_>,
    model: &Model,
    days: &DayRanges,
    mut row: u32,
) -> Result<(), XlsxError> {
    let section = sheet.styles.section.clone();
    let charted = days.ranges.iter().filter_map(|(at, first, count)| {
        let media = model.media.get(*at)?;
        let charts = chart::all(days, media, (*first, *count));
        (!charts.is_empty()).then_some((media, charts))
    });
    let charted: Vec<_> = charted.collect();
    let others = charted.iter().skip(CHARTED).map(|(media, _)| media.title());
    let others: Vec<String> = others.collect();
    for (media, charts) in charted.iter().take(CHARTED) {
        for column in 0..=COLUMNS {
            sheet.sheet.write_blank(row, column, &section)?;
        }
        sheet.format(row, 0, &media.title(), &section)?;
        for (place, chart) in (0..).zip(charts) {
            // The first column is wider.
            let left = place * (chart::WIDTH + 12);
            let (column, offset) = match left.checked_sub(FIRST_PIXELS) {
                None => (0, left),
                Some(left) => (1 + (left / PIXELS) as u16, left % PIXELS),
            };
            sheet
                .sheet
                .insert_chart_with_offset(row + 1, column, chart, offset, 6)?;
        }
        row += CHART_ROWS;
    }
    if !others.is_empty() {
        let soft = sheet.styles.soft.clone();
        let text = format!(
            "Charts show the {CHARTED} media types with the greatest volume. The sheet {} has the figures of {}.",
            days.name,
            others.join(", ")
        );
        sheet.format(row, 0, &text, &soft)?;
    }
    Ok(())
}
