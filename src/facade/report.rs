//! The figures of a report, from all elements of the inputs.

use std::collections::HashSet;

use crate::check::overlap;
use crate::json::text::printable;
use crate::pipeline::batch::Changed;
use crate::pipeline::visit::{self, Elements};
use crate::pipeline::{PassError, Run, Surveyed};
use crate::record::Element;
use crate::record::entity::EntityView;
use crate::report::{Entity, Report, words};
use crate::rollup::series::{Series, SeriesCollector};
use crate::rollup::{Collector, Groups};
use crate::table::Filter;

/// A report of inputs. `repeated` are the groups of which buckets may be in several documents.
///
/// # Errors
/// An input is not what it was in pass one.
pub(crate) fn report(
    run: &Run<'_>,
    inputs: &[Surveyed],
    repeated: &HashSet<u64>,
) -> Result<Report, PassError> {
    let mut builder = Builder::default();
    visit::elements(
        run,
        inputs,
        |_| true,
        &|elements| Part::of(elements, &run.shaping.filter, repeated),
        &mut |part| {
            builder.add(part);
            Ok(())
        },
    )?;
    Ok(Report {
        groups: builder.groups,
        series: builder.series,
        entities: builder.entities,
        is_filtered: inputs.iter().any(|input| input.survey.filtered > 0),
    })
}

/// What some elements add to a report.
#[derive(Debug, Default)]
struct Part {
    groups: Groups,
    series: Series,
    entities: Vec<Entity>,
    /// Buckets that another document may have, too: group, start and end.
    buckets: Vec<(usize, i64, i64)>,
}

impl Part {
    fn of(
        elements: &Elements<'_>,
        filter: &Filter,
        repeated: &HashSet<u64>,
    ) -> Result<Self, Changed> {
        let mut part = Self::default();
        let mut collector = Collector::default();
        let mut series = SeriesCollector::default();
        elements.each(|visit| match visit.element {
            Element::Container(view) => {
                let Some(group) = collector.add(view, filter) else {
                    return;
                };
                series.add(view, filter);
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
        part.groups = collector.finish();
        part.series = series.finish();
        Ok(part)
    }
}

fn entity(view: EntityView<'_>, filter: &Filter) -> Option<Entity> {
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
    Some(Entity { title, lines })
}

/// The parts of a report as they come, in the order of the inputs.
#[derive(Debug, Default)]
struct Builder {
    groups: Groups,
    series: Series,
    entities: Vec<Entity>,
    /// Buckets of groups that several documents have: group, start and end.
    buckets: HashSet<(usize, i64, i64)>,
}

impl Builder {
    fn add(&mut self, part: Part) {
        let places = self.groups.merge(part.groups);
        self.series.merge(part.series);
        self.entities.extend(part.entities);
        for (group, start, end) in part.buckets {
            let Some(group) = places.get(group).copied() else {
                continue;
            };
            if !self.buckets.insert((group, start, end)) {
                // It was counted before.
                self.groups.uncount(group, 1);
            }
        }
    }
}
