//! Outputs: each is a file of its own, written completely or not at all, and a failure is said.

use std::process::Stdio;

use crate::work::{OFFERED, Work, response};

fn bad() -> String {
    response("r", 8..10, OFFERED).replacen("12", "\"12\"", 1)
}

fn inputs() -> Work {
    let work = Work::new();
    work.write("good.json", response("q", 8..9, OFFERED));
    work.write("bad.json", bad());
    work
}

const SKIP: [&str; 5] = ["convert", "good.json", "bad.json", "--on-error", "skip"];

#[test]
fn two_outputs_that_are_one_file_are_refused() {
    let work = inputs();
    work.write("there.csv", "old");
    let skip = |more: &[&str]| {
        let ran = work.run(&[&SKIP[..], more].concat()).exits(2);
        assert!(ran.stderr.contains("two outputs"), "{}", ran.stderr);
    };
    skip(&["-o", "new.csv", "--rejects", "new.csv"]);
    skip(&["-o", "new.csv", "--rejects", "./new.csv"]);
    skip(&["-o", "there.csv", "--rejects", "./there.csv"]);
    skip(&["--rejects", "-"]);
    skip(&["--per-file", "-o", "out", "--rejects", "./out/bad.csv"]);
    let validate = |more: &[&str]| {
        let ran = work.run(&[&["validate", "good.json"][..], more].concat());
        assert!(ran.exits(2).stderr.contains("two outputs"));
    };
    validate(&["--report", "json=a.json", "--report", "sarif=./a.json"]);
    validate(&["-o", "a.json", "--report", "sarif=a.json"]);
    validate(&["--fix", "-o", "a.json", "--report", "json=a.json"]);
    work.write("kept/other.json", "{}");
    validate(&["--fix", "-o", "kept/", "--report", "json=kept/good.json"]);
    assert!(!work.exists("new.csv") && !work.exists("out"));
    assert_eq!(work.read("there.csv"), b"old");
}

/// Lists, settings and baselines are read, too.
#[test]
fn no_file_that_a_run_reads_is_an_output() {
    let work = inputs();
    let run = ["validate", "bad.json", "--write-baseline", "known.json"];
    work.run(&run);
    work.write("list", "good.json\n");
    work.write("own.toml", "[validate]\nmax-shown = 3\n");
    let texts = ["known.json", "list", "own.toml"].map(|it| (it, work.read(it)));
    for run in [
        &[
            "validate",
            "bad.json",
            "--baseline",
            "known.json",
            "--report",
            "sarif=known.json",
        ][..],
        &["validate", "--files-from", "list", "--report", "junit=list"],
        &[
            "validate",
            "good.json",
            "--config",
            "own.toml",
            "--report",
            "json=own.toml",
        ],
        &["convert", "--files-from", "list", "-t", "csv", "-o", "list"],
        &["rollup", "--files-from", "list", "-t", "csv", "-o", "list"],
        &["report", "--files-from", "list", "-o", "list"],
        &["inspect", "--files-from", "list", "-o", "list"],
        &[
            "convert",
            "good.json",
            "--config",
            "own.toml",
            "-t",
            "csv",
            "-o",
            "own.toml",
        ],
    ] {
        let ran = work.run(run).exits(2);
        assert!(
            ran.stderr.contains("is also an input"),
            "{run:?}: {}",
            ran.stderr
        );
    }
    for (name, text) in texts {
        assert_eq!(work.read(name), text, "{name}");
    }
    // A baseline may be replaced by its next one.
    let next = [&run[..], &["--baseline", "known.json"]].concat();
    let said = work.run(&next).stderr;
    assert!(!said.contains("also an input"), "{said}");
}

/// An extension that a command does not write is refused, unless an option chose the format.
#[test]
fn an_unknown_extension_is_refused() {
    let work = inputs();
    for (command, chosen) in [
        ("convert", ["-t", "parquet"]),
        ("rollup", ["-t", "csv"]),
        ("report", ["--format", "csv"]),
        ("validate", ["--format", "json"]),
        ("inspect", ["--format", "json"]),
    ] {
        let run = [command, "good.json", "-o", "day.foo"];
        let ran = work.run(&run).exits(2);
        let words = format!("day.foo: {command} does not write `.foo`");
        assert!(ran.stderr.contains(&words), "{}", ran.stderr);
        assert!(!work.exists("day.foo"));
        work.run(&[&run[..], &chosen].concat()).exits(0);
        std::fs::remove_file(work.path("day.foo")).expect("the output");
        work.run(&[command, "good.json", "-o", "day"]).exits(0);
    }
}

