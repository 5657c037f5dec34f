//! The findings of an input in few bytes each. The first of each cause are kept, the others while
//! there is room, and all are counted.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::causes::{Cause, Causes};
use super::{Code, Diagnostic, Severity};
use crate::json::{Path, PathStep, Span};

/// Number of findings of each cause that are always kept: as many as text shows.
pub const SHOWN: usize = 4;
/// Number of findings that a run keeps for machine formats.
pub const MOST: usize = 1_000_000;
/// Number of bytes of texts that are kept beyond the first findings of each cause.
const TEXTS: usize = 128 * 1024 * 1024;

/// A finding; everything else about it is that of its cause and its words.
#[derive(Debug, Clone)]
struct CompactFinding {
    cause: u32,
    words: u32,
    /// The number of the keys of its path, and the place of the first index.
    path: (u32, usize),
    span: Option<Span>,
}

/// The words of a finding, and of those of its cause that follow it and have the same.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FindingWords {
    message: String,
    label: Option<Cow<'static, str>>,
    help: Option<Cow<'static, str>>,
    related: Option<String>,
}

impl FindingWords {
    /// The bytes that they take of the memory.
    fn len(&self) -> usize {
        let owned = |text: &Option<Cow<'static, str>>| match text {
            Some(Cow::Owned(text)) => text.len(),
            _ => 0,
        };
        let related = self.related.as_ref().map_or(0, String::len);
        self.message.len() + owned(&self.label) + owned(&self.help) + related
    }
}

/// Paths in few bytes: equal keys are kept once, and the indices of each path.
#[derive(Debug, Clone, Default)]
struct PathTable {
    /// Paths of which every index is 0.
    keys: Vec<Arc<Path>>,
    numbers: HashMap<Arc<Path>, u32>,
    indices: Vec<usize>,
    /// The bytes of the keys.
    bytes: usize,
}

impl PathTable {
    /// Adds a path: the number of its keys, and the place of its first index.
    fn add(&mut self, path: Path) -> (u32, usize) {
        let first = self.indices.len();
        let keys = path.into_iter().map(|step| match step {
            PathStep::Index(index) => {
                self.indices.push(index);
                PathStep::Index(0)
            }
            key @ PathStep::Key(_) => key,
        });
        let keys: Path = keys.collect();
        let number = self.numbers.get(&keys).copied().unwrap_or_else(|| {
            let (number, keys) = (self.keys.len() as u32, Arc::new(keys));
            self.bytes += keys.steps().iter().map(PathStep::key_len).sum::<usize>();
            self.keys.push(Arc::clone(&keys));
            self.numbers.insert(keys, number);
            number
        });
        (number, first)
    }

    fn path(&self, (keys, first): (u32, usize)) -> Path {
        let mut indices = self.indices.iter().skip(first);
        let steps = self.keys[keys as usize].steps().iter();
        let steps = steps.map(|step| match step {
            PathStep::Index(_) => PathStep::Index(indices.next().copied().unwrap_or_default()),
            key @ PathStep::Key(_) => key.clone(),
        });
        steps.collect()
    }
}

/// Counts of findings of a cause.
#[derive(Debug, Clone, Copy, Default)]
pub struct FindingCount {
    pub all: usize,
    /// Number of kept findings.
    pub kept: usize,
    /// The words of the last one that was kept.
    words: Option<u32>,
}

/// Findings in the order in which they were added. `room` is how many findings a store may have
/// before it keeps no more than [`SHOWN`] of each cause.
#[derive(Debug, Clone, Default)]
pub struct FindingStore {
    causes: Causes<FindingCount>,
    findings: Vec<CompactFinding>,
    words: Vec<FindingWords>,
    paths: PathTable,
    /// The bytes of the words.
    bytes: usize,
}

impl FindingStore {
    /// Returns the number of kept findings.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// The causes, with the numbers of their findings.
    pub fn causes(&self) -> impl Iterator<Item = &Cause<FindingCount>> {
        self.causes.iter().filter(|cause| cause.findings.all > 0)
    }

