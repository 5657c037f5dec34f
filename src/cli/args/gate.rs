//! Options of `validate`: reports and expectations.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::{FINDING_FORMATS, FindingFormat, LintLevels};

use super::InspectFormat;

/// Reads `FORMAT=PATH`, or `FORMAT` for standard output.
pub(super) fn report_to(text: &str) -> Result<(FindingFormat, PathBuf), String> {
    let (name, path) = text.split_once('=').unwrap_or((text, "-"));
    let format = FindingFormat::named(name).ok_or_else(|| {
        let names: Vec<&str> = FINDING_FORMATS.iter().map(|it| it.name).collect();
        let names = names.join(", ");
        format!("unknown format `{name}`; the formats are {names}")
    })?;
    match path {
        "" => Err(format!("`{name}=` needs a file name")),
        path => Ok((format, path.into())),
    }
}

/// Expectations of the data.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Expectations")]
pub struct ExpectArgs {
    /// Dimensions that every group must have
    #[arg(long, value_name = "DIM,...", value_delimiter = ',')]
    pub expect_dims: Vec<String>,
    /// Metrics that must occur in the inputs
    #[arg(long, value_name = "METRIC,...", value_delimiter = ',')]
    pub expect_metrics: Vec<String>,
    /// Interval that must contain every bucket, such as 2026-03-02/2026-03-03; at least one
    /// bucket is required
    #[arg(long, value_name = "START/END")]
    pub expect_interval: Option<String>,
    /// Length that every bucket must have, such as PT30M or P1D
    #[arg(long, value_name = "PERIOD")]
    pub expect_granularity: Option<String>,
    /// Minimum number of rows of all inputs together
    #[arg(long, value_name = "N")]
    pub min_rows: Option<u64>,
    /// The inputs are a part of the data, such as staged files: do not check --expect-metrics,
    /// --min-rows and that --expect-interval has a bucket
    #[arg(long)]
    pub partial: bool,
}

/// Options of `config`.
#[derive(Debug, ClapArgs)]
pub struct ConfigArgs {
    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = InspectFormat::Text)]
    pub format: InspectFormat,
    #[command(flatten)]
    pub levels: LintLevels,
}
