//! Rows of a report as texts, for the forms that are text.

use crate::diagnostic::Severity;
use crate::json::text::printable;
use crate::model::catalog::formula::NoValue;

use super::model::Model;
use super::model::cell::{Cell, Change};
use super::model::measure::Measure;
use super::model::notes::GAPS;
use super::model::queries::NONE;
use super::model::rows::{Row, RowTable};
use super::model::series::local;
use super::short::Short;
use super::words::{self, ABSENT};

/// How ids are shortened in the rows.
pub fn short(model: &Model) -> Short {
    let groups = model.report.groups();
    let values: Vec<&str> = groups
        .flat_map(|group| group.dimensions())
        .map(|(_, value)| value)
        .collect();
    Short::of(values.into_iter())
}

/// The heading of rows: their dimensions.
pub fn heading(table: RowTable<'_>) -> String {
    match table.dimensions() {
        [] => "group".to_owned(),
        _ if table.is_sparse() => "group".to_owned(),
        names => printable(&names.join(" · ")),
    }
}

/// The name of a row, by the values of its dimensions.
pub fn name(model: &Model, table: RowTable<'_>, row: &Row, short: Option<Short>) -> String {
    if let Some(others) = row.others {
        return format!("Other ({others})");
    }
    if table.dimensions().is_empty() {
        return "all".to_owned();
    }
    let shown = |dimension: &str, value: &str| {
        let id = || match short {
            Some(short) => short.shown(value),
            None => value.to_owned(),
        };
        model.naming.of(dimension, value).unwrap_or_else(id)
    };
    let dimensions = table.dimensions().iter();
    let names: Vec<String> = match table.is_sparse() {
        true => {
            let names = row.names.iter().filter_map(|(place, value)| {
                let dimension = table.dimensions().get(*place)?;
                Some(format!("{dimension}: {}", shown(dimension, value)))
            });
            names.collect()
        }
        false => {
            let names = dimensions.enumerate().map(|(place, dimension)| {
                let value = row.value(place);
                value.map_or_else(|| NONE.to_owned(), |value| shown(dimension, value))
            });
            names.collect()
        }
    };
    match names.is_empty() {
        true => NONE.to_owned(),
        false => printable(&names.join(" · ")),
    }
}

/// A figure with its target.
pub fn value(measure: &Measure, cell: &Cell) -> String {
    words::shown(measure.unit(), cell.value)
}

/// A figure, and why there is none.
pub fn value_or_reason(measure: &Measure, cell: &Cell) -> String {
    let value = value(measure, cell);
    match reason(cell) {
        Some(reason) => format!("{value} ({reason})"),
        None => value,
    }
}

/// Why a figure has no value, where something of it occurs.
pub fn reason(cell: &Cell) -> Option<&'static str> {
    let why = cell.why.filter(|why| *why != NoValue::Absent)?;
    Some(words::reason(why))
}

/// The target of a figure, and whether it is met.
pub fn target(cell: &Cell) -> Option<String> {
    let target = words::target(cell.target?)?;
    Some(match cell.meets_target() {
        Some(true) => format!("target {target} met"),
        Some(false) => format!("target {target} missed"),
        None => format!("target {target}"),
    })
}

/// What a figure was before, how much it differs, and whether the target was crossed.
pub fn change(measure: &Measure, change: &Change) -> [String; 4] {
    let before = words::shown(measure.unit(), change.before);
    let absolute = change
        .absolute
        .and_then(|absolute| words::difference(measure.unit(), absolute));
    let relative = change.relative.and_then(words::relative);
    let crossed = match change.crossed {
        Some(true) => "target met now",
        Some(false) => "target missed now",
        None => "",
    };
    let or = |text: Option<String>| text.unwrap_or_else(|| ABSENT.to_owned());
    [before, or(absolute), or(relative), crossed.to_owned()]
}

/// How a figure has changed, in few words; nothing where there is no figure.
pub fn change_in_short(measure: &Measure, cell: &Cell) -> Option<String> {
    let change_of = cell.change?;
    let [before, absolute, relative, crossed] = change(measure, &change_of);
    let text = match (cell.value, change_of.before) {
        (None, None) => return None,
        (Some(_), None) => "new".to_owned(),
        (None, Some(_)) => format!("before {before}"),
        (Some(_), Some(_)) => format!("{absolute} ({relative}) {crossed}"),
    };
    Some(text.trim_end().to_owned())
}

/// Findings as lines: severity, code, message and first place.
pub fn findings(model: &Model) -> Vec<String> {
    let all = model.about.findings.iter();
    // What is only worth knowing is in the other forms, and gaps are in the notes.
    let is_note = |code: &str| GAPS.iter().any(|it| it.id() == code);
    let all = all.filter(|it| it.severity != Severity::Info && !is_note(it.code));
    let lines = all.map(|finding| {
        let mut line = format!(
            "{} {} {}: {}",
            finding.severity.word(),
            finding.code,
            finding.name,
            finding.message
        );
        if let Some(place) = finding.places.first() {
            line.push_str(&format!(" ({place}"));
            if finding.count > 1 {
                line.push_str(&format!(" and {} more", finding.count - 1));
            }
            line.push(')');
        }
        line
    });
    lines.collect()
}

/// The inputs, the first few by name.
pub fn sources(model: &Model) -> Vec<String> {
    const SHOWN: usize = 10;
    let mut lines = Vec::new();
    for (is_compared, title) in [(false, "Sources"), (true, "Compared with")] {
        let all = model.about.sources.iter();
        let all: Vec<&str> = all
            .filter(|source| source.is_compared == is_compared)
            .map(|source| source.name.as_str())
            .collect();
        let names = all
            .iter()
            .take(SHOWN)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        match all.len() {
            0 => {}
            more if more > SHOWN => {
                lines.push(format!("{title}: {names} and {} more", more - SHOWN));
            }
            _ => lines.push(format!("{title}: {names}")),
        }
    }
    lines
}

/// The first line: the time that is covered, and how much there is.
pub fn covered(model: &Model) -> String {
    let counted = |number: u64, noun: &str| match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    };
    let groups = counted(model.group_count() as u64, "group");
    let buckets = model.report.groups().map(|group| group.buckets());
    let buckets = counted(buckets.sum(), "bucket");
    match model.covered() {
        Some((start, end)) => format!(
            "{start} – {end} ({}), {groups}, {buckets}",
            model.wanted.zone.name()
        ),
        None => format!("{groups}, {buckets}"),
    }
}

/// When the report was written.
pub fn written(model: &Model) -> String {
    local(model.wanted.now, model.wanted.zone)
}
