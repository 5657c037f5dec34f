//! `gcagg fetch`: runs queries and saves the responses.

use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

use crate::cli::fetch::FetchArgs;
use crate::cli::options::Shared;
use crate::cli::output;
use crate::fetch::{
    Access, FetchOptions, FetchOutcome, Listing, Request, RetryPolicy, SaveTarget, Verbosity,
};
use crate::output::{OutputFiles, print};
use crate::{Code, Error, ExitStatus, FindingSummary, counted};

use super::messages;

/// Runs the command.
pub fn run(shared: &Shared, args: FetchArgs) -> Result<ExitStatus, Error> {
    let began = Instant::now();
    let named = args.names.iter().filter_map(|name| Listing::named(name));
    let mut seen = HashSet::new();
    let listings: Vec<&Listing> = named.filter(|it| seen.insert(it.name)).collect();
    let requests = match listings.is_empty() {
        true => args.query.requests()?,
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
    if let Some(query) = &args.query.body {
        OutputFiles::beside([query]).check(&args.output)?;
    }
    let target = destination(&args, &requests)?;
    let options = options(shared, &args);
    let (noun, fetched) = match listings.is_empty() {
        true => ("request", access.save(&requests, &target, &options)?),
        false => (
            "listing",
            access.save_listings(&listings, &args.output, &options)?,
        ),
    };
    let outcome = match fetched {
        Ok(outcome) => outcome,
        Err(missing) => return cannot_sign_in(shared, &missing),
    };
    messages::errors(shared, &outcome.findings())?;
    if outcome.empty > 0 {
        shared.say(&format!(
            "warning[{}] {}: {} without rows: check the interval and the filter",
            Code::NoData.id(),
            Code::NoData.name(),
            counted(outcome.empty, "answer")
        ));
    }
    for (message, reason) in outcome.missing_names(&requests) {
        shared.say(&format!("warning: {message}"));
        shared.say(&format!("  help: {reason}"));
    }
    say_saved(
        shared,
        (requests.len() + listings.len(), noun),
        &outcome,
        began,
    );
    let has_some = outcome.saved + outcome.kept > 0;
    let is_folder = listings.is_empty() && matches!(target, SaveTarget::Folder(_));
    if outcome.is_complete() {
        return Ok(ExitStatus::Success);
    }
    if has_some && is_folder {
        shared.say("saved files are complete; the same command with --resume fetches the others");
    }
    Ok(ExitStatus::Network)
}

/// Reports credentials that are missing or come from two sources.
fn cannot_sign_in(shared: &Shared, missing: &FindingSummary) -> Result<ExitStatus, Error> {
    messages::errors(shared, missing)?;
    Ok(ExitStatus::Network)
}

/// Prints what was saved of this many requests or listings.
fn say_saved(
    shared: &Shared,
    (asked, noun): (usize, &str),
    outcome: &FetchOutcome,
    began: Instant,
) {
    let mut line = format!("{}, {} saved", counted(asked, noun), outcome.saved);
    if outcome.kept > 0 {
        line.push_str(&format!(", {} there already", outcome.kept));
    }
    let missing = asked - outcome.saved - outcome.kept;
    if missing > 0 {
        line.push_str(&format!(", {missing} not fetched"));
    }
    line.push_str(&format!(
        ", {}, {:.2} s",
        counted(outcome.bytes, "byte"),
        began.elapsed().as_secs_f64()
    ));
    shared.say(&line);
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
        output::format(path, "fetch", &[("json", ())], false).map_err(|_| {
            Error::usage(format!("-o {}: fetch cannot write this format", path.display())).help(
                "it saves responses as .json, .json.gz or .json.zst; `gcagg convert day.json -o day.csv` makes a table",
            )
        })?;
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
