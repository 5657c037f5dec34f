//! Bad parts that a run leaves out: the smallest bucket, element or document around each error.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Span;
use crate::table::Skip;

/// What of one element is left out.
#[derive(Debug, Clone)]
pub enum Part {
    Whole,
    Buckets(Skip),
}

/// What of one document is left out.
#[derive(Debug, Clone, Default)]
pub struct Skips {
    pub whole: bool,
    pub elements: BTreeMap<usize, Part>,
}

impl Skips {
    /// Whether an element is left out altogether.
    pub fn skips(&self, element: usize) -> bool {
        self.whole || matches!(self.elements.get(&element), Some(Part::Whole))
    }

    /// The buckets of an element that are left out.
    pub fn buckets(&self, element: usize) -> Option<&Skip> {
        match self.elements.get(&element) {
            Some(Part::Buckets(skip)) => Some(skip),
            _ => None,
        }
    }

    /// Leaves out one bucket more.
    pub fn add_bucket(&mut self, element: usize, bucket: u32) {
        match self
            .elements
            .entry(element)
            .or_insert_with(|| Part::Buckets(Skip::default()))
        {
            Part::Whole => {}
            Part::Buckets(skip) => {
                skip.0.insert(bucket);
            }
        }
    }
}

/// A part that was left out, for `--rejects`.
#[derive(Debug, Clone)]
pub struct Reject {
    /// `bucket`, `container`, `entity` or `document`.
    pub unit: &'static str,
    pub pointer: String,
    /// The bytes of the part in the input's decoded text.
    pub span: Span,
    /// The part as it stood.
    pub content: String,
}

/// Which part of the element at `pointer` these findings make unusable.
pub fn part(findings: &[Diagnostic], pointer: &str) -> Option<Part> {
    let mut buckets = BTreeSet::new();
    for finding in findings {
        if finding.severity != Severity::Error {
            continue;
        }
        let bucket = finding
            .pointer
            .strip_prefix(pointer)
            .and_then(|rest| rest.strip_prefix("/data/"))
            .and_then(|rest| rest.split('/').next())
            .and_then(|index| index.parse().ok());
        match bucket {
            Some(bucket) => {
                buckets.insert(bucket);
            }
            None => return Some(Part::Whole),
        }
    }
    (!buckets.is_empty()).then_some(Part::Buckets(Skip(buckets)))
}
