//! Findings for programs: every one of them, with every key always in its place.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::{Located, carry};

use super::Form;

/// A finding as programs read it. The order of the fields is the order of the keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingRecord<'a> {
    pub code: &'static str,
    pub name: &'static str,
    pub severity: &'static str,
    pub message: &'a str,
    pub file: &'a str,
    /// 1-based; null where the finding is about a whole file.
    pub line: Option<usize>,
    /// 1-based, in Unicode scalar values.
    pub column: Option<usize>,
    pub end_line: Option<usize>,
    /// The column behind the last character.
    pub end_column: Option<usize>,
    /// In bytes of the input as stored, after decompression.
    pub offset: Option<usize>,
    pub length: Option<usize>,
    /// RFC 6901.
    pub pointer: String,
    pub help: Option<&'a str>,
    /// Null unless a base was configured when the program was built.
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related: Option<&'a str>,
}

impl<'a> From<&'a Located> for FindingRecord<'a> {
    fn from(located: &'a Located) -> Self {
        let diagnostic = &located.diagnostic;
        let place = located.place.as_ref();
        Self {
            code: diagnostic.code.id(),
            name: diagnostic.code.name(),
            severity: diagnostic.severity.word(),
            message: &diagnostic.message,
            file: &located.file,
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            end_line: place.map(|place| place.end_line),
            end_column: place.map(|place| place.end_column),
            offset: place.map(|place| place.offset),
            length: place.map(|place| place.length),
            pointer: diagnostic.path.to_string(),
            help: diagnostic.help.as_deref(),
            url: diagnostic.code.url(),
            related: diagnostic.related.as_deref(),
        }
    }
}

/// A line of JSON for each finding.
#[derive(Debug, Default)]
pub struct JsonLines {
    line: Vec<u8>,
}

impl Form for JsonLines {
    fn add(&mut self, located: &Located, _: &Coverage, out: &mut dyn Write) -> io::Result<()> {
        self.line.clear();
        carry::json(&mut self.line, &FindingRecord::from(located))?;
        self.line.push(b'\n');
        out.write_all(&self.line)
    }

    fn finish(&mut self, _: &FindingSummary, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// An array with a value a line, so that people can read it and `diff` compare it.
#[derive(Debug, Default)]
pub struct JsonArray {
    line: Vec<u8>,
    has_any: bool,
}

impl JsonArray {
    /// Adds a value.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn push(&mut self, value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
        self.line.clear();
        let before = if self.has_any { ",\n" } else { "[\n" };
        self.has_any = true;
        self.line.extend(before.bytes());
        carry::json(&mut self.line, value)?;
        out.write_all(&self.line)
    }

    /// Ends the array.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", if self.has_any { "\n]" } else { "[]" })
    }
}

impl Form for JsonArray {
    fn add(&mut self, located: &Located, _: &Coverage, out: &mut dyn Write) -> io::Result<()> {
        self.push(&FindingRecord::from(located), out)
    }

    fn finish(&mut self, _: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
        self.end(out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{finding, rendered};
    use super::super::{FindingFormat, fixture};
    use crate::diagnostic::Code;

    #[test]
    fn keeps_the_keys_in_order() {
        let mut placeless = finding("[\"é\", 7]", "7", Code::WrongType, "/1");
        let placed = placeless.clone();
        placeless.place = None;
        placeless.diagnostic = placeless.diagnostic.help("do").related("b.json:1:1");
        let expected = concat!(
            r#"{"code":"S001","name":"wrong-type","severity":"error","#,
            r#""message":"`count` is text, not a number","file":"a.json","line":1,"column":7,"#,
            r#""end_line":1,"end_column":8,"offset":7,"length":1,"pointer":"/1","help":null,"url":null}"#,
            "\n",
            r#"{"code":"S001","name":"wrong-type","severity":"error","#,
            r#""message":"`count` is text, not a number","file":"a.json","line":null,"#,
            r#""column":null,"end_line":null,"end_column":null,"offset":null,"length":null,"#,
            r#""pointer":"/1","help":"do","url":null,"#,
            r#""related":"b.json:1:1"}"#,
            "\n",
        );
        // The cap is for people only.
        assert_eq!(
            rendered(&[placed, placeless], FindingFormat::Ndjson, 1),
            expected
        );
    }

    #[test]
    fn of_the_fixture() {
        insta::assert_snapshot!(fixture::rendered(FindingFormat::Ndjson));
    }

    #[test]
    fn an_array_holds_the_same_objects() {
        let one = finding("[7]", "7", Code::WrongType, "/0");
        let findings = [one.clone(), one];
        let array = rendered(&findings, FindingFormat::Json, 0);
        let lines = rendered(&findings, FindingFormat::Ndjson, 0);
        assert_eq!(
            array,
            format!("[\n{}\n]\n", lines.trim_end().replace('\n', ",\n"))
        );
        assert_eq!(rendered(&[], FindingFormat::Json, 0), "[]\n");
    }
}
