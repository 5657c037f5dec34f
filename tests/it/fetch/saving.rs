//! What is saved, and what is not fetched again.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::server::{Answer, Server, response};
use super::{command, fetch};
use crate::work::Work;

/// The only names in a folder that end so, sorted.
fn names(folder: &Path, end: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("text")
        })
        .filter(|name| name.ends_with(end))
        .collect();
    names.sort();
    names
}

fn manifest(work: &Work, name: &str) -> Value {
    serde_json::from_slice(&work.read(name)).expect("JSON")
}

#[test]
fn a_response_is_saved_byte_for_byte_with_its_manifest() {
    let (work, server) = (Work::new(), Server::usual());
    let ran = fetch(&work, &server, &["-o", "a.json"]).exits(0);
    assert!(
        ran.stdout.is_empty() && ran.stderr.contains("\n1 request, 1 saved, "),
        "{}",
        ran.stderr
    );
    let asked = &server.asked()[0];
    assert_eq!(work.read("a.json"), response(&asked.json()).into_bytes());
    assert_eq!(work.names(), ["a.json", "a.manifest.json"]);
    let manifest = manifest(&work, "a.manifest.json");
    assert_eq!(manifest["bytes"], work.read("a.json").len());
    assert_eq!(manifest["sha256"].as_str().expect("text").len(), 64);
    assert_eq!(
        manifest["tool"],
        format!("gcagg {}", env!("CARGO_PKG_VERSION"))
    );
    let part = &manifest["requests"][0];
    assert_eq!(part["body"], asked.json());
    assert_eq!(part["correlation_id"], "correlation-5");
    assert_eq!(part["family"], "conversations");
    assert_eq!(
        part["endpoint"],
        format!(
            "{}/api/v2/analytics/conversations/aggregates/query",
            server.url
        )
    );
    assert_eq!(asked.headers["content-type"], "application/json");
}

#[test]
fn standard_output_feeds_the_other_commands() {
    let (work, server) = (Work::new(), Server::usual());
    let ran = fetch(&work, &server, &["-o", "-", "--quiet"]).exits(0);
    assert_eq!(ran.stderr, "");
    let table = work
        .pipe(&["convert", "-"], ran.stdout.as_bytes())
        .exits(0)
        .stdout;
    assert!(table.contains(",tWait,2,4864065.0,7,4864058.0"), "{table}");
    // Several parts make one document there too.
    let ran = fetch(&work, &server, &["--split", "PT3H"]).exits(0);
    let found = work
        .pipe(
            &["validate", "-", "--deny", "warnings"],
            ran.stdout.as_bytes(),
        )
        .exits(0);
    assert!(
        found.stderr.contains("1 document, 4 rows"),
        "{}",
        found.stderr
    );
    assert!(work.names().is_empty());
}

