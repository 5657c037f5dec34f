//! Faults in words: the request, the answer of the server, and the advice.

use std::time::Duration;

use indicatif::HumanBytes;
use reqwest::{Method, Url};

use crate::diagnostic::{Code, Diagnostic, Located};
use crate::error::Error;
use crate::json::text::printable;

use super::body::SMALL;
use super::http::{ExchangeError, Reply};
use super::progress::seconds;
use super::retry::Deadline;

/// The request to a server, for sentences.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// `POST https://api.mypurecloud.com/…`.
    pub at: String,
    /// `the query for conversations, 2026-…/2026-…,`: the subject of a sentence.
    pub what: String,
    /// The permission that it takes.
    pub permission: &'static str,
    /// True if a job could be used instead.
    pub could_be_job: bool,
    /// The variables with the credentials.
    pub named: String,
    pub deadline: Deadline,
}

impl RequestContext {
    /// The same at another address.
    pub fn of(&self, method: &Method, url: &Url) -> Self {
        Self {
            at: format!("{method} {url}"),
            ..self.clone()
        }
    }
}

/// A finding about what was asked: the address stands where a file's name would.
pub fn fault(
    asked: &RequestContext,
    code: Code,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Box<Located> {
    let diagnostic = Diagnostic::new(code, message).help(help.into());
    Box::new(Located::of_file(diagnostic, asked.at.as_str().into()))
}

/// The reason why a request has no usable answer.
#[derive(Debug)]
pub enum RequestError {
    Fault(Box<Located>),
    /// A file of ours could not be written.
    Unwritten(Error),
}

impl From<Box<Located>> for RequestError {
    fn from(fault: Box<Located>) -> Self {
        Self::Fault(fault)
    }
}

impl From<Error> for RequestError {
    fn from(error: Error) -> Self {
        Self::Unwritten(error)
    }
}

/// The pointers to the message of an error, in the API's body and in others.
const MESSAGES: [&str; 6] = [
    "/message",
    "/error_description",
    "/description",
    "/errorMessage",
    "/errors/0/message",
    "/error/message",
];
const CODES: [&str; 3] = ["/code", "/error", "/error/code"];

/// The code and the message of the error that a body describes, in lower case, and its words for a
/// sentence.
fn error_words(reply: &Reply) -> (String, String) {
    let body = reply.body.json();
    let text = |pointers: &[&str]| {
        let found = pointers.iter().find_map(|it| body.pointer(it)?.as_str());
        found.map(short).filter(|text| !text.is_empty())
    };
    let code = text(&CODES).unwrap_or_default();
    let message = text(&MESSAGES).unwrap_or_else(|| plain(&reply.body.text()));
    let correlation = || reply.header("inin-correlation-id").map(short);
    let context = text(&["/contextId"]).or_else(correlation);
    let mut words = String::new();
    for (before, part, behind) in [
        (" (", &code, ")"),
        (": ", &message, ""),
        (" [contextId ", &context.unwrap_or_default(), "]"),
    ] {
        if !part.is_empty() {
            words.extend([before, part.as_str(), behind]);
        }
    }
    (format!("{code} {message}").to_lowercase(), words)
}

/// The words of a body that is neither JSON nor a page: gateways write a line of text.
fn plain(text: &[u8]) -> String {
    let text = std::str::from_utf8(text).unwrap_or_default().trim();
    match text.starts_with(['{', '[', '<']) {
        true => String::new(),
        false => short(text),
    }
}

fn short(text: &str) -> String {
    const MOST: usize = 600;
    let text = printable(text.trim());
    if text.chars().count() <= MOST {
        return text;
    }
    format!("{}…", text.chars().take(MOST).collect::<String>())
}

/// The fault of an answer that is none of the good ones, after `wait` for a rate limit.
pub fn answer(asked: &RequestContext, reply: &Reply, wait: Option<Duration>) -> Box<Located> {
    let (said, words) = error_words(reply);
    let is_heavy = || HEAVY.iter().any(|hint| said.contains(hint));
    let (code, verb, help) = match reply.status {
        300..=399 => (Code::Redirected, "was redirected", redirected(asked, reply)),
        401 => (Code::SignInFailed, "was refused", not_signed_in(asked)),
        403 => (
            Code::Forbidden,
            "was refused",
            format!(
                "the permission {} is needed: add it to a role in Admin > People & Permissions > Roles / Permissions, add the role to the OAuth client in Admin > Integrations > OAuth > Roles, and fetch again",
                asked.permission
            ),
        ),
        404 => (Code::NotFound, "failed", NOT_FOUND.to_owned()),
        408 | 504 => (Code::TimedOut, "failed", too_long(asked)),
        413 => (Code::TooHeavy, "was refused", too_long(asked)),
        400 if is_heavy() => (Code::TooHeavy, "was refused", too_long(asked)),
        429 => (Code::RateLimited, "failed", too_many(wait)),
        500..=599 => (Code::ServerFailed, "failed", SERVER_FAILED.to_owned()),
        _ => (Code::QueryRejected, "was refused", CORRECT.to_owned()),
    };
    let (what, status) = (&asked.what, reply.status);
    let tries = tries(reply.attempts);
    let message = format!("{what} {verb} with status {status}{words}{tries}");
    fault(asked, code, message, help)
}

const NOT_FOUND: &str = "check that GENESYS_ENVIRONMENT (or GENESYS_API_URL) is the region of the organisation, and that it has this feature";
const SERVER_FAILED: &str = "the service failed: fetch again later; if this continues, send the contextId to Genesys support";
const CORRECT: &str = "correct what the message names (metric, groupBy, filter, interval, granularity); --dry-run shows the whole body";
/// Words of a 400 that call the query too large rather than wrong.
const HEAVY: [&str; 6] = [
    "too many",
    "too large",
    "too heavy",
    "too big",
    "too long",
    "exceed",
];

fn tries(attempts: u32) -> String {
    match attempts {
        0 | 1 => String::new(),
        many => format!(", after {many} tries"),
    }
}

/// The advice for a rate limit that asks for this wait.
fn too_many(wait: Option<Duration>) -> String {
    match wait.map(seconds) {
        Some(wait) => format!(
            "wait {wait} and fetch again, send fewer requests at a time (--concurrency 1), or allow more time (--deadline, --max-retries)"
        ),
        None => "wait a minute and fetch again, or send fewer requests at a time (--concurrency 1)"
            .to_owned(),
    }
}

fn too_long(asked: &RequestContext) -> String {
    let job = if asked.could_be_job {
        "use --async to run it as a job, or "
    } else {
        ""
    };
    format!(
        "the query is too large: {job}divide it with --split P1D, a longer --granularity or fewer --group-by"
    )
}

fn not_signed_in(asked: &RequestContext) -> String {
    format!(
        "the credentials are from {}: check that they are complete and current, and that GENESYS_ENVIRONMENT is their region",
        asked.named
    )
}

fn redirected(asked: &RequestContext, reply: &Reply) -> String {
    let address = asked.at.split_once(' ').map_or("", |(_, address)| address);
    let from = Url::parse(address).ok();
    let join = |to| from.as_ref()?.join(to).ok();
    let to = reply.header("location").and_then(join);
    if let (Some(from), Some(to)) = (&from, &to)
        && from.origin() == to.origin()
    {
        return format!(
            "the server redirects the request to {}, which does not answer: check the path of GENESYS_API_URL or GENESYS_LOGIN_URL",
            printable(to.path())
        );
    }
    let host = to.as_ref().and_then(Url::host_str);
    let to = host.map_or_else(String::new, |host| format!(" to {}", printable(host)));
    format!(
        "the redirect{to} was not followed, because the token is only for the original host: a proxy or a sign-in page may be in between; set GENESYS_API_URL or GENESYS_LOGIN_URL to the final address"
    )
}

/// The fault of a sign-in that was answered with something else than a token.
pub fn sign_in(asked: &RequestContext, reply: &Reply, wait: Option<Duration>) -> Box<Located> {
    let (what, status) = (&asked.what, reply.status);
    if !matches!(status, 400 | 401 | 403) {
        return answer(asked, reply, wait);
    }
    let (_, words) = error_words(reply);
    let message = format!("{what} was rejected with status {status}{words}");
    fault(asked, Code::SignInFailed, message, not_signed_in(asked))
}

const UNREACHABLE: &str =
    "check the network, the name of the region, and the proxy (HTTPS_PROXY, NO_PROXY)";
const UNTRUSTED: &str = "the certificate of the server is not trusted: if the proxy of your company decrypts TLS, add its certificate with --ca-cert FILE; a minimal container needs the package ca-certificates";
const CUT: &str = "the connection broke before the end of the response; fetch again; if this continues, use smaller parts (--split P1D)";

/// The fault of a request that was never answered whole.
pub fn broken(asked: &RequestContext, error: &ExchangeError, attempts: u32) -> Box<Located> {
    let what = &asked.what;
    let (code, help) = match error {
        // A token is small.
        ExchangeError::TooLarge(SMALL) => {
            return fault(
                asked,
                Code::SignInFailed,
                format!("{what}: the response is too long for a token"),
                "check GENESYS_LOGIN_URL and the proxy; another server may have answered",
            );
        }
        ExchangeError::TooLarge(most) => {
            return fault(
                asked,
                Code::TooHeavy,
                format!("{what}: the response is larger than {}", HumanBytes(*most)),
                "divide the query (--split 1d, a longer --granularity, fewer --group-by), or raise --max-response",
            );
        }
        ExchangeError::Unreachable(_) => (Code::Unreachable, UNREACHABLE.to_owned()),
        ExchangeError::Untrusted(_) => (Code::Unreachable, UNTRUSTED.to_owned()),
        ExchangeError::TimedOut(_) => (Code::TimedOut, too_long(asked)),
        ExchangeError::Cut(_) | ExchangeError::Unwritten(_) => (Code::Unreachable, CUT.to_owned()),
    };
    let words = printable(&error.to_string());
    let tries = tries(attempts);
    let message = format!("{what} got no complete response: {words}{tries}");
    fault(asked, code, message, help)
}

/// The fault of a request that the announced rate holds back for longer than its time.
pub fn held(asked: &RequestContext, wait: Duration) -> Box<Located> {
    let (wait, limit) = (seconds(wait), seconds(asked.deadline.limit));
    let message = format!(
        "{} was not sent: the server allows no more requests for {wait}, and the deadline is in {limit}",
        asked.what
    );
    let help = format!("wait {wait} and fetch again, or raise --deadline");
    fault(asked, Code::RateLimited, message, help)
}

/// The fault of a request whose time is over.
pub fn late(asked: &RequestContext, last: &str) -> Box<Located> {
    let limit = seconds(asked.deadline.limit);
    let message = format!("{} was not answered within {limit}: {last}", asked.what);
    let help = "raise --deadline, or make the query smaller";
    fault(asked, Code::TimedOut, message, help)
}
