//! The options of `fetch`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;
use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::document::catalog::family;

const FETCH: &str = "\
Credentials come from the environment or from .env, never from arguments:
  GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET    an OAuth client (Client Credentials)
  GENESYS_ENVIRONMENT                         its region: mypurecloud.de or eu-central-1
  GENESYS_ACCESS_TOKEN                        a token in place of a client
  GENESYS_API_URL, GENESYS_LOGIN_URL          other hosts, such as a gateway

The family summary is the endpoint of a tutorial; the published API does not list it.

Examples:
  gcagg fetch -o day.json
  gcagg fetch --last yesterday --timezone Europe/Berlin --group-by queueId --granularity PT30M -o day.json
  gcagg fetch --interval 2026-01-01/2026-02-01 --split P1D --resume -o exports/
  gcagg fetch --family users --filter userId=@users.csv --group-by userId -o users.json
  gcagg fetch --last 7d --dry-run
  gcagg fetch | gcagg convert -";

fn families() -> PossibleValuesParser {
    let values = family::all().iter().map(|family| {
        let value = PossibleValue::new(family.name);
        // The tables of the catalogue say `conversation`; `summary` is taken by the tutorial's.
        if family::find(family.key).is_none() && !family.is_summary() {
            value.alias(family.key)
        } else {
            value
        }
    });
    PossibleValuesParser::new(values)
}

/// Seconds, or a number and `s`, `m` or `h`.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.char_indices().last() {
        Some((at, 's')) => (&text[..at], 1.0),
        Some((at, 'm')) => (&text[..at], 60.0),
        Some((at, 'h')) => (&text[..at], 3600.0),
        _ => (text, 1.0),
    };
    number
        .parse::<f64>()
        .ok()
        .and_then(|number| Duration::try_from_secs_f64(number * unit).ok())
        .ok_or_else(|| "write seconds, or a number and s, m or h, such as 10m".to_owned())
}

/// A duration that something can happen in.
fn positive(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("a time of more than 0 is needed".to_owned()),
        time => Ok(time),
    }
}

/// Options of `fetch`.
#[derive(Debug, ClapArgs)]
#[command(after_help = FETCH)]
pub struct FetchArgs {
    /// Where to save: a file, a folder (a file for each request; end the name with /), or - for
    /// standard output
    #[arg(
        short,
        long,
        value_name = "PATH",
        default_value = "-",
        help_heading = "Output"
    )]
    pub output: PathBuf,
    /// Do not fetch again what the manifests prove to be whole
    #[arg(long, help_heading = "Output")]
    pub resume: bool,
    /// Print method, address and body of every request, and send nothing
    #[arg(long, help_heading = "Output")]
    pub dry_run: bool,
    /// Which figures
    #[arg(long, value_name = "FAMILY", value_parser = families(), default_value = "conversations", help_heading = "Query")]
    pub family: String,
    /// How far back from now: 24h, 7d, today, yesterday, this-week, last-week, this-month,
    /// last-month, last-7-days (whole days, until midnight) [default: 24h]
    #[arg(
        long,
        value_name = "TIME",
        conflicts_with = "interval",
        allow_hyphen_values = true,
        help_heading = "Query"
    )]
    pub last: Option<String>,
    /// From when to when: 2026-03-02/2026-03-03, times with or without offset, or a time and a
    /// period
    #[arg(long, value_name = "START/END", help_heading = "Query")]
    pub interval: Option<String>,
    /// IANA time zone of local days, for --last, --interval, --split and the API's own buckets
    #[arg(long, value_name = "ZONE", help_heading = "Query")]
    pub timezone: Option<String>,
    /// Metrics; talkTime, holdTime, wrapupTime, waitTime and conversationCount are understood
    /// [default: tAcw, tHeldComplete, tTalkComplete, tWait, nConversations; of other families, all]
    #[arg(
        long = "metric",
        value_name = "NAME,...",
        value_delimiter = ',',
        help_heading = "Query"
    )]
    pub metrics: Vec<String>,
    /// Dimensions to group by
    #[arg(
        long,
        value_name = "DIM,...",
        value_delimiter = ',',
        help_heading = "Query"
    )]
    pub group_by: Vec<String>,
    /// Length of the buckets, such as PT30M or P1D [default: the whole interval]
    #[arg(long, value_name = "PERIOD", help_heading = "Query")]
    pub granularity: Option<String>,
    /// Only these: DIM=VALUE,VALUE, DIM=@FILE (a value a line), DIM=* (has any), DIM!=* (has none);
    /// repeatable, and all hold
    #[arg(long = "filter", value_name = "DIM=VALUE", help_heading = "Query")]
    pub filters: Vec<String>,
    /// A whole body as JSON, which the other options override; - for standard input
    #[arg(long, value_name = "FILE", help_heading = "Query")]
    pub query: Option<PathBuf>,
    /// Send metrics and dimensions that the catalogue does not know for this family
    #[arg(long, help_heading = "Query")]
    pub no_check: bool,
    /// Cut the interval on local boundaries: P1D, P1W, P1M, PT6H
    #[arg(long, value_name = "PERIOD", help_heading = "Large queries")]
    pub split: Option<String>,
    /// Use asynchronous jobs, for queries that are too heavy for one answer
    #[arg(long = "async", help_heading = "Large queries")]
    pub jobs: bool,
    /// Requests side by side
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16), help_heading = "Large queries")]
    pub concurrency: u8,
    /// How often a request is tried again after 429, 5xx and broken connections
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Network")]
    pub max_retries: u32,
    /// The first wait before that in seconds, at the most; it doubles from try to try
    #[arg(long, value_name = "TIME", default_value = "2", value_parser = duration, help_heading = "Network")]
    pub retry_backoff: Duration,
    /// The longest that a request may take with all its tries and waits, or a job until its end
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = positive, help_heading = "Network")]
    pub deadline: Duration,
    /// The longest that one answer may take
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = positive, help_heading = "Network")]
    pub timeout: Duration,
    /// Trust the certificates in this PEM file too
    #[arg(long, value_name = "FILE", help_heading = "Network")]
    pub ca_cert: Option<PathBuf>,
    /// Read variables that the environment lacks from this file [default: .env, if it is there]
    #[arg(long, value_name = "FILE", help_heading = "Network")]
    pub env_file: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        for wrong in ["", "m", "-1s", "1d", "nan", "é"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(duration("0"), Ok(Duration::ZERO));
        assert!(positive("0s").is_err() && positive("1s").is_ok());
    }
}
