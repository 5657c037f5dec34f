//! One container (or entity) as flat lists, for all checks, tables and reports.
//!
//! A container is filled [directly](Container::read) from its bytes where the schema holds, or
//! [from a tape](Container::fill) where it does not or the text has escapes. Nothing behind the
//! record knows which of the two it was.

mod arena;
mod cursor;
mod dimensions;
mod direct;
pub mod entity;
pub mod interner;
mod number_buffer;
mod reader;
mod slice;
mod tape;
mod template;
mod value;
mod view;

pub use interner::{Facts, Interner};
pub use reader::{Element, RecordReader};
pub use slice::{Number, Scalar, Slice};
pub use view::{EntryView, Figure, View};

use std::ops::Range;

use crate::json::Span;
use crate::model::stat::StatSet;

use arena::Arena;
use number_buffer::NumberBuffer;
use template::Templated;

/// A dimension of the group.
#[derive(Debug, Clone, Copy)]
pub struct Dimension {
    pub name: Slice,
    pub value: Scalar,
    /// The name's number among the dimensions that the interner knows.
    pub id: u32,
}

/// A metric or view of a bucket.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub view: bool,
    /// Empty where it is missing or not a string.
    pub name: Slice,
    /// The name's number in the interner.
    pub id: u32,
    pub qualifier: Scalar,
    /// The statistics that are numbers.
    pub numbers: StatSet,
    /// The statistics that are null.
    pub nulls: StatSet,
    /// Entries with one template differ in their figures only; `u32::MAX` for none.
    pub template: u32,
    first: u32,
}

impl Templated for Entry {
    fn name(&self) -> Slice {
        self.name
    }

    #[inline]
    fn moved(self, to: impl Fn(Slice) -> Option<Slice>) -> Option<Self> {
        Some(Self {
            name: to(self.name)?,
            qualifier: self.qualifier.moved(&to)?,
            ..self
        })
    }
}

/// A statistic that the API does not have, or one that is neither a number nor null.
#[derive(Debug, Clone, Copy)]
pub struct Extra {
    entry: u32,
    /// The key in the spelling of the API.
    pub name: Slice,
    pub value: Scalar,
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its number among the buckets that were read.
    pub index: u32,
    /// Its bytes in the container's text.
    span: (u32, u32),
    pub interval: Scalar,
    /// Nanoseconds since 1970 in UTC: start and end, where the interval is two instants.
    pub times: Option<(i64, i64)>,
    /// True if the interval is written as the API writes it, in UTC, does not end before it starts
    /// and does not end at `23:59:59`: nothing of it needs a second look.
    pub plain: bool,
    pub entries: Range<u32>,
}

/// One container, flat. Its buffers serve for one container after another.
#[derive(Debug, Default)]
pub struct Container {
    arena: Arena,
    /// Offset of the value of `group`, or of the container if it has none.
    begin: u32,
    group: Vec<Dimension>,
    buckets: Vec<Bucket>,
    entries: Vec<Entry>,
    numbers: NumberBuffer,
    /// In the order of the entries.
    extras: Vec<Extra>,
    /// True if a number has a minus.
    negative: bool,
    /// True if a dimension may be unknown or multivalued.
    notable: bool,
}

/// More entries, buckets or values than an ordinary element has.
const MANY: usize = 1 << 16;

impl Container {
    /// Reads the container at `span` from its bytes; `false` where the schema may not hold or the
    /// text has escapes, in which case [`Container::fill`] reads it.
    pub fn read(&mut self, text: &str, span: Span, interner: &mut Interner) -> bool {
        direct::container(self, text, span, interner).is_some()
    }

    /// The container in the text that it was read from.
    pub fn view<'a>(&'a self, text: &'a str) -> View<'a> {
        View::new(self, text)
    }

    /// Keeps some buckets, and of these some metrics and views: both are named by their numbers.
    pub fn retain(
        &mut self,
        keeps_bucket: impl Fn(u32) -> bool,
        keeps_entry: impl Fn(u32, u32) -> bool,
    ) {
        self.buckets.retain(|bucket| keeps_bucket(bucket.index));
        let mut entries = Vec::with_capacity(self.entries.len());
        let mut renumbered: Vec<Option<u32>> = vec![None; self.entries.len()];
        for bucket in &mut self.buckets {
            let first = entries.len() as u32;
            for (number, old) in (0..).zip(bucket.entries.clone()) {
                let place = renumbered.get_mut(old as usize);
                if let (Some(entry), Some(place)) = (self.entries.get(old as usize), place)
                    && keeps_entry(bucket.index, number)
                {
                    *place = Some(entries.len() as u32);
                    entries.push(*entry);
                }
            }
            bucket.entries = first..entries.len() as u32;
        }
        self.entries = entries;
        self.extras.retain_mut(|extra| {
            let new = renumbered.get(extra.entry as usize).copied().flatten();
            extra.entry = new.unwrap_or_default();
            new.is_some()
        });
    }

    /// Returns true if its buffers have the size of an ordinary container.
    fn is_small(&self) -> bool {
        self.entries.capacity() < MANY
            && self.buckets.capacity() < MANY
            && self.numbers.capacity() < 4 * MANY
            && self.arena.is_small()
    }

    fn clear(&mut self, span: Span) {
        self.arena.clear(span);
        self.begin = 0;
        self.group.clear();
        self.buckets.clear();
        self.entries.clear();
        self.numbers.clear();
        self.extras.clear();
        self.negative = false;
        self.notable = false;
    }
}
