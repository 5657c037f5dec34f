//! What is expected of the data: found where it is missing, and silent where all is valid.

use serde_json::Value;

use crate::work::{OFFERED, Work, response, sample};

/// The codes and pointers that a run over `a.json` finds.
fn found(work: &Work, options: &[&str]) -> Vec<(String, String)> {
    let ran = work.run(&[&["validate", "a.json", "--format", "ndjson"], options].concat());
    let mut errors = false;
    let found: Vec<(String, String)> = ran
        .stdout
        .lines()
        .map(|line| {
            let finding: Value = serde_json::from_str(line).expect("JSON");
            let text = |key: &str| finding[key].as_str().expect("text").to_owned();
            // A missing dimension is a warning; `--deny G002` makes it fail.
            let expected = match text("code").as_str() {
                "G002" => "warning",
                _ => "error",
            };
            assert_eq!(text("severity"), expected);
            errors |= expected == "error";
            (text("code"), text("pointer"))
        })
        .collect();
    assert_eq!(ran.code, Some(i32::from(errors)), "{}", ran.stderr);
    found
}

fn finding(code: &str, pointer: &str) -> (String, String) {
    (code.to_owned(), pointer.to_owned())
}

#[test]
fn metrics_and_rows_are_of_all_inputs_together() {
    let work = Work::new();
    work.write("a.json", response("a", 8..10, OFFERED));
    work.write(
        "b.json",
        response(
            "b",
            8..9,
            r#"{"metric":"tHandle","stats":{"count":1,"sum":60000}}"#,
        ),
    );
    assert_eq!(found(&work, &["--expect-metrics", "nOffered"]), []);
    assert_eq!(
        found(&work, &["--expect-metrics", "nOffered,tHandle"]),
        [finding("F011", "")]
    );
    assert_eq!(found(&work, &["--min-rows", "2"]), []);
    assert_eq!(found(&work, &["--min-rows", "3"]), [finding("F008", "")]);
    work.run(&[
        "validate",
        "a.json",
        "b.json",
        "--expect-metrics",
        "nOffered,tHandle",
        "--min-rows",
        "3",
    ])
    .exits(0);
    let ran = work
        .run(&[
            "validate",
            "a.json",
            "b.json",
            "--expect-metrics",
            "tHandel",
            "--min-rows",
            "9",
        ])
        .exits(1);
    assert!(ran.stdout.contains("there is `tHandle`"), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("3 rows, and at least 9 were expected (in 2 inputs together)"),
        "{}",
        ran.stdout
    );
    work.run(&[
        "validate",
        "a.json",
        "--expect-metrics",
        "tHandle",
        "--warn",
        "F011",
    ])
    .exits(0);
    // Views and summary values have names, too.
    work.run(&[
        "validate",
        &sample("summary-flat.json"),
        "--expect-metrics",
        "nope",
    ])
    .exits(1);
}

#[test]
fn empty_exports_do_not_pass() {
    let work = Work::new();
    for empty in [
        "{}",
        r#"{"results":[]}"#,
        r#"{"results":null}"#,
        r#"{"entities":[]}"#,
    ] {
        work.write("a.json", empty);
        work.run(&["validate", "a.json"]).exits(0);
        for option in [
            "--min-rows=1",
            "--expect-metrics=nOffered",
            "--expect-interval=2026-03-02/2026-03-03",
        ] {
            work.run(&["validate", "a.json", option]).exits(1);
        }
    }
}

#[test]
fn buckets_lie_in_the_expected_interval() {
    let work = Work::new();
    work.write("a.json", response("a", 8..11, OFFERED));
    let interval = |text: &str| found(&work, &["--expect-interval", text]);
    for inside in [
        "2026-03-02/2026-03-03",
        "2026-03-02T08:00:00Z/2026-03-02T11:00:00Z",
        "2026-03-02T09:00:00+01:00/2026-03-02T12:00:00+01:00",
    ] {
        assert_eq!(interval(inside), [], "{inside}");
    }
    let bucket = |index: u8| finding("T007", &format!("/results/0/data/{index}/interval"));
    assert_eq!(
        interval("2026-03-03/2026-03-04"),
        [bucket(0), bucket(1), bucket(2)]
    );
    assert_eq!(interval("2026-03-02T08:00Z/2026-03-02T10:30Z"), [bucket(2)]);
    let ran = work
        .run(&[
            "validate",
            "a.json",
            "--expect-interval",
            "2026-03-03/2026-03-04",
        ])
        .exits(1);
    assert!(ran.stdout.contains("at a.json:1:"), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("this bucket is before the expected interval 2026-03-03/2026-03-04"),
        "{}",
        ran.stdout
    );
    for wrong in [
        "2026-03-02",
        "x/y",
        "2026-03-03/2026-03-02",
        "2026-03-02/2026-03-02",
    ] {
        let ran = work
            .run(&["validate", "a.json", "--expect-interval", wrong])
            .exits(2);
        assert!(ran.stderr.contains("--expect-interval"), "{}", ran.stderr);
    }
}

