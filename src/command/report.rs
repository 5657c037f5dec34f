//! `gcagg report`: figures to read.

use std::collections::HashSet;

use crate::check::{Checker, overlap};
use crate::cli::args::{ReportArgs, ReportFormat};
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::diagnostic::thin;
use crate::engine::batch::Changed;
use crate::engine::visit::{self, Elements};
use crate::engine::{Run, repeats};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::json::text::printable;
use crate::record::Element;
use crate::record::entity::EntityView;
use crate::report::{Entity, Report, markdown, text, words};
use crate::rollup::{Collector, Groups};
use crate::table::{Filter, Shaping};

use super::gather;
use super::tell;

/// The extensions of the formats.
const WRITTEN: [(&str, ReportFormat); 3] = [
    ("txt", ReportFormat::Text),
    ("md", ReportFormat::Markdown),
    ("markdown", ReportFormat::Markdown),
];

/// Runs the command.
///
/// # Errors
/// A wrong command line, or an output that cannot be written.
pub fn run(shared: &Shared, args: ReportArgs) -> Result<ExitStatus, Error> {
    let named = output::format(&args.output, "report", &WRITTEN)?;
    let format = args.format.or(named).unwrap_or(ReportFormat::Text);
    let levels = options::levels(&args.levels, &shared.config()?)?;
    let shaping = Shaping {
        filter: options::filter(&args.filter, None)?,
        ..Shaping::default()
    };
    let discovery = options::inputs(&args.inputs.inputs, "report")?;
    gather::refuse_overwrite(&args.output, &gather::paths(&discovery))?;
    let checker = Checker::new()?;
    let run = Run {
        checker: &checker,
        shaping: &shaping,
        levels: &levels,
        schema: None,
        paranoid: shared.paranoid,
        keep: thin::SHOWN,
        rejects: false,
        window: shared.window,
    };
    let mut gathered = gather::gather(shared, &run, discovery, true)?;
    let collection = gathered.collection()?;
    tell::errors(shared, &collection)?;
    tell::warnings(shared, &collection);
    let status = gather::status(&collection);
    if status != ExitStatus::Success {
        shared.say(&format!(
            "nothing was reported: {}",
            gathered.summary(&collection, 0)
        ));
        return Ok(status);
    }
    let repeated = repeats::groups(&gathered.inputs);
    // What is known of buckets is not needed any more: a million groups need the room.
    for input in &mut gathered.inputs {
        input.chains = Default::default();
    }
    let mut builder = Builder::default();
    visit::elements(
        &run,
        &gathered.inputs,
        |_| true,
        &|elements| Part::of(elements, &shaping.filter, &repeated),
        &mut |part| {
            builder.add(part);
            Ok(())
        },
    )
    .map_err(|error| tell::unwritten(&args.output, error))?;
    let report = Report {
        groups: builder.groups,
        entities: builder.entities,
        is_filtered: gathered
            .inputs
            .iter()
            .any(|input| input.survey.filtered > 0),
    };
    let failed = |error: &std::io::Error| Error::writing(&options::shown(&args.output), error);
    let mut sink = options::sink(&args.output)?;
    match format {
        ReportFormat::Text => text::write(&report, &mut sink),
        ReportFormat::Markdown => markdown::write(&report, &mut sink),
    }
    .map_err(|error| failed(&error))?;
    sink.finish().map_err(|error| failed(&error))?;
    gathered.details(shared);
    Ok(ExitStatus::Success)
}

/// What some elements add to a report.
#[derive(Debug, Default)]
struct Part {
    groups: Groups,
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
        elements.each(|visit| match visit.element {
            Element::Container(view) => {
                let left_out = |bucket| visit.leaves_out(bucket);
                let Some(group) = collector.add(view, filter, left_out) else {
                    return;
                };
                if repeated.is_empty() || !repeated.contains(&overlap::group_number(view)) {
                    return;
                }
                for (index, bucket, _, (start, end)) in overlap::timed(view) {
                    if filter.bucket(view, bucket) && !left_out(index) {
                        part.buckets.push((group, start, end));
                    }
                }
            }
            Element::Entity(view) => part.entities.extend(entity(view, filter)),
        })?;
        part.groups = collector.finish();
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
    entities: Vec<Entity>,
    /// Buckets of groups that several documents have: group, start and end.
    buckets: HashSet<(usize, i64, i64)>,
}

impl Builder {
    fn add(&mut self, part: Part) {
        let places = self.groups.merge(part.groups);
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
