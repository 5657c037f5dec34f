//! The schema of `gcagg.toml` has the options of commands that can be set, and says what the reader
//! accepts.

use std::path::Path;

use clap::ArgAction;
use gcagg::internals::cli::sections::{CommandOption, SECTIONS, options};
use serde_json::{Map, Value, json};

use crate::work::Work;

const FILE: &str = "schemas/config.schema.json";

/// The schema of an option.
fn schema_of(option: &CommandOption) -> Value {
    let relative = if option.is_path() {
        " A path is relative to this file."
    } else {
        ""
    };
    let description = format!(
        "{}.{relative}",
        option
            .arg
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default()
            .split('\n')
            .next()
            .unwrap_or_default()
            .trim_end_matches('.')
    );
    let values = option.arg.get_possible_values();
    let values: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
    let value = match option.arg.get_action() {
        ArgAction::SetTrue => json!({"type": "boolean"}),
        ArgAction::Set if !values.is_empty() => json!({"enum": values}),
        ArgAction::Append if !values.is_empty() => {
            let one = json!({"enum": values});
            json!({"oneOf": [one, {"type": "array", "items": one}]})
        }
        _ => json!({"$ref": "#/$defs/values"}),
    };
    let mut schema = json!({"description": description});
    for (key, value) in value.as_object().expect("an object") {
        schema[key] = value.clone();
    }
    schema
}

/// The schema with the options of every command.
fn complete(mut schema: Value) -> Value {
    for section in SECTIONS {
        let own = options().iter().filter(|option| option.section == *section);
        let properties: Map<String, Value> = own
            .map(|option| (option.name.clone(), schema_of(option)))
            .collect();
        schema["properties"][*section] = json!({
            "description": format!("Defaults of the options of `gcagg {section}`."),
            "type": "object",
            "additionalProperties": false,
            "properties": properties,
        });
    }
    schema
}

#[test]
fn every_option_that_can_be_set_is_in_the_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let text = std::fs::read_to_string(&path).expect("the schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    let complete = format!("{:#}\n", complete(schema));
    if std::env::var_os("GCAGG_UPDATE").is_some() {
        std::fs::write(&path, &complete).expect("written");
        return;
    }
    assert!(
        text == complete,
        "{FILE} is not complete: GCAGG_UPDATE=1 cargo test --test it configschema"
    );
}

#[test]
fn the_schema_accepts_what_the_reader_accepts() {
    let schema = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE));
    let schema: Value = serde_json::from_str(&schema.expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a usable schema");
    let work = Work::new();
    work.write("names.csv", "id,name\n");
    for (toml, json, good) in [
        (
            "[convert]\nlayout = \"wide\"\nnames = [\"names.csv\"]\nlimit = 5",
            json!({"convert": {"layout": "wide", "names": ["names.csv"], "limit": 5}}),
            true,
        ),
        (
            "[convert]\nsort = [\"a\", \"b:desc\"]",
            json!({"convert": {"sort": ["a", "b:desc"]}}),
            true,
        ),
        (
            "[rollup]\nnames = \"names.csv\"\ndedupe = true",
            json!({"rollup": {"names": "names.csv", "dedupe": true}}),
            true,
        ),
        (
            "[report]\nmetric = \"t*\"",
            json!({"report": {"metric": "t*"}}),
            true,
        ),
        (
            "[fetch]\nconcurrency = 2",
            json!({"fetch": {"concurrency": 2}}),
            true,
        ),
        (
            "[convert]\nlayout = \"tall\"",
            json!({"convert": {"layout": "tall"}}),
            false,
        ),
        (
            "[convert]\nexcel = 1",
            json!({"convert": {"excel": 1}}),
            false,
        ),
        (
            "[convert]\nsrot = \"a\"",
            json!({"convert": {"srot": "a"}}),
            false,
        ),
        (
            "[rollup]\nevery = { a = 1 }",
            json!({"rollup": {"every": {"a": 1}}}),
            false,
        ),
    ] {
        work.write("gcagg.toml", toml);
        let code = if good { 0 } else { 2 };
        work.run(&["config"]).exits(code);
        assert_eq!(validator.is_valid(&json), good, "{toml}");
    }
}
