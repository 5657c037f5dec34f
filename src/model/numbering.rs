//! Keys as small numbers, each looked up once.

use std::hash::Hash;

use indexmap::{Equivalent, IndexMap};

/// Keys by number, each with a value. Responses repeat their names in one order, so a key is first
/// compared with the one that followed the last key before.
#[derive(Debug, Clone)]
pub struct Numbering<K, V> {
    /// With the number of the key that followed.
    all: IndexMap<K, (V, u32)>,
    last: u32,
}

impl<K, V> Default for Numbering<K, V> {
    fn default() -> Self {
        Self {
            all: IndexMap::new(),
            last: 0,
        }
    }
}

impl<K: Hash + Eq, V> Numbering<K, V> {
    /// The number of a key; `new` makes it and its value where it has none yet.
    #[inline]
    pub fn number<Q>(&mut self, key: &Q, new: impl FnOnce() -> (K, V)) -> u32
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let last = self.all.get_index(self.last as usize);
        let guess = last.map_or(0, |(_, (_, next))| *next);
        if let Some((known, _)) = self.all.get_index(guess as usize)
            && key.equivalent(known)
        {
            self.last = guess;
            return guess;
        }
        let number = match self.all.get_index_of(key) {
            Some(number) => number,
            None => {
                let (key, value) = new();
                self.all.insert_full(key, (value, 0)).0
            }
        };
        let number = number as u32;
        if let Some((_, (_, next))) = self.all.get_index_mut(self.last as usize) {
            *next = number;
        }
        self.last = number;
        number
    }

    /// The key and the value of a number.
    #[inline]
    pub fn get(&self, number: u32) -> Option<(&K, &V)> {
        let (key, (value, _)) = self.all.get_index(number as usize)?;
        Some((key, value))
    }

    /// The value of a number.
    #[inline]
    pub fn get_mut(&mut self, number: u32) -> Option<&mut V> {
        let (_, (value, _)) = self.all.get_index_mut(number as usize)?;
        Some(value)
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// All keys and values, in the order of their numbers.
    pub fn into_iter(self) -> impl Iterator<Item = (K, V)> {
        self.all.into_iter().map(|(key, (value, _))| (key, value))
    }
}

/// A metric or view and its qualifier, by the number of the name.
#[derive(Debug, Hash)]
pub struct EntryKey<'k> {
    pub view: bool,
    pub id: u32,
    pub qualifier: &'k str,
}

impl Equivalent<(bool, u32, Box<str>)> for EntryKey<'_> {
    fn equivalent(&self, (view, id, qualifier): &(bool, u32, Box<str>)) -> bool {
        (self.view, self.id) == (*view, *id) && *self.qualifier == **qualifier
    }
}

impl EntryKey<'_> {
    /// The key with a text of its own.
    pub fn owned(&self) -> (bool, u32, Box<str>) {
        (self.view, self.id, self.qualifier.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_keeps_its_number_whatever_comes_before() {
        let mut all: Numbering<(bool, u32, Box<str>), usize> = Numbering::default();
        let mut number = |id, qualifier| {
            let view = false;
            let key = EntryKey {
                view,
                id,
                qualifier,
            };
            all.number(&key, || (key.owned(), qualifier.len()))
        };
        for _ in 0..2 {
            let numbers = [(1, ""), (1, "BUSY"), (2, ""), (1, "")].map(|(id, it)| number(id, it));
            assert_eq!(numbers, [0, 1, 2, 0]);
        }
        assert_eq!((number(2, ""), number(1, "BUSY")), (2, 1));
        assert_eq!(all.len(), 3);
        assert_eq!(
            all.get(1).map(|(key, value)| (&*key.2, *value)),
            Some(("BUSY", 4))
        );
    }
}
