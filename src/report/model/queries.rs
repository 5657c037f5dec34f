//! The queries of a report: their totals, and the tables of their rows.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::aggregate::{Aggregate, Group, Span};
use crate::model::catalog::{self, figure::FigureUnit};
use crate::report::{QueryFigures, Report};

use super::measure::{Measure, Totals};
use super::partial::PartialDay;

/// The value of a dimension that a group lacks: the group is a part of the whole like others.
pub const NONE: &str = "(none)";

/// Returns true if groups add up to a total.
pub(super) fn adds(groups: &Aggregate) -> bool {
    groups.addends.conflicts(|_| false).is_empty()
}

/// Returns true if a group has a figure.
pub(super) fn has_figures(groups: &Aggregate) -> bool {
    groups.iter().any(|group| !group.totals().is_empty())
}

/// The groups of one query as one.
#[derive(Debug)]
pub struct QueryTotal {
    groups: Aggregate,
    adds: bool,
}

impl QueryTotal {
    /// The groups as one, also where they do not add up.
    pub fn group(&self) -> Option<Group<'_>> {
        self.groups.get(0)
    }
}

/// The totals of the queries of a report, in their order.
pub(super) fn totals(report: &Report) -> Vec<QueryTotal> {
    let queries = report.queries.iter();
    let totals = queries.map(|query| QueryTotal {
        groups: query.groups.by(&[], |_| true),
        adds: adds(&query.groups),
    });
    totals.collect()
}

/// The totals whose groups add up, with the places of their queries.
pub(super) fn right(totals: &[QueryTotal]) -> impl Iterator<Item = (usize, Group<'_>)> {
    let all = totals.iter().enumerate().filter(|(_, total)| total.adds);
    all.filter_map(|(at, total)| Some((at, total.group()?)))
}

/// The query whose intervals are shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShownQuery<'q> {
    pub query: &'q QueryFigures,
    pub spans: &'q [Span],
    /// Its partial days.
    pub partial: &'q [PartialDay],
    /// The families of the counts of the headline figures.
    pub families: u32,
}

/// The families of the counts among measures.
pub(super) fn counted_families(measures: &[Measure]) -> u32 {
    let counts = measures.iter().filter(|it| it.unit() == FigureUnit::Count);
    counts.fold(0, |all, it| all | it.families())
}

/// Returns true if the buckets of a group have only metrics of other families, or of none: surveys beside calls.
pub(super) fn is_of_others(group: Group<'_>, families: u32) -> bool {
    let own = group.families();
    let has_figures = own != 0 || !group.totals().is_empty();
    families != 0 && own & families == 0 && has_figures
}

/// Returns true if all groups have only surveys or evaluations, of which a day can have none.
pub(super) fn are_rare<'g>(groups: impl Iterator<Item = Group<'g>>) -> bool {
    let families = groups.fold(0, |all, group| all | group.families());
    families != 0 && families & !catalog::rare_families() == 0
}

/// The intervals of the figures over time: those of groups that count `measures`, and those of other groups of the same
/// families that are not longer. Surveys make no days of calls. Other groups must have a media type if a counted group
/// has one, and none otherwise.
pub(super) fn periods(series: &Aggregate, measures: &[Measure]) -> Vec<Span> {
    let counts = measures.iter().filter(|it| it.unit() == FigureUnit::Count);
    let families = counted_families(measures);
    let has_media = |group: Group<'_>| !media_type(&group.dimensions()).is_empty();
    let is_counted = |group: Group<'_>| counts.clone().any(|it| it.is_of(group));
    let groups = series.iter().filter_map(|group| {
        let is_counted = is_counted(group);
        let is_like = is_counted || !is_of_others(group, families);
        Some((
            group.period()?,
            is_counted,
            is_like.then(|| has_media(group)),
        ))
    });
    let groups: Vec<(Span, bool, Option<bool>)> = groups.collect();
    let counted = groups.iter().filter(|(_, is_counted, _)| *is_counted);
    let longest = counted.clone().map(|((start, end), ..)| end - start).max();
    // True if counted groups have media types.
    let media = counted
        .map(|(.., has_media)| *has_media)
        .max()
        .unwrap_or(Some(true));
    let is_shown = |((start, end), is_counted, has_media): &(Span, bool, Option<bool>)| {
        let is_short = longest.is_none_or(|longest| end - start <= longest);
        *is_counted || *has_media == media && is_short
    };
    let shown = groups.iter().filter(|it| is_shown(it)).map(|it| it.0);
    let mut shown: Vec<Span> = shown.collect();
    shown.sort_unstable();
    shown.dedup();
    match shown.is_empty() {
        true => series.periods(),
        false => shown,
    }
}

