//! Drift in words, and as JSON.

use serde_json::{Value, json};

use super::{DriftChange, KINDS};
use crate::check::types::Types;
use crate::diagnostic::carry;
use crate::json::text::printable;
use crate::report::aligned;
use crate::report::log_lines;

/// Number of metrics that are named for a statistic that differs.
const SHOWN: usize = 5;

/// The differences in words, one heading each kind of thing. Statistics that differ in the same way
/// in several metrics share a line.
pub fn text(against: &str, changes: &[DriftChange]) -> String {
    let mut out = format!("{against}: {}\n", counts(changes));
    for group in changes.chunk_by(|a, b| a.what == b.what) {
        let lines: Vec<[String; 4]> = group
            .chunk_by(|a, b| a.of.is_some() && is_same(a, b))
            .filter_map(line)
            .collect();
        if let Some(first) = group.first() {
            out.push_str(&format!("\n{}s\n", first.what));
        }
        out.push_str(&aligned::lines("  ", &lines));
    }
    log_lines::plain(&out)
}

fn counts(changes: &[DriftChange]) -> String {
    let reported: Vec<String> = KINDS
        .into_iter()
        .map(|how| (how, changes.iter().filter(|it| it.how == how).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(how, count)| format!("{count} {how}"))
        .collect();
    if reported.is_empty() {
        "no drift".to_owned()
    } else {
        reported.join(", ")
    }
}

/// One line for several changes of one thing: change, name, types and help.
fn line(changes: &[DriftChange]) -> Option<[String; 4]> {
    let first = changes.first()?;
    let of: Vec<String> = changes
        .iter()
        .filter_map(|change| change.of.as_deref().map(printable))
        .collect();
    let mut name = printable(&first.name);
    if !of.is_empty() {
        name.push_str(&format!(" of {}", of[..of.len().min(SHOWN)].join(", ")));
    }
    if of.len() > SHOWN {
        name.push_str(&format!(" and {} more", of.len() - SHOWN));
    }
    let types = |types: Types| match types.words().as_slice() {
        ["null"] => "only null".to_owned(),
        words => words.join(" or "),
    };
    let types = match first.how {
        "changed" => format!("{} → {}", types(first.before), types(first.after)),
        "gone" => types(first.before),
        _ => types(first.after),
    };
    let help = first.help.as_deref().map(printable).unwrap_or_default();
    Some([first.how.to_owned(), name, types, help])
}

fn is_same(a: &DriftChange, b: &DriftChange) -> bool {
    (a.how, &a.name, a.before.words(), a.after.words(), &a.help)
        == (b.how, &b.name, b.before.words(), b.after.words(), &b.help)
}

/// The differences as one JSON object.
pub fn json(against: &str, changes: &[DriftChange]) -> String {
    let list: Vec<Value> = changes
        .iter()
        .map(|change| {
            json!({
                "what": change.what,
                "change": change.how,
                "name": change.name,
                "of": change.of,
                "before": change.before.words(),
                "after": change.after.words(),
                "help": change.help,
            })
        })
        .collect();
    let value = json!({ "against": against, "drift": list.len(), "changes": list });
    carry::pretty(&value)
}
