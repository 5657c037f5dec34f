//! Options of `report`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::{REPORT_FORMATS, ReportFormat};

use super::{AbsentArg, DataArgs, FilterArgs, InputArgs, LevelArgs, NamesArgs};

/// The formats of a report, by name.
fn report_formats() -> impl TypedValueParser<Value = &'static ReportFormat> {
    let values = REPORT_FORMATS.iter();
    PossibleValuesParser::new(values.map(|it| PossibleValue::new(it.name).help(it.help)))
        .map(|name| ReportFormat::named(&name.to_lowercase()).unwrap_or(&REPORT_FORMATS[0]))
}

const REPORT: &str = "\
Examples:
  gcagg report exports/ --names names.csv --timezone Europe/Berlin -o week.xlsx -o week.html
  gcagg report exports/ --by queue --top 20
  gcagg report today.json --compare yesterday.json
  gcagg report exports/ --where mediaType=voice --sort aht --format markdown
  gcagg report response.json --detail               every metric of every group";

/// Options of `report`.
#[derive(Debug, ClapArgs)]
#[command(after_help = REPORT)]
pub struct ReportArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    /// Format of the report; default: by the output's extension, else text
    #[arg(long, value_name = "FORMAT", value_parser = report_formats(), help_heading = "Output")]
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
    #[arg(
        long,
        value_name = "DIM,...",
        value_delimiter = ',',
        help_heading = "Rows"
    )]
    pub by: Option<Vec<String>>,
    /// Show the first N rows, and join the others to one row
    #[arg(long, value_name = "N", help_heading = "Rows")]
    pub top: Option<usize>,
    /// Sort rows by this figure, largest first, or by name; default: by volume
    #[arg(long, value_name = "FIGURE|name", help_heading = "Rows")]
    pub sort: Option<String>,
    /// Text and Markdown: print all figures and metrics of every group instead
    #[arg(long, conflicts_with_all = ["by", "top", "sort", "compare"], help_heading = "Rows")]
    pub detail: bool,
    /// Compare with these inputs, for example an earlier period; shows differences of every figure
    /// and group
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Rows")]
    pub compare: Vec<PathBuf>,
    /// Absent counters: keep = empty, zero = 0 if the metric occurs for the same media type
    /// [default: zero]
    #[arg(long, value_name = "WHAT", value_enum, help_heading = "Rows")]
    pub absent: Option<AbsentArg>,
    #[command(flatten)]
    pub names: NamesArgs,
    /// Time zone of the report: an IANA name [default: UTC]
    #[arg(long, value_name = "ZONE", help_heading = "Rows")]
    pub timezone: Option<String>,
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub levels: LevelArgs,
}
