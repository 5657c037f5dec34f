//! The verdict of keys, schema, properties and rules without a tape: what a clean container holds.
//!
//! A container is read straight into flat lists. Whatever is not plainly clean (an escape, an
//! unknown name, a figure that a rule looks at twice) is refused here, and the slow way over the
//! tape finds the words for it, or finds nothing and goes on. So a refusal costs time and never
//! truth; what is accepted must be clean by the slow way too, which tests hold it to.
//!
//! What is to be told of a group (`G001`, `G003`) is no reason to refuse it: every container of an
//! input may have that dimension. It is told from here, in the rules' own words.

mod dimensions;
mod lexicon;
mod read;
mod rules;
mod template;
#[cfg(test)]
mod tests;

pub use lexicon::Lexicon;

use std::borrow::Cow;
use std::ops::Range;

use crate::check::rules::groups;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::sink::{Sink, Wanted};
use crate::document::STATS;
use crate::json::Span;

/// A run of bytes of the text that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    start: u32,
    len: u32,
}

impl Text {
    /// The run itself.
    pub fn of(self, text: &str) -> &str {
        let start = self.start as usize;
        // Runs begin behind and end before ASCII quotes or are ASCII digits: always on boundaries.
        text.get(start..start + self.len as usize)
            .unwrap_or_default()
    }

    /// Where the run begins.
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// How many bytes it has.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    fn bytes(self, bytes: &[u8]) -> &[u8] {
        let start = self.start as usize;
        bytes
            .get(start..start + self.len as usize)
            .unwrap_or_default()
    }
}

/// A string that may be null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optional {
    Absent,
    Null,
    Text(Text),
}

impl Optional {
    /// Whether this is all values of a conversation in one, as the value of this dimension.
    fn is_flattened(self, name: Text, text: &str) -> bool {
        matches!(self, Self::Text(value) if groups::is_flattened(name.of(text), value.of(text)))
    }
}

/// A number's literal.
#[derive(Debug, Clone, Copy)]
pub struct Number {
    pub literal: Text,
    /// Its value, where it is a whole number of at most 18 digits.
    pub whole: Option<i64>,
}

/// A metric or view.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub view: bool,
    pub name: Text,
    /// The name's number in the lexicon.
    pub id: u32,
    pub qualifier: Optional,
    /// Bit `n` is set where the `n`th of [`crate::document::STATS`] is a number.
    pub numbers: u16,
    /// As `numbers`, for those that are null.
    pub nulls: u16,
    /// Entries with one template differ in their figures only.
    pub template: u32,
    first: u32,
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub interval: Optional,
    /// Nanoseconds since 1970 in UTC: start and end, where there is an interval.
    pub times: Option<(i64, i64)>,
    pub entries: Range<u32>,
}

/// One clean container, flat. Its buffers serve for one container after another.
#[derive(Debug, Default)]
pub struct Flat {
    /// Where the value of `group` begins, or the container that has none.
    pub begin: u32,
    pub group: Vec<(Text, Optional)>,
    pub buckets: Vec<Bucket>,
    entries: Vec<Entry>,
    numbers: Vec<Number>,
    /// What was found by [`Flat::is_passed`].
    faults: Vec<(Text, rules::Fault)>,
    /// Whether a number has a minus.
    negative: bool,
    /// Whether something is to be told of a dimension that was not told yet.
    notable: bool,
}

/// The cause that the rules name for a fault of this metric or view.
fn cause(name: &str, (_, stat): rules::Fault) -> Cow<'_, str> {
    match stat.and_then(|stat| STATS.get(stat)) {
        Some(stat) => Cow::Owned(format!("{name} {stat}")),
        None => Cow::Borrowed(name),
    }
}

impl Flat {
    /// Reads the container at `span`; `false` where it is not plainly clean.
    pub fn read(&mut self, text: &str, span: Span, lexicon: &mut Lexicon) -> bool {
        read::container(self, text, span, lexicon).is_some()
    }

    /// Whether no rule has anything to say of the container that was read, beside what is to be
    /// told of its group. No bucket may begin after `latest`, in nanoseconds since 1970.
    pub fn is_clean(&self, text: &str, lexicon: &mut Lexicon, latest: i64) -> bool {
        rules::faults(self, text, lexicon, latest, &mut |_, _| false)
    }

    /// As [`Flat::is_clean`], but what would only be counted is counted, and no matter.
    pub fn is_passed(
        &mut self,
        text: &str,
        lexicon: &mut Lexicon,
        latest: i64,
        wanted: &mut Wanted<'_>,
    ) -> bool {
        let mut faults = std::mem::take(&mut self.faults);
        faults.clear();
        let passed = rules::faults(self, text, lexicon, latest, &mut |entry, fault| {
            faults.push((entry.name, fault));
            wanted.is_counted(fault.0, &cause(entry.name.of(text), fault))
        });
        if passed {
            for (name, fault) in &faults {
                wanted.count(fault.0, &cause(name.of(text), *fault));
            }
        }
        self.faults = faults;
        passed
    }

    /// Whether something is to be told of the group that was not told yet: `G001`, `G003`.
    pub fn is_notable(&self) -> bool {
        self.notable
    }

    /// What is to be told of the group of the container at `path`, and was not told yet.
    pub fn about_group(
        &self,
        text: &str,
        lexicon: &mut Lexicon,
        path: &str,
        out: &mut Vec<Diagnostic>,
    ) {
        for (run, value) in &self.group {
            let name = run.of(text);
            if !value.is_flattened(*run, text) && lexicon.dimensions.tell(name) {
                // With its quotes.
                let span = Span::new(run.start() - 1, run.start() + run.len() + 1);
                groups::about(name, span, || path.to_owned(), &mut Sink::all(out));
            }
        }
    }

    /// The metrics of a bucket and then its views.
    pub fn entries(&self, bucket: &Bucket) -> &[Entry] {
        self.entries
            .get(bucket.entries.start as usize..bucket.entries.end as usize)
            .unwrap_or_default()
    }

    /// How many metrics and views there are.
    pub fn rows(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The figures of an entry, in the order of [`crate::document::STATS`].
    pub fn numbers(&self, entry: &Entry) -> &[Number] {
        let first = entry.first as usize;
        self.numbers
            .get(first..first + entry.numbers.count_ones() as usize)
            .unwrap_or_default()
    }

    fn number(&self, entry: &Entry, stat: usize) -> Option<Number> {
        if entry.numbers & (1 << stat) == 0 {
            return None;
        }
        let before = (entry.numbers & ((1 << stat) - 1)).count_ones();
        self.numbers.get((entry.first + before) as usize).copied()
    }

    fn clear(&mut self) {
        self.group.clear();
        self.buckets.clear();
        self.entries.clear();
        self.numbers.clear();
    }
}
