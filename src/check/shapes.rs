//! Query shapes: documents whose sets of dimensions differ and whose buckets of one metric overlap in
//! time come from different queries, and are never added to each other.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::input::frame::Opened;
use crate::input::identify;
use crate::json::Path;

use super::dimensions::GroupDimensions;
use super::overlap;

/// The dimensions that occur in a document.
pub type DimensionSet = BTreeSet<String>;

/// Times in nanoseconds since 1970, in the order in which they were added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeCoverage(Vec<(i64, i64)>);

impl TimeCoverage {
    /// Adds a time.
    pub fn add(&mut self, (start, end): (i64, i64)) {
        match self.0.last_mut() {
            // Buckets mostly follow one another.
            Some(last) if start >= last.0 && start <= last.1 => last.1 = last.1.max(end),
            _ => self.0.push((start, end)),
        }
    }

    /// Adds other times.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|times| self.add(*times));
    }

    /// Returns true if some time is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        any_overlap([self, other].into_iter())
    }
}

/// Returns true if some time is in two of several.
pub fn any_overlap<'c>(all: impl Iterator<Item = &'c TimeCoverage>) -> bool {
    let times = all.enumerate();
    let mut times: Vec<((i64, i64), usize)> = times
        .flat_map(|(owner, coverage)| coverage.0.iter().map(move |times| (*times, owner)))
        .collect();
    times.sort_unstable();
    // The latest end so far, and whose it is; and the latest of others.
    let (mut last, mut other) = ((i64::MIN, usize::MAX), i64::MIN);
    for ((start, end), owner) in times {
        let before = if last.1 == owner { other } else { last.0 };
        if start < end && start < before {
            return true;
        }
        match last.1 == owner {
            true => last.0 = last.0.max(end),
            false if end > last.0 => (other, last) = (last.0, (end, owner)),
            false => other = other.max(end),
        }
    }
    false
}

/// The times that documents with one set of dimensions cover, by the number of a metric.
pub type MetricCoverage = HashMap<u64, TimeCoverage>;

/// The relation of a document to the query of other documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentRole {
    /// A whole response, or the last page of one.
    Response,
    /// A page that another follows.
    Page,
    /// A container that was taken out of a response: those that follow one another in an input are of
    /// one query.
    Part,
    /// One of several responses by id: those with the same dimensions are of one query.
    Mapped,
    /// A notification. Those of one kind of topic are of one query, wherever they are; without a topic,
    /// those with the same dimensions. The number is that of the kind of topic.
    Push(Option<u64>),
}

impl DocumentRole {
    /// The role of a document, whose outermost value has this path.
    pub fn of(opened: Option<&Opened>, path: &Path, topic: Option<&str>, has_cursor: bool) -> Self {
        match opened {
            Some(opened) if opened.is_push() => Self::Push(topic.map(topic_number)),
            Some(opened) if opened.single => Self::Part,
            _ if identify::is_of_responses(path) => Self::Mapped,
            _ if has_cursor => Self::Page,
            _ => Self::Response,
        }
    }
}

/// A number for the kind of a topic: its name without the id, as in `v2.analytics.queues.{id}.aggregates`.
fn topic_number(name: &str) -> u64 {
    let words: Vec<&str> = name.split('.').collect();
    let kind = words.iter().enumerate();
    let kind: Vec<&str> = kind.filter(|(at, _)| *at != 3).map(|(_, it)| *it).collect();
    overlap::hash(&kind)
}

/// The dimensions, role and size of a document.
#[derive(Debug, Clone, Copy)]
pub struct DocumentShape {
    /// The number of its set of dimensions, or none where it has no data.
    pub set: Option<u32>,
    pub role: DocumentRole,
    buckets: u64,
}

/// The shapes of the documents of an input, for the search for query shapes.
#[derive(Debug, Default)]
pub struct DocumentShapes {
    pub sets: Vec<(Arc<DimensionSet>, TimeCoverage)>,
    known: HashMap<Arc<DimensionSet>, u32>,
    /// The dimensions that have a value somewhere.
    pub valued: DimensionSet,
    pub documents: Vec<DocumentShape>,
    /// The dimensions that the query of a document flattened, by the number of the document.
    pub flattened: BTreeMap<usize, DimensionSet>,
}

