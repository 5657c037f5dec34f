//! Groups joined to fewer groups.

use std::collections::{BTreeMap, HashMap};

use super::Group;
use super::groups::{self, Groups};
use super::series::dimension_set;
use super::span::Texts;

/// Which groups a metric is added over.
///
/// Groups with different dimensions may be levels of one another: a metric that occurs in several
/// kinds of groups is added over those with the same dimensions only, of which there are the most.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    /// The dimensions of the groups that a metric is added over.
    chosen: HashMap<String, String>,
    /// Metrics that also occur in groups with other dimensions, by these.
    pub left_out: BTreeMap<String, Vec<String>>,
}

impl Levels {
    /// The levels of groups.
    pub fn of(groups: &Groups) -> Self {
        // How many groups of a kind have a metric.
        let mut counts: HashMap<u32, BTreeMap<String, u64>> = HashMap::new();
        for entry in &groups.list {
            let names = groups::dimensions(&entry.key).into_iter();
            let names = dimension_set(names.map(|(name, _)| name));
            let mut metrics: Vec<u32> = entry.slots.list().iter().map(|slot| slot.name).collect();
            metrics.sort_unstable();
            metrics.dedup();
            for metric in metrics {
                let kinds = counts.entry(metric).or_default();
                match kinds.get_mut(&names) {
                    Some(count) => *count += 1,
                    None => {
                        kinds.insert(names.clone(), 1);
                    }
                }
            }
        }
        let mut by_metric: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
        for (number, kinds) in counts {
            let Some(name) = groups.names.get(number) else {
                continue;
            };
            let known = by_metric.entry(&name.name).or_default();
            for (kind, count) in kinds {
                *known.entry(kind).or_default() += count;
            }
        }
        let mut levels = Self::default();
        for (metric, kinds) in by_metric {
            let Some((chosen, _)) = kinds.iter().max_by_key(|(_, count)| **count) else {
                continue;
            };
            for kind in kinds.keys().filter(|kind| *kind != chosen) {
                let metrics = levels.left_out.entry(kind.clone()).or_default();
                metrics.push(metric.to_owned());
            }
            levels.chosen.insert(metric.to_owned(), chosen.clone());
        }
        levels
    }

    /// Whether a metric of groups with these dimensions is added.
    pub fn keeps(&self, dimensions: &str, metric: &str) -> bool {
        self.chosen
            .get(metric)
            .is_none_or(|chosen| chosen == dimensions)
    }
}

/// Dimensions and their values.
pub type Dimensions = Vec<(String, String)>;

impl Groups {
    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Groups joined by their new dimensions. `key` gives these for a group and its place, with the
    /// names of the old ones; none for one that is left out. A metric counts where `keeps` says so of
    /// the names of the old dimensions.
    pub fn joined(
        &self,
        key: impl Fn(usize, &[(&str, &str)]) -> Option<(Dimensions, String)>,
        keeps: impl Fn(&str, &str) -> bool,
    ) -> Self {
        let mut joined = Self {
            names: self.names.clone(),
            texts: Texts::default(),
            ..Self::default()
        };
        for (at, entry) in self.list.iter().enumerate() {
            let dimensions = groups::dimensions(&entry.key);
            let Some((new, names)) = key(at, &dimensions) else {
                continue;
            };
            let pairs: Vec<(&str, &str)> = new
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let place = joined.place(groups::key_of(pairs.iter()));
            let texts = &mut joined.texts;
            let Some(group) = joined.list.get_mut(place) else {
                continue;
            };
            group.buckets += entry.buckets;
            let number = |text| texts.number(self.texts.get(text));
            group.covered.join(&entry.covered, number);
            let mut near = 0;
            for slot in entry.slots.list() {
                let name = self.names.get(slot.name);
                if name.is_some_and(|name| keeps(&names, &name.name)) {
                    let amount = slot.amount.clone();
                    group.slots.merge(slot.name, slot.stat, amount, &mut near);
                }
            }
        }
        joined
    }

    /// Groups joined by some of their dimensions; without any, all of them are one. `wanted` says
    /// which groups count, by their places.
    pub fn by(&self, by: &[String], levels: &Levels, wanted: impl Fn(usize) -> bool) -> Self {
        self.joined(
            |at, dimensions| {
                let pairs = by.iter().map(|name| {
                    let found = dimensions.iter().find(|(other, _)| other == name);
                    let value = found.map_or("", |(_, value)| value);
                    (name.clone(), value.to_owned())
                });
                let mut pairs: Dimensions = pairs.collect();
                pairs.sort_unstable();
                let names = dimension_set(dimensions.iter().map(|(name, _)| *name));
                wanted(at).then_some((pairs, names))
            },
            |names, metric| levels.keeps(names, metric),
        )
    }

    /// The group at a place.
    pub fn get(&self, place: usize) -> Option<Group<'_>> {
        self.list.get(place).map(|entry| Group::new(self, entry))
    }
}
