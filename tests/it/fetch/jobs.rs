//! Asynchronous jobs.

use std::time::Duration;

use serde_json::{Value, json};

use super::clock::{TestClock, days, fault, run};
use super::server::{Answer, Seen, Server};
use super::{INTERVAL, command, fetch};
use crate::work::Work;

const JOBS: &str = "/api/v2/analytics/conversations/aggregates/jobs";

/// A job with the id `job 1` that ends in this state after so many looks, with two pages that
/// split a group.
fn job(seen: &Seen, looks: usize, end: &str) -> Option<Answer> {
    let job = format!("{JOBS}/job%201");
    let bucket = |hour: u32| {
        json!({"group": {"mediaType": "voice"}, "data": [{
            "interval": format!("2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{:02}:00:00.000Z", hour + 1),
            "metrics": [{"metric": "nConversations", "stats": {"count": 3}}]}]})
    };
    let path = seen.path.strip_prefix(&job);
    Some(match (seen.method.as_str(), path) {
        ("POST", _) if seen.path == JOBS => Answer::json(202, &json!({"jobId": "job 1"})),
        ("GET", Some("")) if seen.before < looks => {
            let state = if seen.before == 0 {
                "QUEUED"
            } else {
                "PENDING"
            };
            Answer::json(200, &json!({"state": state}))
        }
        ("GET", Some("")) => Answer::json(200, &json!({"state": end, "errorMessage": "it broke"})),
        ("GET", Some("/results")) => {
            Answer::json(200, &json!({"results": [bucket(8)], "cursor": "next/+&"}))
        }
        ("GET", Some("/results?cursor=next%2F%2B%26")) => {
            Answer::json(200, &json!({"results": [bucket(9)]}))
        }
        ("DELETE", Some("")) => Answer::new(204, ""),
        _ => return None,
    })
}

#[test]
fn a_job_is_waited_for_and_its_pages_are_put_together() {
    let (work, clock) = (Work::new(), TestClock::default());
    let server = Server::start(|seen| job(seen, 7, "FULFILLED"));
    let outcome = run(&server, &clock, &days(1, true), &work.path("out"));
    assert_eq!((outcome.saved, outcome.faults.len()), (1, 0));
    assert_eq!(clock.slept(), [1, 2, 4, 8, 16, 30, 30]);
    assert!(!server.lines().iter().any(|line| line.starts_with("DELETE")));
    let ran = work.run(&["convert", "out"]).exits(0);
    assert_eq!(ran.stdout.lines().count(), 3, "{}", ran.stdout);
    let body = server.asked()[0].json();
    assert_eq!(
        body["interval"],
        "2026-01-01T00:00:00.000Z/2026-01-02T00:00:00.000Z"
    );
}

#[test]
fn jobs_that_end_badly_say_so() {
    for (state, words) in [
        ("FAILED", "it broke"),
        ("EXPIRED", "results expired"),
        ("CANCELLED", "somebody"),
    ] {
        let (work, clock) = (Work::new(), TestClock::default());
        let server = Server::start(move |seen| job(seen, 1, state));
        let outcome = run(&server, &clock, &days(1, true), &work.path("out"));
        let (code, said) = fault(&outcome);
        assert_eq!(code, "N011");
        assert!(said.contains(state) && said.contains(words), "{said}");
    }
}

#[test]
fn a_job_that_stays_queued_is_cancelled_at_the_deadline() {
    let (work, clock) = (Work::new(), TestClock::default());
    let server = Server::start(|seen| job(seen, usize::MAX, ""));
    let outcome = run(&server, &clock, &days(1, true), &work.path("out"));
    let (code, said) = fault(&outcome);
    assert_eq!(code, "N010");
    assert!(said.contains("PENDING after 600 s"), "{said}");
    assert_eq!(
        server.lines().last().expect("a request"),
        &format!("DELETE {JOBS}/job%201")
    );
}

#[test]
fn pages_that_go_in_a_circle_are_left() {
    let work = Work::new();
    let server = Server::start(|seen| {
        if seen.path.contains("/results") {
            return Some(Answer::json(200, &json!({"results": [], "cursor": "same"})));
        }
        job(seen, 0, "FULFILLED")
    });
    let ran = fetch(&work, &server, &["--async", "-o", "a.json"]).exits(4);
    assert!(
        ran.stderr.contains("N012") && ran.stderr.contains("circle"),
        "{}",
        ran.stderr
    );
    assert!(work.names().is_empty());
}

#[test]
fn a_page_that_is_no_data_is_kept_apart() {
    let work = Work::new();
    let server = Server::start(|seen| {
        if seen.path.contains("cursor") {
            return Some(Answer::error(200, "internal", "half of it is lost"));
        }
        job(seen, 0, "FULFILLED")
    });
    let ran = fetch(&work, &server, &["--async", "-o", "a.json"]).exits(4);
    assert!(
        ran.stderr.contains("N012") && ran.stderr.contains("half of it"),
        "{}",
        ran.stderr
    );
    assert_eq!(work.names(), ["a.json.rejected"]);
    let kept: Value = serde_json::from_slice(&work.read("a.json.rejected")).expect("JSON");
    assert_eq!(kept["code"], "internal");
}

#[test]
#[cfg(target_os = "linux")]
fn an_interruption_cancels_the_job_and_leaves_whole_files_only() {
    use std::process::{Command, Stdio};
    let work = Work::new();
    let server = Server::start(|seen| job(seen, usize::MAX, ""));
    let mut arguments = INTERVAL.to_vec();
    arguments.extend(["--async", "-o", "a.json"]);
    let plain = command(&work, &server, &arguments);
    // A job in the background inherits an ignored SIGINT; `env` gives it its default again.
    let mut command = Command::new("env");
    command
        .arg("--default-signal=INT")
        .arg(plain.get_program())
        .args(plain.get_args());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
        .current_dir(work.path(""))
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("started");
    while server.asked().len() < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.expect("kill").success());
    assert_eq!(child.wait().expect("ended").code(), Some(130));
    assert!(
        server.lines().contains(&format!("DELETE {JOBS}/job%201")),
        "{:?}",
        server.lines()
    );
    assert!(work.names().is_empty(), "{:?}", work.names());
}
