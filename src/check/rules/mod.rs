//! What a schema cannot say: one file per category, one function per rule.
//!
//! A rule looks at one part of a record and reports a code, a cause and, where the finding is
//! wanted, its words. Every rule is silent on what the API really sends: answered may exceed
//! offered, buckets may be missing, users' timers have only a `sum`, and scores may be below zero.

mod groups;
mod metrics;
mod stats;
pub(super) mod times;
mod values;

use std::collections::HashSet;

use crate::diagnostic::sink::Findings;
use crate::record::{Bucket, EntryView, Interner, View, entity};

/// What rules remember from one container to the next, of the containers of one interner.
#[derive(Debug, Default)]
pub struct State {
    /// For each name, the bucket, by its running number, that had it last.
    seen: Vec<u64>,
    /// The running number of the bucket that is looked at.
    bucket: u64,
    /// The metrics and views of a bucket that has a name twice: view, name, qualifier.
    entries: HashSet<(bool, u32, String)>,
    /// The dimensions that were reported.
    dimensions: HashSet<u32>,
}

/// A bucket and its place.
#[derive(Debug, Clone, Copy)]
struct BucketView<'a> {
    view: View<'a>,
    bucket: &'a Bucket,
    index: u32,
}

/// Applies every rule to one container. No bucket may begin after `latest`, in nanoseconds since
/// 1970.
pub fn container(
    view: View<'_>,
    interner: &Interner,
    latest: i64,
    state: &mut State,
    out: &mut Findings<'_, '_>,
) {
    if view.is_notable() {
        groups::unknown_or_multivalued(view, state, out);
    }
    for (index, bucket) in (0..).zip(view.buckets()) {
        let place = BucketView {
            view,
            bucket,
            index,
        };
        if !bucket.plain {
            times::bad_interval(place, out);
            times::inverted_interval(place, out);
            times::short_day_end(place, out);
        }
        times::future_interval(place, latest, out);
        metrics::duplicate_metric(place, state, out);
        for (at, entry) in (0..).zip(view.entries(bucket)) {
            let Some(facts) = interner.facts(entry.id) else {
                continue;
            };
            let entry = EntryView {
                view,
                entry,
                facts,
                bucket: index,
                index: at,
            };
            metrics::min_above_max(&entry, out);
            metrics::sum_out_of_bounds(&entry, out);
            stats::negative_value(&entry, out);
            if !entry.entry.view {
                metrics::ratio_mismatch(&entry, out);
                metrics::unknown_metric(&entry, out);
                stats::stat_does_not_fit(&entry, out);
                metrics::looks_like_seconds(&entry, out);
            }
        }
    }
}

/// Applies every rule to one entity.
pub fn entity(view: entity::EntityView<'_>, out: &mut Findings<'_, '_>) {
    for value in view.values() {
        values::unknown_unit(view, value, out);
        values::missing_value(view, value, out);
    }
}
