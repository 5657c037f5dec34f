//! Bad weather: full disks, closed pipes, interruptions, hostile documents.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::work::{OFFERED, Work, response};

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    for arguments in [
        &["convert", "a.json"][..],
        &["validate", "a.json", "--format", "json"],
        &["report", "a.json"],
        &["inspect", "a.json"],
        &["explain"],
        &["schema"],
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        let output = work
            .command(arguments)
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .expect("ended");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
        assert!(said.contains("No space left"), "{said}");
    }
    work.run(&["convert", "a.json", "-o", "/dev/full"]).exits(3);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let work = Work::new();
    let many: Vec<String> = (0..4000)
        .map(|queue| response(&queue.to_string(), 8..11, OFFERED))
        .collect();
    work.write("a.ndjson", many.join("\n"));
    let mut child = work
        .command(&["convert", "a.ndjson"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0; 7]).expect("the header");
    drop(stdout);
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_cut_gzip_says_what_came_whole() {
    let work = Work::new();
    // Several windows.
    let many: Vec<String> = (0..5000)
        .map(|queue| response(&queue.to_string(), 8..11, OFFERED))
        .collect();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(many.join("\n").as_bytes())
        .expect("compressed");
    let whole = encoder.finish().expect("compressed");
    let cut = &whole[..whole.len() / 2];
    let mut came = Vec::new();
    let decoded = flate2::read::GzDecoder::new(cut).read_to_end(&mut came);
    decoded.expect_err("it is cut");
    work.write("a.ndjson.gz", cut);
    let ran = work
        .run(&["convert", "a.ndjson.gz", "-o", "t.csv"])
        .exits(1);
    let said = format!("; {} bytes could be decompressed", came.len());
    assert!(
        ran.stderr.contains("J002") && ran.stderr.contains(&said),
        "{}",
        ran.stderr
    );
    assert!(!work.exists("t.csv"));
}

