//! What an input hears of once: the first finding of each cause, of the codes that say so.

use std::collections::{HashMap, HashSet};

use super::{Code, Diagnostic, Severity};

/// The causes that were reported.
#[derive(Debug, Clone, Default)]
pub struct ReportedOnce(HashMap<Code, HashSet<String>>);

impl ReportedOnce {
    /// Drops those of the findings from `from` on whose cause was reported before.
    ///
    /// An error stays: it is the reason why its group is left out.
    pub fn keep_first(&mut self, findings: &mut Vec<Diagnostic>, from: usize) {
        if !findings.iter().skip(from).any(once) {
            return;
        }
        // Those before `from` are not walked again: there may be very many.
        let fresh = findings.split_off(from.min(findings.len()));
        findings.extend(fresh.into_iter().filter(|finding| self.is_news(finding)));
    }

    /// Whether a finding is an error, of another code, or of a cause that was not reported before.
    pub fn is_news(&mut self, finding: &Diagnostic) -> bool {
        !once(finding) || self.is_new(finding)
    }

    fn is_new(&mut self, finding: &Diagnostic) -> bool {
        let causes = self.0.entry(finding.code).or_default();
        let cause = finding.common();
        !causes.contains(&*cause) && causes.insert(cause.into_owned())
    }
}

fn once(finding: &Diagnostic) -> bool {
    finding.code.is_reported_once() && finding.severity != Severity::Error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_cause_is_kept_and_errors_and_other_codes_are() {
        let finding = |code, cause: &str| Diagnostic::new(code, "message").cause(cause);
        let mut denied = finding(Code::UnknownDimension, "a");
        denied.severity = Severity::Error;
        let all = [
            finding(Code::UnknownDimension, "a"),
            finding(Code::UnknownDimension, "b"),
            finding(Code::UnknownDimension, "a"),
            finding(Code::MultivaluedDimension, "a"),
            finding(Code::BadInterval, "a"),
            finding(Code::BadInterval, "a"),
            denied,
        ];
        let mut reported = ReportedOnce::default();
        let mut findings = all.to_vec();
        reported.keep_first(&mut findings, 0);
        let kept = [&all[..2], &all[3..]].concat();
        assert_eq!(findings, kept);
        // What stands before `from` was looked at already.
        findings.extend(all.to_vec());
        reported.keep_first(&mut findings, kept.len());
        assert_eq!(findings, [&kept[..], &all[4..]].concat());
    }
}