impl DocumentShapes {
    /// Adds a document with these groups, so many buckets and the time that they cover.
    pub fn add(
        &mut self,
        groups: &GroupDimensions,
        (buckets, times): (u64, &TimeCoverage),
        role: DocumentRole,
    ) {
        let (dimensions, valued) = (groups.names(), groups.valued());
        if !valued.is_subset(&self.valued) {
            self.valued.extend(valued.iter().cloned());
        }
        if !groups.flattened().is_empty() {
            let document = self.documents.len();
            self.flattened.insert(document, groups.flattened().clone());
        }
        let at = self.number(dimensions);
        if let Some((_, covered)) = self.sets.get_mut(at as usize) {
            covered.merge(times);
        }
        self.documents.push(DocumentShape {
            set: Some(at),
            role,
            buckets,
        });
    }

    /// The number of a set of dimensions.
    fn number(&mut self, dimensions: &DimensionSet) -> u32 {
        if let Some(at) = self.known.get(dimensions) {
            return *at;
        }
        let (at, set) = (self.sets.len() as u32, Arc::new(dimensions.clone()));
        self.known.insert(Arc::clone(&set), at);
        self.sets.push((set, TimeCoverage::default()));
        at
    }

    /// Gives a document the dimensions of the query that it is of.
    pub fn assign(&mut self, document: usize, dimensions: &DimensionSet) {
        let at = self.number(dimensions);
        if let Some(document) = self.documents.get_mut(document) {
            document.set = Some(at);
        }
    }

    /// Adds a document without data.
    pub fn add_empty(&mut self, role: DocumentRole) {
        self.documents.push(DocumentShape {
            set: None,
            role,
            buckets: 0,
        });
    }

    /// Returns the number of buckets of a document.
    pub fn buckets(&self, document: usize) -> u64 {
        self.documents.get(document).map_or(0, |it| it.buckets)
    }
}

/// Number of shapes that are distinguished.
pub const MOST: usize = 64;

/// Documents with sets of dimensions that do not conflict.
#[derive(Debug, Default)]
struct QueryShape {
    /// True if it is the total of a query with more dimensions.
    is_total: bool,
    sets: Vec<usize>,
    coverage: MetricCoverage,
}

/// Returns true if both cover the same time for one metric.
fn conflicts(a: &MetricCoverage, b: &MetricCoverage) -> bool {
    let mut shared = b.iter().filter_map(|(name, it)| Some((it, a.get(name)?)));
    shared.any(|(a, b)| a.overlaps(b))
}

/// Two sets of different shapes that conflict: a place in the first shape, then one in the second.
pub fn conflict(
    sets: &BTreeMap<&DimensionSet, MetricCoverage>,
    found: &[usize],
) -> Option<[usize; 2]> {
    let of = |shape| {
        let places = found.iter().zip(sets.values()).enumerate();
        places.filter(move |(_, (it, _))| **it == shape)
    };
    of(1).find_map(|(second, (_, covered))| {
        let first = of(0).find(|(_, (_, other))| conflicts(other, covered))?;
        Some([first.0, second])
    })
}

impl QueryShape {
    fn add(&mut self, set: usize, coverage: &MetricCoverage) {
        self.sets.push(set);
        for (name, times) in coverage {
            self.coverage.entry(*name).or_default().merge(times);
        }
    }
}

