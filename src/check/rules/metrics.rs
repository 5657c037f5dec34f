//! Rules on metrics and their statistics (`M…`).

use std::cmp::Ordering;

use crate::diagnostic::sink::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::number::Decimal;
use crate::json::text;
use crate::model::catalog;
use crate::model::stat::Stat;
use crate::record::{Bucket, EntryView, Figure, Number, View};

use super::RuleMemory;

/// Reports a finding at one figure of an entry; its cause is the entry's name.
pub(super) fn at_figure(
    entry: &EntryView<'_>,
    code: Code,
    figure: &Figure<'_>,
    out: &mut Findings<'_, '_>,
    make: impl FnOnce() -> Diagnostic,
) {
    out.report(
        code,
        entry.entry.id.into(),
        || entry.name().to_owned(),
        || make().at(figure.span(), entry.figure_path(figure)),
    );
}

/// Returns true if the count, sum, minimum and maximum of an entry are certain to pass `M001`,
/// `M002` and `M008`, as those of most entries are.
#[inline]
pub(super) fn is_consistent(entry: &EntryView<'_>) -> bool {
    let has = |stat| entry.entry.numbers.contains(stat);
    if !(has(Stat::Count) && has(Stat::Sum)) {
        return !(has(Stat::Min) && has(Stat::Max));
    }
    let is_whole = has(Stat::Min) && has(Stat::Max);
    is_whole && are_consistent(entry.view.numbers(entry.entry), entry.facts.handling)
}

/// Returns true if the count, sum, minimum and maximum of a whole entry are certain to pass. They are
/// the first four in the order of the columns.
#[inline]
pub(super) fn are_consistent(numbers: &[Number], is_handling: bool) -> bool {
    let [count, sum, min, max, ..] = numbers else {
        return false;
    };
    let (Some(count), Some(sum), Some(min), Some(max)) =
        (count.whole, sum.whole, min.whole, max.whole)
    else {
        return false;
    };
    // Their products fit 64 bits.
    let is_small = (count | min | max) >> 31 == 0;
    let is_long = !is_handling || (is_small && sum >= count * 1000);
    is_small && min <= max && count * min <= sum && sum <= count * max && is_long
}

/// `M001`: `min` is above `max`.
#[inline]
pub(super) fn min_above_max(entry: &EntryView<'_>, out: &mut Findings<'_, '_>) {
    let (Some(min), Some(max)) = (entry.figure(Stat::Min), entry.figure(Stat::Max)) else {
        return;
    };
    if min.compare(&max) != Some(Ordering::Greater) {
        return;
    }
    at_figure(entry, Code::MinAboveMax, &min, out, || {
        let (name, min, max) = (entry.shown(), min.literal(), max.literal());
        Diagnostic::new(
            Code::MinAboveMax,
            format!("the min of `{name}` is above its max: {min} > {max}"),
        )
        .label(format!("above the max, {max}"))
        .help("the two may be swapped, or the entry was edited by hand; fetch the response again")
    });
}

/// `M002`: the sum is not within count·min and count·max.
#[inline]
pub(super) fn sum_out_of_bounds(entry: &EntryView<'_>, out: &mut Findings<'_, '_>) {
    let (Some(count), Some(sum)) = (entry.figure(Stat::Count), entry.figure(Stat::Sum)) else {
        return;
    };
    for (stat, word, beyond) in [
        (Stat::Min, "below", Ordering::Less),
        (Stat::Max, "above", Ordering::Greater),
    ] {
        let Some(bound) = entry.figure(stat) else {
            continue;
        };
        if !is_beyond(&count, &sum, &bound, beyond) {
            continue;
        }
        at_figure(entry, Code::SumOutOfBounds, &sum, out, || {
            let (name, stat) = (entry.shown(), stat.name());
            let product = product(&count, &bound).map_or_else(String::new, |it| it.to_string());
            let (count, sum, bound) = (count.literal(), sum.literal(), bound.literal());
            Diagnostic::new(
                Code::SumOutOfBounds,
                format!(
                    "the sum of `{name}` is {word} count × {stat}: {sum} against {count} × {bound} = {product}"
                ),
            )
            .label(format!("{word} {product}"))
            .help("one of the four figures was changed after the response was saved; fetch the response again")
        });
        // One of the two is enough.
        return;
    }
}

