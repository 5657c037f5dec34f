//! Notes that a reader needs to understand the figures.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::aggregate::{Group, Span};
use crate::diagnostic::Code;
use crate::diagnostic::words::counted;
use crate::json::text::printable;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::{NoValue, Quotient};
use crate::model::stat::{Stat, Unmerged, stat_order};
use crate::model::time::{self, Instant};
use crate::report::{QueryFigures, Report, words};

use super::about::{About, Finding};
use super::cell::Cell;
use super::earlier::Alignment;
use super::headline;
use super::measure::{Measure, Totals};
use super::media::MediaFigures;
use super::naming;
use super::partial::PartialDay;
use super::queries::{AGENT, QueryTotal, dimensions, drops_multivalued, has_rows, right};
use super::rows::RowTable;
use super::series::Series;
use super::wanted::Wanted;

/// The note about targets. It has no place beside the range of the targets of queues.
const TARGETS_DIFFER: &str =
    "The targets of the service level are not all the same: the total has none.";

/// Metrics that count a conversation once per group and interval.
const DISTINCT: &str = "nConversations";

/// Number of days that a note names.
const NAMED_DAYS: usize = 5;

/// Adds the note about days without data between others, if the finding is shown.
pub(super) fn of_missing_days(about: &About, notes: &mut Vec<String>) {
    let mut findings = about.findings.iter();
    if !findings.any(|it| it.code == Code::MissingDay.id()) || about.missing.is_empty() {
        of_finding(about, Code::MissingDay, notes);
        return;
    }
    let days = named(&about.missing);
    notes.push(match about.missing.len() {
        1 => format!("No data on {days}."),
        more => format!("No data on {more} days: {days}."),
    });
}

/// Adds the notes about days of which only a part is there, each with the start of its note.
pub(super) fn of_partial(days: &[(String, &PartialDay)], notes: &mut Vec<String>) {
    let (shown, others) = days.split_at(days.len().min(NAMED_DAYS));
    let sentence = |(start, day): &(String, &PartialDay)| {
        format!("{start}{}", day.sentence(&in_words(day.date)))
    };
    notes.extend(shown.iter().map(sentence));
    match others {
        [] => {}
        [day] => notes.push(sentence(day)),
        _ => {
            let all: BTreeSet<NaiveDate> = days.iter().map(|(_, day)| day.date).collect();
            let lack = if all.len() == 1 { "lacks" } else { "lack" };
            notes.push(format!(
                "In all, {} {lack} data.",
                counted(all.len(), "day")
            ));
        }
    }
}

/// Adds the note about days that changes leave out.
pub(super) fn of_uncompared(alignment: &Alignment, notes: &mut Vec<String>) {
    let days: Vec<NaiveDate> = alignment.uncompared.iter().copied().collect();
    if alignment.compares_parts {
        notes.push(
            "On each of the days that are compared, one of the periods lacks hours that the other has."
                .to_owned(),
        );
    }
    if !days.is_empty() {
        notes.push(format!(
            "Changes leave out {}: one of the periods lacks hours there.",
            named(&days)
        ));
    }
}

/// Adds the note about a comparison with inputs that are not of an earlier time; `own` and `before` are
/// the days of both.
pub(super) fn of_comparison(
    about: &About,
    own: (NaiveDate, NaiveDate),
    before: (NaiveDate, NaiveDate),
    notes: &mut Vec<String>,
) {
    let [own, before] = [own, before].map(words::period_of_days);
    notes.push(if about.is_compared_with_itself {
        format!(
            "The report, of {own}, is compared with its own files, of {before}: nothing changes."
        )
    } else {
        format!(
            "The report is of {own}. The compared inputs are of {before}, which is not earlier: charts do not show them."
        )
    });
}

