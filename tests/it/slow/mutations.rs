//! Responses with faults of a few bytes: what is read without an error is what an independent reader
//! of JSON reads, figure by figure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cases;
use super::documents::Dice;
use super::tables::STATS;
use crate::work::Work;

/// How many documents are read together.
const TOGETHER: u64 = 24;

const METRICS: [&str; 5] = [
    "tHandle",
    "tAcd",
    "nOffered",
    "oServiceLevel",
    "tUserResponseTime",
];

const NUMBERS: [&str; 9] = [
    "0",
    "7.0",
    "12345",
    "1234567",
    "12345678",
    "4864058.0",
    "0.75",
    "123456789012345678",
    "99999999999999999999",
];

/// Bytes that a fault puts in.
const PUT_IN: [&str; 30] = [
    "\"",
    "\\",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    " ",
    "\n",
    "0",
    "1",
    "-",
    ".",
    "e",
    "E5",
    "+",
    "null",
    "true",
    "\0",
    "\u{1f}",
    "\u{7f}",
    "é",
    "\"a\":1,",
    "\"count\":1,",
    "{}",
    "[]",
    "\"\"",
    "\\\"",
    "NaN",
];

fn entry(dice: &mut Dice) -> String {
    let metric = dice.one_of(&METRICS);
    let qualifier = dice.one_of(&["", "", "", r#""qualifier":"x","#, r#""qualifier":null,"#]);
    let mut stats: Vec<String> = Vec::new();
    for stat in ["max", "min", "count", "sum"] {
        let value = match stat {
            "count" => dice.one_of(&NUMBERS[2..5]),
            _ => dice.one_of(&NUMBERS),
        };
        if dice.roll(4) > 0 {
            stats.push(format!("\"{stat}\":{value}"));
        }
    }
    let stats = match dice.roll(8) {
        0 => "null".to_owned(),
        _ => format!("{{{}}}", stats.join(",")),
    };
    format!(r#"{{"metric":"{metric}",{qualifier}"stats":{stats}}}"#)
}

/// A response, minified or spread in one of several ways.
fn response(dice: &mut Dice) -> Vec<u8> {
    let mut containers = Vec::new();
    for queue in 0..1 + dice.roll(3) {
        let mut buckets = Vec::new();
        for hour in 0..dice.roll(3) {
            let entries: Vec<String> = (0..dice.roll(4)).map(|_| entry(dice)).collect();
            let interval =
                format!("2026-03-02T{hour:02}:00:00.000Z/2026-03-02T{hour:02}:30:00.000Z");
            let entries = entries.join(",");
            buckets.push(format!(
                r#"{{"interval":"{interval}","metrics":[{entries}]}}"#
            ));
        }
        let buckets = buckets.join(",");
        let group = format!(r#"{{"mediaType":"voice","queueId":"q{queue}"}}"#);
        containers.push(format!(r#"{{"group":{group},"data":[{buckets}]}}"#));
    }
    let text = format!(r#"{{"results":[{}]}}"#, containers.join(","));
    match dice.roll(4) {
        0 => text.replace("\":", "\" : ").replace(',', " ,\n\t"),
        1 => {
            let value: Value = serde_json::from_str(&text).expect("JSON");
            serde_json::to_string_pretty(&value).expect("JSON")
        }
        _ => text,
    }
    .into_bytes()
}

/// Changes a few bytes.
fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..1 + dice.roll(6) / 4 {
        let at = dice.roll(bytes.len());
        let most = [1, 1, 2, 8, 40][dice.roll(5)];
        let end = (at + 1 + dice.roll(most)).min(bytes.len());
        let text = dice.one_of(&PUT_IN).bytes();
        let marks = b"{}[],:\"".as_slice();
        let places = |of: &dyn Fn(&u8) -> bool| -> Vec<usize> {
            (0..bytes.len()).filter(|at| of(&bytes[*at])).collect()
        };
        match dice.roll(8) {
            0 => bytes[at] = dice.roll(256) as u8,
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, text)),
            3 => drop(bytes.splice(at..end, text)),
            4 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            5 => bytes[at] ^= 1 << dice.roll(8),
            kind => {
                let marks = places(&|byte| match kind {
                    6 => marks.contains(byte),
                    _ => byte.is_ascii_digit(),
                });
                if !marks.is_empty() {
                    let at = marks[dice.roll(marks.len())];
                    bytes.splice(at..=at, text);
                }
            }
        }
        if bytes.is_empty() {
            bytes.push(b' ');
        }
    }
}

/// A property in the spelling of the API or with a capital.
fn get<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    let capital = key[..1].to_uppercase() + &key[1..];
    value.get(key).or_else(|| value.get(capital))
}

/// The figures of a response, sorted.
fn figures(document: &Value) -> Vec<String> {
    let list = |value: &Value, key: &str| -> Vec<Value> {
        let list = get(value, key).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let mut figures = Vec::new();
    for container in list(document, "results") {
        for bucket in list(&container, "data") {
            for entry in list(&bucket, "metrics") {
                let metric = get(&entry, "metric").and_then(Value::as_str);
                let stats = get(&entry, "stats").cloned().unwrap_or_default();
                for stat in STATS {
                    if let Some(Value::Number(number)) = get(&stats, stat) {
                        figures.push(format!("{} {stat} {number}", metric.unwrap_or_default()));
                    }
                }
            }
        }
    }
    figures.sort();
    figures
}

/// The figures of each file in a table.
fn rows(table: &str) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in table.lines() {
        let row: Value = serde_json::from_str(row).expect("a row");
        let file = row["source"].as_str().expect("a file").to_owned();
        let figures = all.entry(file).or_default();
        for stat in STATS {
            if let Some(Value::Number(number)) = row.get(stat) {
                let metric = row["metric"].as_str().unwrap_or_default();
                figures.push(format!("{metric} {stat} {number}"));
            }
        }
    }
    all.values_mut().for_each(|figures| figures.sort());
    all
}

/// Reads the documents of these seeds in both ways, and compares them.
fn compare(seeds: std::ops::Range<u64>, way: &[&str]) {
    let work = Work::new();
    let mut documents = BTreeMap::new();
    for seed in seeds {
        let mut dice = Dice::new(seed);
        let mut bytes = response(&mut dice);
        if seed % 10 > 0 {
            mutate(&mut dice, &mut bytes);
        }
        work.write(&format!("in/{seed}.json"), &bytes);
        documents.insert(format!("in/{seed}.json"), bytes);
    }
    let run = |arguments: &[&str]| work.run(&[arguments, way, &["in"]].concat());
    let mut refused = BTreeSet::new();
    for line in run(&["validate", "--format", "ndjson"]).stdout.lines() {
        let finding: Value = serde_json::from_str(line).expect("a finding");
        // What the schema does not know has no place among the figures.
        let code = finding["code"].as_str().expect("a code");
        if finding["severity"] == "error" || code.starts_with('S') {
            refused.insert(finding["file"].as_str().expect("a file").to_owned());
        }
    }
    let skip = [
        "convert",
        "-q",
        "--on-error",
        "skip",
        "-t",
        "ndjson",
        "--source-column",
    ];
    let found = rows(&run(&skip).stdout);
    for (file, bytes) in &documents {
        if refused.contains(file) {
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        let document: Value = match serde_json::from_slice(bytes) {
            Ok(document) => document,
            Err(error) => panic!("{file} is read, but {error}:\n{text}"),
        };
        let none = Vec::new();
        assert_eq!(
            found.get(file).unwrap_or(&none),
            &figures(&document),
            "{file}:\n{text}"
        );
    }
    let read = documents.len() - refused.len();
    assert!(read > 0, "no document was read");
}

#[test]
fn what_is_read_of_mutated_responses_is_right() {
    let batches = u64::from(cases()).div_ceil(TOGETHER).max(4);
    for batch in 0..batches {
        let seeds = batch * TOGETHER..(batch + 1) * TOGETHER;
        compare(
            seeds,
            [&[][..], &["--window", "100"], &["--paranoid"]][batch as usize % 3],
        );
    }
}

/// `cargo test --test it ten_minutes -- --ignored`
#[test]
#[ignore = "takes ten minutes"]
fn ten_minutes_of_mutated_responses_are_read_right() {
    let begin = Instant::now();
    let mut batch = 1_000;
    while begin.elapsed() < Duration::from_secs(600) {
        let seeds = batch * TOGETHER..(batch + 1) * TOGETHER;
        compare(
            seeds,
            [&[][..], &["--window", "64"], &["--window", "700"]][batch as usize % 3],
        );
        batch += 1;
    }
    eprintln!("{} responses", (batch - 1_000) * TOGETHER);
}
