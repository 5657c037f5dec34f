//! Columns that do not depend on the day: `--columns all`, `--dims`, and what summaries keep.

use crate::work::{OFFERED, Work, response};

/// The statistics in the order of the schema, which is that of the columns.
fn stats() -> Vec<String> {
    let text = std::fs::read_to_string("schemas/aggregates.schema.json").expect("the schema");
    let schema: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let properties = schema["$defs"]["stats"]["properties"].as_object();
    let names = properties.expect("properties").keys();
    let names: Vec<String> = names.filter(|name| !name.contains('_')).cloned().collect();
    assert_eq!(names[..2], ["count", "sum"]);
    names
}

#[test]
fn all_columns_are_the_same_keys_in_every_row_of_every_day() {
    let work = Work::new();
    let metrics = format!(r#"{OFFERED},{{"metric":"tHandle","stats":{{"sum":5,"min":null}}}}"#);
    work.write("busy.json", response("q", 8..9, &metrics));
    work.write("quiet.json", "{}");
    let mut names = vec!["mediaType", "queueId", "interval_start", "interval_end"];
    names.extend(["metric", "view", "qualifier"]);
    let stats = stats();
    names.extend(stats.iter().map(String::as_str));
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
                    stats[1..]
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
    // A dimension with the name of a column gets another name.
    let own = response("q", 8..9, OFFERED).replace("queueId", "metric");
    work.write("own.json", own);
    let ran = work
        .run(&["convert", "own.json", "--dims", "metric"])
        .exits(0);
    assert!(ran.stdout.starts_with("group_metric,interval_start,"));
}

/// The header of a table of a document.
fn header(work: &Work, more: &[&str]) -> String {
    let all = ["convert", "-q", "--allow=all", "-o-", "-tcsv"];
    let ran = work.run(&[&all[..], more].concat()).exits(0);
    ran.stdout.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn all_columns_leave_out_statistics_that_are_not_in_their_list() {
    let work = Work::new();
    let stats = r#"{"count":2,"p50":3,"countNeutral":1}"#;
    let metric = format!(r#"{{"metric":"tHandle","stats":{stats}}}"#);
    work.write("a.json", response("q", 8..10, &metric));
    work.write("b.json", response("q", 8..9, OFFERED));
    // A dimension that is named like a new statistic keeps its name.
    let own = response("q", 8..9, &metric).replace("queueId", "p50");
    work.write("own.json", own);
    for (layout, dims) in [("long", "queueId,mediaType,p50"), ("wide", "queueId,p50")] {
        let all = [
            "--columns=all",
            "--layout",
            layout,
            "own.json",
            "--dims",
            dims,
        ];
        let left = header(&work, &[&all[..], &["a.json"]].concat());
        assert!(!left.contains("countNeutral"), "{left}");
        assert!(
            left.contains("p50") && !left.contains("group_p50"),
            "{left}"
        );
    }
    let fixed = header(&work, &["--columns=all", "--dims=queueId", "b.json"]);
    assert_eq!(
        header(&work, &["--columns=all", "--dims=queueId", "a.json"]),
        fixed
    );
    for (layout, extra) in [("long", "p50"), ("wide", "tHandle_p50")] {
        let all = ["convert", "a.json", "--layout", layout, "--columns"];
        let ran = work.run(&[&all[..], &["all"]].concat()).exits(0);
        let said = &ran.stderr;
        assert!(said.contains("S003"), "{said}");
        assert!(
            said.contains("countNeutral (2 values), p50 (2 values)"),
            "{said}"
        );
        assert!(said.contains("--columns all,countNeutral,p50"), "{said}");
        // One of them is added, and the other is still left out.
        let ran = work.run(&[&all[..], &["all,p50"]].concat()).exits(0);
        let first = ran.stdout.lines().next().expect("a header");
        assert!(first.ends_with(&format!(",{extra}")), "{first}");
        assert!(ran.stdout.lines().nth(1).expect("a row").ends_with(",3"));
        let said = &ran.stderr;
        assert!(
            said.contains("countNeutral (2 values)") && !said.contains("p50 ("),
            "{said}"
        );
    }
    // The header is the same on a day without it, and in the other formats.
    let added = ["--columns=all,p50", "--dims=queueId"];
    assert_eq!(
        header(&work, &[&added[..], &["a.json"]].concat()),
        header(&work, &[&added[..], &["b.json"]].concat())
    );
    for output in ["t.parquet", "t.xlsx", "t.ndjson"] {
        let all = ["convert", "a.json", "-o", output, "--columns=all"];
        let said = work.run(&all).exits(0).stderr;
        assert!(said.contains("p50 (2 values)"), "{said}");
    }
    let rolled = work
        .run(&["rollup", "a.json", "-t", "csv", "--columns=all"])
        .exits(0);
    let header = rolled.stdout.lines().next().expect("a header");
    assert!(header.ends_with("calculatedMetricValue"), "{header}");
    let all = ["convert", "a.json", "b.json", "--per-file", "--columns=all"];
    let said = work
        .run(&[&all[..], &["-o", "out"]].concat())
        .exits(0)
        .stderr;
    assert!(said.contains("p50 (2 values)"), "{said}");
}

#[test]
fn names_may_be_patterns_and_have_titles() {
    let work = Work::new();
    let metrics = format!(
        r#"{OFFERED},{{"metric":"tHandle","stats":{{"count":2,"sum":90000}}}},{{"metric":"tAnswered","stats":{{"count":2,"sum":4}}}}"#
    );
    work.write("a.json", response("q", 8..9, &metrics));
    let columns = |layout: &str, columns: &str| {
        let all = ["--layout", layout, "--columns", columns, "a.json"];
        let kpi = if layout == "wide" {
            &["--kpi"][..]
        } else {
            &[]
        };
        header(&work, &[&all[..], kpi].concat())
    };
    for (layout, chosen, expected) in [
        ("long", "queueId=Queue,metric,count=N", "Queue,metric,N"),
        ("long", "interval_*,c*", "interval_start,interval_end,count"),
        (
            "long",
            "metric,*",
            "metric,queueId,interval_start,interval_end,count,sum",
        ),
        ("wide", "queueId,tHandle_*=", ""),
        (
            "wide",
            "tHandle_*,queueId=The queue",
            "tHandle_count,tHandle_sum,The queue",
        ),
        ("wide", "kpi_aht=AHT,kpi_as*", "AHT,kpi_asa"),
        ("wide", "t*_s?m", "tAnswered_sum,tHandle_sum"),
    ] {
        if expected.is_empty() {
            work.run(&["convert", "a.json", "--columns", chosen])
                .exits(2);
            continue;
        }
        assert_eq!(columns(layout, chosen), expected, "{chosen}");
    }
    // The name and the title both name the column.
    let all = ["convert", "-q", "a.json", "--columns", "metric=What,count"];
    for by in ["metric", "What"] {
        let ran = work.run(&[&all[..], &["--sort", by]].concat()).exits(0);
        assert!(
            ran.stdout
                .starts_with("What,count\nnOffered,12\ntAnswered,2\n"),
            "{}",
            ran.stdout
        );
    }
    let partition = ["--partition-by", "metric", "-o", "lake"];
    work.run(&[&all[..], &partition].concat()).exits(0);
    assert!(work.exists("lake/metric=tHandle/gcagg.csv"));
    // A pattern that matches on other days adds nothing today.
    assert_eq!(columns("wide", "queueId,tAbandon*"), "queueId");
}

#[test]
fn a_column_is_named_once_in_whatever_words() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    for twice in ["metric,Metric", "queueId,queue=a", "QUEUE,queueId,metric"] {
        let ran = work
            .run(&["convert", "a.json", "--columns", twice])
            .exits(2);
        assert!(
            ran.stderr.contains("is named twice"),
            "{twice}: {}",
            ran.stderr
        );
    }
    // A pattern leaves out what has a name.
    for (columns, first) in [
        ("METRIC,m*", "METRIC,min,max"),
        ("M*,METRIC=a", "min,max,a"),
    ] {
        let metric = r#"{"metric":"tHandle","stats":{"count":1,"sum":1,"min":1,"max":1}}"#;
        work.write("a.json", response("q", 8..9, metric));
        let table = work
            .run(&["convert", "a.json", "--columns", columns])
            .exits(0)
            .stdout;
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], first);
        assert!(lines[1].split(',').all(|cell| !cell.is_empty()), "{table}");
    }
}

