//! One group and its totals, to read.

use crate::json::number::Decimal;
use crate::model::stat::Stat;

use super::Name;
use super::groups::{Entry, Groups, dimensions};
use super::slots::Slot;

/// One of the [`Groups`].
#[derive(Debug, Clone, Copy)]
pub struct Group<'g> {
    all: &'g Groups,
    entry: &'g Entry,
}

/// The merged statistics of one metric or view, and qualifier. Absent is not zero, and what cannot
/// be merged is absent.
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

    /// The total of a metric without a qualifier.
    pub fn plain(self, metric: &str) -> Option<Total<'g>> {
        let name = self.all.names.find(&Name {
            view: false,
            name: metric.into(),
            qualifier: "".into(),
        })?;
        let mut slots = self.entry.slots.list().iter();
        let occurs = slots.any(|slot| slot.name == name);
        occurs.then_some(Total { group: self, name })
    }

    /// The merged statistics, those of a name together: by its place among `ranks`, then by
    /// statistic.
    pub(super) fn ranked(self, ranks: &[u32]) -> Vec<&'g Slot> {
        let mut slots: Vec<&Slot> = self.entry.slots.list().iter().collect();
        slots.sort_unstable_by_key(|slot| (ranks.get(slot.name as usize), slot.stat));
        slots
    }

    /// The name of a number.
    pub(super) fn name(self, number: u32) -> Option<&'g Name> {
        self.all.names.get(number)
    }

    /// All totals with their names: metrics first, each by name and qualifier.
    pub fn totals(self) -> Vec<(&'g Name, Total<'g>)> {
        let slots = self.entry.slots.list().iter();
        let mut numbers: Vec<u32> = slots.map(|slot| slot.name).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let total = |name| Some((self.all.names.get(name)?, Total { group: self, name }));
        let mut totals: Vec<(&Name, Total<'_>)> = numbers.into_iter().filter_map(total).collect();
        totals.sort_unstable_by_key(|(name, _)| *name);
        totals
    }
}

impl Total<'_> {
    /// The merged value of a statistic.
    pub fn get(self, stat: Stat) -> Option<Decimal> {
        self.group.entry.slots.get(self.name, stat)?.value()
    }

    /// The merged value of a statistic that occurs: `Some(None)` where it is unknown.
    pub fn amount(self, stat: Stat) -> Option<Option<Decimal>> {
        let amount = self.group.entry.slots.get(self.name, stat)?;
        amount.occurs().then(|| amount.value())
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
