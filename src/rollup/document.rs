//! The result of a roll-up as an aggregates document.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::diagnostic::carry::quoted as string;
use crate::model::stat::{Stat, StatSet};

use super::Group;
use super::amount::Amount;
use super::buckets::{Buckets, MergedBucket};
use super::slots::{Slot, SlotStat};

/// Writes one document: a container a line, in the order of the groups, with its buckets in the
/// order of time. Every figure is exact; a `ratio` is the quotient of the merged parts. Presences of
/// the organization come last, by their system presences.
///
/// # Errors
/// Those of `out`.
pub fn write(
    buckets: &Buckets,
    presences: &BTreeMap<&str, BTreeSet<&str>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let sorted = buckets.sorted();
    let ranks = buckets.ranks();
    write!(out, "{{\"results\":[")?;
    let groups = sorted.chunk_by(|a, b| a.dimensions == b.dimensions);
    for (index, group) in groups.enumerate() {
        write!(out, "{}", if index == 0 { "\n" } else { ",\n" })?;
        container(group, &ranks, out)?;
    }
    write!(out, "{}", if sorted.is_empty() { "]" } else { "\n]" })?;
    if !presences.is_empty() {
        let list = |(system, ids): (&&str, &BTreeSet<&str>)| {
            let ids: Vec<_> = ids.iter().map(|id| string(id)).collect();
            format!("{}:[{}]", string(system), ids.join(","))
        };
        let lists: Vec<String> = presences.iter().map(list).collect();
        let lists = lists.join(",\n");
        write!(out, ",\n\"systemToOrganizationMappings\":{{\n{lists}\n}}")?;
    }
    writeln!(out, "}}")
}

fn container(buckets: &[MergedBucket<'_>], ranks: &[u32], out: &mut dyn Write) -> io::Result<()> {
    let dimensions = buckets.first().map_or(&[][..], |it| &it.dimensions);
    let members = dimensions.iter();
    let members: Vec<String> = members
        .map(|(name, value)| format!("{}:{}", string(name), string(value)))
        .collect();
    write!(out, "{{\"group\":{{{}}},\"data\":[", members.join(","))?;
    for (index, bucket) in buckets.iter().enumerate() {
        if index > 0 {
            write!(out, ",")?;
        }
        write!(out, "{{")?;
        if !bucket.interval.is_empty() {
            write!(out, "\"interval\":{},", string(bucket.interval))?;
        }
        let slots = bucket.group.ranked(ranks);
        let is_view = |slot: &&Slot| bucket.group.name(slot.name).is_some_and(|it| it.view);
        let views = slots.partition_point(|slot| !is_view(slot));
        let (metrics, views) = slots.split_at(views);
        write!(out, "\"metrics\":[")?;
        entries("metric", bucket, metrics, out)?;
        write!(out, "]")?;
        if !views.is_empty() {
            write!(out, ",\"views\":[")?;
            entries("name", bucket, views, out)?;
            write!(out, "]")?;
        }
        write!(out, "}}")?;
    }
    write!(out, "]}}")
}

/// The statistics that the slots of one metric or view have, alone or with their partner, and the
/// ratio of a numerator and a denominator.
fn occurring(slots: &[&Slot]) -> StatSet {
    let mut stats = StatSet::default();
    for slot in slots {
        if let SlotStat::Full(stat) | SlotStat::Lone(stat) = slot.stat() {
            stats.insert(stat);
        }
    }
    if stats.contains(Stat::Numerator) {
        stats.insert(Stat::Ratio);
    }
    stats
}

/// Metrics or views with their statistics, in the order of the columns.
fn entries(
    key: &str,
    bucket: &MergedBucket<'_>,
    slots: &[&Slot],
    out: &mut dyn Write,
) -> io::Result<()> {
    let name = |slot: &Slot| bucket.group.name(slot.name);
    let entries = slots.chunk_by(|a, b| match (name(a), name(b)) {
        (Some(a), Some(b)) => a.has_owner_of(b),
        _ => false,
    });
    for (index, slots) in entries.enumerate() {
        let Some((first, name)) = slots.first().and_then(|it| Some((it, name(it)?))) else {
            continue;
        };
        let comma = if index == 0 { "" } else { "," };
        write!(out, "{comma}{{\"{key}\":{},", string(&name.name))?;
        if !name.qualifier.is_empty() {
            write!(out, "\"qualifier\":{},", string(&name.qualifier))?;
        }
        write!(out, "\"stats\":{{")?;
        let mut comma = "";
        for stat in occurring(slots).iter() {
            let value = match stat {
                Stat::Ratio => quotient(bucket.group, first.name),
                stat => digits(bucket.group, first.name, stat),
            };
            if let Some(value) = value {
                write!(out, "{comma}\"{}\":{value}", stat.name())?;
                comma = ",";
            }
        }
        for slot in slots.iter().filter(|it| it.stat() == SlotStat::Unknown) {
            let amount = bucket.group.unknown(slot).ok().and_then(Amount::digits);
            if let (Some(value), Some(name)) = (amount, bucket.group.name(slot.name)) {
                write!(out, "{comma}{}:{value}", string(&name.stat))?;
                comma = ",";
            }
        }
        write!(out, "}}}}")?;
    }
    Ok(())
}

fn digits(group: Group<'_>, name: u32, stat: Stat) -> Option<String> {
    group.amount(name, stat)?.ok()?.digits()
}

/// `numerator / denominator` as the API writes it, to the last digit of a double; where there is none,
/// the ratio of the only entry.
fn quotient(group: Group<'_>, name: u32) -> Option<String> {
    let double = |stat| digits(group, name, stat)?.parse::<f64>().ok();
    let denominator = double(Stat::Denominator).filter(|it| *it != 0.0);
    let parts = double(Stat::Numerator).zip(denominator);
    let Some((numerator, denominator)) = parts else {
        return digits(group, name, Stat::Ratio);
    };
    serde_json::Number::from_f64(numerator / denominator).map(|ratio| ratio.to_string())
}
