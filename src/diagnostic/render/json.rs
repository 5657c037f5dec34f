//! Findings for programs: every one of them, with every key always in its place.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::finding::Finding;
use crate::diagnostic::{Located, carry};

use super::Form;

/// A line of JSON for each finding.
#[derive(Debug, Default)]
pub struct JsonLines {
    line: Vec<u8>,
}

impl Form for JsonLines {
    fn add(&mut self, located: &Located, _: &Coverage, out: &mut dyn Write) -> io::Result<()> {
        self.line.clear();
        carry::json(&mut self.line, &Finding::new(located))?;
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
        self.push(&Finding::new(located), out)
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
