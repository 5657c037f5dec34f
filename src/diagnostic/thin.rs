//! Findings of which the first few of each cause are kept and the others counted: what text for
//! people shows fits in memory whatever is wrong.

use std::collections::HashMap;

use super::{Code, Diagnostic, Severity};

/// How many findings of each cause text can show, with the places that it names.
pub const SHOWN: usize = 4;

/// Findings that were counted and not kept, by cause.
#[derive(Debug, Clone, Default)]
pub struct More(HashMap<(Code, Severity), HashMap<String, usize>>);

impl More {
    /// Keeps the first `keep` findings of each cause, and counts the others.
    pub fn thin(&mut self, findings: &mut Vec<Diagnostic>, keep: usize) {
        let mut seen: HashMap<(Code, Severity), HashMap<String, usize>> = HashMap::new();
        findings.retain(|finding| {
            let causes = seen.entry((finding.code, finding.severity)).or_default();
            let cause = finding.common();
            if let Some(count) = causes.get_mut(&*cause) {
                *count += 1;
                return *count <= keep;
            }
            causes.insert(cause.into_owned(), 1);
            keep > 0
        });
        for (code, causes) in seen {
            for (cause, count) in causes {
                if count > keep {
                    self.add(code, cause, count - keep);
                }
            }
        }
    }

    /// Adds what others counted.
    pub fn merge(&mut self, other: Self) {
        for (code, causes) in other.0 {
            for (cause, count) in causes {
                self.add(code, cause, count);
            }
        }
    }

    pub(super) fn add(&mut self, code: (Code, Severity), cause: String, count: usize) {
        *self.0.entry(code).or_default().entry(cause).or_default() += count;
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
        let mut more = More::default();
        let mut findings: Vec<Diagnostic> = "abaacab"
            .chars()
            .map(|it| finding(&it.to_string()))
            .collect();
        more.thin(&mut findings, 2);
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
