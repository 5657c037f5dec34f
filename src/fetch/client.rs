//! Requests that are signed in, kept under the announced rate, and tried again.

use std::sync::Arc;
use std::time::Duration;

use indicatif::HumanBytes;
use parking_lot::Mutex;
use reqwest::blocking::RequestBuilder;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret as _, SecretString};

use crate::diagnostic::{Code, Located};

use super::auth::{self, Auth};
use super::body::BodyStore;
use super::cancel::RunningJobs;
use super::clock::Clock;
use super::credentials::Credentials;
use super::fault::{self, RequestContext, RequestError};
use super::hosts::{self, Hosts};
use super::http::{Authorize, ExchangeError, Http, HttpRequest, Reply};
use super::outline::Outline;
use super::progress::{FetchProgress, seconds};
use super::rate::{AnnouncedRate, RateLimiter};
use super::retry::{self, RetryPolicy};
use super::save;

/// The API, as one run uses it.
pub struct Api<'a> {
    pub hosts: Hosts,
    pub auth: Arc<Auth>,
    pub policy: RetryPolicy,
    pub clock: &'a dyn Clock,
    pub progress: &'a FetchProgress,
    pub jobs: Arc<RunningJobs>,
    http: Http,
    rate: Mutex<RateLimiter>,
}

impl<'a> Api<'a> {
    /// The API at these hosts, for whoever has these credentials.
    pub fn new(
        http: Http,
        hosts: Hosts,
        credentials: Credentials,
        policy: RetryPolicy,
        clock: &'a dyn Clock,
        progress: &'a FetchProgress,
    ) -> Self {
        let auth = Arc::new(Auth::new(credentials));
        Self {
            jobs: Arc::new(RunningJobs::new(http.clone(), Arc::clone(&auth))),
            http,
            hosts,
            auth,
            policy,
            clock,
            progress,
            rate: Mutex::default(),
        }
    }

    /// Sends until there is a good answer, or no hope of one. A large answer goes to a temporary file
    /// in the folder of the store. A token that is refused is replaced once.
    pub fn call(
        &self,
        asked: &RequestContext,
        (method, url, body): (Method, &Url, Option<&str>),
        store: &BodyStore,
    ) -> Result<Reply, RequestError> {
        let asked = asked.of(&method, url);
        let request = HttpRequest {
            method,
            url: url.clone(),
            content: body.map(|body| ("application/json", body)),
            folder: &store.folder,
            limit: self.policy.max_response,
        };
        let mut is_renewed = false;
        loop {
            let sign_in = |id: &str, secret: &str| self.sign_in(&asked, id, secret);
            let token = self.auth.token(self.clock, sign_in)?;
            let authorize = |it: RequestBuilder| it.bearer_auth(token.expose_secret());
            let (reply, wait) = self.persist(&asked, &request, &authorize, true)?;
            if reply.is_good() {
                self.progress.received(reply.body.size());
                return Ok(reply);
            }
            if reply.status != 401 || is_renewed || !self.auth.renews() {
                return Err(fault::answer(&asked, &reply, wait).into());
            }
            self.progress
                .detail("the token was rejected: signing in again");
            self.auth.forget(&token);
            is_renewed = true;
        }
    }

    fn sign_in(
        &self,
        asked: &RequestContext,
        id: &str,
        secret: &str,
    ) -> Result<(SecretString, u64), RequestError> {
        let url = hosts::below(&self.hosts.login, "/oauth/token");
        let asked = RequestContext {
            what: "the sign-in".to_owned(),
            could_be_job: false,
            ..asked.of(&Method::POST, &url)
        };
        let content = (
            "application/x-www-form-urlencoded",
            "grant_type=client_credentials",
        );
        let request = HttpRequest::small(Method::POST, url, Some(content));
        let authorize = |it: RequestBuilder| it.basic_auth(id, Some(secret));
        let (reply, wait) = self.persist(&asked, &request, &authorize, false)?;
        if !reply.is_good() {
            return Err(fault::sign_in(&asked, &reply, wait).into());
        }
        auth::granted(&reply).ok_or_else(|| {
            fault::fault(
                &asked,
                Code::SignInFailed,
                "the sign-in response has no token",
                "check GENESYS_LOGIN_URL and the proxy; another server may have answered",
            )
            .into()
        })
    }

