//! Genesys Cloud analytics aggregates: read, validated, and turned into tables and reports.
//!
//! Data flows one way, and a module uses only what stands before it on the arrow, beside the two
//! side rooms `diagnostic` and `exit`:
//!
//! **json → source → document → record → check → repair → table → rollup → write → report → engine → api → cli → command**
//!
//! ```
//! use gcagg::source::frame::frame;
//!
//! let text = r#"{"results":[{"group":{"mediaType":"voice"},"data":[]}]}"#;
//! let framed = frame(text);
//! assert!(framed.findings.is_empty());
//! assert_eq!(framed.documents[0].elements.len(), 1);
//! ```

#[cfg(feature = "fetch")]
pub mod api;
pub mod check;
pub mod cli;
pub mod command;
pub mod diagnostic;
pub mod document;
pub mod engine;
pub mod error;
pub mod exit;
pub mod json;
pub mod record;
pub mod repair;
pub mod report;
pub mod rollup;
pub mod source;
pub mod table;
pub mod write;

use cli::args::{Args, Command};
pub use exit::ExitStatus;

/// Runs one command.
pub fn run(args: Args) -> ExitStatus {
    write::signals::install();
    let shared = cli::options::Shared::resolve(&args.shared);
    let outcome = match args.command {
        Command::Convert(args) => command::convert::run(&shared, *args),
        Command::Validate(args) => command::validate::run(&shared, args),
        Command::Report(args) => command::report::run(&shared, args),
        Command::Rollup(args) => command::rollup::run(&shared, &args),
        Command::Inspect(args) => command::inspect::run(&shared, args),
        Command::Config(args) => command::config::run(&shared, &args),
        #[cfg(feature = "fetch")]
        Command::Fetch(fetch) => command::fetch::run(&shared, *fetch),
        Command::Explain(args) => command::explain::run(&shared, &args),
        Command::Schema(args) => command::schema::run(args),
        Command::Completions(args) => command::completions::run(args),
        Command::Man(args) => command::completions::man(&args),
    };
    outcome.unwrap_or_else(cli::failure::end)
}
