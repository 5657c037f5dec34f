//! The messages about findings on standard error.

use std::io::Write as _;

use crate::cli::failure::say;
use crate::cli::options::Shared;
use crate::{Code, Error, Finding, FindingSummary, Severity, counted, printable};

/// The number of causes that are printed with all details.
const SHOWN: usize = 20;

/// Writes the errors, each with its place.
pub fn errors(shared: &Shared, findings: &FindingSummary) -> Result<(), Error> {
    let mut text = Vec::new();
    findings.write_errors(shared.stderr_style(), SHOWN, &mut text)?;
    // Where standard error is closed there is nobody to inform.
    let _ = std::io::stderr().write_all(&text);
    hidden(findings);
    Ok(())
}

/// Names the errors that `--select` or `--ignore` hides: the data is bad all the same.
fn hidden(findings: &FindingSummary) {
    for (code, count) in findings.hidden_errors() {
        let count = counted(count, "error");
        let (id, name) = (code.id(), code.name());
        say(&format!(
            "error[{id}] {name}: {count} hidden by --select or --ignore; `gcagg validate --select {id}` shows them"
        ));
    }
}

/// Writes one line per warning, and with `--verbose` one per info. Repeated keys are always reported,
/// because readers of the table would count these rows twice.
pub fn warnings(shared: &Shared, findings: &FindingSummary) {
    for group in findings.groups() {
        let finding = group.finding();
        let is = |codes: &[Code]| codes.iter().any(|code| code.id() == finding.code);
        let reported = finding.severity == Severity::Warning
            || (finding.severity == Severity::Info && (shared.verbose || is(&[Code::RepeatedKey])));
        if !reported {
            continue;
        }
        let place = match is(&[Code::MissingDay]) {
            // The file has the data after the missing day.
            true => format!("in or before {}", finding.file),
            false => finding.file.clone(),
        };
        shared.say(&line(&finding, group.count, &place));
        let helps = is(&[Code::NoData, Code::MorePages, Code::FilterMatchesNothing]);
        if let Some(help) = finding.help.filter(|_| helps) {
            shared.say(&format!("  help: {help}"));
        }
    }
}

/// Writes one line per cause of skipped parts, with its first place and its number of places. Names
/// the files that could not be read.
pub fn left_out(shared: &Shared, findings: &FindingSummary) {
    let groups = findings.groups().into_iter();
    let groups = groups.map(|group| (group.finding(), group));
    let mut errors = groups.filter(|(finding, _)| finding.severity == Severity::Error);
    for (finding, group) in errors.by_ref().take(SHOWN) {
        let file = &finding.file;
        let place = match (finding.line, finding.column) {
            (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
            _ => file.clone(),
        };
        shared.say(&line(&finding, group.count, &place));
        let (others, more) = group.other_unread_files();
        others.for_each(|file| shared.say(&format!("  also {}", printable(file))));
        if more > 0 {
            shared.say(&format!("  and {}", counted(more, "more file")));
        }
    }
    let more = errors.count();
    if more > 0 {
        shared.say(&format!("{} more", counted(more, "cause")));
    }
    hidden(findings);
}

/// A cause in one line.
fn line(finding: &Finding, count: usize, place: &str) -> String {
    let places = match count {
        1 => String::new(),
        count => format!(" ({count} places)"),
    };
    let (severity, code, name) = (finding.severity.word(), finding.code, finding.name);
    format!(
        "{severity}[{code}] {name}: {place}: {}{places}",
        finding.message
    )
}
