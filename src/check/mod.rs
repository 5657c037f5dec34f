//! Whether a document is what it should be: keys, schema, properties, rules.

pub mod chains;
pub mod dimensions;
pub mod grid;
pub mod keys;
pub mod overlap;
pub mod own;
pub mod properties;
pub mod rules;
pub mod schema;
pub mod shape;

use chrono::{DateTime, Utc};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::sink::Sink;
use crate::json::Node;
use crate::source::Dialect;

/// Everything that checks one element (a container or an entity), built once a run.
#[derive(Debug)]
pub struct Checker {
    aggregates: schema::Schemas,
    summary: schema::Schemas,
    properties: properties::Known,
    now: DateTime<Utc>,
}

impl Checker {
    /// Compiles the embedded schemas, and looks at the clock: all of a run is judged by one time.
    ///
    /// # Errors
    /// Words for a schema that does not compile, which a test rules out.
    pub fn new() -> Result<Self, String> {
        Self::at(Utc::now())
    }

    /// As [`Checker::new`], at a given time.
    ///
    /// # Errors
    /// As [`Checker::new`].
    pub fn at(now: DateTime<Utc>) -> Result<Self, String> {
        Ok(Self {
            now,
            aggregates: schema::Schemas::aggregates()?,
            summary: schema::Schemas::summary()?,
            properties: properties::Known::new()?,
        })
    }

    /// The latest time at which a bucket may begin, in nanoseconds since 1970.
    pub fn latest(&self) -> i64 {
        let latest = rules::times::latest(self.now);
        latest.timestamp_nanos_opt().unwrap_or(i64::MAX)
    }

    fn schemas(&self, dialect: Dialect) -> &schema::Schemas {
        match dialect {
            Dialect::Aggregates => &self.aggregates,
            Dialect::Summary => &self.summary,
        }
    }

    /// Checks what stands around the elements of a whole response.
    pub fn around(
        &self,
        dialect: Option<Dialect>,
        root: Node<'_>,
        pointer: &str,
        out: &mut Vec<Diagnostic>,
    ) {
        keys::duplicates(root, pointer, out);
        if let Some(dialect) = dialect {
            self.schemas(dialect).around(root, pointer, out);
            self.properties.around(dialect, root, pointer, out);
        }
    }

    /// Checks one element.
    pub fn element(
        &self,
        dialect: Dialect,
        node: Node<'_>,
        pointer: &str,
        out: &mut Vec<Diagnostic>,
    ) {
        keys::duplicates(node, pointer, out);
        self.schemas(dialect).element(node, pointer, out);
        self.properties.element(dialect, node, pointer, out);
        self.of_rules(dialect, node, pointer, &mut Sink::all(out));
    }

    /// Checks what no schema can say of one element, where a user's schema says the rest.
    pub fn rules(
        &self,
        dialect: Dialect,
        node: Node<'_>,
        pointer: &str,
        out: &mut Vec<Diagnostic>,
    ) {
        keys::duplicates(node, pointer, out);
        self.of_rules(dialect, node, pointer, &mut Sink::all(out));
    }

    /// Applies the rules alone, to an element of which keys, schema and properties have nothing to
    /// say.
    pub fn of_rules(
        &self,
        dialect: Dialect,
        node: Node<'_>,
        pointer: &str,
        out: &mut Sink<'_, '_>,
    ) {
        rules::element(dialect, node, pointer, self.now, out);
    }
}
