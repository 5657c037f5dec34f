//! The local days of each query, and the notes about days that it lacks.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;

use crate::aggregate::{Group, Span};
use crate::model::catalog::figure::FigureUnit;
use crate::report::{QueryFigures, Report};

use super::clock_days::is_weekend;
use super::earlier::days;
use super::measure::Measure;
use super::notes::{named, of_query};
use super::queries::{are_rare, counted_families, is_of_others, media_type};

/// The local days of figures.
struct FigureDays {
    /// The figures as a note names them: `by queue`. `None` where they can lack days, such as surveys.
    name: Option<String>,
    days: BTreeSet<NaiveDate>,
}

/// Adds a note for each query that lacks days which others have. `main` is the place of the query whose intervals are
/// shown, with these intervals, and `measures` its figures.
pub(super) fn of_lacking(
    report: &Report,
    main: Option<(usize, &[Span])>,
    measures: &[Measure],
    zone: Tz,
    notes: &mut Vec<String>,
) {
    let queries = of_queries(report, main, measures, zone);
    let all: BTreeSet<NaiveDate> = queries.iter().flat_map(|it| &it.days).copied().collect();
    for FigureDays { name, days: own } in &queries {
        let lacking = all.difference(own).copied();
        let lacking = lacking.filter(|day| !own.is_empty() && !is_rest(own, *day));
        let lacking: Vec<NaiveDate> = lacking.collect();
        if let (Some(name), false) = (name, lacking.is_empty()) {
            notes.push(format!(
                "Figures {name} have no data on {}, and others have.",
                named(&lacking)
            ));
        }
    }
}

/// The days of each query. The main one has those of its counts, those of groups without a media type, such as presences
/// of agents, and without a name those of surveys. A query with intervals longer than a day has none.
fn of_queries(
    report: &Report,
    main: Option<(usize, &[Span])>,
    measures: &[Measure],
    zone: Tz,
) -> Vec<FigureDays> {
    let mut counts = measures.iter();
    let count = counts.find(|it| it.unit() == FigureUnit::Count);
    let families = counted_families(measures);
    let is_counted = |group: Group<'_>| count.is_none_or(|it| it.is_of(group));
    let has_media = |group: Group<'_>| !media_type(&group.dimensions()).is_empty();
    let name = |query: &QueryFigures, is_own: &dyn Fn(Group<'_>) -> bool| {
        of_query(query.groups.iter().filter(|it| is_own(*it)))
    };
    let name_of_days = |query: &QueryFigures, is_own: &dyn Fn(Group<'_>) -> bool| {
        let groups = query.groups.iter().filter(|it| is_own(*it));
        (!are_rare(groups)).then(|| name(query, is_own))
    };
    let days = |query: &QueryFigures, is_own: &dyn Fn(Group<'_>) -> bool| {
        let own = query.series.iter().filter(|it| is_own(*it));
        days(own.filter_map(Group::period), zone).unwrap_or_default()
    };
    let mut all = Vec::new();
    for (at, query) in report.queries.iter().enumerate() {
        let Some((_, spans)) = main.filter(|(main, _)| *main == at) else {
            all.push(FigureDays {
                name: name_of_days(query, &|_| true),
                days: days(query, &|_| true),
            });
            continue;
        };
        let has_types = query
            .series
            .iter()
            .any(|it| is_counted(it) && has_media(it));
        // Calls of an interval can lack the count.
        let is_shown = |it: Group<'_>| {
            let period = it.period();
            let is_like = has_media(it) || !has_types && !is_of_others(it, families);
            is_like && period.is_some_and(|it| spans.binary_search(&it).is_ok())
        };
        let is_other = |it: Group<'_>| {
            !is_counted(it) && (has_media(it) || !has_types && is_of_others(it, families))
        };
        let is_without = |it: Group<'_>| !is_counted(it) && !has_media(it);
        let own = name(query, &is_counted);
        let has_others = query.series.iter().any(is_other);
        all.push(FigureDays {
            name: Some(match count.filter(|_| has_others) {
                Some(count) => format!("of {} {own}", count.label()),
                None => own,
            }),
            days: days(query, &|it| is_counted(it) || is_shown(it)),
        });
        if has_types {
            all.push(FigureDays {
                name: name_of_days(query, &is_without),
                days: days(query, &is_without),
            });
        }
        all.push(FigureDays {
            name: None,
            days: days(query, &|it| is_other(it) && !is_shown(it)),
        });
    }
    all
}

/// Returns true if a weekday is always empty, and lies between the first and the last day: more than once, or once on a
/// weekend. This is the rule of missing days.
fn is_rest(own: &BTreeSet<NaiveDate>, day: NaiveDate) -> bool {
    let is_same = |it: &NaiveDate| it.weekday() == day.weekday();
    let (Some(first), Some(last)) = (own.first(), own.last()) else {
        return false;
    };
    let inner = first.iter_days().take_while(|it| it <= last);
    !own.iter().any(is_same) && inner.filter(is_same).count() > usize::from(!is_weekend(day))
}
