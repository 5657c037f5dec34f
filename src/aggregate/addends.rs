//! Check that the figures of groups add up, for reports and roll-ups.

use std::collections::BTreeSet;

use crate::check::overlap;
use crate::model::catalog;
use crate::record::View;

/// The groups with figures that count, as far as their sum depends on them.
#[derive(Debug, Clone, Default)]
pub struct Addends {
    /// The number of one of the groups.
    first: Option<u64>,
    has_others: bool,
    /// Their dimensions of which one conversation can have several values.
    multivalued: BTreeSet<String>,
}

impl Addends {
    /// Adds the group of a container with figures that count.
    pub fn add(&mut self, view: View<'_>) {
        if !self.has_others {
            self.add_number(overlap::group_number(view));
        }
        if view.is_notable() {
            for (name, _) in view.group_values() {
                if catalog::is_multivalued(name) && !self.multivalued.contains(name) {
                    self.multivalued.insert(name.to_owned());
                }
            }
        }
    }

    fn add_number(&mut self, group: u64) {
        self.has_others |= *self.first.get_or_insert(group) != group;
    }

    /// Removes the dimensions whose values the query joined: each conversation has one of them.
    pub fn remove_flattened(&mut self, is_flattened: impl Fn(&str) -> bool) {
        self.multivalued.retain(|name| !is_flattened(name));
    }

    /// Adds the groups of later elements.
    pub fn merge(&mut self, other: Self) {
        self.has_others |= other.has_others;
        if let Some(group) = other.first {
            self.add_number(group);
        }
        self.multivalued.extend(other.multivalued);
    }

    /// The dimensions that keep the groups from being added, where only those that `is_kept` says
    /// are kept: a conversation counts once for each of its values.
    pub fn conflicts(&self, is_kept: impl Fn(&str) -> bool) -> Vec<&str> {
        let names = self.multivalued.iter().map(String::as_str);
        names
            .filter(|name| self.has_others && !is_kept(name))
            .collect()
    }
}
