//! `gcagg schema table`: the columns of a table in the words of other programs.

use serde_json::Value;

use crate::work::{Work, response, sample};

const FORMATS: [&str; 7] = [
    "ddl-postgres",
    "ddl-duckdb",
    "load-postgres",
    "load-duckdb",
    "arrow-json",
    "dbt",
    "dbt-model",
];

fn schema(work: &Work, arguments: &[&str]) -> String {
    let all = [&["schema", "table", "--format"], arguments].concat();
    work.run(&all).exits(0).stdout
}

/// The names of the columns, as the schema has them.
fn names(format: &str, text: &str) -> Vec<String> {
    let quoted = |line: &str| line.split('"').nth(1).expect("a name").to_owned();
    match format {
        "arrow-json" => {
            let schema: Value = serde_json::from_str(text).expect("JSON");
            let fields = schema["schema"]["fields"].as_array().expect("fields");
            let name = |field: &Value| field["name"].as_str().expect("a name").to_owned();
            fields.iter().map(name).collect()
        }
        "dbt" => {
            let lines = text
                .lines()
                .filter(|line| line.starts_with("      - name: \""));
            lines.map(quoted).collect()
        }
        _ => {
            let lines = text.lines().filter(|line| line.starts_with("    \""));
            lines.map(quoted).collect()
        }
    }
}

#[test]
fn the_columns_are_those_of_every_table_with_all_columns() {
    let work = Work::new();
    let input = sample("queue-day.json");
    for layout in ["long", "wide"] {
        let dims = ["--dims", "mediaType,queueId", "--layout", layout];
        let table = [&["convert", &input, "--columns", "all"], &dims[..]].concat();
        let table = work.run(&table).exits(0).stdout;
        let head: Vec<&str> = table.lines().next().expect("a header").split(',').collect();
        for format in FORMATS {
            let text = schema(&work, &[&[format, &input], &dims[..]].concat());
            assert_eq!(names(format, &text), head, "{format} {layout}");
        }
    }
    // Without inputs, the long layout has nothing to ask.
    let dims = ["ddl-postgres", "--dims", "mediaType"];
    let text = schema(&work, &dims);
    assert_eq!(names("ddl-postgres", &text).len(), 1 + 5 + 14);
    assert!(text.contains("\"count\" bigint,") && text.contains("\"sum\" numeric(38, 18),"));
    assert!(text.contains(
        "UNIQUE NULLS NOT DISTINCT (\"mediaType\", \"interval_start\", \"interval_end\", \
         \"metric\", \"view\", \"qualifier\")"
    ));
}

#[test]
fn no_two_rows_have_the_same_key() {
    let work = Work::new();
    let input = sample("queue-day.json");
    for layout in ["long", "wide"] {
        let text = schema(&work, &["arrow-json", &input, "--layout", layout]);
        let schema: Value = serde_json::from_str(&text).expect("JSON");
        let metadata = &schema["schema"]["metadata"][0];
        assert_eq!(metadata["key"], "key");
        let key: Vec<&str> = metadata["value"]
            .as_str()
            .expect("names")
            .split(',')
            .collect();
        let columns = key.join(",");
        let table = ["convert", &input, "--layout", layout, "--columns", &columns];
        let table = work.run(&table).exits(0).stdout;
        let mut rows: Vec<&str> = table.lines().skip(1).collect();
        let count = rows.len();
        rows.sort_unstable();
        rows.dedup();
        assert!(count > 10 && rows.len() == count, "{layout}");
    }
}

/// Asserts that a text has these words in this order.
fn assert_order(text: &str, words: &[&str]) {
    let mut rest = text;
    for word in words {
        let at = rest.find(word);
        rest = &rest[at.unwrap_or_else(|| panic!("no {word:?} in its place in {text}"))..];
    }
}

#[test]
fn a_load_replaces_a_range_in_one_transaction() {
    let work = Work::new();
    let table = ["--dims", "mediaType", "--table-name", "by_media"];
    for (format, words) in [
        (
            "load-postgres",
            &[
                "\\set ON_ERROR_STOP on",
                "BEGIN;",
                "CREATE TEMPORARY TABLE \"fresh_by_media\" (",
                "CHECK (coalesce(\"interval_start\" >= :'from' AND \"interval_start\" < :'until', false))",
                "\\copy \"fresh_by_media\" FROM pstdin WITH (FORMAT csv, HEADER match)",
                "LOCK TABLE \"by_media\" IN SHARE ROW EXCLUSIVE MODE;",
                "DELETE FROM \"by_media\" WHERE \"interval_start\" >= :'from' AND \"interval_start\" < :'until';",
                "INSERT INTO \"by_media\" (\"mediaType\", ",
                "COMMIT;",
            ][..],
        ),
        (
            "load-duckdb",
            &[
                "BEGIN;",
                "CREATE TEMPORARY TABLE \"fresh_by_media\" (",
                "CHECK (coalesce(",
                "INSERT INTO \"fresh_by_media\" BY NAME",
                "read_parquet(getvariable('file'))",
                "DELETE FROM \"by_media\" WHERE \"interval_start\" >= getvariable('from')",
                "INSERT INTO \"by_media\" BY NAME",
                "COMMIT;",
            ],
        ),
        (
            "dbt-model",
            &[
                "incremental_strategy = 'append'",
                "full_refresh = false",
                "pre_hook = \"{% if is_incremental() %}delete from {{ this }} where \\\"interval_start\\\" >= ",
                "raise_compiler_error",
                "from {{ source('gcagg', 'fresh') }}",
            ],
        ),
    ] {
        let text = schema(&work, &[&[format], &table[..]].concat());
        assert_order(&text, words);
        assert!(!text.contains("unique_key"), "{text}");
    }
    // A summary has no times: its entities are replaced.
    let input = sample("summary-flat.json");
    for (format, words) in [
        (
            "load-postgres",
            "WHERE \"id\" IN (SELECT \"id\" FROM \"fresh_genesys_aggregates\")",
        ),
        (
            "load-duckdb",
            "WHERE \"id\" IN (SELECT \"id\" FROM \"fresh_genesys_aggregates\")",
        ),
        (
            "dbt-model",
            "\\\"id\\\" in (select \\\"id\\\" from {{ source('gcagg', 'fresh') }})",
        ),
    ] {
        let text = schema(&work, &[format, &input]);
        assert!(text.contains(words), "{text}");
        assert!(
            !text.contains("interval_start") && !text.contains("'until'"),
            "{text}"
        );
    }
}

