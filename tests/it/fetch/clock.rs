//! A clock that nobody waits for, and the library's API behind it.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};
use gcagg::internals::fetch::client::Api;
use gcagg::internals::fetch::clock::Clock;
use gcagg::internals::fetch::credentials::Credentials;
use gcagg::internals::fetch::hosts::Hosts;
use gcagg::internals::fetch::http::Http;
use gcagg::internals::fetch::plan::{self, Request};
use gcagg::internals::fetch::progress::FetchProgress;
use gcagg::internals::fetch::query::Query;
use gcagg::internals::fetch::retry::RetryPolicy;
use gcagg::internals::fetch::run::{FetchOutcome, FetchRun, SaveTarget};

use gcagg::internals::pipeline::Resources;

use super::server::{SECRET, Server};

/// Time that passes only where somebody sleeps, or where a test says so.
#[derive(Debug, Default)]
pub struct TestClock {
    passed: Mutex<Duration>,
    slept: Mutex<Vec<Duration>>,
}

impl TestClock {
    pub fn advance(&self, time: Duration) {
        *self.passed.lock().expect("the time") += time;
    }

    /// All waits in seconds.
    pub fn slept(&self) -> Vec<u64> {
        let slept = self.slept.lock().expect("the waits");
        slept.iter().map(Duration::as_secs).collect()
    }
}

/// When the clock begins.
pub const BEGIN: &str = "2026-03-02T08:00:00Z";

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        BEGIN.parse::<DateTime<Utc>>().expect("a time") + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        *self.passed.lock().expect("the time")
    }

    fn sleep(&self, time: Duration) {
        self.slept.lock().expect("the waits").push(time);
        self.advance(time);
    }

    fn chance(&self) -> f64 {
        1.0
    }
}

/// Requests for so many days of conversations.
pub fn days(count: u32, jobs: bool) -> Vec<Request> {
    let ask = Query {
        family: "conversations".to_owned(),
        interval: Some(format!("2026-01-01/P{count}D")),
        split: Some("P1D".to_owned()),
        is_async: jobs,
        ..Query::default()
    };
    plan::plan(&ask, serde_json::Value::Null, Utc::now()).expect("a plan")
}

/// Runs requests one after another, with the clock in place of time.
pub fn run(
    server: &Server,
    clock: &TestClock,
    requests: &[Request],
    folder: &Path,
) -> FetchOutcome {
    let url: reqwest::Url = server.url.parse().expect("an address");
    let hosts = Hosts {
        api: url.clone(),
        login: url,
    };
    let credentials = Credentials::Client {
        id: "client-id".into(),
        secret: SECRET.into(),
        named: "A and B".to_owned(),
    };
    let policy = RetryPolicy {
        max_retries: 5,
        backoff: Duration::from_secs(2),
        deadline: Duration::from_secs(600),
        timeout: Duration::from_secs(30),
        max_response: 2 << 30,
    };
    let progress = FetchProgress::silent();
    let http = Http::new(None).expect("a client");
    let api = Api::new(http, hosts, credentials, policy, clock, &progress);
    let run = FetchRun {
        api: &api,
        requests,
        destination: &SaveTarget::Folder(folder.to_owned()),
        resume: false,
        concurrency: 1,
        resources: &Resources::default(),
    };
    run.run().expect("written")
}

/// The code and the words of the only fault.
pub fn fault(outcome: &FetchOutcome) -> (&'static str, String) {
    let [located] = outcome.faults.as_slice() else {
        panic!("{:?}", outcome.faults);
    };
    let diagnostic = &located.diagnostic;
    let help = diagnostic.help.clone().unwrap_or_default();
    (
        diagnostic.code.id(),
        format!("{}; {help}", diagnostic.message),
    )
}
