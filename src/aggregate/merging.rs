//! Merging of aggregates, and joining of their groups and periods.

use std::collections::BTreeMap;

use indexmap::IndexSet;

use crate::model::stat::Unmerged;

use super::Span;
use super::group::Group;
use super::keys::{key_of, number};
use super::names::EntryNames;
use super::scopes::{ScopeSet, Scopes, renumbered};
use super::stats::EntryLayouts;
use super::tally::{Aggregate, Tally};

impl Aggregate {
    /// The scopes and layouts of another aggregate, by their numbers there.
    fn renumbering(
        &mut self,
        names: &EntryNames,
        scopes: Scopes,
        layouts: &EntryLayouts,
    ) -> (Vec<ScopeSet>, Vec<u32>) {
        let names = names.iter().map(|name| self.names.number(name.clone()));
        let names: Vec<u32> = names.collect();
        let scopes = self.scopes.merge(scopes);
        (scopes, self.layouts.merge(layouts, &names))
    }

    /// Adds a tally of another aggregate.
    fn join(
        &mut self,
        at: usize,
        tally: Tally,
        texts: &IndexSet<Box<str>>,
        (scopes, layouts): &(Vec<ScopeSet>, Vec<u32>),
    ) {
        let Some((_, own)) = self.tallies.get_index_mut(at) else {
            return;
        };
        own.buckets += tally.buckets;
        own.scopes |= renumbered(tally.scopes, scopes);
        own.unwanted_families |= tally.unwanted_families;
        if let Some(covered) = &tally.covered {
            own.covered.get_or_insert_default().join(covered, |text| {
                let text = texts.get_index(text as usize).cloned();
                number(&mut self.texts, text.unwrap_or_default())
            });
        }
        self.layouts.join(&mut own.stats, tally.stats, layouts);
    }

    /// Merges the statistics of later elements. Returns the places of their groups and periods
    /// here.
    pub fn merge(&mut self, other: Self) -> Vec<usize> {
        if self.tallies.is_empty() {
            let addends = std::mem::take(&mut self.addends);
            *self = other;
            self.addends.merge(addends);
            return (0..self.tallies.len()).collect();
        }
        let numbers = self.renumbering(&other.names, other.scopes, &other.layouts);
        self.addends.merge(other.addends);
        let mut groups = Vec::with_capacity(other.groups.len());
        groups.extend(
            other
                .groups
                .into_iter()
                .map(|it| number(&mut self.groups, it)),
        );
        let mut places = Vec::with_capacity(other.tallies.len());
        for ((group, period), tally) in other.tallies {
            let group = groups.get(group as usize).copied().unwrap_or(u32::MAX);
            let period = other.periods.get_index(period as usize).copied().flatten();
            let at = self.place(group, period);
            places.push(at);
            self.join(at, tally, &other.texts, &numbers);
        }
        places
    }

