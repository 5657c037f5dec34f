//! Counters that are 0 in a group that lacks them: the counters that apply to one of its parts.

use indexmap::IndexMap;

use crate::model::catalog::absence::{CounterScope, Occurrences};
use crate::model::catalog::formula::CounterSet;

/// A set of scopes: a bit for the number of each.
pub type ScopeSet = u64;

/// The scopes that occur, with the counters of key figures that apply to each.
#[derive(Debug, Clone, Default)]
pub struct Scopes {
    all: IndexMap<CounterScope, CounterSet>,
    /// True if a counter that a group lacks is unknown instead.
    keeps_absent: bool,
}

/// More media types than the API has are of no scope: what they lack is unknown.
const MOST: usize = 64;

impl Scopes {
    /// The set of this scope alone.
    pub fn set(&mut self, scope: CounterScope) -> ScopeSet {
        self.place(scope, CounterSet::default())
    }

    fn place(&mut self, scope: CounterScope, zeros: CounterSet) -> ScopeSet {
        let at = match self.all.get_index_of(&scope) {
            Some(at) => at,
            None if self.all.len() < MOST => self.all.insert_full(scope, CounterSet::default()).0,
            None => return 0,
        };
        if let Some((_, known)) = self.all.get_index_mut(at) {
            *known = known.or(zeros);
        }
        1 << at
    }

    /// Adds other scopes. Returns, by their numbers there, the sets that they are here.
    pub fn merge(&mut self, other: Self) -> Vec<ScopeSet> {
        self.keeps_absent |= other.keeps_absent;
        let all = other.all.into_iter();
        all.map(|(scope, zeros)| self.place(scope, zeros)).collect()
    }

    /// Looks up which counters apply. They are 0 where they are absent, or unknown.
    pub fn read_absent(&mut self, occurrences: &Occurrences, keeps_absent: bool) {
        self.keeps_absent = keeps_absent;
        for (scope, zeros) in &mut self.all {
            *zeros = occurrences.zeros(scope);
        }
    }

    /// The counters that are 0 in a group with parts of these scopes.
    pub fn zeros(&self, set: ScopeSet) -> CounterSet {
        let zeros = self.of(set).map(|(_, zeros)| *zeros);
        let zeros = zeros.filter(|_| !self.keeps_absent);
        zeros.fold(CounterSet::default(), CounterSet::or)
    }

    /// The scopes of a set, with their counters.
    pub fn of(&self, set: ScopeSet) -> impl Iterator<Item = (&CounterScope, &CounterSet)> {
        let all = self.all.iter().enumerate();
        all.filter(move |(at, _)| set & 1 << at != 0)
            .map(|(_, known)| known)
    }
}

/// The set of another one, whose scopes are these sets here.
pub fn renumbered(set: ScopeSet, numbers: &[ScopeSet]) -> ScopeSet {
    let all = numbers.iter().enumerate();
    let own = all.filter(|(at, _)| set & 1 << at != 0);
    own.fold(0, |sum, (_, set)| sum | set)
}
