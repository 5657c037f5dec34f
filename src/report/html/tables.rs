//! The tables of the page.

use std::collections::HashMap;

use askama::Template;

use crate::model::catalog::figure::FigureUnit;
use crate::report::column::{Beside, Column, columns};
use crate::report::lines;
use crate::report::model::Model;
use crate::report::model::cell::Cell;
use crate::report::model::distribution::Share;
use crate::report::model::matrix::{DAYS, Matrix};
use crate::report::model::measure::Measure;
use crate::report::model::rows::{Row, RowTable};
use crate::report::model::series::Series;
use crate::report::words::{self, separated};

use super::marks;

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

/// A cell of a table of figures.
#[derive(Debug, Default)]
pub struct TableCell {
    pub text: String,
    /// The sort key.
    pub sort: Option<String>,
    pub class: String,
    pub mark: &'static str,
    /// The mark in words.
    pub word: &'static str,
    /// The change, and its class.
    pub change: Option<(String, &'static str)>,
    /// True if pictures have a column behind it.
    pub has_bars: bool,
    /// The class and the size of each picture, and its content.
    pub bars: Vec<(&'static str, &'static str, String)>,
}

impl TableCell {
    /// Shows whether a target is met.
    pub fn marked(mut self, is_met: Option<bool>, column: &str) -> Self {
        let (mark, word, class) = match is_met {
            Some(true) => ("✓", "met", "good"),
            Some(false) => ("▼", "missed", "bad"),
            None => ("", "", ""),
        };
        (self.mark, self.word) = (mark, word);
        self.class = format!("{class} {column}").trim().to_owned();
        self
    }
}

/// The class of a change.
pub fn change_class(word: &str) -> &'static str {
    match word {
        "better" => "good",
        "worse" => "bad",
        _ => "soft",
    }
}

/// The change of a figure, and its class.
pub fn change(measure: &Measure, cell: &Cell) -> Option<(String, &'static str)> {
    let (text, word) = lines::delta(measure, cell)?;
    Some((text, change_class(word)))
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
    text_in("", measure, cell)
}

/// The same in a column with this unit.
pub fn text_in(unit: &str, measure: &Measure, cell: &Cell) -> String {
    lines::value_in(unit, measure, cell)
}

/// The rows of one query.
pub struct GroupTable {
    pub title: String,
    pub heading: String,
    /// The heads of dimensions behind the first.
    pub first: String,
    pub others: Vec<(String, &'static str)>,
    /// The heads of figures with their classes; true where pictures follow.
    pub heads: Vec<(String, &'static str, bool)>,
    /// True if rows are shown with the switch of their media type.
    pub is_by_media: bool,
    /// The table as HTML.
    pub rows: String,
    pub totals: String,
    /// Number of rows that did not fit.
    pub left_out: usize,
}

/// The most rows of a table with bars, and the most of them that have sparklines.
const WITH_BARS: usize = 600;
const WITH_TRENDS: usize = 100;

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
            same_days: false,
        };
        let form = TableForm::new(model, table, columns(table.measures(), beside));
        let (rows, left_out) = form.rows(left)?;
        left -= rows.len();
        if rows.is_empty() && left_out == 0 {
            continue;
        }
        let totals = totals.iter().map(|row| form.row(row, WITH_TRENDS));
        let mut heads = lines::headings(table).into_iter();
        let title = lines::sheet_title(table);
        tables.push(GroupTable {
            title,
            heading: lines::headings(table).join(" and ").to_lowercase(),
            first: heads.next().unwrap_or_default(),
            others: heads.map(classed).collect(),
            heads: form.heads(),
            // One media type is the heading of the page.
            is_by_media: is_by_media(model, table) || model.media.len() == 1,
            totals: totals.collect::<askama::Result<String>>()?,
            rows,
            left_out,
        });
    }
    Ok(tables)
}

/// A table of rows with its columns.
struct TableForm<'m> {
    model: &'m Model,
    table: RowTable<'m>,
    columns: Vec<Column>,
    /// The column of the first count, and its greatest value of each media type.
    volume: Option<usize>,
    greatest: HashMap<Option<String>, f64>,
    has_trends: bool,
    /// The units of the times of the figures.
    units: Vec<&'static str>,
}

