//! One set of findings that every format is tested with: hostile names, whole files, several
//! lines, several of a cause, every severity.

use std::path::PathBuf;

use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::{Code, Diagnostic, Located, Severity};

use super::FindingFormat;
use super::tests::{finding, with_coverage};

const TEXT: &str = r#"{"results": [
  {"group": {"mediaType": "voice"}, "data": [{
    "metrics": [
      {"metric": "nOffered", "stats": {"count": "12"}},
      {"metric": "nOffered", "stats": {"count": "13"}},
      {"metric": "nÖffnung", "stats": {"count": 1}}
    ]
  }]}
]}"#;

/// The findings.
pub fn findings() -> Vec<Located> {
    let metrics = "/results/0/data/0/metrics";
    let mut first = finding(
        TEXT,
        "\"12\"",
        Code::WrongType,
        &format!("{metrics}/0/stats/count"),
    );
    first.diagnostic = first
        .diagnostic
        .label("a string, not an integer")
        .help("write the number without quotes");
    let second = finding(
        TEXT,
        "\"13\"",
        Code::WrongType,
        &format!("{metrics}/1/stats/count"),
    );
    let mut unknown = finding(
        TEXT,
        "nÖffnung",
        Code::UnknownMetric,
        &format!("{metrics}/2/metric"),
    );
    unknown.diagnostic.message = "`nÖffnung` <b>is</b> no | metric: 100%, really".into();
    unknown.diagnostic.cause = "nÖffnung".into();
    let mut lines = finding(
        TEXT,
        "{\"group\": {\"mediaType\": \"voice\"}, \"data\": [{\n",
        Code::MissingProperty,
        "/results/0",
    );
    lines.diagnostic.message = "`interval` is missing".into();
    let mut hostile = finding(
        TEXT,
        "metrics",
        Code::OverlappingBuckets,
        "/results/0/data/0",
    );
    hostile.file = "exports/a b,ü%:1#.json".into();
    hostile.diagnostic.message = "\u{1b}[2J::error::forged\nline ]]> &".into();
    hostile.diagnostic.related = Some("a.json:3:7".into());
    let mut note = finding(
        TEXT,
        "voice",
        Code::ShortDayEnd,
        "/results/0/group/mediaType",
    );
    note.diagnostic.severity = Severity::Info;
    note.diagnostic.message = "a note".into();
    let whole = |file: &str, code, message: &str| Located {
        diagnostic: Diagnostic::new(code, message),
        file: file.into(),
        place: None,
        excerpt: None,
    };
    let syntax = finding(TEXT, "{\"results", Code::JsonSyntax, "");
    vec![
        first,
        second.clone(),
        // The same fault of the same value once more.
        second,
        unknown,
        lines,
        hostile,
        note,
        whole("missing.json", Code::Unreadable, "cannot be read"),
        whole("-", Code::EmptyInput, "nothing was given"),
        syntax,
    ]
}

/// The inputs of the run.
pub fn coverage() -> Coverage {
    let files = ["a.json", "clean.json", "exports/a b,ü%:1#.json", "-"];
    Coverage {
        files: files.map(|file| (file.into(), true)).into(),
        missing: 1,
        hidden: 1,
        other: 2,
        documents: 3,
        buckets: 4,
        metrics: 5,
        rows: 6,
        bytes: 789,
        known: 2,
        seconds: 0.25,
        folder: Some(PathBuf::from(if cfg!(windows) {
            r"C:\repo"
        } else {
            "/repo"
        })),
        ..Coverage::default()
    }
}

/// The fixture in a format.
pub fn rendered(format: FindingFormat) -> String {
    with_coverage(&findings(), coverage(), format, 0)
}
