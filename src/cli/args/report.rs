//! Options of `report`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::{LintLevels, REPORT_FORMATS, ReportFormat};

use super::table::limit;
use super::{AbsentArg, DataArgs, FilterArgs, InputArgs, NamesArgs, words};

const REPORT: &str = "\
Examples:
  gcagg report exports/ --names names.csv --timezone Europe/Berlin -o week.xlsx -o week.html
  gcagg report exports/ --by queue --top 20
  gcagg report today.json --compare yesterday.json
  gcagg report exports/ --where mediaType=voice --sort aht --format markdown
  gcagg report response.json --detail               every metric of every group";

/// The names of a format that people type.
fn typed(format: &ReportFormat) -> &'static str {
    match format.name {
        "text" => "text|txt",
        "markdown" => "markdown|md",
        "xlsx" => "xlsx|excel",
        name => name,
    }
}

/// Options of `report`.
#[derive(Debug, ClapArgs)]
#[command(after_help = REPORT, next_help_heading = "Rows")]
pub struct ReportArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    /// Format of the report; default: by the output's extension, else text
    #[arg(long, value_name = "FORMAT", value_parser = words(REPORT_FORMATS.iter().map(|it| (typed(it), it.help, it))), help_heading = "Output")]
    pub format: Option<&'static ReportFormat>,
    /// Output file, or - for standard output; may be repeated: one format each, by the extension
    #[arg(
        short,
        long,
        value_name = "PATH",
        default_value = "-",
        help_heading = "Output"
    )]
    pub output: Vec<PathBuf>,
    /// Title of the report
    #[arg(long, value_name = "TEXT", help_heading = "Output")]
    pub title: Option<String>,
    /// Period of charts and of the rows over time: 15m, 1h, 1d, 1w or 1mo; default: by the data
    #[arg(long, value_name = "PERIOD", help_heading = "Output")]
    pub every: Option<String>,
    /// A table for each of these dimensions, or for dimensions joined by +, such as queue+media;
    /// default: one row per group
    #[arg(long, value_name = "DIM,...", value_delimiter = ',')]
    pub by: Option<Vec<String>>,
    /// Show the first N rows, and join the others to one row
    #[arg(long, value_name = "N", value_parser = limit::<usize>)]
    pub top: Option<usize>,
    /// Sort rows by this figure, largest first, or by name; default: by volume
    #[arg(long, value_name = "FIGURE|name")]
    pub sort: Option<String>,
    /// Text and Markdown: print all figures and metrics of every group instead
    #[arg(long, conflicts_with_all = ["by", "top", "sort", "compare"])]
    pub detail: bool,
    /// Compare with these inputs, for example an earlier period; shows differences of every figure
    /// and group
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub compare: Vec<PathBuf>,
    /// Absent counters: keep = empty, zero = 0 if the metric occurs for the same media type
    /// [default: zero]
    #[arg(long, value_name = "WHAT", value_enum)]
    pub absent: Option<AbsentArg>,
    #[command(flatten)]
    pub names: NamesArgs,
    /// Time zone of the report: an IANA name [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub levels: LintLevels,
}
