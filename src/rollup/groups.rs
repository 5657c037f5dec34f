//! Groups with their merged statistics, by their dimensions.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use crate::model::catalog::absence::{CounterScope, Occurrences};
use crate::model::stat::StatSet;
use crate::record::{Bucket, View};
use crate::table::Filter;

use super::Group;
use super::adding::Addends;
use super::names::{Cache, Names};
use super::scopes::{ScopeSet, Scopes, renumbered};
use super::slots::Slots;
use super::span::{Covered, Texts};

/// One group.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// See [`key`].
    pub key: Box<str>,
    pub slots: Slots,
    pub covered: Covered,
    pub buckets: u64,
    /// The scopes of the groups that were joined to it.
    pub scopes: ScopeSet,
}

/// Groups in the order of their first appearance.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    pub(super) names: Names,
    pub(super) texts: Texts,
    pub(super) list: Vec<Entry>,
    pub(super) scopes: Scopes,
    /// Whether they add up.
    pub addends: Addends,
    /// Groups by a hash of their keys, so that these are kept once.
    pub(super) known: HashMap<u64, u32>,
}

/// Dimensions and values as one text: each with its length before it, ordered by name.
fn key(view: View<'_>) -> String {
    let mut dimensions: Vec<(&str, &str)> = view.group_values().collect();
    dimensions.sort_unstable();
    key_of(dimensions.iter())
}

/// The key of dimensions that are in their order.
pub(super) fn key_of<'d>(dimensions: impl Iterator<Item = &'d (&'d str, &'d str)>) -> String {
    let mut key = String::new();
    for part in dimensions.flat_map(|(name, value)| [name, value]) {
        key.push_str(&part.len().to_string());
        key.push(':');
        key.push_str(part);
    }
    key
}

/// The dimensions and values of a [`key`].
pub(super) fn dimensions(key: &str) -> Vec<(&str, &str)> {
    let mut rest = key;
    let mut part = || {
        let (len, behind) = rest.split_once(':')?;
        let (part, behind) = behind.split_at_checked(len.parse().ok()?)?;
        rest = behind;
        Some(part)
    };
    std::iter::from_fn(|| Some((part()?, part()?))).collect()
}

impl Groups {
    /// Where the group of a key is; a new one where there is none yet.
    pub(super) fn place(&mut self, key: String) -> usize {
        let mut hash = self.known.hasher().hash_one(&key);
        loop {
            let next = self.list.len();
            let at = *self.known.entry(hash).or_insert(next as u32) as usize;
            match self.list.get(at) {
                Some(group) if *group.key == *key => return at,
                // Another key of the same hash.
                Some(_) => hash = hash.wrapping_add(1),
                None => {
                    self.list.push(Entry {
                        key: key.into(),
                        slots: Slots::default(),
                        covered: Covered::default(),
                        buckets: 0,
                        scopes: ScopeSet::default(),
                    });
                    return at;
                }
            }
        }
    }

    /// Counts `buckets` of a group less: they were counted before.
    pub fn uncount(&mut self, group: usize, buckets: u64) {
        if let Some(group) = self.list.get_mut(group) {
            group.buckets = group.buckets.saturating_sub(buckets);
        }
    }

    /// Merges the groups of later elements, and returns where each of them is here.
    pub fn merge(&mut self, other: Self) -> Vec<usize> {
        let names = other.names.list().iter();
        let names: Vec<u32> = names.map(|name| self.names.number(name.clone())).collect();
        let name = |number: u32| names.get(number as usize).copied().unwrap_or(u32::MAX);
        let scopes = self.scopes.merge(other.scopes);
        self.addends.merge(other.addends);
        let mut places = Vec::with_capacity(other.list.len());
        for group in other.list {
            let at = self.place(group.key.into());
            places.push(at);
            let texts = &mut self.texts;
            if let Some(known) = self.list.get_mut(at) {
                known.slots.join(group.slots, name);
                known.buckets += group.buckets;
                known.scopes = known.scopes.or(renumbered(group.scopes, &scopes));
                let number = |text| texts.number(other.texts.get(text));
                known.covered.join(&group.covered, number);
            }
        }
        places
    }

    /// Reads counters that groups lack as 0, where that metric applies.
    pub fn read_absent(&mut self, occurrences: &Occurrences) {
        self.scopes.read_absent(occurrences);
    }

    /// All groups.
    pub fn iter(&self) -> impl Iterator<Item = Group<'_>> {
        self.list.iter().map(|entry| Group::new(self, entry))
    }
}

/// Collects the groups of the elements that one reader reads.
#[derive(Debug, Default)]
pub struct Collector {
    groups: Groups,
    cache: Cache,
}

impl Collector {
    /// Adds the wanted buckets of a container, and returns where its group is; `None` where no
    /// bucket is wanted.
    pub fn add(&mut self, view: View<'_>, filter: &Filter) -> Option<usize> {
        let wanted = |bucket: &&Bucket| filter.bucket(view, bucket);
        if !filter.group(view) || !view.buckets().iter().any(|it| wanted(&it)) {
            return None;
        }
        let at = self.groups.place(key(view));
        let scopes = self
            .groups
            .scopes
            .set(CounterScope::of(view.group_values()));
        let Groups {
            names,
            texts,
            list,
            addends,
            ..
        } = &mut self.groups;
        let group = list.get_mut(at)?;
        group.scopes = group.scopes.or(scopes);
        let mut has_figures = false;
        for bucket in view.buckets().iter().filter(wanted) {
            group.buckets += 1;
            group.covered.add(view, bucket, texts);
            let mut near = 0;
            for (index, entry) in view.entries(bucket).iter().enumerate() {
                if filter.metric(view.str(entry.name)) {
                    let name = self.cache.number(names, view, entry);
                    let place = (view, bucket, index);
                    let slots = &mut group.slots;
                    slots.add(names, name, place, StatSet::ALL, &mut near);
                    has_figures = true;
                }
            }
        }
        if has_figures {
            addends.add(view);
        }
        Some(at)
    }

    /// The groups.
    pub fn finish(self) -> Groups {
        self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Span;
    use crate::record::{Container, Interner};

    fn groups(text: &str) -> Groups {
        let (mut record, mut interner) = (Container::default(), Interner::default());
        assert!(record.read(text, Span::new(0, text.len()), &mut interner));
        let mut collector = Collector::default();
        collector.add(record.view(text), &Filter::default());
        collector.finish()
    }

    #[test]
    fn keys_read_back_as_the_dimensions_they_were() {
        let text = r#"{"group":{"b":"2:x","a":"","é":"1"},"data":[{"metrics":[]}]}"#;
        let groups = groups(text);
        let read = dimensions(&groups.list[0].key);
        assert_eq!(read, [("a", ""), ("b", "2:x"), ("é", "1")]);
    }

    #[test]
    fn groups_merge_by_their_dimensions_in_any_order() {
        let container = |queue: &str, count: u32| {
            groups(&format!(
                r#"{{"group":{{"queueId":"{queue}"}},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":{count}}}}}]}}]}}"#
            ))
        };
        let mut all = Groups::default();
        assert_eq!(all.merge(container("a", 1)), [0]);
        assert_eq!(all.merge(container("b", 2)), [1]);
        assert_eq!(all.merge(container("a", 3)), [0]);
        let counts: Vec<String> = all
            .iter()
            .map(|group| {
                group
                    .plain("nOffered")
                    .unwrap()
                    .count()
                    .unwrap()
                    .to_string()
            })
            .collect();
        assert_eq!(counts, ["4", "2"]);
        assert_eq!(all.list[0].buckets, 2);
    }
}
