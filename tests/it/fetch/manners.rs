//! Servers, gateways and proxies with manners of their own.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use super::clock::{TestClock, days, fault, run};
use super::server::{Answer, SECRET, Server, TOKEN, usual};
use super::{bare, command, fetch, ran};
use crate::work::Work;

fn is_query(path: &str) -> bool {
    path.ends_with("/aggregates/query")
}

#[test]
fn a_redirect_on_the_same_host_is_followed() {
    let work = Work::new();
    let server = Server::start(|seen| {
        if seen.path.starts_with("/moved") {
            return Some(Answer::new(200, super::server::response(&seen.json())));
        }
        is_query(&seen.path).then(|| Answer::new(308, "").header("Location", "/moved/query"))
    });
    fetch(&work, &server, &["-o", "a.json"]).exits(0);
    let asked = server.asked();
    assert_eq!((asked[1].method.as_str(), asked.len()), ("POST", 2));
    assert_eq!(asked[0].body, asked[1].body);
    assert!(asked[1].headers["authorization"].contains(TOKEN));

    let server = Server::start(|seen| {
        is_query(&seen.path).then(|| Answer::new(307, "").header("Location", &seen.path))
    });
    let said = fetch(&work, &server, &[]).exits(4).stderr;
    assert!(
        said.contains("N013") && said.contains("GENESYS_API_URL"),
        "{said}"
    );
    assert_eq!(server.asked().len(), 6, "not for ever");
}

#[test]
fn a_gateway_in_a_folder_with_its_own_idea_of_tokens() {
    let work = Work::new();
    let server = Server::start(|seen| match seen.path.strip_prefix("/gateway")? {
        // As text, and with a mark before the document.
        "/oauth/token" => Some(Answer::new(
            200,
            format!("\u{feff}{{\"access_token\":\"{TOKEN}\",\"expires_in\":\"300\"}}"),
        )),
        path if is_query(path) => {
            let text = super::server::response(&seen.json());
            Some(Answer::new(200, format!("\u{feff}{text}")).header("Content-Type", "text/html"))
        }
        _ => None,
    });
    let mut command = command(
        &work,
        &server,
        &["--last", "yesterday", "--split", "PT12H", "-o", "a.json"],
    );
    command
        .env("GENESYS_API_URL", format!("{}/gateway", server.url))
        .env("GENESYS_LOGIN_URL", format!("{}/gateway/", server.url))
        .env("GENESYS_ENVIRONMENT", "of our own");
    ran(command).exits(0);
    assert_eq!(server.seen().len(), 3);
    let all: Value = serde_json::from_slice(&work.read("a.json")).expect("JSON");
    assert_eq!(all["results"].as_array().expect("a list").len(), 2);
}

#[test]
fn pages_with_a_mark_before_them_are_followed_too() {
    let work = Work::new();
    let server = Server::start(|seen| {
        let page = |cursor: &str| Answer::new(200, format!("\u{feff}{{\"results\":[]{cursor}}}"));
        Some(match seen.path.rsplit('/').next()? {
            "jobs" => Answer::new(200, "{\"jobId\":\"j\"}"),
            "j" => Answer::new(200, "{\"state\":\"FULFILLED\"}"),
            "results" => page(",\"cursor\":\"2\""),
            "results?cursor=2" => page(""),
            _ => return None,
        })
    });
    fetch(&work, &server, &["--async", "-o", "a.json"]).exits(0);
    let manifest: Value = serde_json::from_slice(&work.read("a.manifest.json")).expect("JSON");
    assert_eq!(manifest["requests"][0]["pages"], 2);
}

#[test]
fn pages_without_an_end_end_with_the_time() {
    let (work, clock) = (Work::new(), std::sync::Arc::new(TestClock::default()));
    let inner = std::sync::Arc::clone(&clock);
    let server = Server::start(move |seen| {
        Some(match seen.path.rsplit('/').next()? {
            "jobs" => Answer::new(200, "{\"jobId\":\"j\"}"),
            "j" if seen.method == "GET" => Answer::new(200, "{\"state\":\"FULFILLED\"}"),
            "j" => Answer::new(204, ""),
            page if page.starts_with("results") => {
                inner.advance(std::time::Duration::from_secs(100));
                let cursor = inner.slept().len() + page.len();
                Answer::json(200, &json!({"results": [], "cursor": "x".repeat(cursor)}))
            }
            _ => return None,
        })
    });
    let outcome = run(&server, &clock, &days(1, true), &work.path("out"));
    let (code, words) = fault(&outcome);
    assert_eq!(code, "N010");
    assert!(words.contains("more pages after 6"), "{words}");
    assert!(
        server
            .lines()
            .last()
            .expect("a line")
            .starts_with("DELETE ")
    );
}

#[test]
fn a_sign_in_that_fails_is_tried_by_one_and_told_once() {
    let work = Work::new();
    let server = Server::start(|seen| {
        (seen.path == "/oauth/token").then(|| {
            Answer::json(401, &json!({"error": "invalid_client"}))
                .hang(std::time::Duration::from_millis(50))
        })
    });
    let ran = fetch(&work, &server, &["--split", "PT1H", "-o", "out/"]).exits(4);
    assert_eq!(server.seen().len(), 1, "{:?}", server.lines());
    assert_eq!(ran.stderr.matches("N002").count(), 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("12 not fetched"), "{}", ran.stderr);
}

