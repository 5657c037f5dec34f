//! Values without a figure: incomplete pairs, empty dimensions, and numbers that are too large.

use serde_json::Value;

use crate::work::{VOICE, Work, joined as response};

/// A container with buckets of half an hour, from 8:00 on.
fn container(group: &str, buckets: &[&str]) -> String {
    let buckets = (16..).zip(buckets).map(|(half, metrics)| {
        let time = |half: u32| format!("2026-03-02T{:02}:{:02}:00.000Z", half / 2, half % 2 * 30);
        let (start, end) = (time(half), time(half + 1));
        format!(r#"{{"interval":"{start}/{end}","metrics":[{metrics}]}}"#)
    });
    let buckets: Vec<String> = buckets.collect();
    format!(r#"{{"group":{{{group}}},"data":[{}]}}"#, buckets.join(","))
}

#[test]
fn sums_without_counts_take_no_part_in_a_merged_figure() {
    let half = r#"{"metric":"tHandle","stats":{"sum":100}}"#;
    let both = r#"{"metric":"tHandle","stats":{"count":3,"sum":300}}"#;
    let work = Work::new();
    let some = container(VOICE, &[half, half, "", both]);
    work.write("some.json", response(&[some]));
    let ran = work.run(&["rollup", "some.json", "--every", "1d"]).exits(0);
    assert!(ran.stderr.contains("M009"), "{}", ran.stderr);
    assert!(
        ran.stdout.contains(r#""count":3,"sum":300"#),
        "{}",
        ran.stdout
    );
    let ran = work.run(&["report", "some.json"]).exits(0);
    assert!(ran.stdout.contains("M009") || ran.stderr.contains("M009"));
    assert!(!ran.stdout.contains("500"), "{}", ran.stdout);
    // Also where no bucket of the period, or of any input, has a count.
    let none = container(VOICE, &[half, half]);
    work.write("none.json", response(&[none]));
    for input in ["some.json", "none.json"] {
        let ran = work.run(&["rollup", input, "--every", "1h"]).exits(0);
        assert!(ran.stderr.contains("M009"), "{}", ran.stderr);
        assert!(!ran.stdout.contains("200"), "{}", ran.stdout);
    }
    // Times of users are complete without a count.
    let status = r#"{"metric":"tAgentRoutingStatus","qualifier":"IDLE","stats":{"sum":100}}"#;
    let user = container(r#""userId":"u""#, &[status, status]);
    work.write("user.json", response(&[user]));
    let ran = work.run(&["rollup", "user.json", "--every", "1h"]).exits(0);
    assert!(!ran.stderr.contains("M009"), "{}", ran.stderr);
    assert!(ran.stdout.contains("200"), "{}", ran.stdout);
}

#[test]
fn an_empty_dimension_is_absent_in_figures() {
    let count = |count: u32| format!(r#"{{"metric":"nConnected","stats":{{"count":{count}}}}}"#);
    let of =
        |queue: &str, connected| container(&format!(r#"{VOICE}{queue}"#), &[&count(connected)]);
    let work = Work::new();
    let queues = [
        of(r#","queueId":null"#, 12),
        of(r#","queueId":"q""#, 5),
        // The same group at another time.
        of(r#","queueId":"""#, 7).replace("T08", "T09"),
    ];
    work.write("a.json", response(&queues));
    for (by, names) in [
        (&["--by", "queueId"][..], ["(none)", "q"]),
        (&[], ["voice · (none)", "voice · q"]),
    ] {
        let arguments = [&["report", "-q", "--format", "json", "a.json"], by].concat();
        let report: Value =
            serde_json::from_str(&work.run(&arguments).exits(0).stdout).expect("JSON");
        let rows = report["rows"].as_array().expect("rows").iter();
        let rows: Vec<&str> = rows.filter_map(|row| row["name"].as_str()).collect();
        assert_eq!(rows, names, "{by:?}");
        let rolled = [&["rollup", "a.json", "--every", "1d"], by].concat();
        let rolled = work.run(&rolled).exits(0);
        let rows = rolled.stdout.matches(r#""group""#).count();
        assert_eq!(rows, 2, "{by:?}: {}", rolled.stdout);
        assert!(rolled.stdout.contains(r#""count":19"#), "{}", rolled.stdout);
    }
}

#[test]
fn key_figures_that_are_too_large_are_counted() {
    let large = concat!(
        r#"{"metric":"tHandle","stats":{"count":3,"sum":1e400}},"#,
        r#"{"metric":"nOffered","stats":{"count":99999999999999999999}},"#,
        r#"{"metric":"tAcw","stats":{"count":9223372036854775807,"sum":123456789012345678901234567890123456789}}"#
    );
    let small = concat!(
        r#"{"metric":"tHandle","stats":{"count":3,"sum":5}},"#,
        r#"{"metric":"nOffered","stats":{"count":1}},"#,
        r#"{"metric":"tAcw","stats":{"count":1,"sum":1}}"#
    );
    let work = Work::new();
    work.write("a.json", response(&[container(VOICE, &[large, small])]));
    let columns = ["--columns", "kpi_offered,kpi_aht,kpi_wrap_up"];
    let ran = work
        .run(&[&["convert", "--kpi", "a.json"], &columns[..]].concat())
        .exits(0);
    let rows: Vec<&str> = ran.stdout.lines().skip(1).collect();
    assert_eq!(
        rows,
        [
            "99999999999999999999,,13385211885526973836.786",
            "1,1.667,1"
        ]
    );
    let told = "key figures that are too large are empty: kpi_aht (1 value)";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    // A column with a type cannot have all of them.
    let typed = [
        "convert",
        "--kpi",
        "a.json",
        "--metric",
        "nOffered",
        "--dims",
        "mediaType",
    ];
    let typed = [&typed[..], &["--columns", "all", "-o", "a.csv"]].concat();
    let ran = work.run(&typed);
    let said = ran.stderr.contains("kpi_offered (1 value)") || ran.stderr.contains("S006");
    assert!(said, "{}", ran.stderr);
    // A report has a figure or a reason in every form.
    let report: Value = serde_json::from_str(
        &work
            .run(&["report", "-q", "a.json", "--format", "json"])
            .exits(0)
            .stdout,
    )
    .expect("JSON");
    let totals = report["totals"].as_object().expect("totals");
    for (name, cell) in totals {
        let has = !cell["value"].is_null() || cell["reason"].is_string();
        assert!(has, "{name}: {cell}");
    }
    let wrap_up = &report["totals"]["kpi_wrap_up"]["value"];
    assert!(wrap_up.is_number(), "{wrap_up}");
    let table = work.run(&["report", "-q", "a.json", "--format", "csv"]);
    let table = table.exits(0).stdout;
    let row = table.lines().nth(1).expect("a row");
    assert!(row.contains("13385211885526973"), "{table}");
}

#[test]
fn every_file_that_cannot_be_read_is_named() {
    let work = Work::new();
    let text = response(&[container(
        VOICE,
        &[r#"{"metric":"nOffered","stats":{"count":1}}"#],
    )]);
    work.write("good.json", &text);
    let names: Vec<String> = (10..23).map(|at| format!("cut{at}.json")).collect();
    for name in &names {
        work.write(name, &text[..text.len() - 9]);
    }
    for command in ["convert", "report", "rollup"] {
        let all = names.iter().map(String::as_str).chain(["good.json"]);
        let all = [command, "--on-error", "skip"].into_iter().chain(all);
        let ran = work.run(&all.collect::<Vec<_>>()).exits(0);
        for name in &names[..10] {
            assert!(
                ran.stderr.contains(name.as_str()),
                "{command}: {}",
                ran.stderr
            );
        }
        assert!(!ran.stderr.contains("cut20.json"), "{}", ran.stderr);
        assert!(ran.stderr.contains("and 3 more files"), "{}", ran.stderr);
    }
}

#[test]
fn an_empty_file_is_a_bad_part() {
    let work = Work::new();
    let count = r#"{"metric":"nOffered","stats":{"count":1}}"#;
    work.write("good.json", response(&[container(VOICE, &[count])]));
    work.write("10:30.json", "");
    let skip = ["--on-error", "skip", "--rejects", "bad.ndjson"];
    for command in ["convert", "report", "rollup"] {
        let all = [&[command, "good.json", "10:30.json"], &skip[..]].concat();
        let ran = work.run(&all).exits(0);
        assert!(ran.stderr.contains("1 bad part left out"), "{}", ran.stderr);
        let kept = String::from_utf8(work.read("bad.ndjson")).expect("text");
        assert!(kept.contains("F002"), "{kept}");
        std::fs::remove_file(work.path("bad.ndjson")).expect("a file");
        if command == "report" {
            assert!(
                ran.stdout.contains("in 1 place: 10:30.json"),
                "{}",
                ran.stdout
            );
        }
    }
    let ran = work
        .run(&["report", "10:30.json", "--on-error", "skip"])
        .exits(0);
    assert!(ran.stdout.contains("was left out"), "{}", ran.stdout);
}

#[test]
fn a_validation_has_local_days() {
    let work = Work::new();
    // Days of Berlin of which each begins on the day before in UTC; the third is missing.
    let day = |day: u32| {
        format!(
            r#"{{"interval":"2026-03-{:02}T23:00:00.000Z/2026-03-{:02}T00:00:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":1}}}}]}}"#,
            day - 1,
            day
        )
    };
    let days: Vec<String> = [3, 4, 6, 7].map(day).to_vec();
    let text = format!(
        r#"{{"results":[{{"group":{{{VOICE}}},"data":[{}]}}]}}"#,
        days.join(",")
    );
    work.write("a.json", text);
    let ran = work.run(&["validate", "a.json"]).exits(0);
    assert!(ran.stdout.contains("2026-03-04"), "{}", ran.stdout);
    let local = |arguments: &[&str]| {
        let ran = work.run(&[&["validate", "a.json"], arguments].concat());
        let found = ran.exits(0).stdout;
        assert!(
            found.contains("T009") && found.contains("2026-03-05"),
            "{found}"
        );
    };
    local(&["--timezone", "Europe/Berlin"]);
    work.write("gcagg.toml", "[validate]\ntimezone = \"Europe/Berlin\"\n");
    local(&[]);
    let ran = work
        .run(&["validate", "a.json", "--timezone", "Berlin"])
        .exits(2);
    assert!(ran.stderr.contains("Europe/Berlin"), "{}", ran.stderr);
}

#[test]
fn no_line_of_a_text_is_a_command_of_a_ci_job() {
    let work = Work::new();
    let count = r#"{"metric":"::error::m","stats":{"count":1}}"#;
    let group = r###""queueId":"::error::x","mediaType":"##[error]y""###;
    work.write("a.json", response(&[container(group, &[count])]));
    work.write("b.json", response(&[container(VOICE, &[count])]));
    for arguments in [
        &["report", "a.json", "--by", "queueId"][..],
        &["report", "a.json", "--by", "mediaType"],
        &["report", "a.json"],
        &["report", "a.json", "--detail"],
        &["report", "a.json", "--compare", "b.json"],
        &["inspect", "a.json"],
        &["inspect", "a.json", "--against", "b.json"],
        &["validate", "a.json"],
    ] {
        let printed = work.run(arguments).exits(0).stdout;
        for line in printed.lines() {
            let is_command = line.trim_start().starts_with("::") || line.contains("##[");
            assert!(!is_command, "{arguments:?}: {line}");
        }
    }
}

#[test]
fn a_schema_has_no_columns_that_a_database_cannot_have() {
    let work = Work::new();
    let count = r#"{"metric":"nOffered","stats":{"count":1}}"#;
    let long = "d".repeat(63);
    let groups = [
        ("one.json", format!(r#""{long}1":"x""#)),
        ("two.json", format!(r#""{long}1":"x","{long}2":"y""#)),
        ("a.json", r#""":"x""#.to_owned()),
    ];
    for (file, group) in groups {
        work.write(file, response(&[container(&group, &[count])]));
    }
    let table = |format: &str, file| work.run(&["schema", "table", "--format", format, file]);
    let ran = table("ddl-postgres", "two.json").exits(1);
    assert!(ran.stderr.contains("63 bytes"), "{}", ran.stderr);
    table("ddl-postgres", "one.json").exits(0);
    table("ddl-duckdb", "two.json").exits(0);
    for format in ["ddl-postgres", "ddl-duckdb", "dbt"] {
        let ran = table(format, "a.json").exits(1);
        assert!(ran.stderr.contains("empty name"), "{}", ran.stderr);
    }
}

#[test]
fn documents_are_named_without_empty_words() {
    let work = Work::new();
    work.write("failed.json", r#"{"ok":false}"#);
    let ran = work.run(&["validate", "failed.json"]).exits(1);
    let first = ran.stdout.lines().next().unwrap_or_default();
    assert!(
        first.ends_with("a saved error of another program"),
        "{first}"
    );
    let count = r#"{"metric":"nOffered","stats":{"count":1}}"#;
    let text = response(&[container(VOICE, &[count])]);
    work.write("fence.json", format!("~~~json\n{text}\n~~~\n"));
    let ran = work.run(&["validate", "fence.json"]).exits(1);
    assert!(ran.stdout.contains("Markdown code fence"), "{}", ran.stdout);
    work.run(&["validate", "fence.json", "--fix", "-o", "fixed.json"])
        .exits(0);
    work.run(&["convert", "fixed.json"]).exits(0);
    // Numerators are not "only the ratio".
    let level = r#"{"metric":"oServiceLevel","stats":{"ratio":0.5,"numerator":3}}"#;
    work.write("level.json", response(&[container(VOICE, &[level, level])]));
    let ran = work.run(&["report", "level.json"]).exits(0);
    assert!(!ran.stdout.contains("only the ratio"), "{}", ran.stdout);
    let told = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("numerators without denominators"), "{told}");
}
