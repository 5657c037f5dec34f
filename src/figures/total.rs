//! Statistics of one metric merged over buckets and files.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};

use crate::document::aggregates::halves;
use crate::document::stat::Stat;
use crate::document::time;
use crate::json::number::Decimal;
use crate::json::text;
use crate::record::{Bucket, Entry, View};
use crate::table::Filter;

/// The merged statistics of one metric, qualifier or view. Absent is not zero.
#[derive(Debug, Clone, Default)]
pub struct Total {
    pub count: Option<Decimal>,
    pub sum: Option<Decimal>,
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
    pub numerator: Option<Decimal>,
    pub denominator: Option<Decimal>,
    /// The target, where all of them are equal.
    pub target: Option<Option<String>>,
    /// The last `current`, which is a setting and no measurement.
    pub current: Option<String>,
    /// A figure was beyond exact arithmetic, so the merged one is unknown.
    pub beyond: bool,
}

impl Total {
    fn add(&mut self, view: View<'_>, entry: &Entry) {
        for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
            let figure = view.figure(*number);
            let literal = figure.literal();
            match stat {
                Stat::Target => {
                    let same = match &self.target {
                        None => true,
                        Some(known) => known.as_deref().is_some_and(|it| equal(it, literal)),
                    };
                    self.target = Some(same.then(|| literal.to_owned()));
                    continue;
                }
                Stat::Current => {
                    self.current = Some(literal.to_owned());
                    continue;
                }
                _ => {}
            }
            let Some(figure) = figure.decimal() else {
                self.beyond = true;
                continue;
            };
            let merged = match stat {
                Stat::Count => Self::plus(&mut self.count, figure),
                Stat::Sum => Self::plus(&mut self.sum, figure),
                Stat::Numerator => Self::plus(&mut self.numerator, figure),
                Stat::Denominator => Self::plus(&mut self.denominator, figure),
                Stat::Min => Self::pick(&mut self.min, figure, Ordering::Less),
                Stat::Max => Self::pick(&mut self.max, figure, Ordering::Greater),
                _ => Some(()),
            };
            self.beyond |= merged.is_none();
        }
    }

    fn plus(slot: &mut Option<Decimal>, figure: Decimal) -> Option<()> {
        *slot = Some(match *slot {
            Some(known) => known.plus(figure)?,
            None => figure,
        });
        Some(())
    }

    fn pick(slot: &mut Option<Decimal>, figure: Decimal, better: Ordering) -> Option<()> {
        match *slot {
            Some(known) if figure.compare(known)? != better => {}
            _ => *slot = Some(figure),
        }
        Some(())
    }

    /// `sum / count`, rounded half to even to `places`.
    pub fn average(&self, places: u32) -> Option<Decimal> {
        self.sum?.divided(self.count?, places)
    }
}

/// Whether two literals are the same number, however they are written.
fn equal(a: &str, b: &str) -> bool {
    match (Decimal::parse(a), Decimal::parse(b)) {
        (Some(a), Some(b)) => a.compare(b) == Some(Ordering::Equal),
        _ => a == b,
    }
}

/// The key of a [`Total`]: whether it is a view, the name, the qualifier.
pub type Key = (bool, String, String);

/// How many totals are kept in a list; a tree of a few takes room for many.
const FEW: usize = 24;

/// Totals by their keys, in the keys' order. There may be a million groups, of a few metrics each.
#[derive(Debug, Clone)]
pub enum Totals {
    Few(Vec<(Key, Total)>),
    Many(BTreeMap<Key, Total>),
}

