//! The kind of a document, judged by its elements.

use crate::json::Span;
use crate::json::spelling;
use crate::model::Dialect;

use super::{Keys, Wrong};

/// Collects, element by element, the reasons to take a document for another response.
#[derive(Debug, Clone, Default)]
pub struct DialectVotes {
    reported: Option<Option<Wrong>>,
    /// True if an entity has a property that no summary has.
    other: bool,
}

impl DialectVotes {
    /// Looks at the element at `span`, unless those before it reported.
    pub fn observe(&mut self, dialect: Dialect, text: &str, span: Span) {
        if self.reported.is_none() {
            self.reported = match (Keys::scan(&text[..span.end], span.start), dialect) {
                (None, _) => Some(None),
                (Some(keys), Dialect::Aggregates) => keys.tells_of_container(),
                (Some(keys), Dialect::Summary) => self.entity(&keys),
            };
        }
    }

    /// Adds what later elements say.
    pub fn merge(&mut self, later: &Self) {
        self.reported = self.reported.or(later.reported);
        self.other |= later.other;
    }

    /// Returns the kind of the elements if they belong to another response.
    pub fn verdict(&self) -> Option<Wrong> {
        match self.reported {
            Some(verdict) => verdict,
            None => self.other.then_some(Wrong::Listing),
        }
    }

    /// An entity with metrics is ours. A listing (queues, users, evaluations) has none, but other
    /// properties; entities without either are a summary that lost its metrics.
    fn entity(&mut self, keys: &Keys<'_>) -> Option<Option<Wrong>> {
        for (name, _) in &keys.members {
            let name = &keys.text[name.start + 1..name.end - 1];
            if name.eq_ignore_ascii_case("metrics") {
                return Some(None);
            }
            self.other |= !matches!(&*spelling::camel(name), "id" | "division");
        }
        None
    }
}

/// Returns the kind of elements that belong to another response, by [`DialectVotes`].
pub fn wrong_elements(dialect: Dialect, text: &str, elements: &[Span]) -> Option<Wrong> {
    let mut votes = DialectVotes::default();
    for element in elements {
        votes.observe(dialect, text, *element);
        if votes.reported.is_some() {
            break;
        }
    }
    votes.verdict()
}
