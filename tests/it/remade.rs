//! `verify` makes the manifest again, with the settings of the run.

use crate::verified::verified_after;
use crate::work::{OFFERED, Work, response};

#[test]
fn an_input_that_cannot_be_read_again_is_not_called_verified() {
    let work = Work::new();
    let document = response("q", 8..10, OFFERED);
    for command in ["convert", "rollup", "report"] {
        let run = [command, "-", "-q", "-o", "t.csv", "--manifest", "run.json"];
        work.pipe(&run, document.as_bytes()).exits(0);
        let ran = work.run(&["verify", "run.json"]).exits(3);
        let words = "the outputs are not verified: standard input was an input, and it cannot be read again";
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        let help = format!("gcagg {command} response.json --manifest run.json");
        assert!(ran.stderr.contains(&help), "{}", ran.stderr);
        // A changed output is named all the same.
        work.write("t.csv", "a\n1\n");
        let ran = work.run(&["verify", "run.json"]).exits(3);
        assert!(ran.stdout.contains("t.csv has changed"), "{}", ran.stdout);
    }
}

#[test]
#[cfg(unix)]
fn a_pipe_has_no_hash() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    let line = "mkfifo pipe && (cat a.json > pipe &) && \
        \"$0\" convert pipe -q -o t.csv --manifest run.json && \"$0\" verify run.json";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", line, env!("CARGO_BIN_EXE_gcagg")]);
    let output = command.current_dir(work.path(".")).output().expect("ended");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("not verified: pipe was an input"), "{said}");
}

/// Changes the manifest, and returns the lines of a verification that fails.
fn tampered(work: &Work, change: impl Fn(&mut serde_json::Value)) -> String {
    let original = work.read("run.json");
    let mut manifest = serde_json::from_slice(&original).expect("JSON");
    change(&mut manifest);
    work.write("run.json", manifest.to_string());
    let ran = work.run(&["verify", "run.json"]);
    let said = ran.stdout + &ran.stderr;
    assert_eq!(ran.code, Some(1), "{manifest}: {said}");
    work.write("run.json", original);
    work.run(&["verify", "run.json"]).exits(0);
    said
}

#[test]
fn a_manifest_without_its_outputs_is_an_error() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    for run in [
        &["convert", "a.json", "-o", "t.parquet"][..],
        &["convert", "a.json", "-o", "t", "--per-file"],
        &["convert", "a.json", "-o", "t", "--partition-by", "queueId"],
        &["rollup", "a.json", "-o", "t.json"],
        &["report", "a.json", "-o", "t.html"],
    ] {
        let run = [run, &["-q", "--manifest", "run.json"]].concat();
        work.run(&run).exits(0);
        tampered(&work, |manifest| {
            manifest["outputs"] = serde_json::json!([])
        });
        let _ = std::fs::remove_dir_all(work.path("t"));
    }
}

