//! One exchange with a server: the request, the response, and how it can fail.

use std::error::Error as _;
use std::fmt;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::HumanBytes;
use reqwest::blocking::{Client, ClientBuilder, Response};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::error::Error;

use super::body::{self, Body, BodyLimits, ReceiveError};
use super::hosts;
use super::progress::seconds;
use super::rate::AnnouncedRate;

const CONNECT: Duration = Duration::from_secs(20);
/// A small gateway may serve one connection at a time: none is kept for long without a use.
const IDLE: Duration = Duration::from_secs(1);
/// The maximum number of redirects; more go in a circle.
const MOST_REDIRECTS: usize = 5;

/// A client that verifies certificates, honours the system's proxies and follows no redirect to
/// another host: the token is for the host that was asked, and for no other.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    /// For plain http, where the proxy is another machine: secrets must not leave this one.
    direct: Option<Client>,
    /// The reason why no certificate can be verified: a bare container has no root certificates.
    blind: Option<String>,
}

/// The kind of authorization.
#[derive(Debug, Clone, Copy)]
pub enum Authorization<'p> {
    Basic(&'p SecretString, &'p SecretString),
    Bearer(&'p SecretString),
}

/// A request without its authorization.
#[derive(Debug, Clone)]
pub struct HttpRequest<'r> {
    pub method: Method,
    pub url: Url,
    /// The body with its media type.
    pub content: Option<(&'static str, &'r str)>,
    /// The limit of an answer, and its destination.
    pub limits: BodyLimits<'r>,
}

/// A complete response.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub body: Body,
    pub retry_after: Option<String>,
    pub announced: Option<AnnouncedRate>,
    pub correlation: Option<String>,
    pub location: Option<String>,
    /// Number of times that the request was sent for it.
    pub attempts: u32,
}

impl Reply {
    /// A small body without the mark that some servers begin it with.
    pub fn unmarked(&self) -> Vec<u8> {
        unmarked(&self.body.small()).to_vec()
    }

    /// A small body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.unmarked()).unwrap_or_default()
    }
}

/// Bytes without a byte order mark.
pub fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The reason why there is no complete response.
#[derive(Debug)]
pub enum ExchangeError {
    /// No connection: the name, the network, the server.
    Unreachable(String),
    /// The server's certificate is not trusted.
    Untrusted(String),
    /// Nothing in time.
    TimedOut(String),
    /// The connection broke before the end of the answer.
    Cut(String),
    /// The answer has more bytes than this.
    TooLarge(u64),
    /// The temporary file could not be written.
    Unwritten(io::Error),
}

impl ExchangeError {
    /// Returns true if the same request would fail again.
    pub fn is_hopeless(&self) -> bool {
        matches!(
            self,
            Self::Untrusted(_) | Self::TooLarge(_) | Self::Unwritten(_)
        )
    }
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(words)
            | Self::Untrusted(words)
            | Self::TimedOut(words)
            | Self::Cut(words) => f.write_str(words),
            Self::TooLarge(most) => write!(f, "more than {}", HumanBytes(*most)),
            Self::Unwritten(error) => error.fmt(f),
        }
    }
}

