//! Memory is bounded whatever an input holds, and its end is an exit code.

use std::io::Write as _;

use crate::work::{Ran, Work};

/// Bad parts are left out of a table.
const SKIP: [&str; 7] = [
    "convert",
    "--on-error",
    "skip",
    "--rejects",
    "r.ndjson",
    "-o",
    "x.csv",
];

const INTERVAL: &str = "2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z";

/// Pieces of a response; white space may stand between any two of them.
fn pieces() -> Vec<String> {
    let interval = format!("\"{INTERVAL}\"");
    [
        "",
        "{",
        "\"results\"",
        ":",
        "[",
        "{",
        "\"group\"",
        ":",
        "{",
        "\"queueId\"",
        ":",
        "\"q\"",
        "}",
        ",",
        "\"data\"",
        ":",
        "[",
        "{",
        "\"interval\"",
        ":",
        &interval,
        ",",
        "\"metrics\"",
        ":",
        "[",
        "{",
        "\"metric\"",
        ":",
        "\"nOffered\"",
        ",",
        "\"stats\"",
        ":",
        "{",
        "\"count\"",
        ":",
        "7",
        "}",
        "}",
        ",",
        "{",
        "\"metric\"",
        ":",
        "\"madeUp\"",
        ",",
        "\"stats\"",
        ":",
        "{",
        "\"count\"",
        ":",
        "2",
        "}",
        "}",
        "]",
        "}",
        "]",
        "}",
        "]",
        "}",
        "",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// The only element of a response.
fn element_of(response: &str) -> String {
    response[12..response.len() - 2].to_owned()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

/// The pieces with a member of `blank` around documents and elements.
fn spread(blank: &str) -> Vec<u8> {
    let blank = gzip(blank.as_bytes());
    let all = pieces();
    let mut spread = Vec::new();
    for (index, piece) in all.iter().enumerate() {
        spread.extend(gzip(piece.as_bytes()));
        if AROUND.contains(&index) || index + 5 > all.len() && index + 1 < all.len() {
            spread.extend(&blank);
        }
    }
    spread
}

/// The pieces before the element with white space behind them: before the response, and before the first
/// element.
const AROUND: [usize; 2] = [0, 4];

/// Runs within so much address space, in KiB: about 60,000 of it are the program itself as tests build
/// it, and the allocator takes what is left in large pieces.
pub fn within(work: &Work, kib: u32, arguments: &[&str]) -> Ran {
    let limited = format!("ulimit -v {kib}; exec \"$0\" \"$@\"");
    let output = std::process::Command::new("sh")
        .arg("-c")
        .arg(limited)
        .arg(env!("CARGO_BIN_EXE_gcagg"))
        .args(arguments)
        .current_dir(work.path("."))
        .env("XDG_CONFIG_HOME", work.path("settings"))
        // Each arena of glibc reserves address space, and how many there are depends on the load.
        .env("MALLOC_ARENA_MAX", "1")
        .output()
        .expect("ended");
    Ran {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code(),
    }
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_follow_white_space_around_elements() {
    let work = Work::new();
    work.write("plain.json", pieces().concat());
    let expected = work.run(&["convert", "plain.json"]).exits(0).stdout;
    const BLANKS: usize = 40 << 20;
    for (name, blank) in [("spaces", " "), ("breaks", "\n")] {
        let file = format!("{name}.json.gz");
        work.write(&file, spread(&blank.repeat(BLANKS)));
        // All of it together is more than the process may have.
        let run = |more: &[&str]| {
            let arguments = [more, &["--max-inflate", "100000", "-j", "1", &file]].concat();
            within(&work, 240_000, &arguments).exits(0)
        };
        assert_eq!(run(&["convert"]).stdout, expected);
        assert_eq!(
            run(&["report", "--detail"]).stdout,
            work.run(&["report", "plain.json", "--detail"]).stdout
        );
        let found = run(&["validate", "--format", "ndjson"]).stdout;
        let found: serde_json::Value = serde_json::from_str(&found).expect("one finding");
        let all = pieces();
        let before = all
            .iter()
            .position(|piece| piece == "\"madeUp\"")
            .expect("it is there");
        let text = all[..before].concat().len();
        let offset = text + AROUND.len() * BLANKS;
        assert_eq!(
            (&found["code"], &found["offset"]),
            (&"M004".into(), &offset.into())
        );
        let (line, column) = match blank {
            "\n" => (1 + AROUND.len() * BLANKS, 1 + all[5..before].concat().len()),
            _ => (1, 1 + offset),
        };
        assert_eq!(
            (&found["line"], &found["column"]),
            (&line.into(), &column.into())
        );
        assert_eq!(found["length"], 8);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_follow_findings() {
    let work = Work::new();
    const CONTAINERS: usize = 3_200;
    let metric = |index: u32| {
        format!(r#"{{"metric":"nOffered","qualifier":"{index}","stats":{{"count":-1}}}}"#)
    };
    let metrics: Vec<String> = (0..25).map(metric).collect();
    let bucket = format!(
        r#"{{"interval":"{INTERVAL}","metrics":[{}]}}"#,
        metrics.join(",")
    );
    let container =
        |index: usize| format!(r#"{{"group":{{"queueId":"{index}"}},"data":[{bucket}]}}"#);
    let containers: Vec<String> = (0..CONTAINERS).map(container).collect();
    work.write(
        "a.json",
        format!(r#"{{"results":[{}]}}"#, containers.join(",")),
    );
    let run = |more: &[&str]| {
        let all = [&["validate", "-q", "-j", "1", "a.json"], more].concat();
        within(&work, 200_000, &all).exits(0).stdout
    };
    let count = CONTAINERS * metrics.len();
    let found = run(&[
        "--format",
        "ndjson",
        "--report",
        "json=r.json",
        "--report",
        "gitlab=g.json",
    ]);
    assert_eq!(found.lines().count(), count);
    for report in ["r.json", "g.json"] {
        let report = work.read(report);
        let lines = report.iter().filter(|byte| **byte == b'\n');
        assert_eq!(lines.count(), count + 2);
    }
    run(&["--write-baseline", "base.json"]);
    assert_eq!(run(&["--baseline", "base.json", "--format", "ndjson"]), "");
}

#[test]
fn short_gaps_and_small_windows_change_no_place() {
    let work = Work::new();
    let parts = pieces();
    let blanks = [4095, 4096, 5000, 9000, 3, 0, 20_000];
    let text: String = parts
        .iter()
        .zip(blanks.iter().cycle())
        .map(|(piece, blanks)| format!("{piece}{}", " ".repeat(*blanks)))
        .collect();
    work.write("a.json", &text);
    work.write("two.ndjson", format!("{text}\n{text}\n"));
    for file in ["a.json", "two.ndjson"] {
        let all = ["validate", "--format", "ndjson", file];
        let whole = work.run(&all).stdout;
        assert!(whole.contains("M004"), "{whole}");
        for window in ["64", "300", "5000", "100000"] {
            let cut = work.run(&[&all[..], &["--window", window]].concat());
            assert_eq!(cut.stdout, whole, "{file} {window}");
            let cut = work.run(&["convert", file, "--on-error", "skip", "--window", window]);
            let whole = work.run(&["convert", file, "--on-error", "skip"]);
            assert_eq!(
                (cut.stdout, cut.code),
                (whole.stdout, whole.code),
                "{file} {window}"
            );
        }
    }
}

#[test]
fn a_token_beyond_the_limit_is_a_finding_with_its_place() {
    let work = Work::new();
    let document = |queue: &str, count: &str| {
        let text = pieces().concat().replace("\"q\"", &format!("\"{queue}\""));
        text.replacen("7", count, 1)
    };
    let (long, digits) = ("x".repeat(300), "1".repeat(301));
    let escapes = "\\\"".repeat(150);
    let fine = document("q", "7");
    for (name, text, token) in [
        ("string", document(&long, "7"), &long),
        ("number", document("q", &digits), &digits),
        ("escapes", document(&escapes, "7"), &escapes),
    ] {
        for (line, before) in [(1, String::new()), (3, format!("{fine}\n{fine}\n"))] {
            work.write("a.json", format!("{before}{text}\n{fine}\n"));
            let run = |limit: &str| {
                work.run(&[
                    "validate",
                    "--format",
                    "ndjson",
                    "--max-token",
                    limit,
                    "a.json",
                ])
            };
            let found = run("300").exits(1).stdout;
            let found = found
                .lines()
                .find(|line| line.contains("J007"))
                .expect("the finding");
            let found: serde_json::Value = serde_json::from_str(found).expect("JSON");
            let at = text.find(token.as_str()).expect("it is there");
            // A string begins with its quote, and columns count from 1.
            let column = if name == "number" { at + 1 } else { at };
            let place = (&found["line"], &found["column"]);
            assert_eq!(place, (&line.into(), &column.into()), "{name}");
            let message = found["message"].as_str().expect("text");
            assert!(
                message.contains("--max-token") && message.contains("300 bytes"),
                "{message}"
            );
            assert!(!run("400").stdout.contains("J007"), "{name}");
        }
    }
    // A quote that is missing is named, and not the long string that follows from it.
    let missing =
        document(&long, "7")
            .replacen("\"q", "q", 1)
            .replacen("\"queueId\"", "\"queueId", 1);
    work.write("a.json", missing);
    let found = work
        .run(&["validate", "--max-token", "256", "a.json"])
        .exits(1);
    assert!(found.stdout.contains("J001"), "{}", found.stdout);
    let refused = work
        .run(&["validate", "--max-token", "much", "a.json"])
        .exits(2);
    assert!(refused.stderr.contains("2GiB"), "{}", refused.stderr);
}

#[test]
fn an_element_beyond_the_limit_is_a_finding_with_its_place() {
    let work = Work::new();
    let fine = pieces().concat();
    let element = element_of(&fine);
    let metric = |index: usize| {
        format!(r#"{{"metric":"tSystemPresence","qualifier":"{index}","stats":{{"sum":1}}}},"#)
    };
    let metrics: String = (0..20_000).map(metric).collect();
    let long = element.replacen(r#""metrics":["#, &format!(r#""metrics":[{metrics}"#), 1);
    let whole = format!("{{\"results\":[{element},\n{long},{element}]}}\n{fine}\n");
    let unclosed = format!("{{\"results\":[{element},\n{}", long.trim_end_matches('}'));
    let more: String = metric(0).repeat(2_000);
    let unclosed = format!("{unclosed},{{\"metrics\":[{more}");
    for text in [whole, unclosed] {
        work.write("a.json", &text);
        let run = |more: &[&str]| {
            let all = ["validate", "--format", "ndjson", "--select", "J", "a.json"];
            work.run(&[&all[..], more].concat()).stdout
        };
        let found = run(&["--max-element", "1MiB"]);
        let finding: serde_json::Value = serde_json::from_str(&found).expect("one finding");
        let place = (&finding["code"], &finding["line"], &finding["column"]);
        assert_eq!(place, (&"J007".into(), &2.into(), &1.into()), "{found}");
        let message = finding["message"].as_str().expect("text");
        assert!(message.contains("--max-element") && message.contains("1MiB"));
        for window in ["1000", "600000", "100000000"] {
            let cut = run(&["--max-element", "1MiB", "--window", window]);
            assert_eq!(cut, found, "{window}");
        }
        assert!(!run(&["--max-element", "4MiB"]).contains("J007"));
    }
    for (limit, words) in [("1000", "at least"), ("2GiB", "at most 2147483647 bytes")] {
        let refused = work.run(&["validate", "--max-element", limit, "a.json"]);
        assert!(refused.exits(2).stderr.contains(words), "{limit}");
    }
}

#[test]
fn what_is_beyond_a_limit_is_never_left_out() {
    let work = Work::new();
    let text = pieces().concat();
    let long = text.replace("\"q\"", &format!("\"{}\"", "x".repeat(300)));
    let middle = [&text, &long, &text].map(|text| element_of(text)).join(",");
    work.write("middle.json", format!("{{\"results\":[{middle}]}}"));
    work.write("lines.ndjson", format!("{text}\n{long}\n{text}\n"));
    work.write(
        "bomb.json.gz",
        gzip(format!("{}{text}", " ".repeat(20 << 20)).as_bytes()),
    );
    let wide = text.replacen("\"data\"", &format!("{}\"data\"", " ".repeat(1 << 20)), 1);
    let wide = [&text, &wide, &text].map(|text| element_of(text)).join(",");
    work.write("element.json", format!("{{\"results\":[{wide}]}}"));
    for (file, limit, enough) in [
        ("element.json", "--max-element=1MiB", "--max-element=2MiB"),
        ("middle.json", "--max-token=300", "--max-token=302"),
        ("lines.ndjson", "--max-token=300", "--max-token=302"),
        ("bomb.json.gz", "--max-inflate=50", "--max-inflate=100000"),
    ] {
        for window in ["64", "100000"] {
            let all = [&SKIP[..], &["--window", window, file]].concat();
            let ran = work.run(&[&all[..], &[limit]].concat()).exits(1);
            let said = &ran.stderr;
            assert!(
                said.contains("J007") && said.contains("nothing was written"),
                "{said}"
            );
            assert!(!work.exists("x.csv") && !work.exists("r.ndjson"), "{file}");
            work.run(&[&all[..], &[enough, "--quiet"]].concat())
                .exits(0);
            std::fs::remove_file(work.path("x.csv")).expect("the table");
            std::fs::remove_file(work.path("r.ndjson")).expect("the rejects");
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_follow_a_part_that_is_left_out() {
    let work = Work::new();
    let container = element_of(&pieces().concat()).replace("madeUp", "nConnected");
    let queue = |index: usize| container.replacen("\"q\"", &format!("\"{}\"", index % 100), 1);
    let many: Vec<String> = (0..120_000).map(queue).collect();
    let many = many.join(",\n");
    // Bad JSON behind it all, and a good document of another kind.
    let bad = format!("{{\"results\":[{many}]]");
    let other = format!("{{\"conversations\":[{many}]}}");
    let text = bad.replace('"', "\\\"").replace('\n', "\\n");
    for (input, member) in [
        (bad, format!("\"text\":\"{text}\"")),
        (
            other.clone(),
            format!("\"value\":{}", other.replace('\n', " ")),
        ),
    ] {
        work.write("a.json", input);
        let small = ["-q", "-j", "1", "a.json"];
        within(&work, 180_000, &[&SKIP[..], &small].concat()).exits(0);
        let reject = String::from_utf8(work.read("r.ndjson")).expect("text");
        assert!(reject.ends_with(&format!(",{member}}}\n")));
    }
}

#[test]
fn what_expands_too_far_is_a_finding() {
    let work = Work::new();
    let blank = " ".repeat(1 << 20);
    let text = format!("{}{}", blank.repeat(20), pieces().concat());
    work.write("a.json.gz", gzip(text.as_bytes()));
    work.write(
        "a.json.zst",
        zstd::encode_all(text.as_bytes(), 3).expect("packed"),
    );
    for file in ["a.json.gz", "a.json.zst"] {
        for command in ["validate", "convert", "report", "inspect"] {
            let found = work.run(&[command, "--max-inflate", "50:1", file]).exits(1);
            let said = format!("{}{}", found.stdout, found.stderr);
            assert!(
                said.contains("J007") && said.contains("--max-inflate"),
                "{said}"
            );
            work.run(&[command, "--max-inflate", "100000", file])
                .exits(0);
        }
    }
}

#[test]
fn zstd_windows_beyond_the_limit_name_the_option() {
    let work = Work::new();
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).expect("an encoder");
    encoder.window_log(28).expect("a window");
    encoder
        .write_all(pieces().concat().as_bytes())
        .expect("packed");
    work.write("long.json.zst", encoder.finish().expect("packed"));
    let found = work.run(&["validate", "long.json.zst"]).exits(1).stdout;
    assert!(
        found.contains("J007") && found.contains("--max-zstd-window"),
        "{found}"
    );
    work.run(&["validate", "--max-zstd-window", "256MiB", "long.json.zst"])
        .exits(0);
}

#[test]
#[cfg(target_os = "linux")]
fn memory_that_is_refused_ends_the_run_with_a_reason() {
    let work = Work::new();
    // One bucket, which is read whole.
    let metric = r#"{"metric":"tSystemPresence","qualifier":"A","stats":{"sum":1}},"#;
    let all = pieces().concat();
    let many = all.replacen(
        r#""metrics":["#,
        &format!(r#""metrics":[{}"#, metric.repeat(300_000)),
        1,
    );
    work.write("a.json", many);
    let ran = within(&work, 150_000, &["convert", "a.json", "-o", "a.csv"]).exits(3);
    assert!(ran.stderr.contains("out of memory"), "{}", ran.stderr);
    assert_eq!(work.names(), ["a.json"]);
}

#[test]
#[cfg(target_os = "linux")]
fn many_threads_fit_into_little_address_space() {
    let work = Work::new();
    let document = pieces().concat();
    work.write("a.ndjson", format!("{document}\n").repeat(5_000));
    let quiet = ["validate", "-q", "--allow", "T003,M004", "a.ndjson"];
    for threads in ["1", "8", "64"] {
        within(&work, 250_000, &[&quiet[..], &["-j", threads]].concat()).exits(0);
    }
}
