//! `gcagg fetch`: fresh responses, saved as they arrive.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

use serde_json::{Map, Value};

use crate::check::Checker;
use crate::cli::fetch::FetchArgs;
use crate::cli::options::Shared;
use crate::diagnostic::{Code, Diagnostic, Located};
use crate::fetch::client::Api;
use crate::fetch::clock::{Clock as _, SystemClock};
use crate::fetch::credentials::Variables;
use crate::fetch::filter::{self, Predicate};
use crate::fetch::hosts::{self, Hosts};
use crate::fetch::http::Http;
use crate::fetch::listing::{self, Listing};
use crate::fetch::plan::{self, QueryRequest, Request};
use crate::fetch::progress::{FetchProgress, Verbosity};
use crate::fetch::query::{self, QueryOptions};
use crate::fetch::retry::RetryPolicy;
use crate::fetch::run::{self, FetchRun, SaveTarget};
use crate::fetch::save::{self, Unwritten};
use crate::model::catalog::family;
use crate::model::period::PERIODS;
use crate::model::zone;
use crate::output::{OutputFiles, Target, before_end, let_end};
use crate::pipeline::Resources;
use crate::{Error, ExitStatus, FindingSummary, Levels, Period};

use super::{fetched, listings, messages};

/// Runs the command.
///
/// # Errors
/// A wrong command line, missing credentials, a file that cannot be read or written.
pub fn run(shared: &Shared, args: FetchArgs) -> Result<ExitStatus, Error> {
    let began = Instant::now();
    let clock = SystemClock::default();
    let mut listings: Vec<&Listing> = args
        .names
        .iter()
        .filter_map(|name| Listing::named(name))
        .collect();
    let mut seen = HashSet::new();
    listings.retain(|listing| seen.insert(listing.name));
    let requests = match listings.is_empty() {
        true => plan::plan(ask(&args)?, clock.now())?,
        false => Vec::new(),
    };
    let variables = Variables::load(args.env_file.as_deref())?;
    if let Err(refusal) = hosts::check_source(&variables) {
        return cannot_sign_in(shared, variables.file(), refusal);
    }
    let hosts = Hosts::of(&variables)?;
    if args.dry_run {
        return match listings.is_empty() {
            true => dry_run(&hosts, &requests),
            false => listings::dry_run(&hosts, &listings),
        };
    }
    if !listings.is_empty() {
        listings::check_folder(&args.output)?;
    }
    if let Some(query) = &args.query {
        OutputFiles::beside([query]).check(&args.output)?;
    }
    let destination = destination(&args, &requests)?;
    let credentials = match variables.credentials() {
        Ok(credentials) => credentials,
        Err(refusal) => {
            let at = format!("POST {}", hosts::below(&hosts.login, "/oauth/token"));
            return cannot_sign_in(shared, at, refusal);
        }
    };
    let http = Http::new(args.ca_cert.as_deref())?;
    let checker = Checker::new()?;
    let progress = progress_of(shared, requests.len() + listings.len());
    let policy = RetryPolicy {
        max_retries: args.max_retries,
        backoff: args.retry_backoff,
        deadline: args.deadline,
        timeout: args.timeout,
        max_response: args.max_response,
    };
    let api = Api::new(http, hosts, credentials, policy, &clock, &progress);
    let cancel = api.cancel.clone();
    before_end(move || cancel.all());
    if !listings.is_empty() {
        let outcome = listing::run(&api, &listings, &args.output);
        progress.clear();
        let_end();
        return listings::report(shared, listings.len(), outcome.map_err(unwritten)?, began);
    }
    let outcome = run::run(
        &api,
        &FetchRun {
            requests: &requests,
            destination: &destination,
            resume: args.resume,
            concurrency: args.concurrency.into(),
            checker: &checker,
            resources: &Resources::new(shared.threads, shared.limits),
        },
    );
    progress.clear();
    let_end();
    let outcome = outcome.map_err(unwritten)?;
    fetched::report(shared, &destination, &requests, &outcome, began)
}

/// Reports what is missing to sign in, or comes from two sources.
fn cannot_sign_in(shared: &Shared, at: String, refusal: Error) -> Result<ExitStatus, Error> {
    let mut collection = FindingSummary::new(true, &Levels::default());
    let finding = Diagnostic::new(Code::NoCredentials, refusal.to_string())
        .help(refusal.suggestion().unwrap_or_default().to_owned());
    collection.push(&Located::of_file(finding, at.into()));
    messages::errors(shared, &collection)?;
    Ok(ExitStatus::Network)
}

fn unwritten(unwritten: Unwritten) -> Error {
    Error::writing(&Target::of(&unwritten.path).to_string(), &unwritten.error)
}

fn progress_of(shared: &Shared, requests: usize) -> FetchProgress {
    let words = match (shared.quiet, shared.verbose) {
        (true, _) => Verbosity::None,
        (false, false) => Verbosity::Some,
        (false, true) => Verbosity::All,
    };
    FetchProgress::new(requests, shared.draws_progress(), words)
}

