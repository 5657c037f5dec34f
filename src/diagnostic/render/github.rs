//! Workflow commands of GitHub Actions: annotations on the lines of a pull request.
//!
//! GitHub shows ten errors, ten warnings and ten notices of a step and drops the rest, so what
//! says the most comes first: one finding of each cause, then the others.

use std::io::{self, Write};

use crate::diagnostic::carry::{command_data, command_property};
use crate::diagnostic::collect::Collection;
use crate::diagnostic::{Located, Severity, uri};

use super::words::{counted, shown};

/// How many annotations of a kind are shown.
const SHOWN: usize = 10;

/// Writes a line for each annotation.
pub fn write(collection: &Collection, out: &mut dyn Write) -> io::Result<()> {
    let mut told = 0;
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        // The closing notice is a notice, too.
        let most = match severity {
            Severity::Info => SHOWN - 1,
            _ => SHOWN,
        };
        for located in first(collection, severity).into_iter().take(most) {
            command(located, collection, out)?;
            told += 1;
        }
    }
    let rest = collection.findings().len() - told;
    if rest > 0 {
        let words = format!(
            "{} not shown here: GitHub shows ten of a kind; the other reports have them all",
            counted(rest, "more finding")
        );
        writeln!(out, "::notice title=gcagg::{}", command_data(&words))?;
    }
    Ok(())
}

/// The findings of a severity: the first of each cause before all others.
fn first(collection: &Collection, severity: Severity) -> Vec<&Located> {
    let of = |located: &&Located| located.diagnostic.severity == severity;
    let groups = collection.groups();
    let mut sorted: Vec<&Located> = groups.iter().map(|group| group.first).filter(of).collect();
    let others = collection.findings().iter().filter(of);
    let leading = sorted.len();
    for other in others {
        if sorted.len() >= leading + SHOWN {
            break;
        }
        if !sorted[..leading]
            .iter()
            .any(|first| std::ptr::eq(*first, other))
        {
            sorted.push(other);
        }
    }
    sorted
}

fn command(located: &Located, collection: &Collection, out: &mut dyn Write) -> io::Result<()> {
    let diagnostic = &located.diagnostic;
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let title = format!("{} {}", diagnostic.code.id(), diagnostic.code.name());
    write!(out, "::{kind} title={}", command_property(&title))?;
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
    use super::super::{Format, fixture};
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn of_the_fixture() {
        insta::assert_snapshot!(fixture::rendered(Format::Github));
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
        let mut out = Vec::new();
        write(&fixture::collection(many), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 11);
        assert!(lines[1].contains("J001"), "{text}");
        assert_eq!(
            lines[10],
            "::notice title=gcagg::21 more findings not shown here: GitHub shows ten of a kind; \
             the other reports have them all"
        );
    }
}
