//! The merged statistics of one group and period.
//!
//! Most buckets of a response have the same statistics. So a [`StatList`] keeps its figures only, in
//! the order of a layout that it shares with others. Lists with very many statistics, or with
//! statistics that hardly any other has, keep their own.

use indexmap::{IndexMap, IndexSet};

use crate::model::stat::{Merge, Stat};

use super::amount::Amount;

/// A statistic of an entry, and whether the entry has its partner.
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

/// A statistic of a metric or view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatKey {
    /// The number of the metric or view and its qualifier.
    pub name: u32,
    pub stat: EntryStat,
}

impl StatKey {
    fn merge(self) -> Merge {
        match self.stat {
            EntryStat::Full(stat) | EntryStat::Lone(stat) => stat.merge(),
            EntryStat::Unknown => Merge::Never,
        }
    }
}

/// Statistics in their order, each once; or those of a bucket, as they come.
type Keys = Box<[StatKey]>;

/// A merged statistic.
#[derive(Debug, Clone, Copy)]
pub struct StatTotal<'s> {
    pub key: StatKey,
    /// How many entries have it.
    pub times: u32,
    pub amount: &'s Amount,
}

/// The merged statistics of one group and period.
#[derive(Debug, Clone, Default)]
pub struct StatList {
    /// Its number, unless there is an own one.
    layout: u32,
    /// How many entries have each statistic, where all have the same number.
    times: u32,
    amounts: Vec<Amount>,
    odd: Option<Box<OddList>>,
}

/// What only some lists have.
#[derive(Debug, Clone, Default)]
struct OddList {
    /// How many entries have each statistic.
    times: Vec<u32>,
    own: Option<IndexSet<StatKey>>,
}

/// How many entries have each of some statistics.
#[derive(Debug, Clone, Copy)]
pub enum EntryCounts<'t> {
    Same(u32),
    Each(&'t [u32]),
}

/// Statistics in the order of a bucket or of another list.
#[derive(Debug, Clone)]
pub struct StatSequence {
    pub keys: Keys,
    /// Its number, unless too much is known already.
    number: Option<u32>,
}

/// A sequence added to a layout.
#[derive(Debug, Clone)]
struct Union {
    layout: u32,
    /// Where the statistics of the old layout are in the new one, if they move.
    moved: Option<Box<[u32]>>,
    /// Where the statistics of the sequence are in the new layout.
    targets: Box<[u32]>,
    /// Whether the sequence is the new layout.
    is_whole: bool,
}

/// The layouts of many lists. The first one is empty.
#[derive(Debug, Clone)]
pub struct StatLayouts {
    layouts: IndexSet<Keys>,
    sequences: IndexSet<Keys>,
    /// By the numbers of a layout and a sequence.
    unions: IndexMap<(u32, u32), Union>,
    /// How many statistics all of these have.
    size: usize,
}

/// So many statistics are in shared layouts at the most, and in one.
const MOST: usize = 1 << 21;
const LARGEST: usize = 4096;

impl Default for StatLayouts {
    fn default() -> Self {
        Self {
            layouts: IndexSet::from([Keys::default()]),
            sequences: IndexSet::new(),
            unions: IndexMap::new(),
            size: 0,
        }
    }
}

impl StatLayouts {
    /// The sequence of the statistics of a bucket.
    pub fn sequence(&mut self, keys: Vec<StatKey>) -> StatSequence {
        let keys = Keys::from(keys);
        let known = self.sequences.get_index_of(&keys);
        let number = known.or_else(|| {
            self.grow(keys.len())?;
            Some(self.sequences.insert_full(keys.clone()).0)
        });
        StatSequence {
            number: number.map(|number| number as u32),
            keys,
        }
    }

    /// How many layouts there are.
    pub fn len(&self) -> usize {
        self.layouts.len()
    }

    /// The statistics of the layout of a list, or those that only this list has.
    pub fn keys<'a>(&'a self, list: &'a StatList) -> Box<dyn Iterator<Item = StatKey> + 'a> {
        match list.own() {
            Some(own) => Box::new(own.iter().copied()),
            None => Box::new(self.layout(list.layout).iter().copied()),
        }
    }

    fn layout(&self, number: u32) -> &[StatKey] {
        let layout = self.layouts.get_index(number as usize);
        layout.map_or(&[], |keys| keys)
    }

    fn grow(&mut self, by: usize) -> Option<()> {
        let size = self.size + by;
        if by > 3 * LARGEST || size > MOST {
            return None;
        }
        self.size = size;
        Some(())
    }

