//! A record together with its text.

use std::cmp::Ordering;

use crate::json::Span;
use crate::json::number::Decimal;
use crate::json::{Path, text};
use crate::model::stat::Stat;

use super::{Bucket, Container, Dimension, Entry, Extra, Facts, Number, Scalar, Slice};

/// A container and the text of its slices.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    record: &'a Container,
    /// The text from the container's first byte on.
    text: &'a str,
}

impl<'a> View<'a> {
    pub(super) fn new(record: &'a Container, text: &'a str) -> Self {
        let text = text.get(record.arena.base..).unwrap_or_default();
        Self { record, text }
    }

    /// The text of a slice.
    #[inline]
    pub fn str(self, slice: Slice) -> &'a str {
        self.record.arena.str(self.text, slice)
    }

    /// The text from the container's first byte on; slices of numbers count from there.
    pub fn text(self) -> &'a str {
        self.text
    }

    /// The bytes of the container in the text that was read.
    pub fn span(self) -> Span {
        self.record.arena.span()
    }

    /// The bytes of a string with its quotes, in the text that was read.
    pub fn token(self, slice: Slice) -> Span {
        self.record.arena.token(slice)
    }

    /// The bytes of a number, in the text that was read.
    pub fn literal_span(self, number: Number) -> Span {
        self.record.arena.outward(number.literal)
    }

    /// The opening bracket of the group, or of the container if it has none.
    pub fn group_bracket(self) -> Span {
        let start = self.record.arena.base + self.record.begin as usize;
        Span::new(start, start + 1)
    }

    /// The dimensions, in their order.
    pub fn group(self) -> &'a [Dimension] {
        &self.record.group
    }

    /// The text of a scalar; null and absent values have none.
    pub fn scalar(self, value: Scalar) -> Option<&'a str> {
        match value {
            Scalar::Text(slice) | Scalar::Number(slice) => Some(self.str(slice)),
            Scalar::Bool(true) => Some("true"),
            Scalar::Bool(false) => Some("false"),
            Scalar::Absent | Scalar::Null => None,
        }
    }

    /// The names and values of the dimensions that have a value.
    pub fn group_values(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.group().iter().filter_map(move |dimension| {
            let value = self.scalar(dimension.value)?;
            Some((self.str(dimension.name), value))
        })
    }

    /// Does the same as [`View::group_values`], without empty values: to figures, they are absent.
    pub fn present_values(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.group_values().filter(|(_, value)| !value.is_empty())
    }

    /// Returns true if a dimension may be unknown or multivalued.
    pub fn is_notable(self) -> bool {
        self.record.notable
    }

    /// Returns true if one of its numbers has a minus.
    pub fn has_minus(self) -> bool {
        self.record.negative
    }

    /// The buckets, in their order.
    pub fn buckets(self) -> &'a [Bucket] {
        &self.record.buckets
    }

    /// The bytes of a bucket in the text that was read.
    pub fn bucket_span(self, bucket: &Bucket) -> Span {
        let (start, end) = bucket.span;
        let base = self.record.arena.base;
        Span::new(base + start as usize, base + end as usize)
    }

    /// The metrics of a bucket and then its views.
    pub fn entries(self, bucket: &Bucket) -> &'a [Entry] {
        self.record
            .entries
            .get(bucket.entries.start as usize..bucket.entries.end as usize)
            .unwrap_or_default()
    }

    /// Number of metrics and views.
    pub fn rows(self) -> u64 {
        self.record.entries.len() as u64
    }

    /// The numbers of an entry, in the order of the columns.
    #[inline]
    pub fn numbers(self, entry: &Entry) -> &'a [Number] {
        let first = entry.first as usize;
        self.record
            .numbers
            .as_slice()
            .get(first..first + entry.numbers.len())
            .unwrap_or_default()
    }

    /// Returns true if each number of an entry is whole and has at most 18 digits.
    #[inline]
    pub fn are_whole(self, entry: &Entry) -> bool {
        self.numbers(entry).iter().all(|it| it.whole.is_some())
    }

    /// A number of an entry.
    #[inline]
    pub fn number(self, entry: &Entry, stat: Stat) -> Option<Number> {
        if !entry.numbers.contains(stat) {
            return None;
        }
        let at = entry.first as usize + entry.numbers.rank(stat);
        self.record.numbers.as_slice().get(at).copied()
    }

    /// A number with its text.
    #[inline]
    pub fn figure(self, number: Number) -> Figure<'a> {
        Figure { view: self, number }
    }

    /// Returns true if a statistic is not among the numbers and nulls of its entry.
    pub fn has_extras(self) -> bool {
        !self.record.extras.is_empty()
    }

    /// The statistics of the `index`th entry of a bucket that are not among its numbers and nulls.
    #[inline]
    pub fn extras(self, bucket: &Bucket, index: usize) -> &'a [Extra] {
        let extras = &self.record.extras;
        if extras.is_empty() {
            return &[];
        }
        let entry = bucket.entries.start + index as u32;
        let first = extras.partition_point(|extra| extra.entry < entry);
        let last = extras.partition_point(|extra| extra.entry <= entry);
        extras.get(first..last).unwrap_or_default()
    }

    /// The qualifier's text, empty for none.
    #[inline]
    pub fn qualifier(self, entry: &Entry) -> &'a str {
        entry.qualifier.text().map_or("", |slice| self.str(slice))
    }

    /// The text of an interval that is a string.
    #[inline]
    pub fn interval(self, bucket: &Bucket) -> Option<&'a str> {
        bucket.interval.text().map(|slice| self.str(slice))
    }
}

