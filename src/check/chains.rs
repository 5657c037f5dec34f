//! The order of the buckets of each group in time, kept in little memory: finds groups whose buckets
//! may overlap (`T003`) or are missing (`T004`).

use std::collections::{HashMap, HashSet};

use chrono_tz::Tz;

use crate::model::stat::StatSet;
use crate::record::{EntryView, Facts, Interner, View};

use super::days::{CoveredDays, LocalDays};
use super::grid::Grid;
use super::halves::{LoneHalves, StatisticHalves};
use super::overlap::{UNTIMED, entry_number, group_number, has_no_interval, name_number, timed};
use super::place::BucketPlace;
use super::shapes::TimeCoverage;

/// Time that buckets of one group cover, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) group: u64,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) first: BucketPlace,
    /// The grid of the buckets, if there is more than one bucket.
    grid: Option<Box<Grid>>,
}

impl Chain {
    fn of(group: u64, (start, end): (i64, i64), first: BucketPlace) -> Self {
        Self {
            group,
            start,
            end,
            first,
            grid: None,
        }
    }

    /// Adds the next chain. Returns false if it begins before this one ends.
    fn append(&mut self, next: &Self, days: &mut LocalDays) -> bool {
        if self.end > next.start {
            return false;
        }
        let mut grid = match self.grid.take() {
            Some(grid) => grid,
            None => Box::new(self.grid()),
        };
        let times = (self.end, next.start);
        grid.append(times, next.first, next.grid(), days);
        self.grid = Some(grid);
        self.end = next.end.max(next.start);
        true
    }

    /// Returns the grid of its buckets.
    pub(super) fn grid(&self) -> Grid {
        match &self.grid {
            Some(grid) => (**grid).clone(),
            None => Grid::of(self.end.saturating_sub(self.start), self.first),
        }
    }

    /// Returns true if the buckets have the same times, as far as they are known.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.group, self.start, self.end) == (other.group, other.start, other.end)
            && self.grid().is_like(&other.grid())
    }

    fn places(&mut self, change: &impl Fn(&mut BucketPlace)) {
        change(&mut self.first);
        if let Some(grid) = &mut self.grid {
            grid.places(change);
        }
    }
}

/// The chains of the buckets of an input. They take little memory, since buckets follow one another
/// in time. If chains of a group overlap, their buckets are read again.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Chains {
    list: Vec<Chain>,
    /// The last chain of each group.
    open: HashMap<u64, usize>,
    /// Numbers of the metrics and views that occur, with their qualifiers.
    names: HashSet<u64>,
    /// True if some bucket has neither metrics nor views: it can be a copy of any other.
    has_empty: bool,
    /// Number of buckets without an interval, by group.
    untimed: HashMap<u64, u32>,
    /// The statistics that occur without the other half of their pair.
    pub halves: LoneHalves,
    /// The days on which there are buckets.
    pub days: CoveredDays,
    calendar: LocalDays,
}

impl Chains {
    fn add(&mut self, chain: Chain) {
        if let Some(&last) = self.open.get(&chain.group)
            && let Some(last) = self.list.get_mut(last)
            && last.append(&chain, &mut self.calendar)
        {
            return;
        }
        self.open.insert(chain.group, self.list.len());
        self.list.push(chain);
    }

    /// Adds buckets of one group in their order.
    fn series(&mut self, group: u64, buckets: impl Iterator<Item = ((i64, i64), BucketPlace)>) {
        let mut run: Option<Chain> = None;
        for (times, place) in buckets {
            let chain = Chain::of(group, times, place);
            let days = &mut self.calendar;
            let appended = run.as_mut().is_some_and(|run| run.append(&chain, days));
            if !appended {
                self.extend(run.replace(chain));
            }
        }
        self.extend(run);
    }

    fn extend(&mut self, chains: impl IntoIterator<Item = Chain>) {
        chains.into_iter().for_each(|chain| self.add(chain));
    }

    /// Changes the places of buckets.
    pub fn places(&mut self, change: &impl Fn(&mut BucketPlace)) {
        self.list.iter_mut().for_each(|chain| chain.places(change));
        self.halves.places(change);
        self.days.places(change);
    }

    /// Adds chains that come later in the input.
    pub fn merge(&mut self, other: Self) {
        self.calendar.adopt(other.calendar);
        self.extend(other.list);
        self.names.extend(other.names);
        self.has_empty |= other.has_empty;
        for (group, count) in other.untimed {
            *self.untimed.entry(group).or_default() += count;
        }
        self.halves.merge(other.halves);
        self.days.merge(other.days);
    }

