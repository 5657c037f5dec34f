//! The names of dimensions that occur, each looked up in the catalogue once.

use indexmap::IndexMap;

use crate::model::catalog;

/// Facts of the catalogue about the name of a dimension.
#[derive(Debug, Clone, Copy)]
pub(super) struct DimensionFacts {
    /// True if the name has no underscore: it could be another spelling of a name.
    pub(super) plain: bool,
    /// True if it is unknown, or one conversation can have several values of it.
    pub(super) notable: bool,
}

/// Dimensions by number. Groups are alike, so each name is first compared with the one that was at
/// its place last time.
#[derive(Debug, Default)]
pub(super) struct Dimensions {
    all: IndexMap<Box<str>, DimensionFacts>,
    places: Vec<u32>,
}

impl Dimensions {
    /// The number of the name at `place` of a group, and its facts; `None` if it is not UTF-8.
    #[inline]
    pub(super) fn of(&mut self, place: usize, name: &[u8]) -> Option<(u32, DimensionFacts)> {
        let guess = self.places.get(place).copied().unwrap_or(u32::MAX);
        if let Some((known, facts)) = self.all.get_index(guess as usize)
            && known.as_bytes() == name
        {
            return Some((guess, *facts));
        }
        self.find(place, std::str::from_utf8(name).ok()?)
    }

    fn find(&mut self, place: usize, name: &str) -> Option<(u32, DimensionFacts)> {
        let number = match self.all.get_index_of(name) {
            Some(number) => number as u32,
            None => self.insert(name),
        };
        if self.places.len() <= place {
            self.places.resize(place + 1, u32::MAX);
        }
        if let Some(last) = self.places.get_mut(place) {
            *last = number;
        }
        let (_, facts) = self.all.get_index(number as usize)?;
        Some((number, *facts))
    }

    fn insert(&mut self, name: &str) -> u32 {
        let facts = DimensionFacts {
            plain: !name.contains('_'),
            notable: !name.is_empty()
                && (!catalog::is_dimension(name) || catalog::is_multivalued(name)),
        };
        self.all.insert_full(name.into(), facts).0 as u32
    }

    /// Number of dimensions that are known.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}
