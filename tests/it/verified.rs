//! `verify` compares as exactly as a format keeps its cells, and gives the reasons that apply.

use crate::manifests::swap;
use crate::work::{OFFERED, Work, response};

#[test]
fn times_are_compared_as_instants_and_as_text_where_a_format_keeps_the_text() {
    for (start, end) in [
        ("2026-03-02T08:00:00Z", "2026-03-02T08:30:00Z"),
        ("2026-03-02T08:00:00.000Z", "2026-03-02T08:30:00.000Z"),
        ("2026-03-02T08:00:00+00:00", "2026-03-02T08:30:00+00:00"),
        ("2026-03-02T10:00:00+0200", "2026-03-02T10:30:00+0200"),
        ("2026-03-02T03:00:00-05:00", "2026-03-02T03:30:00-05:00"),
        ("2026-03-02T08:00:00", "2026-03-02T08:30:00"),
        ("2026-03-02T08:00Z", "2026-03-02T08:30Z"),
        ("2026-03-02t08:00:00z", "2026-03-02t08:30:00z"),
        (
            "2026-03-02T08:00:00.123456789Z",
            "2026-03-02T08:30:00.9999Z",
        ),
    ] {
        let work = Work::new();
        let plain = "2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z";
        let document = response("q", 8..9, OFFERED);
        work.write("a.json", document.replace(plain, &format!("{start}/{end}")));
        for (output, more) in [
            ("t.csv", &[][..]),
            ("t.ndjson", &[]),
            ("t.parquet", &[]),
            ("t.arrow", &[]),
            ("t.xlsx", &[]),
            ("t.csv", &["--excel"]),
            ("t.csv", &["--timezone", "Europe/Berlin"]),
            ("t.xlsx", &["--timezone", "Europe/Berlin"]),
            ("lake", &["-t", "parquet", "--partition-by", "date"]),
        ] {
            let run = ["convert", "a.json", "-q", "--manifest", "run.json"];
            work.run(&[&run[..], &["-o", output], more].concat())
                .exits(0);
            let ran = work.run(&["verify", "run.json"]);
            let said = ran.stdout.clone() + &ran.stderr;
            assert_eq!(ran.code, Some(0), "{start} {output} {more:?}: {said}");
            assert!(
                !output.ends_with("csv") || !said.contains("another form"),
                "{said}"
            );
        }
    }
    // The same instants in another spelling, and other instants.
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    let other = response("q", 8..9, OFFERED).replace(":00.000Z", ":00+00:00");
    work.write("spelled.json", other);
    work.write("later.json", response("q", 9..10, OFFERED));
    for (output, of_spelling) in [
        ("t.csv", 1),
        ("t.ndjson", 1),
        ("t.parquet", 0),
        ("t.arrow", 0),
        ("t.xlsx", 0),
    ] {
        let to = |input: &str, output: &str| {
            let run = ["convert", input, "-q", "--manifest", "run.json"];
            work.run(&[&run[..], &["-o", output]].concat()).exits(0);
        };
        for (input, code) in [("spelled.json", of_spelling), ("later.json", 1)] {
            let other = format!("other-{output}");
            to(input, &other);
            to("a.json", output);
            swap(&work, output, &other);
            let ran = work.run(&["verify", "run.json"]);
            assert_eq!(ran.code, Some(code), "{input} {output}: {}", ran.stdout);
        }
    }
}

#[test]
fn only_options_of_the_run_are_reasons() {
    let work = Work::new();
    work.write("a.json", response("q", 8..12, OFFERED));
    let columns = ["--columns", "queueId,metric"];
    let limit = ["--limit", "1"];
    for (options, words) in [
        (&columns[..], "4 figures without a column\n"),
        (&limit[..], "3 figures beyond --limit\n"),
        (
            &[&columns[..], &limit].concat(),
            "4 figures without a column, or beyond --limit\n",
        ),
    ] {
        let run = ["convert", "a.json", "-q", "--manifest", "run.json"];
        work.run(&[&run[..], &["-o", "t.csv"], options].concat())
            .exits(0);
        let ran = work.run(&["verify", "run.json"]).exits(0);
        assert!(ran.stdout.contains(words), "{}", ran.stdout);
    }
}

