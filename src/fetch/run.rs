//! A run: requests side by side, each answer checked and saved as it arrives.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chrono::{DateTime, SecondsFormat, Utc};
use parking_lot::Mutex;
use reqwest::Method;

use crate::check::Checker;
use crate::diagnostic::{Code, Diagnostic, Located};
use crate::error::Error;
use crate::json::text::printable;
use crate::model::Dialect;

use crate::pipeline::Resources;

use super::body::{Body, BodyStore};
use super::client::Api;
use super::fault::{RequestContext, RequestError, fault};
use super::manifest::{self, AnsweredRequest};
use super::missing::AnswerNames;
use super::plan::Request;
use super::retry::Deadline;
use super::save;
use super::{arrival, hosts, jobs};

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

/// The settings of a run.
#[derive(Debug)]
pub struct FetchRun<'r> {
    pub requests: &'r [Request],
    pub destination: &'r SaveTarget,
    pub resume: bool,
    pub concurrency: usize,
    pub checker: &'r Checker,
    pub resources: &'r Resources,
}

/// One request's answer.
struct SavedAnswer {
    /// True if it has no rows.
    empty: bool,
    names: AnswerNames,
    parts: Vec<Body>,
    part: AnsweredRequest,
}

/// Sends the requests and saves their answers. After a fault no new request begins, and those that
/// are on their way are finished and saved.
pub fn run(api: &Api<'_>, run: &FetchRun<'_>) -> Result<FetchOutcome, Error> {
    if let (SaveTarget::File(path), true) = (run.destination, run.resume)
        && manifest::proves(path, api.hosts.api.as_str(), run.requests)
    {
        return Ok(FetchOutcome {
            kept: run.requests.len(),
            ..FetchOutcome::default()
        });
    }
    if let SaveTarget::Folder(folder) = run.destination {
        save::at(folder, std::fs::create_dir_all(folder))?;
    }
    let (mut outcome, answers) = all(api, run)?;
    if outcome.faults.is_empty() && !matches!(run.destination, SaveTarget::Folder(_)) {
        finish(api, run, answers, &mut outcome)?;
    }
    Ok(outcome)
}

/// All requests, side by side; the answers that are not saved yet, in their order.
fn all(
    api: &Api<'_>,
    run: &FetchRun<'_>,
) -> Result<(FetchOutcome, Vec<Option<SavedAnswer>>), Error> {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let outcome = Mutex::new(FetchOutcome::default());
    let unwritten = Mutex::new(None);
    let answers: Vec<Mutex<Option<SavedAnswer>>> =
        run.requests.iter().map(|_| Mutex::new(None)).collect();
    let store = BodyStore::new(&run.destination.temporary());
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(request), Some(place)) = (run.requests.get(index), answers.get(index)) else {
                return;
            };
            match one(api, run, request, &outcome, &store) {
                Ok(answer) => *place.lock() = answer,
                Err(miss) => {
                    stop.store(true, Ordering::Relaxed);
                    match miss {
                        RequestError::Fault(fault) => {
                            let located = api.redacted(fault);
                            let faults = &mut outcome.lock().faults;
                            // One sign-in that fails ends all that wait for it.
                            if !faults.iter().any(|known| same(known, &located)) {
                                faults.push(located);
                            }
                        }
                        RequestError::Unwritten(error) => *unwritten.lock() = Some(error),
                    }
                }
            }
            api.progress.done();
        }
    };
    std::thread::scope(|scope| {
        // This thread works too. Where the system refuses more of them, fewer do the same.
        for _ in 1..run.concurrency.clamp(1, run.requests.len().max(1)) {
            if std::thread::Builder::new()
                .spawn_scoped(scope, work)
                .is_err()
            {
                break;
            }
        }
        work();
    });
    if let Some(error) = unwritten.lock().take() {
        return Err(error);
    }
    let outcome = std::mem::take(&mut *outcome.lock());
    let answers = answers.iter().map(|answer| answer.lock().take()).collect();
    Ok((outcome, answers))
}

/// Returns true if two faults are one.
fn same(one: &Located, other: &Located) -> bool {
    one.file == other.file
        && one.diagnostic.code == other.diagnostic.code
        && one.diagnostic.message == other.diagnostic.message
}

/// One request; its answer, unless that has been saved.
fn one(
    api: &Api<'_>,
    run: &FetchRun<'_>,
    request: &Request,
    outcome: &Mutex<FetchOutcome>,
    store: &BodyStore,
) -> Result<Option<SavedAnswer>, RequestError> {
    let SaveTarget::Folder(folder) = run.destination else {
        let mut answer = ask(api, run, request, store)?;
        let kept = answer.parts.into_iter().map(|body| store.keep(body));
        answer.parts = kept.collect::<Result<_, _>>().map_err(save::not_kept)?;
        return Ok(Some(answer));
    };
    let path = folder.join(&request.name);
    let base = api.hosts.api.as_str();
    if run.resume && manifest::proves(&path, base, std::slice::from_ref(request)) {
        api.progress.detail(&format!("{} exists", path.display()));
        outcome.lock().kept += 1;
        return Ok(None);
    }
    // A saved response needs no place any more.
    let store = BodyStore::new(folder);
    let answer = ask(api, run, request, &store)?;
    let part = vec![answer.part];
    let bytes = save::save(&path, &answer.parts, dialect(request), base, part)?;
    api.progress
        .detail(&format!("{}: {bytes} bytes", path.display()));
    let mut outcome = outcome.lock();
    outcome.saved += 1;
    outcome.empty += usize::from(answer.empty);
    outcome.names.merge(answer.names);
    outcome.bytes += bytes;
    Ok(None)
}

