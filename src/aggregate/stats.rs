//! The merged statistics of one group and period.
//!
//! Most entries of a metric have the same statistics. So a [`StatList`] keeps figures only, in the
//! order of layouts that all lists share.

use std::collections::HashMap;

use indexmap::IndexSet;

use crate::model::stat::{Merge, Stat};

use super::amount::{Addend, Amount};

/// A statistic of an entry. The variant tells if the entry has its partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryStat {
    /// A statistic. There is always one of [`Stat::Count`], also without any count: it says how
    /// many entries there are.
    Full(Stat),
    /// A statistic of entries without its partner: a sum without a count, a numerator without a
    /// denominator, and the reverse.
    Lone(Stat),
    /// A statistic that the API did not have when this was built. Its name has it.
    Unknown,
}

impl EntryStat {
    fn merge(self) -> Merge {
        match self {
            Self::Full(stat) | Self::Lone(stat) => stat.merge(),
            Self::Unknown => Merge::Never,
        }
    }

    /// Its place among others: in the order of the columns.
    fn order(self) -> (Option<Stat>, bool) {
        match self {
            Self::Full(stat) => (Some(stat), false),
            Self::Lone(stat) => (Some(stat), true),
            Self::Unknown => (None, false),
        }
    }
}

/// The layouts of the entries of many lists, by number: the number of the metric or view and its
/// qualifier, and the statistics in their order, each once.
#[derive(Debug, Clone, Default)]
pub struct EntryLayouts(IndexSet<(u32, Box<[EntryStat]>)>);

/// A merged statistic.
#[derive(Debug, Clone, Copy)]
pub struct StatTotal<'s> {
    /// The number of the metric or view and its qualifier.
    pub name: u32,
    pub stat: EntryStat,
    /// Number of entries that have it.
    pub times: u32,
    pub amount: &'s Amount,
}

/// The merged statistics of one group and period. There may be a million of few entries, or one of
/// a million.
#[derive(Debug, Clone, Default)]
pub struct StatList {
    entries: Vec<MergedEntry>,
    amounts: Vec<Amount>,
    odd: Option<Box<OddList>>,
}

/// The merged entries of one name.
#[derive(Debug, Clone, Copy)]
struct MergedEntry {
    /// The number of the layout, which has the number of the name.
    layout: u32,
    /// The place of its first amount.
    first: u32,
    /// Number of entries that were merged.
    times: u32,
}

/// Data that only some lists need.
#[derive(Debug, Clone, Default)]
struct OddList {
    /// Number of entries that have each amount; none where all of a name have all of its
    /// statistics.
    times: Option<Vec<u32>>,
    /// The places of the entries by name, where there are many.
    places: HashMap<u32, u32>,
}

/// Number of entries that have each of some statistics.
#[derive(Debug, Clone, Copy)]
pub enum EntryCounts<'t> {
    Same(u32),
    Each(&'t [u32]),
}

/// Number of following entries that are searched first: a bucket may lack a metric or two.
const AHEAD: usize = 8;
/// Number of entries that are searched one after another; beyond, an index finds them.
const FEW: usize = 48;

impl EntryLayouts {
    /// The number of a layout.
    pub fn number(&mut self, name: u32, mut stats: Vec<EntryStat>) -> u32 {
        stats.sort_unstable_by_key(|stat| stat.order());
        self.0.insert_full((name, stats.into())).0 as u32
    }

    /// The numbers that the layouts of others have here, where names have the numbers `names`.
    pub fn merge(&mut self, others: &Self, names: &[u32]) -> Vec<u32> {
        let layouts = others.0.iter().map(|(name, stats)| {
            let name = names.get(*name as usize).copied();
            self.number(name.unwrap_or(u32::MAX), stats.to_vec())
        });
        layouts.collect()
    }

    fn get(&self, number: u32) -> (u32, &[EntryStat]) {
        let layout = self.0.get_index(number as usize);
        layout.map_or((u32::MAX, &[]), |(name, stats)| (*name, stats))
    }

