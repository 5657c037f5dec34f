//! `fetch --names`: listings of names, page after page.

use serde_json::{Value, json};

use super::server::{Answer, SECRET, Seen, Server, TOKEN};
use super::{bare, command, ran};
use crate::work::{OFFERED, Work, response};

/// A page of a listing with this many pages, of three entities each.
fn page(path: &str, pages: u64) -> Option<Answer> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kind = path.rsplit('/').next()?;
    let number = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("pageNumber="))
        .map_or(1, |text| text.parse().expect("a number"));
    let entities: Vec<Value> = (0..3)
        .map(|at| json!({"id": format!("{kind}-{number}-{at}"), "name": format!("Name {number}.{at}"), "x": 1.50}))
        .collect();
    Some(Answer::json(
        200,
        &json!({"entities": entities, "pageSize": 3, "pageNumber": number, "pageCount": pages, "total": 3 * pages}),
    ))
}

fn is_listing(seen: &Seen) -> bool {
    seen.method == "GET" && seen.path.starts_with("/api/v2/")
}

fn saved(work: &Work, name: &str) -> Value {
    serde_json::from_slice(&work.read(name)).expect("JSON")
}

#[test]
fn pages_are_joined_to_one_listing_per_kind() {
    let work = Work::new();
    let server = Server::start(|seen| is_listing(seen).then(|| page(&seen.path, 3)).flatten());
    let arguments = ["--names", "queues,users,presences,queues", "-o", "names/"];
    let fetched = ran(command(&work, &server, &arguments)).exits(0);
    assert!(fetched.stdout.is_empty());
    assert!(
        fetched.stderr.starts_with("3 listings, 3 saved, "),
        "{}",
        fetched.stderr
    );
    let asked: Vec<String> = server
        .asked()
        .iter()
        .map(|it| format!("{} {}", it.method, it.path))
        .collect();
    assert_eq!(
        asked,
        [
            "GET /api/v2/routing/queues?pageSize=100&pageNumber=1",
            "GET /api/v2/routing/queues?pageSize=100&pageNumber=2",
            "GET /api/v2/routing/queues?pageSize=100&pageNumber=3",
            "GET /api/v2/users?state=any&pageSize=100&pageNumber=1",
            "GET /api/v2/users?state=any&pageSize=100&pageNumber=2",
            "GET /api/v2/users?state=any&pageSize=100&pageNumber=3",
            "GET /api/v2/presence/definitions",
        ]
    );
    let queues = saved(&work, "names/queues.json");
    let ids: Vec<&str> = queues["entities"]
        .as_array()
        .expect("entities")
        .iter()
        .filter_map(|it| it["id"].as_str())
        .collect();
    assert_eq!(ids.len(), 9);
    assert_eq!((ids[0], ids[8]), ("queues-1-0", "queues-3-2"));
    // A single page is saved as it arrived.
    assert_eq!(saved(&work, "names/presences.json")["pageCount"], 3);
    let names: Vec<String> = std::fs::read_dir(work.path("names"))
        .expect("a folder")
        .map(|it| {
            it.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    // What was saved gives names.
    work.write("a.json", response("queues-2-1", 8..9, OFFERED));
    let table = work
        .run(&[
            "convert",
            "a.json",
            "--names",
            "names",
            "--columns",
            "queue_name",
        ])
        .exits(0);
    assert_eq!(table.stdout, "queue_name\nName 2.1\n");
}

#[test]
fn a_dry_run_prints_the_requests_and_sends_nothing() {
    let work = Work::new();
    let arguments = [
        "--names",
        "queues,wrapupcodes,divisions,skills,languages,presences",
        "--dry-run",
    ];
    let printed = ran(bare(&work, &arguments)).exits(0);
    assert_eq!(
        printed.stdout,
        "GET https://api.mypurecloud.com/api/v2/routing/queues?pageSize=100&pageNumber=1\n\
         GET https://api.mypurecloud.com/api/v2/routing/wrapupcodes?pageSize=100&pageNumber=1\n\
         GET https://api.mypurecloud.com/api/v2/authorization/divisions?pageSize=100&pageNumber=1\n\
         GET https://api.mypurecloud.com/api/v2/routing/skills?pageSize=100&pageNumber=1\n\
         GET https://api.mypurecloud.com/api/v2/routing/languages?pageSize=100&pageNumber=1\n\
         GET https://api.mypurecloud.com/api/v2/presence/definitions\n"
    );
    assert!(work.names().is_empty());
}

#[test]
fn a_forbidden_listing_does_not_keep_the_others() {
    let work = Work::new();
    let server = Server::start(|seen| match seen.path.as_str() {
        path if path.starts_with("/api/v2/routing/queues") => Some(Answer::error(
            403,
            "missing.permission",
            &format!("no queues for {SECRET}"),
        )),
        path if path.starts_with("/api/v2/routing/skills") => {
            Some(Answer::new(200, "<html>sign in</html>"))
        }
        path if path.starts_with("/api/v2/routing/languages") => {
            Some(Answer::json(200, &json!({"results": []})))
        }
        path if is_listing(seen) => page(path, 1),
        _ => None,
    });
    let arguments = ["--names", "queues,skills,languages,users", "-o", "names"];
    let fetched = ran(command(&work, &server, &arguments)).exits(4);
    let said = &fetched.stderr;
    assert!(
        said.contains("N003") && said.contains("routing:queue:view"),
        "{said}"
    );
    assert!(
        said.contains("N012") && said.contains("the list of skills"),
        "{said}"
    );
    assert!(
        said.contains("also at GET") && said.contains("/api/v2/routing/languages?"),
        "{said}"
    );
    assert!(
        said.contains("4 listings, 1 saved, 3 not fetched"),
        "{said}"
    );
    assert!(!said.contains(SECRET) && !said.contains(TOKEN), "{said}");
    assert!(work.exists("names/users.json") && !work.exists("names/queues.json"));
}

#[test]
fn pages_are_tried_again_and_a_failure_leaves_the_old_file() {
    let work = Work::new();
    work.write("names/queues.json", "old");
    let server = Server::start(|seen| match (is_listing(seen), seen.before) {
        (true, 0) => Some(Answer::error(503, "busy", "try again")),
        (true, 1) => page(&seen.path, 2).map(Answer::cut),
        (true, _) => page(&seen.path, 2),
        _ => None,
    });
    let arguments = ["--names", "queues", "-o", "names"];
    ran(command(&work, &server, &arguments)).exits(0);
    assert_eq!(
        saved(&work, "names/queues.json")["entities"]
            .as_array()
            .map(Vec::len),
        Some(6)
    );
    work.write("names/queues.json", "old");
    let broken = Server::start(|seen| match seen.path.contains("pageNumber=2") {
        true => Some(Answer::error(503, "busy", "never")),
        false => page(&seen.path, 2).filter(|_| is_listing(seen)),
    });
    let arguments = [
        "--names",
        "queues,users",
        "-o",
        "names",
        "--max-retries",
        "1",
    ];
    let fetched = ran(command(&work, &broken, &arguments)).exits(4);
    assert!(fetched.stderr.contains("N008"), "{}", fetched.stderr);
    assert_eq!(work.read("names/queues.json"), b"old");
    let users = |server: &Server| server.asked().iter().any(|it| it.path.contains("users"));
    assert!(
        !users(&broken),
        "a service that fails is not asked for more"
    );
}

#[test]
fn empty_listings_and_pages_behind_the_last_are_no_fault() {
    let work = Work::new();
    let server = Server::start(|seen| {
        let answer = match seen.path.as_str() {
            path if path.contains("queues") && path.contains("pageNumber=1") => {
                json!({"entities": [{"id": "q", "name": "Q"}], "nextUri": "/api/v2/routing/queues?pageNumber=2"})
            }
            path if path.contains("queues") => json!({"entities": [], "nextUri": "/again"}),
            path if path.contains("skills") => json!({"entities": [], "pageCount": 0}),
            _ => return None,
        };
        Some(Answer::json(200, &answer))
    });
    ran(command(
        &work,
        &server,
        &["--names", "queues,skills", "-o", "names"],
    ))
    .exits(0);
    assert_eq!(
        saved(&work, "names/queues.json")["entities"],
        json!([{"id": "q", "name": "Q"}])
    );
    assert_eq!(saved(&work, "names/skills.json")["entities"], json!([]));
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn wrong_options_are_refused_before_anything_is_sent() {
    let work = Work::new();
    work.write("file", "x");
    for arguments in [
        &["--names", "queues"][..],
        &["--names", "queues", "-o", "queues.json"],
        &["--names", "queues", "-o", "file"],
        &["--names", "ques", "-o", "names"],
        &["--names", "queues", "-o", "names", "--last", "1d"],
        &["--names", "queues", "-o", "names", "--metric", "tHandle"],
        &["--names", "queues", "-o", "names", "--family", "users"],
    ] {
        let refused = ran(bare(&work, arguments)).exits(2);
        assert!(refused.stdout.is_empty(), "{arguments:?}");
    }
    assert_eq!(work.names(), ["file"]);
}
