//! Asynchronous jobs: submit, wait, and fetch the results page by page.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::Value;

use crate::diagnostic::Code;
use crate::json::text::printable;

use super::body::{Body, BodyStore};
use super::client::Api;
use super::fault::{RequestContext, RequestError, fault};
use super::http::Reply;
use super::outline::{self, Outline};
use super::progress::seconds;
use super::retry::Deadline;
use super::save;

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A longer cursor would not fit an address.
const LONGEST_CURSOR: u64 = 64 * 1024;

/// Runs a job to its end and returns its pages. A job that is given up is cancelled.
pub fn run(
    api: &Api<'_>,
    asked: &RequestContext,
    jobs: &Url,
    body: &str,
    deadline: &Deadline,
    store: &BodyStore,
) -> Result<Vec<Reply>, RequestError> {
    let request = api.request(Method::POST, jobs, Some(body), store.folder());
    let submitted = api.call(asked, &request, deadline)?;
    let job = job_url(jobs, &submitted).ok_or_else(|| {
        fault(
            &asked.of(&Method::POST, jobs),
            Code::RejectedResponse,
            format!("{} was submitted, but the response has no job", asked.what),
            ODD,
        )
    })?;
    api.cancel.add(&job);
    let pages = wait(api, asked, &job, deadline, store)
        .and_then(|()| pages(api, asked, &job, deadline, store));
    match pages {
        Ok(pages) => {
            api.cancel.remove(&job);
            Ok(pages)
        }
        Err(miss) => {
            api.cancel.cancel(&job);
            Err(miss)
        }
    }
}

fn job_url(jobs: &Url, submitted: &Reply) -> Option<Url> {
    let body = submitted.json();
    let id = body["jobId"]
        .as_str()
        .filter(|id| !id.is_empty() && *id != "." && *id != "..")?;
    let mut url = jobs.clone();
    url.path_segments_mut().ok()?.push(id);
    Some(url)
}

fn wait(
    api: &Api<'_>,
    asked: &RequestContext,
    job: &Url,
    deadline: &Deadline,
    store: &BodyStore,
) -> Result<(), RequestError> {
    let at = asked.of(&Method::GET, job);
    let request = api.request(Method::GET, job, None, store.folder());
    let mut pause = FIRST_WAIT;
    loop {
        let reply = api.call(asked, &request, deadline)?;
        let status = reply.json();
        let state = printable(status["state"].as_str().unwrap_or("unknown")).to_uppercase();
        match state.as_str() {
            "FULFILLED" => return Ok(()),
            "QUEUED" | "PENDING" => {}
            _ => return Err(ended(asked, &at, &state, &status)),
        }
        if pause >= deadline.left(api.clock) {
            let limit = seconds(deadline.limit);
            let message = format!("the job is still {state} after {limit} and was cancelled");
            return Err(failed(asked, &at, Code::TimedOut, &message, PATIENCE));
        }
        api.pause(&format!("the job is {state}"), pause);
        pause = (pause * 2).min(LONGEST_WAIT);
    }
}

/// The advice where the deadline has passed.
const PATIENCE: &str = "allow more time (--deadline 1h), or make the query smaller (--split P1D)";
/// The advice where the server answers oddly.
const ODD: &str = "fetch again; if this continues, without --async";

fn failed(
    asked: &RequestContext,
    at: &RequestContext,
    code: Code,
    message: &str,
    help: &str,
) -> RequestError {
    fault(at, code, format!("{}: {message}", asked.name()), help).into()
}

fn ended(asked: &RequestContext, at: &RequestContext, state: &str, status: &Value) -> RequestError {
    let said = status["errorMessage"].as_str().unwrap_or_default();
    let said = if said.is_empty() {
        String::new()
    } else {
        format!(": {}", printable(said))
    };
    let help = match state {
        "EXPIRED" => "its results expired: fetch again",
        "CANCELLED" => "somebody cancelled it: fetch again",
        _ => "correct the query that --dry-run prints, or divide it with --split P1D",
    };
    let message = format!("the job ended as {state}{said}");
    failed(asked, at, Code::JobFailed, &message, help)
}

fn pages(
    api: &Api<'_>,
    asked: &RequestContext,
    job: &Url,
    deadline: &Deadline,
    store: &BodyStore,
) -> Result<Vec<Reply>, RequestError> {
    let mut results = job.clone();
    if let Ok(mut segments) = results.path_segments_mut() {
        segments.push("results");
    }
    let at = asked.of(&Method::GET, &results);
    let mut pages = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut url = results.clone();
    loop {
        let request = api.request(Method::GET, &url, None, store.folder());
        let mut reply = api.call(asked, &request, deadline)?;
        reply.body = store.keep(reply.body).map_err(save::not_kept)?;
        let cursor = cursor(&reply.body).map_err(save::not_kept)?;
        pages.push(reply);
        let Some(cursor) = cursor else {
            return Ok(pages);
        };
        if !seen.insert(cursor.clone()) {
            let message = "the pages of the results go in a circle";
            return Err(failed(asked, &at, Code::RejectedResponse, message, ODD));
        }
        if deadline.left(api.clock).is_zero() {
            let (pages, limit) = (pages.len(), seconds(deadline.limit));
            let message =
                format!("the results still have more pages after {pages}, and {limit} are over");
            return Err(failed(asked, &at, Code::TimedOut, &message, PATIENCE));
        }
        url = results.clone();
        url.query_pairs_mut().append_pair("cursor", &cursor);
    }
}

/// The cursor to the next page.
fn cursor(page: &Body) -> io::Result<Option<String>> {
    let Some(range) = Outline::of(page)?.member("cursor") else {
        return Ok(None);
    };
    let text = outline::text(page, &range, LONGEST_CURSOR)?;
    Ok(match serde_json::from_str(&text) {
        Ok(Value::String(cursor)) if !cursor.is_empty() => Some(cursor),
        Ok(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    })
}
