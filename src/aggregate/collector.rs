//! The statistics of the elements that one reader reads.

use indexmap::IndexMap;

use crate::model::catalog::absence::CounterScope;
use crate::model::stat::{Stat, StatSet};
use crate::record::{Bucket, Entry, View};
use crate::table::Filter;

use super::Span;
use super::amount::Amount;
use super::every::Every;
use super::keys::{key_of, number};
use super::names::EntryName;
use super::stats::{EntryCounts, EntryStat, StatKey, StatSequence};
use super::tally::Aggregate;

/// The periods into which buckets are joined.
#[derive(Debug, Clone, Default)]
pub enum Periods {
    /// All the time is one.
    #[default]
    Whole,
    /// The interval of each bucket.
    Own,
    Every(Every),
}

/// The groups, periods and statistics that are kept apart.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The dimensions that are kept; all of them for `None`.
    pub by: Option<Vec<String>>,
    pub periods: Periods,
    /// The statistics, besides counts, that are kept.
    pub stats: StatSet,
    pub views: bool,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            by: None,
            periods: Periods::Whole,
            stats: StatSet::ALL,
            views: true,
        }
    }
}

/// A bucket that cannot be joined with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unplaced {
    /// It has no interval, or one that is beyond the calendar.
    NoTime,
    /// It lasts beyond the end of its period.
    Straddles,
}

impl Scope {
    /// The period of a bucket.
    fn span(&mut self, times: Option<Span>) -> Result<Option<Span>, Unplaced> {
        let every = match &mut self.periods {
            Periods::Whole => return Ok(None),
            Periods::Own => return Ok(times.map(|(start, end)| (whole(start), whole(end)))),
            Periods::Every(every) => every,
        };
        let (start, end) = times.ok_or(Unplaced::NoTime)?;
        let period = every.of(start).ok_or(Unplaced::NoTime)?;
        match end <= period.1 {
            true => Ok(Some(period)),
            false => Err(Unplaced::Straddles),
        }
    }

    fn keeps(&self, dimension: &str) -> bool {
        let by = self.by.as_ref();
        by.is_none_or(|by| by.iter().any(|name| name == dimension))
    }
}

/// An instant in whole milliseconds: intervals are written with them.
fn whole(nanos: i64) -> i64 {
    nanos - nanos.rem_euclid(1_000_000)
}

/// Collects the statistics of the elements that one reader reads.
#[derive(Debug)]
pub struct Collector<'f> {
    scope: Scope,
    filter: &'f Filter,
    all: Aggregate,
    /// The names of templates; none of those that are left out.
    names: Vec<Option<Option<u32>>>,
    /// The statistics of buckets by the templates of their entries.
    known: IndexMap<Box<[u32]>, StatSequence>,
    last: usize,
    figures: BucketFigures,
}

/// The figures of one bucket.
#[derive(Debug, Default)]
struct BucketFigures {
    templates: Vec<u32>,
    keys: Vec<StatKey>,
    amounts: Vec<Amount>,
}

impl<'f> Collector<'f> {
    /// Nothing yet.
    pub fn new(scope: &Scope, filter: &'f Filter) -> Self {
        Self {
            scope: scope.clone(),
            filter,
            all: Aggregate::default(),
            names: Vec::new(),
            known: IndexMap::new(),
            last: 0,
            figures: BucketFigures::default(),
        }
    }

