//! Rules on metrics and their statistics (`M…`).

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::diagnostic::sink::Sink;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::aggregates::{Bucket, Metric};
use crate::document::catalog;
use crate::json::number::Decimal;
use crate::json::{Node, Span, text};

/// `M001`: `min` is above `max`.
pub fn min_above_max(metric: Metric<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    let (Some(min), Some(max)) = (metric.stat("min"), metric.stat("max")) else {
        return;
    };
    if is_above(min, max) {
        out.tell(Code::MinAboveMax, &metric.name(), || {
            Diagnostic::new(
                Code::MinAboveMax,
                format!(
                    "the min of `{}` is above its max: {min} > {max}",
                    shown(metric)
                ),
            )
            .at(stat_span(metric, "min"), format!("{}/stats/min", place()))
            .label(format!("above the max, {max}"))
            .help("the two may be exchanged, or the entry edited by hand; fetch the response again")
        });
    }
}

/// Whether one literal is above another.
pub(in crate::check) fn is_above(min: &str, max: &str) -> bool {
    (|| Decimal::parse(min)?.compare(Decimal::parse(max)?))() == Some(Ordering::Greater)
}

/// `M002`: the sum is not within count·min and count·max.
pub fn sum_out_of_bounds(metric: Metric<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    let (Some(count), Some(sum)) = (metric.stat("count"), metric.stat("sum")) else {
        return;
    };
    for (stat, word, beyond) in [
        ("min", "below", Ordering::Less),
        ("max", "above", Ordering::Greater),
    ] {
        let Some(bound) = metric.stat(stat) else {
            continue;
        };
        let Some(product) = product_beyond(count, sum, bound, beyond) else {
            continue;
        };
        out.tell(Code::SumOutOfBounds, &metric.name(), || {
            Diagnostic::new(
                Code::SumOutOfBounds,
                format!(
                    "the sum of `{}` is {word} count × {stat}: {sum} against {count} × {bound} = {product}",
                    shown(metric)
                ),
            )
            .at(stat_span(metric, "sum"), format!("{}/stats/sum", place()))
            .label(format!("{word} {product}"))
            .help("one of the four figures was changed after the response was saved; fetch the response again")
        });
        return;
    }
}

/// Count × bound, where the sum lies `beyond` it.
pub(in crate::check) fn product_beyond(
    count: &str,
    sum: &str,
    bound: &str,
    beyond: Ordering,
) -> Option<Decimal> {
    let (count, sum) = (Decimal::parse(count)?, Decimal::parse(sum)?);
    let product = Decimal::parse(bound)?.times(count)?;
    (sum.compare(product) == Some(beyond) && !close(sum, product)).then_some(product)
}

