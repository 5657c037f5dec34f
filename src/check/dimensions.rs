//! Which dimensions the groups of an input have, and which of them lack some (`G002`).

use std::collections::BTreeSet;

use crate::document::aggregates::Container;
use crate::json::Span;

use super::chains::Place;
use super::shape::Flat;

/// How many groups of a kind have their places remembered.
const PLACES: usize = 1000;
/// How many kinds are told apart.
const KINDS: usize = 64;

/// Groups with the same dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// In the order of the first of them.
    names: Vec<String>,
    pub groups: u64,
    /// Those of the first ones: the bracket of the group.
    pub places: Vec<Place>,
}

impl Kind {
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
pub struct Dimensions {
    kinds: Vec<Kind>,
    /// The kind seen last: most groups are of the same.
    last: usize,
}

impl Dimensions {
    /// Adds the group of a container that was read directly, which is this element.
    pub fn take(&mut self, flat: &Flat, text: &str, element: u32) {
        let names = flat.group.iter().map(|(name, _)| name.of(text));
        self.group(names, flat.begin as usize, element);
    }

    /// Adds the group of a container on a tape.
    pub fn container(&mut self, container: Container<'_>, element: u32) {
        let names: Vec<_> = container.group().map(|(name, _)| name).collect();
        let span = container.0.get("group").unwrap_or(container.0).span();
        self.group(names.iter().map(AsRef::as_ref), span.start, element);
    }

    fn group<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str> + Clone,
        begin: usize,
        element: u32,
    ) {
        // The bracket alone stands for what is not there.
        let place = Place {
            span: Span::new(begin, begin + 1),
            document: 0,
            element,
            bucket: 0,
        };
        let last = self.kinds.get(self.last);
        if last.is_none_or(|kind| !kind.is(names.clone())) {
            self.last = self.find(names.map(str::to_owned).collect());
        }
        if let Some(kind) = self.kinds.get_mut(self.last) {
            kind.groups += 1;
            if kind.places.len() < PLACES {
                kind.places.push(place);
            }
        }
    }

    /// The kind with these names, in whatever order; a new one where there is none yet.
    fn find(&mut self, names: Vec<String>) -> usize {
        let set: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let known = self.kinds.iter().position(|kind| kind.names() == set);
        known.unwrap_or_else(|| {
            if self.kinds.len() < KINDS {
                self.kinds.push(Kind {
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
    pub fn places(&mut self, change: &impl Fn(&mut Place)) {
        let places = self.kinds.iter_mut().flat_map(|kind| &mut kind.places);
        places.for_each(change);
    }

    /// Keeps no more places than can be needed: where all groups are of one kind, the first.
    pub fn finish(&mut self) {
        if let [only] = self.kinds.as_mut_slice() {
            only.places.truncate(1);
            only.places.shrink_to_fit();
        }
    }

    /// The kinds, in the order of the first group of each.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }
}
