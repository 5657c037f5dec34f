//! The dimensions of the groups of an input, for the search for groups that lack some (`G002`).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::json::Span;
use crate::model::catalog;
use crate::record::View;

use super::place::BucketPlace;

/// Number of groups of a kind whose places are remembered.
const PLACES: usize = 1000;
/// Number of kinds that are distinguished.
const KINDS: usize = 64;

/// The bracket of a group that is remembered; and every dimension of its document, where groups of
/// that document differ.
pub type GroupPlace = (BucketPlace, Option<Arc<BTreeSet<String>>>);

/// Groups with the same dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupKind {
    /// In the order of the first of them.
    names: Vec<String>,
    /// Positions of the names that can have several values in one conversation.
    multivalued: Vec<usize>,
    /// Positions of the names that had no value in any group so far.
    empty: Vec<usize>,
    pub groups: u64,
    /// The first ones.
    pub places: Vec<GroupPlace>,
}

impl GroupKind {
    fn is<'n>(&self, mut names: impl Iterator<Item = &'n str>) -> bool {
        self.names.iter().all(|name| names.next() == Some(name)) && names.next().is_none()
    }

    /// The dimensions.
    pub fn names(&self) -> BTreeSet<&str> {
        self.names.iter().map(String::as_str).collect()
    }
}

/// The kinds of groups that occur.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct GroupDimensions {
    kinds: Vec<GroupKind>,
    /// The kind seen last: most groups are of the same.
    last: usize,
    /// Multivalued dimensions with a value that joins several: the query flattened them.
    flattened: BTreeSet<String>,
    /// All dimensions, including those of kinds that are not distinguished.
    names: BTreeSet<String>,
    /// The dimensions that have a value in some group.
    valued: BTreeSet<String>,
}

impl GroupDimensions {
    /// Adds the group of a container, which is this element.
    pub fn add(&mut self, view: View<'_>, element: u32) {
        let names = view.group().iter().map(|it| view.str(it.name));
        let kind = self.group(names, view.group_bracket(), element);
        if kind.is_none() {
            // In another order than the first group of the kind.
            for dimension in view.group() {
                let name = view.str(dimension.name);
                let value = dimension.value.text().map(|value| view.str(value));
                let has_value = view
                    .scalar(dimension.value)
                    .is_some_and(|it| !it.is_empty());
                if has_value && !self.valued.contains(name) {
                    self.valued.insert(name.to_owned());
                }
                if value.is_some_and(|it| it.contains(',')) && catalog::is_multivalued(name) {
                    self.flattened.insert(name.to_owned());
                }
            }
        }
        self.note_valued(kind, view);
        self.values(kind, |at| {
            let value = view.group().get(at).and_then(|it| it.value.text());
            value.is_some_and(|value| view.str(value).contains(','))
        });
    }

    /// Records the dimensions with values of the group that was just added to a kind.
    fn note_valued(&mut self, kind: Option<usize>, view: View<'_>) {
        let Some(kind) = kind.and_then(|at| self.kinds.get_mut(at)) else {
            return;
        };
        let (names, valued) = (&kind.names, &mut self.valued);
        kind.empty.retain(|at| {
            let value = view.group().get(*at).and_then(|it| view.scalar(it.value));
            let has_value = value.is_some_and(|value| !value.is_empty());
            if has_value {
                valued.extend(names.get(*at).cloned());
            }
            !has_value
        });
    }

    /// Records the flattened dimensions of the group that was just added to a kind. `joins` returns
    /// true if the value at a position contains a comma.
    fn values(&mut self, kind: Option<usize>, joins: impl Fn(usize) -> bool) {
        let Some(kind) = kind.and_then(|at| self.kinds.get(at)) else {
            return;
        };
        for &at in &kind.multivalued {
            let name = kind.names.get(at).map_or("", String::as_str);
            if !self.flattened.contains(name) && joins(at) {
                self.flattened.insert(name.to_owned());
            }
        }
    }

    fn group<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str> + Clone,
        bracket: Span,
        element: u32,
    ) -> Option<usize> {
        let place = BucketPlace {
            span: bracket,
            document: 0,
            element,
            bucket: 0,
        };
        let last = self.kinds.get(self.last);
        let in_order = last.is_some_and(|kind| kind.is(names.clone()));
        if !in_order {
            self.last = self.find(names.clone().map(str::to_owned).collect());
        }
        let kind = self.kinds.get_mut(self.last)?;
        kind.groups += 1;
        if kind.places.len() < PLACES {
            kind.places.push((place, None));
        }
        // Positions are those of the first group of the kind.
        (in_order || kind.is(names)).then_some(self.last)
    }

    /// Returns the kind with these names in any order. Adds it if it is new.
    fn find(&mut self, names: Vec<String>) -> usize {
        self.names.extend(names.iter().cloned());
        let set: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let known = self.kinds.iter().position(|kind| kind.names() == set);
        known.unwrap_or_else(|| {
            if self.kinds.len() < KINDS {
                let several = |(_, name): &(usize, &String)| catalog::is_multivalued(name);
                let multivalued = names.iter().enumerate().filter(several);
                self.kinds.push(GroupKind {
                    multivalued: multivalued.map(|(at, _)| at).collect(),
                    empty: (0..names.len()).collect(),
                    names,
                    groups: 0,
                    places: Vec::new(),
                });
                return self.kinds.len() - 1;
            }
            usize::MAX
        })
    }

    /// Adds groups that come later in the input.
    pub fn merge(&mut self, other: Self) {
        self.flattened.extend(other.flattened);
        self.names.extend(other.names);
        self.valued.extend(other.valued);
        for kind in other.kinds {
            let at = self.find(kind.names);
            if let Some(known) = self.kinds.get_mut(at) {
                known.groups += kind.groups;
                let room = PLACES - known.places.len();
                known.places.extend(kind.places.into_iter().take(room));
            }
        }
    }

    /// Changes the places of groups.
    pub fn places(&mut self, change: &impl Fn(&mut BucketPlace)) {
        let kinds = self.kinds.iter_mut();
        let remembered = kinds.flat_map(|kind| &mut kind.places);
        remembered.for_each(|(place, _)| change(place));
    }

    /// Records the dimensions of a document, if its groups differ.
    pub fn end_document(&mut self) {
        if self.kinds.len() < 2 {
            return;
        }
        let names = self
            .kinds
            .iter()
            .flat_map(|kind| kind.names.iter().cloned());
        let names: Arc<BTreeSet<String>> = Arc::new(names.collect());
        for (_, document) in self.kinds.iter_mut().flat_map(|kind| &mut kind.places) {
            *document = Some(Arc::clone(&names));
        }
    }

    /// All dimensions.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// The dimensions that have a value in some group.
    pub fn valued(&self) -> &BTreeSet<String> {
        &self.valued
    }

    /// Returns true if values of a multivalued dimension show that the query flattened them.
    pub fn is_flattened(&self, name: &str) -> bool {
        self.flattened.contains(name)
    }

    /// Multivalued dimensions with a value that joins several.
    pub fn flattened(&self) -> &BTreeSet<String> {
        &self.flattened
    }

    /// Drops places that are not needed: if all groups are of one kind, only the first is needed.
    pub fn finish(&mut self) {
        if let [only] = self.kinds.as_mut_slice() {
            only.places.truncate(1);
            only.places.shrink_to_fit();
        }
    }

    /// The kinds, in the order of the first group of each.
    pub fn kinds(&self) -> &[GroupKind] {
        &self.kinds
    }
}
