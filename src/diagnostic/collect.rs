//! Findings counted, and grouped by cause so that one mistake is reported once.

use std::collections::BTreeMap;

use super::causes::{Cause, Causes};
use super::coverage::Coverage;
use super::levels::Levels;
use super::store::{FindingStore, SHOWN};
use super::{Code, Located, Severity};

/// Findings as counts and, where they are wanted, as groups. Of a group the first few are kept.
#[derive(Debug, Default)]
pub struct Collection {
    /// Whether groups are wanted.
    by_cause: bool,
    causes: Causes<FirstFindings>,
    /// What the run looked at.
    pub coverage: Coverage,
    levels: Levels,
}

/// What is kept of a group.
#[derive(Debug, Default)]
struct FirstFindings {
    shown: Vec<Located>,
    count: usize,
}

/// Findings with one cause.
#[derive(Debug, Clone)]
pub struct CauseGroup<'a> {
    /// The finding that speaks for all.
    pub first: &'a Located,
    /// The next few of them.
    pub others: &'a [Located],
    /// How many they are in all, with the first.
    pub count: usize,
}

impl CauseGroup<'_> {
    /// How many are neither the first nor among the others.
    pub fn unnamed(&self) -> usize {
        self.count.saturating_sub(1 + self.others.len())
    }
}

impl Collection {
    /// A collection without findings, which groups them by cause or only counts them. `levels` say
    /// which errors are counted as hidden.
    pub fn new(by_cause: bool, levels: &Levels) -> Self {
        Self {
            by_cause,
            levels: levels.clone(),
            ..Self::default()
        }
    }

    /// Adds a finding behind the others, and says whether it is shown; of hidden ones, errors are
    /// only counted.
    pub fn push(&mut self, located: &Located) -> bool {
        let (code, severity) = (located.diagnostic.code, located.diagnostic.severity);
        let is_shown = self.levels.shows(code, severity);
        let wants = is_shown && self.by_cause;
        let first = self.add(code, severity, &located.diagnostic.common(), 1);
        if wants && first.shown.len() < SHOWN {
            first.shown.push(located.clone());
        }
        is_shown
    }

    /// Counts the findings of a store that were not kept.
    pub fn count_omitted(&mut self, findings: &FindingStore) {
        for cause in findings.causes() {
            let omitted = cause.findings.all - cause.findings.kept;
            if omitted > 0 {
                self.add(cause.code, cause.severity, &cause.text, omitted);
            }
        }
    }

    /// Counts findings of one cause.
    fn add(
        &mut self,
        code: Code,
        severity: Severity,
        cause: &str,
        more: usize,
    ) -> &mut FirstFindings {
        let number = self.causes.number(code, severity, cause);
        let first = self.causes.findings(number);
        first.count += more;
        first
    }

    /// The causes whose findings are shown, or those that are not.
    fn causes(&self, are_shown: bool) -> impl Iterator<Item = &Cause<FirstFindings>> {
        let is_shown = |cause: &Cause<_>| self.levels.shows(cause.code, cause.severity);
        self.causes
            .iter()
            .filter(move |cause| is_shown(cause) == are_shown)
    }

    /// The number of findings with this severity.
    pub fn count(&self, severity: Severity) -> usize {
        let of = self.causes(true).filter(|cause| cause.severity == severity);
        of.map(|cause| cause.findings.count).sum()
    }

    /// The codes of which there are errors.
    pub fn errors(&self) -> impl Iterator<Item = Code> {
        let errors = self.causes(true).filter(|cause| cause.is_error());
        errors.map(|cause| cause.code)
    }

    /// The errors that are not shown, by code.
    pub fn hidden_errors(&self) -> BTreeMap<Code, usize> {
        let mut hidden = BTreeMap::new();
        for cause in self.causes(false).filter(|cause| cause.is_error()) {
            *hidden.entry(cause.code).or_default() += cause.findings.count;
        }
        hidden
    }

    /// The findings by cause: errors first, then in the order of their first appearance.
    pub fn groups(&self) -> Vec<CauseGroup<'_>> {
        let mut causes: Vec<&Cause<FirstFindings>> = self.causes.iter().collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.severity));
        let groups = causes.into_iter().filter_map(|cause| {
            let (first, others) = cause.findings.shown.split_first()?;
            let count = cause.findings.count;
            Some(CauseGroup {
                first,
                others,
                count,
            })
        });
        groups.collect()
    }

    /// The findings that speak for their groups, and have a place but no excerpt.
    pub fn bare(&mut self) -> Vec<&mut Located> {
        let groups = self.causes.all_findings();
        let firsts = groups.filter_map(|group| group.shown.first_mut());
        firsts
            .filter(|first| first.place.is_some() && first.excerpt.is_none())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Diagnostic;
    use super::*;
    use crate::json::{Path, Span};

    fn located(code: Code, pointer: &str) -> Located {
        Located {
            diagnostic: Diagnostic::new(code, "message")
                .at(Span::new(0, 1), Path::of_keys(pointer)),
            file: "a.json".into(),
            place: None,
            excerpt: None,
        }
    }

    #[test]
    fn groups_by_cause_errors_first() {
        let mut collection = Collection::new(true, &Levels::default());
        collection.push(&located(Code::UnknownProperty, "/results/0/x"));
        for index in 0..6 {
            collection.push(&located(Code::WrongType, &format!("/results/{index}/y")));
        }
        collection.push(&located(Code::WrongType, "/results/0/z"));
        let groups = collection.groups();
        let seen: Vec<_> = groups
            .iter()
            .map(|group| {
                (
                    group.first.diagnostic.path.to_string(),
                    group.count,
                    group.unnamed(),
                )
            })
            .collect();
        let expected = [
            ("/results/0/y", 6, 2),
            ("/results/0/z", 1, 0),
            ("/results/0/x", 1, 0),
        ]
        .map(|(pointer, count, unnamed)| (pointer.to_owned(), count, unnamed));
        assert_eq!(seen, expected);
        assert_eq!(
            groups[0].others[2].diagnostic.path.to_string(),
            "/results/3/y"
        );
        assert_eq!(collection.count(Severity::Error), 7);
    }

    #[test]
    fn counts_by_severity() {
        let mut collection = Collection::new(false, &Levels::default());
        collection.push(&located(Code::WrongType, "/a"));
        collection.push(&located(Code::WrongType, "/b"));
        collection.push(&located(Code::UnknownProperty, ""));
        assert_eq!(collection.count(Severity::Error), 2);
        assert_eq!(collection.count(Severity::Warning), 1);
        assert_eq!(collection.count(Severity::Info), 0);
        assert_eq!(collection.errors().collect::<Vec<_>>(), [Code::WrongType]);
    }

    #[test]
    fn a_named_cause_and_a_changed_severity_tell_groups_apart() {
        let mut collection = Collection::new(true, &Levels::default());
        let mut named = located(Code::WrongType, "/a");
        named.diagnostic.cause = "count".into();
        let mut lighter = named.clone();
        lighter.diagnostic.severity = Severity::Info;
        let mut elsewhere = named.clone();
        elsewhere.diagnostic.path = Path::of_keys("/b");
        for finding in [named, lighter, elsewhere] {
            collection.push(&finding);
        }
        let counts: Vec<_> = collection
            .groups()
            .iter()
            .map(|group| group.count)
            .collect();
        assert_eq!(counts, [2, 1]);
    }
}
