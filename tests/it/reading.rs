//! What is read: encodings, compressions, wrappings, folders; and where its findings stand.

use std::io::Write as _;

use crate::work::{OFFERED, Work, response};

const TABLE: &str = "queueId,interval_start,interval_end,metric,count\nq,2026-03-02T08:00:00.000Z,2026-03-02T09:00:00.000Z,nOffered,12\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("compressed");
    encoder.finish().expect("compressed")
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

#[test]
fn encodings_and_compressions_are_known_by_their_bytes() {
    let work = Work::new();
    let text = response("q", 8..9, OFFERED);
    let (head, tail) = text.split_at(60);
    for bytes in [
        text.clone().into_bytes(),
        format!("\u{feff}{text}").into_bytes(),
        utf16(&text, false),
        utf16(&text, true),
        gzip(&text),
        [gzip(head), gzip(tail)].concat(),
        zstd::encode_all(text.as_bytes(), 1).expect("compressed"),
    ] {
        assert_eq!(work.pipe(&["convert", "-"], &bytes).exits(0).stdout, TABLE);
    }
}

#[test]
fn wrappings_are_seen_through() {
    let work = Work::new();
    let text = response("q", 8..9, OFFERED);
    let container = &text[r#"{"results":["#.len()..text.len() - 2];
    let quoted = serde_json::Value::from(text.as_str()).to_string();
    for document in [
        format!("[{container}]"),
        container.to_owned(),
        format!("[{text}]"),
        format!("{text}\n{{}}\n"),
        format!(r#"{{"statusCode":200,"body":{text}}}"#),
        format!(r#"{{"body":{quoted}}}"#),
        format!(r#"{{"response":{text}}}"#),
        format!(r#"{{"data":{text}}}"#),
        text.replace("]}]}", "],\"views\":null}]}").replace(
            "{\"results\"",
            "{\"cursor\":null,\"system_to_organization_mappings\":null,\"results\"",
        ),
    ] {
        assert_eq!(
            work.pipe(&["convert", "-"], document.as_bytes())
                .exits(0)
                .stdout,
            TABLE,
            "{document}"
        );
    }
}

#[test]
fn places_are_those_of_the_bytes_as_stored() {
    let work = Work::new();
    let text = response("é😀", 8..9, OFFERED)
        .replace("12", "\"12\"")
        .replace("\"stats\"", "\n\"stats\"");
    let quoted = format!(r#"{{"body":{}}}"#, serde_json::Value::from(text.as_str()));
    for (bytes, unit, fault) in [
        (text.clone().into_bytes(), 1, "\"12\""),
        (format!("\u{feff}{text}").into_bytes(), 1, "\"12\""),
        (utf16(&text, false), 2, "\"12\""),
        (quoted.into_bytes(), 1, "\\\"12\\\""),
    ] {
        let ran = work
            .pipe(&["validate", "--format", "json", "-"], &bytes)
            .exits(1);
        let findings: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let finding = &findings[0];
        let number = |key: &str| finding[key].as_u64().expect(key) as usize;
        let slice = &bytes[number("offset")..number("offset") + number("length")];
        let marked: Vec<u8> = slice.iter().step_by(unit).copied().collect();
        assert_eq!(String::from_utf8_lossy(&marked), fault);
        assert!(
            finding["pointer"]
                .as_str()
                .expect("a pointer")
                .ends_with("/results/0/data/0/metrics/0/stats/count")
        );
        for key in [
            "code",
            "name",
            "severity",
            "message",
            "file",
            "line",
            "column",
            "end_line",
            "end_column",
            "offset",
            "length",
            "pointer",
            "help",
            "url",
        ] {
            assert!(finding.get(key).is_some(), "{key}");
        }
        if fault.len() == 4 {
            assert_eq!((number("line"), number("column")), (2, 18));
        }
    }
}

#[test]
fn folders_and_patterns_are_searched_in_order_and_once() {
    let work = Work::new();
    for (name, queue) in [
        ("x/b.json", "b"),
        ("x/a.ndjson", "a"),
        ("x/sub/c.jsonl", "c"),
        ("x/.hidden.json", "h"),
        ("x/note.txt", "n"),
    ] {
        work.write(name, response(queue, 8..9, OFFERED));
    }
    work.write("x/d.json.gz", gzip(&response("d", 8..9, OFFERED)));
    let queues = |arguments: &[&str]| {
        let mut all = vec!["convert", "--columns", "queueId"];
        all.extend(arguments);
        work.run(&all)
            .exits(0)
            .stdout
            .lines()
            .skip(1)
            .collect::<String>()
    };
    assert_eq!(queues(&["x"]), "abdc");
    assert_eq!(queues(&["x/b.json", "x"]), "badc");
    assert_eq!(queues(&["x/*.json"]), "b");
    assert_eq!(queues(&["x/note.txt"]), "n");
}

#[test]
fn a_broken_line_does_not_hide_the_others() {
    let work = Work::new();
    let good = response("q", 8..9, OFFERED);
    let lines = format!(
        "{good}\n{{\"results\":[],}}\n\n{{\"results\":[\n{}\n",
        good.replace("12", "\"12\"")
    );
    let ran = work
        .pipe(&["validate", "--format", "ndjson", "-"], lines.as_bytes())
        .exits(1);
    let found: Vec<(String, u64)> = ran
        .stdout
        .lines()
        .map(|line| {
            let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
            (
                finding["code"].as_str().expect("a code").to_owned(),
                finding["line"].as_u64().expect("a line"),
            )
        })
        .collect();
    assert_eq!(
        found[..3],
        [
            ("J001".to_owned(), 2),
            ("J002".to_owned(), 4),
            ("S001".to_owned(), 5)
        ],
        "{}",
        ran.stdout
    );
}

#[test]
fn equal_causes_are_told_once_and_counted() {
    let work = Work::new();
    let text = response("q", 8..18, r#"{"metric":"nAnswered","stats":{"count":1}}"#);
    let ran = work.pipe(&["validate", "-"], text.as_bytes()).exits(0);
    assert_eq!(ran.stdout.matches("[M004]").count(), 1);
    assert!(
        ran.stdout.contains("and 6 more places like this"),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.contains("10 warnings"), "{}", ran.stderr);
    for command in ["convert", "report"] {
        let said = work
            .pipe(&[command, "--deny", "M004", "-"], text.as_bytes())
            .exits(1)
            .stderr;
        assert!(said.contains("and 6 more places like this"), "{said}");
    }
    let ran = work
        .pipe(&["validate", "--format", "ndjson", "-"], text.as_bytes())
        .exits(0);
    assert_eq!(ran.stdout.lines().count(), 10);
    work.pipe(&["validate", "--deny", "M004", "-"], text.as_bytes())
        .exits(1);
    let ran = work
        .pipe(
            &["validate", "--allow", "unknown-metric", "-"],
            text.as_bytes(),
        )
        .exits(0);
    assert_eq!(ran.stdout, "");
    work.pipe(&["validate", "--allow", "M404", "-"], text.as_bytes())
        .exits(2);
}

#[test]
fn an_excerpt_of_a_long_line_is_a_window() {
    let work = Work::new();
    let queues: Vec<String> = (0..20_000)
        .map(|queue| format!(r#"{{"group":{{"queueId":"{queue}"}},"data":[]}}"#))
        .collect();
    let text = format!(r#"{{"results":[{},{{"group":7}}]}}"#, queues.join(","));
    assert!(text.len() > 600_000);
    for color in ["always", "never"] {
        let ran = work
            .pipe(&["validate", "--color", color, "-"], text.as_bytes())
            .exits(1);
        assert!(ran.stdout.len() < 1500, "{}", ran.stdout.len());
        assert!(
            ran.stdout.contains(&format!("-:1:{}", text.len() - 3)),
            "{}",
            ran.stdout
        );
        assert_eq!(ran.stdout.contains('\u{1b}'), color == "always");
    }
}
