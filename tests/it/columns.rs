//! Columns that do not depend on the day: `--columns all`, `--dims`, and what summaries keep.

use crate::work::{OFFERED, Work, response};

const STATS: [&str; 14] = [
    "count",
    "sum",
    "min",
    "max",
    "ratio",
    "numerator",
    "denominator",
    "target",
    "current",
    "p95",
    "p99",
    "countNegative",
    "countPositive",
    "calculatedMetricValue",
];

#[test]
fn all_columns_are_the_same_keys_in_every_row_of_every_day() {
    let work = Work::new();
    let metrics = format!(r#"{OFFERED},{{"metric":"tHandle","stats":{{"sum":5,"min":null}}}}"#);
    work.write("busy.json", response("q", 8..9, &metrics));
    work.write("quiet.json", "{}");
    let mut names = vec!["mediaType", "queueId", "interval_start", "interval_end"];
    names.extend(["metric", "view", "qualifier"]);
    names.extend(STATS);
    let options = ["--columns", "all", "--dims", "queueId,mediaType"];
    for day in ["busy.json", "quiet.json"] {
        let ran = work.run(&[&["convert", day][..], &options].concat());
        let header = ran.exits(0).stdout;
        assert_eq!(header.lines().next(), Some(&*names.join(",")), "{day}");
    }
    let keys = |line: &str| {
        let row: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line.trim_end_matches(',')).expect("an object");
        row.keys().cloned().collect::<Vec<_>>()
    };
    for format in ["ndjson", "json"] {
        for paranoid in [&[][..], &["--paranoid"]] {
            let arguments = ["convert", "busy.json", "-t", format];
            let ran = work.run(&[&arguments[..], &options, paranoid].concat());
            let table = ran.exits(0).stdout;
            let rows: Vec<&str> = table.lines().filter(|line| line.starts_with('{')).collect();
            assert_eq!(rows.len(), 2);
            for row in &rows {
                assert_eq!(keys(row), names, "{row}");
            }
            assert_eq!(
                rows[0].trim_end_matches(','),
                format!(
                    r#"{{"mediaType":null,"queueId":"q","interval_start":"2026-03-02T08:00:00.000Z","interval_end":"2026-03-02T09:00:00.000Z","metric":"nOffered","view":null,"qualifier":null,"count":12,{}}}"#,
                    STATS[1..]
                        .iter()
                        .map(|stat| format!("\"{stat}\":null"))
                        .collect::<Vec<_>>()
                        .join(",")
                )
            );
        }
    }
    // Without `all`, absent keys are left out.
    let ran = work.run(&["convert", "busy.json", "-t", "ndjson"]).exits(0);
    assert!(
        ran.stdout
            .lines()
            .next()
            .expect("a row")
            .ends_with(r#""metric":"nOffered","count":12}"#)
    );
}

#[test]
fn dims_decide_the_dimension_columns_and_say_what_they_leave_out() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    let ran = work
        .run(&["convert", "a.json", "--dims", "userId,mediaType"])
        .exits(0);
    assert_eq!(
        ran.stdout,
        "mediaType,userId,interval_start,interval_end,metric,count\n\
         ,,2026-03-02T08:00:00.000Z,2026-03-02T09:00:00.000Z,nOffered,12\n"
    );
    assert!(ran.stderr.contains("queueId"), "{}", ran.stderr);
    work.run(&["convert", "a.json", "--dims", "a", "--columns", "metric"])
        .exits(2);
    // A dimension that bears the name of a column keeps clear of it.
    let ran = work
        .run(&["convert", "a.json", "--dims", "metric"])
        .exits(0);
    assert!(ran.stdout.starts_with("group_metric,interval_start,"));
}

#[test]
fn all_columns_of_a_summary_are_fixed_too() {
    let work = Work::new();
    work.write(
        "a.json",
        r#"{"entities":[{"id":"e","metrics":{"x":{"value":1,"unit":"s"}}}]}"#,
    );
    work.write("b.json", r#"{"entities":[]}"#);
    for day in ["a.json", "b.json"] {
        let ran = work.run(&["convert", day, "--columns", "all"]).exits(0);
        assert_eq!(
            ran.stdout.lines().next(),
            Some("id,division,division_name,metric,value,unit,label")
        );
    }
}

#[test]
fn a_summary_value_that_is_null_keeps_its_row_unit_and_label() {
    let work = Work::new();
    work.write(
        "a.json",
        r#"{"entities":[{"id":"e1","metrics":{"talk":{"value":null,"unit":"ms","label":"Talk"},"hold":null,"wait":{"value":90000,"unit":"ms"}}},{"id":"e2","metrics":{"hold":{"value":null,"unit":"s"}}}]}"#,
    );
    let run = |more: &[&str]| {
        let ran = work.run(&[&["convert", "a.json"][..], more].concat());
        ran.exits(0).stdout
    };
    assert_eq!(
        run(&[]),
        "id,metric,value,unit,label\ne1,talk,,ms,Talk\ne1,wait,90000,ms,\ne2,hold,,s,\n"
    );
    assert_eq!(
        run(&["-t", "ndjson"]).lines().next(),
        Some(r#"{"id":"e1","metric":"talk","value":null,"unit":"ms","label":"Talk"}"#)
    );
    assert_eq!(
        run(&["--layout", "wide"]),
        "id,hold_value,hold_unit,talk_value,talk_unit,wait_value,wait_unit\n\
         e1,,,,ms,90000,ms\n\
         e2,,s,,,,\n"
    );
    assert_eq!(
        run(&["--durations", "s"]),
        "id,metric,value,unit,label\ne1,talk,,s,Talk\ne1,wait,90,s,\ne2,hold,,s,\n"
    );
    let ran = work.run(&["convert", "a.json", "-v"]).exits(0);
    assert!(ran.stderr.contains("3 rows"), "{}", ran.stderr);
}

#[test]
fn a_dimension_with_the_name_of_a_column_is_renamed() {
    let work = Work::new();
    work.write(
        "a.json",
        response("q", 8..9, OFFERED).replace(
            r#""queueId":"q""#,
            r#""metric":"m","source":"s","group_source":"g""#,
        ),
    );
    let ran = work.run(&["convert", "a.json", "--source-column"]).exits(0);
    assert_eq!(
        ran.stdout.lines().next(),
        Some(
            "source,group_source,group_metric,group_group_source,interval_start,interval_end,metric,count"
        )
    );
}
