//! What a schema cannot say: one file a category, one function a rule.
//!
//! Each rule is safe on lawful oddities: answered may exceed offered, buckets may be missing, and
//! users' timers have only a `sum`.

pub(super) mod metrics;
mod times;

use crate::diagnostic::Diagnostic;
use crate::document::aggregates::Container;
use crate::json::Node;
use crate::source::Dialect;

/// Applies every rule to one element; `path` is the pointer to it.
pub fn element(dialect: Dialect, node: Node<'_>, path: &str, out: &mut Vec<Diagnostic>) {
    if dialect == Dialect::Summary {
        return;
    }
    for (index, bucket) in Container(node).buckets().enumerate() {
        let place = || format!("{path}/data/{index}");
        times::bad_interval(bucket, place, out);
        times::inverted_interval(bucket, place, out);
        times::short_day_end(bucket, place, out);
        metrics::duplicate_metric(bucket, place, out);
        for (list, entries) in [
            ("metrics", bucket.metrics().collect::<Vec<_>>()),
            ("views", bucket.views().collect()),
        ] {
            for (entry_index, entry) in entries.iter().enumerate() {
                let place = || format!("{path}/data/{index}/{list}/{entry_index}");
                metrics::min_above_max(*entry, place, out);
                metrics::sum_out_of_bounds(*entry, place, out);
                if list == "metrics" {
                    metrics::ratio_mismatch(*entry, place, out);
                    metrics::unknown_metric(*entry, place, out);
                    metrics::looks_like_seconds(*entry, place, out);
                }
            }
        }
    }
}
