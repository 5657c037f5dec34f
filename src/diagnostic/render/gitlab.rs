//! GitLab's code quality report.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::carry;
use crate::diagnostic::collect::Collection;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::fingerprint::Fingerprints;
use crate::diagnostic::{Located, Severity, uri};

use super::Form;
use super::json::Array;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Content>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Content {
    body: String,
}

/// An array with an issue a line.
#[derive(Debug, Default)]
pub struct Gitlab {
    prints: Fingerprints,
    issues: Array,
}

impl Form for Gitlab {
    fn add(
        &mut self,
        located: &Located,
        coverage: &Coverage,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let folder = coverage.folder.as_deref();
        let print = self.prints.next(located, folder);
        let path = uri::path(&located.file, folder);
        self.issues.push(&issue(located, print, path), out)
    }

    fn finish(&mut self, _: &Collection, out: &mut dyn Write) -> io::Result<()> {
        self.issues.end(out)
    }
}

fn issue(located: &Located, fingerprint: String, path: String) -> Issue {
    let diagnostic = &located.diagnostic;
    let position = |place: Option<(usize, usize)>| {
        let (line, column) = place.unwrap_or((1, 1));
        Position {
            line: line.max(1),
            column: column.max(1),
        }
    };
    let place = located.place.as_ref();
    Issue {
        description: format!(
            "{} {}: {}",
            diagnostic.code.id(),
            diagnostic.code.name(),
            carry::text(&diagnostic.message)
        ),
        check_name: diagnostic.code.name(),
        fingerprint,
        severity: match diagnostic.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        location: Location {
            path,
            positions: Positions {
                begin: position(place.map(|place| (place.line, place.column))),
                end: position(place.map(|place| (place.end_line, place.end_column))),
            },
        },
        content: diagnostic.help.as_deref().map(|help| Content {
            body: carry::text(help),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, fixture};

    #[test]
    fn of_the_fixture() {
        insta::assert_snapshot!(fixture::rendered(Format::Gitlab));
    }
}
