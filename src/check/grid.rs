//! Buckets that are missing from the even grid of their group (`T004`).

use super::chains::{BucketPlace, Chain, Chains, sorted};

/// Ends of days are often written as `23:59:59`: so much is no hole.
const SHORT_END: i64 = 1_000_000_000;

/// What is known of the grid that buckets of one group stand in. Times are nanoseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    buckets: u64,
    shortest: i64,
    longest: i64,
    last: BucketPlace,
    /// The holes: how many, all together, the narrowest, and the first.
    holes: u64,
    gap: i64,
    narrowest: i64,
    first: Option<Hole>,
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
    /// That of one bucket.
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

    /// Adds a chain that follows these buckets, the last of which ends at `end`.
    pub(super) fn append(&mut self, end: i64, next: &Chain) {
        let other = next.grid();
        let gap = next.start.saturating_sub(end);
        if gap > SHORT_END {
            self.holes += 1;
            self.gap = self.gap.saturating_add(gap);
            self.narrowest = self.narrowest.min(gap);
            self.first.get_or_insert(Hole {
                from: end,
                until: next.start,
                before: self.last,
                behind: next.first,
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

    /// How many buckets are missing. `None` where the grid is not even, or so much is missing that
    /// there may be none: the API leaves out buckets in which nothing happened.
    fn missing(&self) -> Option<u64> {
        // Local days have 23 to 25 hours, months 28 to 31 days.
        let slack = self.shortest / 8;
        let even = self.shortest > SHORT_END
            && self.longest - self.shortest <= slack
            && self.narrowest >= self.shortest - slack;
        let missing = (self.gap + self.shortest / 2)
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

/// What is missing of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first hole, and which inputs hold the buckets around it.
    pub hole: Hole,
    pub inputs: (usize, usize),
    /// How long the buckets are, in nanoseconds.
    pub length: i64,
    /// All holes, and the buckets that are missing in them.
    pub holes: u64,
    pub missing: u64,
}

/// The groups of which buckets are missing, within an input or across those given. A group of
/// which chains overlap has more than one series of buckets, and is not looked at.
pub fn gaps(inputs: &[&Chains]) -> Vec<Gap> {
    let all = sorted(inputs);
    let same = |a: &(&Chain, usize), b: &(&Chain, usize)| a.0.group == b.0.group;
    let mut gaps: Vec<Gap> = all.chunk_by(same).filter_map(gap).collect();
    gaps.sort_unstable_by_key(|gap| (gap.inputs.1, gap.hole.behind));
    gaps
}

fn gap(chains: &[(&Chain, usize)]) -> Option<Gap> {
    let ((first, input), rest) = chains.split_first()?;
    let (mut grid, mut end, mut before) = (first.grid(), first.end, *input);
    let mut inputs = grid.first.map(|_| (before, before));
    for (chain, input) in rest {
        if chain.start < end {
            return None;
        }
        let known = grid.first.is_some();
        grid.append(end, chain);
        if !known && let Some(hole) = grid.first {
            let across = hole.behind == chain.first;
            inputs = Some((if across { before } else { *input }, *input));
        }
        (end, before) = (chain.end, *input);
    }
    Some(Gap {
        missing: grid.missing()?,
        hole: grid.first?,
        inputs: inputs?,
        length: grid.shortest,
        holes: grid.holes,
    })
}
