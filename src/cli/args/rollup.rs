//! Options of `rollup`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::LintLevels;

use super::{DataArgs, FilterArgs, InputArgs, TableArgs};

const ROLLUP: &str = "\
Examples:
  gcagg rollup exports/ --by queueId --every 1d --timezone Europe/Berlin -o days.json
  gcagg rollup exports/ --every 1w -o weeks.xlsx
  gcagg rollup monday.json tuesday.json | gcagg report -";

/// Options of `rollup`.
#[derive(Debug, ClapArgs)]
#[command(after_help = ROLLUP, next_help_heading = "Groups and periods")]
pub struct RollupArgs {
    #[command(flatten)]
    pub inputs: InputArgs,
    /// Output file, or - for standard output; without --to and without the extension of a table
    /// format, the result is one aggregates document
    #[arg(
        short,
        long,
        value_name = "PATH",
        default_value = "-",
        help_heading = "Output"
    )]
    pub output: PathBuf,
    /// Keep only these dimensions, and join groups that differ in others; "" keeps none
    #[arg(long, value_name = "DIM,...", value_delimiter = ',')]
    pub by: Option<Vec<String>>,
    /// Join buckets into periods that begin on local boundaries: 15m, 30m, 1h, 1d, 1w, 1mo, or an
    /// ISO-8601 period
    #[arg(long, value_name = "PERIOD")]
    pub every: Option<String>,
    /// First day of the week for --every 1w
    #[arg(
        long,
        value_name = "DAY",
        value_parser = ["monday", "saturday", "sunday"],
        default_value = "monday"
    )]
    pub week_start: String,
    /// Multivalued dimensions that --by may drop; a conversation with several values then counts
    /// several times
    #[arg(long, value_name = "DIM,...", value_delimiter = ',')]
    pub drop_multivalued: Vec<String>,
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub table: TableArgs,
    #[command(flatten)]
    pub filter: FilterArgs,
    #[command(flatten)]
    pub levels: LintLevels,
}
