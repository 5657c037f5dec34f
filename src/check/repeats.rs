//! Buckets of one group and interval that occur more than once, and the choice of the data that
//! counts.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use bigdecimal::BigDecimal;

use crate::record::{Bucket, Entry, Figure, Scalar, View};

use super::overlap::entry_number;

/// The treatment of a bucket that occurs more than once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Repeats {
    /// It is an error.
    #[default]
    Error,
    /// Equal copies count once; different ones are an error.
    Same,
    /// The last one counts, in the order of the inputs.
    Last,
}

impl Repeats {
    /// The names of the values, as options take them.
    pub const NAMES: [&'static str; 3] = ["error", "same", "last"];

    /// The value with this name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "error" => Some(Self::Error),
            "same" => Some(Self::Same),
            "last" => Some(Self::Last),
            _ => None,
        }
    }
}

/// A metric or view of a bucket, as copies of the bucket are compared.
#[derive(Debug, Clone, Copy)]
pub struct EntryContent {
    /// The number of its name and qualifier: see [`entry_number`].
    pub name: u64,
    /// Its number in the bucket.
    pub index: u32,
    /// A hash of its statistics: those that are equal as numbers have equal ones.
    content: u64,
}

impl EntryContent {
    /// Returns true if its statistics are equal to those of another.
    pub fn equals(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

/// The metrics and views of a bucket, by name.
pub fn contents(view: View<'_>, bucket: &Bucket) -> Vec<EntryContent> {
    let entries = (0..).zip(view.entries(bucket));
    let mut contents: Vec<EntryContent> = entries
        .map(|(index, entry)| EntryContent {
            name: entry_number(view, entry),
            index,
            content: content(view, bucket, entry, index),
        })
        .collect();
    contents.sort_unstable_by_key(|content| (content.name, content.index));
    contents
}

/// A number for all metrics and views of a bucket: equal ones have equal numbers.
pub fn contents_number(contents: &[EntryContent]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for entry in contents {
        (entry.name, entry.content).hash(&mut hasher);
    }
    hasher.finish()
}

fn content(view: View<'_>, bucket: &Bucket, entry: &Entry, index: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
        (stat as u8).hash(&mut hasher);
        number_hash(&view.figure(*number), &mut hasher);
    }
    let extras = view.extras(bucket, index as usize).iter();
    let extras = extras.filter(|extra| extra.value.has_value());
    let mut extras: Vec<(&str, String)> = extras
        .map(|extra| (view.str(extra.name), scalar(view, extra.value)))
        .collect();
    extras.sort_unstable();
    extras.hash(&mut hasher);
    hasher.finish()
}

fn scalar(view: View<'_>, value: Scalar) -> String {
    let text = view.scalar(value).unwrap_or_default();
    match value {
        Scalar::Number(_) => {
            canonical(text).map_or_else(|| text.to_owned(), |it| format!("{it:?}"))
        }
        _ => text.to_owned(),
    }
}

/// Returns true if two literals are the same number, or else the same text.
pub fn is_same(a: &str, b: &str) -> bool {
    a == b || canonical(a).is_some_and(|a| canonical(b) == Some(a))
}

/// The digits of a number without trailing zeros, and its exponent.
fn canonical(literal: &str) -> Option<(String, i64)> {
    let number: BigDecimal = literal.parse().ok()?;
    let (digits, exponent) = number.normalized().into_bigint_and_exponent();
    Some((digits.to_string(), exponent))
}

fn number_hash(figure: &Figure<'_>, hasher: &mut DefaultHasher) {
    match figure.whole() {
        Some(whole) => canonical_whole(whole).hash(hasher),
        None => match canonical(figure.literal()) {
            Some((digits, exponent)) => (digits, exponent).hash(hasher),
            None => figure.literal().hash(hasher),
        },
    }
}

/// Does the same as [`canonical`] for a whole number.
fn canonical_whole(mut whole: i64) -> (String, i64) {
    let mut exponent = 0;
    while whole != 0 && whole % 10 == 0 {
        whole /= 10;
        exponent -= 1;
    }
    (whole.to_string(), exponent)
}

/// A copy, by its position, and one of its entries by its number in the bucket: `None` where the copy
/// lacks an entry that the other one has.
pub type CopyEntry = (usize, Option<u32>);

/// Copies of one bucket that do not count, by their positions.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UncountedCopies {
    pub buckets: Vec<usize>,
    /// The first difference of each copy that differs from earlier ones, the earlier first.
    pub conflicts: Vec<[CopyEntry; 2]>,
    /// Number of copies that are equal to earlier ones, or were replaced by a later one.
    pub repeated: u64,
    /// Number of entries of replaced copies that have no successor.
    pub withdrawn: u64,
}

/// Counts equal copies once, at their first place. A copy shares an entry with the earlier ones that it
/// repeats, and has all of their entries and no others. Buckets without a common entry all count. A
/// bucket without entries is a copy of any other.
pub fn same(copies: &[&[EntryContent]]) -> UncountedCopies {
    let mut uncounted = UncountedCopies::default();
    let mut known = KnownEntries::new();
    let mut first: Option<(usize, bool)> = None;
    for (at, copy) in copies.iter().enumerate() {
        let owners = copy.iter().filter_map(|entry| known.get(&entry.name));
        let mut earlier: Vec<usize> = owners.map(|(owner, _)| *owner).collect();
        earlier.sort_unstable();
        earlier.dedup();
        match first {
            Some((first, is_empty)) if earlier.is_empty() && (is_empty || copy.is_empty()) => {
                earlier.push(first);
            }
            _ => {}
        }
        if earlier.is_empty() {
            first = first.or(Some((at, copy.is_empty())));
            for entry in *copy {
                known.entry(entry.name).or_insert((at, entry));
            }
            continue;
        }
        uncounted.buckets.push(at);
        match difference(copies, &known, at, &earlier) {
            Some(conflict) => uncounted.conflicts.push(conflict),
            None => uncounted.repeated += 1,
        }
    }
    uncounted
}

