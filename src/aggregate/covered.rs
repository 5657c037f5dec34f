//! The time that buckets cover.

use chrono::{DateTime, Utc};
use indexmap::IndexSet;

use crate::model::time;
use crate::model::time::halves;
use crate::record::{Bucket, View};

use super::keys::number;

/// An instant to compare by, and the number of the text that it was written as.
type Bound = (DateTime<Utc>, u32);

/// The earliest start and the latest end of some buckets.
#[derive(Debug, Clone, Default)]
pub struct Covered {
    start: Option<Bound>,
    end: Option<Bound>,
}

impl Covered {
    /// Extends it by the intervals of some buckets of a container. Offsets may differ from bucket to
    /// bucket, so instants are compared, never their text.
    pub fn add<'b>(
        &mut self,
        view: View<'_>,
        buckets: impl Iterator<Item = &'b Bucket>,
        texts: &mut IndexSet<Box<str>>,
    ) {
        // The texts of the first and the last one are enough.
        let (mut first, mut last) = (None, None);
        for bucket in buckets {
            let Some((start, end)) = bucket.times else {
                self.extend(view, bucket, texts);
                continue;
            };
            if first.is_none_or(|(known, _): (i64, &Bucket)| start < known) {
                first = Some((start, bucket));
            }
            if last.is_none_or(|(known, _): (i64, &Bucket)| end > known) {
                last = Some((end, bucket));
            }
        }
        for (_, bucket) in [first, last].into_iter().flatten() {
            self.extend(view, bucket, texts);
        }
    }

    fn extend(&mut self, view: View<'_>, bucket: &Bucket, texts: &mut IndexSet<Box<str>>) {
        let Some(interval) = view.interval(bucket) else {
            return;
        };
        let Some((start, end)) = time::interval(interval) else {
            return;
        };
        let (first, last) = halves(interval);
        let (start, end) = (start.time.to_utc(), end.time.to_utc());
        if self.start.is_none_or(|(known, _)| start < known) {
            self.start = Some((start, number(texts, first.into())));
        }
        if self.end.is_none_or(|(known, _)| end > known) {
            self.end = Some((end, number(texts, last.into())));
        }
    }

    /// Extends it by another one; `number` gives the texts' numbers here.
    pub fn join(&mut self, other: &Self, mut number: impl FnMut(u32) -> u32) {
        if let Some((start, text)) = other.start
            && self.start.is_none_or(|(known, _)| start < known)
        {
            self.start = Some((start, number(text)));
        }
        if let Some((end, text)) = other.end
            && self.end.is_none_or(|(known, _)| end > known)
        {
            self.end = Some((end, number(text)));
        }
    }

    /// The earliest start and the latest end, as they were written.
    pub fn texts<'t>(&self, texts: &'t IndexSet<Box<str>>) -> Option<(&'t str, &'t str)> {
        let ((_, start), (_, end)) = (self.start?, self.end?);
        let text = |number: u32| Some(&**texts.get_index(number as usize)?);
        Some((text(start)?, text(end)?))
    }
}
