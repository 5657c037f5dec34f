//! One exchange with a server: the request, the response, and how it can fail.

use std::error::Error as _;
use std::fmt;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::HumanBytes;
use reqwest::blocking::{Client, ClientBuilder, RequestBuilder};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, Url};

use crate::error::Error;

use super::body::{Body, CHUNK, SMALL};
use super::hosts;
use super::outline::Outline;
use super::progress::seconds;

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

/// Adds the authorization to a request.
pub type Authorize<'a> = &'a dyn Fn(RequestBuilder) -> RequestBuilder;

/// A request without its authorization.
#[derive(Debug, Clone)]
pub struct HttpRequest<'r> {
    pub method: Method,
    pub url: Url,
    /// The media type and the text of its body.
    pub content: Option<(&'static str, &'r str)>,
    /// The folder of temporary files for the answer.
    pub folder: &'r Path,
    /// The largest size of an answer in bytes, after decompression.
    pub limit: u64,
}

impl<'r> HttpRequest<'r> {
    /// A request whose answer is small: a token, or one that nobody reads.
    pub fn small(method: Method, url: Url, content: Option<(&'static str, &'r str)>) -> Self {
        Self {
            method,
            url,
            content,
            folder: Path::new("."),
            limit: SMALL,
        }
    }
}

/// A complete response.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Body,
    /// The outline of a good answer that is a JSON object.
    pub outline: Option<Outline>,
    /// Number of times that the request was sent for it.
    pub attempts: u32,
}

impl Reply {
    /// The text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns true if the request succeeded.
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }
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
        let failed = |error| format!("no HTTPS client can be set up: {}", words(&error));
        let trusting_nobody = || base().tls_certs_only([]);
        let direct = has_distant_proxy().then(|| trusting_nobody().no_proxy().build());
        let direct = direct
            .transpose()
            .map_err(|error| Error::io(failed(error)))?;
        let (client, blind) = match (authority, base().build()) {
            (Some(path), _) => {
                let named = |why| Error::io(format!("--ca-cert {}: {why}", path.display()));
                (with_authority(path).map_err(named)?, None)
            }
            (None, Ok(client)) => (client, None),
            // Plain http to this machine needs no certificate.
            (None, Err(error)) => {
                let client = trusting_nobody().build();
                let client = client.map_err(|error| Error::io(failed(error)))?;
                (client, Some(failed(error)))
            }
        };
        Ok(Self {
            client,
            direct,
            blind,
        })
    }

    /// Sends, receives the answer, and follows redirects on the same host.
    pub fn send(
        &self,
        request: &HttpRequest<'_>,
        authorize: Authorize<'_>,
        timeout: Duration,
    ) -> Result<Reply, ExchangeError> {
        let mut url = request.url.clone();
        let mut redirects = 0;
        loop {
            let reply = self.once(request, authorize, timeout, &url)?;
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
        authorize: Authorize<'_>,
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
        // A time beyond what the clock counts never comes.
        let until = Instant::now().checked_add(timeout);
        let builder = client
            .request(request.method.clone(), url.clone())
            .timeout(timeout)
            .header("Accept", "application/json");
        let builder = match request.content {
            None => authorize(builder),
            Some((kind, body)) => authorize(builder)
                .header("Content-Type", kind)
                .body(body.to_owned()),
        };
        let response = builder.send().map_err(|error| broken(error, timeout))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let promised = response.content_length().unwrap_or_default();
        let (source, limit) = match status.is_success() {
            true if promised > request.limit => {
                return Err(ExchangeError::TooLarge(request.limit));
            }
            true => (response.take(u64::MAX), request.limit),
            // The description of an error is at its beginning.
            false => (response.take(SMALL), SMALL),
        };
        let body = Body::new(request.folder);
        Ok(Reply {
            status: status.as_u16(),
            headers,
            body: receive(source, body, limit, timeout, until)?,
            outline: None,
            attempts: 1,
        })
    }
}

/// Receives a body of at most `limit` bytes.
fn receive(
    mut source: impl io::Read,
    mut body: Body,
    limit: u64,
    timeout: Duration,
    until: Option<Instant>,
) -> Result<Body, ExchangeError> {
    let mut buffer = vec![0; CHUNK];
    loop {
        if until.is_some_and(|until| Instant::now() > until) {
            return Err(no_answer(timeout));
        }
        let read = match source.read(&mut buffer) {
            Ok(0) => return Ok(body),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                return Err(match error.downcast::<reqwest::Error>() {
                    Ok(error) => broken(error, timeout),
                    Err(error) if error.kind() == io::ErrorKind::TimedOut => no_answer(timeout),
                    Err(error) => ExchangeError::Cut(error.to_string()),
                });
            }
        };
        if body.size() + read as u64 > limit {
            return Err(ExchangeError::TooLarge(limit));
        }
        body.add(&buffer[..read])
            .map_err(ExchangeError::Unwritten)?;
    }
}

/// A client that trusts the certificates of a PEM file, too.
fn with_authority(path: &Path) -> Result<Client, String> {
    let pem = std::fs::read(path).map_err(|error| error.to_string())?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| words(&error))?;
    if certificates.is_empty() {
        return Err("it has no certificate in PEM format".to_owned());
    }
    let client = base().tls_certs_merge(certificates).build();
    client.map_err(|error| words(&error))
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
    let next = url.join(reply.header("location")?).ok()?;
    (next.origin() == url.origin()).then_some(next)
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
    use reqwest::header::LOCATION;

    use super::*;

    #[test]
    fn only_redirects_on_the_same_host_are_followed() {
        let at = Url::parse("http://127.0.0.1:8080/a/query").unwrap();
        let to = |status: u16, location: &str| {
            let location = [(LOCATION, location.parse().unwrap())];
            let reply = Reply {
                status,
                headers: location.into_iter().collect(),
                body: Body::of(b""),
                outline: None,
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

    #[test]
    fn limits_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let body = || Body::new(folder.path());
        let timeout = Duration::from_millis(20);
        let failed = receive(io::repeat(b' '), body(), 300_000, timeout, None);
        assert!(matches!(failed, Err(ExchangeError::TooLarge(300_000))));
        let until = Instant::now().checked_add(timeout);
        let late = receive(io::repeat(b' '), body(), u64::MAX, timeout, until);
        assert!(matches!(late, Err(ExchangeError::TimedOut(_))));
    }
}
