//! Statistics merged by interval, over all groups.
//!
//! Groups with different dimensions are kept apart: they may be levels of one another, of which only
//! one may be added.

use crate::model::stat::{Merge, Stat};
use crate::record::View;
use crate::table::Filter;

use super::Group;
use super::amount::Amount;
use super::groups::{self, Groups};
use super::names::Cache;

/// Nanoseconds since 1970 in UTC: start and end.
pub type Interval = (i64, i64);

/// Statistics by interval and set of dimensions.
#[derive(Debug, Clone, Default)]
pub struct Series(Groups);

/// Collects the intervals of the elements that one reader reads.
#[derive(Debug, Default)]
pub struct SeriesCollector {
    groups: Groups,
    cache: Cache,
}

/// The names of the dimensions of a group, as one text.
pub(super) fn dimension_set<'d>(dimensions: impl Iterator<Item = &'d str>) -> String {
    let mut names: Vec<&str> = dimensions.collect();
    names.sort_unstable();
    names.join(", ")
}

/// Statistics of which figures over time are made.
fn is_needed(stat: Stat) -> bool {
    stat.merge() == Merge::Add || stat == Stat::Target
}

impl SeriesCollector {
    /// Adds the wanted buckets of a container.
    pub fn add(&mut self, view: View<'_>, filter: &Filter) {
        let names = dimension_set(view.group_values().map(|(name, _)| name));
        for bucket in view.buckets() {
            let Some((start, end)) = bucket.times else {
                continue;
            };
            if !filter.bucket(view, bucket) {
                continue;
            }
            let interval = format!("{start}/{end}");
            let key = [("", interval.as_str()), ("dimensions", names.as_str())];
            let at = self.groups.place(groups::key_of(key.iter()));
            let Groups { names, list, .. } = &mut self.groups;
            let Some(group) = list.get_mut(at) else {
                continue;
            };
            group.buckets += 1;
            let mut near = 0;
            for entry in view.entries(bucket) {
                if entry.view || !filter.metric(view.str(entry.name)) {
                    continue;
                }
                let name = self.cache.number(names, view, entry);
                for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
                    if is_needed(stat) {
                        let amount = Amount::of(&view.figure(*number));
                        group.slots.merge(name, stat, amount, &mut near);
                    }
                }
            }
        }
    }

    /// The intervals.
    pub fn finish(self) -> Series {
        Series(self.groups)
    }
}

impl Series {
    /// Merges the intervals of later elements.
    pub fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }

    /// Every interval with the names of the dimensions of its groups, in the order of time.
    pub fn intervals(&self) -> Vec<(Interval, &str, usize)> {
        let entries = self.0.list.iter().enumerate();
        let mut all: Vec<(Interval, &str, usize)> = entries
            .filter_map(|(at, entry)| {
                let mut parts = groups::dimensions(&entry.key).into_iter();
                let (_, interval) = parts.next()?;
                let (start, end) = interval.split_once('/')?;
                let names = parts.next().map_or("", |(_, names)| names);
                Some(((start.parse().ok()?, end.parse().ok()?), names, at))
            })
            .collect();
        all.sort_unstable();
        all
    }

    /// The statistics of intervals that were joined: `point` says which point of a series the
    /// interval at a place belongs to, and `keeps` whether a metric of the groups with these
    /// dimensions counts.
    pub fn joined(
        &self,
        point: impl Fn(usize) -> Option<usize>,
        keeps: impl Fn(&str, &str) -> bool,
    ) -> Groups {
        self.0.joined(
            |at, dimensions| {
                let text = format!("{:08}", point(at)?);
                let mut set = dimensions.iter().filter(|(name, _)| *name == "dimensions");
                let names = set.next().map_or("", |(_, names)| names);
                Some((vec![(String::new(), text)], names.to_owned()))
            },
            keeps,
        )
    }
}

/// The number of the point that a group of [`Series::joined`] is.
pub fn point_of(group: Group<'_>) -> Option<usize> {
    let dimensions = group.dimensions();
    dimensions.first()?.1.parse().ok()
}