#[test]
fn what_makes_no_schema_is_a_usage_error() {
    let work = Work::new();
    for (arguments, words) in [
        (&["schema", "table"][..], "--format ddl-postgres|"),
        (&["schema", "--format", "dbt"], "only the schema of a table"),
        (&["schema", "table", "--format", "sql"], "ddl-duckdb"),
        (
            &["schema", "table", "--format", "dbt", "--layout", "wide"],
            "pass documents",
        ),
    ] {
        let ran = work.run(arguments).exits(2);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
    work.write("bad.json", "{");
    let bad = ["schema", "table", "--format", "dbt"];
    for (inputs, code, words) in [
        (&["bad.json"][..], 1, "error[J002]"),
        (&["none.json"], 3, "error[F001]"),
        (&["none.json", "bad.json"], 3, "bad.json:1:1"),
    ] {
        let ran = work.run(&[&bad[..], inputs].concat()).exits(code);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert!(!ran.stderr.contains("see the findings"), "{}", ran.stderr);
    }
    // The numbers of the inputs are of no interest.
    let metric = r#"{"metric":"nOffered","stats":{"count":99999999999999999999}}"#;
    work.write("large.json", response("q", 8..9, metric));
    work.run(&[&bad[..], &["large.json"]].concat()).exits(0);
}

#[test]
fn the_staging_table_of_postgres_rounds_no_decimal() {
    let work = Work::new();
    let text = schema(&work, &["load-postgres", "--dims", "queueId"]);
    for words in [
        "\n    \"sum\" numeric,\n",
        "\n    \"count\" bigint,\n",
        "CONSTRAINT \"no decimal is rounded\" CHECK (scale(trim_scale(\"sum\")) <= 18 AND scale(",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn the_schema_of_a_table_has_the_settings_of_convert() {
    let work = Work::new();
    work.write(
        "a.json",
        response("q", 8..9, r#"{"metric":"tHandle","stats":{"sum":1500}}"#),
    );
    work.write("project/names.csv", "id,name,brand\nq,Billing,X\n");
    let settings =
        "[convert]\ndurations = \"hms\"\nnames = [\"names.csv\"]\ndims = [\"queueId\"]\n";
    let head = |arguments: &[&str]| {
        let run = [&["convert", "a.json", "--columns", "all"], arguments].concat();
        let table = work.run(&run).exits(0).stdout;
        let names = table.lines().next().expect("a header").split(',');
        names.map(str::to_owned).collect::<Vec<String>>()
    };
    let typed = ["--names", "project/names.csv", "--dims", "queueId"];
    for format in FORMATS {
        let text = schema(&work, &[&[format], &typed[..]].concat());
        assert_eq!(names(format, &text), head(&typed), "{format}");
        assert!(text.contains("queue_brand"), "{text}");
    }
    work.write(
        "gcagg.toml",
        settings.replace("names.csv", "project/names.csv"),
    );
    for format in FORMATS {
        let text = schema(&work, &[format]);
        assert_eq!(names(format, &text), head(&[]), "{format}");
        assert!(text.contains("queue_brand"), "{text}");
    }
    // The type of a duration is that of the table.
    assert!(schema(&work, &["ddl-postgres"]).contains("\"sum\" text,"));
    let plain = schema(&work, &["ddl-postgres", "--no-config", "--dims", "queueId"]);
    assert!(
        plain.contains("\"sum\" numeric(38, 18),") && !plain.contains("queue_brand"),
        "{plain}"
    );
    // Columns that depend on the inputs have no schema, and the settings of convert are no settings of
    // the other schemas.
    work.write("gcagg.toml", "[convert]\ncolumns = \"queueId,sum\"\n");
    let ran = work
        .run(&["schema", "table", "--format", "dbt", "--dims", "queueId"])
        .exits(2);
    assert!(
        ran.stderr.contains("--columns queueId,sum: the types"),
        "{}",
        ran.stderr
    );
    schema(&work, &["dbt", "--dims", "queueId", "--columns", "all"]);
    work.run(&["schema"]).exits(0);
    let ran = work
        .run(&["schema", "aggregates", "--names", "project/names.csv"])
        .exits(2);
    assert!(
        ran.stderr.contains("only the schema of a table"),
        "{}",
        ran.stderr
    );
}
