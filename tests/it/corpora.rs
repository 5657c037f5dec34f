//! The inputs that fuzzing kept, and every sample, under the laws of fuzz/laws.rs and fuzz/readers.rs.

use std::path::Path;

use crate::slow::documents;

#[path = "../../fuzz/laws.rs"]
mod laws;
#[path = "../../fuzz/readers.rs"]
mod readers;

/// The files of a folder of the project, by name.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let files = entries.map(|entry| entry.expect("an entry").path());
    let files = files.filter(|path| path.is_file());
    let mut files: Vec<_> = files
        .map(|path| {
            let bytes = std::fs::read(&path).expect("a file");
            (path.display().to_string(), bytes)
        })
        .collect();
    files.sort();
    files
}

/// A line of json.txt as bytes.
fn unescaped(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("\\x") {
        let (before, code) = rest.split_at(at);
        bytes.extend(before.bytes());
        bytes.push(u8::from_str_radix(&code[2..4], 16).expect("two digits"));
        rest = &code[4..];
    }
    bytes.extend(rest.bytes());
    bytes
}

/// True if the input has a finding about its JSON, with either reader.
fn is_refused(bytes: &[u8]) -> bool {
    let read = |is_paranoid: bool| {
        let inputs = gcagg::Inputs::new().bytes("a.json", bytes).threads(1);
        let checked = inputs.paranoid(is_paranoid).check().expect("a dataset");
        let mut findings = checked.findings().expect("findings").into_iter();
        findings.any(|it| it.name != "duplicate-key" && it.code.starts_with('J'))
    };
    let is_refused = read(false);
    assert_eq!(read(true), is_refused);
    is_refused
}

#[test]
fn values_are_read_and_refused_as_the_rfc_says() {
    const PLACES: [(&[u8], &[u8]); 3] = [
        (br#"{"results":[],"own":"#, b"}"),
        (br#"{"results":[{"group":{},"data":[],"own":"#, b"}]}"),
        (br#"{"entities":[{"id":"a","metrics":{},"own":["#, b"]}]}"),
    ];
    let mut cases = Vec::new();
    for line in include_str!("corpora/json.txt").lines().skip(1) {
        let (kind, value) = line.split_at(1);
        cases.push((kind, unescaped(value.strip_prefix(' ').unwrap_or(value))));
    }
    let deep = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat().into_bytes();
    cases.extend([("y", deep(90)), ("i", deep(5000)), ("n", b"[".repeat(5000))]);
    cases.extend([("n", b"{\"a\":".repeat(5000)), ("y", vec![b'1'; 5000])]);
    assert!(cases.len() > 300, "{}", cases.len());
    for (kind, value) in cases {
        for (before, after) in PLACES {
            let text = [before, &value, after].concat();
            let is_refused = is_refused(&text);
            let shown = String::from_utf8_lossy(&text[..text.len().min(200)]);
            match kind {
                "y" => assert!(!is_refused, "JSON is refused: {shown}"),
                "n" => assert!(is_refused, "no JSON is read: {shown}"),
                _ => {}
            }
            laws::reading(&[b"\x01", &text[..]].concat());
        }
    }
}

#[test]
fn laws_hold_for_what_fuzzing_kept_and_for_any_bytes() {
    let mut dice = documents::Dice::new(7);
    let mut bytes = || (0..200).map(|_| dice.roll(256) as u8).collect::<Vec<u8>>();
    let mut any: Vec<_> = (0..20)
        .map(|seed| (format!("bytes {seed}"), bytes()))
        .collect();
    any.push(("no bytes".to_owned(), Vec::new()));
    for (name, law) in laws::LAWS.into_iter().chain(readers::LAWS) {
        let kept = files(&format!("fuzz/corpus/{name}"));
        for (path, bytes) in kept.into_iter().chain(any.clone()) {
            if std::panic::catch_unwind(|| law(&bytes)).is_err() {
                panic!("the law `{name}` does not hold for {path}");
            }
        }
    }
}

#[test]
fn bad_samples_are_read_alike_in_any_pieces() {
    for (path, mut bytes) in files("samples/bad") {
        bytes.insert(0, bytes.len() as u8);
        if std::panic::catch_unwind(|| laws::reading(&bytes)).is_err() {
            panic!("{path}");
        }
    }
}
