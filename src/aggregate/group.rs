//! Read access to one group and period, and its totals.

use crate::json::number::Decimal;
use crate::model::FigureId;
use crate::model::catalog::absence::{self, CounterScope};
use crate::model::catalog::formula::CounterSet;
use crate::model::stat::{Merge, Stat, Unmerged};

use super::Span;
use super::amount::Amount;
use super::keys::dimensions;
use super::names::EntryFacts;
use super::stats::{EntryStat, StatTotal};
use super::tally::{Aggregate, Tally};

/// A group and period of an [`Aggregate`].
#[derive(Debug, Clone, Copy)]
pub struct Group<'g> {
    all: &'g Aggregate,
    key: (u32, u32),
    tally: &'g Tally,
}

/// A statistic that occurs in a group.
#[derive(Debug, Clone, Copy)]
pub struct Statistic<'g> {
    pub name: &'g FigureId,
    pub stat: &'g str,
    /// Number of entries that have it.
    pub entries: u32,
    /// The reason why there is no merged value.
    pub unmerged: Option<Unmerged>,
}

/// The merged statistics of one metric or view, and qualifier. Absent is not zero.
#[derive(Debug, Clone, Copy)]
pub struct Total<'g> {
    group: Group<'g>,
    name: u32,
}

/// The merged value of a statistic, or why there is none; `None` where no entry has it. `find` gives
/// the totals of the metric or view.
///
/// The value of a single entry is kept. Of several entries, half of a pair is ignored where others
/// have both: a sum without a count, a numerator without a denominator. A count is used also
/// without a sum, but then there is no sum of them all. Sums of which none has a count are added if
/// the API returns them so, or the metric is unknown.
pub(super) fn figure<'g>(
    find: impl Fn(EntryStat) -> Option<StatTotal<'g>>,
    facts: Option<EntryFacts>,
    stat: Stat,
) -> Option<Result<&'g Amount, Unmerged>> {
    let (full, lone) = (find(EntryStat::Full(stat)), find(EntryStat::Lone(stat)));
    let count = find(EntryStat::Full(Stat::Count));
    let entries = count.map_or(0, |count| count.times);
    // Each entry has a count here, also if the API sent none.
    let full = full.filter(|total| total.amount.occurs());
    let Some(found) = full.or(lone) else {
        return lacks_half(find, facts, stat).then_some(Err(Unmerged::Incomplete));
    };
    if entries < 2 {
        return Some(found.value());
    }
    Some(match stat {
        Stat::Count => found.value(),
        Stat::Sum => {
            let is_pair = facts.is_some_and(|facts| facts.counts_what_it_adds)
                || count.is_some_and(|it| it.amount.occurs());
            let lacks_sums = find(EntryStat::Lone(Stat::Count)).is_some();
            match (full.is_some(), lacks_sums, is_pair) {
                (true, true, _) | (false, _, true) => Err(Unmerged::Incomplete),
                _ => found.value(),
            }
        }
        Stat::Numerator | Stat::Denominator => {
            full.ok_or(Unmerged::Incomplete).and_then(StatTotal::value)
        }
        stat => match stat.merge() {
            Merge::Never | Merge::Quotient => Err(Unmerged::Never),
            Merge::Equal if found.times < entries => Err(Unmerged::Differs),
            _ => found.value(),
        },
    })
}

/// Returns true if a pair lacks the half that this statistic is: only the other half occurs.
fn lacks_half<'g>(
    find: impl Fn(EntryStat) -> Option<StatTotal<'g>>,
    facts: Option<EntryFacts>,
    stat: Stat,
) -> bool {
    let has_lone = |stat| find(EntryStat::Lone(stat)).is_some();
    let other = match stat {
        Stat::Count => {
            let is_pair = facts.is_some_and(|facts| facts.counts_what_it_adds);
            return is_pair && has_lone(Stat::Sum);
        }
        Stat::Numerator => Stat::Denominator,
        Stat::Denominator => Stat::Numerator,
        _ => return false,
    };
    has_lone(other) || find(EntryStat::Full(Stat::Ratio)).is_some()
}

impl<'g> StatTotal<'g> {
    fn value(self) -> Result<&'g Amount, Unmerged> {
        match self.amount {
            Amount::Beyond => Err(Unmerged::TooLarge),
            Amount::Differs => Err(Unmerged::Differs),
            amount => Ok(amount),
        }
    }
}

