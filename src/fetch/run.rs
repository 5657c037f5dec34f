//! A run: requests side by side, each answer checked and saved as it arrives.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use reqwest::Method;

use crate::diagnostic::{Code, Diagnostic, Located};
use crate::error::Error;
use crate::json::text::{boundary, printable};
use crate::model::Dialect;
use crate::pipeline::Resources;

use super::body::{Body, BodyStore};
use super::client::Api;
use super::fault::{RequestContext, RequestError, fault};
use super::interval::stamp;
use super::manifest::{self, AnsweredRequest};
use super::missing::AnswerNames;
use super::plan::Request;
use super::retry::Deadline;
use super::{arrival, hosts, jobs, save};

/// The destination of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveTarget {
    /// A file for each request.
    Folder(PathBuf),
    /// One file for all.
    File(PathBuf),
    /// Standard output.
    Stdout,
}

impl SaveTarget {
    /// The folder that temporary files belong in: the one of the output.
    fn temporary(&self) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.clone(),
            // A pipe or a device has no room beside it.
            Self::File(path) if path.exists() && !path.is_file() => std::env::temp_dir(),
            Self::File(path) => match path.parent() {
                Some(folder) if folder.is_dir() => folder.to_owned(),
                _ => PathBuf::from("."),
            },
            Self::Stdout => std::env::temp_dir(),
        }
    }
}

/// The outcome of a run.
#[derive(Debug, Default)]
pub struct FetchOutcome {
    /// Requests whose answers were saved.
    pub saved: usize,
    /// Requests whose answers were there already.
    pub kept: usize,
    /// Saved answers without a row.
    pub empty: usize,
    /// Bytes that were saved.
    pub bytes: u64,
    /// The names in the answers that were saved.
    #[doc(hidden)]
    pub names: AnswerNames,
    #[doc(hidden)]
    pub faults: Vec<Located>,
}

impl FetchOutcome {
    /// Adds a fault, unless it is there: one sign-in that fails ends all that wait for it.
    fn add_fault(&mut self, fault: Located) {
        let is_same = |known: &Located| {
            let (one, other) = (&known.diagnostic, &fault.diagnostic);
            known.file == fault.file && one.code == other.code && one.message == other.message
        };
        if !self.faults.iter().any(is_same) {
            self.faults.push(fault);
        }
    }
}

/// Requests of a run, and how their answers are saved.
pub struct FetchRun<'r> {
    pub api: &'r Api<'r>,
    pub requests: &'r [Request],
    pub destination: &'r SaveTarget,
    pub resume: bool,
    pub concurrency: usize,
    pub resources: &'r Resources,
}

/// An answer that was checked.
struct CheckedAnswer {
    has_rows: bool,
    names: AnswerNames,
    bodies: Vec<Body>,
    request: AnsweredRequest,
}

/// The state that the threads of a run share.
#[derive(Default)]
struct RunState {
    /// Number of requests that were begun.
    begun: usize,
    outcome: FetchOutcome,
    /// The answers that are saved together, by the number of their request.
    answers: BTreeMap<usize, CheckedAnswer>,
    /// The error of writing a file.
    error: Option<Error>,
}

