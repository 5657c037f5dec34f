//! Asynchronous jobs: submit, wait, and fetch the results page by page.

use std::collections::HashSet;
use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::Value;

use crate::diagnostic::Code;
use crate::json::text::printable;

use super::body::BodyStore;
use super::client::Api;
use super::fault::{RequestContext, RequestError, fault};
use super::http::Reply;
use super::progress::seconds;
use super::save;

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The advice where the deadline has passed.
const PATIENCE: &str = "allow more time (--deadline 1h), or make the query smaller (--split P1D)";
/// The advice where the server answers oddly.
const ODD: &str = "fetch again; if this continues, without --async";

/// Runs a job to its end and returns its pages. A job that is given up is cancelled.
pub fn run(
    api: &Api<'_>,
    asked: &RequestContext,
    jobs: &Url,
    body: &str,
    store: &BodyStore,
) -> Result<Vec<Reply>, RequestError> {
    let submitted = api.call(asked, (Method::POST, jobs, Some(body)), store)?;
    let job = job_url(jobs, &submitted).ok_or_else(|| {
        fault(
            asked,
            Code::RejectedResponse,
            format!("{} was submitted, but the response has no job", asked.what),
            ODD,
        )
    })?;
    api.jobs.add(&job);
    let pages = wait(api, asked, &job, store).and_then(|()| pages(api, asked, &job, store));
    match &pages {
        Ok(_) => api.jobs.remove(&job),
        Err(_) => api.jobs.cancel(&job),
    }
    pages
}

fn job_url(jobs: &Url, submitted: &Reply) -> Option<Url> {
    let body = submitted.body.json();
    let id = body["jobId"].as_str();
    let id = id.filter(|id| !["", ".", ".."].contains(id))?;
    let mut url = jobs.clone();
    url.path_segments_mut().ok()?.push(id);
    Some(url)
}

/// The error for a job, with a message about it.
fn failed(asked: &RequestContext, at: &Url, code: Code, message: &str, help: &str) -> RequestError {
    let message = format!("{}: {message}", asked.what.trim_end_matches(','));
    fault(&asked.of(&Method::GET, at), code, message, help).into()
}

fn wait(
    api: &Api<'_>,
    asked: &RequestContext,
    job: &Url,
    store: &BodyStore,
) -> Result<(), RequestError> {
    let mut pause = FIRST_WAIT;
    loop {
        let status = api
            .call(asked, (Method::GET, job, None), store)?
            .body
            .json();
        let state = printable(status["state"].as_str().unwrap_or("unknown")).to_uppercase();
        let help = match state.as_str() {
            "FULFILLED" => return Ok(()),
            "QUEUED" | "PENDING" => "",
            "EXPIRED" => "its results expired: fetch again",
            "CANCELLED" => "somebody cancelled it: fetch again",
            _ => "correct the query that --dry-run prints, or divide it with --split P1D",
        };
        if !help.is_empty() {
            let mut message = format!("the job ended as {state}");
            if let Some(said) = status["errorMessage"].as_str().filter(|it| !it.is_empty()) {
                message.push_str(&format!(": {}", printable(said)));
            }
            return Err(failed(asked, job, Code::JobFailed, &message, help));
        }
        if pause >= asked.deadline.left(api.clock) {
            let limit = seconds(asked.deadline.limit);
            let message = format!("the job is still {state} after {limit} and was cancelled");
            return Err(failed(asked, job, Code::TimedOut, &message, PATIENCE));
        }
        let next = seconds(pause);
        api.progress
            .detail(&format!("the job is {state}: checking again in {next}"));
        api.clock.sleep(pause);
        pause = (pause * 2).min(LONGEST_WAIT);
    }
}

fn pages(
    api: &Api<'_>,
    asked: &RequestContext,
    job: &Url,
    store: &BodyStore,
) -> Result<Vec<Reply>, RequestError> {
    let mut results = job.clone();
    if let Ok(mut segments) = results.path_segments_mut() {
        segments.push("results");
    }
    let mut pages = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut url = results.clone();
    loop {
        let mut reply = api.call(asked, (Method::GET, &url, None), store)?;
        reply.body = store.keep(reply.body).map_err(save::not_kept)?;
        let cursor = cursor(&reply);
        pages.push(reply);
        let Some(cursor) = cursor else {
            return Ok(pages);
        };
        if !seen.insert(cursor.clone()) {
            let message = "the pages of the results go in a circle";
            return Err(failed(
                asked,
                &results,
                Code::RejectedResponse,
                message,
                ODD,
            ));
        }
        if asked.deadline.left(api.clock).is_zero() {
            let (pages, limit) = (pages.len(), seconds(asked.deadline.limit));
            let message =
                format!("the results still have more pages after {pages}, and {limit} are over");
            return Err(failed(asked, &results, Code::TimedOut, &message, PATIENCE));
        }
        url = results.clone();
        url.query_pairs_mut().append_pair("cursor", &cursor);
    }
}

/// The cursor to the next page.
fn cursor(page: &Reply) -> Option<String> {
    match page.outline.as_ref()?.members.get("cursor")? {
        Value::String(cursor) if !cursor.is_empty() => Some(cursor.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
