//! Which files are read, and small options about the end of a run and about colors.

use crate::work::{OFFERED, Work, response};

fn work() -> Work {
    let work = Work::new();
    for (name, hour) in [
        ("a.json", 8),
        ("b.json", 9),
        ("in/c.json", 10),
        ("in/old/d.json", 11),
    ] {
        work.write(name, response("q", hour..hour + 1, OFFERED));
    }
    work
}

/// The first hours of the rows that a run writes.
fn hours(work: &Work, arguments: &[&str], input: &str) -> String {
    let table = ["convert", "--columns", "interval_start"];
    let ran = work.pipe(&[&table[..], arguments].concat(), input.as_bytes());
    let rows = ran.exits(0).stdout;
    let hours = rows
        .lines()
        .skip(1)
        .map(|row| row[11..13].trim_start_matches('0'));
    hours.collect::<Vec<&str>>().join(" ")
}

#[test]
fn patterns_exclude_files() {
    let work = work();
    for (arguments, left) in [
        (&["."][..], "8 9 10 11"),
        (&[".", "--exclude", "a.json"], "9 10 11"),
        (&[".", "--exclude", "old"], "8 9 10"),
        (&[".", "--exclude", "old/"], "8 9 10"),
        (&[".", "--exclude", "in/old"], "8 9 10"),
        (&[".", "--exclude", "in/*.json"], "8 9 11"),
        (&[".", "--exclude", "in/**/*.json"], "8 9"),
        (&[".", "--exclude", "[ab].json", "--exclude=d*"], "10"),
        (&["a.json", "b.json", "--exclude", "b*"], "8"),
        (&["in", "--exclude", "old/*"], "10"),
        (&[".", "--exclude", "A.json"], "8 9 10 11"),
    ] {
        assert_eq!(hours(&work, arguments, ""), left, "{arguments:?}");
    }
    let seen = work.run(&["validate", ".", "--exclude", "old"]).exits(0);
    assert!(seen.stderr.contains("(1 excluded)"), "{}", seen.stderr);
    for command in ["convert", "validate", "report", "rollup", "inspect"] {
        work.run(&[command, ".", "--exclude", "old"]).exits(0);
        let none = work.run(&[command, ".", "--exclude", "*"]);
        let said = none.stderr + &none.stdout;
        assert!(
            said.contains("F009") && said.contains("exclude every file"),
            "{said}"
        );
        assert!(none.code != Some(0), "{command}");
    }
    let bad = work.run(&["convert", ".", "--exclude", "[a"]).exits(2);
    assert!(bad.stderr.contains("--exclude [a"), "{}", bad.stderr);
}

#[test]
fn a_pattern_of_paths_begins_in_any_folder() {
    let work = work();
    work.write("in/deep/in/old/e.json", response("q", 12..13, OFFERED));
    let here = work.path(".").canonicalize().expect("a path");
    let [here, folder] = ["", "in"].map(|it| here.join(it).display().to_string());
    let old = format!("{folder}/old/*.json");
    let above = here
        .rsplit('/')
        .find(|it| !it.is_empty())
        .expect("a folder")
        .to_owned();
    let elsewhere = format!("{here}/old/*.json").replace("//", "/");
    for (arguments, left) in [
        (&[&*folder, "--exclude", "old/*.json"][..], "10"),
        (&["in", "--exclude", "old/*.json"], "10"),
        (&[".", "--exclude", "old/*.json"], "8 9 10"),
        (&[&*here, "--exclude", "in/old"], "8 9 10"),
        (&[&*folder, "--exclude", "in/old"], "10"),
        (&[&*folder, "--exclude", "./old"], "10"),
        (&[&*folder, "--exclude", "in/*.json"], "12 11"),
        // Folders above the argument are not left out.
        (&[&*folder, "--exclude", "in"], "10 11"),
        (&[&*folder, "--exclude", &above], "10 12 11"),
        (&[&*folder, "--exclude", &format!("{above}/*")], "10 12 11"),
        (&["in", "--exclude", &old], "10 12"),
        (&["in", "--exclude", &elsewhere], "10 12 11"),
        (&[".", "--exclude", "deep/**/*.json"], "8 9 10 11"),
        (&[".", "--exclude", "**/old/*.json"], "8 9 10"),
    ] {
        assert_eq!(hours(&work, arguments, ""), left, "{arguments:?}");
    }
}

