//! Findings drawn for a terminal, through miette.
//!
//! miette is given the excerpt only, never the input: it would print a line of any length. What it
//! cannot see from there, the true line and column, the source shows it.

use std::fmt;
use std::io::{self, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};

use crate::diagnostic::collect::CauseGroup;
use crate::diagnostic::{Excerpt, Located, Severity, SourceSpan as Place, excerpt};

use super::words::{elsewhere, more, place, shown};

/// The greatest width that messages and help are wrapped at.
const WIDTH: usize = 100;
/// The widest prefix that miette puts before wrapped lines: `  help: `.
const INDENT: usize = 8;
/// The room of line numbers and ellipses beside an excerpt, and of the line from a mark to its label.
const GUTTER: usize = 10;
const LABEL: usize = 5;
/// Lines that miette asks for on each side of the mark; it gets those of the excerpt. It asks for
/// none where it wants to know the place of the mark itself.
const CONTEXT: usize = 2;

/// Writes one group for a terminal of this width.
pub fn write(
    group: &CauseGroup<'_>,
    (width, has_colors): (usize, bool),
    out: &mut dyn Write,
) -> io::Result<()> {
    // Links are escapes too, which miette writes even without colours. And its wrapping would
    // break paths and pointers at hyphens.
    let theme = match has_colors {
        true => GraphicalTheme::unicode(),
        false => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_wrap_lines(false)
        .without_syntax_highlighting()
        .with_context_lines(CONTEXT);
    let mut report = String::new();
    handler
        .render_report(&mut report, &GraphicalReport::new(group.first, width))
        .map_err(|_| io::Error::other("a finding cannot be drawn"))?;
    out.write_all(report.as_bytes())?;
    for line in elsewhere(group) {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

/// A finding as miette wants it, with its excerpt as the source.
#[derive(Debug)]
struct GraphicalReport<'a> {
    located: &'a Located,
    /// The excerpt and its place.
    source: Option<(Excerpt, Place)>,
    /// The excerpt's text and an end of line, without which miette would not mark its end.
    text: String,
    /// The width that text is wrapped at.
    width: usize,
}

impl<'a> GraphicalReport<'a> {
    fn new(located: &'a Located, width: usize) -> Self {
        let width = width.min(WIDTH);
        let narrowed = |it: &Excerpt| excerpt::narrowed(it, width.saturating_sub(GUTTER));
        let source = located.excerpt.as_ref().map(narrowed).zip(located.place);
        let text = source
            .as_ref()
            .map(|(excerpt, _)| format!("{}\n", excerpt.text));
        Self {
            located,
            source,
            text: text.unwrap_or_default(),
            width,
        }
    }

    /// The label, if it fits beside the mark.
    fn label(&self) -> Option<String> {
        let excerpt = &self.source.as_ref()?.0;
        let label = self.located.diagnostic.label.as_deref().map(shown)?;
        let before = excerpt.text.get(..excerpt.mark.start)?;
        let column = before.rsplit('\n').next()?.chars().count();
        let is_whole = self.width == WIDTH;
        let fits = column + label.chars().count() + GUTTER + LABEL <= self.width;
        (is_whole || fits).then_some(label)
    }
}

impl fmt::Display for GraphicalReport<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let diagnostic = &self.located.diagnostic;
        formatter.write_str(&wrap(&shown(&diagnostic.message), self.width))?;
        // The head of the excerpt names the file and the place, but not the pointer.
        match &self.source {
            None => write!(formatter, "\nat {}", place(self.located))?,
            Some(_) if diagnostic.path.is_empty() => {}
            Some(_) => write!(formatter, "\nat {}", shown(&diagnostic.path.to_string()))?,
        }
        if let Some(label) = diagnostic.label.as_deref()
            && self.source.is_some()
            && self.label().is_none()
        {
            let label = format!("marked: {}", shown(label));
            write!(formatter, "\n{}", wrap(&label, self.width))?;
        }
        match &diagnostic.related {
            Some(related) => write!(formatter, "\nrelated: {}", shown(related)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for GraphicalReport<'_> {}

impl miette::Diagnostic for GraphicalReport<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let diagnostic = &self.located.diagnostic;
        let (word, code) = (diagnostic.severity.word(), diagnostic.code);
        Some(Box::new(format!("{word}[{}] {}", code.id(), code.name())))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.located.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let diagnostic = &self.located.diagnostic;
        let more = more(diagnostic.code);
        Some(Box::new(match &diagnostic.help {
            Some(help) => format!("{}\n{more}", wrap(&shown(help), self.width)),
            None => more,
        }))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|_| self as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let mark = self.source.as_ref()?.0.mark;
        let label = self.label();
        let label = LabeledSpan::new_primary_with_span(label, (mark.start, mark.len()));
        Some(Box::new(std::iter::once(label)))
    }
}

impl SourceCode for GraphicalReport<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (excerpt, place) = self.source.as_ref().ok_or(MietteError::OutOfBounds)?;
        let (span, line, column) = match lines_before {
            0 => (*span, place.line, place.column),
            _ => ((0, self.text.len()).into(), excerpt.first_line, 1),
        };
        let end = span.offset().saturating_add(span.len());
        let data = self.text.get(span.offset()..end);
        let data = data.ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            shown(&self.located.file),
            data.as_bytes(),
            span,
            // miette counts from 0.
            line.saturating_sub(1),
            column.saturating_sub(1),
            data.matches('\n').count(),
        )))
    }
}

