//! True if what arrived is what was asked for: one complete response that its schema accepts. The
//! body is read in windows, so its size does not matter.

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

/// Why a body is not saved as data.
#[derive(Debug)]
pub enum RefusedBody {
    Finding(Box<Diagnostic>),
    /// It could not be read from its temporary file.
    Io(std::io::Error),
}

impl From<std::io::Error> for RefusedBody {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<OpenError> for RefusedBody {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Io { error } => Self::Io(error),
            _ => other("it is not plain text in UTF-8"),
        }
    }
}

/// A response that is data.
#[derive(Debug)]
pub struct AcceptedBody {
    pub has_rows: bool,
    /// Which of the names that were asked for it has.
    pub names: AnswerNames,
}

/// Checks a body, and looks for the names that were asked for.
///
/// # Errors
/// The first fault that keeps it from being saved as data.
pub fn check(
    checker: &Checker,
    resources: &Resources,
    body: &Body,
    dialect: Dialect,
    asked: &AnswerNames,
) -> Result<AcceptedBody, RefusedBody> {
    let spec = TableSpec {
        filter: asked.filter(),
        ..TableSpec::untyped()
    };
    let run = Run::new(*checker, spec, Levels::default(), resources.clone());
    let outline = Outline::of(body)?;
    let surveyed = survey_content(&run, Content::new(body.reader(), resources.reading.limits)?)?;
    if let Some(finding) = surveyed.findings.in_order.iter().find(is_error) {
        return Err(RefusedBody::Finding(Box::new(finding)));
    }
    if surveyed.documents != 1 {
        return Err(other("it is more than one document"));
    }
    let key = join::key(dialect);
    let (own, foreign) = (
        outline.member(key),
        outline.member(join::other_key(dialect)),
    );
    let found = surveyed.dialects.iter().find(|it| **it != dialect);
    if found.is_some() || (foreign.is_some() && own.is_none()) {
        return Err(other(&format!(
            "it is another dialect than {}",
            dialect.name()
        )));
    }
    if outline.first != Some(b'{') || (own.is_none() && surveyed.has_elements()) {
        return Err(other(
            "it is a part of a response, or a response in an envelope",
        ));
    }
    Ok(AcceptedBody {
        has_rows: surveyed.rows > 0,
        names: asked.found(surveyed.survey),
    })
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error && finding.code.id().starts_with(['F', 'J', 'S'])
}

fn other(why: &str) -> RefusedBody {
    RefusedBody::Finding(Box::new(Diagnostic::new(Code::NotAggregates, why)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> Option<&'static str> {
        let checker = Checker::new();
        let body = Body::Memory(body.as_bytes().to_vec());
        let asked = AnswerNames::default();
        check(
            &checker,
            &Resources::default(),
            &body,
            Dialect::Aggregates,
            &asked,
        )
        .err()
        .map(|refused| match refused {
            RefusedBody::Finding(finding) => finding.code.id(),
            RefusedBody::Io(error) => panic!("{error}"),
        })
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
