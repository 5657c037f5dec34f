//! Buckets that are missing within a day from the even grids of groups: found after pass one, reported with both
//! places.

use chrono::{DateTime, SecondsFormat, TimeDelta};
use chrono_tz::Tz;

use crate::check::chains::Chains;
use crate::check::days::LocalDays;
use crate::check::gaps::{self, Gap};
use crate::check::place::BucketPlace;
use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Code, Diagnostic};

use super::{Surveyed, locate};

/// Finds gaps within the local days of a zone, in each input or `across` all of them, and reports the
/// first of each input, with the number of the other groups that have some: quiet hours of many queues are no news.
pub fn find(inputs: &mut [Surveyed], across: bool, zone: Option<Tz>, levels: &Levels) {
    if !levels.is_on(Code::Gap) {
        return;
    }
    let together = if across { inputs.len() } else { 1 };
    for inputs in inputs.chunks_mut(together.max(1)) {
        let chains: Vec<&Chains> = inputs.iter().map(|input| &input.chains).collect();
        let gaps = gaps::gaps(&chains, &mut LocalDays::new(zone));
        let of_inputs: Vec<&[Gap]> = gaps.chunk_by(|a, b| a.inputs.1 == b.inputs.1).collect();
        let before = of_inputs.iter().filter_map(|gaps| gaps.first()).map(|gap| {
            let (input, place) = (gap.inputs.0, gap.hole.before);
            (input, place.span, pointer(&inputs[input], &place))
        });
        let named = locate::named(inputs, before.collect());
        for (gaps, before) in of_inputs.iter().zip(named) {
            if let [gap, others @ ..] = gaps {
                let input = &mut inputs[gap.inputs.1];
                let finding = levels.apply(report(input, gap, others, before));
                input.report(finding);
            }
        }
    }
}

fn pointer(input: &Surveyed, place: &BucketPlace) -> String {
    input.at(place, &format!("/data/{}/interval", place.bucket))
}

fn report(input: &Surveyed, gap: &Gap, others: &[Gap], before: String) -> Diagnostic {
    let hole = &gap.hole;
    let buckets = |count: u64| {
        if count == 1 {
            "a bucket".to_owned()
        } else {
            format!("{count} buckets")
        }
    };
    let mut message = format!(
        "{} of {} missing in a group: nothing from {} to {}",
        buckets(gap.missing),
        length(gap.length),
        instant(hole.from),
        instant(hole.until),
    );
    match gap.holes {
        1 => {}
        2 => message.push_str(", and one more hole"),
        holes => message.push_str(&format!(", and {} more holes", holes - 1)),
    }
    if !others.is_empty() {
        let missing: u64 = others.iter().map(|gap| gap.missing).sum();
        message.push_str(&format!(
            "; {} with holes too, of {}",
            match others.len() {
                1 => "one more group".to_owned(),
                count => format!("{count} more groups"),
            },
            buckets(missing)
        ));
    }
    Diagnostic::new(Code::Gap, message)
        .at(hole.behind.span, pointer(input, &hole.behind))
        .cause("gap")
        .label("the first bucket behind the gap")
        .related(format!("the bucket before it: {before}"))
        .help("the API leaves out buckets in which nothing happened; where something must have happened, fetch that time again")
}

fn instant(nanoseconds: i64) -> String {
    DateTime::from_timestamp_nanos(nanoseconds).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A length in the largest unit that fits.
fn length(nanoseconds: i64) -> String {
    let seconds = TimeDelta::nanoseconds(nanoseconds).num_seconds();
    let (unit, word) = [(86_400, "day"), (3600, "h"), (60, "min")]
        .into_iter()
        .find(|(unit, _)| seconds % unit == 0)
        .unwrap_or((1, "s"));
    match (seconds / unit, word) {
        (count, "day") if count != 1 => format!("{count} days"),
        (count, word) => format!("{count} {word}"),
    }
}
