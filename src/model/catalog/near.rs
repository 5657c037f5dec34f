//! The nearest of some names to a mistyped one.
//!
//! Names are near that differ in few letters, and in few of those that the shorter one has, whatever
//! their case: beyond that they are other words, which may mean the opposite.
//! Most names are distinguished by their lengths and letters, without a comparison.

use std::collections::HashMap;

use parking_lot::Mutex;

/// Number of mistyped names that an index remembers.
const REMEMBERED: usize = 4096;
/// The most letters that near names differ in.
const FARTHEST: usize = 3;
/// The length of the longest name that is compared; longer names are near to nothing.
const LONG: usize = 256;

/// The candidate nearest to `name`, where one is near; among equals the first by its letters.
pub fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    // Names of different lengths are never near, and slow to prepare.
    let candidates = candidates.filter(|candidate| is_comparable(name, candidate));
    let candidates: Vec<NearName<'c>> = candidates.map(NearName::new).collect();
    NearName::new(name).nearest(&candidates)
}

/// The length of the shortest beginning of a name that is taken for the name.
const BEGINNING: usize = 3;

/// The candidate nearest to `name`; without one, the shortest candidate that begins with it: `queue` for
/// `que`.
pub fn suggested<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let candidates: Vec<&'c str> = candidates.collect();
    let begun = || {
        let lower = name.to_lowercase();
        let is_long = lower.chars().nth(BEGINNING - 1).is_some();
        let all = candidates.iter().filter(|_| is_long);
        let begun = all.filter(|it| it.to_lowercase().starts_with(&lower));
        begun.min_by_key(|it| (it.len(), **it)).copied()
    };
    nearest(name, candidates.iter().copied()).or_else(begun)
}

/// Names among which the nearest is looked for often.
#[derive(Debug)]
pub struct NameIndex {
    names: Vec<NearName<'static>>,
    /// The nearest names of those that were asked for.
    known: Mutex<HashMap<String, Option<&'static str>>>,
}

impl NameIndex {
    /// An index of these names.
    pub fn new(names: impl Iterator<Item = &'static str>) -> Self {
        Self {
            names: names.map(NearName::new).collect(),
            known: Mutex::default(),
        }
    }

    /// The name nearest to this one, as [`nearest`] finds it.
    pub fn nearest(&self, name: &str) -> Option<&'static str> {
        if name.len() > LONG {
            return None;
        }
        if let Some(near) = self.known.lock().get(name) {
            return *near;
        }
        let near = NearName::new(name).nearest(&self.names);
        let mut known = self.known.lock();
        if known.len() == REMEMBERED {
            known.clear();
        }
        known.insert(name.to_owned(), near);
        near
    }
}

/// The largest distance at which a candidate is near.
fn most(name: &str, candidate: &str) -> usize {
    (candidate.len().min(name.len()) / 3).min(FARTHEST)
}

fn is_comparable(name: &str, candidate: &str) -> bool {
    candidate.len().abs_diff(name.len()) <= 2 * most(name, candidate)
}

/// The letters and digits of a name, in lower case.
pub fn letters(name: &str) -> String {
    name.replace('%', "percent")
        .chars()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// A name, prepared to be compared.
#[derive(Debug)]
struct NearName<'n> {
    text: &'n str,
    lower: String,
    /// The letters of the name, and the letters that occur twice.
    letters: u64,
}

impl<'n> NearName<'n> {
    fn new(text: &'n str) -> Self {
        let lower = text.to_lowercase();
        let letters = lower.chars().fold(0, |letters: u64, char| {
            let once = 1 << (char as u32 & 31);
            letters
                | if letters & once == 0 {
                    once
                } else {
                    once << 32
                }
        });
        Self {
            text,
            lower,
            letters,
        }
    }

    /// A distance that the one to `other` is not below: a letter that only one of them has takes a
    /// change of its own.
    fn least(&self, other: &NearName<'_>) -> usize {
        let (own, others) = (self.letters & !other.letters, other.letters & !self.letters);
        own.count_ones().max(others.count_ones()) as usize
    }

    fn nearest<'c>(&self, candidates: &[NearName<'c>]) -> Option<&'c str> {
        // Farther than this, no candidate is near.
        let farthest = (self.text.len() / 3).min(FARTHEST);
        let near = candidates.iter().filter(|candidate| {
            is_comparable(self.text, candidate.text) && self.least(candidate) <= farthest
        });
        let distances = near.map(|candidate| {
            let distance = strsim::osa_distance(&self.lower, &candidate.lower);
            (distance, candidate.text)
        });
        let (distance, candidate) = distances.min()?;
        (distance <= most(self.text, candidate)).then_some(candidate)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The nearest candidate, found by comparing with all of them.
    fn plainly<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
        let lower = name.to_lowercase();
        candidates
            .filter(|candidate| is_comparable(name, candidate))
            .map(|candidate| {
                let distance = strsim::osa_distance(&lower, &candidate.to_lowercase());
                (distance, candidate)
            })
            .min()
            .filter(|(distance, candidate)| *distance <= most(name, candidate))
            .map(|(_, candidate)| candidate)
    }

    fn known() -> Vec<&'static str> {
        let mut names: Vec<&str> = crate::model::catalog::METRICS.keys().copied().collect();
        names.extend(crate::model::catalog::DIMENSIONS.keys());
        names
    }

    proptest! {
        #[test]
        fn letters_bound_the_distance(a in "[abcé]{0,9}", b in "[abcé]{0,9}") {
            let (first, second) = (NearName::new(&a), NearName::new(&b));
            prop_assert!(first.least(&second) <= strsim::osa_distance(&a, &b));
        }

        #[test]
        fn the_nearest_is_that_of_the_plain_way(
            name in "[abAİßé]{0,12}",
            candidates in proptest::collection::vec("[abAİßé]{0,12}", 0..9),
        ) {
            let candidates = || candidates.iter().map(String::as_str);
            prop_assert_eq!(nearest(&name, candidates()), plainly(&name, candidates()));
        }

        /// Known names with a few letters changed.
        #[test]
        fn an_index_finds_what_the_plain_way_finds(
            name in prop::sample::select(known()),
            changes in proptest::collection::vec((any::<prop::sample::Index>(), "[a-zA-Z]{0,2}"), 0..6),
        ) {
            let mut name = name.to_owned();
            for (at, letters) in changes {
                let at = at.index(name.len() + 1);
                name.replace_range(at..(at + 1).min(name.len()), &letters);
            }
            let index = NameIndex::new(known().into_iter());
            let plain = plainly(&name, known().into_iter());
            prop_assert_eq!(index.nearest(&name), plain);
            // The remembered result is the same.
            prop_assert_eq!(index.nearest(&name), plain);
        }
    }

    #[test]
    fn an_index_remembers_no_more_than_it_may() {
        let index = NameIndex::new(["nOffered"].into_iter());
        for number in 0..REMEMBERED + 10 {
            assert_eq!(index.nearest(&format!("nOffere{number:09}")), None);
        }
        assert_eq!(index.nearest("noferred"), Some("nOffered"));
        assert_eq!(index.nearest(&"x".repeat(LONG + 1)), None);
        assert_eq!(index.known.lock().len(), 11);
    }
}
