//! `gcagg rollup`: exact, and the same whatever the order of the inputs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::work::{OFFERED, Work, response, sample};

fn rolled(work: &Work, arguments: &[&str]) -> String {
    let mut all = vec!["rollup", "-q"];
    all.extend(arguments);
    work.run(&all).exits(0).stdout
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The sums of each metric's statistics over everything, by name, qualifier and statistic.
fn sums(document: &Value) -> BTreeMap<(String, String, String), i128> {
    let mut sums = BTreeMap::new();
    let list = |value: &Value, key: &str| -> Vec<Value> {
        value[key].as_array().cloned().unwrap_or_default()
    };
    for container in list(document, "results") {
        for bucket in list(&container, "data") {
            for metric in list(&bucket, "metrics") {
                for stat in ["count", "sum", "numerator", "denominator"] {
                    let Some(value) = metric["stats"][stat].as_f64() else {
                        continue;
                    };
                    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                    let key = (
                        text(&metric["metric"]),
                        text(&metric["qualifier"]),
                        stat.to_owned(),
                    );
                    *sums.entry(key).or_default() += value as i128;
                }
            }
        }
    }
    sums
}

#[test]
fn totals_are_the_sums_of_the_parts_and_twice_is_once() {
    let work = Work::new();
    let original = parsed(&std::fs::read_to_string(sample("queue-day.json")).expect("text"));
    for arguments in [
        &[][..],
        &["--by", "mediaType"],
        &["--by", ""],
        &["--every", "1h"],
        &["--every", "1d", "--timezone", "America/New_York"],
        &["--every", "1w", "--week-start", "sunday", "--by", "queueId"],
        &["--every", "1mo"],
    ] {
        let input = sample("queue-day.json");
        let with = |input: &str| -> String {
            let all: Vec<&str> = arguments.iter().copied().chain([input]).collect();
            rolled(&work, &all)
        };
        let once = with(&input);
        assert_eq!(sums(&parsed(&once)), sums(&original), "{arguments:?}");
        work.write("once.json", &once);
        assert_eq!(with("once.json"), once, "{arguments:?}");
        work.run(&["validate", "-q", "once.json"]).exits(0);
    }
}

#[test]
fn the_order_of_the_inputs_and_the_threads_do_not_matter() {
    let work = Work::new();
    let metric = |count: u32| {
        format!(
            r#"{{"metric":"nOffered","stats":{{"count":{count}}}}},{{"metric":"tHandle","stats":{{"count":1,"sum":{count}.5,"min":{count},"max":{count}}}}}"#
        )
    };
    for (name, queue, hours, count) in [
        ("a.json", "b", 8..10, 1),
        ("b.json", "a", 9..12, 20),
        ("c.json", "b", 10..11, 300),
    ] {
        work.write(name, response(queue, hours, &metric(count)));
    }
    let names = ["a.json", "b.json", "c.json"];
    let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0]];
    let mut results = Vec::new();
    for order in orders {
        for threads in ["1", "3"] {
            let mut all = vec!["--every", "1d", "-j", threads];
            all.extend(order.map(|at| names[at]));
            results.push(rolled(&work, &all));
        }
    }
    results.dedup();
    assert_eq!(results.len(), 1);
    let result = parsed(&results[0]);
    let groups: Vec<&str> = result["results"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|group| group["group"]["queueId"].as_str().expect("text"))
        .collect();
    assert_eq!(groups, ["a", "b"]);
    let stats = &result["results"][1]["data"][0]["metrics"];
    assert_eq!(stats[0]["stats"], json!({"count": 302}));
    assert_eq!(stats[1]["stats"]["sum"].to_string(), "303.5");
    assert_eq!(stats[1]["stats"]["min"], json!(1));
    assert_eq!(stats[1]["stats"]["max"], json!(300));
}

