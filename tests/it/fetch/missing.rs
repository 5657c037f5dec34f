//! What was asked for and did not come back, and what is no query at all.

use super::server::{Answer, Server};
use super::{INTERVAL, command, fetch, ran};
use crate::work::{OFFERED, Ran, Work, response};

fn answering(body: impl Into<String>) -> Server {
    let body = body.into();
    Server::start(move |seen| {
        let is_query = seen.path.ends_with("/aggregates/query");
        is_query.then(|| Answer::new(200, body.clone()))
    })
}

fn answer(group: &str, metrics: &[&str]) -> String {
    let metric = |name: &&str| format!(r#"{{"metric":"{name}","stats":{{"count":3,"sum":9}}}}"#);
    let metrics: Vec<String> = metrics.iter().map(metric).collect();
    let interval = "2026-03-02T00:00:00.000Z/2026-03-02T12:00:00.000Z";
    format!(
        r#"{{"results":[{{"group":{{{group}}},"data":[{{"interval":"{interval}","metrics":[{}]}}]}}]}}"#,
        metrics.join(",")
    )
}

fn said(server: &Server, arguments: &[&str]) -> Ran {
    fetch(&Work::new(), server, arguments).exits(0)
}

#[test]
fn metrics_that_did_not_come_back_are_named() {
    let server = answering(answer(r#""queueId":"q1""#, &["tAcw"]));
    // Five metrics are asked for where nobody names some.
    for (arguments, words) in [
        (
            &["-o", "-"][..],
            "not in the response: nConversations, tHeldComplete, tTalkComplete, tWait\n  help: nothing happened in the interval, or the filter excludes it\n",
        ),
        (
            &[
                "--metric",
                "tAcw,talkTime,nOffered",
                "--group-by",
                "queueId",
            ],
            "not in the response: nOffered, tTalkComplete\n  help: nothing happened in the interval, or groups by queueId do not have it",
        ),
        (
            &["--metric", "tAcw", "--group-by", "queueId,userId"],
            "no group of the response has userId\n  help: these metrics do not have it",
        ),
        (
            &[
                "--metric",
                "tAcw",
                "--group-by",
                "queueId",
                "--where",
                "queueId=q1,q2,q3",
            ],
            "no group of the response has queueId q2, q3\n  help: nothing happened there in the interval",
        ),
    ] {
        let ran = said(&server, arguments);
        assert!(
            ran.stderr.contains(&format!("warning: {words}")),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stderr.matches("warning: ").count(), 1, "{}", ran.stderr);
    }
    let quiet = said(&server, &["-q"]);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn what_came_back_is_not_named() {
    let both = answering(answer(
        r#""queueId":"q1","mediaType":"voice""#,
        &["tAcw", "nOffered"],
    ));
    for arguments in [
        &[
            "--metric",
            "tAcw,nOffered",
            "--group-by",
            "queueId",
            "--where",
            "queueId=q1",
        ][..],
        &["--metric", "tAcw", "--where", "mediaType=voice,chat"],
    ] {
        let ran = said(&both, arguments);
        assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    }
    // An answer without rows has words of its own.
    let empty = said(&answering("{}"), &["--metric", "tAcw"]);
    assert!(empty.stderr.contains("F005") && !empty.stderr.contains("not in the response"));
    // All answers of a run count together.
    let halves = Server::start(|seen| {
        let first = seen.body.contains("T00:00:00.000Z/2026-03-02T06");
        let metric = if first { "tAcw" } else { "nOffered" };
        let is_query = seen.path.ends_with("/aggregates/query");
        is_query.then(|| Answer::new(200, answer(r#""queueId":"q1""#, &[metric])))
    });
    let work = Work::new();
    let split = [
        "--metric",
        "tAcw,nOffered,tWait",
        "--split",
        "PT6H",
        "-o",
        "days/",
    ];
    let ran = fetch(&work, &halves, &split).exits(0);
    assert!(
        ran.stderr.contains("not in the response: tWait\n"),
        "{}",
        ran.stderr
    );
    // What was fetched before is not looked at again.
    let ran = fetch(&work, &halves, &[&split[..], &["--resume"]].concat()).exits(0);
    assert!(
        !ran.stderr.contains("not in the response"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_response_is_no_query() {
    let work = Work::new();
    let server = Server::usual();
    let one = response("q", 8..9, OFFERED);
    for (text, what) in [
        (one.clone(), "a response"),
        (format!("{one}\n{one}\n"), "a response"),
        (format!("[{one}]"), "a response"),
        (r#"[{"group":{},"data":[]}]"#.to_owned(), "a response"),
        (r#"{"results":null}"#.to_owned(), "a response"),
        (r#"{"entities":[]}"#.to_owned(), "a response"),
        (
            r#"{"message":"no","code":"bad.request","status":400}"#.to_owned(),
            "an error of the API",
        ),
        (r#"{"jobId":"a"}"#.to_owned(), "the state of a job"),
    ] {
        work.write("q.json", &text);
        for more in [&[][..], &["--dry-run"]] {
            let ran = fetch(&work, &server, &[&["--query", "q.json"], more].concat()).exits(2);
            let words = format!("--query q.json: this is {what}, not a query\n  help: ");
            assert!(ran.stderr.contains(&words), "{}", ran.stderr);
        }
    }
    assert!(server.seen().is_empty());
    work.write(
        "q.json",
        r#"{"metrics":["nOffered"],"groupBy":["queueId"]}"#,
    );
    fetch(&work, &server, &["--query", "q.json"]).exits(0);
    for wrong in ["[]", "7", "{", ""] {
        work.write("q.json", wrong);
        fetch(&work, &server, &["--query", "q.json"]).exits(2);
    }
}

#[test]
fn on_a_terminal_a_response_ends_its_line() {
    let work = Work::new();
    let server = answering(r#"{"results":[]}"#);
    let piped = fetch(&work, &server, &[]).exits(0);
    assert_eq!(piped.stdout, r#"{"results":[]}"#);
    let shown = work.on_terminal(&command(&work, &server, &INTERVAL));
    if let Some(shown) = shown {
        assert!(shown.contains("{\"results\":[]}\r\n"), "{shown:?}");
    }
}

#[test]
fn slips_in_the_names_of_variables_are_named() {
    let work = Work::new();
    let server = Server::usual();
    for (text, words) in [
        (
            "CLIENT_ID=a\nCLIENT_SECRET=b\n",
            ".env has CLIENT_ID; the name is GENESYS_CLIENT_ID",
        ),
        ("GENESYS_CLIENT_ID=a\n", "add GENESYS_CLIENT_SECRET to .env"),
        (
            "GENESYS_CLIENT_ID=a\nGENESYS_CLIENT_SECRET=\n",
            "GENESYS_CLIENT_SECRET in .env is empty",
        ),
    ] {
        work.write(".env", text);
        let mut command = command(&work, &server, &INTERVAL);
        command
            .env_remove("GENESYS_CLIENT_ID")
            .env_remove("GENESYS_CLIENT_SECRET");
        let ran = ran(command).exits(4);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
}
