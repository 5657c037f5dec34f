//! The statistics of the elements that one reader reads.

use crate::model::FigureId;
use crate::model::catalog::{self, absence::CounterScope};
use crate::model::stat::{Stat, StatSet};
use crate::record::{Bucket, Entry, View};
use crate::table::Filter;
use crate::table::entity_names::Attribute;

use super::Span;
use super::amount::{Addend, Amount};
use super::every::Every;
use super::keys::{key_of, number};
use super::stats::{EntryCounts, EntryStat};
use super::tally::Aggregate;

/// The periods into which buckets are joined.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Periods {
    /// One period for all buckets.
    #[default]
    Whole,
    /// The interval of each bucket.
    Own,
    /// The period that has all of a bucket.
    Every(Every),
    /// The period that has most of a bucket.
    Nearest(Every),
}

/// The groups, periods and statistics that are kept apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The dimensions that are kept; all of them for `None`.
    pub by: Option<Vec<String>>,
    /// Attributes of ids that are dimensions of their groups.
    pub attributes: Vec<Attribute>,
    pub periods: Periods,
    /// The statistics, besides counts, that are kept.
    pub stats: StatSet,
    /// The metrics that are kept; all of them for `None`.
    pub metrics: Option<&'static [&'static str]>,
    pub views: bool,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            by: None,
            attributes: Vec::new(),
            periods: Periods::Whole,
            stats: StatSet::ALL,
            metrics: None,
            views: true,
        }
    }
}

/// The bucket has no interval, or one that is beyond the calendar.
const NO_PERIOD: &str = "is in no period of --every";
/// The bucket lasts beyond the end of its period.
const STRADDLES: &str = "ends after its period of --every";

impl Scope {
    /// The period of a bucket, or the reason why it has none.
    fn span(&mut self, times: Option<Span>) -> Result<Option<Span>, &'static str> {
        let every = match &mut self.periods {
            Periods::Whole => return Ok(None),
            Periods::Own => return Ok(times.map(|(start, end)| (whole(start), whole(end)))),
            Periods::Nearest(every) => {
                let period = times.and_then(|times| every.of_bucket(times));
                return period.map(Some).ok_or(NO_PERIOD);
            }
            Periods::Every(every) => every,
        };
        let (start, end) = times.ok_or(NO_PERIOD)?;
        let period = every.of(start).ok_or(NO_PERIOD)?;
        match end <= period.1 {
            true => Ok(Some(period)),
            false => Err(STRADDLES),
        }
    }

    fn has_metric(&self, name: &str) -> bool {
        self.metrics.is_none_or(|metrics| metrics.contains(&name))
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
    /// Entries by their templates.
    templates: Vec<Option<KnownEntry>>,
}

/// The layout of an entry and its name.
#[derive(Debug, Clone, Copy)]
struct KnownEntry {
    name: u32,
    /// None where it is left out.
    layout: Option<u32>,
    /// The layout of its count alone, if it lacks the sum of what it counts.
    lone: Option<u32>,
    /// The place of the figure of each statistic of the layout among the numbers of the entry.
    ranks: [u8; Stat::ALL.len()],
    /// Number of statistics of the layout.
    stats: u8,
    /// Its families, where it is left out.
    families: u32,
}

impl<'f> Collector<'f> {
    /// Creates an empty collector.
    pub fn new(scope: &Scope, filter: &'f Filter) -> Self {
        Self {
            scope: scope.clone(),
            filter,
            all: Aggregate::default(),
            templates: Vec::new(),
        }
    }

    /// Adds the wanted buckets of a container, and returns the place of the last one; `unplaced`
    /// gets those that cannot be joined, with the reason.
    pub fn add(
        &mut self,
        view: View<'_>,
        mut unplaced: impl FnMut(&Bucket, &'static str),
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
            if let Some((_, tally)) = self.all.tallies.get_index_mut(at) {
                tally.buckets += 1;
                tally.scopes |= scopes;
            }
            has_figures |= self.bucket(at, view, bucket);
        }
        if let (Periods::Whole, Some((_, at))) = (&self.scope.periods, last)
            && let Some((_, tally)) = self.all.tallies.get_index_mut(at)
        {
            let buckets = view.buckets().iter();
            let buckets = buckets.filter(|bucket| self.filter.bucket(view, bucket));
            let covered = tally.covered.get_or_insert_default();
            covered.add(view, buckets, &mut self.all.texts);
        }
        if has_figures {
            self.all.addends.add(view);
        }
        last.map(|(_, at)| at)
    }

    /// The number of the group of a container, and its scope.
    fn group(&mut self, view: View<'_>) -> (u32, u64) {
        let dimensions = view.present_values();
        let dimensions = dimensions.filter(|(name, _)| self.scope.keeps(name));
        let mut dimensions: Vec<(&str, &str)> = dimensions.collect();
        for attribute in &self.scope.attributes {
            let mut group = view.group_values();
            let id = group.find(|(name, _)| *name == attribute.dimension);
            let names = &self.filter.names;
            let value = id.and_then(|(_, id)| names.attribute(id, attribute.column));
            dimensions.extend(value.map(|value| (attribute.name.as_str(), value)));
        }
        dimensions.sort_unstable();
        let key = key_of(dimensions.into_iter());
        let scope = CounterScope::of(view.present_values());
        let number = match self.all.groups.get_index_of(&*key) {
            Some(known) => known as u32,
            None => number(&mut self.all.groups, key.into()),
        };
        (number, self.all.scopes.set(scope))
    }

