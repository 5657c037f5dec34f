//! Pages of a job's results without the last one (`F007`).

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Path, Span};

/// A response of the aggregates dialect, as one of the pages of a job's results.
#[derive(Debug, Clone)]
pub struct JobPage {
    /// The cursor of the next page and its path; the last page has none.
    pub cursor: Option<(Span, Path)>,
    /// Whether it maps system presences to organization presences.
    pub has_mappings: bool,
    /// These, as organization presence and system presence.
    pub mappings: Vec<(String, String)>,
}

/// Which pages an input holds.
#[derive(Debug, Default)]
pub struct Pages {
    /// The first cursor, and its path.
    cursor: Option<(Span, Path)>,
    /// Whether a response without cursor is among them.
    has_last: bool,
    /// Responses that map system presences to organization presences.
    pub with_mappings: u64,
    /// The system presence of each organization presence.
    pub mappings: BTreeMap<String, String>,
}

impl Pages {
    /// Adds a page.
    pub fn add(&mut self, page: JobPage) {
        self.has_last |= page.cursor.is_none();
        self.with_mappings += u64::from(page.has_mappings);
        for (organization, system) in page.mappings {
            self.mappings.entry(organization).or_insert(system);
        }
        if self.cursor.is_none() {
            self.cursor = page.cursor;
        }
    }

    /// Changes where the cursor is.
    pub fn places(&mut self, change: &impl Fn(Span) -> Span) {
        if let Some((span, _)) = &mut self.cursor {
            *span = change(*span);
        }
    }
}

/// Finds pages with a cursor where no last page is in any of the inputs: one finding per input.
pub fn find(inputs: &[&Pages]) -> Vec<(usize, Diagnostic)> {
    if inputs.iter().any(|pages| pages.has_last) {
        return Vec::new();
    }
    let found = inputs.iter().enumerate().filter_map(|(number, pages)| {
        let (span, path) = pages.cursor.clone()?;
        let finding = Diagnostic::new(
            Code::MorePages,
            "this page has a cursor, so more pages follow, and the last page is not among the \
             inputs: totals are partial",
        )
        .at(span, path)
        .cause("cursor")
        .label("the next page is requested with this cursor")
        .help(
            "request the remaining pages and name them all as inputs, or let `gcagg fetch \
             --async` do both",
        );
        Some((number, finding))
    });
    found.collect()
}
