//! Comparison of the direct reader with the tape. Text that the direct reader accepts has no findings
//! of keys, schema and properties, and gives the same record as the tape.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::check::rules::RuleMemory;
use crate::check::schema::{AGGREGATES, SUMMARY};
use crate::check::{self, rules};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::levels::{Levels, LintLevels};
use crate::diagnostic::sink::{FindingLimit, Findings};
use crate::json::{Path, Span, Tape};
use crate::model::Dialect;
use crate::record::entity::EntityView;
use crate::record::{Container, Element, Interner, RecordReader, Scalar, View};

/// Containers of which the schema holds: all must be accepted.
const SEEDS: [&str; 11] = [
    r#"{"group":{"mediaType":"voice"},"data":[{"metrics":[{"metric":"nOffered","stats":{"count":2}},{"metric":"tWait","stats":{"count":2,"sum":9000,"min":4000,"max":5000}},{"metric":"tTalk","qualifier":"a","stats":{"sum":null,"max":71000.5}}]},{"metrics":[{"metric":"nOffered","stats":{"count":12345678}},{"metric":"tWait","stats":{"count":1,"sum":9000,"min":9000,"max":9000}},{"metric":"tTalk","qualifier":"a","stats":{"sum":null,"max":7}}]},{"metrics":[{"metric":"nOffered","stats":{"count":0}},{"metric":"tWait","stats":{"count":3,"sum":9000,"min":3000,"max":3000}}]}]}"#,
    r#"{"group":{"mediaType":"voice","queueId":"2f6e7a10-44c8-4a53-9f52-0f6f6f1d8c11"},"data":[{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":12}},{"metric":"tHandle","stats":{"max":687209,"min":160499,"count":3,"sum":1264345}},{"metric":"oServiceLevel","stats":{"ratio":0.75,"numerator":3,"denominator":4,"target":0.8}}]}]}"#,
    r#"{ "group" : {} , "data" : [ { "interval" : "2026-03-02T08:00:00Z/2026-03-03T08:00:00Z" , "metrics" : [ ] } , {"interval":"2026-03-03T08:00:00Z/2026-03-04T08:00:00Z","metrics":[{"metric":"tTalk","stats":{"count":1,"min":70430.0,"max":70430.0,"sum":70430.0}}]} ] }"#,
    r#"{"group":{"userId":"2f6e7a10-44c8-4a53-9f52-0f6f6f1d8c12"},"data":[{"interval":"2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z","metrics":[{"metric":"tSystemPresence","qualifier":"AVAILABLE","stats":{"sum":2.3790138961E10}},{"metric":"tSystemPresence","qualifier":"AWAY","stats":{"sum":120000}}]}]}"#,
    r#"{"group":{"queueId":null},"data":[{"interval":"2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z","metrics":[{"metric":"tAcw","stats":null}],"views":[{"name":"quick","stats":{"count":2,"sum":4000,"min":1000,"max":3000}}]}]}"#,
    r#"{"data":[],"group":{"mediaType":"chat"}}"#,
    r#"{"group":{"mediaType":"voice"},"data":[{"metrics":[{"metric":"tWait","stats":{"count":2,"sum":9000,"min":4000,"max":5000,"p95":4900,"p99":5000}}],"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z"}]}"#,
    r#"{"group":{"wrapUpCode":"a","own":"b","mediaType":"voice"},"data":[{"interval":"2026-03-02T08:00:00.000Z/2150-03-02T08:30:00.000Z","metrics":[{"metric":"oSentimentScore","stats":{"count":2,"sum":-12345678,"min":-6172840,"countNegative":1}},{"metric":"oServiceTarget","stats":{"current":0.8}},{"metric":"nOffered","stats":{"count":0,"sum":null}}],"views":[{"name":"v","stats":{"sum":-3,"count":0}}]}]}"#,
    r#"{"group":{"requestedRoutingSkillId":"a","queueId":"b"},"data":[{"metrics":[{"metric":"tWait","stats":{"count":2,"sum":9000,"min":-0,"max":5000,"calculatedMetricValue":-1}},{"metric":"oMessageTurn","stats":{"count":9,"sum":15,"min":1,"max":3,"ratio":0.5}}]}]}"#,
    r#"{"Group":{"mediaType":"voice"},"Data":[{"Interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","Metrics":[{"Metric":"nOffered","Qualifier":null,"Stats":{"Max":null,"Count":2,"CountNegative":null}},{"Metric":"tWait","Stats":{"Count":2,"Sum":9000,"Min":4000,"P95":5000}}],"Views":[{"Name":"v","Stats":{"Count":1}}]}]}"#,
    r#"{"group":{"mediaType":"voice"},"data":[{"metrics":[{"metric":"oSentimentScore","stats":{"count":2,"count_negative":1,"count_positive":null,"calculated_metric_value":3}}]}]}"#,
];

