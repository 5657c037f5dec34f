//! The interface for fetching: queries as text, access to the API, and the saved files.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Code, Diagnostic, Located};
use crate::error::Error;
use crate::input::limits::Limits;
use crate::input::near_path::unreadable_option;
use crate::model::when;
use crate::pipeline::Resources;
use crate::write::signals;

use super::client::Api;
use super::credentials::Variables;
use super::hosts::{self, Hosts};
use super::http::Http;
use super::listing::{self, Listing};
use super::missing::AnswerNames;
use super::plan::{self, Request};
use super::progress::{FetchProgress, Verbosity};
use super::query::{self, Query};
use super::retry::RetryPolicy;
use super::run::{FetchOutcome, FetchRun, SaveTarget};

/// The maximum number of requested metrics that are all expected in an answer.
const MANY: usize = 8;

impl Query {
    /// The requests that it takes.
    ///
    /// # Errors
    /// A part that cannot be read, or that the API would refuse.
    pub fn requests(&self) -> Result<Vec<Request>, Error> {
        let base = self.body.as_deref().map(base).transpose()?;
        plan::plan(self, base.unwrap_or_default(), when::now())
    }
}

/// The body that the user wrote.
fn base(path: &Path) -> Result<Value, Error> {
    let shown = format!("--query {}", path.display());
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| unreadable_option("--query", path, &error))?;
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
        Ok(body @ Value::Object(_)) => Ok(body),
        Ok(_) => Err(Error::usage(format!(
            "{shown}: the body must be a JSON object"
        ))),
        Err(error) => Err(Error::usage(format!("{shown}: not JSON: {error}"))),
    }
}

/// The settings of requests.
#[derive(Debug, Clone)]
pub struct FetchOptions {
    /// Retries and limits.
    pub policy: RetryPolicy,
    /// A file with further certificates to trust.
    pub ca_cert: Option<PathBuf>,
    /// True if files that are complete are kept.
    pub resume: bool,
    /// The number of requests at a time.
    pub concurrency: usize,
    /// The number of threads that check answers; 0 = one per core.
    pub threads: usize,
    /// The largest texts and numbers of answers.
    pub limits: Limits,
    /// True if progress is drawn on standard error.
    pub draws_progress: bool,
    /// The amount of messages on standard error.
    pub verbosity: Verbosity,
}

/// Access to the API: its hosts, and the variables with the credentials.
pub struct Access {
    variables: Variables,
    hosts: Hosts,
}

impl std::fmt::Debug for Access {
    /// Omits the variables, which may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Access").field(&self.hosts).finish()
    }
}

/// The finding for access that is missing, or comes from two sources.
fn no_access(at: String, refusal: &Error) -> FindingSummary {
    let finding = Diagnostic::new(Code::NoCredentials, refusal.to_string())
        .help(refusal.suggestion().unwrap_or_default().to_owned());
    summary(&[Located::of_file(finding, at.into())])
}

fn summary(faults: &[Located]) -> FindingSummary {
    let mut summary = FindingSummary::new(true, &Levels::default());
    for fault in faults {
        summary.push(fault);
    }
    summary
}

impl Access {
    /// Reads the variables of the environment, or of a file. The outcome is a finding where hosts
    /// and credentials come from two sources.
    ///
    /// # Errors
    /// A file that cannot be read, or a host that is none.
    pub fn load(file: Option<&Path>) -> Result<Result<Self, FindingSummary>, Error> {
        let variables = Variables::load(file)?;
        if let Err(refusal) = hosts::check_source(&variables) {
            return Ok(Err(no_access(variables.file(), &refusal)));
        }
        let hosts = Hosts::of(&variables)?;
        Ok(Ok(Self { variables, hosts }))
    }

    /// Method, address and body of requests.
    pub fn shown(&self, requests: &[Request]) -> String {
        let requests = requests.iter().map(|request| {
            let url = hosts::below(&self.hosts.api, &request.path());
            let body = serde_json::to_string_pretty(&request.body).unwrap_or_default();
            format!("POST {url}\n{body}\n")
        });
        requests.collect::<Vec<_>>().join("\n")
    }

    /// Method and address of the first page of listings.
    pub fn shown_listings(&self, listings: &[&Listing]) -> String {
        let lines = listings.iter();
        let lines = lines.map(|listing| format!("GET {}\n", listing.page(&self.hosts.api, 1)));
        lines.collect()
    }

    /// Sends requests and saves the answers. The outcome is a finding where credentials are missing.
    ///
    /// # Errors
    /// An answer cannot be written.
    pub fn save(
        &self,
        requests: &[Request],
        target: &SaveTarget,
        options: &FetchOptions,
    ) -> Result<Result<FetchOutcome, FindingSummary>, Error> {
        self.with_api(requests.len(), options, |api| {
            let run = FetchRun {
                api,
                requests,
                destination: target,
                resume: options.resume,
                concurrency: options.concurrency,
                resources: &Resources::new(options.threads, options.limits),
            };
            run.run()
        })
    }

    /// Saves listings of names, each as a file of a folder.
    ///
    /// # Errors
    /// The errors of [`Access::save`].
    pub fn save_listings(
        &self,
        listings: &[&'static Listing],
        folder: &Path,
        options: &FetchOptions,
    ) -> Result<Result<FetchOutcome, FindingSummary>, Error> {
        self.with_api(listings.len(), options, |api| {
            listing::run(api, listings, folder)
        })
    }

    fn with_api(
        &self,
        requests: usize,
        options: &FetchOptions,
        work: impl FnOnce(&Api<'_>) -> Result<FetchOutcome, Error>,
    ) -> Result<Result<FetchOutcome, FindingSummary>, Error> {
        let credentials = match self.variables.credentials() {
            Ok(credentials) => credentials,
            Err(refusal) => {
                let url = hosts::below(&self.hosts.login, "/oauth/token");
                return Ok(Err(no_access(format!("POST {url}"), &refusal)));
            }
        };
        let http = Http::new(options.ca_cert.as_deref())?;
        let clock = Instant::now();
        let progress = FetchProgress::new(requests, options.draws_progress, options.verbosity);
        let (hosts, policy) = (self.hosts.clone(), options.policy);
        let api = Api::new(http, hosts, credentials, policy, &clock, &progress);
        let jobs = Arc::clone(&api.jobs);
        signals::before_end(move || jobs.cancel_all());
        let outcome = work(&api);
        progress.clear();
        signals::let_end();
        Ok(Ok(outcome?))
    }
}

impl FetchOutcome {
    /// The error.
    pub fn findings(&self) -> FindingSummary {
        summary(&self.faults)
    }

    /// Returns true if every answer was saved.
    pub fn is_complete(&self) -> bool {
        self.faults.is_empty()
    }

    /// The names that were asked for and are in no answer, each as a sentence with the reason.
    pub fn missing_names(&self, requests: &[Request]) -> Vec<(String, String)> {
        if !self.is_complete() || self.kept > 0 || self.empty == self.saved {
            return Vec::new();
        }
        let mut asked = AnswerNames::default();
        for request in requests {
            asked.merge(AnswerNames::asked(&request.body));
            let all = request.family.metrics().len();
            if all > MANY && asked.metrics.len() >= all {
                // All metrics of the family are asked for where nobody names some.
                asked.metrics.clear();
            }
        }
        asked.missing(&self.names)
    }
}
