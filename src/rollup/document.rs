//! The result of a roll-up as an aggregates document.

use std::io::{self, Write};

use crate::diagnostic::carry::quoted as string;
use crate::model::stat::Stat;

use super::buckets::{Buckets, MergedBucket};
use super::slots::Slot;

/// Writes one document: a container a line, in the order of the groups, with its buckets in the
/// order of time. Every figure is exact; a `ratio` is the quotient of the merged parts.
///
/// # Errors
/// Those of `out`.
pub fn write(buckets: &Buckets, out: &mut dyn Write) -> io::Result<()> {
    let sorted = buckets.sorted();
    let ranks = buckets.ranks();
    write!(out, "{{\"results\":[")?;
    let groups = sorted.chunk_by(|a, b| a.dimensions == b.dimensions);
    for (index, group) in groups.enumerate() {
        write!(out, "{}", if index == 0 { "\n" } else { ",\n" })?;
        container(group, &ranks, out)?;
    }
    writeln!(out, "{}", if sorted.is_empty() { "]}" } else { "\n]}" })
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

/// Metrics or views with their statistics, in the order of the columns.
fn entries(
    key: &str,
    bucket: &MergedBucket<'_>,
    slots: &[&Slot],
    out: &mut dyn Write,
) -> io::Result<()> {
    let entries = slots.chunk_by(|a, b| a.name == b.name);
    for (index, slots) in entries.enumerate() {
        let Some(name) = slots.first().and_then(|it| bucket.group.name(it.name)) else {
            continue;
        };
        let comma = if index == 0 { "" } else { "," };
        write!(out, "{comma}{{\"{key}\":{},", string(&name.name))?;
        if !name.qualifier.is_empty() {
            write!(out, "\"qualifier\":{},", string(&name.qualifier))?;
        }
        write!(out, "\"stats\":{{")?;
        let mut comma = "";
        for stat in Stat::ALL {
            let value = match stat {
                Stat::Ratio => quotient(slots),
                stat => digits(slots, stat),
            };
            if let Some(value) = value {
                write!(out, "{comma}\"{}\":{value}", stat.name())?;
                comma = ",";
            }
        }
        write!(out, "}}}}")?;
    }
    Ok(())
}

fn digits(slots: &[&Slot], stat: Stat) -> Option<String> {
    slots.iter().find(|slot| slot.stat == stat)?.amount.digits()
}

/// `numerator / denominator` as the API writes it, to the last digit of a double.
fn quotient(slots: &[&Slot]) -> Option<String> {
    let double = |stat| digits(slots, stat)?.parse::<f64>().ok();
    let denominator = double(Stat::Denominator)?;
    if denominator == 0.0 {
        return None;
    }
    let ratio = double(Stat::Numerator)? / denominator;
    serde_json::Number::from_f64(ratio).map(|ratio| ratio.to_string())
}
