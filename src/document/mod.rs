//! Borrowed views of containers, buckets, metrics and entities, and the catalogue of their names.

pub mod aggregates;
pub mod catalog;
pub mod period;
pub mod summary;
pub mod time;
pub mod when;

/// The statistics of the API, in the order of the columns.
pub const STATS: [&str; 14] = [
    "count",
    "sum",
    "min",
    "max",
    "ratio",
    "numerator",
    "denominator",
    "target",
    "current",
    "p95",
    "p99",
    "countNegative",
    "countPositive",
    "calculatedMetricValue",
];

/// The API's name of a statistic that was written in snake_case, as Python's `to_dict` does.
pub fn stat_name(name: &str) -> &str {
    match name {
        "count_negative" => "countNegative",
        "count_positive" => "countPositive",
        "calculated_metric_value" => "calculatedMetricValue",
        other => other,
    }
}

/// Where a statistic stands among the columns: those of the API first, later ones by name.
pub fn stat_order(name: &str) -> (usize, &str) {
    let place = STATS.iter().position(|stat| *stat == name);
    (place.unwrap_or(STATS.len()), name)
}
