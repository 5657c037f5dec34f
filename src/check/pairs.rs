//! Halves of pairs of statistics without their other half (`M009`): a sum without a count, a numerator
//! without a denominator.

use std::collections::BTreeMap;

use crate::model::stat::Stat;
use crate::record::{Interner, View};

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
    /// How many entries there are.
    pub entries: u64,
}

/// What the entries of a metric or view have.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Halves {
    /// Whether some entry has a count, and whether some has a sum.
    has: [bool; 2],
    /// By the place among [`HALVES`].
    lone: [Option<LoneHalf>; 4],
}

/// A metric or view: whether it is a view, and its name.
type Key = (bool, Box<str>);

/// The halves of pairs that occur, by metric or view.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Pairs(BTreeMap<Key, Halves>);

impl Pairs {
    /// Adds what later elements have.
    pub fn merge(&mut self, other: Self) {
        for (key, halves) in other.0 {
            let known = self.0.entry(key).or_default();
            for (known, has) in known.has.iter_mut().zip(halves.has) {
                *known |= has;
            }
            for (known, lone) in known.lone.iter_mut().zip(halves.lone) {
                match (known, lone) {
                    (Some(known), Some(lone)) => known.entries += lone.entries,
                    (known @ None, lone) => *known = lone,
                    (Some(_), None) => {}
                }
            }
        }
    }

    /// Changes the places.
    pub fn places(&mut self, change: &impl Fn(&mut BucketPlace)) {
        let all = self.0.values_mut().flat_map(|halves| &mut halves.lone);
        all.flatten().for_each(|lone| change(&mut lone.place));
    }

    /// The halves here that take no part in merged figures: with the metric or view, whether it is a
    /// view, and the statistic. `all` are those of all inputs.
    pub fn incomplete<'p>(
        &'p self,
        all: &'p Self,
    ) -> impl Iterator<Item = (bool, &'p str, Stat, &'p LoneHalf)> {
        self.0.iter().flat_map(move |(key, halves)| {
            let [counts, sums] = all.0.get(key).map_or([false; 2], |halves| halves.has);
            let (view, name) = (key.0, &*key.1);
            let of_all = HALVES.into_iter().zip(&halves.lone);
            of_all.filter_map(move |(stat, lone)| {
                // Times of users have only a sum, and many metrics only a count.
                let is_pair = match stat {
                    Stat::Count => sums,
                    Stat::Sum => counts,
                    _ => true,
                };
                Some((view, name, stat, lone.as_ref().filter(|_| is_pair)?))
            })
        })
    }
}

/// Collects the halves of containers with one interner.
#[derive(Debug, Default)]
pub struct PairCollector(Vec<[Halves; 2]>);

impl PairCollector {
    /// Adds the entries of a container, which is this element.
    pub fn add(&mut self, view: View<'_>, interner: &Interner, element: u32) {
        for (number, bucket) in (0..).zip(view.buckets()) {
            for (index, entry) in (0..).zip(view.entries(bucket)) {
                let id = entry.id as usize;
                if self.0.len() <= id {
                    self.0.resize_with(id + 1, Default::default);
                }
                let known = self.0.get_mut(id);
                let Some(halves) = known.and_then(|it| it.get_mut(usize::from(entry.view))) else {
                    continue;
                };
                let has = |stat| entry.numbers.contains(stat);
                halves.has[0] |= has(Stat::Count);
                halves.has[1] |= has(Stat::Sum);
                for (stat, lone) in HALVES.into_iter().zip(&mut halves.lone) {
                    let partner = stat.partner().unwrap_or(Stat::Sum);
                    let is_zero = || {
                        let count = view.number(entry, Stat::Count);
                        stat == Stat::Count && count.is_some_and(|it| it.whole == Some(0))
                    };
                    if !has(stat) || has(partner) || is_zero() {
                        continue;
                    }
                    if let Some(lone) = lone {
                        lone.entries += 1;
                        continue;
                    }
                    // Counters have no sum.
                    let facts = interner.facts(entry.id);
                    if !entry.view && facts.is_some_and(|facts| !facts.fits.contains(partner)) {
                        continue;
                    }
                    let before = |it: &&crate::record::Entry| !it.view;
                    let metrics = view.entries(bucket).iter().take_while(before).count();
                    *lone = Some(LoneHalf {
                        place: BucketPlace {
                            span: view.token(entry.name),
                            document: 0,
                            element,
                            bucket: number,
                        },
                        index: if entry.view {
                            index - metrics as u32
                        } else {
                            index
                        },
                        entries: 1,
                    });
                }
            }
        }
    }

    /// The halves of them all.
    pub fn finish(self, interner: &Interner) -> Pairs {
        let mut pairs = Pairs::default();
        for (id, both) in (0..).zip(self.0) {
            for (view, halves) in [false, true].into_iter().zip(both) {
                if halves != Halves::default() {
                    pairs.0.insert((view, interner.name(id).into()), halves);
                }
            }
        }
        pairs
    }
}