/// Entities of which the schema holds: all must be accepted.
const ENTITIES: [&str; 4] = [
    r#"{"id":"a","metrics":{"wrapupTime":{"value":3.5,"unit":"s","label":"Wrap-up"},"conversationCount":{"value":12,"unit":"count"}}}"#,
    r#"{ "metrics" : { "holdTime" : { "unit" : null , "value" : null } , "talkTime" : null } , "division" : "d" , "id" : "b" } "#,
    r#"{"id":"c","division":{"id":"d","name":"é"},"metrics":{"value":{"label":null,"value":-1.5e3},"":{"value":0},"t":{"value":1,"unit":"furlong","label":"x"}}}"#,
    r#"{"division":{"name":null},"metrics":null,"id":"d"}"#,
];

const TOKENS: [&str; 48] = [
    "null",
    "true",
    "0",
    "-1",
    "00",
    "1.",
    "1e5",
    "1E+400",
    "0.5",
    "12345678901234567890123",
    "\"\"",
    "\"tHandle\"",
    "\"tAnswered\"",
    "\"a\\u0062\"",
    "\"\\ud800\"",
    "\"2026-03-02T08:00:00Z\"",
    "\"2026-03-02T08:00:00Z/2026-03-02T07:00:00Z\"",
    "{}",
    "[]",
    "[1]",
    "{\"a\":1,\"a\":2}",
    ",",
    ":",
    "}",
    "]",
    "\"",
    "\n",
    "\t",
    "\u{1}",
    "é",
    "\"count\"",
    "\"group\"",
    "\"Metric\"",
    "\"Group\"",
    "\"Count\"",
    "\"count_negative\"",
    "-0",
    "-123456789",
    "\"sum\"",
    "\"ratio\"",
    "\"wrapUpCode\"",
    "\"a,b\"",
    "\"value\"",
    "\"unit\"",
    "\"id\"",
    "\"Value\"",
    "\"hold_time\"",
    "\"2150-03-02T08:00:00.000Z/2150-03-02T09:00:00.000Z\"",
];

/// The places at which a token of the text begins or ends.
fn edges(text: &str) -> Vec<usize> {
    let mut edges = vec![0];
    let kind = |byte: u8| match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'-' | b'+' => 1,
        b' ' | b'\n' => 2,
        byte => u32::from(byte) + 3,
    };
    for (at, pair) in text.as_bytes().windows(2).enumerate() {
        if kind(pair[0]) != kind(pair[1]) || kind(pair[0]) > 2 {
            edges.push(at + 1);
        }
    }
    edges.push(text.len());
    edges.retain(|at| text.is_char_boundary(*at));
    edges
}

/// One change: from which edge, over how many, and what comes there.
type TextChange = (usize, usize, usize);

fn changed(seed: &str, changes: &[TextChange]) -> String {
    let mut text = seed.to_owned();
    for &(from, count, token) in changes {
        let edges = edges(&text);
        let from = from % edges.len();
        let to = (from + count).min(edges.len() - 1);
        let copied = text[edges[from]..edges[to]].to_owned();
        let token = TOKENS.get(token).copied().unwrap_or(&copied);
        // The last kinds of change double what stands there, or only delete it.
        if count == 7 {
            text.insert_str(edges[from], token);
        } else {
            text.replace_range(edges[from]..edges[to], token);
        }
    }
    text
}

/// A time at which everything in the seeds has begun.
fn now() -> i64 {
    rules::latest("2026-11-01T00:00:00Z".parse().unwrap())
}

/// Messages and places, in the order of the text.
fn words(mut findings: Vec<Diagnostic>) -> Vec<String> {
    findings.sort_by_key(|finding| finding.span.map(|span| span.start));
    let words = |it: Diagnostic| format!("{} {:?} {}", it.message, it.span, it.path);
    findings.into_iter().map(words).collect()
}

/// The dialect of a seed, and its text.
fn seed(number: usize) -> (Dialect, &'static str) {
    match number.checked_sub(SEEDS.len()) {
        None => (Dialect::Aggregates, SEEDS[number]),
        Some(number) => (Dialect::Summary, ENTITIES[number]),
    }
}

/// Everything that a record holds, in words.
fn dump(element: Element<'_>) -> String {
    match element {
        Element::Container(view) => dump_container(view),
        Element::Entity(view) => dump_entity(view),
    }
}

