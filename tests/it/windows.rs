//! What is read in pieces gives what is read whole: whatever the size of the window, the number of
//! threads and the way in, and whether the direct reader or the tape was used.

use std::path::PathBuf;

use crate::slow::pieces::{self, Input, Way};
use crate::work::Work;

/// What a run says, but for the time it took.
type Said = (Option<i32>, String, String);

fn said(work: &Work, arguments: &[&str], input: &[u8]) -> Said {
    let ran = work.pipe(arguments, input);
    let untimed = |line: &&str| !line.ends_with(" s");
    let stderr: Vec<&str> = ran.stderr.lines().filter(untimed).collect();
    (ran.code, ran.stdout, stderr.join("\n"))
}

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

/// Reads all samples as a whole and in other ways.
fn compare(ways: &[Way]) {
    let read = |path: PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy();
        (name.into_owned(), std::fs::read(&path).expect("a sample"))
    };
    let inputs: Vec<Input> = samples().into_iter().map(read).collect();
    // A mixture keeps all that is read with it from being written.
    let mixture = |input: &Input| input.0.starts_with("F006");
    let (mixtures, others): (Vec<Input>, Vec<Input>) = inputs.into_iter().partition(mixture);
    for inputs in [mixtures, others] {
        assert_eq!(pieces::difference(&inputs, ways), None);
    }
}

#[test]
fn windows_and_threads_change_no_byte() {
    compare(&[
        ("loose", &["--window", "16", "-j", "1"]),
        ("loose", &["--window", "100", "-j", "3"]),
        ("loose", &["--window", "777", "-j", "2"]),
        ("loose", &["--window", "4000", "-j", "8"]),
        ("loose", &["-j", "8"]),
    ]);
}

#[test]
fn the_schema_itself_finds_no_more_than_the_shape_check() {
    compare(&[("loose", &["--paranoid"])]);
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

/// Containers of about `bytes` bytes in all, each with a queue of its own; their number.
fn containers(letter: char, bytes: usize) -> (Vec<String>, usize) {
    let one = |number: usize| {
        format!(
            r#"{{"group":{{"queueId":"{letter}{number:06}"}},"data":[{{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T09:00:00.000Z","metrics":[{{"metric":"nOffered","stats":{{"count":12}}}},{{"metric":"tTalk","stats":{{"count":2,"sum":9000,"min":4000,"max":5000}}}}]}}]}}"#
        )
    };
    let count = bytes / one(0).len();
    ((0..count).map(one).collect(), count)
}

/// A faulty input that is larger than any window is read like a small one: a document whose brackets
/// balance is one finding, wherever it is broken, and what follows it is read.
#[test]
fn faults_in_a_large_input_are_those_of_a_small_one() {
    let (mut first, _) = containers('a', 10_000_000);
    let (mut second, count) = containers('b', 8_000_000);
    let third = first.len() / 3;
    // A comma is missing, and the brackets balance.
    first[third].push(' ');
    let broken = first[third + 1].clone();
    let first = format!(r#"{{"results":[{}]}}"#, first.join(","));
    let first = first.replacen(&format!(" ,{broken}"), &format!("  {broken}"), 1);
    second[count - 1] = second[count - 1].replace("12", "\"12\"");
    let text = format!("{first}\n{{\"results\":[{}]}}\n", second.join(","));
    let places = [
        text.find(&format!("  {broken}")).expect("the first fault") + 2,
        text.rfind("\"12\"").expect("the second fault"),
    ];
    assert!(text.len() > 16 << 20);
    let work = Work::new();
    work.write("x.json", &text);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, text.as_bytes()).expect("packed");
    work.write("x.json.gz", packed.finish().expect("packed"));
    let run = |threads: &str, input: &str, format: &[&str]| {
        let pipe = match input {
            "-" => text.as_bytes(),
            _ => b"",
        };
        work.pipe(&[format, &["-j", threads, input]].concat(), pipe)
    };
    let findings = ["validate", "--format", "ndjson"];
    let skip = ["convert", "--on-error", "skip"];
    let mut whole = None;
    for (threads, input) in [
        ("1", "x.json"),
        ("2", "x.json"),
        ("7", "x.json.gz"),
        ("1", "-"),
    ] {
        let found = run(threads, input, &findings).exits(1).stdout;
        let found: Vec<(String, usize)> = found
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .map(|line: serde_json::Value| {
                let offset = line["offset"].as_u64().expect("an offset");
                let code = line["code"].as_str().expect("a code");
                (code.to_owned(), offset as usize)
            })
            .collect();
        let expected = [("J001", places[0]), ("S001", places[1])];
        let expected = expected.map(|(code, place)| (code.to_owned(), place));
        assert_eq!(found, expected, "-j {threads} {input}");
        let table = run(threads, input, &skip).exits(0).stdout;
        assert_eq!(table.lines().count(), 1 + 2 * (count - 1));
        assert!(*whole.get_or_insert_with(|| table.clone()) == table);
    }
}
