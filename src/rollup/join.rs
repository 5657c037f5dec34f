//! Groups joined to fewer groups.

use super::Group;
use super::groups::{self, Groups};
use super::span::Texts;

/// Dimensions and their values.
pub type Dimensions = Vec<(String, String)>;

impl Groups {
    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Groups joined by their new dimensions, which `key` gives for a group and its place; none for
    /// one that is left out.
    pub fn joined(&self, key: impl Fn(usize, &[(&str, &str)]) -> Option<Dimensions>) -> Self {
        let mut joined = Self {
            names: self.names.clone(),
            texts: Texts::default(),
            scopes: self.scopes.clone(),
            ..Self::default()
        };
        for (at, entry) in self.list.iter().enumerate() {
            let Some(new) = key(at, &groups::dimensions(&entry.key)) else {
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
            group.scopes = group.scopes.or(entry.scopes);
            let number = |text| texts.number(self.texts.get(text));
            group.covered.join(&entry.covered, number);
            let mut near = 0;
            for slot in entry.slots.list() {
                group.slots.merge(slot.clone(), &mut near);
            }
        }
        joined
    }

    /// Groups joined by some of their dimensions; without any, all of them are one. A group that
    /// lacks one of them is a part with an empty value. `wanted` says which groups count, by their
    /// places.
    pub fn by(&self, by: &[String], wanted: impl Fn(usize) -> bool) -> Self {
        let key = |at: usize, dimensions: &[(&str, &str)]| {
            let pairs = by.iter().map(|name| {
                let found = dimensions.iter().find(|(other, _)| other == name);
                let value = found.map_or("", |(_, value)| value);
                (name.clone(), value.to_owned())
            });
            let mut pairs: Dimensions = pairs.collect();
            pairs.sort_unstable();
            wanted(at).then_some(pairs)
        };
        self.joined(key)
    }

    /// The group at a place.
    pub fn get(&self, place: usize) -> Option<Group<'_>> {
        self.list.get(place).map(|entry| Group::new(self, entry))
    }
}