/// Breaks lines at spaces only, so that what is copied from them stays whole.
fn wrap(text: &str, limit: usize) -> String {
    let mut wrapped = String::with_capacity(text.len());
    let mut column = 0;
    for word in text.split(' ') {
        let width = word.chars().count();
        if column > 0 {
            let breaks = column + 1 + width > limit.saturating_sub(INDENT);
            wrapped.push(if breaks { '\n' } else { ' ' });
            column = if breaks { 0 } else { column + 1 };
        }
        wrapped.push_str(word);
        column += width;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::super::tests::{finding, rendered};
    use super::super::{FindingFormat, TextStyle};
    use super::*;
    use crate::diagnostic::{Code, Diagnostic};
    use crate::json::Span;

    const GRAPHICAL: TextStyle = TextStyle::Graphical {
        width: WIDTH,
        has_colors: true,
    };

    /// The report without its colours.
    fn plain(findings: &[Located]) -> String {
        let drawn = rendered(findings, FindingFormat::Text(GRAPHICAL), 0);
        let mut pieces = drawn.split('\u{1b}');
        let mut plain = pieces.next().unwrap().to_owned();
        for piece in pieces {
            plain.push_str(piece.split_once('m').unwrap().1);
        }
        plain
    }

    #[test]
    fn draws_a_clipped_line_at_its_true_place() {
        let text = format!("[\n{}{{\"count\": \"7\"}}]", "x".repeat(5_000));
        let mut first = finding(&text, "\"7\"", Code::WrongType, "/0/count");
        first.diagnostic = first
            .diagnostic
            .label("text")
            .help("write 7 without quotes");
        let other = finding(&text, "[", Code::WrongType, "/1/count");
        let findings = [vec![first], vec![other; 5]].concat();
        let before = "x".repeat(35);
        let expected = format!(
            "\
error[S001] wrong-type

  × `count` is text, not a number
  │ at /0/count
   ╭─[a.json:2:5011]
 2 │ …{before}{{\"count\": \"7\"}}]
   ·  {:45}─┬─
   ·  {:45} ╰── text
   ╰────
  help: write 7 without quotes
        more: gcagg explain S001
  also at a.json:1:1 (/1/count)
  also at a.json:1:1 (/1/count)
  also at a.json:1:1 (/1/count)
  and 2 more places like this
",
            "", ""
        );
        assert_eq!(plain(&findings), expected);
    }

    #[test]
    fn names_the_file_where_there_is_nothing_to_draw() {
        let bare = Located {
            diagnostic: Diagnostic::new(Code::EmptyInput, "the file is empty"),
            file: "a.json".into(),
            place: None,
            excerpt: None,
        };
        let expected = "\
error[F002] empty-input

  × the file is empty
  │ at a.json
  help: more: gcagg explain F002
";
        assert_eq!(plain(&[bare]), expected);
    }

    #[test]
    fn marks_the_very_end() {
        let mut end = finding("{\n", "\n", Code::Truncated, "");
        let place = end.place.as_mut().unwrap();
        (place.line, place.column) = (2, 1);
        end.excerpt = Some(Excerpt {
            first_line: 1,
            text: "{\n".into(),
            mark: Span::new(2, 2),
        });
        let drawn = plain(&[end]);
        assert!(
            drawn.contains("[a.json:2:1]\n 1 │ {\n 2 │ \n   · ▲\n"),
            "{drawn}"
        );
    }

    #[test]
    fn draws_any_span() {
        let text = "é\r\n\n\tß\u{1b}\r";
        for start in 0..=text.len() {
            for end in start..=text.len() {
                let mut any = finding(text, "é", Code::JsonSyntax, "");
                any.excerpt = Some(excerpt::excerpt(text, Span::new(start, end), 1));
                let drawn = plain(&[any]);
                assert!(drawn.contains("\n   · "), "{start}..{end} {drawn}");
                assert!(!drawn.contains("Failed to read"), "{start}..{end} {drawn}");
            }
        }
    }

    #[test]
    fn wraps_at_spaces() {
        let word = "results-of-the-day/".repeat(3);
        let wrapped = wrap(&format!("{word} {word} {word}"), WIDTH);
        assert_eq!(wrapped, format!("{word}\n{word}\n{word}"));
        assert_eq!(wrap("a  b", WIDTH), "a  b");
    }
}
