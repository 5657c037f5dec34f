//! Drift in words, and as JSON.

use serde_json::{Value, json};

use super::{DriftChange, How, What};
use crate::diagnostic::carry;
use crate::json::text::printable;
use crate::report::aligned;
use crate::report::log_lines;
use crate::report::types::Types;

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
            out.push_str(&format!("\n{}\n", heading(first.what)));
        }
        out.push_str(&aligned::lines("  ", &lines));
    }
    log_lines::plain(&out)
}

fn counts(changes: &[DriftChange]) -> String {
    let reported: Vec<String> = [How::New, How::Gone, How::Changed, How::Unfit]
        .into_iter()
        .map(|how| (how, changes.iter().filter(|it| it.how == how).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(how, count)| format!("{count} {}", word(how)))
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
        How::New | How::Unfit => types(first.after),
        How::Gone => types(first.before),
        How::Changed => format!("{} → {}", types(first.before), types(first.after)),
    };
    let help = first.help.as_deref().map(printable).unwrap_or_default();
    Some([word(first.how).to_owned(), name, types, help])
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
                "what": thing(change.what),
                "change": word(change.how),
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

fn word(how: How) -> &'static str {
    match how {
        How::New => "new",
        How::Gone => "gone",
        How::Changed => "changed",
        How::Unfit => "unfit",
    }
}

fn thing(what: What) -> &'static str {
    match what {
        What::Field => "field",
        What::Dimension => "dimension",
        What::Metric => "metric",
        What::View => "view",
        What::Stat => "stat",
        What::Qualifier => "qualifier",
        What::Unit => "unit",
    }
}

fn heading(what: What) -> String {
    format!("{}s", thing(what))
}
