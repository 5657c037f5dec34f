//! Findings gathered: counted, and grouped by cause so that one mistake is told once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::coverage::Coverage;
use super::thin::More;
use super::{Code, Located, Severity};

/// How many places a group names beside its first.
const OTHERS: usize = 3;

/// Findings in the order they came, with complete counts.
#[derive(Debug, Default)]
pub struct Collection {
    findings: Vec<Located>,
    causes: Vec<Cause>,
    /// Which of `causes` a finding belongs to.
    known: HashMap<(Code, Severity, String), usize>,
    /// What the run looked at.
    pub coverage: Coverage,
}

/// What is kept of a group: indices into the findings.
#[derive(Debug)]
struct Cause {
    severity: Severity,
    places: Vec<usize>,
    count: usize,
}

/// Findings with one cause.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// The finding that speaks for all.
    pub first: &'a Located,
    /// The next few of them.
    pub others: Vec<&'a Located>,
    /// How many they are in all, with the first.
    pub count: usize,
}

impl Group<'_> {
    /// How many are neither the first nor among the others.
    pub fn unnamed(&self) -> usize {
        self.count.saturating_sub(1 + self.others.len())
    }
}

impl Collection {
    /// A collection without findings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding behind the others.
    pub fn push(&mut self, located: Located) {
        let place = self.findings.len();
        let diagnostic = &located.diagnostic;
        let kind = (
            diagnostic.code,
            diagnostic.severity,
            diagnostic.common().into_owned(),
        );
        let cause = self.cause(kind);
        cause.count += 1;
        if cause.places.len() <= OTHERS {
            cause.places.push(place);
        }
        self.findings.push(located);
    }

    /// Counts findings that were not kept.
    pub fn count_more(&mut self, more: More) {
        for (code, severity, cause, count) in more.into_counts() {
            self.cause((code, severity, cause)).count += count;
        }
    }

    fn cause(&mut self, kind: (Code, Severity, String)) -> &mut Cause {
        let severity = kind.1;
        let index = match self.known.entry(kind) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                self.causes.push(Cause {
                    severity,
                    places: Vec::new(),
                    count: 0,
                });
                *new.insert(self.causes.len() - 1)
            }
        };
        &mut self.causes[index]
    }

    /// Every finding, in the order they came.
    pub fn findings(&self) -> &[Located] {
        &self.findings
    }

    /// How many findings weigh this much.
    pub fn count(&self, severity: Severity) -> usize {
        let of = self
            .causes
            .iter()
            .filter(|cause| cause.severity == severity);
        of.map(|cause| cause.count).sum()
    }

    /// The findings by cause: errors first, then in the order of their first appearance.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut causes: Vec<&Cause> = self.causes.iter().collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.severity));
        let group = |cause: &&Cause| {
            let mut places = cause.places.iter().map(|place| &self.findings[*place]);
            let first = places.next()?;
            Some(Group {
                first,
                others: places.collect(),
                count: cause.count,
            })
        };
        causes.iter().filter_map(group).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Diagnostic;
    use super::*;
    use crate::json::Span;

    fn located(code: Code, pointer: &str) -> Located {
        Located {
            diagnostic: Diagnostic::new(code, "message").at(Span::new(0, 1), pointer),
            file: "a.json".into(),
            place: None,
            excerpt: None,
        }
    }

    #[test]
    fn groups_by_cause_errors_first() {
        let mut collection = Collection::new();
        collection.push(located(Code::UnknownProperty, "/results/0/x"));
        for index in 0..6 {
            collection.push(located(Code::WrongType, &format!("/results/{index}/y")));
        }
        collection.push(located(Code::WrongType, "/results/0/z"));
        let groups = collection.groups();
        let seen: Vec<_> = groups
            .iter()
            .map(|group| {
                (
                    group.first.diagnostic.pointer.as_str(),
                    group.count,
                    group.unnamed(),
                )
            })
            .collect();
        let expected = [
            ("/results/0/y", 6, 2),
            ("/results/0/z", 1, 0),
            ("/results/0/x", 1, 0),
        ];
        assert_eq!(seen, expected);
        assert_eq!(groups[0].others[2].diagnostic.pointer, "/results/3/y");
        assert_eq!(collection.findings().len(), 8);
    }

    #[test]
    fn counts_by_severity() {
        let mut collection = Collection::new();
        collection.push(located(Code::WrongType, "/a"));
        collection.push(located(Code::WrongType, "/b"));
        collection.push(located(Code::UnknownProperty, ""));
        assert_eq!(collection.count(Severity::Error), 2);
        assert_eq!(collection.count(Severity::Warning), 1);
        assert_eq!(collection.count(Severity::Info), 0);
    }

    #[test]
    fn a_named_cause_and_a_changed_severity_tell_groups_apart() {
        let mut collection = Collection::new();
        let mut named = located(Code::WrongType, "/a");
        named.diagnostic.cause = "count".into();
        let mut lighter = named.clone();
        lighter.diagnostic.severity = Severity::Info;
        let mut elsewhere = named.clone();
        elsewhere.diagnostic.pointer = "/b".into();
        for finding in [named, lighter, elsewhere] {
            collection.push(finding);
        }
        let counts: Vec<_> = collection
            .groups()
            .iter()
            .map(|group| group.count)
            .collect();
        assert_eq!(counts, [2, 1]);
    }
}