    /// The time that the buckets cover, those of all groups together.
    pub fn coverage(&self) -> TimeCoverage {
        let mut times: Vec<(i64, i64)> = self.list.iter().map(|it| (it.start, it.end)).collect();
        if !self.untimed.is_empty() {
            times.push(UNTIMED);
        }
        times.sort_unstable();
        let mut coverage = TimeCoverage::default();
        times.into_iter().for_each(|times| coverage.add(times));
        coverage
    }

    /// The first and the last instant of buckets with an interval, and the length of the shortest.
    pub fn extent(&self) -> Option<[i64; 3]> {
        let shortest = |it: &Chain| {
            it.grid
                .as_ref()
                .map_or(it.end.saturating_sub(it.start), |it| it.shortest)
        };
        Some([
            self.list.iter().map(|it| it.start).min()?,
            self.list.iter().map(|it| it.end).max()?,
            self.list.iter().map(shortest).min()?,
        ])
    }

    /// Numbers of the metrics and views that occur, each qualifier by itself.
    pub fn names(&self) -> &HashSet<u64> {
        &self.names
    }

    /// Returns true if the chains hold a bucket of one of these groups.
    pub fn has(&self, groups: &HashSet<u64>) -> bool {
        let mut own = self.open.keys().chain(self.untimed.keys());
        own.any(|group| groups.contains(group))
    }
}

/// The groups of which buckets may overlap, within an input or across those given.
pub fn suspects(inputs: &[&Chains]) -> HashSet<u64> {
    let series = related(inputs);
    let all = sorted(inputs);
    let mut untimed: HashMap<u64, u32> = HashMap::new();
    for (group, count) in inputs.iter().flat_map(|chains| &chains.untimed) {
        *untimed.entry(*group).or_default() += count;
    }
    let timed = inputs.iter().flat_map(|chains| chains.open.keys());
    let timed: HashSet<u64> = match untimed.is_empty() {
        true => HashSet::new(),
        false => timed.copied().collect(),
    };
    let suspect = untimed.into_iter();
    let suspect = suspect.filter(|(group, count)| *count > 1 || timed.contains(group));
    let mut found: HashSet<u64> = suspect.map(|(group, _)| group).collect();
    for group in all.chunk_by(|a, b| a.0.group == b.0.group) {
        if group.len() < 2 {
            continue;
        }
        // When the chains of each series end.
        let mut ends: HashMap<usize, i64> = HashMap::new();
        for (chain, input) in group {
            let end = ends.entry(series[*input]).or_insert(i64::MIN);
            if *end > chain.start {
                found.insert(chain.group);
                break;
            }
            *end = (*end).max(chain.end);
        }
    }
    found
}

/// The series of each input, by the number of its first input: inputs that share names, directly or
/// through others of the series. Comparing every two inputs would cost the square of their number. An
/// input may be in a series without a repeated bucket; the next check finds none in it.
pub(super) fn related(inputs: &[&Chains]) -> Vec<usize> {
    if inputs.iter().any(|chains| chains.has_empty) {
        return vec![0; inputs.len()];
    }
    let mut parents: Vec<usize> = (0..inputs.len()).collect();
    let mut owners: HashMap<u64, usize> = HashMap::new();
    for (input, chains) in inputs.iter().enumerate() {
        for name in &chains.names {
            let owner = *owners.entry(*name).or_insert(input);
            let (a, b) = (root(&mut parents, owner), root(&mut parents, input));
            parents[a.max(b)] = a.min(b);
        }
    }
    let inputs = 0..inputs.len();
    inputs.map(|input| root(&mut parents, input)).collect()
}

/// Returns the first input of the series of an input, and shortens the path to it.
fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

/// The groups with buckets that cover the same time more than once, with any metrics.
pub fn repeated(inputs: &[&Chains]) -> HashSet<u64> {
    let mut found = HashSet::new();
    let mut before: Option<(u64, i64)> = None;
    for (chain, _) in sorted(inputs) {
        let end = match before {
            Some((group, end)) if group == chain.group => {
                if end > chain.start {
                    found.insert(group);
                }
                end.max(chain.end)
            }
            _ => chain.end,
        };
        before = Some((chain.group, end));
    }
    found
}

/// All chains with the number of their input, sorted by group and then by time.
pub(super) fn sorted<'c>(inputs: &[&'c Chains]) -> Vec<(&'c Chain, usize)> {
    let mut all: Vec<(&Chain, usize)> = Vec::new();
    for (input, chains) in inputs.iter().enumerate() {
        all.extend(chains.list.iter().map(|chain| (chain, input)));
    }
    all.sort_unstable_by_key(|(chain, input)| (chain.group, chain.start, *input, chain.first));
    all
}