    /// The group and period at a place.
    pub fn get(&self, place: usize) -> Option<Group<'_>> {
        let (key, tally) = self.tallies.get_index(place)?;
        Some(Group::new(self, *key, tally))
    }

    /// All groups and periods.
    pub fn iter(&self) -> impl Iterator<Item = Group<'_>> {
        let all = self.tallies.iter();
        all.map(|(key, tally)| Group::new(self, *key, tally))
    }

    /// Joins groups and periods: `key` gives the new dimensions, in their order, and the new period
    /// of each group and its place, or `None` to leave the group out.
    fn joined(&self, key: impl Fn(usize, Group<'_>) -> Option<(String, Option<Span>)>) -> Self {
        let mut joined = Self::default();
        let numbers = joined.renumbering(&self.names, self.scopes.clone(), &self.layouts);
        for (at, group) in self.iter().enumerate() {
            if let Some((key, period)) = key(at, group) {
                let number = number(&mut joined.groups, key.into());
                let at = joined.place(number, period);
                joined.join(at, group.tally().clone(), &self.texts, &numbers);
            }
        }
        joined
    }

    /// Joins groups by the dimensions `by`; without any, all groups are joined to one. A group that
    /// lacks a dimension has an empty value for it. `wanted` selects the groups by their
    /// places.
    pub fn by(&self, by: &[String], wanted: impl Fn(usize) -> bool) -> Self {
        let mut by: Vec<&str> = by.iter().map(String::as_str).collect();
        by.sort_unstable();
        self.joined(|at, group| {
            let own = group.dimensions();
            let value = |name: &str| {
                let found = own.iter().find(|(other, _)| *other == name);
                found.map_or("", |(_, value)| value)
            };
            let key = key_of(by.iter().map(|name| (*name, value(name))));
            wanted(at).then_some((key, None))
        })
    }

    /// The groups whose dimensions are wanted, with their periods.
    #[must_use]
    pub fn filtered(&self, wanted: impl Fn(&[(&str, &str)]) -> bool) -> Self {
        let filtered = self.joined(|_, group| {
            let dimensions = group.dimensions();
            wanted(&dimensions).then(|| (key_of(dimensions.into_iter()), group.period()))
        });
        Self {
            addends: self.addends.clone(),
            ..filtered
        }
    }

    /// The groups at other times; `period` returns `None` to leave one out.
    #[must_use]
    pub fn moved(&self, period: impl Fn(Span) -> Option<Span>) -> Self {
        self.joined(|_, group| {
            let key = key_of(group.dimensions().into_iter());
            Some((key, Some(period(group.period()?)?)))
        })
    }

    /// Joins all groups by period: `period` returns the new period of each, or `None` to leave it
    /// out.
    pub fn over_time(&self, period: impl Fn(Span) -> Option<Span>) -> Self {
        self.joined(|_, group| Some((String::new(), Some(period(group.period()?)?))))
    }

    /// The periods, in the order of time.
    pub fn periods(&self) -> Vec<Span> {
        let mut periods: Vec<Span> = self.periods.iter().copied().flatten().collect();
        periods.sort_unstable();
        periods
    }

    /// The statistics of all groups in a period, where they are not kept by group.
    pub fn at(&self, period: Span) -> Option<Group<'_>> {
        let period = self.periods.get_index_of(&Some(period))?;
        let key = (0, period as u32);
        let tally = self.tallies.get(&key)?;
        Some(Group::new(self, key, tally))
    }

    /// The statistics that have no merged value, with the reason and the number of entries that have
    /// them.
    pub fn left_out(&self) -> BTreeMap<(&str, Unmerged), u64> {
        let mut all = BTreeMap::new();
        let merged = self.iter().filter(|it| !it.tally().stats.is_of_one_entry());
        for it in merged.flat_map(Group::statistics) {
            if let Some(why) = it.unmerged {
                *all.entry((it.stat, why)).or_default() += u64::from(it.entries);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::{Collector, Scope};
    use crate::json::Span as Bytes;
    use crate::record::{Container, Interner};
    use crate::table::Filter;

    fn aggregate(text: &str) -> Aggregate {
        let (mut record, mut interner) = (Container::default(), Interner::default());
        assert!(record.read(text, Bytes::new(0, text.len()), &mut interner));
        let filter = Filter::default();
        let mut collector = Collector::new(&Scope::default(), &filter);
        collector.add(record.view(text), |_, _| {});
        collector.finish()
    }

    #[test]
    fn keys_read_back_as_the_dimensions_they_were() {
        let text = r#"{"group":{"b":"2:x","a":" ","c":"","é":"1"},"data":[{"metrics":[]}]}"#;
        let all = aggregate(text);
        let read = all.get(0).unwrap().dimensions();
        assert_eq!(read, [("a", " "), ("b", "2:x"), ("é", "1")]);
    }

    #[test]
    fn groups_merge_by_their_dimensions_in_any_order() {
        let container = |queue: &str, metric: &str, count: u32| {
            aggregate(&format!(
                r#"{{"group":{{"queueId":"{queue}"}},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{{"metric":"{metric}","stats":{{"count":{count}}}}}]}}]}}"#
            ))
        };
        let mut all = Aggregate::default();
        assert_eq!(all.merge(container("a", "nOffered", 1)), [0]);
        assert_eq!(all.merge(container("b", "nError", 2)), [1]);
        assert_eq!(all.merge(container("a", "nError", 7)), [0]);
        assert_eq!(all.merge(container("a", "nOffered", 3)), [0]);
        let count = |place, metric| {
            let group: Group<'_> = all.get(place).unwrap();
            Some(group.plain(metric)?.count().unwrap().to_string())
        };
        assert_eq!(count(0, "nOffered").as_deref(), Some("4"));
        assert_eq!(count(0, "nError").as_deref(), Some("7"));
        assert_eq!(count(1, "nOffered"), None);
        assert_eq!(all.get(0).unwrap().buckets(), 3);
    }
}
