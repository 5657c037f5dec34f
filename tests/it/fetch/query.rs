//! What is asked, seen in `--dry-run` and by the server.

use serde_json::{Value, json};

use super::server::Server;
use super::{bare, command, fetch, ran};
use crate::work::{Ran, Work};

fn dry(work: &Work, arguments: &[&str]) -> Ran {
    let mut all = arguments.to_vec();
    all.push("--dry-run");
    ran(bare(work, &all))
}

/// The bodies that `--dry-run` prints.
fn bodies(text: &str) -> Vec<Value> {
    let parts = text.split("POST https://").skip(1);
    parts
        .map(|part| {
            let (_, body) = part.split_once('\n').expect("a line");
            serde_json::from_str(body).expect("JSON")
        })
        .collect()
}

#[test]
fn a_dry_run_prints_everything_and_sends_nothing() {
    let (work, server) = (Work::new(), Server::usual());
    let ran = fetch(
        &work,
        &server,
        &[
            "--metric",
            "talkTime,nOffered",
            "--group-by",
            "queueId",
            "--granularity",
            "pt30m",
            "--timezone",
            "Europe/Berlin",
            "--filter",
            "mediaType=voice",
            "--dry-run",
        ],
    )
    .exits(0);
    assert!(server.seen().is_empty());
    let line = format!(
        "POST {}/api/v2/analytics/conversations/aggregates/query\n",
        server.url
    );
    let body = ran.stdout.strip_prefix(&line).expect("method and address");
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(
        body,
        json!({
            "interval": "2026-03-02T00:00:00.000Z/2026-03-02T12:00:00.000Z",
            "granularity": "PT30M",
            "timeZone": "Europe/Berlin",
            "groupBy": ["queueId"],
            "filter": {"type": "and", "predicates": [{"type": "dimension",
                "dimension": "mediaType", "operator": "matches", "value": "voice"}]},
            "metrics": ["tTalkComplete", "nOffered"],
        })
    );
}

