//! Where rules put what they find: what would only be counted is not even made.

use std::collections::HashMap;

use super::levels::Levels;
use super::thin::More;
use super::{Code, Diagnostic, Severity};

/// The findings of each cause that were asked for, where only so many are wanted.
#[derive(Debug)]
pub struct Wanted<'w> {
    levels: &'w Levels,
    keep: usize,
    /// How often a cause of a code was found.
    counts: HashMap<Code, HashMap<String, usize>>,
}

impl<'w> Wanted<'w> {
    /// The first `keep` of each cause, and everything that may leave a part out.
    pub fn new(levels: &'w Levels, keep: usize) -> Self {
        Self {
            levels,
            keep,
            counts: HashMap::new(),
        }
    }

    fn wants(&mut self, code: Code, cause: &str) -> bool {
        match self.levels.severity(code) {
            None => return false,
            Some(Severity::Error) => return true,
            Some(_) if self.keep == usize::MAX => return true,
            Some(_) => {}
        }
        let causes = self.counts.entry(code).or_default();
        match causes.get_mut(cause) {
            Some(count) => {
                *count += 1;
                *count <= self.keep
            }
            None => {
                causes.insert(cause.to_owned(), 1);
                self.keep > 0
            }
        }
    }

    /// Whether a finding of this cause would only be counted, or not even that.
    pub fn is_counted(&self, code: Code, cause: &str) -> bool {
        match self.levels.severity(code) {
            None => true,
            Some(Severity::Error) => false,
            Some(_) => {
                let causes = self.counts.get(&code);
                let count = causes.and_then(|causes| causes.get(cause));
                count.is_some_and(|count| *count >= self.keep)
            }
        }
    }

    /// Counts a finding that is not made.
    pub fn count(&mut self, code: Code, cause: &str) {
        self.wants(code, cause);
    }

    /// Counts those that were not made.
    pub fn finish(self, more: &mut More) {
        for (code, causes) in self.counts {
            let Some(severity) = self.levels.severity(code) else {
                continue;
            };
            for (cause, count) in causes {
                if count > self.keep {
                    more.add((code, severity), &cause, count - self.keep);
                }
            }
        }
    }
}

/// Takes findings in.
#[derive(Debug)]
pub struct Sink<'s, 'w> {
    out: &'s mut Vec<Diagnostic>,
    wanted: Option<&'s mut Wanted<'w>>,
}

impl<'s, 'w> Sink<'s, 'w> {
    /// Takes all of them.
    pub fn all(out: &'s mut Vec<Diagnostic>) -> Self {
        Self { out, wanted: None }
    }

    /// Takes those that are wanted.
    pub fn of(out: &'s mut Vec<Diagnostic>, wanted: &'s mut Wanted<'w>) -> Self {
        Self {
            out,
            wanted: Some(wanted),
        }
    }

    /// Takes a finding.
    pub fn push(&mut self, finding: Diagnostic) {
        self.out.push(finding);
    }

    /// Takes a finding of a code and this cause, of which there may be very many.
    pub fn tell(&mut self, code: Code, cause: &str, make: impl FnOnce() -> Diagnostic) {
        let wanted = self.wanted.as_mut();
        if wanted.is_none_or(|wanted| wanted.wants(code, cause)) {
            self.out.push(make().cause(cause));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::levels::Wishes;

    #[test]
    fn what_is_not_wanted_is_counted_and_not_made() {
        let levels = Levels::resolve(&Wishes::default()).unwrap();
        let mut wanted = Wanted::new(&levels, 2);
        let mut out = Vec::new();
        for (at, cause) in ["a", "b", "a", "a", "a"].into_iter().enumerate() {
            let mut sink = Sink::of(&mut out, &mut wanted);
            sink.tell(Code::MinAboveMax, cause, || {
                assert!(at < 3, "made in vain");
                Diagnostic::new(Code::MinAboveMax, "message")
            });
            // An error leaves its part out, so it must be there.
            sink.tell(Code::DuplicateMetric, "c", || {
                Diagnostic::new(Code::DuplicateMetric, "message")
            });
        }
        assert_eq!(out.len(), 3 + 5);
        let mut more = More::default();
        wanted.finish(&mut more);
        let counts: Vec<_> = more.into_counts().collect();
        let cause = "a".to_owned();
        assert_eq!(counts, [(Code::MinAboveMax, Severity::Warning, cause, 2)]);
    }
}