fn dump_entity(view: EntityView<'_>) -> String {
    let scalar = |value: Scalar| match value {
        Scalar::Text(slice) | Scalar::Number(slice) => format!("{value:?} {:?}", view.str(slice)),
        other => format!("{other:?}"),
    };
    let entity = view.entity;
    let heads = [entity.id, entity.division, entity.division_name].map(scalar);
    let mut out = format!("{:?} {heads:?}\n", view.span());
    for value in view.values() {
        let scalars = [value.value, value.unit, value.label].map(scalar);
        let spans = [view.value_span(value), view.unit_span(value)];
        let (name, is_null) = (view.str(value.name), value.is_null);
        writeln!(
            out,
            "{name:?} {scalars:?} {spans:?} {is_null} {}",
            value.gives_row()
        )
        .unwrap();
    }
    out
}

fn dump_container(view: View<'_>) -> String {
    let mut out = format!("{:?} {:?}\n", view.span(), view.group_bracket());
    let scalar = |value: Scalar| match value {
        Scalar::Text(slice) => format!("{:?} {:?}", view.str(slice), view.token(slice)),
        Scalar::Number(slice) => view.str(slice).to_owned(),
        other => format!("{other:?}"),
    };
    for it in view.group() {
        let name = scalar(Scalar::Text(it.name));
        writeln!(out, "{name} {} {}", it.id, scalar(it.value)).unwrap();
    }
    for bucket in view.buckets() {
        let interval = scalar(bucket.interval);
        let (span, plain) = (view.bucket_span(bucket), bucket.plain);
        writeln!(out, "{span:?} {interval} {:?} {plain}", bucket.times).unwrap();
        for (index, entry) in view.entries(bucket).iter().enumerate() {
            let (name, qualifier) = (scalar(Scalar::Text(entry.name)), scalar(entry.qualifier));
            writeln!(out, "{} {} {name} {qualifier}", entry.view, entry.id).unwrap();
            for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
                let span = view.literal_span(*number);
                let literal = view.str(number.literal);
                let stat = stat.name();
                writeln!(out, "{stat} {literal} {:?} {span:?}", number.whole).unwrap();
            }
            let nulls: Vec<&str> = entry.nulls.iter().map(|stat| stat.name()).collect();
            writeln!(out, "{nulls:?} {}", view.extras(bucket, index).len()).unwrap();
        }
    }
    out
}

/// The findings of the rules in an element, and a dump of its record.
fn ruled(dialect: Dialect, reader: &RecordReader, text: &str) -> (Vec<String>, String) {
    let levels = Levels::resolve(&LintLevels::default()).unwrap();
    let mut limit = FindingLimit::new(&levels, true);
    let (mut found, path) = (Vec::new(), |path| path);
    let element = reader.element(dialect, text);
    let mut out = Findings::new(&mut found, &mut limit, &path);
    let mut state = RuleMemory::default();
    rules::element(element, &reader.interner, now(), &mut state, &mut out);
    (words(found), dump(element))
}

/// Reads with the direct reader; `None` if it does not accept the text.
fn direct(dialect: Dialect, text: &str) -> Option<(Vec<String>, String)> {
    let mut reader = RecordReader::default();
    let read = reader.read(dialect, text, Span::new(0, text.len()));
    read.then(|| ruled(dialect, &reader, text))
}

/// Reads with the tape: the faults of the schema, then the findings of the rules and the record.
fn taped(dialect: Dialect, text: &str) -> (Vec<String>, (Vec<String>, String)) {
    let tape = match Tape::read(text, Span::new(0, text.len()), 2) {
        Ok(tape) => tape,
        Err(error) => return (vec![error.message], Default::default()),
    };
    let mut out = Vec::new();
    check::element(dialect, tape.root(), &Path::default(), &mut out);
    let mut reader = RecordReader::default();
    reader.fill(dialect, tape.root());
    (words(out), ruled(dialect, &reader, text))
}

#[test]
fn valid_elements_are_accepted() {
    let counts = [0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 2, 1, 0];
    for (number, count) in counts.into_iter().enumerate() {
        let (dialect, seed) = seed(number);
        let (faults, by_tape) = taped(dialect, seed);
        assert!(faults.is_empty(), "{seed}: {faults:?}");
        assert_eq!(by_tape.0.len(), count, "{seed}: {by_tape:?}");
        assert_eq!(direct(dialect, seed), Some(by_tape), "{seed}");
    }
}

