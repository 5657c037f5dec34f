//! Stub.
use crate::cli::args::InspectArgs;
use crate::cli::failure::Failure;
use crate::cli::options::Shared;
use crate::exit::ExitStatus;
/// Stub.
pub fn run(_shared: &Shared, _args: InspectArgs) -> Result<ExitStatus, Failure> {
    Ok(ExitStatus::Success)
}
