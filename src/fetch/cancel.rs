//! Jobs that are running, so that an interruption can cancel them.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::{Method, Url};

use super::auth::IssuedTokens;
use super::body::BodyLimits;
use super::http::{Authorization, Http, HttpRequest};

/// The time that an interrupted run waits for the server.
const PATIENCE: Duration = Duration::from_secs(3);

/// The list of running jobs.
#[derive(Debug, Clone)]
pub struct RunningJobs {
    http: Http,
    tokens: IssuedTokens,
    jobs: Arc<Mutex<Vec<Url>>>,
}

impl RunningJobs {
    /// An empty list.
    pub fn new(http: Http, tokens: IssuedTokens) -> Self {
        Self {
            http,
            tokens,
            jobs: Arc::default(),
        }
    }

    /// Adds a job.
    pub fn add(&self, job: &Url) {
        self.jobs.lock().push(job.clone());
    }

    /// Removes a job.
    pub fn remove(&self, job: &Url) {
        self.jobs.lock().retain(|known| known != job);
    }

    /// Cancels one job, and ignores errors.
    pub fn cancel(&self, job: &Url) {
        self.remove(job);
        let token = self.tokens.lock().last().cloned();
        if let Some(token) = token {
            let request = HttpRequest {
                method: Method::DELETE,
                url: job.clone(),
                content: None,
                limits: BodyLimits::small(),
            };
            let authorization = Authorization::Bearer(&token);
            let _ = self.http.send(&request, authorization, PATIENCE);
        }
    }

    /// Cancels all jobs that are running.
    pub fn all(&self) {
        let jobs = self.jobs.lock().clone();
        std::thread::scope(|scope| {
            for job in &jobs {
                let cancel = || self.cancel(job);
                let thread = std::thread::Builder::new().spawn_scoped(scope, cancel);
                if thread.is_err() {
                    cancel();
                }
            }
        });
    }
}
