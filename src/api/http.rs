//! One exchange with a server: what goes out, what comes back, how it breaks.

use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, Url};
use secrecy::{ExposeSecret as _, SecretString};

use super::rate::Announced;

const CONNECT: Duration = Duration::from_secs(20);

/// A client that verifies certificates, honours the system's proxies and follows no redirect: the
/// token is for the host that was asked, and for no other.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
}

/// How somebody proves who they are.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'p> {
    Basic(&'p SecretString, &'p SecretString),
    Bearer(&'p SecretString),
}

/// What is sent.
#[derive(Debug, Clone)]
pub struct Sent<'s> {
    pub method: Method,
    pub url: Url,
    pub proof: Proof<'s>,
    pub content: Content<'s>,
    pub timeout: Duration,
}

/// The body of what is sent.
#[derive(Debug, Clone, Copy)]
pub enum Content<'c> {
    None,
    Json(&'c str),
    Form(&'c str),
}

/// What came back, whole.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
    pub retry_after: Option<String>,
    pub announced: Option<Announced>,
    pub correlation: Option<String>,
    pub location: Option<String>,
    /// How often the request was sent for it.
    pub attempts: u32,
}

/// Why nothing whole came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// No connection: the name, the network, the server.
    Unreachable(String),
    /// The server's certificate is not trusted.
    Untrusted(String),
    /// Nothing in time.
    TimedOut(String),
    /// The connection broke before the end of the answer.
    Cut(String),
}

impl Http {
    /// A client; `authority` is a PEM file of certificates to trust beside the system's.
    ///
    /// # Errors
    /// Words for a file that does not read or holds no certificate.
    pub fn new(authority: Option<&Path>) -> Result<Self, String> {
        // Another part of the process may have chosen one; then that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("gcagg/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .timeout(None);
        if let Some(path) = authority {
            let shown = path.display();
            let pem = std::fs::read(path).map_err(|error| format!("--ca-cert {shown}: {error}"))?;
            let certificates = Certificate::from_pem_bundle(&pem)
                .map_err(|error| format!("--ca-cert {shown}: {}", words(&error)))?;
            if certificates.is_empty() {
                return Err(format!(
                    "--ca-cert {shown}: no certificate in PEM form is in it"
                ));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder
            .build()
            .map_err(|error| format!("no HTTPS client can be set up: {}", words(&error)))?;
        Ok(Self { client })
    }

    /// Sends once and reads all of the answer.
    ///
    /// # Errors
    /// How it broke.
    pub fn send(&self, sent: Sent<'_>) -> Result<Reply, Broken> {
        let builder = self
            .client
            .request(sent.method, sent.url)
            .timeout(sent.timeout)
            .header("Accept", "application/json");
        let response = with_content(with_proof(builder, sent.proof), sent.content)
            .send()
            .map_err(|error| broken(error, sent.timeout))?;
        read(response).map_err(|error| broken(error, sent.timeout))
    }
}

fn with_proof(builder: RequestBuilder, proof: Proof<'_>) -> RequestBuilder {
    match proof {
        Proof::Basic(id, secret) => {
            builder.basic_auth(id.expose_secret(), Some(secret.expose_secret()))
        }
        Proof::Bearer(token) => builder.bearer_auth(token.expose_secret()),
    }
}

fn with_content(builder: RequestBuilder, content: Content<'_>) -> RequestBuilder {
    let (kind, body) = match content {
        Content::None => return builder,
        Content::Json(body) => ("application/json", body),
        Content::Form(body) => ("application/x-www-form-urlencoded", body),
    };
    builder.header("Content-Type", kind).body(body.to_owned())
}

fn read(response: Response) -> reqwest::Result<Reply> {
    let status = response.status().as_u16();
    let headers = response.headers();
    let (announced, retry_after) = (announced(headers), text(headers, "retry-after"));
    let (correlation, location) = (
        text(headers, "inin-correlation-id"),
        text(headers, "location"),
    );
    Ok(Reply {
        status,
        body: response.bytes()?.into(),
        retry_after,
        announced,
        correlation,
        location,
        attempts: 1,
    })
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn announced(headers: &HeaderMap) -> Option<Announced> {
    let number = |name: &str| text(headers, name)?.trim().parse().ok();
    Some(Announced {
        count: number("inin-ratelimit-count")?,
        allowed: number("inin-ratelimit-allowed")?,
        reset: number("inin-ratelimit-reset")?,
    })
}

fn broken(error: reqwest::Error, timeout: Duration) -> Broken {
    let error = error.without_url();
    let said = words(&error);
    if error.is_timeout() && !error.is_connect() {
        return Broken::TimedOut(format!("no answer within {} s", timeout.as_secs()));
    }
    if said.contains("certificate") {
        return Broken::Untrusted(said);
    }
    if error.is_timeout() {
        return Broken::TimedOut(format!(
            "no connection within {} s",
            CONNECT.min(timeout).as_secs()
        ));
    }
    if error.is_connect() || error.is_builder() {
        return Broken::Unreachable(said);
    }
    Broken::Cut(said)
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
