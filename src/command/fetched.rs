//! The messages at the end of `gcagg fetch`: saved responses, errors and missing names.

use std::time::Instant;

use crate::cli::options::Shared;
use crate::fetch::{FetchOutcome, Request, SaveTarget};
use crate::{Code, Error, ExitStatus, counted};

use super::messages;

/// Prints the result of a run, and returns the exit status.
///
/// # Errors
/// The messages cannot be formatted.
pub fn report(
    shared: &Shared,
    destination: &SaveTarget,
    requests: &[Request],
    outcome: &FetchOutcome,
    began: Instant,
) -> Result<ExitStatus, Error> {
    messages::errors(shared, &outcome.findings())?;
    if outcome.empty > 0 {
        shared.say(&format!(
            "warning[{}] {}: {} without rows: check the interval and the filter",
            Code::NoData.id(),
            Code::NoData.name(),
            counted(outcome.empty, "answer")
        ));
    }
    for (message, reason) in outcome.missing_names(requests) {
        shared.say(&format!("warning: {message}"));
        shared.say(&format!("  help: {reason}"));
    }
    let mut line = format!(
        "{}, {} saved",
        counted(requests.len(), "request"),
        outcome.saved
    );
    if outcome.kept > 0 {
        line.push_str(&format!(", {} there already", outcome.kept));
    }
    let missing = requests.len() - outcome.saved - outcome.kept;
    if missing > 0 {
        line.push_str(&format!(", {missing} not fetched"));
    }
    line.push_str(&format!(
        ", {}, {:.2} s",
        counted(outcome.bytes, "byte"),
        began.elapsed().as_secs_f64()
    ));
    shared.say(&line);
    if outcome.is_complete() {
        return Ok(ExitStatus::Success);
    }
    if outcome.saved + outcome.kept > 0 && matches!(destination, SaveTarget::Folder(_)) {
        shared.say("saved files are complete; the same command with --resume fetches the others");
    }
    Ok(ExitStatus::Network)
}
