//! The tables of the page.

use askama::Template;

use crate::model::catalog::figure::FigureUnit;
use crate::report::column::{Beside, Column, columns};
use crate::report::lines;
use crate::report::model::Model;
use crate::report::model::cell::Cell;
use crate::report::model::distribution::Distribution;
use crate::report::model::matrix::{DAYS, Matrix};
use crate::report::model::measure::Measure;
use crate::report::model::rows::{Row, RowTable};
use crate::report::model::series::Series;
use crate::report::words;

/// The most media types with a switch of their own: so many the style knows.
pub const SWITCHED: usize = 8;

/// A row of the table of groups.
#[derive(Template)]
#[template(path = "report_row.html")]
struct RowTemplate {
    /// The class of its media type, where it is shown with it.
    class: Option<String>,
    name: String,
    /// The values of the other dimensions with their classes.
    others: Vec<(String, &'static str)>,
    cells: Vec<TableCell>,
}

struct TableCell {
    text: String,
    /// The sort key.
    sort: Option<String>,
    class: String,
    mark: &'static str,
    /// The mark in words.
    word: &'static str,
    /// The change, and its class.
    change: Option<(String, &'static str)>,
}

/// The class of a figure: only a target says what is good.
pub fn class(cell: &Cell) -> &'static str {
    match cell.meets_target() {
        Some(true) => "good",
        Some(false) => "bad",
        None => "",
    }
}

/// A figure with thousands separators.
pub fn text(measure: &Measure, cell: &Cell) -> String {
    separated(measure.unit(), lines::value(measure, cell))
}

/// A count with thousands separators.
pub fn separated(unit: FigureUnit, text: String) -> String {
    let digits = text.len() - text.bytes().take_while(|it| !it.is_ascii_digit()).count();
    let is_whole = text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    if unit != FigureUnit::Count || digits < 4 || !is_whole {
        return text;
    }
    let mut out = String::new();
    for (at, letter) in text.chars().enumerate() {
        let left = text.len() - at;
        if letter.is_ascii_digit()
            && left.is_multiple_of(3)
            && out.ends_with(|it: char| it.is_ascii_digit())
        {
            out.push(',');
        }
        out.push(letter);
    }
    out
}

/// The rows of one query.
pub struct GroupTable {
    pub title: String,
    pub heading: String,
    /// The heads of dimensions behind the first.
    pub first: String,
    pub others: Vec<(String, &'static str)>,
    /// The heads of figures with their classes.
    pub heads: Vec<(String, &'static str)>,
    /// True if rows are shown with the switch of their media type.
    pub is_by_media: bool,
    /// The table as HTML.
    pub rows: String,
    pub totals: String,
    /// Number of rows that did not fit.
    pub left_out: usize,
}

/// The tables of rows, of so many bytes at the most in all.
pub fn groups(model: &Model, most: usize) -> askama::Result<Vec<GroupTable>> {
    let mut left = most;
    let mut tables = Vec::new();
    for table in model.tables().filter(|table| !table.measures().is_empty()) {
        let totals = table.totals();
        let beside = Beside {
            parts: totals.iter().any(|row| row.parts.talk.is_some()),
            targets: false,
            changes: false,
            before: false,
        };
        let columns = columns(table.measures(), beside);
        let (rows, left_out) = rows(model, table, &columns, left)?;
        left -= rows.len();
        if rows.is_empty() && left_out == 0 {
            continue;
        }
        let totals = totals.iter().map(|row| html(model, table, &columns, row));
        let mut heads = lines::headings(table).into_iter();
        tables.push(GroupTable {
            title: lines::sheet_title(table),
            heading: lines::headings(table).join(" and ").to_lowercase(),
            first: heads.next().unwrap_or_default(),
            others: heads.map(classed).collect(),
            heads: columns
                .iter()
                .map(|it| (it.head(), column_class(it)))
                .collect(),
            is_by_media: is_by_media(model, table),
            rows,
            totals: totals.collect::<askama::Result<String>>()?,
            left_out,
        });
    }
    Ok(tables)
}

/// The rows of a table as HTML, of so many bytes at the most, and how many did not fit.
fn rows(
    model: &Model,
    table: RowTable<'_>,
    columns: &[Column],
    most: usize,
) -> askama::Result<(String, usize)> {
    let mut html = String::new();
    let mut left_out = 0;
    for row in table.rows() {
        if left_out > 0 {
            left_out += 1;
            continue;
        }
        let row = self::html(model, table, columns, &row)?;
        if html.len() + row.len() > most {
            left_out = 1;
        } else {
            html.push_str(&row);
        }
    }
    Ok((html, left_out))
}

fn html(
    model: &Model,
    table: RowTable<'_>,
    columns: &[Column],
    row: &Row,
) -> askama::Result<String> {
    let mut names = lines::names(model, table, row).into_iter();
    let heads = lines::headings(table).into_iter().skip(1).map(classed);
    let first = names.next().unwrap_or_default();
    let others = names.zip(heads).map(|(name, (_, class))| (name, class));
    let row = RowTemplate {
        class: match is_by_media(model, table) {
            true => media_class(model, table, row),
            false => None,
        },
        name: first,
        others: others.collect(),
        cells: columns
            .iter()
            .map(|column| table_cell(column, row))
            .collect(),
    };
    Ok(row.render()? + "\n")
}

/// The class of a column of names: that of media types is hidden where there is a switch.
fn classed(head: String) -> (String, &'static str) {
    let class = if head == "Media type" { "media" } else { "" };
    (head, class)
}

/// Returns true if the rows of a table are of media types that have a switch.
fn is_by_media(model: &Model, table: RowTable<'_>) -> bool {
    let dimensions = table.dimensions();
    let has_media = dimensions.iter().any(|name| name == "mediaType");
    let known = model.media.len();
    has_media && dimensions.len() > 1 && !table.is_sparse() && (2..=SWITCHED).contains(&known)
}

/// The class of rows of a media type. Rows of several are always shown.
fn media_class(model: &Model, table: RowTable<'_>, row: &Row) -> Option<String> {
    let place = table
        .dimensions()
        .iter()
        .position(|name| name == "mediaType")?;
    let media = row.value(place)?;
    let mut known = model.media.iter();
    let at = known.position(|it| it.media.as_deref() == Some(media))?;
    Some(format!("of-{at}"))
}

/// The class of a column that windows without room for it hide.
fn column_class(column: &Column) -> &'static str {
    let Column::Figure(measure, _) = column else {
        return match column {
            Column::Part(2) => "w2",
            _ => "w3",
        };
    };
    match &*measure.label() {
        "Short abandoned" | "Transferred" | "Transferred %" | "Handled" => "w4",
        "Answered" | "Answered %" => "w2",
        "Abandoned" | "ASA" | "AHT" => "w1",
        _ => "",
    }
}

fn table_cell(column: &Column, row: &Row) -> TableCell {
    let (unit, value, cell) = match column {
        Column::Part(part) => {
            let part = row.parts.list().get(*part).copied().flatten();
            (FigureUnit::Time, part, Cell::default())
        }
        Column::Figure(measure, at) | Column::Change(measure, at) => {
            let cell = row.cells.get(*at).copied().unwrap_or_default();
            (measure.unit(), cell.value, cell)
        }
        Column::Target(_) | Column::Before(..) => (FigureUnit::Share, None, Cell::default()),
    };
    let places = if unit == FigureUnit::Share { 4 } else { 1 };
    let sort = value.and_then(|value| value.rounded(1, places));
    let (mark, word) = match cell.meets_target() {
        Some(false) => ("▼", "missed"),
        Some(true) => ("✓", "met"),
        None => ("", ""),
    };
    TableCell {
        text: separated(unit, words::shown(unit, value)),
        sort: sort.map(|value| value.to_string()),
        class: format!("{} {}", class(&cell), column_class(column))
            .trim()
            .to_owned(),
        mark,
        word,
        change: match column {
            Column::Figure(measure, _) => lines::delta(measure, &cell).map(|(text, word)| {
                let class = match word {
                    "better" => "good",
                    "worse" => "bad",
                    _ => "",
                };
                (text, class)
            }),
            _ => None,
        },
    }
}

/// A row of the table behind the charts.
pub struct PointRow {
    pub label: String,
    pub is_incomplete: bool,
    pub cells: Vec<String>,
}

pub fn points(model: &Model, series: &Series) -> Vec<PointRow> {
    let points = series.points.iter().map(|point| {
        let cells = series.measures.iter().zip(&point.cells);
        let mut cells: Vec<String> = cells.map(|(measure, cell)| text(measure, cell)).collect();
        if model.parts.is_some() {
            let parts = point.parts.list().into_iter();
            cells.extend(parts.map(|part| words::shown(FigureUnit::Time, part)));
        }
        PointRow {
            label: point.label.clone(),
            is_incomplete: point.is_incomplete,
            cells,
        }
    });
    points.collect()
}

/// The heat map.
pub struct Heat {
    pub label: String,
    pub hours: Vec<String>,
    pub rows: Vec<HeatRow>,
    pub is_average: bool,
}

pub struct HeatRow {
    pub day: &'static str,
    pub cells: Vec<HeatCell>,
}

pub struct HeatCell {
    pub text: String,
    /// 0 to 6.
    pub level: usize,
}

impl Heat {
    pub fn new(matrix: &Matrix) -> Self {
        let values = matrix.cells.iter().flatten().flatten();
        let greatest = values.map(|it| it.approximate()).fold(0.0, f64::max);
        let is_average = matrix.days.iter().any(|days| *days > 1);
        // Hours without any value at all have no column.
        let hours: Vec<usize> = (0..24)
            .filter(|hour| {
                let mut rows = matrix.cells.iter();
                rows.any(|row| row.get(*hour).is_some_and(Option::is_some))
            })
            .collect();
        let days = DAYS.iter().zip(&matrix.cells).zip(matrix.days);
        let rows = days
            .filter(|(_, days)| *days > 0)
            .map(|((day, row), _)| HeatRow {
                day,
                cells: hours
                    .iter()
                    .map(|hour| {
                        let value = row.get(*hour).copied().flatten();
                        let is_small = value.is_some_and(|value| value.approximate() < 10.0);
                        let places = u32::from(is_average && is_small);
                        let text = value.and_then(|value| value.rounded(1, places)?.fixed(places));
                        let text = text.map(|text| separated(FigureUnit::Count, text));
                        let share = value.map_or(0.0, |it| it.approximate() / greatest.max(1e-9));
                        HeatCell {
                            text: text.unwrap_or_default(),
                            level: (share * 6.0).ceil().clamp(0.0, 6.0) as usize,
                        }
                    })
                    .collect(),
            });
        Self {
            label: matrix.measure.label(),
            rows: rows.collect(),
            hours: hours.iter().map(|hour| format!("{hour:02}")).collect(),
            is_average,
        }
    }
}

/// A distribution.
pub struct DistributionTable {
    pub title: String,
    pub measure: String,
    pub shares: Vec<PartShare>,
}

pub struct PartShare {
    pub name: String,
    pub value: String,
    pub percent: String,
    pub width: String,
}

impl DistributionTable {
    pub fn new(of: &Distribution) -> Self {
        let shares = of.shares.iter().map(|share| {
            let percent = share.percent.and_then(|percent| percent.fixed(1));
            PartShare {
                name: share.name.clone(),
                value: separated(of.unit, words::shown(of.unit, Some(share.value))),
                width: percent.clone().unwrap_or_else(|| "0".to_owned()),
                percent: percent.unwrap_or_default(),
            }
        });
        Self {
            title: of.title.clone(),
            measure: of.measure.clone(),
            shares: shares.collect(),
        }
    }
}
