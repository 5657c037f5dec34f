//! `gcagg.toml`: defaults of the options of commands.

use serde_json::{Value, json};

use crate::work::{OFFERED, Work, response};

fn work(settings: &str) -> Work {
    let work = Work::new();
    work.write("in.json", response("q", 8..9, OFFERED));
    work.write("gcagg.toml", settings);
    work
}

#[test]
fn options_of_convert_have_defaults() {
    let work = work(
        "[convert]\nlayout = \"wide\"\nto = \"tsv\"\ntimezone = \"Europe/Berlin\"\nmetric = [\"n*\"]\ncolumns = [\"queueId\", \"nOffered_count\", \"interval_start\"]\n",
    );
    let ran = work.run(&["convert", "in.json"]).exits(0);
    assert_eq!(
        ran.stdout,
        "queueId\tnOffered_count\tinterval_start\nq\t12\t2026-03-02T09:00:00.000+01:00\n"
    );
    // Options on the command line count more, one by one.
    let ran = work
        .run(&["convert", "in.json", "-t", "csv", "--columns", "queueId"])
        .exits(0);
    assert_eq!(ran.stdout, "queueId\nq\n");
    let ran = work.run(&["--no-config", "convert", "in.json"]).exits(0);
    assert!(
        ran.stdout.starts_with("queueId,interval_start,"),
        "{}",
        ran.stdout
    );
    // Other commands do not have them.
    work.run(&["report", "in.json"]).exits(0);
}

#[test]
fn flags_paths_and_reports_have_defaults() {
    let work =
        work("[convert]\nexcel = true\nsource-column = false\n[report]\nformat = \"markdown\"\n");
    let ran = work.run(&["convert", "in.json"]).exits(0);
    assert!(ran.stdout.starts_with('\u{feff}') && ran.stdout.contains("\r\n"));
    let ran = work.run(&["report", "in.json"]).exits(0);
    assert!(ran.stdout.starts_with("# Report"), "{}", ran.stdout);
    let ran = work
        .run(&["report", "--format", "text", "in.json"])
        .exits(0);
    assert!(ran.stdout.starts_with("2026-03-02 "), "{}", ran.stdout);
    // A path is relative to the file of settings.
    work.write("sub/gcagg.toml", "[convert]\noutput = \"table.csv\"\n");
    work.run(&["convert", "in.json", "--config", "sub/gcagg.toml"])
        .exits(0);
    assert!(work.exists("sub/table.csv") && !work.exists("table.csv"));
    // A file that has the name of the command is no command.
    work.write("convert", "[convert]\nlayout = \"wide\"\n");
    let ran = work
        .run(&["--config", "convert", "convert", "in.json"])
        .exits(0);
    assert!(ran.stdout.contains("nOffered_count"), "{}", ran.stdout);
}

