//! Reports for machines, several in one run.

use serde_json::{Value, json};

use crate::work::{Work, response, sample};

/// A folder with a clean file, a bad one whose name needs escapes, one that is no JSON, one with
/// warnings, an empty one and one that is not meant.
fn exports() -> Work {
    let work = Work::new();
    work.write(
        "exports/clean.json",
        response("a", 8..9, crate::work::OFFERED),
    );
    work.write(
        "exports/bad one,ü%:1.json",
        response(
            "b",
            8..10,
            r#"{"metric":"nOffered","stats":{"count":"12"}}"#,
        ),
    );
    work.write("exports/broken.json", "{\"results\":[}");
    work.write(
        "exports/unknown.json",
        response("c", 8..9, r#"{"metric":"nOfferd","stats":{"count":1}}"#),
    );
    work.write("exports/empty.json", "");
    work.write("exports/notes.txt", "not meant");
    work.write("exports/.hidden.json", "not meant");
    work
}

fn text(work: &Work, name: &str) -> String {
    String::from_utf8(work.read(name)).expect("text")
}

#[test]
fn one_run_gives_every_report() {
    let work = exports();
    let reports = [
        "json", "ndjson", "sarif", "junit", "github", "gitlab", "markdown", "text",
    ];
    let mut arguments = vec!["validate".to_owned(), "exports".to_owned()];
    for format in reports {
        arguments.push(format!("--report={format}=out.{format}"));
    }
    arguments.push("--report=github".to_owned());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = work.run(&arguments).exits(1);
    assert!(ran.stdout.starts_with("::error title="), "{}", ran.stdout);
    for format in reports {
        let path = format!("out.{format}");
        let alone = work
            .run(&["validate", "exports", "--format", format])
            .exits(1);
        if format == "markdown" {
            // Its last row is the time it took.
            let text = text(&work, &path);
            let (head, _) = text.split_once("| seconds").expect("seconds");
            assert!(alone.stdout.starts_with(head), "{}", alone.stdout);
        } else {
            assert_eq!(alone.stdout, text(&work, &path), "{format}");
        }
    }
    let last = ran.stderr.lines().next().expect("a line");
    assert!(
        last.starts_with(
            "coverage: 5 found, 5 read, 2 skipped (1 hidden, 1 of another kind), 4 buckets, \
             2 metrics, "
        ),
        "{}",
        ran.stderr
    );
}

#[test]
fn sarif_fits_its_schema_and_what_github_asks_for() {
    let work = exports();
    work.run(&[
        "validate",
        "exports",
        "gone.json",
        "--report",
        "sarif=out.sarif",
    ])
    .exits(3);
    let log: Value = serde_json::from_slice(&work.read("out.sarif")).expect("JSON");
    let schema = include_str!("../schemas/sarif-2.1.0.json");
    let mut schema: Value = serde_json::from_str(schema).expect("a schema");
    // A stray bracket makes this pattern none for readers that take Unicode in earnest.
    for place in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][place]["properties"]["language"];
        assert!(
            language
                .as_object_mut()
                .is_some_and(|it| it.remove("pattern").is_some())
        );
    }
    let validator = jsonschema::validator_for(&schema).expect("a usable schema");
    let faults: Vec<String> = validator
        .iter_errors(&log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 6, "{results:#?}");
    let mut prints = std::collections::HashSet::new();
    for result in results {
        let rule = &rules[result["ruleIndex"].as_u64().expect("an index") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(
            rule["help"]["text"]
                .as_str()
                .is_some_and(|text| text.len() > 100)
        );
        // The help is in the log; an address is only there where one was configured at build time.
        assert!(rule.get("helpUri").is_none());
        let place = &result["locations"][0]["physicalLocation"];
        let region = &place["region"];
        assert!(region["startLine"].as_u64() >= Some(1));
        let is_of_file = region["endLine"].is_null();
        assert_eq!(region["byteOffset"].is_u64(), !is_of_file);
        assert_eq!(region["byteLength"].is_u64(), !is_of_file);
        let uri = place["artifactLocation"]["uri"].as_str().expect("a URI");
        let plain = |char: char| char.is_ascii_alphanumeric() || "/-._~%".contains(char);
        assert!(uri.chars().all(plain) && !uri.starts_with('/'), "{uri}");
        let print = &result["partialFingerprints"]["primaryLocationLineHash"];
        assert!(prints.insert(print.as_str().expect("a fingerprint").to_owned()));
    }
    let uris = results
        .iter()
        .map(|result| &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]);
    assert_eq!(
        uris.filter(|uri| **uri == "exports/bad%20one%2C%C3%BC%25%3A1.json")
            .count(),
        2
    );
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn gitlab_gets_the_structure_it_documents() {
    // GitLab's documentation gives no schema but this list of required members.
    let schema = json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "location", "severity"],
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "minLength": 1 },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "positions"],
                    "properties": {
                        "path": { "type": "string", "not": { "pattern": "^\\./" } },
                        "positions": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": { "begin": {
                                "required": ["line"],
                                "properties": { "line": { "type": "integer", "minimum": 1 } }
                            } }
                        }
                    }
                }
            }
        }
    });
    let validator = jsonschema::validator_for(&schema).expect("a usable schema");
    let work = exports();
    let ran = work
        .run(&["validate", "./exports", "--format", "gitlab"])
        .exits(1);
    let issues: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let faults: Vec<String> = validator
        .iter_errors(&issues)
        .map(|it| it.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    let prints = |text: &str| -> Vec<String> {
        let issues: Vec<Value> = serde_json::from_str(text).expect("JSON");
        let mut prints: Vec<String> = issues
            .iter()
            .map(|issue| issue["fingerprint"].as_str().expect("text").to_owned())
            .collect();
        prints.sort();
        prints.dedup();
        assert_eq!(
            prints.len(),
            issues.len(),
            "two findings share a fingerprint"
        );
        prints
    };
    let before = prints(&ran.stdout);
    // Lines move, the finding stays the same.
    let moved = "exports/bad one,ü%:1.json";
    let shifted = format!("\n\n\n{}", text(&work, moved));
    work.write(moved, shifted);
    let ran = work
        .run(&["validate", "exports", "--format", "gitlab"])
        .exits(1);
    assert_eq!(prints(&ran.stdout), before);
}