#[test]
fn files_of_one_metric_each_become_one_bucket() {
    let work = Work::new();
    work.write(
        "a.json",
        response("q", 8..9, r#"{"metric":"nOffered","stats":{"count":4}}"#),
    );
    work.write(
        "b.json",
        response(
            "q",
            8..9,
            r#"{"metric":"tWait","stats":{"count":3,"sum":9}}"#,
        ),
    );
    let result = parsed(&rolled(&work, &["a.json", "b.json"]));
    let buckets = result["results"][0]["data"].as_array().expect("buckets");
    assert_eq!(buckets.len(), 1);
    assert_eq!(buckets[0]["metrics"].as_array().expect("metrics").len(), 2);
    let table = work
        .run(&[
            "rollup", "-q", "-t", "csv", "--layout", "wide", "a.json", "b.json",
        ])
        .exits(0)
        .stdout;
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(table.contains(",4,3,9"), "{table}");
}

#[test]
fn ratios_come_from_their_parts_and_settings_are_kept_where_equal() {
    let work = Work::new();
    let level = |numerator: u32, denominator: u32, target: &str| {
        let ratio = f64::from(numerator) / f64::from(denominator);
        format!(
            r#"{{"metric":"oServiceLevel","stats":{{"ratio":{ratio},"numerator":{numerator},"denominator":{denominator},"target":{target}}}}}"#
        )
    };
    work.write("a.json", response("a", 8..9, &level(1, 1, "0.8")));
    work.write("b.json", response("b", 8..9, &level(50, 100, "0.80")));
    work.write("c.json", response("c", 8..9, &level(50, 100, "0.9")));
    let stats = |inputs: &[&str]| {
        let all = [&["--by", ""][..], inputs].concat();
        parsed(&rolled(&work, &all))["results"][0]["data"][0]["metrics"][0]["stats"].clone()
    };
    assert_eq!(
        stats(&["a.json", "b.json"]),
        json!({"ratio": 51.0 / 101.0, "numerator": 51, "denominator": 101, "target": 0.8})
    );
    assert_eq!(
        stats(&["a.json", "b.json", "c.json"]),
        json!({"ratio": 101.0 / 201.0, "numerator": 101, "denominator": 201})
    );
}

#[test]
fn percentiles_are_left_out_and_named() {
    let work = Work::new();
    let metric = r#"{"metric":"tHandle","stats":{"count":1,"sum":2,"p95":3}}"#;
    work.write("a.json", response("q", 8..10, metric));
    let ran = work.run(&["rollup", "--every", "1d", "a.json"]).exits(0);
    assert!(!ran.stdout.contains("p95"));
    let line = "warning[R001] unmergeable-statistic: a.json: `p95` cannot be merged and was left out; 2 entries of the inputs have it";
    assert!(ran.stderr.contains(line), "{}", ran.stderr);
    let ran = work
        .run(&["rollup", "-q", "--allow", "R001", "a.json"])
        .exits(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_bucket_beyond_its_period_is_an_error_with_its_place() {
    let work = Work::new();
    let day = r#"{"results":[{"group":{"queueId":"q"},"data":[
{"interval":"2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":1}}]}]}]}"#;
    work.write("day.json", day);
    let ran = work
        .run(&[
            "rollup",
            "--every",
            "1d",
            "--timezone",
            "Europe/Berlin",
            "day.json",
            "-o",
            "out.json",
        ])
        .exits(1);
    assert!(
        ran.stderr.contains("straddling-bucket") && ran.stderr.contains("day.json:2:1"),
        "{}",
        ran.stderr
    );
    assert!(!work.exists("out.json"));
    rolled(&work, &["--every", "1d", "day.json"]);
    work.write(
        "none.json",
        day.replace(
            "\"interval\":\"2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z\",",
            "",
        ),
    );
    assert!(rolled(&work, &["none.json"]).contains(r#""data":[{"metrics":"#));
    work.run(&["rollup", "--every", "1d", "none.json"]).exits(1);
}

#[test]
fn buckets_that_come_twice_count_once_where_that_is_asked_for() {
    let work = Work::new();
    let offered = |count: u32| format!(r#"{{"metric":"nOffered","stats":{{"count":{count}}}}}"#);
    work.write("a.json", response("q", 8..10, &offered(3)));
    work.write("b.json", response("q", 9..11, &offered(3)));
    work.write("c.json", response("q", 9..10, &offered(4)));
    work.run(&["rollup", "a.json", "b.json"]).exits(1);
    let ran = work
        .run(&["rollup", "--dedupe", "--every", "1d", "a.json", "b.json"])
        .exits(0);
    assert!(
        ran.stderr.contains("occurs more than once and counts once"),
        "{}",
        ran.stderr
    );
    let total = &parsed(&ran.stdout)["results"][0]["data"][0]["metrics"][0]["stats"]["count"];
    let plain = parsed(&rolled(&work, &["--every", "1d", "a.json"]));
    let half = plain["results"][0]["data"][0]["metrics"][0]["stats"]["count"].as_u64();
    assert_eq!(total.as_u64(), half.map(|half| half / 2 * 3));
    let ran = work
        .run(&["rollup", "--dedupe", "a.json", "c.json"])
        .exits(1);
    assert!(ran.stderr.contains("R003"), "{}", ran.stderr);
}

#[test]
fn dropping_a_dimension_with_several_values_is_refused() {
    let work = Work::new();
    let text = response("q", 8..9, r#"{"metric":"nOffered","stats":{"count":1}}"#).replace(
        "\"queueId\":\"q\"",
        "\"queueId\":\"q\",\"requestedRoutingSkillId\":\"s\"",
    );
    work.write("b.json", text.replace("\"s\"", "\"t\""));
    work.write("a.json", text);
    // A single group counts no conversation twice.
    rolled(&work, &["--by", "queueId", "a.json"]);
    let ran = work
        .run(&["rollup", "--by", "queueId", "a.json", "b.json"])
        .exits(1);
    assert!(
        ran.stderr
            .contains("--drop-multivalued requestedRoutingSkillId"),
        "{}",
        ran.stderr
    );
    rolled(
        &work,
        &[
            "--by",
            "queueId",
            "--drop-multivalued",
            "requestedRoutingSkillId",
            "a.json",
            "b.json",
        ],
    );
    rolled(
        &work,
        &[
            "--by",
            "queueId,requestedRoutingSkillId",
            "a.json",
            "b.json",
        ],
    );
    let ran = work.run(&["rollup", "--by", "queuId", "a.json"]).exits(2);
    assert!(
        ran.stderr.contains("did you mean `queueId`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn wrong_periods_and_summaries_are_refused() {
    let work = Work::new();
    for every in ["7h", "soon", "0d"] {
        work.run(&["rollup", "--every", every, &sample("queue-day.json")])
            .exits(2);
    }
    work.run(&["rollup", &sample("summary-flat.json")]).exits(1);
    let empty = work.pipe(&["rollup", "-q"], br#"{"results":[]}"#).exits(0);
    assert_eq!(empty.stdout, "{\"results\":[]}\n");
}

#[test]
fn figures_of_any_size_are_added_exactly_in_any_order() {
    let work = Work::new();
    let figures = [
        "99999999999999999999999999999999999999",
        "1",
        "0.25",
        "1e60",
        "-1e60",
        "18446744073709551616",
    ];
    let document = |hour: usize, figure: &str| {
        format!(
            r#"{{"results":[{{"group":{{"mediaType":"voice"}},"data":[{{"interval":"2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{:02}:00:00.000Z","metrics":[{{"metric":"tHandle","stats":{{"count":1,"sum":{figure},"max":{figure}}}}}]}}]}}]}}"#,
            hour + 1
        )
    };
    let mut names = Vec::new();
    for (hour, figure) in figures.iter().enumerate() {
        let name = format!("{hour}.json");
        work.write(&name, document(hour, figure));
        names.push(name);
    }
    let mut results = Vec::new();
    for turn in 0..names.len() {
        names.rotate_left(turn);
        let mut arguments = vec!["rollup", "-q", "--every", "1d", "--allow", "all"];
        arguments.extend(names.iter().map(String::as_str));
        results.push(work.run(&arguments).exits(0).stdout);
    }
    results.dedup();
    let [result] = results.as_slice() else {
        panic!("{results:?}");
    };
    assert!(
        result.contains("\"sum\":100000000000000000018446744073709551616.25,"),
        "{result}"
    );
    assert!(
        result.contains(&format!("\"max\":1{}}}", "0".repeat(60))),
        "{result}"
    );
    // Beyond what is kept, a figure is named.
    work.write("beyond.json", document(0, "1e5000"));
    let ran = work.run(&["rollup", "beyond.json"]).exits(0);
    assert!(
        ran.stderr
            .contains("`sum` has a figure of more than 4,096 digits"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stdout.contains("\"sum\""));
}

#[test]
fn metrics_are_in_the_order_of_their_names() {
    let work = Work::new();
    let metrics = |names: &[&str]| {
        let metrics = names.iter().map(|name| crate::work::count(name, 1));
        metrics.collect::<Vec<_>>().join(",")
    };
    work.write(
        "a.json",
        response("q", 8..9, &metrics(&["tHandle", "nOffered"])),
    );
    work.write("b.json", response("q", 9..10, &metrics(&["tAcd"])));
    for files in [["a.json", "b.json"], ["b.json", "a.json"]] {
        let arguments = [&["rollup", "--every", "1d"], &files[..]].concat();
        let rolled = work.run(&arguments).exits(0).stdout;
        let at = ["nOffered", "tAcd", "tHandle"].map(|name| rolled.find(name).expect(name));
        assert!(at.is_sorted(), "{rolled}");
    }
}

#[test]
fn a_workbook_does_not_depend_on_the_order_of_inputs() {
    let work = Work::new();
    work.write("x.json", response("q", 8..10, OFFERED));
    work.write("y.json", response("q", 10..12, OFFERED));
    let workbook = |inputs: [&str; 2], output: &str| {
        let run = [
            &["rollup"],
            &inputs[..],
            &["--repeats", "same", "-o", output],
        ]
        .concat();
        let status = work.command(&run).env("SOURCE_DATE_EPOCH", "0").output();
        assert!(status.expect("run").status.success());
        work.read(output)
    };
    let one = workbook(["x.json", "y.json"], "a.xlsx");
    assert!(one == workbook(["y.json", "x.json"], "b.xlsx"));
}