#[test]
fn a_rate_that_leaves_no_time_is_told_at_once() {
    let (work, clock) = (Work::new(), TestClock::default());
    let server = Server::start(|seen| {
        is_query(&seen.path).then(|| {
            usual(seen)
                .header("ININ-RateLimit-Count", "300")
                .header("ININ-RateLimit-Allowed", "300")
                .header("ININ-RateLimit-Reset", "601")
        })
    });
    let outcome = run(&server, &clock, &days(2, false), &work.path("out"));
    let (code, words) = fault(&outcome);
    assert_eq!((outcome.saved, code, clock.slept()), (1, "N006", vec![]));
    assert!(words.contains("wait 600 s"), "{words}");
}

#[test]
fn errors_in_other_forms_are_read() {
    for (body, words) in [
        ("Blocked by policy 7", "status 403: Blocked by policy 7"),
        (
            "{\"error\":{\"code\":\"gw-1\",\"message\":\"no licence\"}}",
            "status 403 (gw-1): no licence",
        ),
        (
            "{\"errors\":[{\"message\":\"missing role\"}]}",
            "status 403: missing role",
        ),
        ("<html>403</html>", "status 403\n"),
    ] {
        let work = Work::new();
        let server =
            Server::start(move |seen| is_query(&seen.path).then(|| Answer::new(403, body)));
        let said = fetch(&work, &server, &[]).exits(4).stderr;
        assert!(said.contains(words), "{words}: {said}");
    }
}

/// Answers one connection after another with these bytes, whatever was asked.
fn crude(answers: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut bytes = [0; 4096];
            // The whole of a small request comes at once on loopback.
            let _ = stream.read(&mut bytes);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

#[test]
fn old_protocols_and_chunks_are_understood() {
    const TOKEN: &str = "HTTP/1.0 200 OK\r\n\r\n{\"access_token\":\"t-1\"}";
    for answers in [
        &[TOKEN, "HTTP/1.0 200 OK\r\n\r\n{\"results\":[]}"],
        &[
            TOKEN,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
             5\r\n{\"res\r\n9\r\nults\":[]}\r\n0\r\n\r\n",
        ],
    ] {
        let work = Work::new();
        let url = crude(answers);
        let mut command = bare(&work, &["-o", "a.json"]);
        command
            .env("GENESYS_CLIENT_ID", "client-id")
            .env("GENESYS_CLIENT_SECRET", SECRET)
            .env("GENESYS_API_URL", &url)
            .env("GENESYS_LOGIN_URL", &url);
        ran(command).exits(0);
        assert_eq!(work.read("a.json"), b"{\"results\":[]}");
    }
}

#[test]
fn plain_http_goes_through_no_proxy_on_another_machine() {
    let (work, server) = (Work::new(), Server::usual());
    let mut command = command(&work, &server, &["-o", "a.json", "--max-retries", "0"]);
    // An address that is reserved for documents: nobody is there.
    command
        .env("HTTP_PROXY", "http://192.0.2.1:3128")
        .env("http_proxy", "192.0.2.1:3128");
    ran(command).exits(0);
    assert!(server.seen().iter().all(|seen| !seen.proxied));
}

#[test]
fn https_goes_through_the_proxy_and_no_proxy_goes_around_it() {
    use std::io::{BufRead as _, BufReader};
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let proxy = format!("http://{}", listener.local_addr().expect("an address"));
    let first = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut line = String::new();
        BufReader::new(&stream)
            .read_line(&mut line)
            .expect("a line");
        let _ = stream.write_all(b"HTTP/1.1 407 Sign In First\r\n\r\n");
        line
    });
    let work = Work::new();
    let with_proxy = |domain: &str| {
        let mut command = bare(&work, &["--max-retries", "0"]);
        command
            .env("GENESYS_CLIENT_ID", "client-id")
            .env("GENESYS_CLIENT_SECRET", SECRET)
            .env("GENESYS_API_URL", format!("https://{domain}"))
            .env("GENESYS_LOGIN_URL", format!("https://{domain}"))
            .env("HTTPS_PROXY", proxy.replace("http://", "http://me:hush@"))
            .env("NO_PROXY", "127.0.0.1");
        ran(command).exits(4).stderr
    };
    // Nobody listens at port 1: going around the proxy is refused at once.
    let said = with_proxy("127.0.0.1:1");
    assert!(said.contains("N009") && !said.contains("hush"), "{said}");
    let said = with_proxy("login.example.invalid");
    assert!(said.contains("N009") && !said.contains("hush"), "{said}");
    let line = first.join().expect("the proxy");
    assert!(
        line.starts_with("CONNECT login.example.invalid:443 "),
        "{line}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_machine_without_certificates_can_still_ask_itself() {
    let (work, server) = (Work::new(), Server::usual());
    let bare_machine = |url: &str| {
        let mut command = command(&work, &server, &["-o", "a.json"]);
        command
            .env("SSL_CERT_FILE", "none.pem")
            .env("SSL_CERT_DIR", "none")
            .env("GENESYS_API_URL", url);
        ran(command)
    };
    bare_machine(&server.url).exits(0);
    let said = bare_machine("https://127.0.0.1:1").exits(4).stderr;
    for part in ["N009", "ca-certificates", "--ca-cert"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains("before retry"), "{said}");
}
