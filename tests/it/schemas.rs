//! `--schema FILE`: what a schema refers to in other files.

use serde_json::json;

use crate::work::{OFFERED, Work, response};

/// Asserts that a schema finds the one thing that is wrong: `group` lacks `zzz`.
#[track_caller]
fn finds(work: &Work, schema: &str) {
    let arguments = [
        "validate", "a.json", "--format", "ndjson", "--schema", schema,
    ];
    let ran = work.run(&arguments).exits(1);
    let finding: serde_json::Value = serde_json::from_str(&ran.stdout).expect("one finding");
    assert_eq!(finding["code"], "S002", "{}", ran.stdout);
    assert_eq!(finding["pointer"], "/results/0/group", "{}", ran.stdout);
}

fn work() -> Work {
    let work = Work::new();
    work.write("a.json", response("q", 8..9, OFFERED));
    work
}

const DRAFTS: [(&str, &str); 5] = [
    ("http://json-schema.org/draft-04/schema#", "definitions"),
    ("http://json-schema.org/draft-06/schema#", "definitions"),
    ("http://json-schema.org/draft-07/schema#", "definitions"),
    ("https://json-schema.org/draft/2019-09/schema", "$defs"),
    ("https://json-schema.org/draft/2020-12/schema", "$defs"),
];

#[test]
fn references_begin_at_the_folder_of_the_file() {
    for (draft, definitions) in DRAFTS {
        let work = work();
        let group = json!({"$schema": draft, definitions: {"group": {"required": ["zzz"]}}});
        work.write("schemas/parts/deep/the group.json", group.to_string());
        // From file to file, up and down, and back to the file that began.
        let container = json!({"$schema": draft, definitions: {"container": {"properties": {
            "group": {"$ref": format!("deep/the%20group.json#/{definitions}/group")},
            "data": {"$ref": format!("../root.json#/{definitions}/data")},
        }}}});
        work.write("schemas/parts/container.json", container.to_string());
        let items = json!({"$ref": format!("parts/container.json#/{definitions}/container")});
        let mut root = json!({"$schema": draft, "type": "object", definitions: {"data": {"type": "array"}},
            "properties": {"results": {"items": items}}});
        work.write("schemas/root.json", format!("\u{feff}{root}"));
        finds(&work, "schemas/root.json");
        finds(&work, "schemas/../schemas/./root.json");
        let whole = work.path("schemas/root.json");
        finds(&work, whole.to_str().expect("text"));
        // A schema that names its address has its neighbours in the same folder.
        let id = if draft.contains("draft-04") {
            "id"
        } else {
            "$id"
        };
        for address in ["https://example.com/schemas/root.json", "root.json"] {
            root[id] = json!(address);
            work.write("schemas/root.json", root.to_string());
            finds(&work, "schemas/root.json");
        }
    }
}

#[test]
fn a_reference_that_leads_nowhere_is_an_error() {
    let work = work();
    work.write("text.json", "{");
    work.write("other.json", "{}");
    // Every level doubles what a document is checked against.
    let level = |level: u32| {
        let next = json!({"$ref": format!("#/$defs/l{}", level + 1)});
        (format!("l{level}"), json!({"anyOf": [next, next]}))
    };
    let mut levels: serde_json::Map<_, _> = (0..25).map(level).collect();
    levels.insert("l25".to_owned(), json!({"type": "object"}));
    work.write("wide.json", json!({"$defs": levels}).to_string());
    for (reference, code, words) in [
        ("none.json", 3, "none.json: No such file"),
        ("folder/none.json#/a", 3, "none.json: No such file"),
        ("text.json", 2, "text.json: not JSON"),
        (
            "https://example.com/a.json",
            2,
            "https://example.com/a.json, and schemas are read from files only",
        ),
        ("//example.com/a.json", 2, "example.com/a.json"),
        ("urn:example:a", 2, "urn:example:a"),
        ("wide.json#/$defs/l0", 2, "1000000 subschemas"),
        ("other.json#/$defs/none", 2, "/$defs/none"),
        ("#/$defs/none", 2, "/$defs/none"),
    ] {
        let schema = json!({"$schema": DRAFTS[4].0, "properties": {"results": {"items": {"$ref": reference}}}});
        work.write("schema.json", schema.to_string());
        let ran = work
            .run(&["validate", "a.json", "--schema", "schema.json"])
            .exits(code);
        assert!(
            ran.stderr.contains(words) && ran.stderr.contains("schema.json"),
            "{reference}: {}",
            ran.stderr
        );
        assert_eq!(ran.stdout, "", "{reference}");
    }
    work.run(&["validate", "a.json", "--schema", "none.json"])
        .exits(3);
    work.run(&["validate", "a.json", "--schema", "text.json"])
        .exits(2);
}

/// A user's schema describes the file as it is written.
#[test]
fn a_schema_sees_the_keys_of_the_file() {
    let work = work();
    let pascal = br#"{"Results":[{"Group":{"queueId":"q"},"Data":[]}]}"#;
    for (required, code) in [("Results", 0), ("results", 1)] {
        work.write("schema.json", json!({"required": [required]}).to_string());
        work.pipe(&["validate", "--schema", "schema.json", "-"], pascal)
            .exits(code);
    }
}
