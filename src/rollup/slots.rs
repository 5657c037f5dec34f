//! The merged statistics of one group.

use std::collections::HashMap;

use crate::model::stat::Stat;

use super::amount::Amount;

/// A merged statistic of a metric or view.
#[derive(Debug, Clone)]
pub struct Slot {
    /// The number of the metric or view and its qualifier.
    pub name: u32,
    pub stat: Stat,
    pub amount: Amount,
}

/// How many slots behind the one before are looked at first: a bucket may lack a metric or two.
const AHEAD: usize = 12;
/// How many slots are searched one after another; beyond, an index finds them.
const FEW: usize = 48;

/// Statistics in the order of their first appearance, each once. There may be a million groups of
/// a few statistics, or one group of a million.
#[derive(Debug, Clone, Default)]
pub struct Slots {
    list: Vec<Slot>,
    #[expect(clippy::box_collection, reason = "most of a million groups have none")]
    index: Option<Box<HashMap<(u32, Stat), u32>>>,
}

impl Slots {
    /// Merges an amount into that of its statistic. `near` is where it may be: buckets repeat
    /// their statistics in one order, so it is mostly behind the one before.
    #[inline]
    pub fn merge(&mut self, name: u32, stat: Stat, amount: Amount, near: &mut usize) {
        let same = |slot: &Slot| slot.name == name && slot.stat == stat;
        let ahead = self.list.get(*near..).unwrap_or_default();
        let at = match ahead.iter().take(AHEAD).position(same) {
            Some(ahead) => Some(*near + ahead),
            None => self.find(name, stat),
        };
        let at = match at.and_then(|at| self.list.get_mut(at).map(|slot| (at, slot))) {
            Some((at, slot)) => {
                slot.amount.merge(amount, stat.merge());
                at
            }
            None => self.push(Slot { name, stat, amount }),
        };
        *near = at + 1;
    }

    fn find(&self, name: u32, stat: Stat) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(&(name, stat)).map(|at| *at as usize),
            None => {
                let mut slots = self.list.iter();
                slots.position(|slot| slot.name == name && slot.stat == stat)
            }
        }
    }

    fn push(&mut self, slot: Slot) -> usize {
        let at = self.list.len();
        // Most groups have few statistics, and there may be many groups.
        if at < 4 {
            self.list.reserve_exact(1);
        }
        if let Some(index) = &mut self.index {
            index.insert((slot.name, slot.stat), at as u32);
        }
        self.list.push(slot);
        if self.list.len() > FEW && self.index.is_none() {
            let slots = (0..).zip(&self.list);
            let index = slots.map(|(at, slot)| ((slot.name, slot.stat), at));
            self.index = Some(Box::new(index.collect()));
        }
        at
    }

    /// The merged amount of a statistic.
    pub fn get(&self, name: u32, stat: Stat) -> Option<&Amount> {
        let at = self.find(name, stat)?;
        self.list.get(at).map(|slot| &slot.amount)
    }

    /// All of them, in the order of their first appearance.
    pub fn list(&self) -> &[Slot] {
        &self.list
    }

    /// Merges the statistics of another group; `number` gives the names' numbers here.
    pub fn join(&mut self, other: Self, number: impl Fn(u32) -> u32) {
        if self.list.is_empty() && other.index.is_none() {
            self.list = other.list;
            for slot in &mut self.list {
                slot.name = number(slot.name);
            }
            return;
        }
        let mut near = 0;
        for slot in other.list {
            self.merge(number(slot.name), slot.stat, slot.amount, &mut near);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statistic_has_one_slot_however_many_there_are() {
        for count in [
            1,
            FEW as u32 - 1,
            FEW as u32,
            FEW as u32 + 1,
            5 * FEW as u32,
        ] {
            let mut slots = Slots::default();
            let mut near = 0;
            for name in (0..count).chain((0..count).rev()) {
                slots.merge(name, Stat::Count, Amount::Whole(1), &mut near);
            }
            let mut joined = Slots::default();
            joined.join(slots.clone(), |name| name);
            joined.join(slots, |name| count - 1 - name);
            assert_eq!(joined.list().len(), count as usize);
            for name in 0..count {
                let amount = joined.get(name, Stat::Count).and_then(Amount::value);
                assert_eq!(amount.map(|it| it.to_string()).as_deref(), Some("4"));
            }
        }
    }
}