/// Adds the notes about days without data that no finding names. Days of today and later are to come.
pub(super) fn of_missing(about: &About, today: NaiveDate, notes: &mut Vec<String>) {
    let beside = &about.missing_beside;
    if !beside.is_empty() {
        notes.push(format!(
            "No data on {}. The compared inputs have data on such a weekday.",
            named(beside)
        ));
    }
    if let Some(last) = about.missing_last.filter(|day| *day < today) {
        notes.push(format!(
            "The last week is not complete: no data on {}.",
            in_words(last)
        ));
    }
    let ends = about.missing_ends.iter().filter(|day| **day < today);
    let ends: Vec<NaiveDate> = ends.copied().collect();
    if !ends.is_empty() {
        notes.push(format!(
            "No data at the ends of the period: on {}.",
            named(&ends)
        ));
    }
}

/// A day as people write it.
pub(super) fn in_words(day: NaiveDate) -> String {
    day.format("%a %-d %b %Y").to_string()
}

/// Days in words, the first few by name.
pub(super) fn named(days: &[NaiveDate]) -> String {
    let first = days.iter().take(NAMED_DAYS);
    let first = first.map(|day| in_words(*day));
    let mut named = first.collect::<Vec<_>>().join(", ");
    if days.len() > NAMED_DAYS {
        named.push_str(&format!(" and {} more", days.len() - NAMED_DAYS));
    }
    named
}

/// Adds the notes about several queries, and about dimensions with several values per conversation.
pub(super) fn of_queries(report: &Report, wanted: &Wanted, notes: &mut Vec<String>) {
    let several = report.queries.len() > 1;
    if several {
        let queries = report
            .queries
            .iter()
            .flat_map(|query| groupings(query.groups.iter()));
        let queries: Vec<String> = queries.collect();
        notes.push(format!(
            "The exports are grouped in {} ways: {}. Their figures are never added to each other.",
            queries.len(),
            queries.join("; ")
        ));
    }
    for query in &report.queries {
        let (groups, query) = (&query.groups, of_query(query.groups.iter()));
        let names = groups.addends.conflicts(|_| false);
        if !names.is_empty() {
            let of = match several {
                true => format!(" {query}"),
                false => String::new(),
            };
            notes.push(format!(
                "There are no totals{of}: a conversation can have more than one {}, and then counts for each.",
                titles(names.into_iter())
            ));
        }
        for by in wanted.tables().into_iter().flatten() {
            if by.iter().any(|name| dimensions(groups).contains(name))
                && !report
                    .queries
                    .iter()
                    .any(|it| has_rows(&it.groups, Some(by)))
                && let Some(name) = drops_multivalued(groups, Some(by))
            {
                notes.push(format!(
                    "There are no rows by {}: a conversation can have more than one {} and would count for each.",
                    printable(&by.join(", ")),
                    titles(std::iter::once(name))
                ));
            }
        }
    }
}

/// Adds a note for each query that counts something else over the same time than the query of the totals.
pub(super) fn of_differences(report: &Report, totals: &[QueryTotal], notes: &mut Vec<String>) {
    let mut all = right(totals).filter_map(|(at, total)| Some((report.queries.get(at)?, total)));
    let Some((base, bare)) = all.next() else {
        return;
    };
    let covered = |total: Group<'_>| {
        let (start, end) = total.covered()?;
        Some([start, end].map(|it| Some(Instant::parse(it)?.time.to_utc())))
    };
    let is_counted = |it: &Measure| {
        it.unit() == FigureUnit::Count
            && !matches!(it, Measure::Count(metric) if metric == DISTINCT)
    };
    // Agents have a part of all calls.
    let has_agents = |query: &QueryFigures, it: &Measure| {
        let mut groups = query.groups.iter().filter(|group| it.is_of(*group));
        groups.any(|group| group.dimensions().iter().any(|(name, _)| *name == AGENT))
    };
    for (query, total) in all.filter(|(_, total)| covered(*total) == covered(bare)) {
        let [whole, parts] = [bare, total].map(Totals::new);
        let measures = headline::measures(total).into_iter().filter(is_counted);
        let measures = measures.filter(|it| has_agents(base, it) == has_agents(query, it));
        let both = measures.filter(|it| it.is_measured(&whole) && it.is_measured(&parts));
        let values = both.filter_map(|it| Some((it.of(&whole).ok()?, it.of(&parts).ok()?, it)));
        let differ = values.filter(|(a, b, _)| a.compare(*b) != Some(Ordering::Equal));
        let differ = differ.map(|(whole, parts, measure)| {
            let [whole, parts] =
                [whole, parts].map(|value| words::shown(FigureUnit::Count, Some(value)));
            format!("{whole} and {parts} ({})", measure.label())
        });
        let differ: Vec<String> = differ.collect();
        if !differ.is_empty() {
            notes.push(format!(
                "The export {} and the export {} differ: {}. One of the two is incomplete or has another filter.",
                of_query(base.groups.iter()),
                of_query(query.groups.iter()),
                differ.join(", ")
            ));
        }
    }
}

