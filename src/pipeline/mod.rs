//! The pipeline: every input is read and surveyed before a row is written; the order of the rows
//! is that of the inputs, whatever the number of threads.

pub mod batch;
pub mod budget;
pub mod clashes;
mod close;
pub mod coverage;
mod differences;
mod duplicates;
pub mod early;
mod element;
pub mod emit;
pub mod expect;
pub mod facts;
pub mod fold;
pub mod locate;
pub mod located;
pub mod ordered;
pub mod parallel;
pub mod parts;
pub mod piece;
pub mod profile;
pub mod rejects;
pub mod repeats;
pub mod resources;
pub mod shapes;
pub mod survey;
pub mod unmatched;
pub mod visit;
pub mod wrapped;
pub mod written;

use chrono::{DateTime, FixedOffset};

use crate::check::across::{InputFinding, InputMemory};
use crate::check::days::LocalDays;
use crate::check::own::Own;
use crate::check::pages::{self, Pages};
use crate::check::presences::PresenceMap;
use crate::check::repeats::Repeats;
use crate::check::{Checker, gaps, incomplete, lacking, missing_days, presences};
use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Code, Diagnostic};
use crate::input::cut::{Cutting, WINDOW};
use crate::input::discover::Found;
use crate::json::Span;
use crate::table::{Layout, TableSpec};

pub use resources::Resources;
pub use survey::{Surveyed, survey_all};
pub use visit::PassError;

/// What every pass over the inputs needs.
#[derive(Debug, Clone, Copy)]
pub struct Run<'r> {
    pub checker: &'r Checker,
    pub spec: &'r TableSpec,
    /// How much each finding weighs.
    pub levels: &'r Levels,
    /// What works, and what may be read.
    pub resources: &'r Resources,
    /// A user's own schema in place of the embedded one.
    pub schema: Option<&'r Own>,
    /// Trust no verdict but that of the schema itself.
    pub paranoid: bool,
    /// How many findings there is room for, beyond the first few of each cause; the others are
    /// counted.
    pub room: usize,
    /// Whether the parts that are left out are listed, or only left out.
    pub rejects: bool,
    /// What becomes of buckets that occur more than once.
    pub repeats: Repeats,
    /// Whether figures are summed: then repeated data never counts.
    pub sums: bool,
    /// What takes rows while their inputs are checked.
    pub early: Option<&'r dyn early::Early>,
    /// How many bytes of an input are looked at together.
    pub window: usize,
}

impl<'r> Run<'r> {
    /// The plain run: the embedded schemas, and findings as text shows them.
    pub fn new(
        checker: &'r Checker,
        spec: &'r TableSpec,
        levels: &'r Levels,
        resources: &'r Resources,
    ) -> Self {
        Self {
            checker,
            spec,
            levels,
            resources,
            schema: None,
            paranoid: false,
            rejects: false,
            repeats: Repeats::default(),
            sums: false,
            room: 0,
            early: None,
            window: WINDOW,
        }
    }

    /// Whether data that occurs more than once has rows each time.
    pub fn keeps_repeated(&self) -> bool {
        !self.sums && self.repeats == Repeats::Error
    }

    /// Whether a metric that a bucket has twice has two rows: the wide layout has one cell for it.
    fn keeps_duplicates(&self) -> bool {
        self.keeps_repeated() && self.spec.layout == Layout::Long
    }

    /// How far inputs may be cut: a user's schema may have to see more at once.
    fn cutting(&self) -> Cutting {
        match self.schema.map(Own::array) {
            None => Cutting::Buckets,
            Some(Ok(array)) => Cutting::Elements(array),
            Some(Err(_)) => Cutting::Documents,
        }
    }
}

