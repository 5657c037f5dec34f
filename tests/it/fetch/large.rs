//! Responses of any size: streamed, limited, and compared byte for byte. And what `-v` says of
//! requests.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::server::{Answer, SECRET, Server, TOKEN, usual};
use super::{INTERVAL, bare, command, fetch, ran};
use crate::work::Work;

fn is_query(path: &str) -> bool {
    path.ends_with("/aggregates/query")
}

/// A response with so many containers, with blanks between them and text that looks like JSON.
fn large(containers: usize, first: usize) -> String {
    let all: Vec<String> = (first..first + containers)
        .map(|index| {
            format!(
                r#"{{"group": {{"queueId": "q{index}", "ani": "]}},\\\" {index}"}}, "data": [{{"interval": "2026-03-02T00:00:00.000Z/2026-03-02T12:00:00.000Z", "metrics": [{{"metric": "nOffered", "stats": {{"count": {index}}}}}]}}]}}"#
            )
        })
        .collect();
    format!("{{\"results\": [ {} ] }}\n", all.join(" ,\n "))
}

#[test]
fn a_large_response_is_saved_byte_for_byte() {
    let work = Work::new();
    let server = Server::start(|seen| {
        is_query(&seen.path).then(|| Answer::new(200, large(5_000, 5_000 * seen.before)))
    });
    fetch(&work, &server, &["-o", "a.json"]).exits(0);
    assert_eq!(work.read("a.json"), large(5_000, 0).into_bytes());
    let ran = work.run(&["validate", "a.json"]).exits(0);
    assert!(ran.stderr.contains("5000 rows"), "{}", ran.stderr);
    // Two answers become one document with the bytes of their elements.
    let server = Server::start(|seen| {
        let first = if seen.body.contains("T06:00:00.000Z\"") {
            0
        } else {
            3_000
        };
        is_query(&seen.path).then(|| Answer::new(200, large(3_000, first)))
    });
    let arguments = ["--split", "PT6H", "-o", "b.json.gz"];
    fetch(&work, &server, &arguments).exits(0);
    let mut text = String::new();
    flate2::read::GzDecoder::new(work.read("b.json.gz").as_slice())
        .read_to_string(&mut text)
        .expect("gzip");
    let both = large(6_000, 0).replace("[ {\"group", "[{\"group");
    let expected = both
        .replace(" ,\n {\"group", ",{\"group")
        .replace(" ] }\n", "]}\n");
    assert_eq!(text, expected.replace("{\"results\": [", "{\"results\":["));
    let ran = fetch(&work, &server, &["--split", "PT6H"]).exits(0);
    assert_eq!(ran.stdout, text);
    // Nothing else is left.
    assert_eq!(
        work.names(),
        [
            "a.json",
            "a.manifest.json",
            "b.json.gz",
            "b.json.gz.manifest.json"
        ]
    );
}

#[test]
fn a_large_response_that_is_no_data_is_refused() {
    let work = Work::new();
    let bad = large(3_000, 0).replacen("\"count\": 2999", "\"count\": \"2999\"", 1);
    let server =
        Server::start(move |seen| is_query(&seen.path).then(|| Answer::new(200, bad.clone())));
    let said = fetch(&work, &server, &["-o", "a.json"]).exits(4).stderr;
    assert!(said.contains("N012") && said.contains("S001"), "{said}");
    assert_eq!(work.names(), ["a.json.rejected"]);
    let cut = large(3_000, 0).replace(" ] }\n", "");
    let server =
        Server::start(move |seen| is_query(&seen.path).then(|| Answer::new(200, cut.clone())));
    let arguments = ["-o", "b.json", "--max-retries", "1"];
    let said = fetch(&work, &server, &arguments).exits(4).stderr;
    assert!(said.contains("incomplete"), "{said}");
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_response_beyond_the_limit_ends_the_run() {
    let work = Work::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        gzip.write_all(&[b' '; 1 << 20]).expect("written");
    }
    gzip.write_all(b"{}").expect("written");
    let gzip = gzip.finish().expect("ended");
    assert!(gzip.len() < 1 << 20, "a small bomb");
    let plain =
        Server::start(|seen| is_query(&seen.path).then(|| Answer::new(200, vec![b' '; 3 << 20])));
    let packed = Server::start(move |seen| {
        let answer = Answer::new(200, gzip.clone()).header("Content-Encoding", "gzip");
        is_query(&seen.path).then_some(answer)
    });
    for server in [plain, packed] {
        for output in ["-", "a.json", "out/"] {
            let arguments = ["--max-response", "2MiB", "-o", output];
            let said = fetch(&work, &server, &arguments).exits(4).stderr;
            for part in ["N007", "2.00 MiB", "--max-response", "--split"] {
                assert!(said.contains(part), "{part}: {said}");
            }
        }
        assert_eq!(server.asked().len(), 3, "not tried again");
    }
    let names = work.names();
    assert!(names.is_empty() || names == ["out"], "{names:?}");
}

#[test]
fn tokens_and_errors_are_small() {
    let work = Work::new();
    let server = Server::start(|seen| {
        (seen.path == "/oauth/token").then(|| Answer::new(200, vec![b' '; 1 << 20]))
    });
    let said = fetch(&work, &server, &["--max-retries", "0"])
        .exits(4)
        .stderr;
    assert!(
        said.contains("N002") && said.contains("GENESYS_LOGIN_URL"),
        "{said}"
    );
    let server = Server::start(|seen| {
        is_query(&seen.path).then(|| Answer::new(503, format!("busy {}", "x".repeat(1 << 20))))
    });
    let said = fetch(&work, &server, &["--max-retries", "1"])
        .exits(4)
        .stderr;
    assert!(said.contains("N008") && said.contains("busy xxx"), "{said}");
    assert!(said.len() < 3_000);
}

