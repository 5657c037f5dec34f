//! `gcagg.toml`: found, read, shown, and refused with its line.

use serde_json::{Value, json};

use crate::work::{Work, sample};

/// The standard output of `gcagg config` in a folder below.
fn shown(work: &Work, folder: &str, arguments: &[&str]) -> String {
    let mut command = work.command(&[&["config"], arguments].concat());
    let output = command
        .current_dir(work.path(folder))
        .output()
        .expect("ended");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_nearest_file_counts_then_the_users() {
    let work = Work::new();
    work.write("project/exports/day/x.json", "{}");
    assert!(shown(&work, "project", &[]).starts_with("# no gcagg.toml"));
    work.write("settings/gcagg/gcagg.toml", "warn = [\"M\"]\n");
    assert!(shown(&work, "project", &[]).contains("warn = [\"M\"]"));
    work.write(
        "project/gcagg.toml",
        "deny = [\"warnings\"]\nallow = [\"M004\"]\n",
    );
    let text = shown(&work, "project/exports/day", &[]);
    assert!(
        !text.contains("warn = ") && text.contains("gcagg.toml:2"),
        "{text}"
    );
    assert!(shown(&work, "project", &["--no-config"]).starts_with("# no gcagg.toml"));
    let text = shown(
        &work,
        ".",
        &["--config", "project/gcagg.toml", "--deny", "M004"],
    );
    assert!(
        text.contains("# deny = [\"M004\"]  # command line"),
        "{text}"
    );
    let changed = "# M004 unknown-metric             error    deny M004, command line\n";
    assert!(text.contains(changed), "{text}");
}

#[test]
fn what_config_prints_is_a_file_of_settings() {
    let work = Work::new();
    let text = concat!(
        "select = [\"all\"]\ndeny = [\"warnings\", \"T\"]\n[validate]\nmax-shown = 3\n",
        "expect-metrics = [\"tHandle\"]\nexpect-granularity = \"PT30M\"\n"
    );
    work.write("gcagg.toml", text);
    let first = shown(&work, ".", &[]);
    work.write("again.toml", &first);
    let second = shown(&work, ".", &["--config", "again.toml"]);
    let settings = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| line.split("  #").next().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(settings(&first), settings(&second));
    assert_eq!(settings(&first).len(), 6);
    let ran = work.run(&["config", "--format", "json"]).exits(0);
    let value: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(value["settings"][1]["value"], json!(["warnings", "T"]));
    let levels = value["levels"].as_array().expect("levels");
    let of = |code: &str| levels.iter().find(|level| level["code"] == code);
    assert_eq!(of("T005").expect("changed")["severity"], "error");
    assert!(of("M008").is_none());
}

#[test]
fn settings_have_their_effect() {
    let work = Work::new();
    let unknown = sample("bad/M004-unknown-metric.json");
    work.run(&["validate", &unknown]).exits(0);
    work.write("gcagg.toml", "deny = [\"unknown-metric\"]\n");
    work.run(&["validate", &unknown]).exits(1);
    work.run(&["convert", &unknown]).exits(1);
    work.run(&["report", &unknown]).exits(1);
    work.run(&["validate", &unknown, "--no-config"]).exits(0);
    work.run(&["validate", &unknown, "--allow", "M004"])
        .exits(0);
    // A code that is named itself beats `all`, wherever it stands.
    work.write("gcagg.toml", "allow = [\"M004\"]\n");
    work.run(&["validate", &unknown, "--deny", "all"]).exits(0);
    // Files are meant from where the settings stand.
    work.write("below/gcagg.toml", "[validate]\nschema = \"none.json\"\n");
    work.write("below/none.json", "false");
    let ran = work
        .run(&["validate", &unknown, "--config", "below/gcagg.toml"])
        .exits(1);
    assert!(ran.stdout.contains("error[S005]"), "{}", ran.stdout);
    let max = "[validate]\nmax-shown = 1\n";
    work.write("gcagg.toml", max);
    let many = r#"{"results":[{"group":{},"data":[{"interval":"x","metrics":[{"metric":1,"stats":{}}]}]}]}"#;
    work.write("a.json", many);
    let ran = work.run(&["validate", "a.json"]).exits(1);
    assert!(
        ran.stdout.contains("not shown: --max-shown 0"),
        "{}",
        ran.stdout
    );
    let ran = work
        .run(&["validate", "a.json", "--max-shown", "0"])
        .exits(1);
    assert!(!ran.stdout.contains("not shown"), "{}", ran.stdout);
}

#[test]
fn faults_are_told_with_their_line_and_the_nearest_name() {
    let work = Work::new();
    for (text, words) in [
        (
            "deny = [\"S001\"]\nalow = [\"M\"]\n",
            "gcagg.toml:2:1: unknown setting `alow`\n  help: did you mean `allow`?",
        ),
        (
            "[validate]\nbasline = \"x\"\n",
            "gcagg.toml:2:1: unknown setting `basline` in [validate]\n  help: did you mean `baseline`?",
        ),
        (
            "[validat]\n",
            "gcagg.toml:1:2: unknown setting `validat`\n  help: did you mean `validate`?",
        ),
        (
            "\nmax-shown = 3\n",
            "gcagg.toml:2:1: unknown setting `max-shown`\n  help: move `max-shown` below [validate]",
        ),
        (
            "[validate]\ndeny = [\"S\"]\n",
            "gcagg.toml:2:1: unknown setting `deny` in [validate]\n  help: move `deny` to the top, above all tables",
        ),
        (
            "deny = [\n  \"S01\",\n]\n",
            "gcagg.toml:2:3: `S01` is not a code, a name, a category letter, `warnings` or `all`\n  help: did you mean S001?",
        ),
        (
            "allow = [\"J001\"]\n",
            "gcagg.toml:1:10: J001 (json-syntax) cannot be lowered",
        ),
        (
            "deny = \"S\"\n",
            "gcagg.toml:1:8: `deny` must be a list of strings, not a string\n  help: write deny = [\"...\"]",
        ),
        (
            "deny = [1]\n",
            "gcagg.toml:1:9: `deny` must be a list of strings, and this element is an integer",
        ),
        (
            "validate = 1\n",
            "gcagg.toml:1:12: `validate` must be a table, not an integer",
        ),
        (
            "[validate]\nmin-rows = -1\n",
            "gcagg.toml:2:12: `min-rows` must be 0 or more",
        ),
        (
            "[validate]\nmin-rows = 1.5\n",
            "gcagg.toml:2:12: `min-rows` must be an integer, not a number with decimals",
        ),
        (
            "[validate]\nbaseline = true\n",
            "gcagg.toml:2:12: `baseline` must be a string, not true or false",
        ),
        ("deny = [\n", "not TOML"),
        (
            "deny = []\ndeny = []\n",
            "gcagg.toml:2:1: not TOML: duplicate key",
        ),
    ] {
        work.write("gcagg.toml", text);
        for command in [&["config"][..], &["validate", "a.json"]] {
            let ran = work.run(command).exits(2);
            assert!(ran.stderr.contains(words), "{text}: {}", ran.stderr);
        }
    }
    // Commands that read no documents do not care.
    work.run(&["explain", "S001"]).exits(0);
    let ran = work.run(&["config", "--config", "none.toml"]).exits(3);
    assert!(
        ran.stderr.contains("cannot read none.toml"),
        "{}",
        ran.stderr
    );
    work.run(&["config", "--config", "x", "--no-config"])
        .exits(2);
}

#[test]
fn the_schema_of_the_file_says_what_the_reader_says() {
    let work = Work::new();
    let schema = work.run(&["schema", "config"]).exits(0).stdout;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let own = schema["properties"].as_object().expect("properties");
    let inner = own["validate"]["properties"]
        .as_object()
        .expect("properties");
    let mut names: Vec<(&str, &str)> = own
        .keys()
        .filter(|key| own[*key]["type"] != "object")
        .map(|key| ("", key.as_str()))
        .chain(inner.keys().map(|key| ("validate", key.as_str())))
        .collect();
    let mut known: Vec<(&str, &str)> = gcagg::internals::cli::config::SETTINGS
        .iter()
        .map(|(table, key, _)| (*table, *key))
        .collect();
    names.sort_unstable();
    known.sort_unstable();
    assert_eq!(names, known);
    let validator = jsonschema::validator_for(&schema).expect("a usable schema");
    for (toml, json, good) in [
        ("deny = [\"S\"]", json!({"deny": ["S"]}), true),
        ("deny = [1]", json!({"deny": [1]}), false),
        ("deny = \"S\"", json!({"deny": "S"}), false),
        ("dney = []", json!({"dney": []}), false),
        (
            "[validate]\nmin-rows = 1",
            json!({"validate": {"min-rows": 1}}),
            true,
        ),
        (
            "[validate]\nmin-rows = -1",
            json!({"validate": {"min-rows": -1}}),
            false,
        ),
        (
            "[validate]\nmax-shown = \"1\"",
            json!({"validate": {"max-shown": "1"}}),
            false,
        ),
        (
            "[validate]\nbaseline = 1",
            json!({"validate": {"baseline": 1}}),
            false,
        ),
        ("[validate]\nx = 1", json!({"validate": {"x": 1}}), false),
        ("validate = []", json!({"validate": []}), false),
    ] {
        work.write("gcagg.toml", toml);
        let code = work.run(&["config"]).code;
        assert_eq!(code, Some(if good { 0 } else { 2 }), "{toml}");
        assert_eq!(validator.is_valid(&json), good, "{json}");
    }
}
