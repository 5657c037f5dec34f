//! The findings of an input: in memory while they are few, and packed in a store beyond that.

use std::collections::BinaryHeap;
use std::io::{self, Read as _};

use crate::diagnostic::pack::{Packer, Unpacker};
use crate::diagnostic::{Code, Diagnostic, Located, Severity};
use crate::input::spool::Spool;
use crate::json::Span;

/// How many findings are packed together.
const TOGETHER: usize = 2048;
/// How many bytes of packed findings are kept in memory, those of all inputs.
const IN_MEMORY: usize = 4 * 1024 * 1024;
/// Spans of more bytes are long: their end may be far behind their beginning.
pub const LONG: usize = 64 * 1024;

/// A store for the packed findings of a run.
pub fn store() -> Spool {
    Spool::new("findings", IN_MEMORY)
}

/// The findings of an input.
#[derive(Debug, Default)]
pub struct InputFindings {
    /// Those in the order of the text.
    pub in_order: PackedFindings,
    /// Those that come behind them, in the order of the text, too.
    pub behind: PackedFindings,
    /// Those that come last, and have their places already or none.
    pub last: Vec<Located>,
}

impl InputFindings {
    /// How many they are.
    pub fn count(&self) -> usize {
        self.in_order.len() + self.behind.len() + self.last.len()
    }

    /// The codes that are among them.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        let packed = self.in_order.codes().chain(self.behind.codes());
        packed.chain(self.last.iter().map(|located| located.diagnostic.code))
    }
}

/// Findings that were packed together, in the order of their spans; those without one come first.
#[derive(Debug)]
struct PackedRun {
    bytes: Bytes,
    count: usize,
    /// Where the first span begins.
    first: Option<usize>,
}

#[derive(Debug)]
enum Bytes {
    /// Offset in the store and length.
    Stored(u64, usize),
    /// The store has no room for them.
    Held(Vec<u8>),
}

impl PackedRun {
    fn unpacker(&self, store: &Spool) -> io::Result<Unpacker> {
        Ok(Unpacker::new(match &self.bytes {
            Bytes::Held(bytes) => bytes.clone(),
            Bytes::Stored(at, length) => {
                let mut bytes = vec![0; *length];
                store.reader(*at).read_exact(&mut bytes)?;
                bytes
            }
        }))
    }
}

/// Packed findings.
#[derive(Debug, Default)]
pub struct PackedFindings {
    runs: Vec<PackedRun>,
    len: usize,
    /// Each code and severity that is among them.
    kinds: Vec<(Code, Severity)>,
    /// Where long spans end.
    long_ends: Vec<usize>,
}

impl PackedFindings {
    /// How many they are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The codes that are among them.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        self.kinds.iter().map(|(code, _)| *code)
    }

    /// Where long spans end, each place once.
    pub fn long_ends(&self) -> Vec<usize> {
        let mut ends = self.long_ends.clone();
        ends.sort_unstable();
        ends.dedup();
        ends
    }

    /// Packs findings and adds them behind the others. `outward` gives the span in the input.
    fn add(
        &mut self,
        mut findings: Vec<Diagnostic>,
        store: &Spool,
        outward: &dyn Fn(Span) -> Span,
    ) {
        if findings.is_empty() {
            return;
        }
        for finding in &mut findings {
            finding.span = finding.span.map(outward);
            let kind = (finding.code, finding.severity);
            if !self.kinds.contains(&kind) {
                self.kinds.push(kind);
            }
            if let Some(span) = finding.span
                && span.len() > LONG
                && self.long_ends.last() != Some(&span.end)
            {
                self.long_ends.push(span.end);
            }
        }
        findings.sort_by_key(start);
        let mut packer = Packer::default();
        findings.iter().for_each(|finding| packer.add(finding));
        let bytes = packer.finish();
        self.len += findings.len();
        self.runs.push(PackedRun {
            count: findings.len(),
            first: findings.first().and_then(start),
            bytes: match store.add(&bytes) {
                Ok(at) => Bytes::Stored(at, bytes.len()),
                Err(_) => Bytes::Held(bytes),
            },
        });
    }

    /// Adds those of `other` behind the others.
    pub fn append(&mut self, other: Self) {
        self.runs.extend(other.runs);
        self.len += other.len;
        self.long_ends.extend(other.long_ends);
        for kind in other.kinds {
            if !self.kinds.contains(&kind) {
                self.kinds.push(kind);
            }
        }
    }

    /// All of them by the beginning of their spans; among equals in the order they were added.
    pub fn ordered<'p>(&'p self, store: &'p Spool) -> Ordered<'p> {
        let mut waiting: Vec<(usize, &PackedRun)> = self.runs.iter().enumerate().collect();
        waiting.sort_by_key(|(index, run)| std::cmp::Reverse((run.first, *index)));
        Ordered {
            store,
            waiting,
            open: BinaryHeap::new(),
        }
    }
}

