//! Rules on which statistics a metric has, and on which side of zero (`M…`).

use std::borrow::Cow;

use crate::diagnostic::sink::Sink;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::aggregates::Metric;
use crate::document::catalog::{self, Kind};
use crate::document::{STATS, stat_name};
use crate::json::number::Decimal;
use crate::json::{Node, Span};

use super::metrics::shown;

/// The keys, places and literals of a metric's figures.
fn figures(metric: Metric<'_>) -> impl Iterator<Item = (Cow<'_, str>, Span, &str)> {
    let stats = metric.node.get("stats").into_iter();
    stats.flat_map(Node::members).filter_map(|(key, value)| {
        // A null is what some clients write for every statistic that is not there.
        Some((key.string()?, value.span(), value.number()?))
    })
}

/// `M005`: a figure below zero where that cannot be. A view's name is no metric's.
pub fn negative_value(
    metric: Metric<'_>,
    view: bool,
    place: impl Fn() -> String,
    out: &mut Sink<'_, '_>,
) {
    let name = metric.name();
    let name = (!view).then_some(&*name);
    for (key, span, literal) in figures(metric) {
        let stat = stat_name(&key);
        if !is_below_zero(literal) || !is_unsigned(name, stat) {
            continue;
        }
        out.tell(Code::NegativeValue, &metric.name(), || {
            Diagnostic::new(
                Code::NegativeValue,
                format!("the {stat} of `{}` is below zero: {literal}", shown(metric)),
            )
            .at(span, format!("{}/stats/{key}", place()))
            .label("below zero")
            .help("counts, durations and shares cannot be; a program may have written -1 for what is missing, or subtracted")
        });
    }
}

/// Whether a literal is below zero; `-0` is not.
pub(in crate::check) fn is_below_zero(literal: &str) -> bool {
    let Some(positive) = literal.strip_prefix('-') else {
        return false;
    };
    // Beyond the range of exact arithmetic are only numbers that are not zero.
    Decimal::parse(positive).is_none_or(|number| !number.is_zero())
}

/// Whether a statistic cannot be below zero: of a metric, or of a view, which has no name here.
///
/// Scores and sentiments may be negative, and what a `calculatedMetricValue` holds is open.
pub(in crate::check) fn is_unsigned(metric: Option<&str>, stat: &str) -> bool {
    if matches!(stat, "count" | "countNegative" | "countPositive") {
        return true;
    }
    let Some(name) = metric else {
        return false;
    };
    match catalog::metric(name).map(|entry| entry.kind) {
        Some(Kind::ServiceLevel | Kind::Target) => matches!(
            stat,
            "ratio" | "numerator" | "denominator" | "target" | "current"
        ),
        _ => catalog::is_timer(name) && matches!(stat, "sum" | "min" | "max" | "p95" | "p99"),
    }
}

/// `M007`: a statistic that metrics of this kind do not have.
pub fn stat_does_not_fit(metric: Metric<'_>, place: impl Fn() -> String, out: &mut Sink<'_, '_>) {
    let name = metric.name();
    let Some(entry) = catalog::metric(&name) else {
        return;
    };
    for (key, span, _) in figures(metric) {
        let stat = stat_name(&key);
        if fits(&name, stat) {
            continue;
        }
        let kind = entry.kind.name();
        out.tell(Code::StatDoesNotFit, &format!("{name} {stat}"), || {
            Diagnostic::new(
                Code::StatDoesNotFit,
                format!("`{}` is a {kind} and has no {stat}", shown(metric)),
            )
            .at(span, format!("{}/stats/{key}", place()))
            .label(format!("no statistic of a {kind}"))
            .help(match entry.kind {
                Kind::Counter => "a counter has a count alone; the figure may be that of a timer, or the entry made up",
                _ => "the figure may belong to another metric, or the entry be made up; fetch the response again",
            })
        });
    }
}

/// Whether metrics of this name can have a statistic, as far as both are known.
pub(in crate::check) fn fits(metric: &str, stat: &str) -> bool {
    catalog::metric(metric).is_none_or(|entry| entry.kind.allows(stat) || !STATS.contains(&stat))
}
