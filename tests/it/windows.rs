//! What is read in pieces gives what is read whole: whatever the size of the window, the number of
//! threads and the way in, and whether the direct reader or the tape was used.

use std::path::PathBuf;

use crate::work::Work;

/// What a run says, but for the time it took.
type Said = (Option<i32>, String, String);

fn said(work: &Work, arguments: &[&str], input: &[u8]) -> Said {
    let ran = work.pipe(arguments, input);
    let untimed = |line: &&str| !line.ends_with(" s");
    let stderr: Vec<&str> = ran.stderr.lines().filter(untimed).collect();
    (ran.code, ran.stdout, stderr.join("\n"))
}

const COMMANDS: [&[&str]; 5] = [
    &["validate", "--format", "ndjson"],
    &["convert"],
    &["convert", "--layout", "wide", "-t", "ndjson"],
    &[
        "convert",
        "--on-error",
        "skip",
        "--rejects",
        "rejects",
        "-o",
        "rows.csv",
    ],
    &["inspect"],
];

/// All samples, good and bad.
fn samples() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut files: Vec<PathBuf> = [folder.clone(), folder.join("bad")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).expect("the samples"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file() && !path.ends_with("S005-user.schema.json"))
        .collect();
    files.sort();
    assert!(files.len() > 35, "only {} samples", files.len());
    files
}

/// Runs every command on a file, as it is and with other options.
fn compare(path: &std::path::Path, ways: &[&[&str]]) {
    let name = path.file_name().expect("a name").to_string_lossy();
    let work = Work::new();
    work.write(&name, std::fs::read(path).expect("a sample"));
    let run = |command: &[&str], way: &[&str]| {
        let ran = said(&work, &[command, way, &[&name]].concat(), b"");
        let files = ["rejects", "rows.csv"].map(|file| work.exists(file).then(|| work.read(file)));
        (ran, files)
    };
    for command in COMMANDS {
        let whole = run(command, &[]);
        for way in ways {
            assert_eq!(run(command, way), whole, "{name}: {command:?} {way:?}");
        }
    }
}

#[test]
fn windows_and_threads_change_no_byte() {
    for path in samples() {
        compare(
            &path,
            &[
                &["--window", "16", "-j", "1"],
                &["--window", "100", "-j", "3"],
                &["--window", "777", "-j", "2"],
                &["--window", "4000", "-j", "8"],
                &["-j", "8"],
            ],
        );
    }
}

#[test]
fn the_schema_itself_finds_no_more_than_the_shape_check() {
    for path in samples() {
        compare(&path, &[&["--paranoid"]]);
    }
}

#[test]
fn standard_input_is_like_a_file() {
    for path in samples() {
        let bytes = std::fs::read(&path).expect("a sample");
        let work = Work::new();
        work.write("stdin.json", &bytes);
        let file = said(&work, &["convert", "--source-column", "stdin.json"], b"");
        let pipe = said(
            &work,
            &["convert", "--source-column", "-", "--window", "512"],
            &bytes,
        );
        let same = |text: &str| text.replace("stdin.json", "-");
        assert_eq!(file.0, pipe.0, "{}", path.display());
        assert_eq!(same(&file.1), pipe.1, "{}", path.display());
    }
}

#[test]
fn a_users_schema_sees_all_whatever_is_cut() {
    let item = r##"{"type":"object","required":["group","flow"],"properties":{"data":{"maxItems":1,"items":{"$ref":"#/$defs/b"}}}}"##;
    let bucket =
        r#"{"b":{"properties":{"metrics":{"items":{"properties":{"metric":{"const":"tTalk"}}}}}}}"#;
    for (keyword, words) in [
        (r#""title":"split""#, "applied to each element of `results`"),
        (
            r#""minItems":9"#,
            "applied to whole documents: `minItems` of `results`",
        ),
    ] {
        let schema = format!(
            r#"{{"properties":{{"results":{{"items":{item},{keyword}}}}},"$defs":{bucket}}}"#
        );
        for name in [
            "queue-day.json",
            "async-page-1.json",
            "views.json",
            "nightly.ndjson",
            "summary-grouped.json",
        ] {
            let work = Work::new();
            work.write("own.json", &schema);
            let path = crate::work::sample(name);
            let run = |window: &str| {
                work.run(&[
                    "validate", "-v", "--format", "ndjson", "--schema", "own.json", "--window",
                    window, &path,
                ])
            };
            let whole = run("100000000");
            assert!(whole.stderr.contains(words), "{}", whole.stderr);
            let found = whole.stdout.contains("S002") && whole.stdout.contains("S004");
            assert_eq!(
                found,
                name != "summary-grouped.json",
                "{name}: {}",
                whole.stdout
            );
            for window in ["40", "400", "4000"] {
                let cut = run(window);
                assert_eq!(
                    (cut.code, cut.stdout),
                    (whole.code, whole.stdout.clone()),
                    "{name} {window}"
                );
            }
        }
    }
    let broken = Work::new();
    broken.write(
        "own.json",
        r#"{"properties":{"results":{"items":{"maxProperties":1}}}}"#,
    );
    broken.write(
        "x.json",
        crate::work::response("a", 0..1, r#"{"metric":"tTalk"}"#),
    );
    let ran = broken
        .run(&[
            "validate", "--format", "ndjson", "--schema", "own.json", "x.json",
        ])
        .exits(1);
    assert!(
        ran.stdout
            .contains("/properties/results/items/maxProperties"),
        "{}",
        ran.stdout
    );
}
