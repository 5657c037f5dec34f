//! The command line as typed.

mod gate;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use gate::{BaselineArgs, ConfigArgs, DiffFormat, ExpectArgs, FixArgs, ReportTo};

const EXAMPLES: &str = "\
Examples:
  gcagg convert response.json                       rows as CSV on standard output
  gcagg convert exports/ -o day.csv.gz              a folder of responses to one compressed table
  gcagg convert -t ndjson --layout wide a.json      a JSON object a bucket
  gcagg validate exports/*.json                     every problem with its line and column
  gcagg report response.json                        figures to read
  gcagg inspect response.json                       what is in here
  gcagg explain S001                                the long story of a code

Exit codes:
  0  all good             1  the data is bad        2  the command line is wrong
  3  reading or writing failed                      4  the network, sign-in or the API failed
  130  interrupted";

/// Reads Genesys Cloud analytics aggregate responses, validates them, and turns them into tables
/// and reports.
#[derive(Debug, Parser)]
#[command(name = "gcagg", version, about, max_term_width = 100, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Args {
    #[command(flatten)]
    pub shared: SharedArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, ClapArgs)]
pub struct SharedArgs {
    /// Worker threads; 0 is one a core. Output never depends on it
    #[arg(
        short = 'j',
        long,
        global = true,
        value_name = "N",
        default_value_t = 0,
        help_heading = "Shared options"
    )]
    pub threads: usize,
    /// When to colour and draw: auto asks the terminal and NO_COLOR
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = When::Auto, help_heading = "Shared options")]
    pub color: When,
    /// When to show progress on standard error: auto for long work on a terminal
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = When::Auto, help_heading = "Shared options")]
    pub progress: When,
    /// Say only what is wrong
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Shared options"
    )]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true, help_heading = "Shared options")]
    pub verbose: bool,
    /// Settings to go by, in place of the nearest gcagg.toml
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        conflicts_with = "no_config",
        help_heading = "Shared options"
    )]
    pub config: Option<PathBuf>,
    /// Go by no gcagg.toml
    #[arg(long, global = true, help_heading = "Shared options")]
    pub no_config: bool,
    /// Check everything by the schema itself, slowly: for those who look for a fault in gcagg
    #[arg(long, global = true, hide = true)]
    pub paranoid: bool,
    /// How many bytes of an input are looked at together: for tests
    #[arg(long, global = true, hide = true, value_name = "BYTES")]
    pub window: Option<usize>,
}

/// When to do something for a person's eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Turn documents into CSV, TSV, NDJSON or JSON
    Convert(Box<ConvertArgs>),
    /// Find every problem, with file, line, column and JSON Pointer
    Validate(ValidateArgs),
    /// Print figures people read, as text or Markdown
    Report(ReportArgs),
    /// Say what is in here: dialect, dimensions, metrics, intervals, counts
    Inspect(InspectArgs),
    /// Show the settings in force, and where each comes from
    Config(ConfigArgs),
    /// Run a query and save the raw response
    #[cfg(feature = "fetch")]
    Fetch(Box<super::fetch::FetchArgs>),
    /// Tell the long story of a diagnostic, or what a metric, dimension or family is
    Explain(ExplainArgs),
    /// Print an embedded JSON Schema
    Schema(SchemaArgs),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

/// The inputs of a command.
#[derive(Debug, ClapArgs)]
pub struct Inputs {
    /// Files, folders (searched for *.json, *.ndjson, *.jsonl, also .gz and .zst), quoted
    /// patterns, or - for standard input
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
}

/// Which findings are told, and how much they weigh. WHAT is a code, a name, a category letter,
/// `warnings` or `all`.
#[derive(Debug, ClapArgs)]
pub struct LevelArgs {
    /// Tell only these findings (what keeps a document from being read is always told)
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        help_heading = "Findings"
    )]
    pub select: Vec<String>,
    /// Do not tell these findings
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        help_heading = "Findings"
    )]
    pub ignore: Vec<String>,
    /// Make these findings errors: codes, names, letters, warnings or all
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        help_heading = "Findings"
    )]
    pub deny: Vec<String>,
    /// Make these findings warnings
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        help_heading = "Findings"
    )]
    pub warn: Vec<String>,
    /// Let these findings pass; a code named itself beats its letter, a letter beats `all`
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        help_heading = "Findings"
    )]
    pub allow: Vec<String>,
}

impl LevelArgs {
    /// What was typed for one of the options.
    pub fn list(&self, option: &str) -> &[String] {
        match option {
            "select" => &self.select,
            "ignore" => &self.ignore,
            "deny" => &self.deny,
            "warn" => &self.warn,
            "allow" => &self.allow,
            _ => &[],
        }
    }
}

/// Formats of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum To {
    Csv,
    Tsv,
    Ndjson,
    Json,
}

/// Layouts of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LayoutArg {
    /// A row a metric
    Long,
    /// A row a bucket or entity, a column a figure
    Wide,
}

/// What to do with bad parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnError {
    /// Write nothing
    Fail,
    /// Leave the bad buckets or containers out, and count them
    Skip,
}

/// Units of durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnitArg {
    Ms,
    S,
    Min,
    H,
    /// h:mm:ss, rounded to whole seconds
    Hms,
    /// h:mm:ss with decimals
    #[value(name = "hms.ms")]
    HmsMs,
}

const CONVERT: &str = "\
Examples:
  gcagg convert response.json -o table.csv
  gcagg convert exports/ --source-column -o day.ndjson.zst
  gcagg convert 'exports/*.json.gz' --per-file -o tables/ -t csv
  gcagg convert response.json --metric 't*' --where mediaType=voice --durations s
  gcagg convert response.json --excel --timezone Europe/Berlin -o table.csv
  gcagg convert exports/ --on-error skip --rejects bad.ndjson -o day.csv";

/// Options of `convert`.
#[derive(Debug, ClapArgs)]
#[command(after_help = CONVERT)]
pub struct ConvertArgs {
    #[command(flatten)]
    pub inputs: Inputs,
    /// Where to write: a file, a folder with --per-file, or - for standard output
    #[arg(
        short,
        long,
        value_name = "PATH",
        default_value = "-",
        help_heading = "Output"
    )]
    pub output: PathBuf,
    /// Format; taken from the output's extension when absent, else csv
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_enum,
        help_heading = "Output"
    )]
    pub to: Option<To>,
    /// A row a metric, or a row a bucket
    #[arg(long, value_enum, default_value_t = LayoutArg::Long, help_heading = "Output")]
    pub layout: LayoutArg,
    /// One output per input; the output is a folder
    #[arg(long, help_heading = "Output")]
    pub per_file: bool,
    /// Bad parts: write nothing, or leave them out
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = OnError::Fail, help_heading = "Output")]
    pub on_error: OnError,
    /// Write what was left out, with its diagnostics, to this file (NDJSON)
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub rejects: Option<PathBuf>,
    /// Columns: present (with a value somewhere), all, or names in their order
    #[arg(
        long,
        value_name = "present|all|NAME,...",
        default_value = "present",
        help_heading = "Columns and rows"
    )]
    pub columns: String,
    /// Dimension columns, whatever the inputs hold: with --columns all, the header is the same
    /// every day
    #[arg(
        long,
        value_name = "NAME,...",
        value_delimiter = ',',
        help_heading = "Columns and rows"
    )]
    pub dims: Vec<String>,
    /// A first column `source` with the input's path
    #[arg(long, help_heading = "Columns and rows")]
    pub source_column: bool,
    #[command(flatten)]
    pub filter: FilterArgs,
    /// For Excel: BOM, CRLF, dates as Excel reads them; text that Excel would change or run as a
    /// formula is prefixed with '
    #[arg(long, help_heading = "For spreadsheets")]
    pub excel: bool,
    /// Prefix text cells that begin with = + - @ tab or CR with '
    #[arg(long, help_heading = "For spreadsheets")]
    pub formula_guard: bool,
    /// Field delimiter: one printable ASCII character that no number contains, or tab
    #[arg(long, value_name = "CHAR", help_heading = "For spreadsheets")]
    pub delimiter: Option<String>,
    /// End lines with CR LF
    #[arg(long, help_heading = "For spreadsheets")]
    pub crlf: bool,
    /// Begin with a UTF-8 byte order mark
    #[arg(long, help_heading = "For spreadsheets")]
    pub bom: bool,
    /// Write 0,75 for 0.75 (the delimiter is then ; unless given)
    #[arg(long, help_heading = "For spreadsheets")]
    pub decimal_comma: bool,
    /// Unit of timers' sum, min, max, p95, p99; default: as in the input
    #[arg(
        long,
        value_name = "UNIT",
        value_enum,
        help_heading = "For spreadsheets"
    )]
    pub durations: Option<UnitArg>,
    /// Shift interval_start and interval_end to this IANA time zone
    #[arg(long, value_name = "ZONE", help_heading = "For spreadsheets")]
    pub timezone: Option<String>,
    #[command(flatten)]
    pub levels: LevelArgs,
}

/// Which rows are wanted.
#[derive(Debug, ClapArgs)]
pub struct FilterArgs {
    /// Only metrics and views whose name matches one of these patterns (* and ?); repeatable
    #[arg(
        long = "metric",
        value_name = "GLOB,...",
        value_delimiter = ',',
        help_heading = "Columns and rows"
    )]
    pub metrics: Vec<String>,
    /// Only groups with one of these values; repeatable: several values of one dimension are
    /// alternatives, several dimensions must all match
    #[arg(
        long = "where",
        value_name = "DIM=VALUE,...",
        help_heading = "Columns and rows"
    )]
    pub wheres: Vec<String>,
    /// Only buckets that start at this time or later: 2026-03-02, 2026-03-02T08:00:00Z, or a word
    /// for its beginning (today, yesterday, last-week, last-month, last-7-days)
    #[arg(long, value_name = "TIME", help_heading = "Columns and rows")]
    pub from: Option<String>,
    /// Only buckets that start before this time
    #[arg(long, value_name = "TIME", help_heading = "Columns and rows")]
    pub until: Option<String>,
}

/// Formats of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FindingFormat {
    /// For people, grouped by cause
    Text,
    /// Every finding, as one array
    Json,
    /// Every finding, one a line
    Ndjson,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML: a suite a file; only errors are failures
    Junit,
    /// Annotations of GitHub Actions, the most useful first
    Github,
    /// Code quality of GitLab
    Gitlab,
    /// For the summary of a job: what was checked, and a row a cause
    Markdown,
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
    pub inputs: Inputs,
    /// Format of the findings [default: text]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<FindingFormat>,
    /// Where to write them, or - for standard output [default: -]; with --fix, where to write
    /// the repaired copy
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// One more report, repeatable; without a path to standard output. Where only reports are
    /// given, only they are written
    #[arg(long = "report", value_name = "FORMAT[=PATH]")]
    pub reports: Vec<ReportTo>,
    /// A schema of your own in place of the embedded one (any draft)
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    #[command(flatten)]
    pub fixing: FixArgs,
    #[command(flatten)]
    pub known: BaselineArgs,
    #[command(flatten)]
    pub expected: ExpectArgs,
    /// Causes that text shows at the most; 0 shows all. Nothing is left out of the counts
    /// [default: 50]
    #[arg(long, value_name = "N")]
    pub max_shown: Option<usize>,
    #[command(flatten)]
    pub levels: LevelArgs,
}

/// Formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    Text,
    Markdown,
}

/// Options of `report`.
#[derive(Debug, ClapArgs)]
pub struct ReportArgs {
    #[command(flatten)]
    pub inputs: Inputs,
    /// Format of the report
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// Where to write it, or - for standard output
    #[arg(short, long, value_name = "PATH", default_value = "-")]
    pub output: PathBuf,
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub levels: LevelArgs,
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
    pub inputs: Inputs,
    /// Say instead what is new, gone or of another type, compared with a file, a folder or a
    /// quoted pattern, or with what gcagg itself knows (the word schema)
    #[arg(long, value_name = "FILE|schema")]
    pub against: Option<PathBuf>,
    /// End with 1 where the comparison finds a difference
    #[arg(long, requires = "against")]
    pub exit_code: bool,
    /// Format of the answer
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = InspectFormat::Text)]
    pub format: InspectFormat,
    /// Where to write it, or - for standard output
    #[arg(short, long, value_name = "PATH", default_value = "-")]
    pub output: PathBuf,
    #[command(flatten)]
    pub levels: LevelArgs,
}

const EXPLAIN: &str = "\
Examples:
  gcagg explain                   the codes of findings
  gcagg explain S001              the long story of a code
  gcagg explain tHandle           what a metric is, and which statistics it carries
  gcagg explain nAbandoned        where the figure really is
  gcagg explain queueId           which families have a dimension
  gcagg explain metrics           all metrics; also dimensions, families";

/// Options of `explain`.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXPLAIN)]
pub struct ExplainArgs {
    /// A code or its name (S001, wrong-type), a metric (tHandle), a dimension (queueId) or a
    /// family (conversations); metrics, dimensions or families list those; without any, the list
    /// of codes
    #[arg(value_name = "WHAT")]
    pub what: Option<String>,
}

/// The embedded schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    Aggregates,
    Summary,
    /// The settings in gcagg.toml
    Config,
}

/// Options of `schema`.
#[derive(Debug, ClapArgs)]
pub struct SchemaArgs {
    /// Which schema
    #[arg(value_name = "NAME", value_enum, default_value_t = SchemaName::Aggregates)]
    pub name: SchemaName,
}

/// Options of `completions`.
#[derive(Debug, ClapArgs)]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}
