//! The statistics of a metric, and which of them can be negative.

use crate::model::stat::{Stat, is_percentile};

use super::{MetricInfo, MetricKind, is_timer, metric};

/// Returns true if metrics of this name can have a statistic, as far as the catalogue knows.
pub fn fits(name: &str, stat: Stat) -> bool {
    metric(name).is_none_or(|entry| entry.kind.allows(stat.name()))
}

/// Returns true if a sum of this metric comes with a count. Timers of users have only a sum, and
/// what values carry is published nowhere.
pub fn counts_what_it_adds(name: &str) -> bool {
    metric(name).is_some_and(|entry| entry.kind == MetricKind::Timer && !entry.is_qualified())
}

/// Statistics that only the metrics of one family have, and that are no fixed columns.
const OF_FAMILY: [(&str, &str); 3] = [
    ("social_media", "average"),
    ("social_media", "countNeutral"),
    ("social_media", "countUnknown"),
];

/// Returns true if metrics of this name have a statistic that is not in the table of all.
pub fn has_later(name: &str, stat: &str) -> bool {
    let families = metric(name).map_or("", |entry| entry.families);
    OF_FAMILY
        .iter()
        .any(|(family, own)| *own == stat && families.split('|').any(|it| it == *family))
}

/// Returns true if a statistic cannot be below zero: of a metric, or of a view, which has no name
/// here.
///
/// Scores and sentiments may be negative, and what a `calculatedMetricValue` holds is open.
pub fn is_unsigned(name: Option<&str>, stat: Stat) -> bool {
    if stat.is_integer() {
        return true;
    }
    let Some(name) = name else {
        return false;
    };
    match metric(name).map(|entry| entry.kind) {
        Some(MetricKind::ServiceLevel | MetricKind::Target) => matches!(
            stat,
            Stat::Ratio | Stat::Numerator | Stat::Denominator | Stat::Target | Stat::Current
        ),
        _ => is_timer(name) && stat.has_unit(),
    }
}

impl MetricKind {
    /// Returns true if metrics of this kind may carry a statistic of the API. The statistics of
    /// values are not published, so they may have any. Any metric may have `calculatedMetricValue`.
    pub fn allows(self, stat: &str) -> bool {
        stat == "calculatedMetricValue"
            || match self {
                Self::Counter => stat == "count",
                Self::Timer => {
                    matches!(stat, "count" | "sum" | "min" | "max") || is_percentile(stat)
                }
                Self::ServiceLevel => matches!(
                    stat,
                    "count" | "ratio" | "numerator" | "denominator" | "target"
                ),
                Self::Target => matches!(stat, "current" | "target"),
                Self::Value => true,
            }
    }
}

impl MetricInfo {
    /// The statistics that responses hold.
    pub fn stats(&self) -> &'static [&'static str] {
        match self.kind {
            MetricKind::Counter => &["count"],
            MetricKind::Timer if self.is_qualified() => &["sum"],
            MetricKind::ServiceLevel => &["ratio", "numerator", "denominator", "target"],
            MetricKind::Target => &["current"],
            // Sentiments are counted by their sign, too.
            MetricKind::Value if self.unit == "score" => &[
                "count",
                "sum",
                "min",
                "max",
                "countNegative",
                "countPositive",
            ],
            MetricKind::Timer | MetricKind::Value => &["count", "sum", "min", "max"],
        }
    }

    /// Returns true if there is an entry for each qualifier: the presence or routing status of a
    /// user.
    pub fn is_qualified(&self) -> bool {
        self.families == "user"
    }
}

#[cfg(test)]
mod tests {
    use super::super::{METRICS, MetricKind, metric, rows};
    use crate::model::STATS;

    #[test]
    fn every_metric_carries_what_its_kind_allows() {
        for (name, entry) in METRICS.iter() {
            assert!(!entry.stats().is_empty(), "{name}");
            for stat in entry.stats() {
                assert!(STATS.contains(stat), "{name}: {stat}");
                assert!(entry.kind.allows(stat), "{name}: {stat}");
            }
        }
    }

    #[test]
    fn every_kind_is_written_in_a_known_way_with_its_unit() {
        const PAIRS: [(&str, &str); 8] = [
            ("counter", "count"),
            ("timer", "ms"),
            ("service_level", "ratio"),
            ("target", "ratio"),
            ("value", "count"),
            ("score", "points"),
            ("sentiment", "score"),
            ("percent", "%"),
        ];
        for row in rows::<5>(include_str!("metrics.csv")) {
            assert!(PAIRS.contains(&(row[1], row[2])), "{row:?}");
        }
    }

    #[test]
    fn kinds_allow_the_statistics_that_responses_show() {
        let count = |kind: MetricKind| STATS.iter().filter(|stat| kind.allows(stat)).count();
        let kinds = [
            MetricKind::Counter,
            MetricKind::Timer,
            MetricKind::ServiceLevel,
            MetricKind::Target,
            MetricKind::Value,
        ];
        assert_eq!(kinds.map(count), [2, 7, 6, 3, STATS.len()]);
        assert!(!MetricKind::Counter.allows("sum") && !MetricKind::Timer.allows("ratio"));
    }

    #[test]
    fn the_kinds_differ_in_what_they_carry() {
        let stats = |name| metric(name).unwrap().stats();
        assert_eq!(stats("nOffered"), ["count"]);
        assert_eq!(stats("tHandle"), ["count", "sum", "min", "max"]);
        assert_eq!(stats("tSystemPresence"), ["sum"]);
        assert_eq!(stats("oServiceTarget"), ["current"]);
        assert_eq!(
            stats("oServiceLevel"),
            ["ratio", "numerator", "denominator", "target"]
        );
        assert!(stats("oCustomerSentiment").contains(&"countNegative"));
        assert!(!stats("oMessageTurn").contains(&"countNegative"));
    }
}
