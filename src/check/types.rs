//! Types of JSON values, and the properties that the embedded schemas know, by their pointers in a response;
//! indices, and keys that are data, are `*`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use crate::json::{Node, TokenKind};
use crate::model::Dialect;

use super::schema::{AGGREGATES, SUMMARY};

/// Types of JSON values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Types(u8);

impl Types {
    const WORDS: [&str; 6] = ["null", "boolean", "number", "string", "array", "object"];

    /// The type of one value; integers are numbers.
    pub fn of(node: Node<'_>) -> Self {
        Self(match node.kind() {
            TokenKind::Null => 1,
            TokenKind::True | TokenKind::False => 2,
            TokenKind::Number => 4,
            TokenKind::String | TokenKind::Escaped => 8,
            TokenKind::Array => 16,
            TokenKind::Object => 32,
        })
    }

    /// The type that a schema calls so.
    pub fn named(word: &str) -> Self {
        let word = if word == "integer" { "number" } else { word };
        let place = Self::WORDS.iter().position(|known| *known == word);
        Self(place.map_or(0, |place| 1 << place))
    }

    /// These types and others.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These types but null, which any value may be.
    #[must_use]
    pub fn valued(self) -> Self {
        Self(self.0 & !1)
    }

    /// Returns true if there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns true if all of these are among others.
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Their names; `null` only where there is nothing else.
    pub fn words(self) -> Vec<&'static str> {
        let reported = if self.valued().is_empty() {
            self
        } else {
            self.valued()
        };
        Self::WORDS
            .into_iter()
            .enumerate()
            .filter(|(place, _)| reported.0 & (1 << place) != 0)
            .map(|(_, word)| word)
            .collect()
    }
}

/// Names with the types of their values.
pub type Typed = BTreeMap<String, Types>;

/// Names of properties.
pub type PropertyNames = BTreeSet<String>;

/// The contents of the schemas.
#[derive(Debug, Default)]
struct SchemaProperties {
    fields: Typed,
    /// The names of the properties of each object; those of a response by the name of its dialect.
    names: BTreeMap<String, PropertyNames>,
    /// Objects whose keys are data.
    open: BTreeSet<String>,
}

static KNOWN: LazyLock<SchemaProperties> = LazyLock::new(|| {
    let mut known = SchemaProperties::default();
    let schemas = [
        (AGGREGATES, Dialect::Aggregates),
        (SUMMARY, Dialect::Summary),
    ];
    for (text, dialect) in schemas {
        if let Ok(root) = serde_json::from_str::<Value>(text) {
            known.below(&root, &root, "");
            let names = known.names.remove("").unwrap_or_default();
            known.names.insert(dialect.name().to_owned(), names);
        }
    }
    known
});

/// Every property with its types.
pub fn fields() -> &'static Typed {
    &KNOWN.fields
}

/// The names of the properties of the object at `path`; of a response, by the name of its dialect.
pub fn names(path: &str) -> &'static PropertyNames {
    static NONE: PropertyNames = PropertyNames::new();
    KNOWN.names.get(path).unwrap_or(&NONE)
}

/// Returns true if the keys of the object at `path` are data.
pub fn is_open(path: &str) -> bool {
    KNOWN.open.contains(path)
}

impl SchemaProperties {
    fn below(&mut self, root: &Value, schema: &Value, path: &str) {
        if let Some(target) = schema["$ref"].as_str().and_then(|it| it.strip_prefix('#')) {
            if let Some(schema) = root.pointer(target) {
                self.below(root, schema, path);
            }
            return;
        }
        let types = match &schema["type"] {
            Value::String(word) => Types::named(word),
            Value::Array(words) => words
                .iter()
                .filter_map(Value::as_str)
                .map(Types::named)
                .fold(Types::default(), Types::and),
            _ => Types::default(),
        };
        if !path.is_empty() {
            self.fields.insert(path.to_owned(), types);
        }
        if let Some(properties) = schema["properties"].as_object() {
            let names = properties.keys().cloned().collect();
            self.names.insert(path.to_owned(), names);
        }
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            self.below(root, schema, &format!("{path}/{name}"));
        }
        for each in ["items", "additionalProperties"] {
            if schema[each].is_object() {
                self.below(root, &schema[each], &format!("{path}/*"));
            }
        }
        if schema["additionalProperties"].is_object() {
            self.open.insert(path.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_are_read_through_their_references() {
        for (path, words) in [
            ("/cursor", vec!["string"]),
            ("/systemToOrganizationMappings/*/*", vec!["string"]),
            ("/results/*/group/*", vec!["string"]),
            ("/results/*/data/*/metrics/*/stats/sum", vec!["number"]),
            ("/results/*/data/*/views/*/stats/count", vec!["number"]),
            ("/entities/*/division", vec!["string", "object"]),
            ("/entities/*/metrics/*/value", vec!["number"]),
        ] {
            assert_eq!(fields()[path].words(), words, "{path}");
        }
        assert!(is_open("/systemToOrganizationMappings"));
        assert!(!is_open("/results/*") && !is_open("/results"));
    }
}
