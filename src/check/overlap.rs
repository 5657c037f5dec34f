//! Buckets of one group that overlap, within a file and across files (`T003`).

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hasher as _};

use crate::json::Span;
use crate::record::{Bucket, Entry, Scalar, View};

/// The group, time and names of a bucket, for the search for overlaps.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    group: u64,
    start: i64,
    end: i64,
    /// The set of metrics and qualifiers, by its key in [`Names`].
    names: u64,
}

impl Stretch {
    /// The key of its bucket.
    pub fn key(&self) -> BucketKey {
        (self.group, self.start, self.end)
    }

    /// True if its bucket has no interval.
    pub fn is_untimed(&self) -> bool {
        (self.start, self.end) == UNTIMED
    }

    /// Makes equal groups of different queries different.
    pub fn of_shape(&mut self, shape: usize) {
        self.group = hash(&(self.group, shape));
    }

    /// Returns true if its bucket has neither metrics nor views.
    fn is_empty(&self, names: &Names) -> bool {
        names.get(&self.names).is_none_or(Vec::is_empty)
    }
}

/// Sets of metric names by a hash of the set.
pub type Names = HashMap<u64, Vec<u64>>;

/// The stretches of the buckets of one container that are of these groups.
pub fn stretches<'v>(
    view: View<'v>,
    groups: &HashSet<u64>,
    names: &mut Names,
) -> Vec<(Stretch, &'v Bucket)> {
    let group = group_number(view);
    if !groups.contains(&group) {
        return Vec::new();
    }
    let stretch = |bucket: &'v Bucket| {
        let (start, end) = times(bucket)?;
        let set = metric_names(view, bucket);
        let key = hash(&set);
        names.entry(key).or_insert(set);
        let stretch = Stretch {
            group,
            start,
            end,
            names: key,
        };
        Some((stretch, bucket))
    };
    view.buckets().iter().filter_map(stretch).collect()
}

/// The time of buckets without an interval: all, since they can be of any time.
pub(super) const UNTIMED: (i64, i64) = (i64::MIN, i64::MAX);

/// The time that a bucket covers. `None` where the interval cannot be read.
pub fn times(bucket: &Bucket) -> Option<(i64, i64)> {
    bucket.times.or(has_no_interval(bucket).then_some(UNTIMED))
}

/// The group, start and end of a bucket: copies of it share them, as [`Stretch::key`] does.
pub type BucketKey = (u64, i64, i64);

/// The key of a bucket of a group with this number; `times` are absent without an interval.
pub fn bucket_key(group: u64, times: Option<(i64, i64)>) -> BucketKey {
    let (start, end) = times.unwrap_or(UNTIMED);
    (group, start, end)
}

/// Returns true if a bucket has no interval at all, as results of hand-made queries.
pub(super) fn has_no_interval(bucket: &Bucket) -> bool {
    matches!(bucket.interval, Scalar::Absent | Scalar::Null)
}

/// The buckets that have an interval, with the bucket's index, the bytes of the interval and its
/// instants in nanoseconds since 1970.
pub fn timed(view: View<'_>) -> impl Iterator<Item = (u32, &Bucket, Span, (i64, i64))> {
    view.buckets().iter().filter_map(move |bucket| {
        let span = view.token(bucket.interval.text()?);
        Some((bucket.index, bucket, span, bucket.times?))
    })
}

/// A number for the group of a container: the same for the same dimensions and values. An empty value is
/// an absent one.
pub fn group_number(view: View<'_>) -> u64 {
    dimensions_number(view.group_values())
}

/// The number of the group with these dimensions and values.
pub fn dimensions_number<'d>(dimensions: impl Iterator<Item = (&'d str, &'d str)>) -> u64 {
    let present = dimensions.filter(|(_, value)| !value.is_empty());
    let mut present: Vec<(&str, &str)> = present.collect();
    present.sort_unstable();
    hash(&present)
}

pub(super) fn name_number(view: bool, name: &str, qualifier: Option<&str>) -> u64 {
    hash(&(if view { "view" } else { "metric" }, name, qualifier))
}

/// A number for the name and the qualifier of a metric or view.
pub fn entry_number(view: View<'_>, entry: &Entry) -> u64 {
    let qualifier = entry.qualifier.text().map(|slice| view.str(slice));
    name_number(entry.view, view.str(entry.name), qualifier)
}

/// A number for the name of a metric or view, without its qualifier.
pub fn metric_number(view: View<'_>, entry: &Entry) -> u64 {
    name_number(entry.view, view.str(entry.name), None)
}

