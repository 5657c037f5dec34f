//! Everything that can go wrong, each with its code and what to do.

use std::path::PathBuf;
use std::time::Duration;

use super::server::{Answer, SECRET, Server};
use super::{bare, command, fetch, ran};
use crate::work::Work;

fn is_query(path: &str) -> bool {
    path.ends_with("/aggregates/query")
}

/// The first fenced block below a heading of a page.
fn block(page: &str, heading: &str) -> String {
    let (_, below) = page.split_once(heading).expect("the heading");
    let (_, text) = below.split_once("```http\n").expect("a block of http");
    text.split_once("\n```").expect("its end").0.to_owned()
}

/// The answers that the pages of `gcagg explain` call bad lead to just their codes, and those they
/// call good to none.
#[test]
fn the_pages_of_the_network_are_true() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/diagnostic/explain");
    let mut pages = 0;
    for number in 2..=13 {
        let code = format!("N{number:03}");
        let page = std::fs::read_to_string(folder.join(format!("{code}.md"))).expect("a page");
        for (heading, bad) in [("## Bad", true), ("## Good", false)] {
            let answer = Answer::raw(&block(&page, heading));
            let code = code.clone();
            let server = Server::start(move |seen| {
                let its_place = match code.as_str() {
                    "N002" => seen.path == "/oauth/token",
                    "N011" => seen.method == "GET" && seen.path.ends_with("/job-1"),
                    _ => is_query(&seen.path),
                };
                let job = seen.path.ends_with("/jobs");
                match (its_place, job) {
                    (true, _) => Some(answer.clone()),
                    (_, true) => Some(Answer::new(202, "{\"jobId\":\"job-1\"}")),
                    _ if seen.path.ends_with("/results") => Some(Answer::new(200, "{}")),
                    _ => None,
                }
            });
            let work = Work::new();
            let mut arguments = vec!["--max-retries", "0", "-o", "a.json"];
            if number == 11 {
                arguments.push("--async");
            }
            let ran = fetch(&work, &server, &arguments).exits(if bad { 4 } else { 0 });
            let first = ran.stderr.lines().next().unwrap_or_default();
            assert_eq!(
                first.starts_with(&format!("error[N{number:03}] ")),
                bad,
                "{heading} of N{number:03}: {}",
                ran.stderr
            );
            assert_eq!(work.exists("a.json"), !bad);
            assert_eq!(work.exists("a.json.rejected"), bad && number == 12);
        }
        pages += 1;
    }
    assert_eq!(pages, 12);
}

#[test]
fn a_refusal_says_what_was_asked_and_what_to_do() {
    for (status, parts) in [
        (400, ["N004", "bad.request", "--dry-run"]),
        (
            403,
            ["N003", "analytics:conversationAggregate:view", "Roles"],
        ),
        (404, ["N005", "GENESYS_ENVIRONMENT", "not served"]),
        (413, ["N007", "--async", "--split P1D"]),
        (429, ["N006", "--concurrency", "not served"]),
    ] {
        let work = Work::new();
        let server = Server::start(move |seen| {
            is_query(&seen.path).then(|| Answer::error(status, "bad.request", "not served"))
        });
        let ran = fetch(&work, &server, &["--max-retries", "1", "-o", "a.json"]).exits(4);
        let usual = [
            "the query for conversations, 2026-03-02T00:00:00.000Z/2026-03-02T12:00:00.000Z,",
            "[contextId context-7]",
            "POST http://127.0.0.1",
            &format!("status {status}"),
            "gcagg explain N",
            "1 not fetched",
        ];
        for part in parts.iter().chain(&usual) {
            assert!(
                ran.stderr.contains(part),
                "{status}: no {part} in {}",
                ran.stderr
            );
        }
        let tries = if status == 429 { 2 } else { 1 };
        assert_eq!(server.asked().len(), tries, "{status}");
        assert!(work.names().is_empty());
    }
}

#[test]
fn a_query_that_is_too_heavy_leads_to_jobs() {
    let work = Work::new();
    let server = Server::start(|seen| {
        let body = "The number of results exceeds what one query may return";
        is_query(&seen.path).then(|| Answer::error(400, "bad.request", body))
    });
    let ran = fetch(&work, &server, &[]).exits(4);
    assert!(
        ran.stderr.contains("N007") && ran.stderr.contains("--async"),
        "{}",
        ran.stderr
    );
}

#[test]
fn answers_that_break_off_are_fetched_again() {
    let work = Work::new();
    let server = Server::start(|seen| {
        let usual = is_query(&seen.path).then(|| super::server::usual(seen))?;
        match seen.before {
            0 => Some(usual.cut()),
            // A proxy that ends a body early and says that this was all.
            1 => Some(Answer::new(200, "{\"results\":[{\"group\":{}")),
            2 => Some(Answer::new(200, "")),
            3 => Some(Answer::new(502, "<html>Bad Gateway</html>")),
            _ => None,
        }
    });
    let ran = fetch(&work, &server, &["-o", "a.json", "-v"]).exits(0);
    assert_eq!(server.asked().len(), 5);
    assert_eq!(
        ran.stderr.matches("before retry").count(),
        4,
        "{}",
        ran.stderr
    );
    work.run(&["validate", "a.json"]).exits(0);
}

