//! Check of a response: one complete document of the requested dialect that its schema accepts. The body is
//! read in windows, so its size does not matter.

use std::io;

use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::input::content::Content;
use crate::input::open_error::OpenError;
use crate::model::Dialect;
use crate::pipeline::survey::survey_content;
use crate::pipeline::{Resources, Run};
use crate::table::TableSpec;

use super::http::Reply;
use super::missing::AnswerNames;
use super::outline::Outline;

/// Checks a response, and looks for the requested names. Returns true if it has rows, and the names that
/// it has; or the first fault that keeps it from being saved as data.
pub fn check(
    resources: &Resources,
    reply: &Reply,
    dialect: Dialect,
    asked: &AnswerNames,
) -> io::Result<Result<(bool, AnswerNames), Diagnostic>> {
    let spec = TableSpec {
        filter: asked.filter(),
        ..TableSpec::untyped()
    };
    let run = Run::new(spec, Levels::default(), resources.clone());
    let content = Content::new(Box::new(reply.body.reader()), resources.reading.limits);
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
    let outline = reply.outline.as_ref();
    let has_own = outline.is_some_and(|outline| outline.elements(dialect).is_some());
    let has_other = !has_own && outline.is_some_and(Outline::has_array);
    if surveyed.dialects.iter().any(|it| *it != dialect) || has_other {
        return Ok(Err(other(&format!(
            "it is another dialect than {}",
            dialect.name()
        ))));
    }
    if outline.is_none() || (!has_own && surveyed.has_elements()) {
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
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::fetch::body::Body;

    fn code(body: &str) -> Option<&'static str> {
        let body = Body::of(body.as_bytes());
        let reply = Reply {
            status: 200,
            headers: HeaderMap::new(),
            outline: Outline::of(&body).ok(),
            body,
            attempts: 1,
        };
        let asked = AnswerNames::default();
        let checked = check(&Resources::default(), &reply, Dialect::Aggregates, &asked);
        checked.unwrap().err().map(|finding| finding.code.id())
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