    /// Adds an entry to a list: `amounts` are those of a layout, in its order. `near` is where it
    /// may be: buckets repeat their metrics in one order.
    #[inline]
    pub fn add(
        &mut self,
        list: &mut StatList,
        layout: u32,
        counts: EntryCounts<'_>,
        amounts: impl Iterator<Item = impl Addend>,
        near: &mut usize,
    ) {
        let (name, stats) = self.get(layout);
        if let (EntryCounts::Each(_), None) = (counts, list.times()) {
            list.count_each(self);
        }
        let ahead = list.entries.get(*near);
        let at = match ahead.is_some_and(|it| it.layout == layout) {
            true => Some(*near),
            false => list.find(self, name, *near),
        };
        let Some(at) = at else {
            *near = list.entries.len() + 1;
            return list.push(self, layout, counts, amounts);
        };
        *near = at + 1;
        let Some(entry) = list.entries.get_mut(at).filter(|it| it.layout == layout) else {
            return self.mix(list, at, layout, counts, amounts);
        };
        let first = entry.first as usize;
        if let EntryCounts::Same(times) = counts {
            entry.times = entry.times.saturating_add(times);
        }
        if let Some(times) = list.odd.as_mut().and_then(|odd| odd.times.as_mut()) {
            let times = times.get_mut(first..).unwrap_or_default();
            for (index, times) in times.iter_mut().take(stats.len()).enumerate() {
                *times = times.saturating_add(counts.at(index));
            }
        }
        let known = list.amounts.get_mut(first..).unwrap_or_default();
        let mut known = known.iter_mut().zip(stats);
        amounts.for_each(|amount| {
            if let Some((known, stat)) = known.next() {
                amount.add_to(known, stat.merge());
            }
        });
    }

    /// Adds an entry whose statistics are not those of the entries before.
    #[cold]
    fn mix(
        &mut self,
        list: &mut StatList,
        at: usize,
        layout: u32,
        counts: EntryCounts<'_>,
        amounts: impl Iterator<Item = impl Addend>,
    ) {
        list.count_each(self);
        let Some(entry) = list.entries.get(at).copied() else {
            return;
        };
        let ((name, known), (_, added)) = (self.get(entry.layout), self.get(layout));
        if !added.iter().all(|stat| known.contains(stat)) {
            let mut all = known.to_vec();
            all.extend(added.iter().filter(|stat| !known.contains(stat)));
            let wide = self.number(name, all);
            let ((_, known), (_, all)) = (self.get(entry.layout), self.get(wide));
            list.widen(at, wide, (known, all));
        }
        let times = list.odd.as_mut().and_then(|odd| odd.times.as_mut());
        let (Some(entry), Some(times)) = (list.entries.get(at), times) else {
            return;
        };
        let ((_, all), (_, added)) = (self.get(entry.layout), self.get(layout));
        for (index, (amount, stat)) in amounts.zip(added).enumerate() {
            let place = all.iter().position(|known| known == stat);
            let Some(place) = place.map(|place| entry.first as usize + place) else {
                continue;
            };
            if let (Some(known), Some(times)) = (list.amounts.get_mut(place), times.get_mut(place))
            {
                amount.add_to(known, stat.merge());
                *times = times.saturating_add(counts.at(index));
            }
        }
    }

    /// Adds another list; its layouts have the numbers `layouts` here.
    pub fn join(&mut self, list: &mut StatList, mut other: StatList, layouts: &[u32]) {
        let renumbered = |entry: &MergedEntry| {
            let layout = layouts.get(entry.layout as usize).copied();
            layout.unwrap_or(u32::MAX)
        };
        if list.entries.is_empty() && other.entries.len() <= FEW {
            for entry in &mut other.entries {
                entry.layout = renumbered(entry);
            }
            *list = other;
            return;
        }
        let mut near = 0;
        let times = other.odd.and_then(|odd| odd.times);
        for entry in &other.entries {
            let layout = renumbered(entry);
            let (first, count) = (entry.first as usize, self.get(layout).1.len());
            let own = times
                .as_ref()
                .and_then(|times| times.get(first..first + count));
            let counts = match own {
                Some(times) => EntryCounts::Each(times),
                None => EntryCounts::Same(entry.times),
            };
            let amounts = other.amounts.iter_mut().skip(first).take(count);
            let amounts = amounts.map(|amount| std::mem::replace(amount, Amount::Nothing));
            self.add(list, layout, counts, amounts, &mut near);
        }
    }

