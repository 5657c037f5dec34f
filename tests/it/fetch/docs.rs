//! The lines of the documents that talk to the API, run against the stand-in.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::server::{SECRET, Server};
use super::{bare, fetch};
use crate::work::{Ran, Work};

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).expect("a document")
}

/// The fenced block of this kind that contains these words.
fn block(text: &str, kind: &str, words: &str) -> String {
    let fence = format!("```{kind}\n");
    text.split(&fence)
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
        .find(|block| block.contains(words))
        .unwrap_or_else(|| panic!("no block with {words}"))
        .to_owned()
}

/// Runs a program as a user would who has `gcagg` in the path and credentials in `.env`.
fn user(work: &Work, server: &Server, program: &str, arguments: &[&str]) -> Ran {
    let url = &server.url;
    work.write(
        ".env",
        format!(
            "GENESYS_CLIENT_ID=client-id\nGENESYS_CLIENT_SECRET={SECRET}\nGENESYS_API_URL={url}\n\
             GENESYS_LOGIN_URL={url}\n"
        ),
    );
    let clean = bare(work, &[]);
    let mut command = Command::new(program);
    for (name, _) in clean.get_envs() {
        command.env_remove(name);
    }
    let folder = PathBuf::from(env!("CARGO_BIN_EXE_gcagg"))
        .parent()
        .expect("a folder")
        .to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(folder).chain(std::env::split_paths(&path));
    command
        .args(arguments)
        .current_dir(work.path(""))
        .env("PATH", std::env::join_paths(all).expect("a path"))
        .env("EXPORTS", work.path(""))
        .stdin(Stdio::null());
    let output = command.output().expect("started");
    Ran {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code(),
    }
}

#[test]
#[cfg(unix)]
fn the_line_of_the_readme_fetches_converts_and_reports() {
    let (work, server) = (Work::new(), Server::usual());
    let line = block(&document("README.md"), "sh", "gcagg fetch --last 24h");
    assert_eq!(line.lines().count(), 1, "one command line");
    let ran = user(&work, &server, "sh", &["-c", &line]).exits(0);
    assert!(ran.stdout.contains("voice"), "{}", ran.stdout);
    assert_eq!(
        work.names(),
        [".env", "day.csv", "day.json", "day.manifest.json"]
    );
    let table = String::from_utf8(work.read("day.csv")).expect("text");
    assert!(table.contains(",tWait,2,4864065.0,7,4864058.0"), "{table}");
}

#[test]
#[cfg(unix)]
fn the_script_for_every_night_fetches_nothing_twice() {
    let (work, server) = (Work::new(), Server::usual());
    work.write(
        "nightly.sh",
        block(&document("docs/fetch.md"), "sh", "nightly.sh"),
    );
    for expected in [7, 7] {
        let ran = user(&work, &server, "sh", &["nightly.sh"]).exits(0);
        assert!(ran.stderr.is_empty(), "{}", ran.stderr);
        assert_eq!(server.asked().len(), expected);
    }
    let days = std::fs::read_dir(work.path("raw"))
        .expect("the folder")
        .count();
    assert_eq!(days, 14);
    assert!(work.exists("all.csv.gz"));
}

/// `GCAGG_SDK_PYTHON=python3 cargo test sdk -- --ignored`
#[test]
#[ignore = "needs a Python with PureCloudPlatformClientV2, named by GCAGG_SDK_PYTHON"]
fn the_official_sdk_gets_the_same_rows() {
    let (work, server) = (Work::new(), Server::usual());
    let script = block(
        &document("docs/fetch.md"),
        "python",
        "PureCloudPlatformClientV2",
    );
    work.write("sdk.py", script);
    let python = std::env::var("GCAGG_SDK_PYTHON").expect("GCAGG_SDK_PYTHON");
    let mut command = Command::new(python);
    command
        .arg(work.path("sdk.py"))
        .env("GENESYS_API_URL", &server.url)
        .env("GENESYS_CLIENT_ID", "client-id")
        .env("GENESYS_CLIENT_SECRET", SECRET)
        .env("NO_PROXY", "*");
    let output = command.output().expect("started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    work.write("sdk.json", &output.stdout);
    fetch(&work, &server, &["--metric", "tWait", "-o", "own.json"]).exits(0);
    let asked = server.asked();
    let common = |index: usize, key: &str| asked[index].json()[key].clone();
    for key in ["interval", "metrics"] {
        assert_eq!(common(0, key), common(1, key));
    }
    // The SDK makes floats of all figures; everything else is the same.
    let rows = |name: &str| {
        let columns = "mediaType,interval_start,interval_end,metric,count";
        work.run(&["convert", name, "--columns", columns])
            .exits(0)
            .stdout
    };
    let (sdk, own) = (rows("sdk.json"), rows("own.json"));
    assert_eq!(sdk, own);
    assert_eq!(own.lines().count(), 2);
}