fn metric_names(view: View<'_>, bucket: &Bucket) -> Vec<u64> {
    let entries = view.entries(bucket).iter();
    let mut set: Vec<u64> = entries.map(|entry| entry_number(view, entry)).collect();
    set.sort_unstable();
    set
}

/// A number for a value: equal values have equal numbers.
pub fn hash(value: &impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Two buckets that would count one event twice, or that are copies of which one is empty: positions
/// in the list given, the earlier first. Each bucket is the later one at most once.
pub fn overlaps(stretches: &[Stretch], names: &Names) -> Vec<(usize, usize)> {
    let mut found = shared_times(stretches, names);
    found.extend(empty_copies(stretches, names));
    found.sort_by_key(|&(earlier, later)| (later, earlier));
    found.dedup_by_key(|&mut (_, later)| later);
    found
}

/// Copies of one bucket of which one has no names.
fn empty_copies(stretches: &[Stretch], names: &Names) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..stretches.len()).collect();
    order.sort_by_key(|&index| (stretches[index].key(), index));
    let is_empty = |index: usize| stretches[index].is_empty(names);
    let copies = order.chunk_by(|a, b| stretches[*a].key() == stretches[*b].key());
    copies
        .filter_map(|copies| copies.split_first())
        .flat_map(|(first, later)| {
            let later = later.iter().filter(|it| is_empty(*first) || is_empty(**it));
            later.map(|it| (*first, *it))
        })
        .collect()
}

/// Two buckets of one group that share time and a name.
fn shared_times(stretches: &[Stretch], names: &Names) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..stretches.len()).collect();
    order.sort_by_key(|&index| (stretches[index].group, stretches[index].start, index));
    let mut found = Vec::new();
    let of_one_group = |a: &usize, b: &usize| stretches[*a].group == stretches[*b].group;
    for group in order.chunk_by(of_one_group) {
        let mut open = OpenBuckets::default();
        for &index in group {
            let this = &stretches[index];
            let set = names.get(&this.names).map_or(&[][..], Vec::as_slice);
            if let Some(earlier) = open.first(set, this.start) {
                found.push((earlier.min(index), earlier.max(index)));
                // The wider one stays, so that a thousand copies are a thousand findings, not more.
                if stretches[earlier].end >= this.end {
                    continue;
                }
            }
            open.add(set, index, this.end);
        }
    }
    found
}

/// Buckets of one group that have not ended, by their names. The cost of a bucket depends on its own
/// names, not on the number of open buckets.
#[derive(Debug, Default)]
struct OpenBuckets {
    added: usize,
    /// In the order in which they were added, with ends that increase: a bucket that ends before
    /// an earlier one of its name is never the first to be found.
    ///
    /// Each has the number of buckets that were added before, its index and its end.
    by_name: HashMap<u64, VecDeque<(usize, usize, i64)>>,
}

impl OpenBuckets {
    /// Returns the first added bucket that has one of these names and ends after `start`. `start`
    /// must not decrease between calls.
    fn first(&mut self, names: &[u64], start: i64) -> Option<usize> {
        let first = names.iter().filter_map(|name| {
            let open = self.by_name.get_mut(name)?;
            while open.front().is_some_and(|(.., end)| *end <= start) {
                open.pop_front();
            }
            open.front().copied()
        });
        let (_, index, _) = first.min()?;
        Some(index)
    }

