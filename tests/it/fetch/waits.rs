//! Retries, rates and tokens, by a clock that nobody waits for.

use std::sync::Arc;
use std::time::Duration;

use super::clock::{TestClock, days, fault, run};
use super::server::{Answer, Server, TOKEN, usual};
use crate::work::Work;

fn is_query(path: &str) -> bool {
    path.ends_with("/aggregates/query")
}

fn limited(after: &str) -> Answer {
    Answer::error(429, "too.many.requests.retry.after", "Rate limit exceeded")
        .header("Retry-After", after)
}

#[test]
fn three_429s_are_waited_out_as_long_as_they_say() {
    let (work, clock) = (Work::new(), TestClock::default());
    let server = Server::start(|seen| match (is_query(&seen.path), seen.before) {
        (true, 0) => Some(limited("7")),
        // The clock begins at 08:00:00, and 7 seconds have passed.
        (true, 1) => Some(limited("Mon, 02 Mar 2026 08:00:37 GMT")),
        (true, 2) => Some(limited("0")),
        _ => None,
    });
    let outcome = run(&server, &clock, &days(1, false), &work.path("out"));
    assert_eq!((outcome.saved, outcome.faults.len()), (1, 0));
    let slept: Vec<u64> = clock.slept().into_iter().filter(|wait| *wait > 0).collect();
    assert_eq!(slept, [7, 30]);
}

#[test]
fn back_off_doubles_and_ends_with_the_last_answer() {
    let (work, clock) = (Work::new(), TestClock::default());
    let server = Server::start(|seen| {
        is_query(&seen.path).then(|| Answer::error(503, "service.unavailable", "not now"))
    });
    let outcome = run(&server, &clock, &days(1, false), &work.path("out"));
    assert_eq!(clock.slept(), [2, 4, 8, 16, 32]);
    let (code, words) = fault(&outcome);
    assert_eq!(code, "N008");
    for part in [
        "status 503",
        "service.unavailable",
        "not now",
        "context-7",
        "6 tries",
    ] {
        assert!(words.contains(part), "{words}");
    }
}

#[test]
fn a_wait_beyond_the_deadline_is_not_begun() {
    let (work, clock) = (Work::new(), TestClock::default());
    let server = Server::start(|seen| is_query(&seen.path).then(|| limited("3600")));
    let outcome = run(&server, &clock, &days(1, false), &work.path("out"));
    let (code, words) = fault(&outcome);
    assert_eq!((code, clock.slept().len()), ("N006", 0));
    assert!(words.contains("wait 3600 s"), "{words}");
}

#[test]
fn the_announced_rate_is_kept() {
    let (work, clock) = (Work::new(), TestClock::default());
    let server = Server::start(|seen| {
        is_query(&seen.path).then(|| {
            // Three requests a window of 50 seconds.
            usual(seen)
                .header("inin-ratelimit-count", &(seen.before % 3 + 1).to_string())
                .header("inin-ratelimit-allowed", "3")
                .header("inin-ratelimit-reset", "50")
        })
    });
    let outcome = run(&server, &clock, &days(7, false), &work.path("out"));
    assert_eq!((outcome.saved, clock.slept()), (7, vec![50, 50]));
}

#[test]
fn numbers_beyond_all_measure_break_nothing() {
    let (work, clock) = (Work::new(), TestClock::default());
    let most = u64::MAX.to_string();
    let server = Server::start(move |seen| {
        if seen.path == "/oauth/token" {
            let body = format!("{{\"access_token\":\"{TOKEN}\",\"expires_in\":{most}}}");
            return Some(Answer::new(200, body));
        }
        if seen.before == 1 {
            return Some(limited(&most));
        }
        Some(
            usual(seen)
                .header("inin-ratelimit-count", &most)
                .header("inin-ratelimit-allowed", &most)
                .header("inin-ratelimit-reset", &most),
        )
    });
    let outcome = run(&server, &clock, &days(3, false), &work.path("out"));
    // No window is believed to be longer than ten minutes, and even these are not there.
    let (code, words) = fault(&outcome);
    assert_eq!((outcome.saved, code), (1, "N006"));
    assert!(words.contains("wait 600 s"), "{words}");
    assert!(clock.slept().is_empty());
}

#[test]
fn a_token_is_renewed_before_it_expires() {
    let (work, clock) = (Work::new(), Arc::new(TestClock::default()));
    let inner = Arc::clone(&clock);
    let server = Server::start(move |seen| {
        // Each request takes a quarter of an hour; a token lives for one.
        if is_query(&seen.path) {
            inner.advance(Duration::from_secs(900));
        }
        (seen.path == "/oauth/token").then(|| {
            let body = format!(
                "{{\"access_token\":\"{TOKEN}-{}\",\"expires_in\":3600}}",
                seen.before
            );
            Answer::new(200, body)
        })
    });
    let requests = days(8, false);
    let outcome = run(&server, &clock, &requests[..4], &work.path("out"));
    assert_eq!(outcome.faults.len(), 0, "{:?}", outcome.faults);
    let tokens: Vec<String> = server
        .asked()
        .iter()
        .map(|seen| seen.headers["authorization"].clone())
        .collect();
    assert_eq!(
        tokens,
        [0, 0, 0, 0].map(|number| format!("Bearer {TOKEN}-{number}")),
    );
    let outcome = run(&server, &clock, &requests, &work.path("out"));
    assert_eq!(outcome.saved, 8);
    let tokens: Vec<String> = server.asked()[4..]
        .iter()
        .map(|seen| seen.headers["authorization"].clone())
        .collect();
    assert_eq!(
        tokens,
        [1, 1, 1, 1, 2, 2, 2, 2].map(|number| format!("Bearer {TOKEN}-{number}")),
    );
}

#[test]
fn a_token_that_is_refused_is_replaced_once() {
    let (work, clock) = (Work::new(), TestClock::default());
    let server = Server::start(|seen| {
        let old = format!("Bearer {TOKEN}-0");
        let refused = seen.headers.get("authorization") == Some(&old) && seen.before > 0;
        refused.then(|| Answer::error(401, "bad.credentials", "Invalid login credentials."))
    });
    let outcome = run(&server, &clock, &days(3, false), &work.path("out"));
    assert_eq!((outcome.saved, outcome.faults.len()), (3, 0));
    let signed = server
        .lines()
        .iter()
        .filter(|line| line.ends_with("/oauth/token"))
        .count();
    assert_eq!(signed, 2);

    let server = Server::start(|seen| {
        is_query(&seen.path)
            .then(|| Answer::error(401, "bad.credentials", "Invalid login credentials."))
    });
    let outcome = run(&server, &clock, &days(1, false), &work.path("out"));
    let (code, words) = fault(&outcome);
    assert_eq!((code, server.asked().len()), ("N002", 2));
    assert!(words.contains("A and B"), "{words}");
}
