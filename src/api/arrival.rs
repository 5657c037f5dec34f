//! Whether what arrived is what was asked for: a whole response that its schema accepts.

use crate::check::Checker;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::json::Tape;
use crate::source::Dialect;
use crate::source::frame::{Document, frame};

/// Looks at a body and says whether there is anything in it.
///
/// # Errors
/// The first fault that keeps it from being saved as data.
pub fn check(checker: &Checker, body: &[u8], dialect: Dialect) -> Result<bool, Box<Diagnostic>> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(other("it is no UTF-8"));
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let framed = frame(text);
    if let Some(finding) = framed.findings.into_iter().find(is_error) {
        return Err(Box::new(finding));
    }
    let [document] = framed.documents.as_slice() else {
        return Err(other("it is more than one document"));
    };
    if !document.whole || !document.outer_pointer.is_empty() || !document.inside.is_empty() {
        return Err(other(
            "it is part of a response, or a response inside something else",
        ));
    }
    if let Some(found) = document.dialect.filter(|found| *found != dialect) {
        return Err(other(&format!(
            "it is {} where {} was asked for",
            found.name(),
            dialect.name()
        )));
    }
    let findings = findings(checker, text, document);
    match findings.into_iter().find(is_error) {
        Some(finding) => Err(Box::new(finding)),
        None => Ok(!document.elements.is_empty()),
    }
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error && finding.code.id().starts_with(['F', 'J', 'S'])
}

fn other(why: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(Code::NotAggregates, why))
}

fn findings(checker: &Checker, text: &str, document: &Document) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let Some(dialect) = document.dialect else {
        return findings;
    };
    let opened = document.opened(dialect);
    for (index, span) in document.elements.iter().enumerate() {
        match Tape::read(text, *span, opened.depth()) {
            Ok(tape) => {
                checker.element(dialect, tape.root(), &opened.element(index), &mut findings);
            }
            Err(error) => {
                findings.push(crate::source::fault::syntax(error, text, span.start, None))
            }
        }
        if findings.iter().any(is_error) {
            break;
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> Option<&'static str> {
        let checker = Checker::new().unwrap();
        check(&checker, body.as_bytes(), Dialect::Aggregates)
            .err()
            .map(|finding| finding.code.id())
    }

    #[test]
    fn only_whole_responses_pass() {
        for good in [
            r#"{"results":[{"group":{"mediaType":"voice"},"data":[]}]}"#,
            r#"{"results":[]}"#,
            "{}",
            r#"{"results":null}"#,
        ] {
            assert_eq!(code(good), None, "{good}");
        }
        for (bad, id) in [
            ("<html><body>Sign in</body></html>", "F004"),
            (r#"{"message":"no","code":"x","status":400}"#, "F003"),
            (r#"{"results":[{"group":{}"#, "J002"),
            (
                r#"{"results":[{"group":{"a":"b"},"data":[{"interval":7,"metrics":[]}]}]}"#,
                "S001",
            ),
            (r#"{"entities":[]}"#, "F004"),
            (r#"[{"group":{},"data":[]}]"#, "F004"),
            ("{}\n{}", "F004"),
            ("", "F002"),
        ] {
            assert_eq!(code(bad), Some(id), "{bad}");
        }
    }
}
