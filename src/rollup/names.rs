//! Metrics and views with their qualifiers, as numbers.

use std::collections::HashMap;

use crate::model::catalog::{self, stats};
use crate::model::stat::Stat;
use crate::record::{Entry, View};

/// A metric or view, and a qualifier of it; or one of its statistics that the API did not have when
/// this was built.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    pub view: bool,
    pub name: Box<str>,
    /// Empty for none.
    pub qualifier: Box<str>,
    /// The name of the statistic; empty for the metric or view itself.
    pub stat: Box<str>,
}

impl Name {
    /// A metric without a qualifier.
    pub fn metric(name: &str) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// The metric or view that a statistic is of.
    fn owner(&self) -> Self {
        Self {
            stat: Box::default(),
            ..self.clone()
        }
    }

    /// Whether both are of one metric or view, and qualifier.
    pub fn has_owner_of(&self, other: &Self) -> bool {
        (self.view, &self.name, &self.qualifier) == (other.view, &other.name, &other.qualifier)
    }
}

/// What is known of the entries of a name.
#[derive(Debug, Clone, Copy)]
pub struct NameFacts {
    /// Whether they may have a sum.
    pub may_add: bool,
    /// Whether a sum comes with a count.
    pub counts_what_it_adds: bool,
    /// The families that have the metric.
    pub families: u32,
    /// The number of the metric or view itself.
    pub owner: u32,
}

/// Names by number.
#[derive(Debug, Clone, Default)]
pub struct Names {
    list: Vec<Name>,
    facts: Vec<NameFacts>,
    known: HashMap<Name, u32>,
}

impl Names {
    /// The number of a name, a new one where it has none yet.
    pub fn number(&mut self, name: Name) -> u32 {
        if let Some(number) = self.known.get(&name) {
            return *number;
        }
        let owner = match name.stat.is_empty() {
            true => None,
            false => Some(self.number(name.owner())),
        };
        let number = self.list.len() as u32;
        self.facts.push(NameFacts {
            may_add: name.view || stats::fits(&name.name, Stat::Sum),
            counts_what_it_adds: !name.view && stats::counts_what_it_adds(&name.name),
            families: if name.view {
                0
            } else {
                catalog::families(&name.name)
            },
            owner: owner.unwrap_or(number),
        });
        self.list.push(name.clone());
        self.known.insert(name, number);
        number
    }

    /// The number of a name that occurs.
    pub fn find(&self, name: &Name) -> Option<u32> {
        self.known.get(name).copied()
    }

    /// The name of a number.
    pub fn get(&self, number: u32) -> Option<&Name> {
        self.list.get(number as usize)
    }

    /// What is known of the name of a number.
    #[inline]
    pub fn facts(&self, number: u32) -> Option<NameFacts> {
        self.facts.get(number as usize).copied()
    }

    /// The place of each, by its number, in the order of names: metrics before views, then by name
    /// and qualifier.
    pub fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<usize> = (0..self.list.len()).collect();
        order.sort_unstable_by_key(|number| self.list.get(*number));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in (0..).zip(order) {
            if let Some(place) = ranks.get_mut(number) {
                *place = rank;
            }
        }
        ranks
    }

    /// All of them, in the order of their numbers.
    pub fn list(&self) -> &[Name] {
        &self.list
    }
}

/// The numbers of the entries that one reader reads, looked up once a template.
#[derive(Debug, Default)]
pub struct Cache(Vec<Option<u32>>);

impl Cache {
    /// The number of an entry's name and qualifier.
    #[inline]
    pub fn number(&mut self, names: &mut Names, view: View<'_>, entry: &Entry) -> u32 {
        match self.0.get(entry.template as usize) {
            Some(Some(number)) => *number,
            _ => self.look_up(names, view, entry),
        }
    }

    #[cold]
    fn look_up(&mut self, names: &mut Names, view: View<'_>, entry: &Entry) -> u32 {
        let number = names.number(Name {
            view: entry.view,
            name: view.str(entry.name).into(),
            qualifier: view.qualifier(entry).into(),
            stat: Box::default(),
        });
        if entry.template != u32::MAX {
            let at = entry.template as usize;
            if self.0.len() <= at {
                self.0.resize(at + 1, None);
            }
            if let Some(slot) = self.0.get_mut(at) {
                *slot = Some(number);
            }
        }
        number
    }
}
