//! Facts about the data that decide what counts: which parts are bad, and which repeat others.
//! Findings explain them, and what is shown of those changes no fact.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::input::frame::Opened;
use crate::json::{Path, Span};
use crate::record::Container;

/// An element and one of its buckets, or [`WHOLE`].
pub type BucketPosition = (u32, u32);

/// In place of a bucket: all of its element.
pub const WHOLE: u32 = u32::MAX;

/// The buckets of an element of a document that these findings make unusable; [`WHOLE`] alone if an error
/// is not in a bucket.
pub fn bad_buckets(findings: &[Diagnostic], opened: &Opened) -> BTreeSet<u32> {
    let errors = findings.iter().filter(|it| it.severity == Severity::Error);
    let buckets: Option<BTreeSet<u32>> = errors.map(|it| opened.bucket_of(&it.path)).collect();
    buckets.unwrap_or_else(|| BTreeSet::from([WHOLE]))
}

/// The data of one document that does not count.
#[derive(Debug, Clone, Default)]
pub struct DocumentFacts {
    /// All of it is bad.
    pub is_bad: bool,
    pub bad: BTreeSet<BucketPosition>,
    /// Buckets that occur once more, or again in a later one.
    pub repeated_buckets: BTreeSet<BucketPosition>,
    /// Element, bucket, and a metric or view that the bucket itself has twice.
    pub duplicates: BTreeSet<(u32, u32, u32)>,
}

impl DocumentFacts {
    /// Returns true if all of it counts.
    pub fn is_whole(&self) -> bool {
        !self.is_bad
            && self.bad.is_empty()
            && self.repeated_buckets.is_empty()
            && self.duplicates.is_empty()
    }

    /// Returns true if all of an element is bad.
    pub fn excludes(&self, element: usize) -> bool {
        self.is_bad || self.bad.contains(&(element as u32, WHOLE))
    }

    /// Removes the data of an element that does not count. Repeated buckets stay with `keeps_repeated`, and
    /// entries that a bucket has twice with `keeps_duplicates`.
    pub fn apply(
        &self,
        container: &mut Container,
        element: usize,
        keeps_repeated: bool,
        keeps_duplicates: bool,
    ) {
        let element = element as u32;
        let own = (element, 0)..=(element, WHOLE);
        let is_concerned = self.bad.range(own.clone()).next().is_some()
            || (!keeps_repeated && self.repeated_buckets.range(own).next().is_some())
            || (!keeps_duplicates && concerns(&self.duplicates, element));
        if !is_concerned {
            return;
        }
        container.retain(
            |bucket| {
                let key = (element, bucket);
                let is_repeated = !keeps_repeated && self.repeated_buckets.contains(&key);
                !is_repeated && !self.bad.contains(&key)
            },
            |bucket, entry| {
                let key = (element, bucket, entry);
                keeps_duplicates || !self.duplicates.contains(&key)
            },
        );
    }
}

/// Returns true if some of these entries are of an element.
fn concerns(entries: &BTreeSet<(u32, u32, u32)>, element: u32) -> bool {
    let own = (element, 0, 0)..=(element, WHOLE, WHOLE);
    entries.range(own).next().is_some()
}

/// A part that was left out, for `--rejects`.
#[derive(Debug, Clone)]
pub struct Reject {
    /// `bucket`, `container`, `entity` or `document`.
    pub unit: &'static str,
    pub path: Path,
    /// The bytes of the part in the input's decoded text.
    pub span: Span,
    /// The part as it stood, where that is not what the input has there: documents inside strings.
    pub content: Option<String>,
}

impl Reject {
    /// A part that is no document that could be read.
    pub fn document(path: Path, span: Span) -> Self {
        Self {
            unit: "document",
            path,
            span,
            content: None,
        }
    }
}
