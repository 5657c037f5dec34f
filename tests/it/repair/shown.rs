//! `--diff`: what would change, as lines and as a JSON Patch, and nothing is written.

use serde_json::{Value, json};

use crate::work::{OFFERED, Work, response, sample};

/// Applies a unified diff to a text, as `patch` does.
fn patched(text: &str, diff: &str) -> String {
    let old: Vec<&str> = text.split_inclusive('\n').collect();
    let mut lines = diff.split_inclusive('\n').skip(2).peekable();
    let mut new = String::new();
    let mut at = 0;
    while let Some(head) = lines.next() {
        let head = head.strip_prefix("@@ -").expect("a hunk");
        let (start, rest) = head.split_once(',').expect("a line and a count");
        let (count, _) = rest.split_once(' ').expect("a count");
        let start: usize = start.parse().expect("a line");
        let count: usize = count.parse().expect("a count");
        let start = if count == 0 { start } else { start - 1 };
        new.extend(old[at..start].iter().copied());
        at = start;
        while let Some(line) = lines.next_if(|line| !line.starts_with("@@")) {
            let (mark, line) = line.split_at(1);
            let unended = lines.next_if(|line| line.starts_with('\\')).is_some();
            let line = if unended {
                line.trim_end_matches('\n')
            } else {
                line
            };
            if mark != "+" {
                assert_eq!(old[at], line);
                at += 1;
            }
            if mark != "-" {
                new.push_str(line);
            }
        }
    }
    new.extend(old[at..].iter().copied());
    new
}

/// Applies a JSON Patch by RFC 6902, as far as these operations go.
fn applied(mut document: Value, patch: &Value) -> Value {
    for op in patch.as_array().expect("operations") {
        let text = |key: &str| op[key].as_str().expect("a pointer").to_owned();
        let value = match op["op"].as_str() {
            Some("move") => take(&mut document, &text("from")),
            Some("replace") if text("path").is_empty() => op["value"].clone(),
            Some("replace") => {
                take(&mut document, &text("path"));
                op["value"].clone()
            }
            Some("remove") => {
                take(&mut document, &text("path"));
                continue;
            }
            other => panic!("no such operation: {other:?}"),
        };
        let path = text("path");
        let Some((parent, last)) = path.rsplit_once('/') else {
            document = value;
            continue;
        };
        match document.pointer_mut(parent).expect("a parent") {
            Value::Array(list) => list.insert(last.parse().expect("an index"), value),
            Value::Object(members) => {
                members.insert(last.to_owned(), value);
            }
            _ => panic!("nothing to add to at {parent}"),
        }
    }
    document
}

fn take(document: &mut Value, path: &str) -> Value {
    let (parent, last) = path.rsplit_once('/').expect("a step");
    match document.pointer_mut(parent).expect("a parent") {
        Value::Array(list) => list.remove(last.parse().expect("an index")),
        Value::Object(members) => members.shift_remove(last).expect("a member"),
        _ => panic!("nothing to take from at {parent}"),
    }
}

#[test]
fn lines_are_shown_and_nothing_is_written() {
    let work = Work::new();
    let bad = std::fs::read(sample("bad/J001-json-syntax.json")).expect("a sample");
    work.write("bad.json", &bad);
    let ran = work
        .run(&["validate", "--fix", "--diff", "bad.json"])
        .exits(0);
    let shown = "\
--- bad.json
+++ bad.json (fixed)
@@ -21,7 +21,7 @@
                 \"max\": 512730,
                 \"min\": 64210,
                 \"count\": 11,
-                \"sum\": 2613400,
+                \"sum\": 2613400
               }
             }
           ]
";
    assert_eq!(ran.stdout, shown);
    let said = "would fix 1 thing in 1 file: 1 trailing comma\n";
    assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
    assert_eq!(work.read("bad.json"), bad);
    assert_eq!(work.names(), ["bad.json"]);
}

