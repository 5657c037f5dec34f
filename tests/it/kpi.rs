//! Columns of key figures, compared with figures that are computed here from the same documents.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::work::{OFFERED, Random, Work, response, sample};

impl Random {
    /// Mostly there, sometimes not.
    fn some(&mut self) -> bool {
        self.below(5) > 0
    }
}

const METRICS: [&str; 9] = [
    "nOffered",
    "nTransferred",
    "tAnswered",
    "tAbandon",
    "tShortAbandon",
    "tHandle",
    "tHeldComplete",
    "tAcw",
    "tWait",
];

/// A document with queues and users, where every statistic may be absent.
fn document(seed: u64) -> String {
    let mut random = Random(seed);
    let mut containers = Vec::new();
    for group in 0..12 {
        let mut buckets = Vec::new();
        for hour in 0..6 {
            let mut metrics = Vec::new();
            for name in METRICS {
                if !random.some() {
                    continue;
                }
                let count = random.below(9);
                let sum = random.below(90_000);
                metrics.push(match name.starts_with('n') {
                    true => format!(r#"{{"metric":"{name}","stats":{{"count":{count}}}}}"#),
                    false => format!(
                        r#"{{"metric":"{name}","stats":{{"count":{count},"sum":{sum}.5}}}}"#
                    ),
                });
            }
            if random.some() {
                let (numerator, denominator) = (random.below(7), random.below(9));
                metrics.push(format!(
                    r#"{{"metric":"oServiceLevel","stats":{{"numerator":{numerator},"denominator":{denominator}}}}}"#
                ));
            }
            for status in ["IDLE", "INTERACTING", "COMMUNICATING", "OFF_QUEUE"] {
                if group % 3 == 0 && random.some() {
                    let sum = random.below(1_800_000);
                    metrics.push(format!(
                        r#"{{"metric":"tAgentRoutingStatus","qualifier":"{status}","stats":{{"sum":{sum}}}}}"#
                    ));
                }
            }
            buckets.push(format!(
                r#"{{"interval":"2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{hour:02}:30:00.000Z","metrics":[{}]}}"#,
                metrics.join(",")
            ));
        }
        let kind = if group % 3 == 0 { "userId" } else { "queueId" };
        containers.push(format!(
            r#"{{"group":{{"{kind}":"{group}"}},"data":[{}]}}"#,
            buckets.join(",")
        ));
    }
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// Ten to the power of `places` times the quotient of two numbers in tenths, half to even.
fn rounded(numerator: i128, denominator: i128, places: u32) -> Option<String> {
    if denominator == 0 {
        return None;
    }
    let (numerator, denominator) = match denominator < 0 {
        true => (-numerator, -denominator),
        false => (numerator, denominator),
    };
    let scale = 10_i128.pow(places);
    let (doubled, rest) = (2 * numerator * scale, 2 * denominator);
    let mut whole = doubled.div_euclid(rest);
    let twice = 2 * doubled.rem_euclid(rest);
    if twice > rest || (twice == rest && whole % 2 != 0) {
        whole += 1;
    }
    let sign = if whole < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", whole.abs(), width = places as usize + 1);
    let (before, after) = text.split_at(text.len() - places as usize);
    let text = format!("{sign}{before}.{after}");
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// The figures of a bucket, in tenths: metric, qualifier and statistic.
type Figures = BTreeMap<(String, String, String), i128>;

fn figures(bucket: &Value) -> Figures {
    let mut all = Figures::new();
    for metric in bucket["metrics"].as_array().expect("metrics") {
        let text = |key: &str| metric[key].as_str().unwrap_or_default().to_owned();
        for (stat, value) in metric["stats"].as_object().expect("stats") {
            let tenths = (value.as_f64().expect("a number") * 10.0).round() as i128;
            all.insert((text("metric"), text("qualifier"), stat.clone()), tenths);
        }
    }
    all
}

/// What a few key figures are in one bucket. `user` and `zero` say how absent counters are read.
fn expected(all: &Figures, user: bool, zero: bool) -> BTreeMap<&'static str, Option<String>> {
    let of_queue = ["nOffered", "tAbandon", "tShortAbandon"];
    let get = |metric: &str, stat: &str| {
        let key = (metric.to_owned(), String::new(), stat.to_owned());
        let absent = zero && stat == "count" && !(user && of_queue.contains(&metric));
        all.get(&key).copied().or(absent.then_some(0))
    };
    let by = |above: Option<i128>, below: Option<i128>, places| rounded(above?, below?, places);
    let less = |metric: &str| Some(get(metric, "count")? - get("tShortAbandon", "count")?);
    let statuses = |names: &[&str]| {
        let mut of = all
            .iter()
            .filter(|((metric, _, _), _)| metric == "tAgentRoutingStatus");
        of.clone().next()?;
        let sum = of.try_fold(0, |sum, ((_, status, _), value)| {
            let counts = names.contains(&status.as_str());
            Some(sum + if counts { *value } else { 0 })
        });
        sum as Option<i128>
    };
    let (busy, all_three) = (
        ["INTERACTING", "COMMUNICATING"],
        ["INTERACTING", "COMMUNICATING", "IDLE"],
    );
    BTreeMap::from([
        ("kpi_offered", by(get("nOffered", "count"), Some(10), 0)),
        (
            "kpi_abandoned_ratio",
            by(get("tAbandon", "count"), get("nOffered", "count"), 6),
        ),
        (
            "kpi_abandoned_less_short_ratio",
            by(less("tAbandon"), less("nOffered"), 6),
        ),
        (
            "kpi_transferred_ratio",
            by(get("nTransferred", "count"), get("tHandle", "count"), 6),
        ),
        (
            "kpi_aht",
            by(get("tHandle", "sum"), get("tHandle", "count"), 3),
        ),
        (
            "kpi_hold",
            by(
                get("tHeldComplete", "sum"),
                get("tHeldComplete", "count"),
                3,
            ),
        ),
        (
            "kpi_hold_handled",
            by(get("tHeldComplete", "sum"), get("tHandle", "count"), 3),
        ),
        (
            "kpi_service_level",
            by(
                get("oServiceLevel", "numerator"),
                get("oServiceLevel", "denominator"),
                6,
            ),
        ),
        (
            "kpi_occupancy",
            by(statuses(&busy), statuses(&all_three), 6),
        ),
        ("kpi_routing_idle", by(statuses(&["IDLE"]), Some(10), 3)),
    ])
}

/// The rows of a CSV by column.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().expect("a header").clone();
    let records = reader.records().map(|record| {
        let record = record.expect("a row");
        let pairs = head.iter().zip(record.iter());
        pairs
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    });
    records.collect()
}

#[test]
fn every_figure_is_that_of_an_independent_computation() {
    let work = Work::new();
    for seed in 1..8 {
        let text = document(seed);
        work.write("a.json", &text);
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let containers = document["results"].as_array().expect("results");
        let buckets: Vec<(bool, Figures)> = containers
            .iter()
            .flat_map(|container| {
                let user = container["group"]["userId"].is_string();
                let data = container["data"].as_array().expect("data").iter();
                data.map(move |bucket| (user, figures(bucket)))
            })
            .collect();
        for zero in [false, true] {
            let mut arguments = vec!["convert", "a.json", "--layout", "wide", "--kpi"];
            if !zero {
                arguments.extend(["--absent", "keep"]);
            }
            let rows = rows(&work.run(&arguments).exits(0).stdout);
            assert_eq!(rows.len(), buckets.len());
            for (row, (user, figures)) in rows.iter().zip(&buckets) {
                for (name, expected) in expected(figures, *user, zero) {
                    let expected = expected.unwrap_or_default();
                    assert_eq!(row[name], expected, "{name}, {seed}, {zero}: {figures:?}");
                }
            }
        }
    }
}

#[test]
fn the_table_does_not_depend_on_threads_windows_and_passes() {
    let work = Work::new();
    let lines: String = (1..60).map(|seed| document(seed) + "\n").collect();
    work.write("a.ndjson", lines);
    for format in ["csv", "ndjson", "parquet", "arrow"] {
        let mut tables = Vec::new();
        for (threads, window) in [("1", "1000000"), ("3", "4096"), ("2", "20000")] {
            let arguments = [
                "convert",
                "-q",
                "-j",
                threads,
                "--window",
                window,
                "a.ndjson",
                "-t",
                format,
                "--layout",
                "wide",
                "--kpi",
                "--absent-zero",
                "--durations",
                "s",
                "-o",
                "table",
                "--allow",
                "T003",
            ];
            work.run(&arguments).exits(0);
            tables.push(work.read("table"));
        }
        let same = tables.iter().all(|table| *table == tables[0]);
        // Where row groups and batches end follows from the windows.
        assert!(same || matches!(format, "parquet" | "arrow"), "{format}");
    }
}

#[test]
fn only_figures_with_a_value_have_a_column_unless_all_are_asked_for() {
    let work = Work::new();
    let with_zero =
        r#"{"metric":"nOffered","stats":{"count":0}},{"metric":"tAbandon","stats":{"count":0}}"#;
    work.write("a.json", response("q", 8..9, with_zero));
    let head = |more: &[&str]| {
        let mut arguments = vec!["convert", "a.json", "--layout", "wide", "--kpi"];
        arguments.extend(more);
        let table = work.run(&arguments).exits(0).stdout;
        let names: Vec<String> = table
            .lines()
            .next()
            .unwrap()
            .split(',')
            .map(str::to_owned)
            .collect();
        names
            .into_iter()
            .filter(|name| name.starts_with("kpi_"))
            .collect::<Vec<_>>()
    };
    // A share of nothing is no value.
    assert_eq!(head(&[]), ["kpi_offered", "kpi_abandoned"]);
    assert_eq!(head(&["--absent-zero"]), ["kpi_offered", "kpi_abandoned"]);
    assert_eq!(head(&["--metric", "nOffered"]), ["kpi_offered"]);
    assert!(head(&["--columns", "all"]).len() > 40);
    assert_eq!(head(&["--columns", "queueId,kpi_aht"]), ["kpi_aht"]);
    let all = [
        "convert",
        "a.json",
        "--layout",
        "wide",
        "--kpi",
        "--absent-zero",
        "--columns",
        "all",
    ];
    let rows = rows(&work.run(&all).exits(0).stdout);
    // What occurs nowhere was perhaps not asked for.
    assert_eq!(
        (
            rows[0]["kpi_abandoned"].as_str(),
            rows[0]["kpi_answered"].as_str()
        ),
        ("0", "")
    );
}

#[test]
fn durations_have_the_unit_that_is_asked_for() {
    let work = Work::new();
    let metrics = r#"{"metric":"tHandle","stats":{"count":8,"sum":3607500}}"#;
    work.write("a.json", response("q", 8..9, metrics));
    for (unit, expected) in [
        ("ms", "450937.5"),
        ("s", "450.9375"),
        ("min", "7.515625"),
        ("h", "0.12526"),
        ("hms", "0:07:31"),
        ("hms.ms", "0:07:30.938"),
    ] {
        let arguments = [
            "convert",
            "a.json",
            "--layout",
            "wide",
            "--kpi",
            "--columns",
            "kpi_aht",
            "--durations",
            unit,
        ];
        let table = work.run(&arguments).exits(0).stdout;
        assert_eq!(table, format!("kpi_aht\n{expected}\n"), "{unit}");
    }
}

#[test]
fn key_figures_need_the_wide_layout_and_a_table() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    let long = ["convert", "a.json", "--kpi", "--layout", "long"];
    let ran = work.run(&long).exits(2);
    assert!(ran.stderr.contains("wide layout"), "{}", ran.stderr);
    let ran = work.run(&["convert", "a.json", "--absent-zero"]).exits(2);
    assert!(ran.stderr.contains("--kpi"), "{}", ran.stderr);
    let ran = work.run(&["rollup", "a.json", "--kpi"]).exits(2);
    assert!(ran.stderr.contains("-t csv"), "{}", ran.stderr);
    let excel = ["convert", "a.json", "--kpi", "-o", "a.xlsx"];
    work.run(&excel).exits(0);
    let rollup = [
        "rollup",
        "a.json",
        "-t",
        "csv",
        "--layout",
        "wide",
        "--kpi",
        "--columns",
        "kpi_offered",
    ];
    assert_eq!(work.run(&rollup).exits(0).stdout, "kpi_offered\n12\n");
}