/// Floating-point sums may be off by their last digits.
fn close(a: Decimal, b: Decimal) -> bool {
    let (a, b) = (a.approximate(), b.approximate());
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// `M003`: the ratio is not numerator / denominator.
pub fn ratio_mismatch(metric: Metric<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    let (Some(ratio), Some(numerator), Some(denominator)) = (
        metric.stat("ratio"),
        metric.stat("numerator"),
        metric.stat("denominator"),
    ) else {
        return;
    };
    let Some(quotient) = other_quotient(ratio, numerator, denominator) else {
        return;
    };
    out.tell(Code::RatioMismatch, &metric.name(), || {
        Diagnostic::new(
            Code::RatioMismatch,
            format!(
                "the ratio of `{}` is {ratio}, but {numerator} / {denominator} is {quotient:.6}",
                shown(metric)
            ),
        )
        .at(
            stat_span(metric, "ratio"),
            format!("{}/stats/ratio", place()),
        )
        .label(format!("not {numerator} / {denominator}"))
        .help(
            "to merge rows, add numerators and denominators and divide again; never average ratios",
        )
    });
}

/// The quotient, where the ratio is another.
pub(in crate::check) fn other_quotient(
    ratio: &str,
    numerator: &str,
    denominator: &str,
) -> Option<f64> {
    let (value, below) = (Decimal::parse(ratio)?, Decimal::parse(denominator)?);
    let above = Decimal::parse(numerator)?;
    if below.is_zero() {
        return None;
    }
    let quotient = above.approximate() / below.approximate();
    ((value.approximate() - quotient).abs() > tolerance(ratio)).then_some(quotient)
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
pub fn unknown_metric(metric: Metric<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    let Some(node) = metric.name_node() else {
        return;
    };
    let name = metric.name();
    if name.is_empty() || catalog::metric(&name).is_some() {
        return;
    }
    out.tell(Code::UnknownMetric, &name, || {
        Diagnostic::new(
            Code::UnknownMetric,
            format!("`{}` is not a known metric of the API", shown(metric)),
        )
        .at(node.span(), format!("{}/metric", place()))
        .label("unknown metric")
        .help(home(&name))
    });
}

/// Where the figure is that an unknown name may mean.
fn home(name: &str) -> String {
    match (catalog::misnomer(name), catalog::nearest_metric(name)) {
        (Some(real), _) => format!(
            "the API has no such metric; this figure is the `{}` of `{}`",
            real.stat, real.metric
        ),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => "it may be newer than this version of gcagg, belong to a family whose metrics are not published, or be added by the program that wrote the file; it is converted unchanged".to_owned(),
    }
}

/// `M006`: one metric and qualifier, or one view, twice in a bucket.
pub fn duplicate_metric(bucket: Bucket<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    for (list, key, entries) in [
        ("metrics", "metric", bucket.metrics().collect::<Vec<_>>()),
        ("views", "name", bucket.views().collect()),
    ] {
        let mut seen = HashSet::new();
        for (index, entry) in entries.iter().enumerate() {
            let Some(node) = entry.name_node() else {
                continue;
            };
            let qualifier = entry.qualifier().and_then(Node::string);
            if seen.insert((entry.name(), qualifier.clone())) {
                continue;
            }
            let with = qualifier.map_or(String::new(), |qualifier| {
                format!(" with qualifier `{}`", text::printable(&qualifier))
            });
            out.tell(Code::DuplicateMetric, &entry.name(), || {
                Diagnostic::new(
                    Code::DuplicateMetric,
                    format!("`{}`{with} appears twice in one bucket", shown(*entry)),
                )
                .at(node.span(), format!("{}/{list}/{index}/{key}", place()))
                .label("the second one")
                .help("its figures would count twice; two responses may have been merged by hand")
            });
        }
    }
}

/// `M008`: handling or talk times whose average is under a second: seconds, not milliseconds.
pub fn looks_like_seconds(metric: Metric<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    if !is_handling_time(&metric.name()) {
        return;
    }
    let (Some(count), Some(sum)) = (metric.stat("count"), metric.stat("sum")) else {
        return;
    };
    let Some(average) = small_average(count, sum) else {
        return;
    };
    out.tell(Code::LooksLikeSeconds, &metric.name(), || {
        Diagnostic::new(
            Code::LooksLikeSeconds,
            format!(
                "`{}` averages {average:.0} ms over {count} interactions: these look like seconds",
                shown(metric)
            ),
        )
        .at(stat_span(metric, "sum"), format!("{}/stats/sum", place()))
        .label("under a second each")
        .help("the API sends milliseconds; if a program divided them by 1000, convert its source instead")
    });
}

/// Whether nobody can be done in less than a second.
pub(in crate::check) fn is_handling_time(name: &str) -> bool {
    matches!(name, "tHandle" | "tTalk" | "tTalkComplete")
}

/// The average, where it is under a second over three interactions or more.
pub(in crate::check) fn small_average(count: &str, sum: &str) -> Option<f64> {
    let (count, sum) = (Decimal::parse(count)?, Decimal::parse(sum)?);
    let enough = count.compare(Decimal::from(3))?.is_ge();
    if !enough || sum.is_zero() || sum.is_negative() {
        return None;
    }
    let small = sum.compare(count.times(Decimal::from(1000))?)?.is_lt();
    small.then(|| sum.approximate() / count.approximate())
}

pub(super) fn shown(metric: Metric<'_>) -> String {
    text::printable(&metric.name()).chars().take(80).collect()
}

fn stat_span(metric: Metric<'_>, name: &str) -> Span {
    metric
        .stats()
        .find(|(stat, _)| stat == name)
        .map_or_else(|| metric.node.span(), |(_, value)| value.span())
}
