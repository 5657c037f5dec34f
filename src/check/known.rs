//! The properties that the embedded schemas know, by their pointers in a response; indices, and keys
//! that are data, are `*`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use crate::model::Dialect;

use super::schema::{AGGREGATES, SUMMARY};

use super::types::{Typed, Types};

/// Names of properties.
pub type PropertyNames = BTreeSet<String>;

/// The contents of the schemas.
#[derive(Debug, Default)]
struct Known {
    fields: Typed,
    /// The names of the properties of each object; those of a response by the name of its dialect.
    names: BTreeMap<String, PropertyNames>,
    /// Objects whose keys are data.
    open: BTreeSet<String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known::default();
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

impl Known {
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
