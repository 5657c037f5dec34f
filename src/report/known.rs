//! The properties that the embedded schemas know, by the pointers of [`super::profile`].

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::check::schema::{AGGREGATES, SUMMARY};

use super::types::{Typed, Types};

/// The contents of the schemas.
#[derive(Debug, Default)]
struct Known {
    fields: Typed,
    /// Objects whose keys are data.
    open: BTreeSet<String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known::default();
    for text in [AGGREGATES, SUMMARY] {
        if let Ok(root) = serde_json::from_str::<Value>(text) {
            known.below(&root, &root, "");
        }
    }
    known
});

/// Every property with its types.
pub fn fields() -> &'static Typed {
    &KNOWN.fields
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
