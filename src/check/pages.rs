//! Pages of a job's results without the last one (`F007`).

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Path, Span};

use super::presences::{self, PresenceMap};
use super::shapes::DimensionSet;

/// A response of the aggregates dialect, as one of the pages of a job's results.
#[derive(Debug, Clone)]
pub struct JobPage {
    /// The cursor of the next page and its pointer; the last page has none.
    pub cursor: Option<(Span, Path)>,
    /// The presences of the organization that it maps to system presences.
    pub presences: PresenceMap,
}

/// The pages of an input.
#[derive(Debug, Default)]
pub struct Pages {
    /// The first cursor and its path, by the dimensions of the page.
    cursors: BTreeMap<DimensionSet, (Span, Path)>,
    /// The dimensions of responses without cursor.
    last: BTreeSet<DimensionSet>,
    /// True if there is a response without cursor and without groups.
    has_empty_last: bool,
    /// Number of responses that map presences.
    pub with_presences: u64,
    /// The presences that they map.
    pub presences: PresenceMap,
}

impl Pages {
    /// Adds a page with these dimensions; without dimensions, a page that has no groups.
    pub fn add(&mut self, page: JobPage, dimensions: Option<&DimensionSet>) {
        self.with_presences += u64::from(!page.presences.is_empty());
        presences::merge(&mut self.presences, page.presences);
        let Some(dimensions) = dimensions else {
            self.has_empty_last |= page.cursor.is_none();
            return;
        };
        match page.cursor {
            Some(cursor) if !self.cursors.contains_key(dimensions) => {
                self.cursors.insert(dimensions.clone(), cursor);
            }
            None if !self.last.contains(dimensions) => {
                self.last.insert(dimensions.clone());
            }
            _ => {}
        }
    }
}

/// Returns true if documents with these dimensions, of inputs with these names, may be pages of one
/// query. Groups of a page may all lack a dimension of the query; then the names differ in numbers
/// at the most.
pub fn are_of_one_query(a: (&DimensionSet, &str), b: (&DimensionSet, &str)) -> bool {
    a.0 == b.0 || (are_nested(a.0, b.0) && letters(a.1) == letters(b.1))
}

fn are_nested(a: &DimensionSet, b: &DimensionSet) -> bool {
    a.is_subset(b) || b.is_subset(a)
}

/// A name without its numbers.
fn letters(name: &str) -> String {
    name.chars().filter(|it| !it.is_ascii_digit()).collect()
}

/// Finds pages with a cursor whose last page is not in the inputs: one finding per input. Each input
/// has a name.
pub fn find(inputs: &[(&str, &Pages)]) -> Vec<(usize, Diagnostic)> {
    if inputs.iter().any(|(_, pages)| pages.has_empty_last) {
        return Vec::new();
    }
    let mut last: BTreeMap<String, BTreeSet<&DimensionSet>> = BTreeMap::new();
    let mut of_any_name = BTreeSet::new();
    for (name, pages) in inputs.iter().filter(|(_, pages)| !pages.last.is_empty()) {
        last.entry(letters(name)).or_default().extend(&pages.last);
        of_any_name.extend(&pages.last);
    }
    let found = inputs
        .iter()
        .enumerate()
        .filter_map(|(number, (name, pages))| {
            // As `are_of_one_query`, with all of them at once.
            let named = last.get(&letters(name));
            let is_open = |set: &DimensionSet| {
                let mut nested = named.into_iter().flatten();
                !of_any_name.contains(set) && !nested.any(|last| are_nested(last, set))
            };
            let open = pages.cursors.iter().filter(|(set, _)| is_open(set));
            let (span, path) = open.map(|(_, cursor)| cursor).min()?.clone();
            let finding = Diagnostic::new(
                Code::MorePages,
                "this page has a cursor, so more pages follow, and the last page is not among the inputs: totals are incomplete",
            )
            .at(span, path)
            .cause("cursor")
            .label("cursor of the next page")
            .help(
                "request the other pages and pass all of them as inputs, or use `gcagg fetch --async`",
            );
            Some((number, finding))
        });
    found.collect()
}
