//! Outages of a media type.

use std::collections::{BTreeSet, HashSet};

use chrono::{Datelike as _, NaiveDate, Weekday};
use chrono_tz::Tz;

use crate::aggregate::{Group, Span};
use crate::model::time;
use crate::report::{QueryFigures, Report};

use super::clock_days::{DayIntervals, MIDNIGHT, days, is_weekend};
use super::partial::{self, LEAST, PEERS, PartialDay, days_lacking, is_lost, of_day};
use super::queries::{ShownQuery, is_of_others, media_type, query_of};

/// The days on which a media type lacks data that other days of their kind have. A weekday that the media type has neither
/// here nor in the report `other` can be its rest.
pub(super) fn of(
    main: ShownQuery<'_>,
    queries: &[QueryFigures],
    other: Option<&Report>,
    media: &str,
    zone: Tz,
) -> Vec<PartialDay> {
    let query = query_of(queries, main.query, Some(media));
    if std::ptr::eq(query, main.query) {
        return of_query(main, other, media, zone);
    }
    let spans = query.series.periods();
    let query = ShownQuery {
        query,
        partial: &partial::of(&spans, zone),
        spans: &spans,
        ..main
    };
    of_query(query, other, media, zone)
}

fn of_query(
    shown: ShownQuery<'_>,
    other: Option<&Report>,
    media: &str,
    zone: Tz,
) -> Vec<PartialDay> {
    let (query, spans, known) = (shown.query, shown.spans, shown.partial);
    let is_own = |group: &Group<'_>| {
        media_type(&group.dimensions()) == media && !is_of_others(*group, shown.families)
    };
    let own = query.series.iter().filter(is_own);
    let own = own.filter_map(Group::period);
    let own: BTreeSet<Span> = own.filter(|it| spans.binary_search(it).is_ok()).collect();
    let days = days(&Vec::from_iter(own), zone);
    let mut found = days_lacking(&days, zone, |at, hole, shortest| {
        is_lost(&days, (at, hole), shortest, known)
    });
    let date = |span: Span| time::local_day(span, zone);
    let all: BTreeSet<NaiveDate> = spans.iter().copied().map(date).collect();
    let own: BTreeSet<NaiveDate> = days.iter().map(|it| it.date).collect();
    let (Some(first), Some(last)) = (own.first(), own.last()) else {
        return Vec::new();
    };
    if all.is_subset(&own) {
        return found;
    }
    let of_other = other.into_iter().flat_map(|it| &it.queries);
    let of_other = of_other.flat_map(|it| it.series.iter().filter(is_own));
    let of_other = of_other.filter_map(Group::period).map(date);
    let open: HashSet<Weekday> = own
        .iter()
        .copied()
        .chain(of_other)
        .map(|day| day.weekday())
        .collect();
    let missing = all.difference(&own).copied();
    let missing: Vec<NaiveDate> = missing.filter(|it| open.contains(&it.weekday())).collect();
    // A media type can be new, or end: of the days before its first and after its last one, a single one is lost.
    let before = missing.partition_point(|it| it < first);
    let after = missing.len() - missing.partition_point(|it| it <= last);
    let lost = missing.iter().filter(|it| match (*it < first, *it > last) {
        (true, _) => before == 1,
        (_, true) => after == 1,
        _ => true,
    });
    for is_of_weekend in [false, true] {
        let is_own = |date: &NaiveDate| is_weekend(*date) == is_of_weekend;
        let is_partial = |date| of_day(known, date).or(of_day(&found, date)).is_some();
        let peers = days.iter().filter(|it| is_own(&it.date));
        let has_least = |it: &&DayIntervals| !it.is_long && it.covered((0, MIDNIGHT)) >= LEAST;
        let (dense, others): (Vec<_>, Vec<_>) = peers.partition(has_least);
        if !others.iter().all(|it| is_partial(it.date)) {
            continue;
        }
        // Hours that all media types lack do not count.
        let hours = |peer: &DayIntervals, date| {
            let holes = of_day(known, date).into_iter().flat_map(|it| &it.holes);
            peer.covered((0, MIDNIGHT)) - holes.map(|it| peer.covered(*it)).sum::<i64>()
        };
        let is_outage = |date: NaiveDate| {
            let peers = dense.iter().filter(|it| hours(it, date) >= LEAST);
            peers.take(PEERS).count() == PEERS
        };
        let whole_days = lost.clone().filter(|it| is_own(it) && is_outage(**it));
        let whole_days = whole_days.map(|date| PartialDay {
            holes: vec![(0, MIDNIGHT)],
            ..PartialDay::new(*date)
        });
        let whole_days: Vec<PartialDay> = whole_days.collect();
        found.extend(whole_days);
        found.sort_by_key(|it| it.date);
    }
    found
}