impl<'g> Group<'g> {
    pub(super) fn new(all: &'g Aggregate, key: (u32, u32), tally: &'g Tally) -> Self {
        Self { all, key, tally }
    }

    pub(super) fn tally(self) -> &'g Tally {
        self.tally
    }

    /// The number of the dimensions and values: equal ones have the same.
    pub(super) fn number(self) -> u32 {
        self.key.0
    }

    /// The number of the period: equal ones have the same.
    pub(super) fn period_number(self) -> u32 {
        self.key.1
    }

    /// Dimensions and values, by name.
    pub fn dimensions(self) -> Vec<(&'g str, &'g str)> {
        let key = self.all.groups.get_index(self.key.0 as usize);
        key.map_or_else(Vec::new, |key| dimensions(key))
    }

    /// The period; none where all the time is one, or a bucket has no interval.
    pub fn period(self) -> Option<Span> {
        let period = self.all.periods.get_index(self.key.1 as usize);
        period.copied().flatten()
    }

    /// Number of buckets.
    pub fn buckets(self) -> u64 {
        self.tally.buckets
    }

    /// The earliest start and the latest end of the buckets, as they were written.
    pub fn covered(self) -> Option<(&'g str, &'g str)> {
        self.tally.covered.as_ref()?.texts(&self.all.texts)
    }

    /// The counters of key figures that are 0 where they are absent.
    pub fn zeros(self) -> CounterSet {
        self.all.scopes.zeros(self.tally.scopes)
    }

    /// The counters that are known of each media type of the groups that were joined to it.
    pub(super) fn media_counters(self) -> Vec<CounterSet> {
        let scopes = self.all.scopes.of(self.tally.scopes);
        absence::by_media_type(scopes.map(|(scope, counters)| (scope, *counters)))
    }

    /// The scopes of the groups that were joined to it.
    pub(super) fn scopes(self) -> Vec<CounterScope> {
        let scopes = self.all.scopes.of(self.tally.scopes);
        scopes.map(|(scope, _)| scope.clone()).collect()
    }

    fn find(self, name: u32) -> impl Fn(EntryStat) -> Option<StatTotal<'g>> + Copy {
        self.all.layouts.find(&self.tally.stats, name)
    }

    /// The total of a metric without a qualifier.
    pub fn plain(self, metric: &str) -> Option<Total<'g>> {
        let name = self.all.names.find(&FigureId::of_metric(metric, ""))?;
        let entries = self.find(name)(EntryStat::Full(Stat::Count));
        entries.map(|_| Total { group: self, name })
    }

    /// All statistics, grouped by metric or view.
    pub(super) fn stats(self) -> impl Iterator<Item = StatTotal<'g>> {
        self.all.layouts.totals(&self.tally.stats)
    }

    /// All statistics, grouped by metric or view, in the order of the ranks of their names.
    pub(super) fn stats_by(self, ranks: &[u32]) -> Vec<StatTotal<'g>> {
        self.all.layouts.totals_by(&self.tally.stats, ranks)
    }

    /// The merged value of a statistic.
    fn amount(self, name: u32, stat: Stat) -> Option<Result<&'g Amount, Unmerged>> {
        figure(self.find(name), self.all.names.facts(name), stat)
    }

    /// The value of a statistic that the API did not have when this was built: it is kept where it
    /// is of the only entry.
    pub(super) fn unknown(self, total: StatTotal<'g>) -> Result<&'g Amount, Unmerged> {
        let facts = self.all.names.facts(total.name);
        let owner = facts.map_or(total.name, |facts| facts.owner);
        match self.find(owner)(EntryStat::Full(Stat::Count)) {
            Some(entries) if entries.times > 1 => Err(Unmerged::Never),
            _ => total.value(),
        }
    }

    /// Returns true if the ratio of a name has merged parts.
    fn has_parts(self, name: u32) -> bool {
        let has = |stat| matches!(self.amount(name, stat), Some(Ok(_)));
        has(Stat::Numerator) && has(Stat::Denominator)
    }

    /// The statistics that occur, with the number of entries that have them, and the reason where
    /// there is no merged value.
    pub fn statistics(self) -> impl Iterator<Item = Statistic<'g>> {
        self.stats().filter_map(move |total| {
            let number = total.name;
            let name = self.all.names.get(number)?;
            let has = |stat| self.find(number)(EntryStat::Full(stat)).is_some();
            let (stat, found) = match total.stat {
                // It is the quotient of the merged parts.
                EntryStat::Full(Stat::Ratio) if self.has_parts(number) => return None,
                EntryStat::Full(stat) => (stat.name(), self.amount(number, stat)?),
                // Where other entries have the pair, their figure is the merged one.
                EntryStat::Lone(stat) if has(stat) => return None,
                EntryStat::Lone(Stat::Count) => return None,
                EntryStat::Lone(stat) => (stat.name(), self.amount(number, stat)?),
                EntryStat::Unknown => (&*name.stat, self.unknown(total)),
            };
            Some(Statistic {
                name,
                stat,
                entries: total.times,
                unmerged: found.err(),
            })
        })
    }

    /// Every metric or view, and every statistic that occurs: the name, how many entries there are
    /// more of it, and the statistic.
    pub fn occurring(self) -> impl Iterator<Item = (&'g FigureId, u32, Option<&'g str>)> {
        self.stats().filter_map(move |total| {
            let name = self.all.names.get(total.name)?;
            let (entries, stat) = match total.stat {
                EntryStat::Full(Stat::Count) => (total.times, Stat::Count.name()),
                EntryStat::Full(stat) | EntryStat::Lone(stat) => (0, stat.name()),
                EntryStat::Unknown => (0, &*name.stat),
            };
            Some((name, entries, total.amount.occurs().then_some(stat)))
        })
    }

    /// The families that have the metrics of its buckets, also those that the filter leaves out.
    pub fn families(self) -> u32 {
        let is_count = |it: &StatTotal<'_>| it.stat == EntryStat::Full(Stat::Count);
        let facts = self.stats().filter(is_count);
        let facts = facts.filter_map(|it| self.all.names.facts(it.name));
        facts.fold(self.tally.unwanted_families, |all, it| all | it.families)
    }

    /// All totals with their names: metrics first, each by name and qualifier.
    pub fn totals(self) -> Vec<(&'g FigureId, Total<'g>)> {
        let counts = |it: &StatTotal<'_>| it.stat == EntryStat::Full(Stat::Count);
        let totals = self.stats().filter(counts).filter_map(|it| {
            let (group, name) = (self, it.name);
            Some((self.all.names.get(name)?, Total { group, name }))
        });
        let mut totals: Vec<(&FigureId, Total<'_>)> = totals.collect();
        totals.sort_unstable_by_key(|(name, _)| *name);
        totals
    }
}