/// Returns true if the sum lies `beyond` count × bound.
#[inline]
fn is_beyond(count: &Figure<'_>, sum: &Figure<'_>, bound: &Figure<'_>, beyond: Ordering) -> bool {
    if let (Some(count), Some(sum), Some(bound)) = (count.whole(), sum.whole(), bound.whole()) {
        let product = i128::from(count) * i128::from(bound);
        if i128::from(sum).cmp(&product) != beyond {
            return false;
        }
    }
    (|| {
        let (sum, product) = (sum.decimal()?, product(count, bound)?);
        Some(sum.compare(product)? == beyond && !is_close(sum, product))
    })()
    .unwrap_or(false)
}

fn product(count: &Figure<'_>, bound: &Figure<'_>) -> Option<Decimal> {
    bound.decimal()?.times(count.decimal()?)
}

/// Floating-point sums may be off by their last digits.
fn is_close(a: Decimal, b: Decimal) -> bool {
    let (a, b) = (a.approximate(), b.approximate());
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// `M003`: the ratio is not numerator / denominator.
#[inline]
pub(super) fn ratio_mismatch(entry: &EntryView<'_>, out: &mut Findings<'_, '_>) {
    let (Some(ratio), Some(numerator), Some(denominator)) = (
        entry.figure(Stat::Ratio),
        entry.figure(Stat::Numerator),
        entry.figure(Stat::Denominator),
    ) else {
        return;
    };
    let Some(quotient) = other_quotient(&ratio, &numerator, &denominator) else {
        return;
    };
    at_figure(entry, Code::RatioMismatch, &ratio, out, || {
        let (name, ratio) = (entry.shown(), ratio.literal());
        let (numerator, denominator) = (numerator.literal(), denominator.literal());
        Diagnostic::new(
            Code::RatioMismatch,
            format!(
                "the ratio of `{name}` is {ratio}, but {numerator} / {denominator} is {quotient:.6}"
            ),
        )
        .label(format!("not {numerator} / {denominator}"))
        .help(
            "to merge rows, add numerators and denominators and divide again; never average ratios",
        )
    });
}

/// The quotient, where the ratio is another.
fn other_quotient(
    ratio: &Figure<'_>,
    numerator: &Figure<'_>,
    denominator: &Figure<'_>,
) -> Option<f64> {
    let value = ratio.approximate().filter(|value| value.is_finite())?;
    let (above, below) = (numerator.approximate()?, denominator.approximate()?);
    let quotient = above / below;
    if below == 0.0 || !quotient.is_finite() {
        return None;
    }
    let difference = (value - quotient).abs();
    (difference > 1e-9 && difference > tolerance(ratio.literal())).then_some(quotient)
}

/// A ratio rounded to four decimals or more is no mismatch.
fn tolerance(literal: &str) -> f64 {
    let decimals = literal
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    if (4..9).contains(&decimals) && !literal.contains(['e', 'E']) {
        0.51 * 10_f64.powi(-(decimals as i32))
    } else {
        1e-9
    }
}

/// `M004`: a metric that the API does not have.
#[inline]
pub(super) fn unknown_metric(entry: &EntryView<'_>, out: &mut Findings<'_, '_>) {
    if entry.facts.known || entry.entry.name.is_empty() {
        return;
    }
    out.report(
        Code::UnknownMetric,
        entry.entry.id.into(),
        || entry.name().to_owned(),
        || {
            Diagnostic::new(
                Code::UnknownMetric,
                format!("`{}` is not a known metric of the API", entry.shown()),
            )
            .at(entry.name_span(), entry.path().key("metric"))
            .label("unknown metric")
            .help(home(entry.name()))
        },
    );
}

/// Suggests where to find the figure that an unknown name may mean.
fn home(name: &str) -> String {
    match (catalog::misnomer(name), catalog::nearest_metric(name)) {
        (Some(real), _) => format!("the API has no such metric; {}", real.explanation()),
        _ if catalog::is_observed(name) => "this is a metric of observations, which measure one moment; aggregates queries do not have it".to_owned(),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => "it may be newer than this version of gcagg, be of a family without a published list, or come from another program; it is converted unchanged".to_owned(),
    }
}

/// `M006`: one metric and qualifier, or one view, twice in a bucket.
#[inline]
pub(super) fn duplicate_metric(
    view: View<'_>,
    bucket: &Bucket,
    state: &mut RuleMemory,
    out: &mut Findings<'_, '_>,
) {
    state.bucket += 1;
    let mut repeated = false;
    for entry in view.entries(bucket) {
        let id = entry.id as usize;
        if state.seen.len() <= id {
            state.seen.resize(id + 1, 0);
        }
        if let Some(seen) = state.seen.get_mut(id) {
            repeated |= std::mem::replace(seen, state.bucket) == state.bucket;
        }
    }
    // Most names that repeat are those of users' presences, which differ in the qualifier.
    if repeated {
        repeated_entries(view, bucket, state, out);
    }
}

fn repeated_entries(
    view: View<'_>,
    bucket: &Bucket,
    state: &mut RuleMemory,
    out: &mut Findings<'_, '_>,
) {
    state.entries.clear();
    for (index, entry) in (0..).zip(view.entries(bucket)) {
        let qualifier = view.qualifier(entry);
        let key = (entry.view, entry.id, qualifier.to_owned());
        if entry.name.is_empty() || state.entries.insert(key) {
            continue;
        }
        let entry = EntryView {
            view,
            entry,
            facts: crate::record::Facts::default(),
            bucket: bucket.index,
            index,
        };
        out.report(
            Code::DuplicateMetric,
            entry.entry.id.into(),
            || entry.name().to_owned(),
            || {
                let with = match qualifier {
                    "" => String::new(),
                    text => format!(" with qualifier `{}`", text::printable(text)),
                };
                let key = if entry.entry.view { "name" } else { "metric" };
                Diagnostic::new(
                    Code::DuplicateMetric,
                    format!("`{}`{with} appears twice in one bucket", entry.shown()),
                )
                .at(entry.name_span(), entry.path().key(key))
                .label("the second one")
                .help("its figures would count twice; two responses may have been merged by hand")
            },
        );
    }
}

/// `M008`: handling or talk times whose average is under a second: seconds, not milliseconds.
#[inline]
pub(super) fn looks_like_seconds(entry: &EntryView<'_>, out: &mut Findings<'_, '_>) {
    if !entry.facts.handling {
        return;
    }
    let (Some(count), Some(sum)) = (entry.figure(Stat::Count), entry.figure(Stat::Sum)) else {
        return;
    };
    if let (Some(count), Some(sum)) = (count.whole(), sum.whole())
        && i128::from(sum) >= i128::from(count) * 1000
        && count >= 0
    {
        return;
    }
    let Some(average) = small_average(&count, &sum) else {
        return;
    };
    at_figure(entry, Code::LooksLikeSeconds, &sum, out, || {
        let (name, count) = (entry.shown(), count.literal());
        Diagnostic::new(
            Code::LooksLikeSeconds,
            format!(
                "`{name}` averages {average:.0} ms over {count} interactions: these look like seconds"
            ),
        )
        .label("under a second each")
        .help("the API sends milliseconds; if a program divided them by 1000, convert its source instead")
    });
}

/// The average, where it is under a second over three interactions or more.
fn small_average(count: &Figure<'_>, sum: &Figure<'_>) -> Option<f64> {
    let (count, sum) = (count.decimal()?, sum.decimal()?);
    let enough = count.compare(Decimal::from(3))?.is_ge();
    if !enough || sum.is_zero() || sum.is_negative() {
        return None;
    }
    let small = sum.compare(count.times(Decimal::from(1000))?)?.is_lt();
    small.then(|| sum.approximate() / count.approximate())
}
