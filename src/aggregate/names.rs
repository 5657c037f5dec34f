//! Metrics and views with their qualifiers, as numbers.

use indexmap::IndexMap;

use crate::model::catalog::{self, stats};
use crate::model::stat::Stat;

/// A metric or view, and a qualifier of it; or one of its statistics that the API did not have when
/// this was built.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryName {
    pub view: bool,
    pub name: Box<str>,
    /// Empty for none.
    pub qualifier: Box<str>,
    /// The name of the statistic; empty for the metric or view itself.
    pub stat: Box<str>,
}

impl EntryName {
    /// A metric without a qualifier.
    pub fn metric(name: &str) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// True for a view, the name, and the qualifier: the same for all statistics of a metric or view.
    pub fn owner(&self) -> (bool, &str, &str) {
        (self.view, &self.name, &self.qualifier)
    }
}

/// Properties of the entries of a name.
#[derive(Debug, Clone, Copy)]
pub struct EntryFacts {
    /// True if they may have a sum.
    pub may_add: bool,
    /// True if a sum comes with a count.
    pub counts_what_it_adds: bool,
    /// The families that have the metric.
    pub families: u32,
    /// The number of the metric or view itself.
    pub owner: u32,
}

/// Names by number.
#[derive(Debug, Clone, Default)]
pub struct EntryNames(IndexMap<EntryName, EntryFacts>);

impl EntryNames {
    /// The number of a name, a new one where it has none yet.
    pub fn number(&mut self, name: EntryName) -> u32 {
        if let Some(number) = self.find(&name) {
            return number;
        }
        let owner = (!name.stat.is_empty()).then(|| {
            self.number(EntryName {
                stat: Box::default(),
                ..name.clone()
            })
        });
        let number = self.0.len() as u32;
        let facts = EntryFacts {
            may_add: name.view || stats::fits(&name.name, Stat::Sum),
            counts_what_it_adds: !name.view && stats::counts_what_it_adds(&name.name),
            families: match name.view {
                true => 0,
                false => catalog::families(&name.name),
            },
            owner: owner.unwrap_or(number),
        };
        self.0.insert(name, facts);
        number
    }

    /// The number of a name that occurs.
    pub fn find(&self, name: &EntryName) -> Option<u32> {
        self.0.get_index_of(name).map(|number| number as u32)
    }

    /// The name of a number.
    pub fn get(&self, number: u32) -> Option<&EntryName> {
        self.0.get_index(number as usize).map(|(name, _)| name)
    }

    /// The properties of the name of a number.
    #[inline]
    pub fn facts(&self, number: u32) -> Option<EntryFacts> {
        self.0.get_index(number as usize).map(|(_, facts)| *facts)
    }

    /// The place of each, by its number, in the order of names: metrics before views, then by name
    /// and qualifier.
    pub fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<(&EntryName, usize)> = self.0.keys().zip(0..).collect();
        order.sort_unstable();
        let mut ranks = vec![0; order.len()];
        for (rank, (_, number)) in (0..).zip(order) {
            if let Some(place) = ranks.get_mut(number) {
                *place = rank;
            }
        }
        ranks
    }

    /// All of them, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &EntryName> {
        self.0.keys()
    }
}
