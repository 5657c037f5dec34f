//! Documents in every wrapping, and texts that are not documents.

use crate::input::cut::frame;

fn codes(text: &str) -> Vec<&'static str> {
    frame(text)
        .findings()
        .map(|finding| finding.code.id())
        .collect()
}

#[test]
fn finds_documents_in_every_wrapping() {
    let one = r#"{"results":[{"group":{},"data":[]}]}"#;
    for (text, documents) in [
        (one.to_owned(), 1),
        (format!("[{one},{one}]"), 2),
        (format!("{one}\n{one}\n\n{one}"), 3),
        (r#"[{"group":{},"data":[]}]"#.to_owned(), 1),
        (r#"{"group":{}}"#.to_owned(), 1),
        (format!(r#"{{"statusCode":200,"body":{one}}}"#), 1),
        (format!(r#"{{"body":{:?}}}"#, one), 1),
        (format!(r#"{{"data":{one}}}"#), 1),
        ("{}".to_owned(), 1),
        ("[]".to_owned(), 1),
        (r#"{"entities":[{"id":"all","metrics":{}}]}"#.to_owned(), 1),
    ] {
        let frame = frame(&text);
        let findings: Vec<_> = frame.findings().collect();
        assert!(findings.is_empty(), "{text}: {findings:?}");
        assert_eq!(frame.documents().count(), documents, "{text}");
    }
}

#[test]
fn names_what_is_no_document() {
    for (text, code) in [
        ("", "F002"),
        (" \n", "F002"),
        ("<html>", "F004"),
        ("// x\n{}", "J001"),
        ("{'results': None}", "J001"),
        (r#"{"results":[}"#, "J001"),
        (r#"{"results":["#, "J002"),
        (r#"{"results":[]}]"#, "J006"),
        (r#"[{"group":{}}},{"group":{}}]"#, "J001"),
        (r#"{"message":"m","status":400}"#, "F003"),
        (r#"{"status":502,"error":"Bad Gateway"}"#, "F003"),
        (
            r#"{"error":"invalid_client","error_description":"d"}"#,
            "F003",
        ),
        (r#"{"conversations":[]}"#, "F004"),
        (r#"{"queueId":"q","nOffered":3}"#, "F004"),
        (r#"{"results":[],"entities":[]}"#, "F006"),
        ("12", "F004"),
        ("[1,2]", "F004"),
    ] {
        assert_eq!(codes(text), [code], "{text}");
    }
}

#[test]
fn a_cut_document_says_what_was_whole() {
    let frame = frame(r#"{"results":[{"group":{}},{"group":{}},{"gro"#);
    let message = frame
        .findings()
        .map(|it| it.message.clone())
        .collect::<String>();
    assert!(message.contains("2 of its elements"), "{message}");
}

#[test]
fn a_broken_line_does_not_hide_the_next() {
    let frame = frame("{\"results\":[]}\n{\"results\":[],}\n{\"results\":[]}\n");
    assert_eq!(frame.parts.len(), 3);
}
