//! Filters of rows: `--metric`, `--where`, `--from`, `--until`.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use chrono_tz::Tz;

use crate::model::catalog::named;
use crate::model::time;
use crate::record::entity::EntityView;
use crate::record::{Bucket, Scalar, View};

use super::{EntityNames, entity_names};

/// The values that a dimension may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The dimension as it was typed.
    pub dimension: String,
    /// One of these.
    pub values: Vec<String>,
    /// The values as they were typed. A value may hold commas: it is then meant as a whole.
    pub typed: String,
    /// The values, and the whole typed text, for fast lookup.
    exact: HashSet<String>,
    /// The dimensions of the API that it can mean, the likeliest first.
    meant: Vec<&'static str>,
}

/// The value that stands for an absent one.
const NONE: &str = "(none)";

impl Condition {
    /// A condition: one of these values.
    pub fn new(dimension: &str, mut values: Vec<String>) -> Self {
        let typed = values.join(",");
        // People write a space after a comma.
        for value in &mut values {
            let trimmed = value.trim();
            if !trimmed.is_empty() {
                *value = trimmed.to_owned();
            }
        }
        Self {
            dimension: dimension.to_owned(),
            exact: values.iter().chain([&typed]).cloned().collect(),
            typed,
            values,
            meant: named::dimensions(dimension),
        }
    }

    /// Returns true if the values are ids.
    pub fn is_of_ids(&self) -> bool {
        let meant = self.meant.first().copied();
        entity_names::is_id(meant.unwrap_or(&self.dimension))
    }

    /// The dimension of a group that is meant, with its value: the dimension of this name, the one
    /// that people call so, or an attribute of an id, which has no name here.
    pub fn find<'g>(
        &self,
        group: impl Iterator<Item = (&'g str, &'g str)> + Clone,
        names: &'g EntityNames,
    ) -> Option<(&'g str, &'g str)> {
        let typed = self.dimension.as_str();
        let meant = std::iter::once(typed).chain(self.meant.iter().copied());
        for name in meant {
            if let Some(found) = group.clone().find(|(own, _)| *own == name) {
                return Some(found);
            }
        }
        let is_same = |own: &str| own.eq_ignore_ascii_case(typed);
        let same = group.clone().find(|(own, _)| is_same(own));
        let named = || {
            names
                .is_asked()
                .then(|| group.clone())
                .into_iter()
                .flatten()
        };
        let of_name = || named().find(|(own, _)| is_same(&entity_names::column(own)));
        let attribute = || {
            named().find_map(|(own, value)| {
                let mut attributes = names.attributes(own).into_iter();
                let attribute = attributes.find(|it| it.is_called(typed))?;
                Some(("", names.attribute(value, attribute.column).unwrap_or("")))
            })
        };
        same.or_else(of_name).or_else(attribute)
    }

    /// Returns true if a group meets it; an absent value is empty.
    pub fn is_met<'g>(
        &self,
        group: impl Iterator<Item = (&'g str, &'g str)> + Clone,
        names: &'g EntityNames,
    ) -> bool {
        let (dimension, value) = self.find(group, names).unwrap_or_default();
        let is_exact = self.exact.contains(value) || value.is_empty() && self.exact.contains(NONE);
        is_exact
            || names.is_asked() && {
                let mut wanted = self.values.iter().chain([&self.typed]);
                wanted.any(|wanted| names.is_called(dimension, value, wanted))
            }
    }
}

/// A pattern of names of metrics and views, in any case, or a name that people have for some.
#[derive(Debug, Clone)]
pub struct MetricPattern {
    pattern: glob::Pattern,
    /// The metrics that it means.
    meant: Vec<&'static str>,
}

impl MetricPattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// It is no pattern.
    pub fn new(typed: &str) -> Result<Self, glob::PatternError> {
        Ok(Self {
            pattern: glob::Pattern::new(typed)?,
            meant: named::metrics(typed),
        })
    }

    /// Returns true if a metric or view is meant.
    pub fn matches(&self, name: &str) -> bool {
        let options = glob::MatchOptions {
            case_sensitive: false,
            ..glob::MatchOptions::new()
        };
        self.meant.contains(&name) || self.pattern.matches_with(name, options)
    }

    /// The pattern as it was typed.
    pub fn as_str(&self) -> &str {
        self.pattern.as_str()
    }
}

