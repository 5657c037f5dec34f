//! Documents one after another, in envelopes and without a group: what is read, however it is laid
//! out and however it is cut.

use serde_json::{Value, json};

use crate::work::{OFFERED, Work, response};

const HEADER: &str = "queueId,interval_start,interval_end,metric,count";

fn row(queue: &str) -> String {
    format!("{queue},2026-03-02T08:00:00.000Z,2026-03-02T09:00:00.000Z,nOffered,12")
}

fn pretty(text: &str) -> String {
    let value: Value = serde_json::from_str(text).expect("JSON");
    serde_json::to_string_pretty(&value).expect("JSON")
}

/// The table of a text in windows of several sizes.
#[track_caller]
fn table(text: &str, queues: &[&str]) {
    let work = Work::new();
    let rows: Vec<String> = queues.iter().map(|queue| row(queue)).collect();
    let expected = format!("{HEADER}\n{}\n", rows.join("\n"));
    for window in ["16", "100", "300", "4000", "1000000"] {
        let ran = work
            .pipe(&["convert", "--window", window, "-"], text.as_bytes())
            .exits(0);
        assert_eq!(ran.stdout, expected, "window {window}: {text}");
    }
}

#[test]
fn documents_are_framed_by_structure() {
    let [a, b, c] = ["a", "b", "c"].map(|queue| response(queue, 8..9, OFFERED));
    let [pa, pb, pc] = [&a, &b, &c].map(|text| pretty(text));
    for text in [
        format!("{a}\n{pb}\n{c}\n"),
        format!("{pa}\n{b}\n{pc}\n"),
        format!("{a}\n{b}\n{pc}"),
        format!("{a}{pb}{c}\n"),
        format!("{a}\n\n  {b}{pc}\n"),
        format!("{a} {b}\n{c}\n"),
        format!("{{}}\n{pa}\r\n{pb}\r\n{c}\r\n"),
        format!("{{}}\n{}\n{b}\n{c}", a.replace("\"data\"", "\n\"data\"")),
        format!("[]\n[{a}\n,{b}]\n{c}\n"),
    ] {
        table(&text, &["a", "b", "c"]);
    }
}

/// Codes and lines of the findings that are errors.
fn errors(text: &str, window: &str) -> Vec<(String, u64)> {
    let work = Work::new();
    let ran = work
        .pipe(
            &[
                "validate", "--format", "ndjson", "--allow", "T003", "--window", window, "-",
            ],
            text.as_bytes(),
        )
        .exits(1);
    ran.stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|it| it["severity"] == "error")
        .map(|it| {
            (
                it["code"].as_str().expect("a code").to_owned(),
                it["line"].as_u64().expect("a line"),
            )
        })
        .collect()
}

#[test]
fn a_broken_document_among_others_is_one_finding() {
    let good = response("a", 8..9, OFFERED);
    let broken = pretty(&good).replace("12", "1 2");
    let lines = broken.lines().count() as u64;
    let cut = &good[..70];
    for (text, expected) in [
        (
            format!("{good}\n{broken}\n{good}\n"),
            vec![("J001", lines - 7)],
        ),
        (
            format!("{good}\n{cut}\n{good}\n{good}\n"),
            vec![("J002", 2)],
        ),
        (format!("{good}\n{broken}\n"), vec![("J001", lines - 7)]),
        (
            format!("{good}\n{}", &pretty(&good)[..60]),
            vec![("J002", 6)],
        ),
    ] {
        for window in ["1000000", "3000"] {
            let found = errors(&text, window);
            let found: Vec<(&str, u64)> = found.iter().map(|it| (it.0.as_str(), it.1)).collect();
            assert_eq!(found, expected, "{window}: {text}");
        }
    }
    // What is left out is all of the broken document, and nothing else.
    let work = Work::new();
    work.write(
        "x.json",
        format!("{good}\n{broken}\n{}\n", response("b", 8..9, OFFERED)),
    );
    let skip = [
        "convert",
        "--on-error",
        "skip",
        "--rejects",
        "r",
        "-o",
        "x.csv",
        "x.json",
    ];
    work.run(&skip).exits(0);
    let table = String::from_utf8(work.read("x.csv")).expect("text");
    assert_eq!(table, format!("{HEADER}\n{}\n{}\n", row("a"), row("b")));
    let reject: Value = serde_json::from_slice(&work.read("r")).expect("one line of JSON");
    let kept = reject["text"].as_str().expect("the text").trim();
    assert_eq!(kept, broken);
}

#[test]
fn envelopes_of_other_programs_are_opened() {
    let a: Value = serde_json::from_str(&response("a", 8..9, OFFERED)).expect("JSON");
    let b: Value = serde_json::from_str(&response("b", 8..9, OFFERED)).expect("JSON");
    let recorded = |value: &Value| {
        json!({
            "request": {"method": "POST", "url": "https://api.mypurecloud.de/api/v2/analytics/conversations/aggregates/query"},
            "response": {"status": 200, "content": {"mimeType": "application/json", "text": value.to_string()}},
        })
    };
    let other = json!({
        "request": {"url": "https://apps.mypurecloud.de/"},
        "response": {"content": {"mimeType": "text/html", "text": "<html></html>"}},
    });
    // Some browsers say that a text has no encoding.
    let mut plain = recorded(&b);
    plain["response"]["content"]["encoding"] = Value::Null;
    for document in [
        json!([{"json": a, "pairedItem": 0}, {"json": b}]),
        json!([{"payload": a, "topic": "x", "_msgid": "1"}, {"payload": b.to_string()}]),
        json!({"log": {"version": "1.2", "entries": [other, recorded(&a), other, plain]}}),
        json!({"content": [{"type": "text", "text": a.to_string()}, {"type": "text", "text": b.to_string()}], "isError": false}),
        json!({"jsonrpc": "2.0", "id": 1, "result": {"content": [
            {"type": "text", "text": "Two days:"}, {"type": "text", "text": format!("{a}\n{b}")},
        ]}}),
    ] {
        table(&document.to_string(), &["a", "b"]);
        table(
            &serde_json::to_string_pretty(&document).expect("JSON"),
            &["a", "b"],
        );
    }
}

