//! `--expect-…` and `--min-rows`, and what `gcagg.toml` says of them.

use chrono_tz::Tz;

use crate::across::expect::Expectations;
use crate::cli::args::ExpectArgs;
use crate::cli::config::Config;
use crate::error::Error;
use crate::model::period::{PERIODS, Period};
use crate::model::when;

/// What was typed, and what was set where nothing was typed.
///
/// # Errors
/// An interval or a period that is none.
pub fn resolve(args: &ExpectArgs, config: &Config) -> Result<Expectations, Error> {
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
            Error::usage(format!("--expect-interval {text}: expected START/END"))
                .help(format!("{}, or one word", when::TIMES))
        };
        let now = when::now();
        let time = |text: &str| when::instant(text, now, Tz::UTC);
        let instants = match text.split_once('/') {
            Some((start, end)) => time(start).zip(time(end)),
            None => when::span(&text, now, Tz::UTC),
        };
        let (start, end) = instants.ok_or_else(wrong)?;
        if end <= start {
            return Err(wrong().help("the end must be after the start"));
        }
        Ok((start.fixed_offset(), end.fixed_offset(), text))
    });
    let granularity = text(&args.expect_granularity, "expect-granularity").map(|text| {
        let wrong =
            || Error::usage(format!("--expect-granularity {text}: unknown period")).help(PERIODS);
        Ok::<_, Error>((Period::parse(&text).ok_or_else(wrong)?, text))
    });
    Ok(Expectations {
        dimensions: list(&args.expect_dims, "expect-dims"),
        metrics: list(&args.expect_metrics, "expect-metrics"),
        interval: interval.transpose()?,
        granularity: granularity.transpose()?,
        rows: args.min_rows.or(config.number("validate", "min-rows")),
    })
}
