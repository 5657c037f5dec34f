//! One finding, as plain data.

use super::{Located, Severity};

/// Something that is wrong or noteworthy in an input, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The code, such as `S001`; `gcagg explain S001` explains it.
    pub code: &'static str,
    /// The name of the code, such as `wrong-type`.
    pub name: &'static str,
    /// How serious it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The name of the input.
    pub file: String,
    /// The line, counted from 1; `None` where the whole input is meant.
    pub line: Option<usize>,
    /// The column, counted from 1 in Unicode scalar values.
    pub column: Option<usize>,
    /// The RFC 6901 pointer to the value within its document.
    pub pointer: String,
    /// The next step.
    pub help: Option<String>,
}

impl Finding {
    pub(crate) fn new(located: &Located) -> Self {
        let finding = &located.diagnostic;
        Self {
            code: finding.code.id(),
            name: finding.code.name(),
            severity: finding.severity,
            message: finding.message.clone(),
            file: located.file.to_string(),
            line: located.place.map(|place| place.line),
            column: located.place.map(|place| place.column),
            pointer: finding.path.to_string(),
            help: finding.help.as_deref().map(str::to_owned),
        }
    }
}
