//! Credentials and hosts come from one source, and nothing of the environment leaks into a file's
//! choice.

use super::server::{SECRET, Server};
use super::{INTERVAL, bare, ran};
use crate::work::{Ran, Work};

/// Fetches with this `.env` and these variables.
fn fetch(work: &Work, file: &str, variables: &[(&str, &str)], more: &[&str]) -> Ran {
    work.write(".env", file);
    let mut arguments = INTERVAL.to_vec();
    arguments.extend(["--max-retries", "0"]);
    arguments.extend(more);
    let mut command = bare(work, &arguments);
    command.envs(variables.iter().copied());
    ran(command)
}

#[test]
fn a_host_in_a_file_gets_no_secret_of_the_environment() {
    let (work, evil) = (Work::new(), Server::usual());
    let client = [
        ("GENESYS_CLIENT_ID", "client-id"),
        ("GENESYS_CLIENT_SECRET", SECRET),
    ];
    let other = [
        ("GENESYSCLOUD_OAUTHCLIENT_ID", "client-id"),
        ("GENESYSCLOUD_OAUTHCLIENT_SECRET", SECRET),
    ];
    let token = [("GENESYS_ACCESS_TOKEN", "access-token-1")];
    let url = &evil.url;
    let files = [
        ("GENESYS_LOGIN_URL", format!("GENESYS_LOGIN_URL={url}\n")),
        (
            "GENESYS_API_URL",
            format!("export GENESYS_API_URL='{url}'\n"),
        ),
        (
            "GENESYS_ENVIRONMENT",
            "GENESYS_ENVIRONMENT=mypurecloud.de\n".to_owned(),
        ),
        // Credentials of its own do not give it those of the environment.
        (
            "GENESYS_API_URL",
            format!(
                "GENESYS_CLIENT_ID=x\nGENESYS_CLIENT_SECRET=y\nGENESYS_API_URL={url}\nGENESYS_LOGIN_URL={url}\n"
            ),
        ),
    ];
    for variables in [&client[..], &other, &token] {
        for (name, file) in &files {
            for more in [&[][..], &["--dry-run"], &["--env-file", ".env"]] {
                let ran = fetch(&work, file, variables, more).exits(4);
                for part in ["N001", name, ".env", "environment"] {
                    assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
                }
                assert!(ran.stdout.is_empty(), "{}", ran.stdout);
            }
        }
    }
    assert!(evil.seen().is_empty(), "{:?}", evil.lines());
}

#[test]
fn an_id_and_a_secret_of_two_sources_are_refused() {
    let (work, server) = (Work::new(), Server::usual());
    let hosts = format!("GENESYS_API_URL={0}\nGENESYS_LOGIN_URL={0}\n", server.url);
    for (here, there) in [
        ("GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET"),
        ("GENESYS_CLIENT_SECRET", "GENESYS_CLIENT_ID"),
        ("GENESYS_CLOUD_CLIENT_SECRET", "GENESYS_CLOUD_CLIENT_ID"),
    ] {
        for more in ["", &format!("{here}=own\n")] {
            let file = format!("{hosts}{there}=theirs\n{more}");
            let ran = fetch(&work, &file, &[(here, SECRET)], &[]).exits(4);
            let words = format!("{here} comes from the environment and {there} from .env");
            assert!(ran.stderr.contains(&words), "{}", ran.stderr);
            assert!(!ran.stderr.contains(SECRET));
        }
    }
    assert!(server.seen().is_empty());
}

