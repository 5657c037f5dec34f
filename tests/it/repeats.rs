//! Buckets that occur more than once, and bad parts: one rule for every command that uses the data.

use serde_json::Value;

use crate::work::{Ran, Work};

/// A document with one group and these buckets.
fn document(buckets: &[String]) -> String {
    format!(
        r#"{{"results":[{{"group":{{"mediaType":"voice"}},"data":[{}]}}]}}"#,
        buckets.join(",")
    )
}

/// A bucket with a count and a timer, with or without an hour.
fn bucket(hour: Option<u8>, count: &str, sum: &str) -> String {
    let interval = hour.map_or_else(String::new, |hour| {
        format!(
            r#""interval":"2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{:02}:00:00.000Z","#,
            hour + 1
        )
    });
    format!(
        r#"{{{interval}"metrics":[{{"metric":"nOffered","stats":{{"count":{count}}}}},{{"metric":"tHandle","stats":{{"count":2,"sum":{sum}}}}}]}}"#
    )
}

/// The total of `nOffered` as each command has it: rows of `convert` added up, the report, and the
/// roll-up.
fn totals(work: &Work, arguments: &[&str]) -> [u64; 3] {
    let run = |command: &[&str]| work.run(&[command, arguments].concat()).exits(0).stdout;
    let table = run(&["convert", "-q", "--columns", "metric,count"]);
    let rows = table
        .lines()
        .filter_map(|line| line.strip_prefix("nOffered,"));
    let report: Value =
        serde_json::from_str(&run(&["report", "-q", "--format", "json"])).expect("JSON");
    let offered = &report["totals"]["kpi_offered"]["value"];
    let rolled: Value = serde_json::from_str(&run(&["rollup", "-q", "--by", ""])).expect("JSON");
    let buckets = rolled["results"][0]["data"].as_array().expect("buckets");
    let counts = buckets
        .iter()
        .flat_map(|it| it["metrics"].as_array().expect("metrics"));
    let counts = counts.filter(|it| it["metric"] == "nOffered");
    [
        rows.map(|count| count.parse::<f64>().expect("a count") as u64)
            .sum(),
        offered.as_f64().expect("a number") as u64,
        counts
            .map(|it| it["stats"]["count"].as_u64().expect("a count"))
            .sum(),
    ]
}

fn refused(work: &Work, arguments: &[&str]) -> Vec<Ran> {
    let commands = [&["convert"][..], &["report"], &["rollup"]].into_iter();
    commands
        .map(|command| {
            let ran = work.run(&[command, arguments].concat()).exits(1);
            assert_eq!(ran.stdout, "", "{command:?} {arguments:?}");
            ran
        })
        .collect()
}

#[test]
fn equal_copies_count_once() {
    for hour in [Some(8), None] {
        let work = Work::new();
        work.write("a.json", document(&[bucket(hour, "5", "7")]));
        // The same numbers in another spelling.
        work.write("b.json", document(&[bucket(hour, "5.0", "0.7e1")]));
        for ran in refused(&work, &["a.json", "b.json"]) {
            assert!(ran.stderr.contains("error[T003]"), "{}", ran.stderr);
            assert!(ran.stderr.contains("--repeats same"), "{}", ran.stderr);
        }
        for arguments in [
            &["a.json", "b.json", "--repeats", "same"][..],
            &["a.json", "b.json", "--repeats", "last"],
            &["a.json", "b.json", "--dedupe"],
            &["a.json", "b.json", "--on-error", "skip"],
        ] {
            assert_eq!(totals(&work, arguments), [5, 5, 5], "{arguments:?}");
        }
        // `convert` writes rows, which are no sums.
        let lowered = ["a.json", "b.json", "--warn", "T003"];
        assert_eq!(totals(&work, &lowered), [10, 5, 5]);
    }
}

#[test]
fn copies_that_differ_are_named_with_both_places_and_values() {
    let work = Work::new();
    work.write("a.json", document(&[bucket(Some(8), "5", "7")]));
    work.write("b.json", document(&[bucket(Some(8), "5", "9")]));
    for ran in refused(&work, &["a.json", "b.json", "--repeats", "same"]) {
        for words in [
            "error[R003]",
            "sum of `tHandle` is 9 here and 7 at a.json:1:",
            "(/results/0/data/0/metrics/1/stats/sum)",
            "b.json:1:",
            "--repeats last",
        ] {
            assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        }
    }
    // Where `T003` is lowered, sums still count no bucket twice.
    for command in ["report", "rollup"] {
        let ran = work
            .run(&[command, "a.json", "b.json", "--allow", "T003"])
            .exits(1);
        assert!(ran.stderr.contains("error[R003]"), "{}", ran.stderr);
    }
    let last = |files: &[&str]| {
        let ran = work
            .run(
                &[
                    &["convert", "--repeats", "last", "--columns", "metric,sum"],
                    files,
                ]
                .concat(),
            )
            .exits(0);
        assert!(ran.stderr.contains("1 bucket replaced"), "{}", ran.stderr);
        ran.stdout
    };
    assert_eq!(
        last(&["a.json", "b.json"]),
        "metric,sum\nnOffered,\ntHandle,9\n"
    );
    assert_eq!(
        last(&["b.json", "a.json"]),
        "metric,sum\nnOffered,\ntHandle,7\n"
    );
}

