//! What the entries of several buckets come to: one rule for reports, roll-ups and series.

use crate::model::stat::{Merge, Stat, Unmerged};

use super::amount::Amount;
use super::names::Names;
use super::slots::{Slot, SlotStat, Slots};

/// The merged value of a statistic, or why there is none; `None` where no entry has it.
///
/// What one entry has is kept as it is. Of several, halves of a pair take no part where others have
/// both: a sum without a count, a numerator without a denominator. A count is a number of events also
/// without a sum, but then there is no sum of them all. Sums of which none is counted are added.
pub fn figure<'s>(
    slots: &'s Slots,
    names: &Names,
    name: u32,
    stat: Stat,
) -> Option<Result<&'s Amount, Unmerged>> {
    let slot = |stat| slots.get(name, stat);
    let (full, lone) = (slot(SlotStat::Full(stat)), slot(SlotStat::Lone(stat)));
    let entries = slot(SlotStat::Full(Stat::Count)).map_or(0, Slot::times);
    // A count stands for the entry also where there is none.
    let full = full.filter(|slot| slot.amount.occurs());
    let Some(found) = full.or(lone) else {
        return lacks_half(slots, names, name, stat).then_some(Err(Unmerged::Incomplete));
    };
    if entries < 2 {
        return Some(of_slot(found));
    }
    Some(match stat {
        Stat::Count => of_slot(found),
        Stat::Sum => {
            let count = slot(SlotStat::Full(Stat::Count));
            let has_counts = count.is_some_and(|it| it.amount.occurs());
            let lacks_sums = slot(SlotStat::Lone(Stat::Count)).is_some();
            match (full.is_some(), lacks_sums, has_counts) {
                (true, true, _) | (false, _, true) => Err(Unmerged::Incomplete),
                _ => of_slot(found),
            }
        }
        Stat::Numerator | Stat::Denominator => full.map_or(Err(Unmerged::Incomplete), of_slot),
        stat => match stat.merge() {
            Merge::Never | Merge::Quotient => Err(Unmerged::Never),
            Merge::Equal if found.times() < entries => Err(Unmerged::Differs),
            _ => of_slot(found),
        },
    })
}

/// Whether a pair lacks the half that this statistic is: only the other half occurs.
fn lacks_half(slots: &Slots, names: &Names, name: u32, stat: Stat) -> bool {
    let has = |stat| slots.get(name, stat).is_some();
    match stat {
        Stat::Count => {
            let facts = names.facts(name);
            let is_pair = facts.is_some_and(|facts| facts.counts_what_it_adds);
            is_pair && has(SlotStat::Lone(Stat::Sum))
        }
        Stat::Numerator => {
            has(SlotStat::Lone(Stat::Denominator)) || has(SlotStat::Full(Stat::Ratio))
        }
        Stat::Denominator => {
            has(SlotStat::Lone(Stat::Numerator)) || has(SlotStat::Full(Stat::Ratio))
        }
        _ => false,
    }
}

/// The value of a statistic that the API did not have when this was built, by the slot of it: it is
/// kept where it is of the only entry.
pub fn unknown<'s>(
    slots: &'s Slots,
    names: &Names,
    slot: &'s Slot,
) -> Result<&'s Amount, Unmerged> {
    let owner = names
        .facts(slot.name)
        .map_or(slot.name, |facts| facts.owner);
    let entries = slots.get(owner, SlotStat::Full(Stat::Count));
    match entries.map_or(0, Slot::times) {
        0 | 1 => of_slot(slot),
        _ => Err(Unmerged::Never),
    }
}

fn of_slot(slot: &Slot) -> Result<&Amount, Unmerged> {
    match slot.amount {
        Amount::Beyond => Err(Unmerged::TooLarge),
        Amount::Differs => Err(Unmerged::Differs),
        _ => Ok(&slot.amount),
    }
}
