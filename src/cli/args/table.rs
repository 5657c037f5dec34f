//! Options of tables.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, ValueEnum};

use crate::{DurationUnit, Layout, TABLE_FORMATS, TableFormat};

use super::words;

/// Layouts of a table.
pub(super) const LAYOUTS: [(&str, &str, Layout); 2] = [
    ("long", "One row per metric", Layout::Long),
    (
        "wide",
        "One row per bucket or entity, one column per figure",
        Layout::Wide,
    ),
];

/// Units of durations.
pub(super) const UNITS: [(&str, &str, DurationUnit); 6] = [
    ("ms|milliseconds", "", DurationUnit::Milliseconds),
    ("s|sec|second|seconds", "", DurationUnit::Seconds),
    ("min|m|minute|minutes", "", DurationUnit::Minutes),
    ("h|hour|hours", "", DurationUnit::Hours),
    (
        "hms",
        "h:mm:ss, rounded to whole seconds",
        DurationUnit::Clock,
    ),
    ("hms.ms", "h:mm:ss with decimals", DurationUnit::ExactClock),
];

/// Values of absent counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AbsentArg {
    /// Unknown
    Keep,
    /// 0, if the metric applies
    Zero,
}

/// Headers of a table. The value is true if they are titles.
const HEADERS: [(&str, &str, bool); 2] = [
    (
        "names",
        "Names of the API and of key figures, such as kpi_aht",
        false,
    ),
    ("human", "Titles, such as AHT", true),
];

/// Files with the names of ids.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Columns and rows")]
pub struct NamesArgs {
    /// File with names of ids (tables: queue_name after queueId): CSV with the columns id and name,
    /// or a list from the API; a folder = the files in it; repeatable
    #[arg(long = "names", value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// The formats of a table, by name.
fn table_formats() -> impl TypedValueParser<Value = String> {
    let values = TABLE_FORMATS.iter().map(|format| {
        let value = PossibleValue::new(format.name);
        value
            .aliases(format.extensions.iter().filter(|it| **it != format.name))
            .alias(format.title)
    });
    PossibleValuesParser::new(values).map(|typed| {
        let typed = typed.to_lowercase();
        let found = TableFormat::called(&typed);
        found.map_or(typed, |format| format.name.to_owned())
    })
}

/// Options of tables.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Columns and rows")]
pub struct TableArgs {
    /// Format; default: by the output's extension, else csv
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        value_parser = table_formats(),
        help_heading = "Output"
    )]
    pub to: Option<String>,
    /// One row per metric, or one row per bucket; default: long
    #[arg(long, value_parser = words(LAYOUTS), help_heading = "Output")]
    pub layout: Option<Layout>,
    /// Excel: one sheet per value of this dimension
    #[arg(long, value_name = "DIM", help_heading = "Output")]
    pub sheet_by: Option<String>,
    /// Write a folder per value of these dimensions, and per day for `date`, in the layout of Hive
    /// and Spark; -o names the folder
    #[arg(
        long,
        value_name = "DIM|date,...",
        value_delimiter = ',',
        help_heading = "Output"
    )]
    pub partition_by: Vec<String>,
    /// With --partition-by: replace a file even if the new one lacks some of its rows, figures or columns;
    /// without it, this is an error
    #[arg(long, help_heading = "Output")]
    pub replace_partitions: bool,
    /// Columns: present (those with a value in the inputs), all, or a list of names. A list may also
    /// have source, source_sha256, pointer and loaded_at: all,loaded_at
    #[arg(long, value_name = "present|all|NAME,...", default_value = "present")]
    pub columns: String,
    /// Header: names of the API, or human titles; default: human for xlsx with --kpi
    #[arg(long, value_name = "WHICH", value_parser = words(HEADERS))]
    pub headers: Option<bool>,
    /// Dimension columns, even if the inputs do not contain them: with --columns all, the header is
    /// the same every day
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub dims: Vec<String>,
    /// Add a first column `source` with the path of the input
    #[arg(long)]
    pub source_column: bool,
    #[command(flatten)]
    pub names: NamesArgs,
    /// Sort rows by these columns, ascending or with :desc; numbers by value, times by time, text
    /// by bytes, empty cells last. All rows are kept in memory
    #[arg(
        long,
        value_name = "COL[:desc],...",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub sort: Vec<String>,
    /// Write at most this many rows to each table, after sorting; all inputs are still checked
    #[arg(long, value_name = "N", value_parser = limit::<u64>)]
    pub limit: Option<u64>,
    /// Add columns of key figures such as kpi_aht after the others; makes the table wide. Shares are
    /// ratios from 0 to 1, times have the unit of --durations; `gcagg explain figures` lists them
    #[arg(long)]
    pub kpi: bool,
    /// Absent counters: keep = empty, zero = 0 if the metric occurs for the same media type.
    /// Default: zero in key figures, keep in columns
    #[arg(long, value_name = "WHAT", value_enum)]
    pub absent: Option<AbsentArg>,
    /// The same as --absent zero
    #[arg(long, conflicts_with = "absent")]
    pub absent_zero: bool,
    /// Write for Excel: BOM, CRLF, dates for Excel, and ' before text that Excel would change or
    /// run as a formula
    #[arg(long, help_heading = "For spreadsheets")]
    pub excel: bool,
    /// Prefix text cells that start with = + - @ tab or CR with '
    #[arg(long, help_heading = "For spreadsheets")]
    pub formula_guard: bool,
    /// Field delimiter: tab, or a printable ASCII character that does not occur in numbers
    #[arg(long, value_name = "CHAR", help_heading = "For spreadsheets")]
    pub delimiter: Option<String>,
    /// End lines with CRLF
    #[arg(long, help_heading = "For spreadsheets")]
    pub crlf: bool,
    /// Start with a UTF-8 byte order mark
    #[arg(long, help_heading = "For spreadsheets")]
    pub bom: bool,
    /// Write 0,75 instead of 0.75 (the default delimiter is then ;)
    #[arg(long, help_heading = "For spreadsheets")]
    pub decimal_comma: bool,
    /// Convert sum, min, max, p95 and p99 of timers to this unit; default: as in the input
    #[arg(
        long,
        value_name = "UNIT",
        value_parser = words(UNITS),
        help_heading = "For spreadsheets"
    )]
    pub durations: Option<DurationUnit>,
    /// Convert interval_start and interval_end to this IANA time zone
    #[arg(long, value_name = "ZONE", help_heading = "For spreadsheets")]
    pub timezone: Option<String>,
}

pub(super) fn limit<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a whole number from 0, such as 10"))
}

impl TableArgs {
    /// Returns true if the extension of the output need not name a format: an option does, or the output is
    /// a folder.
    pub fn has_format(&self) -> bool {
        self.to.is_some() || !self.partition_by.is_empty()
    }
}
