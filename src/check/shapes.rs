//! Query shapes: documents whose sets of dimensions differ and whose buckets of one metric overlap in
//! time come from different queries, and are never added to each other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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

    /// Whether some time is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        any_overlap([self, other].into_iter())
    }
}

/// Whether some time is in two of several.
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

/// How many shapes are told apart.
pub const MOST: usize = 64;

/// Documents with sets of dimensions that do not conflict.
#[derive(Debug, Default)]
struct QueryShape {
    sets: Vec<usize>,
    coverage: MetricCoverage,
}

impl QueryShape {
    fn conflicts(&self, coverage: &MetricCoverage) -> bool {
        let own = &self.coverage;
        let mut shared = coverage
            .iter()
            .filter_map(|(name, it)| Some((it, own.get(name)?)));
        shared.any(|(a, b)| a.overlaps(b))
    }

    fn add(&mut self, set: usize, coverage: &MetricCoverage) {
        self.sets.push(set);
        for (name, times) in coverage {
            self.coverage.entry(*name).or_default().merge(times);
        }
    }
}

/// The shape of each set of dimensions, counted from 0; shapes with fewer dimensions come first.
/// Sets that never cover the same time for one metric share a shape: a smaller set on another day is
/// the same query with fewer groups. `None` where there are more than [`MOST`].
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
        let fitting = (0..)
            .zip(&shapes)
            .filter(|(_, shape)| !shape.conflicts(coverage));
        let fitting: Vec<(usize, bool)> = fitting.map(|(at, it)| (at, is_part(it))).collect();
        let part = fitting.iter().find(|(_, is_part)| *is_part);
        let shape = match part.or(fitting.first()) {
            Some((shape, _)) => *shape,
            None if shapes.len() == MOST => return None,
            None => {
                shapes.push(QueryShape::default());
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
