//! `--baseline`: what is known is hidden, exactly that, and what is gone is reported.

use crate::work::{OFFERED, Ran, Work, response};

const BAD: &str = r#"{"metric":"nOffered","stats":{"count":-12}}"#;
const KNOWN: [&str; 6] = [
    "validate",
    "exports",
    "--deny",
    "M005",
    "--baseline",
    "base.json",
];

/// A baseline of a version that took what cannot be read for known.
const EARLIER: &str = r#"{"version":1,"findings":[
{"file":"a.json","code":"J001","pointer":"","content":"f831bf07690720e1","count":1,"message":"m"},
{"file":"c.json","code":"F004","pointer":"","content":"e62b64239e439678","count":1,"message":"m"}
]}
"#;

/// Three faults with one value in one file, one of another kind in another.
fn known() -> Work {
    let work = Work::new();
    work.write("exports/a.json", response("a", 8..11, BAD));
    work.write(
        "exports/b.json",
        response("b", 8..9, r#"{"metric":"nOfferd","stats":{"count":1}}"#),
    );
    let ran = work
        .run(&[&KNOWN[..4], &["--write-baseline", "base.json"]].concat())
        .exits(0);
    assert!(
        ran.stderr.contains("4 known findings written to base.json"),
        "{}",
        ran.stderr
    );
    work
}

fn codes(ran: &Ran) -> Vec<&str> {
    ran.stdout
        .lines()
        .filter_map(|line| line.split_once("\"code\":\"")?.1.get(..4))
        .collect()
}

#[test]
fn what_is_known_is_hidden_wherever_its_line_went() {
    let work = known();
    let ran = work.run(&KNOWN).exits(0);
    assert_eq!(ran.stdout, "");
    assert!(
        ran.stderr.contains("4 known from the baseline"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("0 errors, 0 warnings"),
        "{}",
        ran.stderr
    );
    // Without it all is as it was.
    work.run(&KNOWN[..4]).exits(1);
    let text = String::from_utf8(work.read("exports/a.json")).expect("text");
    work.write(
        "exports/a.json",
        format!("\n\n{}", text.replace("},{", "},\n{")),
    );
    let ran = work.run(&KNOWN).exits(0);
    assert_eq!(ran.stdout, "");
    // From another folder, through the settings.
    work.write("gcagg.toml", "[validate]\nbaseline = \"base.json\"\n");
    let mut command = work.command(&["validate", "a.json"]);
    let output = command
        .current_dir(work.path("exports"))
        .output()
        .expect("ended");
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_fourth_is_new_and_shown_with_its_line() {
    let work = known();
    work.write("exports/a.json", response("a", 8..12, BAD));
    let ran = work.run(&KNOWN).exits(1);
    assert!(ran.stdout.contains("error[M005]"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\n  line 1: "), "{}", ran.stdout);
    assert!(ran.stderr.contains("1 error, 0 warnings"), "{}", ran.stderr);
}

#[test]
fn another_value_another_place_and_another_file_are_new() {
    let work = known();
    work.write(
        "exports/a.json",
        response("a", 8..11, &BAD.replace("12", "13")),
    );
    let ran = work
        .run(&[&KNOWN[..], &["--format", "ndjson"]].concat())
        .exits(1);
    assert_eq!(codes(&ran), ["M005", "M005", "M005", "F010"]);
    work.write(
        "exports/a.json",
        response("a", 8..11, &BAD.replace("count", "countNegative")),
    );
    work.run(&KNOWN).exits(1);
    work.write("exports/a.json", response("a", 8..11, BAD));
    work.write("exports/c.json", response("c", 8..11, BAD));
    let ran = work
        .run(&[&KNOWN[..], &["--format", "ndjson"]].concat())
        .exits(1);
    assert_eq!(codes(&ran), ["M005", "M005", "M005"]);
    assert!(ran.stdout.contains("\"file\":\"exports/c.json\""));
    // A file that was renamed brings its findings along.
    std::fs::remove_file(work.path("exports/a.json")).expect("gone");
    work.run(&KNOWN).exits(0);
}

#[test]
fn what_is_gone_is_told_and_can_be_denied() {
    let work = known();
    work.write("exports/a.json", response("a", 8..10, BAD));
    let ran = work.run(&KNOWN).exits(0);
    let words = "info[F010] stale-baseline: 1 of 3 known findings of M005 negative-value at \
                 /results/*/data/*/metrics/*/stats/count: no longer in this file\n  at exports/a.json";
    assert!(ran.stdout.contains(words), "{}", ran.stdout);
    work.run(&[&KNOWN[..], &["--deny", "stale-baseline"]].concat())
        .exits(1);
    let ran = work
        .run(&[&KNOWN[..], &["--allow", "F010"]].concat())
        .exits(0);
    assert_eq!(ran.stdout, "");
    // Written anew, it shrinks.
    work.run(&[&KNOWN[..], &["--write-baseline", "base.json"]].concat())
        .exits(0);
    let ran = work
        .run(&[&KNOWN[..], &["--deny", "all"]].concat())
        .exits(0);
    assert_eq!(ran.stdout, "");
    work.write("exports/a.json", response("a", 8..11, BAD));
    work.run(&KNOWN).exits(1);
}

#[test]
fn of_what_was_not_looked_at_nothing_is_gone() {
    let work = known();
    let before = work.read("base.json");
    // Another file, another choice of codes, a file that broke.
    let ran = work
        .run(&["validate", "exports/b.json", "--baseline", "base.json"])
        .exits(0);
    assert_eq!(ran.stdout, "");
    let ran = work
        .run(&[&KNOWN[..], &["--select", "T"]].concat())
        .exits(0);
    assert_eq!(ran.stdout, "");
    work.run(&[
        "validate",
        "exports/b.json",
        "--baseline",
        "base.json",
        "--write-baseline",
        "base.json",
    ])
    .exits(0);
    assert_eq!(work.read("base.json"), before);
    work.write("exports/a.json", "{\"results\":[}");
    let ran = work
        .run(&[&KNOWN[..], &["--format", "ndjson"]].concat())
        .exits(1);
    assert_eq!(codes(&ran), ["J001"]);
}

#[test]
fn what_cannot_be_read_is_never_known() {
    let work = known();
    for file in ["gone.json", "none/*.json"] {
        let ran = work
            .run(&[
                "validate",
                file,
                "exports",
                "--write-baseline",
                "other.json",
            ])
            .exits(3);
        assert!(ran.stdout.contains("error[F0"), "{}", ran.stdout);
        work.run(&["validate", file, "exports", "--baseline", "other.json"])
            .exits(3);
    }
}

#[test]
fn a_document_that_cannot_be_read_is_never_known() {
    let good = response("a", 8..9, OFFERED);
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let summary = r#"{"entities":[{"id":"q","metrics":{"talkTime":{"value":1,"unit":"s"}}}]}"#;
    let mixed = format!("{good}\n{summary}");
    let long = good.replace("\"a\"", &format!("\"{}\"", "a".repeat(3_000)));
    for (code, bytes) in [
        ("F002", b" ".to_vec()),
        (
            "F003",
            br#"{"message":"no","code":"bad.request","status":400}"#.to_vec(),
        ),
        ("F004", b"{\"a\":1}".to_vec()),
        ("F006", mixed.into_bytes()),
        ("J001", b"{\"results\":[}".to_vec()),
        ("J002", b"{\"results\":[".to_vec()),
        ("J003", br#"{"results":[],"results":[]}"#.to_vec()),
        ("J004", b"{\"results\":[\"\xff\"]}".to_vec()),
        ("J005", deep.into_bytes()),
        ("J006", format!("{good} x").into_bytes()),
        ("J007", long.into_bytes()),
        ("S001", good.replace("12", "\"12\"").into_bytes()),
        (
            "S002",
            good.replace(r#""metric":"nOffered","#, "").into_bytes(),
        ),
    ] {
        let work = Work::new();
        work.write("a.json", bytes);
        work.write("b.json", response("b", 8..9, BAD));
        let options = ["--max-token", "2000", "--format", "ndjson"];
        let run = |more: [&str; 2]| {
            let all = [&["validate", "a.json", "b.json"][..], &options, &more].concat();
            work.run(&all)
        };
        let written = run(["--write-baseline", "base.json"]).exits(1);
        assert!(
            codes(&written).contains(&code),
            "{code}: {}",
            written.stdout
        );
        let said = "1 known finding written to base.json\n1 finding left out of it: a baseline never hides unreadable data\n";
        assert!(written.stderr.contains(said), "{code}: {}", written.stderr);
        let text = String::from_utf8(work.read("base.json")).expect("text");
        assert!(!text.contains(code) && text.contains("M005"), "{text}");
    }
    // What an earlier version wrote hides nothing.
    let work = Work::new();
    work.write("a.json", "{\"results\":[}");
    work.write("c.json", "{\"a\":1}");
    work.write("base.json", EARLIER);
    let both = [
        "validate",
        "a.json",
        "c.json",
        "--baseline",
        "base.json",
        "--format",
        "ndjson",
    ];
    let ran = work.run(&both).exits(1);
    assert_eq!(codes(&ran), ["J001", "F004"], "{}", ran.stdout);
    work.run(&[&both[..5], &["--write-baseline", "base.json"]].concat())
        .exits(1);
    assert!(
        !String::from_utf8(work.read("base.json"))
            .expect("text")
            .contains("J001")
    );
}

#[test]
fn a_baseline_is_no_input_of_its_own_run() {
    let work = Work::new();
    work.write("a.json", response("a", 8..9, OFFERED));
    work.write("b.json", response("b", 8..9, BAD));
    let both = [
        "validate",
        ".",
        "--baseline",
        "base.json",
        "--write-baseline",
        "base.json",
    ];
    work.run(&both).exits(0);
    let ran = work.run(&both[..4]).exits(0);
    assert_eq!(ran.stdout, "");
    work.run(&both).exits(0);
    assert!(
        ran.stderr.contains("coverage: 2 found, 2 read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn baselines_that_are_none_are_refused() {
    let work = known();
    let ran = work
        .run(&["validate", "exports", "--baseline", "none.json"])
        .exits(2);
    assert!(
        ran.stderr.contains("--write-baseline none.json writes one"),
        "{}",
        ran.stderr
    );
    let folder = ["validate", "exports", "--baseline", "exports"];
    let ran = work.run(&folder).exits(3);
    assert!(!ran.stderr.contains("--write-baseline"), "{}", ran.stderr);
    for (text, words) in [
        ("[", "EOF"),
        ("{\"version\":9,\"findings\":[]}", "version 9"),
        (
            "{\"version\":1,\"findings\":[{}]}",
            "missing field `file` at line 1",
        ),
        (
            "{\"version\":1,\"findings\":[{\"file\":\"a\",\"code\":\"Q1\",\"pointer\":\"\",\"content\":\"0\",\"count\":1,\"message\":\"\"}]}",
            "`Q1` is not a code",
        ),
    ] {
        work.write("base.json", text);
        let ran = work.run(&KNOWN).exits(2);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert!(ran.stderr.contains("help: delete it"), "{}", ran.stderr);
    }
    work.write("exports/a.json", "x");
    let onto = [
        "validate",
        "exports/b.json",
        "--write-baseline",
        "exports/a.json",
    ];
    let ran = work.run(&onto).exits(2);
    assert!(
        ran.stderr.contains("and is not a baseline"),
        "{}",
        ran.stderr
    );
    assert_eq!(work.read("exports/a.json"), b"x");
    work.write("exports/a.json", [0xFF, 0xFE, b'{', 0]);
    work.run(&onto).exits(2);
}
