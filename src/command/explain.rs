//! `gcagg explain`: the long story of a diagnostic.

use std::io::{self, Write as _};

use crate::cli::args::ExplainArgs;
use crate::cli::failure::Failure;
use crate::diagnostic::{Code, explain};
use crate::exit::ExitStatus;

/// Runs the command.
///
/// # Errors
/// A code that is none, with the nearest.
pub fn run(args: &ExplainArgs) -> Result<ExitStatus, Failure> {
    let text = match &args.code {
        None => explain::list(),
        Some(name) => match Code::parse(name) {
            Some(code) => explain::page(code),
            None => {
                let failure = Failure::usage(format!("`{name}` is no code"));
                return Err(match Code::nearest(name) {
                    Some(near) => failure.help(format!(
                        "did you mean {near}? `gcagg explain` lists them all"
                    )),
                    None => failure.help("`gcagg explain` lists them all"),
                });
            }
        },
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(ExitStatus::Success)
}