#[test]
fn every_part_of_a_manifest_is_compared() {
    use serde_json::{Value, json};
    let quarter = response("q", 8..9, OFFERED).replace("T09:00", "T08:15");
    let quarter = quarter.replace(r#""queueId""#, r#""mediaType":"voice","queueId""#);
    for run in [
        &["convert", "in", "-o", "t.csv", "--limit", "1"][..],
        &["convert", "in", "-o", "t.parquet", "--metric", "tHandle"],
        &["convert", "in", "-o", "t", "--per-file"],
        &["convert", "in", "-o", "t", "--partition-by", "queueId"],
        &[
            "convert",
            "in",
            "-o",
            "t.csv",
            "--names",
            "names.csv",
            "--preset",
            "wfm-import",
        ],
        &["rollup", "in", "-o", "t.json", "--metric", "nOffered"],
        &["rollup", "in", "-o", "t.xlsx", "--limit", "1"],
        &[
            "rollup",
            "in",
            "-o",
            "t",
            "--partition-by",
            "queueId",
            "-t",
            "csv",
        ],
        &["report", "in", "-o", "t.html", "-o", "t.csv"],
    ] {
        let work = Work::new();
        let talk = r#"{"metric":"tHandle","stats":{"count":2,"sum":4000}}"#;
        work.write(
            "in/a.json",
            quarter.replace(OFFERED, &format!("{OFFERED},{talk}")),
        );
        work.write("in/b.json", quarter.replace(r#""q""#, r#""r""#));
        work.write("names.csv", "id,name\nq,Billing\nr,Sales\n");
        verified_after(&work, run, || {});
        let manifest: Value = serde_json::from_slice(&work.read("run.json")).expect("JSON");
        for (place, value) in [
            ("/command", json!("convert-all")),
            ("/documents", json!(3)),
            ("/inputs/0/documents", json!(2)),
            ("/inputs/1/rows", json!(9)),
            ("/left_out/0/count", json!(9)),
            ("/left_out/0/reason", json!("lost")),
            ("/columns/0/name", json!("other")),
            ("/columns/0/type", json!("integer")),
            ("/outputs/0/rows", json!(9)),
            ("/outputs/1/columns/0/type", json!("integer")),
        ] {
            if manifest.pointer(place).is_none() {
                continue;
            }
            let said = tampered(&work, |manifest| {
                *manifest.pointer_mut(place).expect("a place") = value.clone();
            });
            assert!(
                said.contains(&format!("the manifest has `{value}` at {place}")),
                "{said}"
            );
        }
        let said = tampered(&work, |manifest| {
            manifest["left_out"] = json!([{"what":"rows"}])
        });
        assert!(said.contains("/left_out/0"), "{said}");
        let said = tampered(&work, |manifest| manifest["by"] = json!("me"));
        assert!(said.contains("the manifest has `\"me\"` at /by"), "{said}");
        let said = tampered(&work, |manifest| manifest["inputs"][0]["bytes"] = json!(1));
        assert!(said.contains("a.json has changed"), "{said}");
        // Rows of two files whose sum is right.
        if manifest["outputs"][1]["rows"].is_u64() {
            let said = tampered(&work, |manifest| {
                for (at, rows) in [(0, 0_u64), (1, 99)] {
                    manifest["outputs"][at]["rows"] = json!(rows);
                }
            });
            assert!(said.contains("/outputs/0/rows"), "{said}");
        }
    }
}

#[test]
fn settings_of_another_folder_have_no_effect() {
    let work = Work::new();
    let twice = response("q", 8..10, OFFERED);
    work.write("a.json", format!("{twice}\n{twice}"));
    let settings = "deny = [\"M001\"]\n[convert]\nrepeats = \"same\"\nlayout = \"wide\"\n";
    for (own, later) in [
        ("", settings),
        (settings, ""),
        (settings, "[convert]\nlimit = 1\n"),
    ] {
        work.write("gcagg.toml", own);
        let run = ["convert", "a.json", "-o", "t.csv"];
        let repeats: &[&str] = if own.is_empty() {
            &["--repeats", "same"]
        } else {
            &[]
        };
        verified_after(&work, &[&run[..], repeats].concat(), || {
            work.write("gcagg.toml", later)
        });
    }
    // A severity of the settings decides which parts are bad.
    let odd = r#"{"metric":"nOffered","stats":{"count":2,"sum":4}},{"metric":"tHandle","stats":{"count":2,"sum":4}}"#;
    work.write("a.json", response("q", 8..10, odd));
    let run = ["convert", "a.json", "-o", "t.csv", "--on-error", "skip"];
    for (own, later) in [
        ("deny = [\"warnings\"]\n", ""),
        ("", "deny = [\"warnings\"]\n"),
    ] {
        work.write("gcagg.toml", own);
        verified_after(&work, &run, || work.write("gcagg.toml", later));
    }
    let manifest: serde_json::Value = serde_json::from_slice(&work.read("run.json")).expect("JSON");
    assert!(manifest["levels"].is_null(), "{manifest}");
    work.write("gcagg.toml", "deny = [\"warnings\"]\n");
    verified_after(&work, &run, || {});
    let manifest: serde_json::Value = serde_json::from_slice(&work.read("run.json")).expect("JSON");
    assert_eq!(manifest["levels"]["deny"][0], "warnings");
    // Limits are those of the run.
    work.write("gcagg.toml", "");
    work.write("a.json", response(&"q".repeat(17 << 20), 8..9, OFFERED));
    let long = ["convert", "a.json", "-o", "t.csv", "--max-token", "18MiB"];
    verified_after(&work, &long, || {});
}

#[test]
#[cfg(target_os = "linux")]
fn a_name_that_is_not_text_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let work = Work::new();
    let name = std::ffi::OsStr::from_bytes(b"a\xff.json");
    std::fs::create_dir(work.path("in")).expect("a folder");
    std::fs::write(work.path("in").join(name), response("q", 8..10, OFFERED)).expect("written");
    let run = ["convert", "in", "-o", "t.csv", "--manifest", "run.json"];
    let ran = work.run(&run).exits(2);
    assert!(
        ran.stderr.contains("is not UTF-8, and a manifest is JSON"),
        "{}",
        ran.stderr
    );
    assert!(!work.exists("t.csv") && !work.exists("run.json"));
    work.run(&run[..4]).exits(0);
}
