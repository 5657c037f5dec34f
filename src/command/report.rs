//! `gcagg report`: figures to read.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::io::Write as _;

use crate::check::{Checker, overlap};
use crate::cli::args::{ReportArgs, ReportFormat};
use crate::cli::failure::Failure;
use crate::cli::options::{self, Shared};
use crate::cli::output;
use crate::diagnostic::thin;
use crate::engine::{Run, repeats, walk};
use crate::exit::ExitStatus;
use crate::figures::Group;
use crate::json::text::printable;
use crate::record::{Element, View};
use crate::report::{Entity, Report, markdown, text, words};
use crate::table::{Filter, Layout, Shaping, time::Times};

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
pub fn run(shared: &Shared, args: ReportArgs) -> Result<ExitStatus, Failure> {
    let named = output::format(&args.output, "report", &WRITTEN)?;
    let format = args.format.or(named).unwrap_or(ReportFormat::Text);
    let levels = options::levels(&args.levels, &shared.config()?)?;
    let shaping = Shaping {
        layout: Layout::Long,
        filter: options::filter(&args.filter, None)?,
        durations: None,
        times: Times::default(),
    };
    let discovery = options::inputs(&args.inputs.inputs, "report")?;
    gather::refuse_overwrite(&args.output, &gather::paths(&discovery))?;
    let checker = Checker::new().map_err(Failure::io)?;
    let run = Run {
        checker: &checker,
        shaping: &shaping,
        levels: &levels,
        schema: None,
        paranoid: shared.paranoid,
        keep: thin::SHOWN,
        window: shared.window,
    };
    let mut gathered = gather::gather(shared, &run, discovery, true);
    let collection = gathered.collection();
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
    let mut builder = Builder {
        repeated: repeats::groups(&gathered.inputs),
        ..Builder::default()
    };
    // What is known of buckets is not needed any more: a million groups need the room.
    for input in &mut gathered.inputs {
        input.chains = Default::default();
    }
    walk::elements(&gathered.inputs, &mut |element| {
        builder.add(&shaping.filter, element);
    })
    .map_err(|error| tell::unwritten(&args.output, error))?;
    let mut report = builder.report;
    report.is_filtered = gathered
        .inputs
        .iter()
        .any(|input| input.survey.filtered > 0);
    let words = match format {
        ReportFormat::Text => text::text(&report),
        ReportFormat::Markdown => markdown::markdown(&report),
    };
    let failed = |error: &std::io::Error| Failure::writing(&options::shown(&args.output), error);
    let mut sink = options::sink(&args.output)?;
    sink.write_all(words.as_bytes())
        .map_err(|error| failed(&error))?;
    sink.finish().map_err(|error| failed(&error))?;
    gathered.details(shared);
    Ok(ExitStatus::Success)
}

/// Groups and entities as they come.
#[derive(Debug, Default)]
struct Builder {
    report: Report,
    /// Groups by a hash of their dimensions, so that these are kept once.
    known: HashMap<u64, usize>,
    /// Groups of which buckets may be in several documents.
    repeated: HashSet<u64>,
    /// Their buckets: group, start and end.
    buckets: HashSet<(usize, i64, i64)>,
}

impl Builder {
    /// The group with these dimensions; a new one where there is none yet.
    fn index(&mut self, dimensions: Vec<(String, String)>) -> usize {
        let mut hash = self.known.hasher().hash_one(&dimensions);
        loop {
            let next = self.report.groups.len();
            let index = *self.known.entry(hash).or_insert(next);
            match self.report.groups.get(index) {
                Some(group) if group.dimensions == dimensions => return index,
                // Other dimensions of the same hash.
                Some(_) => hash = hash.wrapping_add(1),
                None => {
                    self.report.groups.push(Group::new(dimensions));
                    return index;
                }
            }
        }
    }

    fn add(&mut self, filter: &Filter, element: Element<'_>) {
        match element {
            Element::Container(view) => {
                let mut buckets = view.buckets().iter();
                let has_buckets = buckets.any(|bucket| filter.bucket(view, bucket));
                if !has_buckets || !filter.group(view) {
                    return;
                }
                let index = self.index(Group::dimensions_of(view));
                let again = self.again(index, view, filter);
                if let Some(group) = self.report.groups.get_mut(index) {
                    group.add(view, filter);
                    group.buckets -= again;
                }
            }
            Element::Entity(view) => {
                if !filter.entity(view) {
                    return;
                }
                let plain = |scalar| view.text(scalar).map(printable);
                let entity = view.entity;
                let mut title = plain(entity.id).unwrap_or_default();
                if let Some(division) =
                    plain(entity.division_name).or_else(|| plain(entity.division))
                {
                    title.push_str(&format!(" (division {division})"));
                }
                let lines = view
                    .values()
                    .iter()
                    .filter(|value| filter.metric(view.str(value.name)))
                    .map(|value| words::summary_line(view, value))
                    .collect();
                self.report.entities.push(Entity { title, lines });
            }
        }
    }

    /// How many buckets of a container were counted before.
    fn again(&mut self, group: usize, view: View<'_>, filter: &Filter) -> u64 {
        if !self.repeated.contains(&overlap::group_number(view)) {
            return 0;
        }
        let mut again = 0;
        for (_, bucket, _, (start, end)) in overlap::timed(view) {
            if filter.bucket(view, bucket) && !self.buckets.insert((group, start, end)) {
                again += 1;
            }
        }
        again
    }
}