#[test]
fn names_that_mean_nothing_are_refused_before_anything_is_read() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    for (option, value, words) in [
        ("--columns", "metric,metric", "`metric` is named twice"),
        ("--columns", "metric,,count", "a name is empty"),
        ("--columns", "", "a name is empty"),
        ("--columns", "metric=,count", "a name is empty"),
        ("--columns", "metric=a,count=a", "`a` is named twice"),
        ("--columns", "metric=count,count", "called `count`"),
        ("--columns", "metrc", "did you mean `metric`?"),
        ("--columns", "x*", "`x*` is not a column"),
        ("--columns", "q*=Q", "one title"),
        ("--columns", "kpi_*", "--kpi"),
        ("--columns", "all,count", "`count` is one of `all`"),
        ("--columns", "all,cuont", "did you mean `count`?"),
        ("--columns", "count,all", "write `all` first"),
        ("--columns", "present,count", "`present`"),
        ("--dims", "queueId,queueId", "`queueId` is named twice"),
        ("--dims", "queueId,", "a name is empty"),
        ("--dims", "queuId", "did you mean `queueId`?"),
        ("--dims", "zzz", "explain dimensions"),
        ("--partition-by", "date,date", "`date` is named twice"),
        ("--partition-by", "queueId,,date", "a name is empty"),
        ("--partition-by", "queuId", "did you mean `queueId`?"),
    ] {
        let ran = work.run(&["convert", "a.json", option, value, "-o", "out.d/"]);
        let said = ran.exits(2).stderr;
        assert!(said.contains(words), "{option} {value}: {said}");
        assert!(said.contains(option), "{option} {value}: {said}");
        assert_eq!(work.names(), ["a.json"]);
    }
    let schema = ["schema", "table", "--format", "ddl-duckdb", "--dims"];
    for dims in ["queuId", "queueId,queueId", ""] {
        work.run(&[&schema[..], &[dims]].concat()).exits(2);
    }
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
fn every_column_of_columns_all_can_be_named_in_a_list() {
    let work = Work::new();
    work.write("aggregate.json", response("q", 8..9, OFFERED));
    work.write(
        "summary.json",
        r#"{"entities":[{"id":"e","metrics":{"x":{"value":1}}}]}"#,
    );
    work.write("names.csv", "id,name\nq,Service\n");
    for input in ["aggregate.json", "summary.json"] {
        for layout in ["long", "wide"] {
            for more in [&[][..], &["--names", "names.csv"], &["--kpi"]] {
                let run = [&["convert", input, "-q", "--layout", layout][..], more].concat();
                let all = work.run(&[&run[..], &["--columns", "all"]].concat());
                if all.code != Some(0) {
                    // A table of this kind has no key figures.
                    assert_eq!((more[0], all.code), ("--kpi", Some(2)), "{}", all.stderr);
                    continue;
                }
                for name in all.stdout.lines().next().expect("a header").split(',') {
                    let ran = work.run(&[&run[..], &["--columns", name]].concat());
                    let case = format!("{input} {layout} {more:?} {name}: {}", ran.stderr);
                    assert_eq!(ran.code, Some(0), "{case}");
                    assert_eq!(ran.stdout.lines().next(), Some(name), "{case}");
                }
            }
        }
    }
    for layout in ["long", "wide"] {
        let named = ["--columns", "id,division_name", "--layout", layout];
        let ran = work.run(&[&["convert", "summary.json"][..], &named].concat());
        assert_eq!(ran.exits(0).stdout, "id,division_name\ne,\n");
    }
}

