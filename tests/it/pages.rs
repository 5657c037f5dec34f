//! The pages of `gcagg explain` are true: what they call bad is found, and mended it is not.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/diagnostic/explain")
}

/// The first fenced block below a heading, without its fence.
fn block<'p>(page: &'p str, heading: &str) -> &'p str {
    let below = page.split_once(heading).expect("the heading").1;
    let fence = below.find("```").expect("a fence");
    let start = fence + below[fence..].find('\n').expect("a line") + 1;
    let end = start + below[start..].find("\n```").expect("its end");
    &below[start..end]
}

/// The options that a page says its examples are checked with: With `--expect-… …`.
fn options(page: &str) -> Vec<&str> {
    let bad = page.split_once("## Bad").expect("the heading").1;
    let with = bad
        .split_once("With `")
        .filter(|(before, _)| !before.contains("##"));
    let options = with.and_then(|(_, rest)| rest.split_once('`'));
    options.map_or_else(Vec::new, |(options, _)| options.split(' ').collect())
}

fn codes(document: &str, schema: Option<&str>, options: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gcagg"));
    command.args(["validate", "--format", "ndjson", "-"]);
    command.args(options);
    if let Some(schema) = schema {
        let path = folder.path().join("schema.json");
        std::fs::write(&path, schema).expect("written");
        command.arg("--schema").arg(path);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(document.as_bytes()).expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("ended");
    String::from_utf8(output.stdout)
        .expect("text")
        .lines()
        .map(|line| {
            let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
            finding["code"].as_str().expect("a code").to_owned()
        })
        .collect()
}

#[test]
fn what_a_page_calls_bad_is_found_and_what_it_calls_good_is_not() {
    let mut pages = 0;
    for entry in std::fs::read_dir(folder()).expect("the pages") {
        let path = entry.expect("a page").path();
        let code = path
            .file_stem()
            .expect("a name")
            .to_str()
            .expect("text")
            .to_owned();
        let page = std::fs::read_to_string(&path).expect("text");
        pages += 1;
        let (bad, good) = (block(&page, "## Bad"), block(&page, "## Good"));
        let (bad, schema) = match code.as_str() {
            // No document can be unreadable, absent, known or filtered by itself.
            "F001" | "F009" | "F010" | "U001" => continue,
            // Only columns of tables have types: `exact.rs` has tests of them.
            "S006" => continue,
            // No document has these either: the tests of `fetch` and `rollup` look at them.
            code if code.starts_with(['N', 'R']) => continue,
            "F002" => ("", None),
            "S005" => (bad, Some(block(&page, "## Why it happens"))),
            _ => (bad, None),
        };
        let options = options(&page);
        assert!(
            codes(bad, schema, &options).contains(&code),
            "{code}: the bad example passes"
        );
        assert!(
            !codes(good, schema, &options).contains(&code),
            "{code}: the good example does not"
        );
    }
    assert!(pages > 20, "only {pages} pages");
}

#[test]
fn every_bad_sample_has_its_code() {
    let samples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/bad");
    let schema = std::fs::read_to_string(samples.join("S005-user.schema.json")).expect("text");
    let mut seen = 0;
    for entry in std::fs::read_dir(&samples).expect("the samples") {
        let path = entry.expect("a sample").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_str()
            .expect("text")
            .to_owned();
        let code = name[..4].to_owned();
        if name.contains(".schema.") {
            continue;
        }
        let document = std::fs::read(&path).expect("bytes");
        // Raw bytes: one sample is no UTF-8.
        let mut command = Command::new(env!("CARGO_BIN_EXE_gcagg"));
        command.args(["validate", "--format", "ndjson"]).arg(&path);
        if code == "S005" {
            command
                .arg("--schema")
                .arg(samples.join("S005-user.schema.json"));
            assert!(schema.contains("maxItems"));
        }
        let output = command.output().expect("ended");
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(
            text.contains(&format!("\"code\":\"{code}\"")),
            "{name}: {text}"
        );
        let error = text.contains("\"severity\":\"error\"");
        assert_eq!(output.status.code(), Some(i32::from(error)), "{name}");
        assert!(document.len() < 10_000, "{name} is no small sample");
        seen += 1;
    }
    assert!(seen > 20, "only {seen} samples");
}