    /// The place of the union of a layout and a sequence.
    #[inline]
    fn union(&mut self, layout: u32, sequence: u32) -> Option<usize> {
        let known = self.unions.get_index_of(&(layout, sequence));
        known.or_else(|| self.unite(layout, sequence))
    }

    #[cold]
    fn unite(&mut self, layout: u32, sequence: u32) -> Option<usize> {
        let old = self.layouts.get_index(layout as usize)?;
        let added = self.sequences.get_index(sequence as usize)?;
        let mut all: Vec<StatKey> = old.iter().chain(added).copied().collect();
        all.sort_unstable();
        all.dedup();
        let places = |keys: &[StatKey]| -> Box<[u32]> {
            let places = keys.iter().map(|key| all.binary_search(key));
            places.map(|at| at.unwrap_or_else(|at| at) as u32).collect()
        };
        let moved = (all.len() > old.len()).then(|| places(old));
        let targets = places(added);
        self.grow(all.len() + old.len() + targets.len())?;
        let union = Union {
            is_whole: targets.iter().copied().eq(0..all.len() as u32),
            layout: self.layouts.insert_full(all.into()).0 as u32,
            moved,
            targets,
        };
        Some(self.unions.insert_full((layout, sequence), union).0)
    }

    /// Adds statistics to a list. There are as many amounts as keys.
    pub fn add(
        &mut self,
        list: &mut StatList,
        sequence: &StatSequence,
        times: EntryCounts<'_>,
        amounts: impl ExactSizeIterator<Item = Amount>,
    ) {
        let number = sequence.number.filter(|_| list.own().is_none());
        let union = number.and_then(|number| self.union(list.layout, number));
        let Some((_, union)) = union.and_then(|at| self.unions.get_index(at)) else {
            return self.add_odd(list, sequence, times, amounts);
        };
        let is_new = list.amounts.is_empty();
        let is_even = union.is_whole && (is_new || union.moved.is_none() && list.odd.is_none());
        list.layout = union.layout;
        if let (EntryCounts::Same(times), true) = (times, is_even) {
            if is_new {
                list.times = times;
                list.amounts = amounts.collect();
                return;
            }
            list.times = list.times.saturating_add(times);
            for ((known, key), amount) in list.amounts.iter_mut().zip(&sequence.keys).zip(amounts) {
                known.merge(amount, key.merge());
            }
            return;
        }
        let count = self.layouts.get_index(union.layout as usize);
        let count = count.map_or(0, |keys| keys.len());
        list.move_to(union.moved.as_deref(), count);
        for (index, (amount, target)) in amounts.zip(&union.targets).enumerate() {
            if let Some(key) = sequence.keys.get(index) {
                list.merge(*target as usize, *key, amount, times.at(index));
            }
        }
    }

    /// Adds statistics to a list with keys of its own.
    #[cold]
    fn add_odd(
        &self,
        list: &mut StatList,
        sequence: &StatSequence,
        times: EntryCounts<'_>,
        amounts: impl Iterator<Item = Amount>,
    ) {
        list.move_to(None, list.amounts.len());
        if list.own().is_none() {
            let own = self.layout(list.layout).iter().copied().collect();
            list.odd.get_or_insert_default().own = Some(own);
        }
        for (index, (amount, key)) in amounts.zip(&sequence.keys).enumerate() {
            let odd = list.odd.get_or_insert_default();
            let (at, is_new) = odd.own.get_or_insert_default().insert_full(*key);
            if is_new {
                odd.times.push(0);
                list.amounts.push(Amount::Nothing);
            }
            list.merge(at, *key, amount, times.at(index));
        }
    }

    /// Adds another list, whose statistics are `keys` here.
    pub fn join(&mut self, list: &mut StatList, other: StatList, keys: &StatSequence) {
        let StatList { odd, amounts, .. } = other;
        let times = match &odd {
            Some(odd) => EntryCounts::Each(&odd.times),
            None => EntryCounts::Same(other.times),
        };
        self.add(list, keys, times, amounts.into_iter());
    }

    /// A statistic of a list.
    pub fn get<'s>(&self, list: &'s StatList, key: StatKey) -> Option<StatTotal<'s>> {
        let at = match list.own() {
            Some(own) => own.get_index_of(&key)?,
            None => self.layout(list.layout).binary_search(&key).ok()?,
        };
        list.total(at, key)
    }

    /// All statistics of a list.
    pub fn totals<'s>(&'s self, list: &'s StatList) -> impl Iterator<Item = StatTotal<'s>> {
        let keys = self.keys(list).enumerate();
        keys.filter_map(|(at, key)| list.total(at, key))
    }
}

