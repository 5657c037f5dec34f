//! Checks of documents: keys, schema, properties and rules of each element, and checks across
//! elements and inputs.

pub mod chains;
pub mod days;
pub mod dimensions;
pub mod gaps;
mod grid;
pub mod halves;
pub mod incomplete;
pub mod keys;
pub mod lacking;
pub mod memory;
pub mod missing_days;
pub mod overlap;
pub mod own;
pub mod pages;
pub mod place;
pub mod presences;
pub mod properties;
pub mod repeats;
pub mod rules;
pub mod schema;
pub mod shapes;
pub mod types;

use chrono::{DateTime, Utc};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::sink::Findings;
use crate::json::{Node, Path};
use crate::model::{Dialect, when};
use crate::record::{Element, Interner};

/// Everything that checks one element (a container or an entity).
#[derive(Debug, Clone, Copy)]
pub struct Checker {
    /// The latest time at which a bucket may begin, in nanoseconds since 1970.
    latest: i64,
}

impl Checker {
    /// Looks at the clock: all of a run is judged by one time.
    #[allow(
        clippy::new_without_default,
        reason = "it depends on the time of the call"
    )]
    pub fn new() -> Self {
        Self::at(when::now())
    }

    /// Does the same as [`Checker::new`] at a given time.
    pub fn at(now: DateTime<Utc>) -> Self {
        let latest = rules::times::latest(now).timestamp_nanos_opt();
        Self {
            latest: latest.unwrap_or(i64::MAX),
        }
    }

    /// Checks the text around the elements of a whole response.
    pub fn around(
        &self,
        dialect: Option<Dialect>,
        root: Node<'_>,
        path: &Path,
        out: &mut Vec<Diagnostic>,
    ) {
        keys::duplicates(root, path, out);
        if let Some(dialect) = dialect
            && !schema::is_plain(dialect, root)
        {
            schema::around(dialect, root, path, out);
            properties::around(dialect, root, path, out);
        }
    }

    /// Checks keys, schema and properties of one element.
    pub fn element(
        &self,
        dialect: Dialect,
        node: Node<'_>,
        path: &Path,
        out: &mut Vec<Diagnostic>,
    ) {
        keys::duplicates(node, path, out);
        schema::element(dialect, node, path, out);
        properties::element(dialect, node, path, out);
    }

    /// Applies the rules that no schema can express to one element.
    pub fn rules(
        &self,
        element: Element<'_>,
        interner: &Interner,
        state: &mut rules::RuleMemory,
        out: &mut Findings<'_, '_>,
    ) {
        match element {
            Element::Container(view) => {
                rules::container(view, interner, self.latest, state, out);
            }
            Element::Entity(view) => rules::entity(view, state, out),
        }
    }
}

#[cfg(test)]
#[path = "tests/agreement.rs"]
mod agreement;
