//! What `gcagg fetch` says at its end: what was saved, and what did not come back.

use std::time::Instant;

use crate::cli::options::Shared;
use crate::fetch::missing::AnswerNames;
use crate::fetch::plan::Request;
use crate::fetch::run::{FetchOutcome, SaveTarget};
use crate::{Code, Error, ExitStatus, FindingSummary, Levels, counted};

use super::messages;

/// More metrics than this are not all expected in an answer.
const MANY: usize = 8;

/// Says which names were asked for and are in no answer.
fn say_missing(shared: &Shared, requests: &[Request], outcome: &FetchOutcome) {
    let is_whole = outcome.faults.is_empty() && outcome.kept == 0;
    if !is_whole || outcome.empty == outcome.saved {
        return;
    }
    let mut asked = AnswerNames::default();
    for request in requests {
        asked.merge(AnswerNames::asked(&request.body));
        let all = request.family.metrics().len();
        if all > MANY && asked.metrics.len() >= all {
            // All metrics of the family are asked for where nobody names some.
            asked.metrics.clear();
        }
    }
    for (message, reason) in asked.missing(&outcome.names) {
        shared.say(&format!("warning: {message}"));
        shared.say(&format!("  help: {reason}"));
    }
}

/// Says how a run went, and what it means for the shell.
///
/// # Errors
/// Nothing at present but a failure to render.
pub fn report(
    shared: &Shared,
    destination: &SaveTarget,
    requests: &[Request],
    outcome: &FetchOutcome,
    began: Instant,
) -> Result<ExitStatus, Error> {
    let mut collection = FindingSummary::new(true, &Levels::default());
    for fault in &outcome.faults {
        collection.push(fault);
    }
    messages::errors(shared, &collection)?;
    if outcome.empty > 0 {
        shared.say(&format!(
            "warning[{}] {}: {} without rows: check the interval and the filter",
            Code::NoData.id(),
            Code::NoData.name(),
            counted(outcome.empty, "answer")
        ));
    }
    say_missing(shared, requests, outcome);
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
    if outcome.faults.is_empty() {
        return Ok(ExitStatus::Success);
    }
    if outcome.saved + outcome.kept > 0 && matches!(destination, SaveTarget::Folder(_)) {
        shared.say("what is saved is whole; the same command with --resume fetches the rest");
    }
    Ok(ExitStatus::Network)
}