#[test]
fn a_dry_run_needs_no_credentials_and_knows_the_regions() {
    let work = Work::new();
    let mut command = bare(&work, &["--dry-run", "--family", "users"]);
    command.env("GENESYS_ENVIRONMENT", "ap-southeast-2");
    let ran = ran(command).exits(0);
    let line = "POST https://api.mypurecloud.com.au/api/v2/analytics/users/aggregates/query\n";
    assert!(ran.stdout.starts_with(line), "{}", ran.stdout);
    let mut command = bare(&work, &["--dry-run"]);
    command.env("GENESYS_ENVIRONMENT", "mypurecloud.dee");
    let ran = super::ran(command).exits(2);
    assert!(
        ran.stderr.contains("did you mean mypurecloud.de?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_parts_of_a_split_are_local_days() {
    let work = Work::new();
    let ran = dry(
        &work,
        &[
            "--interval",
            "2026-03-28/2026-03-31",
            "--timezone",
            "Europe/Berlin",
            "--split",
            "P1D",
        ],
    )
    .exits(0);
    let intervals: Vec<String> = bodies(&ran.stdout)
        .iter()
        .map(|body| {
            body["interval"]
                .as_str()
                .expect("text")
                .replace(":00:00.000Z", "")
        })
        .collect();
    assert_eq!(
        intervals,
        [
            "2026-03-27T23/2026-03-28T23",
            "2026-03-28T23/2026-03-29T22",
            "2026-03-29T22/2026-03-30T22"
        ]
    );
}

#[test]
fn wrong_words_are_refused_before_anything_is_sent() {
    let (work, server) = (Work::new(), Server::usual());
    for (arguments, words) in [
        (["--metric", "tHandel"], "did you mean tHandle"),
        (["--metric", "nAnswered"], "`count` of tAnswered"),
        (["--metric", "tSystemPresence"], "--family users"),
        (["--group-by", "queues"], "has no dimension"),
        (["--filter", "mediaType!=voice"], "notExists"),
        (["--filter", "mediaTyp=voice"], "has no dimension"),
        (["--family", "conversation_s"], "conversations"),
        (["--granularity", "30M"], "PT30M"),
        (["--timezone", "Europe/Berln"], "Europe/Berlin"),
        (["--split", "PT1S"], "more than 10000"),
        (["--deadline", "0"], "more than 0"),
        (["--ca-cert", "none.pem"], "none.pem"),
        (["--query", "none.json"], "none.json"),
    ] {
        let ran = fetch(&work, &server, &arguments);
        let code = if arguments[1].starts_with("none") {
            3
        } else {
            2
        };
        let ran = ran.exits(code);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
    for text in [
        "no certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        work.write("not.pem", text);
        let ran = fetch(&work, &server, &["--ca-cert", "not.pem"]).exits(3);
        assert!(ran.stderr.contains("--ca-cert not.pem: "), "{}", ran.stderr);
    }
    assert!(server.seen().is_empty());
    fetch(&work, &server, &["--metric", "tHandel", "--no-check"]).exits(0);
    assert_eq!(server.asked()[0].json()["metrics"], json!(["tHandel"]));
}

#[test]
fn times_back_that_are_none_are_refused() {
    let work = Work::new();
    for word in ["0h", "-1d", "1000000d", "24", "tomorrow"] {
        let ran = dry(&work, &["--last", word]).exits(2);
        assert!(
            ran.stderr.contains(&format!("--last {word}: ")) && ran.stderr.contains("help: write"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_body_from_a_file_is_sent_with_the_options_over_it() {
    let (work, server) = (Work::new(), Server::usual());
    let query = json!({
        "interval": "2026-01-01T00:00:00.000Z/2026-01-02T00:00:00.000Z",
        "metrics": ["nOffered"], "groupBy": ["queueId"], "flattenMultivaluedDimensions": true});
    work.write("query.json", query.to_string());
    let arguments = [
        "--query",
        "query.json",
        "--group-by",
        "userId",
        "-o",
        "a.json",
    ];
    ran(command(&work, &server, &arguments)).exits(0);
    let mut expected = query;
    expected["groupBy"] = json!(["userId"]);
    assert_eq!(server.asked()[0].json(), expected);
    work.write("list.json", "[1]");
    ran(command(&work, &server, &["--query", "list.json"])).exits(2);
}

#[test]
fn every_family_can_be_asked() {
    let work = Work::new();
    let mut asked = 0;
    let families = gcagg::internals::model::catalog::family::all().iter();
    for family in families.filter(|family| family.fetch) {
        let ran = dry(&work, &["--family", family.name, "--last", "7d"]).exits(0);
        assert!(ran.stdout.contains(family.path), "{}", ran.stdout);
        assert!(
            !bodies(&ran.stdout)[0]["metrics"]
                .as_array()
                .expect("a list")
                .is_empty()
        );
        asked += 1;
    }
    assert_eq!(asked, 20);
    let ran = dry(&work, &["--family", "conversation", "--async"]).exits(0);
    assert!(ran.stdout.contains("/conversations/aggregates/jobs\n"));
    dry(&work, &["--family", "ratelimits", "--async"]).exits(2);
}

#[test]
fn the_summary_of_the_tutorial_is_asked_for_in_its_own_words() {
    let (work, server) = (Work::new(), Server::usual());
    let arguments = [
        "--family",
        "summary",
        "--filter",
        "conversationType=voice",
        "-o",
        "s.json",
    ];
    fetch(&work, &server, &arguments).exits(0);
    assert_eq!(
        server.asked()[0].json(),
        json!({
            "filter": {
                "dateRange": {"start": "2026-03-02T00:00:00.000Z", "end": "2026-03-02T12:00:00.000Z"},
                "conversationType": "voice"},
            "metrics": ["wrapupTime", "holdTime", "talkTime", "waitTime", "conversationCount"],
        })
    );
    let ran = work.run(&["convert", "s.json"]).exits(0);
    assert!(ran.stdout.contains("all,talkTime,61.5,s"), "{}", ran.stdout);
    fetch(
        &work,
        &server,
        &["--family", "summary", "--split", "PT6H", "-o", "t.json"],
    )
    .exits(2);
}