/// The entries of the copies that count, with the positions of the copies.
type KnownEntries<'c> = HashMap<u64, (usize, &'c EntryContent)>;

/// The first difference between a copy and those that it repeats.
fn difference(
    copies: &[&[EntryContent]],
    known: &KnownEntries<'_>,
    at: usize,
    earlier: &[usize],
) -> Option<[CopyEntry; 2]> {
    let copy = copies[at];
    let changed = copy.iter().find_map(|entry| {
        let (owner, known) = known.get(&entry.name)?;
        let pair = [(*owner, Some(known.index)), (at, Some(entry.index))];
        (!known.equals(entry)).then_some(pair)
    });
    let added = || {
        let entry = copy.iter().find(|entry| !known.contains_key(&entry.name))?;
        Some([(*earlier.first()?, None), (at, Some(entry.index))])
    };
    let lacking = |owner: &usize| {
        let mut entries = copies[*owner].iter();
        let is_missing = |entry: &&EntryContent| {
            copy.binary_search_by_key(&entry.name, |it| it.name)
                .is_err()
        };
        let entry = entries.find(is_missing)?;
        Some([(*owner, Some(entry.index)), (at, None)])
    };
    changed
        .or_else(added)
        .or_else(|| earlier.iter().find_map(lacking))
}

/// Counts the last of the copies that share a name, or of which one has no entries; copies without a
/// common name all count.
pub fn last(copies: &[&[EntryContent]]) -> UncountedCopies {
    let mut uncounted = UncountedCopies::default();
    // Names of later copies, and whether one that counts has them.
    let mut later: HashMap<u64, bool> = HashMap::new();
    let mut has_empty = false;
    for (at, copy) in copies.iter().enumerate().rev() {
        let is_empty = has_empty || copy.is_empty();
        let is_replaced = at + 1 < copies.len() && is_empty
            || copy.iter().any(|entry| later.contains_key(&entry.name));
        has_empty = is_empty;
        if is_replaced {
            uncounted.buckets.push(at);
            uncounted.repeated += 1;
        }
        for entry in *copy {
            let counts = later.entry(entry.name).or_insert(!is_replaced);
            uncounted.withdrawn += u64::from(is_replaced && !*counts);
        }
    }
    uncounted.buckets.reverse();
    uncounted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(entries: &[(u64, u64)]) -> Vec<EntryContent> {
        let entries = (0..).zip(entries);
        let entry = |(index, (name, content)): (u32, &(u64, u64))| EntryContent {
            name: *name,
            index,
            content: *content,
        };
        entries.map(entry).collect()
    }

    fn resolve(
        how: impl Fn(&[&[EntryContent]]) -> UncountedCopies,
        copies: &[&[(u64, u64)]],
    ) -> UncountedCopies {
        let copies: Vec<Vec<EntryContent>> = copies.iter().map(|it| copy(it)).collect();
        how(&copies.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn copies_that_share_an_entry_have_all_of_them() {
        let conflicts = |copies: &[&[(u64, u64)]]| resolve(same, copies).conflicts;
        let both: &[(u64, u64)] = &[(1, 10), (2, 20)];
        assert!(conflicts(&[both, both, &[(3, 30)], both]).is_empty());
        // A copy of two queries.
        assert!(conflicts(&[&[(1, 10)], &[(2, 20)], both, &[(2, 20)]]).is_empty());
        let lacks = [[(0, Some(1)), (1, None)]];
        assert_eq!(conflicts(&[both, &[(1, 10)]]), lacks);
        assert_eq!(conflicts(&[&[(1, 10)], both]), [[(0, None), (1, Some(1))]]);
        assert_eq!(conflicts(&[both, &[]]), [[(0, Some(0)), (1, None)]]);
        assert_eq!(conflicts(&[&[], both]), [[(0, None), (1, Some(0))]]);
        assert_eq!(resolve(same, &[&[], &[]]).repeated, 1);
        assert_eq!(resolve(last, &[both, &[]]).withdrawn, 2);
        assert_eq!(resolve(last, &[&[], &[(3, 30)], both]).buckets, [0]);
    }

    #[test]
    fn different_entries_are_conflicts() {
        let uncounted = resolve(same, &[&[(1, 10)], &[(1, 11)], &[(1, 10)]]);
        assert_eq!(uncounted.conflicts, [[(0, Some(0)), (1, Some(0))]]);
        assert_eq!(uncounted.buckets, [1, 2]);
        assert_eq!(uncounted.repeated, 1);
    }

    #[test]
    fn the_last_copy_replaces_those_before() {
        let uncounted = resolve(last, &[&[(1, 10), (2, 20)], &[(3, 30)], &[(1, 11)]]);
        assert_eq!(
            uncounted,
            UncountedCopies {
                buckets: vec![0],
                repeated: 1,
                withdrawn: 1,
                ..UncountedCopies::default()
            }
        );
    }
}
