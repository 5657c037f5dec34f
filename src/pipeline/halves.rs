//! Statistics without the other half of their pair: found after pass one, where all metrics are known.

use crate::check::pairs::{LoneHalf, Pairs};
use crate::diagnostic::levels::Levels;
use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::text::printable;
use crate::model::stat::Stat;

use super::Surveyed;

/// Adds a finding to each input for each metric of it that has half of a pair alone, at the first
/// place.
pub fn find(inputs: &mut [Surveyed], across: bool, levels: &Levels) {
    if !levels.is_on(Code::IncompleteStatistic) {
        return;
    }
    let together = if across { inputs.len() } else { 1 };
    for inputs in inputs.chunks_mut(together.max(1)) {
        let mut all = Pairs::default();
        inputs
            .iter()
            .for_each(|input| all.merge(input.chains.pairs.clone()));
        for input in inputs {
            let halves = input.chains.pairs.incomplete(&all);
            let findings = halves.map(|(view, name, stat, lone)| {
                let list = if view { "views" } else { "metrics" };
                let (place, index) = (lone.place, lone.index);
                let pointer = format!("/data/{}/{list}/{index}", place.bucket);
                let pointer = input.at(&place, &pointer);
                report(name, stat, lone).at(place.span, pointer)
            });
            let mut findings: Vec<Diagnostic> = findings.collect();
            levels.apply_all(&mut findings);
            findings.sort_by_key(|finding| finding.span.map(|span| span.start));
            input.report(findings);
        }
    }
}

fn report(name: &str, stat: Stat, lone: &LoneHalf) -> Diagnostic {
    let name = printable(name);
    let (half, partner) = match stat {
        Stat::Count => ("a count", "a sum"),
        Stat::Numerator => ("a numerator", "a denominator"),
        Stat::Denominator => ("a denominator", "a numerator"),
        _ => ("a sum", "a count"),
    };
    let mut message = format!("`{name}` has {half} without {partner}");
    if lone.entries > 1 {
        let entries = counted(lone.entries, "entry");
        message.push_str(&format!(" in {entries}, of which this is the first"));
    }
    let help = match stat {
        Stat::Count => {
            "the events are counted, but without all sums there is no sum and no average of several buckets; query the metric again, or leave the buckets out"
        }
        _ => {
            "such a half takes no part in figures of several buckets; query the metric again, or leave the buckets out"
        }
    };
    Diagnostic::new(Code::IncompleteStatistic, message)
        .cause(format!("{half} of {name}"))
        .label(format!("no {}", partner.trim_start_matches("a ")))
        .help(help)
}