#[test]
fn a_body_that_drips_ends_with_the_time() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{");
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let work = Work::new();
    let mut arguments = INTERVAL.to_vec();
    arguments.extend(["--timeout", "1", "--max-retries", "0", "-o", "a.json"]);
    let mut command = bare(&work, &arguments);
    command
        .env("GENESYS_ACCESS_TOKEN", "token-1")
        .env("GENESYS_API_URL", &url)
        .env("GENESYS_LOGIN_URL", &url);
    let began = Instant::now();
    let said = ran(command).exits(4).stderr;
    assert!(said.contains("N010"), "{said}");
    assert!(began.elapsed() < Duration::from_secs(20));
    assert!(work.names().is_empty());
}

#[test]
fn verbose_shows_each_request() {
    let work = Work::new();
    let server = Server::start(|seen| {
        if !is_query(&seen.path) {
            return None;
        }
        Some(match seen.before {
            0 => Answer::error(503, "busy", "try later"),
            _ => usual(seen)
                .header("ININ-RateLimit-Count", "12")
                .header("ININ-RateLimit-Allowed", "300")
                .header("ININ-RateLimit-Reset", "41"),
        })
    });
    let ran = fetch(&work, &server, &["-v", "-o", "a.json"]).exits(0);
    let lines: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("POST "))
        .collect();
    let url = &server.url;
    let query = format!("POST {url}/api/v2/analytics/conversations/aggregates/query: ");
    let starts = [
        format!("POST {url}/oauth/token: status 200, "),
        format!("{query}status 503, "),
        format!("{query}status 200, "),
    ];
    assert_eq!(lines.len(), 3, "{}", ran.stderr);
    for (line, start) in lines.iter().zip(&starts) {
        assert!(line.starts_with(start) && line.contains(" s, "), "{line}");
    }
    assert!(
        lines[2].ends_with(", retry 1 of 5, rate 12 of 300, reset in 41 s"),
        "{}",
        lines[2]
    );
    for secret in [SECRET, TOKEN, "client-id"] {
        assert!(!ran.stderr.contains(secret), "{}", ran.stderr);
    }
    let quiet = fetch(&work, &Server::usual(), &["-o", "b.json"]).exits(0);
    assert!(!quiet.stderr.contains("POST "), "{}", quiet.stderr);
}

#[test]
fn what_is_rejected_has_no_secret_however_it_is_spelled() {
    use base64::Engine as _;
    let percent: String = SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let base64 = base64::engine::general_purpose::STANDARD.encode(format!("x:{SECRET}"));
    for spelled in [SECRET.to_owned(), percent, base64] {
        let work = Work::new();
        let body = format!("<html>you sent {spelled} to us</html>");
        let server =
            Server::start(move |seen| is_query(&seen.path).then(|| Answer::new(200, body.clone())));
        fetch(&work, &server, &["-o", "a.json"]).exits(4);
        let kept = String::from_utf8(work.read("a.json.rejected")).expect("text");
        assert_eq!(kept, "<html>you sent [redacted] to us</html>");
    }
    // Of a large one only the beginning is kept, and no beginning of a secret at its end.
    let work = Work::new();
    let server = Server::start(|seen| {
        let text = format!("<html>{}", SECRET.repeat((2 << 20) / SECRET.len()));
        is_query(&seen.path).then(|| Answer::new(200, text))
    });
    fetch(&work, &server, &["-o", "a.json"]).exits(4);
    let kept = String::from_utf8(work.read("a.json.rejected")).expect("text");
    assert!(kept.len() <= (1 << 20) + 100 && kept.ends_with("[the rest was not saved]\n"));
    assert!(!kept.contains(&SECRET[..4]));
}

#[test]
#[cfg(unix)]
fn a_pipe_in_the_place_of_a_manifest_is_not_waited_for() {
    let (work, server) = (Work::new(), Server::usual());
    fetch(&work, &server, &["-o", "a.json"]).exits(0);
    let pipe = work.path("a.manifest.json");
    std::fs::remove_file(&pipe).expect("removed");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let mut arguments = INTERVAL.to_vec();
    arguments.extend(["--resume", "-o", "a.json"]);
    let mut child = command(&work, &server, &arguments)
        .spawn()
        .expect("started");
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a status") {
            break status;
        }
        if began.elapsed() > Duration::from_secs(60) {
            child.kill().expect("killed");
            panic!("it waits for the pipe");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(3), "the manifest cannot be written");
    let mut said = String::new();
    let mut stderr = child.stderr.take().expect("a pipe");
    stderr.read_to_string(&mut said).expect("text");
    assert!(said.contains("a.manifest.json"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_folder_without_room_for_a_response_is_named() {
    let work = Work::new();
    let server =
        Server::start(|seen| is_query(&seen.path).then(|| Answer::new(200, large(5_000, 0))));
    let mut all = INTERVAL.to_vec();
    all.extend(["-o", "-"]);
    let mut command = command(&work, &server, &all);
    command.env("TMPDIR", work.path("none"));
    let said = ran(command).exits(3).stderr;
    let folder = work.path("none").display().to_string();
    assert!(
        said.contains(&format!(
            "cannot write the response: a temporary file in {folder}: "
        )),
        "{said}"
    );
    assert!(said.contains("TMPDIR"), "{said}");
}
