//! Each kind of repair, from bytes to bytes.

use crate::work::{OFFERED, Ran, Work, response, sample};

fn fix(input: &[u8]) -> Ran {
    Work::new().pipe(&["validate", "--fix", "-"], input)
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(bytes).collect()
}

#[track_caller]
fn becomes(input: &[u8], good: &str, said: &str) {
    let ran = fix(input).exits(0);
    assert_eq!(ran.stdout, good);
    assert!(ran.stderr.contains(&format!("{said}\n")), "{}", ran.stderr);
}

#[test]
fn byte_order_marks_go() {
    let good = response("é", 8..9, OFFERED);
    let marked = format!("\u{feff}{good}");
    let said = "fixed 1 thing in 1 file: 1 byte order mark";
    becomes(marked.as_bytes(), &good, said);
    let two = format!("\u{feff}\u{feff}{good}");
    let said = "fixed 2 things in 1 file: 2 byte order marks";
    becomes(two.as_bytes(), &good, said);
}

#[test]
fn utf_16_becomes_utf_8() {
    let good = response("é😀", 8..9, OFFERED);
    let said = "fixed 1 thing in 1 file: 1 UTF-16 encoding";
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        becomes(&utf16(&good, bytes), &good, said);
        becomes(&utf16(&good, bytes)[2..], &good, said);
    }
}

#[test]
fn trailing_commas_and_comments_go() {
    let ran = fix(&std::fs::read(sample("bad/J001-json-syntax.json")).expect("a sample"));
    let bad = std::fs::read_to_string(sample("bad/J001-json-syntax.json")).expect("text");
    assert_eq!(ran.stdout, bad.replace("2613400,", "2613400"));
    assert_eq!(ran.code, Some(0));
    let input = "// exported by hand\n{ \"results\": [ /* none\n yet */ ],\n  // no more\n}\n";
    let said = "fixed 4 things in 1 file: 3 comments, 1 trailing comma";
    becomes(input.as_bytes(), "{ \"results\": [ ]\n}\n", said);
}

#[test]
fn a_code_fence_goes() {
    let good = response("a", 8..9, OFFERED) + "\n";
    let said = "fixed 1 thing in 1 file: 1 code fence";
    becomes(format!("```json\n{good}```\n").as_bytes(), &good, said);
    let said = "fixed 2 things in 1 file: 1 code fence, 1 trailing comma";
    let nearly = good.replace("12}", "12,}");
    becomes(format!("```\n{nearly}```").as_bytes(), &good, said);
    let talk = format!("Here it is:\n```\n{good}```\n");
    assert_eq!(fix(talk.as_bytes()).exits(1).stdout, talk);
}

#[test]
fn what_python_prints_becomes_json() {
    let input = r#"{'results': [{'group': {'queueId': "it's", 'é\xe9': 'a "b" \'c\''}, 'data': [{'interval': None, 'metrics': [{'metric': 'nOffered', 'stats': {'count': 12, 'sum': 1e5}}], 'x': True, 'y': False}]}]}"#;
    let good = r#"{"results": [{"group": {"queueId": "it's", "é\u00e9": "a \"b\" 'c'"}, "data": [{"interval": null, "metrics": [{"metric": "nOffered", "stats": {"count": 12, "sum": 1e5}}], "x": true, "y": false}]}]}"#;
    let said =
        "fixed 19 things in 1 file: 15 single-quoted strings, 3 Python literals, 1 Python escape";
    let ran = fix(input.as_bytes()).exits(0);
    assert_eq!(ran.stdout, good);
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
}

#[test]
fn names_times_and_envelopes_stay() {
    let good = response("a", 8..9, OFFERED);
    for text in [
        good.replace("\"count\"", "\"count_negative\""),
        good.replace(".000Z", ".0000000Z"),
        format!(r#"{{"statusCode":200,"body":{good}}}"#),
        format!(r#"{{"body":{}}}"#, serde_json::Value::from(good.as_str())),
    ] {
        let ran = fix(text.as_bytes()).exits(0);
        assert_eq!(ran.stdout, text);
        assert!(
            ran.stderr.contains("nothing to fix in 1 file"),
            "{}",
            ran.stderr
        );
    }
    let epoch = good
        .replace("2026-03-02T08:00:00.000Z", "1772438400000")
        .replace("2026-03-02T09:00:00.000Z", "1772442000000");
    let ran = fix(epoch.as_bytes()).exits(1);
    assert_eq!(ran.stdout, epoch);
    assert!(ran.stderr.contains("since 1970"), "{}", ran.stderr);
}

#[test]
fn what_is_not_sure_is_reported_and_stays() {
    for name in [
        "J002-truncated.json",
        "J003-duplicate-key.json",
        "J005-too-deep.json",
        "J006-trailing-data.json",
        "S001-wrong-type.json",
        "S002-missing-property.json",
        "T001-bad-interval.json",
        "T002-inverted-interval.json",
        "T003-overlapping-buckets.json",
        "F003-api-error-body.json",
        "F004-not-aggregates.json",
        "F006-mixed-dialects.ndjson",
    ] {
        let bad = std::fs::read(sample(&format!("bad/{name}"))).expect("a sample");
        let ran = fix(&bad).exits(1);
        assert_eq!(ran.stdout.as_bytes(), bad, "{name}");
        let code = format!("error[{}]", &name[..4]);
        assert!(ran.stderr.contains(&code), "{name}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("nothing to fix in 1 file"),
            "{}",
            ran.stderr
        );
    }
    for text in [
        "",
        " \n",
        "<html>",
        "// nothing else",
        "{\"results\":[NaN,]}",
        "{results:[],}",
    ] {
        assert_eq!(fix(text.as_bytes()).exits(1).stdout, text);
    }
    // What is no text has no repaired text.
    let ran = fix(b"{\"results\":[\"\xff\"]}").exits(1);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("error[J004]"), "{}", ran.stderr);
}

#[test]
fn a_broken_line_does_not_hide_the_next() {
    let line = response("a", 8..9, OFFERED);
    let mended = response("b", 8..9, OFFERED);
    let bad = mended.replace("}]}]}", "},]}]}");
    assert_ne!(bad, mended);
    let ran = fix(format!("{line}\n{{\"results\":[NaN,]}}\n{bad}\n").as_bytes()).exits(1);
    assert_eq!(
        ran.stdout,
        format!("{line}\n{{\"results\":[NaN,]}}\n{mended}\n")
    );
    assert!(ran.stderr.contains("error[J001]"), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("fixed 1 thing in 1 file: 1 trailing comma"),
        "{}",
        ran.stderr
    );
}