#[test]
fn rules_see_what_the_direct_reader_read() {
    for metric in [
        r#"{"metric":"nOffered","stats":{"count":-1}}"#,
        r#"{"metric":"nOffered","stats":{"count":1,"sum":1}}"#,
        r#"{"metric":"tWait","stats":{"sum":-0.5}}"#,
        r#"{"metric":"tWait","stats":{"ratio":0.5}}"#,
        r#"{"metric":"tWait","stats":{"min":2.0,"max":1.0}}"#,
        r#"{"metric":"tHandle","stats":{"count":9.0,"sum":2400.0}}"#,
        r#"{"metric":"nAnswered","stats":{"count":1}}"#,
        r#"{"metric":"oServiceLevel","stats":{"numerator":-123456789}}"#,
        r#"{"metric":"oServiceLevel","stats":{"ratio":0.5,"numerator":1,"denominator":4}}"#,
        r#"{"metric":"oServiceTarget","stats":{"sum":1}}"#,
        r#"{"metric":"oSentimentScore","stats":{"countNegative":-2}}"#,
        r#"{"metric":"tWait"},{"metric":"tWait","qualifier":"a"},{"metric":"tWait","qualifier":"a"}"#,
    ] {
        let text = format!(r#"{{"group":{{}},"data":[{{"metrics":[{metric}]}}]}}"#);
        let (faults, by_tape) = taped(Dialect::Aggregates, &text);
        assert!(faults.is_empty(), "{metric}");
        assert_eq!(by_tape.0.len(), 1, "{metric}: {by_tape:?}");
        assert_eq!(
            direct(Dialect::Aggregates, &text),
            Some(by_tape),
            "{metric}"
        );
    }
}

#[test]
fn buckets_may_have_begun_but_not_be_in_the_future() {
    for (start, clean) in [
        ("2026-10-31T23:00:00.000Z", true),
        ("2026-11-01T00:05:00.000Z", true),
        ("2026-11-01T00:05:00.001Z", false),
        ("2026-11-01T14:05:00+14:00", true),
        ("2026-11-01T14:05:01+14:00", false),
        ("2026-10-31T14:05:01-10:00", false),
        // A wall clock may be ahead of UTC.
        ("2026-11-01T14:05:00", true),
        ("2026-11-01T14:05:01", false),
        ("2300-01-01T00:00:00Z", false),
    ] {
        let text = format!(
            r#"{{"group":{{}},"data":[{{"interval":"{start}/2400-12-24T00:00:00.000Z"}}]}}"#
        );
        let (_, by_tape) = taped(Dialect::Aggregates, &text);
        assert_eq!(by_tape.0.is_empty(), clean, "{start}");
        assert_eq!(direct(Dialect::Aggregates, &text), Some(by_tape), "{start}");
    }
}

#[test]
fn a_dimension_is_reported_once() {
    let text = SEEDS[7];
    let levels = Levels::resolve(&LintLevels::default()).unwrap();
    let (mut record, mut interner) = (Container::default(), Interner::default());
    let mut state = RuleMemory::default();
    for expected in [2, 0] {
        assert!(record.read(text, Span::new(0, text.len()), &mut interner));
        let mut limit = FindingLimit::new(&levels, true);
        let (mut found, path) = (Vec::new(), |path| path);
        let mut out = Findings::new(&mut found, &mut limit, &path);
        let element = Element::Container(record.view(text));
        rules::element(element, &interner, i64::MAX, &mut state, &mut out);
        assert_eq!(found.len(), expected);
    }
}

/// Removes the parts of a schema that the direct reader does not depend on: descriptions, and the
/// statistics, which it takes from `Stat`.
fn without_texts(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(object) => {
            object.retain(|key, value| key != "description" || !value.is_string());
            object.values_mut().for_each(without_texts);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_texts),
        _ => {}
    }
}

/// The direct readers were written for these rules of the schemas. Whoever changes them changes
/// `record/direct.rs` and `record/entity/direct.rs` too if needed, and then these numbers.
#[test]
fn the_schemas_are_those_the_direct_readers_were_written_for() {
    for (schema, expected) in [
        (AGGREGATES, 0xdb1a_526a_51ed_2585_u64),
        (SUMMARY, 0xeb8f_36b0_16d9_7192),
    ] {
        let mut schema: serde_json::Value = serde_json::from_str(schema).unwrap();
        without_texts(&mut schema);
        if let Some(stats) = schema["$defs"].get_mut("stats") {
            stats["properties"] = serde_json::Value::Null;
        }
        let digest = schema
            .to_string()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        assert_eq!(digest, expected, "{digest:#x}");
    }
}

fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(4000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_is_valid_and_the_same_by_the_tape(
        number in 0..SEEDS.len() + ENTITIES.len(),
        changes in proptest::collection::vec((0..4000_usize, 0..8_usize, 0..=TOKENS.len()), 1..3),
    ) {
        let (dialect, seed) = seed(number);
        let text = changed(seed, &changes).trim_start().to_owned();
        let direct = direct(dialect, &text);
        if direct.is_some() {
            let (faults, by_tape) = taped(dialect, &text);
            prop_assert!(faults.is_empty(), "{}\n{:?}", text, faults);
            prop_assert_eq!(direct, Some(by_tape), "{}", text);
        }
    }
}
