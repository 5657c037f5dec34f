//! Check that the figures of groups add up, for reports and roll-ups.

use std::collections::BTreeMap;

use crate::check::overlap;
use crate::model::catalog;
use crate::record::View;

/// The groups with figures that count, as far as their sum depends on them.
#[derive(Debug, Clone, Default)]
pub struct Addends {
    /// The number of one of the groups.
    first: Option<u64>,
    has_others: bool,
    /// Number of containers.
    containers: u64,
    /// Their dimensions of which one conversation can have several values.
    multivalued: BTreeMap<String, Values>,
}

/// The values of a multivalued dimension.
#[derive(Debug, Clone, Copy)]
struct Values {
    /// A number for the value where all containers that have it have the same.
    only: Option<u64>,
    /// Number of containers that have it.
    containers: u64,
}

impl Addends {
    /// Adds the group of a container with figures that count.
    pub fn add(&mut self, view: View<'_>) {
        if !self.has_others {
            self.add_number(overlap::group_number(view));
        }
        self.containers += 1;
        if view.is_notable() {
            for (name, value) in view.present_values() {
                if catalog::is_multivalued(name) {
                    let only = Some(overlap::hash(&value));
                    self.add_values(
                        name,
                        Values {
                            only,
                            containers: 1,
                        },
                    );
                }
            }
        }
    }

    fn add_values(&mut self, name: &str, values: Values) {
        match self.multivalued.get_mut(name) {
            Some(known) => {
                known.only = known.only.filter(|_| known.only == values.only);
                known.containers += values.containers;
            }
            None => {
                self.multivalued.insert(name.to_owned(), values);
            }
        }
    }

    fn add_number(&mut self, group: u64) {
        self.has_others |= *self.first.get_or_insert(group) != group;
    }

    /// Removes the dimensions whose values the query joined: each conversation has one of them.
    pub fn remove_flattened(&mut self, is_flattened: impl Fn(&str) -> bool) {
        self.multivalued.retain(|name, _| !is_flattened(name));
    }

    /// Adds the groups of later elements.
    pub fn merge(&mut self, other: Self) {
        self.has_others |= other.has_others;
        if let Some(group) = other.first {
            self.add_number(group);
        }
        self.containers += other.containers;
        for (name, values) in other.multivalued {
            self.add_values(&name, values);
        }
    }

    /// The dimensions that keep the groups from being added, where only those that `is_kept` says
    /// are kept: a conversation counts once for each of its values. A filter can leave one value only.
    pub fn conflicts(&self, is_kept: impl Fn(&str) -> bool) -> Vec<&str> {
        let has_one = |it: &Values| it.only.is_some() && it.containers == self.containers;
        let several = self
            .multivalued
            .iter()
            .filter(|(_, values)| !has_one(values));
        let names = several.map(|(name, _)| name.as_str());
        names
            .filter(|name| self.has_others && !is_kept(name))
            .collect()
    }
}