#[test]
fn junit_counts_errors_only() {
    let work = exports();
    let ran = work
        .run(&["validate", "exports", "gone.json", "--format", "junit"])
        .exits(3);
    // There is no one schema of JUnit; this is what its readers share.
    let report = quick_junit::Report::deserialize_from_str(&ran.stdout).expect("JUnit");
    assert_eq!((report.tests, report.failures, report.errors), (7, 4, 1));
    let suites: Vec<&str> = report
        .test_suites
        .iter()
        .map(|suite| suite.name.as_str())
        .collect();
    assert_eq!(
        suites,
        [
            "exports/bad one,ü%:1.json",
            "exports/broken.json",
            "exports/clean.json",
            "exports/empty.json",
            "exports/unknown.json",
            "gone.json"
        ]
    );
    for suite in &report.test_suites {
        assert_eq!(suite.tests, suite.test_cases.len());
    }
}

#[test]
fn annotations_are_few_and_never_forged() {
    let work = Work::new();
    let buckets = response(
        "a",
        0..20,
        r#"{"metric":"nOffered\n::error::x","stats":{"count":"1"}}"#,
    );
    work.write("a.json", buckets);
    let ran = work
        .run(&["validate", "a.json", "--format", "github"])
        .exits(1);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let of = |kind: &str| lines.iter().filter(|line| line.starts_with(kind)).count();
    assert_eq!(
        (of("::error "), of("::warning "), lines.len()),
        (10, 10, 21)
    );
    assert!(
        lines[20].starts_with("::notice title=gcagg::20 more findings not shown here"),
        "{}",
        lines[20]
    );
}

#[test]
fn nothing_found_is_a_report_too() {
    let work = Work::new();
    let clean = sample("queue-day.json");
    for (format, expected) in [
        ("json", "[]\n"),
        ("gitlab", "[]\n"),
        ("ndjson", ""),
        ("github", ""),
    ] {
        let ran = work.run(&["validate", &clean, "--format", format]).exits(0);
        assert_eq!(ran.stdout, expected, "{format}");
    }
    let ran = work
        .run(&["validate", &clean, "--format", "sarif"])
        .exits(0);
    let log: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(log["runs"][0]["results"], json!([]));
    assert_eq!(
        log["runs"][0]["artifacts"].as_array().map(Vec::len),
        Some(1)
    );
    let ran = work
        .run(&["validate", &clean, "--format", "markdown"])
        .exits(0);
    assert!(ran.stdout.starts_with("## gcagg validate: no errors\n"));
    assert!(ran.stdout.contains("| documents | 1 |"));
}

#[test]
fn reports_appear_whole_or_not_at_all() {
    let work = exports();
    work.write("old.sarif", "old");
    // The second cannot be made: the first stays as it was.
    let ran = work
        .run(&[
            "validate",
            "exports",
            "--report",
            "sarif=old.sarif",
            "--report",
            "junit=no/x.xml",
        ])
        .exits(3);
    assert!(ran.stderr.contains("no"), "{}", ran.stderr);
    assert_eq!(work.read("old.sarif"), b"old");
    assert_eq!(work.names(), ["exports", "old.sarif"]);
}