    fn add(&mut self, names: &[u64], index: usize, end: i64) {
        let rank = self.added;
        self.added += 1;
        for name in names {
            let open = self.by_name.entry(*name).or_default();
            if open.back().is_none_or(|(.., last)| *last < end) {
                open.push_back((rank, index, end));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::chains::{ChainCollector, Chains, suspects};
    use crate::record::{Container, Interner};

    fn count(containers: &[&str]) -> usize {
        let (mut names, mut list) = (Names::new(), Vec::new());
        let mut interner = Interner::default();
        let mut chains: Vec<Chains> = Vec::new();
        for text in containers {
            let mut record = Container::default();
            assert!(record.read(text, Span::new(0, text.len()), &mut interner));
            let view = record.view(text);
            let groups = HashSet::from([group_number(view)]);
            let found = stretches(view, &groups, &mut names).into_iter();
            list.extend(found.map(|(stretch, _)| stretch));
            let mut collector = ChainCollector::default();
            collector.add(view, &interner, 0);
            chains.push(collector.finish(&interner));
        }
        let found = overlaps(&list, &names).len();
        // Whatever overlaps must be suspected before, one by one and side by side.
        let mut joined = Chains::default();
        chains.iter().for_each(|part| joined.merge(part.clone()));
        let side_by_side: Vec<&Chains> = chains.iter().collect();
        assert_eq!(suspects(&side_by_side).is_empty(), found == 0);
        assert!(found == 0 || !suspects(&[&joined]).is_empty());
        found
    }

    fn bucket(group: &str, hours: (u8, u8), metric: &str) -> String {
        let (start, end) = hours;
        format!(
            r#"{{"group":{{"queueId":"{group}"}},"data":[{{"interval":"2026-03-02T{start:02}:00:00Z/2026-03-02T{end:02}:00:00Z","metrics":[{{"metric":"{metric}"}}]}}]}}"#
        )
    }

    #[test]
    fn a_bucket_that_overlaps_many_is_told_once() {
        let hours: Vec<String> = (8..12)
            .map(|hour| bucket("a", (hour, hour + 1), "nOffered"))
            .collect();
        let day = bucket("a", (8, 12), "nOffered");
        let mut containers: Vec<&str> = hours.iter().map(String::as_str).collect();
        containers.push(&day);
        assert_eq!(count(&containers), 1);
        containers.rotate_right(1);
        assert_eq!(count(&containers), 4);
    }

    /// The search by comparing each bucket with all that are open.
    fn by_pairs(stretches: &[Stretch], names: &Names) -> Vec<(usize, usize)> {
        let mut order: Vec<usize> = (0..stretches.len()).collect();
        order.sort_by_key(|&index| (stretches[index].group, stretches[index].start, index));
        let (mut found, mut open) = (Vec::new(), Vec::<usize>::new());
        for index in order {
            let this = &stretches[index];
            let clash = open.iter().copied().find(|&earlier| {
                let that = &stretches[earlier];
                let shared = names[&that.names].iter();
                that.group == this.group
                    && that.end > this.start
                    && shared.clone().any(|name| names[&this.names].contains(name))
            });
            if let Some(earlier) = clash {
                found.push((earlier.min(index), earlier.max(index)));
                if stretches[earlier].end >= this.end {
                    continue;
                }
            }
            open.push(index);
        }
        found.sort_by_key(|&(earlier, later)| (later, earlier));
        found.dedup_by_key(|&mut (_, later)| later);
        found
    }

    proptest::proptest! {
        #[test]
        fn finds_what_comparing_all_pairs_finds(
            buckets in proptest::collection::vec((0..2_u64, 0..20_i64, 1..9_i64, 0..16_u64), 0..60)
        ) {
            // The bits of a set are its names.
            let names: Names = (0..16)
                .map(|set| (set, (0..4).filter(|bit| set & (1 << bit) != 0).collect()))
                .collect();
            let stretch = |(group, start, length, set)| Stretch {
                group,
                start,
                end: start + length,
                names: set,
            };
            let stretches: Vec<Stretch> = buckets.into_iter().map(stretch).collect();
            let mut found = shared_times(&stretches, &names);
            found.sort_by_key(|&(earlier, later)| (later, earlier));
            found.dedup_by_key(|&mut (_, later)| later);
            proptest::prop_assert_eq!(found, by_pairs(&stretches, &names));
        }
    }

    #[test]
    fn buckets_that_are_open_together_are_not_compared_with_each_other() {
        let mut open = OpenBuckets::default();
        let count = 10_000;
        for index in 0..count {
            let name = [index as u64];
            assert_eq!(open.first(&name, 0), None);
            open.add(&name, index, 100);
        }
        // One entry per name, and one of a thousand copies.
        for index in count..count + 1000 {
            assert_eq!(open.first(&[7], 0), Some(7));
            open.add(&[7], index, 100);
        }
        assert_eq!(
            open.by_name.values().map(VecDeque::len).sum::<usize>(),
            count
        );
    }

    #[test]
    fn only_shared_time_group_and_metric_clash() {
        let a = bucket("a", (8, 10), "nOffered");
        for (other, clashes) in [
            (bucket("a", (9, 11), "nOffered"), 1),
            (bucket("a", (8, 10), "nOffered"), 1),
            (bucket("a", (10, 11), "nOffered"), 0),
            (bucket("b", (9, 11), "nOffered"), 0),
            (bucket("a", (9, 11), "tHandle"), 0),
        ] {
            assert_eq!(count(&[&a, &other]), clashes, "{other}");
        }
    }
}
