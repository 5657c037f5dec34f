//! `--delimiter`: every accepted character gives a table that a CSV reader reads back as it was.

use serde_json::Value;

use crate::work::Work;

/// A response whose names and values contain the delimiter, and figures of every form.
fn document(delimiter: char) -> String {
    let value = serde_json::to_string(&format!("a{delimiter}b\"{delimiter}")).expect("JSON");
    let qualifier = serde_json::to_string(&format!("{delimiter}'Q")).expect("JSON");
    format!(
        r#"{{"results":[{{"group":{{"mediaType":"voice","queueId":{value}}},"data":[{{
        "interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[
        {{"metric":"tHandle","stats":{{"count":12,"sum":4864058.0,"min":0.5,"max":-23790138961}}}},
        {{"metric":"tSystemPresence","qualifier":{qualifier},"stats":{{"sum":1800000}}}}]}}]}},
        {{"group":{{"mediaType":"voice","queueId":"plain"}},"data":[{{
        "interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[
        {{"metric":"tHandle","stats":{{"count":7,"sum":70000,"min":10,"max":20000}}}}]}}]}}]}}"#
    )
}

/// The rows of a table, each cell with its column.
fn rows(table: &str, delimiter: u8) -> Vec<Vec<(String, String)>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let names = reader.headers().expect("a header").clone();
    let cells = |row: csv::StringRecord| {
        let cells = names.iter().zip(&row);
        cells
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    };
    reader
        .records()
        .map(|row| cells(row.expect("as many fields as the header")))
        .collect()
}

/// The same rows from NDJSON.
fn expected(lines: &str) -> Vec<Vec<(String, String)>> {
    let row = |line: &str| {
        let row: serde_json::Map<String, Value> = serde_json::from_str(line).expect("JSON");
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        row.into_iter()
            .map(|(name, value)| (name, text(value)))
            .collect()
    };
    lines.lines().map(row).collect()
}

#[test]
fn every_accepted_delimiter_reads_back() {
    let work = Work::new();
    let mut accepted = 0;
    for delimiter in (0..128_u8).map(char::from) {
        work.write("a.json", document(delimiter));
        let typed = delimiter.to_string();
        // A NUL cannot be typed.
        if delimiter == '\0' {
            continue;
        }
        let numbers = "0123456789.+-eE".contains(delimiter);
        if numbers || delimiter == '"' || (delimiter.is_ascii_control() && delimiter != '\t') {
            let ran = work.run(&["convert", "a.json", "--delimiter", &typed]);
            assert!(ran.exits(2).stdout.is_empty());
            continue;
        }
        accepted += 1;
        for more in [
            &["--layout", "long"][..],
            &["--layout", "wide"],
            &["--layout", "long", "--durations", "hms.ms"],
            &["--columns", "sum,qualifier"],
            &["--layout", "wide", "--formula-guard", "--paranoid"],
        ] {
            let run = |format: &[&str]| {
                let delimited = format.len() > 2;
                let more = more
                    .iter()
                    .filter(|it| delimited || **it != "--formula-guard");
                let arguments = ["convert", "a.json"].iter().chain(format).chain(more);
                let arguments: Vec<&str> = arguments.copied().collect();
                work.run(&arguments).exits(0).stdout
            };
            let table = run(&["-t", "csv", "--delimiter", &typed]);
            let lines = run(&["-t", "ndjson"]);
            let read = rows(&table, delimiter as u8);
            let guarded = |(name, cell): (String, String)| {
                let cell = match cell.strip_prefix('\'') {
                    // The guard's own mark, before text that begins like a formula.
                    Some(rest) if rest.starts_with(['=', '@', '\t']) => rest.to_owned(),
                    _ => cell,
                };
                let name = match name.strip_prefix('\'') {
                    Some(rest) if rest.starts_with(['=', '@', '\t']) => rest.to_owned(),
                    _ => name,
                };
                (name, cell)
            };
            let read: Vec<Vec<(String, String)>> = read
                .into_iter()
                .map(|row| row.into_iter().map(guarded).collect())
                .collect();
            assert_eq!(read, expected(&lines), "{delimiter:?} {more:?}\n{table}");
        }
    }
    assert_eq!(accepted, 80);
}

#[test]
fn a_byte_of_a_value_is_never_taken_for_a_figure() {
    let work = Work::new();
    work.write(
        "a.json",
        r#"{"results":[{"group":{"mediaType":"voice"},"data":[{
        "interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[
        {"metric":"tSystemPresence","qualifier":"AVAILABLE","stats":{"sum":1800}}]}]}]}"#,
    );
    let ran = work.run(&[
        "convert",
        "a.json",
        "--columns",
        "sum,qualifier",
        "--delimiter",
        "A",
    ]);
    assert_eq!(ran.exits(0).stdout, "sumAqualifier\n1800A\"AVAILABLE\"\n");
}

#[test]
fn what_is_no_delimiter_is_refused_with_the_reason() {
    let work = Work::new();
    work.write("a.json", document(','));
    for (typed, reason) in [
        (".", "numbers contain it"),
        ("e", "numbers contain it"),
        ("\u{1}", "it cannot be seen"),
        ("\"", "it quotes fields"),
        ("ab", "expected one ASCII character"),
        ("", "expected one ASCII character"),
        ("¦", "expected one ASCII character"),
    ] {
        for format in ["csv", "tsv"] {
            let arguments = ["convert", "a.json", "-t", format, "--delimiter", typed];
            let ran = work.run(&arguments).exits(2);
            assert!(ran.stderr.contains(reason), "{typed:?}: {}", ran.stderr);
        }
    }
    for typed in ["tab", "\\t", "\t"] {
        let ran = work.run(&["convert", "a.json", "--delimiter", typed]);
        assert!(ran.exits(0).stdout.starts_with("mediaType\tqueueId\t"));
    }
}
