//! Statistics that lack the other one of their pair (`M009`): a sum without a count, a numerator
//! without a denominator.

use std::collections::BTreeMap;

use crate::model::catalog::stats;
use crate::model::stat::{Stat, StatSet};
use crate::record::{Entry, EntryView, Interner};

use super::place::BucketPlace;

/// The statistics that are half of a pair.
const HALVES: [Stat; 4] = [Stat::Count, Stat::Sum, Stat::Numerator, Stat::Denominator];

/// Entries that have a half alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoneHalf {
    /// The name of the first entry.
    pub place: BucketPlace,
    /// The index of the first entry among the metrics or views of its bucket.
    pub index: u32,
    /// Number of entries.
    pub entries: u64,
}

/// The statistics that occur in entries of a metric or view.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct StatisticHalves {
    /// True if some entry has a count; and true if some entry has a sum.
    has: [bool; 2],
    /// The halves that an entry has without the other one. Most inputs have none.
    lone: BTreeMap<Stat, LoneHalf>,
}

/// A metric or view: true for a view, and the name.
type HalfKey = (bool, Box<str>);

/// The halves of pairs that occur, by metric or view.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct LoneHalves(BTreeMap<HalfKey, StatisticHalves>);

impl LoneHalves {
    /// The halves of the interner's names, as metrics and as views.
    pub(super) fn of(names: Vec<[StatisticHalves; 2]>, interner: &Interner) -> Self {
        let mut pairs = Self::default();
        for (id, both) in (0..).zip(names) {
            for (view, halves) in [false, true].into_iter().zip(both) {
                if halves != StatisticHalves::default() {
                    pairs.0.insert((view, interner.name(id).into()), halves);
                }
            }
        }
        pairs
    }

    /// Adds the halves of later elements.
    pub fn merge(&mut self, other: Self) {
        if self.0.is_empty() {
            *self = other;
            return;
        }
        for (key, halves) in other.0 {
            let known = self.0.entry(key).or_default();
            for (known, has) in known.has.iter_mut().zip(halves.has) {
                *known |= has;
            }
            for (stat, lone) in halves.lone {
                let entries = lone.entries;
                let known = known.lone.entry(stat);
                known
                    .and_modify(|known| known.entries += entries)
                    .or_insert(lone);
            }
        }
    }

    /// Changes the places.
    pub fn places(&mut self, change: &impl Fn(&mut BucketPlace)) {
        let all = self.0.values_mut();
        let all = all.flat_map(|halves| halves.lone.values_mut());
        all.for_each(|lone| change(&mut lone.place));
    }

    /// The halves of this input that merged figures leave out: true for a view, the name, the
    /// statistic and the half. `all` are the halves of all inputs.
    pub fn incomplete<'p>(
        &'p self,
        all: &'p Self,
    ) -> impl Iterator<Item = (bool, &'p str, Stat, &'p LoneHalf)> {
        self.0.iter().flat_map(move |(key, halves)| {
            let [counts, sums] = all.0.get(key).map_or([false; 2], |halves| halves.has);
            let (view, name) = (key.0, &*key.1);
            let lone = halves.lone.iter().map(|(stat, lone)| (*stat, lone));
            // Times of users have only a sum, and many metrics only a count.
            let lone = lone.filter(move |(stat, _)| match stat {
                Stat::Count => sums,
                Stat::Sum => counts || (!view && stats::counts_what_it_adds(name)),
                _ => true,
            });
            lone.map(move |(stat, lone)| (view, name, stat, lone))
        })
    }
}

impl StatisticHalves {
    /// Adds an entry. Returns true if later entries of this name with the same statistics add
    /// nothing.
    pub(super) fn add(
        &mut self,
        placed: &EntryView<'_>,
        element: u32,
        interner: &Interner,
    ) -> bool {
        let (view, entry) = (placed.view, placed.entry);
        let has = |stat| entry.numbers.contains(stat);
        self.has[0] |= has(Stat::Count);
        self.has[1] |= has(Stat::Sum);
        // Counters have no sum.
        let facts = interner.facts(entry.id).filter(|_| !entry.view);
        let fits = facts.map_or(StatSet::ALL, |facts| facts.fits);
        let mut is_complete = true;
        for stat in HALVES {
            let partner = stat.partner().unwrap_or(Stat::Sum);
            let is_lone = match stat {
                Stat::Count | Stat::Sum => fits.contains(partner),
                _ => true,
            };
            if !has(stat) || has(partner) || !is_lone {
                continue;
            }
            is_complete = false;
            let count = view
                .number(entry, Stat::Count)
                .filter(|_| stat == Stat::Count);
            if count.is_some_and(|it| it.whole == Some(0)) {
                continue;
            }
            let known = self.lone.entry(stat);
            known
                .and_modify(|lone| lone.entries += 1)
                .or_insert_with(|| lone_half(placed, element));
        }
        is_complete
    }
}

/// The half alone that an entry of this element has.
fn lone_half(placed: &EntryView<'_>, element: u32) -> LoneHalf {
    let view = placed.view;
    let metrics = match placed.entry.view {
        true => {
            let mut buckets = view.buckets().iter();
            let own = buckets.find(|bucket| bucket.index == placed.bucket);
            own.map_or(0, |bucket| {
                let before = |it: &&Entry| !it.view;
                view.entries(bucket).iter().take_while(before).count()
            })
        }
        false => 0,
    };
    LoneHalf {
        place: BucketPlace {
            span: view.token(placed.entry.name),
            document: 0,
            element,
            bucket: placed.bucket,
        },
        index: placed.index - metrics as u32,
        entries: 1,
    }
}
