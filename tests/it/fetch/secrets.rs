//! No secret in any output, whatever happens.

use std::path::Path;

use super::server::{Answer, SECRET, Server, TOKEN, usual};
use super::{INTERVAL, command, ran};
use crate::work::Work;

/// Everything in a folder, with the names.
fn everything(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            everything(&path, text);
        } else {
            let bytes = std::fs::read(&path).expect("bytes");
            text.push_str(&format!(
                "{}\n{}\n",
                path.display(),
                String::from_utf8_lossy(&bytes)
            ));
        }
    }
}

#[test]
fn no_output_has_a_secret_in_it() {
    // A server that repeats what it was sent in everything it says.
    let echo = |status: u16| {
        move |seen: &super::server::Seen| {
            let sent = seen
                .headers
                .get("authorization")
                .cloned()
                .unwrap_or_default();
            let message = format!("you sent {sent} and {SECRET}");
            match (seen.path.as_str(), status) {
                ("/oauth/token", 401) => Some(Answer::error(401, "bad.credentials", &message)),
                ("/oauth/token", _) => None,
                (_, 200) if seen.before == 0 => {
                    Some(Answer::new(302, "").header("Location", "http://127.0.0.1:1/"))
                }
                (_, 201) => Some(Answer::new(200, format!("<html>{message}</html>"))),
                (_, 202) => Some(usual(seen).header("ININ-Correlation-Id", &message)),
                (_, 203) if seen.path.ends_with("/jobs") => {
                    Some(Answer::new(202, "{\"jobId\":\"j\"}"))
                }
                (_, 203) => Some(Answer::json(
                    200,
                    &serde_json::json!({"state": "FAILED", "errorMessage": message}),
                )),
                _ => Some(Answer::error(status, "echo", &message)),
            }
        }
    };
    let mut all = String::new();
    for status in [200, 201, 202, 203, 400, 401, 403, 404, 413, 429, 500, 503] {
        let server = Server::start(echo(status));
        for extra in [
            vec![],
            vec!["--async"],
            vec!["--split", "PT6H"],
            vec!["--dry-run"],
        ] {
            for output in ["-", "a.json", "out/"] {
                let work = Work::new();
                let mut arguments = INTERVAL.to_vec();
                arguments.extend(["-v", "--max-retries", "1", "-o", output]);
                arguments.extend(&extra);
                let mut command = command(&work, &server, &arguments);
                command.env("RUST_BACKTRACE", "1").env("RUST_LOG", "trace");
                let ran = ran(command);
                all.push_str(&format!("{}\n{}\n", ran.stdout, ran.stderr));
                everything(&work.path(""), &mut all);
            }
        }
        let tokens = server.asked();
        let sent = tokens
            .iter()
            .any(|seen| seen.headers["authorization"].contains(TOKEN));
        assert!(
            sent || status == 401,
            "{status}: the token was sent, to be repeated"
        );
    }
    for secret in [SECRET, TOKEN, "client-id", "Y2xpZW50"] {
        let at = all.find(secret);
        let around = at.map(|at| {
            all[at.saturating_sub(200)..]
                .chars()
                .take(400)
                .collect::<String>()
        });
        assert!(at.is_none(), "{secret}: {around:?}");
    }
    assert!(all.contains("[redacted]") && all.contains("manifest.json"));
}
