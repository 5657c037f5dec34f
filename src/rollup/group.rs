//! One group and its totals, to read.

use crate::json::number::Decimal;
use crate::model::catalog::absence::CounterScope;
use crate::model::catalog::formula::CounterSet;
use crate::model::stat::{Stat, Unmerged};

use super::amount::Amount;
use super::groups::{Entry, Groups, dimensions};
use super::slots::{Slot, SlotStat};
use super::{Name, merged};

/// One of the [`Groups`].
#[derive(Debug, Clone, Copy)]
pub struct Group<'g> {
    all: &'g Groups,
    entry: &'g Entry,
}

/// A statistic that occurs in a group.
#[derive(Debug, Clone, Copy)]
pub struct Statistic<'g> {
    pub name: &'g Name,
    pub stat: &'g str,
    /// How many entries have it.
    pub entries: u32,
    /// Why there is no merged value.
    pub unmerged: Option<Unmerged>,
}

/// The merged statistics of one metric or view, and qualifier. Absent is not zero.
#[derive(Debug, Clone, Copy)]
pub struct Total<'g> {
    group: Group<'g>,
    name: u32,
}

impl<'g> Group<'g> {
    pub(super) fn new(all: &'g Groups, entry: &'g Entry) -> Self {
        Self { all, entry }
    }

    /// Dimensions and values, by name.
    pub fn dimensions(self) -> Vec<(&'g str, &'g str)> {
        dimensions(&self.entry.key)
    }

    /// How many buckets it has.
    pub fn buckets(self) -> u64 {
        self.entry.buckets
    }

    /// The earliest start and the latest end of the buckets, as they were written.
    pub fn covered(self) -> Option<(&'g str, &'g str)> {
        self.entry.covered.texts(&self.all.texts)
    }

    /// The counters of key figures that are 0 where they are absent.
    pub fn zeros(self) -> CounterSet {
        self.all.scopes.zeros(self.entry.scopes)
    }

    /// The scopes of the groups that were joined to it.
    pub(super) fn scopes(self) -> Vec<CounterScope> {
        self.all.scopes.list(self.entry.scopes)
    }

    /// The total of a metric without a qualifier.
    pub fn plain(self, metric: &str) -> Option<Total<'g>> {
        let name = self.all.names.find(&Name::metric(metric))?;
        let entries = SlotStat::Full(Stat::Count);
        let occurs = self.entry.slots.get(name, entries).is_some();
        occurs.then_some(Total { group: self, name })
    }

    /// The slots, those of a metric or view together: by the place of its name among `ranks`.
    pub(super) fn ranked(self, ranks: &[u32]) -> Vec<&'g Slot> {
        let mut slots: Vec<&Slot> = self.entry.slots.list().iter().collect();
        slots.sort_by_key(|slot| ranks.get(slot.name as usize));
        slots
    }

    /// The name of a number.
    pub(super) fn name(self, number: u32) -> Option<&'g Name> {
        self.all.names.get(number)
    }

    /// The merged value of a statistic.
    pub(super) fn amount(self, name: u32, stat: Stat) -> Option<Result<&'g Amount, Unmerged>> {
        merged::figure(&self.entry.slots, &self.all.names, name, stat)
    }

    /// The value of a statistic that the API did not have when this was built.
    pub(super) fn unknown(self, slot: &'g Slot) -> Result<&'g Amount, Unmerged> {
        merged::unknown(&self.entry.slots, &self.all.names, slot)
    }

    /// Whether the ratio of a name has merged parts.
    fn has_parts(self, name: u32) -> bool {
        let has = |stat| matches!(self.amount(name, stat), Some(Ok(_)));
        has(Stat::Numerator) && has(Stat::Denominator)
    }

    /// The statistics that occur, with the number of entries that have them, and the reason where
    /// there is no merged value.
    pub fn statistics(self) -> impl Iterator<Item = Statistic<'g>> {
        self.entry.slots.list().iter().filter_map(move |slot| {
            let name = self.name(slot.name)?;
            let (stat, found) = match slot.stat() {
                // It is the quotient of the merged parts.
                SlotStat::Full(Stat::Ratio) if self.has_parts(slot.name) => return None,
                SlotStat::Full(stat) => (stat.name(), self.amount(slot.name, stat)?),
                // Where other entries have the pair, their figure is the merged one.
                SlotStat::Lone(stat) if self.has(slot.name, stat) => return None,
                SlotStat::Lone(Stat::Count) => return None,
                SlotStat::Lone(stat) => (stat.name(), self.amount(slot.name, stat)?),
                SlotStat::Unknown => (&*name.stat, self.unknown(slot)),
            };
            Some(Statistic {
                name,
                stat,
                entries: slot.times(),
                unmerged: found.err(),
            })
        })
    }

    fn has(self, name: u32, stat: Stat) -> bool {
        let slots = &self.entry.slots;
        slots.get(name, SlotStat::Full(stat)).is_some()
    }

    /// All totals with their names: metrics first, each by name and qualifier.
    pub fn totals(self) -> Vec<(&'g Name, Total<'g>)> {
        let slots = self.entry.slots.list().iter();
        let entries = slots.filter(|slot| slot.stat() == SlotStat::Full(Stat::Count));
        let total = |slot: &Slot| {
            let (group, name) = (self, slot.name);
            Some((self.all.names.get(name)?, Total { group, name }))
        };
        let mut totals: Vec<(&Name, Total<'_>)> = entries.filter_map(total).collect();
        totals.sort_unstable_by_key(|(name, _)| *name);
        totals
    }
}

impl Total<'_> {
    /// The merged value of a statistic; `None` where it does not occur, is too large for exact
    /// arithmetic, or has no merged value.
    pub fn get(self, stat: Stat) -> Option<Decimal> {
        self.figure(stat)?.ok()
    }

    /// The merged value of a statistic that occurs, or why there is none.
    pub fn figure(self, stat: Stat) -> Option<Result<Decimal, Unmerged>> {
        let found = self.group.amount(self.name, stat)?;
        Some(found.and_then(|amount| amount.value().ok_or(Unmerged::TooLarge)))
    }

    /// The families that have the metric.
    pub fn families(self) -> u32 {
        let facts = self.group.all.names.facts(self.name);
        facts.map_or(0, |facts| facts.families)
    }

    /// Whether it has no figure that a report shows.
    pub fn is_empty(self) -> bool {
        let shown = [Stat::Count, Stat::Sum, Stat::Max, Stat::Current];
        let has_any = shown.into_iter().any(|stat| self.get(stat).is_some());
        !has_any && self.ratio(0).is_none()
    }

    /// The merged `count`.
    pub fn count(self) -> Option<Decimal> {
        self.get(Stat::Count)
    }

    /// The merged `sum`.
    pub fn sum(self) -> Option<Decimal> {
        self.get(Stat::Sum)
    }

    /// `sum / count`, rounded half to even to `places`.
    pub fn average(self, places: u32) -> Option<Decimal> {
        self.sum()?.divided(self.count()?, places)
    }

    /// `numerator / denominator`, rounded half to even to `places`.
    pub fn ratio(self, places: u32) -> Option<Decimal> {
        let numerator = self.get(Stat::Numerator)?;
        numerator.divided(self.get(Stat::Denominator)?, places)
    }
}
