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
    /// Their dimensions of which one conversation can have several values: a number for the value if all
    /// containers that have the dimension have the same, and the number of these containers.
    multivalued: BTreeMap<String, (Option<u64>, u64)>,
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
                    self.add_values(name, (Some(overlap::hash(&value)), 1));
                }
            }
        }
    }

    fn add_values(&mut self, name: &str, (value, containers): (Option<u64>, u64)) {
        match self.multivalued.get_mut(name) {
            Some((only, count)) => {
                *only = only.filter(|_| *only == value);
                *count += containers;
            }
            None => {
                let values = (value, containers);
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
        let several = self
            .multivalued
            .iter()
            .filter(|(_, (only, count))| only.is_none() || *count != self.containers);
        let names = several.map(|(name, _)| name.as_str());
        names
            .filter(|name| self.has_others && !is_kept(name))
            .collect()
    }
}
