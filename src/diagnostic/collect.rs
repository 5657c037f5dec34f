//! Findings counted, and grouped by cause so that one mistake is reported once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::causes::{Cause, Causes};
use super::coverage::Coverage;
use super::finding::Finding;
use super::levels::Levels;
use super::store::{FindingStore, SHOWN};
use super::{Code, Located, Severity, UnreadExtent};
use crate::exit::ExitStatus;

/// Findings counted by code and severity, and grouped by cause. Of a group the first few are kept.
///
/// ```
/// # fn main() -> Result<(), gcagg::Error> {
/// let checked = gcagg::Inputs::new().path("samples/bad/S001-wrong-type.json").check()?;
/// let summary = checked.summary()?;
/// assert_eq!(summary.count(gcagg::Severity::Error), 1);
/// let group = &summary.groups()[0];
/// assert_eq!((group.finding().code, group.count), ("S001", 1));
/// assert_eq!(summary.status(), gcagg::ExitStatus::BadData);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct FindingSummary {
    /// True if groups are wanted.
    by_cause: bool,
    causes: Causes<FirstFindings>,
    /// The files and documents that were checked.
    pub coverage: Coverage,
    levels: Levels,
}

/// The kept findings of a group.
#[derive(Debug, Default)]
struct FirstFindings {
    shown: Vec<Located>,
    count: usize,
    /// The first few files that could not be read, the last one, and their number.
    unread: Vec<Arc<str>>,
    last_unread: Option<Arc<str>>,
    unread_count: usize,
}

/// The number of unread files that are named.
const NAMED: usize = 10;

impl FirstFindings {
    /// Adds the file of a finding; the findings of one file follow one another.
    fn add_unread(&mut self, file: &Arc<str>) {
        if self.last_unread.as_ref() == Some(file) {
            return;
        }
        self.last_unread = Some(Arc::clone(file));
        self.unread_count += 1;
        if self.unread.len() < NAMED {
            self.unread.push(Arc::clone(file));
        }
    }
}

/// Findings with one cause.
#[derive(Debug, Clone)]
pub struct CauseGroup<'a> {
    /// The finding that speaks for all.
    pub(crate) first: &'a Located,
    /// The next few of them.
    pub(crate) others: &'a [Located],
    /// Number of findings, including the first.
    pub count: usize,
    findings: &'a FirstFindings,
}

impl CauseGroup<'_> {
    /// The files after the first one that could not be read for this cause, as far as they are named,
    /// and the number of further ones.
    pub fn other_unread_files(&self) -> (impl Iterator<Item = &str>, usize) {
        let names = &self.findings.unread;
        let others = names.iter().skip(1).map(|name| &**name);
        (others, self.findings.unread_count - names.len())
    }

    /// The first of them, with its place.
    pub fn finding(&self) -> Finding {
        Finding::new(self.first)
    }

    /// Number of findings that are not kept.
    pub(crate) fn unnamed(&self) -> usize {
        self.count.saturating_sub(1 + self.others.len())
    }
}

impl FindingSummary {
    /// A collection without findings, which groups them by cause or only counts them. `levels` say
    /// which errors are counted as hidden.
    pub(crate) fn new(by_cause: bool, levels: &Levels) -> Self {
        Self {
            by_cause,
            levels: levels.clone(),
            ..Self::default()
        }
    }

    /// Adds a finding behind the others, and says whether it is shown; of hidden ones, errors are
    /// only counted.
    pub(crate) fn push(&mut self, located: &Located) -> bool {
        let (code, severity) = (located.diagnostic.code, located.diagnostic.severity);
        let is_shown = self.levels.shows(code, severity);
        let wants = is_shown && self.by_cause;
        let first = self.add(code, severity, &located.diagnostic.common(), 1);
        if wants && first.shown.len() < SHOWN {
            first.shown.push(located.clone());
        }
        if wants && code.unread() >= UnreadExtent::Document {
            first.add_unread(&located.file);
        }
        is_shown
    }

    /// Counts the findings of a store that were not kept.
    pub(crate) fn count_omitted(&mut self, findings: &FindingStore) {
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

    /// The number of findings with this severity that are shown.
    pub fn count(&self, severity: Severity) -> usize {
        let of = self.causes(true).filter(|cause| cause.severity == severity);
        of.map(|cause| cause.findings.count).sum()
    }

    /// The exit status that these findings mean: what could not be read weighs more than what is
    /// bad. Errors that the levels hide count, too.
    pub fn status(&self) -> ExitStatus {
        self.status_of(self.errors().chain(self.hidden_errors().into_keys()))
    }

    /// Same as [`FindingSummary::status`], for the errors that are shown.
    pub fn shown_status(&self) -> ExitStatus {
        self.status_of(self.errors())
    }

    fn status_of(&self, codes: impl Iterator<Item = Code>) -> ExitStatus {
        codes.fold(ExitStatus::Success, |status, code| {
            status.merge(match code {
                Code::Unreadable | Code::NoInput => ExitStatus::Io,
                _ => ExitStatus::BadData,
            })
        })
    }

    /// The codes of which errors are shown.
    pub fn errors(&self) -> impl Iterator<Item = Code> {
        let errors = self.causes(true).filter(|cause| cause.is_error());
        let codes: BTreeSet<Code> = errors.map(|cause| cause.code).collect();
        codes.into_iter()
    }

    /// The number of errors that the levels hide, by code.
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
            Some(CauseGroup {
                first,
                others,
                count: cause.findings.count,
                findings: &cause.findings,
            })
        });
        groups.collect()
    }

    /// The findings that speak for their groups, and have a place but no excerpt.
    pub(crate) fn bare(&mut self) -> Vec<&mut Located> {
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
        let mut collection = FindingSummary::new(true, &Levels::default());
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
        let mut collection = FindingSummary::new(false, &Levels::default());
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
        let mut collection = FindingSummary::new(true, &Levels::default());
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