    /// Adds the statistics of a bucket. Returns true if there are any.
    fn bucket(&mut self, at: usize, view: View<'_>, bucket: &Bucket) -> bool {
        let entries = view.entries(bucket);
        if self.scope.metrics.is_none()
            && let Some((_, tally)) = self.all.tallies.get_index_mut(at)
        {
            let count =
                |it: &Entry| it.numbers.len() + usize::from(!it.numbers.contains(Stat::Count));
            let amounts = || entries.iter().map(count).sum();
            tally.stats.reserve(entries.len(), amounts);
        }
        let has_extras = view.has_extras();
        let (mut near, mut has_figures) = (0, false);
        for (index, entry) in entries.iter().enumerate() {
            let known = self.known(view, entry);
            let Some(layout) = known.layout else {
                if let Some((_, tally)) = self.all.tallies.get_index_mut(at) {
                    tally.unwanted_families |= known.families;
                }
                continue;
            };
            has_figures = true;
            let numbers = view.numbers(entry);
            let ranks = known.ranks.get(..usize::from(known.stats));
            let ranks = ranks.unwrap_or_default().iter();
            let figures = ranks.map(|rank| {
                let number = numbers.get(usize::from(*rank));
                number.map(|number| view.figure(*number))
            });
            self.put(at, layout, figures, &mut near);
            if let (Some(lone), Some(count)) = (known.lone, view.number(entry, Stat::Count))
                && Amount::of(&view.figure(count)).is_something()
            {
                let nothing = std::iter::once(Amount::Nothing);
                self.put(at, lone, nothing, &mut near.saturating_sub(1));
            }
            if has_extras {
                self.extras(at, known.name, (view, bucket, index));
            }
        }
        has_figures
    }

    #[inline]
    fn put(
        &mut self,
        at: usize,
        layout: u32,
        amounts: impl Iterator<Item = impl Addend>,
        near: &mut usize,
    ) {
        if let Some((_, tally)) = self.all.tallies.get_index_mut(at) {
            let counts = EntryCounts::Same(1);
            let layouts = &mut self.all.layouts;
            layouts.add(&mut tally.stats, layout, counts, amounts, near);
        }
    }

    /// Adds the statistics that the API did not have when this was built.
    #[cold]
    fn extras(&mut self, at: usize, owner: u32, (view, bucket, index): (View<'_>, &Bucket, usize)) {
        for extra in view.extras(bucket, index) {
            if let Some(amount) = Amount::of_scalar(view, extra.value) {
                let owner = self.all.names.get(owner).cloned().unwrap_or_default();
                let stat = view.str(extra.name).into();
                let name = self.all.names.number(FigureId { stat, ..owner });
                let layout = self.all.layouts.number(name, vec![EntryStat::Unknown]);
                self.put(at, layout, std::iter::once(amount), &mut 0);
            }
        }
    }

    #[inline]
    fn known(&mut self, view: View<'_>, entry: &Entry) -> KnownEntry {
        match self.templates.get(entry.template as usize) {
            Some(Some(known)) => *known,
            _ => self.look_up(view, entry),
        }
    }

    #[cold]
    fn look_up(&mut self, view: View<'_>, entry: &Entry) -> KnownEntry {
        let name = view.str(entry.name);
        let is_wanted = self.filter.metric(name)
            && self.scope.has_metric(name)
            && (self.scope.views || !entry.view);
        let mut known = KnownEntry {
            name: u32::MAX,
            layout: None,
            lone: None,
            ranks: [u8::MAX; Stat::ALL.len()],
            stats: 0,
            families: 0,
        };
        if !is_wanted {
            known.families = catalog::families(name);
        } else {
            known.name = self.all.names.number(FigureId {
                view: entry.view,
                name: name.into(),
                qualifier: view.qualifier(entry).into(),
                stat: String::new(),
            });
            let stats = stats(entry, self.scope.stats);
            known.stats = stats.len() as u8;
            for (rank, stat) in known.ranks.iter_mut().zip(&stats) {
                if let EntryStat::Full(stat) | EntryStat::Lone(stat) = stat
                    && entry.numbers.contains(*stat)
                {
                    *rank = entry.numbers.rank(*stat) as u8;
                }
            }
            known.layout = Some(self.all.layouts.number(known.name, stats));
            let facts = self.all.names.facts(known.name);
            let has = |stat| entry.numbers.contains(stat);
            if has(Stat::Count) && !has(Stat::Sum) && facts.is_some_and(|it| it.may_add) {
                let lone = vec![EntryStat::Lone(Stat::Count)];
                known.lone = Some(self.all.layouts.number(known.name, lone));
            }
        }
        if entry.template != u32::MAX {
            let at = entry.template as usize;
            if self.templates.len() <= at {
                self.templates.resize(at + 1, None);
            }
            if let Some(slot) = self.templates.get_mut(at) {
                *slot = Some(known);
            }
        }
        known
    }

    /// Returns the collected statistics.
    pub fn finish(self) -> Aggregate {
        self.all
    }
}

/// The statistics of an entry: the count, also where there is none, and the others that are kept.
fn stats(entry: &Entry, kept: StatSet) -> Vec<EntryStat> {
    let has = |stat| entry.numbers.contains(stat);
    let mut stats = vec![EntryStat::Full(Stat::Count)];
    for stat in entry.numbers.iter().filter(|stat| kept.contains(*stat)) {
        match stat.partner() {
            _ if stat == Stat::Count => {}
            Some(partner) if !has(partner) => stats.push(EntryStat::Lone(stat)),
            _ => stats.push(EntryStat::Full(stat)),
        }
    }
    stats
}
