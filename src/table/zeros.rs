//! Counters that are 0 where a bucket lacks them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::check::overlap;
use crate::model::catalog::absence::CounterScope;
use crate::record::{Bucket, View};

/// The columns in which a missing counter is 0, if its metric applies to the bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ZeroCounters {
    /// In key figures.
    pub in_figures: bool,
    /// In the columns of counters, too.
    pub in_columns: bool,
}

impl ZeroCounters {
    /// Returns true if there are any.
    pub fn is_any(self) -> bool {
        self.in_figures || self.in_columns
    }
}

/// The scopes of a bucket: one, or those of all buckets that were joined to it.
pub type BucketScopes = Arc<[CounterScope]>;

/// The scopes of the buckets that were joined, by the bucket that they became.
#[derive(Debug, Default)]
pub struct MergedScopes(HashMap<u64, BucketScopes>);

fn key(dimensions: &[(&str, &str)], times: Option<(i64, i64)>) -> u64 {
    overlap::hash(&(dimensions, times))
}

impl MergedScopes {
    /// Adds a bucket; its dimensions are sorted by name.
    pub fn add(
        &mut self,
        dimensions: &[(&str, &str)],
        times: Option<(i64, i64)>,
        scopes: BucketScopes,
    ) {
        self.0.insert(key(dimensions, times), scopes);
    }

    /// The scopes of a bucket.
    pub fn of(&self, view: View<'_>, bucket: &Bucket) -> Option<&BucketScopes> {
        let mut dimensions: Vec<(&str, &str)> = view.group_values().collect();
        dimensions.sort_unstable();
        self.0.get(&key(&dimensions, bucket.times))
    }
}
