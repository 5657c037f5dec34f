//! The even grid of the buckets of a group, and its holes.

use super::days::LocalDays;
use super::overlap::hash;
use super::place::BucketPlace;

/// The largest gap that is not a hole: ends of days are often written as `23:59:59`.
const SHORT_END: i64 = 1_000_000_000;

/// The grid of the buckets of one group. Times are in nanoseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) buckets: u64,
    pub(super) shortest: i64,
    pub(super) longest: i64,
    pub(super) last: BucketPlace,
    /// The holes of the few groups that have some.
    pub(super) holes: Option<Box<Holes>>,
}

/// The holes of a grid: their number, the sum of their lengths, the narrowest and the first, and a hash of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holes {
    pub(super) count: u64,
    gap: i64,
    narrowest: i64,
    pub(super) first: Hole,
    /// The times of the others; empty if there are too many.
    others: Vec<(i64, i64)>,
    number: u64,
}

/// The most holes whose times are known: quiet groups have many.
const MOST_KNOWN: u64 = 8;

impl Holes {
    /// The times of the holes that are known.
    pub(super) fn times(&self) -> impl Iterator<Item = (i64, i64)> {
        let others = self.others.iter().copied();
        std::iter::once((self.first.from, self.first.until)).chain(others)
    }
}

/// Time without buckets of a group between two that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// Nanoseconds since 1970.
    pub from: i64,
    pub until: i64,
    pub before: BucketPlace,
    pub behind: BucketPlace,
}

impl Grid {
    /// The grid of one bucket.
    pub(super) fn of(length: i64, place: BucketPlace) -> Self {
        Self {
            buckets: 1,
            shortest: length,
            longest: length,
            last: place,
            holes: None,
        }
    }

    /// Adds the grid of buckets that follow these, from `start` and the bucket `first` on. The last
    /// of these ends at `end`. Only holes within a day count: nights are empty in many places, and
    /// whole days are found over all groups.
    pub(super) fn append(
        &mut self,
        (end, start): (i64, i64),
        first: BucketPlace,
        other: Self,
        days: &mut LocalDays,
    ) {
        let gap = start.saturating_sub(end);
        // The day of the last instant with a bucket, and that of the next bucket.
        if gap > SHORT_END && days.of(end - 1) == days.of(start) {
            self.add(Holes {
                count: 1,
                gap,
                narrowest: gap,
                others: Vec::new(),
                number: hash(&(end, start)),
                first: Hole {
                    from: end,
                    until: start,
                    before: self.last,
                    behind: first,
                },
            });
        }
        self.buckets += other.buckets;
        self.shortest = self.shortest.min(other.shortest);
        self.longest = self.longest.max(other.longest);
        self.last = other.last;
        other.holes.into_iter().for_each(|holes| self.add(*holes));
    }

    /// Adds later holes.
    fn add(&mut self, other: Holes) {
        let Some(holes) = &mut self.holes else {
            self.holes = Some(Box::new(other));
            return;
        };
        holes.count += other.count;
        match holes.count <= MOST_KNOWN {
            true => holes.others.extend(other.times()),
            false => holes.others = Vec::new(),
        }
        holes.gap = holes.gap.saturating_add(other.gap);
        holes.narrowest = holes.narrowest.min(other.narrowest);
        holes.number = holes.number.wrapping_add(other.number);
    }

    /// Returns true if the buckets have the same number and length, and the holes are the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let holes = |it: &Self| it.holes.as_deref().map(|it| (it.count, it.number));
        let buckets = |it: &Self| (it.buckets, it.shortest, it.longest);
        buckets(self) == buckets(other) && holes(self) == holes(other)
    }

    /// Returns true if the buckets of another grid, from `start` to `end`, fill no hole.
    pub(super) fn keeps_holes(&self, other: &Self, (start, end): (i64, i64)) -> bool {
        let Some(holes) = &self.holes else {
            return true;
        };
        let others = || other.holes.iter().flat_map(|it| it.times());
        let is_kept = |(from, until): (i64, i64)| {
            until <= start || end <= from || others().any(|(a, b)| a <= from && until <= b)
        };
        end <= holes.first.from || holes.count <= MOST_KNOWN && holes.times().all(is_kept)
    }

    /// Returns the number of missing buckets. Returns `None` if the grid is not even, or if at least
    /// half of it is missing: the API leaves out buckets in which nothing happened.
    pub(super) fn missing(&self) -> Option<u64> {
        // Local days have 23 to 25 hours, months 28 to 31 days.
        let holes = self.holes.as_deref()?;
        let slack = self.shortest / 8;
        let even = self.shortest > SHORT_END
            && self.longest - self.shortest <= slack
            && holes.narrowest >= self.shortest - slack;
        let missing = holes
            .gap
            .saturating_add(self.shortest / 2)
            .checked_div(self.shortest)
            .and_then(|missing| u64::try_from(missing).ok())?;
        (even && missing < self.buckets).then_some(missing)
    }

    pub(super) fn places(&mut self, change: &impl Fn(&mut BucketPlace)) {
        change(&mut self.last);
        if let Some(holes) = &mut self.holes {
            change(&mut holes.first.before);
            change(&mut holes.first.behind);
        }
    }
}
