//! The figures that a report shows, and their values in the total.

use crate::aggregate::Group;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::{self, MetricKind};
use crate::model::stat::Stat;

use super::cell::{Cell, Change};
use super::measure::{Measure, Totals};

/// The key figures of a report in the order of all forms, those that say most first.
const FIGURES: [&str; 30] = [
    "Offered",
    "Service level",
    "Abandoned %",
    "ASA",
    "AHT",
    "Answered",
    "Handled",
    "Answered %",
    "Abandoned",
    "Wait",
    "Talk",
    "Hold",
    "Hold handled",
    "Wrap-up",
    "Short abandoned",
    "Transferred",
    "Transferred %",
    "Logged in",
    "On queue",
    "Occupancy",
    "Utilization",
    "Average sentiment",
    "Positive %",
    "Negative %",
    "Evaluation score",
    "Critical score",
    "Survey score",
    "Survey response %",
    "NPS",
    "Outcome failed %",
];

/// Presences as shares of the time logged in, for tables of agents.
const PRESENCES: [&str; 9] = [
    "On queue %",
    "Available %",
    "Busy %",
    "Away %",
    "Break %",
    "Meal %",
    "Meeting %",
    "Training %",
    "Idle %",
];

/// The shares of presences that occur in a group.
pub(super) fn presence_shares(group: Group<'_>) -> impl Iterator<Item = Measure> {
    let totals = Totals::new(group);
    let shares = PRESENCES.iter().filter_map(|name| Measure::key(name));
    shares.filter(move |it| it.of(&totals).is_ok_and(|it| it.approximate() > 0.0))
}

/// Number of metrics that are shown where there are no key figures.
const COUNTS: usize = 4;
const AVERAGES: usize = 3;

/// The figures that have a value in this group: key figures, and where none of them is a number of
/// events or a time, the counts and averages of metrics before them.
pub fn measures(group: Group<'_>) -> Vec<Measure> {
    let totals = Totals::new(group);
    let keys = FIGURES.iter().filter_map(|name| Measure::key(name));
    let keys: Vec<Measure> = keys
        .filter(|measure| measure.is_measured(&totals))
        .collect();
    let says_how_much = |unit| matches!(unit, FigureUnit::Count | FigureUnit::Time);
    match keys.iter().any(|measure| says_how_much(measure.unit())) {
        true => keys,
        false => {
            let mut all = metrics(&totals);
            all.retain(|it| !keys.iter().any(|key| key.formula() == it.formula()));
            all.extend(keys);
            all
        }
    }
}

/// The largest counts of metrics, and some averages.
fn metrics(totals: &Totals<'_>) -> Vec<Measure> {
    let mut counts: Vec<(Measure, f64)> = Vec::new();
    let mut averages = Vec::new();
    for (name, total) in totals.group().totals() {
        if name.view || !name.qualifier.is_empty() {
            continue;
        }
        let metric = name.name.to_string();
        let is_counter = match catalog::metric(&metric) {
            Some(entry) => entry.kind == MetricKind::Counter,
            None => total.figure(Stat::Sum).is_none(),
        };
        let average = Measure::Average(metric.clone());
        if average.is_measured(totals) {
            averages.push(average);
        }
        if let Some(count) = total.figure(Stat::Count) {
            // Counters before the counts of timers and scores.
            let weight = if is_counter { 1e18 } else { 0.0 };
            let count = count.map_or(0.0, |count| count.approximate());
            counts.push((Measure::Count(metric), weight + count));
        }
    }
    counts.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let counts = counts.into_iter().take(COUNTS).map(|(measure, _)| measure);
    counts.chain(averages.into_iter().take(AVERAGES)).collect()
}

/// The figures of the totals: each from the first query that has it, so that no figure mixes two.
/// Changes are from the second of `compared` to the first.
pub(super) fn headline(
    totals: &[Totals<'_>],
    compared: Option<&[Vec<Totals<'_>>; 2]>,
) -> Vec<(Measure, Cell)> {
    let mut found: Vec<(Measure, Cell)> = Vec::new();
    let all = totals;
    for totals in all {
        for measure in measures(totals.group()) {
            // A counter that is absent in one query may be a figure of another.
            let has = |it: &&Totals<'_>| measure.is_of(it.group());
            let totals = all.iter().find(has).unwrap_or(totals);
            if found.iter().any(|(known, _)| *known == measure) {
                continue;
            }
            let mut cell = Cell::of(&measure, totals);
            if let Some([base, before]) = compared {
                let of = |all: &[Totals<'_>]| {
                    let has = |it: &&Totals<'_>| measure.is_measured(it);
                    let totals = all.iter().find(has).or(all.first());
                    totals.map(|it| Cell::of(&measure, it)).unwrap_or_default()
                };
                let now = match cell.value {
                    Some(_) => of(base),
                    None => cell,
                };
                cell.change = Some(Change::new(&now, &of(before)));
            }
            found.push((measure, cell));
        }
    }
    found.sort_by_key(|(measure, _)| place(measure));
    found
}

/// The place of a figure in the order; metrics come before key figures.
pub fn place(measure: &Measure) -> usize {
    match measure {
        Measure::Key(figure) => {
            1 + FIGURES
                .iter()
                .position(|name| *name == figure.name)
                .unwrap_or(0)
        }
        _ => 0,
    }
}
