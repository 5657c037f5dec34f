//! Checks of documents: keys, schema, properties and rules of each element, and checks across
//! elements and inputs.

#[cfg(test)]
mod agreement;
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

use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::sink::Findings;
use crate::error::Error;
use crate::json::{Node, Path};
use crate::model::Dialect;
use crate::record::{Element, Interner};

/// Everything that checks one element (a container or an entity), built once a run.
#[derive(Debug, Clone, Copy)]
pub struct Checker {
    embedded: &'static Embedded,
    /// The latest time at which a bucket may begin, in nanoseconds since 1970.
    latest: i64,
}

/// The embedded schemas.
#[derive(Debug)]
struct Embedded {
    aggregates: schema::Schemas,
    summary: schema::Schemas,
    properties: properties::KnownProperties,
}

/// The schemas, compiled once per process: compiling takes longer than reading a small document.
static EMBEDDED: LazyLock<Result<Embedded, String>> = LazyLock::new(|| {
    let compiled = || {
        Ok(Embedded {
            aggregates: schema::Schemas::aggregates()?,
            summary: schema::Schemas::summary()?,
            properties: properties::KnownProperties::new()?,
        })
    };
    compiled().map_err(|error: Error| error.to_string())
});

impl Checker {
    /// Takes the embedded schemas, and looks at the clock: all of a run is judged by one time.
    ///
    /// # Errors
    /// Words for a schema that does not compile, which a test rules out.
    pub fn new() -> Result<Self, Error> {
        Self::at(Utc::now())
    }

    /// Does the same as [`Checker::new`] at a given time.
    ///
    /// # Errors
    /// The same as those of [`Checker::new`].
    pub fn at(now: DateTime<Utc>) -> Result<Self, Error> {
        let embedded = EMBEDDED.as_ref();
        Ok(Self {
            embedded: embedded.map_err(|message| Error::data(message.clone()))?,
            latest: rules::times::latest(now)
                .timestamp_nanos_opt()
                .unwrap_or(i64::MAX),
        })
    }

    fn schemas(&self, dialect: Dialect) -> &schema::Schemas {
        match dialect {
            Dialect::Aggregates => &self.embedded.aggregates,
            Dialect::Summary => &self.embedded.summary,
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
        if let Some(dialect) = dialect {
            self.schemas(dialect).around(root, path, out);
            self.embedded.properties.around(dialect, root, path, out);
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
        self.schemas(dialect).element(node, path, out);
        self.embedded.properties.element(dialect, node, path, out);
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
            Element::Entity(view) => rules::entity(view, out),
        }
    }
}