    /// The codes that occur.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        self.causes().map(|cause| cause.code)
    }

    /// Returns true if there is an error.
    pub fn has_errors(&self) -> bool {
        self.causes().any(Cause::is_error)
    }

    /// Counts a finding, and keeps it where there is room.
    pub fn push(&mut self, finding: Diagnostic, room: usize) {
        let cause = finding.common();
        let cause = self.causes.number(finding.code, finding.severity, &cause);
        if self.admits(cause, room) {
            self.keep(cause, finding);
        }
    }

    /// Adds findings behind the others.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Diagnostic>, room: usize) {
        findings.into_iter().for_each(|it| self.push(it, room));
    }

    /// Counts findings of a cause that were not made.
    pub fn count(&mut self, code: Code, severity: Severity, cause: &str, more: usize) {
        let cause = self.causes.number(code, severity, cause);
        self.causes.findings(cause).all += more;
    }

    /// Adds the findings of `other` behind the others.
    pub fn append(&mut self, other: Self, room: usize) {
        if self.causes.iter().next().is_none() && other.len() <= room {
            *self = other;
            return;
        }
        let numbers = other.causes.iter().map(|cause| {
            let number = self.causes.number(cause.code, cause.severity, &cause.text);
            self.causes.findings(number).all += cause.findings.all - cause.findings.kept;
            number
        });
        let numbers: Vec<u32> = numbers.collect();
        for finding in &other.findings {
            let cause = numbers[finding.cause as usize];
            if self.admits(cause, room) {
                self.keep(cause, other.finding(finding));
            }
        }
    }

    /// Keeps no more findings than there is room for.
    pub fn limit(&mut self, room: usize) {
        if self.len() > room {
            let all = std::mem::take(self);
            self.append(all, room);
        }
    }

    /// Drops the findings of such a cause.
    pub fn remove(&mut self, is: impl Fn(&Cause<FindingCount>) -> bool) {
        let removed: Vec<bool> = self.causes.iter().map(is).collect();
        if removed.contains(&true) {
            let findings = &mut self.findings;
            findings.retain(|finding| !removed[finding.cause as usize]);
            let counts = self.causes.all_findings().zip(removed);
            let counts = counts.filter(|(_, is_removed)| *is_removed);
            counts.for_each(|(count, _)| *count = FindingCount::default());
        }
    }

    /// Changes the spans.
    pub fn spans(&mut self, change: &dyn Fn(Span) -> Span) {
        let spans = self.findings.iter_mut().flat_map(|it| &mut it.span);
        spans.for_each(|span| *span = change(*span));
    }

    /// The findings in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = Diagnostic> + '_ {
        self.findings.iter().map(|finding| self.finding(finding))
    }

    /// The findings by the beginning of their spans; those without one come first, and among equals
    /// those that were added first.
    pub fn ordered(&self) -> impl Iterator<Item = Diagnostic> + '_ {
        let start = |at: u32| self.findings[at as usize].span.map(|span| span.start);
        let mut order: Vec<u32> = (0..self.findings.len() as u32).collect();
        order.sort_by_key(|at| start(*at));
        let ordered = order.into_iter();
        ordered.map(|at| self.finding(&self.findings[at as usize]))
    }

    /// Ends of spans that are longer than this.
    pub fn long_ends(&self, longest: usize) -> impl Iterator<Item = usize> {
        let spans = self.findings.iter().filter_map(|finding| finding.span);
        let long = spans.filter(move |span| span.len() > longest);
        long.map(|span| span.end)
    }

    /// Counts a finding of a cause, and says whether it is kept.
    fn admits(&mut self, cause: u32, room: usize) -> bool {
        let has_room = self.findings.len() < room && self.bytes + self.paths.bytes < TEXTS;
        let Cause {
            code,
            severity,
            findings,
            ..
        } = *self.causes.get(cause);
        // An error stays: it is the reason why its group is left out.
        if findings.all > 0 && code.is_reported_once() && severity != Severity::Error {
            return false;
        }
        let admits = has_room || findings.kept < SHOWN;
        let count = self.causes.findings(cause);
        count.all += 1;
        count.kept += usize::from(admits);
        admits
    }

    fn keep(&mut self, cause: u32, finding: Diagnostic) {
        let words = FindingWords {
            message: finding.message,
            label: finding.label,
            help: finding.help,
            related: finding.related,
        };
        let known = self.causes.get(cause).findings.words;
        let known = known.filter(|known| self.words[*known as usize] == words);
        let words = known.unwrap_or_else(|| {
            self.bytes += words.len();
            self.words.push(words);
            self.words.len() as u32 - 1
        });
        self.causes.findings(cause).words = Some(words);
        self.findings.push(CompactFinding {
            cause,
            words,
            path: self.paths.add(finding.path),
            span: finding.span,
        });
    }

    fn finding(&self, finding: &CompactFinding) -> Diagnostic {
        let cause = self.causes.get(finding.cause);
        let words = self.words[finding.words as usize].clone();
        Diagnostic {
            code: cause.code,
            severity: cause.severity,
            message: words.message,
            cause: cause.text.to_string(),
            span: finding.span,
            label: words.label,
            path: self.paths.path(finding.path),
            help: words.help,
            related: words.related,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finding(start: Option<usize>, cause: u8, number: usize) -> Diagnostic {
        let finding = Diagnostic::new(Code::WrongType, (number % 3).to_string())
            .cause(cause.to_string())
            .label("label");
        match start {
            Some(start) => finding.at(Span::new(start, start + 1), Path::bucket(number)),
            None => finding.related(number.to_string()),
        }
    }

    proptest! {
        /// Stores that are appended to each other have what one store has, in the order of a
        /// stable sort: all of it while there is room, and the first of each cause.
        #[test]
        fn findings_are_kept_in_their_order(
            groups in proptest::collection::vec(
                proptest::collection::vec((proptest::option::of(0..9_usize), 0..3_u8), 0..9), 0..9,
            ),
            room in 0..40_usize,
        ) {
            let mut all: Vec<Diagnostic> = Vec::new();
            let (mut store, mut direct) = (FindingStore::default(), FindingStore::default());
            for group in groups {
                let first = all.len();
                let fresh = group.into_iter().enumerate();
                all.extend(fresh.map(|(at, (start, cause))| finding(start, cause, first + at)));
                let mut part = FindingStore::default();
                part.extend(all[first..].to_vec(), MOST);
                store.append(part, room);
                direct.extend(all[first..].to_vec(), room);
            }
            let found: Vec<Diagnostic> = store.ordered().collect();
            prop_assert_eq!(&found, &direct.ordered().collect::<Vec<_>>());
            prop_assert_eq!(store.causes().map(|it| it.findings.all).sum::<usize>(), all.len());
            if all.len() <= room {
                all.sort_by_key(|it| it.span.map(|span| span.start));
                prop_assert_eq!(found, all);
            } else {
                prop_assert!(found.len() <= room + 3 * SHOWN);
                for cause in store.causes() {
                    prop_assert!(cause.findings.kept >= SHOWN.min(cause.findings.all));
                }
            }
        }
    }

    #[test]
    fn a_code_that_is_reported_once_is_kept_once_by_cause_but_for_errors() {
        let finding = |cause: &str| Diagnostic::new(Code::UnknownDimension, "message").cause(cause);
        let denied = Diagnostic {
            severity: Severity::Error,
            ..finding("a")
        };
        let all = [
            finding("a"),
            finding("b"),
            finding("a"),
            denied.clone(),
            denied,
        ];
        let mut store = FindingStore::default();
        store.extend(all.to_vec(), MOST);
        let mut twice = store.clone();
        twice.append(store, MOST);
        let counts: Vec<usize> = twice.causes().map(|cause| cause.findings.all).collect();
        assert_eq!(counts, [1, 1, 4]);
    }

    #[test]
    fn what_is_removed_is_not_counted() {
        let mut store = FindingStore::default();
        store.extend([finding(Some(1), 0, 0), finding(Some(2), 1, 1)], 0);
        store.count(Code::WrongType, Severity::Error, "0", 7);
        store.remove(|cause| &*cause.text == "0");
        let left: Vec<Diagnostic> = store.ordered().collect();
        assert_eq!(left, [finding(Some(2), 1, 1)]);
        assert_eq!(store.codes().count(), 1);
    }

    #[test]
    fn findings_of_one_cause_have_less_than_100_bytes_each() {
        let mut store = FindingStore::default();
        for number in 0..10_000 {
            let path = Path::default()
                .key("results")
                .index(number)
                .join(Path::bucket(11));
            let path = path.key("metrics").index(5).key("stats").key("count");
            let finding =
                Diagnostic::new(Code::NegativeValue, "the count of `nOffered` is below 0")
                    .cause("nOffered")
                    .at(Span::new(number, number + 2), path);
            store.push(finding, MOST);
        }
        let indices = size_of::<usize>() * store.paths.indices.len();
        let bytes = size_of::<CompactFinding>() * store.len() + store.bytes + indices;
        assert!(bytes < 100 * store.len(), "{bytes}");
    }
}