    /// Adds the wanted buckets of a container, and returns the place of the last one; `unplaced`
    /// gets those that cannot be joined.
    pub fn add(
        &mut self,
        view: View<'_>,
        mut unplaced: impl FnMut(&Bucket, Unplaced),
    ) -> Option<usize> {
        if !self.filter.group(view) {
            return None;
        }
        // Buckets of one period mostly follow one another.
        let mut last: Option<(Option<Span>, usize)> = None;
        let mut has_figures = false;
        let mut group = None;
        for bucket in view.buckets() {
            if !self.filter.bucket(view, bucket) {
                continue;
            }
            let span = match self.scope.span(bucket.times) {
                Ok(span) => span,
                Err(why) => {
                    unplaced(bucket, why);
                    continue;
                }
            };
            let (group, scopes) = *group.get_or_insert_with(|| self.group(view));
            let at = match last {
                Some((known, at)) if known == span => at,
                _ => self.all.place(group, span),
            };
            last = Some((span, at));
            let is_whole = matches!(self.scope.periods, Periods::Whole);
            if let Some((_, tally)) = self.all.tallies.get_index_mut(at) {
                tally.buckets += 1;
                tally.scopes |= scopes;
                if is_whole {
                    tally.covered.add(view, bucket, &mut self.all.texts);
                }
            }
            has_figures |= self.bucket(at, view, bucket);
        }
        if has_figures {
            self.all.addends.add(view);
        }
        last.map(|(_, at)| at)
    }

    /// The number of the group of a container, and its scope.
    fn group(&mut self, view: View<'_>) -> (u32, u64) {
        let dimensions = view.group_values();
        let dimensions = dimensions.filter(|(name, _)| self.scope.keeps(name));
        let mut dimensions: Vec<(&str, &str)> = dimensions.collect();
        dimensions.sort_unstable();
        let key = key_of(dimensions.into_iter());
        let scope = CounterScope::of(view.group_values());
        let number = match self.all.groups.get_index_of(&*key) {
            Some(known) => known as u32,
            None => number(&mut self.all.groups, key.into()),
        };
        (number, self.all.scopes.set(scope))
    }

    /// Adds the statistics of a bucket; whether there are any.
    fn bucket(&mut self, at: usize, view: View<'_>, bucket: &Bucket) -> bool {
        let mut figures = std::mem::take(&mut self.figures);
        figures.clear();
        let mut is_plain = !view.has_extras();
        for entry in view.entries(bucket) {
            if self.name(view, entry).is_some() {
                figures.add(view, entry, self.scope.stats);
            }
            figures.templates.push(entry.template);
            is_plain &= entry.template != u32::MAX;
        }
        let known = match is_plain {
            true => self.find(&figures.templates),
            false => None,
        };
        let known = match known {
            Some(known) => Some(known),
            None => self.look_up(view, bucket, &mut figures, is_plain),
        };
        let odd;
        let keys = match known.and_then(|at| self.known.get_index(at)) {
            Some((_, keys)) => keys,
            None => {
                let keys = std::mem::take(&mut figures.keys);
                odd = self.all.layouts.sequence(keys);
                &odd
            }
        };
        if let Some((_, tally)) = self.all.tallies.get_index_mut(at) {
            let amounts = figures.amounts.drain(..);
            let layouts = &mut self.all.layouts;
            layouts.add(&mut tally.stats, keys, EntryCounts::Same(1), amounts);
        }
        let has_figures = !keys.keys.is_empty();
        self.figures = figures;
        has_figures
    }

    fn find(&mut self, templates: &[u32]) -> Option<usize> {
        let last = self.known.get_index(self.last);
        if last.is_some_and(|(known, _)| **known == *templates) {
            return Some(self.last);
        }
        self.last = self.known.get_index_of(templates)?;
        Some(self.last)
    }