#[test]
fn a_summary_has_the_columns_of_all_its_inputs() {
    let work = Work::new();
    let entity = |rest: &str| format!(r#"{{"entities":[{{"id":"e",{rest}}}]}}"#);
    let metrics = r#""metrics":{"x":{"value":1,"unit":"s"}}"#;
    let division = format!(r#""division":{{"id":"d","name":"North"}},{metrics}"#);
    work.write("with.json", entity(&division));
    work.write("without.json", entity(metrics));
    let with = "e,d,North,x,1,s\n";
    let without = "e,,,x,1,s\n";
    for (inputs, rows) in [
        (["with.json", "without.json"], [with, without]),
        (["without.json", "with.json"], [without, with]),
    ] {
        let ran = work.run(&["convert", inputs[0], inputs[1]]).exits(0);
        let header = "id,division,division_name,metric,value,unit\n";
        assert_eq!(ran.stdout, header.to_owned() + &rows.concat());
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

#[test]
fn a_column_of_the_other_layout_is_named_with_its_layout() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    for (options, columns, layout) in [
        (&["-o", "t.xlsx"][..], "metric", "long"),
        (&["--layout", "wide"], "queueId,count", "long"),
        (&[], "nOffered_count,tHandle_sum", "wide"),
    ] {
        let run = ["convert", "a.json", "--columns", columns];
        let ran = work.run(&[&run[..], options].concat()).exits(2);
        let help = format!("help: add --layout {layout}, which has this column");
        assert!(ran.stderr.contains(&help), "{}", ran.stderr);
        let fixed = ["--layout", layout, "-t", "csv", "-o", "-"];
        work.run(&[&run[..], &fixed].concat()).exits(0);
    }
}

#[test]
fn rows_are_json_whatever_columns_are_asked_for() {
    let work = Work::new();
    let metrics = format!(r#"{OFFERED},{{"metric":"oServiceLevel","stats":{{"ratio":0.5}}}}"#);
    work.write("a.json", response("q", 8..10, &metrics));
    let names = [
        "queueId",
        "interval_start",
        "metric",
        "count",
        "sum",
        "ratio",
    ];
    for first in names {
        for second in names {
            let both = match first == second {
                true => first.to_owned(),
                false => format!("{first},{second}"),
            };
            for command in ["convert", "rollup"] {
                let run = [command, "-q", "a.json", "--columns", &both, "-t"];
                let lines = work.run(&[&run[..], &["ndjson"]].concat());
                let lines = lines.exits(0).stdout;
                let rows: Vec<serde_json::Value> = lines
                    .lines()
                    .map(|line| serde_json::from_str(line).expect(line))
                    .collect();
                let array = work.run(&[&run[..], &["json"]].concat()).exits(0).stdout;
                let array: serde_json::Value = serde_json::from_str(&array).expect(&array);
                assert_eq!(array, serde_json::Value::Array(rows), "{command} {both}");
            }
        }
    }
}