impl Total<'_> {
    /// The merged value of a statistic; `None` where it does not occur, is too large for exact
    /// arithmetic, or has no merged value.
    pub fn get(self, stat: Stat) -> Option<Decimal> {
        self.figure(stat)?.ok()
    }

    /// The merged value of a statistic that occurs, or why there is none.
    pub fn figure(self, stat: Stat) -> Option<Result<Decimal, Unmerged>> {
        let found = self.group.amount(self.name, stat)?;
        Some(found.and_then(|amount| amount.value().ok_or(Unmerged::TooLarge)))
    }

    /// The families that have the metric.
    pub fn families(self) -> u32 {
        let facts = self.group.all.names.facts(self.name);
        facts.map_or(0, |facts| facts.families)
    }

    /// Returns true if it has no figure that a report shows.
    pub fn is_empty(self) -> bool {
        let shown = [Stat::Count, Stat::Sum, Stat::Max, Stat::Current];
        let has_any = shown.into_iter().any(|stat| self.get(stat).is_some());
        !has_any && self.ratio(0).is_none()
    }

    /// The merged `count`.
    pub fn count(self) -> Option<Decimal> {
        self.get(Stat::Count)
    }

    /// The merged `sum`.
    pub fn sum(self) -> Option<Decimal> {
        self.get(Stat::Sum)
    }

    /// `sum / count`, rounded half to even to `places`.
    pub fn average(self, places: u32) -> Option<Decimal> {
        self.sum()?.divided(self.count()?, places)
    }

    /// `numerator / denominator`, rounded half to even to `places`.
    pub fn ratio(self, places: u32) -> Option<Decimal> {
        let numerator = self.get(Stat::Numerator)?;
        numerator.divided(self.get(Stat::Denominator)?, places)
    }
}
