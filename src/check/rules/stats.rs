//! Rules on which statistics a metric has, and on which side of zero (`M…`).

use crate::diagnostic::sink::Findings;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::catalog::{self, MetricKind};
use crate::model::stat::{Stat, StatSet};
use crate::record::EntryView;

use super::metrics::at_figure;

/// `M005`: a figure below zero where that cannot be. A view's name is no metric's.
#[inline]
pub(super) fn negative_value(entry: &EntryView<'_>, out: &mut Findings<'_, '_>) {
    if !entry.view.has_minus() {
        return;
    }
    let unsigned = match entry.entry.view {
        true => StatSet::of(Stat::is_integer),
        false => entry.facts.unsigned,
    };
    for stat in unsigned.and(entry.entry.numbers).iter() {
        let Some(figure) = entry.figure(stat).filter(|it| it.is_negative()) else {
            continue;
        };
        at_figure(entry, Code::NegativeValue, &figure, out, || {
            let (name, stat, literal) = (entry.shown(), stat.name(), figure.literal());
            Diagnostic::new(
                Code::NegativeValue,
                format!("the {stat} of `{name}` is below zero: {literal}"),
            )
            .label("below zero")
            .help("counts, durations and shares are never negative; a program may have written -1 for an absent value, or subtracted")
        });
    }
}

/// `M007`: a statistic that metrics of this kind do not have.
#[inline]
pub(super) fn stat_does_not_fit(entry: &EntryView<'_>, out: &mut Findings<'_, '_>) {
    let misplaced = entry.entry.numbers.without(entry.facts.fits);
    if misplaced.is_empty() {
        return;
    }
    let Some(kind) = catalog::metric(entry.name()).map(|known| known.kind) else {
        return;
    };
    for stat in misplaced.iter() {
        let Some(figure) = entry.figure(stat) else {
            continue;
        };
        out.report(
            Code::StatDoesNotFit,
            u64::from(entry.entry.id) << 8 | stat as u64,
            || format!("{} {}", entry.name(), stat.name()),
            || {
                let (name, word, stat) = (entry.shown(), kind.name(), stat.name());
                Diagnostic::new(
                    Code::StatDoesNotFit,
                    format!("`{name}` is a {word}, and {word}s have no {stat}"),
                )
                .at(figure.span(), entry.figure_path(&figure))
                .label(format!("a {word} does not have this"))
                .help(match kind {
                    MetricKind::Counter => "a counter has only a count; the figure may belong to a timer; fetch the response again",
                    _ => "the figure may belong to another metric; fetch the response again",
                })
            },
        );
    }
}