#[test]
fn a_report_and_the_columns_agree() {
    let work = Work::new();
    let sample = sample("queue-day.json");
    let arguments = [
        "rollup",
        &sample,
        "--every",
        "1d",
        "--by",
        "queueId",
        "-t",
        "csv",
        "--layout",
        "wide",
        "--kpi",
        "--durations",
        "hms",
    ];
    let rows = rows(&work.run(&arguments).exits(0).stdout);
    work.write(
        "queues.json",
        work.run(&["rollup", &sample, "--by", "queueId"])
            .exits(0)
            .stdout,
    );
    let report = work
        .run(&["report", "queues.json", "--detail"])
        .exits(0)
        .stdout;
    for row in &rows {
        let block = report
            .split("queueId ")
            .find(|block| block.starts_with(&row["queueId"]));
        let block = block.expect("the queue");
        let line = |name: &str| {
            let line = block
                .lines()
                .find_map(|line| line.trim_start().strip_prefix(name));
            line.unwrap_or_default().trim().to_owned()
        };
        assert_eq!(line("Offered "), row["kpi_offered"]);
        assert_eq!(line("AHT "), row["kpi_aht"].trim_start_matches("0:0"));
        let level: f64 = row["kpi_service_level"].parse().expect("a number");
        assert!(line("Service level ").starts_with(&format!("{:.1} %", level * 100.0)));
    }
}

