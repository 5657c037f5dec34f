//! The table of days of a media type, with bars.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};

use crate::report::model::cell::Cell;
use crate::report::model::measure::{HandleParts, Measure};
use crate::report::model::media::MediaFigures;
use crate::report::model::series::{Point, Series};
use crate::report::{lines, words};

use super::marks;
use super::tables::{self, TableCell};

/// The figures of the table, the first that there are.
const FIGURES: [&str; 7] = [
    "Offered",
    "Answered",
    "Handled",
    "Abandoned %",
    "Service level",
    "ASA",
    "AHT",
];
/// The figures whose change has a column.
const CHANGES: [&str; 3] = ["Offered", "Handled", "Service level"];
/// The mark of a service level that meets some of the targets.
const BETWEEN: &str = "○";
/// The most columns of other figures.
const MOST: usize = 6;

/// A table of days.
pub struct DayTable {
    /// The head of the first column: `Day`, or `Hour`.
    pub unit: String,
    /// The title: `Days`, or `Hours`.
    pub heading: String,
    pub heads: Vec<DayHead>,
    pub rows: Vec<DayRow>,
    pub total: Vec<TableCell>,
    pub has_parts: bool,
    /// True if a figure meets or misses a target.
    pub has_marks: bool,
    /// True if a service level is between the targets.
    pub has_between: bool,
    pub is_compared: bool,
}

pub struct DayHead {
    pub label: String,
    pub has_bars: bool,
    pub class: &'static str,
}

pub struct DayRow {
    /// The weekday, or nothing.
    pub weekday: String,
    pub date: String,
    pub note: String,
    pub is_missing: bool,
    /// True if it is the sum of a week.
    pub is_week: bool,
    pub cells: Vec<TableCell>,
}

/// The table of a media type; nothing of a single day.
pub fn table(media: &MediaFigures) -> Option<DayTable> {
    let days = media.days.as_ref().filter(|it| it.points.len() > 1)?;
    let shown = shown(media, days);
    let greatest = |measure: &Measure| {
        let values = days
            .place(measure)
            .map(|at| days.values(at))
            .unwrap_or_default();
        values.into_iter().flatten().fold(0.0, f64::max)
    };
    let unit = |measure: &Measure| {
        let place = days.place(measure);
        let cells = days.points.iter().filter_map(|it| it.cells.get(place?));
        lines::unit(measure, cells)
    };
    let shown: Vec<(Measure, f64, &str)> = shown
        .into_iter()
        .map(|it| (it.clone(), greatest(&it), unit(&it)))
        .collect();
    let sum = |parts: HandleParts| {
        parts
            .list()
            .iter()
            .flatten()
            .map(|it| it.approximate())
            .sum::<f64>()
    };
    let longest = days
        .points
        .iter()
        .map(|it| sum(it.parts))
        .fold(0.0, f64::max);
    let is_compared = |measure: &Measure| {
        let place = days.place(measure);
        place.is_some_and(|at| !days.earlier_values(at).is_empty())
    };
    let compared: Vec<Measure> = shown.iter().map(|(measure, ..)| measure.clone()).collect();
    let compared: Vec<Measure> = compared.into_iter().filter(is_compared).collect();
    let has_change =
        |measure: &Measure| CHANGES.contains(&&*measure.label()) && compared.contains(measure);
    let cells = |of: &dyn Fn(&Measure) -> Cell, parts: &HandleParts, is_total: bool| {
        let cells = shown.iter().flat_map(|(measure, greatest, unit)| {
            let own = of(measure);
            let scale = (*greatest, longest);
            let change = has_change(measure).then(|| change(measure, &own));
            let mut cell = cell(media, measure, &own, scale, parts, is_total);
            // Narrow windows show the change below the figure, and not its column.
            cell.change = tables::change(measure, &own).filter(|_| change.is_some());
            cell.text = words::in_unit(cell.text, unit);
            std::iter::once(cell).chain(change)
        });
        cells.collect::<Vec<_>>()
    };
    let cells_of = |series: &Series, point: &Point, is_total: bool| {
        let of = |measure: &Measure| {
            let place = series.place(measure);
            let cell = place.and_then(|at| point.cells.get(at));
            cell.copied().unwrap_or_default()
        };
        cells(&of, &point.parts, is_total)
    };
    let is_in_day = |point: &Point| point.end - point.start < TimeDelta::hours(23);
    let dates: BTreeSet<NaiveDate> = days.points.iter().map(|it| it.local.date()).collect();
    let row = |point: &Point| DayRow {
        weekday: match (days.is_daily(), is_in_day(point) && dates.len() > 1) {
            (true, _) => point.local.format("%a").to_string(),
            (_, true) => point.local.format("%-d %b").to_string(),
            _ => String::new(),
        },
        date: match is_in_day(point) {
            true => point.local.format("%H:%M").to_string(),
            false => point.local.format("%-d %b").to_string(),
        },
        note: match point.mark() {
            mark if mark.is_empty() && point.is_incomplete => "not ended".to_owned(),
            mark => mark,
        },
        is_missing: point.is_missing,
        is_week: false,
        cells: cells_of(days, point, false),
    };
    let mut rows: Vec<DayRow> = Vec::new();
    let mut points = days.points.iter().peekable();
    for week in media.weeks() {
        while let Some(point) = points.next_if(|it| it.start < week.point.end) {
            rows.push(row(point));
        }
        rows.push(DayRow {
            weekday: week.title,
            date: String::new(),
            note: week.days,
            is_missing: false,
            is_week: true,
            cells: cells_of(week.series, week.point, true),
        });
    }
    rows.extend(points.map(row));
    let of_total = |measure: &Measure| media.cell(measure).copied().unwrap_or_default();
    let heads = shown.iter().flat_map(|(measure, _, unit)| {
        let head = DayHead {
            label: match *unit {
                "" => measure.label(),
                unit => format!("{}, {unit}", measure.label()),
            },
            has_bars: has_bars(measure, media),
            class: column(measure),
        };
        let change = has_change(measure).then(|| DayHead {
            label: "vs before".to_owned(),
            has_bars: false,
            class: "less",
        });
        std::iter::once(head).chain(change)
    });
    let mut heading = match days.by() {
        "day" => "Days".to_owned(),
        "hour" => "Hours".to_owned(),
        "week" => "Weeks".to_owned(),
        "month" => "Months".to_owned(),
        other => format!("By {other}"),
    };
    if let ([day], true) = (&*Vec::from_iter(&dates), days.points.iter().all(is_in_day)) {
        heading.push_str(&day.format(", %a %-d %b %Y").to_string());
    }
    let marks = || {
        let cells = rows.iter().flat_map(|row| &row.cells);
        cells.map(|it| it.mark).filter(|mark| !mark.is_empty())
    };
    Some(DayTable {
        heading,
        unit: match days.by() {
            "day" => "Day".to_owned(),
            "hour" => "Hour".to_owned(),
            other => format!("From, {other}"),
        },
        heads: heads.collect(),
        has_marks: marks().next().is_some(),
        has_between: marks().any(|mark| mark == BETWEEN),
        rows,
        total: cells(&of_total, &media.parts, true),
        has_parts: longest > 0.0,
        is_compared: !compared.is_empty(),
    })
}