impl Http {
    /// A client; `authority` is a PEM file of certificates to trust beside the system's.
    pub fn new(authority: Option<&Path>) -> Result<Self, Error> {
        // Another part of the process may have chosen one; then that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = base();
        if let Some(path) = authority {
            let shown = path.display();
            let pem = std::fs::read(path)
                .map_err(|error| Error::io(format!("--ca-cert {shown}: {error}")))?;
            let certificates = Certificate::from_pem_bundle(&pem)
                .map_err(|error| Error::io(format!("--ca-cert {shown}: {}", words(&error))))?;
            if certificates.is_empty() {
                return Err(Error::io(format!(
                    "--ca-cert {shown}: it has no certificate in PEM format"
                )));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        let failed = |error| format!("no HTTPS client can be set up: {}", words(&error));
        let (client, blind) = match (builder.build(), authority) {
            (Ok(client), _) => (client, None),
            (Err(error), Some(path)) => {
                let words = words(&error);
                return Err(Error::io(format!("--ca-cert {}: {words}", path.display())));
            }
            // Plain http to this machine needs no certificate.
            (Err(error), None) => {
                let trusting_nobody = base().tls_certs_only([]).build();
                let client = trusting_nobody.map_err(|error| Error::io(failed(error)))?;
                (client, Some(failed(error)))
            }
        };
        let direct = has_distant_proxy().then(|| base().tls_certs_only([]).no_proxy().build());
        Ok(Self {
            client,
            direct: direct
                .transpose()
                .map_err(|error| Error::io(failed(error)))?,
            blind,
        })
    }

    /// Sends, receives the answer, and follows redirects on the same host.
    pub fn send(
        &self,
        request: &HttpRequest<'_>,
        proof: Authorization<'_>,
        timeout: Duration,
    ) -> Result<Reply, ExchangeError> {
        let mut url = request.url.clone();
        let mut redirects = 0;
        loop {
            let reply = self.once(request, proof, timeout, &url)?;
            match onward(&reply, &url).filter(|_| redirects < MOST_REDIRECTS) {
                Some(next) => url = next,
                None => return Ok(reply),
            }
            redirects += 1;
        }
    }

    fn once(
        &self,
        request: &HttpRequest<'_>,
        proof: Authorization<'_>,
        timeout: Duration,
        url: &Url,
    ) -> Result<Reply, ExchangeError> {
        if let Some(why) = self.blind.as_ref().filter(|_| url.scheme() == "https") {
            return Err(ExchangeError::Untrusted(why.clone()));
        }
        let client = match &self.direct {
            Some(direct) if url.scheme() == "http" => direct,
            _ => &self.client,
        };
        let until = body::until(timeout);
        let builder = client
            .request(request.method.clone(), url.clone())
            .timeout(timeout)
            .header("Accept", "application/json");
        let builder = match proof {
            Authorization::Basic(id, secret) => {
                builder.basic_auth(id.expose_secret(), Some(secret.expose_secret()))
            }
            Authorization::Bearer(token) => builder.bearer_auth(token.expose_secret()),
        };
        let builder = match request.content {
            None => builder,
            Some((kind, body)) => builder.header("Content-Type", kind).body(body.to_owned()),
        };
        let response = builder.send().map_err(|error| broken(error, timeout))?;
        read(response, request.limits, timeout, until)
    }
}

/// Settings that every client has.
fn base() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("gcagg/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .timeout(None)
}

/// Returns true if requests over plain http go through a proxy on another machine.
fn has_distant_proxy() -> bool {
    let names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    let values = names.iter().filter_map(|name| std::env::var(name).ok());
    values
        .filter(|value| !value.trim().is_empty())
        .any(|value| {
            let url = Url::parse(&value).ok().filter(Url::has_host);
            let url = url.or_else(|| Url::parse(&format!("http://{value}")).ok());
            !url.is_some_and(|url| hosts::is_loopback(&url))
        })
}

/// The target of a redirect on the same host.
fn onward(reply: &Reply, url: &Url) -> Option<Url> {
    if !matches!(reply.status, 301 | 302 | 307 | 308) {
        return None;
    }
    let next = url.join(reply.location.as_deref()?).ok()?;
    (next.origin() == url.origin()).then_some(next)
}

fn read(
    response: Response,
    limits: BodyLimits<'_>,
    timeout: Duration,
    until: Instant,
) -> Result<Reply, ExchangeError> {
    let status = response.status();
    let promised = response.content_length().unwrap_or_default();
    let headers = response.headers().clone();
    let received = if !status.is_success() {
        // The description of an error is at its beginning.
        body::receive(response.take(body::SMALL), BodyLimits::small(), until)
    } else if promised > limits.size {
        Err(ReceiveError::TooLarge)
    } else {
        body::receive(response, limits, until)
    };
    let body = received.map_err(|failed| match failed {
        ReceiveError::TooLarge => ExchangeError::TooLarge(limits.size),
        ReceiveError::TooLate => no_answer(timeout),
        ReceiveError::Write(error) => ExchangeError::Unwritten(error),
        ReceiveError::Read(error) => match error.downcast::<reqwest::Error>() {
            Ok(error) => broken(error, timeout),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => no_answer(timeout),
            Err(error) => ExchangeError::Cut(error.to_string()),
        },
    })?;
    Ok(Reply {
        status: status.as_u16(),
        body,
        retry_after: text(&headers, "retry-after"),
        announced: announced(&headers),
        correlation: text(&headers, "inin-correlation-id"),
        location: text(&headers, "location"),
        attempts: 1,
    })
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn announced(headers: &HeaderMap) -> Option<AnnouncedRate> {
    let number = |name: &str| text(headers, name)?.trim().parse().ok();
    Some(AnnouncedRate {
        count: number("inin-ratelimit-count")?,
        allowed: number("inin-ratelimit-allowed")?,
        reset: number("inin-ratelimit-reset")?,
    })
}

fn no_answer(timeout: Duration) -> ExchangeError {
    ExchangeError::TimedOut(format!("no complete answer within {}", seconds(timeout)))
}

fn broken(error: reqwest::Error, timeout: Duration) -> ExchangeError {
    let error = error.without_url();
    let said = words(&error);
    if error.is_timeout() && !error.is_connect() {
        return no_answer(timeout);
    }
    if said.contains("certificate") {
        return ExchangeError::Untrusted(said);
    }
    if error.is_timeout() {
        return ExchangeError::TimedOut(format!(
            "no connection within {}",
            seconds(CONNECT.min(timeout))
        ));
    }
    if error.is_connect() || error.is_builder() {
        return ExchangeError::Unreachable(said);
    }
    ExchangeError::Cut(said)
}

/// An error and what caused it, without repetitions.
fn words(error: &reqwest::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !said.contains(&more) {
            said.push_str(": ");
            said.push_str(&more);
        }
        cause = error.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_redirects_on_the_same_host_are_followed() {
        let at = Url::parse("http://127.0.0.1:8080/a/query").unwrap();
        let to = |status: u16, location: &str| {
            let reply = Reply {
                status,
                body: Body::of(b""),
                retry_after: None,
                announced: None,
                correlation: None,
                location: Some(location.to_owned()),
                attempts: 1,
            };
            onward(&reply, &at).map(|url| url.to_string())
        };
        for status in [301, 302, 307, 308] {
            let next = to(status, "/b/query/");
            assert_eq!(next.as_deref(), Some("http://127.0.0.1:8080/b/query/"));
        }
        assert!(to(308, "http://127.0.0.1:8080/b").is_some());
        for other in [
            "http://127.0.0.1:8081/a/query",
            "https://127.0.0.1:8080/a/query",
            "http://localhost:8080/a/query",
            "//example.com/a",
            "http://127.0.0.1:8080@example.com/",
        ] {
            assert_eq!(to(307, other), None, "{other}");
        }
        assert_eq!(to(303, "/b"), None, "not the same request any more");
        assert_eq!(to(200, "/b"), None);
    }
}
