//! What the reports of findings carry: hostile names and values, in every form.

use crate::work::{Work, response};

const FORMATS: [&str; 8] = [
    "text", "json", "ndjson", "sarif", "junit", "github", "gitlab", "markdown",
];

/// Whether a terminal or a parser could act on this character.
fn acts(char: char) -> bool {
    char != '\n'
        && (char.is_control()
            || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}'))
}

#[test]
#[cfg(unix)]
fn hostile_file_names_act_on_nobody() {
    let work = Work::new();
    let names = [
        "a\u{1b}[2J.json",
        "b\u{202e}nosj.json",
        "c\n::error::forged.json",
        "d\u{ffff},:%.json",
        "e\u{9b}2J\u{2028}.json",
        "f|`<b>&]]>\"'.json",
    ];
    for name in names {
        work.write(name, "{\"results\":[}");
    }
    for format in FORMATS {
        let ran = work.run(&["validate", ".", "--format", format]).exits(1);
        for text in [&ran.stdout, &ran.stderr] {
            let found = text.chars().find(|char| acts(*char));
            assert_eq!(found, None, "{format}: {text}");
        }
        match format {
            "ndjson" => assert_eq!(ran.stdout.lines().count(), names.len()),
            "github" => {
                assert_eq!(ran.stdout.lines().count(), names.len());
                let all = ran
                    .stdout
                    .lines()
                    .all(|line| line.starts_with("::error title="));
                assert!(all, "{}", ran.stdout);
            }
            "junit" => {
                let report = quick_junit::Report::deserialize_from_str(&ran.stdout).expect("XML");
                assert_eq!(report.failures, names.len());
            }
            _ => {}
        }
    }
}

#[test]
fn hostile_values_act_on_nobody() {
    let work = Work::new();
    let name = "nO\u{202e}\u{ffff}\u{7f}ffered";
    let metrics = format!(r#"{{"metric":"{name}","stats":{{"count":1}}}}"#);
    work.write("a.json", response("q", 8..9, &metrics));
    for format in FORMATS {
        let ran = work
            .run(&["validate", "a.json", "--format", format, "--deny", "M004"])
            .exits(1);
        let found = ran.stdout.chars().find(|char| acts(*char));
        assert_eq!(found, None, "{format}: {}", ran.stdout);
        if format == "junit" {
            quick_junit::Report::deserialize_from_str(&ran.stdout).expect("XML");
        }
    }
    // Group values, in reports and summaries of what is there.
    work.write(
        "b.json",
        response(name, 8..9, r#"{"metric":"nOffered","stats":{"count":1}}"#),
    );
    for arguments in [
        vec!["report", "b.json"],
        vec!["report", "b.json", "--format", "markdown"],
        vec!["inspect", "b.json"],
    ] {
        let ran = work.run(&arguments).exits(0);
        let found = ran.stdout.chars().find(|char| acts(*char));
        assert_eq!(found, None, "{arguments:?}: {}", ran.stdout);
    }
}

#[test]
fn no_address_that_nobody_configured() {
    let work = Work::new();
    work.write("a.json", "{\"results\":[}");
    for format in FORMATS {
        let ran = work
            .run(&["validate", "a.json", "--format", format])
            .exits(1);
        let text = ran.stdout.replace("https://json.schemastore.org/", "");
        assert!(!text.contains("https://"), "{format}: {text}");
    }
    for name in ["aggregates", "summary", "config"] {
        let schema = work.run(&["schema", name]).exits(0).stdout;
        let id = format!("\"$id\": \"urn:gcagg:schema:{name}\"");
        assert!(schema.contains(&id), "{schema}");
    }
}
