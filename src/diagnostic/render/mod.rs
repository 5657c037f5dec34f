//! Findings as text or as data: one line of a table and one file per format.

pub mod github;
pub mod gitlab;
#[cfg(feature = "cli")]
pub mod graphical;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod narrated;
pub mod sarif;
pub mod words;

use std::io::{self, Write};

use super::collect::{CauseGroup, FindingSummary};
use super::coverage::Coverage;
use super::{Located, Severity};

macro_rules! formats {
    ($($id:ident $name:literal $extensions:tt $is_by_cause:literal $help:literal $form:expr;)*) => {
        /// A format of findings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum FindingFormat {
            /// For people, by cause.
            Text(TextStyle),
            $(#[doc = $help] $id,)*
        }

        /// The formats, in the order in which help lists them.
        pub const FINDING_FORMATS: &[FormatEntry] = &[
            FormatEntry {
                format: FindingFormat::Text(TextStyle::Narrated),
                name: "text",
                extensions: &["txt"],
                help: "For people, grouped by cause",
            },
            $(FormatEntry { format: FindingFormat::$id, name: $name, extensions: &$extensions, help: $help },)*
        ];

        impl FindingFormat {
            /// Makes a writer. It shows at most `max_shown` causes (0 = all) if it shows causes.
            pub fn renderer(self, max_shown: usize) -> Box<dyn FindingRenderer> {
                match self {
                    Self::Text(style) => Box::new(Text { style, max_shown, errors_only: false }),
                    $(Self::$id => $form(max_shown),)*
                }
            }

            /// Returns true if it shows causes, not single findings.
            pub fn is_by_cause(self) -> bool {
                match self {
                    Self::Text(_) => true,
                    $(Self::$id => $is_by_cause,)*
                }
            }
        }
    };
}

formats! {
    // Variant, name, extensions, by cause, help, form.
    Json "json" ["json"] false "Every finding, as one array" |_| Box::new(json::JsonArray::default());
    Ndjson "ndjson" ["ndjson", "jsonl"] false "Every finding, one per line" |_| Box::new(json::JsonArray::lines());
    Sarif "sarif" ["sarif"] false "SARIF 2.1.0, for code scanning" |_| Box::new(sarif::Sarif::default());
    Junit "junit" ["xml"] false "JUnit XML: one suite per file; only errors are failures" |_| Box::new(junit::Junit::default());
    Github "github" [] false "GitHub Actions annotations, the most useful first" |_| Box::new(github::Github::default());
    Gitlab "gitlab" [] false "GitLab code quality" |_| Box::new(gitlab::Gitlab::default());
    Markdown "markdown" ["md", "markdown"] true "For a job summary: what was checked, and one row per cause" |max_shown| Box::new(markdown::Markdown { max_shown });
}

/// The name of a format, the extensions of its files, and its help.
#[derive(Debug)]
pub struct FormatEntry {
    /// The format.
    pub format: FindingFormat,
    /// Its name, as `--format` takes it.
    pub name: &'static str,
    /// The extensions of its files.
    pub extensions: &'static [&'static str],
    /// Its line of help.
    pub help: &'static str,
}

/// The look of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextStyle {
    /// Drawn, for a terminal.
    #[cfg(feature = "cli")]
    Graphical {
        /// Number of characters of a line.
        width: usize,
        /// True if it has colors.
        has_colors: bool,
    },
    /// Plain sentences, for pipes, logs and screen readers.
    Narrated,
}

/// A form of output, which takes the findings one after another.
pub trait FindingRenderer: Send {
    /// Takes a finding. Forms that show findings by cause find it in the collection at the end.
    fn add(
        &mut self,
        _located: &Located,
        _coverage: &Coverage,
        _out: &mut dyn Write,
    ) -> io::Result<()> {
        Ok(())
    }

    /// Writes what is left to write when all findings were added.
    fn finish(&mut self, collection: &FindingSummary, out: &mut dyn Write) -> io::Result<()>;

    /// Makes text show errors only.
    fn errors_only(&mut self) {}
}

impl FindingFormat {
    /// Returns the format with this name.
    pub fn named(name: &str) -> Option<Self> {
        let mut formats = FINDING_FORMATS.iter();
        formats.find(|it| it.name == name).map(|it| it.format)
    }

    /// Returns every extension with its format.
    pub fn by_extension() -> Vec<(&'static str, Self)> {
        let extensions = FINDING_FORMATS.iter().flat_map(|entry| {
            let extensions = entry.extensions.iter();
            extensions.map(move |extension| (*extension, entry.format))
        });
        extensions.collect()
    }
}

struct Text {
    style: TextStyle,
    max_shown: usize,
    errors_only: bool,
}

impl FindingRenderer for Text {
    fn finish(&mut self, collection: &FindingSummary, out: &mut dyn Write) -> io::Result<()> {
        let mut groups = collection.groups();
        let is_error = |group: &CauseGroup<'_>| group.first.diagnostic.severity == Severity::Error;
        groups.retain(|group| !self.errors_only || is_error(group));
        text(&groups, self.style, self.max_shown, out)
    }

    fn errors_only(&mut self) {
        self.errors_only = true;
    }
}