/// Reads, checks and surveys inputs, and looks for what several of them show together (`across`)
/// or each alone. Returns them with the findings about all of them.
///
/// # Errors
/// An input changed while it was read.
pub fn check(
    run: &Run<'_>,
    inputs: Vec<Found>,
    across: bool,
) -> Result<(Vec<Surveyed>, Vec<Diagnostic>), PassError> {
    let mut inputs = survey_all(run, inputs);
    name_presences(run, &mut inputs);
    let together = if across { inputs.len().max(1) } else { 1 };
    for inputs in inputs.chunks_mut(together) {
        clashes::find(run, inputs)?;
    }
    duplicates::find(run, &mut inputs)?;
    for inputs in inputs.chunks_mut(together) {
        for (input, finding) in across_elements(run, inputs) {
            inputs[input].report(run.levels.apply(finding));
        }
    }
    let about = unmatched::find(&inputs, &run.spec.filter, run.levels);
    Ok((inputs, about))
}

/// What is remembered of the elements of these inputs shows.
fn across_elements(run: &Run<'_>, inputs: &[Surveyed]) -> Vec<InputFinding> {
    let memories: Vec<InputMemory<'_>> = inputs.iter().map(Surveyed::memory).collect();
    let named = |places| locate::named(inputs, places);
    let is_on = |code| run.levels.is_on(code);
    let filter = &run.spec.filter;
    let mut days = LocalDays::new(filter.zone);
    let mut found = Vec::new();
    if is_on(Code::Gap) {
        found.extend(gaps::find(&memories, &mut days, &named));
    }
    if is_on(Code::MissingDay) {
        let nanos = |time: Option<DateTime<FixedOffset>>| time?.timestamp_nanos_opt();
        let within = (nanos(filter.from), nanos(filter.until));
        found.extend(missing_days::find(&memories, &mut days, within));
    }
    if is_on(Code::MissingDimension) {
        found.extend(lacking::find(&memories, &named));
    }
    if is_on(Code::IncompleteStatistic) {
        found.extend(incomplete::find(&memories));
    }
    let pages = inputs.iter().map(|input| (&*input.name, &input.pages));
    let pages: Vec<(&str, &Pages)> = pages.collect();
    found.extend(pages::find(&pages));
    let maps = pages.iter().map(|(_, pages)| &pages.presences);
    let maps: Vec<&PresenceMap> = maps.collect();
    found.extend(presences::find(&maps, &named));
    found
}

/// Names the organization presences that only the responses name.
fn name_presences(run: &Run<'_>, inputs: &mut [Surveyed]) {
    let names = &run.spec.names;
    let maps = inputs.iter().map(|input| &input.pages.presences);
    names.map_presences(presences::systems(maps).into_iter());
    let surveys = inputs.iter_mut().map(|input| &mut input.survey);
    for survey in surveys.filter_map(|survey| survey.names.as_mut()) {
        survey.again(names);
    }
}

/// Spans grouped to pieces of about `size` bytes, each worth a thread's while.
fn pieces(spans: &[Span], size: usize) -> Vec<std::ops::Range<usize>> {
    let mut pieces = Vec::new();
    let (mut from, mut bytes) = (0, 0);
    for (index, span) in spans.iter().enumerate() {
        bytes += span.len();
        if bytes >= size {
            pieces.push(from..index + 1);
            (from, bytes) = (index + 1, 0);
        }
    }
    if from < spans.len() {
        pieces.push(from..spans.len());
    }
    pieces
}

/// Small inputs one beside the other, a large one by itself: groups in their order.
fn groups<T>(inputs: &[T], bytes: impl Fn(&T) -> u64, most: u64) -> Vec<std::ops::Range<usize>> {
    let mut groups = Vec::new();
    let (mut from, mut sum) = (0, 0);
    for (index, input) in inputs.iter().enumerate() {
        let bytes = bytes(input);
        if index > from && sum + bytes > most {
            groups.push(from..index);
            (from, sum) = (index, 0);
        }
        sum += bytes;
    }
    if from < inputs.len() {
        groups.push(from..inputs.len());
    }
    groups
}
