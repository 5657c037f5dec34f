//! `--sort` and `--limit`: the order and the number of rows, in every format and layout.

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::work::{Work, sample};

/// Rows of one queue per count, in this order; `null` has no figure.
fn counts(literals: &[&str]) -> String {
    let containers: Vec<String> = literals
        .iter()
        .enumerate()
        .map(|(at, literal)| {
            format!(
                r#"{{"group":{{"queueId":"q{at}"}},"data":[{{"interval":"2026-03-02T{:02}:00:00+0{}:00/2026-03-03T12:00:00Z","metrics":[{{"metric":"nOffered","stats":{{"sum":{literal}}}}}]}}]}}"#,
                at % 4,
                at % 3
            )
        })
        .collect();
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// The first column of the rows.
fn column(csv: &str) -> Vec<String> {
    let rows = csv.lines().skip(1);
    rows.map(|row| row.split(',').next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn numbers_of_any_size_are_sorted_by_value_and_empty_cells_last() {
    let work = Work::new();
    let literals = [
        "10",
        "9",
        "null",
        "1e400",
        "-1E+400",
        "9.0",
        "1e-400",
        "0",
        "9007199254740993",
        "9007199254740992",
    ];
    work.write("a.json", counts(&literals));
    let sorted = |by: &str, layout: &str| {
        let stat = match layout {
            "long" => "sum",
            _ => "nOffered_sum",
        };
        let by = by.replace("sum", stat);
        let columns = format!("{stat},queueId");
        let arguments = [
            "convert",
            "a.json",
            "--allow",
            "all",
            "--layout",
            layout,
            "--columns",
            &columns,
            "--sort",
            &by,
        ];
        column(&work.run(&arguments).exits(0).stdout)
    };
    for layout in ["long", "wide"] {
        assert_eq!(
            sorted("sum", layout),
            [
                "-1E+400",
                "0",
                "1e-400",
                "9",
                "9.0",
                "10",
                "9007199254740992",
                "9007199254740993",
                "1e400",
                ""
            ]
        );
        assert_eq!(
            sorted("sum:desc", layout),
            [
                "1e400",
                "9007199254740993",
                "9007199254740992",
                "10",
                "9",
                "9.0",
                "1e-400",
                "0",
                "-1E+400",
                ""
            ]
        );
        assert_eq!(sorted("queueId:desc", layout)[0], literals[9]);
    }
}

#[test]
fn times_are_instants_whatever_their_offset() {
    let work = Work::new();
    work.write("a.json", counts(&["0", "1", "2", "3", "4", "5"]));
    // 00+00, 01+01, 02+02, 03+00, 00+01, 01+02: in UTC 0, 0, 0, 3, -1, -1.
    let arguments = [
        "convert",
        "a.json",
        "--allow",
        "all",
        "--columns",
        "queueId,interval_start,sum",
    ];
    for more in [
        &[][..],
        &["--excel"],
        &["--excel", "--timezone", "Europe/Berlin"],
        &["--timezone", "Asia/Tokyo"],
    ] {
        let by = |by: &str| {
            let run = work.run(&[&arguments[..], more, &["--sort", by]].concat());
            column(&run.exits(0).stdout)
        };
        assert_eq!(
            by("interval_start"),
            ["q4", "q5", "q0", "q1", "q2", "q3"],
            "{more:?}"
        );
        assert_eq!(
            by("interval_start:desc"),
            ["q3", "q0", "q1", "q2", "q4", "q5"]
        );
        assert_eq!(
            by("interval_start,sum:desc"),
            ["q5", "q4", "q2", "q1", "q0", "q3"]
        );
    }
}

#[test]
fn durations_in_hours_are_sorted_by_their_length() {
    let work = Work::new();
    let timers = counts(&["36000000", "32400000", "1500"]).replace("nOffered", "tHandle");
    work.write("a.json", timers);
    let arguments = [
        "convert",
        "a.json",
        "--allow",
        "all",
        "--durations",
        "hms.ms",
        "--columns",
        "sum",
        "--sort",
        "sum",
    ];
    assert_eq!(
        column(&work.run(&arguments).exits(0).stdout),
        ["0:00:01.5", "9:00:00", "10:00:00"]
    );
}

#[test]
fn a_limit_writes_the_first_rows_and_says_what_is_left_out() {
    let work = Work::new();
    let plain = work
        .run(&["convert", &sample("queue-day.json")])
        .exits(0)
        .stdout;
    for limit in [0_usize, 1, 7, 302, 303, 1000] {
        let limit_text = limit.to_string();
        let arguments = [
            "convert",
            &sample("queue-day.json"),
            "-o",
            "t.csv",
            "--limit",
            &limit_text,
        ];
        let ran = work.run(&arguments).exits(0);
        let expected: Vec<&str> = plain.lines().take(limit + 1).collect();
        assert_eq!(
            work.read("t.csv"),
            (expected.join("\n") + "\n").as_bytes(),
            "{limit}"
        );
        let left_out = 303_usize.saturating_sub(limit);
        let said = format!(
            "{left_out} row{} left out by --limit",
            if left_out == 1 { "" } else { "s" }
        );
        assert_eq!(ran.stderr.contains(&said), left_out > 0, "{}", ran.stderr);
        assert!(
            ran.stderr.contains(&format!(" {} row", limit.min(303))),
            "{}",
            ran.stderr
        );
    }
    work.run(&["convert", "--limit", "-1", "a.json"]).exits(2);
    let ran = work.run(&["convert", "--limit", "many", "a.json"]).exits(2);
    assert!(ran.stderr.contains("not a whole number"), "{}", ran.stderr);
}

#[test]
fn inputs_behind_the_limit_are_still_checked() {
    let work = Work::new();
    work.write("a.json", counts(&["1", "2"]));
    work.write("b.json", "{\"results\":[{]}");
    let arguments = ["convert", "a.json", "b.json", "--limit", "1"];
    let ran = work.run(&arguments).exits(1);
    assert!(
        ran.stdout.is_empty() && ran.stderr.contains("J001"),
        "{}",
        ran.stderr
    );
    // Bad parts that are left out are not among the rows that the limit leaves out.
    let ran = work
        .run(&[&arguments[..], &["--on-error", "skip", "--columns", "sum"]].concat())
        .exits(0);
    assert_eq!(ran.stdout, "sum\n1\n");
    assert!(
        ran.stderr.contains("1 row left out by --limit"),
        "{}",
        ran.stderr
    );
}

#[test]
fn unknown_columns_are_refused_and_absent_ones_decide_nothing() {
    let work = Work::new();
    work.write("a.json", counts(&["2", "1"]));
    let sort = |more: &[&str], code| {
        let run = work.run(&[&["convert", "a.json", "--allow", "all"][..], more].concat());
        run.exits(code)
    };
    let ran = sort(&["--sort", "queueidd"], 2);
    assert!(
        ran.stdout.is_empty() && ran.stderr.contains("did you mean `queueId`"),
        "{}",
        ran.stderr
    );
    let ran = sort(&["--sort", "nothing at all"], 2);
    assert!(ran.stderr.contains("--columns all"), "{}", ran.stderr);
    let ran = sort(&["--sort", "sum", "--columns", "queueId"], 2);
    assert!(
        ran.stderr
            .contains("--sort: `sum` is not a column of this table"),
        "{}",
        ran.stderr
    );
    let plain = sort(&[], 0).stdout;
    for absent in ["p99", "qualifier:desc", "wrapUpCode"] {
        assert_eq!(sort(&["--sort", absent], 0).stdout, plain, "{absent}");
    }
    let wide = sort(&["--layout", "wide"], 0).stdout;
    assert_eq!(
        sort(&["--layout", "wide", "--sort", "tHandle_sum"], 0).stdout,
        wide
    );
}

#[test]
fn every_format_has_the_same_rows_for_any_number_of_threads() {
    let work = Work::new();
    let sample = sample("queue-day.json");
    let document: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&sample).expect("text")).expect("JSON");
    let many: String = (0..40)
        .map(|at| {
            document
                .to_string()
                .replace("424b1fee", &format!("{at:08}"))
                + "\n"
        })
        .collect();
    work.write("in/a.ndjson", many);
    work.write("in/b.json", document.to_string());
    let order = ["--sort", "sum:desc,metric,queueId", "--limit", "5000"];
    let table = |name: &str, threads: &str, window: &str| {
        let arguments = [
            "convert", "in", "-o", name, "-j", threads, "--window", window, "--allow", "all",
        ];
        work.run(&[&arguments[..], &order].concat()).exits(0);
        work.read(name)
    };
    for name in ["t.csv", "t.ndjson", "t.json", "t.parquet", "t.arrow"] {
        let first = table(name, "1", "4194304");
        assert!(first == table(name, "3", "4194304"), "{name}");
        assert!(first == table(name, "2", "70000"), "{name}");
    }
    let csv = String::from_utf8(work.read("t.csv")).expect("text");
    assert_eq!(csv.lines().count(), 5001);
    let rows: Vec<serde_json::Value> = String::from_utf8(work.read("t.ndjson"))
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(rows.len(), 5000);
    let sums: Vec<f64> = rows.iter().filter_map(|row| row["sum"].as_f64()).collect();
    assert!(sums.is_sorted_by(|a, b| a >= b) && sums.len() > 100);
    assert!(rows[..sums.len()].iter().all(|row| row["sum"].is_number()));
    let file = std::fs::File::open(work.path("t.parquet")).expect("a file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    assert_eq!(reader.metadata().file_metadata().num_rows(), 5000);
    let arguments = [
        "convert", "in", "-o", "t.xlsx", "--layout", "long", "--allow", "all",
    ];
    work.run(&[&arguments[..], &order].concat()).exits(0);
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook(work.path("t.xlsx")).expect("a workbook");
    let sheet = calamine::Reader::worksheet_range_at(&mut book, 0)
        .expect("a sheet")
        .expect("read");
    let at = sheet
        .rows()
        .next()
        .expect("a header")
        .iter()
        .position(|cell| *cell == "metric")
        .expect("metric");
    let metrics: Vec<String> = sheet
        .rows()
        .skip(1)
        .map(|row| row[at].to_string())
        .collect();
    let expected: Vec<&str> = rows
        .iter()
        .filter_map(|row| row["metric"].as_str())
        .collect();
    assert_eq!(metrics, expected);
}

#[test]
fn per_file_and_rollup_sort_their_tables() {
    let work = Work::new();
    work.write("in/a.json", counts(&["2", "1", "3"]));
    work.write("in/b.json", counts(&["5", "4"]).replace(":\"q", ":\"r"));
    let arguments = [
        "convert",
        "in",
        "--per-file",
        "-o",
        "out",
        "--allow",
        "all",
        "--columns",
        "sum",
        "--sort",
        "sum",
        "--limit",
        "2",
    ];
    let ran = work.run(&arguments).exits(0);
    assert_eq!(work.read("out/a.csv"), b"sum\n1\n2\n");
    assert_eq!(work.read("out/b.csv"), b"sum\n4\n5\n");
    assert!(
        ran.stderr.contains("1 row left out by --limit"),
        "{}",
        ran.stderr
    );
    let rollup = ["rollup", "in", "--by", "queueId", "--allow", "all"];
    let table = [
        "-t",
        "csv",
        "--columns",
        "queueId,sum",
        "--sort",
        "sum:desc",
        "--limit",
        "1",
    ];
    let ran = work.run(&[&rollup[..], &table].concat()).exits(0);
    assert_eq!(ran.stdout, "queueId,sum\nr0,5\n");
    assert!(
        ran.stderr.contains("4 rows left out by --limit"),
        "{}",
        ran.stderr
    );
    for option in [&["--sort", "sum"][..], &["--limit", "1"]] {
        let ran = work.run(&[&rollup[..], option].concat()).exits(2);
        assert!(ran.stderr.contains("is for tables"), "{}", ran.stderr);
    }
}

#[test]
fn summaries_are_sorted_too() {
    let work = Work::new();
    let sample = sample("summary-flat.json");
    let ran = work
        .run(&[
            "convert",
            &sample,
            "--columns",
            "metric,value",
            "--sort",
            "value:desc",
            "--limit",
            "2",
        ])
        .exits(0);
    assert_eq!(
        ran.stdout,
        "metric,value\ntalkTime,45200\nconversationCount,284\n"
    );
}

#[test]
fn the_library_sorts_and_limits() {
    let shape = gcagg::TableSpec::new()
        .columns(["metric", "count"])
        .sort_descending("count")
        .sort("metric")
        .limit(3);
    let path = sample("queue-day.json");
    let checked = gcagg::Inputs::new()
        .path(path)
        .table_spec(shape)
        .check()
        .expect("checked");
    let mut csv = Vec::new();
    let rows = checked
        .table()
        .expect("a table")
        .write("csv", &mut csv)
        .expect("written");
    assert_eq!(rows, 3);
    for (limit, count) in [(2, 2), (9, 3)] {
        let table = checked.table().expect("a table").limit(limit);
        let rows = table.write("csv", &mut Vec::new()).expect("written");
        assert_eq!(rows, count);
    }
    let csv = String::from_utf8(csv).expect("text");
    let counts: Vec<&str> = csv
        .lines()
        .skip(1)
        .filter_map(|row| row.split(',').nth(1))
        .collect();
    assert_eq!(counts.len(), 3);
    let unknown = gcagg::TableSpec::new().sort("cuont");
    let checked = gcagg::Inputs::new()
        .path(sample("queue-day.json"))
        .table_spec(unknown)
        .check()
        .expect("checked");
    let error = checked.table().expect_err("no such column");
    assert_eq!(error.suggestion(), Some("did you mean `count`?"));
}
