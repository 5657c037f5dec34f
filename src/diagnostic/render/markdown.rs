//! Markdown for the summary of a job: what was checked, and a row a cause.

use std::io::{self, Write};

use crate::diagnostic::Severity;
use crate::diagnostic::carry::markdown as cell;
use crate::diagnostic::collect::{CauseGroup, FindingSummary};

use super::FindingRenderer;
use super::words::{place, shown, shown_groups};
use crate::diagnostic::words::counted;

/// The summary with so many causes at the most, or all where it is 0.
#[derive(Debug)]
pub struct Markdown {
    pub max_shown: usize,
}

impl FindingRenderer for Markdown {
    fn finish(&mut self, collection: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
        write(collection, self.max_shown, out)
    }
}

fn write(collection: &FindingSummary, max_shown: usize, out: &mut dyn Write) -> io::Result<()> {
    let coverage = &collection.coverage;
    let count = |severity| collection.count(severity);
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let verdict = match errors {
        0 => "no errors".to_owned(),
        errors => counted(errors, "error"),
    };
    writeln!(out, "## gcagg validate: {verdict}\n")?;
    writeln!(out, "| checked | |\n|---|---:|")?;
    let mut row = |name: &str, value: String| writeln!(out, "| {name} | {value} |");
    row("files found", coverage.files.len().to_string())?;
    row("files read", coverage.read().to_string())?;
    if coverage.missing > 0 {
        row("inputs missing", coverage.missing.to_string())?;
    }
    let passed_over = coverage.passed_over();
    if !passed_over.is_empty() {
        row("files skipped", passed_over.join(", "))?;
    }
    row("documents", coverage.documents.to_string())?;
    row("buckets", coverage.buckets.to_string())?;
    row("metrics", coverage.metrics.to_string())?;
    row("rows", coverage.rows.to_string())?;
    row("bytes", coverage.bytes.to_string())?;
    row("errors", errors.to_string())?;
    row("warnings", warnings.to_string())?;
    row("infos", count(Severity::Info).to_string())?;
    if coverage.known > 0 {
        row("known from the baseline", coverage.known.to_string())?;
    }
    row("seconds", format!("{:.2}", coverage.seconds))?;
    let groups = collection.groups();
    if groups.is_empty() {
        return Ok(());
    }
    let (shown, hidden) = shown_groups(&groups, max_shown);
    writeln!(
        out,
        "\n| severity | code | finding | first place | places |"
    )?;
    writeln!(out, "|---|---|---|---|---:|")?;
    for group in shown {
        cause(group, out)?;
    }
    if let Some(hidden) = hidden {
        writeln!(out, "\n{hidden}.")?;
    }
    Ok(())
}

fn cause(group: &CauseGroup<'_>, out: &mut dyn Write) -> io::Result<()> {
    let diagnostic = &group.first.diagnostic;
    let code = diagnostic.code;
    let mut words = cell(&shown(&diagnostic.message));
    if let Some(help) = &diagnostic.help {
        words.push_str(&format!("<br>{}", cell(&shown(help))));
    }
    writeln!(
        out,
        "| {} | {} {} | {words} | {} | {} |",
        diagnostic.severity.word(),
        code.id(),
        code.name(),
        cell(&place(group.first)),
        group.count
    )
}

#[cfg(test)]
mod tests {
    use super::super::{FindingFormat, fixture};

    #[test]
    fn of_the_fixture() {
        insta::assert_snapshot!(fixture::rendered(FindingFormat::Markdown));
    }
}