fn start(finding: &Diagnostic) -> Option<usize> {
    finding.span.map(|span| span.start)
}

/// Findings in their order, unpacked run by run.
#[derive(Debug)]
pub struct Ordered<'p> {
    store: &'p Spool,
    /// The runs that have not begun yet, the next one last.
    waiting: Vec<(usize, &'p PackedRun)>,
    open: BinaryHeap<OpenRun>,
}

/// A run of which findings are still to come.
#[derive(Debug)]
struct OpenRun {
    index: usize,
    next: Diagnostic,
    rest: Unpacker,
    /// How many `rest` has.
    left: usize,
}

impl OpenRun {
    fn key(&self) -> (Option<usize>, usize) {
        (start(&self.next), self.index)
    }
}

impl Ord for OpenRun {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // The heap gives the greatest.
        other.key().cmp(&self.key())
    }
}

impl PartialOrd for OpenRun {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for OpenRun {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for OpenRun {}

fn damaged() -> io::Error {
    let words = "the findings that were kept in a temporary file are damaged";
    io::Error::new(io::ErrorKind::InvalidData, words)
}

impl Ordered<'_> {
    /// Opens the runs that begin before what is open.
    fn open(&mut self) -> io::Result<()> {
        while let Some((index, run)) = self.waiting.last() {
            let begins = (run.first, *index);
            if self.open.peek().is_some_and(|open| open.key() < begins) {
                break;
            }
            let mut rest = run.unpacker(self.store)?;
            self.open.push(OpenRun {
                index: *index,
                next: rest.next().ok_or_else(damaged)?,
                rest,
                left: run.count - 1,
            });
            self.waiting.pop();
        }
        Ok(())
    }

    fn take(&mut self) -> io::Result<Option<Diagnostic>> {
        self.open()?;
        let Some(mut first) = self.open.peek_mut() else {
            return Ok(None);
        };
        if first.left == 0 {
            return Ok(Some(
                std::collections::binary_heap::PeekMut::pop(first).next,
            ));
        }
        first.left -= 1;
        let next = first.rest.next().ok_or_else(damaged)?;
        Ok(Some(std::mem::replace(&mut first.next, next)))
    }
}

impl Iterator for Ordered<'_> {
    type Item = io::Result<Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        self.take().transpose()
    }
}

/// Findings that grow: the last ones in memory, and those before them in memory or packed.
#[derive(Debug, Default)]
pub struct FindingList {
    before: Vec<Chunk>,
    /// The last ones.
    pub recent: Vec<Diagnostic>,
}

#[derive(Debug)]
enum Chunk {
    InMemory(Vec<Diagnostic>),
    Packed(PackedFindings),
}

impl From<Vec<Diagnostic>> for FindingList {
    fn from(findings: Vec<Diagnostic>) -> Self {
        Self {
            before: Vec::new(),
            recent: findings,
        }
    }
}

impl From<Option<Diagnostic>> for FindingList {
    fn from(finding: Option<Diagnostic>) -> Self {
        Vec::from_iter(finding).into()
    }
}

impl FindingList {
    /// Whether there is a finding of such a code and severity.
    pub fn any(&self, is: impl Fn(Code, Severity) -> bool) -> bool {
        let made = |findings: &[Diagnostic]| findings.iter().any(|it| is(it.code, it.severity));
        let before = |chunk: &Chunk| match chunk {
            Chunk::InMemory(findings) => made(findings),
            Chunk::Packed(packed) => packed.kinds.iter().any(|kind| is(kind.0, kind.1)),
        };
        made(&self.recent) || self.before.iter().any(before)
    }

    /// Adds the findings of `other` but its recent ones, which are returned.
    pub fn append_before(&mut self, other: Self) -> Vec<Diagnostic> {
        if !other.before.is_empty() {
            self.end_chunk();
            self.before.extend(other.before);
        }
        other.recent
    }

    /// Adds the findings of `other`.
    pub fn append(&mut self, other: Self) {
        let recent = self.append_before(other);
        self.recent.extend(recent);
    }