impl<'m> TableForm<'m> {
    fn new(model: &'m Model, table: RowTable<'m>, columns: Vec<Column>) -> Self {
        let volume = columns.iter().position(Column::is_count);
        let mut form = Self {
            model,
            table,
            columns,
            volume: volume.filter(|_| (2..=WITH_BARS).contains(&table.len())),
            greatest: HashMap::new(),
            has_trends: false,
            units: lines::units(table, &[]),
        };
        if let Some(Column::Figure(_, at)) = form.volume.and_then(|at| form.columns.get(at)) {
            for row in table.rows() {
                let value = row.cells.get(*at).and_then(|cell| cell.value);
                let greatest = form.greatest.entry(form.media(&row)).or_default();
                *greatest = greatest.max(value.map_or(0.0, |it| it.approximate()));
                form.has_trends |= table.trend(&row).is_some();
            }
        }
        form
    }

    /// The class of the media type of a row, where rows are shown with it.
    fn media(&self, row: &Row) -> Option<String> {
        let is_by_media = is_by_media(self.model, self.table);
        is_by_media.then(|| media_class(self.model, self.table, row))?
    }

    fn heads(&self) -> Vec<(String, &'static str, bool)> {
        let columns = self.columns.iter().enumerate();
        let heads = columns.map(|(at, column)| {
            let head = format!("{} {}", column.head(), self.unit(column));
            (
                head.trim_end().to_owned(),
                self.class(at, column),
                self.has_bars(at, column),
            )
        });
        heads.collect()
    }

    fn unit(&self, column: &Column) -> &'static str {
        match column {
            Column::Figure(_, at) => self.units.get(*at).copied().unwrap_or_default(),
            _ => "m:ss",
        }
    }

    fn has_bars(&self, at: usize, column: &Column) -> bool {
        let is_level = matches!(column, Column::Figure(it, _) if it.label() == "Service level");
        self.volume.is_some() && (is_level || self.volume == Some(at))
    }

    /// The rows as HTML, of so many bytes at the most, and how many did not fit.
    fn rows(&self, most: usize) -> askama::Result<(String, usize)> {
        let mut html = String::new();
        let mut left_out = 0;
        for (at, row) in self.table.rows_by_media().enumerate() {
            if left_out > 0 {
                left_out += 1;
                continue;
            }
            let row = self.row(&row, at)?;
            if html.len() + row.len() > most {
                left_out = 1;
            } else {
                html.push_str(&row);
            }
        }
        Ok((html, left_out))
    }

    fn row(&self, row: &Row, number: usize) -> askama::Result<String> {
        let table = self.table;
        let mut names = lines::names(self.model, table, row).into_iter();
        let heads = lines::headings(table).into_iter().skip(1).map(classed);
        let first = names.next().unwrap_or_default();
        let others = names.zip(heads).map(|(name, (_, class))| (name, class));
        let class = self.media(row);
        let has_switch = is_by_media(self.model, table);
        let columns = self.columns.iter().enumerate();
        let cells = columns.map(|(at, column)| self.cell((at, column), row, number));
        let row = RowTemplate {
            name: match (row.is_total && has_switch, &class) {
                (true, Some(_)) => format!("All {}", lines::sheet_title(table).to_lowercase()),
                (true, None) => "All media types".to_owned(),
                _ => first,
            },
            class,
            others: others.collect(),
            cells: cells.collect(),
        };
        Ok(row.render()? + "\n")
    }

    fn cell(&self, (at, column): (usize, &Column), row: &Row, number: usize) -> TableCell {
        let (unit, value, cell) = match column {
            Column::Part(part) => {
                let part = row.parts.list().get(*part).copied().flatten();
                (FigureUnit::Time, part, Cell::default())
            }
            Column::Figure(measure, at) | Column::Change(measure, at) => {
                let cell = row.cells.get(*at).copied().unwrap_or_default();
                (measure.unit(), cell.value, cell)
            }
            _ => (FigureUnit::Share, None, Cell::default()),
        };
        let places = if unit == FigureUnit::Share { 4 } else { 1 };
        let sort = value.and_then(|value| value.rounded(1, places));
        let made = TableCell {
            text: words::in_unit(
                separated(unit, words::shown(unit, value)),
                self.unit(column),
            ),
            sort: sort.map(|value| value.to_string()),
            change: match column {
                Column::Figure(measure, _) => {
                    change(measure, &cell).filter(|(text, _)| self.has_news(row) || text != "new")
                }
                _ => None,
            },
            has_bars: self.has_bars(at, column),
            bars: self.bars((at, column), row, &cell, number),
            ..TableCell::default()
        };
        made.marked(cell.meets_target(), self.class(at, column))
    }

    /// Returns true if a group itself is new, and not only one of its figures.
    fn has_news(&self, row: &Row) -> bool {
        let mut changes = row.cells.iter().filter_map(|cell| cell.change);
        changes.all(|change| change.before.is_none())
    }

    fn bars(
        &self,
        (at, column): (usize, &Column),
        row: &Row,
        cell: &Cell,
        number: usize,
    ) -> Vec<(&'static str, &'static str, String)> {
        let Some(value) = cell.value.filter(|_| self.has_bars(at, column)) else {
            return Vec::new();
        };
        let value = value.approximate();
        if self.volume != Some(at) {
            let target = cell.target.map(|it| it.approximate());
            let bullet = marks::bullet(value, target, cell.meets_target(), (104.0, 10.0));
            return vec![("bullet small", "0 0 104 18", bullet)];
        }
        if row.is_total {
            return Vec::new();
        }
        let greatest = self.greatest.get(&self.media(row)).copied();
        let bar = marks::bar(value, greatest.unwrap_or_default());
        let trend = self.table.trend(row).filter(|_| number < WITH_TRENDS);
        let trend = trend.map(|values| ("trend", "0 0 84 16", marks::trend(values)));
        std::iter::once(("inbar", "0 0 84 9", bar))
            .chain(trend)
            .collect()
    }

    /// The class of a column that windows without room for it hide.
    fn class(&self, at: usize, column: &Column) -> &'static str {
        let Column::Figure(measure, _) = column else {
            return "w3";
        };
        let has = |name: &str| {
            let mut columns = self.columns.iter();
            columns.any(|it| matches!(it, Column::Figure(it, _) if it.label() == name))
        };
        match &*measure.label() {
            _ if self.columns.iter().position(Column::is_count) == Some(at) => "",
            "Short abandoned" | "Transferred" | "Transferred %" => "w4",
            "Handled" if has("Answered") => "w4",
            "Answered %" if has("Abandoned %") => "w4",
            "Answered" | "Answered %" => "w2",
            "Abandoned" | "ASA" | "AHT" => "w1",
            "Abandoned %" | "Service level" | "Occupancy" | "Logged in" | "On queue" | "Talk" => "",
            _ if has("Service level") => "w4",
            _ => "w5",
        }
    }
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

