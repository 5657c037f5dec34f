//! Findings as plain sentences: no colours, no drawing, every number true.

use std::io::{self, Write};

use crate::diagnostic::collect::CauseGroup;
use crate::diagnostic::{Excerpt, Located, SourceSpan};

use super::words::{advice, elsewhere, headline, more, place, shown};

/// Writes one group.
pub fn write(group: &CauseGroup<'_>, out: &mut dyn Write) -> io::Result<()> {
    let located = group.first;
    writeln!(out, "{}\n  at {}", headline(located), place(located))?;
    let line = located.excerpt.as_ref().and_then(marked_line);
    let line = line.map(|(number, line)| format!("line {number}: {line}"));
    let lines = line.into_iter().chain(mark(located)).chain(advice(located));
    for line in lines.chain(elsewhere(group)) {
        writeln!(out, "  {line}")?;
    }
    writeln!(out, "  {}", more(located.diagnostic.code))
}

/// The line of an excerpt where the mark begins, and its number.
fn marked_line(excerpt: &Excerpt) -> Option<(usize, String)> {
    let before = excerpt.text.get(..excerpt.mark.start)?;
    let above = before.matches('\n').count();
    let line = excerpt.text.split('\n').nth(above)?;
    // The marks of a cut, in signs that every log and every voice knows.
    let (start, line) = line
        .strip_prefix('…')
        .map_or(("", line), |line| ("...", line));
    let (line, end) = line
        .strip_suffix('…')
        .map_or((line, ""), |line| (line, "..."));
    Some((excerpt.first_line + above, format!("{start}{line}{end}")))
}

/// Describes the marked columns of the line, and the label.
fn mark(located: &Located) -> Option<String> {
    let label = located.diagnostic.label.as_ref();
    if label.is_none() && located.excerpt.is_none() {
        return None;
    }
    let words = columns(located.place.as_ref()?);
    Some(match label {
        Some(label) => format!("marked, {words}: {}", shown(label)),
        None => format!("marked, {words}"),
    })
}

/// The columns from the first character to the last, both included.
fn columns(place: &SourceSpan) -> String {
    let SourceSpan {
        line,
        column,
        end_line,
        end_column,
        ..
    } = *place;
    let last = end_column.saturating_sub(1).max(1);
    if end_line > line {
        format!("line {line}, column {column} to line {end_line}, column {last}")
    } else if last > column {
        format!("columns {column} to {last}")
    } else {
        format!("column {column}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{finding, rendered};
    use super::super::{FindingFormat, TextStyle};
    use super::*;
    use crate::diagnostic::{Code, Diagnostic};

    const NARRATED: FindingFormat = FindingFormat::Text(TextStyle::Narrated);

    #[test]
    fn reports_everything_once() {
        let text = format!("[\n {} \"count\": \"7\"}}]", " ".repeat(100));
        let mut first = finding(&text, "\"7\"", Code::WrongType, "/0/count");
        first.diagnostic = first
            .diagnostic
            .label("text")
            .help("write 7 without quotes");
        let other = finding(&text, "[", Code::WrongType, "/1/count");
        let findings = [vec![first], vec![other; 4]].concat();
        let expected = format!(
            "\
error[S001] wrong-type: `count` is text, not a number
  at a.json:2:112 (/0/count)
  line 2: ...{}\"count\": \"7\"}}]
  marked, columns 112 to 114: text
  help: write 7 without quotes
  also at a.json:1:1 (/1/count)
  also at a.json:1:1 (/1/count)
  also at a.json:1:1 (/1/count)
  and 1 more place like this
  more: gcagg explain S001
",
            " ".repeat(36)
        );
        assert_eq!(rendered(&findings, NARRATED, 0), expected);
    }

    #[test]
    fn of_the_fixture() {
        insta::assert_snapshot!(super::super::fixture::rendered(NARRATED));
    }

    #[test]
    fn leaves_out_what_is_absent() {
        let bare = Located {
            diagnostic: Diagnostic::new(Code::EmptyInput, "the file is empty"),
            file: "a.json".into(),
            place: None,
            excerpt: None,
        };
        let expected = "\
error[F002] empty-input: the file is empty
  at a.json
  more: gcagg explain F002
";
        assert_eq!(rendered(&[bare], NARRATED, 0), expected);
    }

    #[test]
    fn names_the_end_of_what_spans_lines() {
        let many = rendered(
            &[finding("[{\n}]", "{\n}", Code::WrongType, "/0")],
            NARRATED,
            0,
        );
        assert!(
            many.contains("  line 1: [{\n  marked, line 1, column 2 to line 2, column 1\n"),
            "{many}"
        );
        let one = rendered(&[finding("[7]", "7", Code::WrongType, "/0")], NARRATED, 0);
        assert!(one.contains("  marked, column 2\n"), "{one}");
    }
}
