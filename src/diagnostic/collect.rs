//! Findings counted, and grouped by cause so that one mistake is reported once.

use std::collections::{BTreeMap, HashMap};

use super::coverage::Coverage;
use super::levels::Levels;
use super::thin::More;
use super::{Code, Located, Severity};

/// How many places a group names beside its first.
const OTHERS: usize = 3;

/// Findings as counts and, where they are wanted, as groups. Of a group the first few are kept.
#[derive(Debug, Default)]
pub struct Collection {
    counts: HashMap<(Code, Severity), usize>,
    /// In the order of their first findings; absent where groups are not wanted.
    causes: Option<Vec<Cause>>,
    /// Which of `causes` a finding belongs to.
    known: HashMap<(Code, Severity), HashMap<String, usize>>,
    /// What the run looked at.
    pub coverage: Coverage,
    levels: Levels,
    /// Errors that the levels hide, by code.
    hidden: BTreeMap<Code, usize>,
}

/// What is kept of a group.
#[derive(Debug)]
struct Cause {
    severity: Severity,
    /// The first of them.
    shown: Vec<Located>,
    count: usize,
}

impl Cause {
    fn group(&self) -> Option<Group<'_>> {
        let (first, others) = self.shown.split_first()?;
        Some(Group {
            first,
            others,
            count: self.count,
        })
    }
}

/// Findings with one cause.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// The finding that speaks for all.
    pub first: &'a Located,
    /// The next few of them.
    pub others: &'a [Located],
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
    /// A collection without findings, which groups them by cause or only counts them. `levels` say
    /// which errors are counted as hidden.
    pub fn new(by_cause: bool, levels: &Levels) -> Self {
        Self {
            causes: by_cause.then(Vec::new),
            levels: levels.clone(),
            ..Self::default()
        }
    }

    /// Adds a finding behind the others, and says whether it is shown; of hidden ones, errors are
    /// only counted.
    pub fn push(&mut self, located: &Located) -> bool {
        let diagnostic = &located.diagnostic;
        if !self.levels.shows(diagnostic) {
            if diagnostic.severity == Severity::Error {
                *self.hidden.entry(diagnostic.code).or_default() += 1;
            }
            return false;
        }
        let kind = (diagnostic.code, diagnostic.severity);
        *self.counts.entry(kind).or_default() += 1;
        if self.causes.is_some()
            && let Some(cause) = self.cause(kind, &diagnostic.common())
        {
            cause.count += 1;
            if cause.shown.len() <= OTHERS {
                cause.shown.push(located.clone());
            }
        }
        true
    }

    /// Counts findings that were not kept.
    pub fn count_more(&mut self, more: More) {
        for (code, severity, cause, count) in more.into_counts() {
            if !self.levels.shows_code(code) {
                *self.hidden.entry(code).or_default() += count;
                continue;
            }
            *self.counts.entry((code, severity)).or_default() += count;
            if let Some(cause) = self.cause((code, severity), &cause) {
                cause.count += count;
            }
        }
    }

    fn cause(&mut self, kind: (Code, Severity), cause: &str) -> Option<&mut Cause> {
        let causes = self.causes.as_mut()?;
        let known = self.known.entry(kind).or_default();
        let index = match known.get(cause) {
            Some(index) => *index,
            None => {
                causes.push(Cause {
                    severity: kind.1,
                    shown: Vec::new(),
                    count: 0,
                });
                known.insert(cause.to_owned(), causes.len() - 1);
                causes.len() - 1
            }
        };
        causes.get_mut(index)
    }

    /// How many findings weigh this much.
    pub fn count(&self, severity: Severity) -> usize {
        let of = self.counts.iter().filter(|(kind, _)| kind.1 == severity);
        of.map(|(_, count)| count).sum()
    }

    /// The codes of which there are errors.
    pub fn errors(&self) -> impl Iterator<Item = Code> {
        let errors = self.counts.keys().filter(|kind| kind.1 == Severity::Error);
        errors.map(|(code, _)| *code)
    }

    /// The errors that are not shown, by code.
    pub fn hidden_errors(&self) -> &BTreeMap<Code, usize> {
        &self.hidden
    }

    /// The findings by cause: errors first, then in the order of their first appearance.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut causes: Vec<&Cause> = self.causes.iter().flatten().collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.severity));
        causes.into_iter().filter_map(Cause::group).collect()
    }

    /// The findings that speak for their groups, and have a place but no excerpt.
    pub fn bare(&mut self) -> Vec<&mut Located> {
        let causes = self.causes.iter_mut().flatten();
        let firsts = causes.filter_map(|cause| cause.shown.first_mut());
        firsts
            .filter(|first| first.place.is_some() && first.excerpt.is_none())
            .collect()
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
        elsewhere.diagnostic.pointer = "/b".into();
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