/// A row of the table behind the charts.
pub struct PointRow {
    pub label: String,
    pub is_incomplete: bool,
    pub cells: Vec<String>,
}

pub fn points(model: &Model, series: &Series) -> Vec<PointRow> {
    let units = series.measures.iter().enumerate().map(|(at, measure)| {
        let cells = series.points.iter().filter_map(|it| it.cells.get(at));
        lines::unit(measure, cells)
    });
    let units: Vec<&str> = units.collect();
    let points = series.points.iter().map(|point| {
        let cells = series.measures.iter().zip(&point.cells).zip(&units);
        let cells = cells.map(|((measure, cell), unit)| text_in(unit, measure, cell));
        let mut cells: Vec<String> = cells.collect();
        if model.parts.is_some() {
            let parts = point.parts.list().into_iter();
            cells.extend(parts.map(|part| words::shown(FigureUnit::Time, part)));
        }
        let label = match series.is_daily() {
            true => point.local.format("%a %-d %b %Y").to_string(),
            false => point.label.clone(),
        };
        PointRow {
            label: match &point.partial {
                Some(partial) => format!("{label} ({})", partial.words()),
                None => label,
            },
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
        // Hours before the first value and after the last one have no column.
        let has_value = |hour: &usize| {
            let mut rows = matrix.cells.iter();
            rows.any(|row| row.get(*hour).is_some_and(Option::is_some))
        };
        let first = (0..24).find(has_value).unwrap_or(24);
        let last = (first..24).rfind(has_value);
        let hours: Vec<usize> = last.map_or(Vec::new(), |last| (first..=last).collect());
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
                        let text = value.and_then(|value| value.as_shown(places)?.fixed(places));
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

impl Share {
    /// The share in per cent, or nothing.
    pub fn percent_text(&self) -> String {
        let percent = self.percent.and_then(|percent| percent.fixed(1));
        percent.unwrap_or_default()
    }

    /// The width of its bar.
    pub fn width(&self) -> String {
        let percent = self.percent.and_then(|percent| percent.fixed(1));
        percent.unwrap_or_else(|| "0".to_owned())
    }
}
