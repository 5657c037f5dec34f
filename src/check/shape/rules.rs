//! What the rules would find, by plain arithmetic where the figures are whole numbers. Other figures
//! are put to the rules' own predicates.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::check::rules::{metrics, stats};
use crate::diagnostic::Code;
use crate::document::STATS;

use super::{Entry, Flat, Lexicon, Number, Optional};

const COUNT: usize = 0;
const SUM: usize = 1;
const MIN: usize = 2;
const MAX: usize = 3;
const RATIO: usize = 4;
const NUMERATOR: usize = 5;
const DENOMINATOR: usize = 6;
/// The statistics of a view that cannot be below zero: its counts.
const COUNTS: u16 = 1 | 1 << 11 | 1 << 12;

/// A bucket with more entries than this has them hashed: its qualifiers are not compared in pairs.
const MANY: usize = 128;

/// A quotient of doubles is this near to its ratio at least; the rule itself is laxer.
const NEAR: f64 = 5e-10;

/// What a rule finds in an entry: the code, and the statistic where that is part of the cause.
pub(super) type Fault = (Code, Option<usize>);

/// Puts what the rules would find in the container that was read, beside what is to be told of its
/// group, to `found`; `false` where that says so, or where other rules have something to say. No
/// bucket may begin after `latest`.
pub(super) fn faults(
    flat: &Flat,
    text: &str,
    lexicon: &mut Lexicon,
    latest: i64,
    found: &mut impl FnMut(&Entry, Fault) -> bool,
) -> bool {
    for bucket in &flat.buckets {
        if bucket.times.is_some_and(|(start, _)| start > latest) {
            return false;
        }
        lexicon.bucket += 1;
        let entries = flat.entries(bucket);
        let many = entries.len() > MANY;
        if many && repeats(entries, text) {
            return false;
        }
        for (index, entry) in entries.iter().enumerate() {
            let running = lexicon.bucket;
            let Some(name) = lexicon.names.get_mut(entry.id as usize) else {
                return false;
            };
            let twice = name.seen == running;
            name.seen = running;
            // A view may bear a metric's name.
            let earlier = entries.get(..index).unwrap_or_default();
            if twice && !many && earlier.iter().any(|other| same(other, entry, text)) {
                return false;
            }
            let mut found = |fault| found(entry, fault);
            if !entry.view
                && !name.known
                && (name.text.is_empty() || !found((Code::UnknownMetric, None)))
            {
                return false;
            }
            let misplaced = if entry.view {
                0
            } else {
                entry.numbers & !name.fits
            };
            if misplaced != 0 && !each(misplaced, |stat| found((Code::StatDoesNotFit, Some(stat))))
            {
                return false;
            }
            let unsigned = if entry.view { COUNTS } else { name.unsigned };
            if flat.negative {
                let negative = negative(flat, text, entry, unsigned);
                if !each(negative, |_| found((Code::NegativeValue, None))) {
                    return false;
                }
            }
            let handling = !entry.view && metrics::is_handling_time(&name.text);
            if !figures(flat, text, entry, handling, &mut |code| found((code, None))) {
                return false;
            }
        }
    }
    true
}

/// Whether it holds for every bit that is set.
fn each(bits: u16, holds: impl FnMut(usize) -> bool) -> bool {
    (0..STATS.len())
        .filter(|stat| bits & (1 << stat) != 0)
        .all(holds)
}

fn same(a: &Entry, b: &Entry, text: &str) -> bool {
    a.id == b.id && a.view == b.view && qualifier(a, text) == qualifier(b, text)
}

fn qualifier<'t>(entry: &Entry, text: &'t str) -> Option<&'t str> {
    match entry.qualifier {
        Optional::Text(run) => Some(run.of(text)),
        Optional::Absent | Optional::Null => None,
    }
}

/// Whether two entries of a bucket are the same.
fn repeats(entries: &[Entry], text: &str) -> bool {
    let mut seen = HashSet::new();
    let key = |entry: &Entry| (entry.view, entry.id, qualifier(entry, text));
    !entries.iter().all(|entry| seen.insert(key(entry)))
}

/// Which of these statistics are below zero.
fn negative(flat: &Flat, text: &str, entry: &Entry, unsigned: u16) -> u16 {
    let is_negative = |stat: &usize| {
        let number = flat.number(entry, *stat);
        number.is_some_and(|number| stats::is_below_zero(number.literal.of(text)))
    };
    (0..STATS.len())
        .filter(|stat| unsigned & (1 << stat) != 0)
        .filter(is_negative)
        .fold(0, |bits, stat| bits | 1 << stat)
}

fn figures(
    flat: &Flat,
    text: &str,
    entry: &Entry,
    handling: bool,
    found: &mut impl FnMut(Code) -> bool,
) -> bool {
    let literal = |number: Number| number.literal.of(text);
    let of = |stat| flat.number(entry, stat);
    let (count, sum, min, max) = (of(COUNT), of(SUM), of(MIN), of(MAX));
    if let (Some(min), Some(max)) = (min, max) {
        let above = match (min.whole, max.whole) {
            (Some(min), Some(max)) => min > max,
            _ => metrics::is_above(literal(min), literal(max)),
        };
        if above && !found(Code::MinAboveMax) {
            return false;
        }
    }
    if let (Some(count), Some(sum)) = (count, sum) {
        for (bound, beyond) in [(min, Ordering::Less), (max, Ordering::Greater)] {
            let Some(bound) = bound else { continue };
            let within = match (count.whole, sum.whole, bound.whole) {
                (Some(count), Some(sum), Some(bound)) => {
                    let product = i128::from(count) * i128::from(bound);
                    i128::from(sum).cmp(&product) != beyond
                }
                _ => false,
            };
            if !within
                && metrics::product_beyond(literal(count), literal(sum), literal(bound), beyond)
                    .is_some()
            {
                if !found(Code::SumOutOfBounds) {
                    return false;
                }
                // One of the two is told.
                break;
            }
        }
        if handling {
            let slow = match (count.whole, sum.whole) {
                (Some(count), Some(sum)) => {
                    i128::from(sum) >= i128::from(count) * 1000 && count >= 0
                }
                _ => false,
            };
            if !slow
                && metrics::small_average(literal(count), literal(sum)).is_some()
                && !found(Code::LooksLikeSeconds)
            {
                return false;
            }
        }
    }
    if let (false, Some(ratio), Some(numerator), Some(denominator)) =
        (entry.view, of(RATIO), of(NUMERATOR), of(DENOMINATOR))
    {
        let near = match (numerator.whole, denominator.whole) {
            (Some(numerator), Some(denominator)) if denominator != 0 => literal(ratio)
                .parse::<f64>()
                .is_ok_and(|ratio| (ratio - numerator as f64 / denominator as f64).abs() <= NEAR),
            _ => false,
        };
        if !near
            && metrics::other_quotient(literal(ratio), literal(numerator), literal(denominator))
                .is_some()
            && !found(Code::RatioMismatch)
        {
            return false;
        }
    }
    true
}