/// A query by the dimensions of its groups: `by media type, queue and by agent`.
pub(super) fn of_query<'g>(groups: impl Iterator<Item = Group<'g>>) -> String {
    groupings(groups).join(" and ")
}

/// The dimensions of groups, each set with the word "by".
fn groupings<'g>(groups: impl Iterator<Item = Group<'g>>) -> Vec<String> {
    let mut sets: Vec<BTreeSet<&str>> = Vec::new();
    for group in groups {
        let own = group
            .dimensions()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        if !sets.iter().any(|it| it.is_superset(&own)) && sets.len() < MOST_SETS {
            sets.retain(|it| !it.is_subset(&own));
            sets.push(own);
        }
    }
    let named = sets.iter().map(|set| match set.is_empty() {
        true => "without groups".to_owned(),
        false => format!("by {}", titles(set.iter().copied())),
    });
    named.collect()
}

/// Number of sets of dimensions that a note names.
const MOST_SETS: usize = 4;

/// Dimensions as people read them.
fn titles<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let titles = names.map(|name| naming::title(name).to_lowercase());
    let titles: Vec<String> = titles.collect();
    printable(&match titles.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        titles => titles.join(""),
    })
}

/// Findings that are notes, as readers of the figures need them: about time without data, and times that
/// seem to have another unit.
pub const NOTED: [Code; 3] = [Code::MissingDay, Code::Gap, Code::LooksLikeSeconds];

/// Adds the notes that a finding gives.
pub(super) fn of_finding(about: &About, code: Code, notes: &mut Vec<String>) {
    let findings = about.findings.iter();
    for Finding { message, .. } in findings.filter(|finding| finding.code == code.id()) {
        let mut letters = message.chars();
        let first = letters.next().map(|it| it.to_ascii_uppercase());
        notes.push(first.into_iter().chain(letters).chain(['.']).collect());
    }
}

/// Adds the notes about intervals that are incomplete or longer than their period.
pub(super) fn of_series(
    (report, series): (&Report, &Series),
    wanted: &Wanted,
    notes: &mut Vec<String>,
) {
    let incomplete = series.points.iter().filter(|point| point.is_incomplete);
    if let Some(first) = incomplete.clone().next() {
        let (periods, had) = match incomplete.count() {
            1 => ("The period".to_owned(), "its"),
            more => (format!("{more} periods"), "their"),
        };
        notes.push(format!(
            "{periods} from {} had not ended when the report was written at {}: {had} figures are incomplete.",
            moment(first.start, wanted.zone),
            moment(wanted.now, wanted.zone)
        ));
    }
    let spans = report.queries.iter().flat_map(|it| it.series.periods());
    let longer = spans.filter(|(start, end)| end - start > series.longest);
    let longer = longer.collect::<BTreeSet<Span>>().len();
    if longer > 0 {
        notes.push(format!(
            "Figures by {} leave out {}, which totals have.",
            series.by(),
            counted(longer, "longer period")
        ));
    }
    let divided = divided_days(report, wanted);
    if divided > 0 {
        let (entries, verb) = match divided {
            1 => ("1 entry".to_owned(), "has"),
            more => (format!("{more} entries"), "have"),
        };
        notes.push(format!(
            "{entries} {verb} parts of two days of {}, and each counts for the day with most of it: the export has another time zone.",
            wanted.zone.name()
        ));
    } else if series.straddling > 0 {
        let cross = if series.straddling == 1 {
            "crosses"
        } else {
            "cross"
        };
        notes.push(format!(
            "{} {cross} the end of a period ({}): each counts for the period with most of it.",
            counted(series.straddling, "entry"),
            series.by()
        ));
    }
}

