//! The numbers of a container, in a buffer that is longer than them.

use crate::model::stat::{Stat, StatSet};

use super::Number;

/// At least as many as an entry can have.
const ROOM: usize = 16;
const _: () = assert!(Stat::ALL.len() <= ROOM);

/// Places for the numbers of one entry.
pub(super) type NumberRoom = [Number; ROOM];

/// Numbers that are put in their places and never pushed. What is behind `count` does not matter.
#[derive(Debug, Default)]
pub(super) struct NumberBuffer {
    all: Vec<Number>,
    count: usize,
}

impl NumberBuffer {
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    pub(super) fn capacity(&self) -> usize {
        self.all.capacity()
    }

    /// The numbers that count.
    #[inline]
    pub(super) fn as_slice(&self) -> &[Number] {
        self.all.get(..self.count).unwrap_or_default()
    }

    /// The places for the numbers of the next entry.
    #[inline]
    pub(super) fn room(&mut self) -> Option<&mut NumberRoom> {
        if self.all.len() < self.count + ROOM {
            self.grow();
        }
        self.all.get_mut(self.count..)?.first_chunk_mut()
    }

    #[cold]
    fn grow(&mut self) {
        self.all.resize(2 * self.count + 64, Number::default());
    }

    /// Keeps the first of the places, those of this set. Returns the index of the first.
    #[inline]
    pub(super) fn keep(&mut self, stats: StatSet) -> u32 {
        let first = self.count;
        self.count += stats.len();
        first as u32
    }
}

/// Puts a number in its place in the order of the columns, whatever the order of the text.
pub(super) fn put(room: &mut NumberRoom, stats: &mut StatSet, stat: Stat, number: Number) {
    let later = room.get_mut(stats.rank(stat)..=stats.len());
    if let Some(later) = later {
        later.rotate_right(1);
        if let Some(place) = later.first_mut() {
            *place = number;
        }
    }
    stats.insert(stat);
}
