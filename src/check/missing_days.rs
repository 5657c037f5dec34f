//! Local days without any bucket of all groups together (`T009`).

use chrono::{Datelike as _, NaiveDate};

use crate::diagnostic::{Code, Diagnostic};

use super::days::{CoveredDays, LocalDays};
use super::memory::{InputFinding, InputMemory};

/// Number of days that are named.
const NAMED: usize = 5;

/// Finds local days without any bucket of all groups together, from one instant up to another: one
/// finding for the input that has the first bucket behind the first of them.
pub fn find(
    inputs: &[InputMemory<'_>],
    days: &mut LocalDays,
    (from, until): (Option<i64>, Option<i64>),
) -> Option<InputFinding> {
    let within = period(days, (from, until));
    let mut all = CoveredDays::default();
    inputs
        .iter()
        .for_each(|it| all.merge(it.chains.days.clone()));
    let mut missing = all.missing(&all, within);
    missing.retain(|date| days.has(*date));
    let first = missing.first()?;
    let starts = inputs.iter().enumerate().flat_map(|(number, input)| {
        let starts = input.chains.days.starts();
        starts.map(move |(day, place)| (day, number, place))
    });
    let behind = starts.filter(|(day, _, _)| *day > first.num_days_from_ce());
    let (_, number, place) = behind.min()?;
    let finding = report(&missing).at(place.span, inputs[number].interval(&place));
    Some((number, finding))
}

/// The first and the last day of a period, counted as [`NaiveDate::num_days_from_ce`] does.
pub fn period(days: &mut LocalDays, (from, until): (Option<i64>, Option<i64>)) -> (i32, i32) {
    (
        from.map_or(i32::MIN, |from| days.of(from)),
        until.map_or(i32::MAX, |until| days.of(until.saturating_sub(1))),
    )
}

fn report(missing: &[NaiveDate]) -> Diagnostic {
    let named = missing.iter().take(NAMED);
    let named: Vec<String> = named
        .map(|date| date.format("%Y-%m-%d (%a)").to_string())
        .collect();
    let named = named.join(", ");
    let message = match missing.len() {
        1 => format!("no data on {named}"),
        days if days <= NAMED => format!("no data on {days} days: {named}"),
        days => format!("no data on {days} days: {named} and {} more", days - NAMED),
    };
    Diagnostic::new(Code::MissingDay, message)
        .cause("missing day")
        .label("the first bucket after the gap")
        .help("fetch these days; the API leaves out a day only if nothing happened on it")
}
