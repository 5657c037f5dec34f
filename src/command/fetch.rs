//! `gcagg fetch`: runs queries and saves the responses.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::Path;
use std::time::Instant;

use crate::cli::fetch::FetchArgs;
use crate::cli::options::Shared;
use crate::fetch::{
    Access, FetchOptions, Listing, Query, Request, RetryPolicy, SaveTarget, Verbosity,
};
use crate::output::{OutputFiles, print};
use crate::{Error, ExitStatus, FindingSummary};

use super::{fetched, messages};

/// Runs the command.
///
/// # Errors
/// A wrong command line, missing credentials, a file that cannot be read or written.
pub fn run(shared: &Shared, args: FetchArgs) -> Result<ExitStatus, Error> {
    let began = Instant::now();
    let named = args.names.iter().filter_map(|name| Listing::named(name));
    let mut seen = HashSet::new();
    let listings: Vec<&Listing> = named.filter(|it| seen.insert(it.name)).collect();
    let requests = match listings.is_empty() {
        true => query(&args).requests()?,
        false => Vec::new(),
    };
    let access = match Access::load(args.env_file.as_deref())? {
        Ok(access) => access,
        Err(missing) => return cannot_sign_in(shared, &missing),
    };
    if args.dry_run {
        let text = match listings.is_empty() {
            true => access.shown(&requests),
            false => access.shown_listings(&listings),
        };
        print(text.as_bytes())?;
        return Ok(ExitStatus::Success);
    }
    if !listings.is_empty() {
        check_folder(&args.output)?;
    }
    if let Some(query) = &args.query {
        OutputFiles::beside([query]).check(&args.output)?;
    }
    let target = destination(&args, &requests)?;
    let options = options(shared, &args);
    if !listings.is_empty() {
        return match access.save_listings(&listings, &args.output, &options)? {
            Ok(outcome) => fetched::report_listings(shared, listings.len(), &outcome, began),
            Err(missing) => cannot_sign_in(shared, &missing),
        };
    }
    match access.save(&requests, &target, &options)? {
        Ok(outcome) => fetched::report(shared, &target, &requests, &outcome, began),
        Err(missing) => cannot_sign_in(shared, &missing),
    }
}

/// Reports credentials that are missing or come from two sources.
fn cannot_sign_in(shared: &Shared, missing: &FindingSummary) -> Result<ExitStatus, Error> {
    messages::errors(shared, missing)?;
    Ok(ExitStatus::Network)
}

fn options(shared: &Shared, args: &FetchArgs) -> FetchOptions {
    FetchOptions {
        policy: RetryPolicy {
            max_retries: args.max_retries,
            backoff: args.retry_backoff,
            deadline: args.deadline,
            timeout: args.timeout,
            max_response: args.max_response,
        },
        ca_cert: args.ca_cert.clone(),
        resume: args.resume,
        concurrency: args.concurrency.into(),
        threads: shared.threads,
        limits: shared.limits(),
        draws_progress: shared.draws_progress(),
        verbosity: match (shared.quiet, shared.verbose) {
            (true, _) => Verbosity::None,
            (false, false) => Verbosity::Some,
            (false, true) => Verbosity::All,
        },
    }
}

fn query(args: &FetchArgs) -> Query {
    Query {
        family: args.family.clone(),
        last: args.last.clone(),
        interval: args.interval.clone(),
        timezone: args.timezone.clone(),
        metrics: args.metrics.clone(),
        group_by: args.group_by.clone(),
        granularity: args.granularity.clone(),
        conditions: args.wheres.clone(),
        body: args.query.clone(),
        split: args.split.clone(),
        is_unchecked: args.no_check,
        is_async: args.jobs,
    }
}

/// Returns true if a path names a folder: one that exists, or a name with a slash at its end.
fn is_folder(path: &Path) -> bool {
    let name = path.as_os_str().to_string_lossy();
    path.is_dir() || name.ends_with(['/', std::path::MAIN_SEPARATOR])
}

/// Refuses an output that cannot be the folder of listings.
fn check_folder(output: &Path) -> Result<(), Error> {
    let is_file = match is_folder(output) {
        true => output.is_file(),
        false => output.exists() || output.extension().is_some(),
    };
    match output == Path::new("-") || is_file {
        true => Err(Error::usage("--names writes one file per list to a folder")
            .help("name the folder: -o names/")),
        false => Ok(()),
    }
}

fn destination(args: &FetchArgs, requests: &[Request]) -> Result<SaveTarget, Error> {
    let path = &args.output;
    if !is_folder(path) {
        check_extension(path)?;
    }
    let destination = if path == Path::new("-") {
        SaveTarget::Stdout
    } else if is_folder(path) {
        SaveTarget::Folder(path.clone())
    } else {
        SaveTarget::File(path.clone())
    };
    if destination == SaveTarget::Stdout && args.resume {
        return Err(Error::usage("--resume needs an output file or folder")
            .help("name a file or a folder: -o exports/"));
    }
    let summary = requests.first().is_some_and(Request::is_summary);
    if summary && requests.len() > 1 && !matches!(destination, SaveTarget::Folder(_)) {
        return Err(
            Error::usage("summaries of several intervals cannot be one document")
                .help("they contain no time: save each in its own file with -o FOLDER/"),
        );
    }
    Ok(destination)
}

/// Refuses the extension of a format that fetch does not write.
fn check_extension(path: &Path) -> Result<(), Error> {
    const OTHERS: [&str; 15] = [
        "arrow", "bz2", "csv", "feather", "html", "jsonl", "md", "ndjson", "parquet", "tsv", "txt",
        "xls", "xlsx", "xz", "zip",
    ];
    let lower = path.to_string_lossy().to_ascii_lowercase();
    let plain = [".gz", ".zst"]
        .iter()
        .find_map(|packed| lower.strip_suffix(packed))
        .unwrap_or(&lower);
    let extension = Path::new(plain).extension().and_then(OsStr::to_str);
    let Some(extension) = extension.filter(|it| OTHERS.contains(it)) else {
        return Ok(());
    };
    Err(Error::usage(format!(
        "-o {}: fetch cannot write .{extension}",
        path.display()
    ))
    .help(
        "it saves responses as .json, .json.gz or .json.zst; `gcagg convert day.json -o day.csv` makes a table",
    ))
}