#[test]
fn a_later_bucket_replaces_all_of_an_earlier_one() {
    let work = Work::new();
    let first = bucket(Some(8), "5", "7");
    let again = first.replace(r#",{"metric":"tHandle","stats":{"count":2,"sum":7}}"#, "");
    assert_ne!(first, again);
    let other = bucket(Some(9), "3", "1");
    work.write(
        "log.ndjson",
        [document(&[first, other]), document(&[again])].join("\n"),
    );
    let ran = work
        .run(&["rollup", "--repeats", "last", "log.ndjson"])
        .exits(0);
    assert!(
        ran.stderr
            .contains("1 bucket replaced by later ones, which do not have 1 metric of them"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stdout.matches("tHandle").count(), 1);
    assert_eq!(
        totals(&work, &["log.ndjson", "--repeats", "last"]),
        [8, 8, 8]
    );
}

#[test]
fn metrics_of_one_bucket_in_several_files_all_count() {
    let work = Work::new();
    let both = bucket(Some(8), "5", "7");
    let (offered, handled) = both.split_once(r#",{"metric":"tHandle""#).expect("two");
    let (head, _) = offered.split_once(r#"{"metric""#).expect("metrics");
    work.write("offered.json", document(&[format!("{offered}]}}")]));
    work.write(
        "handled.json",
        document(&[format!(r#"{head}{{"metric":"tHandle"{handled}"#)]),
    );
    for files in [
        ["handled.json", "offered.json"],
        ["offered.json", "handled.json"],
    ] {
        let same = [
            "convert",
            "--repeats",
            "same",
            "--columns",
            "metric,count,sum",
        ];
        let ran = work.run(&[&same[..], &files].concat()).exits(0);
        let mut rows: Vec<&str> = ran.stdout.lines().skip(1).collect();
        rows.sort_unstable();
        assert_eq!(rows, ["nOffered,5,", "tHandle,2,7"]);
    }
}

#[test]
fn buckets_that_overlap_are_no_copies() {
    let work = Work::new();
    let half = bucket(Some(8), "5", "7").replace("09:00:00.000Z\"", "08:30:00.000Z\"");
    work.write("a.json", document(&[bucket(Some(8), "5", "7")]));
    work.write("b.json", document(&[half]));
    for repeats in ["error", "same", "last"] {
        for ran in refused(&work, &["a.json", "b.json", "--repeats", repeats]) {
            assert!(
                ran.stderr.contains("overlaps the bucket of the same group"),
                "{}",
                ran.stderr
            );
        }
    }
    work.run(&["convert", "a.json", "b.json", "--allow", "T003"])
        .exits(0);
    for command in ["report", "rollup"] {
        let ran = work
            .run(&[command, "a.json", "b.json", "--allow", "T003"])
            .exits(1);
        assert!(ran.stderr.contains("error[R003]"), "{}", ran.stderr);
    }
}

#[test]
fn what_is_hidden_changes_no_figure() {
    let work = Work::new();
    work.write(
        "a.json",
        document(&[bucket(Some(8), "5", "7"), bucket(Some(8), "5", "7")]),
    );
    work.write("gcagg.toml", "select = [\"M\"]\n");
    let config = ["--config", "gcagg.toml"];
    for hidden in [
        &["--select", "F,J,S"][..],
        &["--select", "warnings"],
        &["--ignore", "T"],
        &["--ignore", "overlapping-buckets"],
        &config,
    ] {
        for ran in refused(&work, &[&["a.json"][..], hidden].concat()) {
            assert!(
                ran.stderr.contains("error[T003]"),
                "{hidden:?}: {}",
                ran.stderr
            );
            assert!(
                ran.stderr.contains("1 error hidden"),
                "{hidden:?}: {}",
                ran.stderr
            );
        }
        let skip = ["a.json", "--on-error", "skip"];
        let skip = [&skip[..], hidden].concat();
        assert_eq!(totals(&work, &skip), [5, 5, 5], "{hidden:?}");
        // The status of `validate` is that of what is shown.
        work.run(&[&["validate", "a.json"][..], hidden].concat())
            .exits(0);
    }
}

#[test]
fn multivalued_dimensions_are_facts() {
    let work = Work::new();
    let codes = document(&[bucket(Some(8), "5", "7")]).replace(
        r#""mediaType":"voice""#,
        r#""mediaType":"voice","wrapUpCode":"w1""#,
    );
    work.write("a.json", &codes);
    work.write("b.json", codes.replace("w1", "w2"));
    let plain = work
        .run(&["rollup", "--by", "mediaType", "a.json", "b.json"])
        .exits(1);
    assert!(plain.stderr.contains("--by drops `wrapUpCode`"));
    for hidden in ["G", "G003", "all"] {
        let ran = work
            .run(&[
                "rollup",
                "--by",
                "mediaType",
                "--ignore",
                hidden,
                "a.json",
                "b.json",
            ])
            .exits(1);
        assert_eq!(ran.stderr, plain.stderr, "{hidden}");
    }
}

#[test]
fn codes_of_what_cannot_be_read_cannot_be_lowered() {
    let work = Work::new();
    work.write("a.json", document(&[bucket(Some(8), "\"5\"", "7")]));
    for code in ["S001", "S002", "J003", "J007", "F002", "F003", "F006"] {
        for option in ["--warn", "--allow"] {
            for command in ["convert", "report", "rollup", "validate", "inspect"] {
                let ran = work.run(&[command, "a.json", option, code]).exits(2);
                assert!(ran.stderr.contains("--on-error skip"), "{}", ran.stderr);
            }
        }
    }
    // A letter leaves them alone, and --ignore changes only what is shown: not these.
    for options in [["--allow", "S"], ["--ignore", "S001"], ["--ignore", "S"]] {
        for command in ["convert", "report", "rollup", "validate"] {
            let ran = work.run(&[&[command, "a.json"], &options[..]].concat());
            let ran = ran.exits(1);
            let all = ran.stdout + &ran.stderr;
            assert!(all.contains("S001"), "{all}");
        }
    }
    work.run(&["validate", "a.json", "--select", "M"]).exits(1);
}

#[test]
fn reports_and_roll_ups_leave_bad_parts_out() {
    let work = Work::new();
    let bad = bucket(Some(9), "\"x\"", "7");
    work.write("a.json", document(&[bucket(Some(8), "5", "7"), bad]));
    work.write("cut.json", &document(&[bucket(Some(10), "5", "7")])[..80]);
    refused(&work, &["a.json", "cut.json"]);
    let skip = ["a.json", "cut.json", "--on-error", "skip"];
    assert_eq!(totals(&work, &skip), [5, 5, 5]);
    for command in ["convert", "report", "rollup"] {
        let rejects = [&[command][..], &skip, &["--rejects", "bad.ndjson"]].concat();
        let ran = work.run(&rejects).exits(0);
        assert!(
            ran.stderr.contains("2 bad parts left out"),
            "{}",
            ran.stderr
        );
        let kept = String::from_utf8(work.read("bad.ndjson")).expect("text");
        let units: Vec<Value> = kept
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["unit"].clone())
            .collect();
        assert_eq!(units, ["bucket", "document"], "{command}");
        std::fs::remove_file(work.path("bad.ndjson")).expect("a file");
        work.run(&[command, "a.json", "--rejects", "bad.ndjson"])
            .exits(2);
        let missing = [command, "a.json", "missing.json", "--on-error", "skip"];
        let ran = work.run(&missing).exits(3);
        assert_eq!(ran.stdout, "", "{command}");
    }
}

#[test]
fn a_report_says_what_does_not_count() {
    let work = Work::new();
    let bad = bucket(Some(9), "\"x\"", "7");
    let good = bucket(Some(8), "5", "7");
    work.write("a.json", document(&[good.clone(), good, bad]));
    let report = [
        "report",
        "a.json",
        "--on-error",
        "skip",
        "--repeats",
        "same",
    ];
    for form in ["text", "markdown", "html", "json"] {
        let page = work
            .run(&[&report[..], &["--format", form]].concat())
            .exits(0)
            .stdout;
        for words in [
            "Data with errors is left out of all figures, in 1 place",
            "1 entry occurs more than once in the files: it counts once",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
}

#[test]
fn no_output_of_a_report_is_one_of_its_inputs() {
    let work = Work::new();
    let text = document(&[bucket(Some(8), "5", "7")]);
    work.write("a.json", &text);
    work.write("before.json", &text);
    work.write("names.csv", "id,name\n1,One\n");
    let with = [
        "report",
        "a.json",
        "--compare",
        "before.json",
        "--names",
        "names.csv",
    ];
    for target in ["a.json", "before.json", "names.csv"] {
        let before = work.read(target);
        let output = [&with[..], &["--format", "text", "-o", target]].concat();
        work.run(&output).exits(2);
        let rejects = [&with[..], &["--on-error", "skip", "--rejects", target]].concat();
        work.run(&rejects).exits(2);
        assert_eq!(work.read(target), before, "{target}");
    }
    // What is left out of the earlier data is kept, too.
    let bad = bucket(Some(9), "\"x\"", "7");
    work.write("before.json", document(&[bucket(Some(8), "5", "7"), bad]));
    let skip = [
        &with[..],
        &["--on-error", "skip", "--rejects", "bad.ndjson"],
    ]
    .concat();
    let ran = work.run(&skip).exits(0);
    assert!(ran.stderr.contains("1 bad part left out"), "{}", ran.stderr);
    assert!(
        String::from_utf8(work.read("bad.ndjson"))
            .expect("text")
            .contains("before.json")
    );
}

#[test]
fn a_statistic_that_is_left_out_can_be_denied() {
    let work = Work::new();
    let with = |hour| bucket(Some(hour), "5", r#"7,"p95":3"#);
    work.write("a.json", document(&[with(8), with(9)]));
    work.run(&["rollup", "a.json", "--every", "1d"]).exits(0);
    let ran = work
        .run(&["rollup", "a.json", "--every", "1d", "--deny", "R001"])
        .exits(1);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("error[R001]"), "{}", ran.stderr);
}

/// A bucket that has a metric, or a view, twice.
fn twice(list: &str, name: &str, counts: [&str; 2]) -> String {
    let key = if list == "views" { "name" } else { "metric" };
    let entries = counts.map(|it| format!(r#"{{"{key}":"{name}","stats":{{"count":{it}}}}}"#));
    let metrics = if list == "views" {
        r#""metrics":[],"#
    } else {
        ""
    };
    format!(
        r#"{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z",{metrics}"{list}":[{}]}}"#,
        entries.join(",")
    )
}

#[test]
fn metrics_that_a_bucket_has_twice_are_never_added() {
    let work = Work::new();
    work.write(
        "equal.json",
        document(&[twice("metrics", "nOffered", ["5", "5.0"])]),
    );
    work.write(
        "other.json",
        document(&[twice("metrics", "nOffered", ["5", "6"])]),
    );
    work.write("view.json", document(&[twice("views", "own", ["5", "6"])]));
    work.write(
        "copy.json",
        document(&[twice("metrics", "nOffered", ["5", "5.0"])]),
    );
    for lowered in [["--allow", "M006"], ["--warn", "M006"]] {
        let with = |more: &[&'static str]| [&lowered[..], more].concat();
        assert_eq!(totals(&work, &with(&["equal.json"])), [10, 5, 5]);
        let same = ["equal.json", "copy.json", "--repeats", "same"];
        assert_eq!(totals(&work, &with(&same)), [5, 5, 5]);
        let last = ["other.json", "--repeats", "last"];
        assert_eq!(totals(&work, &with(&last)), [6, 6, 6]);
        let kpi = ["convert", "-q", "--layout", "wide", "--kpi", "equal.json"];
        let ran = work.run(&[&kpi[..], &lowered[..]].concat()).exits(0);
        assert!(ran.stdout.ends_with(",5,5\n"), "{}", ran.stdout);
        for (file, name) in [("other.json", "nOffered"), ("view.json", "own")] {
            work.run(&[&["convert", file], &lowered[..]].concat())
                .exits(0);
            let wide = ["convert", "--layout", "wide", file];
            let ran = work.run(&[&wide[..], &lowered[..]].concat()).exits(1);
            assert!(ran.stderr.contains("R003"), "{}", ran.stderr);
            for command in ["report", "rollup"] {
                let ran = work
                    .run(&[&[command, file], &lowered[..]].concat())
                    .exits(1);
                let found =
                    ran.stderr.contains("R003") && ran.stderr.contains("count is 6 here and 5");
                assert!(
                    found && ran.stderr.contains(name),
                    "{command}: {}",
                    ran.stderr
                );
                assert_eq!(ran.stdout, "");
            }
        }
        let skipped = [
            &["rollup", "other.json", "--on-error", "skip"],
            &lowered[..],
        ]
        .concat();
        let ran = work.run(&skipped).exits(0);
        assert!(ran.stderr.contains("1 bad part"), "{}", ran.stderr);
    }
}
