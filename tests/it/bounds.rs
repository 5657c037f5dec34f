//! Inputs of unusual sizes: very long names, very many causes, parts and files.

use crate::work::Work;

/// A response with one group, one bucket and these metrics.
fn response(group: &str, metrics: &str) -> String {
    format!(
        r#"{{"results":[{{"group":{{{group}}},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z","metrics":[{metrics}]}}]}}]}}"#
    )
}

#[test]
fn names_longer_than_any_width_are_shown() {
    let work = Work::new();
    let long = "a".repeat(70_000);
    let metric = format!(r#"{{"metric":"{long}","qualifier":"{long}","stats":{{"count":7}}}}"#);
    work.write("metric.json", response("", &metric));
    let dimension = format!(r#""{long}":"x""#);
    let offered = r#"{"metric":"nOffered","stats":{"count":7}}"#;
    work.write("dimension.json", response(&dimension, offered));
    work.write("plain.json", response(r#""queueId":"q""#, offered));
    for file in ["metric.json", "dimension.json"] {
        for command in [
            &["inspect"][..],
            &["inspect", "--format", "json"],
            &["inspect", "--against", "plain.json"],
            &["inspect", "--against", "schema"],
            &["report"],
            &["report", "--detail"],
            &["report", "--format", "markdown"],
            &["report", "--format", "html"],
            &["report", "--format", "json"],
            &["validate"],
            &["convert"],
            &["convert", "--layout", "wide"],
        ] {
            let ran = work.run(&[command, &[file]].concat());
            assert_eq!(ran.code, Some(0), "{command:?} {file}: {}", ran.stderr);
        }
        let report = work.run(&["report", file, "--detail"]).stdout;
        assert!(report.contains(&long) && report.contains('7'));
    }
    // One long name widens no line but its own.
    let both = format!("{metric},{offered}");
    work.write("both.json", response("", &both));
    let inspected = work.run(&["inspect", "both.json"]).exits(0).stdout;
    let line = inspected.lines().find(|line| line.contains("nOffered"));
    assert!(line.is_some_and(|line| line.len() < 200), "{line:?}");
}

#[test]
fn causes_of_many_documents_are_kept_and_counted_as_those_of_one() {
    let work = Work::new();
    let metric = |n: usize| format!(r#"{{"metric":"made{n}Up","stats":{{"count":1}}}}"#);
    // Each cause in several documents, more often than text keeps them.
    let lines: Vec<String> = (0..300).map(|n| response("", &metric(n % 30))).collect();
    work.write("lines.ndjson", lines.join("\n"));
    let text = work.run(&["validate", "lines.ndjson", "--max-shown", "100"]);
    assert!(text.stderr.contains("300 warnings"), "{}", text.stderr);
    for cause in 0..30 {
        let name = format!("`made{cause}Up`");
        assert!(text.stdout.contains(&name), "{name}");
    }
    let listed = work.run(&["validate", "lines.ndjson", "--format", "ndjson"]);
    let named = |n: usize| listed.stdout.matches(&format!("`made{n}Up` is")).count();
    assert_eq!((named(0), named(29)), (10, 10));
}

#[test]
fn rejects_have_the_errors_within_them_and_no_others() {
    let work = Work::new();
    let bucket = |interval: &str, metric: &str| {
        format!(r#"{{"interval":"{interval}","metrics":[{metric}]}}"#)
    };
    let good = "2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z";
    let (fine, bad) = (
        r#"{"metric":"nOffered","stats":{"count":7}}"#,
        r#"{"metric":"nOffered","stats":{"count":"x"}}"#,
    );
    let containers: Vec<String> = (0..50)
        .map(|queue| {
            let buckets = [
                bucket("nope", bad),
                bucket(good, fine),
                bucket("never", fine),
            ];
            format!(
                r#"{{"group":{{"queueId":"q{queue}"}},"data":[{}]}}"#,
                buckets.join(",")
            )
        })
        .collect();
    work.write(
        "a.json",
        format!(r#"{{"results":[{}]}}"#, containers.join(",")),
    );
    work.run(&[
        "convert",
        "a.json",
        "--on-error",
        "skip",
        "--rejects",
        "r.ndjson",
        "-o",
        "a.csv",
    ])
    .exits(0);
    let rejects = String::from_utf8(work.read("r.ndjson")).expect("text");
    let mut codes = Vec::new();
    for line in rejects.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let pointer = line["pointer"].as_str().expect("a pointer").to_owned();
        for finding in line["diagnostics"].as_array().expect("a list") {
            let within = finding["pointer"].as_str().expect("a pointer");
            assert!(within.starts_with(&pointer), "{within} in {pointer}");
        }
        codes.push(line["diagnostics"].as_array().map_or(0, Vec::len));
    }
    assert_eq!(codes.len(), 100);
    // Interval and count of the first bucket, interval of the third.
    assert!(codes.chunks(2).all(|pair| pair == [2, 1]), "{codes:?}");
}

#[test]
fn many_qualifiers_in_a_bucket_are_compared_by_both_ways_alike() {
    let work = Work::new();
    let metric = |n: usize| {
        format!(r#"{{"metric":"tSystemPresence","qualifier":"Q{n}","stats":{{"sum":1}}}}"#)
    };
    for (count, again, code) in [(127, 3, 1), (128, 0, 1), (600, 599, 1), (600, 600, 0)] {
        let metrics: Vec<String> = (0..count).chain([again]).map(metric).collect();
        work.write("a.json", response(r#""userId":"u""#, &metrics.join(",")));
        for more in [&[][..], &["--paranoid"]] {
            let ran = work
                .run(&[&["validate", "a.json"], more].concat())
                .exits(code);
            assert_eq!(ran.stdout.contains("M006"), code == 1, "{count} {again}");
        }
    }
}

#[test]
fn a_table_per_file_replaces_those_of_the_run_before_and_no_input() {
    let work = Work::new();
    let offered = r#"{"metric":"nOffered","stats":{"count":7}}"#;
    for file in 0..20 {
        work.write(&format!("in/{file}.json"), response("", offered));
    }
    let run = |to: &str| work.run(&["convert", "--per-file", "-t", "json", "-o", to, "in"]);
    run("out").exits(0);
    run("out").exits(0);
    let refused = run("in").exits(2);
    assert!(
        refused.stderr.contains("is also an input"),
        "{}",
        refused.stderr
    );
}

#[test]
fn buckets_at_the_ends_of_the_calendar_are_checked() {
    let work = Work::new();
    let first = "1677-09-21T00:12:43.145224192Z";
    for (index, interval) in [
        format!("{first}/{first}"),
        format!("{first}/2262-04-11T00:00:00Z"),
    ]
    .into_iter()
    .enumerate()
    {
        let file = format!("{index}.json");
        let plain = response("", r#"{"metric":"nOffered","stats":{"count":1}}"#);
        let usual = "2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z";
        work.write(&file, plain.replace(usual, &interval));
        let ran = work.run(&["validate", &file]);
        assert!(!ran.exits(0).stderr.contains("bug"), "{interval}");
        work.run(&["convert", "--until", first, &file]).exits(0);
    }
}
