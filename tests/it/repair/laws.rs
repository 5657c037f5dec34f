//! What holds of every repair: once is enough, the table stays the same, and nothing is too hostile.

use gcagg::internals::repair::{Span, apply, repair};
use proptest::prelude::*;

use crate::work::{Work, sample};

const SAMPLES: [&str; 9] = [
    "queue-day.json",
    "user-presence.json",
    "views.json",
    "summary-grouped.json",
    "summary-flat.json",
    "nightly.ndjson",
    "async-page-1.json",
    "bot.json",
    "bad/J001-json-syntax.json",
];

/// Pieces that make trouble, some of them slips that are repaired.
const PIECES: [&str; 32] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "'",
    "\\",
    "//",
    "/*",
    "*/",
    "#",
    "\n",
    "\u{feff}",
    "None",
    "True",
    "\\x41",
    "\\U0001f600",
    "\\'",
    "{\"body\":",
    "{\"data\":\"",
    "{\"response\":[",
    "\"count_negative\":1,",
    "\"count_negative\":2",
    "é",
    "1772438400/1772440200",
    ".0000000Z",
    "{'a':",
    "NaN",
    "```json\n",
    "\n```",
];

fn text_of(name: &str) -> String {
    std::fs::read_to_string(sample(name)).expect("text")
}

/// The tokens of JSON text, strings whole, without white space.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let mut escaped = false;
                let end = rest[1..].find(|char| {
                    let ends = char == '"' && !escaped;
                    escaped = char == '\\' && !escaped;
                    ends
                });
                end.expect("an end") + 2
            }
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            _ => rest
                .find(|char: char| char.is_whitespace() || ",]}".contains(char))
                .unwrap_or(rest.len()),
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// The same document with slips that are repaired; `choices` says which stand where.
fn slipped(text: &str, choices: &[u8], python: bool) -> String {
    let mut choices = choices.iter().cycle();
    let mut slipped = String::new();
    for token in tokens(text) {
        let closes = matches!(token, "}" | "]");
        let before = slipped.trim_end();
        let filled = !before.ends_with(['{', '[', '/']) && !before.is_empty();
        match choices.next().expect("endless") {
            0 => slipped.push_str(" // a \"comment\", 'so to say'\n"),
            1 => slipped.push_str("/* [{ */"),
            2 => slipped.push_str("\n  # x\r\n"),
            // Behind a comment it is not plain to see what stands there.
            3 if closes && filled && !slipped.ends_with(['\n']) => slipped.push(','),
            4 => slipped.push('\t'),
            _ => {}
        }
        match token {
            "null" if python => slipped.push_str("None"),
            "true" if python => slipped.push_str("True"),
            "false" if python => slipped.push_str("False"),
            string if python && string.starts_with('"') && !string.contains('\'') => {
                slipped.push('\'');
                slipped.push_str(&string[1..string.len() - 1].replace("\\\"", "\""));
                slipped.push('\'');
            }
            token => slipped.push_str(token),
        }
    }
    slipped
}

