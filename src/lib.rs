//! Reads and validates Genesys Cloud analytics aggregates, and turns them into tables and reports.
//!
//! [`Inputs`] are read and checked once. The [`Dataset`] has their findings, and makes a [`Table`] or
//! a report of them.
//!
//! ```
//! # fn main() -> Result<(), gcagg::Error> {
//! let checked = gcagg::Inputs::new().path("samples/queue-day.json").check()?;
//! for finding in checked.findings()? {
//!     eprintln!("{} {}: {}", finding.code, finding.file, finding.message);
//! }
//! let mut csv = Vec::new();
//! let rows = checked.table()?.write("csv", &mut csv)?;
//! assert_eq!(rows, 303);
//! # Ok(())
//! # }
//! ```
//!
//! Numbers keep the digits that they have in the input. Nothing is written from inputs with errors.
//!
//! # Features
//!
//! - `cli` (default): the command `gcagg`.
//! - `fetch` (default): its subcommand `fetch`, which opens connections.
//! - `parquet`, `xlsx` (default): tables as Parquet, Arrow and Excel files.
//!
//! # Modules
//!
//! Data flows one way, and a module uses only those before it in this order, and the side modules
//! `diagnostic`, `error` and `exit`:
//!
//! **json → model → input → record → check → repair → table → rollup → write → report → pipeline → facade → fetch → cli → command**

#![cfg_attr(not(feature = "internals"), warn(missing_docs))]
#![cfg_attr(
    not(all(feature = "cli", feature = "fetch")),
    allow(dead_code, unused_imports, reason = "the command line uses more")
)]

mod across;
mod aggregate;
mod check;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod command;
mod diagnostic;
mod error;
mod exit;
mod facade;
#[cfg(feature = "fetch")]
pub mod fetch;
mod input;
mod json;
mod model;
mod pipeline;
mod record;
mod repair;
mod report;
mod table;
mod write;

pub use across::expect::Expectations;
pub use diagnostic::collect::{CauseGroup, FindingSummary};
pub use diagnostic::coverage::Coverage;
pub use diagnostic::finding::Finding;
pub use diagnostic::levels::{LevelChange, Levels, LintLevels};
pub use diagnostic::render::{FINDING_FORMATS, FindingFormat, FormatEntry, TextStyle};
pub use diagnostic::words::counted;
pub use diagnostic::{Code, Severity};
pub use error::{Error, ErrorKind};
pub use exit::ExitStatus;
pub use facade::{
    AGGREGATES_SCHEMA, Baselines, Changes, ColumnInfo, Dataset, EarlyFile, FindingWriter, Inputs,
    Page, Progress, Purpose, RepairCounts, RepairedInput, RolledUp, Rollup, RunManifest,
    SUMMARY_SCHEMA, Table, WfmHistory, dimension_names, explain, explained_words, metric_names,
    spans,
};
pub use input::file_span::Span;
pub use input::limits::Limits;
pub use input::near_path::{unreadable, unreadable_option};
pub use json::text::printable;
pub use model::catalog::nearest;
pub use model::period::Period;
pub use pipeline::written::WrittenRows;
pub use repair::Fixes;
pub use report::contents::Contents;
pub use report::format::{REPORT_FORMATS, ReportFormat};
pub use report::text::Look;
pub use table::{DurationUnit, Layout, TableSpec};
#[cfg(feature = "arrow")]
pub use write::columnar::ArrowTypes;
pub use write::compare::CellComparison;
pub use write::partition::{PartitionedFiles, ReplacedFile};
pub use write::table_schema::{SCHEMA_FORMATS, SchemaFormat};
pub use write::{ChangedCells, TABLE_FORMATS, TableFormat, TableOptions};

/// Files that are written as a whole or not at all, and standard output.
pub mod output {
    pub use crate::diagnostic::carry::{pretty as json_pretty, quoted as json_quoted};
    pub use crate::write::outputs::OutputFiles;
    pub use crate::write::signals::{before_end, clear, let_end};
    pub use crate::write::sink::{Compression, Sink, Target};
    pub use crate::write::stdout::{open as stdout, print};
}

/// Runs the command line `gcagg`, and returns how it ended. `arguments` begin with the name of the
/// program.
#[cfg(feature = "cli")]
pub fn run(arguments: Vec<std::ffi::OsString>) -> ExitStatus {
    use cli::args::Command;

    let args = match cli::parse::arguments(arguments, command::check) {
        Ok(args) => args,
        Err(status) => return status,
    };
    cli::signals::install();
    let shared = args.shared;
    let outcome = match args.command {
        Command::Convert(args) => command::convert::run(&shared, *args),
        Command::Validate(args) => command::validate::run(&shared, *args),
        Command::Report(args) => command::report::run(&shared, *args),
        Command::Rollup(args) => command::rollup::run(&shared, &args),
        Command::Inspect(args) => command::inspect::run(&shared, args),
        Command::Config { format, levels } => command::config::run(&shared, format, levels),
        #[cfg(feature = "fetch")]
        Command::Fetch(fetch) => command::fetch::run(&shared, *fetch),
        Command::Explain { what } => command::explain::run(&shared, what.as_deref()),
        Command::Schema(args) => command::schema::run(&shared, args),
        Command::Completions { shell } => command::completions::run(shell),
        Command::Man { folder } => command::completions::man(folder.as_deref()),
        Command::Verify { manifest } => command::verify::run(&shared, &manifest),
    };
    outcome.unwrap_or_else(cli::failure::end)
}

/// Functions that the process of the command line calls before and after [`run`].
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod process {
    pub use crate::write::signals::clear_at_once;
    pub use crate::write::stdout::set_closed;
}

/// Items for benchmarks, fuzz targets and black-box tests. They are not part of the interface.
#[cfg(feature = "internals")]
#[doc(hidden)]
#[allow(missing_docs)]
pub mod internals;