#[test]
fn a_pattern_without_a_file_is_a_warning() {
    let work = work();
    for (pattern, help) in [
        ("d.jsn", "did you mean `d.json`?"),
        ("olld/", "did you mean `old`?"),
        ("old/d.jsom", "did you mean `old/d.json`?"),
        ("in/old/d.jsom", "did you mean `in/old/d.json`?"),
        ("other", "remove it"),
        ("old/*.bak", "remove it"),
    ] {
        let run = ["in", "--exclude", pattern];
        let words = format!("U001] filter-matches-nothing: --exclude {pattern} matches no file");
        for command in ["convert", "validate", "report", "rollup"] {
            let ran = work.run(&[&[command], &run[..]].concat()).exits(0);
            let said = ran.stdout + &ran.stderr;
            let said = said.replace("in/c.json: ", "");
            assert!(said.contains("U001"), "{command}: {said}");
            if command == "validate" {
                assert!(said.contains(&words) && said.contains(help), "{said}");
            }
        }
        let deny = ["--deny", "U001"];
        work.run(&[&["validate"], &run[..], &deny].concat())
            .exits(1);
        let quiet = work.run(&[&["validate"], &run[..], &["--allow", "U001"]].concat());
        assert!(!quiet.stdout.contains("U001"), "{}", quiet.stdout);
    }
    // Files that are named alone, as by pre-commit, need not be of a pattern; those that are compared
    // have the same patterns.
    for run in [
        &["validate", "a.json", "--exclude", "old"][..],
        &[
            "inspect",
            "in/c.json",
            "--against",
            "in",
            "--exclude",
            "old",
        ],
        &["report", "in", "--compare", ".", "--exclude", "a.json"],
    ] {
        let ran = work.run(run);
        let said = ran.stdout + &ran.stderr;
        assert!(!said.contains("U001"), "{run:?}: {said}");
    }
}

#[test]
fn a_list_names_inputs() {
    let work = work();
    work.write("list.txt", "b.json\r\n\nin/c.json\n");
    assert_eq!(hours(&work, &["--files-from", "list.txt"], ""), "9 10");
    // Programs of Windows begin text with a mark.
    work.write("marked.txt", "\u{feff}b.json\r\n");
    assert_eq!(hours(&work, &["--files-from", "marked.txt"], ""), "9");
    assert_eq!(
        hours(&work, &["a.json", "--files-from=list.txt"], ""),
        "8 9 10"
    );
    assert_eq!(
        hours(&work, &["--files-from", "-"], "b.json\0in\0"),
        "9 10 11"
    );
    let all = ["--files-from", "list.txt", "--exclude", "b*"];
    assert_eq!(hours(&work, &all, ""), "10");
    for (list, code, words) in [
        ("", 3, "the list has no names"),
        ("nope.json\n", 3, "nope.json"),
    ] {
        let ran = work.pipe(&["convert", "--files-from", "-"], list.as_bytes());
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert_eq!(ran.code, Some(code), "{}", ran.stderr);
    }
    let both = work.run(&["convert", "-", "--files-from", "-"]).exits(2);
    assert!(
        both.stderr.contains("both read standard input"),
        "{}",
        both.stderr
    );
    let gone = work.run(&["convert", "--files-from", "gone.txt"]).exits(3);
    assert!(gone.stderr.contains("gone.txt"), "{}", gone.stderr);
}

#[test]
fn a_path_that_does_not_exist_gets_the_nearest_name() {
    let work = work();
    for (wrong, right) in [
        ("aa.json", "did you mean `a.json`?"),
        ("in/C.jsn", "did you mean `in/c.json`?"),
        ("inn/c.json", "check the name"),
        ("in/olds/d.json", "did you mean `in/old/d.json`?"),
        ("something.else", "check the name"),
    ] {
        let ran = work.run(&["convert", wrong]).exits(3);
        assert!(ran.stderr.contains(right), "{wrong}: {}", ran.stderr);
    }
}

#[test]
fn an_address_is_no_file() {
    let work = work();
    let url = "https://me:secret@api.mypurecloud.com/a.json?token=hidden";
    for command in ["convert", "validate", "report", "rollup", "inspect"] {
        let ran = work.run(&[command, url]).exits(2);
        for words in [
            "https://api.mypurecloud.com/a.json is an address",
            "gcagg fetch",
            &format!("curl -s 'https://api.mypurecloud.com/a.json' | gcagg {command} -"),
        ] {
            assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        }
        assert!(!ran.stderr.contains("secret") && !ran.stderr.contains("hidden"));
    }
    let file = work.run(&["convert", "file:///tmp/a.json"]).exits(2);
    assert!(
        file.stderr.contains("gcagg convert /tmp/a.json"),
        "{}",
        file.stderr
    );
}

#[test]
fn validate_ends_with_0_where_that_is_asked_for() {
    let work = work();
    work.write(
        "bad.json",
        r#"{"results":[{"group":{},"data":[{"interval":"x","metrics":[]}]}]}"#,
    );
    let bad = work.run(&["validate", "bad.json"]).exits(1);
    let zero = work.run(&["validate", "bad.json", "--exit-zero"]).exits(0);
    assert_eq!(bad.stdout, zero.stdout);
    work.run(&["validate", "gone.json", "--exit-zero"]).exits(3);
}