/// The shape of each set of dimensions, counted from 0; shapes with fewer dimensions come first.
/// Sets that never cover the same time for one metric share a shape: a smaller set on another day is
/// the same query with fewer groups. A set that conflicts with a larger one is a total: larger sets
/// with other metrics are not of its query. `None` where there are more than [`MOST`].
pub fn shapes(sets: &BTreeMap<&DimensionSet, MetricCoverage>) -> Option<Vec<usize>> {
    let list: Vec<(&&DimensionSet, &MetricCoverage)> = sets.iter().collect();
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by_key(|at| (list[*at].0.len(), *at));
    let mut shapes: Vec<QueryShape> = Vec::new();
    let mut found = vec![0; list.len()];
    for at in order {
        let (set, coverage) = list[at];
        let is_part = |shape: &QueryShape| {
            // The last sets are the largest.
            let mut others = shape
                .sets
                .iter()
                .rev()
                .take(MOST)
                .map(|other| list[*other].0);
            others.any(|other| other.is_subset(set))
        };
        let fitting = (0..).zip(&shapes).filter(|(_, shape)| {
            let has_same = || {
                let mut names = coverage.keys();
                names.any(|name| shape.coverage.contains_key(name))
            };
            (!shape.is_total || !is_part(shape) || has_same())
                && !conflicts(&shape.coverage, coverage)
        });
        let fitting: Vec<(usize, bool)> = fitting.map(|(at, it)| (at, is_part(it))).collect();
        let part = fitting.iter().find(|(_, is_part)| *is_part);
        let shape = match part.or(fitting.first()) {
            Some((shape, _)) => *shape,
            None if shapes.len() == MOST => return None,
            None => {
                let mut larger = list
                    .iter()
                    .filter(|(it, _)| it.len() > set.len() && set.is_subset(it));
                shapes.push(QueryShape {
                    is_total: larger.any(|(_, other)| conflicts(coverage, other)),
                    ..QueryShape::default()
                });
                shapes.len() - 1
            }
        };
        if let Some(shape) = shapes.get_mut(shape) {
            shape.add(at, coverage);
        }
        found[at] = shape;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> DimensionSet {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// TimeCoverage of metrics, each with a day.
    fn covers(days: &[(u64, i64)]) -> MetricCoverage {
        let mut coverage = MetricCoverage::new();
        for (metric, day) in days {
            coverage.entry(*metric).or_default().add((*day, *day + 1));
        }
        coverage
    }

    #[test]
    fn sets_that_cover_one_time_for_one_metric_are_different_queries() {
        let (media, queue) = (set(&["mediaType"]), set(&["mediaType", "queueId"]));
        let code = set(&["mediaType", "wrapUpCode"]);
        let shapes_of = |days: [&[(u64, i64)]; 3]| {
            let sets = [&media, &queue, &code].into_iter().zip(days);
            shapes(&sets.map(|(set, days)| (set, covers(days))).collect()).unwrap()
        };
        // In the order of the sets.
        assert_eq!(shapes_of([&[(1, 1)], &[(1, 1)], &[(1, 1)]]), [0, 1, 2]);
        assert_eq!(shapes_of([&[(1, 1)], &[(1, 2)], &[(1, 1)]]), [0, 0, 1]);
        assert_eq!(shapes_of([&[(1, 1)], &[(2, 1)], &[(3, 1)]]), [0, 0, 0]);
        // The first is the total of the second, and not a part of the third.
        assert_eq!(
            shapes_of([&[(1, 1)], &[(1, 1), (2, 1)], &[(2, 1)]]),
            [0, 1, 2]
        );
        assert_eq!(shapes_of([&[], &[(1, 1)], &[(1, 1)]]), [0, 0, 1]);
    }

    #[test]
    fn times_overlap_in_any_order() {
        let of = |times: &[(i64, i64)]| {
            let mut coverage = TimeCoverage::default();
            times.iter().for_each(|times| coverage.add(*times));
            coverage
        };
        assert!(of(&[(5, 6), (0, 2)]).overlaps(&of(&[(1, 3)])));
        assert!(!of(&[(5, 6), (0, 2)]).overlaps(&of(&[(2, 5), (6, 9)])));
        assert_eq!(of(&[(0, 2), (2, 5)]), of(&[(0, 5)]));
        assert!(of(&[(0, 10), (3, 4)]).overlaps(&of(&[(8, 9)])));
    }
}
