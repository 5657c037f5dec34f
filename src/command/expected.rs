//! `--expect-…` and `--min-rows`, typed or from `gcagg.toml`.

use crate::cli::args::ExpectArgs;
use crate::cli::config::Config;
use crate::{Error, Expectations};

/// The expectations of the command line. Options that were not typed come from `gcagg.toml`.
///
/// # Errors
/// An invalid interval or period.
pub fn resolve(args: &ExpectArgs, config: &Config) -> Result<Expectations, Error> {
    let list = |typed: &Vec<String>, key| match typed.is_empty() {
        true => config.list("validate", key),
        false => typed.clone(),
    };
    let text = |typed: &Option<String>, key| {
        let set = || config.text("validate", key);
        typed.clone().or_else(set)
    };
    let mut expected = Expectations::default()
        .dimensions(list(&args.expect_dims, "expect-dims"))
        .metrics(list(&args.expect_metrics, "expect-metrics"));
    if let Some(interval) = text(&args.expect_interval, "expect-interval") {
        expected = expected.interval(&interval)?;
    }
    if let Some(period) = text(&args.expect_granularity, "expect-granularity") {
        expected = expected.granularity(&period)?;
    }
    let rows = args.min_rows.or(config.number("validate", "min-rows"));
    let expected = rows.into_iter().fold(expected, Expectations::rows);
    Ok(match args.partial {
        true => expected.partial(),
        false => expected,
    })
}