#[test]
fn what_is_shown_makes_the_copy() {
    let good = response("a", 8..12, OFFERED);
    let pretty: Value = serde_json::from_str(&good).expect("JSON");
    let pretty = serde_json::to_string_pretty(&pretty).expect("JSON");
    for text in [
        good.replace("}]}]}", "},]}]}"),
        format!("// a\n\n\n\n\n\n\n\n/* b */ {pretty} // c\n# d"),
        pretty
            .replace("12\n", "12, // twelve\n")
            .replace(".000Z", ".0000000Z"),
        format!("\u{feff}{pretty}\r\n"),
        format!("{{\"body\":\n{pretty}\n}}\n"),
        format!("{{\"body\":{}}}", Value::from(pretty.as_str())),
        pretty.replace('"', "'"),
        good.clone(),
    ] {
        let work = Work::new();
        work.write("a.json", &text);
        let shown = work
            .run(&["validate", "--fix", "--diff=text", "a.json"])
            .exits(0)
            .stdout;
        let copy = work.run(&["validate", "--fix", "a.json"]).exits(0).stdout;
        assert_eq!(shown.is_empty(), text == copy);
        assert_eq!(patched(&text, &shown), copy, "{shown}");
    }
}

#[test]
fn several_files_are_shown_one_after_another() {
    let work = Work::new();
    work.write("in/a.json", "[1,]");
    work.write("in/b.json", "{\"results\":[]}");
    work.write("in/c.json", "{\"results\":[],}\n");
    let ran = work.run(&["validate", "--fix", "--diff", "in"]).exits(1);
    let shown = "\
--- in/a.json
+++ in/a.json (fixed)
@@ -1,1 +1,1 @@
-[1,]
\\ No newline at end of file
+[1]
\\ No newline at end of file
--- in/c.json
+++ in/c.json (fixed)
@@ -1,1 +1,1 @@
-{\"results\":[],}
+{\"results\":[]}
";
    assert_eq!(ran.stdout, shown);
    assert!(ran.stderr.contains("error[F004]"), "{}", ran.stderr);
}

#[test]
fn a_json_patch_makes_the_repaired_document() {
    let stats = r#"{"metric":"nOffered","stats":{"count_negative":1,"count_positive":2}}"#;
    let snake = response("a/b~c", 8..10, stats);
    let epoch = snake.replace(
        "2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z",
        "1772438400/1772442000",
    );
    let page = |queue: &str| response(queue, 8..9, stats);
    for text in [
        snake.clone(),
        epoch.clone(),
        format!(r#"{{"data":{{"body":{epoch}}},"x":1}}"#),
        format!(r#"{{"body":{}}}"#, Value::from(epoch.as_str())),
        format!(
            r#"[{},{{"body":{},"status":200}},{{"data":{}}}]"#,
            page("a"),
            page("b"),
            page("c")
        ),
        response("a", 8..9, OFFERED),
    ] {
        let work = Work::new();
        work.write("a.json", &text);
        let ran = work.run(&["validate", "--fix", "--diff=json-patch", "a.json"]);
        let patch: Value = serde_json::from_str(&ran.exits(0).stdout).expect("one patch");
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let copy = work.run(&["validate", "--fix", "a.json"]).exits(0).stdout;
        let repaired: Value = serde_json::from_str(&copy).expect("JSON");
        assert_eq!(patch == json!([]), copy == text);
        assert_eq!(applied(document, &patch), repaired, "{patch}");
    }
}

#[test]
fn a_json_patch_is_a_line_a_document() {
    let work = Work::new();
    let good = response("a", 8..9, OFFERED);
    let stats = r#"{"metric":"nOffered","stats":{"count_negative":1}}"#;
    let bad = response("b", 8..9, stats);
    work.write(
        "a.ndjson",
        format!("{good}\n{{\"results\":[],}}\n{{'x\n{bad}\n"),
    );
    let ran = work.run(&["validate", "--fix", "--diff=json-patch", "a.ndjson"]);
    let place = "/results/0/data/0/metrics/0/stats";
    let last = format!(
        r#"[{{"op":"move","from":"{place}/count_negative","path":"{place}/countNegative"}}]"#
    );
    assert_eq!(ran.exits(1).stdout, format!("[]\n[]\n[]\n{last}\n"));
}