impl FetchRun<'_> {
    /// Sends the requests and saves their answers. After a fault no new request begins, and those that
    /// are on their way are finished and saved.
    pub fn run(&self) -> Result<FetchOutcome, Error> {
        let path = match self.destination {
            SaveTarget::Folder(folder) => {
                save::at(folder, std::fs::create_dir_all(folder))?;
                None
            }
            SaveTarget::File(path) => Some(path.as_path()),
            SaveTarget::Stdout => Some(Path::new("-")),
        };
        if path.is_some_and(|path| self.is_saved(path, self.requests)) {
            return Ok(FetchOutcome {
                kept: self.requests.len(),
                ..FetchOutcome::default()
            });
        }
        let state = Mutex::new(RunState::default());
        let store = BodyStore::new(&self.destination.temporary());
        let work = || self.work(&state, &store);
        std::thread::scope(|scope| {
            // This thread works too. Where the system refuses more of them, fewer do the same.
            for _ in 1..self.concurrency.clamp(1, self.requests.len().max(1)) {
                let thread = std::thread::Builder::new().spawn_scoped(scope, work);
                if thread.is_err() {
                    break;
                }
            }
            work();
        });
        let state = state.into_inner();
        let mut outcome = state.outcome;
        match (state.error, path) {
            (Some(error), _) => return Err(error),
            (None, Some(path)) if outcome.faults.is_empty() => {
                self.save(path, state.answers.into_values().collect(), &mut outcome)?;
            }
            _ => {}
        }
        Ok(outcome)
    }

    /// Sends one request after another until there is none, or one fails.
    fn work(&self, state: &Mutex<RunState>, store: &BodyStore) {
        loop {
            let index = {
                let mut state = state.lock();
                if state.error.is_some() || !state.outcome.faults.is_empty() {
                    return;
                }
                state.begun += 1;
                state.begun - 1
            };
            let Some(request) = self.requests.get(index) else {
                return;
            };
            match self.one(index, request, state, store) {
                Ok(()) => {}
                Err(RequestError::Fault(fault)) => {
                    state.lock().outcome.add_fault(self.api.redacted(fault));
                }
                Err(RequestError::Unwritten(error)) => state.lock().error = Some(error),
            }
            self.api.progress.done();
        }
    }

    /// Sends one request. Its answer is saved in the folder, or waits for the others.
    fn one(
        &self,
        index: usize,
        request: &Request,
        state: &Mutex<RunState>,
        store: &BodyStore,
    ) -> Result<(), RequestError> {
        let SaveTarget::Folder(folder) = self.destination else {
            let mut answer = self.ask(request, store)?;
            let kept = answer.bodies.into_iter().map(|body| store.keep(body));
            answer.bodies = kept.collect::<Result<_, _>>().map_err(save::not_kept)?;
            state.lock().answers.insert(index, answer);
            return Ok(());
        };
        let (path, progress) = (folder.join(&request.name), self.api.progress);
        if self.is_saved(&path, std::slice::from_ref(request)) {
            progress.detail(&format!("{} exists", path.display()));
            state.lock().outcome.kept += 1;
            return Ok(());
        }
        let answer = self.ask(request, &BodyStore::new(folder))?;
        let mut saved = FetchOutcome::default();
        self.save(&path, vec![answer], &mut saved)?;
        progress.detail(&format!("{}: {} bytes", path.display(), saved.bytes));
        let outcome = &mut state.lock().outcome;
        outcome.saved += saved.saved;
        outcome.empty += saved.empty;
        outcome.bytes += saved.bytes;
        outcome.names.merge(saved.names);
        Ok(())
    }

    /// Returns true if a file has the answers to these requests already.
    fn is_saved(&self, path: &Path, requests: &[Request]) -> bool {
        self.resume && manifest::proves(path, &self.api.hosts.api, requests)
    }

    /// Saves answers as one document with its manifest.
    fn save(
        &self,
        path: &Path,
        answers: Vec<CheckedAnswer>,
        outcome: &mut FetchOutcome,
    ) -> Result<(), Error> {
        let (mut bodies, mut requests) = (Vec::new(), Vec::new());
        for answer in answers {
            outcome.empty += usize::from(!answer.has_rows);
            outcome.names.merge(answer.names);
            bodies.extend(answer.bodies);
            requests.push(answer.request);
        }
        let dialect = self
            .requests
            .first()
            .map_or(Dialect::Aggregates, Request::dialect);
        outcome.saved += requests.len();
        outcome.bytes += save::document(path, &bodies, dialect)?;
        match self.destination {
            SaveTarget::Stdout => Ok(()),
            _ => manifest::write(path, &self.api.hosts.api, requests),
        }
    }

    /// Sends a request and checks its answer.
    fn ask(&self, request: &Request, store: &BodyStore) -> Result<CheckedAnswer, RequestError> {
        let api = self.api;
        let url = hosts::below(&api.hosts.api, &request.path());
        let interval = request.interval.text();
        let asked = RequestContext {
            at: format!("POST {url}"),
            what: format!("the query for {}, {interval},", request.family.name),
            permission: request.family.permission,
            could_be_job: request.family.jobs && !request.job,
            named: api.auth.named().to_owned(),
            deadline: Deadline::new(&api.policy, api.clock),
        };
        let body = request.body.to_string();
        let requested_at = stamp(api.clock.now());
        let replies = match request.job {
            true => jobs::run(api, &asked, &url, &body, store)?,
            false => vec![api.call(&asked, (Method::POST, &url, Some(&body)), store)?],
        };
        let wanted = AnswerNames::asked(&request.body);
        let (mut has_rows, mut names) = (false, AnswerNames::default());
        for reply in &replies {
            let arrived = arrival::check(self.resources, reply, request.dialect(), &wanted);
            match arrived.map_err(save::not_kept)? {
                Ok((some, found)) => {
                    has_rows |= some;
                    names.merge(found);
                }
                Err(finding) => return Err(self.rejected(request, &asked, &reply.body, &finding)),
            }
        }
        let correlation = replies.iter().rev();
        let correlation = correlation.filter_map(|reply| reply.header("inin-correlation-id"));
        Ok(CheckedAnswer {
            has_rows,
            names,
            request: AnsweredRequest {
                family: request.family.name.to_owned(),
                endpoint: url.to_string(),
                interval,
                body: request.body.clone(),
                requested_at,
                received_at: stamp(api.clock.now()),
                attempts: replies
                    .iter()
                    .map(|reply| reply.attempts)
                    .max()
                    .unwrap_or(1),
                pages: replies.len(),
                correlation_id: correlation.map(|it| api.auth.redacted(it)).next(),
            },
            bodies: replies.into_iter().map(|reply| reply.body).collect(),
        })
    }

    /// The error for an answer that is no data. The answer is kept for somebody to look at.
    fn rejected(
        &self,
        request: &Request,
        asked: &RequestContext,
        body: &Body,
        finding: &Diagnostic,
    ) -> RequestError {
        let kept = match self.destination {
            SaveTarget::Folder(folder) => self.keep_rejected(&folder.join(&request.name), body),
            SaveTarget::File(path) => self.keep_rejected(path, body),
            SaveTarget::Stdout => Ok(String::new()),
        };
        let kept = match kept {
            Ok(kept) => kept,
            Err(error) => return error.into(),
        };
        let help = match finding.code {
            Code::ApiErrorBody => "follow the message, or fetch again later",
            code if code.id().starts_with('S') => {
                "the API may have changed: gcagg validate shows where the schema does not fit"
            }
            _ => {
                "a proxy or a sign-in page may have answered instead of the API: check GENESYS_API_URL and the proxy"
            }
        };
        let (code, words) = (finding.code.id(), printable(&finding.message));
        let message = format!("{}: the response is not data: {code}: {words}", asked.what);
        let help = format!("{kept}{help}");
        fault(asked, Code::RejectedResponse, message, help).into()
    }

    /// Keeps the beginning of a body, without any secret of ours that it repeats. Returns the words for
    /// it.
    fn keep_rejected(&self, path: &Path, body: &Body) -> Result<String, Error> {
        let auth = &self.api.auth;
        let mut bytes = Vec::new();
        let read = body.part(0, REJECTED).read_to_end(&mut bytes);
        read.map_err(save::not_kept)?;
        let mut text = auth.redacted(&String::from_utf8_lossy(&bytes));
        if body.size() > REJECTED {
            // The cut may have left the beginning of a secret, which nothing recognises.
            let unsafe_end = auth.longest_secret() * LONGEST_SPELLING;
            text.truncate(boundary(&text, text.len().saturating_sub(unsafe_end)));
            text.push_str("\n[the rest was not saved]\n");
        }
        let path = save::reject(path, text.as_bytes())?;
        Ok(format!("it was saved as {}; ", path.display()))
    }
}

/// Number of bytes that are kept of a body that is not data.
const REJECTED: u64 = 1024 * 1024;
/// More than the most bytes that a byte of a secret takes: 6 as an escape of JSON.
const LONGEST_SPELLING: usize = 7;
