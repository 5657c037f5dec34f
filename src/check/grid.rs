//! The even grid of the buckets of a group, and its holes.

use super::days::LocalDays;
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
    /// The holes: their number, the sum of their lengths, the narrowest and the first.
    pub(super) holes: u64,
    pub(super) gap: i64,
    pub(super) narrowest: i64,
    pub(super) first: Option<Hole>,
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
            holes: 0,
            gap: 0,
            narrowest: i64::MAX,
            first: None,
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
            self.holes += 1;
            self.gap = self.gap.saturating_add(gap);
            self.narrowest = self.narrowest.min(gap);
            self.first.get_or_insert(Hole {
                from: end,
                until: start,
                before: self.last,
                behind: first,
            });
        }
        self.buckets += other.buckets;
        self.shortest = self.shortest.min(other.shortest);
        self.longest = self.longest.max(other.longest);
        self.last = other.last;
        self.holes += other.holes;
        self.gap = self.gap.saturating_add(other.gap);
        self.narrowest = self.narrowest.min(other.narrowest);
        self.first = self.first.or(other.first);
    }

    /// Returns the number of missing buckets. Returns `None` if the grid is not even, or if at least
    /// half of it is missing: the API leaves out buckets in which nothing happened.
    pub(super) fn missing(&self) -> Option<u64> {
        // Local days have 23 to 25 hours, months 28 to 31 days.
        let slack = self.shortest / 8;
        let even = self.shortest > SHORT_END
            && self.longest - self.shortest <= slack
            && self.narrowest >= self.shortest - slack;
        let missing = self
            .gap
            .saturating_add(self.shortest / 2)
            .checked_div(self.shortest)
            .and_then(|missing| u64::try_from(missing).ok())?;
        (even && self.holes > 0 && missing < self.buckets).then_some(missing)
    }

    pub(super) fn places(&mut self, change: &impl Fn(&mut BucketPlace)) {
        change(&mut self.last);
        if let Some(hole) = &mut self.first {
            change(&mut hole.before);
            change(&mut hole.behind);
        }
    }
}
