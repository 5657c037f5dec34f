//! Pages of a job's results without the last one (`F007`).

use std::collections::BTreeMap;

use crate::diagnostic::levels::Levels;
use crate::diagnostic::{Code, Diagnostic};
use crate::json::Span;

use super::Surveyed;
use super::close::Page;

/// Which pages an input holds.
#[derive(Debug, Default)]
pub struct Pages {
    /// The first cursor, and its pointer.
    cursor: Option<(Span, String)>,
    /// Whether a response without cursor is among them.
    has_last: bool,
    /// Responses that map system presences to organization presences.
    pub with_mappings: u64,
    /// The system presence of each organization presence.
    pub mappings: BTreeMap<String, String>,
}

impl Pages {
    /// Adds a page.
    pub fn add(&mut self, page: Page) {
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

/// Finds pages with a cursor where no last page is in the same input, or `across` all inputs in any
/// of them: one finding per input.
pub fn find(inputs: &mut [Surveyed], across: bool, levels: &Levels) {
    let together = if across { inputs.len() } else { 1 };
    for inputs in inputs.chunks_mut(together.max(1)) {
        if inputs.iter().any(|input| input.pages.has_last) {
            continue;
        }
        for input in inputs {
            let Some((span, pointer)) = input.pages.cursor.clone() else {
                continue;
            };
            let finding = Diagnostic::new(
                Code::MorePages,
                "this page has a cursor, so more pages follow, and the last page is not among the \
                 inputs: totals are partial",
            )
            .at(span, pointer)
            .cause("cursor")
            .label("the next page is requested with this cursor")
            .help(
                "request the remaining pages and name them all as inputs, or let `gcagg fetch \
                 --async` do both",
            );
            let finding = levels.apply(finding);
            input.report(finding);
        }
    }
}
