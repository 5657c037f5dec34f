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

    /// Those among `count` buckets from `first` on that are left out, counted from there.
    pub fn buckets_from(&self, element: usize, first: usize, count: usize) -> Option<Skip> {
        let range = first as u32..(first + count) as u32;
        let skip = self.buckets(element)?;
        let inside: Skip = Skip(skip.0.range(range).map(|it| it - first as u32).collect());
        (!inside.0.is_empty()).then_some(inside)
    }

    /// Leaves out part of an element.
    pub fn add(&mut self, element: usize, part: Part) {
        match self.elements.entry(element) {
            std::collections::btree_map::Entry::Occupied(mut known) => known.get_mut().merge(part),
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(part);
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
    /// The part as it stood, where that is not what the input holds there: documents inside
    /// strings.
    pub content: Option<String>,
}

impl Part {
    /// The same buckets of an element whose first one has the index `first`.
    pub fn shifted(self, first: usize) -> Self {
        match self {
            Self::Whole => Self::Whole,
            Self::Buckets(skip) => {
                let buckets = skip.0.into_iter().map(|bucket| bucket + first as u32);
                Self::Buckets(Skip(buckets.collect()))
            }
        }
    }

    /// Leaves out what another leaves out as well.
    pub fn merge(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Buckets(skip), Self::Buckets(others)) => skip.0.extend(others.0),
            _ => *self = Self::Whole,
        }
    }
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