#[test]
fn added_zeros_are_no_figures_of_the_inputs() {
    let work = Work::new();
    let talk = r#"{"metric":"nTransferred","stats":{"count":2}}"#;
    let both = format!("{OFFERED},{talk}");
    work.write("a.json", response("q", 8..10, &both));
    work.write("b.json", response("q", 10..14, OFFERED));
    // Six buckets, of which four lack a counter.
    let limit = ["--limit", "3"];
    let columns = ["--columns", "interval_start,nTransferred_count"];
    for (options, lines) in [
        (
            &[][..],
            &["8 figures in the inputs\n  4 cells added by --absent zero\n"][..],
        ),
        (
            &limit,
            &["  3 figures beyond --limit\n  1 cell added by --absent zero\n"],
        ),
        (
            &columns,
            &["  6 figures without a column\n  4 cells added by --absent zero\n"],
        ),
    ] {
        let run = [
            "convert",
            "a.json",
            "b.json",
            "-q",
            "--manifest",
            "run.json",
        ];
        let zero = ["--layout", "wide", "--absent", "zero", "-o", "t.csv"];
        work.run(&[&run[..], &zero, options].concat()).exits(0);
        let ran = work.run(&["verify", "run.json"]).exits(0);
        for words in lines {
            assert!(ran.stdout.contains(words), "{}", ran.stdout);
        }
    }
}

#[test]
fn files_with_another_compression_are_named_with_it() {
    let work = Work::new();
    work.write("a.json", response("q", 8..12, OFFERED));
    for (format, codec, other) in [
        (
            "parquet",
            "snappy",
            &include_bytes!("corpora/snappy.parquet")[..],
        ),
        ("arrow", "lz4", &include_bytes!("corpora/lz4.arrow")[..]),
    ] {
        let words =
            format!("compressed with {codec}, which gcagg does not read: write it again with zstd");
        let output = format!("t.{format}");
        work.run(&[
            "convert",
            "a.json",
            "-q",
            "-o",
            &output,
            "--manifest",
            "run.json",
        ])
        .exits(0);
        work.write("other", other);
        swap(&work, &output, "other");
        let ran = work.run(&["verify", "run.json"]).exits(3);
        assert!(ran.stderr.contains(&words), "{}", ran.stderr);
        work.write(&format!("lake/date=2026-03-02/gcagg.{format}"), other);
        let by = ["convert", "a.json", "--partition-by", "date", "-o", "lake"];
        let ran = work.run(&[&by[..], &["-t", format]].concat()).exits(2);
        assert!(ran.stderr.contains(&words), "{}", ran.stderr);
    }
}

#[test]
fn a_file_that_is_not_there_has_a_next_step() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    work.run(&[
        "convert",
        "a.json",
        "-q",
        "-o",
        "t.csv",
        "--manifest",
        "run.json",
    ])
    .exits(0);
    for gone in ["t.csv", "a.json"] {
        std::fs::remove_file(work.path(gone)).expect("removed");
        let ran = work.run(&["verify", "run.json"]).exits(3);
        let help = "relative to the folder of its run: run gcagg verify there";
        assert!(ran.stderr.contains(gone), "{}", ran.stderr);
        assert!(ran.stderr.contains(help), "{}", ran.stderr);
    }
}

/// Runs a command with a manifest, changes the folder, and verifies.
pub fn verified_after(work: &Work, run: &[&str], change: impl FnOnce()) -> String {
    work.run(&[run, &["-q", "--manifest", "run.json"]].concat())
        .exits(0);
    change();
    let ran = work.run(&["verify", "run.json"]);
    let said = ran.stdout + &ran.stderr;
    assert_eq!(ran.code, Some(0), "{run:?}: {said}");
    said
}

