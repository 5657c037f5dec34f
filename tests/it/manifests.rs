//! `--manifest` describes a run, and `verify` compares its outputs with its inputs.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

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
        "xlsx",
    ] {
        for options in [
            &[][..],
            &[
                "--layout",
                "wide",
                "--durations",
                "hms",
                "--timezone",
                "Europe/Berlin",
            ],
            &["--layout", "wide", "--sheet-by", "mediaType"],
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
            let is_thorough = matches!(format, "csv" | "parquet" | "xlsx");
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

/// Puts another file in the place of an output, as if the run had written it.
pub fn swap(work: &Work, output: &str, other: &str) {
    let bytes = work.read(other);
    let hash: String = Sha256::digest(&bytes)
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect();
    work.write(output, &bytes);
    let mut manifest = manifest(work);
    let outputs = manifest["outputs"].as_array_mut().expect("outputs");
    let own = outputs.iter_mut().find(|it| it["path"] == output);
    let own = own.expect("the output");
    own["sha256"] = json!(hash);
    own["bytes"] = json!(bytes.len());
    work.write("run.json", manifest.to_string());
}

/// Two days of two queues; `figure` is one of the counts.
fn days(work: &Work, folder: &str, figure: u32) {
    std::fs::create_dir_all(work.path(folder)).expect("a folder");
    let metrics = format!(
        r#"{{"metric":"nOffered","stats":{{"count":{figure}}}}},{{"metric":"tHandle","stats":{{"count":2,"sum":61500,"max":43200}}}}"#
    );
    let day = response("q1", 8..11, &metrics);
    work.write(&format!("{folder}/1.json"), &day);
    work.write(
        &format!("{folder}/2.json"),
        day.replace("2026-03-02", "2026-03-03"),
    );
}

#[test]
fn outputs_of_every_kind_are_compared_and_a_changed_figure_is_named() {
    for (command, output, named) in [
        (
            &["convert", "-o"][..],
            "t.xlsx",
            "column `nOffered_count`: the input has 7, the file has 8",
        ),
        (
            &["convert", "--sheet-by", "queueId", "-o"],
            "t.xlsx",
            "row 1, column `nOffered_count`",
        ),
        (
            &["convert", "-o"],
            "t.csv",
            "row 1, column `count`: the input has 7, the file has 8",
        ),
        (
            &["rollup", "--every", "1d", "-o"],
            "r.json",
            "row 1, column `count`: the input has 21, the file has 24",
        ),
        (
            &["rollup", "--every", "1d", "-o"],
            "r.parquet",
            "the input has 21, the file has 24",
        ),
        (
            &["rollup", "--every", "1d", "--kpi", "-o"],
            "r.xlsx",
            "column `Offered`: the input has 21, the file has 24",
        ),
        (&["report", "-o"], "r.html", "the inputs give"),
        (&["report", "-o"], "r.xlsx", "Summary, row"),
        (&["report", "-o"], "r.json", "the inputs give"),
        (&["report", "-o"], "r.csv", "line 2: the inputs give"),
        (&["report", "-o"], "r.md", "the inputs give"),
        (
            &["report", "--format", "text", "-o"],
            "r.txt",
            "the inputs give",
        ),
    ] {
        let work = Work::new();
        days(&work, "in", 7);
        days(&work, "other", 8);
        let (name, rest) = command.split_first().expect("a command");
        let run = |folder: &str, output: &str| {
            let all = [
                &[*name, folder, "-q"],
                rest,
                &[output],
                &["--manifest", "run.json"],
            ]
            .concat();
            work.run(&all).exits(0);
        };
        let other = format!("other-{output}");
        run("other", &other);
        run("in", output);
        let ran = work.run(&["verify", "run.json"]);
        assert_eq!(
            ran.code,
            Some(0),
            "{command:?} {output}: {}{}",
            ran.stdout,
            ran.stderr
        );
        swap(&work, output, &other);
        let ran = work.run(&["verify", "run.json"]);
        assert_eq!(ran.code, Some(1), "{command:?} {output}: {}", ran.stdout);
        assert!(
            ran.stdout.contains(named),
            "{command:?} {output}: {}",
            ran.stdout
        );
        // Sums of the inputs are no comfort for an output that differs.
        assert!(!ran.stdout.contains("the sums of all"), "{}", ran.stdout);
    }
}

#[test]
fn several_files_are_described_and_compared() {
    let work = Work::new();
    days(&work, "in", 7);
    days(&work, "other", 8);
    for (options, output, files) in [
        (&["--per-file"][..], "t", &["t/1.csv", "t/2.csv"][..]),
        (
            &["--partition-by", "date"],
            "lake",
            &[
                "lake/date=2026-03-02/gcagg.csv",
                "lake/date=2026-03-03/gcagg.csv",
            ],
        ),
        (
            &["--partition-by", "date,queueId", "-t", "parquet"],
            "lake2",
            &[
                "lake2/date=2026-03-02/queueId=q1/gcagg.parquet",
                "lake2/date=2026-03-03/queueId=q1/gcagg.parquet",
            ],
        ),
    ] {
        let run = |folder: &str, output: &str| {
            let run = [
                "convert",
                folder,
                "-q",
                "-o",
                output,
                "--manifest",
                "run.json",
            ];
            work.run(&[&run[..], options].concat()).exits(0);
        };
        let other = format!("other-{output}");
        run("other", &other);
        run("in", output);
        let manifest = manifest(&work);
        let outputs = manifest["outputs"].as_array().expect("outputs");
        let paths: Vec<&str> = outputs
            .iter()
            .filter_map(|it| it["path"].as_str())
            .collect();
        assert_eq!(paths, files);
        for output in outputs {
            assert_eq!(output["rows"], 6, "{output}");
            assert_eq!(output["columns"].is_array(), options == ["--per-file"]);
        }
        let ran = work.run(&["verify", "run.json"]);
        assert_eq!(
            ran.code,
            Some(0),
            "{options:?}: {}{}",
            ran.stdout,
            ran.stderr
        );
        assert!(
            ran.stdout.contains("every figure is accounted for"),
            "{}",
            ran.stdout
        );
        swap(&work, files[1], &format!("other-{}", files[1]));
        let ran = work.run(&["verify", "run.json"]).exits(1);
        let words = "the input has 7, the file has 8";
        assert!(ran.stdout.contains(words), "{options:?}: {}", ran.stdout);
    }
}

#[test]
fn a_preset_and_a_rollup_of_part_of_the_data_are_compared() {
    let work = Work::new();
    let quarter = r#"{"results":[{"group":{"queueId":"q1","mediaType":"voice"},"data":[{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:15:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":7}},{"metric":"tHandle","stats":{"count":7,"sum":60000}}]}]}]}"#;
    work.write("a.json", quarter);
    work.write("b.json", quarter.replace("60000", "70000"));
    work.write("names.csv", "id,name\nq1,Billing\n");
    let preset = [
        "--preset",
        "wfm-import",
        "--names",
        "names.csv",
        "--manifest",
        "run.json",
        "-q",
    ];
    work.run(&[&["convert", "b.json", "-o", "other.csv"], &preset[..]].concat())
        .exits(0);
    work.run(&[&["convert", "a.json", "-o", "h.csv"], &preset[..]].concat())
        .exits(0);
    work.run(&["verify", "run.json"]).exits(0);
    swap(&work, "h.csv", "other.csv");
    let ran = work.run(&["verify", "run.json"]).exits(1);
    assert!(
        ran.stdout.contains("line 2: the inputs give"),
        "{}",
        ran.stdout
    );
    // Sums that differ from those of the inputs have a reason.
    let rollup = [
        "rollup",
        "a.json",
        "-q",
        "-o",
        "r.json",
        "--manifest",
        "run.json",
    ];
    let all = work.run(&rollup).exits(0);
    drop(all);
    let ran = work.run(&["verify", "run.json"]).exits(0);
    let words = "the sums of all figures are those of the inputs";
    assert!(ran.stdout.contains(words), "{}", ran.stdout);
    work.run(&[&rollup[..], &["--metric", "nOffered"]].concat())
        .exits(0);
    let ran = work.run(&["verify", "run.json"]).exits(0);
    assert!(
        ran.stdout
            .contains("2 sums of figures differ from the inputs: filtered"),
        "{}",
        ran.stdout
    );
}

#[test]
#[cfg(target_os = "linux")]
fn inputs_that_cannot_be_read_are_no_bad_data() {
    let work = Work::new();
    let input = sample("queue-day.json");
    let convert = ["convert", "-q", &input, "-o", "t.csv"];
    work.run(&[&convert[..], &["--manifest", "run.json"]].concat())
        .exits(0);
    for files in 4..12 {
        let line = format!("ulimit -n {files}; exec \"$0\" verify run.json");
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &line, env!("CARGO_BIN_EXE_gcagg")]);
        let output = command.current_dir(work.path(".")).output().expect("ended");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            matches!(output.status.code(), Some(0 | 3)),
            "{files} files: {:?} {said}",
            output.status
        );
    }
}
