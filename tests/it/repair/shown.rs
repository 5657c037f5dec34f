//! `--diff`: the changes as lines; nothing is written.

use serde_json::Value;

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

#[test]
fn lines_are_shown_and_nothing_is_written() {
    let work = Work::new();
    let bad = std::fs::read(sample("bad/J001-json-syntax.json")).expect("a sample");
    work.write("bad.json", &bad);
    let ran = work
        .run(&["validate", "--fix", "--diff", "bad.json"])
        .exits(1);
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
        pretty.replace("12\n", "12, // twelve\n"),
        format!("\u{feff}{pretty}\r\n"),
        format!("```json\n{pretty}\n```\n"),
        pretty.replace('"', "'"),
        good.clone(),
    ] {
        let work = Work::new();
        work.write("a.json", &text);
        let copy = work.run(&["validate", "--fix", "a.json"]).exits(0).stdout;
        let shown = work
            .run(&["validate", "--fix", "--diff", "a.json"])
            .exits(i32::from(copy != text))
            .stdout;
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