/// The place of the query that the headline figures come from, and that is shown over time: the first that has totals,
/// if possible with interactions.
pub(super) fn headline_query(totals: &[QueryTotal]) -> Option<usize> {
    let offered = Measure::key("Offered");
    let is_main = |group: &Group<'_>| {
        let offered = offered.as_ref();
        offered.is_some_and(|it| it.is_measured(&Totals::new(*group)))
    };
    let main = right(totals).find(|(_, group)| is_main(group));
    main.or(right(totals).next()).map(|(at, _)| at)
}

/// The dimensions that occur in groups.
pub(super) fn dimensions(groups: &Aggregate) -> BTreeSet<String> {
    let names = groups.iter().flat_map(|group| group.dimensions());
    names.map(|(name, _)| name.to_owned()).collect()
}

/// The maximum number of tables with different dimensions in a query.
const MOST_TABLES: usize = 16;

/// The groups of a query as tables. Groups with a metric in common are of one table, and so are groups
/// that lack some dimensions of others: they are parts of the same whole. `None` where all are in one.
pub(super) fn tables(groups: &Aggregate) -> Option<Vec<Aggregate>> {
    let names = |dimensions: &[(&str, &str)]| {
        let names = dimensions.iter().map(|(name, _)| (*name).to_owned());
        names.collect::<BTreeSet<String>>()
    };
    let mut greatest: Vec<BTreeSet<String>> = Vec::new();
    for group in groups.iter() {
        let own = names(&group.dimensions());
        if !greatest.iter().any(|it| own.is_subset(it)) {
            greatest.retain(|it| !it.is_subset(&own));
            greatest.push(own);
            if greatest.len() > MOST_TABLES {
                return None;
            }
        }
    }
    if greatest.len() < 2 {
        return None;
    }
    let place = |own: &BTreeSet<String>| greatest.iter().position(|it| own.is_subset(it));
    let mut metrics: Vec<BTreeSet<String>> = greatest.iter().map(|_| BTreeSet::new()).collect();
    for group in groups.iter() {
        let at = place(&names(&group.dimensions()));
        if let Some(known) = at.and_then(|at| metrics.get_mut(at)) {
            let own = group
                .totals()
                .into_iter()
                .map(|(name, _)| name.name.to_string());
            known.extend(own);
        }
    }
    // The first of the tables that have a metric in common.
    let mut table_of: Vec<usize> = (0..greatest.len()).collect();
    for (at, own) in metrics.iter().enumerate() {
        for (earlier, others) in metrics.iter().enumerate().take(at) {
            if own.is_disjoint(others) {
                continue;
            }
            let (from, to) = (table_of.get(at).copied(), table_of.get(earlier).copied());
            if let (Some(from), Some(to)) = (from, to) {
                let joined = from.min(to);
                for table in &mut table_of {
                    if *table == from || *table == to {
                        *table = joined;
                    }
                }
            }
        }
    }
    let table = |table: usize| {
        groups.filtered(|dimensions| {
            let at = place(&names(dimensions));
            at.and_then(|at| table_of.get(at)) == Some(&table)
        })
    };
    let tables: BTreeSet<usize> = table_of.iter().copied().collect();
    (tables.len() > 1).then(|| tables.into_iter().map(table).collect())
}

/// The dimensions of a table of agents.
pub(super) const AGENT: &str = "userId";
pub(super) const MEDIA: &str = "mediaType";
/// The API knows fewer media types.
pub(super) const MOST_MEDIA: usize = 32;

/// The media type among dimensions; an empty text where there is none.
pub(super) fn media_type<'v>(dimensions: &[(&str, &'v str)]) -> &'v str {
    let found = dimensions.iter().find(|(name, _)| *name == MEDIA);
    found.map_or("", |(_, value)| value)
}

/// Agents without and with their media types, where a table has both and they have no metric in
/// common: times of presences, and what was handled.
pub(super) fn split_agents(groups: &Aggregate) -> Option<[Aggregate; 2]> {
    if !is_of_agents(groups) {
        return None;
    }
    let has_media = |dimensions: &[(&str, &str)]| dimensions.iter().any(|(name, _)| *name == MEDIA);
    let parts = [false, true].map(|wanted| groups.filtered(|it| has_media(it) == wanted));
    let [without, with] = parts.each_ref().map(metrics_of);
    let is_split = !without.is_empty() && !with.is_empty() && without.is_disjoint(&with);
    is_split.then_some(parts)
}

/// The figures of agents from several queries as one table: times of presences, and what they handled.
/// All media types count. `None` where there is one query at most, or two have the same metric.
pub(super) fn agents<'g>(tables: impl Iterator<Item = &'g Aggregate>) -> Option<Aggregate> {
    let by = [AGENT.to_owned()];
    let (mut joined, mut known, mut count) = (Aggregate::default(), BTreeSet::new(), 0);
    for groups in tables.filter(|it| is_of_agents(it) && adds(it)) {
        let own = groups.by(&by, |_| true);
        let metrics = metrics_of(&own);
        if !known.is_disjoint(&metrics) {
            return None;
        }
        known.extend(metrics);
        joined.merge(own);
        count += 1;
    }
    (count > 1).then_some(joined)
}

