//! Each kind of repair, from bytes to bytes.

use crate::work::{OFFERED, Ran, Work, response, sample};

fn fix(input: &[u8]) -> Ran {
    Work::new().pipe(&["validate", "--fix", "-"], input)
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(bytes).collect()
}

/// A response with stats of this text.
fn stats(stats: &str) -> String {
    let metric = format!(r#"{{"metric":"nOffered","stats":{stats}}}"#);
    response("a", 8..9, &metric)
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
fn keys_of_the_python_sdk_become_those_of_the_api() {
    let bad = stats(
        r#"{"count_negative": 1, "sum": null, "count_positive":2,"calculated_metric_value":3}"#,
    );
    let good =
        stats(r#"{"countNegative": 1, "sum": null, "countPositive":2,"calculatedMetricValue":3}"#);
    let said = "fixed 3 things in 1 file: 3 snake_case keys";
    becomes(bad.as_bytes(), &good, said);
    // A dimension is a name of the data, and a column of the table.
    let ran = fix(response("a", 8..9, OFFERED)
        .replace("queueId", "queue_id")
        .as_bytes());
    assert!(
        ran.stderr.contains("nothing to fix in 1 file"),
        "{}",
        ran.stderr
    );
    // One of two would have to give way.
    let twice = stats(r#"{"count_negative":1,"countNegative":2}"#);
    let ran = fix(twice.as_bytes()).exits(1);
    assert_eq!(ran.stdout, twice);
    assert!(ran.stderr.contains("error[J003]"), "{}", ran.stderr);
}

#[test]
fn times_are_written_as_the_api_writes_them() {
    let good = response("a", 8..9, OFFERED);
    let said = "fixed 2 things in 1 file: 2 epoch times";
    for (start, end) in [
        ("1772438400000", "1772442000000"),
        ("1772438400", "1772442000"),
    ] {
        let bad = good
            .replace("2026-03-02T08:00:00.000Z", start)
            .replace("2026-03-02T09:00:00.000Z", end);
        becomes(bad.as_bytes(), &good, said);
        let help = Work::new()
            .pipe(&["validate", "-"], bad.as_bytes())
            .exits(1)
            .stdout;
        assert!(
            help.contains("`gcagg validate --fix` writes them as"),
            "{help}"
        );
    }
    let seven = good.replace(".000Z", ".0000000Z");
    let said = "fixed 2 things in 1 file: 2 overlong fractions";
    becomes(seven.as_bytes(), &good, said);
    for unsure in [
        good.replace(".000Z", ".0000001Z"),
        good.replace("2026-03-02T08:00:00.000Z", "1772438400000"),
    ] {
        let ran = fix(unsure.as_bytes());
        let half = unsure.replace("1772438400000", "2026-03-02T08:00:00.000Z");
        assert_eq!(ran.stdout, half, "{}", ran.stderr);
    }
}

#[test]
fn documents_are_taken_out_of_their_envelopes() {
    let good = response("a", 8..9, OFFERED);
    let said = "fixed 1 thing in 1 file: 1 envelope";
    for envelope in [
        format!(r#"{{"statusCode":200,"headers":{{"a":"b"}},"body":{good}}}"#),
        format!(r#"{{"data":{good}}}"#),
        format!(r#"{{"response":{{"body":{good}}}}}"#),
        format!(r#"{{"body":{}}}"#, serde_json::Value::from(good.as_str())),
    ] {
        becomes(envelope.as_bytes(), &good, said);
    }
    let error = r#"{"body":{"message":"m","code":"c","status":400}}"#;
    assert_eq!(fix(error.as_bytes()).exits(1).stdout, error);
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
