//! `gcagg schema`: the embedded JSON Schemas.

use crate::check::schema;
use crate::cli::args::{SchemaArgs, SchemaName};
use crate::cli::failure::Failure;
use crate::exit::ExitStatus;
use crate::write::stdout;

/// The schema of `gcagg.toml`.
const CONFIG: &str = include_str!("../../schemas/config.schema.json");

/// Runs the command.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(args: SchemaArgs) -> Result<ExitStatus, Failure> {
    let text = match args.name {
        SchemaName::Aggregates => schema::AGGREGATES,
        SchemaName::Summary => schema::SUMMARY,
        SchemaName::Config => CONFIG,
    };
    stdout::print(text.as_bytes())?;
    Ok(ExitStatus::Success)
}
