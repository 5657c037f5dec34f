//! Metrics that have half of a pair of statistics alone (`M009`), over all inputs.

use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::Path;
use crate::json::text::printable;
use crate::model::catalog::stats;
use crate::model::stat::Stat;

use super::halves::{LoneHalf, LoneHalves};
use super::memory::{InputFinding, InputMemory};

/// Finds the metrics of each input that have half of a pair alone: one finding for each, at the
/// first place.
pub fn find(inputs: &[InputMemory<'_>]) -> Vec<InputFinding> {
    let mut all = LoneHalves::default();
    inputs
        .iter()
        .for_each(|input| all.merge(input.chains.halves.clone()));
    let mut found = Vec::new();
    for (number, input) in inputs.iter().enumerate() {
        let halves = input.chains.halves.incomplete(&all);
        let findings = halves.map(|(view, name, stat, lone)| {
            let list = if view { "views" } else { "metrics" };
            let (place, index) = (lone.place, lone.index);
            let path = Path::bucket(place.bucket as usize);
            let path = input.at(&place, path.key(list).index(index as usize));
            (number, report(name, stat, lone).at(place.span, path))
        });
        let mut findings: Vec<InputFinding> = findings.collect();
        findings.sort_by_key(|(_, finding)| finding.span.map(|span| span.start));
        found.extend(findings);
    }
    found
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
            "the counts are added, but sums and averages of several buckets are left out; query the metric again, or remove these buckets"
        }
        Stat::Sum if !stats::counts_what_it_adds(name.as_str()) => {
            "figures of several buckets leave it out if one of them has both; query the metric again, or remove these buckets"
        }
        _ => {
            "figures of several buckets leave it out; query the metric again, or remove these buckets"
        }
    };
    Diagnostic::new(Code::IncompleteStatistic, message)
        .cause(format!("{half} of {name}"))
        .label(format!("no {}", partner.trim_start_matches("a ")))
        .help(help)
}
