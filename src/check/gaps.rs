//! Buckets that are missing from the even grids of groups (`T004`).

use super::chains::{Chain, Chains, sorted};
use super::days::LocalDays;
use super::grid::Hole;

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
/// which chains overlap has more than one series of buckets, and is not looked at. `days` are the local
/// days.
pub fn gaps(inputs: &[&Chains], days: &mut LocalDays) -> Vec<Gap> {
    let all = sorted(inputs);
    let same = |a: &(&Chain, usize), b: &(&Chain, usize)| a.0.group == b.0.group;
    let mut gaps: Vec<Gap> = all
        .chunk_by(same)
        .filter_map(|chains| gap(chains, days))
        .collect();
    gaps.sort_unstable_by_key(|gap| (gap.inputs.1, gap.hole.behind));
    gaps
}

fn gap(chains: &[(&Chain, usize)], days: &mut LocalDays) -> Option<Gap> {
    let ((first, input), rest) = chains.split_first()?;
    let (mut grid, mut end, mut before) = (first.grid(), first.end, *input);
    let mut inputs = grid.first.map(|_| (before, before));
    for (chain, input) in rest {
        if chain.start < end {
            return None;
        }
        let known = grid.first.is_some();
        grid.append((end, chain.start), chain.first, chain.grid(), days);
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
