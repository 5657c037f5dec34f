//! Metrics and views with their qualifiers, and statistics that the API did not have when this was built,
//! as numbers.

use indexmap::IndexMap;

use crate::model::FigureId;
use crate::model::catalog::{self, stats};
use crate::model::stat::Stat;

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
pub struct EntryNames(IndexMap<FigureId, EntryFacts>);

impl EntryNames {
    /// The number of a name, a new one where it has none yet.
    pub fn number(&mut self, name: FigureId) -> u32 {
        if let Some(number) = self.find(&name) {
            return number;
        }
        let owner = (!name.stat.is_empty()).then(|| {
            self.number(FigureId {
                stat: String::new(),
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
    pub fn find(&self, name: &FigureId) -> Option<u32> {
        self.0.get_index_of(name).map(|number| number as u32)
    }

    /// The name of a number.
    pub fn get(&self, number: u32) -> Option<&FigureId> {
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
        let mut order: Vec<(&FigureId, usize)> = self.0.keys().zip(0..).collect();
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
    pub fn iter(&self) -> impl Iterator<Item = &FigureId> {
        self.0.keys()
    }
}
