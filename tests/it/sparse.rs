//! Tables that are nearly empty: their cost grows with what is in them, or they are refused.

use crate::memory::within;
use crate::work::Work;

const INTERVAL: &str = "2026-03-01T00:00:00.000Z/2026-03-01T00:15:00.000Z";

fn response(containers: impl Iterator<Item = (String, String)>) -> String {
    let containers = containers.map(|(group, metric)| {
        format!(
            r#"{{"group":{{{group}}},"data":[{{"interval":"{INTERVAL}","metrics":[{{"metric":"{metric}","stats":{{"count":1}}}}]}}]}}"#
        )
    });
    let containers: Vec<String> = containers.collect();
    format!(r#"{{"results":[{}]}}"#, containers.join(","))
}

/// Groups with a metric of their own each: as many columns as rows in the wide layout.
fn metrics(groups: usize) -> String {
    response((0..groups).map(|at| (format!(r#""queueId":"q{at}""#), format!("tX{at}"))))
}

/// Groups with a dimension of their own each: as many columns as rows in both layouts.
fn dimensions(groups: usize) -> String {
    response((0..groups).map(|at| (format!(r#""d{at}":"v""#), "nOffered".to_owned())))
}

#[test]
#[cfg(target_os = "linux")]
fn memory_follows_the_cells_that_have_a_value() {
    let work = Work::new();
    work.write("metrics.json", metrics(6000));
    work.write("dimensions.json", dimensions(6000));
    for input in ["metrics.json", "dimensions.json"] {
        for output in ["t.xlsx", "t.ndjson", "t.json"] {
            let all = [
                "convert",
                "-q",
                "-j1",
                "--allow=all",
                "--layout=wide",
                input,
            ];
            for more in [&[][..], &["--sort=interval_start"]] {
                // One cell of 36 million in one byte would fit; in a few bytes it does not.
                let all = [&all[..], &["-o", output], more].concat();
                within(&work, 260_000, &all).exits(0);
                assert!(work.read(output).len() < 2 << 20, "{input} {output}");
            }
        }
    }
}

#[test]
fn tables_of_empty_cells_are_refused_before_anything_is_written() {
    let work = Work::new();
    work.write("metrics.json", metrics(5000));
    work.write("dimensions.json", dimensions(5000));
    for (input, layout, help) in [
        ("metrics.json", "wide", "--layout long"),
        ("dimensions.json", "long", "--dims"),
    ] {
        for output in ["t.csv", "t.tsv.gz", "t.parquet", "t.arrow", "t.ndjson"] {
            let all = ["convert", "-q", "--allow=all", input, "-o", output];
            let more = ["--layout", layout];
            let ndjson = output == "t.ndjson";
            // Every key is written where the columns are fixed.
            let more = [&more[..], if ndjson { &["--columns=all"] } else { &[] }].concat();
            let ran = work.run(&[&all[..], &more].concat()).exits(2);
            let said = &ran.stderr;
            assert!(said.contains("5000 rows") && said.contains(help), "{said}");
            assert!(said.contains("of its cells are empty"), "{said}");
            assert!(!work.exists(output), "{output}");
        }
    }
    let long = ["convert", "-q", "--allow=all", "metrics.json", "-o"];
    work.run(&[&long[..], &["t.csv"]].concat()).exits(0);
    // A few rows of it are no such table.
    let few = ["t.csv", "--layout=wide", "--limit=10"];
    work.run(&[&long[..], &few].concat()).exits(0);
}

#[test]
#[cfg(target_os = "linux")]
fn reports_grow_with_what_is_in_them() {
    let work = Work::new();
    for (name, input) in [
        ("metrics", metrics as fn(usize) -> String),
        ("dimensions", dimensions),
    ] {
        for format in ["json", "md", "txt", "html"] {
            let size = |groups: usize| {
                work.write("a.json", input(groups));
                let output = format!("r.{format}");
                let all = [
                    "report",
                    "-q",
                    "-j1",
                    "--allow=all",
                    "a.json",
                    "-o",
                    &output,
                ];
                within(&work, 220_000, &all).exits(0);
                work.read(&output).len()
            };
            let (small, large) = (size(1000), size(2000));
            assert!(
                large < small * 5 / 2,
                "{name} {format}: {small} and {large} bytes"
            );
        }
    }
}

#[test]
fn groups_with_many_dimensions_are_named_by_those_that_they_have() {
    let work = Work::new();
    work.write("few.json", dimensions(3));
    work.write("many.json", dimensions(40));
    let rows = |input: &str| -> Vec<serde_json::Value> {
        let all = ["report", "-q", "--allow=all", input, "--format", "json"];
        let report = work.run(&all).exits(0).stdout;
        let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        report["rows"].as_array().expect("rows").clone()
    };
    let few = rows("few.json");
    assert_eq!(few[1]["name"], "(none) · v · (none)");
    assert_eq!(
        few[1]["group"],
        serde_json::json!({"d0": null, "d1": "v", "d2": null})
    );
    let many = rows("many.json");
    assert_eq!(many.len(), 40);
    let of = |name: &str| many.iter().find(|row| row["name"] == name).expect("a row");
    assert_eq!(of("d7: v")["group"], serde_json::json!({"d7": "v"}));
}

#[test]
fn a_sheet_has_so_many_columns() {
    let work = Work::new();
    work.write("a.json", metrics(16_400));
    let all = ["convert", "-q", "--allow=all", "a.json", "-o", "t.xlsx"];
    let ran = work.run(&all).exits(2);
    let said = &ran.stderr;
    assert!(said.contains("16384 columns"), "{said}");
    assert!(said.contains("--layout long"), "{said}");
    assert!(!work.exists("t.xlsx"));
}