#[cfg(unix)]
#[test]
fn links_are_the_file_they_lead_to() {
    use std::os::unix::fs::symlink;
    let work = inputs();
    work.write("there.csv", "old");
    std::fs::hard_link(work.path("there.csv"), work.path("hard.csv")).expect("a link");
    symlink("there.csv", work.path("soft.csv")).expect("a link");
    symlink("nowhere.csv", work.path("dangling.csv")).expect("a link");
    for (output, rejects) in [
        ("there.csv", "hard.csv"),
        ("soft.csv", "hard.csv"),
        ("dangling.csv", "nowhere.csv"),
    ] {
        let outputs = ["-o", output, "--rejects", rejects];
        let ran = work.run(&[&SKIP[..], &outputs].concat()).exits(2);
        assert!(ran.stderr.contains("two outputs"), "{}", ran.stderr);
    }
    // Standard output may lead to the file, too.
    let mut command = work.command(&[&SKIP[..], &["--rejects", "there.csv"]].concat());
    let file = std::fs::OpenOptions::new()
        .append(true)
        .open(work.path("there.csv"))
        .expect("open");
    let status = command
        .stdout(file)
        .stderr(Stdio::null())
        .status()
        .expect("ran");
    assert_eq!(status.code(), Some(2));
    assert_eq!(work.read("there.csv"), b"old");
    // Devices are no files.
    let null = ["-o", "/dev/null", "--rejects", "/dev/null"];
    work.run(&[&SKIP[..], &null].concat()).exits(0);
}

#[test]
fn what_cannot_be_read_is_not_skipped() {
    let work = inputs();
    work.write("there.csv", "old");
    for outputs in [
        &["-o", "there.csv", "--rejects", "r.ndjson"][..],
        &["--per-file", "-o", "out"],
    ] {
        let ran = work.run(&[&SKIP[..], &["missing.json"], outputs].concat());
        let ran = ran.exits(3);
        assert!(ran.stderr.contains("F001"), "{}", ran.stderr);
        assert!(ran.stderr.contains("nothing was written"));
    }
    assert_eq!(work.read("there.csv"), b"old");
    assert!(!work.exists("r.ndjson") && !work.exists("out"));
}

#[test]
fn skipped_causes_are_named_with_their_first_place_and_their_number() {
    let work = inputs();
    work.write(
        "worse.json",
        response("s", 8..11, OFFERED).replace("12", "\"12\""),
    );
    let arguments = [&SKIP[..], &["worse.json", "-o", "t.csv"]].concat();
    let ran = work.run(&arguments).exits(0);
    let line = ran
        .stderr
        .lines()
        .find(|line| line.starts_with("error[S001] wrong-type: bad.json:1:"))
        .unwrap_or_else(|| panic!("{}", ran.stderr));
    assert!(line.ends_with("(4 places)"), "{line}");
    assert!(ran.stderr.contains("4 bad parts left out"));
    assert!(ran.stderr.contains("help: --rejects FILE"));
    let ran = work.run(&[&arguments[..], &["--rejects", "r.ndjson"]].concat());
    assert!(!ran.exits(0).stderr.contains("--rejects"));
}

