//! Which counters are 0 in a group that lacks them: those that apply to one of its parts.

use crate::model::catalog::absence::{CounterScope, Occurrences};
use crate::model::catalog::formula::CounterSet;

/// A set of scopes, by their numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScopeSet(u64);

impl ScopeSet {
    /// Those in either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The scopes that occur, with the counters of key figures that are 0 in each.
#[derive(Debug, Clone, Default)]
pub struct Scopes(Vec<(CounterScope, CounterSet)>);

/// More media types than the API has share the last number.
const MOST: usize = 64;

impl Scopes {
    /// The set of this scope alone.
    pub fn set(&mut self, scope: CounterScope) -> ScopeSet {
        self.place(scope, CounterSet::default())
    }

    fn place(&mut self, scope: CounterScope, zeros: CounterSet) -> ScopeSet {
        let known = self.0.iter().position(|(known, _)| *known == scope);
        let at = known.unwrap_or_else(|| {
            if self.0.len() < MOST {
                self.0.push((scope, CounterSet::default()));
            }
            self.0.len() - 1
        });
        if let Some((_, known)) = self.0.get_mut(at) {
            *known = known.or(zeros);
        }
        ScopeSet(1 << at)
    }

    /// Adds other scopes. Returns, by their numbers there, the sets that they are here.
    pub fn merge(&mut self, other: Self) -> Vec<ScopeSet> {
        let all = other.0.into_iter();
        all.map(|(scope, zeros)| self.place(scope, zeros)).collect()
    }

    /// Looks up which counters are 0.
    pub fn read_absent(&mut self, occurrences: &Occurrences) {
        for (scope, zeros) in &mut self.0 {
            *zeros = occurrences.zeros(scope);
        }
    }

    /// The counters that are 0 in a group with parts of these scopes.
    pub fn zeros(&self, set: ScopeSet) -> CounterSet {
        let zeros = self.of(set).map(|(_, zeros)| *zeros);
        zeros.fold(CounterSet::default(), CounterSet::or)
    }

    /// The scopes of a set.
    pub fn list(&self, set: ScopeSet) -> Vec<CounterScope> {
        self.of(set).map(|(scope, _)| scope.clone()).collect()
    }

    fn of(&self, set: ScopeSet) -> impl Iterator<Item = &(CounterScope, CounterSet)> {
        let all = self.0.iter().zip(0..MOST as u64);
        all.filter(move |(_, at)| set.0 & 1 << at != 0)
            .map(|(scope, _)| scope)
    }
}

/// The set of another one, whose scopes are these sets here.
pub fn renumbered(set: ScopeSet, numbers: &[ScopeSet]) -> ScopeSet {
    let all = numbers.iter().zip(0..MOST as u64);
    let own = all.filter(|(_, at)| set.0 & 1 << at != 0);
    own.fold(ScopeSet::default(), |sum, (set, _)| sum.or(*set))
}
