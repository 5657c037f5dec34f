//! `convert`: columns, filters, formats, units, and what is done with bad parts.

use crate::work::{OFFERED, Work, response, sample};

const MIXED: &str = r#"{"results":[{"group":{"queueId":"a, \"b\"","count":"c"},"data":[{"interval":"2026-03-29T00:30:00.000Z/2026-03-29T01:00:00.000Z","metrics":[{"metric":"tHandle","qualifier":null,"stats":{"max":596146,"min":11,"count":1385,"sum":70430555}},{"metric":"oServiceLevel","stats":{"ratio":0.7575757575757576,"numerator":25,"denominator":33,"target":0.8}},{"metric":"nOffered","stats":null}],"views":[{"name":"tHandle","stats":{"sum":2.3790138961E10,"average":1e400}}]}]}]}"#;

#[test]
fn long_rows_keep_every_digit_in_the_order_of_the_contract() {
    let work = Work::new();
    work.write("a.json", MIXED);
    let ran = work.run(&["convert", "a.json"]).exits(0);
    let start = "c,\"a, \"\"b\"\"\",2026-03-29T00:30:00.000Z,2026-03-29T01:00:00.000Z";
    assert_eq!(
        ran.stdout,
        format!(
            "group_count,queueId,interval_start,interval_end,metric,view,count,sum,min,max,ratio,numerator,denominator,target,average\n\
             {start},tHandle,,1385,70430555,11,596146,,,,,\n\
             {start},oServiceLevel,,,,,,0.7575757575757576,25,33,0.8,\n\
             {start},nOffered,,,,,,,,,,\n\
             {start},,tHandle,,2.3790138961E10,,,,,,,1e400\n"
        )
    );
    let ran = work.run(&["convert", "a.json", "-t", "ndjson"]).exits(0);
    assert_eq!(
        ran.stdout.lines().last(),
        Some(
            r#"{"group_count":"c","queueId":"a, \"b\"","interval_start":"2026-03-29T00:30:00.000Z","interval_end":"2026-03-29T01:00:00.000Z","view":"tHandle","sum":2.3790138961E10,"average":1e400}"#
        )
    );
}

#[test]
fn wide_rows_have_a_column_a_figure() {
    let work = Work::new();
    work.write("a.json", MIXED);
    let ran = work
        .run(&["convert", "a.json", "--layout", "wide"])
        .exits(0);
    assert_eq!(
        ran.stdout.lines().next(),
        Some(
            "count,queueId,interval_start,interval_end,oServiceLevel_ratio,oServiceLevel_numerator,oServiceLevel_denominator,oServiceLevel_target,tHandle_count,tHandle_sum,tHandle_min,tHandle_max,view_tHandle_sum,tHandle_average"
        )
    );
    assert_eq!(ran.stdout.lines().count(), 2);
}

