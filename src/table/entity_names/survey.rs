//! The ids of the inputs that have a name.

use std::collections::{BTreeMap, BTreeSet};

use super::{Attribute, EntityNames};

/// The maximum number of different ids without a name that are counted per column.
const MOST: usize = 10_000;

/// Facts about the ids of one dimension, or of the qualifiers.
#[derive(Debug, Clone, Default)]
pub struct NamedIds {
    /// True if one of them has a name.
    pub known: bool,
    /// The attributes of which one of them has a value.
    pub attributes: BTreeSet<usize>,
    /// The ids without a name: at most [`MOST`] and one more.
    unknown: BTreeSet<String>,
    /// The first of them.
    first: Option<String>,
}

/// Facts about the ids of some inputs.
#[derive(Debug, Clone, Default)]
pub struct NameSurvey {
    pub dimensions: BTreeMap<String, NamedIds>,
    pub qualifiers: NamedIds,
}

impl NamedIds {
    /// Adds a value. Where `must_be_known`, it is counted if it has no name.
    pub fn add(&mut self, names: &EntityNames, value: &str, must_be_known: bool) {
        if value.is_empty() {
            return;
        }
        if names.of(value).is_some() {
            self.known = true;
        }
        self.attributes.extend(names.attribute_columns(value));
        if !must_be_known || names.get(value).is_some() {
            return;
        }
        let ids = value.split(',').map(str::trim);
        for id in ids.filter(|id| names.get(id).is_none()) {
            self.first.get_or_insert_with(|| id.to_owned());
            if self.unknown.len() <= MOST && !self.unknown.contains(id) {
                self.unknown.insert(id.to_owned());
            }
        }
    }

    /// Takes into account names that were not known when values were added.
    pub fn again(&mut self, names: &EntityNames) {
        let before = self.unknown.len();
        self.unknown.retain(|id| names.get(id).is_none());
        self.known |= self.unknown.len() < before;
        if self
            .first
            .as_ref()
            .is_some_and(|id| names.get(id).is_some())
        {
            self.first = self.unknown.first().cloned();
        }
    }

    /// Number of ids that have no name, and the first of them; `None` where all have one, or none
    /// has.
    pub fn missing(&self) -> Option<(String, &str)> {
        let first = self.first.as_deref().filter(|_| self.known)?;
        let count = match self.unknown.len() {
            many if many > MOST => format!("more than {MOST}"),
            count => count.to_string(),
        };
        Some((count, first))
    }

    fn merge(&mut self, other: Self) {
        self.known |= other.known;
        self.attributes.extend(other.attributes);
        self.first = self.first.take().or(other.first);
        for id in other.unknown {
            if self.unknown.len() > MOST {
                break;
            }
            self.unknown.insert(id);
        }
    }
}

impl NameSurvey {
    /// Returns true if an id of the dimension has a name.
    pub fn is_known(&self, dimension: &str) -> bool {
        self.dimensions.get(dimension).is_some_and(|it| it.known)
    }

    /// Returns true if an id of the dimension has a value of the attribute.
    pub fn has_attribute(&self, attribute: &Attribute) -> bool {
        let named = self.dimensions.get(&attribute.dimension);
        named.is_some_and(|it| it.attributes.contains(&attribute.column))
    }

    /// Returns true if any id has a name.
    pub fn any(&self) -> bool {
        self.qualifiers.known || self.dimensions.values().any(|it| it.known)
    }

    /// Adds a value of a dimension.
    pub fn dimension(&mut self, names: &EntityNames, dimension: &str, value: &str) {
        if !self.dimensions.contains_key(dimension) {
            let named = NamedIds::default();
            self.dimensions.insert(dimension.to_owned(), named);
        }
        if let Some(named) = self.dimensions.get_mut(dimension) {
            named.add(names, value, true);
        }
    }

    /// Takes into account names that were not known when values were added.
    pub fn again(&mut self, names: &EntityNames) {
        let all = self.dimensions.values_mut();
        all.chain([&mut self.qualifiers])
            .for_each(|named| named.again(names));
    }

    /// Adds what is known of the ids of other inputs.
    pub fn merge(&mut self, other: Self) {
        for (dimension, named) in other.dimensions {
            self.dimensions.entry(dimension).or_default().merge(named);
        }
        self.qualifiers.merge(other.qualifiers);
    }
}