/// One metric or view, with what is known of its name.
#[derive(Debug, Clone, Copy)]
pub struct EntryView<'a> {
    pub view: View<'a>,
    pub entry: &'a Entry,
    pub facts: Facts,
    /// The index of its bucket.
    pub bucket: u32,
    /// The index of the entry among the metrics and views of the bucket.
    pub index: u32,
}

impl<'a> EntryView<'a> {
    /// The metric's or view's name.
    #[inline]
    pub fn name(&self) -> &'a str {
        self.view.str(self.entry.name)
    }

    /// The name as it can be shown in a sentence.
    pub fn shown(&self) -> String {
        text::printable(self.name()).chars().take(80).collect()
    }

    /// One of its numbers.
    #[inline]
    pub fn figure(&self, stat: Stat) -> Option<Figure<'a>> {
        let number = self.view.number(self.entry, stat)?;
        Some(Figure {
            view: self.view,
            number,
        })
    }

    /// The path to the entry, from the container on.
    pub fn path(&self) -> Path {
        let buckets = self.view.buckets();
        let own = |bucket: &&Bucket| bucket.index == self.bucket;
        let bucket = buckets.get(self.bucket as usize).filter(own);
        let bucket = bucket.or_else(|| buckets.iter().find(own));
        let entries = bucket.map_or(&[][..], |bucket| self.view.entries(bucket));
        let (list, before) = match self.entry.view {
            false => ("metrics", 0),
            // Views come behind the metrics.
            true => ("views", entries.iter().filter(|entry| !entry.view).count()),
        };
        let bucket = Path::bucket(self.bucket as usize);
        bucket.key(list).index(self.index as usize - before)
    }

    /// The bytes of the name with its quotes.
    pub fn name_span(&self) -> Span {
        self.view.token(self.entry.name)
    }

    /// The path to one of its numbers, from the container on.
    pub fn figure_path(&self, figure: &Figure<'_>) -> Path {
        self.path().key("stats").key(self.key(figure))
    }

    /// The key under which one of its numbers was written.
    pub fn key(&self, figure: &Figure<'_>) -> String {
        let before = self.view.text.get(..figure.number.literal.start());
        let before = before.unwrap_or_default().trim_end();
        let key = before
            .strip_suffix(':')
            .map(str::trim_end)
            .and_then(|before| before.strip_suffix('"'));
        let Some(rest) = key else {
            return String::new();
        };
        // A quote inside a key has a backslash before it.
        let mut start = rest.len();
        while let Some(at) = rest.get(..start).and_then(|rest| rest.rfind('"')) {
            let before = rest.get(..at).unwrap_or_default();
            let slashes = before.len() - before.trim_end_matches('\\').len();
            if slashes % 2 == 0 {
                return text::unescape(rest.get(at + 1..).unwrap_or_default());
            }
            start = at;
        }
        String::new()
    }
}

/// A number with its text.
#[derive(Debug, Clone, Copy)]
pub struct Figure<'a> {
    view: View<'a>,
    number: Number,
}

impl<'a> Figure<'a> {
    /// The number as it was written.
    #[inline]
    pub fn literal(&self) -> &'a str {
        self.view.str(self.number.literal)
    }

    /// Its value, where it is a whole number of at most 18 digits.
    #[inline]
    pub fn whole(&self) -> Option<i64> {
        self.number.whole
    }

    /// Its bytes in the text that was read.
    pub fn span(&self) -> Span {
        self.view.literal_span(self.number)
    }

    /// Its exact value, if it has one within the range of exact arithmetic.
    pub fn decimal(&self) -> Option<Decimal> {
        match self.number.whole {
            Some(whole) => Some(Decimal::from(whole)),
            None => Decimal::parse(self.literal()),
        }
    }

    /// Its nearest double.
    pub fn approximate(&self) -> Option<f64> {
        match self.number.whole {
            Some(whole) => Some(whole as f64),
            None => self.literal().parse().ok(),
        }
    }

    /// Compares it with another figure; `None` beyond the range of exact arithmetic.
    #[inline]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self.number.whole, other.number.whole) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => self.decimal()?.compare(other.decimal()?),
        }
    }

    /// Returns true if it is below zero; `-0` is not.
    #[inline]
    pub fn is_negative(&self) -> bool {
        if let Some(whole) = self.number.whole {
            return whole < 0;
        }
        let Some(positive) = self.literal().strip_prefix('-') else {
            return false;
        };
        // Beyond the range of exact arithmetic are only numbers that are not zero.
        Decimal::parse(positive).is_none_or(|number| !number.is_zero())
    }
}
