//! Counters that are 0 where a bucket lacks them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::check::overlap::{self, BucketKey};
use crate::model::catalog::absence::CounterScope;
use crate::record::{Bucket, View};

/// The columns in which a missing counter is 0, if its metric applies to the bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ZeroCounters {
    /// In key figures.
    pub in_figures: bool,
    /// In the columns of counters, too.
    pub in_columns: bool,
    /// True if a missing counter is unknown in key figures, also in shares of several media types.
    pub is_kept: bool,
}

impl ZeroCounters {
    /// Returns true if it matters which counters occur.
    pub fn is_any(self) -> bool {
        self.in_figures || self.in_columns || self.is_kept
    }
}

/// The scopes of a bucket: one, or those of all buckets that were joined to it.
pub type BucketScopes = Arc<[CounterScope]>;

/// The scopes of the buckets that were joined, by the bucket that they became. A bucket of which
/// another row has a part has no scope: no counter that it lacks is 0.
#[derive(Debug, Default)]
pub struct MergedScopes(HashMap<BucketKey, BucketScopes>);

impl MergedScopes {
    /// Adds a bucket.
    pub fn add(
        &mut self,
        dimensions: &[(&str, &str)],
        times: Option<(i64, i64)>,
        scopes: BucketScopes,
    ) {
        let group = overlap::dimensions_number(dimensions.iter().copied());
        let key = overlap::bucket_key(group, times);
        self.0.insert(key, scopes);
    }

    /// The buckets that are in several rows.
    pub fn of_parts(keys: impl IntoIterator<Item = BucketKey>) -> Self {
        let scopes: BucketScopes = [].into();
        let all = keys.into_iter().map(|key| (key, Arc::clone(&scopes)));
        Self(all.collect())
    }

    /// The scopes of a bucket.
    pub fn of(&self, view: View<'_>, bucket: &Bucket) -> Option<&BucketScopes> {
        let key = overlap::bucket_key(overlap::group_number(view), bucket.times);
        self.0.get(&key)
    }
}
