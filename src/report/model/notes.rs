//! What a reader must know to read the figures right.

use crate::json::text::printable;
use crate::model::stat::Stat;
use crate::rollup::Group;
use crate::rollup::join::Levels;

use super::about::About;
use super::series::{Series, local};
use super::wanted::Wanted;

/// Metrics that count a conversation once per group and interval.
const DISTINCT: &str = "nConversations";

/// What groups with other dimensions, or with several values of one, mean for totals.
pub(super) fn of_groups(
    groups: usize,
    multivalued: &[String],
    levels: &Levels,
    notes: &mut Vec<String>,
) {
    if !multivalued.is_empty() && groups > 1 {
        notes.push(format!(
            "There are no totals: a conversation can have several values of {}, and counts in each of these groups.",
            printable(&multivalued.join(", "))
        ));
    }
    for (names, metrics) in &levels.left_out {
        let names = match names.as_str() {
            "" => "groups without dimensions".to_owned(),
            names => format!("groups by {} only", printable(names)),
        };
        notes.push(format!(
            "Totals leave out {names} for {}: these metrics also occur in groups with other dimensions, which may include them.",
            shortened(metrics)
        ));
    }
}

/// Which intervals are incomplete or joined inexactly.
pub(super) fn of_series(series: &Series, wanted: &Wanted, notes: &mut Vec<String>) {
    let incomplete = series.points.iter().filter(|point| point.is_incomplete);
    if let Some(first) = incomplete.clone().next() {
        let (intervals, had) = match incomplete.count() {
            1 => ("The interval".to_owned(), "its"),
            more => (format!("{more} intervals"), "their"),
        };
        notes.push(format!(
            "{intervals} from {} had not ended when the report was written, at {}: {had} figures are incomplete.",
            first.label,
            local(wanted.now, wanted.zone)
        ));
    }
    if series.straddling > 0 {
        notes.push(format!(
            "{} intervals last beyond the end of their local period and count where they start; --timezone with the time zone of the query avoids that.",
            series.straddling
        ));
    }
}

/// What filters left out.
pub(super) fn of_filters(about: &About, notes: &mut Vec<String>) {
    if !about.filters.is_empty() {
        notes.push(format!(
            "Filters ({}) left out {} rows.",
            printable(&about.filters),
            about.filtered
        ));
    }
}

/// Names of metrics, the first few of them.
fn shortened(metrics: &[String]) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<String> = metrics.iter().take(SHOWN).map(|it| printable(it)).collect();
    match metrics.len() {
        more if more > SHOWN => format!("{} and {} more", shown.join(", "), more - SHOWN),
        _ => shown.join(", "),
    }
}

/// Which figures cannot be merged.
pub(super) fn of_total(total: Group<'_>, mixed_media: bool, notes: &mut Vec<String>) {
    let is_merged = total.buckets() > 1;
    let totals = total.totals();
    let distinct = totals.iter().any(|(name, _)| &*name.name == DISTINCT);
    if distinct && is_merged {
        notes.push(format!(
            "{DISTINCT} counts a conversation once per group and interval: its total is an upper bound."
        ));
    }
    let media = total.buckets() > 0 && mixed_media;
    if media && totals.iter().any(|(name, _)| &*name.name == "tHandle") {
        notes.push(
            "Averages of the totals mix media types, and email and messages can last for days: --where mediaType=voice keeps one."
                .to_owned(),
        );
    }
    let mut unmerged: Vec<&str> = [Stat::P95, Stat::P99, Stat::CalculatedMetricValue]
        .into_iter()
        .filter(|stat| {
            totals
                .iter()
                .any(|(_, total)| total.amount(*stat).is_some())
        })
        .map(Stat::name)
        .collect();
    unmerged.dedup();
    if is_merged && !unmerged.is_empty() {
        notes.push(format!(
            "{} cannot be merged over intervals and groups, and are not shown.",
            unmerged.join(", ")
        ));
    }
    if let Some(level) = total.plain("oServiceLevel") {
        let has = |stat| level.amount(stat).is_some();
        if has(Stat::Ratio) && !has(Stat::Denominator) {
            notes.push(
                "There is no service level: the responses have its ratio, but not the numerator and denominator that a total needs."
                    .to_owned(),
            );
        }
        let differs = level.amount(Stat::Target).is_some_and(|it| it.is_none());
        if differs && has(Stat::Denominator) {
            notes.push(
                "The targets of the service level differ between groups or intervals: the total has none."
                    .to_owned(),
            );
        }
    }
}