    /// The statistics of a name.
    pub fn find<'s>(
        &'s self,
        list: &'s StatList,
        name: u32,
    ) -> impl Fn(EntryStat) -> Option<StatTotal<'s>> + Copy {
        let at = list.find(self, name, 0);
        let entry = at.and_then(|at| list.entries.get(at));
        let stats = entry.map_or(&[][..], |entry| self.get(entry.layout).1);
        move |stat| {
            let at = stats.iter().position(|known| *known == stat)?;
            list.total(name, entry?, at, stat)
        }
    }

    /// All statistics of a list, grouped by name.
    pub fn totals<'s>(&'s self, list: &'s StatList) -> impl Iterator<Item = StatTotal<'s>> {
        let entries = list.entries.iter();
        entries.flat_map(move |entry| self.totals_of(list, entry))
    }

    /// All statistics of a list, grouped by name, in the order of the ranks of the names.
    pub fn totals_by<'s>(&'s self, list: &'s StatList, ranks: &[u32]) -> Vec<StatTotal<'s>> {
        let mut entries: Vec<&MergedEntry> = list.entries.iter().collect();
        entries.sort_by_key(|entry| ranks.get(self.get(entry.layout).0 as usize));
        let mut totals = Vec::with_capacity(list.amounts.len());
        for entry in entries {
            totals.extend(self.totals_of(list, entry));
        }
        totals
    }

    fn totals_of<'s>(
        &'s self,
        list: &'s StatList,
        entry: &'s MergedEntry,
    ) -> impl Iterator<Item = StatTotal<'s>> {
        let (name, stats) = self.get(entry.layout);
        let stats = stats.iter().enumerate();
        stats.filter_map(move |(at, stat)| list.total(name, entry, at, *stat))
    }
}

impl StatList {
    /// Makes room for the entries of the first bucket.
    #[inline]
    pub fn reserve(&mut self, entries: usize, amounts: impl FnOnce() -> usize) {
        if self.entries.is_empty() {
            self.entries.reserve_exact(entries);
            self.amounts.reserve_exact(amounts());
        }
    }

    /// The place of the entry of a name.
    #[inline]
    fn find(&self, layouts: &EntryLayouts, name: u32, near: usize) -> Option<usize> {
        let same = |entry: &MergedEntry| layouts.get(entry.layout).0 == name;
        let ahead = self.entries.get(near..).unwrap_or_default();
        if let Some(ahead) = ahead.iter().take(AHEAD).position(same) {
            return Some(near + ahead);
        }
        let places = self.odd.as_ref().map(|odd| &odd.places);
        match places.filter(|places| !places.is_empty()) {
            Some(places) => places.get(&name).map(|at| *at as usize),
            None => self.entries.iter().position(same),
        }
    }

    fn push(
        &mut self,
        layouts: &EntryLayouts,
        layout: u32,
        counts: EntryCounts<'_>,
        amounts: impl Iterator<Item = impl Addend>,
    ) {
        let first = self.amounts.len();
        self.amounts.extend(amounts.map(Addend::into_amount));
        let times = match counts {
            EntryCounts::Same(times) => times,
            EntryCounts::Each(_) => 0,
        };
        let at = self.entries.len();
        self.entries.push(MergedEntry {
            layout,
            first: first as u32,
            times,
        });
        if let Some(odd) = &mut self.odd {
            if let Some(times) = &mut odd.times {
                let added = self.amounts.len() - first;
                times.extend((0..added).map(|index| counts.at(index)));
            }
            if !odd.places.is_empty() {
                odd.places.insert(layouts.get(layout).0, at as u32);
            }
        }
        if at == FEW {
            let places = (0..).zip(&self.entries);
            let places = places.map(|(at, it)| (layouts.get(it.layout).0, at));
            self.odd.get_or_insert_default().places = places.collect();
        }
    }

    fn times(&self) -> Option<&Vec<u32>> {
        self.odd.as_ref()?.times.as_ref()
    }