    /// Sends again while that may help. An answer that is not good comes back with the wait that
    /// it asked for.
    fn persist(
        &self,
        asked: &RequestContext,
        request: &HttpRequest<'_>,
        authorize: Authorize<'_>,
        limited: bool,
    ) -> Result<(Reply, Option<Duration>), RequestError> {
        let max_retries = self.policy.max_retries;
        let deadline = &asked.deadline;
        let mut attempts = 0;
        loop {
            if deadline.left(self.clock).is_zero() {
                return Err(fault::late(asked, "the deadline has passed").into());
            }
            if limited {
                let entered = RateLimiter::enter(&self.rate, self.clock, self.progress, deadline);
                entered.map_err(|wait| fault::held(asked, wait))?;
            }
            attempts += 1;
            let outcome = self.exchange(asked, request, authorize, attempts);
            if limited {
                let announced = outcome.as_ref().ok().and_then(AnnouncedRate::of);
                self.rate.lock().leave(announced, self.clock);
            }
            let (why, wait) = match &outcome {
                Ok(reply) if !retry::is_transient(reply.status) => {
                    return Ok((reply.clone(), None));
                }
                Ok(reply) => (format!("status {}", reply.status), self.wanted(reply)),
                Err(error @ ExchangeError::TimedOut(_)) => (format!("time-out: {error}"), None),
                Err(error) => (error.to_string(), None),
            };
            let pause = wait.unwrap_or_else(|| self.policy.wait(attempts, self.clock.chance()));
            let is_hopeless = outcome.as_ref().is_err_and(ExchangeError::is_hopeless);
            let is_last = is_hopeless || attempts > max_retries;
            let is_late = pause >= deadline.left(self.clock);
            if is_last || is_late {
                return match outcome {
                    // The server's own words say more.
                    Ok(reply) => Ok((reply, wait)),
                    Err(ExchangeError::Unwritten(error)) => Err(save::not_kept(error).into()),
                    Err(error) if is_last => Err(fault::broken(asked, &error, attempts).into()),
                    Err(_) => Err(fault::late(asked, &why).into()),
                };
            }
            // The others need not find out for themselves.
            if limited && matches!(&outcome, Ok(reply) if reply.status == 429) {
                self.rate.lock().hold(pause, self.clock);
            }
            let try_next = format!("before retry {attempts} of {max_retries}: {why}");
            self.progress.waiting(&try_next, pause);
            self.clock.sleep(pause);
        }
    }

    /// Sends once.
    fn exchange(
        &self,
        asked: &RequestContext,
        request: &HttpRequest<'_>,
        authorize: Authorize<'_>,
        attempts: u32,
    ) -> Result<Reply, ExchangeError> {
        let left = asked
            .deadline
            .left(self.clock)
            .max(Duration::from_millis(1));
        let began = self.clock.elapsed();
        let sent = self
            .http
            .send(request, authorize, self.policy.timeout.min(left));
        let outcome = sent.and_then(complete);
        let took = self.clock.elapsed().saturating_sub(began);
        let line = sent_line(asked, &outcome, took, attempts, self.policy.max_retries);
        self.progress.detail(&self.auth.redacted(&line));
        outcome.map(|reply| Reply { attempts, ..reply })
    }

    /// The wait that the server asks for.
    fn wanted(&self, reply: &Reply) -> Option<Duration> {
        let named = reply.header("retry-after");
        let wait = named.and_then(|text| retry::retry_after(text, self.clock.now()));
        let window = || {
            let announced = AnnouncedRate::of(reply).filter(|_| reply.status == 429)?;
            Some(Duration::from_secs(announced.reset))
        };
        wait.or_else(window)
    }

    /// A fault without any secret of ours that a server may have repeated.
    pub fn redacted(&self, mut fault: Box<Located>) -> Located {
        let diagnostic = &mut fault.diagnostic;
        diagnostic.message = self.auth.redacted(&diagnostic.message);
        let help = diagnostic.help.as_deref();
        diagnostic.help = help.map(|help| self.auth.redacted(help).into());
        fault.file = self.auth.redacted(&fault.file).into();
        *fault
    }
}

/// The line of `-v` for an exchange: method, address, status, time, size, retries and rate.
fn sent_line(
    asked: &RequestContext,
    outcome: &Result<Reply, ExchangeError>,
    took: Duration,
    attempts: u32,
    max_retries: u32,
) -> String {
    let (at, took) = (&asked.at, seconds(took));
    let mut line = match outcome {
        Ok(reply) => {
            let size = HumanBytes(reply.body.size());
            format!("{at}: status {}, {took}, {size}", reply.status)
        }
        Err(broken) => format!("{at}: no complete response, {took}: {broken}"),
    };
    if attempts > 1 {
        line.push_str(&format!(", retry {} of {max_retries}", attempts - 1));
    }
    if let Some(rate) = outcome.as_ref().ok().and_then(AnnouncedRate::of) {
        line.push_str(&format!(
            ", rate {} of {}, reset in {} s",
            rate.count, rate.allowed, rate.reset
        ));
    }
    line
}

/// A good answer with its outline. One that ends within its JSON was cut off, whatever the connection
/// says.
fn complete(mut reply: Reply) -> Result<Reply, ExchangeError> {
    if reply.is_good() && reply.status != 204 {
        match Outline::of(&reply.body) {
            Ok(outline) => reply.outline = Some(outline),
            Err(error) if error.is_io() => return Err(ExchangeError::Unwritten(error.into())),
            Err(error) if error.is_eof() => {
                let bytes = reply.body.size();
                return Err(ExchangeError::Cut(format!(
                    "the response is incomplete: it ends after {bytes} bytes"
                )));
            }
            Err(_) => {}
        }
    }
    Ok(reply)
}
