//! The pipeline: every input is read and surveyed before a row is written; the order of the rows
//! is that of the inputs, whatever the number of threads.

pub mod batch;
pub mod budget;
mod close;
pub mod early;
pub mod emit;
pub mod facts;
pub mod fold;
pub mod locate;
pub mod located;
pub mod parallel;
pub mod parts;
pub mod piece;
pub mod profile;
pub mod rejects;
mod rows;
pub mod survey;
pub mod visit;
pub mod written;

use std::sync::Arc;

use crate::check::own::Own;
use crate::check::repeats::Repeats;
use crate::check::rules;
use crate::diagnostic::levels::Levels;
use crate::input::cut::{Cutting, WINDOW};
use crate::json::Span;
use crate::model::when;
use crate::table::{Layout, TableSpec};

pub use parallel::Resources;
pub use survey::{Surveyed, survey_all};

/// The settings of a run: every pass over the inputs goes by them.
#[derive(Debug, Clone)]
pub struct Run<'r> {
    /// The latest time at which a bucket may begin, in nanoseconds since 1970.
    pub latest: i64,
    pub spec: TableSpec,
    /// The severity of each finding.
    pub levels: Levels,
    /// The threads, and the limits of what is read.
    pub resources: Resources,
    /// A user's own schema in place of the embedded one.
    pub schema: Option<Arc<Own>>,
    /// True if only the schema itself decides, as tests ask.
    pub paranoid: bool,
    /// Number of findings that are kept beyond the first few of each cause; the others are counted.
    pub room: usize,
    /// True if the parts that are left out are listed, or only left out.
    pub rejects: bool,
    /// True if bad parts are left out of tables, reports and roll-ups.
    pub skips: bool,
    /// The rule for buckets that occur more than once.
    pub repeats: Repeats,
    /// True if figures are summed: then repeated data never counts.
    pub sums: bool,
    /// The receiver of rows while their inputs are checked.
    pub early: Option<&'r dyn early::Early>,
    /// Number of bytes of an input that are read together.
    pub window: usize,
}

impl Run<'_> {
    /// The plain run: the embedded schemas, and findings as text shows them.
    pub fn new(spec: TableSpec, levels: Levels, resources: Resources) -> Self {
        Self {
            latest: rules::latest(when::now()),
            spec,
            levels,
            resources,
            schema: None,
            paranoid: false,
            rejects: false,
            skips: false,
            repeats: Repeats::default(),
            sums: false,
            room: 0,
            early: None,
            window: WINDOW,
        }
    }

    /// Returns true if data that occurs more than once has rows each time.
    pub fn keeps_repeated(&self) -> bool {
        !self.sums && self.repeats == Repeats::Error
    }

    /// Returns true if a metric that a bucket has twice has two rows: the wide layout has one cell
    /// for it.
    pub fn keeps_duplicates(&self) -> bool {
        self.keeps_repeated() && self.spec.layout == Layout::Long
    }

    /// The units that inputs are cut into: a user's schema may need more than an element.
    fn cutting(&self) -> Cutting {
        match self.schema.as_deref().map(Own::array) {
            None => Cutting::Elements,
            Some(Ok(array)) => Cutting::Property(array),
            Some(Err(_)) => Cutting::Documents,
        }
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
