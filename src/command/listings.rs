//! `gcagg fetch --names`: listings of names.

use std::path::Path;
use std::time::Instant;

use crate::cli::options::Shared;
use crate::fetch::FetchOutcome;
use crate::{Error, ExitStatus, counted};

use super::messages;

/// Refuses an output that cannot be a folder.
///
/// # Errors
/// A usage error.
pub fn check_folder(output: &Path) -> Result<(), Error> {
    let shown = output.as_os_str().to_string_lossy();
    let is_named_as_folder = shown.ends_with(['/', std::path::MAIN_SEPARATOR]);
    let is_file = match output.is_dir() || is_named_as_folder {
        true => output.is_file(),
        false => output.exists() || output.extension().is_some(),
    };
    if output == Path::new("-") || is_file {
        return Err(Error::usage("--names writes one file per list to a folder")
            .help("name the folder: -o names/"));
    }
    Ok(())
}

/// Prints the result of a run, and returns the exit status.
///
/// # Errors
/// The messages cannot be formatted.
pub fn report(
    shared: &Shared,
    asked: usize,
    outcome: &FetchOutcome,
    began: Instant,
) -> Result<ExitStatus, Error> {
    messages::errors(shared, &outcome.findings())?;
    let mut line = format!(
        "{}, {} saved",
        counted(asked as u64, "listing"),
        outcome.saved
    );
    if asked > outcome.saved {
        line.push_str(&format!(", {} not fetched", asked - outcome.saved));
    }
    line.push_str(&format!(
        ", {}, {:.2} s",
        counted(outcome.bytes, "byte"),
        began.elapsed().as_secs_f64()
    ));
    shared.say(&line);
    Ok(match outcome.is_complete() {
        true => ExitStatus::Success,
        false => ExitStatus::Network,
    })
}