impl FindingSummary {
    /// Writes the errors as text, `max_shown` causes at the most.
    ///
    /// # Errors
    /// Returns the errors of `out`.
    pub fn write_errors(
        &self,
        style: TextStyle,
        max_shown: usize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        Text {
            style,
            max_shown,
            errors_only: true,
        }
        .finish(self, out)
    }
}

/// Writes groups as text, `max_shown` of them at the most, or all where it is 0.
pub fn text(
    groups: &[CauseGroup<'_>],
    style: TextStyle,
    max_shown: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (shown, hidden) = words::shown_groups(groups, max_shown);
    for (index, group) in shown.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        match style {
            #[cfg(feature = "cli")]
            TextStyle::Graphical { width, has_colors } => {
                graphical::write(group, (width, has_colors), out)?;
            }
            TextStyle::Narrated => narrated::write(group, out)?,
        }
    }
    if let Some(hidden) = hidden {
        writeln!(
            out,
            "\n{hidden}: --max-shown 0 shows every cause, --format ndjson every finding"
        )?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "tests/fixture.rs"]
pub(super) mod fixture;
#[cfg(all(test, feature = "cli"))]
#[path = "tests/unicode.rs"]
mod unicode;

#[cfg(test)]
pub(super) mod tests {
    use super::super::{Code, Diagnostic, SourceSpan, excerpt::excerpt};
    use super::*;
    use crate::diagnostic::levels::Levels;
    use crate::json::{Path, Span, text::line_column};

    /// A finding about the first `part` of `text`, as a command would make it.
    pub fn finding(text: &str, part: &str, code: Code, pointer: &str) -> Located {
        let start = text.find(part).unwrap();
        let span = Span::new(start, start + part.len());
        let (line, column) = line_column(text, span.start);
        let (end_line, end_column) = line_column(text, span.end);
        Located {
            diagnostic: Diagnostic::new(code, "`count` is text, not a number")
                .at(span, Path::of_keys(pointer)),
            file: "a.json".into(),
            place: Some(SourceSpan {
                line,
                column,
                end_line,
                end_column,
                offset: span.start,
                length: span.len(),
                content: super::super::fingerprint::content(part),
            }),
            excerpt: Some(excerpt(text, span, line)),
        }
    }

    pub fn rendered(findings: &[Located], format: FindingFormat, max_shown: usize) -> String {
        with_coverage(findings, Coverage::default(), format, max_shown)
    }

    /// The findings in a format, as a command would write them.
    pub fn with_coverage(
        findings: &[Located],
        coverage: Coverage,
        format: FindingFormat,
        max_shown: usize,
    ) -> String {
        let mut form = format.renderer(max_shown);
        let mut collection = FindingSummary::new(format.is_by_cause(), &Levels::default());
        collection.coverage = coverage;
        let mut out = Vec::new();
        for located in findings {
            collection.push(located);
            let coverage = &collection.coverage;
            form.add(located, coverage, &mut out).unwrap();
        }
        form.finish(&collection, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_says_what_it_hides() {
        let findings: Vec<_> = ["/a", "/b/0", "/b/1", "/b/2", "/c"]
            .map(|pointer| finding("[1]", "1", Code::WrongType, pointer))
            .into();
        let narrated = |max| rendered(&findings, FindingFormat::Text(TextStyle::Narrated), max);
        let last = "\n\n4 findings of 2 causes not shown: --max-shown 0 shows every cause, \
                    --format ndjson every finding\n";
        assert!(narrated(1).ends_with(last), "{}", narrated(1));
        assert!(narrated(2).contains("1 finding of 1 cause not shown"));
        assert_eq!(narrated(3), narrated(0));
        assert!(!narrated(0).contains("not shown"));
        assert_eq!(narrated(0).matches("error[S001]").count(), 3);
    }

    #[cfg(feature = "cli")]
    #[test]
    fn nothing_hostile_reaches_a_terminal() {
        let mut hostile = finding(
            "\u{1b}]0;x\u{7}\u{202e}",
            "\u{1b}]0;x",
            Code::WrongType,
            "/\u{9b}a",
        );
        hostile.file = "a\u{1b}[2J\n.json".into();
        hostile.diagnostic.message = "m\u{1b}[2J\nforged: line".into();
        hostile.diagnostic.label = Some("l\u{1b}[2J".into());
        hostile.diagnostic.help = Some("h\u{202e}".into());
        hostile.diagnostic.related = Some("r\u{7}".into());
        let hostile = [hostile.clone(), hostile];
        let narrated = rendered(&hostile, FindingFormat::Text(TextStyle::Narrated), 0);
        assert!(
            !narrated.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']),
            "{narrated}"
        );
        assert!(
            narrated.contains(r"m\u{1b}[2J\u{a}forged: line"),
            "{narrated}"
        );
        let graphical = rendered(
            &hostile,
            FindingFormat::Text(TextStyle::Graphical {
                width: 100,
                has_colors: true,
            }),
            0,
        );
        assert!(
            !graphical.contains(['\u{7}', '\u{9b}', '\u{202e}']),
            "{graphical:?}"
        );
        // Colours are the only escapes: none that clears or names a window.
        assert!(
            !graphical.contains("\u{1b}[2J") && !graphical.contains("\u{1b}]"),
            "{graphical:?}"
        );
    }
}
