//! One finding, as plain data.

use serde::Serialize;

use super::{Located, Severity};

/// Something that is wrong or noteworthy in an input, with its place. The fields have the order of the
/// keys in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The code, such as `S001`; `gcagg explain S001` explains it.
    pub code: &'static str,
    /// The name of the code, such as `wrong-type`.
    pub name: &'static str,
    /// The severity.
    pub severity: Severity,
    /// The problem in one sentence.
    pub message: String,
    /// The name of the input.
    pub file: String,
    /// The line, counted from 1; `None` where the whole input is meant.
    pub line: Option<usize>,
    /// The column, counted from 1 in Unicode scalar values.
    pub column: Option<usize>,
    /// The line of its end.
    pub end_line: Option<usize>,
    /// The column after its last character.
    pub end_column: Option<usize>,
    /// The bytes before it, in the input after decompression.
    pub offset: Option<usize>,
    /// The number of its bytes.
    pub length: Option<usize>,
    /// The RFC 6901 pointer to the value within its document.
    pub pointer: String,
    /// The next step.
    pub help: Option<String>,
    /// The page of the code, if the program was built with the address of its pages.
    pub url: Option<String>,
    /// A second place that the finding is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related: Option<String>,
}

impl Finding {
    pub(crate) fn new(located: &Located) -> Self {
        let finding = &located.diagnostic;
        let place = located.place.as_ref();
        Self {
            code: finding.code.id(),
            name: finding.code.name(),
            severity: finding.severity,
            message: finding.message.clone(),
            file: located.file.to_string(),
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            end_line: place.map(|place| place.end_line),
            end_column: place.map(|place| place.end_column),
            offset: place.map(|place| place.offset),
            length: place.map(|place| place.length),
            pointer: finding.path.to_string(),
            help: finding.help.as_deref().map(str::to_owned),
            url: finding.code.url(),
            related: finding.related.clone(),
        }
    }
}
