//! The figures of a report, from all elements of the inputs.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::Weekday;
use chrono_tz::Tz;

use crate::across::shapes::{self, Shapes};
use crate::aggregate::every::Every;
use crate::aggregate::{Aggregate, Collector, Periods, Scope};
use crate::check::overlap;
use crate::error::Error;
use crate::json::text::printable;
use crate::model::catalog::absence::{CounterScope, Occurrences};
use crate::model::period::Period;
use crate::model::stat::{Merge, Stat, StatSet};
use crate::pipeline::Run;
use crate::pipeline::visit::{self, ElementBatch};
use crate::record::Element;
use crate::record::entity::EntityView;
use crate::report::model::trends::COUNTED;
use crate::report::{EntitySummary, QueryFigures, Report, words};
use crate::table::Filter;
use crate::table::entity_names::Attribute;

use super::Dataset;

/// A report of inputs. Counters that a bucket lacks are 0 where their metrics apply, or unknown with
/// `keeps_absent`. `attributes` are those that are dimensions of their groups. `days` is the time zone of
/// counts by day, where they are wanted.
///
/// # Errors
/// An input has changed since it was checked.
pub(super) fn report(
    run: &Run<'_>,
    dataset: &Dataset,
    keeps_absent: bool,
    attributes: &[Attribute],
    days: Option<Tz>,
) -> Result<Report, Error> {
    let inputs = &dataset.inputs;
    let scopes = scopes(attributes);
    // The queries are the same, whatever metrics are wanted.
    let filter = Filter {
        metrics: Vec::new(),
        ..run.spec.filter.clone()
    };
    let shapes = shapes::find(run, inputs, &filter)?;
    let is_plain = dataset.repeated_groups.is_empty() && run.spec.filter.days.is_none();
    let early = (is_plain && days.is_none()).then(|| dataset.early_figures(&scopes, &shapes));
    let (queries, entities) = match early.flatten().map(<[Aggregate; 2]>::try_from) {
        Some(Ok([groups, series])) => {
            let figures = QueryFigures {
                groups,
                series,
                ..QueryFigures::default()
            };
            (vec![figures], Vec::new())
        }
        _ => figures(run, dataset, (&scopes, days), &shapes)?,
    };
    let mut report = Report {
        queries,
        entities,
        is_skipped: inputs.iter().any(|input| !input.rejects.is_empty()),
        is_filtered: inputs.iter().any(|input| input.survey.filtered > 0),
    };
    for (at, query) in report.queries.iter_mut().enumerate() {
        let occurrences = occurrences(dataset, &shapes, (at, &*query));
        for aggregate in [&mut query.groups, &mut query.series] {
            aggregate.read_absent(&occurrences, keeps_absent);
        }
    }
    Ok(report)
}

/// The metrics that occur in a query. Metrics of another query are unknown in this one, not 0.
fn occurrences<'d>(
    dataset: &'d Dataset,
    shapes: &Shapes,
    (at, query): (usize, &QueryFigures),
) -> Cow<'d, Occurrences> {
    if shapes.count < 2 {
        return Cow::Borrowed(&dataset.occurrences);
    }
    let mut own = Occurrences::default();
    // Groups and times that filters leave out count, too.
    for (number, input) in dataset.inputs.iter().enumerate() {
        if (0..input.facts.len()).all(|document| shapes.of(number, document) == at) {
            own.merge(&input.survey.occurrences);
        }
    }
    for group in query.groups.iter() {
        let scope = CounterScope::of(group.dimensions().into_iter());
        let totals = group.totals().into_iter().filter(|(name, _)| !name.view);
        totals.for_each(|(name, _)| own.add(&scope.media_type, &name.name));
    }
    Cow::Owned(own)
}