#[test]
fn buckets_have_the_expected_length() {
    let work = Work::new();
    work.write("a.json", response("a", 8..11, OFFERED));
    assert_eq!(found(&work, &["--expect-granularity", "PT1H"]), []);
    assert_eq!(found(&work, &["--expect-granularity", "PT60M"]), []);
    let all: Vec<_> = (0..3)
        .map(|index| finding("T008", &format!("/results/0/data/{index}/interval")))
        .collect();
    assert_eq!(found(&work, &["--expect-granularity", "PT30M"]), all);
    assert_eq!(found(&work, &["--expect-granularity", "P1D"]), all);
    // The end of a query cuts the last bucket short, and no other.
    let text = response("a", 8..11, OFFERED);
    work.write("a.json", text.replace("T11:00", "T10:20"));
    assert_eq!(found(&work, &["--expect-granularity", "PT1H"]), []);
    work.write(
        "a.json",
        text.replace("/2026-03-02T10:00", "/2026-03-02T09:20"),
    );
    assert_eq!(
        found(&work, &["--expect-granularity", "PT1H"]),
        [all[1].clone()]
    );
    for wrong in ["30M", "hour", ""] {
        let ran = work
            .run(&["validate", "a.json", "--expect-granularity", wrong])
            .exits(2);
        assert!(ran.stderr.contains("unknown period"), "{}", ran.stderr);
    }
}

#[test]
fn groups_have_the_expected_dimensions() {
    let work = Work::new();
    work.write("a.json", response("a", 8..9, OFFERED));
    assert_eq!(found(&work, &["--expect-dims", "queueId"]), []);
    let missing = [finding("G002", "/results/0/group")];
    assert_eq!(
        found(&work, &["--expect-dims", "queueId,mediaType"]),
        missing
    );
    for (level, code) in [("--allow", 0), ("--warn", 0), ("--deny", 1)] {
        work.run(&[
            "validate",
            "a.json",
            "--expect-dims",
            "userId",
            level,
            "G002",
        ])
        .exits(code);
    }
}

#[test]
fn what_is_expected_may_stand_in_the_settings() {
    let work = Work::new();
    work.write("a.json", response("a", 8..9, OFFERED));
    work.write(
        "gcagg.toml",
        "[validate]\nexpect-metrics = [\"tHandle\"]\nexpect-dims = [\"mediaType\"]\n\
         expect-interval = \"2026-03-03/2026-03-04\"\nexpect-granularity = \"P1D\"\nmin-rows = 5\n",
    );
    let codes: Vec<String> = found(&work, &[])
        .into_iter()
        .map(|(code, _)| code)
        .collect();
    assert_eq!(codes, ["G002", "T007", "T008", "F011", "F008"]);
    // What is typed counts instead.
    let typed = [
        "--expect-metrics=nOffered",
        "--expect-dims=queueId",
        "--min-rows=1",
        "--expect-interval=2026-03-02/2026-03-03",
        "--expect-granularity=PT1H",
    ];
    assert_eq!(found(&work, &typed), []);
}

#[test]
fn windows_change_nothing() {
    let work = Work::new();
    work.write("a.json", response("a", 0..20, OFFERED));
    let options = [
        "--expect-interval",
        "2026-03-02T05:00Z/2026-03-02T10:00Z",
        "--expect-granularity",
        "PT30M",
        "--expect-dims",
        "mediaType,queueId",
        "--expect-metrics",
        "nOffered,tHandle",
    ];
    let whole = found(&work, &options);
    assert_eq!(whole.len(), 1 + 15 + 20 + 1);
    for window in ["64", "200", "1000"] {
        let cut = found(&work, &[&options[..], &["--window", window]].concat());
        assert_eq!(cut, whole, "--window {window}");
    }
}

#[test]
fn a_part_of_the_data_need_not_have_all_of_it() {
    let work = Work::new();
    work.write("a.json", response("a", 8..9, OFFERED));
    let whole = [
        "--expect-metrics=nOffered,tHandle",
        "--min-rows=1000",
        "--expect-interval=2026-03-02/2026-03-03",
        "--expect-granularity=PT1H",
    ];
    work.run(&[&["validate", "a.json"], &whole[..]].concat())
        .exits(1);
    let part = [&["validate", "a.json", "--partial"], &whole[..]].concat();
    work.run(&part).exits(0);
    work.write("empty.json", r#"{"results":[]}"#);
    let empty = [&["validate", "empty.json", "--partial"], &whole[..]].concat();
    work.run(&empty).exits(0);
    // What each bucket and group must have is still checked.
    for option in [
        "--expect-interval=2026-03-04/2026-03-05",
        "--expect-granularity=PT2H",
    ] {
        work.run(&["validate", "a.json", "--partial", option])
            .exits(1);
    }
    work.run(&[
        "validate",
        "a.json",
        "--partial",
        "--expect-dims=userId",
        "--deny=G002",
    ])
    .exits(1);
    // Settings of a project are expectations, too.
    work.write("gcagg.toml", "[validate]\nmin-rows = 1000\n");
    work.run(&["validate", "a.json"]).exits(1);
    work.run(&["validate", "a.json", "--partial"]).exits(0);
}

#[test]
fn days_that_a_part_of_the_data_lacks_are_not_missing() {
    let work = Work::new();
    for day in ["02", "03", "04", "05"] {
        let document =
            response("q", 8..10, OFFERED).replace("2026-03-02", &format!("2026-03-{day}"));
        work.write(&format!("{day}.json"), document);
    }
    let staged = ["validate", "02.json", "05.json", "--deny", "warnings"];
    let whole = work.run(&staged).exits(1);
    assert!(whole.stdout.contains("T009"), "{}", whole.stdout);
    work.run(&[&staged[..], &["--partial"]].concat()).exits(0);
}