#[test]
fn exactly_the_inputs_of_the_run_are_read_again() {
    for run in [
        &["convert", "in", "-o", "t.csv"][..],
        &[
            "convert",
            "in/*.json",
            "-o",
            "t.csv",
            "--columns",
            "all,source,source_sha256",
        ],
        &["convert", "--files-from", "list", "-o", "t.parquet"],
        &["convert", "in", "--exclude", "[cd].json", "-o", "t.csv"],
        &["convert", "in", "--per-file", "-o", "t"],
        &["convert", "in", "--partition-by", "date", "-o", "lake"],
        &["rollup", "in", "--every", "1d", "-o", "t.json"],
        &[
            "rollup",
            "--files-from",
            "list",
            "--every",
            "1d",
            "-o",
            "t.csv",
        ],
        &["report", "in", "-o", "t.html", "-o", "t.xlsx"],
        &[
            "report",
            "in/b.json",
            "--compare",
            "in",
            "--exclude",
            "[cd].json",
            "-o",
            "t.md",
        ],
    ] {
        let work = Work::new();
        work.write("in/a.json", response("q", 8..10, OFFERED));
        work.write("in/b.json", response("q", 10..12, OFFERED));
        work.write("list", "in/b.json\nin/a.json\n");
        verified_after(&work, run, || {
            work.write("in/c.json", response("q", 12..14, OFFERED));
            work.write("in/d.json", work.read("run.json"));
            std::fs::remove_file(work.path("list")).expect("removed");
        });
    }
    // A manifest and an output in the folder of the inputs.
    let work = Work::new();
    work.write("in/a.json", response("q", 8..10, OFFERED));
    let run = [
        "convert",
        "in",
        "-o",
        "in/t.json",
        "--manifest",
        "in/run.json",
    ];
    work.run(&run).exits(0);
    work.run(&["verify", "in/run.json"]).exits(0);
    let compare = ["report", "in/a.json", "--compare", "in/a.json"];
    let run = [&compare[..], &["-o", "t.md", "--manifest", "in/run.json"]].concat();
    work.run(&run).exits(0);
    work.run(&["verify", "in/run.json"]).exits(0);
}

