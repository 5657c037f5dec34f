//! `gcagg explain`: explains a diagnostic code or a name of the API.

use crate::cli::options::Shared;
use crate::output::print;
use crate::{Error, ExitStatus, explain};

/// Runs the command.
pub fn run(shared: &Shared, what: Option<&str>) -> Result<ExitStatus, Error> {
    let terminal = shared.stdout_is_terminal().then(|| shared.colors());
    print(explain(what, terminal)?.as_bytes())?;
    Ok(ExitStatus::Success)
}
