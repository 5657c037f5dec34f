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
}

impl RequestContext {
    /// The request, as the beginning of a sentence.
    pub fn name(&self) -> &str {
        self.what.trim_end_matches(',')
    }

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

/// The error that a body describes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ErrorBody {
    pub message: String,
    pub code: String,
    pub context: String,
}

impl ErrorBody {
    /// Reads the API's error body, and that of the sign-in.
    pub fn of(reply: &Reply) -> Self {
        let body = reply.json();
        let text = |pointers: &[&str]| {
            let found = pointers.iter().find_map(|it| body.pointer(it)?.as_str());
            short(found.unwrap_or_default())
        };
        let message = [
            "/message",
            "/error_description",
            "/description",
            "/errorMessage",
            "/errors/0/message",
            "/error/message",
        ];
        Self {
            message: match text(&message) {
                empty if empty.is_empty() => plain(&reply.unmarked()),
                message => message,
            },
            code: text(&["/code", "/error", "/error/code"]),
            context: match text(&["/contextId"]) {
                empty if empty.is_empty() => {
                    short(reply.correlation.as_deref().unwrap_or_default())
                }
                context => context,
            },
        }
    }

    fn words(&self) -> String {
        let mut words = String::new();
        if !self.code.is_empty() {
            words.push_str(&format!(" ({})", self.code));
        }
        if !self.message.is_empty() {
            words.push_str(&format!(": {}", self.message));
        }
        if !self.context.is_empty() {
            words.push_str(&format!(" [contextId {}]", self.context));
        }
        words
    }
}

/// The words of a body that is neither JSON nor a page: gateways write a line of text.
fn plain(body: &[u8]) -> String {
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    if text.starts_with(['{', '[', '<']) {
        return String::new();
    }
    short(text)
}

fn short(text: &str) -> String {
    const MOST: usize = 600;
    let text = printable(text.trim());
    if text.chars().count() <= MOST {
        return text;
    }
    format!("{}…", text.chars().take(MOST).collect::<String>())
}

/// The fault of an answer that is none of the good ones, after `waited` for a rate limit.
pub fn answer(asked: &RequestContext, reply: &Reply, wait: Option<Duration>) -> Box<Located> {
    let said = ErrorBody::of(reply);
    let (code, help) = meaning(asked, reply, &said, wait);
    let verb = match code {
        Code::Redirected => "was redirected",
        Code::QueryRejected | Code::Forbidden | Code::SignInFailed | Code::TooHeavy => {
            "was refused"
        }
        _ => "failed",
    };
    let tries = tries(reply.attempts);
    let message = format!(
        "{} {verb} with status {}{}{tries}",
        asked.what,
        reply.status,
        said.words()
    );
    fault(asked, code, message, help)
}

fn tries(attempts: u32) -> String {
    match attempts {
        0 | 1 => String::new(),
        many => format!(", after {many} tries"),
    }
}

fn meaning(
    asked: &RequestContext,
    reply: &Reply,
    said: &ErrorBody,
    wait: Option<Duration>,
) -> (Code, String) {
    match reply.status {
        300..=399 => (Code::Redirected, redirected(asked, reply)),
        401 => (Code::SignInFailed, not_signed_in(asked)),
        403 => (
            Code::Forbidden,
            format!(
                "the permission {} is needed: add it to a role in Admin > People & Permissions > Roles / Permissions, add the role to the OAuth client in Admin > Integrations > OAuth > Roles, and fetch again",
                asked.permission
            ),
        ),
        404 => (
            Code::NotFound,
            "check that GENESYS_ENVIRONMENT (or GENESYS_API_URL) is the region of the organisation, and that it has this feature"
                .to_owned(),
        ),
        408 | 504 => (Code::TimedOut, too_long(asked)),
        413 => (Code::TooHeavy, too_long(asked)),
        400 if is_heavy(said) => (Code::TooHeavy, too_long(asked)),
        429 => (
            Code::RateLimited,
            match wait {
                Some(wait) => format!(
                    "wait {} and fetch again, send fewer requests at a time (--concurrency 1), or allow more time (--deadline, --max-retries)",
                    seconds(wait)
                ),
                None => "wait a minute and fetch again, or send fewer requests at a time (--concurrency 1)"
                    .to_owned(),
            },
        ),
        500..=599 => (
            Code::ServerFailed,
            "the service failed: fetch again later; if this continues, send the contextId to Genesys support"
                .to_owned(),
        ),
        _ => (
            Code::QueryRejected,
            "correct what the message names (metric, groupBy, filter, interval, granularity); \
             --dry-run shows the whole body"
                .to_owned(),
        ),
    }
}

