//! Steps that all commands on documents share: read and check the inputs, and print a summary.

use std::path::{Path, PathBuf};

use crate::cli::args::{DataArgs, InputArgs};
use crate::cli::options::Shared;
use crate::{Dataset, Error, ExitStatus, FindingSummary, Inputs, LintLevels, Severity, counted};

use super::messages;
use super::progress::ProgressBar;

/// Reads and checks the inputs, and prints the findings. If data is bad and is not skipped, prints a
/// line that begins with `stopped`, and the inner error is the exit status.
///
/// Files that are also inputs of `first` have their findings there.
pub fn checked(
    shared: &Shared,
    inputs: Inputs,
    first: Option<&Dataset>,
    stopped: &str,
) -> Result<Result<Dataset, ExitStatus>, Error> {
    checked_for(shared, inputs, first, stopped, |_| Ok(()))
}

/// The same; names that were typed are checked before the findings are printed.
pub fn checked_for(
    shared: &Shared,
    inputs: Inputs,
    first: Option<&Dataset>,
    stopped: &str,
    names: impl FnOnce(&Dataset) -> Result<(), Error>,
) -> Result<Result<Dataset, ExitStatus>, Error> {
    let bar = ProgressBar::start(shared, "reading", inputs.progress(), || inputs.size());
    let mut dataset = inputs.check()?;
    drop(bar);
    if let Some(first) = first {
        dataset = dataset.beside(first);
    }
    if dataset.is_usable() {
        names(&dataset)?;
    }
    Ok(match judged(shared, &dataset, stopped)? {
        None => Ok(dataset),
        Some(status) => Err(status),
    })
}

/// Prints the findings. If data is bad and is not skipped, prints a line that begins with `stopped`,
/// and returns the exit status.
pub fn judged(
    shared: &Shared,
    dataset: &Dataset,
    stopped: &str,
) -> Result<Option<ExitStatus>, Error> {
    let findings = dataset.summary()?;
    if !dataset.leaves_out() || shared.verbose {
        messages::errors(shared, findings)?;
    } else {
        messages::left_out(shared, findings);
    }
    messages::warnings(shared, findings);
    if dataset.is_usable() {
        return Ok(None);
    }
    let summary = summary(dataset, findings, Some(0));
    shared.say(&format!("{stopped}: {summary}"));
    Ok(Some(findings.status()))
}

/// The inputs of a command, with its options for bad and repeated data and for severities.
pub fn inputs(
    shared: &Shared,
    command: &str,
    args: &InputArgs,
    (data, levels): (&DataArgs, &LintLevels),
) -> Result<Inputs, Error> {
    let inputs = shared.inputs(args, command)?;
    if data.rejects.is_some() && !data.skips() {
        return Err(Error::usage("--rejects needs --on-error skip")
            .help("without it, bad input is an error and nothing is written"));
    }
    let inputs = inputs
        .repeats(data.repeats())?
        .levels(shared.levels(levels)?);
    Ok(match (data.skips(), &data.rejects) {
        (false, _) => inputs,
        // Findings are listed with the parts only.
        (true, None) => inputs.skip_bad_parts().keep_findings(0),
        (true, Some(_)) => inputs.skip_bad_parts(),
    })
}

/// The inputs that a command compares its inputs with: those that `option` names, without the
/// excluded files.
pub fn compared<P: AsRef<Path>>(
    inputs: &mut Inputs,
    option: &str,
    paths: &[P],
    exclude: &[String],
) -> Result<Inputs, Error> {
    let compared = inputs.with_same_settings().paths(paths);
    if compared.has_stdin() && inputs.has_stdin() {
        let failure = Error::usage("standard input cannot be compared with itself");
        return Err(failure.help(format!(
            "name a file as the input, or another one after {option}"
        )));
    }
    let mut compared = compared.exclude(exclude)?;
    inputs.match_patterns_of(&mut compared);
    Ok(compared)
}

/// Prints the number of skipped bad parts, if any.
pub fn say_bad_parts(shared: &Shared, dataset: &Dataset, data: &DataArgs, summary: &str) {
    if dataset.bad_parts() == 0 {
        return;
    }
    let parts = counted(dataset.bad_parts(), "bad part");
    shared.say(&format!("{parts} left out: {summary}"));
    if data.rejects.is_none() {
        shared.say("  help: --rejects FILE writes them with their diagnostics");
    }
}

/// The last line: the numbers of files, documents, errors and warnings, and of rows, if the command
/// has rows.
pub fn summary(dataset: &Dataset, findings: &FindingSummary, rows: Option<u64>) -> String {
    let coverage = dataset.coverage();
    let mut words = vec![
        counted(coverage.files.len(), "file"),
        counted(coverage.documents, "document"),
    ];
    words.extend(rows.map(|rows| counted(rows, "row")));
    words.push(counted(findings.count(Severity::Error), "error"));
    words.push(counted(findings.count(Severity::Warning), "warning"));
    words.extend(rows.map(|_| format!("{:.2} s", coverage.seconds)));
    words.join(", ")
}

/// Prints the numbers of skipped files and rows if `--verbose` is given.
pub fn details(shared: &Shared, dataset: &Dataset) {
    let passed = dataset.coverage();
    let skipped = passed.hidden + passed.other;
    if skipped > 0 {
        shared.detail(&format!(
            "{} in folders skipped: hidden, or with another extension",
            counted(skipped, "entry")
        ));
    }
    if passed.repeated > 0 {
        shared.detail(&format!(
            "{} named twice, read once",
            counted(passed.repeated, "file")
        ));
    }
    if dataset.filtered_rows() > 0 {
        shared.detail(&format!(
            "{} left out by the filters",
            counted(dataset.filtered_rows(), "row")
        ));
    }
}

/// The files that a command reads: its inputs and others.
pub fn files<'f>(
    shared: &Shared,
    (inputs, args): (&Inputs, &'f InputArgs),
    others: impl IntoIterator<Item = &'f PathBuf>,
) -> Result<Vec<PathBuf>, Error> {
    let mut files = inputs.found_files();
    files.extend(others.into_iter().chain(&args.files_from).cloned());
    files.extend(shared.config()?.path);
    Ok(files)
}
