//! The result of a roll-up as an aggregates document.

use std::io::{self, Write};

use crate::model::stat::Stat;

use super::buckets::{Bucket, Buckets};
use super::group::Total;

/// Writes one document: a container a line, in the order of the groups, with its buckets in the
/// order of time. Every figure is exact; a `ratio` is the quotient of the merged parts.
///
/// # Errors
/// Those of `out`.
pub fn write(buckets: &Buckets, out: &mut dyn Write) -> io::Result<()> {
    let sorted = buckets.sorted();
    write!(out, "{{\"results\":[")?;
    let groups = sorted.chunk_by(|a, b| a.dimensions == b.dimensions);
    for (index, group) in groups.enumerate() {
        write!(out, "{}", if index == 0 { "\n" } else { ",\n" })?;
        container(group, out)?;
    }
    writeln!(out, "{}", if sorted.is_empty() { "]}" } else { "\n]}" })
}

fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn container(buckets: &[Bucket<'_>], out: &mut dyn Write) -> io::Result<()> {
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
        let totals = bucket.group.totals();
        let views = totals.partition_point(|(name, _)| !name.view);
        let (metrics, views) = totals.split_at(views);
        let entries = |key: &str, totals: &[(&super::Name, Total<'_>)]| {
            let entries = totals.iter();
            let entries = entries.map(|(name, total)| {
                let qualifier = match &*name.qualifier {
                    "" => String::new(),
                    qualifier => format!("\"qualifier\":{},", string(qualifier)),
                };
                let name = string(&name.name);
                format!(
                    "{{\"{key}\":{name},{qualifier}\"stats\":{{{}}}}}",
                    stats(*total)
                )
            });
            entries.collect::<Vec<_>>().join(",")
        };
        write!(out, "\"metrics\":[{}]", entries("metric", metrics))?;
        if !views.is_empty() {
            write!(out, ",\"views\":[{}]", entries("name", views))?;
        }
        write!(out, "}}")?;
    }
    write!(out, "]}}")
}

/// The statistics that there are, in the order of the columns.
fn stats(total: Total<'_>) -> String {
    let stats = Stat::ALL.into_iter().filter_map(|stat| {
        let value = match stat {
            Stat::Ratio => quotient(total)?,
            stat => total.digits(stat)?,
        };
        Some(format!("\"{}\":{value}", stat.name()))
    });
    stats.collect::<Vec<_>>().join(",")
}

/// `numerator / denominator` as the API writes it, to the last digit of a double.
fn quotient(total: Total<'_>) -> Option<String> {
    let double = |stat| total.digits(stat)?.parse::<f64>().ok();
    let denominator = double(Stat::Denominator)?;
    if denominator == 0.0 {
        return None;
    }
    let ratio = double(Stat::Numerator)? / denominator;
    serde_json::Number::from_f64(ratio).map(|ratio| ratio.to_string())
}
