//! What a schema cannot say: one file a category, one function a rule.
//!
//! Each rule is safe on lawful oddities: answered may exceed offered, buckets may be missing, users'
//! timers have only a `sum`, and scores may be below zero.

pub(super) mod groups;
pub(super) mod metrics;
pub(super) mod stats;
pub(super) mod times;
mod values;

use chrono::{DateTime, Utc};

use crate::diagnostic::sink::Sink;
use crate::document::aggregates::Container;
use crate::document::summary::Entity;
use crate::json::Node;
use crate::source::Dialect;

/// Applies every rule to one element; `path` is the pointer to it.
pub fn element(
    dialect: Dialect,
    node: Node<'_>,
    path: &str,
    now: DateTime<Utc>,
    out: &mut Sink<'_, '_>,
) {
    if dialect == Dialect::Summary {
        values::values(Entity(node), path, out);
        return;
    }
    groups::dimensions(Container(node), path, out);
    for (index, bucket) in Container(node).buckets().enumerate() {
        let place = || format!("{path}/data/{index}");
        times::bad_interval(bucket, place, out);
        times::inverted_interval(bucket, place, out);
        times::short_day_end(bucket, place, out);
        times::future_interval(bucket, now, place, out);
        metrics::duplicate_metric(bucket, place, out);
        for (list, entries) in [
            ("metrics", bucket.metrics().collect::<Vec<_>>()),
            ("views", bucket.views().collect()),
        ] {
            for (entry_index, entry) in entries.iter().enumerate() {
                let place = || format!("{path}/data/{index}/{list}/{entry_index}");
                metrics::min_above_max(*entry, place, out);
                metrics::sum_out_of_bounds(*entry, place, out);
                stats::negative_value(*entry, list == "views", place, out);
                if list == "metrics" {
                    metrics::ratio_mismatch(*entry, place, out);
                    metrics::unknown_metric(*entry, place, out);
                    stats::stat_does_not_fit(*entry, place, out);
                    metrics::looks_like_seconds(*entry, place, out);
                }
            }
        }
    }
}