/// Collects the chains of containers with one interner.
#[derive(Debug, Default)]
pub struct ChainCollector {
    chains: Chains,
    /// The entries of each of the interner's names that add nothing new, as metrics and as views:
    /// their statistics, and true if their buckets have times.
    seen: Vec<[Option<(StatSet, bool)>; 2]>,
    /// The halves of each name, as a metric and as a view.
    halves: Vec<[StatisticHalves; 2]>,
}

impl ChainCollector {
    /// Creates an empty collector with the days of this zone.
    pub fn new(zone: Option<Tz>) -> Self {
        let mut collector = Self::default();
        collector.chains.calendar = LocalDays::new(zone);
        collector
    }

    /// Adds the buckets of a container, which is this element.
    pub fn add(&mut self, view: View<'_>, interner: &Interner, element: u32) {
        let group = group_number(view);
        let place = |bucket, span| BucketPlace {
            span,
            document: 0,
            element,
            bucket,
        };
        let series = timed(view).map(|(index, _, span, times)| (times, place(index, span)));
        self.chains.series(group, series);
        for (index, bucket, span, times) in timed(view) {
            let text = view.interval(bucket).filter(|_| !bucket.plain);
            let Chains { days, calendar, .. } = &mut self.chains;
            days.add(calendar, times, text, place(index, span));
        }
        let untimed = view
            .buckets()
            .iter()
            .filter(|it| has_no_interval(it))
            .count() as u32;
        if untimed > 0 {
            let count = self.chains.untimed.entry(group).or_default();
            *count += untimed;
        }
        for bucket in view.buckets() {
            let is_timed = bucket.times.is_some();
            self.chains.has_empty |= view.entries(bucket).is_empty();
            for (index, entry) in (0..).zip(view.entries(bucket)) {
                let seen = self.seen.get(entry.id as usize);
                let seen = seen.and_then(|both| both[usize::from(entry.view)]);
                // Most entries are like one before.
                if seen == Some((entry.numbers, is_timed)) && entry.qualifier.text().is_none() {
                    continue;
                }
                let placed = EntryView {
                    view,
                    entry,
                    facts: Facts::default(),
                    bucket: bucket.index,
                    index,
                };
                self.entry(&placed, element, is_timed, interner);
            }
        }
    }

    /// Notes the names of metrics and views, also of those that do not count.
    pub fn note(&mut self, view: View<'_>) {
        for bucket in view
            .buckets()
            .iter()
            .filter(|bucket| bucket.times.is_some())
        {
            let numbers = view
                .entries(bucket)
                .iter()
                .map(|entry| entry_number(view, entry));
            self.chains.names.extend(numbers);
        }
    }

    fn entry(&mut self, placed: &EntryView<'_>, element: u32, is_timed: bool, interner: &Interner) {
        let (view, entry) = (placed.view, placed.entry);
        let (id, at) = (entry.id as usize, usize::from(entry.view));
        if self.halves.len() <= id {
            self.halves.resize_with(id + 1, Default::default);
            self.seen.resize(id + 1, [None; 2]);
        }
        let halves = self.halves.get_mut(id).and_then(|it| it.get_mut(at));
        let is_complete = halves.is_some_and(|it| it.add(placed, element, interner));
        let qualifier = entry.qualifier.text().map(|qualifier| view.str(qualifier));
        if is_timed {
            let number = name_number(entry.view, view.str(entry.name), qualifier);
            self.chains.names.insert(number);
        }
        if is_complete
            && qualifier.is_none()
            && let Some(seen) = self.seen.get_mut(id)
        {
            seen[at] = Some((entry.numbers, is_timed));
        }
    }

    /// Returns the chains of all containers.
    pub fn finish(mut self, interner: &Interner) -> Chains {
        self.chains.halves = LoneHalves::of(self.halves, interner);
        self.chains
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Span;

    /// The number of chains of a group with buckets at these times.
    fn chains(times: &[(i64, i64)]) -> usize {
        let place = BucketPlace {
            span: Span::new(0, 0),
            document: 0,
            element: 0,
            bucket: 0,
        };
        let (mut whole, mut parts) = (Chains::default(), Chains::default());
        whole.series(7, times.iter().map(|times| (*times, place)));
        for times in times {
            let mut part = Chains::default();
            part.series(7, [(*times, place)].into_iter());
            parts.merge(part);
        }
        assert_eq!(whole.list.len(), parts.list.len(), "{times:?}");
        whole.list.len()
    }

    #[test]
    fn buckets_in_order_are_one_chain() {
        assert_eq!(chains(&[(0, 10), (10, 20), (20, 30)]), 1);
        assert_eq!(chains(&[(0, 10), (15, 20), (90, 99)]), 1);
        assert_eq!(chains(&[(0, 10), (9, 20), (20, 30)]), 2);
        assert_eq!(chains(&[(20, 30), (10, 20), (0, 10)]), 3);
    }
}
