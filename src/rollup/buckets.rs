//! Buckets with their merged statistics, by group and time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat};

use crate::model::catalog::absence::CounterScope;
use crate::model::stat::{StatSet, Unmerged};
use crate::model::time;
use crate::record::{Bucket, View};
use crate::table::{Filter, MergedScopes};

use super::every::{Every, Span};
use super::group::Group;
use super::groups::{self, Groups};
use super::names::Cache;

/// What is kept of groups and times.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The dimensions that are kept; all of them for `None`.
    pub by: Option<Vec<String>>,
    /// The periods into which buckets are joined; buckets stay for `None`.
    pub every: Option<Every>,
}

/// A bucket that cannot be joined with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unplaced {
    /// It has no interval, or one that is beyond the calendar.
    NoTime,
    /// It lasts beyond the end of its period.
    Straddles,
}

/// The name under which a key has the interval: no dimension has an empty name.
const INTERVAL: &str = "";

/// The beginning of the key of a bucket.
fn key(span: Span) -> String {
    groups::key_of(std::iter::once(&(INTERVAL, interval(span).as_str())))
}

/// An interval in UTC.
fn interval((start, end): Span) -> String {
    let text = |nanos| {
        let time = DateTime::from_timestamp_nanos(nanos);
        time.to_rfc3339_opts(SecondsFormat::Millis, true)
    };
    format!("{}/{}", text(start), text(end))
}

impl Scope {
    /// The period of a bucket; without periods its own interval, and nothing if it has none.
    fn span(&mut self, times: Option<Span>) -> Result<Option<Span>, Unplaced> {
        let Some(every) = &mut self.every else {
            return Ok(times);
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

/// Buckets of some elements, merged by group and time.
#[derive(Debug, Default)]
pub struct Buckets {
    pub(crate) groups: Groups,
}

/// Collects the buckets of the elements that one reader reads.
#[derive(Debug)]
pub struct BucketCollector<'s> {
    scope: Scope,
    filter: &'s Filter,
    buckets: Buckets,
    cache: Cache,
    /// The beginnings of keys by their intervals, which many groups have in common.
    intervals: HashMap<Span, String>,
}

impl<'s> BucketCollector<'s> {
    /// No buckets yet.
    pub fn new(scope: &Scope, filter: &'s Filter) -> Self {
        Self {
            scope: scope.clone(),
            filter,
            buckets: Buckets::default(),
            cache: Cache::default(),
            intervals: HashMap::new(),
        }
    }

    /// Adds the wanted buckets of a container; `unplaced` gets those that cannot be joined.
    pub fn add(&mut self, view: View<'_>, mut unplaced: impl FnMut(&Bucket, Unplaced)) {
        if !self.filter.group(view) {
            return;
        }
        let mut dimensions: Vec<(&str, &str)> = view
            .group_values()
            .filter(|(name, _)| self.scope.keeps(name))
            .collect();
        dimensions.sort_unstable();
        let Self {
            scope,
            filter,
            buckets,
            cache,
            intervals,
        } = self;
        let group_key = groups::key_of(dimensions.iter());
        let scopes = CounterScope::of(view.group_values());
        let scopes = buckets.groups.scopes.set(scopes);
        // Buckets of one period mostly follow one another.
        let mut last: Option<(Option<Span>, usize)> = None;
        let mut has_figures = false;
        for bucket in view.buckets() {
            if !filter.bucket(view, bucket) {
                continue;
            }
            let span = match scope.span(bucket.times) {
                Ok(span) => span,
                Err(why) => {
                    unplaced(bucket, why);
                    continue;
                }
            };
            let at = match last {
                Some((known, at)) if known == span => at,
                _ => {
                    let mut key = match span {
                        Some(span) => intervals.entry(span).or_insert_with(|| key(span)).clone(),
                        None => groups::key_of(std::iter::once(&(INTERVAL, ""))),
                    };
                    key.push_str(&group_key);
                    buckets.groups.place(key)
                }
            };
            last = Some((span, at));
            let Groups { names, list, .. } = &mut buckets.groups;
            let Some(group) = list.get_mut(at) else {
                continue;
            };
            group.scopes = group.scopes.or(scopes);
            let slots = &mut group.slots;
            let mut near = 0;
            for (index, entry) in view.entries(bucket).iter().enumerate() {
                if filter.metric(view.str(entry.name)) {
                    let name = cache.number(names, view, entry);
                    let place = (view, bucket, index);
                    slots.add(names, name, place, StatSet::ALL, &mut near);
                    has_figures = true;
                }
            }
        }
        if has_figures {
            buckets.groups.addends.add(view);
        }
    }

    /// The buckets.
    pub fn finish(self) -> Buckets {
        self.buckets
    }
}

impl Buckets {
    /// The order of the names, by their numbers.
    pub(super) fn ranks(&self) -> Vec<u32> {
        self.groups.names.ranks()
    }

    /// The statistics that have no merged value, with the reason and the number of entries that have
    /// them.
    pub fn left_out(&self) -> BTreeMap<(&str, Unmerged), u64> {
        let mut all = BTreeMap::new();
        for it in self.groups.iter().flat_map(Group::statistics) {
            if let Some(why) = it.unmerged {
                *all.entry((it.stat, why)).or_default() += u64::from(it.entries);
            }
        }
        all
    }

    /// Merges the buckets of later elements.
    pub fn merge(&mut self, other: Self) {
        self.groups.merge(other.groups);
    }

    /// The scopes of the buckets that were joined to each.
    pub fn scopes(&self) -> MergedScopes {
        let mut scopes = MergedScopes::default();
        let mut known: HashMap<Vec<CounterScope>, Arc<[CounterScope]>> = HashMap::new();
        for bucket in self.groups.iter().map(MergedBucket::new) {
            let own = bucket.group.scopes();
            let own = known
                .entry(own)
                .or_insert_with_key(|own| own.clone().into());
            let times = time::plain_interval(bucket.interval.as_bytes());
            scopes.add(&bucket.dimensions, times, Arc::clone(own));
        }
        scopes
    }

    /// The buckets in the order of their groups, and then of their times.
    pub fn sorted(&self) -> Vec<MergedBucket<'_>> {
        let mut all: Vec<MergedBucket<'_>> = self.groups.iter().map(MergedBucket::new).collect();
        all.sort_by(|a, b| (&a.dimensions, a.interval).cmp(&(&b.dimensions, b.interval)));
        all
    }
}

/// One bucket.
#[derive(Debug)]
pub struct MergedBucket<'b> {
    /// Sorted by name.
    pub dimensions: Vec<(&'b str, &'b str)>,
    /// In UTC; empty where there is none.
    pub interval: &'b str,
    pub group: Group<'b>,
}

impl<'b> MergedBucket<'b> {
    fn new(group: Group<'b>) -> Self {
        let mut dimensions = group.dimensions();
        let interval = match dimensions.first() {
            Some((INTERVAL, interval)) => *interval,
            _ => "",
        };
        dimensions.retain(|(name, _)| *name != INTERVAL);
        Self {
            dimensions,
            interval,
            group,
        }
    }
}
