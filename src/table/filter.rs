//! Which rows are wanted: `--metric`, `--where`, `--from`, `--until`.

use chrono::{DateTime, FixedOffset, Utc};

use crate::document::aggregates::{Bucket, Container};
use crate::document::summary::Entity;
use crate::document::time;
use crate::json::Node;

/// The values that a dimension may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub dimension: String,
    /// One of these.
    pub values: Vec<String>,
    /// The values as they were typed. A value may hold commas: it is then meant as a whole.
    pub typed: String,
}

impl Condition {
    /// Whether a group with this value of the dimension is wanted; an absent one is empty.
    pub fn matches(&self, value: &str) -> bool {
        self.typed == value || self.values.iter().any(|wanted| wanted == value)
    }
}

/// The conditions of one run; without any, everything is wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Patterns of metric and view names; one must match.
    pub metrics: Vec<glob::Pattern>,
    /// Of one dimension any, of several dimensions each must match.
    pub dimensions: Vec<Condition>,
    /// The bucket starts at this instant or later.
    pub from: Option<DateTime<FixedOffset>>,
    /// The bucket starts before this instant.
    pub until: Option<DateTime<FixedOffset>>,
}

impl Filter {
    /// Whether a metric or view of this name is wanted.
    pub fn metric(&self, name: &str) -> bool {
        self.metrics.is_empty() || self.metrics.iter().any(|pattern| pattern.matches(name))
    }

    /// Whether a group is wanted.
    pub fn group(&self, container: Container<'_>) -> bool {
        self.values(|name| {
            container
                .group()
                .find(|(dimension, _)| dimension == name)
                .and_then(|(_, value)| value.string())
                .map(|value| value.into_owned())
        })
    }

    /// Whether an entity is wanted; `id`, `division` and `division_name` are its dimensions.
    pub fn entity(&self, entity: Entity<'_>) -> bool {
        if self.from.is_some() || self.until.is_some() {
            return false;
        }
        self.values(|name| {
            let node = match name {
                "id" => entity.id(),
                "division" => entity.division(),
                "division_name" => entity.division_name(),
                _ => None,
            };
            node.and_then(Node::string).map(|value| value.into_owned())
        })
    }

    /// Whether a group or entity with these values is wanted.
    pub fn values(&self, value: impl Fn(&str) -> Option<String>) -> bool {
        self.dimensions.iter().all(|condition| {
            let name = &condition.dimension;
            let actual = value(name).unwrap_or_default();
            self.dimensions
                .iter()
                .any(|other| other.dimension == *name && other.matches(&actual))
        })
    }

    /// Whether a bucket's time is wanted; one without an interval is not, if times are asked for.
    pub fn bucket(&self, bucket: Bucket<'_>) -> bool {
        self.start(|| {
            let interval = bucket.interval().and_then(Node::string)?;
            let (start, _) = time::interval(&interval)?;
            Some(start.time.to_utc())
        })
    }

    /// Whether a bucket that starts then is wanted.
    pub fn start(&self, start: impl Fn() -> Option<DateTime<Utc>>) -> bool {
        if self.from.is_none() && self.until.is_none() {
            return true;
        }
        start().is_some_and(|start| {
            self.from.is_none_or(|from| start >= from)
                && self.until.is_none_or(|until| start < until)
        })
    }

    /// Whether any condition was set.
    pub fn is_set(&self) -> bool {
        !self.metrics.is_empty()
            || !self.dimensions.is_empty()
            || self.from.is_some()
            || self.until.is_some()
    }
}
