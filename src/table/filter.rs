//! Filters of rows: `--metric`, `--where`, `--from`, `--until`.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;

use crate::model::time;
use crate::record::entity::EntityView;
use crate::record::{Bucket, View};

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
    /// Returns true if a group with this value of the dimension is wanted; an absent one is empty.
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
    /// The time zone whose days these are, where one was given.
    pub zone: Option<Tz>,
}

impl fmt::Display for Filter {
    /// The conditions as they are typed; nothing without any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metrics = self.metrics.iter().map(|it| format!("--metric {it}"));
        let conditions = self.dimensions.iter();
        let wheres = conditions.map(|it| format!("--where {}={}", it.dimension, it.typed));
        let from = self
            .from
            .map(|time| format!("--from {}", time.to_rfc3339()));
        let until = self
            .until
            .map(|time| format!("--until {}", time.to_rfc3339()));
        let all: Vec<String> = metrics.chain(wheres).chain(from).chain(until).collect();
        f.write_str(&all.join(" "))
    }
}

impl Filter {
    /// Returns true if a metric or view of this name is wanted.
    pub fn metric(&self, name: &str) -> bool {
        self.metrics.is_empty() || self.metrics.iter().any(|pattern| pattern.matches(name))
    }

    /// Returns true if all wanted groups have the same value of a dimension.
    pub fn keeps_one_value(&self, dimension: &str) -> bool {
        let conditions = self.dimensions.iter();
        let conditions = conditions.filter(|condition| condition.dimension == dimension);
        let values: BTreeSet<&String> = conditions.flat_map(|it| &it.values).collect();
        values.len() == 1
    }

    /// Returns true if the group of a container is wanted.
    pub fn group(&self, view: View<'_>) -> bool {
        self.values(|wanted| {
            let mut group = view.group().iter();
            let value = group.find(|it| view.str(it.name) == wanted)?.value.text()?;
            Some(view.str(value).to_owned())
        })
    }

    /// Returns true if an entity is wanted; `id`, `division` and `division_name` are its
    /// dimensions.
    pub fn entity(&self, view: EntityView<'_>) -> bool {
        if self.from.is_some() || self.until.is_some() {
            return false;
        }
        self.values(|name| {
            let value = match name {
                "id" => view.entity.id,
                "division" => view.entity.division,
                "division_name" => view.entity.division_name,
                _ => return None,
            };
            view.text(value).map(str::to_owned)
        })
    }

    /// Returns true if a group or entity with these values is wanted.
    pub fn values(&self, value: impl Fn(&str) -> Option<String>) -> bool {
        self.dimensions.iter().all(|condition| {
            let name = &condition.dimension;
            let actual = value(name).unwrap_or_default();
            self.dimensions
                .iter()
                .any(|other| other.dimension == *name && other.matches(&actual))
        })
    }

    /// Returns true if a bucket's time is wanted; one without an interval is not, if times are
    /// asked for.
    pub fn bucket(&self, view: View<'_>, bucket: &Bucket) -> bool {
        if self.from.is_none() && self.until.is_none() {
            return true;
        }
        let start = match bucket.times {
            Some((start, _)) => Some(DateTime::from_timestamp_nanos(start)),
            // Instants beyond the range of nanoseconds.
            None => view
                .interval(bucket)
                .and_then(time::interval)
                .map(|(start, _)| start.time.to_utc()),
        };
        start.is_some_and(|start| {
            self.from.is_none_or(|from| start >= from)
                && self.until.is_none_or(|until| start < until)
        })
    }

    /// Returns true if any condition was set.
    pub fn is_set(&self) -> bool {
        !self.metrics.is_empty()
            || !self.dimensions.is_empty()
            || self.from.is_some()
            || self.until.is_some()
    }
}
