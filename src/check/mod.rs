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

use crate::diagnostic::Diagnostic;
use crate::json::{Node, Path};
use crate::model::Dialect;

/// Checks the text around the elements of a whole response.
pub fn around(dialect: Option<Dialect>, root: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
    keys::duplicates(root, path, out);
    if let Some(dialect) = dialect
        && !schema::is_plain(dialect, root)
    {
        schema::around(dialect, root, path, out);
        properties::around(dialect, root, path, out);
    }
}

/// Checks keys, schema and properties of one element (a container or an entity).
pub fn element(dialect: Dialect, node: Node<'_>, path: &Path, out: &mut Vec<Diagnostic>) {
    keys::duplicates(node, path, out);
    schema::element(dialect, node, path, out);
    properties::element(dialect, node, path, out);
}

#[cfg(test)]
#[path = "tests/agreement.rs"]
mod agreement;