/// Tables without the dimensions that another table has: beside a table of queues, one of wrap-up codes by
/// queue is joined to wrap-up codes, unless a table has these already. Tables of offered interactions come
/// first.
pub(super) fn narrowed(
    mut tables: Vec<(usize, Cow<'_, Aggregate>)>,
) -> Vec<(usize, Cow<'_, Aggregate>)> {
    let own = |groups: &Aggregate| {
        let mut own = dimensions(groups);
        own.remove(MEDIA);
        own
    };
    let sets: Vec<BTreeSet<String>> = tables.iter().map(|(_, it)| own(it)).collect();
    for (set, (_, groups)) in sets.iter().zip(&mut tables) {
        let is_part =
            |it: &&BTreeSet<String>| !it.is_empty() && it.len() < set.len() && it.is_subset(set);
        // The order of the inputs decides nothing.
        let Some(part) = sets.iter().filter(is_part).max() else {
            continue;
        };
        if sets.contains(&(set - part)) {
            continue;
        }
        let by = dimensions(groups)
            .into_iter()
            .filter(|name| !part.contains(name));
        let by: Vec<String> = by.collect();
        if drops_multivalued(groups, Some(&by)).is_none() {
            let mut joined = groups.by(&by, |_| true);
            joined.addends = groups.addends.clone();
            *groups = Cow::Owned(joined);
        }
    }
    let has_offered = |groups: &Aggregate| groups.iter().any(|it| it.plain("nOffered").is_some());
    tables.sort_by_key(|(_, groups)| !has_offered(groups));
    tables
}

/// Returns true if groups are agents, with or without their media types.
pub(super) fn is_of_agents(groups: &Aggregate) -> bool {
    let dimensions = dimensions(groups);
    let known = dimensions.iter().all(|name| name == AGENT || name == MEDIA);
    known && dimensions.contains(AGENT)
}

fn metrics_of(groups: &Aggregate) -> BTreeSet<String> {
    let totals = groups.iter().flat_map(|group| group.totals());
    totals.map(|(name, _)| name.name.to_string()).collect()
}

/// Returns true if a query has the rows that are asked for: it has one of the dimensions, and
/// leaves none out of which one conversation can have several values.
pub(super) fn has_rows(groups: &Aggregate, by: Option<&[String]>) -> bool {
    let Some(by) = by.filter(|by| !by.is_empty()) else {
        return true;
    };
    let own = dimensions(groups);
    by.iter().any(|name| own.contains(name)) && drops_multivalued(groups, Some(by)).is_none()
}

/// The dimension that rows leave out although one conversation can have several values of it.
pub(super) fn drops_multivalued<'g>(
    groups: &'g Aggregate,
    by: Option<&[String]>,
) -> Option<&'g str> {
    let by = by?;
    let is_kept = |name: &str| by.iter().any(|it| it == name);
    groups.addends.conflicts(is_kept).first().copied()
}

/// The query that has the intervals of a media type: the main one, else the first one with its groups.
pub(super) fn query_of<'q>(
    queries: &'q [QueryFigures],
    main: &'q QueryFigures,
    media: Option<&str>,
) -> &'q QueryFigures {
    let has_media = |it: &&QueryFigures| {
        media.is_none_or(|media| media.is_empty() || media_types(&[it]).contains(media))
    };
    match has_media(&main) {
        true => main,
        false => added(queries).find(has_media).unwrap_or(main),
    }
}

/// The media types of queries: an empty text for groups without one. A query without media types is
/// no part of those that have them.
pub(super) fn media_types(queries: &[&QueryFigures]) -> BTreeSet<String> {
    let own = queries.iter().map(|query| -> BTreeSet<String> {
        let groups = query.groups.iter();
        groups
            .map(|group| media_type(&group.dimensions()).to_owned())
            .collect()
    });
    let (with, without): (Vec<_>, Vec<_>) =
        own.partition(|types| types.iter().any(|media| !media.is_empty()));
    let types = if with.is_empty() { without } else { with };
    types.into_iter().flatten().collect()
}

/// The queries whose groups can be added.
pub(super) fn added(queries: &[QueryFigures]) -> impl Iterator<Item = &QueryFigures> {
    queries.iter().filter(|it| adds(&it.groups))
}

/// The number of media types, where there are too many to show the figures of each.
pub(super) fn too_many(report: &Report) -> Option<usize> {
    let queries: Vec<&QueryFigures> = added(&report.queries).collect();
    Some(media_types(&queries).len()).filter(|count| *count > MOST_MEDIA)
}

/// Returns true if all figures are of one media type at most.
pub(super) fn is_one(report: &Report) -> bool {
    let queries: Vec<&QueryFigures> = added(&report.queries).collect();
    media_types(&queries).len() < 2
}