/// The dimensions of a container, also those without a value.
pub fn dimensions(view: View<'_>) -> impl Iterator<Item = (&str, &str)> + Clone {
    let text = move |value: Scalar| value.text().map_or("", |slice| view.str(slice));
    let group = view.group().iter();
    group.map(move |it| (view.str(it.name), text(it.value)))
}

/// The conditions of one run; without any, everything is wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Patterns of metric and view names; one must match.
    pub metrics: Vec<MetricPattern>,
    /// Of one dimension any, of several dimensions each must match.
    pub dimensions: Vec<Condition>,
    /// The bucket starts at this instant or later.
    pub from: Option<DateTime<FixedOffset>>,
    /// The bucket starts before this instant.
    pub until: Option<DateTime<FixedOffset>>,
    /// The time zone whose days these are, where one was given.
    pub zone: Option<Tz>,
    /// The local days in which buckets start, where only some are wanted.
    pub days: Option<(Tz, Arc<BTreeSet<NaiveDate>>)>,
    /// The names and attributes of ids.
    pub names: EntityNames,
}

impl fmt::Display for Filter {
    /// The conditions in words: `mediaType = voice`; nothing without any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.conditions("until", |time| time.to_rfc3339()))
    }
}

impl Filter {
    /// The conditions as people write them: `mediaType = voice, from 19 Oct 2026`.
    pub fn in_words(&self, zone: Tz) -> String {
        self.conditions("before", |time| {
            let local = time.with_timezone(&zone).naive_local();
            let format = match local.time() == NaiveTime::MIN {
                true => "%-d %b %Y",
                false => "%-d %b %Y %H:%M",
            };
            local.format(format).to_string()
        })
    }

    fn conditions(&self, until: &str, time: impl Fn(DateTime<FixedOffset>) -> String) -> String {
        let metrics = self.metrics.iter();
        let metrics = metrics.map(|it| format!("metric {}", it.as_str()));
        let conditions = self.dimensions.iter();
        let wheres = conditions.map(|it| format!("{} = {}", it.dimension, it.typed));
        let times = [("from", self.from), (until, self.until)];
        let times = times.into_iter();
        let times = times.filter_map(|(word, at)| Some(format!("{word} {}", time(at?))));
        let all = metrics.chain(wheres).chain(times);
        all.collect::<Vec<String>>().join(", ")
    }

    /// The instants from which and until which buckets start, in nanoseconds since 1970.
    pub fn period(&self) -> (Option<i64>, Option<i64>) {
        let nanos = |time: Option<DateTime<FixedOffset>>| time?.timestamp_nanos_opt();
        (nanos(self.from), nanos(self.until))
    }

    /// Returns true if a metric or view of this name is wanted.
    pub fn metric(&self, name: &str) -> bool {
        self.metrics.is_empty() || self.metrics.iter().any(|pattern| pattern.matches(name))
    }

    /// Returns true if all wanted groups have the same value of a dimension.
    pub fn keeps_one_value(&self, dimension: &str) -> bool {
        let is_of = |it: &&Condition| it.dimension == dimension || it.meant.contains(&dimension);
        let conditions = self.dimensions.iter().filter(is_of);
        let values: BTreeSet<&String> = conditions.flat_map(|it| &it.values).collect();
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (Some(only), None) => self.names.ids_called(only) < 2,
            _ => false,
        }
    }

    /// Returns true if the group of a container is wanted.
    pub fn group(&self, view: View<'_>) -> bool {
        self.dimensions.is_empty() || self.values(dimensions(view))
    }

    /// Returns true if an entity is wanted; `id`, `division` and `division_name` are its
    /// dimensions.
    pub fn entity(&self, view: EntityView<'_>) -> bool {
        if self.from.is_some() || self.until.is_some() {
            return false;
        }
        self.values(view.identity().iter().copied())
    }

    /// Returns true if a group or entity with these values is wanted.
    pub fn values<'g>(&'g self, group: impl Iterator<Item = (&'g str, &'g str)> + Clone) -> bool {
        self.dimensions.iter().all(|condition| {
            let mut same = self.dimensions.iter();
            same.any(|other| {
                other.dimension == condition.dimension && other.is_met(group.clone(), &self.names)
            })
        })
    }

    /// Returns true if a bucket's time is wanted; one without an interval is not, if times are
    /// asked for.
    pub fn bucket(&self, view: View<'_>, bucket: &Bucket) -> bool {
        if let Some((zone, days)) = &self.days {
            let day = bucket.times.map(|times| time::local_day(times, *zone));
            if day.is_none_or(|day| !days.contains(&day)) {
                return false;
            }
        }
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