#[cfg(target_os = "linux")]
#[test]
fn rejects_that_cannot_be_written_keep_the_table_back() {
    let work = inputs();
    work.write("there.csv", "old");
    for output in [&["-o", "there.csv"][..], &["-o", "new.csv"], &["-o", "-"]] {
        let rejects = ["--rejects", "/dev/full"];
        let ran = work.run(&[&SKIP[..], output, &rejects].concat()).exits(3);
        assert!(ran.stdout.is_empty(), "{output:?}");
        assert!(ran.stderr.contains("/dev/full"), "{}", ran.stderr);
    }
    assert_eq!(work.names(), ["bad.json", "good.json", "there.csv"]);
    assert_eq!(work.read("there.csv"), b"old");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_a_failure() {
    let work = inputs();
    for arguments in [
        &["convert", "good.json"][..],
        &["validate", "bad.json"],
        &["report", "good.json"],
        &["inspect", "good.json"],
        &["--help"],
        &["convert", "--help"],
        &["--version"],
        &["completions", "bash"],
        &["man"],
        &["explain"],
        &["schema"],
        &["config"],
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("open");
        let output = work.command(arguments).stdout(full).output().expect("ran");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
        assert!(said.contains("cannot write standard output"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_closed_standard_output_is_a_failure() {
    let work = inputs();
    for arguments in [
        "convert good.json",
        "validate good.json",
        "report good.json",
        "--help",
        "--version",
        "completions bash",
        "schema",
        "explain S001",
    ] {
        let script = format!("{} {arguments} >&-", env!("CARGO_BIN_EXE_gcagg"));
        let output = shell(&work, &script);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{arguments}: {said}");
        assert!(said.contains("standard output: it is closed"), "{said}");
    }
    // Who writes to a file needs no standard output, and the null device is not closed.
    for end in ["-o t.csv >&-", ">/dev/null", "</dev/null >/dev/null 2>&-"] {
        let script = format!("{} convert good.json {end}", env!("CARGO_BIN_EXE_gcagg"));
        assert_eq!(shell(&work, &script).status.code(), Some(0), "{end}");
    }
}

#[cfg(unix)]
fn shell(work: &Work, script: &str) -> std::process::Output {
    let mut command = std::process::Command::new("sh");
    command.current_dir(work.path(".")).args(["-c", script]);
    command.output().expect("ran")
}

#[cfg(unix)]
#[test]
fn the_limit_on_file_sizes_is_a_failure_without_leftovers() {
    let work = inputs();
    work.write("there.csv", "old");
    let long = "q".repeat(300_000);
    work.write("long.json", response(&long, 8..12, OFFERED));
    let script = format!(
        "ulimit -f 64; {} convert long.json -o there.csv",
        env!("CARGO_BIN_EXE_gcagg")
    );
    let output = shell(&work, &script);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("cannot write there.csv"), "{said}");
    assert_eq!(work.read("there.csv"), b"old");
    assert_eq!(
        work.names(),
        ["bad.json", "good.json", "long.json", "there.csv"]
    );
}

#[test]
fn what_a_killed_run_left_is_swept_by_the_next_one() {
    let work = inputs();
    work.write("out/.t.csv.aB3dE6.tmp", "half");
    work.write("out/.other.csv.aB3dE6.tmp", "half");
    work.write("out/.t.csv.notes.tmp", "a user's own");
    work.run(&["convert", "good.json", "-o", "out/t.csv"])
        .exits(0);
    let left = |name: &str| work.exists(&format!("out/{name}"));
    assert!(left("t.csv") && !left(".t.csv.aB3dE6.tmp"));
    assert!(left(".other.csv.aB3dE6.tmp") && left(".t.csv.notes.tmp"));
}

#[test]
fn a_table_without_rows_says_that_earlier_files_stay() {
    let work = Work::new();
    work.write("day.json", response("q", 8..10, OFFERED));
    work.write("empty.json", r#"{"results":[]}"#);
    let lake = [
        "--columns",
        "all",
        "--dims",
        "queueId",
        "--partition-by",
        "date",
    ];
    let run = |input: &str| {
        let all = [&["convert", input], &lake[..], &["-t", "csv", "-o", "lake"]].concat();
        work.run(&all).exits(0).stderr
    };
    let words = "no file was written, because the table has no rows: earlier files stay in lake";
    assert!(!run("day.json").contains(words));
    let said = run("empty.json");
    assert!(said.contains(words), "{said}");
    assert!(work.exists("lake/date=2026-03-02/gcagg.csv"));
}

/// Another name of the same file: a hard link.
#[cfg(unix)]
#[test]
fn a_hard_link_of_an_input_is_no_output() {
    let work = inputs();
    let text = work.read("good.json");
    std::fs::hard_link(work.path("good.json"), work.path("link.json")).expect("linked");
    for run in [
        &["convert", "good.json", "-t", "json", "-o", "link.json"][..],
        &[
            "convert",
            "good.json",
            "--on-error",
            "skip",
            "--rejects",
            "link.json",
        ],
        &["rollup", "good.json", "-o", "link.json"],
        &["report", "good.json", "-o", "link.json"],
        &["validate", "good.json", "-o", "link.json"],
        &["inspect", "good.json", "-o", "link.json"],
        &["validate", "good.json", "--fix", "-o", "link.json"],
    ] {
        let said = work.run(run).exits(2).stderr;
        assert!(
            said.contains("link.json is also an input"),
            "{run:?}: {said}"
        );
        assert_eq!(work.read("link.json"), text);
    }
    // It is an output of a run that does not read this file.
    work.write("other.json", &text);
    work.run(&["convert", "other.json", "-t", "json", "-o", "link.json"])
        .exits(0);
    assert_ne!(work.read("link.json"), text);
    assert_eq!(work.read("good.json"), text);
}

#[test]
fn a_schema_is_no_output() {
    let work = inputs();
    work.write("own.json", r#"{"type":"object"}"#);
    let run = ["validate", "good.json", "--schema", "own.json"];
    let is_input = "own.json is also an input";
    for (option, value, words) in [
        ("--report", "json=own.json", is_input),
        ("-o", "own.json", is_input),
        ("--write-baseline", "own.json", "is not a baseline"),
    ] {
        let said = work.run(&[&run[..], &[option, value]].concat());
        let said = said.exits(2).stderr;
        assert!(said.contains(words), "{said}");
        assert_eq!(work.read("own.json"), br#"{"type":"object"}"#);
    }
}