    /// Looks up the keys of the figures of a bucket. Returns the place among the known ones, if they
    /// follow from the templates alone.
    #[cold]
    fn look_up(
        &mut self,
        view: View<'_>,
        bucket: &Bucket,
        figures: &mut BucketFigures,
        is_plain: bool,
    ) -> Option<usize> {
        let mut is_fixed = is_plain;
        let names = view.entries(bucket).iter().map(|it| self.name(view, it));
        let names: Vec<Option<u32>> = names.collect();
        let entries = || {
            let entries = view.entries(bucket).iter().enumerate().zip(&names);
            entries.filter_map(|((index, entry), name)| Some((index, entry, (*name)?)))
        };
        for (_, entry, name) in entries() {
            figures.add_keys(name, entry, self.scope.stats);
        }
        for (index, entry, name) in entries() {
            let facts = self.all.names.facts(name);
            if let (Some(count), false) = (
                view.number(entry, Stat::Count),
                entry.numbers.contains(Stat::Sum),
            ) && facts.is_some_and(|facts| facts.may_add)
            {
                is_fixed = false;
                if Amount::of(&view.figure(count)).is_something() {
                    let stat = EntryStat::Lone(Stat::Count);
                    figures.push(StatKey { name, stat }, Amount::Nothing);
                }
            }
            for extra in view.extras(bucket, index) {
                if let Some(amount) = Amount::of_scalar(view, extra.value) {
                    let owner = self.all.names.get(name).cloned().unwrap_or_default();
                    let stat = view.str(extra.name).into();
                    let name = self.all.names.number(EntryName { stat, ..owner });
                    let stat = EntryStat::Unknown;
                    figures.push(StatKey { name, stat }, amount);
                }
            }
        }
        if !is_fixed {
            return None;
        }
        let keys = std::mem::take(&mut figures.keys);
        let keys = self.all.layouts.sequence(keys);
        let templates = figures.templates.as_slice().into();
        let (at, _) = self.known.insert_full(templates, keys);
        self.last = at;
        Some(at)
    }

    /// The number of the name and qualifier of an entry that is wanted.
    #[inline]
    fn name(&mut self, view: View<'_>, entry: &Entry) -> Option<u32> {
        match self.names.get(entry.template as usize) {
            Some(Some(number)) => *number,
            _ => self.look_up_name(view, entry),
        }
    }

    #[cold]
    fn look_up_name(&mut self, view: View<'_>, entry: &Entry) -> Option<u32> {
        let name = view.str(entry.name);
        let is_wanted = self.filter.metric(name) && (self.scope.views || !entry.view);
        let number = is_wanted.then(|| {
            self.all.names.number(EntryName {
                view: entry.view,
                name: name.into(),
                qualifier: view.qualifier(entry).into(),
                stat: Box::default(),
            })
        });
        if entry.template != u32::MAX {
            let at = entry.template as usize;
            if self.names.len() <= at {
                self.names.resize(at + 1, None);
            }
            if let Some(known) = self.names.get_mut(at) {
                *known = Some(number);
            }
        }
        number
    }

    /// What was collected.
    pub fn finish(self) -> Aggregate {
        self.all
    }
}

impl BucketFigures {
    fn clear(&mut self) {
        self.templates.clear();
        self.keys.clear();
        self.amounts.clear();
    }

    fn push(&mut self, key: StatKey, amount: Amount) {
        self.keys.push(key);
        self.amounts.push(amount);
    }

    /// Adds the figures of an entry: the count, or that there is none, and the others.
    #[inline]
    fn add(&mut self, view: View<'_>, entry: &Entry, kept: StatSet) {
        if !entry.numbers.contains(Stat::Count) {
            self.amounts.push(Amount::Nothing);
        }
        for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
            if kept.contains(stat) {
                self.amounts.push(Amount::of(&view.figure(*number)));
            }
        }
    }

    /// Adds the keys of these figures.
    fn add_keys(&mut self, name: u32, entry: &Entry, kept: StatSet) {
        let has = |stat| entry.numbers.contains(stat);
        if !has(Stat::Count) {
            let stat = EntryStat::Full(Stat::Count);
            self.keys.push(StatKey { name, stat });
        }
        for stat in entry.numbers.iter().filter(|stat| kept.contains(*stat)) {
            let is_lone = stat != Stat::Count && stat.partner().is_some_and(|it| !has(it));
            let stat = match is_lone {
                true => EntryStat::Lone(stat),
                false => EntryStat::Full(stat),
            };
            self.keys.push(StatKey { name, stat });
        }
    }
}
