//! Jobs that are running, so that an interruption can cancel them.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::{Method, Url};

use super::auth::Shared;
use super::http::{Content, Http, Proof, Room, Sent};

/// How long a run that was interrupted waits for the server.
const PATIENCE: Duration = Duration::from_secs(3);

/// The list of running jobs.
#[derive(Debug, Clone)]
pub struct Cancel {
    http: Http,
    token: Shared,
    jobs: Arc<Mutex<Vec<Url>>>,
}

impl Cancel {
    /// An empty list.
    pub fn new(http: Http, token: Shared) -> Self {
        Self {
            http,
            token,
            jobs: Arc::default(),
        }
    }

    /// Puts a job on the list.
    pub fn add(&self, job: &Url) {
        self.jobs.lock().push(job.clone());
    }

    /// Takes a job off the list.
    pub fn remove(&self, job: &Url) {
        self.jobs.lock().retain(|known| known != job);
    }

    /// Cancels one job; whether that works, nobody can wait for.
    pub fn cancel(&self, job: &Url) {
        self.remove(job);
        let token = self.token.lock().clone();
        if let Some(token) = token {
            let _ = self.http.send(Sent {
                method: Method::DELETE,
                url: job.clone(),
                proof: Proof::Bearer(&token),
                content: Content::None,
                timeout: PATIENCE,
                room: Room::Small,
            });
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