    fn end_chunk(&mut self) {
        if !self.recent.is_empty() {
            let recent = std::mem::take(&mut self.recent);
            self.before.push(Chunk::InMemory(recent));
        }
    }

    /// Packs them where they are many.
    pub fn spill(&mut self, store: &Spool, outward: &dyn Fn(Span) -> Span) {
        let before = |chunk: &Chunk| match chunk {
            Chunk::InMemory(findings) => findings.len(),
            Chunk::Packed(_) => 0,
        };
        let in_memory = self.recent.len() + self.before.iter().map(before).sum::<usize>();
        if in_memory >= TOGETHER {
            let packed = std::mem::take(self).pack(store, outward);
            self.before.push(Chunk::Packed(packed));
        }
    }

    /// Packs all of them. `outward` gives the span in the input of one that was not packed yet.
    pub fn pack(mut self, store: &Spool, outward: &dyn Fn(Span) -> Span) -> PackedFindings {
        self.end_chunk();
        let mut all = PackedFindings::default();
        for chunk in self.before {
            match chunk {
                Chunk::InMemory(findings) => all.add(findings, store, outward),
                Chunk::Packed(packed) => all.append(packed),
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finding(start: Option<usize>, number: usize) -> Diagnostic {
        let finding = Diagnostic::new(Code::WrongType, number.to_string());
        match start {
            Some(start) => finding.at(Span::new(start, start + 1), ""),
            None => finding,
        }
    }

    proptest! {
        /// Findings in groups, after each of which those so far may be packed, come in the order
        /// of a stable sort.
        #[test]
        fn findings_come_in_their_order_however_they_were_packed(
            groups in proptest::collection::vec(
                (proptest::collection::vec(proptest::option::of(0..9_usize), 0..6), 0..4_u8),
                0..9,
            )
        ) {
            let store = Spool::new("findings", 100);
            let same = |span| span;
            let mut all = Vec::new();
            let mut list = FindingList::default();
            for (starts, then) in groups {
                let fresh: Vec<Diagnostic> = starts
                    .into_iter()
                    .enumerate()
                    .map(|(at, start)| finding(start, all.len() + at))
                    .collect();
                all.extend(fresh.iter().cloned());
                match then {
                    0 => list.recent.extend(fresh),
                    1 => list.append(fresh.into()),
                    2 => {
                        list.append(fresh.into());
                        let packed = std::mem::take(&mut list).pack(&store, &same);
                        list.before.push(Chunk::Packed(packed));
                    }
                    _ => {
                        let mut other = FindingList::from(fresh);
                        other.end_chunk();
                        list.append(other);
                    }
                }
                prop_assert_eq!(list.any(|_, _| true), !all.is_empty());
            }
            let packed = list.pack(&store, &same);
            prop_assert_eq!(packed.len(), all.len());
            let ordered: Vec<Diagnostic> = packed.ordered(&store).collect::<Result<_, _>>().unwrap();
            all.sort_by_key(start);
            prop_assert_eq!(ordered, all);
        }
    }

    #[test]
    fn many_findings_are_packed_and_lead_outward() {
        let store = store();
        let mut list = FindingList::default();
        let outward = |span: Span| Span::new(span.start + 5, span.end + 5 + LONG);
        for number in 0..TOGETHER {
            assert_eq!(list.recent.len(), number);
            list.recent.push(finding(Some(number), number));
            list.spill(&store, &outward);
        }
        assert!(list.recent.is_empty());
        // What is packed is not led outward once more.
        let packed = list.pack(&store, &|_| Span::new(0, 0));
        assert_eq!(packed.long_ends().len(), TOGETHER);
        let first = packed.ordered(&store).next().unwrap().unwrap();
        assert_eq!(first.span, Some(Span::new(5, 6 + LONG)));
        assert_eq!(packed.codes().collect::<Vec<_>>(), [Code::WrongType]);
    }

    #[test]
    fn what_is_missing_in_the_store_is_an_error() {
        let mut list = FindingList::from(vec![finding(None, 1), finding(None, 2)]);
        list.end_chunk();
        let packed = list.pack(&store(), &|span| span);
        assert!(packed.ordered(&store()).next().unwrap().is_err());
        let mut packed = packed;
        packed.runs[0].count = 3;
        packed.runs[0].bytes = Bytes::Held(Vec::new());
        assert!(packed.ordered(&store()).next().unwrap().is_err());
    }
}
