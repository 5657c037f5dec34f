//! Whether the rules have nothing to say, by plain arithmetic where the figures are whole numbers.
//!
//! Other figures are put to the rules' own predicates; a doubt is a refusal.

use std::cmp::Ordering;

use crate::check::rules::{metrics, stats};
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

/// A quotient of doubles is this near to its ratio at least; the rule itself is laxer.
const NEAR: f64 = 5e-10;

/// Whether no rule would find anything in the container that was read, beside what is to be told of
/// its group. No bucket may begin after `latest`.
pub(super) fn clean(flat: &Flat, text: &str, lexicon: &mut Lexicon, latest: i64) -> bool {
    for bucket in &flat.buckets {
        if bucket.times.is_some_and(|(start, _)| start > latest) {
            return false;
        }
        lexicon.bucket += 1;
        let entries = flat.entries(bucket);
        for (index, entry) in entries.iter().enumerate() {
            let running = lexicon.bucket;
            let Some(name) = lexicon.names.get_mut(entry.id as usize) else {
                return false;
            };
            let twice = name.seen == running;
            name.seen = running;
            // A view may bear a metric's name.
            let earlier = entries.get(..index).unwrap_or_default();
            if twice && earlier.iter().any(|other| same(other, entry, text)) {
                return false;
            }
            if !entry.view && (!name.known || entry.numbers & !name.fits != 0) {
                return false;
            }
            let unsigned = if entry.view { COUNTS } else { name.unsigned };
            if flat.negative && is_negative(flat, text, entry, unsigned) {
                return false;
            }
            let handling = !entry.view && metrics::is_handling_time(&name.text);
            if !figures_are_clean(flat, text, entry, handling) {
                return false;
            }
        }
    }
    true
}

fn same(a: &Entry, b: &Entry, text: &str) -> bool {
    let qualifier = |entry: &Entry| match entry.qualifier {
        Optional::Text(run) => Some(run.of(text)),
        Optional::Absent | Optional::Null => None,
    };
    a.id == b.id && a.view == b.view && qualifier(a) == qualifier(b)
}

/// Whether one of these statistics is below zero.
fn is_negative(flat: &Flat, text: &str, entry: &Entry, unsigned: u16) -> bool {
    (0..STATS.len())
        .filter(|stat| unsigned & (1 << stat) != 0)
        .filter_map(|stat| flat.number(entry, stat))
        .any(|number| stats::is_below_zero(number.literal.of(text)))
}

fn figures_are_clean(flat: &Flat, text: &str, entry: &Entry, handling: bool) -> bool {
    let literal = |number: Number| number.literal.of(text);
    let of = |stat| flat.number(entry, stat);
    let (count, sum, min, max) = (of(COUNT), of(SUM), of(MIN), of(MAX));
    if let (Some(min), Some(max)) = (min, max) {
        let above = match (min.whole, max.whole) {
            (Some(min), Some(max)) => min > max,
            _ => metrics::is_above(literal(min), literal(max)),
        };
        if above {
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
                return false;
            }
        }
        if handling {
            let slow = match (count.whole, sum.whole) {
                (Some(count), Some(sum)) => {
                    i128::from(sum) >= i128::from(count) * 1000 && count >= 0
                }
                _ => false,
            };
            if !slow && metrics::small_average(literal(count), literal(sum)).is_some() {
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
        {
            return false;
        }
    }
    true
}
