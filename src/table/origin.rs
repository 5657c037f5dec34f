//! Columns about the origin of a row: its input, its place in it, and the time of the run.

use crate::json::path;
use crate::record::{Bucket, Entry};

use super::ColumnContent;

/// The column with the time of the run.
pub const LOADED_AT: &str = "loaded_at";

/// The names of the columns, in the order in which messages list them.
pub const ORIGINS: [&str; 4] = ["source", "source_sha256", "pointer", LOADED_AT];

/// The content of a column of origin.
pub fn column(name: &str) -> Option<ColumnContent> {
    let at = ORIGINS.iter().position(|it| it.eq_ignore_ascii_case(name));
    Some(match at? {
        0 => ColumnContent::Source,
        1 => ColumnContent::SourceHash,
        2 => ColumnContent::Pointer,
        _ => ColumnContent::LoadedAt,
    })
}

/// The place of an element in its document.
#[derive(Debug, Default)]
pub struct ElementOrigin {
    /// The JSON Pointer to the element.
    pub pointer: String,
    /// The keys `data`, `metrics` and `views` as the document writes them.
    pub keys: [String; 3],
    /// The buckets and entries that were removed from it because they repeat others.
    pub removed: Vec<(u32, u32)>,
}

impl ElementOrigin {
    /// The pointer to a bucket.
    pub fn bucket(&self, bucket: &Bucket) -> String {
        let [data, ..] = &self.keys;
        format!("{}/{data}/{}", self.pointer, bucket.index)
    }

    /// The pointers to the entries of a bucket: its metrics, and the views behind them.
    pub fn entries(&self, bucket: &Bucket, entries: &[Entry]) -> Vec<String> {
        let (base, [_, metrics, of_views]) = (self.bucket(bucket), &self.keys);
        let of_bucket = self.removed.iter();
        let of_bucket = of_bucket.filter(|(at, _)| *at == bucket.index);
        let mut removed = of_bucket.map(|(_, entry)| *entry).peekable();
        let (mut next, mut views) = (0, None);
        let mut pointers = Vec::with_capacity(entries.len());
        for entry in entries {
            // A removed entry follows the one that it repeats, so it is of the same list.
            while removed.next_if_eq(&next).is_some() {
                next += 1;
            }
            pointers.push(match entry.view {
                false => format!("{base}/{metrics}/{next}"),
                true => format!("{base}/{of_views}/{}", next - *views.get_or_insert(next)),
            });
            next += 1;
        }
        pointers
    }

    /// The pointer to a metric of an entity.
    pub fn metric(&self, name: &str) -> String {
        let [_, metrics, _] = &self.keys;
        let mut pointer = format!("{}/{metrics}", self.pointer);
        path::push(&mut pointer, name);
        pointer
    }
}