/// The figures of each query, and the entities.
fn figures(
    run: &Run<'_>,
    dataset: &Dataset,
    (scopes, days): (&[Scope; 2], Option<Tz>),
    shapes: &Shapes,
) -> Result<(Vec<QueryFigures>, Vec<EntitySummary>), Error> {
    let daily = days.and_then(|zone| by_day(&scopes[0], zone));
    let repeated = &dataset.repeated_groups;
    // The figures of each query, and its buckets of groups that several documents have.
    let mut queries = vec![(QueryFigures::default(), HashSet::new()); shapes.count.max(1)];
    let mut entities = Vec::new();
    visit::all(
        run,
        &dataset.inputs,
        &|elements| {
            let scopes = (scopes, daily.as_ref(), repeated);
            PartialReport::of(elements, shapes, &run.spec.filter, scopes)
        },
        |part| {
            entities.extend(part.entities);
            let Some((figures, buckets)) = queries.get_mut(part.query) else {
                return;
            };
            let places = figures.groups.merge(part.figures.groups);
            figures.series.merge(part.figures.series);
            figures.daily.merge(part.figures.daily);
            for (group, start, end) in part.buckets {
                let Some(group) = places.get(group).copied() else {
                    continue;
                };
                if !buckets.insert((group, start, end)) {
                    // It was counted before.
                    figures.groups.uncount(group, 1);
                }
            }
        },
    )?;
    let queries = queries.into_iter().map(|(figures, _)| figures);
    Ok((queries.collect(), entities))
}

/// The part of a report from some elements.
#[derive(Debug, Default)]
struct PartialReport {
    query: usize,
    figures: QueryFigures,
    entities: Vec<EntitySummary>,
    /// Buckets that another document may have, too: group, start and end.
    buckets: Vec<(usize, i64, i64)>,
}

impl PartialReport {
    fn of(
        elements: &ElementBatch<'_>,
        shapes: &Shapes,
        filter: &Filter,
        ([groups, series], daily, repeated): (&[Scope; 2], Option<&Scope>, &HashSet<u64>),
    ) -> Result<Self, Error> {
        let mut part = Self {
            query: shapes.of(elements.index, elements.document),
            ..Self::default()
        };
        let mut collector = Collector::new(groups, filter);
        let mut series = Collector::new(series, filter);
        let mut daily = daily.map(|scope| Collector::new(scope, filter));
        elements.each(|visit| match visit.element {
            Element::Container(view) => {
                let Some(group) = collector.add(view, |_, _| {}) else {
                    return;
                };
                series.add(view, |_, _| {});
                if let Some(daily) = &mut daily {
                    daily.add(view, |_, _| {});
                }
                if repeated.is_empty() || !repeated.contains(&overlap::group_number(view)) {
                    return;
                }
                for (_, bucket, _, (start, end)) in overlap::timed(view) {
                    if filter.bucket(view, bucket) {
                        part.buckets.push((group, start, end));
                    }
                }
            }
            Element::Entity(view) => part.entities.extend(entity(view, filter)),
        })?;
        part.figures.groups = collector.finish();
        let addends = &mut part.figures.groups.addends;
        let document = (elements.index, elements.document);
        addends.remove_flattened(|name| shapes.is_flattened(document, name));
        part.figures.series = series.finish();
        part.figures.daily = daily.map(Collector::finish).unwrap_or_default();
        Ok(part)
    }
}

/// The scopes of a report: that of the groups, and that of the figures over time, by media type. Times
/// and shares of different media types are never joined.
pub(super) fn scopes(attributes: &[Attribute]) -> [Scope; 2] {
    let groups = Scope {
        attributes: attributes.to_vec(),
        ..Scope::default()
    };
    let series = Scope {
        by: Some(vec!["mediaType".to_owned()]),
        attributes: Vec::new(),
        periods: Periods::Own,
        stats: StatSet::of(|stat| stat.merge() == Merge::Add || stat == Stat::Target),
        metrics: None,
        views: false,
    };
    [groups, series]
}

/// The counts of each group by local day.
fn by_day(scope: &Scope, zone: Tz) -> Option<Scope> {
    let day = Every::new(Period::parse("1d")?, zone, Weekday::Mon)?;
    Some(Scope {
        periods: Periods::Nearest(day),
        stats: StatSet::of(|stat| stat == Stat::Count),
        metrics: Some(COUNTED),
        views: false,
        ..scope.clone()
    })
}

fn entity(view: EntityView<'_>, filter: &Filter) -> Option<EntitySummary> {
    if !filter.entity(view) {
        return None;
    }
    let plain = |scalar| view.text(scalar).map(printable);
    let entity = view.entity;
    let mut title = plain(entity.id).unwrap_or_default();
    if let Some(division) = plain(entity.division_name).or_else(|| plain(entity.division)) {
        title.push_str(&format!(" (division {division})"));
    }
    let lines = view
        .values()
        .iter()
        .filter(|value| filter.metric(view.str(value.name)))
        .map(|value| words::summary_line(view, value))
        .collect();
    Some(EntitySummary { title, lines })
}
