//! Statistics merged by interval, over all groups.

use crate::model::catalog::absence::{CounterScope, Occurrences};
use crate::model::stat::{Merge, Stat, StatSet};
use crate::record::View;
use crate::table::Filter;

use super::Group;
use super::groups::{self, Groups};
use super::names::Cache;

/// Nanoseconds since 1970 in UTC: start and end.
pub type Interval = (i64, i64);

/// Statistics by interval.
#[derive(Debug, Clone, Default)]
pub struct Series(Groups);

/// Collects the intervals of the elements that one reader reads.
#[derive(Debug, Default)]
pub struct SeriesCollector {
    groups: Groups,
    cache: Cache,
}

/// Statistics of which figures over time are made.
fn is_needed(stat: Stat) -> bool {
    stat.merge() == Merge::Add || stat == Stat::Target
}

impl SeriesCollector {
    /// Adds the wanted buckets of a container.
    pub fn add(&mut self, view: View<'_>, filter: &Filter) {
        let needed = StatSet::of(is_needed);
        let scopes = self
            .groups
            .scopes
            .set(CounterScope::of(view.group_values()));
        for bucket in view.buckets() {
            let Some((start, end)) = bucket.times else {
                continue;
            };
            if !filter.bucket(view, bucket) {
                continue;
            }
            let interval = format!("{start}/{end}");
            let key = [("", interval.as_str())];
            let at = self.groups.place(groups::key_of(key.iter()));
            let Groups { names, list, .. } = &mut self.groups;
            let Some(group) = list.get_mut(at) else {
                continue;
            };
            group.buckets += 1;
            group.scopes = group.scopes.or(scopes);
            let mut near = 0;
            for (index, entry) in view.entries(bucket).iter().enumerate() {
                if !entry.view && filter.metric(view.str(entry.name)) {
                    let name = self.cache.number(names, view, entry);
                    let place = (view, bucket, index);
                    group.slots.add(names, name, place, needed, &mut near);
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

    /// Reads counters that intervals lack as 0, where that metric applies.
    pub fn read_absent(&mut self, occurrences: &Occurrences) {
        self.0.read_absent(occurrences);
    }

    /// Every interval with its place, in the order of time.
    pub fn intervals(&self) -> Vec<(Interval, usize)> {
        let entries = self.0.list.iter().enumerate();
        let mut all: Vec<(Interval, usize)> = entries
            .filter_map(|(at, entry)| {
                let parts = groups::dimensions(&entry.key);
                let (start, end) = parts.first()?.1.split_once('/')?;
                Some(((start.parse().ok()?, end.parse().ok()?), at))
            })
            .collect();
        all.sort_unstable();
        all
    }

    /// The statistics of intervals that were joined: `point` says which point of a series the
    /// interval at a place belongs to.
    pub fn joined(&self, point: impl Fn(usize) -> Option<usize>) -> Groups {
        let key =
            |at, _: &[(&str, &str)]| Some(vec![(String::new(), format!("{:08}", point(at)?))]);
        self.0.joined(key)
    }
}

/// The number of the point that a group of [`Series::joined`] is.
pub fn point_of(group: Group<'_>) -> Option<usize> {
    let dimensions = group.dimensions();
    dimensions.first()?.1.parse().ok()
}
