//! Bad parts that a run leaves out: the smallest bucket, element or document around each error.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Span;
use crate::table::Skip;

/// What of one element is left out.
#[derive(Debug, Clone)]
pub enum Part {
    Whole,
    Buckets(Skip),
}

/// An element and one of its buckets, or [`WHOLE`]: what is left out in as few bytes as there may
/// be many of them.
pub type LeftOut = (u32, u32);

/// In place of a bucket: all of its element.
const WHOLE: u32 = u32::MAX;

/// What of one document is left out.
#[derive(Debug, Clone, Default)]
pub struct Skips {
    pub whole: bool,
    pub parts: BTreeSet<LeftOut>,
}

impl Skips {
    /// Whether an element is left out altogether.
    pub fn skips(&self, element: usize) -> bool {
        self.whole || self.parts.contains(&(element as u32, WHOLE))
    }

    /// Whether a bucket is left out, or all of its element.
    pub fn skips_bucket(&self, element: u32, bucket: u32) -> bool {
        self.skips(element as usize) || self.parts.contains(&(element, bucket))
    }

    /// Those among `count` buckets of an element from `first` on that are left out, counted from
    /// there.
    pub fn buckets(&self, element: usize, first: usize, count: usize) -> Option<Skip> {
        let behind = first.saturating_add(count).min(WHOLE as usize) as u32;
        let (element, first) = (element as u32, first as u32);
        let parts = self.parts.range((element, first)..(element, behind));
        let skip: BTreeSet<u32> = parts.map(|(_, bucket)| bucket - first).collect();
        (!skip.is_empty()).then_some(Skip(skip))
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
    /// The buckets of this element that are left out, or all of it.
    pub fn left_out(&self, element: usize) -> impl Iterator<Item = LeftOut> {
        let (buckets, whole) = match self {
            Self::Whole => (None, Some(WHOLE)),
            Self::Buckets(skip) => (Some(skip.0.iter().copied()), None),
        };
        let buckets = buckets.into_iter().flatten().chain(whole);
        buckets.map(move |bucket| (element as u32, bucket))
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