#[test]
fn places_in_envelopes_are_those_of_the_input() {
    let work = Work::new();
    let text = response("a", 8..9, OFFERED).replace("12", "\"12\"");
    let input = json!({"content": [{"type": "text", "text": text}]}).to_string();
    let ran = work
        .pipe(&["validate", "--format", "json", "-"], input.as_bytes())
        .exits(1);
    let found: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let number = |key: &str| found[0][key].as_u64().expect(key) as usize;
    let marked = &input[number("offset")..number("offset") + number("length")];
    assert_eq!(marked, r#"\"12\""#);
    assert_eq!(
        found[0]["pointer"],
        "/content/0/text/results/0/data/0/metrics/0/stats/count"
    );
    // What follows a document inside a string is not passed over.
    let input = json!({"body": format!("{} x", response("a", 8..9, OFFERED))}).to_string();
    let ran = work.pipe(&["convert", "-"], input.as_bytes()).exits(1);
    assert!(ran.stderr.contains("J006"), "{}", ran.stderr);
}

#[test]
fn a_container_without_a_group_is_an_ungrouped_query() {
    let work = Work::new();
    let grouped = response("q", 8..10, OFFERED);
    let expected = "interval_start,interval_end,metric,count\n2026-03-02T08:00:00.000Z,2026-03-02T09:00:00.000Z,nOffered,12\n2026-03-02T09:00:00.000Z,2026-03-02T10:00:00.000Z,nOffered,12\n";
    let long = grouped.replace("{\"queueId\":\"q\"}", "{}");
    let reports = ["--detail"];
    let report = work.pipe(
        &[&["report"][..], &reports, &["-"]].concat(),
        long.as_bytes(),
    );
    for group in ["", "\"group\":null,", "\"group\":{},"] {
        let text = grouped.replace(r#""group":{"queueId":"q"},"#, group);
        let container = text[r#"{"results":["#.len()..text.len() - 2].to_owned();
        for document in [
            text.clone(),
            format!("[{container}]"),
            container,
            pretty(&text),
        ] {
            for way in [&[][..], &["--window", "64"], &["--paranoid"]] {
                let run = |command: &[&str]| {
                    work.pipe(&[command, way, &["-"]].concat(), document.as_bytes())
                };
                assert_eq!(
                    run(&["convert"]).exits(0).stdout,
                    expected,
                    "{way:?} {document}"
                );
                let ran = run(&["validate", "--format", "ndjson"]).exits(0);
                assert_eq!(ran.stdout, "", "{way:?} {document}");
                let ran = run(&["convert", "--layout", "wide"]).exits(0);
                assert!(
                    ran.stdout
                        .starts_with("interval_start,interval_end,nOffered_count\n")
                );
            }
        }
        let ran = work.pipe(&["report", "--detail", "-"], text.as_bytes());
        assert_eq!(
            (ran.code, ran.stdout),
            (report.code, report.stdout.clone()),
            "{text}"
        );
    }
}

#[test]
fn a_container_without_group_and_data_is_still_an_error() {
    let work = Work::new();
    for (container, code) in [
        (r#"{"grup":{"queueId":"q"},"data":[]}"#, "S002"),
        (r#"{"GROUP":{"queueId":"q"},"data":[]}"#, "S002"),
        (
            r#"{"group":{},"data":[]},{"grouped":{"queueId":"q"}}"#,
            "S002",
        ),
    ] {
        let text = format!(r#"{{"results":[{container}]}}"#);
        let ran = work
            .pipe(&["validate", "--format", "ndjson", "-"], text.as_bytes())
            .exits(1);
        assert!(ran.stdout.contains(code), "{container}: {}", ran.stdout);
    }
    // An empty one has no rows, which is said.
    let ran = work
        .pipe(
            &["validate", "--format", "ndjson", "-"],
            br#"{"results":[{}]}"#,
        )
        .exits(0);
    assert!(ran.stdout.contains("F005"), "{}", ran.stdout);
}

#[test]
fn responses_before_a_fault_in_their_array_are_read_in_any_window() {
    let page = |queue: &str| response(queue, 8..9, OFFERED).replace("12", "\"12\"");
    let whole = format!("[{},\n{},\n{}]", page("a"), page("b"), page("c"));
    for text in [
        whole[..whole.len() - 20].to_owned(),
        whole.replacen(",\n", "\n", 1),
    ] {
        let work = Work::new();
        work.write("x.json", &text);
        let run = |window: &str| {
            let skip = [
                "convert",
                "--on-error",
                "skip",
                "--rejects",
                "r",
                "-o",
                "t.csv",
                "--window",
                window,
                "x.json",
            ];
            work.run(&skip).exits(0);
            let ran = work.run(&[
                "validate", "--format", "ndjson", "--window", window, "x.json",
            ]);
            (ran.exits(1).stdout, work.read("r"), work.read("t.csv"))
        };
        let large = run("1000000");
        assert!(large.0.contains("\"S001\""), "{}", large.0);
        for window in ["200", "400"] {
            assert_eq!(run(window), large, "{window}: {text}");
        }
    }
}
