//! The pipeline: every input is read and surveyed before a row is written; the order of the rows
//! is that of the inputs, whatever the number of threads.

pub mod clashes;
pub mod emit;
pub mod locate;
pub mod reject;
pub mod survey;
pub mod walk;

use jsonschema::Validator;

use crate::check::Checker;
use crate::diagnostic::levels::Levels;
use crate::json::adapter::TapeJson;
use crate::table::Shaping;

pub use survey::{Surveyed, survey_all};

/// What every pass over the inputs needs.
#[derive(Debug)]
pub struct Run<'r> {
    pub checker: &'r Checker,
    pub shaping: &'r Shaping,
    /// How much each finding weighs.
    pub levels: &'r Levels,
    /// A user's own schema in place of the embedded one.
    pub schema: Option<&'r Validator<TapeJson>>,
}

/// Spans grouped to pieces of about `size` bytes, each worth a thread's while.
fn pieces(spans: &[crate::json::Span], size: usize) -> Vec<std::ops::Range<usize>> {
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
