//! Jobs that are running, so that an interruption can cancel them.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::blocking::RequestBuilder;
use reqwest::{Method, Url};
use secrecy::ExposeSecret as _;

use super::auth::Auth;
use super::http::{Http, HttpRequest};

/// The time that an interrupted run waits for the server.
const PATIENCE: Duration = Duration::from_secs(3);

/// The list of running jobs.
#[derive(Debug)]
pub struct RunningJobs {
    http: Http,
    auth: Arc<Auth>,
    jobs: Mutex<Vec<Url>>,
}

impl RunningJobs {
    /// An empty list.
    pub fn new(http: Http, auth: Arc<Auth>) -> Self {
        let jobs = Mutex::default();
        Self { http, auth, jobs }
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
        if let Some(token) = self.auth.latest() {
            let request = HttpRequest::small(Method::DELETE, job.clone(), None);
            let bearer = |it: RequestBuilder| it.bearer_auth(token.expose_secret());
            let _ = self.http.send(&request, &bearer, PATIENCE);
        }
    }

    /// Cancels all jobs that are running.
    pub fn cancel_all(&self) {
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
