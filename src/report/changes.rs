//! Changes since an earlier period as texts.

use crate::diagnostic::words::counted;
use crate::model::catalog::figure::FigureUnit;

use super::model::Model;
use super::model::cell::{Cell, Change};
use super::model::measure::Measure;
use super::words::{self, ABSENT};

/// The earlier value of a figure, the difference, the difference in per cent, and a crossed target. Where the
/// change is that of fewer days, the earlier value has their value of now beside it: `120, on the same days 100 now`.
pub fn change(measure: &Measure, cell: &Cell, change: &Change) -> [String; 4] {
    let unit = measure.unit();
    let text = |value| words::separated(unit, words::shown(unit, value));
    let before = match same_days(measure, cell) {
        Some(now) => format!("{}, on the same days {now} now", text(change.before)),
        None => text(change.before),
    };
    let absolute = change.shown(unit);
    let absolute = absolute.and_then(|it| words::difference(unit, it));
    let absolute = absolute.map(|it| words::separated(unit, it));
    let relative = change.relative.and_then(words::relative);
    let crossed = match change.crossed {
        Some(true) => "target met now",
        Some(false) => "target missed now",
        None => "",
    };
    let or = |text: Option<String>| text.unwrap_or_else(|| ABSENT.to_owned());
    [before, or(absolute), or(relative), crossed.to_owned()]
}

/// The value of now on the days of both periods, where it is not that of all days.
pub fn same_days(measure: &Measure, cell: &Cell) -> Option<String> {
    let unit = measure.unit();
    let text = |value| words::separated(unit, words::shown(unit, value));
    let change = cell.change.filter(|it| it.absolute.is_some())?;
    let now = text(change.now);
    (now != text(cell.value)).then_some(now)
}

/// Describes the change of a figure; empty if there is no figure.
pub fn change_in_short(measure: &Measure, cell: &Cell) -> Option<String> {
    let change_of = cell.change?;
    let [before, absolute, relative, crossed] = change(measure, cell, &change_of);
    let text = match (cell.value, change_of.before) {
        (None, None) => return None,
        (Some(_), None) => "new".to_owned(),
        (None, Some(_)) => format!("before {before}"),
        (Some(_), Some(_)) => format!("{absolute} ({relative}) {crossed}"),
    };
    Some(text.trim_end().to_owned())
}

/// The change of a figure in one short text, and a word: `better`, `worse` or nothing. Counts change in
/// per cent, shares in percentage points, times in minutes and seconds.
pub fn delta(measure: &Measure, cell: &Cell) -> Option<(String, &'static str)> {
    let change_of = cell.change?;
    let [before, absolute, relative, _] = change(measure, cell, &change_of);
    let text = match (cell.value, change_of.before) {
        (None, None) => return None,
        (Some(_), None) => return Some(("new".to_owned(), "")),
        (None, Some(_)) => return Some((format!("before {before}"), "")),
        (Some(_), Some(_)) if measure.unit() == FigureUnit::Count => relative,
        (Some(_), Some(_)) => absolute,
    };
    let word = match (&*measure.label(), text.chars().next()) {
        ("Service level", Some('+')) | ("Abandoned %" | "ASA", Some('−')) => "better",
        ("Service level", Some('−')) | ("Abandoned %" | "ASA", Some('+')) => "worse",
        _ => "",
    };
    Some((text, word))
}

/// The period that the report is compared with, as a sentence.
pub fn comparison(model: &Model) -> Option<String> {
    let earlier = model.earlier.as_ref()?;
    let period = earlier.period().map(words::period_of_days);
    let (Some(alignment), Some(period)) = (&earlier.alignment, &period) else {
        let inputs = period.unwrap_or_else(|| "the compared inputs".to_owned());
        return Some(format!("Changes are against {inputs}."));
    };
    let day = match alignment.uncompared.is_empty() {
        true => "day",
        false => "whole day",
    };
    let days = match alignment.is_whole {
        true => String::new(),
        false => format!(
            ", over the {} that both periods have",
            counted(alignment.common.len(), day)
        ),
    };
    Some(format!("Changes are against {period}{days}."))
}