    fn total(
        &self,
        name: u32,
        entry: &MergedEntry,
        at: usize,
        stat: EntryStat,
    ) -> Option<StatTotal<'_>> {
        let place = entry.first as usize + at;
        let times = self.times();
        Some(StatTotal {
            name,
            stat,
            times: times.map_or(entry.times, |it| it.get(place).copied().unwrap_or(0)),
            amount: self.amounts.get(place)?,
        })
    }

    /// Returns true if each statistic has the value of its only entry.
    pub fn is_of_one_entry(&self) -> bool {
        let is_lost = |it: &Amount| matches!(it, Amount::Beyond | Amount::Differs);
        let is_one = self.entries.iter().all(|entry| entry.times < 2);
        is_one && self.times().is_none() && !self.amounts.iter().any(is_lost)
    }

    /// Begins to count how many entries have each amount.
    fn count_each(&mut self, layouts: &EntryLayouts) {
        if self.times().is_some() {
            return;
        }
        let mut times = vec![0; self.amounts.len()];
        for entry in &self.entries {
            let (_, stats) = layouts.get(entry.layout);
            let own = times
                .iter_mut()
                .skip(entry.first as usize)
                .take(stats.len());
            own.for_each(|times| *times = entry.times);
        }
        self.odd.get_or_insert_default().times = Some(times);
    }

    /// Moves the amounts of an entry to the end, where they have room for those of a layout with
    /// more statistics.
    fn widen(&mut self, at: usize, layout: u32, (old, new): (&[EntryStat], &[EntryStat])) {
        let times = self.odd.as_mut().and_then(|odd| odd.times.as_mut());
        let (Some(entry), Some(times)) = (self.entries.get_mut(at), times) else {
            return;
        };
        let first = self.amounts.len();
        for stat in new {
            let place = old.iter().position(|known| known == stat);
            let place = place.map(|place| entry.first as usize + place);
            let amount = place.and_then(|place| self.amounts.get_mut(place));
            let amount = amount.map(|amount| std::mem::replace(amount, Amount::Nothing));
            let counted = place.and_then(|place| times.get(place)).copied();
            self.amounts.push(amount.unwrap_or(Amount::Nothing));
            times.push(counted.unwrap_or(0));
        }
        (entry.first, entry.layout) = (first as u32, layout);
    }
}

impl EntryCounts<'_> {
    fn at(self, index: usize) -> u32 {
        match self {
            Self::Same(times) => times,
            Self::Each(times) => times.get(index).copied().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: [EntryStat; 3] = [
        EntryStat::Full(Stat::Count),
        EntryStat::Full(Stat::Sum),
        EntryStat::Lone(Stat::Numerator),
    ];

    fn add(layouts: &mut EntryLayouts, list: &mut StatList, names: &[u32], stats: &[EntryStat]) {
        let mut near = 0;
        for name in names {
            let layout = layouts.number(*name, stats.to_vec());
            let amounts = vec![Amount::Whole(1); stats.len()].into_iter();
            layouts.add(list, layout, EntryCounts::Same(1), amounts, &mut near);
        }
    }

    #[test]
    fn statistics_are_counted_whatever_entries_have() {
        for count in [3, FEW as u32, FEW as u32 + 1, 5 * FEW as u32] {
            let (mut layouts, mut list) = (EntryLayouts::default(), StatList::default());
            let names: Vec<u32> = (0..count).collect();
            let turned: Vec<u32> = names.iter().rev().copied().collect();
            for (names, stats) in [
                (&names[1..], &FULL[..1]),
                (&names[..], &FULL[1..]),
                (&turned[..], &FULL[..]),
                (&[0, 0][..], &FULL[..1]),
            ] {
                add(&mut layouts, &mut list, names, stats);
            }
            let mut joined = StatList::default();
            let numbers: Vec<u32> = (0..layouts.0.len() as u32).collect();
            for _ in 0..2 {
                layouts.join(&mut joined, list.clone(), &numbers);
            }
            assert_eq!(layouts.totals(&joined).count(), count as usize * 3);
            for name in names {
                for (stat, expected) in FULL.into_iter().zip([4, 4, 4]) {
                    let expected = if name == 0 && stat == FULL[0] {
                        6
                    } else {
                        expected
                    };
                    let total = layouts.find(&joined, name)(stat).unwrap();
                    assert_eq!(total.amount.digits(), Some(expected.to_string()));
                    assert_eq!(total.times, expected);
                }
            }
        }
    }

    #[test]
    fn statistics_are_small() {
        assert_eq!(size_of::<MergedEntry>(), 12);
        assert_eq!(size_of::<StatList>(), 56);
    }
}
