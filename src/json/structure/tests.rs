//! The fast ways to scan compared with the meaning, byte by byte.

use proptest::prelude::*;

use super::*;

pub(super) type Way = fn(&mut Structure, &[u8], usize) -> Option<usize>;

/// Every way this machine has, beside the one that `end` chooses.
fn ways() -> Vec<(&'static str, Way)> {
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_mut))]
    let mut ways: Vec<(&str, Way)> = vec![
        ("chosen", Structure::end),
        ("words", words::end),
        ("bytes", |state, bytes, at| {
            Some(at + by_byte(state, bytes.get(at..)?)?)
        }),
    ];
    #[cfg(target_arch = "x86_64")]
    ways.extend(x86::ways());
    ways
}

/// The ends of all containers in a row, and the state after the last byte, by the definition:
/// first which bytes count, then their sum.
fn plainly(bytes: &[u8]) -> (Vec<usize>, Structure) {
    let mut state = Structure::new();
    let mut ends = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        let counts = !state.in_string;
        let escaped = state.escaped;
        state.in_string ^= *byte == b'"' && !escaped;
        state.escaped = *byte == b'\\' && state.in_string && !escaped;
        if counts && b"{[".contains(byte) {
            state.depth += 1;
        }
        if counts && b"}]".contains(byte) {
            state.depth -= u64::from(state.depth > 0);
            if state.depth == 0 {
                ends.push(at + 1);
            }
        }
    }
    (ends, state)
}

fn ends(way: Way, state: &mut Structure, bytes: &[u8], mut at: usize) -> Vec<usize> {
    let mut ends = Vec::new();
    while let Some(end) = way(state, bytes, at) {
        ends.push(end);
        at = end;
    }
    ends
}

/// Holds each way to the definition: in one go, and in pieces that end at `cuts`, once with all
/// bytes so far at hand and once with the piece alone.
fn hold(bytes: &[u8], cuts: &[usize]) {
    let plain = plainly(bytes);
    for (name, way) in ways() {
        let mut state = Structure::new();
        let whole = ends(way, &mut state, bytes, 0);
        assert_eq!((whole, state), plain, "{name}");

        let (mut growing, mut alone) = (Structure::new(), Structure::new());
        let (mut growing_ends, mut alone_ends) = (Vec::new(), Vec::new());
        let mut from = 0;
        for to in cuts.iter().copied().chain([bytes.len()]) {
            growing_ends.extend(ends(way, &mut growing, &bytes[..to], from));
            let piece = ends(way, &mut alone, &bytes[from..to], 0);
            alone_ends.extend(piece.iter().map(|end| from + end));
            let so_far = plainly(&bytes[..to]).1;
            assert_eq!((growing, alone), (so_far, so_far), "{name} at {to}");
            from = to;
        }
        assert_eq!(growing_ends, plain.0, "{name}, growing to {cuts:?}");
        assert_eq!(alone_ends, plain.0, "{name}, in pieces up to {cuts:?}");
    }
}

fn hold_at_every_cut(bytes: &[u8]) {
    for cut in 0..=bytes.len() {
        hold(bytes, &[cut]);
    }
}

#[test]
fn counts_outside_strings_only() {
    for (text, end) in [
        (r#"{}"#, Some(2)),
        (r#"[}]"#, Some(2)),
        (r#"{"a":"}"}, {}"#, Some(9)),
        (r#"{"a":"\"}"}"#, Some(11)),
        (r#"{"a":"\\"}"}"#, Some(10)),
        (r#"[["]"]"#, None),
        // Outside strings a backslash escapes nothing.
        (r#"[\"]"]"#, Some(6)),
    ] {
        for (name, way) in ways() {
            let mut state = Structure::new();
            assert_eq!(way(&mut state, text.as_bytes(), 0), end, "{name}: {text}");
        }
        hold_at_every_cut(text.as_bytes());
    }
}

#[test]
fn reports_depth_and_strings() {
    let mut state = Structure::new();
    assert_eq!(state.end(br#"[{"a"#, 0), None);
    assert_eq!((state.depth(), state.in_string()), (2, true));
    assert_eq!(state.end(br#"":1},"#, 0), None);
    assert_eq!((state.depth(), state.in_string()), (1, false));
    assert_eq!(state.end(b"]", 0), Some(1));
    assert_eq!(state, Structure::new());
    assert_eq!(state.end(b"]", 7), None);
}

#[test]
fn runs_of_backslashes_cross_blocks() {
    for before in 55..70 {
        for run in 0..140 {
            let mut text = vec![b'x'; before];
            text[..2].copy_from_slice(b"[\"");
            text.resize(before + run, b'\\');
            text.extend_from_slice(br#""],"]]"#);
            text.resize(text.len() + 70, b' ');
            hold(&text, &[before + run / 2, before + run]);
        }
    }
}

#[test]
fn every_place_in_a_block_can_be_the_end() {
    for length in 2..200 {
        let mut text = vec![b','; length];
        text[0] = b'[';
        text[length - 1] = b']';
        // The same at another distance from the start of the bytes, with and without more.
        for (at, behind) in [(0, 0), (0, 100), (5, 3), (77, 1)] {
            let bytes = [&vec![b'"'; at], text.as_slice(), &vec![b']'; behind]].concat();
            for (name, way) in ways() {
                let end = way(&mut Structure::new(), &bytes, at);
                assert_eq!(end, Some(at + length), "{name}");
            }
        }
    }
}

#[test]
fn no_depth_is_too_deep() {
    let mut text = vec![b'['; 100_000];
    text.resize(200_000, b']');
    for (name, way) in ways() {
        let mut state = Structure::new();
        assert_eq!(way(&mut state, &text[..199_999], 0), None, "{name}");
        assert_eq!(state.depth(), 1, "{name}");
        assert_eq!(way(&mut state, &text, 199_999), Some(200_000), "{name}");
    }
}

fn cut(bytes: &[u8], cuts: &[prop::sample::Index]) -> Vec<usize> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    cuts.sort_unstable();
    cuts
}

/// Bytes of an alphabet, each as often as it occurs there.
fn text(alphabet: &'static [u8], length: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(alphabet), 0..length)
}

/// JSON with escapes in strings, and no backslash outside strings.
fn tokens() -> impl Strategy<Value = Vec<u8>> {
    let tokens = r#"{ [ { } ] , : 1.25 null "mediaType" "" "\\" "\"]" "\u007b{" "a\\\\\"}b" é"#;
    let tokens: Vec<_> = tokens.split(' ').collect();
    prop::collection::vec(prop::sample::select(tokens), 0..120)
        .prop_map(|tokens| tokens.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 800, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn ways_agree(
        bytes in prop_oneof![
            text(br#"{[}]"\\x"#, 400),
            text(br#"{[[{}]"\xyz,:1 "#, 400),
            text(br#"{[}]"\\\\\"#, 300),
            text(br#"[[}]"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"#, 900),
            prop::collection::vec(any::<u8>(), 0..400),
            tokens(),
        ],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        hold(&bytes, &cut(&bytes, &cuts));
    }

    #[test]
    fn ways_agree_at_every_cut(bytes in text(br#"{[}]""\x"#, 150)) {
        hold_at_every_cut(&bytes);
    }
}
