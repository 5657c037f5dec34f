//! `gcagg explain`: explains a diagnostic code or a name of the API.

use crate::output::print;
use crate::{Error, ExitStatus, explain};

/// Runs the command.
pub fn run(what: Option<&str>) -> Result<ExitStatus, Error> {
    print(explain(what)?.as_bytes())?;
    Ok(ExitStatus::Success)
}