#[test]
fn words_for_times_mean_the_times_of_the_run() {
    let work = Work::new();
    let now = chrono::Utc::now();
    let hour = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let bucket = |start| {
        let end = start + chrono::TimeDelta::seconds(1);
        format!(
            r#"{{"interval":"{}/{}","metrics":[{OFFERED}]}}"#,
            hour(start),
            hour(end)
        )
    };
    // Buckets of each second around the run: a later `now` includes more of them.
    let buckets = (-5..60).map(|at| bucket(now + chrono::TimeDelta::seconds(at)));
    let buckets = buckets.collect::<Vec<_>>().join(",");
    let document = format!(r#"{{"results":[{{"group":{{"queueId":"q"}},"data":[{buckets}]}}]}}"#);
    work.write("a.json", document);
    for run in [
        &["convert", "-o", "t.csv", "--columns", "all,loaded_at"][..],
        &["rollup", "-o", "t.json"],
        &["rollup", "-o", "t.csv", "--columns", "all,loaded_at"],
        &["report", "-o", "t.json"],
    ] {
        for option in ["--from", "--until"] {
            let run = [run, &["a.json", option, "now"]].concat();
            verified_after(&work, &run, || {
                std::thread::sleep(std::time::Duration::from_millis(1500));
            });
        }
    }
}

#[test]
fn files_of_names_are_in_the_manifest() {
    let quarter = response("q", 8..9, OFFERED).replace("T09:00", "T08:15");
    let quarter = quarter.replace(r#""queueId""#, r#""mediaType":"voice","queueId""#);
    for run in [
        &["convert", "a.json", "-o", "t.csv", "--names", "names"][..],
        &[
            "convert",
            "a.json",
            "-o",
            "h.csv",
            "--names",
            "names",
            "--preset",
            "wfm-import",
        ],
        &["rollup", "a.json", "-o", "t.csv", "--names", "names"],
        &["report", "a.json", "-o", "t.csv", "--names", "names"],
    ] {
        let work = Work::new();
        work.write("a.json", &quarter);
        work.write("names/1.csv", "id,name\nq,Billing\n");
        let said = verified_after(&work, run, || {
            work.write("names/2.csv", "id,name\nq,Bills\n")
        });
        assert!(said.contains("1 names file: unchanged"), "{said}");
        work.write("names/1.csv", "id,name\nq,Bills\n");
        let ran = work.run(&["verify", "run.json"]).exits(1);
        let words =
            "names/1.csv has changed since the manifest was written: 18 bytes before, 16 now";
        assert!(ran.stdout.contains(words), "{run:?}: {}", ran.stdout);
        assert!(!ran.stdout.contains("Billing"), "{}", ran.stdout);
    }
}

#[test]
fn the_file_of_rejects_is_in_the_manifest() {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    work.write(
        "b.json",
        response("q", 9..10, OFFERED).replace("nOffered", "nOffered\",\"metric\":7,\"x\":\""),
    );
    for output in [
        &["convert", "a.json", "b.json", "-o", "t.csv"][..],
        &["rollup", "a.json", "b.json", "-o", "t.json"],
        &["report", "a.json", "b.json", "-o", "t.html"],
    ] {
        let rejects = ["--on-error", "skip", "--rejects", "bad.ndjson"];
        let run = [output, &rejects[..]].concat();
        let said = verified_after(&work, &run, || ());
        assert!(said.contains("1 rejects file: unchanged"), "{said}");
        work.write("bad.ndjson", "");
        let ran = work.run(&["verify", "run.json"]).exits(1);
        let words = "bad.ndjson has changed since the manifest was written";
        assert!(ran.stdout.contains(words), "{run:?}: {}", ran.stdout);
    }
    // A pipe is nothing that can be read again.
    let piped = [
        "convert",
        "a.json",
        "-o",
        "t.csv",
        "--on-error",
        "skip",
        "--rejects",
        "-",
    ];
    let said = verified_after(&work, &piped, || ());
    assert!(!said.contains("rejects"), "{said}");
}

#[test]
fn a_rollup_names_the_figures_that_it_leaves_out() {
    let work = Work::new();
    let stats = r#"{"metric":"tHandle","stats":{"count":2,"sum":4000,"p50":3}}"#;
    for (name, queue) in [("a", "q"), ("b", "r"), ("c", "s")] {
        work.write(&format!("{name}.json"), response(queue, 8..10, stats));
    }
    let rollup = |options: &[&str]| {
        let run = ["rollup", "a.json", "b.json", "c.json", "--every", "1d"];
        verified_after(&work, &[&run[..], options].concat(), || {})
    };
    let left_out = || {
        let manifest: serde_json::Value =
            serde_json::from_slice(&work.read("run.json")).expect("JSON");
        manifest["left_out"].to_string()
    };
    let percentile = r#"{"what":"values of p50","count":6,"reason":"cannot be merged (R001)"}"#;
    let before = "the sums of the roll-up, before figures are left out, are those of the inputs";
    for output in ["t.csv", "t.xlsx", "t.parquet", "t.json"] {
        let said = rollup(&["-o", output]);
        assert!(
            said.contains("  6 values of p50: cannot be merged (R001)\n"),
            "{said}"
        );
        assert!(said.contains(before), "{said}");
        assert_eq!(left_out(), format!("[{percentile}]"));
        if output == "t.json" {
            continue;
        }
        let said = rollup(&["--limit", "1", "-o", output]);
        assert!(said.contains("  4 figures beyond --limit\n"), "{said}");
        let rows = r#"{"what":"rows","count":2,"reason":"--limit"}"#;
        assert_eq!(left_out(), format!("[{percentile},{rows}]"));
    }
    let said = rollup(&["--columns", "queueId,metric,count", "-o", "t.csv"]);
    assert!(said.contains("  3 figures without a column\n"), "{said}");
    let said = rollup(&["--kpi", "-o", "t.csv"]);
    assert!(said.contains("computed"), "{said}");
    let said = rollup(&[
        "--layout", "wide", "--absent", "zero", "--limit", "2", "-o", "t.csv",
    ]);
    assert!(said.contains("  2 figures beyond --limit\n"), "{said}");
    // Each one has a cell.
    let talk = r#"{"metric":"tHandle","stats":{"count":2,"sum":4000}}"#;
    for name in ["a", "b", "c"] {
        work.write(&format!("{name}.json"), response(name, 8..10, talk));
    }
    let said = rollup(&["-o", "t.csv"]);
    assert!(
        said.contains("the sums of all figures are those of the inputs"),
        "{said}"
    );
    assert_eq!(left_out(), "[]");
}

#[test]
fn a_warning_and_its_help_are_one_thing_that_is_left_out() {
    let work = Work::new();
    let odd = r#"{"metric":"tHandle","stats":{"count":2,"p98":4}}"#;
    work.write("a.json", response("q", 8..10, odd));
    let run = ["convert", "a.json", "--columns", "all", "-o", "t.csv"];
    verified_after(&work, &run, || {});
    let manifest: serde_json::Value = serde_json::from_slice(&work.read("run.json")).expect("JSON");
    let left_out = manifest["left_out"].as_array().expect("a list");
    assert_eq!(left_out.len(), 1, "{left_out:?}");
}

#[test]
fn figures_that_are_not_counted_are_not_called_counted() {
    let good = response("q", 8..10, OFFERED);
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cut = format!("{good}\n{{\"results\":[{{\"gro\n");
    for (name, bytes) in [
        ("a.json", [&b"\xff\xfe"[..], &utf16].concat()),
        ("a.json", format!("HTTP/1.1 200 OK\n\n{good}").into_bytes()),
        ("a.ndjson", cut.into_bytes()),
    ] {
        let work = Work::new();
        work.write(name, bytes);
        let run = ["convert", name, "--on-error", "skip", "-o", "t.csv"];
        let said = verified_after(&work, &run, || {});
        assert!(said.contains("figures of inputs: not counted"), "{said}");
        let words = "every figure that convert reads is accounted for";
        assert!(said.contains(words), "{said}");
        assert!(!said.contains("every figure is accounted for"), "{said}");
    }
}

#[test]
fn outputs_that_cannot_be_read_back_are_named() {
    let work = Work::new();
    work.write("a.json", response("q", 8..20, OFFERED));
    for (output, more) in [
        ("t.csv.gz", &[][..]),
        ("t.ndjson.gz", &[]),
        ("t.csv.zst", &[]),
        ("t.json.gz", &[]),
        ("t.csv", &[]),
        ("t.ndjson", &[]),
        ("t.parquet", &[]),
        ("t.arrow", &[]),
        ("t.xlsx", &[]),
        ("lake", &["--partition-by", "date", "-t", "csv"]),
    ] {
        let run = [
            "convert",
            "a.json",
            "-q",
            "--manifest",
            "run.json",
            "-o",
            output,
        ];
        work.run(&[&run[..], more].concat()).exits(0);
        let file = match output {
            "lake" => "lake/date=2026-03-02/gcagg.csv",
            output => output,
        };
        let mut bytes = work.read(file);
        match file.ends_with("csv") {
            true => bytes.extend(b"a,b\n"),
            false => bytes.truncate(bytes.len() - 12),
        }
        work.write("damaged", bytes);
        swap(&work, file, "damaged");
        let ran = work.run(&["verify", "run.json"]).exits(3);
        assert!(
            ran.stderr.contains(&format!("error: {file}: ")),
            "{}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("cannot write"), "{}", ran.stderr);
    }
}