fn is_once(text: &str) -> Result<(), TestCaseError> {
    let first = repair(text);
    prop_assert_eq!(
        &apply(&first.edits, text, Span::new(0, text.len())),
        &first.text
    );
    prop_assert_eq!(first.edits.is_empty(), first.fixes.total() == 0);
    let again = repair(&first.text);
    prop_assert_eq!(&again.text, &first.text);
    prop_assert!(again.edits.is_empty() && again.fixes.total() == 0);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn repaired_twice_is_repaired_once(
        seed in 0..SAMPLES.len(),
        changes in proptest::collection::vec((0.0..1.0_f64, 0..PIECES.len(), 0..3_usize), 0..6),
    ) {
        let mut text = text_of(SAMPLES[seed]);
        for (place, piece, gone) in changes {
            let mut at = (text.len() as f64 * place) as usize;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let end = (at + gone..=text.len()).find(|end| text.is_char_boundary(*end));
            text.replace_range(at..end.unwrap_or(at), PIECES[piece]);
        }
        is_once(&text)?;
    }

    #[test]
    fn pieces_of_any_order_are_repaired_once(pieces in proptest::collection::vec(0..PIECES.len(), 0..24)) {
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        is_once(&text)?;
        is_once(&format!("{{\"results\":[]}}\n{text}\n{{'results':[]}}"))?;
        is_once(&format!("{{\"body\":{}}}", serde_json::Value::from(text.as_str())))?;
    }

    #[test]
    fn any_text_is_repaired_once(text in any::<String>()) {
        is_once(&text)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn slips_anywhere_leave_the_document_as_it_was(
        seed in 0..5_usize,
        choices in proptest::collection::vec(0..40_u8, 1..200),
        python in any::<bool>(),
    ) {
        let text = text_of(SAMPLES[seed]);
        let repaired = repair(&slipped(&text, &choices, python)).text;
        // Apart from white space it is the same to the byte.
        prop_assert_eq!(tokens(&repaired), tokens(&text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_table_is_the_same_after_a_repair(
        seed in 0..SAMPLES.len() - 1,
        snake in any::<bool>(),
        envelope in 0..5_u8,
        mark in any::<bool>(),
        layout in 0..2_usize,
    ) {
        let mut text = text_of(SAMPLES[seed]);
        if snake {
            for (api, sdk) in [
                ("\"count\":", "\"count_negative\":"),
                ("\"sum\":", "\"calculated_metric_value\":"),
                ("systemToOrganizationMappings", "system_to_organization_mappings"),
            ] {
                text = text.replace(api, sdk);
            }
        }
        let wrapped = |text: &str| match envelope {
            0 => text.to_owned(),
            1 => format!("{{\"body\": {text}, \"status\": 200}}"),
            2 => format!("{{\"data\":{{\"response\":{text}}}}}"),
            3 => format!("{{\"body\":{}}}", serde_json::Value::from(text)),
            _ => format!("[{{\"body\":{text}}},\n{{\"data\":{text}}}]"),
        };
        text = match SAMPLES[seed].ends_with(".ndjson") {
            true => text.lines().map(wrapped).collect::<Vec<_>>().join("\n"),
            false => wrapped(&text),
        };
        if mark {
            text.insert(0, '\u{feff}');
        }
        let work = Work::new();
        work.write("before.json", &text);
        work.run(&["validate", "--fix", "before.json", "-o", "after.json", "-q"]);
        let layout = ["long", "wide"][layout];
        let table = |name| work.run(&["convert", "--layout", layout, "--on-error", "skip", "-q", name]);
        let (before, after) = (table("before.json"), table("after.json"));
        prop_assert!(before.stdout.lines().count() > 1, "{}", before.stderr);
        prop_assert_eq!(before.stdout, after.stdout);
        prop_assert_eq!(before.code, after.code);
    }

    #[test]
    fn no_bytes_are_too_hostile(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        start in 0..5_usize,
    ) {
        let starts: [&[u8]; 5] = [b"", b"\xff\xfe", b"\x1f\x8b", b"{'results':[", b"\xef\xbb\xbf{"];
        let bytes = [starts[start], &bytes].concat();
        let work = Work::new();
        work.write("a.json", &bytes);
        let ran = work.run(&["validate", "--fix", "--in-place", "a.json"]);
        prop_assert!(matches!(ran.code, Some(0 | 1)), "{:?} {}", ran.code, ran.stderr);
        prop_assert!(!ran.stdout.contains("this is a bug"), "{}", ran.stdout);
        prop_assert_eq!(work.names(), ["a.json"]);
        let fixed = ran.stderr.contains("fixed ");
        prop_assert_eq!(work.read("a.json") != bytes, fixed, "{}", ran.stderr);
    }
}

#[test]
fn what_is_deep_long_or_unended_stays_as_it_is() {
    let deep = "[".repeat(100_000);
    let closed = format!("{deep}1,{}", "]".repeat(100_000));
    let many = "{}".repeat(100_000);
    let lines = format!("{{}}\n{many}");
    let spaces = format!("[1{}", " ".repeat(200_000));
    let comments = "/**/".repeat(100_000);
    let strings = format!("['{}", "\\'".repeat(100_000));
    let open = format!("{{}}\n{}", "{\"b\":{\n".repeat(50_000));
    for text in [
        &deep, &closed, &many, &lines, &spaces, &comments, &strings, &open,
    ] {
        let repaired = repair(text);
        assert!(repaired.text == *text && repaired.edits.is_empty());
    }
}

#[test]
fn the_work_follows_the_length() {
    // Each of these was made to trip a quadratic step: twice the length must not be four times
    // the time, with much room for a busy machine.
    let shapes: [fn(usize) -> String; 4] = [
        |count| format!("[{}]", "1,/**/".repeat(count)),
        |count| format!("[{}]", "'a', // b\n".repeat(count)),
        |count| "{'a':1,}\n".repeat(count),
        |count| format!("{}{{}}", "// a\n".repeat(count)),
    ];
    for shape in shapes {
        let time = |count| {
            let text = shape(count);
            let began = std::time::Instant::now();
            assert!(repair(&text).fixes.total() >= count as u64 / 2);
            began.elapsed().as_secs_f64()
        };
        let (short, long) = (time(4_000), time(64_000));
        assert!(long < 16.0 * 6.0 * short.max(0.02), "{short} s, {long} s");
    }
}
