//! Query shapes: documents whose sets of dimensions differ and whose buckets of one metric overlap in
//! time come from different queries, and are never added to each other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The dimensions that occur in a document.
pub type DimensionSet = BTreeSet<String>;

/// Times in nanoseconds since 1970 that do not touch, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(Vec<(i64, i64)>);

impl Coverage {
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

    fn sorted(&self) -> Vec<(i64, i64)> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted
    }

    /// Whether some time is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (a, b) = (self.sorted(), other.sorted());
        let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
        while let (Some(x), Some(y)) = (left.peek(), right.peek()) {
            if x.0.max(y.0) < x.1.min(y.1) {
                return true;
            }
            match x.1 <= y.1 {
                true => left.next(),
                false => right.next(),
            };
        }
        false
    }
}

/// The times that documents with one set of dimensions cover, by the number of a metric.
pub type MetricCoverage = HashMap<u64, Coverage>;

fn conflict(a: &MetricCoverage, b: &MetricCoverage) -> bool {
    let mut shared = a.iter().filter_map(|(name, own)| Some((own, b.get(name)?)));
    shared.any(|(a, b)| a.overlaps(b))
}

/// The shape of each set of dimensions, counted from 0; shapes with fewer dimensions come first.
/// Sets that never cover the same time for one metric share a shape: a smaller set on another day is
/// the same query with fewer groups.
pub fn shapes(sets: &BTreeMap<&DimensionSet, MetricCoverage>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sets.len()).collect();
    let list: Vec<(&&DimensionSet, &MetricCoverage)> = sets.iter().collect();
    order.sort_by_key(|at| (list[*at].0.len(), *at));
    let mut shapes: Vec<Vec<usize>> = Vec::new();
    let mut found = vec![0; list.len()];
    for at in order {
        let (set, coverage) = list[at];
        let fits = |members: &&Vec<usize>| {
            let mut members = members.iter();
            members.all(|other| !conflict(coverage, list[*other].1))
        };
        let is_part = |members: &&Vec<usize>| {
            let mut members = members.iter();
            members.any(|other| list[*other].0.is_subset(set) || set.is_subset(list[*other].0))
        };
        let mut fitting = (0..).zip(&shapes).filter(|(_, members)| fits(members));
        let first = fitting.clone().next();
        let part = fitting.find(|(_, members)| is_part(members));
        let shape = match part.or(first) {
            Some((shape, _)) => shape,
            None => {
                shapes.push(Vec::new());
                shapes.len() - 1
            }
        };
        if let Some(members) = shapes.get_mut(shape) {
            members.push(at);
        }
        found[at] = shape;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> DimensionSet {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// Coverage of metrics, each with a day.
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
            shapes(&sets.map(|(set, days)| (set, covers(days))).collect())
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
            let mut coverage = Coverage::default();
            times.iter().for_each(|times| coverage.add(*times));
            coverage
        };
        assert!(of(&[(5, 6), (0, 2)]).overlaps(&of(&[(1, 3)])));
        assert!(!of(&[(5, 6), (0, 2)]).overlaps(&of(&[(2, 5), (6, 9)])));
        assert_eq!(of(&[(0, 2), (2, 5)]), of(&[(0, 5)]));
        assert!(of(&[(0, 10), (3, 4)]).overlaps(&of(&[(8, 9)])));
    }
}