/// An instant as people write it: `Mon 26 Oct 2026 08:30`.
pub(super) fn moment(instant: DateTime<Utc>, zone: Tz) -> String {
    let local = instant.with_timezone(&zone);
    local.format("%a %-d %b %Y %H:%M").to_string()
}

/// Number of intervals with parts of several local days.
fn divided_days(report: &Report, wanted: &Wanted) -> usize {
    let spans = report.queries.iter().flat_map(|it| it.series.periods());
    let divided = spans.filter(|span| time::divides_days(*span, wanted.zone));
    divided.collect::<BTreeSet<Span>>().len()
}

/// Adds the note about rows that filters left out.
pub(super) fn of_filters(about: &About, notes: &mut Vec<String>) {
    if !about.filters.is_empty() {
        notes.push(format!(
            "Only {}: {} other rows are left out.",
            printable(&about.filters),
            words::separated(FigureUnit::Count, about.filtered.to_string())
        ));
    }
}

/// Names, the first few of them.
pub(super) fn shortened(names: &[impl AsRef<str>]) -> String {
    const SHOWN: usize = 6;
    let shown = names.iter().take(SHOWN);
    let shown: Vec<String> = shown.map(|it| printable(it.as_ref())).collect();
    match names.len() {
        more if more > SHOWN => format!("{} and {} more", shown.join(", "), more - SHOWN),
        _ => shown.join(", "),
    }
}

/// Adds the notes about tables whose rows join media types: about averages, and about shares that some
/// media types do not have.
pub(super) fn of_mixed<'m>(
    tables: impl Iterator<Item = RowTable<'m>>,
    media: &[MediaFigures],
    notes: &mut Vec<String>,
) {
    let (mut is_joined, mut unknown) = (false, Vec::new());
    for table in tables {
        let has_averages = table.measures().iter().any(|it| {
            it.unit() == FigureUnit::Time && media.iter().any(|own| own.cell(it).is_some())
        });
        is_joined |= has_averages;
        for row in table.rows() {
            for (measure, cell) in table.measures().iter().zip(row.cells) {
                let label = measure.label();
                if cell.why == Some(NoValue::MixedMedia) && !unknown.contains(&label) {
                    unknown.push(label);
                }
            }
        }
    }
    if is_joined {
        notes.push(
            "Rows of several media types have one average for all of them, and email and messages can last for days."
                .to_owned(),
        );
    }
    if !unknown.is_empty() {
        notes.push(format!(
            "No {} in rows that join media types of which one does not have it.",
            unknown.join(", ")
        ));
    }
}

/// Adds the notes about media types that are shown together, and about more answered interactions than
/// offered ones.
pub(super) fn of_media(media: &[MediaFigures], too_many: Option<usize>, notes: &mut Vec<String>) {
    if let Some(count) = too_many {
        notes.push(format!(
            "There are {count} media types: times and shares join all of them."
        ));
    }
    let Some((answered, whole)) = Measure::key("Answered %").zip(Quotient::new(1.into(), 1.into()))
    else {
        return;
    };
    let is_above = |cell: Option<&Cell>| {
        let value = cell.and_then(|cell| cell.value?.compare(whole));
        value == Some(Ordering::Greater)
    };
    let above = media.iter().filter(|it| {
        let mut days = it.days.iter().flat_map(|days| {
            let place = days.place(&answered);
            days.points.iter().map(move |point| point.cells.get(place?))
        });
        is_above(it.cell(&answered)) || days.any(is_above)
    });
    let above: Vec<String> = above.map(MediaFigures::title).collect();
    if !above.is_empty() {
        notes.push(format!(
            "Answered is more than 100 % at times ({}): an interaction can be answered in a later hour or on a later day than it was offered.",
            above.join(", ")
        ));
    }
}