impl StatList {
    fn own(&self) -> Option<&IndexSet<StatKey>> {
        self.odd.as_deref()?.own.as_ref()
    }

    fn times(&self, at: usize) -> u32 {
        let odd = self.odd.as_deref();
        odd.map_or(self.times, |odd| odd.times.get(at).copied().unwrap_or(0))
    }

    fn total(&self, at: usize, key: StatKey) -> Option<StatTotal<'_>> {
        Some(StatTotal {
            key,
            times: self.times(at),
            amount: self.amounts.get(at)?,
        })
    }

    /// Whether each statistic has the value of its only entry.
    pub fn is_of_one_entry(&self) -> bool {
        let mut amounts = self.amounts.iter();
        let is_lost = |it: &Amount| matches!(it, Amount::Beyond | Amount::Differs);
        self.odd.is_none() && self.times < 2 && !amounts.any(is_lost)
    }

    /// Makes room for `count` statistics, of which the first ones are now at other places.
    fn move_to(&mut self, places: Option<&[u32]>, count: usize) {
        let (times, old) = (self.times, self.amounts.len());
        let odd = self.odd.get_or_insert_with(|| {
            let times = vec![times; old];
            Box::new(OddList { times, own: None })
        });
        let Some(places) = places else {
            return;
        };
        let (mut amounts, mut times) = (vec![Amount::Nothing; count], vec![0; count]);
        let old = self.amounts.drain(..).zip(&odd.times).zip(places);
        for ((amount, old), at) in old {
            if let (Some(place), Some(new)) =
                (amounts.get_mut(*at as usize), times.get_mut(*at as usize))
            {
                (*place, *new) = (amount, *old);
            }
        }
        self.amounts = amounts;
        odd.times = times;
    }

    fn merge(&mut self, at: usize, key: StatKey, amount: Amount, times: u32) {
        if let Some(known) = self.amounts.get_mut(at) {
            known.merge(amount, key.merge());
        }
        let odd = self.odd.as_deref_mut();
        if let Some(known) = odd.and_then(|odd| odd.times.get_mut(at)) {
            *known = known.saturating_add(times);
        }
    }

    /// The number of its layout, unless it has an own one.
    pub fn layout(&self) -> Option<u32> {
        self.own().is_none().then_some(self.layout)
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

    fn key(name: u32) -> StatKey {
        let stat = EntryStat::Full(Stat::Count);
        StatKey { name, stat }
    }

    fn add(layouts: &mut StatLayouts, list: &mut StatList, names: &[u32]) {
        let keys: Vec<StatKey> = names.iter().copied().map(key).collect();
        let amounts = vec![Amount::Whole(1); keys.len()];
        let keys = layouts.sequence(keys);
        layouts.add(list, &keys, EntryCounts::Same(1), amounts.into_iter());
    }

    #[test]
    fn statistics_are_counted_whatever_the_layouts_have() {
        // The last ones have more statistics than a layout.
        for count in [3, LARGEST as u32, 2 * LARGEST as u32] {
            let (mut layouts, mut list) = (StatLayouts::default(), StatList::default());
            let names: Vec<u32> = (0..count).collect();
            let turned: Vec<u32> = names.iter().rev().copied().collect();
            for names in [&names[1..], &names, &turned, &names, &[0, 0]] {
                add(&mut layouts, &mut list, names);
            }
            let mut joined = list.clone();
            let keys: Vec<StatKey> = layouts.keys(&list).collect();
            let keys = layouts.sequence(keys);
            layouts.join(&mut joined, list, &keys);
            assert_eq!(layouts.totals(&joined).count(), count as usize);
            for name in names {
                let total = layouts.get(&joined, key(name)).unwrap();
                let expected = if name == 0 { 10 } else { 8 };
                assert_eq!(total.amount.digits(), Some(expected.to_string()));
                assert_eq!(total.times, expected);
            }
        }
    }

    #[test]
    fn lists_of_equal_statistics_have_one_layout() {
        let mut layouts = StatLayouts::default();
        let mut lists = [StatList::default(), StatList::default()];
        for list in &mut lists {
            for names in [[1, 2], [2, 1], [2, 3]] {
                add(&mut layouts, list, &names);
            }
        }
        assert_eq!(lists[0].layout(), lists[1].layout());
        assert_eq!(layouts.len(), 3);
        assert!(size_of::<StatList>() <= 40);
    }
}
