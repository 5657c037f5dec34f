//! Columns about the origin of a row: `source`, `source_sha256`, `pointer` and `loaded_at`.

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use serde_json::Value;

use crate::work::{OFFERED, Ran, Work, response, sample};

const EPOCH: &str = "1772438400";
const TIME: &str = "2026-03-02T08:00:00Z";

fn run(work: &Work, arguments: &[&str]) -> Ran {
    let mut command = work.command(arguments);
    command.env("SOURCE_DATE_EPOCH", EPOCH);
    let output = command.output().expect("gcagg runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ran {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// The rows of a table as objects.
fn rows(work: &Work, arguments: &[&str]) -> Vec<Value> {
    let all = [&["convert", "-q", "-t", "ndjson"], arguments].concat();
    let text = run(work, &all).exits(0).stdout;
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The value that a row's pointer leads to.
fn found<'d>(document: &'d Value, row: &Value) -> &'d Value {
    let pointer = row["pointer"].as_str().expect("a pointer");
    let found = document.pointer(pointer);
    found.unwrap_or_else(|| panic!("{pointer} leads nowhere"))
}

#[test]
fn a_pointer_leads_to_the_part_that_the_row_has() {
    let work = Work::new();
    let views = r#"{"metric":"nOffered","stats":{"count":2}},{"metric":"nOffered","stats":{"count":2}},
        {"metric":"tHandle","stats":{"sum":9}}],"views":[{"name":"a","stats":{"sum":1}},{"name":"b","stats":{"sum":2}}"#;
    work.write("views.json", response("q", 8..11, views));
    let queue_day = sample("queue-day.json");
    let pascal = r#"{"Results":[{"Group":{"QueueId":"q"},"Data":[{"Interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","Metrics":[{"Metric":"nOffered","Stats":{"Count":1}}]}]}]}"#;
    work.write("pascal.json", pascal);
    let row = &rows(&work, &["pascal.json", "--columns", "metric,pointer"])[0];
    assert_eq!(row["pointer"], "/Results/0/Data/0/Metrics/0");
    for (input, options) in [
        (queue_day.as_str(), &[][..]),
        (&queue_day, &["--sort", "metric:desc"]),
        (
            &queue_day,
            &["--metric", "t*", "--where", "mediaType=voice"],
        ),
        ("views.json", &["--warn", "M006"]),
        ("views.json", &["--warn", "M006", "--repeats", "same"]),
    ] {
        let text = std::fs::read(work.path(input)).expect("the input");
        let document: Value = serde_json::from_slice(&text).expect("JSON");
        let long = [&[input, "--columns", "all,pointer"], options].concat();
        let long = rows(&work, &long);
        assert!(long.len() > 5, "{input}: {}", long.len());
        for row in &long {
            let found = found(&document, row);
            let name = [&row["metric"], &row["view"]].map(|it| it.as_str().unwrap_or_default());
            let own = found["metric"].as_str().or(found["name"].as_str());
            assert_eq!(own, Some(name.concat().as_str()), "{input} {options:?}");
            assert_eq!(found["stats"]["count"], row["count"], "{input}");
            assert_eq!(found["qualifier"], row["qualifier"], "{input}");
        }
        if options.contains(&"--sort") {
            continue;
        }
        let wide = ["--layout", "wide", "--columns", "interval_start,pointer"];
        for row in rows(&work, &[&[input], options, &wide].concat()) {
            let interval = &found(&document, &row)["interval"];
            let start = row["interval_start"].as_str().expect("a time");
            assert!(interval.as_str().is_some_and(|it| it.starts_with(start)));
        }
    }
}

#[test]
fn a_pointer_of_a_summary_leads_to_its_metric() {
    let work = Work::new();
    let text = r#"{"entities":[{"id":"a","metrics":{"x/y":{"value":1},"z":{"value":null}}},{"id":"b","metrics":{"z":{"value":3}}}]}"#;
    work.write("s.json", text);
    let document: Value = serde_json::from_str(text).expect("JSON");
    let long = rows(&work, &["s.json", "--columns", "value,pointer"]);
    assert!(long.len() >= 2);
    for row in long {
        assert_eq!(found(&document, &row)["value"], row["value"]);
    }
    let wide = ["s.json", "--layout", "wide", "--columns", "id,pointer"];
    for row in rows(&work, &wide) {
        assert_eq!(found(&document, &row)["id"], row["id"]);
    }
}

#[test]
fn every_format_has_the_columns_with_their_types() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    let names = "metric,source,source_sha256,pointer,loaded_at";
    let csv = ["convert", "-q", "a.json", "--columns", names];
    let text = run(&work, &csv).exits(0).stdout;
    let hash = gcagg_hash(&work, "a.json");
    let first = format!("nOffered,a.json,{hash},/results/0/data/0/metrics/0,{TIME}");
    assert_eq!(text.lines().nth(1), Some(first.as_str()));
    for format in ["tsv", "json", "ndjson", "csv.gz"] {
        let name = format!("t.{format}");
        run(&work, &[&csv[..], &["-o", &name]].concat()).exits(0);
    }
    assert_eq!(
        String::from_utf8(work.read("t.tsv")).expect("text"),
        text.replace(',', "\t")
    );
    for format in ["parquet", "arrow"] {
        let (name, manifest) = (format!("t.{format}"), "run.json");
        let output = ["-o", &name, "--manifest", manifest];
        run(&work, &[&csv[..], &output].concat()).exits(0);
        let manifest: Value = serde_json::from_slice(&work.read(manifest)).expect("JSON");
        let kinds = manifest["columns"].as_array().expect("columns").iter();
        let kinds: Vec<&str> = kinds.filter_map(|it| it["type"].as_str()).collect();
        assert_eq!(kinds, ["text", "text", "text", "text", "timestamp"]);
        // The cells are read back, at another time of the clock.
        work.run(&["verify", "run.json"]).exits(0);
    }
    run(
        &work,
        &[&csv[..], &["--layout", "long", "-o", "t.xlsx"]].concat(),
    )
    .exits(0);
    let mut book: Xlsx<_> = open_workbook(work.path("t.xlsx")).expect("a workbook");
    let sheet = book.worksheet_range("Table").expect("the sheet");
    assert_eq!(
        sheet.get((0, 4)),
        Some(&Data::String("loaded_at (UTC)".to_owned()))
    );
    assert!(
        matches!(sheet.get((1, 4)), Some(Data::DateTime(time)) if (time.as_f64() - 46083.0 - 8.0 / 24.0).abs() < 1e-6)
    );
    // Excel's time in a text is in UTC, too, in any zone of the intervals.
    let excel = ["--excel", "--timezone", "Europe/Berlin"];
    let excel = run(&work, &[&csv[..], &excel].concat()).exits(0).stdout;
    assert!(excel.contains("2026-03-02 08:00:00"), "{excel}");
}

