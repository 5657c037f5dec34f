//! The tables of the page.

use askama::Template;

use crate::model::catalog::figure::FigureUnit;
use crate::report::lines;
use crate::report::model::Model;
use crate::report::model::cell::Cell;
use crate::report::model::distribution::Distribution;
use crate::report::model::matrix::{DAYS, Matrix};
use crate::report::model::measure::Measure;
use crate::report::model::rows::RowTable;
use crate::report::model::series::Series;
use crate::report::words;

/// A row of the table of groups.
#[derive(Template)]
#[template(path = "report_row.html")]
struct RowTemplate {
    name: String,
    cells: Vec<TableCell>,
}

struct TableCell {
    text: String,
    /// What it is sorted by.
    sort: Option<String>,
    class: &'static str,
    change: Option<String>,
}

/// The class of a figure: only a target says what is good.
pub fn class(cell: &Cell) -> &'static str {
    match cell.meets_target() {
        Some(true) => "good",
        Some(false) => "bad",
        None => "",
    }
}

/// The rows of one query.
pub struct GroupTable {
    pub heading: String,
    pub heads: Vec<String>,
    /// As HTML.
    pub rows: String,
    /// How many rows did not fit.
    pub left_out: usize,
}

/// The tables of rows, of so many bytes at the most in all.
pub fn groups(model: &Model, most: usize) -> askama::Result<Vec<GroupTable>> {
    let mut left = most;
    let mut tables = Vec::new();
    for table in model.tables() {
        let (rows, left_out) = rows(model, table, left)?;
        left -= rows.len();
        if !rows.is_empty() || left_out > 0 {
            tables.push(GroupTable {
                heading: lines::heading(table),
                heads: table.measures().iter().map(Measure::label).collect(),
                rows,
                left_out,
            });
        }
    }
    Ok(tables)
}

/// The rows of a table as HTML, of so many bytes at the most, and how many did not fit.
fn rows(model: &Model, table: RowTable<'_>, most: usize) -> askama::Result<(String, usize)> {
    let mut html = String::new();
    let mut left_out = 0;
    if table.measures().is_empty() {
        return Ok((html, 0));
    }
    for row in table.rows() {
        if left_out > 0 {
            left_out += 1;
            continue;
        }
        let cells = table.measures().iter().zip(&row.cells);
        let row = RowTemplate {
            name: lines::name(model, table, &row, None),
            cells: cells
                .map(|(measure, cell)| table_cell(measure, cell))
                .collect(),
        };
        let row = row.render()?;
        if html.len() + row.len() > most {
            left_out = 1;
        } else {
            html.push_str(&row);
            html.push('\n');
        }
    }
    Ok((html, left_out))
}

fn table_cell(measure: &Measure, cell: &Cell) -> TableCell {
    let places = if measure.unit() == FigureUnit::Share {
        4
    } else {
        1
    };
    let sort = cell.value.and_then(|value| value.rounded(1, places));
    let mark = match cell.meets_target() {
        Some(false) => " ▼",
        _ => "",
    };
    TableCell {
        text: format!("{}{mark}", lines::value(measure, cell)),
        sort: sort.map(|value| value.to_string()),
        class: class(cell),
        change: lines::change_in_short(measure, cell),
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
        let mut cells: Vec<String> = cells
            .map(|(measure, cell)| lines::value(measure, cell))
            .collect();
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
                        let places = u32::from(is_average);
                        let text = value.and_then(|value| value.rounded(1, places)?.fixed(places));
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
pub struct Part {
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

impl Part {
    pub fn new(of: &Distribution) -> Self {
        let shares = of.shares.iter().map(|share| {
            let percent = share.percent.and_then(|percent| percent.fixed(1));
            PartShare {
                name: share.name.clone(),
                value: words::shown(of.unit, Some(share.value)),
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