#[test]
fn hostile_documents_are_findings() {
    let work = Work::new();
    let metric = |count: &str| {
        response(
            "q",
            8..9,
            &format!(r#"{{"metric":"nOffered","stats":{{"count":{count}}}}}"#),
        )
    };
    for (document, code) in [
        ("[".repeat(200_000).into_bytes(), "J005"),
        (metric("\u{0}").into_bytes(), "J001"),
        (metric("12").replace('q', "\u{0}").into_bytes(), "J001"),
        (metric("12").replace('q', "\\udead").into_bytes(), "J004"),
        ([&b"{\"results\":\"\xff\xff"[..], b"\"}"].concat(), "J004"),
        (b"\"".repeat(100_001), "F004"),
        (b"{\"a\":".repeat(50_000), "J005"),
    ] {
        let ran = work.pipe(&["validate", "--format", "ndjson", "-"], &document);
        assert_eq!(ran.code, Some(1), "{code}: {}", ran.stderr);
        let found = ran.stdout.lines().next().unwrap_or_default();
        let known = found.contains(&format!("\"code\":\"{code}\""))
            || (code == "F004" && found.contains("\"code\":\"J"));
        assert!(known, "{code}: {found}");
    }
}

#[test]
fn huge_keys_and_numbers_go_through_whole() {
    let work = Work::new();
    let key = "k".repeat(5_000_000);
    let number = "7".repeat(1_000_000);
    let document = response(
        "q",
        8..9,
        &format!(r#"{{"metric":"nOffered","stats":{{"count":{number}}}}}"#),
    )
    .replace("queueId", &key);
    work.write("a.json", document);
    let ran = work.run(&["convert", "a.json"]).exits(0);
    assert!(ran.stdout.starts_with(&key));
    assert!(ran.stdout.trim_end().ends_with(&number));
    let ran = work.run(&["validate", "a.json"]).exits(0);
    assert!(ran.stdout.starts_with("info[G001]"));
    assert!(ran.stdout.len() < 2000 && ran.stderr.len() < 1000);
}

#[test]
fn a_gzip_of_blanks_is_an_empty_input() {
    let work = Work::new();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..300 {
        encoder.write_all(&blanks).expect("compressed");
    }
    work.write("a.json.gz", encoder.finish().expect("compressed"));
    let ran = work.run(&["validate", "a.json.gz"]).exits(1);
    assert!(
        ran.stdout.contains("F002") && ran.stdout.len() < 2000,
        "{}",
        ran.stdout.len()
    );
}

#[test]
fn terminal_escapes_in_data_are_shown_escaped() {
    let work = Work::new();
    work.write(
        "a.json",
        response(
            "q",
            8..9,
            r#"{"metric":"\u001b[2J\u202ex","stats":{"count":"\u001b]0;x"},"\u001bk":1}"#,
        ),
    );
    for color in ["always", "never"] {
        let ran = work.run(&["validate", "a.json", "--color", color]).exits(1);
        assert!(
            !ran.stdout.contains("\u{1b}[2J")
                && !ran.stdout.contains("\u{1b}]0")
                && !ran.stdout.contains('\u{202e}'),
            "{}",
            ran.stdout
        );
        assert!(ran.stdout.contains("u{1b}"), "{}", ran.stdout);
    }
}

#[test]
fn one_unreadable_file_does_not_stop_the_others() {
    let work = Work::new();
    work.write("a.json", response("a", 8..9, OFFERED));
    work.write(
        "c.json",
        response("c", 8..9, OFFERED).replace("12", "\"12\""),
    );
    let ran = work
        .run(&[
            "validate", "--format", "ndjson", "a.json", "b.json", "c.json", "no*.json",
        ])
        .exits(3);
    assert!(
        ran.stdout.contains("\"file\":\"b.json\"") && ran.stdout.contains("\"file\":\"no*.json\""),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("\"code\":\"S001\""), "{}", ran.stdout);
    work.write("empty/readme.txt", "no document");
    work.run(&["validate", "empty"]).exits(3);
}

/// A conversion that waits for its input. A job in the background inherits
/// an ignored SIGINT and keeps it so; `env` gives each signal its default again.
#[cfg(target_os = "linux")]
fn waiting(work: &Work) -> Child {
    let mut child = Command::new("env")
        .args(["--default-signal=INT,TERM", env!("CARGO_BIN_EXE_gcagg")])
        .args(["convert", "-", "-o", "t.csv"])
        .current_dir(work.path(""))
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    child
        .stdin
        .as_mut()
        .expect("a pipe")
        .write_all(response("q", 8..9, OFFERED).as_bytes())
        .expect("written");
    child
}

#[cfg(target_os = "linux")]
fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .expect("kill");
    assert!(sent.success());
}

#[test]
#[cfg(target_os = "linux")]
fn an_interrupted_run_leaves_the_old_file() {
    for (name, code) in [("-INT", Some(130)), ("-TERM", Some(143)), ("-KILL", None)] {
        let work = Work::new();
        work.write("t.csv", "old");
        let mut child = waiting(&work);
        std::thread::sleep(Duration::from_millis(300));
        // Its input stays open: it must not end by itself before it has seen the signal.
        let input = child.stdin.take();
        signal(&child, name);
        let limit = Instant::now() + Duration::from_secs(30);
        while child.try_wait().expect("asked").is_none() && Instant::now() < limit {
            std::thread::sleep(Duration::from_millis(5));
        }
        drop(input);
        let status = child.wait().expect("ended");
        assert_eq!(status.code(), code, "{name}");
        assert_eq!(work.read("t.csv"), b"old", "{name}");
        if code.is_some() {
            assert_eq!(work.names(), ["t.csv"], "{name}");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn killed_at_any_time_the_file_is_old_or_new() {
    let work = Work::new();
    let many: Vec<String> = (0..20_000)
        .map(|queue| response(&queue.to_string(), 8..11, OFFERED))
        .collect();
    work.write("a.ndjson", many.join("\n"));
    let began = Instant::now();
    work.run(&["convert", "a.ndjson", "-o", "new.csv"]).exits(0);
    let whole = began.elapsed();
    let new = work.read("new.csv");
    for step in 1..16 {
        work.write("t.csv", "old");
        let mut child = work
            .command(&["convert", "a.ndjson", "-o", "t.csv"])
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        std::thread::sleep(whole * step / 14);
        let politely = step % 2 == 0;
        if child.try_wait().expect("asked").is_none() {
            if politely {
                signal(&child, "-TERM");
            } else {
                child.kill().expect("killed");
            }
        }
        child.wait().expect("ended");
        let now = work.read("t.csv");
        assert!(
            now == b"old" || now == new,
            "step {step}: {} bytes",
            now.len()
        );
        for name in work.names() {
            let known = ["a.ndjson", "new.csv", "t.csv"].contains(&name.as_str());
            assert!(known || !politely, "step {step} left {name}");
            if !known {
                std::fs::remove_file(work.path(&name)).expect("removed");
            }
        }
    }
}

#[test]
fn no_bar_is_drawn_into_pipes() {
    let work = Work::new();
    work.write(
        "x.json",
        crate::work::response("a", 0..3, crate::work::OFFERED),
    );
    for when in ["auto", "always", "never"] {
        let ran = work
            .run(&["convert", "--progress", when, "x.json"])
            .exits(0);
        assert_eq!(ran.stderr, "", "{when}");
    }
}