#[test]
fn the_page_lists_every_figure() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/figures.md")).expect("the page");
    let table = root.join("src/model/catalog/figures.csv");
    let mut reader = csv::Reader::from_path(table).expect("the table");
    for record in reader.records() {
        let record = record.expect("a line");
        let (name, column, formula) = (&record[0], &record[1], &record[4]);
        let line = format!(
            "| {name} | `{column}` | `{formula}` | {} | {} |",
            &record[5], &record[6]
        );
        assert!(page.contains(&line), "docs/figures.md lacks {line}");
    }
}

#[test]
fn named_key_figures_without_a_value_are_said() {
    let work = Work::new();
    work.write(
        "a.json",
        crate::work::response("q", 8..9, crate::work::OFFERED),
    );
    let table = |columns: &str| {
        let all = [
            "convert",
            "a.json",
            "--kpi",
            "--columns",
            columns,
            "-o",
            "t.csv",
        ];
        work.run(&all).exits(0).stderr
    };
    let said = table("queueId,kpi_offered,kpi_wait,kpi_talk");
    assert!(
        said.contains("which are empty: kpi_wait (tWait.sum / tWait.count), kpi_talk ("),
        "{said}"
    );
    assert!(!said.contains("kpi_offered"), "{said}");
    assert!(!table("queueId,kpi_offered").contains("empty"));
    // A pattern names what is there.
    assert!(!table("kpi_*").contains("which are empty"));
    let names = work.run(&["convert", "a.json", "--columns", "queue_name"]);
    let said = names.exits(2).stderr;
    assert!(
        said.contains("--names FILE adds the names of ids"),
        "{said}"
    );
}

#[test]
fn a_key_figure_that_does_not_fit_its_type_is_empty_and_counted() {
    let work = Work::new();
    for (count, exact) in [
        ("9223372036854775807", true),
        ("9223372036854775808", false),
    ] {
        let metric = format!(r#"{{"metric":"nOffered","stats":{{"count":{count}}}}}"#);
        work.write("a.json", response("q", 8..9, &metric));
        let run = [
            "convert",
            "a.json",
            "--columns=interval_start,kpi_offered",
            "--kpi",
        ];
        let said = work
            .run(&[&run[..], &["-o", "t.parquet"]].concat())
            .exits(0);
        let words = "too large are empty: kpi_offered (1 value); they do not fit the types";
        assert_eq!(said.stderr.contains(words), !exact, "{}", said.stderr);
        // Text keeps every digit.
        assert!(
            work.run(&run)
                .exits(0)
                .stdout
                .ends_with(&format!(",{count}\n"))
        );
    }
}
