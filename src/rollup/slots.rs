//! The merged statistics of one group.

use std::collections::HashMap;

use crate::model::stat::{Merge, Stat, StatSet};
use crate::record::{Bucket, Number, View};

use super::amount::Amount;
use super::names::{Name, Names};

/// What a slot has of a metric or view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotStat {
    /// A statistic. There is always a slot of [`Stat::Count`], also without any count: it says how
    /// many entries there are.
    Full(Stat),
    /// A statistic of entries without its partner: a sum without a count, a numerator without a
    /// denominator, and the reverse.
    Lone(Stat),
    /// A statistic that the API did not have when this was built. Its name has it.
    Unknown,
}

impl SlotStat {
    const LONE: u32 = 32;
    const UNKNOWN: u32 = 31;

    fn code(self) -> u32 {
        match self {
            Self::Full(stat) => stat as u32,
            Self::Lone(stat) => Self::LONE + stat as u32,
            Self::Unknown => Self::UNKNOWN,
        }
    }

    fn merge(self) -> Merge {
        match self {
            Self::Full(stat) | Self::Lone(stat) => stat.merge(),
            Self::Unknown => Merge::Never,
        }
    }
}

/// How many bits of a slot say what it has.
const CODE: u32 = 6;
/// More entries are not counted. They would be of a hundred gigabytes.
const MOST: u32 = u32::MAX >> CODE;

/// A merged statistic of a metric or view.
#[derive(Debug, Clone)]
pub struct Slot {
    /// The number of the metric or view and its qualifier.
    pub name: u32,
    /// The code of its [`SlotStat`], and how many entries had it.
    coded: u32,
    pub amount: Amount,
}

impl Slot {
    fn new(name: u32, stat: SlotStat, amount: Amount) -> Self {
        Self {
            name,
            coded: stat.code() | 1 << CODE,
            amount,
        }
    }

    /// How many entries had it.
    pub fn times(&self) -> u32 {
        self.coded >> CODE
    }

    /// What it has.
    pub fn stat(&self) -> SlotStat {
        let code = self.code();
        let stat = |code: u32| Stat::ALL.get(code as usize).copied();
        match code.checked_sub(SlotStat::LONE) {
            Some(code) => stat(code).map_or(SlotStat::Unknown, SlotStat::Lone),
            None => stat(code).map_or(SlotStat::Unknown, SlotStat::Full),
        }
    }

    fn code(&self) -> u32 {
        self.coded & ((1 << CODE) - 1)
    }

    /// Merges another one of the same.
    fn merge(&mut self, other: Self, how: Merge) {
        let times = (self.times() + other.times()).min(MOST);
        self.coded = self.code() | times << CODE;
        self.amount.merge(other.amount, how);
    }
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
    index: Option<Box<HashMap<(u32, u32), u32>>>,
}

impl Slots {
    /// Adds the `index`th entry of a bucket, whose name has the number `name`: its count and the
    /// other statistics of `kept`. `near` is where its slots may be: buckets repeat their statistics
    /// in one order, so they are mostly behind those of the entry before.
    #[inline]
    pub fn add(
        &mut self,
        names: &mut Names,
        name: u32,
        (view, bucket, index): (View<'_>, &Bucket, usize),
        kept: StatSet,
        near: &mut usize,
    ) {
        let Some(entry) = view.entries(bucket).get(index) else {
            return;
        };
        let has = |stat| entry.numbers.contains(stat);
        let mut numbers = entry.numbers.iter().zip(view.numbers(entry)).peekable();
        let amount = |number: &Number| Amount::of(&view.figure(*number));
        let count = numbers.next_if(|(stat, _)| *stat == Stat::Count);
        let count = count.map_or(Amount::Nothing, |(_, count)| amount(count));
        let adds_nothing = || names.facts(name).is_some_and(|facts| !facts.may_add);
        let lacks_sum = !has(Stat::Sum) && count.is_something() && !adds_nothing();
        self.merge(Slot::new(name, SlotStat::Full(Stat::Count), count), near);
        if lacks_sum {
            let lone = SlotStat::Lone(Stat::Count);
            self.merge(Slot::new(name, lone, Amount::Nothing), near);
        }
        for (stat, number) in numbers.filter(|(stat, _)| kept.contains(*stat)) {
            let is_lone = stat.partner().is_some_and(|partner| !has(partner));
            let stat = match is_lone {
                true => SlotStat::Lone(stat),
                false => SlotStat::Full(stat),
            };
            self.merge(Slot::new(name, stat, amount(number)), near);
        }
        for extra in view.extras(bucket, index) {
            let owner = names.get(name).cloned().unwrap_or_default();
            if let Some(amount) = Amount::of_scalar(view, extra.value) {
                let stat = view.str(extra.name).into();
                let name = names.number(Name { stat, ..owner });
                self.merge(Slot::new(name, SlotStat::Unknown, amount), near);
            }
        }
    }

    /// Merges a slot into that of the same statistic.
    #[inline]
    pub fn merge(&mut self, slot: Slot, near: &mut usize) {
        let code = slot.code();
        let same = |it: &Slot| it.name == slot.name && it.code() == code;
        let ahead = self.list.get(*near..).unwrap_or_default();
        let at = match ahead.iter().take(AHEAD).position(same) {
            Some(ahead) => Some(*near + ahead),
            None => self.find(slot.name, code),
        };
        let at = match at.and_then(|at| self.list.get_mut(at).map(|known| (at, known))) {
            Some((at, known)) => {
                let how = slot.stat().merge();
                known.merge(slot, how);
                at
            }
            None => self.push(slot),
        };
        *near = at + 1;
    }

    fn find(&self, name: u32, code: u32) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(&(name, code)).map(|at| *at as usize),
            None => {
                let mut slots = self.list.iter();
                slots.position(|slot| slot.name == name && slot.code() == code)
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
            index.insert((slot.name, slot.code()), at as u32);
        }
        self.list.push(slot);
        if self.list.len() > FEW && self.index.is_none() {
            let slots = (0..).zip(&self.list);
            let index = slots.map(|(at, slot)| ((slot.name, slot.code()), at));
            self.index = Some(Box::new(index.collect()));
        }
        at
    }

    /// The slot of a metric or view.
    pub fn get(&self, name: u32, stat: SlotStat) -> Option<&Slot> {
        let at = self.find(name, stat.code())?;
        self.list.get(at)
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
            let name = number(slot.name);
            self.merge(Slot { name, ..slot }, &mut near);
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
                let slot = Slot::new(name, SlotStat::Full(Stat::Count), Amount::Whole(1));
                slots.merge(slot, &mut near);
            }
            let mut joined = Slots::default();
            joined.join(slots.clone(), |name| name);
            joined.join(slots, |name| count - 1 - name);
            assert_eq!(joined.list().len(), count as usize);
            for name in 0..count {
                let slot = joined.get(name, SlotStat::Full(Stat::Count)).unwrap();
                assert_eq!(slot.amount.digits().as_deref(), Some("4"));
                assert_eq!(slot.times(), 4);
            }
        }
    }

    #[test]
    fn what_a_slot_has_is_read_back() {
        let all = Stat::ALL.into_iter();
        let all = all.flat_map(|stat| [SlotStat::Full(stat), SlotStat::Lone(stat)]);
        for stat in all.chain([SlotStat::Unknown]) {
            let slot = Slot::new(7, stat, Amount::Nothing);
            assert_eq!((slot.stat(), slot.times()), (stat, 1));
        }
        assert_eq!(size_of::<Slot>(), 24);
    }
}
