//! The names of dimensions that occur, each looked up in the catalogue once.

use std::collections::HashMap;

use crate::check::rules::groups;

/// What is known of a dimension.
#[derive(Debug)]
struct Dimension {
    name: Box<str>,
    /// Whether the name has no underscore: it could be another spelling of a name.
    plain: bool,
    /// Whether something is to be told of it.
    notable: bool,
    /// Whether that was told already.
    told: bool,
}

/// Dimensions by number. Groups are alike, so each is first taken for the one that stood at its
/// place last time.
#[derive(Debug, Default)]
pub(super) struct Dimensions {
    all: Vec<Dimension>,
    numbers: HashMap<Box<str>, u32>,
    places: Vec<u32>,
}

impl Dimensions {
    /// Looks at the dimension at `place` of a group. `None` where its name is not plain, else
    /// whether something is to be told of it that was not told yet.
    #[inline]
    pub(super) fn look(&mut self, place: usize, name: &[u8]) -> Option<bool> {
        let guess = self.places.get(place).copied().unwrap_or(u32::MAX);
        let known = match self.all.get(guess as usize) {
            Some(known) if known.name.as_bytes() == name => known,
            _ => self.find(place, name)?,
        };
        known.plain.then_some(known.notable && !known.told)
    }

    fn find(&mut self, place: usize, name: &[u8]) -> Option<&Dimension> {
        let name = std::str::from_utf8(name).ok()?;
        let number = match self.numbers.get(name) {
            Some(number) => *number,
            None => self.insert(name),
        };
        if self.places.len() <= place {
            self.places.resize(place + 1, u32::MAX);
        }
        if let Some(stood) = self.places.get_mut(place) {
            *stood = number;
        }
        self.all.get(number as usize)
    }

    fn insert(&mut self, name: &str) -> u32 {
        let number = self.all.len() as u32;
        self.all.push(Dimension {
            name: name.into(),
            plain: !name.contains('_'),
            notable: groups::is_notable(name),
            told: false,
        });
        self.numbers.insert(name.into(), number);
        number
    }

    /// Marks a dimension as told; says whether that is news.
    pub(super) fn tell(&mut self, name: &str) -> bool {
        let number = self.numbers.get(name).copied().unwrap_or(u32::MAX);
        let known = self.all.get_mut(number as usize);
        known.is_some_and(|known| known.notable && !std::mem::replace(&mut known.told, true))
    }

    /// Forgets what was told: what follows is told on its own.
    pub(super) fn untell(&mut self) {
        for known in &mut self.all {
            known.told = false;
        }
    }

    /// How many dimensions are known.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}