#[test]
fn wrong_reports_are_told_before_the_work() {
    let work = exports();
    for (reports, words) in [
        (&["--report", "sarfi=x"][..], "unknown format `sarfi`"),
        (&["--report", "sarif="], "`sarif=` needs a file name"),
        (
            &["--report", "text", "--report", "json"],
            "two outputs would be written to standard output",
        ),
        (
            &["--report", "json=x", "--report", "sarif=./x"],
            "two outputs would be written to",
        ),
        (&["--report", "json=exports/clean.json"], "is also an input"),
    ] {
        let ran = work
            .run(&[&["validate", "exports"], reports].concat())
            .exits(2);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert_eq!(work.names(), ["exports"]);
    }
}

#[test]
fn nothing_to_check_is_no_success() {
    let work = Work::new();
    work.write("exports/notes.txt", "x");
    for input in ["exports", "*.json"] {
        let ran = work.run(&["validate", input]).exits(3);
        assert!(
            ran.stdout.starts_with("error[F009] no-input"),
            "{}",
            ran.stdout
        );
        work.run(&["validate", input, "--allow", "F009"]).exits(2);
    }
    let skip = ["convert", "exports", "--on-error", "skip", "-o", "out.csv"];
    let ran = work.run(&skip).exits(3);
    assert!(
        ran.stderr.contains("error[F009] no-input"),
        "{}",
        ran.stderr
    );
    // What is there is checked all the same.
    work.write(
        "a.json",
        response("a", 8..9, r#"{"metric":"nOffered","stats":{"count":"1"}}"#),
    );
    let ran = work.run(&["validate", "exports", "a.json"]).exits(3);
    assert!(ran.stdout.contains("error[S001]"), "{}", ran.stdout);
}

#[test]
fn every_fault_there_is_fits_every_format() {
    let work = Work::new();
    let samples = sample("bad");
    let run = |format: &str| {
        work.run(&["validate", &samples, "--format", format, "--max-shown", "0"])
            .exits(1)
            .stdout
    };
    let count = run("ndjson").lines().count();
    assert!(count > 25, "only {count} findings");
    let array: Vec<Value> = serde_json::from_str(&run("json")).expect("JSON");
    let issues: Vec<Value> = serde_json::from_str(&run("gitlab")).expect("JSON");
    let log: Value = serde_json::from_str(&run("sarif")).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(
        (array.len(), issues.len(), results.len()),
        (count, count, count)
    );
    let report = quick_junit::Report::deserialize_from_str(&run("junit")).expect("JUnit");
    let errors = array.iter().filter(|it| it["severity"] == "error").count();
    assert_eq!(report.failures + report.errors, errors);
    let rows = run("markdown");
    let causes = rows
        .lines()
        .filter(|line| {
            ["| error | ", "| warning | ", "| info | "]
                .iter()
                .any(|severity| line.starts_with(severity))
        })
        .count();
    let text = run("text");
    assert_eq!(text.matches("\n  more: gcagg explain ").count(), causes);
}

#[test]
fn sarif_has_the_other_place_of_a_pair() {
    let work = Work::new();
    work.write("a.json", response("a", 8..10, crate::work::OFFERED));
    work.write("b c.json", response("a", 8..9, crate::work::OFFERED));
    work.write("gap.json", response("g", 8..9, crate::work::OFFERED));
    let ran = work.run(&["validate", "a.json", "b c.json", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&ran.exits(1).stdout).expect("JSON");
    let result = &log["runs"][0]["results"][0];
    let other = &result["relatedLocations"][0];
    assert_eq!(result["ruleId"], "T003");
    assert_eq!(
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "b%20c.json"
    );
    let place = &other["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a.json", "{other}");
    assert_eq!(place["region"]["startLine"], 1);
    assert!(
        other["message"]["text"]
            .as_str()
            .expect("text")
            .starts_with("a.json:1:")
    );
    // A finding without another place has no such member.
    let one = work.run(&[
        "validate",
        &sample("bad/S001-wrong-type.json"),
        "--format",
        "sarif",
    ]);
    assert!(!one.exits(1).stdout.contains("relatedLocations"));
    // Words before a place are not part of the name of the file.
    let gap = work.run(&[
        "validate",
        &sample("bad/T004-gap.json"),
        "--format",
        "sarif",
    ]);
    let log: Value = serde_json::from_str(&gap.exits(0).stdout).expect("JSON");
    let other = &log["runs"][0]["results"][0]["relatedLocations"][0]["physicalLocation"];
    let uri = other["artifactLocation"]["uri"].as_str().expect("a file");
    assert!(
        uri.ends_with("samples/bad/T004-gap.json") && !uri.contains("bucket"),
        "{uri}"
    );
}
