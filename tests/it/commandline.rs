//! The command line: hints, extensions of outputs, levels, completions, manual pages.

use crate::work::{OFFERED, Work, response};

fn work() -> Work {
    let work = Work::new();
    work.write("in.json", response("q", 8..9, OFFERED));
    work
}

#[test]
fn an_output_without_its_option_is_a_slip() {
    let work = work();
    for (arguments, help) in [
        (
            &["convert", "in.json", "out.csv"][..],
            "gcagg convert in.json -o out.csv",
        ),
        (
            &["convert", "in.json", "in.json", "out.parquet"],
            "gcagg convert in.json ... -o out.parquet",
        ),
        (&["convert", "in.json", "out.csv.gz"], "-o out.csv.gz"),
        (
            &["report", "in.json", "day.md"],
            "gcagg report in.json -o day.md",
        ),
    ] {
        let ran = work.run(arguments).exits(2);
        assert!(ran.stderr.contains(help), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty());
    }
    // A table of an earlier run is none the less an output.
    work.write("out.csv", "a,b\n1,2\n");
    work.run(&["convert", "in.json", "out.csv"]).exits(2);
    assert_eq!(work.read("out.csv"), b"a,b\n1,2\n");
    // A missing input is a missing input.
    work.run(&["convert", "in.json", "other.json"]).exits(3);
}

#[test]
fn an_extension_chooses_the_format_or_is_refused() {
    let work = work();
    work.run(&["report", "in.json", "-o", "day.md"]).exits(0);
    assert!(work.read("day.md").starts_with(b"# Report"));
    work.run(&["inspect", "in.json", "-o", "day.json"]).exits(0);
    assert!(work.read("day.json").starts_with(b"{"));
    work.run(&["validate", "in.json", "-o", "day.sarif"])
        .exits(0);
    assert!(String::from_utf8_lossy(&work.read("day.sarif")).contains("2.1.0"));
    // The option counts more, and other names say nothing.
    work.run(&["report", "in.json", "-o", "a.md", "--format", "text"])
        .exits(0);
    assert!(work.read("a.md").starts_with(b"2026-03-02 "));
    work.run(&["report", "in.json", "-o", "a.log"]).exits(0);
    for (arguments, words) in [
        (["report", "day.pdf"], "report does not write PDF"),
        (
            ["report", "day.parquet"],
            "report writes .txt, .md, .markdown, .html, .htm, .xlsx, .csv, .json, for example -o day.txt",
        ),
        (
            ["convert", "x.csv.bz2"],
            "use gzip (.gz) or zstd (.zst): -o x.csv.gz",
        ),
        (["convert", "x.pdf"], "convert does not write PDF"),
        (["convert", "x.zip"], "`.zip` compression is not supported"),
        (["inspect", "x.csv"], "inspect does not write CSV"),
        (["validate", "x.xlsx"], "validate does not write Excel"),
    ] {
        let ran = work
            .run(&[arguments[0], "in.json", "-o", arguments[1]])
            .exits(2);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
        assert!(!work.exists(arguments[1]));
    }
}

#[test]
fn wrong_options_have_hints() {
    let work = work();
    for (arguments, words) in [
        (
            &["convert", "in.json", "-j", "x"][..],
            "`x` is not a number of threads; 0 = one per core",
        ),
        (
            &["validate", "in.json", "--deny", "warning"],
            "did you mean warnings?",
        ),
        (
            &["validate", "in.json", "--deny", "errors"],
            "`errors` is not a code",
        ),
        (
            &["report", "in.json", "--format", "parquet"],
            "gcagg convert INPUT -o table.parquet",
        ),
        (
            &["validate", "in.json", "--format", "xlsx"],
            "gcagg convert INPUT -o table.xlsx",
        ),
        (
            &["convert", "in.json", "--format", "csv"],
            "the format of a table is -t/--to",
        ),
        (&["convert", "in.json", "--head", "5"], "--limit N"),
        (&["rollup", "in.json", "-n", "5"], "--limit N"),
        (&["inspect", "in.json", "--limit", "5"], "convert --limit N"),
        (
            &["convert", "in.json", "--order-by", "sum"],
            "--sort COL[:desc]",
        ),
        (&["validate", "in.json", "--limit", "5"], "--max-shown N"),
        (
            &["convert", "in.json", "--tz", "UTC"],
            "the time zone is --timezone",
        ),
        (&["in.json"], "gcagg convert in.json"),
        (
            &["convert", "in.json", "--from", "soon"],
            "--from soon: invalid time",
        ),
        (
            &["convert", "in.json", "--timezone", "Berlin/Europe"],
            "unknown time zone",
        ),
    ] {
        let ran = work.run(arguments).exits(2);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn levels_work_in_every_command_that_reads_documents() {
    let work = Work::new();
    // An unknown metric (a warning), and a min above its max.
    let metrics = r#"{"metric":"nInvented","stats":{"count":1}},{"metric":"tTalk","stats":{"count":1,"sum":5,"min":9,"max":5}}"#;
    work.write("in.json", response("q", 8..9, metrics));
    for command in ["convert", "validate", "report", "inspect"] {
        let code = |arguments: &[&str]| work.run(&[&[command, "in.json"], arguments].concat()).code;
        assert_eq!(code(&[]), Some(0), "{command}");
        assert_eq!(code(&["--deny", "warnings"]), Some(1), "{command}");
        assert_eq!(code(&["--deny", "M"]), Some(1), "{command}");
        assert_eq!(
            code(&["--deny", "M", "--warn", "M001,M002,M004"]),
            Some(0),
            "{command}"
        );
        assert_eq!(
            code(&["--deny", "M", "--ignore", "M001,M002,M004"]),
            Some(0),
            "{command}"
        );
        assert_eq!(
            code(&["--deny", "all", "--allow", "M"]),
            Some(0),
            "{command}"
        );
        assert_eq!(
            code(&["--deny", "M004", "--select", "T"]),
            Some(1),
            "{command}"
        );
        assert_eq!(
            code(&["--select", "T", "--deny", "T"]),
            Some(0),
            "{command}"
        );
        assert_eq!(code(&["--ignore", "nonsense"]), Some(2), "{command}");
    }
}

#[test]
fn completions_offer_names() {
    let work = Work::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = work.run(&["completions", shell]).exits(0).stdout;
        assert!(script.len() > 10_000, "{shell}");
        if shell == "powershell" || shell == "elvish" {
            // These two offer no values at all.
            continue;
        }
        // Fish offers no values of arguments without a name.
        let figure = if shell == "fish" { "" } else { "service-level" };
        for word in ["tHandle", "queueId", "M004", "Europe/Berlin", figure] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let work = Work::new();
    let main = work.run(&["man"]).exits(0).stdout;
    assert!(main.contains(".TH gcagg 1"), "{main}");
    work.run(&["man", "share/man1"]).exits(0);
    for command in [
        "",
        "-convert",
        "-validate",
        "-report",
        "-inspect",
        "-config",
        "-explain",
        "-schema",
        "-completions",
        "-man",
    ] {
        let page = work.read(&format!("share/man1/gcagg{command}.1"));
        let page = String::from_utf8(page).expect("text");
        assert!(page.contains(&format!(".TH gcagg{command} 1")), "{page}");
    }
    let page = work.read("share/man1/gcagg-convert.1");
    assert!(String::from_utf8_lossy(&page).contains("layout"));
    assert!(!work.exists("share/man1/gcagg-help.1"));
}
