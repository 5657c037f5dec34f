//! `gcagg fetch` against a stand-in server on loopback.

mod clock;
mod docs;
mod failures;
mod jobs;
mod large;
mod listings;
mod manners;
mod missing;
mod query;
mod saving;
mod secrets;
mod server;
mod sources;
mod tls;
mod waits;

use std::process::{Command, Stdio};

use crate::work::{Ran, Work};
use server::{SECRET, Server};

/// Half of a day, which makes one request.
const INTERVAL: [&str; 2] = ["--interval", "2026-03-02T00:00:00Z/2026-03-02T12:00:00Z"];

/// The command with credentials, and with nothing of the machine's own surroundings.
fn command(work: &Work, server: &Server, arguments: &[&str]) -> Command {
    let mut command = bare(work, arguments);
    command
        .env("GENESYS_CLIENT_ID", "client-id")
        .env("GENESYS_CLIENT_SECRET", SECRET)
        .env("GENESYS_API_URL", &server.url)
        .env("GENESYS_LOGIN_URL", &server.url);
    command
}

/// The command without credentials.
fn bare(work: &Work, arguments: &[&str]) -> Command {
    let mut command = work.command(&["fetch"]);
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_uppercase();
        if upper.starts_with("GENESYS") || upper.ends_with("_PROXY") {
            command.env_remove(&name);
        }
    }
    command
        .args(["--retry-backoff", "0.001"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn ran(mut command: Command) -> Ran {
    let output = command.output().expect("started");
    Ran {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code(),
    }
}

/// Fetches half of a day with these further arguments.
fn fetch(work: &Work, server: &Server, arguments: &[&str]) -> Ran {
    let mut all = INTERVAL.to_vec();
    all.extend(arguments);
    ran(command(work, server, &all))
}
