//! Comparison of the direct reader with the tape. Text that the direct reader accepts has no findings
//! of keys, schema and properties, and gives the same record as the tape.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::check::rules::RuleMemory;
use crate::check::schema::AGGREGATES;
use crate::check::{Checker, rules};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::levels::{Levels, LintLevels};
use crate::diagnostic::sink::{FindingLimit, Findings};
use crate::json::{Path, Span, Tape};
use crate::model::Dialect;
use crate::record::{Container, Element, Interner, Scalar, View};

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

const TOKENS: [&str; 43] = [
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
fn checker() -> Checker {
    Checker::at("2026-11-01T00:00:00Z".parse().unwrap()).unwrap()
}

/// Messages and places, in the order of the text.
fn words(mut findings: Vec<Diagnostic>) -> Vec<String> {
    findings.sort_by_key(|finding| finding.span.map(|span| span.start));
    let words = |it: Diagnostic| format!("{} {:?} {}", it.message, it.span, it.path);
    findings.into_iter().map(words).collect()
}

/// Everything that a record holds, in words.
fn dump(view: View<'_>) -> String {
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

/// The findings of the rules in a container, and a dump of its record.
fn ruled(
    checker: &Checker,
    record: &Container,
    interner: &Interner,
    text: &str,
) -> (Vec<String>, String) {
    let levels = Levels::resolve(&LintLevels::default()).unwrap();
    let mut limit = FindingLimit::new(&levels, true);
    let (mut found, path) = (Vec::new(), |path| path);
    let view = record.view(text);
    let mut out = Findings::new(&mut found, &mut limit, &path);
    let element = Element::Container(view);
    checker.rules(element, interner, &mut RuleMemory::default(), &mut out);
    (words(found), dump(view))
}

/// Reads with the direct reader; `None` if it does not accept the text.
fn direct(checker: &Checker, text: &str) -> Option<(Vec<String>, String)> {
    let (mut record, mut interner) = (Container::default(), Interner::default());
    let read = record.read(text, Span::new(0, text.len()), &mut interner);
    read.then(|| ruled(checker, &record, &interner, text))
}

/// Reads with the tape: the faults of the schema, then the findings of the rules and the record.
fn taped(checker: &Checker, text: &str) -> (Vec<String>, (Vec<String>, String)) {
    let tape = match Tape::read(text, Span::new(0, text.len()), 2) {
        Ok(tape) => tape,
        Err(error) => return (vec![error.message], Default::default()),
    };
    let mut out = Vec::new();
    checker.element(Dialect::Aggregates, tape.root(), &Path::default(), &mut out);
    let (mut record, mut interner) = (Container::default(), Interner::default());
    record.fill(tape.root(), &mut interner);
    (words(out), ruled(checker, &record, &interner, text))
}

#[test]
fn valid_containers_are_accepted() {
    let checker = checker();
    for (seed, count) in SEEDS.into_iter().zip([0, 0, 0, 0, 0, 0, 0, 2, 1]) {
        let (faults, by_tape) = taped(&checker, seed);
        assert!(faults.is_empty(), "{seed}: {faults:?}");
        assert_eq!(by_tape.0.len(), count, "{seed}: {by_tape:?}");
        assert_eq!(direct(&checker, seed), Some(by_tape), "{seed}");
    }
}

#[test]
fn rules_see_what_the_direct_reader_read() {
    let checker = checker();
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
        let (faults, by_tape) = taped(&checker, &text);
        assert!(faults.is_empty(), "{metric}");
        assert_eq!(by_tape.0.len(), 1, "{metric}: {by_tape:?}");
        assert_eq!(direct(&checker, &text), Some(by_tape), "{metric}");
    }
}

#[test]
fn buckets_may_have_begun_but_not_be_in_the_future() {
    let checker = checker();
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
        let (_, by_tape) = taped(&checker, &text);
        assert_eq!(by_tape.0.is_empty(), clean, "{start}");
        assert_eq!(direct(&checker, &text), Some(by_tape), "{start}");
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
        rules::container(record.view(text), &interner, i64::MAX, &mut state, &mut out);
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

/// The direct reader was written for these rules of the schema. Whoever changes them changes
/// `record/direct.rs` too if needed, and then this number.
#[test]
fn the_schema_is_the_one_the_direct_reader_was_written_for() {
    let mut schema: serde_json::Value = serde_json::from_str(AGGREGATES).unwrap();
    without_texts(&mut schema);
    schema["$defs"]["stats"]["properties"] = serde_json::Value::Null;
    let digest = schema
        .to_string()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    assert_eq!(digest, 0xdb1a_526a_51ed_2585, "{digest:#x}");
}

fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(4000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_is_valid_and_the_same_by_the_tape(
        seed in 0..SEEDS.len(),
        changes in proptest::collection::vec((0..4000_usize, 0..8_usize, 0..44_usize), 1..3),
    ) {
        thread_local! {
            static CHECKER: Checker = checker();
        }
        let text = changed(SEEDS[seed], &changes).trim_start().to_owned();
        let direct = CHECKER.with(|checker| direct(checker, &text));
        if direct.is_some() {
            let (faults, by_tape) = CHECKER.with(|checker| taped(checker, &text));
            prop_assert!(faults.is_empty(), "{}\n{:?}", text, faults);
            prop_assert_eq!(direct, Some(by_tape), "{}", text);
        }
    }
}
