//! Statistics by group and period.

use indexmap::{IndexMap, IndexSet};

use crate::model::catalog::absence::Occurrences;

use super::Span;
use super::addends::Addends;
use super::covered::Covered;
use super::keys::number;
use super::names::EntryNames;
use super::scopes::{ScopeSet, Scopes};
use super::stats::{EntryLayouts, StatList};

/// The merged statistics of one group in one period.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub stats: StatList,
    /// None where a period is the interval of its buckets.
    pub covered: Option<Box<Covered>>,
    pub buckets: u64,
    /// The scopes of the groups that were joined to it.
    pub scopes: ScopeSet,
    /// The families of metrics that the filter leaves out.
    pub unwanted_families: u32,
}

/// Merged statistics by group and period, in the order of their first appearance.
#[derive(Debug, Clone, Default)]
pub struct Aggregate {
    pub(super) names: EntryNames,
    pub(super) layouts: EntryLayouts,
    /// The texts of the bounds of times.
    pub(super) texts: IndexSet<Box<str>>,
    pub(super) scopes: Scopes,
    /// Facts that decide if the figures of the groups add up.
    pub addends: Addends,
    /// Groups by number: see [`super::keys::key_of`].
    pub(super) groups: IndexSet<Box<str>>,
    pub(super) periods: IndexSet<Option<Span>>,
    /// By the numbers of group and period.
    pub(super) tallies: IndexMap<(u32, u32), Tally>,
}

impl Aggregate {
    /// The place of a group and period; a new one where there is none yet.
    pub(super) fn place(&mut self, group: u32, period: Option<Span>) -> usize {
        let period = number(&mut self.periods, period);
        let entry = self.tallies.entry((group, period));
        let at = entry.index();
        entry.or_default();
        at
    }

    /// Subtracts `buckets` that were counted before from a group.
    pub fn uncount(&mut self, at: usize, buckets: u64) {
        if let Some((_, tally)) = self.tallies.get_index_mut(at) {
            tally.buckets = tally.buckets.saturating_sub(buckets);
        }
    }

    /// Reads counters that groups lack as 0, where that metric applies, or as unknown.
    pub fn read_absent(&mut self, occurrences: &Occurrences, keeps_absent: bool) {
        self.scopes.read_absent(occurrences, keeps_absent);
    }

    /// Number of groups and periods.
    pub fn len(&self) -> usize {
        self.tallies.len()
    }
}
