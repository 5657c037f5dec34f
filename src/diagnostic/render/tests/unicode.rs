//! Every character of Unicode in every field of a finding, in every form.

use std::sync::LazyLock;

use super::super::{Code, Diagnostic, Excerpt, Located, Severity, SourceSpan};
use super::tests::with_coverage;
use super::{FindingFormat, TextStyle, fixture};
use crate::json::text::{is_unsafe_in_terminal, printable};
use crate::json::{Path, Span};

/// Number of characters per finding, so that none is clipped.
const CHUNK: usize = 900;

/// Findings that carry all characters in their message, help, label, pointer, related place and
/// file name.
fn findings() -> Vec<Located> {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    all.chunks(CHUNK)
        .map(|chunk| {
            let text: String = chunk.iter().collect();
            let shown = printable(&text);
            let mut diagnostic = Diagnostic::new(Code::WrongType, text.clone())
                .label(text.clone())
                .help(text.clone())
                .related(text.clone())
                .cause(text.clone());
            diagnostic.path = Path::default().key(text.clone());
            diagnostic.severity = Severity::Error;
            Located {
                diagnostic,
                // No file name has a NUL in it.
                file: text.replace('\0', "").into(),
                place: Some(SourceSpan {
                    line: 1,
                    column: 1,
                    end_line: 1,
                    end_column: 2,
                    offset: 0,
                    length: 1,
                    content: 0,
                }),
                excerpt: Some(Excerpt {
                    first_line: 1,
                    mark: Span::new(0, shown.chars().next().map_or(0, char::len_utf8)),
                    text: shown,
                }),
            }
        })
        .collect()
}

fn written(format: FindingFormat) -> String {
    static FINDINGS: LazyLock<Vec<Located>> = LazyLock::new(findings);
    with_coverage(&FINDINGS, fixture::coverage(), format, 0)
}

/// Asserts that nothing but the ends of lines could steer whoever shows or reads the text.
fn assert_tame(text: &str, form: &str) {
    let found = text
        .chars()
        .find(|char| *char != '\n' && is_unsafe_in_terminal(*char));
    assert_eq!(found.map(|char| char as u32), None, "{form}");
}

#[test]
fn text_carries_nothing_that_steers_a_terminal() {
    assert_tame(
        &written(FindingFormat::Text(TextStyle::Narrated)),
        "narrated",
    );
    let drawn = written(FindingFormat::Text(TextStyle::Graphical {
        width: 100,
        has_colors: true,
    }));
    // Colours are the only escapes.
    let mut plain = String::new();
    for (index, piece) in drawn.split('\u{1b}').enumerate() {
        let rest = match index {
            0 => piece,
            _ => {
                let (codes, rest) = piece.split_once('m').unwrap();
                let digits = |byte: u8| byte.is_ascii_digit() || byte == b';';
                let codes = codes.strip_prefix('[').unwrap();
                assert!(codes.bytes().all(digits), "{codes}");
                rest
            }
        };
        plain.push_str(rest);
    }
    assert_tame(&plain, "graphical");
}

#[test]
fn json_keeps_every_value_on_its_line() {
    let findings = findings();
    let text = written(FindingFormat::Ndjson);
    assert_tame(&text, "ndjson");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), findings.len());
    for (line, located) in lines.iter().zip(&findings) {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let message = located.diagnostic.message.as_str();
        for key in ["message", "help", "related"] {
            assert_eq!(value[key], message, "{key}");
        }
        assert_eq!(value["pointer"], located.diagnostic.path.to_string());
        assert_eq!(value["file"], *located.file);
    }
    for format in [
        FindingFormat::Json,
        FindingFormat::Sarif,
        FindingFormat::Gitlab,
    ] {
        let text = written(format);
        assert_tame(&text, "json");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let list = match format {
            FindingFormat::Sarif => &value["runs"][0]["results"],
            _ => &value,
        };
        assert_eq!(list.as_array().unwrap().len(), findings.len());
    }
}

#[test]
fn what_people_read_in_sarif_and_gitlab_is_escaped() {
    for format in [FindingFormat::Sarif, FindingFormat::Gitlab] {
        let value: serde_json::Value = serde_json::from_str(&written(format)).unwrap();
        let texts: Vec<&str> = match format {
            FindingFormat::Sarif => value["runs"][0]["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|result| result["message"]["text"].as_str().unwrap())
                .collect(),
            _ => value
                .as_array()
                .unwrap()
                .iter()
                .map(|issue| issue["description"].as_str().unwrap())
                .collect(),
        };
        texts.iter().for_each(|text| assert_tame(text, "message"));
    }
}

#[test]
fn junit_is_xml_with_a_case_for_each_finding() {
    let text = written(FindingFormat::Junit);
    assert_tame(&text, "junit");
    let allowed = |char: char| matches!(char, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(allowed));
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    assert_eq!(report.failures, findings().len());
}

#[test]
fn a_command_is_a_line_and_a_cause_is_a_row() {
    let text = written(FindingFormat::Github);
    assert_tame(&text, "github");
    assert!(text.lines().all(|line| line.starts_with("::")));
    let text = written(FindingFormat::Markdown);
    assert_tame(&text, "markdown");
    let rows = text.lines().filter(|line| line.starts_with("| error | "));
    let mut count = 0;
    for row in rows {
        assert_eq!(row.matches('|').count(), 6, "{row}");
        count += 1;
    }
    assert_eq!(count, findings().len());
}

#[test]
fn findings_at_one_place_are_cases_of_their_own() {
    let one = findings().remove(0);
    let text = with_coverage(&vec![one; 3], fixture::coverage(), FindingFormat::Junit, 0);
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let mut names: Vec<(String, String)> = report
        .test_suites
        .iter()
        .flat_map(|suite| &suite.test_cases)
        .map(|case| {
            let class = case.classname.as_ref().unwrap().as_str().to_owned();
            (class, case.name.as_str().to_owned())
        })
        .collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}
