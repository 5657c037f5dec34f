//! Requests that are signed in, kept under the announced rate, and tried again.

use std::path::Path;
use std::time::Duration;

use indicatif::HumanBytes;
use parking_lot::Mutex;
use reqwest::{Method, Url};
use secrecy::SecretString;

use crate::diagnostic::Code;

use super::auth::{self, Auth};
use super::cancel::Cancel;
use super::clock::Clock;
use super::credentials::Credentials;
use super::fault::{self, Asked, Fault, Miss};
use super::hosts::{self, Hosts};
use super::http::{Broken, Content, Http, Proof, Reply, Room, Sent};
use super::outline::{Outline, Root};
use super::progress::{Progress, seconds};
use super::rate::Rate;
use super::retry::{self, Deadline, Policy};
use super::save::Unwritten;

/// The API, as one run uses it.
pub struct Api<'a> {
    pub http: Http,
    pub hosts: Hosts,
    pub auth: Auth,
    pub policy: Policy,
    pub clock: &'a dyn Clock,
    pub progress: &'a Progress,
    pub cancel: Cancel,
    rate: Rate,
    /// Why nobody could sign in: the others need not try too.
    refused: Mutex<Option<Fault>>,
}

/// A request to the API.
#[derive(Debug, Clone)]
pub struct Call<'c> {
    pub method: Method,
    pub url: Url,
    pub body: Option<&'c str>,
    /// The folder for temporary files.
    pub folder: &'c Path,
}

impl<'a> Api<'a> {
    /// The API at these hosts, for whoever has these credentials.
    pub fn new(
        http: Http,
        hosts: Hosts,
        credentials: Credentials,
        policy: Policy,
        clock: &'a dyn Clock,
        progress: &'a Progress,
    ) -> Self {
        let auth = Auth::new(credentials);
        Self {
            cancel: Cancel::new(http.clone(), auth.shared()),
            http,
            hosts,
            auth,
            policy,
            clock,
            progress,
            rate: Rate::default(),
            refused: Mutex::default(),
        }
    }

