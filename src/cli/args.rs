//! The command line as typed.

mod data;
mod gate;
mod report;
mod rollup;
mod table;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::{
    DurationUnit, FINDING_FORMATS, FindingFormat, Layout, LintLevels, SCHEMA_FORMATS, SchemaFormat,
};

use table::{LAYOUTS, UNITS, limit};

pub use clap::ColorChoice as When;
pub use data::DataArgs;
pub use report::ReportArgs;
pub use rollup::RollupArgs;
pub use table::{AbsentArg, NamesArgs, TableArgs};

const EXAMPLES: &str = "\
Examples:
  gcagg convert response.json                       CSV rows on standard output
  gcagg convert exports/ -o day.csv.gz              a folder of responses to one compressed table
  gcagg convert -t ndjson --layout wide a.json      one JSON object per bucket
  gcagg validate exports/*.json                     every problem with its line and column
  gcagg report response.json                        figures for people
  gcagg rollup exports/ --by queueId --every 1d     one document with one bucket per day
  gcagg inspect response.json                       what the file contains
  gcagg explain S001                                explain a diagnostic code

Exit codes:
  0  success              1  errors in the data     2  wrong command line
  3  reading or writing failed                      4  network, sign-in or API failed
  130  interrupted";

/// Reads Genesys Cloud analytics aggregate responses, validates them, and turns them into tables
/// and reports.
#[derive(Debug, Parser)]
#[command(name = "gcagg", version, about, max_term_width = 100, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Args {
    #[command(flatten)]
    pub shared: Shared,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Shared options")]
pub struct Shared {
    /// Number of worker threads; 0 = one per core. The output does not depend on it
    #[arg(
        short = 'j',
        long,
        global = true,
        value_name = "N",
        default_value_t = 0,
        value_parser = threads
    )]
    pub threads: usize,
    /// When to use colors: auto = on a terminal, unless NO_COLOR is set, or if FORCE_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = When::Auto)]
    pub color: When,
    /// When to show progress on standard error: auto = for long work on a terminal
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = When::Auto)]
    pub progress: When,
    /// Print errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more details
    // An option that `-h` leaves out gives every command two forms of help.
    #[arg(short, long, global = true, hide_short_help = true)]
    pub verbose: bool,
    /// Use this settings file instead of the nearest gcagg.toml
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Ignore gcagg.toml
    #[arg(long, global = true)]
    pub no_config: bool,
    /// Maximum size of a string or number; a longer one is J007
    #[arg(long, global = true, value_name = "SIZE", default_value = "16MiB", value_parser = super::size::token, help_heading = "Limits")]
    pub max_token: usize,
    /// Maximum size of an element, such as a group with its buckets; a longer one is J007
    #[arg(long, global = true, value_name = "SIZE", default_value = "256MiB", value_parser = super::size::element, help_heading = "Limits")]
    pub max_element: usize,
    /// Maximum expansion of a compressed input; more is J007
    #[arg(long, global = true, value_name = "RATIO", default_value = "500", value_parser = super::size::ratio, help_heading = "Limits")]
    pub max_inflate: u64,
    /// Maximum window of zstd data (zstd --long), which needs as much memory; a larger one is J007
    #[arg(long, global = true, value_name = "SIZE", default_value = "128MiB", value_parser = super::size::bytes, help_heading = "Limits")]
    pub max_zstd_window: u64,
    /// The typed options, without options of `gcagg.toml`.
    #[arg(skip)]
    pub typed: BTreeSet<String>,
    /// The words of the command line with the options of `gcagg.toml`, without the program.
    #[arg(skip)]
    pub words: Vec<String>,
    /// The severities of the settings file, after it was read.
    #[arg(skip)]
    pub file_levels: Option<LintLevels>,
}

fn threads(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a number of threads; 0 = one per core"))
}

impl Args {
    /// The definition with the options of all commands; `Args::command` gives each command its
    /// options when it is parsed.
    pub fn full_command() -> clap::Command {
        let plain = Self::command();
        let mut command = plain.clone();
        command.build();
        // The options of a command have a description of their own.
        command.mut_subcommands(|command| {
            let plain = plain.find_subcommand(command.get_name());
            match plain.and_then(|it| it.get_about().cloned()) {
                Some(about) => command.about(about),
                None => command,
            }
        })
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// Convert documents to CSV, TSV, NDJSON, JSON, Parquet, Arrow or Excel
    Convert(Box<ConvertArgs>),
    /// Report every problem with file, line, column and JSON Pointer
    Validate(Box<ValidateArgs>),
    /// Report key figures as text, Excel, HTML with charts, Markdown, CSV or JSON
    Report(Box<ReportArgs>),
    /// Join documents and aggregate them by dimensions and periods
    Rollup(Box<RollupArgs>),
    /// Show what the inputs contain: dialect, dimensions, metrics, intervals, counts
    Inspect(InspectArgs),
    /// Show the effective settings and where each comes from
    #[command(after_help = CONFIG)]
    Config {
        /// Format of the output
        #[arg(long, value_name = "FORMAT", value_enum, default_value_t = InspectFormat::Text)]
        format: InspectFormat,
        #[command(flatten)]
        levels: LintLevels,
    },
    /// Run a query and save the raw response
    #[cfg(feature = "fetch")]
    Fetch(Box<super::fetch::FetchArgs>),
    /// Explain a diagnostic code, a key figure, a metric, a dimension or a family
    #[command(after_help = EXPLAIN)]
    Explain {
        /// A code or its name (S001, wrong-type), a key figure (AHT), a metric (tHandle), a dimension
        /// (queueId) or a family (conversations); figures, metrics, dimensions or families for a list;
        /// without it, the list of codes
        #[arg(value_name = "WHAT")]
        what: Option<String>,
    },
    /// Print a JSON Schema, or the columns of a table for PostgreSQL, DuckDB, Arrow or dbt
    Schema(SchemaArgs),
    /// Compare the outputs that a manifest names with the inputs
    #[command(after_help = VERIFY)]
    Verify {
        /// The manifest that --manifest wrote; its paths are relative to the current folder
        #[arg(value_name = "MANIFEST")]
        manifest: PathBuf,
    },
    /// Print the completion script of a shell
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// Which shell
        #[arg(value_name = "SHELL", value_enum)]
        shell: Shell,
    },
    /// Print the manual page, or write a page per command to a folder
    #[command(after_help = MAN)]
    Man {
        /// Folder for one page per command; without it, the main page is printed
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// The inputs of a command.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Inputs")]
pub struct InputArgs {
    /// Files, folders (searched for *.json, *.ndjson and *.jsonl, also with .gz or .zst), glob
    /// patterns, or - for standard input
    #[arg(value_name = "INPUT", help_heading = None::<&str>)]
    pub inputs: Vec<PathBuf>,
    /// Do not read files that match this pattern: a name (*.bak.json, old), or a path in any folder if it
    /// has a slash (old/*.json); repeatable
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Read the names of more inputs from this file, one per line or separated by NUL; - = standard
    /// input
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,
}

const CONVERT: &str = "\
Examples:
  gcagg convert response.json -o table.csv
  gcagg convert exports/ --source-column -o day.ndjson.zst
  gcagg convert 'exports/*.json.gz' --per-file -o tables/ -t csv
  gcagg convert response.json --metric 't*' --where mediaType=voice --durations s
  gcagg convert response.json --excel --timezone Europe/Berlin -o table.csv
  gcagg convert quarters.json --names names/ --preset wfm-import -o history.csv
  gcagg convert exports/ --on-error skip --rejects bad.ndjson -o day.csv";

/// Options of `convert`.
#[derive(Debug, ClapArgs)]
#[command(after_help = CONVERT, next_help_heading = "Output")]
pub struct ConvertArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    /// Output file, or folder with --per-file; - = standard output
    #[arg(short, long, value_name = "PATH", default_value = "-")]
    pub output: PathBuf,
    /// Write one output per input; the output is a folder
    #[arg(long)]
    pub per_file: bool,
    /// Write a table of a fixed form: wfm-import = the CSV for the import into workforce
    /// management, one row per queue, media type and quarter of an hour; needs --names
    #[arg(
        long,
        value_name = "NAME",
        value_parser = words([("wfm-import", "Historical data for the import of workforce management", ())]),
        conflicts_with_all = [
            "per_file", "on_error", "rejects", "layout", "sheet_by", "columns", "headers", "dims",
            "source_column", "sort", "limit", "excel", "formula_guard", "delimiter", "crlf", "bom",
            "decimal_comma", "durations", "timezone", "metrics", "partition_by", "replace_partitions",
            "kpi", "absent", "absent_zero",
        ]
    )]
    pub preset: Option<()>,
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub table: TableArgs,
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub levels: LintLevels,
}

/// Filters of rows.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Columns and rows")]
pub struct FilterArgs {
    /// Only metrics and views whose name matches one of these patterns (* and ? are wildcards);
    /// repeatable
    #[arg(long = "metric", value_name = "GLOB,...", value_delimiter = ',')]
    pub metrics: Vec<String>,
    /// Only groups with one of these values; repeatable: several values of one dimension are
    /// alternatives, several dimensions must all match
    #[arg(long = "where", value_name = "DIM=VALUE,...")]
    pub wheres: Vec<String>,
    /// Only buckets that start at or after this time: 2026-03-02, 2026-03-02T08:00:00Z, or the
    /// beginning of today, yesterday, last-week, last-month or last-7-days
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Only buckets that start before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

impl FilterArgs {
    /// Returns true if one of them is used.
    pub fn has_any(&self) -> bool {
        let has_times = self.from.is_some() || self.until.is_some();
        has_times || !self.metrics.is_empty() || !self.wheres.is_empty()
    }
}

/// A parser of words, each with its help, if it needs one, and the value that it means. Further names of
/// a word follow it after `|`.
fn words<T: Copy + Send + Sync + 'static>(
    list: impl IntoIterator<Item = (&'static str, &'static str, T)>,
) -> impl TypedValueParser<Value = T> {
    let list: Vec<(&str, &str, T)> = list.into_iter().collect();
    let values = list.iter().map(|(names, help, _)| {
        let mut names = names.split('|');
        let value = PossibleValue::new(names.next().unwrap_or_default()).aliases(names);
        match help.is_empty() {
            true => value,
            false => value.help(*help),
        }
    });
    PossibleValuesParser::new(values).map(move |typed| {
        let is_typed = |name: &str| name.eq_ignore_ascii_case(&typed);
        let known = list
            .iter()
            .find(|(names, ..)| names.split('|').any(is_typed));
        known.map_or(list[0].2, |(.., value)| *value)
    })
}

const VALIDATE: &str = "\
Examples:
  gcagg validate response.json
  gcagg validate exports/ --format ndjson > findings.ndjson
  gcagg validate exports/ --report sarif=gcagg.sarif --report junit=gcagg.xml --report text
  gcagg validate response.json --schema our.schema.json
  gcagg validate saved.json --fix -o response.json
  gcagg validate exports/ --fix --diff
  curl ... | gcagg validate -";

/// Options of `validate`.
#[derive(Debug, ClapArgs)]
#[command(after_help = VALIDATE)]
pub struct ValidateArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    /// Format of the findings; default: by the output's extension, else text
    #[arg(long, value_name = "FORMAT", value_parser = words(FINDING_FORMATS.iter().map(|it| (it.name, it.help, it.format))))]
    pub format: Option<FindingFormat>,
    /// Output file of the findings, or - for standard output [default: -]; with --fix, the file
    /// of the fixed copy
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Write one more report; without a path, to standard output. If --report is given without
    /// --format and --output, only the reports are written; repeatable
    #[arg(long = "report", value_name = "FORMAT[=PATH]", value_parser = gate::report_to)]
    pub reports: Vec<(FindingFormat, PathBuf)>,
    /// Validate with this JSON Schema instead of the embedded one (any draft)
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// Write a copy as JSON of an input that is nearly JSON (comments, trailing commas, Python
    /// repr, single quotes, a code fence), and report the findings of the copy. The copy goes to
    /// --output (a folder for several inputs) or to standard output; findings then go to standard
    /// error. Exits with 0 if no error remains, else with 1
    #[arg(long, help_heading = "Repairs")]
    pub fix: bool,
    /// Show the changes that --fix would make as a unified diff, without writing them. Exits with 1
    /// if there are any
    #[arg(
        long,
        requires = "fix",
        conflicts_with_all = ["in_place", "output"],
        help_heading = "Repairs"
    )]
    pub diff: bool,
    /// Name the files that --fix would change, without writing them. Exits with 1 if there are any
    #[arg(
        long,
        requires = "fix",
        conflicts_with_all = ["in_place", "output", "diff"],
        help_heading = "Repairs"
    )]
    pub check: bool,
    /// Replace the inputs by the fixed copies; each is written atomically, compression is kept
    #[arg(
        long,
        requires = "fix",
        conflicts_with = "output",
        help_heading = "Repairs"
    )]
    pub in_place: bool,
    /// Exit with 0 also if there are errors in the data
    #[arg(long)]
    pub exit_zero: bool,
    /// Hide the findings in this file, compared by code, place in the structure and content
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub baseline: Option<PathBuf>,
    /// Write the findings of this run to a file for --baseline, and count them as known
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub write_baseline: Option<PathBuf>,
    /// Dimensions that every group must have
    #[arg(
        long,
        value_name = "DIM,...",
        value_delimiter = ',',
        help_heading = "Expectations"
    )]
    pub expect_dims: Vec<String>,
    /// Metrics that must occur in the inputs
    #[arg(
        long,
        value_name = "METRIC,...",
        value_delimiter = ',',
        help_heading = "Expectations"
    )]
    pub expect_metrics: Vec<String>,
    /// Interval that must contain every bucket, such as 2026-03-02/2026-03-03; at least one
    /// bucket is required
    #[arg(long, value_name = "START/END", help_heading = "Expectations")]
    pub expect_interval: Option<String>,
    /// Length that every bucket must have, such as PT30M or P1D
    #[arg(long, value_name = "PERIOD", help_heading = "Expectations")]
    pub expect_granularity: Option<String>,
    /// Minimum number of rows of all inputs together
    #[arg(long, value_name = "N", value_parser = limit::<u64>, help_heading = "Expectations")]
    pub min_rows: Option<u64>,
    /// The inputs are a part of the data, such as staged files: do not check --expect-metrics,
    /// --min-rows and that --expect-interval has a bucket
    #[arg(long, help_heading = "Expectations")]
    pub partial: bool,
    /// Maximum number of causes that text and Markdown show; 0 = all. The counts are always complete
    /// [default: 50]
    #[arg(long, value_name = "N", value_parser = limit::<usize>)]
    pub max_shown: Option<usize>,
    /// Time zone of the days for missing days (T009) and gaps (T004), an IANA name such as
    /// Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    #[command(flatten)]
    pub levels: LintLevels,
}

/// Formats of an inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InspectFormat {
    Text,
    Json,
}

const INSPECT: &str = "\
Examples:
  gcagg inspect exports/
  gcagg inspect today.json --against yesterday.json
  gcagg inspect exports/ --against 'last-month/*.json' --format json
  gcagg inspect exports/ --against schema --exit-code";

/// Options of `inspect`.
#[derive(Debug, ClapArgs)]
#[command(after_help = INSPECT)]
pub struct InspectArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    /// Compare with a file, a folder or a glob pattern, or with the names that gcagg knows (the
    /// word schema); shows new, missing and changed names
    #[arg(long, value_name = "FILE|schema")]
    pub against: Option<PathBuf>,
    /// Exit with 1 if the comparison finds a difference
    #[arg(long, requires = "against")]
    pub exit_code: bool,
    /// Format of the result; default: by the output's extension, else text
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<InspectFormat>,
    /// Output file, or - for standard output
    #[arg(short, long, value_name = "PATH", default_value = "-")]
    pub output: PathBuf,
    #[command(flatten)]
    pub levels: LintLevels,
}

const EXPLAIN: &str = "\
Examples:
  gcagg explain                   the codes of findings
  gcagg explain S001              a diagnostic code
  gcagg explain AHT               a key figure: formula, unit and source
  gcagg explain tHandle           a metric and its statistics
  gcagg explain nAbandoned        which metric contains the figure
  gcagg explain queueId           a dimension and its families
  gcagg explain metrics           all metrics; also figures, dimensions, families";

/// The embedded schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    Aggregates,
    Summary,
    /// The settings in gcagg.toml
    Config,
    /// The columns of a table, for a database or a pipeline
    Table,
}

const SCHEMA: &str = "\
Examples:
  gcagg schema aggregates                           the JSON Schema of a response
  gcagg schema table --format ddl-postgres --dims queueId,mediaType
  gcagg schema table response.json --layout wide --format ddl-duckdb";

const CONFIG: &str = "\
Examples:
  gcagg config                    the settings in force, and where each comes from
  gcagg config --format json";

const COMPLETIONS: &str = "\
Examples:
  gcagg completions bash > gcagg.bash
  gcagg completions zsh > _gcagg";

const MAN: &str = "\
Examples:
  gcagg man > gcagg.1             the main page
  gcagg man man1/                 one page per command";

/// Options of `schema`.
#[derive(Debug, ClapArgs)]
#[command(after_help = SCHEMA, next_help_heading = "Of a table")]
pub struct SchemaArgs {
    /// Which schema
    #[arg(value_name = "NAME", value_enum, default_value_t = SchemaName::Aggregates, help_heading = None::<&str>)]
    pub name: SchemaName,
    /// Documents with the dimensions of the table, and in the wide layout also its figures
    #[arg(value_name = "INPUT", help_heading = None::<&str>)]
    pub inputs: Vec<PathBuf>,
    /// Format of the schema of a table
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_parser = words(SCHEMA_FORMATS.iter().map(|it| (it.name, "", it)))
    )]
    pub format: Option<&'static SchemaFormat>,
    /// One row per metric, or one row per bucket
    #[arg(long, value_parser = words(LAYOUTS), default_value = "long")]
    pub layout: Layout,
    /// Dimension columns
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub dims: Vec<String>,
    /// Columns: all, and statistics or columns such as loaded_at after it
    #[arg(
        long,
        value_name = "all[,NAME,...]",
        default_value = "all",
        help_heading = "Of a table"
    )]
    pub columns: String,
    /// The unit of sum, min, max, p95 and p99 of timers
    #[arg(long, value_name = "UNIT", value_parser = words(UNITS))]
    pub durations: Option<DurationUnit>,
    /// Add a first column `source`
    #[arg(long)]
    pub source_column: bool,
    #[command(flatten)]
    pub names: NamesArgs,
    /// Name of the table; not for arrow-json
    #[arg(long, value_name = "NAME", default_value = "genesys_aggregates")]
    pub table_name: String,
}

const VERIFY: &str = "\
Examples:
  gcagg convert exports/ -o day.parquet --manifest day.manifest.json
  gcagg verify day.manifest.json";