#[test]
fn a_repair_that_is_only_shown_fails_where_something_would_change() {
    let work = work();
    let text = response("q", 8..9, OFFERED);
    work.write("nearly.json", format!("// a comment\n{text}"));
    for how in ["--diff", "--check"] {
        let run = |more: &[&str]| work.run(&[&["validate", "--fix", how], more].concat());
        let ran = run(&["nearly.json", "a.json"]).exits(1);
        assert!(
            ran.stderr.contains("would fix 1 thing in 1 file"),
            "{}",
            ran.stderr
        );
        run(&["a.json"]).exits(0);
        run(&["nearly.json", "--exit-zero"]).exits(0);
    }
    let ran = work
        .run(&["validate", "--fix", "--check", "nearly.json"])
        .exits(1);
    assert!(
        ran.stderr.contains("would fix nearly.json: 1 comment"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stdout.contains("results"), "{}", ran.stdout);
    assert!(work.read("nearly.json").starts_with(b"//"));
    work.run(&["validate", "--check", "nearly.json"]).exits(2);
}

#[test]
fn colors_can_be_forced() {
    let work = work();
    work.write("bad.json", "{");
    let colored = |name: &str, value: &str, more: &[(&str, &str)]| {
        let mut command = work.command(&["validate", "bad.json"]);
        command.env_remove("NO_COLOR").env(name, value);
        command.envs(more.iter().copied());
        let output = command.output().expect("ran");
        output.stdout.contains(&0x1b)
    };
    assert!(colored("FORCE_COLOR", "1", &[]));
    assert!(!colored("FORCE_COLOR", "0", &[]));
    assert!(!colored("FORCE_COLOR", "", &[]));
    assert!(!colored("FORCE_COLOR", "1", &[("NO_COLOR", "1")]));
    let ran = work.command(&["validate", "bad.json", "--color", "never"]);
    let mut ran = ran;
    let output = ran.env("FORCE_COLOR", "1").output().expect("ran");
    assert!(!output.stdout.contains(&0x1b));
}

#[test]
fn binary_formats_do_not_go_to_a_terminal() {
    let work = work();
    for format in ["parquet", "arrow", "xlsx"] {
        let command = work.command(&["convert", "a.json", "-t", format]);
        let Some(shown) = work.on_terminal(&command) else {
            return;
        };
        assert!(
            shown.contains("is binary and is not written to a terminal"),
            "{shown}"
        );
        assert!(shown.contains(&format!("-o table.{format}")), "{shown}");
        // A pipe takes it.
        let piped = work.run(&["convert", "a.json", "-t", format]).exits(0);
        assert!(!piped.stdout.is_empty());
    }
}

#[test]
fn key_figures_make_a_table_wide() {
    let work = work();
    for command in ["convert", "rollup"] {
        let short = work
            .run(&[command, "a.json", "--kpi", "-t", "csv"])
            .exits(0);
        let all = [command, "a.json", "--kpi", "-t", "csv", "--layout", "wide"];
        assert_eq!(short.stdout, work.run(&all).exits(0).stdout);
        assert!(short.stdout.contains("kpi_offered"), "{}", short.stdout);
        let long = [command, "a.json", "--kpi", "-t", "csv", "--layout", "long"];
        let ran = work.run(&long).exits(2);
        assert!(
            ran.stderr.contains("remove --layout long"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn quiet_runs_print_errors_only() {
    let work = work();
    let warned = response("q", 8..9, r#"{"metric":"madeUp","stats":{"count":1}}"#);
    work.write("warned.json", &warned);
    work.write(
        "both.json",
        warned.replace("2026-03-02T09", "2026-03-02T07"),
    );
    let loud = work.run(&["validate", "warned.json"]).exits(0);
    assert!(loud.stdout.contains("M004"), "{}", loud.stdout);
    let quiet = work.run(&["validate", "-q", "warned.json"]).exits(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let quiet = work.run(&["validate", "-q", "both.json"]).exits(1);
    assert!(quiet.stdout.contains("error[T002]"), "{}", quiet.stdout);
    assert!(!quiet.stdout.contains("M004"), "{}", quiet.stdout);
    assert_eq!(quiet.stderr, "");
    // A warning that is denied is an error.
    let denied = ["validate", "-q", "warned.json", "--deny", "M004"];
    let denied = work.run(&denied).exits(1);
    assert!(denied.stdout.contains("error[M004]"), "{}", denied.stdout);
    // Formats for programs have all findings.
    let all = ["validate", "-q", "both.json", "--format", "ndjson"];
    assert!(work.run(&all).exits(1).stdout.contains("M004"));
    for command in ["convert", "report", "rollup", "inspect"] {
        let ran = work.run(&[command, "-q", "warned.json"]).exits(0);
        assert_eq!(ran.stderr, "", "{command}");
    }
}
