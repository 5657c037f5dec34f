//! Findings for programs: every one of them, with every key always in its place.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostic::collect::FindingSummary;
use crate::diagnostic::coverage::Coverage;
use crate::diagnostic::finding::Finding;
use crate::diagnostic::{Located, carry};

use super::FindingRenderer;

/// An array with a value a line, so that people can read it and `diff` compare it; or the lines alone.
#[derive(Debug, Default)]
pub struct JsonArray {
    is_lines: bool,
    has_any: bool,
}

impl JsonArray {
    /// A line for each value, without the array around them.
    pub fn lines() -> Self {
        Self {
            is_lines: true,
            has_any: false,
        }
    }

    /// Adds a value.
    pub fn push(&mut self, value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
        let (before, behind) = match (self.is_lines, self.has_any) {
            (true, _) => ("", "\n"),
            (false, true) => (",\n", ""),
            (false, false) => ("[\n", ""),
        };
        self.has_any = true;
        let mut line = before.as_bytes().to_vec();
        carry::json(&mut line, value)?;
        line.extend(behind.bytes());
        out.write_all(&line)
    }
}

impl FindingRenderer for JsonArray {
    fn add(&mut self, located: &Located, _: &Coverage, out: &mut dyn Write) -> io::Result<()> {
        self.push(&Finding::new(located), out)
    }

    fn finish(&mut self, _: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
        match (self.is_lines, self.has_any) {
            (true, _) => Ok(()),
            (false, true) => writeln!(out, "\n]"),
            (false, false) => writeln!(out, "[]"),
        }
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
