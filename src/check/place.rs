//! Places of buckets.

use crate::json::Span;

/// The place of a bucket's interval, or of a container's group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BucketPlace {
    pub span: Span,
    /// The numbers of the document in the input, the element in it and the bucket in that.
    pub document: u32,
    pub element: u32,
    pub bucket: u32,
}
