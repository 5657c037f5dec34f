//! Check of a response: one complete document of the requested dialect that its schema accepts. The body is
//! read in windows, so its size does not matter.

use std::io;

use crate::check::Checker;
use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::input::content::Content;
use crate::input::open_error::OpenError;
use crate::model::Dialect;
use crate::pipeline::survey::survey_content;
use crate::pipeline::{Resources, Run};
use crate::table::TableSpec;

use super::body::Body;
use super::join;
use super::missing::AnswerNames;
use super::outline::Outline;

/// Checks a body, and looks for the requested names. Returns true if it has rows, and the names that it
/// has; or the first fault that keeps it from being saved as data.
pub fn check(
    checker: &Checker,
    resources: &Resources,
    body: &Body,
    dialect: Dialect,
    asked: &AnswerNames,
) -> io::Result<Result<(bool, AnswerNames), Diagnostic>> {
    let spec = TableSpec {
        filter: asked.filter(),
        ..TableSpec::untyped()
    };
    let run = Run::new(*checker, spec, Levels::default(), resources.clone());
    let outline = Outline::of(body)?;
    let content = Content::new(Box::new(body.reader()), resources.reading.limits);
    let surveyed = match content.and_then(|content| survey_content(&run, content)) {
        Ok(surveyed) => surveyed,
        Err(OpenError::Io { error }) => return Err(error),
        Err(_) => return Ok(Err(other("it is not plain text in UTF-8"))),
    };
    if let Some(finding) = surveyed.findings.in_order.iter().find(is_error) {
        return Ok(Err(finding));
    }
    if surveyed.documents != 1 {
        return Ok(Err(other("it is more than one document")));
    }
    let key = join::key(dialect);
    let (own, foreign) = (
        outline.member(key),
        outline.member(join::other_key(dialect)),
    );
    let found = surveyed.dialects.iter().find(|it| **it != dialect);
    if found.is_some() || (foreign.is_some() && own.is_none()) {
        return Ok(Err(other(&format!(
            "it is another dialect than {}",
            dialect.name()
        ))));
    }
    if outline.first != Some(b'{') || (own.is_none() && surveyed.has_elements()) {
        return Ok(Err(other(
            "it is a part of a response, or a response in an envelope",
        )));
    }
    Ok(Ok((surveyed.rows > 0, asked.found(surveyed.survey))))
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error && finding.code.id().starts_with(['F', 'J', 'S'])
}

fn other(why: &str) -> Diagnostic {
    Diagnostic::new(Code::NotAggregates, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> Option<&'static str> {
        let checker = Checker::new();
        let body = Body::of(body.as_bytes());
        let asked = AnswerNames::default();
        check(
            &checker,
            &Resources::default(),
            &body,
            Dialect::Aggregates,
            &asked,
        )
        .unwrap()
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