#[test]
fn a_folder_has_a_file_for_each_request_and_the_other_commands_read_it() {
    let (work, server) = (Work::new(), Server::usual());
    fetch(&work, &server, &["--split", "PT4H", "-o", "out/"]).exits(0);
    let data: Vec<String> = names(&work.path("out"), ".json")
        .into_iter()
        .filter(|name| !name.ends_with(".manifest.json"))
        .collect();
    assert_eq!(data.len(), 3);
    assert!(
        data[0].starts_with("conversations_20260302T000000Z_20260302T040000Z_"),
        "{data:?}"
    );
    assert_eq!(names(&work.path("out"), ".manifest.json").len(), 3);
    // Manifests are skipped: in folders, in patterns, and where the shell expands one.
    for input in [vec!["out"], vec!["out/*.json"]] {
        let mut arguments = vec!["validate"];
        arguments.extend(input);
        let ran = work.run(&arguments).exits(0);
        assert!(
            ran.stderr.contains("\n3 files, 3 documents, 3 rows"),
            "{}",
            ran.stderr
        );
    }
    let mut arguments = vec!["validate".to_owned()];
    arguments.extend(
        names(&work.path("out"), ".json")
            .iter()
            .map(|name| format!("out/{name}")),
    );
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = work.run(&arguments).exits(0);
    assert!(
        ran.stderr.contains("\n3 files, 3 documents"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_the_manifests_prove_is_not_fetched_again() {
    let (work, server) = (Work::new(), Server::usual());
    let arguments = ["--split", "PT4H", "--resume", "-o", "out/"];
    fetch(&work, &server, &arguments).exits(0);
    let ran = fetch(&work, &server, &arguments).exits(0);
    assert!(
        ran.stderr.contains("0 saved, 3 there already"),
        "{}",
        ran.stderr
    );
    assert_eq!(server.asked().len(), 3);
    let data = names(&work.path("out"), ".json");
    // A file that is cut, a manifest that is gone, another query: each is fetched.
    let cut = format!("out/{}", data[0]);
    let bytes = work.read(&cut);
    work.write(&cut, &bytes[..bytes.len() / 2]);
    fetch(&work, &server, &arguments).exits(0);
    assert_eq!((server.asked().len(), work.read(&cut)), (4, bytes));
    let manifest = names(&work.path("out"), ".manifest.json");
    std::fs::remove_file(work.path(&format!("out/{}", manifest[1]))).expect("removed");
    fetch(&work, &server, &arguments).exits(0);
    assert_eq!(server.asked().len(), 5);
    fetch(
        &work,
        &server,
        &[
            "--split", "PT4H", "--resume", "-o", "out", "--metric", "tAcw",
        ],
    )
    .exits(0);
    assert_eq!(server.asked().len(), 8);
    // One file for all is proved as a whole.
    for expected in [11, 11] {
        fetch(
            &work,
            &server,
            &["--split", "PT4H", "--resume", "-o", "all.json.gz"],
        )
        .exits(0);
        assert_eq!(server.asked().len(), expected);
    }
    let ran = work.run(&["validate", "all.json.gz"]).exits(0);
    assert!(ran.stderr.contains("3 rows"), "{}", ran.stderr);
    fetch(&work, &server, &["--resume"]).exits(2);
}

#[test]
fn a_day_that_was_not_over_is_fetched_again() {
    let (work, server) = (Work::new(), Server::usual());
    let arguments = [
        "--interval",
        "2026-03-02/2099-01-01",
        "--resume",
        "-o",
        "out/",
    ];
    for expected in [1, 2] {
        super::ran(command(&work, &server, &arguments)).exits(0);
        assert_eq!(server.asked().len(), expected);
    }
}

#[test]
fn after_a_kill_only_the_rest_is_fetched() {
    let work = Work::new();
    let server = Server::start(|seen| {
        // The third request of the first run is never answered.
        let stuck = seen.path.ends_with("/query") && seen.before == 2;
        stuck.then(|| Answer::new(200, "{}").hang(Duration::from_secs(3)))
    });
    let arguments = [
        "--split",
        "PT3H",
        "--resume",
        "--concurrency",
        "1",
        "-o",
        "out/",
    ];
    let mut all = super::INTERVAL.to_vec();
    all.extend(arguments);
    let mut child = command(&work, &server, &all).spawn().expect("started");
    while server.asked().len() < 3 {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert_eq!(names(&work.path("out"), ".manifest.json").len(), 2);
    let ran = fetch(&work, &server, &arguments).exits(0);
    assert!(
        ran.stderr.contains("2 saved, 2 there already"),
        "{}",
        ran.stderr
    );
    assert_eq!(server.asked().len(), 5);
    let ran = work
        .run(&["validate", "out", "--deny", "warnings"])
        .exits(0);
    assert!(ran.stderr.contains("\n4 files"), "{}", ran.stderr);
}

#[test]
fn two_hundred_and_fifty_users_are_three_requests_and_one_document() {
    let work = Work::new();
    let server = Server::start(|seen| {
        seen.path.ends_with("/query").then(|| {
            let text = response(&seen.json());
            let presence = json!({"AWAY": ["a"], "MEAL": [format!("m{}", seen.before)]});
            let body = text.trim_end().strip_suffix('}').expect("an object");
            Answer::new(
                200,
                format!("{body},\"systemToOrganizationMappings\":{presence}}}"),
            )
        })
    });
    let users: Vec<String> = (0..250)
        .map(|user| format!("user-{user},Name {user}\n"))
        .collect();
    work.write("users.csv", format!("id,name\n{}", users.concat()));
    let arguments = [
        "--family",
        "users",
        "--filter",
        "userId=@users.csv",
        "--group-by",
        "userId",
        "-o",
        "u.json",
    ];
    fetch(&work, &server, &arguments).exits(0);
    let counts: Vec<usize> = server
        .asked()
        .iter()
        .map(|seen| {
            seen.json()["filter"]["clauses"][0]["predicates"]
                .as_array()
                .expect("a list")
                .len()
        })
        .collect();
    assert_eq!(counts.iter().sum::<usize>(), 250);
    assert!(
        counts.len() == 3 && counts.iter().all(|count| *count <= 100),
        "{counts:?}"
    );
    let all: Value = serde_json::from_slice(&work.read("u.json")).expect("JSON");
    let groups: Vec<&str> = all["results"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|container| container["group"]["userId"].as_str().expect("text"))
        .collect();
    let expected: Vec<String> = (0..250).map(|user| format!("user-{user}")).collect();
    assert_eq!(groups, expected, "in their order, whatever came first");
    let mappings = &all["systemToOrganizationMappings"];
    assert_eq!(mappings["AWAY"], json!(["a"]));
    assert_eq!(mappings["MEAL"].as_array().expect("a list").len(), 3);
    fetch(
        &work,
        &server,
        &["--family", "users", "--filter", "userId=@users.csv"],
    )
    .exits(2);
}

#[test]
fn requests_run_side_by_side_and_no_more_than_asked() {
    let work = Work::new();
    let server = Server::start(|seen| {
        let slow = Duration::from_millis(40);
        seen.path
            .ends_with("/query")
            .then(|| super::server::usual(seen).hang(slow))
    });
    fetch(
        &work,
        &server,
        &["--split", "PT1H", "--concurrency", "3", "-o", "out/"],
    )
    .exits(0);
    assert_eq!(server.asked().len(), 12);
    let most = server.most_at_once();
    assert!((2..=3).contains(&most), "{most} at once");
    let signed = server.seen().len() - server.asked().len();
    assert_eq!(signed, 1, "one token serves all");
}

#[test]
fn answers_without_rows_are_saved_and_told() {
    let work = Work::new();
    let server = Server::start(|seen| {
        seen.path.ends_with("/query").then(|| {
            Answer::new(
                200,
                if seen.before == 0 {
                    "{}"
                } else {
                    "{\"results\":[]}"
                },
            )
        })
    });
    let ran = fetch(&work, &server, &["--split", "PT6H", "-o", "out/"]).exits(0);
    assert!(
        ran.stderr.contains("F005") && ran.stderr.contains("2 answers"),
        "{}",
        ran.stderr
    );
    let ran = fetch(&work, &server, &["--split", "PT6H", "-o", "a.json"]).exits(0);
    assert!(
        ran.stderr.contains("2 answers without rows"),
        "{}",
        ran.stderr
    );
    assert_eq!(work.read("a.json"), b"{\"results\":[]}\n");
}

#[test]
fn a_query_is_not_overwritten_by_its_answer() {
    let (work, server) = (Work::new(), Server::usual());
    work.write("q.json", "{\"metrics\":[\"tWait\"]}");
    let ran = fetch(&work, &server, &["--query", "q.json", "-o", "q.json"]).exits(2);
    assert!(ran.stderr.contains("also an input") && server.seen().is_empty());
}

#[test]
fn what_cannot_be_written_is_said() {
    let (work, server) = (Work::new(), Server::usual());
    let ran = fetch(&work, &server, &["-o", "none/a.json"]).exits(3);
    assert!(ran.stderr.contains("none"), "{}", ran.stderr);
    work.write("file", "");
    fetch(&work, &server, &["-o", "file/"]).exits(3);
    let ran = super::ran(command(&work, &server, &["--env-file", "none.env"])).exits(3);
    assert!(ran.stderr.contains("none.env"), "{}", ran.stderr);
}
