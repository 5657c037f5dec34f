//! GitLab's code quality report.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diagnostic::carry;
use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::fingerprint;
use crate::diagnostic::{Located, Severity, uri};

use super::FindingRenderer;
use super::json::JsonArray;

/// An array with an issue a line.
#[derive(Debug, Default)]
pub struct Gitlab {
    seen: HashMap<u64, u32>,
    issues: JsonArray,
}

impl FindingRenderer for Gitlab {
    fn add(
        &mut self,
        located: &Located,
        coverage: &Coverage,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let folder = coverage.folder.as_deref();
        let print = fingerprint::next(&mut self.seen, located, folder);
        let path = uri::path(&located.file, folder);
        self.issues.push(&issue(located, &print, &path), out)
    }

    fn finish(&mut self, all: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
        self.issues.finish(all, out)
    }
}

fn issue(located: &Located, fingerprint: &str, path: &str) -> Value {
    let diagnostic = &located.diagnostic;
    let code = diagnostic.code;
    let position = |place: Option<(usize, usize)>| {
        let (line, column) = place.unwrap_or((1, 1));
        json!({"line": line.max(1), "column": column.max(1)})
    };
    let place = located.place.as_ref();
    let severity = match diagnostic.severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Info => "info",
    };
    let mut issue = json!({
        "description": format!("{}: {}", code.title(), carry::text(&diagnostic.message)),
        "check_name": code.name(),
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {
            "path": path,
            "positions": {
                "begin": position(place.map(|place| (place.line, place.column))),
                "end": position(place.map(|place| (place.end_line, place.end_column))),
            },
        },
    });
    if let Some(help) = &diagnostic.help {
        issue["content"] = json!({"body": carry::text(help)});
    }
    issue
}

#[cfg(test)]
mod tests {
    use super::super::{FindingFormat, fixture};

    #[test]
    fn of_the_fixture() {
        insta::assert_snapshot!(fixture::rendered(FindingFormat::Gitlab));
    }
}
