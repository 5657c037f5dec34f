//! Counters that a bucket lacks, which are 0 or unknown.
//!
//! The API leaves out a counter where nothing happened, and also where the metric does not apply. It
//! is 0 if the metric occurs for the same media type, or in groups without one, anywhere in the inputs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::figure;
use super::formula::CounterSet;

/// The media type that only has some of the metrics of the others.
const CALLBACK: &str = "callback";

/// Metrics that belong to a queue and to no user: a query by `userId` returns them for groups
/// without a user only.
const OF_QUEUES: [&str; 4] = ["nOffered", "tAbandon", "tShortAbandon", "tFlowOut"];

/// The properties of a group that decide which counters apply to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CounterScope {
    /// Empty without one.
    pub media_type: Box<str>,
    /// True if the group has a user.
    pub is_of_user: bool,
}

impl CounterScope {
    /// The scope of a group with these dimensions and values.
    pub fn of<'d>(dimensions: impl Iterator<Item = (&'d str, &'d str)>) -> Self {
        let mut scope = Self::default();
        for (name, value) in dimensions {
            match name {
                "mediaType" => scope.media_type = value.into(),
                "userId" => scope.is_of_user = true,
                _ => {}
            }
        }
        scope
    }
}

/// The metrics that occur, by media type; those of groups without one under an empty name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrences(BTreeMap<Box<str>, BTreeSet<Box<str>>>);

impl Occurrences {
    /// Notes a metric of a media type.
    pub fn add(&mut self, media_type: &str, metric: &str) {
        if !self.has(media_type, metric) {
            let metrics = self.0.entry(media_type.into()).or_default();
            metrics.insert(metric.into());
        }
    }

    /// Adds those of other inputs.
    pub fn merge(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        for (media_type, metrics) in &other.0 {
            for metric in metrics {
                self.add(media_type, metric);
            }
        }
    }

    fn has(&self, media_type: &str, metric: &str) -> bool {
        let metrics = self.0.get(media_type);
        metrics.is_some_and(|metrics| metrics.contains(metric))
    }

    /// Returns true if the counter of a metric is 0 where a bucket of this scope lacks it.
    pub fn is_zero(&self, metric: &str, scope: &CounterScope) -> bool {
        let is_elsewhere = scope.is_of_user && OF_QUEUES.contains(&metric);
        let without = &*scope.media_type != CALLBACK && self.has("", metric);
        !is_elsewhere && (without || self.has(&scope.media_type, metric))
    }

    /// The counters of key figures that are 0 where a bucket of this scope lacks them.
    pub fn zeros(&self, scope: &CounterScope) -> CounterSet {
        figure::terms().counters(|metric, _| self.is_zero(metric, scope))
    }

    /// All metrics.
    pub fn metrics(&self) -> impl Iterator<Item = &str> {
        let all: BTreeSet<&str> = self.0.values().flatten().map(|it| &**it).collect();
        all.into_iter()
    }
}

/// The counters that are known of each media type, from those of the scopes of a group.
pub fn by_media_type<'s>(
    scopes: impl Iterator<Item = (&'s CounterScope, CounterSet)>,
) -> Vec<CounterSet> {
    let mut media: BTreeMap<&str, CounterSet> = BTreeMap::new();
    for (scope, counters) in scopes {
        let known = media.entry(&scope.media_type).or_default();
        *known = known.or(counters);
    }
    media.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_zero_where_its_metric_applies() {
        let mut all = Occurrences::default();
        for (media_type, metric) in [
            ("voice", "tAbandon"),
            ("voice", "nTransferred"),
            ("callback", "nOffered"),
            ("", "nFlow"),
        ] {
            all.add(media_type, metric);
        }
        let scope = |media_type: &str, is_of_user| CounterScope {
            media_type: media_type.into(),
            is_of_user,
        };
        for (metric, media_type, is_of_user, expected) in [
            ("tAbandon", "voice", false, true),
            ("tAbandon", "email", false, false),
            ("tAbandon", "callback", false, false),
            ("tAbandon", "", false, false),
            ("tAbandon", "voice", true, false),
            ("nTransferred", "voice", true, true),
            ("nOffered", "callback", false, true),
            ("nFlow", "voice", false, true),
            ("nFlow", "callback", false, false),
            ("nFlow", "", false, true),
            ("nError", "voice", false, false),
        ] {
            let found = all.is_zero(metric, &scope(media_type, is_of_user));
            assert_eq!(found, expected, "{metric} {media_type} {is_of_user}");
        }
        let zeros = all.zeros(&scope("voice", false));
        let has = |metric| zeros.has(figure::terms(), metric);
        assert!(has("tAbandon") && has("nTransferred") && !has("nOffered"));
    }

    #[test]
    fn a_group_has_the_scope_of_its_dimensions() {
        let group = [("userId", "u"), ("mediaType", "chat"), ("queueId", "q")];
        let scope = CounterScope::of(group.into_iter());
        assert_eq!((&*scope.media_type, scope.is_of_user), ("chat", true));
        let mut all = Occurrences::default();
        all.add("chat", "tAnswered");
        assert!(all.is_zero("tAnswered", &scope));
        assert!(!all.is_zero("tAnswered", &CounterScope::default()));
    }
}