#[test]
fn nobody_there_and_nobody_answering() {
    let (work, server) = (Work::new(), Server::usual());
    let mut gone = command(&work, &server, &["--max-retries", "1"]);
    gone.env("GENESYS_API_URL", "http://127.0.0.1:1");
    let said = ran(gone).exits(4).stderr;
    assert!(
        said.contains("N009") && said.contains("after 2 tries"),
        "{said}"
    );

    let server = Server::start(|seen| {
        is_query(&seen.path).then(|| super::server::usual(seen).hang(Duration::from_secs(2)))
    });
    let arguments = ["--timeout", "0.2", "--max-retries", "1"];
    let said = fetch(&work, &server, &arguments).exits(4).stderr;
    assert!(said.contains("N010") && said.contains("time-out"), "{said}");
    let arguments = ["--timeout", "5", "--deadline", "0.2"];
    let said = fetch(&work, &server, &arguments).exits(4).stderr;
    assert!(
        said.contains("N010") && said.contains("--deadline"),
        "{said}"
    );
}

#[test]
fn a_sign_in_page_is_no_data() {
    let work = Work::new();
    let server = Server::start(|seen| {
        is_query(&seen.path).then(|| {
            Answer::new(200, "<html><title>Log in</title></html>")
                .header("Content-Type", "text/html")
        })
    });
    let ran = fetch(&work, &server, &["-o", "out/"]).exits(4);
    assert!(
        ran.stderr.contains("HTML") && ran.stderr.contains(".json.rejected"),
        "{}",
        ran.stderr
    );
    let names: Vec<String> = std::fs::read_dir(work.path("out"))
        .expect("the folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("text")
        })
        .collect();
    assert!(
        names.len() == 1 && names[0].ends_with(".json.rejected"),
        "{names:?}"
    );
}

#[test]
fn no_token_goes_to_another_host() {
    let work = Work::new();
    let other = Server::usual();
    let elsewhere = format!(
        "{}/api/v2/analytics/conversations/aggregates/query",
        other.url
    );
    for status in [301, 302, 303, 307, 308] {
        let to = elsewhere.clone();
        let server = Server::start(move |seen| {
            is_query(&seen.path).then(|| Answer::new(status, "").header("Location", &to))
        });
        let ran = fetch(&work, &server, &[]).exits(4);
        assert!(
            ran.stderr.contains("N013") && ran.stderr.contains("127.0.0.1"),
            "{}",
            ran.stderr
        );
        assert_eq!(server.asked().len(), 1);
    }
    assert!(other.seen().is_empty());
}

#[test]
fn a_sign_in_that_fails_names_the_variables() {
    let work = Work::new();
    let server = Server::start(|seen| {
        let body =
            serde_json::json!({"error": "invalid_client", "description": "client not found"});
        (seen.path == "/oauth/token").then(|| Answer::json(401, &body))
    });
    let mut command = bare(&work, &["--env-file", "my.env"]);
    work.write(
        "my.env",
        format!("GENESYS_CLOUD_CLIENT_ID=id\nGENESYS_CLOUD_CLIENT_SECRET='{SECRET}'\n"),
    );
    command
        .env("GENESYS_API_URL", &server.url)
        .env("GENESYS_LOGIN_URL", &server.url);
    let said = ran(command).exits(4).stderr;
    for part in [
        "N002",
        "invalid_client",
        "client not found",
        "GENESYS_CLOUD_CLIENT_SECRET (my.env)",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(server.seen().len(), 1, "not tried again");
    work.write("my.env", "not an assignment\n");
    let said = ran(bare(&work, &["--env-file", "my.env"])).exits(2).stderr;
    assert!(!said.contains("not an assignment"), "{said}");
}

#[test]
fn without_credentials_it_says_where_they_come_from() {
    let work = Work::new();
    let said = ran(bare(&work, &["-o", "a.json"])).exits(4).stderr;
    for part in [
        "N001",
        "GENESYS_CLIENT_ID",
        "GENESYS_CLIENT_SECRET",
        "GENESYS_ENVIRONMENT",
        "OAuth",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let server = Server::usual();
    let mut command = bare(&work, &["-o", "a.json"]);
    command
        .env("GENESYS_ACCESS_TOKEN", "token-1")
        .env("GENESYS_API_URL", &server.url);
    ran(command).exits(0);
    assert_eq!(server.lines().len(), 1, "no sign-in");
    assert_eq!(server.seen()[0].headers["authorization"], "Bearer token-1");
}

#[test]
fn the_systems_proxy_is_used() {
    let (work, proxy) = (Work::new(), Server::usual());
    let mut command = command(&work, &proxy, &["-o", "a.json"]);
    command
        .env("GENESYS_API_URL", "http://127.0.0.1:1")
        .env("HTTP_PROXY", &proxy.url)
        .env("http_proxy", &proxy.url);
    ran(command).exits(0);
    assert!(
        proxy.asked().iter().all(|seen| seen.proxied),
        "{:?}",
        proxy.lines()
    );
}
