//! The shape check held to the slow way: what it accepts, keys, schema, properties and rules find
//! nothing in.

use proptest::prelude::*;

use super::read::Cursor;
use super::{Flat, Lexicon};
use crate::check::Checker;
use crate::check::schema::AGGREGATES;
use crate::diagnostic::Diagnostic;
use crate::json::{Span, Tape};
use crate::source::Dialect;

/// Clean containers: all must be accepted as they are.
const SEEDS: [&str; 9] = [
    r#"{"group":{"mediaType":"voice"},"data":[{"metrics":[{"metric":"nOffered","stats":{"count":2}},{"metric":"tWait","stats":{"count":2,"sum":9000,"min":4000,"max":5000}},{"metric":"tTalk","qualifier":"a","stats":{"sum":null,"max":71000.5}}]},{"metrics":[{"metric":"nOffered","stats":{"count":12345678}},{"metric":"tWait","stats":{"count":1,"sum":9000,"min":9000,"max":9000}},{"metric":"tTalk","qualifier":"a","stats":{"sum":null,"max":7}}]},{"metrics":[{"metric":"nOffered","stats":{"count":0}},{"metric":"tWait","stats":{"count":3,"sum":9000,"min":3000,"max":3000}}]}]}"#,
    r#"{"group":{"mediaType":"voice","queueId":"2f6e7a10-44c8-4a53-9f52-0f6f6f1d8c11"},"data":[{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{"metric":"nOffered","stats":{"count":12}},{"metric":"tHandle","stats":{"max":687209,"min":160499,"count":3,"sum":1264345}},{"metric":"oServiceLevel","stats":{"ratio":0.75,"numerator":3,"denominator":4,"target":0.8}}]}]}"#,
    r#"{ "group" : {} , "data" : [ { "interval" : "2026-03-02T08:00:00Z/2026-03-03T08:00:00Z" , "metrics" : [ ] } , {"interval":"2026-03-03T08:00:00Z/2026-03-04T08:00:00Z","metrics":[{"metric":"tTalk","stats":{"count":1,"min":70430.0,"max":70430.0,"sum":70430.0}}]} ] }"#,
    r#"{"group":{"userId":"2f6e7a10-44c8-4a53-9f52-0f6f6f1d8c12"},"data":[{"interval":"2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z","metrics":[{"metric":"tSystemPresence","qualifier":"AVAILABLE","stats":{"sum":2.3790138961E10}},{"metric":"tSystemPresence","qualifier":"AWAY","stats":{"sum":120000}}]}]}"#,
    r#"{"group":{"queueId":null},"data":[{"interval":"2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z","metrics":[{"metric":"tAcw","stats":null}],"views":[{"name":"quick","stats":{"count":2,"sum":4000,"min":1000,"max":3000}}]}]}"#,
    r#"{"data":[],"group":{"mediaType":"chat"}}"#,
    r#"{"group":{"mediaType":"voice"},"data":[{"metrics":[{"metric":"tWait","stats":{"count":2,"sum":9000,"min":4000,"max":5000,"p95":4900,"p99":5000}}],"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z"}]}"#,
    r#"{"group":{"wrapUpCode":"a","own":"b","mediaType":"voice"},"data":[{"interval":"2026-03-02T08:00:00.000Z/2150-03-02T08:30:00.000Z","metrics":[{"metric":"oSentimentScore","stats":{"count":2,"sum":-12345678,"min":-6172840,"countNegative":1}},{"metric":"oServiceTarget","stats":{"current":0.8}},{"metric":"nOffered","stats":{"count":0,"sum":null}}],"views":[{"name":"v","stats":{"sum":-3,"count":0}}]}]}"#,
    r#"{"group":{"requestedRoutingSkillId":"a","queueId":"b"},"data":[{"metrics":[{"metric":"tWait","stats":{"count":2,"sum":9000,"min":-0,"max":5000,"calculatedMetricValue":-1}},{"metric":"oMessageTurn","stats":{"count":9,"sum":15,"min":1,"max":3,"ratio":0.5}}]}]}"#,
];

