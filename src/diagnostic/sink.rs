//! The sink for findings of rules: findings that are only counted are not created.

use std::collections::HashMap;

use super::levels::Levels;
use super::store::{FindingStore, SHOWN};
use super::{Code, Diagnostic, Severity};
use crate::json::Path;

/// The findings to create: all, or the first few of each cause.
#[derive(Debug)]
pub struct FindingLimit<'w> {
    levels: &'w Levels,
    makes_all: bool,
    /// Number of findings of each cause.
    counts: HashMap<(Code, u64), (usize, String)>,
}

impl<'w> FindingLimit<'w> {
    /// All findings, or the first few of each cause and every error, since it leaves a part out.
    pub fn new(levels: &'w Levels, makes_all: bool) -> Self {
        Self {
            levels,
            makes_all,
            counts: HashMap::new(),
        }
    }

    /// Returns true if findings of this code are errors.
    pub fn is_error(&self, code: Code) -> bool {
        self.levels.severity(code) == Some(Severity::Error)
    }

    /// Counts a finding, and says whether it is to be made. `cause` names the cause of this number.
    #[inline]
    fn wants(&mut self, code: Code, number: u64, cause: impl FnOnce() -> String) -> bool {
        if !self.levels.is_on(code) {
            return false;
        }
        if self.is_error(code) || self.makes_all {
            return true;
        }
        let known = self.counts.entry((code, number));
        let (count, _) = known.or_insert_with(|| (0, cause()));
        *count += 1;
        *count <= SHOWN
    }

    /// Counts those that were not made.
    pub fn finish(self, findings: &mut FindingStore) {
        for ((code, _), (count, cause)) in self.counts {
            if let Some(severity) = self.levels.severity(code)
                && count > SHOWN
            {
                findings.count(code, severity, &cause, count - SHOWN);
            }
        }
    }
}

/// Takes the findings of one element.
pub struct Findings<'f, 'w> {
    out: &'f mut Vec<Diagnostic>,
    limit: &'f mut FindingLimit<'w>,
    /// The path of the document for a path below the element.
    path: &'f dyn Fn(Path) -> Path,
}

impl std::fmt::Debug for Findings<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Findings")
            .field("out", &self.out)
            .finish_non_exhaustive()
    }
}

impl<'f, 'w> Findings<'f, 'w> {
    /// Findings of one element, as far as they are made; `path` turns paths below it into paths of
    /// the document.
    pub fn new(
        out: &'f mut Vec<Diagnostic>,
        limit: &'f mut FindingLimit<'w>,
        path: &'f dyn Fn(Path) -> Path,
    ) -> Self {
        Self { out, limit, path }
    }

    /// Returns true if findings of this code are errors.
    pub fn is_error(&self, code: Code) -> bool {
        self.limit.is_error(code)
    }

    /// Reports a finding of a code and a cause. `number` is that of the cause among those of the
    /// code; `make` is called where the finding is wanted, and its path begins at the element.
    #[inline]
    pub fn report(
        &mut self,
        code: Code,
        number: u64,
        cause: impl Fn() -> String,
        make: impl FnOnce() -> Diagnostic,
    ) {
        if self.limit.wants(code, number, &cause) {
            self.push(make().cause(cause()));
        }
    }

    #[cold]
    fn push(&mut self, mut finding: Diagnostic) {
        finding.path = (self.path)(std::mem::take(&mut finding.path));
        self.out.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::levels::LintLevels;

    #[test]
    fn what_is_not_wanted_is_counted_and_not_made() {
        let levels = Levels::resolve(&LintLevels::default()).unwrap();
        let mut limit = FindingLimit::new(&levels, false);
        let mut out = Vec::new();
        let path = |below: Path| Path::of_keys("/results/7").join(below);
        for (at, number) in [0, 1, 0, 0, 0, 0, 0].into_iter().enumerate() {
            let mut findings = Findings::new(&mut out, &mut limit, &path);
            let cause = || ["a", "b"][number as usize].to_owned();
            findings.report(Code::MinAboveMax, number, cause, || {
                assert!(at < 5, "made in vain");
                Diagnostic::new(Code::MinAboveMax, "message")
            });
            // An error leaves its part out, so it must be there.
            let cause = || "c".to_owned();
            findings.report(Code::DuplicateMetric, 0, cause, || {
                Diagnostic::new(Code::DuplicateMetric, "message")
            });
        }
        assert_eq!(out.len(), 5 + 7);
        assert!(
            out.iter()
                .all(|finding| finding.path.to_string() == "/results/7")
        );
        let mut store = FindingStore::default();
        limit.finish(&mut store);
        let counts: Vec<_> = store.causes().collect();
        let [cause] = counts.as_slice() else {
            panic!("{counts:?}");
        };
        assert_eq!((&*cause.text, cause.findings.all), ("a", 2));
    }
}
