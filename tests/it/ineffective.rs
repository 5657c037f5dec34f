//! Options that have no effect in a mode are refused, with what to do.

use crate::work::{OFFERED, Work, response, sample};

/// Options of tables, with a value where they take one.
const OF_TABLES: [&[&str]; 21] = [
    &["--layout", "wide"],
    &["--sheet-by", "queueId"],
    &["--partition-by", "date"],
    &["--columns", "all"],
    &["--columns", "present"],
    &["--dims", "queueId"],
    &["--source-column"],
    &["--names", "names.csv"],
    &["--sort", "count"],
    &["--limit", "1"],
    &["--kpi"],
    &["--kpi", "--absent-zero"],
    &["--excel"],
    &["--formula-guard"],
    &["--delimiter", ";"],
    &["--crlf"],
    &["--bom"],
    &["--decimal-comma"],
    &["--durations", "s"],
    &["--durations", "ms"],
    &["--durations", "hms"],
];

fn refused(work: &Work, arguments: &[&str], words: &str) {
    let before = work.names();
    let said = work.run(arguments).exits(2).stderr;
    assert!(said.contains(words), "{arguments:?}: {said}");
    assert!(said.contains("help:"), "{arguments:?}: {said}");
    assert_eq!(work.names(), before, "{arguments:?}");
}

#[test]
fn options_of_tables_need_a_table_in_rollup() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    work.write("names.csv", "id,name\nq,Queue\n");
    for options in OF_TABLES {
        for output in [&[][..], &["-o", "x.json"], &["-o", "x.json.gz"]] {
            let all = [&["rollup", "a.json", "--every", "1d"], output, options].concat();
            refused(&work, &all, &format!("{} needs a table", options[0]));
            let said = work.run(&all).stderr;
            assert!(
                said.contains("-t csv") && said.contains("-o table.csv"),
                "{said}"
            );
        }
    }
    // A JSON table is asked for by name.
    let all = ["rollup", "a.json", "-o", "x.json", "-t", "json"];
    work.run(&[&all[..], &["--layout", "wide"]].concat())
        .exits(0);
    // What the settings say is meant for the runs that it suits.
    work.write(
        "gcagg.toml",
        "[rollup]\nlayout = \"wide\"\ndurations = \"s\"\nweek-start = \"sunday\"\n",
    );
    work.run(&["rollup", "a.json"]).exits(0);
    let ran = work.run(&["rollup", "a.json", "-t", "csv"]).exits(0);
    assert!(ran.stdout.contains("nOffered_count"), "{}", ran.stdout);
}

#[test]
fn options_of_periods_and_groups_need_them() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    for (options, words) in [
        (&["--week-start", "sunday"][..], "--week-start needs"),
        (&["--week-start", "monday", "--every", "1d"], "--every 1w"),
        (
            &["--drop-multivalued", "wrapUpCode"],
            "--drop-multivalued needs --by",
        ),
        (&["--timezone", "Europe/Berlin"], "--timezone needs --every"),
    ] {
        refused(&work, &[&["rollup", "a.json"], options].concat(), words);
    }
    for options in [
        &["--week-start", "sunday", "--every", "P2W"][..],
        &["--drop-multivalued", "wrapUpCode", "--by", "queueId"],
        &["--timezone", "Europe/Berlin", "--every", "1d"],
        &["--timezone", "Europe/Berlin", "--from", "2026-03-01"],
        &["--timezone", "Europe/Berlin", "-t", "csv"],
    ] {
        work.run(&[&["rollup", "a.json"], options].concat())
            .exits(0);
    }
}

#[test]
fn other_commands_refuse_what_has_no_effect() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    work.write("names.csv", "id,name\nq,Queue\n");
    for (arguments, words) in [
        (
            &[
                "convert",
                "a.json",
                "--per-file",
                "--partition-by",
                "date",
                "-o",
                "x",
            ][..],
            "--partition-by has no effect with --per-file",
        ),
        (
            &[
                "convert",
                "a.json",
                "-o",
                "x.parquet",
                "--timezone",
                "Europe/Berlin",
            ],
            "--timezone has no effect in Parquet",
        ),
        (
            &[
                "validate",
                "a.json",
                "--format",
                "sarif",
                "--max-shown",
                "5",
            ],
            "--max-shown has no effect: only text and Markdown show causes",
        ),
        (
            &["report", "a.json", "--detail", "--names", "names.csv"],
            "--names has no effect with --detail",
        ),
        (
            &[
                "report",
                "a.json",
                "--detail",
                "--timezone",
                "Europe/Berlin",
            ],
            "--timezone has no effect with --detail",
        ),
        (
            &["schema", "aggregates", "--layout", "wide"],
            "only the schema of a table",
        ),
        (
            &["schema", "summary", "--durations", "s"],
            "only the schema of a table",
        ),
        (
            &["schema", "config", "--source-column"],
            "only the schema of a table",
        ),
        (
            &["schema", "--table-name", "x"],
            "only the schema of a table",
        ),
        (
            &["schema", "table", "-f", "arrow-json", "--table-name", "x"],
            "--table-name is not for arrow-json",
        ),
    ] {
        refused(&work, arguments, words);
    }
    let berlin = ["--timezone", "Europe/Berlin", "--from", "2026-03-02"];
    let all = ["convert", "a.json", "-o", "x.parquet"];
    work.run(&[&all[..], &berlin].concat()).exits(0);
    let all = ["report", "a.json", "--detail"];
    work.run(&[&all[..], &berlin].concat()).exits(0);
}