fn dialect(request: &Request) -> Dialect {
    if request.family.is_summary() {
        Dialect::Summary
    } else {
        Dialect::Aggregates
    }
}

fn ask(
    api: &Api<'_>,
    run: &FetchRun<'_>,
    request: &Request,
    store: &BodyStore,
) -> Result<SavedAnswer, RequestError> {
    let url = hosts::below(&api.hosts.api, &request.path());
    let asked = RequestContext {
        at: format!("POST {url}"),
        what: format!(
            "the query for {}, {},",
            request.family.name,
            request.interval.text()
        ),
        permission: request.family.permission,
        could_be_job: request.family.jobs && !request.job,
        named: api.auth.named().to_owned(),
    };
    let deadline = Deadline::new(&api.policy, api.clock);
    let body = request.body.to_string();
    let requested_at = stamp(api.clock.now());
    let replies = if request.job {
        jobs::run(api, &asked, &url, &body, &deadline, store)?
    } else {
        let request = api.request(Method::POST, &url, Some(&body), store.folder());
        vec![api.call(&asked, &request, &deadline)?]
    };
    let mut empty = true;
    let (wanted, mut names) = (AnswerNames::asked(&request.body), AnswerNames::default());
    for reply in &replies {
        let (checker, body) = (run.checker, &reply.body);
        let arrived = arrival::check(checker, run.resources, body, dialect(request), &wanted);
        match arrived.map_err(save::not_kept)? {
            Ok((has_rows, found)) => {
                empty &= !has_rows;
                names.merge(found);
            }
            Err(finding) => {
                return Err(rejected(api, run, request, &asked, &reply.body, &finding));
            }
        }
    }
    let part = AnsweredRequest {
        family: request.family.name.to_owned(),
        endpoint: url.to_string(),
        interval: request.interval.text(),
        body: request.body.clone(),
        requested_at,
        received_at: stamp(api.clock.now()),
        attempts: replies
            .iter()
            .map(|reply| reply.attempts)
            .max()
            .unwrap_or(1),
        pages: replies.len(),
        correlation_id: replies
            .iter()
            .rev()
            .find_map(|reply| Some(api.auth.redacted(reply.correlation.as_deref()?))),
    };
    Ok(SavedAnswer {
        empty,
        names,
        parts: replies.into_iter().map(|reply| reply.body).collect(),
        part,
    })
}

fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Keeps an answer that is no data, for somebody to look at.
fn rejected(
    api: &Api<'_>,
    run: &FetchRun<'_>,
    request: &Request,
    asked: &RequestContext,
    body: &Body,
    finding: &Diagnostic,
) -> RequestError {
    let path = match run.destination {
        SaveTarget::Folder(folder) => Some(folder.join(&request.name)),
        SaveTarget::File(path) => Some(path.clone()),
        SaveTarget::Stdout => None,
    };
    let kept = match path.map(|path| keep_rejected(api, &path, body)).transpose() {
        Ok(Some(path)) => format!("it was saved as {}; ", path.display()),
        Ok(None) => String::new(),
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
    let message = format!(
        "{}: the response is not data: {}: {}",
        asked.what,
        finding.code.id(),
        printable(&finding.message)
    );
    fault(
        asked,
        Code::RejectedResponse,
        message,
        format!("{kept}{help}"),
    )
    .into()
}

/// Number of bytes that are kept of a body that is not data.
const REJECTED: u64 = 1024 * 1024;

/// Keeps the beginning of a body, without any secret of ours that it repeats.
fn keep_rejected(api: &Api<'_>, path: &Path, body: &Body) -> Result<PathBuf, Error> {
    let mut bytes = Vec::new();
    let mut beginning = body.reader().take(REJECTED);
    beginning.read_to_end(&mut bytes).map_err(save::not_kept)?;
    let mut text = api.auth.redacted(&String::from_utf8_lossy(&bytes));
    if body.size() > REJECTED {
        // The cut may have left the beginning of a secret, which nothing recognises.
        let line = text
            .len()
            .saturating_sub(api.auth.longest_secret() * LONGEST_SPELLING);
        let line = (0..=line).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(line.unwrap_or_default());
        text.push_str("\n[the rest was not saved]\n");
    }
    save::reject(path, text.as_bytes())
}

/// The most bytes that a byte of a secret takes: as an escape of JSON.
const LONGEST_SPELLING: usize = 6;

/// Joins the answers and saves them as one.
fn finish(
    api: &Api<'_>,
    run: &FetchRun<'_>,
    answers: Vec<Option<SavedAnswer>>,
    outcome: &mut FetchOutcome,
) -> Result<(), Error> {
    let dialect = run.requests.first().map_or(Dialect::Aggregates, dialect);
    let (mut parts, mut described) = (Vec::new(), Vec::new());
    for answer in answers.into_iter().flatten() {
        outcome.empty += usize::from(answer.empty);
        outcome.names.merge(answer.names);
        parts.extend(answer.parts);
        described.push(answer.part);
    }
    outcome.saved = described.len();
    outcome.bytes = match run.destination {
        SaveTarget::File(path) => {
            let base = api.hosts.api.as_str();
            save::save(path, &parts, dialect, base, described)?
        }
        SaveTarget::Folder(_) | SaveTarget::Stdout => save::print(&parts, dialect)?,
    };
    Ok(())
}
