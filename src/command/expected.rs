//! `--expect-…` and `--min-rows`, and what `gcagg.toml` says of them.

use crate::cli::args::ExpectArgs;
use crate::cli::config::Config;
use crate::cli::failure::Failure;
use crate::document::period::Period;
use crate::document::time::Instant;
use crate::engine::expect::Expectations;

/// What was typed, and what was set where nothing was typed.
///
/// # Errors
/// An interval or a period that is none.
pub fn resolve(args: &ExpectArgs, config: &Config) -> Result<Expectations, Failure> {
    let list = |typed: &Vec<String>, key| match typed.is_empty() {
        true => config.list("validate", key),
        false => typed.clone(),
    };
    let text = |typed: &Option<String>, key| {
        let set = || config.text("validate", key);
        typed.clone().or_else(set)
    };
    let interval = text(&args.expect_interval, "expect-interval").map(|text| {
        let wrong = || {
            Failure::usage(format!("--expect-interval {text}: not two times"))
                .help("write START/END: 2026-03-02/2026-03-03, or with times and offsets")
        };
        let (start, end) = text.split_once('/').ok_or_else(wrong)?;
        let instants = Instant::parse_lenient(start).zip(Instant::parse_lenient(end));
        let (start, end) = instants.ok_or_else(wrong)?;
        if end.time <= start.time {
            return Err(wrong().help("the end must lie behind the start"));
        }
        Ok((start.time, end.time, text))
    });
    let granularity = text(&args.expect_granularity, "expect-granularity").map(|text| {
        let wrong = || {
            Failure::usage(format!("--expect-granularity {text}: no ISO-8601 period"))
                .help("write PT15M, PT30M, PT1H, P1D, P1W or P1M")
        };
        Ok::<_, Failure>((Period::parse(&text).ok_or_else(wrong)?, text))
    });
    Ok(Expectations {
        dimensions: list(&args.expect_dims, "expect-dims"),
        metrics: list(&args.expect_metrics, "expect-metrics"),
        interval: interval.transpose()?,
        granularity: granularity.transpose()?,
        rows: args.min_rows.or(config.number("validate", "min-rows")),
    })
}
