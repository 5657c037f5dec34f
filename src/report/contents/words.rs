//! The contents of documents in words, and as JSON.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Contents, Occurrence, SAMPLES};
use crate::aggregate::Group;
use crate::diagnostic::carry;
use crate::json::text::printable;
use crate::model::{catalog, stat_order};
use crate::report::aligned;
use crate::report::log_lines;

impl Contents {
    /// The contents in words.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, value: String| out.push_str(&format!("{name:<12} {value}\n"));
        line("files", self.files.to_string());
        line("documents", self.documents.to_string());
        line("bytes", self.bytes.to_string());
        let dialects: Vec<&str> = self.dialects.iter().map(|it| it.name()).collect();
        line(
            "dialect",
            if dialects.is_empty() {
                "none".to_owned()
            } else {
                dialects.join(", ")
            },
        );
        line("rows", self.rows.to_string());
        if self.entities > 0 {
            line("entities", self.entities.to_string());
        }
        if !self.groups.is_empty() {
            line("groups", self.groups.len().to_string());
            line("buckets", self.buckets().to_string());
        }
        if let Some((start, end)) = self.covered() {
            line("first", printable(start));
            line("last", printable(end));
        }
        let granularity = self.granularity();
        if !granularity.is_empty() {
            let lengths: Vec<String> = granularity
                .iter()
                .map(|(period, count)| format!("{period} ({count})"))
                .collect();
            line("granularity", lengths.join(", "));
        }
        if !self.dimensions.is_empty() {
            out.push_str("\ndimensions\n");
            let names: Vec<String> = self.dimensions.keys().map(|name| printable(name)).collect();
            let width = aligned::width(names.iter().map(String::as_str));
            for (values, name) in self.dimensions.values().zip(&names) {
                let samples: Vec<&str> = values.first.iter().map(String::as_str).collect();
                let (count, samples) = (values.hashes.len(), printable(&samples.join(", ")));
                let more = if count > SAMPLES { ", …" } else { "" };
                out.push_str("  ");
                aligned::left(&mut out, name, width);
                out.push_str(&format!("  {count:>5}  {samples}{more}\n"));
            }
        }
        let metrics = self.metrics();
        if !metrics.is_empty() {
            out.push_str("\nmetrics\n");
            let names: Vec<String> = metrics.keys().map(|(_, name)| printable(name)).collect();
            let width = aligned::width(names.iter().map(String::as_str));
            for ((key, held), name) in metrics.iter().zip(&names) {
                let (kind, unit) = described(key, held);
                let stats = printable(&ordered(&held.stats).join(" "));
                let qualifiers = match held.qualifiers.len() {
                    0 => String::new(),
                    1 => ", 1 qualifier".to_owned(),
                    many => format!(", {many} qualifiers"),
                };
                let mut line = String::from("  ");
                aligned::left(&mut line, name, width);
                line.push_str(&format!(
                    "  {:>5}  {kind}, {}{qualifiers}  {stats}",
                    held.times,
                    printable(&unit)
                ));
                out.push_str(line.trim_end());
                out.push('\n');
            }
        }
        log_lines::plain(&out)
    }

    /// The contents as one JSON object.
    pub fn json(&self) -> String {
        let dimensions: serde_json::Map<String, Value> = self
            .dimensions
            .iter()
            .map(|(name, values)| {
                (
                    name.clone(),
                    json!({ "values": values.hashes.len(), "samples": values.first }),
                )
            })
            .collect();
        let metrics = self.metrics();
        let metrics: Vec<Value> = metrics
            .iter()
            .map(|(key, held)| {
                let (kind, unit) = described(key, held);
                json!({
                    "name": key.1,
                    "view": key.0,
                    "kind": kind,
                    "unit": unit,
                    "times": held.times,
                    "qualifiers": held.qualifiers,
                    "stats": ordered(&held.stats),
                })
            })
            .collect();
        let granularity: Vec<Value> = self
            .granularity()
            .into_iter()
            .map(|(period, buckets)| json!({ "period": period, "buckets": buckets }))
            .collect();
        let covered = self.covered();
        let dialects: Vec<&str> = self.dialects.iter().map(|it| it.name()).collect();
        let value = json!({
            "files": self.files,
            "documents": self.documents,
            "bytes": self.bytes,
            "dialects": dialects,
            "rows": self.rows,
            "entities": self.entities,
            "groups": self.groups.len(),
            "buckets": self.buckets(),
            "interval_start": covered.map(|(start, _)| start),
            "interval_end": covered.map(|(_, end)| end),
            "granularity": granularity,
            "dimensions": dimensions,
            "metrics": metrics,
        });
        carry::pretty(&value)
    }

    fn buckets(&self) -> u64 {
        self.total().map_or(0, Group::buckets)
    }

    fn covered(&self) -> Option<(&str, &str)> {
        self.total()?.covered()
    }

    /// The lengths of the buckets, the commonest first.
    fn granularity(&self) -> Vec<(String, u64)> {
        let mut lengths: Vec<(i64, u64)> = self
            .lengths
            .iter()
            .map(|(length, count)| (*length, *count))
            .collect();
        lengths.sort_by_key(|(length, count)| (std::cmp::Reverse(*count), *length));
        lengths
            .into_iter()
            .map(|(length, count)| (period(length), count))
            .collect()
    }
}

fn ordered(stats: &BTreeSet<String>) -> Vec<&str> {
    let mut stats: Vec<&str> = stats.iter().map(String::as_str).collect();
    stats.sort_by(|a, b| stat_order(a).cmp(&stat_order(b)));
    stats
}

/// The kind and unit of a metric; `?` where the catalogue does not know it.
fn described(key: &(bool, String), held: &Occurrence) -> (&'static str, String) {
    let (view, name) = key;
    if let Some(unit) = &held.unit {
        return ("value", unit.clone());
    }
    if *view {
        return ("view", "ms".to_owned());
    }
    match catalog::metric(name) {
        Some(entry) => (entry.kind.name(), entry.unit.to_owned()),
        None => ("?", "?".to_owned()),
    }
}

/// A length as an ISO-8601 period.
fn period(milliseconds: i64) -> String {
    let (days, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000);
    let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
    let (seconds, thousandths) = (rest / 1000 % 60, rest % 1000);
    let mut period = String::from("P");
    if days != 0 {
        period.push_str(&format!("{days}D"));
    }
    if rest != 0 || days == 0 {
        period.push('T');
    }
    if hours != 0 {
        period.push_str(&format!("{hours}H"));
    }
    if minutes != 0 {
        period.push_str(&format!("{minutes}M"));
    }
    if thousandths != 0 {
        period.push_str(&format!("{seconds}.{thousandths:03}S"));
    } else if seconds != 0 || period == "PT" {
        period.push_str(&format!("{seconds}S"));
    }
    period
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_iso_8601() {
        for (length, shown) in [
            (1_800_000, "PT30M"),
            (86_400_000, "P1D"),
            (90_000_000, "P1DT1H"),
            (86_399_999, "PT23H59M59.999S"),
            (0, "PT0S"),
        ] {
            assert_eq!(period(length), shown);
        }
    }
}
