//! `--manifest` describes a run, and `verify` compares its outputs with its inputs.

use serde_json::Value;

use crate::work::{OFFERED, Work, response, sample};

fn manifest(work: &Work) -> Value {
    serde_json::from_slice(&work.read("run.json")).expect("JSON")
}

#[test]
fn a_manifest_has_inputs_outputs_columns_and_what_was_left_out() {
    let work = Work::new();
    let input = sample("queue-day.json");
    work.run(&[
        "convert",
        &input,
        "--metric",
        "tHandle",
        "-o",
        "t.parquet",
        "--manifest",
        "run.json",
    ])
    .exits(0);
    let manifest = manifest(&work);
    assert_eq!(manifest["command"], "convert");
    assert_eq!(manifest["documents"], 1);
    let (inputs, outputs) = (&manifest["inputs"], &manifest["outputs"]);
    let text = std::fs::read(&input).expect("the input");
    assert_eq!(inputs[0]["bytes"], text.len());
    assert_eq!(inputs[0]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(inputs[0]["rows"], 303);
    assert_eq!(outputs[0]["path"], "t.parquet");
    assert_eq!(outputs[0]["bytes"], work.read("t.parquet").len());
    let rows = outputs[0]["rows"].as_u64().expect("rows");
    let left_out = &manifest["left_out"][0];
    assert_eq!(left_out["reason"], "filtered");
    assert_eq!(left_out["count"].as_u64().map(|it| it + rows), Some(303));
    let columns = manifest["columns"].as_array().expect("columns");
    let sum = columns.iter().find(|it| it["name"] == "sum").expect("sum");
    assert_eq!(sum["type"], "integer");
    let words = manifest["arguments"].as_array().expect("words");
    assert!(words.iter().any(|it| it == "tHandle"));
    for (command, output) in [("rollup", "r.json"), ("report", "r.html")] {
        let run = [command, &input, "-o", output, "--manifest", "run.json"];
        work.run(&run).exits(0);
        work.run(&["verify", "run.json"]).exits(0);
    }
    for arguments in [
        &["--manifest", "run.json"][..],
        &["--manifest", "run.json", "-o", "run.json"],
        &[
            "--manifest",
            "run.json",
            "--partition-by",
            "date",
            "-o",
            "lake",
        ],
    ] {
        work.run(&[&["convert", &input], arguments].concat())
            .exits(2);
    }
}

#[test]
fn outputs_of_every_format_are_compared_cell_by_cell() {
    let input = sample("queue-day.json");
    let presence = sample("user-presence.json");
    for format in [
        "csv",
        "tsv",
        "ndjson",
        "json",
        "parquet",
        "arrow",
        "csv.gz",
        "ndjson.zst",
    ] {
        for options in [
            &[][..],
            &["--layout", "wide", "--durations", "s"],
            &["--metric", "t*", "--columns", "metric,count,sum,p95"],
            &[
                "--columns",
                "all",
                "--dims",
                "mediaType",
                "--sort",
                "metric",
                "--limit",
                "50",
            ],
            &["--layout", "wide", "--kpi", "--where", "mediaType=voice"],
        ] {
            let work = Work::new();
            let name = format!("t.{format}");
            // The other formats share their parts with these.
            let is_thorough = matches!(format, "csv" | "parquet");
            if !is_thorough && !options.is_empty() {
                continue;
            }
            for input in [&input, &presence] {
                let run = [
                    "convert",
                    input,
                    "-q",
                    "-o",
                    &name,
                    "--manifest",
                    "run.json",
                ];
                let ran = work.run(&[&run[..], options].concat());
                if ran.code != Some(0) {
                    continue;
                }
                let ran = work.run(&["verify", "run.json"]);
                assert_eq!(
                    ran.code,
                    Some(0),
                    "{format} {options:?}: {}",
                    ran.stdout + &ran.stderr
                );
                let words = "every figure is accounted for";
                assert!(ran.stdout.contains(words), "{}", ran.stdout);
            }
        }
    }
}

#[test]
fn differences_have_names() {
    let work = Work::new();
    work.write("a.json", response("q", 8..12, OFFERED));
    work.write(
        "b.json",
        response(
            "q",
            12..14,
            r#"{"metric":"tHandle","stats":{"count":2,"sum":null,"max":1.50}}"#,
        ),
    );
    let run = [
        "convert",
        "a.json",
        "b.json",
        "-o",
        "t.csv",
        "--manifest",
        "run.json",
    ];
    work.run(&[&run[..], &["--metric", "tHandle"]].concat())
        .exits(0);
    let ran = work.run(&["verify", "run.json"]).exits(0);
    for words in [
        "8 figures in the inputs",
        "4 figures filtered",
        "2 figures null",
    ] {
        assert!(ran.stdout.contains(words), "{}", ran.stdout);
    }
    // A bad part is named, too.
    work.write(
        "bad.json",
        response("r", 8..9, r#"{"metric":"tHandle","stats":{"count":"x"}}"#),
    );
    let skip = [
        "convert",
        "a.json",
        "bad.json",
        "--on-error",
        "skip",
        "-o",
        "t.csv",
    ];
    work.run(&[&skip[..], &["--manifest", "run.json"]].concat())
        .exits(0);
    let ran = work.run(&["verify", "run.json"]).exits(0);
    assert!(
        ran.stdout.contains("rejected with bad parts"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_has_changed_is_said() {
    let work = Work::new();
    work.write("a.json", response("q", 8..12, OFFERED));
    let run = ["convert", "a.json", "-o", "t.csv", "--manifest", "run.json"];
    work.run(&run).exits(0);
    // A cell of the file differs, and the manifest was told so.
    let text = String::from_utf8(work.read("t.csv")).expect("text");
    work.write("t.csv", text.replacen(",12\n", ",13\n", 1));
    let ran = work.run(&["verify", "run.json"]).exits(1);
    assert!(
        ran.stdout.contains("t.csv has changed since"),
        "{}",
        ran.stdout
    );
    work.run(&run).exits(0);
    work.write("a.json", response("q", 8..11, OFFERED));
    let ran = work.run(&["verify", "run.json"]).exits(1);
    assert!(
        ran.stdout.contains("a.json has changed since"),
        "{}",
        ran.stdout
    );
    let ran = work.run(&["verify", "a.json"]).exits(1);
    assert!(ran.stderr.contains("no manifest"), "{}", ran.stderr);
    work.run(&["verify", "none.json"]).exits(3);
}