#[test]
fn the_import_of_workforce_management_has_no_other_form() {
    let work = Work::new();
    work.write("names.csv", "id,name\nq,Queue\n");
    let document = sample("queue-day.json");
    for options in [
        &["--kpi"][..],
        &["--partition-by", "date"],
        &["--to", "parquet"],
        &["--layout", "wide"],
        &["--columns", "all"],
        &["--absent", "keep"],
        &["--absent-zero"],
    ] {
        let all = [
            "convert",
            &document,
            "--preset",
            "wfm-import",
            "--names",
            "names.csv",
        ];
        let all = [&all[..], options, &["-o", "x.csv"]].concat();
        let said = work.run(&all).exits(2).stderr;
        let words = match options[0] {
            "--to" => "writes CSV",
            option => option,
        };
        assert!(said.contains(words), "{said}");
        assert!(!work.exists("x.csv"));
    }
}

#[test]
fn options_of_a_report_need_a_format_that_uses_them() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    work.write("b.json", response("q", 10..12, OFFERED));
    let title = ["--title", "Week"];
    let every = ["--every", "1d"];
    let compare = ["--compare", "b.json"];
    for (format, unused, used) in [
        ("csv", &[title, every, compare][..], &[][..]),
        ("json", &[title], &[every, compare]),
        ("text", &[], &[title, every, compare]),
        ("html", &[], &[title, every, compare]),
    ] {
        let report = |options: &[&'static str]| {
            [&["report", "a.json", "--format", format], options].concat()
        };
        let plain = work.run(&report(&[])).exits(0).stdout;
        for option in unused {
            let words = format!("{} has no effect in a report as {format}", option[0]);
            refused(&work, &report(option), &words);
        }
        for option in used {
            let other = work.run(&report(option)).exits(0).stdout;
            assert!(other != plain, "{format} {option:?}");
        }
    }
    // One of the outputs uses the option.
    let both = ["-o", "x.csv", "-o", "x.html"];
    for option in [title, every, compare] {
        let run = [&["report", "a.json"][..], &both, &option].concat();
        work.run(&run).exits(0);
    }
    // A default has an effect in the runs that it suits.
    work.write("gcagg.toml", "[report]\ntitle = \"Week\"\nevery = \"1d\"\n");
    work.run(&["report", "a.json", "-o", "y.csv"]).exits(0);
    work.write("gcagg.toml", "[report]\nformat = \"csv\"\n");
    let ran = work.run(&["report", "a.json", "--title", "Week"]).exits(0);
    assert!(ran.stdout.contains("Week"), "{}", ran.stdout);
}

#[cfg(feature = "fetch")]
#[test]
fn a_dry_run_resumes_nothing() {
    let work = Work::new();
    let run = [
        "fetch",
        "--last",
        "1d",
        "--metric",
        "nOffered",
        "--dry-run",
        "--resume",
        "-o",
        "x/",
    ];
    let said = work.run(&run).exits(2).stderr;
    assert!(
        said.contains("--resume") && said.contains("--dry-run"),
        "{said}"
    );
    assert!(!work.exists("x"));
}

#[test]
fn units_of_periods_have_any_case_and_months_are_not_minutes() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    let rolled = |every: &str| work.run(&["rollup", "a.json", "--every", every]);
    for (typed, unit) in [("1H", "1h"), ("1D", "1d"), ("1W", "1w"), ("1MO", "1mo")] {
        assert_eq!(rolled(typed).exits(0).stdout, rolled(unit).exits(0).stdout);
    }
    rolled("30M").exits(2);
}

#[test]
fn a_document_without_rows_is_joined_like_any_other() {
    let work = Work::new();
    work.write("a.json", response("q", 8..10, OFFERED));
    work.write("none.json", r#"{"entities":[]}"#);
    work.write("nothing.json", r#"{"results":[]}"#);
    let entities = r#"{"entities":[{"id":"a","metrics":{"m":{"value":1,"unit":"s"}}}]}"#;
    work.write("some.json", entities);
    let run = |name: &str| work.run(&["rollup", name]).exits(0);
    assert_eq!(run("none.json").stdout, run("nothing.json").stdout);
    assert!(run("none.json").stderr.contains("F005"));
    let alone = work.run(&["rollup", "a.json"]).exits(0).stdout;
    let both = work.run(&["rollup", "a.json", "none.json"]).exits(0);
    assert_eq!(both.stdout, alone);
    for more in [&[][..], &["--where", "id=b"], &["--metric", "x"]] {
        let run = [&["rollup", "some.json"], more].concat();
        let said = work.run(&run).exits(1).stderr;
        assert!(said.contains("no buckets to join"), "{said}");
    }
}