#[cfg(feature = "fetch")]
#[test]
fn options_of_fetch_have_defaults_that_give_way() {
    let work = work(
        "[fetch]\nlast = \"7d\"\ngroup-by = [\"queueId\", \"mediaType\"]\nmetric = \"nOffered\"\nmax-retries = 1\n",
    );
    let ran = work.run(&["fetch", "--dry-run"]).exits(0);
    for word in ["\"queueId\"", "\"mediaType\"", "\"nOffered\""] {
        assert!(ran.stdout.contains(word), "{}", ran.stdout);
    }
    // --interval excludes --last, so the default of that gives way.
    let ran = work
        .run(&[
            "fetch",
            "--dry-run",
            "--interval",
            "2026-03-02/2026-03-03",
            "--group-by",
            "userId",
        ])
        .exits(0);
    assert!(
        ran.stdout
            .contains("2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("queueId"), "{}", ran.stdout);
}

#[test]
fn wrong_defaults_are_refused_with_their_line() {
    for (settings, words) in [
        (
            "[convert]\nlayout = \"wid\"\n",
            "gcagg.toml:2:10: invalid value 'wid' for '--layout <LAYOUT>'\n  help: did you mean `wide`?",
        ),
        (
            "[convert]\nlayuot = \"wide\"\n",
            "gcagg.toml:2:1: unknown setting `layuot` in [convert]\n  help: did you mean `layout`?",
        ),
        (
            "[convert]\nexcel = \"yes\"\n",
            "gcagg.toml:2:9: `excel` must be true or false, not a string",
        ),
        (
            "[convert]\nto = true\n",
            "gcagg.toml:2:6: `to` must be a string, not true or false",
        ),
        ("[convert]\nselect = [\"M\"]\n", "move `select` to the top"),
        (
            "[report]\nlayout = \"wide\"\n",
            "move `layout` below [convert]",
        ),
        (
            "[convret]\n",
            "unknown setting `convret`\n  help: did you mean `convert`?",
        ),
    ] {
        let ran = work(settings).run(&["convert", "in.json"]).exits(2);
        assert!(ran.stderr.contains(words), "{settings}: {}", ran.stderr);
    }
}

#[test]
fn defaults_are_shown_and_in_the_schema() {
    let settings = "[convert]\nlayout = \"wide\"\nexcel = true\nmetric = [\"n*\", \"t*\"]\n[report]\nformat = \"markdown\"\n";
    let work = work(settings);
    let shown = work.run(&["config"]).exits(0).stdout;
    for line in [
        "[convert]",
        "layout = \"wide\"  # ",
        "excel = true  # ",
        "metric = [\"n*\", \"t*\"]",
        "[report]",
    ] {
        assert!(
            shown.lines().any(|it| it.starts_with(line)),
            "{line}\n{shown}"
        );
    }
    let schema = work.run(&["schema", "config"]).exits(0).stdout;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a usable schema");
    for (value, good) in [
        (
            json!({"convert": {"layout": "wide", "excel": true, "metric": ["n*"], "columns": "all"}}),
            true,
        ),
        (json!({"report": {"format": "markdown"}}), true),
        (json!({"convert": {"layout": "wid"}}), false),
        (json!({"convert": {"excel": "yes"}}), false),
        (json!({"convert": {"select": ["M"]}}), false),
        (json!({"report": {"layout": "wide"}}), false),
    ] {
        assert_eq!(validator.is_valid(&value), good, "{value}");
    }
}

#[test]
fn a_file_that_was_found_sets_no_output_and_no_credentials() {
    use gcagg::internals::cli::sections::options;
    const READING: [&str; 3] = ["names", "compare", "query"];
    let mut refused = Vec::new();
    for option in options() {
        let key = (option.section, option.name.as_str());
        // Whatever names a file or a host, in this version or a later one.
        let hosts = [
            "host", "url", "proxy", "cert", "env", "client", "token", "secret", "manifest",
        ];
        let is_bound = hosts.iter().any(|word| option.name.contains(word));
        if is_bound || (option.is_path() && !READING.contains(&key.1)) {
            refused.push(key);
        }
    }
    for wanted in [
        "convert output",
        "convert rejects",
        "report output",
        "rollup output",
        "fetch output",
        "fetch env-file",
        "fetch ca-cert",
    ] {
        let is_there = |(section, name): &(&str, &str)| format!("{section} {name}") == wanted;
        assert!(refused.iter().any(is_there), "{wanted}: {refused:?}");
    }
    for (section, name) in refused {
        let work = work(&format!("\n[{section}]\n{name} = \"victim\"\n"));
        for command in [
            &["convert", "in.json"][..],
            &["report", "in.json"],
            &["rollup", "in.json"],
            &["validate", "in.json"],
            &["inspect", "in.json"],
            &["fetch", "--dry-run"],
            &["config"],
        ] {
            let ran = work.run(command).exits(2);
            let says = |words: String| assert!(ran.stderr.contains(&words), "{}", ran.stderr);
            says(format!(
                "gcagg.toml:3:1: `{name}` in [{section}] needs --config"
            ));
            says(format!(
                "pass --{name} on the command line, or name the file: --config "
            ));
            assert!(ran.stdout.is_empty() && !work.exists("victim"));
        }
        // A file below, and the file of the user, are found, too.
        work.write("below/x.json", "{}");
        let mut below = work.command(&["validate", "x.json"]);
        let below = below
            .current_dir(work.path("below"))
            .output()
            .expect("ended");
        assert_eq!(below.status.code(), Some(2));
        work.run(&["config", "--no-config"]).exits(0);
        work.run(&["config", "--config", "gcagg.toml"]).exits(0);
    }
}

#[test]
fn a_file_that_was_found_sets_what_is_read() {
    let work = work("[convert]\nnames = \"names.csv\"\n[report]\nnames = \"names.csv\"\n");
    work.write("names.csv", "id,name\nq,Service\n");
    let ran = work.run(&["convert", "in.json"]).exits(0);
    assert!(ran.stdout.contains("Service"), "{}", ran.stdout);
}

#[test]
fn the_extension_of_an_output_overrides_a_default_format() {
    let work =
        work("[report]\nformat = \"html\"\n[convert]\nto = \"parquet\"\n[rollup]\nto = \"csv\"\n");
    let starts = |name: &str, with: &[u8]| {
        let bytes = work.read(name);
        assert!(bytes.starts_with(with), "{name}: {:?}", bytes.get(..20));
    };
    work.run(&["report", "in.json", "-o", "r.xlsx"]).exits(0);
    starts("r.xlsx", b"PK");
    work.run(&["report", "in.json", "-o", "r1.xlsx", "-o", "r1.md"])
        .exits(0);
    starts("r1.xlsx", b"PK");
    starts("r1.md", b"# ");
    work.run(&["convert", "in.json", "-o", "z.csv"]).exits(0);
    starts("z.csv", b"queueId,");
    work.run(&["rollup", "in.json", "-o", "o.json"]).exits(0);
    starts("o.json", b"{");
    // The same format as the default: a table, and not a document.
    work.write("tables.toml", "[rollup]\nto = \"json\"\n");
    work.run(&[
        "rollup",
        "in.json",
        "-o",
        "t.json",
        "--config",
        "tables.toml",
    ])
    .exits(0);
    starts("t.json", b"[");
    // Without such an extension, the default is the format.
    work.run(&["report", "in.json", "-o", "page"]).exits(0);
    starts("page", b"<!");
    work.run(&["convert", "in.json", "-o", "z.dat"]).exits(0);
    starts("z.dat", b"PAR1");
    let folder = ["convert", "in.json", "--per-file", "-o", "tables/"];
    work.run(&folder).exits(0);
    starts("tables/in.parquet", b"PAR1");
    // Two options on the command line are not changed.
    work.run(&["convert", "in.json", "-t", "tsv", "-o", "y.csv"])
        .exits(0);
    starts("y.csv", b"queueId\t");
}

#[test]
fn defaults_that_do_not_go_with_typed_options_are_ignored() {
    for (settings, runs) in [
        (
            "[convert]\nexcel = true\ndelimiter = \";\"\n",
            &[
                &["convert", "-t", "ndjson"][..],
                &["convert", "-o", "x.parquet"],
                &["convert", "-o", "x.xlsx"],
            ][..],
        ),
        (
            "[convert]\nkpi = true\nabsent = \"keep\"\n",
            &[&["convert", "--layout", "long"], &["convert"]],
        ),
        (
            "[convert]\nabsent = \"zero\"\nlayout = \"wide\"\n",
            &[&["convert", "--layout", "long"], &["convert"]],
        ),
        (
            "[convert]\nto = \"parquet\"\nlayout = \"long\"\n",
            &[
                &["convert", "--excel"],
                &["convert", "--kpi"],
                &["convert", "-o", "x.csv.gz"],
            ],
        ),
        (
            "[convert]\nto = \"xlsx\"\nsheet-by = \"queueId\"\n",
            &[
                &["convert", "--partition-by", "date", "-o", "lake/"],
                &["convert", "-t", "csv"],
                &["convert", "-o", "x.json"],
            ],
        ),
        ("[convert]\nsheet-by = \"queueId\"\n", &[&["convert"]]),
        (
            "[convert]\nper-file = true\n",
            &[&["convert", "-o", "x.csv"]],
        ),
        (
            "[convert]\nto = \"parquet\"\n",
            &[&[
                "convert",
                "--preset",
                "wfm-import",
                "--names",
                "names.csv",
                "-o",
                "history.csv",
            ]],
        ),
        (
            "[report]\ndetail = true\n",
            &[&["report", "-o", "x.html"], &["report", "--by", "queue"]],
        ),
        (
            "[report]\nformat = \"xlsx\"\n",
            &[&["report", "--detail"], &["report", "-o", "x.md.gz"]],
        ),
        (
            "[rollup]\nbom = true\nto = \"csv\"\n",
            &[&["rollup", "-t", "ndjson"], &["rollup", "-o", "x.xlsx"]],
        ),
    ] {
        for run in runs {
            let work = work(settings);
            work.write("names.csv", "id,name\nq,Queue\n");
            let quarter = response("q\",\"mediaType\":\"voice", 8..9, OFFERED);
            let quarter = quarter.replace("T09:00:", "T08:15:");
            work.write("in.json", quarter);
            let run = [*run, &["--", "in.json"]].concat();
            let said = work.run(&run).exits(0).stderr;
            assert!(!said.contains("gcagg.toml"), "{said}");
        }
    }
    // Both are typed, or both are defaults.
    let work = work("[convert]\nto = \"parquet\"\nexcel = true\n");
    let said = work.run(&["convert", "in.json", "-o", "x"]).exits(2).stderr;
    assert!(said.contains("--excel is for CSV"), "{said}");
    let typed = ["convert", "in.json", "-t", "json", "--bom"];
    let said = work.run(&typed).exits(2).stderr;
    assert!(said.contains("--bom is for"), "{said}");
}
