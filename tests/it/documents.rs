//! What belongs together: pages of a job's results, and buckets of one key in several documents.

use crate::work::{OFFERED, Ran, Work, response};

const CURSOR: &str = r#"{"cursor":"abc","#;

fn page(queue: &str) -> String {
    response(queue, 8..9, OFFERED).replacen('{', CURSOR, 1)
}

#[test]
fn a_page_without_its_successors_is_a_warning() {
    let work = Work::new();
    work.write("1.json", page("a"));
    work.write("2.json", page("b"));
    work.write("3.json", response("c", 8..9, OFFERED));
    for command in ["convert", "validate", "report"] {
        let said = |inputs: &[&str]| {
            let ran = work.run(&[&[command][..], inputs].concat()).exits(0);
            format!("{}{}", ran.stdout, ran.stderr)
        };
        let pages = said(&["1.json", "2.json"]);
        assert!(pages.contains("[F007] more-pages"), "{command} {pages}");
        assert!(pages.contains("more pages follow"), "{command} {pages}");
        let all = said(&["1.json", "2.json", "3.json"]);
        assert!(!all.contains("F007"), "{command} {all}");
    }
    let ran = work
        .run(&["validate", "1.json", "2.json", "--format", "ndjson"])
        .exits(0);
    let findings: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let places: Vec<(&str, &str)> = findings
        .iter()
        .filter(|finding| finding["code"] == "F007")
        .map(|finding| {
            let text = |key: &str| finding[key].as_str().expect("text");
            (text("file"), text("pointer"))
        })
        .collect();
    assert_eq!(places, [("1.json", "/cursor"), ("2.json", "/cursor")]);
    let table = ["convert", "1.json", "--deny", "more-pages"];
    assert!(work.run(&table).exits(1).stdout.is_empty());
    // Each input has a table of its own.
    let tables = ["convert", "1.json", "3.json", "--per-file", "-o", "out"];
    assert!(work.run(&tables).exits(0).stderr.contains("F007"));
}

#[test]
fn a_last_page_has_no_cursor_or_an_empty_one() {
    let work = Work::new();
    for last in [r#"{"cursor":null,"#, r#"{"cursor":"","#] {
        work.write("a.json", page("a").replacen(CURSOR, last, 1));
        let ran = work.run(&["convert", "a.json"]).exits(0);
        assert!(!ran.stderr.contains("F007"), "{last}: {}", ran.stderr);
    }
    // Behind the results, and in large inputs, too.
    let whole = response("a", 8..20, OFFERED);
    let behind = whole.strip_suffix('}').expect("an object").to_owned() + r#","cursor":"abc"}"#;
    work.write("a.json", behind);
    for window in ["64", "100000"] {
        let ran = work
            .run(&["convert", "a.json", "--window", window])
            .exits(0);
        assert!(ran.stderr.contains("F007"), "{window}: {}", ran.stderr);
    }
}

#[test]
fn a_broken_document_is_no_page() {
    let work = Work::new();
    let broken = response("a", 8..20, OFFERED).replacen("12", "1,,2", 1);
    let behind = broken.strip_suffix('}').expect("an object").to_owned() + r#","cursor":"abc"}"#;
    work.write("a.json", behind);
    for window in ["16", "64", "100000"] {
        let ran = work
            .run(&["validate", "a.json", "--window", window])
            .exits(1);
        assert!(ran.stdout.contains("J001"), "{window}: {}", ran.stdout);
        assert!(!ran.stdout.contains("F007"), "{window}: {}", ran.stdout);
    }
}

fn handled() -> String {
    let metric = r#"{"metric":"tHandle","stats":{"count":1,"sum":60000,"min":60000,"max":60000}}"#;
    response("q", 8..10, metric)
}

fn repeated(ran: &Ran) -> bool {
    ran.stderr.contains("info[G004] repeated-key")
}

#[test]
fn wide_rows_of_one_key_are_an_info_and_one_bucket_of_a_report() {
    let work = Work::new();
    work.write("offered.json", response("q", 8..11, OFFERED));
    work.write("handled.json", handled());
    let convert = |inputs: &[&str], more: &[&str]| {
        work.run(&[&["convert", "-v"][..], inputs, more].concat())
            .exits(0)
    };
    let both = ["offered.json", "handled.json"];
    let ran = convert(&both, &["--layout", "wide"]);
    assert!(repeated(&ran), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("2 buckets with a group and interval that another document has too"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stdout.lines().count(), 6);
    // One row per metric has no repeated key, and neither have rows that are filtered out.
    assert!(!repeated(&convert(&both, &[])));
    let filter = ["--layout", "wide", "--metric", "nOffered"];
    assert!(!repeated(&convert(&both, &filter)));
    assert!(!repeated(&convert(
        &["offered.json"],
        &["--layout", "wide"]
    )));
    let tables = ["--layout", "wide", "--per-file", "-o", "out"];
    assert!(!repeated(&convert(&both, &tables)));
    // Documents of one input.
    let lines = format!("{}\n{}\n", response("q", 8..11, OFFERED), handled());
    work.write("both.ndjson", lines);
    let ran = convert(&["both.ndjson"], &["--layout", "wide"]);
    assert!(repeated(&ran), "{}", ran.stderr);
    for inputs in [&both[..], &["both.ndjson"]] {
        let ran = work.run(&[&["report"][..], inputs].concat()).exits(0);
        assert!(ran.stdout.contains("3 buckets"), "{}", ran.stdout);
        let ran = work.run(&[&["validate"][..], inputs].concat()).exits(0);
        assert!(ran.stdout.contains("G004"), "{}", ran.stdout);
    }
}

#[test]
fn a_mapping_of_presences_is_named_where_it_is_left_out() {
    let work = Work::new();
    let mapping = r#"{"systemToOrganizationMappings":{"BREAK":["b1"]},"#;
    work.write(
        "a.json",
        response("q", 8..9, OFFERED).replacen('{', mapping, 1),
    );
    let said = |more: &[&str]| {
        let ran = work.run(&[&["convert", "a.json"][..], more].concat());
        ran.exits(0).stderr
    };
    assert!(said(&["-v"]).contains("systemToOrganizationMappings of 1 document left out"));
    assert!(!said(&[]).contains("systemToOrganizationMappings"));
}
