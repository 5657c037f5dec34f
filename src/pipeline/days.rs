//! Local days without any bucket of all groups together: found after pass one, reported once.

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate};

use crate::check::days::{CoveredDays, LocalDays};
use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Code, Diagnostic};
use crate::table::Filter;

use super::Surveyed;

/// How many days are named.
const NAMED: usize = 5;

/// Finds the days that are missing within the filtered time, in each input or `across` all of them,
/// and adds one finding to the input that has the first bucket behind the first of them.
pub fn find(inputs: &mut [Surveyed], across: bool, filter: &Filter, levels: &Levels) {
    if !levels.is_on(Code::MissingDay) {
        return;
    }
    let mut days = LocalDays::new(filter.zone);
    let mut bound = |time: Option<DateTime<FixedOffset>>, before: i64| {
        let nanos = time?.timestamp_nanos_opt()?;
        Some(days.of(nanos - before))
    };
    let within = (
        bound(filter.from, 0).unwrap_or(i32::MIN),
        bound(filter.until, 1).unwrap_or(i32::MAX),
    );
    let together = if across { inputs.len() } else { 1 };
    for inputs in inputs.chunks_mut(together.max(1)) {
        let mut all = CoveredDays::default();
        inputs
            .iter()
            .for_each(|it| all.merge(it.chains.days.clone()));
        let missing = all.missing(within);
        let Some(first) = missing.first() else {
            continue;
        };
        let starts = inputs.iter().enumerate().flat_map(|(number, input)| {
            let starts = input.chains.days.starts();
            starts.map(move |(day, place)| (day, number, place))
        });
        let behind = starts.filter(|(day, _, _)| *day > first.num_days_from_ce());
        let Some((_, number, place)) = behind.min() else {
            continue;
        };
        if let Some(input) = inputs.get_mut(number) {
            let pointer = format!("/data/{}/interval", place.bucket);
            let pointer = input.at(&place, &pointer);
            let finding = report(&missing).at(place.span, pointer);
            input.report(levels.apply(finding));
        }
    }
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
        .label("the first bucket behind the gap")
        .help("fetch these days; the API leaves out a day only if nothing happened on it")
}