fn gcagg_hash(work: &Work, name: &str) -> String {
    let run = ["convert", "-q", name, "-o", "x.csv", "--manifest", "x.json"];
    work.run(&run).exits(0);
    let manifest: Value = serde_json::from_slice(&work.read("x.json")).expect("JSON");
    manifest["inputs"][0]["sha256"]
        .as_str()
        .expect("a hash")
        .to_owned()
}

#[test]
fn schemas_have_the_columns() {
    let work = Work::new();
    let columns = ["--columns", "all,source,source_sha256,pointer,loaded_at"];
    let schema = |format: &str| {
        let run = ["schema", "table", "--format", format, "--dims", "queueId"];
        work.run(&[&run[..], &columns].concat()).exits(0).stdout
    };
    let postgres = schema("ddl-postgres");
    for line in [
        "\"source\" text,",
        "\"source_sha256\" text,",
        "\"pointer\" text,",
        "\"loaded_at\" timestamptz,",
    ] {
        assert!(postgres.contains(line), "{postgres}");
    }
    assert!(postgres.contains(
        "(\"queueId\", \"interval_start\", \"interval_end\", \"metric\", \"view\", \"qualifier\")"
    ));
    assert!(schema("ddl-duckdb").contains("\"loaded_at\" TIMESTAMPTZ"));
    assert!(schema("arrow-json").contains("\"loaded_at\""));
    assert!(schema("dbt").contains("\"loaded_at\""));
    let named = ["schema", "table", "--format", "dbt", "--columns", "metric"];
    let ran = work.run(&named).exits(2);
    assert!(ran.stderr.contains("begin with all"), "{}", ran.stderr);
    // What is written has the columns that the schema has.
    work.write("a.json", response("q", 8..10, OFFERED));
    let run = ["convert", "-q", "a.json", "--dims", "queueId"];
    let text = work.run(&[&run[..], &columns].concat()).exits(0).stdout;
    let header = text.lines().next().expect("a header");
    let names: Vec<&str> = postgres
        .lines()
        .filter_map(|line| line.strip_prefix("    \"")?.split('"').next())
        .collect();
    assert_eq!(header.split(',').collect::<Vec<_>>(), names);
}

