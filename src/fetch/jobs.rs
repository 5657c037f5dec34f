//! Asynchronous jobs: submit, wait, and fetch the results page by page.

use std::io::{self, Read as _};
use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::Value;

use crate::diagnostic::Code;
use crate::json::text::printable;

use super::body::{Body, Store};
use super::client::{Api, Call};
use super::fault::{Asked, Fault, Miss};
use super::http::Reply;
use super::outline::Outline;
use super::progress::seconds;
use super::retry::Deadline;
use super::save::Unwritten;

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A longer cursor would not fit an address.
const LONGEST_CURSOR: u64 = 64 * 1024;

/// Runs a job to its end and returns its pages. A job that is given up is cancelled.
///
/// # Errors
/// Why there are no results.
pub fn run(
    api: &Api<'_>,
    asked: &Asked,
    jobs: &Url,
    body: &str,
    deadline: &Deadline,
    store: &Store,
) -> Result<Vec<Reply>, Miss> {
    let submitted = api.call(
        asked,
        &Call {
            method: Method::POST,
            url: jobs.clone(),
            body: Some(body),
            folder: store.folder(),
        },
        deadline,
    )?;
    let job = job_url(jobs, &submitted).ok_or_else(|| {
        Fault::new(
            &asked.of(&Method::POST, jobs),
            Code::RejectedResponse,
            format!("{} was submitted, but the answer names no job", asked.what),
            "fetch again; without --async if it goes on",
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

fn get<'c>(url: &Url, store: &'c Store) -> Call<'c> {
    Call {
        method: Method::GET,
        url: url.clone(),
        body: None,
        folder: store.folder(),
    }
}

fn wait(
    api: &Api<'_>,
    asked: &Asked,
    job: &Url,
    deadline: &Deadline,
    store: &Store,
) -> Result<(), Miss> {
    let at = asked.of(&Method::GET, job);
    let mut pause = FIRST_WAIT;
    loop {
        let reply = api.call(asked, &get(job, store), deadline)?;
        let status = reply.json();
        let state = printable(status["state"].as_str().unwrap_or("unknown")).to_uppercase();
        match state.as_str() {
            "FULFILLED" => return Ok(()),
            "QUEUED" | "PENDING" => {}
            _ => return Err(failed(&at, asked, &state, &status).into()),
        }
        if pause >= deadline.left(api.clock) {
            return Err(Fault::new(
                &at,
                Code::TimedOut,
                format!(
                    "{}: the job is still {state} after {} and was cancelled",
                    asked.name(),
                    seconds(deadline.limit)
                ),
                "be more patient (--deadline 1h), or ask for less at a time (--split P1D)",
            )
            .into());
        }
        api.pause(&format!("the job is {state}"), pause);
        pause = (pause * 2).min(LONGEST_WAIT);
    }
}

fn failed(at: &Asked, asked: &Asked, state: &str, status: &Value) -> Fault {
    let said = status["errorMessage"].as_str().unwrap_or_default();
    let said = if said.is_empty() {
        String::new()
    } else {
        format!(": {}", printable(said))
    };
    let help = match state {
        "EXPIRED" => "its results were kept too short a time: fetch again",
        "CANCELLED" => "somebody cancelled it: fetch again",
        _ => {
            "correct what the message names, or cut the query with --split P1D; --dry-run shows it"
        }
    };
    Fault::new(
        at,
        Code::JobFailed,
        format!("{}: the job ended as {state}{said}", asked.name()),
        help,
    )
}

fn pages(
    api: &Api<'_>,
    asked: &Asked,
    job: &Url,
    deadline: &Deadline,
    store: &Store,
) -> Result<Vec<Reply>, Miss> {
    let mut results = job.clone();
    if let Ok(mut segments) = results.path_segments_mut() {
        segments.push("results");
    }
    let mut pages = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let mut url = results.clone();
    loop {
        let mut reply = api.call(asked, &get(&url, store), deadline)?;
        reply.body = store.keep(reply.body).map_err(Unwritten::temporary)?;
        let cursor = cursor(&reply.body).map_err(Unwritten::temporary)?;
        pages.push(reply);
        let Some(cursor) = cursor else {
            return Ok(pages);
        };
        if seen.contains(&cursor) {
            return Err(Fault::new(
                &asked.of(&Method::GET, &results),
                Code::RejectedResponse,
                format!("{}: the pages of the results go in a circle", asked.name()),
                "fetch again; without --async if it goes on",
            )
            .into());
        }
        if deadline.left(api.clock).is_zero() {
            let pages = pages.len();
            return Err(Fault::new(
                &asked.of(&Method::GET, &results),
                Code::TimedOut,
                format!(
                    "{}: the results still have more pages after {pages}, and {} are over",
                    asked.name(),
                    seconds(deadline.limit)
                ),
                "be more patient (--deadline 1h), or ask for less at a time (--split P1D)",
            )
            .into());
        }
        url = results.clone();
        url.query_pairs_mut().append_pair("cursor", &cursor);
        seen.push(cursor);
    }
}

/// The cursor to the next page.
fn cursor(page: &Body) -> io::Result<Option<String>> {
    let Some(range) = Outline::of(page)?.member("cursor") else {
        return Ok(None);
    };
    let mut text = Vec::new();
    let part = page.part(range.start, range.end);
    part.take(LONGEST_CURSOR).read_to_end(&mut text)?;
    Ok(match serde_json::from_slice(&text) {
        Ok(Value::String(cursor)) if !cursor.is_empty() => Some(cursor),
        Ok(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    })
}
