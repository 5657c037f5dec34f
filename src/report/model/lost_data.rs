//! Notes about data that is missing within days, or does not count.

use std::collections::{BTreeMap, HashMap};

use chrono::DateTime;

use crate::aggregate::{Group, Span};
use crate::check::gaps::Gap;
use crate::check::overlap::dimensions_number;
use crate::diagnostic::words::counted;
use crate::diagnostic::{Code, Severity};
use crate::json::text::printable;
use crate::model::catalog::figure::FigureUnit;
use crate::report::{Report, words};

use super::about::{About, Finding, Source};
use super::media::{DIMENSION, MediaFigures};
use super::naming::Naming;
use super::notes::{in_words, moment, shortened};
use super::queries::media_type;
use super::wanted::Wanted;

/// Adds the note about missing hours within days: the first group with its name, and the number of others. Leaves out
/// holes of which most is in a note about a partial day.
pub(super) fn of_gaps(
    about: &About,
    report: &Report,
    (wanted, naming): (&Wanted, &Naming),
    media: &[MediaFigures],
    notes: &mut Vec<String>,
) {
    let number = |group: &Group<'_>| dimensions_number(group.dimensions().into_iter());
    let groups: HashMap<u64, Group<'_>> = report.groups().map(|it| (number(&it), it)).collect();
    // The report has no groups that a filter leaves out.
    let is_shown = |gap: &&Gap| about.filters.is_empty() || groups.contains_key(&gap.group);
    let is_noted = |gap: &Gap, hole: Span| {
        let group = groups.get(&gap.group).map(|it| it.dimensions());
        let own = group.as_deref().map(media_type);
        let mut partial = media
            .iter()
            .filter(|it| it.media.as_deref().is_none_or(|it| Some(it) == own))
            .flat_map(|it| &it.partial);
        partial.any(|it| it.lacks_most(hole))
    };
    // The first hole of each group that no other note has, and the number of all of them. Of many holes only the
    // first are known: the others count.
    let gaps = about.gaps.iter().filter(is_shown).filter_map(|gap| {
        let times = gap.times.iter().filter(|it| !is_noted(gap, **it));
        let times: Vec<&Span> = times.collect();
        let unknown = gap.holes.saturating_sub(gap.times.len() as u64);
        let first = gap.times.first().filter(|_| unknown > 0);
        let first = times.first().copied().or(first)?;
        Some((gap, *first, unknown + times.len().max(1) as u64))
    });
    let gaps: Vec<(&Gap, Span, u64)> = gaps.collect();
    let Some(((first, hole, holes), others)) = gaps.split_first() else {
        return;
    };
    let name = groups
        .get(&first.group)
        .map(|group| group_name(*group, naming))
        .unwrap_or_default();
    let name = if name.is_empty() {
        "A group".to_owned()
    } else {
        name
    };
    let clock =
        |nanoseconds: i64| DateTime::from_timestamp_nanos(nanoseconds).with_timezone(&wanted.zone);
    let (from, until) = (clock(hole.0), clock(hole.1));
    let until = match from.date_naive() == until.date_naive() {
        true => until.format("%H:%M").to_string(),
        false => moment(until.to_utc(), wanted.zone),
    };
    let more = match holes {
        1 => String::new(),
        2 => ", and at 1 other time".to_owned(),
        holes => format!(", and at {} other times", holes - 1),
    };
    let others = match others.len() {
        0 => String::new(),
        1 => " 1 more group lacks data at times.".to_owned(),
        count => format!(" {count} more groups lack data at times."),
    };
    notes.push(format!(
        "{name} has no data on {} from {} to {until}{more}.{others}",
        in_words(from.date_naive()),
        from.format("%H:%M")
    ));
}

/// A group by the names of its dimensions, the media type last: `Billing, voice`.
fn group_name(group: Group<'_>, naming: &Naming) -> String {
    let mut dimensions = group.dimensions();
    dimensions.sort_by_key(|(name, _)| *name == DIMENSION);
    let names = dimensions
        .into_iter()
        .filter(|(_, value)| !value.is_empty());
    let names = names.map(|(name, value)| {
        let known = naming.of(name, value);
        known.unwrap_or_else(|| printable(value))
    });
    names.collect::<Vec<_>>().join(", ")
}

/// The file of a place, without its line and column.
fn without_position(place: &str) -> &str {
    let mut name = place;
    for _ in 0..2 {
        match name.rsplit_once(':') {
            Some((head, number)) if number.parse::<u64>().is_ok() => name = head,
            _ => break,
        }
    }
    name
}

/// The sources with bad parts, without their folders, each with its errors: `b.json (cut off)`.
fn bad_files(sources: &[&Source], findings: &[Finding]) -> Vec<String> {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let errors = findings.iter();
    for finding in errors.filter(|it| it.severity == Severity::Error) {
        for place in &finding.places {
            let faults = files.entry(without_position(place)).or_default();
            let fault = fault(finding.code).filter(|it| !faults.contains(it));
            faults.extend(fault);
        }
    }
    let sources = sources.iter().map(|source| {
        let path = source.name.as_str();
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        match files.get(path).filter(|faults| !faults.is_empty()) {
            None => name.to_owned(),
            Some(faults) => format!("{name} ({})", faults.join(", ")),
        }
    });
    sources.collect()
}

/// The error of a file in plain words; `None` if its code is not in the list.
fn fault(code: &str) -> Option<&'static str> {
    const FAULTS: [(Code, &str); 9] = [
        (Code::JsonSyntax, "not JSON"),
        (Code::TrailingData, "not JSON"),
        (Code::Truncated, "cut off"),
        (Code::ApiErrorBody, "a saved error"),
        (Code::EmptyInput, "empty"),
        (Code::NotAggregates, "not a response with figures"),
        (Code::Unreadable, "cannot be opened"),
        (Code::OverLimit, "too large"),
        (Code::InvalidText, "not text"),
    ];
    let known = FAULTS.iter().find(|(known, _)| known.id() == code);
    known.map(|(_, words)| *words)
}

/// Adds the notes about data that does not count.
pub(super) fn of_data(about: &About, notes: &mut Vec<String>) {
    for (is_compared, of, findings) in [
        (false, "all figures", &about.findings),
        (true, "the compared figures", &about.compared_findings),
    ] {
        let sources = about.sources.iter();
        let sources = sources.filter(|it| it.is_compared == is_compared && it.bad_parts > 0);
        let sources: Vec<&Source> = sources.collect();
        if !sources.is_empty() {
            let places: usize = sources.iter().map(|it| it.bad_parts).sum();
            notes.push(format!(
                "Data with errors is left out of {of}, in {}: {}.",
                counted(places, "place"),
                shortened(&bad_files(&sources, findings))
            ));
        }
    }
    if about.repeated > 0 {
        let number = words::separated(FigureUnit::Count, about.repeated.to_string());
        let (entries, counts) = match (about.repeated, about.is_replaced) {
            (1, false) => ("entry occurs", "it counts once"),
            (_, false) => ("entries occur", "they count once"),
            (1, true) => ("entry occurs", "its last figures count"),
            (_, true) => ("entries occur", "their last figures count"),
        };
        notes.push(format!(
            "{number} {entries} more than once in the files: {counts}."
        ));
    }
}