#[test]
fn the_time_is_one_per_run_and_can_be_set() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    let convert = ["convert", "-q", "a.json", "--columns", "loaded_at,metric"];
    let text = work.run(&convert).exits(0).stdout;
    let times = text.lines().skip(1).filter_map(|it| it.split(',').next());
    let times: std::collections::BTreeSet<&str> = times.collect();
    assert_eq!(times.len(), 1, "{text}");
    let rollup = [
        "rollup",
        "-q",
        "a.json",
        "--by",
        "queueId",
        "-t",
        "csv",
        "--columns",
        "loaded_at",
    ];
    assert_eq!(
        run(&work, &rollup).exits(0).stdout.lines().nth(1),
        Some(TIME)
    );
    let mut command = work.command(&convert);
    command.env("SOURCE_DATE_EPOCH", "yesterday");
    let output = command.output().expect("gcagg runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("SOURCE_DATE_EPOCH=yesterday"));
    // Without the column, the variable does not matter.
    let mut command = work.command(&["convert", "-q", "a.json"]);
    command.env("SOURCE_DATE_EPOCH", "yesterday");
    assert!(command.output().expect("gcagg runs").status.success());
}

#[test]
fn dimensions_and_typing_errors_of_these_names() {
    let work = Work::new();
    let text = r#"{"results":[{"group":{"pointer":"p","source":"s"},"data":[{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":1}}]}]}]}"#;
    work.write("a.json", text);
    let convert = ["convert", "-q", "a.json", "--columns"];
    let of = |columns: &str| {
        work.run(&[&convert[..], &[columns]].concat())
            .exits(0)
            .stdout
    };
    let all = of("group_pointer,pointer,group_source,source");
    let row = "p,/results/0/data/0/metrics/0,s,a.json";
    assert_eq!(all.lines().nth(1), Some(row));
    // Patterns stand for the columns of the data.
    assert!(of("p*").starts_with("pointer\np\n"), "{}", of("p*"));
    let ran = work.run(&[&convert[..], &["loadedat"]].concat()).exits(2);
    assert!(
        ran.stderr.contains("did you mean `loaded_at`"),
        "{}",
        ran.stderr
    );
    let rollup = ["rollup", "a.json", "-t", "csv", "--columns"];
    for name in ["source", "source_sha256", "pointer"] {
        let ran = work.run(&[&rollup[..], &[name]].concat()).exits(2);
        assert!(ran.stderr.contains("of several inputs"), "{}", ran.stderr);
    }
    // Standard input has a hash, too.
    let columns = ["convert", "-q", "-", "--columns", "source,source_sha256"];
    let ran = work.pipe(&columns, text.as_bytes()).exits(0);
    let hash = gcagg_hash(&work, "a.json");
    assert_eq!(
        ran.stdout.lines().nth(1),
        Some(format!("-,{hash}").as_str())
    );
}

#[test]
fn a_workbook_has_the_time_of_the_run() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    let books = || {
        ["convert", "rollup"].map(|command| {
            run(&work, &[command, "-q", "a.json", "-o", "t.xlsx"]).exits(0);
            work.read("t.xlsx")
        })
    };
    let first = books();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert!(first == books(), "the bytes differ");
}
