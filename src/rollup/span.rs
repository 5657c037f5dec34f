//! The time that buckets cover.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::model::aggregates::halves;
use crate::model::time;
use crate::record::{Bucket, View};

/// Texts by number, each kept once: many groups begin and end at the same instants.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    list: Vec<Box<str>>,
    known: HashMap<Box<str>, u32>,
}

impl Texts {
    /// The number of a text.
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.known.get(text) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(text.into());
        self.known.insert(text.into(), number);
        number
    }

    /// The text of a number.
    pub fn get(&self, number: u32) -> &str {
        self.list.get(number as usize).map_or("", |text| text)
    }
}

/// An instant to compare by, and the number of the text that it was written as.
type Bound = (DateTime<Utc>, u32);

/// The earliest start and the latest end of some buckets.
#[derive(Debug, Clone, Default)]
pub struct Covered {
    start: Option<Bound>,
    end: Option<Bound>,
}

impl Covered {
    /// Extends it by the interval of a bucket. Offsets may differ from bucket to bucket, so
    /// instants are compared, never their text.
    #[inline]
    pub fn add(&mut self, view: View<'_>, bucket: &Bucket, texts: &mut Texts) {
        // What lies within is mostly seen without a look at the text.
        if let (Some((start, end)), Some((first, _)), Some((last, _))) =
            (bucket.times, self.start, self.end)
            && first <= DateTime::from_timestamp_nanos(start)
            && DateTime::from_timestamp_nanos(end) <= last
        {
            return;
        }
        self.extend(view, bucket, texts);
    }

    #[cold]
    fn extend(&mut self, view: View<'_>, bucket: &Bucket, texts: &mut Texts) {
        let Some(interval) = view.interval(bucket) else {
            return;
        };
        let Some((start, end)) = time::interval(interval) else {
            return;
        };
        let (first, last) = halves(interval);
        let (start, end) = (start.time.to_utc(), end.time.to_utc());
        if self.start.is_none_or(|(known, _)| start < known) {
            self.start = Some((start, texts.number(first)));
        }
        if self.end.is_none_or(|(known, _)| end > known) {
            self.end = Some((end, texts.number(last)));
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
    pub fn texts<'t>(&self, texts: &'t Texts) -> Option<(&'t str, &'t str)> {
        let ((_, start), (_, end)) = (self.start?, self.end?);
        Some((texts.get(start), texts.get(end)))
    }
}