#[test]
fn a_document_without_rows_gives_the_full_header_and_a_warning() {
    let work = Work::new();
    let full = "interval_start,interval_end,metric,view,qualifier,count,sum,min,max,ratio,numerator,denominator,target,current,p95,p99,countNegative,countPositive,calculatedMetricValue\n";
    for document in ["{}", r#"{"results":[]}"#, r#"{"results":null}"#, "[]"] {
        let ran = work.pipe(&["convert", "-"], document.as_bytes()).exits(0);
        assert_eq!(ran.stdout, full, "{document}");
        assert!(ran.stderr.contains("F005"), "{document}: {}", ran.stderr);
    }
    let ran = work.pipe(&["convert"], br#"{"entities":[]}"#).exits(0);
    assert_eq!(ran.stdout, "id,division,metric,value,unit,label\n");
    let ran = work.pipe(&["convert", "-t", "json"], b"{}").exits(0);
    assert_eq!(ran.stdout, "[\n]\n");
}

#[test]
fn columns_are_present_all_or_named() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    let header = |columns: &str| {
        let ran = work
            .run(&["convert", "a.json", "--columns", columns])
            .exits(0);
        ran.stdout.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(
        header("present"),
        "queueId,interval_start,interval_end,metric,count"
    );
    assert_eq!(header("all").split(',').count(), 20);
    assert_eq!(header("count,wrapUpCode,metric"), "count,wrapUpCode,metric");
    let ran = work
        .run(&["convert", "a.json", "--columns", "metric,cuont"])
        .exits(2);
    assert!(
        ran.stdout.is_empty() && ran.stderr.contains("did you mean `count`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn filters_choose_rows() {
    let work = Work::new();
    let metrics = format!(r#"{OFFERED},{{"metric":"tHandle","stats":{{"sum":5}}}}"#);
    work.write(
        "a.json",
        format!(
            "[{},{}]",
            response("a", 8..11, &metrics),
            response("b", 8..9, &metrics)
        ),
    );
    let rows = |arguments: &[&str]| {
        let mut all = vec![
            "convert",
            "a.json",
            "--columns",
            "queueId,interval_start,metric",
        ];
        all.extend(arguments);
        work.run(&all).exits(0).stdout.lines().count() - 1
    };
    assert_eq!(rows(&[]), 8);
    assert_eq!(rows(&["--metric", "t*"]), 4);
    assert_eq!(rows(&["--metric", "t*", "--metric", "nOffered"]), 8);
    assert_eq!(rows(&["--where", "queueId=b"]), 2);
    assert_eq!(rows(&["--where", "queueId=b", "--where", "queueId=a"]), 8);
    assert_eq!(
        rows(&["--where", "queueId=b", "--where", "mediaType=voice"]),
        0
    );
    assert_eq!(rows(&["--from", "2026-03-02T09:00:00Z"]), 4);
    assert_eq!(
        rows(&["--from", "2026-03-02", "--until", "2026-03-02T09:00:00Z"]),
        4
    );
    assert_eq!(rows(&["--until", "2026-03-02T09:00:00+01:00"]), 0);
    work.run(&["convert", "a.json", "--where", "queueId"])
        .exits(2);
    work.run(&["convert", "a.json", "--from", "someday"])
        .exits(2);
}

#[test]
fn formats_follow_the_extension_and_compress() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    let plain = work.run(&["convert", "a.json"]).exits(0).stdout;
    work.run(&["convert", "a.json", "-o", "t.csv.gz"]).exits(0);
    let mut text = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::MultiGzDecoder::new(&work.read("t.csv.gz")[..]),
        &mut text,
    )
    .expect("gzip");
    assert_eq!(text, plain);
    work.run(&["convert", "a.json", "-o", "t.csv.zst"]).exits(0);
    assert_eq!(
        zstd::decode_all(&work.read("t.csv.zst")[..]).expect("zstd"),
        plain.as_bytes()
    );
    work.run(&["convert", "a.json", "-o", "t.tsv"]).exits(0);
    assert_eq!(work.read("t.tsv"), plain.replace(',', "\t").as_bytes());
    work.run(&["convert", "a.json", "-o", "t.json"]).exits(0);
    let rows: serde_json::Value = serde_json::from_slice(&work.read("t.json")).expect("JSON");
    assert_eq!(rows[0]["count"].to_string(), "12");
}

#[test]
fn spreadsheets_get_their_dialect() {
    let work = Work::new();
    work.write("a.json", MIXED.replace("a, \\\"b\\\"", "=1+1"));
    let ran = work
        .run(&[
            "convert",
            "a.json",
            "--excel",
            "--metric",
            "oServiceLevel",
            "--decimal-comma",
        ])
        .exits(0);
    assert_eq!(
        ran.stdout,
        "\u{feff}group_count;queueId;interval_start;interval_end;metric;ratio;numerator;denominator;target\r\n\
         c;'=1+1;2026-03-29 00:30:00;2026-03-29 01:00:00;oServiceLevel;0,7575757575757576;25;33;0,8\r\n"
    );
    work.run(&["convert", "a.json", "--excel", "-t", "ndjson"])
        .exits(2);
    work.run(&["convert", "a.json", "--delimiter", "ab"])
        .exits(2);
    let ran = work
        .run(&[
            "convert",
            "a.json",
            "--timezone",
            "Europe/Berlin",
            "--columns",
            "interval_start,interval_end",
        ])
        .exits(0);
    assert!(
        ran.stdout
            .contains("2026-03-29T01:30:00.000+01:00,2026-03-29T03:00:00.000+02:00"),
        "{}",
        ran.stdout
    );
}

#[test]
fn durations_are_converted_by_metric_and_exactly() {
    let work = Work::new();
    work.write("a.json", MIXED);
    let row = |unit: &str| {
        let ran = work
            .run(&[
                "convert",
                "a.json",
                "--metric",
                "tHandle",
                "--columns",
                "count,sum,min,max",
                "--durations",
                unit,
            ])
            .exits(0);
        ran.stdout.lines().nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(row("ms"), "1385,70430555,11,596146");
    assert_eq!(row("s"), "1385,70430.555,0.011,596.146");
    assert_eq!(row("min"), "1385,1173.842583,0.000183,9.935767");
    assert_eq!(row("h"), "1385,19.564043,0.000003,0.165596");
    assert_eq!(row("hms"), "1385,19:33:51,0:00:00,0:09:56");
    assert_eq!(row("hms.ms"), "1385,19:33:50.555,0:00:00.011,0:09:56.146");
    let ran = work
        .run(&[
            "convert",
            &sample("summary-flat.json"),
            "--durations",
            "s",
            "--metric",
            "talkTime",
        ])
        .exits(0);
    assert!(ran.stdout.contains("talkTime,45.2,s"), "{}", ran.stdout);
}

#[test]
fn an_input_is_never_overwritten_and_bad_input_writes_nothing() {
    let work = Work::new();
    let good = response("q", 8..9, OFFERED);
    work.write("a.json", &good);
    work.run(&["convert", "a.json", "-o", "a.json"]).exits(2);
    work.run(&[
        "convert",
        "a.json",
        "--on-error",
        "skip",
        "--rejects",
        "a.json",
    ])
    .exits(2);
    assert_eq!(work.read("a.json"), good.as_bytes());
    work.write("bad.json", good.replace("12", "\"12\""));
    work.write("t.csv", "old");
    let ran = work
        .run(&["convert", "a.json", "bad.json", "-o", "t.csv"])
        .exits(1);
    assert!(
        ran.stdout.is_empty() && ran.stderr.contains("S001"),
        "{}",
        ran.stderr
    );
    assert_eq!(work.read("t.csv"), b"old");
    assert!(
        work.run(&["convert", "bad.json"])
            .exits(1)
            .stdout
            .is_empty()
    );
    assert_eq!(work.names(), ["a.json", "bad.json", "t.csv"]);
}

#[test]
fn what_is_skipped_is_counted_and_kept() {
    let work = Work::new();
    let metrics = r#"{"metric":"nOffered","stats":{"count":12}}"#;
    let three = response("q", 8..11, metrics).replacen("12", "\"x\"", 1);
    work.write(
        "a.ndjson",
        format!(
            "{three}\n{{\"results\":[}}\n{}\n",
            response("r", 8..9, metrics)
        ),
    );
    let ran = work
        .run(&[
            "convert",
            "a.ndjson",
            "--on-error",
            "skip",
            "--rejects",
            "r.ndjson",
            "--columns",
            "queueId,count",
        ])
        .exits(0);
    assert_eq!(ran.stdout, "queueId,count\nq,12\nq,12\nr,12\n");
    assert!(
        ran.stderr.contains("2 bad parts left out"),
        "{}",
        ran.stderr
    );
    let rejects: Vec<serde_json::Value> = String::from_utf8(work.read("r.ndjson"))
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let units: Vec<_> = rejects
        .iter()
        .map(|reject| reject["unit"].as_str().expect("a unit"))
        .collect();
    assert_eq!(units.len(), 2);
    for (unit, code) in [("bucket", "S001"), ("document", "J001")] {
        let reject = rejects
            .iter()
            .find(|reject| reject["unit"] == unit)
            .expect(unit);
        assert_eq!(reject["diagnostics"][0]["code"], code);
        assert_eq!(reject["diagnostics"].as_array().expect("a list").len(), 1);
    }
    let bucket = rejects
        .iter()
        .find(|reject| reject["unit"] == "bucket")
        .expect("one");
    assert_eq!(bucket["pointer"], "/results/0/data/0");
    assert_eq!(bucket["value"]["metrics"][0]["stats"]["count"], "x");
    work.run(&["convert", "a.ndjson", "--rejects", "r.ndjson"])
        .exits(2);
}

#[test]
fn aggregates_and_summaries_make_no_table_even_when_skipping() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    work.write(
        "s.json",
        r#"{"entities":[{"id":"all","metrics":{"x":{"value":1,"unit":"s"}}}]}"#,
    );
    for more in [&[][..], &["--on-error", "skip"]] {
        let mut arguments = vec!["convert", "a.json", "s.json"];
        arguments.extend(more);
        let ran = work.run(&arguments).exits(1);
        assert!(
            ran.stdout.is_empty() && ran.stderr.contains("F006"),
            "{}",
            ran.stderr
        );
    }
    work.run(&["convert", "a.json", "s.json", "--per-file", "-o", "out"])
        .exits(0);
    assert_eq!(work.read("out/s.csv"), b"id,metric,value,unit\nall,x,1,s\n");
    assert!(work.exists("out/a.csv"));
}

#[test]
fn per_file_refuses_two_inputs_of_one_name() {
    let work = Work::new();
    work.write("x/a.json", response("q", 8..9, OFFERED));
    work.write("y/a.json", response("r", 8..9, OFFERED));
    work.run(&["convert", "x/a.json", "y/a.json", "--per-file", "-o", "out"])
        .exits(2);
    assert!(!work.exists("out"));
    work.run(&["convert", ".", "--per-file", "-o", "out"])
        .exits(0);
    assert!(work.exists("out/x/a.csv") && work.exists("out/y/a.csv"));
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let work = Work::new();
    for (layout, format) in [
        ("long", "csv"),
        ("wide", "csv"),
        ("long", "json"),
        ("wide", "ndjson"),
    ] {
        let run = |threads: &str| {
            work.run(&[
                "convert",
                &sample("queue-day.json"),
                &sample("queue-day-2.json.gz"),
                &sample("nightly.ndjson"),
                "--source-column",
                "--layout",
                layout,
                "-t",
                format,
                "-j",
                threads,
            ])
            .exits(0)
            .stdout
        };
        let one = run("1");
        assert!(one.len() > 1000);
        for threads in ["2", "3", "8"] {
            assert!(run(threads) == one, "{layout} {format} {threads}");
        }
    }
}