#[test]
fn one_source_is_enough() {
    let (work, server) = (Work::new(), Server::usual());
    let url = server.url.as_str();
    let file = format!(
        "GENESYS_CLIENT_ID=client-id\nGENESYS_CLIENT_SECRET={SECRET}\nGENESYS_API_URL={url}\nGENESYS_LOGIN_URL={url}\n"
    );
    fetch(&work, &file, &[], &["-o", "a.json"]).exits(0);
    // The environment's own host counts for credentials of either source.
    let hosts = [("GENESYS_API_URL", url), ("GENESYS_LOGIN_URL", url)];
    let credentials = format!("GENESYS_CLIENT_ID=client-id\nGENESYS_CLIENT_SECRET={SECRET}\n");
    fetch(&work, &credentials, &hosts, &["-o", "b.json"]).exits(0);
    let all = [
        &hosts[..],
        &[
            ("GENESYS_CLIENT_ID", "client-id"),
            ("GENESYS_CLIENT_SECRET", SECRET),
        ],
    ]
    .concat();
    fetch(
        &work,
        "OTHER=1\nGENESYS_ENVIRONMENT=mypurecloud.de\n",
        &all,
        &["-o", "c.json"],
    )
    .exits(0);
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn a_file_cannot_read_the_environment() {
    let (work, evil) = (Work::new(), Server::usual());
    for name in ["GENESYS_ACCESS_TOKEN", "HOME", "SOME_SECRET"] {
        let file = format!(
            "GENESYS_CLIENT_ID=a\nGENESYS_CLIENT_SECRET=b\nGENESYS_LOGIN_URL={0}/${{{name}}}\nGENESYS_API_URL={0}\n",
            evil.url
        );
        let ran = fetch(&work, &file, &[("SOME_SECRET", SECRET)], &[]).exits(2);
        assert!(ran.stderr.contains(".env: line 3"), "{}", ran.stderr);
        assert!(ran.stderr.contains("not expanded"), "{}", ran.stderr);
    }
    assert!(evil.seen().is_empty());
}

#[test]
fn periods_and_times_are_those_of_the_other_commands() {
    let work = Work::new();
    let dry = |arguments: &[&str]| {
        let mut all = vec!["--dry-run", "--timezone", "Europe/Berlin"];
        all.extend(arguments);
        ran(bare(&work, &all))
    };
    let granularity = |text: &str| {
        let ran = dry(&["--granularity", text]).exits(0);
        let (_, rest) = ran.stdout.split_once("\"granularity\": \"").expect("one");
        rest.split('"').next().expect("text").to_owned()
    };
    for (typed, sent) in [
        ("30m", "PT30M"),
        ("1h", "PT1H"),
        ("1d", "P1D"),
        ("1w", "P7D"),
        ("1mo", "P1M"),
        ("p1dt12h", "P1DT12H"),
        ("P1W", "P1W"),
    ] {
        assert_eq!(granularity(typed), sent);
    }
    let requests = |arguments: &[&str]| dry(arguments).exits(0).stdout.matches("POST ").count();
    assert_eq!(
        requests(&["--interval", "2026-03-02/2d", "--split", "12h"]),
        4
    );
    assert_eq!(requests(&["--interval", "last-week", "--split", "1d"]), 7);
    assert_eq!(
        requests(&["--interval", "last-2-days/today", "--split", "1d"]),
        2
    );
    assert_eq!(
        requests(&["--last", "P7D", "--deadline", "PT1H", "--timeout", "1m"]),
        1
    );
    let filtered = |option: &str| dry(&[option, "mediaType=voice", "--interval", "2026-03-02/1d"]);
    assert_eq!(
        filtered("--where").exits(0).stdout,
        filtered("--filter").stdout
    );
    for (arguments, part) in [
        (["--granularity", "30M"], "15m, 1h, 1d"),
        (["--split", "daily"], "ISO-8601"),
        (["--interval", "tomorrow"], "last-week"),
        (["--last", "1x"], "yesterday"),
        (["--where", "voice"], "--where voice"),
    ] {
        let ran = dry(&arguments).exits(2);
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
}

#[test]
fn another_format_than_json_is_refused() {
    let (work, server) = (Work::new(), Server::usual());
    for name in [
        "x.csv",
        "x.csv.gz",
        "X.XLSX",
        "x.parquet",
        "x.ndjson.zst",
        "x.json.bz2",
    ] {
        let ran = super::fetch(&work, &server, &["-o", name]).exits(2);
        for part in [name, "cannot write", ".json.gz", "gcagg convert"] {
            assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
        }
    }
    assert!(server.seen().is_empty() && work.names().is_empty());
    for name in ["a.json", "a.json.gz", "a.json.zst", "a", "a.2026"] {
        super::fetch(&work, &server, &["-o", name]).exits(0);
    }
}
