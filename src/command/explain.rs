//! `gcagg explain`: explains a diagnostic code or a name of the API.

use crate::cli::args::ExplainArgs;
use crate::cli::options::Shared;
use crate::output::print;
use crate::{Error, ExitStatus, explain};

/// Runs the command.
///
/// # Errors
/// An unknown word, with the nearest known one.
pub fn run(shared: &Shared, args: &ExplainArgs) -> Result<ExitStatus, Error> {
    let terminal = shared.stdout_is_terminal().then(|| shared.colors());
    print(explain(args.what.as_deref(), terminal)?.as_bytes())?;
    Ok(ExitStatus::Success)
}
