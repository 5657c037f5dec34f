//! Requests that are signed in, kept under the announced rate, and tried again.

use std::path::Path;
use std::time::Duration;

use indicatif::HumanBytes;
use parking_lot::Mutex;
use reqwest::{Method, Url};
use secrecy::SecretString;

use crate::diagnostic::{Code, Located};

use super::auth::{self, Auth};
use super::body::BodyLimits;
use super::cancel::RunningJobs;
use super::clock::Clock;
use super::credentials::Credentials;
use super::fault::{self, RequestContext, RequestError};
use super::hosts::{self, Hosts};
use super::http::{Authorization, ExchangeError, Http, HttpRequest, Reply};
use super::outline::Outline;
use super::progress::{FetchProgress, seconds};
use super::rate::RateLimiter;
use super::retry::{self, Deadline, RetryPolicy};
use super::save;

/// The API, as one run uses it.
pub struct Api<'a> {
    pub http: Http,
    pub hosts: Hosts,
    pub auth: Auth,
    pub policy: RetryPolicy,
    pub clock: &'a dyn Clock,
    pub progress: &'a FetchProgress,
    pub cancel: RunningJobs,
    rate: Mutex<RateLimiter>,
    /// The reason why signing in failed: other requests do not try it again.
    refused: Mutex<Option<Box<Located>>>,
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
        let auth = Auth::new(credentials);
        Self {
            cancel: RunningJobs::new(http.clone(), auth.issued()),
            http,
            hosts,
            auth,
            policy,
            clock,
            progress,
            rate: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// A request whose answer may be large, and then goes to a temporary file of the folder.
    pub fn request<'r>(
        &self,
        method: Method,
        url: &Url,
        body: Option<&'r str>,
        folder: &'r Path,
    ) -> HttpRequest<'r> {
        let size = self.policy.max_response;
        HttpRequest {
            method,
            url: url.clone(),
            content: body.map(|body| ("application/json", body)),
            limits: BodyLimits { folder, size },
        }
    }

    /// Sends until there is a good answer, or no hope of one. A token that is refused is replaced
    /// once.
    pub fn call(
        &self,
        asked: &RequestContext,
        request: &HttpRequest<'_>,
        deadline: &Deadline,
    ) -> Result<Reply, RequestError> {
        let asked = asked.of(&request.method, &request.url);
        let mut renewed = false;
        loop {
            let token = self
                .auth
                .token(self.clock, |proof| self.sign_in(&asked, proof, deadline))?;
            let (reply, wait) = self.persist(&asked, deadline, true, &|timeout| {
                self.http
                    .send(request, Authorization::Bearer(&token), timeout)
            })?;
            match reply.status {
                200..=299 => {
                    self.progress.received(reply.body.size());
                    return Ok(reply);
                }
                401 if !renewed && self.auth.renews() => {
                    self.progress
                        .detail("the token was rejected: signing in again");
                    self.auth.forget(&token);
                    renewed = true;
                }
                _ => return Err(fault::answer(&asked, &reply, wait).into()),
            }
        }
    }

    /// Signs in, unless that has failed before. Only one thread at a time comes here.
    fn sign_in(
        &self,
        asked: &RequestContext,
        proof: Authorization<'_>,
        deadline: &Deadline,
    ) -> Result<(SecretString, u64), RequestError> {
        let mut refused = self.refused.lock();
        if let Some(fault) = &*refused {
            return Err(fault.clone().into());
        }
        self.exchange(asked, proof, deadline).inspect_err(|miss| {
            if let RequestError::Fault(fault) = miss {
                *refused = Some(fault.clone());
            }
        })
    }

    fn exchange(
        &self,
        asked: &RequestContext,
        proof: Authorization<'_>,
        deadline: &Deadline,
    ) -> Result<(SecretString, u64), RequestError> {
        let url = hosts::below(&self.hosts.login, "/oauth/token");
        let asked = RequestContext {
            what: "the sign-in".to_owned(),
            could_be_job: false,
            ..asked.of(&Method::POST, &url)
        };
        let request = HttpRequest {
            method: Method::POST,
            url,
            content: Some((
                "application/x-www-form-urlencoded",
                "grant_type=client_credentials",
            )),
            limits: BodyLimits::small(),
        };
        let (reply, wait) = self.persist(&asked, deadline, false, &|timeout| {
            self.http.send(&request, proof, timeout)
        })?;
        if !(200..300).contains(&reply.status) {
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
        deadline: &Deadline,
        limited: bool,
        send: &dyn Fn(Duration) -> Result<Reply, ExchangeError>,
    ) -> Result<(Reply, Option<Duration>), RequestError> {
        let mut attempts = 0;
        loop {
            if deadline.left(self.clock).is_zero() {
                return Err(fault::late(asked, deadline.limit, "the deadline has passed").into());
            }
            if limited {
                let entered = RateLimiter::enter(&self.rate, self.clock, self.progress, deadline);
                entered.map_err(|wait| fault::held(asked, deadline.limit, wait))?;
            }
            let left = deadline.left(self.clock).max(Duration::from_millis(1));
            let began = self.clock.elapsed();
            let outcome = send(self.policy.timeout.min(left)).and_then(complete);
            let took = self.clock.elapsed().saturating_sub(began);
            if limited {
                let announced = outcome.as_ref().ok().and_then(|reply| reply.announced);
                self.rate.lock().leave(announced, self.clock);
            }
            attempts += 1;
            let line = sent_line(asked, &outcome, took, attempts, self.policy.max_retries);
            self.progress.detail(&self.auth.redacted(&line));
            let outcome = outcome.map(|reply| Reply { attempts, ..reply });
            let (why, wait) = match &outcome {
                Ok(reply) if !retry::is_transient(reply.status) => {
                    return Ok((reply.clone(), None));
                }
                Ok(reply) => (format!("status {}", reply.status), self.wanted(reply)),
                Err(error @ ExchangeError::TimedOut(_)) => (format!("time-out: {error}"), None),
                Err(error) => (error.to_string(), None),
            };
            let is_hopeless = outcome.as_ref().is_err_and(ExchangeError::is_hopeless);
            if is_hopeless || attempts > self.policy.max_retries {
                return match outcome {
                    Ok(reply) => Ok((reply, wait)),
                    Err(ExchangeError::Unwritten(error)) => Err(save::not_kept(error).into()),
                    Err(broken) => Err(fault::broken(asked, &broken, attempts).into()),
                };
            }
            let pause = wait.unwrap_or_else(|| self.policy.wait(attempts, self.clock.chance()));
            if pause >= deadline.left(self.clock) {
                return match outcome {
                    // The server's own words say more.
                    Ok(reply) => Ok((reply, wait)),
                    Err(_) => Err(fault::late(asked, deadline.limit, &why).into()),
                };
            }
            // The others need not find out for themselves.
            if limited && matches!(&outcome, Ok(reply) if reply.status == 429) {
                self.rate.lock().hold(pause, self.clock);
            }
            let try_next = format!(
                "before retry {} of {}: {why}",
                attempts, self.policy.max_retries
            );
            self.progress.waiting(&try_next, pause);
            self.clock.sleep(pause);
        }
    }

    /// The wait that the server asks for.
    fn wanted(&self, reply: &Reply) -> Option<Duration> {
        let named = reply.retry_after.as_deref();
        let wait = named.and_then(|text| retry::retry_after(text, self.clock.now()));
        let window = || {
            let announced = reply.announced.filter(|_| reply.status == 429)?;
            Some(Duration::from_secs(announced.reset))
        };
        wait.or_else(window)
    }

    /// A fault without any secret of ours that a server may have repeated.
    pub fn redacted(&self, mut fault: Box<Located>) -> Located {
        let diagnostic = &mut fault.diagnostic;
        diagnostic.message = self.auth.redacted(&diagnostic.message);
        diagnostic.help = diagnostic
            .help
            .as_deref()
            .map(|help| self.auth.redacted(help).into());
        fault.file = self.auth.redacted(&fault.file).into();
        *fault
    }

    /// Waits before a job is asked about again.
    pub fn pause(&self, why: &str, wait: Duration) {
        self.progress
            .detail(&format!("{why}: checking again in {}", seconds(wait)));
        self.clock.sleep(wait);
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
    let mut line = format!("{}: ", asked.at);
    match outcome {
        Ok(reply) => {
            let size = HumanBytes(reply.body.size());
            line.push_str(&format!(
                "status {}, {}, {size}",
                reply.status,
                seconds(took)
            ));
        }
        Err(broken) => {
            line.push_str(&format!(
                "no complete response, {}: {broken}",
                seconds(took)
            ));
        }
    }
    if attempts > 1 {
        line.push_str(&format!(", retry {} of {max_retries}", attempts - 1));
    }
    if let Some(rate) = outcome.as_ref().ok().and_then(|reply| reply.announced) {
        line.push_str(&format!(
            ", rate {} of {}, reset in {} s",
            rate.count, rate.allowed, rate.reset
        ));
    }
    line
}

/// A good answer that ends within its JSON was cut off, whatever the connection says.
fn complete(reply: Reply) -> Result<Reply, ExchangeError> {
    if !(200..300).contains(&reply.status) || reply.status == 204 {
        return Ok(reply);
    }
    let outline = Outline::of(&reply.body).map_err(ExchangeError::Unwritten)?;
    if outline.first.is_none() || !outline.complete {
        let bytes = reply.body.size();
        return Err(ExchangeError::Cut(format!(
            "the response is incomplete: it ends after {bytes} bytes"
        )));
    }
    Ok(reply)
}
