//! Where buckets are.

use crate::json::Span;

/// Where a bucket's interval, or a container's group, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BucketPlace {
    pub span: Span,
    /// Which document, element and bucket of the input.
    pub document: u32,
    pub element: u32,
    pub bucket: u32,
}