fn ask(args: &FetchArgs) -> Result<QueryRequest, Error> {
    let family = family::all()
        .iter()
        .find(|family| family.name == args.family)
        .or_else(|| {
            family::all()
                .iter()
                .find(|family| family.key == args.family)
        })
        .ok_or_else(|| Error::usage(format!("--family {}: no family", args.family)))?;
    let zone = args.timezone.as_deref().map(zone::named).transpose()?;
    let period = |option: &str, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => Period::parse(text)
            .map(Some)
            .ok_or_else(|| Error::usage(format!("{option} {text}: unknown period")).help(PERIODS)),
    };
    let granularity = period("--granularity", &args.granularity)?;
    let mut conditions = Vec::new();
    for text in &args.wheres {
        conditions.push(Predicate::parse(text, &read_values)?);
    }
    let filter = match conditions.as_slice() {
        [] => None,
        all if family.is_summary() => Some(filter::flat(all)?),
        all => Some(filter::filter(all)),
    };
    Ok(QueryRequest {
        family,
        last: args.last.clone(),
        interval: args.interval.clone(),
        zone,
        base: args.query.as_deref().map(base).transpose()?,
        wanted: QueryOptions {
            metrics: trimmed(&args.metrics),
            group_by: trimmed(&args.group_by),
            granularity: granularity.zip(args.granularity.as_ref()).map(iso),
            timezone: args.timezone.clone(),
            filter,
        },
        split: period("--split", &args.split)?,
        check: !args.no_check,
        jobs: args.jobs,
    })
}

/// A period as the API takes it: in ISO-8601, and as it was typed where it was typed so.
fn iso((period, text): (Period, &String)) -> String {
    let upper = text.to_uppercase();
    if upper.starts_with('P') {
        upper
    } else {
        period.to_iso()
    }
}

fn trimmed(names: &[String]) -> Vec<String> {
    let names = names.iter().map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

fn read_values(path: &str) -> Result<String, Error> {
    std::fs::read_to_string(path)
        .map_err(|error| Error::usage(format!("--where …=@{path}: {error}")))
}

/// The body that the user wrote.
fn base(path: &Path) -> Result<Map<String, Value>, Error> {
    let shown = format!("--query {}", path.display());
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| Error::io(format!("{shown}: {error}")))?;
    let text = text.trim_start_matches('\u{feff}');
    // The first of several documents says what all of them are.
    let first = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let first = first.flatten().next().unwrap_or_default();
    if let Some(what) = query::answer(&first) {
        let failure = Error::usage(format!("{shown}: this is {what}, not a query"));
        return Err(failure.help(
            "write the body of a query, such as {\"metrics\":[\"nOffered\"],\"groupBy\":[\"queueId\"]}; \
             --dry-run prints the one that the other options make",
        ));
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(Error::usage(format!(
            "{shown}: the body must be a JSON object"
        ))),
        Err(error) => Err(Error::usage(format!("{shown}: not JSON: {error}"))),
    }
}

/// Prints what would be sent.
fn dry_run(hosts: &Hosts, requests: &[Request]) -> Result<ExitStatus, Error> {
    let mut text = String::new();
    for (index, request) in requests.iter().enumerate() {
        let url = hosts::below(&hosts.api, &request.path());
        let body = serde_json::to_string_pretty(&request.body).unwrap_or_default();
        let gap = if index == 0 { "" } else { "\n" };
        text.push_str(&format!("{gap}POST {url}\n{body}\n"));
    }
    save::print_text(&text)
        .map_err(|unwritten| Error::writing("standard output", &unwritten.error))?;
    Ok(ExitStatus::Success)
}

fn destination(args: &FetchArgs, requests: &[Request]) -> Result<SaveTarget, Error> {
    let path = &args.output;
    let named_as_folder = path
        .as_os_str()
        .to_string_lossy()
        .ends_with(['/', std::path::MAIN_SEPARATOR]);
    if !path.is_dir() && !named_as_folder {
        check_extension(path)?;
    }
    let destination = if path == Path::new("-") {
        SaveTarget::Stdout
    } else if path.is_dir() || named_as_folder {
        SaveTarget::Folder(path.clone())
    } else {
        SaveTarget::File(path.clone())
    };
    if destination == SaveTarget::Stdout && args.resume {
        return Err(Error::usage("--resume needs files to look at")
            .help("name a file or a folder: -o exports/"));
    }
    let summary = requests
        .first()
        .is_some_and(|request| request.family.is_summary());
    if summary && requests.len() > 1 && !matches!(destination, SaveTarget::Folder(_)) {
        return Err(
            Error::usage("summaries of several times make no common document").help(
                "they say nothing of their time: save each in a file of its own, with -o FOLDER/",
            ),
        );
    }
    Ok(destination)
}

/// Refuses a file name that promises another format than the response's own.
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
        "it saves responses as .json, .json.gz or .json.zst; make a table of them with \
         `gcagg convert day.json -o day.csv`",
    ))
}
