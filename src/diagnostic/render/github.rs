//! Workflow commands of GitHub Actions: annotations on the lines of a pull request.
//!
//! GitHub shows ten errors, ten warnings and ten notices of a step and drops the rest, so what
//! says the most comes first: one finding of each cause, then the others.

use std::io::{self, Write};

use crate::diagnostic::carry::{command_data, command_property};
use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::{Located, Severity, uri};

use super::FindingRenderer;
use super::words::shown;
use crate::diagnostic::words::counted;

/// Number of annotations per severity that GitHub shows.
const SHOWN: usize = 10;

/// A line for each annotation.
#[derive(Debug, Default)]
pub struct Github {
    /// By severity: the first finding of each of the first causes, and the first of the others.
    kinds: [[Vec<Located>; 2]; 3],
    findings: usize,
}

impl FindingRenderer for Github {
    fn add(&mut self, located: &Located, _: &Coverage, _: &mut dyn Write) -> io::Result<()> {
        self.findings += 1;
        let diagnostic = &located.diagnostic;
        let [causes, others] = &mut self.kinds[diagnostic.severity as usize];
        let is_known = |first: &Located| {
            let first = &first.diagnostic;
            first.code == diagnostic.code && first.common() == diagnostic.common()
        };
        // Where there are causes enough, nothing else is shown.
        if causes.len() == SHOWN {
            return Ok(());
        }
        if !causes.iter().any(is_known) {
            causes.push(located.clone());
        } else if others.len() < SHOWN {
            others.push(located.clone());
        }
        Ok(())
    }

    fn finish(&mut self, collection: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
        let mut reported = 0;
        for (severity, kind) in self.kinds.iter().enumerate().rev() {
            // The closing notice is a notice, too.
            let most = match severity {
                0 => SHOWN - 1,
                _ => SHOWN,
            };
            for located in kind.iter().flatten().take(most) {
                command(located, collection, out)?;
                reported += 1;
            }
        }
        let rest = self.findings - reported;
        if rest > 0 {
            let words = format!(
                "{} not shown here: GitHub shows ten per severity; the other reports have all of them",
                counted(rest, "more finding")
            );
            writeln!(out, "::notice title=gcagg::{}", command_data(&words))?;
        }
        Ok(())
    }
}

fn command(located: &Located, collection: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
    let diagnostic = &located.diagnostic;
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    write!(
        out,
        "::{kind} title={}",
        command_property(&diagnostic.code.title())
    )?;
    // Standard input is no file of the repository.
    if &*located.file != "-" {
        let file = uri::path(&located.file, collection.coverage.folder.as_deref());
        write!(out, ",file={}", command_property(&file))?;
    }
    if let Some(place) = &located.place {
        write!(out, ",line={},endLine={}", place.line, place.end_line)?;
        // Columns across lines are refused.
        if place.line == place.end_line {
            // The last column is inside for GitHub.
            let last = place.end_column.saturating_sub(1).max(place.column);
            write!(out, ",col={},endColumn={last}", place.column)?;
        }
    }
    let mut words = shown(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        words.push_str(&format!("\nhelp: {}", shown(help)));
    }
    writeln!(out, "::{}", command_data(&words))
}

#[cfg(test)]
mod tests {
    use super::super::tests::with_coverage;
    use super::super::{FindingFormat, fixture};
    use crate::diagnostic::Code;

    #[test]
    fn of_the_fixture() {
        insta::assert_snapshot!(fixture::rendered(FindingFormat::Github));
    }

    #[test]
    fn the_most_useful_come_first() {
        let findings = fixture::findings();
        let repeated = findings
            .iter()
            .find(|located| located.diagnostic.code == Code::WrongType)
            .unwrap();
        let other = findings
            .iter()
            .find(|located| located.diagnostic.code == Code::JsonSyntax)
            .unwrap();
        let mut many = vec![repeated.clone(); 30];
        many.push(other.clone());
        let text = with_coverage(&many, fixture::coverage(), FindingFormat::Github, 0);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 11);
        assert!(lines[1].contains("J001"), "{text}");
        assert_eq!(
            lines[10],
            "::notice title=gcagg::21 more findings not shown here: GitHub shows ten per severity; the other reports have all of them"
        );
    }
}
