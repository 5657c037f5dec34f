//! Findings of which the first few of each cause are kept and the others counted: what text for
//! people shows fits in memory whatever is wrong.

use std::collections::HashMap;

use super::{Code, Diagnostic, Severity};

/// How many findings of each cause text can show, with the places that it names.
pub const SHOWN: usize = 4;

/// Findings that were counted and not kept, by cause.
#[derive(Debug, Clone, Default)]
pub struct More(HashMap<(Code, Severity), HashMap<String, usize>>);

/// How many findings of each cause were kept so far: each finding is looked at once, however many
/// documents an input has.
#[derive(Debug, Clone, Default)]
pub struct Kept(HashMap<(Code, Severity), HashMap<String, usize>>);

impl Kept {
    /// Appends the first `keep` findings of each cause to `kept`, and counts the others in `more`.
    pub fn extend(
        &mut self,
        kept: &mut Vec<Diagnostic>,
        fresh: Vec<Diagnostic>,
        keep: usize,
        more: &mut More,
    ) {
        if keep == usize::MAX {
            kept.extend(fresh);
            return;
        }
        kept.extend(fresh.into_iter().filter(|finding| {
            let wanted = self.wants(finding, keep);
            if !wanted {
                let kind = (finding.code, finding.severity);
                more.add(kind, &finding.common(), 1);
            }
            wanted
        }));
    }

    fn wants(&mut self, finding: &Diagnostic, keep: usize) -> bool {
        let causes = self.0.entry((finding.code, finding.severity)).or_default();
        let cause = finding.common();
        let count = match causes.get_mut(&*cause) {
            Some(count) => count,
            None => causes.entry(cause.into_owned()).or_default(),
        };
        *count += usize::from(*count <= keep);
        *count <= keep
    }
}

impl More {
    /// Adds what others counted.
    pub fn merge(&mut self, other: Self) {
        for (code, causes) in other.0 {
            for (cause, count) in causes {
                self.add(code, &cause, count);
            }
        }
    }

    pub(super) fn add(&mut self, code: (Code, Severity), cause: &str, count: usize) {
        let causes = self.0.entry(code).or_default();
        match causes.get_mut(cause) {
            Some(known) => *known += count,
            None => {
                causes.insert(cause.to_owned(), count);
            }
        }
    }

    /// How many errors were not kept, by code.
    pub fn errors(&self) -> impl Iterator<Item = (Code, usize)> {
        let kinds = self.0.iter();
        let errors = kinds.filter(|((_, severity), _)| *severity == Severity::Error);
        errors.map(|((code, _), causes)| (*code, causes.values().sum()))
    }

    /// Each cause and how many findings of it were not kept.
    pub fn into_counts(self) -> impl Iterator<Item = (Code, Severity, String, usize)> {
        self.0.into_iter().flat_map(|((code, severity), causes)| {
            causes
                .into_iter()
                .map(move |(cause, count)| (code, severity, cause, count))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_kept_and_all_are_counted() {
        let finding = |cause: &str| Diagnostic::new(Code::BadInterval, cause).cause(cause);
        let (mut more, mut state) = (More::default(), Kept::default());
        let mut findings = Vec::new();
        for part in ["ab", "", "aa", "cab"] {
            let fresh = part.chars().map(|it| finding(&it.to_string())).collect();
            state.extend(&mut findings, fresh, 2, &mut more);
        }
        let kept: String = findings.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(kept, "abacb");
        let mut twice = more.clone();
        twice.merge(more);
        let counts: Vec<_> = twice.into_counts().collect();
        assert_eq!(
            counts,
            [(Code::BadInterval, Severity::Error, "a".to_owned(), 4)]
        );
    }
}
