//! The messages at the end of `gcagg fetch`: saved responses or listings, errors and missing names.

use std::time::Instant;

use crate::cli::options::Shared;
use crate::fetch::{FetchOutcome, Request, SaveTarget};
use crate::{Code, Error, ExitStatus, counted};

use super::messages;

/// Prints the result of a query, and returns the exit status.
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
    say_saved(shared, (requests.len(), "request"), outcome, began);
    let is_folder = matches!(destination, SaveTarget::Folder(_));
    if !outcome.is_complete() && outcome.saved + outcome.kept > 0 && is_folder {
        shared.say("saved files are complete; the same command with --resume fetches the others");
    }
    Ok(status(outcome))
}

/// Prints the result of fetching this many listings, and returns the exit status.
///
/// # Errors
/// The messages cannot be formatted.
pub fn report_listings(
    shared: &Shared,
    asked: usize,
    outcome: &FetchOutcome,
    began: Instant,
) -> Result<ExitStatus, Error> {
    messages::errors(shared, &outcome.findings())?;
    say_saved(shared, (asked, "listing"), outcome, began);
    Ok(status(outcome))
}

/// Prints what was saved of this many requests or listings.
fn say_saved(
    shared: &Shared,
    (asked, noun): (usize, &str),
    outcome: &FetchOutcome,
    began: Instant,
) {
    let mut line = format!("{}, {} saved", counted(asked, noun), outcome.saved);
    if outcome.kept > 0 {
        line.push_str(&format!(", {} there already", outcome.kept));
    }
    let missing = asked - outcome.saved - outcome.kept;
    if missing > 0 {
        line.push_str(&format!(", {missing} not fetched"));
    }
    line.push_str(&format!(
        ", {}, {:.2} s",
        counted(outcome.bytes, "byte"),
        began.elapsed().as_secs_f64()
    ));
    shared.say(&line);
}

fn status(outcome: &FetchOutcome) -> ExitStatus {
    match outcome.is_complete() {
        true => ExitStatus::Success,
        false => ExitStatus::Network,
    }
}
