//! Options of `validate`: reports, repairs, a baseline, expectations.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::{FINDING_FORMATS, FindingFormat};

use super::{InspectFormat, LevelArgs};

/// The format and the path of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTo {
    pub format: FindingFormat,
    pub path: PathBuf,
}

impl std::str::FromStr for ReportTo {
    type Err = String;

    /// Reads `FORMAT=PATH`, or `FORMAT` for standard output.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').unwrap_or((text, "-"));
        let format = FindingFormat::named(name).ok_or_else(|| {
            let names: Vec<&str> = FINDING_FORMATS.iter().map(|it| it.name).collect();
            format!(
                "unknown format `{name}`; the formats are {}",
                names.join(", ")
            )
        })?;
        if path.is_empty() {
            return Err(format!("`{name}=` needs a file name"));
        }
        Ok(Self {
            format,
            path: path.into(),
        })
    }
}

/// Options of the repair.
#[derive(Debug, ClapArgs)]
pub struct FixArgs {
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
}

/// Options of the baseline.
#[derive(Debug, ClapArgs)]
pub struct BaselineArgs {
    /// Hide the findings in this file, compared by code, place in the structure and content
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub baseline: Option<PathBuf>,
    /// Write the findings of this run to a file for --baseline, and count them as known
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub write_baseline: Option<PathBuf>,
}

/// Expectations of the data.
#[derive(Debug, ClapArgs)]
pub struct ExpectArgs {
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
    #[arg(long, value_name = "N", help_heading = "Expectations")]
    pub min_rows: Option<u64>,
    /// The inputs are a part of the data, such as staged files: do not check --expect-metrics,
    /// --min-rows and that --expect-interval has a bucket
    #[arg(long, help_heading = "Expectations")]
    pub partial: bool,
}

/// Options of `config`.
#[derive(Debug, ClapArgs)]
pub struct ConfigArgs {
    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = InspectFormat::Text)]
    pub format: InspectFormat,
    #[command(flatten)]
    pub levels: LevelArgs,
}
