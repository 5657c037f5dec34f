//! Buckets that are missing from the even grids of groups (`T004`).

use std::borrow::Cow;
use std::cmp::Reverse;

use chrono::{DateTime, SecondsFormat, TimeDelta};

use crate::diagnostic::{Code, Diagnostic};

use super::chains::{Chain, Chains, sorted};
use super::days::LocalDays;
use super::grid::Hole;
use super::memory::{InputFinding, InputMemory, NamePlaces};

/// The missing buckets of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The number of the group: see [`super::overlap::group_number`].
    pub group: u64,
    /// The first hole, and the inputs of the buckets around it.
    pub hole: Hole,
    pub inputs: (usize, usize),
    /// The length of the buckets, in nanoseconds.
    pub length: i64,
    /// All holes, and the buckets that are missing in them.
    pub holes: u64,
    pub missing: u64,
    /// The times of the holes; of many, only the first.
    pub times: Vec<(i64, i64)>,
}

/// Finds gaps within local days, and reports the first of each input with the number of the other
/// groups that have some: quiet hours of many queues are no news.
pub fn find(
    inputs: &[InputMemory<'_>],
    days: &mut LocalDays,
    named: NamePlaces<'_>,
) -> Vec<InputFinding> {
    let chains: Vec<&Chains> = inputs.iter().map(|input| input.chains).collect();
    let gaps = of(&chains, days);
    let of_inputs: Vec<&[Gap]> = gaps.chunk_by(|a, b| a.inputs.1 == b.inputs.1).collect();
    let before = of_inputs.iter().filter_map(|gaps| gaps.first()).map(|gap| {
        let (input, place) = (gap.inputs.0, gap.hole.before);
        (input, place.span, inputs[input].interval(&place))
    });
    let named = named(before.collect());
    let found = of_inputs.iter().zip(named).filter_map(|(gaps, before)| {
        let (gap, others) = gaps.split_first()?;
        let input = gap.inputs.1;
        Some((input, report(&inputs[input], gap, others, &before)))
    });
    found.collect()
}

/// The groups with missing buckets, within an input or across the given inputs. A chain that overlaps others is
/// skipped if it fills no hole; else the group has more than one series of buckets, and is not checked. `days` are
/// the local days.
pub fn of(inputs: &[&Chains], days: &mut LocalDays) -> Vec<Gap> {
    let all = sorted(inputs);
    let same = |a: &(&Chain, usize), b: &(&Chain, usize)| a.0.group == b.0.group;
    let mut gaps: Vec<Gap> = all
        .chunk_by(same)
        .filter_map(|chains| gap(chains, days))
        .collect();
    gaps.sort_unstable_by_key(|gap| (gap.inputs.1, gap.hole.behind));
    gaps
}

fn gap(chains: &[(&Chain, usize)], days: &mut LocalDays) -> Option<Gap> {
    let mut chains = Cow::from(chains);
    if chains.len() > 1 {
        // An earlier export of the same day follows the whole one.
        chains
            .to_mut()
            .sort_by_key(|(chain, _)| (chain.start, Reverse(chain.end)));
    }
    let ((first, input), rest) = chains.split_first()?;
    let (mut grid, mut end, mut before) = (first.grid(), first.end, *input);
    let mut inputs = grid.holes.as_ref().map(|_| (before, before));
    let mut last = *first;
    for (chain, input) in rest {
        let is_part =
            || chain.end <= end && grid.keeps_holes(&chain.grid(), (chain.start, chain.end));
        if chain.is_like(last) || is_part() {
            // A copy of a file, or of some of its hours: it fills no hole.
            continue;
        }
        last = chain;
        if chain.start < end {
            return None;
        }
        let known = grid.holes.is_some();
        grid.append((end, chain.start), chain.first, chain.grid(), days);
        if !known && let Some(holes) = &grid.holes {
            let across = holes.first.behind == chain.first;
            inputs = Some((if across { before } else { *input }, *input));
        }
        (end, before) = (chain.end, *input);
    }
    let holes = grid.holes.as_deref()?;
    Some(Gap {
        group: first.group,
        missing: grid.missing()?,
        hole: holes.first,
        inputs: inputs?,
        length: grid.shortest,
        holes: holes.count,
        times: holes.times().collect(),
    })
}

fn report(input: &InputMemory<'_>, gap: &Gap, others: &[Gap], before: &str) -> Diagnostic {
    let hole = &gap.hole;
    let buckets = |count: u64| {
        if count == 1 {
            "a bucket".to_owned()
        } else {
            format!("{count} buckets")
        }
    };
    let mut message = format!(
        "{} of {} missing in a group: nothing from {} to {}",
        buckets(gap.missing),
        length(gap.length),
        instant(hole.from),
        instant(hole.until),
    );
    match gap.holes {
        1 => {}
        2 => message.push_str(", and one more hole"),
        holes => message.push_str(&format!(", and {} more holes", holes - 1)),
    }
    if !others.is_empty() {
        let missing: u64 = others.iter().map(|gap| gap.missing).sum();
        message.push_str(&format!(
            "; {} with holes too, of {}",
            match others.len() {
                1 => "one more group".to_owned(),
                count => format!("{count} more groups"),
            },
            buckets(missing)
        ));
    }
    Diagnostic::new(Code::Gap, message)
        .at(hole.behind.span, input.interval(&hole.behind))
        .cause("gap")
        .label("the first bucket after the gap")
        .related(format!("the bucket before it: {before}"))
        .help("the API leaves out buckets in which nothing happened; if data is missing, fetch that time again")
}

fn instant(nanoseconds: i64) -> String {
    DateTime::from_timestamp_nanos(nanoseconds).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A length in the largest unit that fits.
fn length(nanoseconds: i64) -> String {
    let seconds = TimeDelta::nanoseconds(nanoseconds).num_seconds();
    let (unit, word) = [(86_400, "day"), (3600, "h"), (60, "min")]
        .into_iter()
        .find(|(unit, _)| seconds % unit == 0)
        .unwrap_or((1, "s"));
    match (seconds / unit, word) {
        (count, "day") if count != 1 => format!("{count} days"),
        (count, word) => format!("{count} {word}"),
    }
}