    /// Sends until there is a good answer, or no hope of one. A token that is refused is replaced
    /// once.
    ///
    /// # Errors
    /// Why there is no hope.
    pub fn call(&self, asked: &Asked, call: &Call<'_>, deadline: &Deadline) -> Result<Reply, Miss> {
        let asked = asked.of(&call.method, &call.url);
        let mut renewed = false;
        loop {
            let token = self
                .auth
                .token(self.clock, |proof| self.sign_in(&asked, proof, deadline))?;
            let (reply, wait) = self.persist(&asked, deadline, true, &|timeout| {
                self.http.send(Sent {
                    method: call.method.clone(),
                    url: call.url.clone(),
                    proof: Proof::Bearer(&token),
                    content: call.body.map_or(Content::None, Content::Json),
                    timeout,
                    room: Room::Large {
                        folder: call.folder,
                        most: self.policy.max_response,
                    },
                })
            })?;
            match reply.status {
                200..=299 => {
                    self.progress.received(reply.body.len());
                    return Ok(reply);
                }
                401 if !renewed && self.auth.renews() => {
                    self.progress
                        .detail("the token was refused: signing in again");
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
        asked: &Asked,
        proof: Proof<'_>,
        deadline: &Deadline,
    ) -> Result<(SecretString, u64), Miss> {
        let mut refused = self.refused.lock();
        if let Some(fault) = &*refused {
            return Err(fault.clone().into());
        }
        self.exchange(asked, proof, deadline).inspect_err(|miss| {
            if let Miss::Fault(fault) = miss {
                *refused = Some(fault.clone());
            }
        })
    }

    fn exchange(
        &self,
        asked: &Asked,
        proof: Proof<'_>,
        deadline: &Deadline,
    ) -> Result<(SecretString, u64), Miss> {
        let url = hosts::below(&self.hosts.login, "/oauth/token");
        let asked = Asked {
            what: "the sign-in".to_owned(),
            could_be_job: false,
            ..asked.of(&Method::POST, &url)
        };
        let (reply, wait) = self.persist(&asked, deadline, false, &|timeout| {
            self.http.send(Sent {
                method: Method::POST,
                url: url.clone(),
                proof,
                content: Content::Form("grant_type=client_credentials"),
                timeout,
                room: Room::Small,
            })
        })?;
        if !(200..300).contains(&reply.status) {
            return Err(fault::sign_in(&asked, &reply, wait).into());
        }
        auth::granted(&reply).ok_or_else(|| {
            Fault::new(
                &asked,
                Code::SignInFailed,
                "the sign-in was answered without a token",
                "check GENESYS_LOGIN_URL and the proxy: another server may have answered",
            )
            .into()
        })
    }

    /// Sends again while that may help. An answer that is not good comes back with the wait that
    /// it asked for.
    fn persist(
        &self,
        asked: &Asked,
        deadline: &Deadline,
        limited: bool,
        send: &dyn Fn(Duration) -> Result<Reply, Broken>,
    ) -> Result<(Reply, Option<Duration>), Miss> {
        let mut attempts = 0;
        loop {
            if deadline.left(self.clock).is_zero() {
                return Err(fault::late(asked, deadline.limit, "the time is over").into());
            }
            if limited {
                let entered = self.rate.enter(self.clock, self.progress, deadline);
                entered.map_err(|wait| fault::held(asked, deadline.limit, wait))?;
            }
            let left = deadline.left(self.clock).max(Duration::from_millis(1));
            let began = self.clock.elapsed();
            let outcome = send(self.policy.timeout.min(left)).and_then(complete);
            let took = self.clock.elapsed().saturating_sub(began);
            if limited {
                let announced = outcome.as_ref().ok().and_then(|reply| reply.announced);
                self.rate.leave(announced, self.clock);
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
                Err(Broken::Untrusted(_) | Broken::TooLarge(_) | Broken::Unwritten(_)) => {
                    (String::new(), None)
                }
                Err(Broken::TimedOut(words)) => (format!("time-out: {words}"), None),
                Err(Broken::Unreachable(words) | Broken::Cut(words)) => (words.clone(), None),
            };
            let hopeless = matches!(
                outcome,
                Err(Broken::Untrusted(_) | Broken::TooLarge(_) | Broken::Unwritten(_))
            );
            if hopeless || attempts > self.policy.max_retries {
                return match outcome {
                    Ok(reply) => Ok((reply, wait)),
                    Err(Broken::Unwritten(error)) => Err(Unwritten::temporary(error).into()),
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
                self.rate.hold(pause, self.clock);
            }
            let try_next = format!(
                "to try again ({} of {}): {why}",
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
    pub fn redacted(&self, mut fault: Fault) -> Fault {
        let diagnostic = &mut fault.diagnostic;
        diagnostic.message = self.auth.redacted(&diagnostic.message);
        diagnostic.help = diagnostic
            .help
            .as_deref()
            .map(|help| self.auth.redacted(help).into());
        fault.at = self.auth.redacted(&fault.at);
        fault
    }

    /// Waits before a job is asked about again.
    pub fn pause(&self, why: &str, wait: Duration) {
        self.progress
            .detail(&format!("{why}: looking again in {}", seconds(wait)));
        self.clock.sleep(wait);
    }
}

/// What `-v` shows of an exchange: method, address, status, time, size, retries and rate.
fn sent_line(
    asked: &Asked,
    outcome: &Result<Reply, Broken>,
    took: Duration,
    attempts: u32,
    max_retries: u32,
) -> String {
    let mut line = format!("{}: ", asked.at);
    match outcome {
        Ok(reply) => {
            let size = HumanBytes(reply.body.len());
            line.push_str(&format!(
                "status {}, {}, {size}",
                reply.status,
                seconds(took)
            ));
        }
        Err(broken) => {
            line.push_str(&format!("no complete response, {}", seconds(took)));
            match broken {
                Broken::Unreachable(words)
                | Broken::Untrusted(words)
                | Broken::TimedOut(words)
                | Broken::Cut(words) => line.push_str(&format!(": {words}")),
                Broken::TooLarge(most) => {
                    line.push_str(&format!(": more than {}", HumanBytes(*most)));
                }
                Broken::Unwritten(error) => line.push_str(&format!(": {error}")),
            }
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
fn complete(reply: Reply) -> Result<Reply, Broken> {
    if !(200..300).contains(&reply.status) || reply.status == 204 {
        return Ok(reply);
    }
    let outline = Outline::of(&reply.body).map_err(Broken::Unwritten)?;
    if outline.root == Root::Nothing || !outline.complete {
        let bytes = reply.body.len();
        return Err(Broken::Cut(format!(
            "the response is incomplete: it ends after {bytes} bytes"
        )));
    }
    Ok(reply)
}