/// Returns true if the words of a 400 say that the query is too large rather than wrong.
fn is_heavy(said: &ErrorBody) -> bool {
    let words = format!("{} {}", said.code, said.message).to_lowercase();
    [
        "too many",
        "too large",
        "too heavy",
        "too big",
        "too long",
        "exceed",
    ]
    .iter()
    .any(|hint| words.contains(hint))
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
    let to = reply.location.as_deref();
    let to = to.and_then(|to| from.as_ref()?.join(to).ok());
    if let (Some(from), Some(to)) = (&from, &to)
        && from.origin() == to.origin()
    {
        return format!(
            "the server redirects the request to {}, which does not answer: check the path of GENESYS_API_URL or GENESYS_LOGIN_URL",
            printable(to.path())
        );
    }
    let to = match to.as_ref().and_then(Url::host_str) {
        Some(host) => format!(" to {}", printable(host)),
        None => String::new(),
    };
    format!(
        "the redirect{to} was not followed, because the token is only for the original host: a proxy or a sign-in page may be in between; set GENESYS_API_URL or GENESYS_LOGIN_URL to the final address"
    )
}

/// The fault of a sign-in that was answered with something else than a token.
pub fn sign_in(asked: &RequestContext, reply: &Reply, wait: Option<Duration>) -> Box<Located> {
    if matches!(reply.status, 400 | 401 | 403) {
        let message = format!(
            "{} was rejected with status {}{}",
            asked.what,
            reply.status,
            ErrorBody::of(reply).words()
        );
        return fault(asked, Code::SignInFailed, message, not_signed_in(asked));
    }
    answer(asked, reply, wait)
}

/// The fault of a request that was never answered whole.
pub fn broken(asked: &RequestContext, broken: &ExchangeError, attempts: u32) -> Box<Located> {
    let tries = tries(attempts);
    let (code, words, help) = match broken {
        ExchangeError::Unreachable(words) => (
            Code::Unreachable,
            words,
            "check the network, the name of the region, and the proxy (HTTPS_PROXY, NO_PROXY)"
                .to_owned(),
        ),
        ExchangeError::Untrusted(words) => (
            Code::Unreachable,
            words,
            "the certificate of the server is not trusted: if the proxy of your company decrypts TLS, add its certificate with --ca-cert FILE; a minimal container needs the package ca-certificates"
                .to_owned(),
        ),
        ExchangeError::TimedOut(words) => (Code::TimedOut, words, too_long(asked)),
        ExchangeError::TooLarge(most) => return too_large(asked, *most),
        ExchangeError::Unwritten(error) => {
            let words = error.to_string();
            let help = "make room for temporary files beside the output";
            return fault(asked, Code::Unreadable, words, help);
        }
        ExchangeError::Cut(words) => (
            Code::Unreachable,
            words,
            "the connection broke before the end of the response; fetch again; if this continues, use smaller parts (--split P1D)"
                .to_owned(),
        ),
    };
    fault(
        asked,
        code,
        format!(
            "{} got no complete response: {}{tries}",
            asked.what,
            printable(words)
        ),
        help,
    )
}

/// The fault of an answer that is larger than allowed.
fn too_large(asked: &RequestContext, most: u64) -> Box<Located> {
    if most == SMALL {
        return fault(
            asked,
            Code::SignInFailed,
            format!("{}: the response is too long for a token", asked.what),
            "check GENESYS_LOGIN_URL and the proxy; another server may have answered",
        );
    }
    let most = HumanBytes(most);
    fault(
        asked,
        Code::TooHeavy,
        format!("{}: the response is larger than {most}", asked.what),
        "divide the query (--split 1d, a longer --granularity, fewer --group-by), or raise --max-response",
    )
}

/// The fault of a request that the announced rate holds back for longer than its time.
pub fn held(asked: &RequestContext, limit: Duration, wait: Duration) -> Box<Located> {
    fault(
        asked,
        Code::RateLimited,
        format!(
            "{} was not sent: the server allows no more requests for {}, and the deadline is in {}",
            asked.what,
            seconds(wait),
            seconds(limit)
        ),
        format!(
            "wait {} and fetch again, or raise --deadline",
            seconds(wait)
        ),
    )
}

/// The fault of a request whose time is over.
pub fn late(asked: &RequestContext, limit: Duration, last: &str) -> Box<Located> {
    fault(
        asked,
        Code::TimedOut,
        format!(
            "{} was not answered within {}: {last}",
            asked.what,
            seconds(limit)
        ),
        "raise --deadline, or make the query smaller",
    )
}