impl Default for Totals {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Totals {
    /// That of a key.
    pub fn get(&self, key: &Key) -> Option<&Total> {
        match self {
            Self::Few(list) => {
                let at = list.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
                list.get(at).map(|(_, total)| total)
            }
            Self::Many(tree) => tree.get(key),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Total)> {
        let (few, many) = match self {
            Self::Few(list) => (Some(list), None),
            Self::Many(tree) => (None, Some(tree)),
        };
        let few = few.into_iter().flatten().map(|(key, total)| (key, total));
        few.chain(many.into_iter().flatten())
    }

    /// That of a key, which is made where there is none yet.
    fn of(&mut self, key: Key) -> &mut Total {
        if let Self::Few(list) = self
            && list.len() == FEW
            && list.binary_search_by(|(known, _)| known.cmp(&key)).is_err()
        {
            *self = Self::Many(std::mem::take(list).into_iter().collect());
        }
        match self {
            Self::Few(list) => {
                let at = match list.binary_search_by(|(known, _)| known.cmp(&key)) {
                    Ok(at) => at,
                    Err(at) => {
                        list.reserve_exact(usize::from(list.is_empty()));
                        list.insert(at, (key, Total::default()));
                        at
                    }
                };
                &mut list[at].1
            }
            Self::Many(tree) => tree.entry(key).or_default(),
        }
    }
}

/// Everything of one group, merged.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Dimensions and values, by name.
    pub dimensions: Vec<(String, String)>,
    pub totals: Totals,
    pub buckets: u64,
    start: Option<Instant>,
    end: Option<Instant>,
}

/// An instant, to compare by, and how it was written, to show.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Instant {
    time: DateTime<FixedOffset>,
    text: String,
}

impl Group {
    /// A group without any bucket yet.
    pub fn new(dimensions: Vec<(String, String)>) -> Self {
        Self {
            dimensions,
            ..Self::default()
        }
    }

    /// The dimensions of a container, as a group's identity.
    pub fn dimensions_of(view: View<'_>) -> Vec<(String, String)> {
        let mut dimensions: Vec<(String, String)> = view
            .group_values()
            .map(|(name, value)| (text::printable(name), text::printable(value)))
            .collect();
        dimensions.sort();
        dimensions
    }

    /// Merges the wanted buckets of a container.
    pub fn add(&mut self, view: View<'_>, filter: &Filter) {
        for bucket in view.buckets() {
            if filter.bucket(view, bucket) {
                self.add_bucket(view, bucket, filter);
            }
        }
    }

    fn add_bucket(&mut self, view: View<'_>, bucket: &Bucket, filter: &Filter) {
        self.buckets += 1;
        if let Some(interval) = view.interval(bucket) {
            self.cover(interval);
        }
        for entry in view.entries(bucket) {
            let name = view.str(entry.name);
            if !filter.metric(name) {
                continue;
            }
            let qualifier = view.qualifier(entry).to_owned();
            let key = (entry.view, name.to_owned(), qualifier);
            self.totals.of(key).add(view, entry);
        }
    }

    /// Extends the covered time by an interval. Offsets may differ from bucket to bucket, so
    /// instants are compared, never their text.
    fn cover(&mut self, interval: &str) {
        let Some((start, end)) = time::interval(interval) else {
            return;
        };
        let (first, last) = halves(interval);
        let instant = |time, text: &str| {
            Some(Instant {
                time,
                text: text.to_owned(),
            })
        };
        let known = self.start.as_ref();
        if known.is_none_or(|known| start.time < known.time) {
            self.start = instant(start.time, first);
        }
        let known = self.end.as_ref();
        if known.is_none_or(|known| end.time > known.time) {
            self.end = instant(end.time, last);
        }
    }

    /// The earliest start and the latest end of the buckets, as they were written.
    pub fn covered(&self) -> Option<(&str, &str)> {
        Some((&self.start.as_ref()?.text, &self.end.as_ref()?.text))
    }

    /// The total of a plain metric.
    pub fn total(&self, name: &str) -> Option<&Total> {
        self.totals.get(&(false, name.to_owned(), String::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_in_order_however_many_there_are() {
        for count in [0, 1, FEW - 1, FEW, FEW + 1, 5 * FEW] {
            let mut totals = Totals::default();
            let key = |n: usize| {
                (
                    n.is_multiple_of(2),
                    format!("m{:03}", n * 7 % count.max(1)),
                    "q".to_owned(),
                )
            };
            for n in (0..count).chain(0..count) {
                let total = totals.of(key(n));
                total.count = Some(total.count.map_or(Decimal::from(1), |_| Decimal::from(2)));
            }
            let keys: Vec<&Key> = totals.iter().map(|(key, _)| key).collect();
            assert!(keys.is_sorted_by(|a, b| a < b));
            assert!(
                totals
                    .iter()
                    .all(|(_, total)| total.count.map(|it| it.to_string()) == Some("2".into()))
            );
            assert!((0..count).all(|n| totals.get(&key(n)).is_some()));
        }
    }
}