const TOKENS: [&str; 40] = [
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
type Change = (usize, usize, usize);

fn changed(seed: &str, changes: &[Change]) -> String {
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

/// A time at which all that the seeds tell of has begun.
fn checker() -> Checker {
    Checker::at("2026-11-01T00:00:00Z".parse().unwrap()).unwrap()
}

/// Messages and places, in the order of the text.
fn words(mut findings: Vec<Diagnostic>) -> Vec<String> {
    findings.sort_by_key(|finding| finding.span.map(|span| span.start));
    let words = |it: Diagnostic| format!("{} {:?} {}", it.message, it.span, it.pointer);
    findings.into_iter().map(words).collect()
}

/// Whether a text can be read directly, and where no rule has anything to say of it, what is told
/// of its group.
fn verdicts(checker: &Checker, text: &str) -> (bool, Option<Vec<String>>) {
    let (mut flat, mut lexicon) = (Flat::default(), Lexicon::default());
    let read = flat.read(text, Span::new(0, text.len()), &mut lexicon);
    let clean = read && flat.is_clean(text, &mut lexicon, checker.latest());
    let told = clean.then(|| {
        let mut out = Vec::new();
        flat.about_group(text, &mut lexicon, "", &mut out);
        assert_eq!(flat.is_notable(), !out.is_empty(), "{text}");
        words(out)
    });
    (read, told)
}

/// What the slow way has to say.
fn slow(checker: &Checker, text: &str) -> Vec<String> {
    match Tape::read(text, Span::new(0, text.len()), 2) {
        Err(error) => vec![error.message],
        Ok(tape) => {
            let mut out = Vec::new();
            checker.element(Dialect::Aggregates, tape.root(), "", &mut out);
            words(out)
        }
    }
}

fn by_rules(checker: &Checker, text: &str) -> Vec<String> {
    let tape = Tape::read(text, Span::new(0, text.len()), 2).unwrap();
    let mut out = Vec::new();
    checker.rules(Dialect::Aggregates, tape.root(), "", &mut out);
    words(out)
}

#[test]
fn clean_containers_are_accepted() {
    let checker = checker();
    for (seed, told) in SEEDS.into_iter().zip([0, 0, 0, 0, 0, 0, 0, 2, 1]) {
        let found = slow(&checker, seed);
        assert_eq!(found.len(), told, "{seed}: {found:?}");
        assert_eq!(verdicts(&checker, seed), (true, Some(found)), "{seed}");
    }
}

#[test]
fn what_a_rule_looks_at_is_refused() {
    let checker = checker();
    for metric in [
        r#"{"metric":"nOffered","stats":{"count":-1}}"#,
        r#"{"metric":"nOffered","stats":{"count":1,"sum":1}}"#,
        r#"{"metric":"tWait","stats":{"sum":-0.5}}"#,
        r#"{"metric":"tWait","stats":{"ratio":0.5}}"#,
        r#"{"metric":"oServiceLevel","stats":{"numerator":-123456789}}"#,
        r#"{"metric":"oServiceTarget","stats":{"sum":1}}"#,
        r#"{"metric":"oSentimentScore","stats":{"countNegative":-2}}"#,
    ] {
        let text = format!(r#"{{"group":{{}},"data":[{{"metrics":[{metric}]}}]}}"#);
        assert_eq!(slow(&checker, &text).len(), 1, "{metric}");
        assert_eq!(verdicts(&checker, &text), (true, None), "{metric}");
    }
}

#[test]
fn buckets_may_have_begun_and_not_yet_to_begin() {
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
    ] {
        let text = format!(
            r#"{{"group":{{}},"data":[{{"interval":"{start}/2026-12-24T00:00:00.000Z"}}]}}"#
        );
        assert_eq!(slow(&checker, &text).is_empty(), clean, "{start}");
        let (read, told) = verdicts(&checker, &text);
        assert!(!read || told.is_some() == clean, "{start}");
    }
}

#[test]
fn a_dimension_is_told_once() {
    let text = SEEDS[7];
    let (mut flat, mut lexicon) = (Flat::default(), Lexicon::remembered());
    let mut read = |lexicon: &mut Lexicon| {
        assert!(flat.read(text, Span::new(0, text.len()), lexicon));
        let mut out = Vec::new();
        let notable = flat.is_notable();
        flat.about_group(text, lexicon, "", &mut out);
        (notable, out.len())
    };
    assert_eq!(read(&mut lexicon), (true, 2));
    assert_eq!(read(&mut lexicon), (false, 0));
    lexicon.remember();
    assert_eq!(read(&mut Lexicon::remembered()), (true, 2));
}

/// The shape check was written for these very words of the schema: who changes them looks at
/// `read.rs` and `rules.rs` too, and then at this figure.
#[test]
fn the_schema_is_the_one_the_shape_check_was_written_for() {
    let schema: serde_json::Value = serde_json::from_str(AGGREGATES).unwrap();
    let digest = schema
        .to_string()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    assert_eq!(digest, 0x296c_6d19_7002_d23f, "{digest:#x}");
}

fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(4000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_is_clean(
        seed in 0..SEEDS.len(),
        changes in proptest::collection::vec((0..4000_usize, 0..8_usize, 0..44_usize), 1..3),
    ) {
        thread_local! {
            static CHECKER: Checker = checker();
        }
        let text = changed(SEEDS[seed], &changes);
        let (read, told) = CHECKER.with(|checker| verdicts(checker, &text));
        if read {
            let found = CHECKER.with(|checker| slow(checker, &text));
            prop_assert!(told.is_none_or(|told| told == found), "{}\n{:?}", text, found);
            // What can be read directly is lawful but for the rules.
            let rules = CHECKER.with(|checker| by_rules(checker, &text));
            prop_assert_eq!(found, rules, "{}", text);
        }
    }
}

#[test]
fn digits_of_a_word_are_read_at_once() {
    for (text, expected) in [
        ("0}", Some((0, 1))),
        ("7,", Some((7, 1))),
        ("42}", Some((42, 2))),
        ("1234567,", Some((1_234_567, 7))),
        ("12345678}", Some((12_345_678, 8))),
        ("999999999999999999}", Some((999_999_999_999_999_999, 18))),
        ("-5 ", Some((-5, 2))),
        ("01}", None),
        ("x", None),
        ("-}", None),
    ] {
        let padded = format!("{text}        ");
        let number = Cursor::new(&padded, 0, padded.len()).number_at(0);
        let number = number.map(|(number, end)| (number.whole.unwrap(), end));
        assert_eq!(number, expected, "{text}");
    }
}
