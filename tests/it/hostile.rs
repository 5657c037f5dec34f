//! Samples broken at random: never a crash, and every finding has its true place.

use proptest::prelude::*;

use crate::work::{Work, sample};

const SEEDS: [&str; 6] = [
    "queue-day.json",
    "user-presence.json",
    "views.json",
    "summary-grouped.json",
    "nightly.ndjson",
    "async-page-1.json",
];
const PIECES: [&[u8]; 16] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"null",
    b"1e5",
    b"-",
    b"\xff",
    b"\n",
    b"//",
    b"\\ud800",
    b"\"metric\":7",
];

/// One change: where (as a part of the length), what, and how much.
type Change = (f64, usize, usize);

fn broken(seed: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = std::fs::read(sample(seed)).expect("a sample");
    for &(place, kind, length) in changes {
        let at = (bytes.len() as f64 * place) as usize;
        let end = (at + length).min(bytes.len());
        match kind {
            0 => {
                bytes.drain(at..end);
            }
            1 => bytes.truncate(at),
            kind => {
                bytes.splice(at..at, PIECES[kind % PIECES.len()].iter().copied());
            }
        }
    }
    bytes
}

/// The line and column of a byte, counted the slow way.
fn position(text: &str, offset: usize) -> (u64, u64) {
    let before = &text[..offset];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line as u64, column as u64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn broken_samples_are_findings_with_true_places(
        seed in 0..SEEDS.len(),
        changes in proptest::collection::vec((0.0..1.0_f64, 0..24_usize, 1..40_usize), 1..4),
        window in 16..3000_usize,
    ) {
        let bytes = broken(SEEDS[seed], &changes);
        let work = Work::new();
        work.write("x.json", &bytes);
        let ran = work.run(&["validate", "--format", "ndjson", "x.json"]);
        prop_assert!(matches!(ran.code, Some(0 | 1)), "{:?} {}", ran.code, ran.stderr);
        let text = std::str::from_utf8(&bytes);
        let mut unreadable = false;
        for line in ran.stdout.lines() {
            let finding: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let number = |key: &str| finding[key].as_u64().expect(key);
            unreadable |= matches!(&finding["code"].as_str().expect("a code")[..1], "J" | "F");
            prop_assert!(!finding["message"].as_str().expect("words").contains("bug"), "{}", line);
            prop_assert!(number("offset") + number("length") <= bytes.len() as u64, "{}", line);
            if let Ok(text) = text {
                let place = position(text, number("offset") as usize);
                prop_assert_eq!(place, (number("line"), number("column")), "{}", line);
            }
        }
        // A single document is JSON for us exactly when it is for everyone else.
        let json = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
        if SEEDS[seed] != "nightly.ndjson" && !json {
            prop_assert!(unreadable, "no finding for what is no JSON");
        }
        // Read in pieces or by the slow way alone it is the same.
        let window = window.to_string();
        for other in [vec!["--window", &window], vec!["--paranoid"]] {
            let ways = ["validate", "--format", "ndjson", "x.json"];
            let again = work.run(&[&ways[..], &other].concat());
            prop_assert_eq!((again.code, again.stdout), (ran.code, ran.stdout.clone()), "{:?}", other);
        }
        let converted = work.run(&["convert", "x.json"]);
        prop_assert_eq!(converted.code, ran.code, "{}", converted.stderr);
        prop_assert!(ran.code == Some(0) || converted.stdout.is_empty());
    }
}
