//! The formats of a report, one entry each.

use std::fmt;
use std::io::{self, Write};

use super::model::Model;
use super::text::Look;
use super::{Report, detail, json, markdown, text};

/// Writes every figure of every group.
pub type Detail = fn(&Report, Look, &mut dyn Write) -> io::Result<()>;

/// A format of reports.
pub struct ReportFormat {
    /// Its name in `--format`.
    pub name: &'static str,
    /// Its line of help.
    pub help: &'static str,
    /// The extensions of its files.
    pub extensions: &'static [&'static str],
    /// Maximum number of points of a series.
    pub points: usize,
    /// Writes a report.
    pub write: fn(&Model, Look, &mut dyn Write) -> io::Result<()>,
    /// Writes every figure of every group, where it can.
    pub detail: Option<Detail>,
    /// True if its bytes are no text, and compressed already.
    pub is_binary: bool,
    /// Options that have no effect in it.
    pub unused: &'static [&'static str],
    /// True if it has a place for notes.
    pub has_notes: bool,
    /// True if rows have sparklines.
    pub has_trends: bool,
}

impl fmt::Debug for ReportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReportFormat").field(&self.name).finish()
    }
}

/// The formats, in the order in which help lists them.
pub static REPORT_FORMATS: &[ReportFormat] = &[
    ReportFormat {
        name: "text",
        help: "For a terminal",
        extensions: &["txt"],
        points: 28,
        write: text::write,
        detail: Some(|report, look, out| detail::text::write(report, look.width, out)),
        is_binary: false,
        unused: &[],
        has_notes: true,
        has_trends: false,
    },
    ReportFormat {
        name: "markdown",
        help: "For a page or a message",
        extensions: &["md", "markdown"],
        points: 28,
        write: |model, _, out| markdown::write(model, out),
        detail: Some(|report, _, out| detail::markdown::write(report, out)),
        is_binary: false,
        unused: &[],
        has_notes: true,
        has_trends: false,
    },
    #[cfg(feature = "html")]
    ReportFormat {
        name: "html",
        help: "One file with charts, for a browser or a printer",
        extensions: &["html", "htm"],
        points: 170,
        write: |model, _, out| super::html::write(model, out),
        detail: None,
        is_binary: false,
        unused: &[],
        has_notes: true,
        has_trends: true,
    },
    #[cfg(feature = "xlsx")]
    ReportFormat {
        name: "xlsx",
        help: "A workbook with charts, for Excel and LibreOffice",
        extensions: &["xlsx"],
        points: 120,
        write: |model, _, out| super::workbook::write(model, out),
        detail: None,
        is_binary: true,
        unused: &[],
        has_notes: true,
        has_trends: true,
    },
    ReportFormat {
        name: "csv",
        help: "The main table",
        extensions: &["csv"],
        points: 28,
        write: |model, _, out| super::csv::write(model, out),
        detail: None,
        is_binary: false,
        unused: &["title", "every", "compare"],
        has_notes: false,
        has_trends: false,
    },
    ReportFormat {
        name: "json",
        help: "The figures for programs",
        extensions: &["json"],
        points: 10_000,
        write: |model, _, out| json::write(model, out),
        detail: None,
        is_binary: false,
        unused: &["title"],
        has_notes: true,
        has_trends: false,
    },
];

impl ReportFormat {
    /// Returns the format with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        REPORT_FORMATS.iter().find(|format| format.name == name)
    }

    /// Returns every extension with its format.
    pub fn by_extension() -> Vec<(&'static str, &'static Self)> {
        let extensions = REPORT_FORMATS.iter().flat_map(|format| {
            let extensions = format.extensions.iter();
            extensions.map(move |extension| (*extension, format))
        });
        extensions.collect()
    }
}