/// Adds the notes about figures that cannot be merged; `has_level` where the total has a service level.
pub(super) fn of_total(total: Group<'_>, has_level: bool, notes: &mut Vec<String>) {
    let is_merged = total.buckets() > 1;
    let totals = total.totals();
    let distinct = totals.iter().any(|(name, _)| &*name.name == DISTINCT);
    if distinct && is_merged {
        notes.push(format!(
            "{DISTINCT} counts a conversation once per group and interval: its total is an upper bound."
        ));
    }
    let mut unmerged: Vec<&str> = total
        .statistics()
        .filter(|it| it.unmerged == Some(Unmerged::Never))
        .map(|it| it.stat)
        .collect();
    unmerged.sort_unstable_by_key(|stat| stat_order(stat));
    unmerged.dedup();
    if !unmerged.is_empty() {
        notes.push(format!(
            "{} cannot be merged over intervals and groups: the totals leave {} out.",
            shortened(&unmerged),
            if unmerged.len() == 1 { "it" } else { "them" }
        ));
    }
    if let Some(level) = total.plain("oServiceLevel") {
        let has = |stat| level.figure(stat).is_some();
        if has(Stat::Ratio) && level.get(Stat::Denominator).is_none() {
            let occurs = |stat: Stat| {
                let mut all = total.statistics();
                all.any(|it| {
                    it.name.owner() == (false, "oServiceLevel", "") && it.stat == stat.name()
                })
            };
            let parts = match (occurs(Stat::Numerator), occurs(Stat::Denominator)) {
                (false, false) => "only the ratio",
                (true, false) => "numerators without denominators",
                (false, true) => "denominators without numerators",
                (true, true) => "only one of them in each interval",
            };
            notes.push(format!(
                "There is no service level: a total needs numerator and denominator, and the responses have {parts}."
            ));
        }
        let target = level.figure(Stat::Target);
        let differ = has_level && target.is_some_and(|it| it.is_err());
        if differ && level.get(Stat::Denominator).is_some() {
            notes.push(TARGETS_DIFFER.to_owned());
        }
    }
}

/// Adds the notes about metrics without a figure, with the reasons. With `has_targets`, the report shows
/// the range of the targets of queues.
pub(super) fn of_empty(total: Group<'_>, has_targets: bool, notes: &mut Vec<String>) {
    let mut statistics: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for it in total.statistics() {
        statistics.entry(it.name.owner()).or_default().push(it);
    }
    let mut empty: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let totals = total.totals().into_iter();
    for (name, merged) in totals.filter(|(_, merged)| merged.is_empty()) {
        let all = statistics.get(&name.owner()).into_iter().flatten();
        let (mut reasons, mut unknown) = (Vec::new(), Vec::new());
        for it in all {
            let figure = Stat::parse(it.stat).and_then(|stat| merged.figure(stat)?.err());
            match it.unmerged.or(figure) {
                Some(why) => reasons.push(words::reason(NoValue::Unmerged(why))),
                None => unknown.push(it.stat),
            }
        }
        reasons.sort_unstable();
        reasons.dedup();
        let reason = match (reasons.is_empty(), unknown.is_empty()) {
            (false, _) => reasons.join(", "),
            (true, false) => format!("reports do not show its {}", shortened(&unknown)),
            (true, true) => "the data has no value".to_owned(),
        };
        empty.entry(reason).or_default().push(&name.name);
    }
    for (reason, mut names) in empty {
        names.dedup();
        let differs = words::reason(NoValue::Unmerged(Unmerged::Differs));
        match names.as_slice() {
            ["oServiceTarget"] if reason == differs && total.plain("oServiceLevel").is_some() => {
                notes.extend((!has_targets).then(|| TARGETS_DIFFER.to_owned()));
            }
            names => notes.push(format!("No figure of {}: {reason}.", shortened(names))),
        }
    }
}
