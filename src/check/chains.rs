//! Which groups may have overlapping buckets (`T003`), told with little memory.

use std::collections::{HashMap, HashSet};

use crate::document::aggregates::Container;

use super::overlap::{group_number, group_of, metric_names, name_number, timed};
use super::shape::{Flat, Optional};

/// Time that buckets of one group cover, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Chain {
    group: u64,
    start: i64,
    end: i64,
}

/// What is remembered of the buckets of an input: little, since buckets follow one another in
/// time. Where chains of a group touch, their buckets are looked at once more.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Chains {
    list: Vec<Chain>,
    /// The last chain of each group.
    open: HashMap<u64, usize>,
    /// Numbers of the metrics and views that occur, with their qualifiers.
    names: HashSet<u64>,
}

impl Chains {
    fn add(&mut self, chain: Chain) {
        if let Some(&last) = self.open.get(&chain.group)
            && let Some(last) = self.list.get_mut(last)
            && last.end <= chain.start
        {
            last.end = chain.end.max(chain.start);
            return;
        }
        self.open.insert(chain.group, self.list.len());
        self.list.push(chain);
    }

    /// Adds the buckets of a container.
    pub fn container(&mut self, container: Container<'_>) {
        let group = group_of(container);
        for (bucket, (_, start, end), _) in timed(container) {
            self.add(Chain { group, start, end });
            self.names.extend(metric_names(bucket));
        }
    }

    /// Adds chains that come later in the input.
    pub fn merge(&mut self, other: Self) {
        for chain in other.list {
            self.add(chain);
        }
        self.names.extend(other.names);
    }

    /// Gives all chains this group: that of an element whose buckets came before its group.
    pub fn regroup(&mut self, container: Container<'_>) {
        let group = group_of(container);
        let list = std::mem::take(&mut self.list);
        self.open.clear();
        for chain in list {
            self.add(Chain { group, ..chain });
        }
    }

    /// Numbers of the metrics and views that occur, each qualifier by itself.
    pub fn names(&self) -> &HashSet<u64> {
        &self.names
    }

    /// Whether one of these groups has buckets here.
    pub fn has(&self, groups: &HashSet<u64>) -> bool {
        self.open.keys().any(|group| groups.contains(group))
    }

    fn shares(&self, other: &Self) -> bool {
        !self.names.is_disjoint(&other.names)
    }
}

/// The groups of which buckets may overlap, within an input or across those given.
pub fn suspects(inputs: &[&Chains]) -> HashSet<u64> {
    let mut all: Vec<(Chain, usize)> = Vec::new();
    for (input, chains) in inputs.iter().enumerate() {
        all.extend(chains.list.iter().map(|chain| (*chain, input)));
    }
    all.sort_unstable_by_key(|(chain, input)| (chain.group, chain.start, *input));
    let mut sharing: HashMap<(usize, usize), bool> = HashMap::new();
    let mut found = HashSet::new();
    let mut open: Vec<(Chain, usize)> = Vec::new();
    for (chain, input) in all {
        if found.contains(&chain.group) {
            continue;
        }
        open.retain(|(earlier, _)| earlier.group == chain.group && earlier.end > chain.start);
        let clash = open.iter().any(|(_, other)| {
            *sharing
                .entry((*other, input))
                .or_insert_with(|| inputs[*other].shares(inputs[input]))
        });
        if clash {
            found.insert(chain.group);
        }
        open.push((chain, input));
    }
    found
}

/// Collects the chains of containers that were read directly.
#[derive(Debug, Default)]
pub struct Collector {
    chains: Chains,
    /// Which of the lexicon's names were seen without qualifier: as a metric, as a view.
    seen: Vec<[bool; 2]>,
    qualified: HashMap<u32, HashSet<String>>,
}

impl Collector {
    /// Adds the buckets of a container.
    pub fn take(&mut self, flat: &Flat, text: &str) {
        let group = group_number(flat.group.iter().filter_map(|(name, value)| match value {
            Optional::Text(value) => Some((name.of(text), value.of(text))),
            _ => None,
        }));
        for bucket in &flat.buckets {
            let Some((start, end)) = bucket.times else {
                continue;
            };
            self.chains.add(Chain { group, start, end });
            for entry in flat.entries(bucket) {
                let name = entry.name.of(text);
                if let Optional::Text(qualifier) = entry.qualifier {
                    let qualifier = qualifier.of(text);
                    let known = self.qualified.entry(entry.id).or_default();
                    if !known.contains(qualifier) {
                        known.insert(qualifier.to_owned());
                        let number = name_number(entry.view, name, Some(qualifier));
                        self.chains.names.insert(number);
                    }
                    continue;
                }
                let id = entry.id as usize;
                if self.seen.len() <= id {
                    self.seen.resize(id + 1, [false; 2]);
                }
                if !std::mem::replace(&mut self.seen[id][usize::from(entry.view)], true) {
                    let number = name_number(entry.view, name, None);
                    self.chains.names.insert(number);
                }
            }
        }
    }

    /// Adds the buckets of a container on a tape.
    pub fn container(&mut self, container: Container<'_>) {
        self.chains.container(container);
    }

    /// The chains of them all.
    pub fn finish(self) -> Chains {
        self.chains
    }
}