fn shown(media: &MediaFigures, days: &Series) -> Vec<Measure> {
    let known = FIGURES.iter().filter_map(|name| Measure::key(name));
    let has = |measure: &Measure| days.place(measure).is_some() && media.cell(measure).is_some();
    let mut shown: Vec<Measure> = known.filter(has).collect();
    let is = |measure: &Measure, name: &str| measure.label() == name;
    if shown.iter().any(|it| is(it, "Answered")) {
        shown.retain(|it| !is(it, "Handled"));
    }
    match shown.is_empty() {
        true => days.measures.iter().take(MOST).cloned().collect(),
        false => shown,
    }
}

/// The class of columns that narrow screens hide.
fn column(measure: &Measure) -> &'static str {
    match &*measure.label() {
        "Answered" | "ASA" => "less",
        _ => "",
    }
}

fn has_bars(measure: &Measure, media: &MediaFigures) -> bool {
    match &*measure.label() {
        "Offered" | "Handled" | "Abandoned %" | "Service level" => true,
        "AHT" => media.parts.talk.is_some(),
        _ => false,
    }
}

/// The cell of a change.
fn change(measure: &Measure, cell: &Cell) -> TableCell {
    let (text, word) = lines::delta(measure, cell).unwrap_or_default();
    TableCell {
        text,
        class: format!("{} less", tables::change_class(word)),
        ..TableCell::default()
    }
}

fn cell(
    media: &MediaFigures,
    measure: &Measure,
    cell: &Cell,
    (greatest, longest): (f64, f64),
    parts: &HandleParts,
    is_total: bool,
) -> TableCell {
    let label = measure.label();
    let is_met = match &*label {
        "Service level" => media.meets_targets(cell),
        _ => cell.meets_target(),
    };
    let value = cell.value.map(|it| it.approximate());
    let bars = value.and_then(|value| match &*label {
        "Service level" => {
            let target = cell.target.or(media.targets.map(|it| it.lowest));
            let target = target.map(|it| it.approximate());
            Some((
                "bullet small",
                "0 0 104 18",
                marks::bullet(value, target, is_met, (104.0, 10.0)),
            ))
        }
        "Offered" | "Handled" if !is_total => {
            Some(("inbar", "0 0 84 9", marks::bar(value, greatest)))
        }
        "Abandoned %" => Some(("inbar lost", "0 0 84 9", marks::bar(value, greatest))),
        "AHT" => {
            let parts = parts.list().map(|part| part.map(|it| it.approximate()));
            Some(("stack", "0 0 110 10", marks::stack(&parts, longest)))
        }
        _ => None,
    });
    let made = TableCell {
        text: match cell.value {
            Some(_) => tables::text(measure, cell),
            None => words::ABSENT.to_owned(),
        },
        has_bars: has_bars(measure, media),
        bars: bars.into_iter().collect(),
        ..TableCell::default()
    };
    let has_targets = label == "Service level" && media.targets.is_some_and(|it| !it.are_equal());
    let mut made = made.marked(is_met, column(measure));
    if is_met.is_none() && has_targets && value.is_some() {
        (made.mark, made.word) = (BETWEEN, "between the targets");
    }
    made
}
