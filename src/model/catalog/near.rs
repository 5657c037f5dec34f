//! The nearest of some names to a mistyped one.
//!
//! Names are near that differ in few letters, and in few of those that the shorter one has, whatever
//! their case: beyond that they are other words, which may mean the opposite.
//! Most names are distinguished by their lengths and letters, without a comparison.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How many mistyped names an index remembers.
const REMEMBERED: usize = 4096;
/// The most letters that near names differ in.
const FARTHEST: usize = 3;
/// Longer ones are not remembered: they are near to nothing.
const LONG: usize = 256;

/// The candidate nearest to `name`, where one is near; among equals the first by its letters.
pub fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let mut search = Search::new(name);
    // Names of very different lengths are never near, and slow to prepare.
    let candidates = candidates.filter(|candidate| is_comparable(name, candidate));
    candidates.for_each(|candidate| search.offer(&Name::new(candidate)));
    search.found()
}

/// Names among which the nearest is looked for often.
#[derive(Debug)]
pub struct Index {
    names: Vec<Name<'static>>,
    /// The nearest names of those that were asked for.
    known: Mutex<HashMap<String, Option<&'static str>>>,
}

impl Index {
    /// An index of these names.
    pub fn new(names: impl Iterator<Item = &'static str>) -> Self {
        Self {
            names: names.map(Name::new).collect(),
            known: Mutex::default(),
        }
    }

    /// The name nearest to this one, as [`nearest`] finds it.
    pub fn nearest(&self, name: &str) -> Option<&'static str> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(near) = known().get(name) {
            return *near;
        }
        let mut search = Search::new(name);
        let names = self.names.iter();
        names
            .filter(|candidate| is_comparable(name, candidate.text))
            .for_each(|candidate| search.offer(candidate));
        let near = search.found();
        if name.len() <= LONG {
            let mut known = known();
            if known.len() == REMEMBERED {
                known.clear();
            }
            known.insert(name.to_owned(), near);
        }
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

/// A name, prepared to be compared.
#[derive(Debug)]
struct Name<'n> {
    text: &'n str,
    lower: Vec<char>,
    /// Which kinds of letters it has, and which of them twice.
    letters: u64,
}

impl<'n> Name<'n> {
    fn new(text: &'n str) -> Self {
        let lower: Vec<char> = text.to_lowercase().chars().collect();
        let mut letters = 0;
        for char in &lower {
            let once = 1 << (*char as u32 & 31);
            letters |= match letters & once {
                0 => once,
                _ => once << 32,
            };
        }
        Self {
            text,
            lower,
            letters,
        }
    }

    /// A distance that the one to `other` is not below: a letter that only one of them has takes a
    /// change of its own.
    fn least(&self, other: &Self) -> usize {
        let (own, others) = (self.letters & !other.letters, other.letters & !self.letters);
        let letters = own.count_ones().max(others.count_ones()) as usize;
        letters.max(self.lower.len().abs_diff(other.lower.len()))
    }
}

/// A search among candidates that come one after another.
struct Search<'s, 'c> {
    name: Name<'s>,
    /// The least distance so far, and the first candidate at it.
    best: Option<(usize, &'c str)>,
    distance: Distance,
}

impl<'s, 'c> Search<'s, 'c> {
    fn new(name: &'s str) -> Self {
        Self {
            name: Name::new(name),
            best: None,
            distance: Distance::default(),
        }
    }

    fn offer(&mut self, candidate: &Name<'c>) {
        // Farther than this, no candidate is near.
        let farthest = (self.name.text.len() / 3).min(FARTHEST);
        let most = self.best.map_or(farthest, |(distance, _)| distance);
        if self.name.least(candidate) > most {
            return;
        }
        let distance = (self.distance).within(&self.name.lower, &candidate.lower, most);
        let found = distance.map(|distance| (distance, candidate.text));
        self.best = match (self.best, found) {
            (Some(best), Some(found)) => Some(best.min(found)),
            (best, found) => best.or(found),
        };
    }

    fn found(self) -> Option<&'c str> {
        let (distance, candidate) = self.best?;
        (distance <= most(self.name.text, candidate)).then_some(candidate)
    }
}

/// The rows of the table that distances are computed in.
#[derive(Debug, Default)]
struct Distance {
    before_last: Vec<usize>,
    last: Vec<usize>,
    row: Vec<usize>,
}

impl Distance {
    /// How many letters are inserted, deleted, replaced or exchanged with their neighbour to make
    /// `b` of `a`, if at most so many: the optimal string alignment distance.
    fn within(&mut self, a: &[char], b: &[char], most: usize) -> Option<usize> {
        // Stands for all that is too far.
        let far = most + 1;
        for row in [&mut self.before_last, &mut self.last, &mut self.row] {
            row.clear();
            row.resize(b.len() + 1, far);
        }
        for (index, cell) in self.last.iter_mut().enumerate() {
            *cell = index.min(far);
        }
        for i in 1..=a.len() {
            // What is farther off the diagonal is too far.
            let (from, to) = (i.saturating_sub(most).max(1), (i + most).min(b.len()));
            self.row[from - 1] = if from == 1 { i.min(far) } else { far };
            let mut least = self.row[from - 1];
            for j in from..=to {
                let replaced = self.last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut cell = replaced.min(self.last[j] + 1).min(self.row[j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    cell = cell.min(self.before_last[j - 2] + 1);
                }
                self.row[j] = cell.min(far);
                least = least.min(cell);
            }
            if let Some(beyond) = self.row.get_mut(to + 1) {
                *beyond = far;
            }
            if least > most {
                return None;
            }
            std::mem::swap(&mut self.before_last, &mut self.last);
            std::mem::swap(&mut self.last, &mut self.row);
        }
        let distance = self.last[b.len()];
        (distance <= most).then_some(distance)
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
        fn distances_are_those_of_the_plain_way(
            a in "[abcé]{0,9}",
            b in "[abcé]{0,9}",
            most in 0..9_usize,
        ) {
            let (first, second) = (Name::new(&a), Name::new(&b));
            let distance = strsim::osa_distance(&a, &b);
            let within = Distance::default().within(&first.lower, &second.lower, most);
            prop_assert_eq!(within, (distance <= most).then_some(distance));
            prop_assert!(first.least(&second) <= distance);
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
            let index = Index::new(known().into_iter());
            let plain = plainly(&name, known().into_iter());
            prop_assert_eq!(index.nearest(&name), plain);
            // What is remembered is the same.
            prop_assert_eq!(index.nearest(&name), plain);
        }
    }

    #[test]
    fn an_index_remembers_no_more_than_it_may() {
        let index = Index::new(["nOffered"].into_iter());
        for number in 0..REMEMBERED + 10 {
            assert_eq!(index.nearest(&format!("nOffere{number:09}")), None);
        }
        assert_eq!(index.nearest("noferred"), Some("nOffered"));
        assert_eq!(index.nearest(&"x".repeat(LONG + 1)), None);
        assert_eq!(index.known.lock().unwrap().len(), 11);
    }
}
