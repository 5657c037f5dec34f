//! The inputs and findings that a report names.

use chrono::NaiveDate;

use crate::check::gaps::Gap;
use crate::diagnostic::Severity;

/// A finding of the inputs, which stands for all of its cause.
#[derive(Debug, Clone)]
pub struct Finding {
    pub severity: Severity,
    pub code: &'static str,
    pub name: &'static str,
    pub message: String,
    pub help: Option<String>,
    /// Number of findings with this cause.
    pub count: usize,
    /// The first places, such as `a.json:3:7`.
    pub places: Vec<String>,
}

/// An input.
#[derive(Debug, Clone, Default)]
pub struct Source {
    pub name: String,
    pub documents: u64,
    /// Rows of the long layout.
    pub rows: u64,
    /// The number of parts that were left out.
    pub bad_parts: usize,
    /// True if it is an input of `--compare`.
    pub is_compared: bool,
}

/// The inputs, findings and filters of a report.
#[derive(Debug, Clone, Default)]
pub struct About {
    pub findings: Vec<Finding>,
    /// The findings of the compared inputs.
    pub compared_findings: Vec<Finding>,
    pub sources: Vec<Source>,
    /// The filters as they were typed.
    pub filters: String,
    /// Days without data between others.
    pub missing: Vec<NaiveDate>,
    /// Groups with holes between their intervals within a day.
    pub gaps: Vec<Gap>,
    /// The last day of the last week, if an earlier week has data on such a day.
    pub missing_last: Option<NaiveDate>,
    /// Days without data at the ends of the time that was asked for, where both ends were.
    pub missing_ends: Vec<NaiveDate>,
    /// Days without data between others, of weekdays of which only the compared inputs have data.
    pub missing_beside: Vec<NaiveDate>,
    /// True if all compared inputs are inputs of the report.
    pub is_compared_with_itself: bool,
    /// Rows that filters left out.
    pub filtered: u64,
    /// Buckets that occur more than once, of which only one counts.
    pub repeated: u64,
    /// True if that is the last one, and not one of equal copies.
    pub is_replaced: bool,
}
