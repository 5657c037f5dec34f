//! The options of `fetch`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;
use clap::builder::PossibleValuesParser;

use crate::Period;
use crate::fetch::{LISTINGS, Query};

const FETCH: &str = "\
Credentials come from the environment or from .env, all from the same source:
  GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET    an OAuth client (Client Credentials)
  GENESYS_ENVIRONMENT                         its region: mypurecloud.de or eu-central-1
  GENESYS_ACCESS_TOKEN                        a token instead of a client
  GENESYS_API_URL, GENESYS_LOGIN_URL          other hosts, such as a gateway; hosts in .env
                                              work only with credentials in .env

The family summary is the endpoint of a tutorial; it is not part of the published API.

Examples:
  gcagg fetch -o day.json
  gcagg fetch --last yesterday --timezone Europe/Berlin --group-by queueId --granularity 30m -o day.json
  gcagg fetch --interval 2026-01-01/2026-02-01 --split 1d --resume -o exports/
  gcagg fetch --family users --where userId=@users.csv --group-by userId -o users.json
  gcagg fetch --last 7d --dry-run
  gcagg fetch --names queues,users,wrapupcodes -o names/
  gcagg fetch | gcagg convert -";

fn listings() -> PossibleValuesParser {
    PossibleValuesParser::new(LISTINGS.iter().map(|listing| listing.name))
}

/// Seconds with decimals, or a period such as `10m` or `PT10M`.
fn duration(text: &str) -> Result<Duration, String> {
    let period = Period::parse(text).filter(|period| period.months == 0);
    if let Some(period) = period {
        let seconds = u64::from(period.days) * 86_400 + u64::from(period.seconds);
        return Ok(Duration::from_secs(seconds));
    }
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
        .ok_or_else(|| "write seconds, or a period such as 30s, 10m, 1h or PT10M".to_owned())
}

/// A duration above zero.
fn positive(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("the time must be more than 0".to_owned()),
        time => Ok(time),
    }
}

/// Options of `fetch`.
#[derive(Debug, ClapArgs)]
#[command(after_help = FETCH, next_help_heading = "Network")]
pub struct FetchArgs {
    /// Where to save the JSON: a file (.json, .json.gz or .json.zst), a folder with one file per
    /// request (end the name with /), or - for standard output
    #[arg(
        short,
        long,
        value_name = "PATH",
        default_value = "-",
        help_heading = "Output"
    )]
    pub output: PathBuf,
    /// Skip files that were already fetched completely
    #[arg(long, conflicts_with = "dry_run", help_heading = "Output")]
    pub resume: bool,
    /// Print method, URL and body of every request without sending it
    #[arg(long, help_heading = "Output")]
    pub dry_run: bool,
    /// Save these lists of names instead of a query, one file per list in the folder -o, for
    /// --names of convert and rollup
    #[arg(
        long,
        value_name = "LISTING,...",
        value_delimiter = ',',
        value_parser = listings(),
        conflicts_with_all = [
            "resume", "family", "last", "interval", "timezone", "metrics", "group_by", "granularity",
            "conditions", "body", "is_unchecked", "split", "is_async",
        ],
        help_heading = "Names"
    )]
    pub names: Vec<String>,
    #[command(flatten)]
    pub query: Query,
    /// Number of concurrent requests
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16), help_heading = "Large queries")]
    pub concurrency: u8,
    /// Maximum number of retries of a request after 429, 5xx and dropped connections
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub max_retries: u32,
    /// Longest wait before the first retry; doubles with every retry
    #[arg(long, value_name = "TIME", default_value = "2", value_parser = duration)]
    pub retry_backoff: Duration,
    /// Maximum time of a request with all retries and waits, or of a job until its end
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = positive)]
    pub deadline: Duration,
    /// Maximum time of one response
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = positive)]
    pub timeout: Duration,
    /// Maximum size of one response, after decompression
    #[arg(long, value_name = "SIZE", default_value = "2GiB", value_parser = super::size::bytes)]
    pub max_response: u64,
    /// Trust the certificates in this PEM file too
    #[arg(long, value_name = "FILE")]
    pub ca_cert: Option<PathBuf>,
    /// Read credentials and hosts from this file if the environment has no credentials
    /// [default: .env, if it exists]
    #[arg(long, value_name = "FILE")]
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
        assert_eq!(duration("1d"), Ok(Duration::from_secs(86_400)));
        assert_eq!(duration("PT90S"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        for wrong in ["", "m", "-1s", "1mo", "nan", "é"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(duration("0"), Ok(Duration::ZERO));
        assert!(positive("0s").is_err() && positive("1s").is_ok());
    }
}
