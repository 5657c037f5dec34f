//! A user's own schema: element by element where its structure allows, else over the document.

mod branches;
mod files;

use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};
use crate::input::frame::Opened;
use crate::input::near_path;
use crate::json::adapter::TapeJson;
use crate::json::{self, Node, text};

use super::schema::check;
use files::SchemaFiles;

/// Keywords beside which the elements of an array can be checked one by one.
const OF_ARRAY: [&str; 7] = [
    "type",
    "items",
    "title",
    "description",
    "$comment",
    "default",
    "examples",
];
/// Keywords of a root that say nothing about the elements of its arrays.
const OF_ROOT: [&str; 13] = [
    "$schema",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "type",
    "required",
    "properties",
    "additionalProperties",
    "$defs",
    "definitions",
    "minProperties",
];

/// Keywords of which a schema has at least one; those that only describe are no sign of one.
const KEYWORDS: [&str; 45] = [
    "$schema",
    "$ref",
    "$defs",
    "$dynamicRef",
    "$recursiveRef",
    "definitions",
    "type",
    "enum",
    "const",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "required",
    "minProperties",
    "maxProperties",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "items",
    "prefixItems",
    "additionalItems",
    "contains",
    "minContains",
    "maxContains",
    "minItems",
    "maxItems",
    "uniqueItems",
    "unevaluatedItems",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
];
/// A user's own schema.
#[derive(Debug)]
pub struct Own {
    whole: Validator<TapeJson>,
    split: Result<Split, String>,
}

/// A schema in two parts: one for the text around the elements, one for each element.
#[derive(Debug)]
struct Split {
    /// The property that holds the elements.
    key: &'static str,
    around: Validator<TapeJson>,
    element: Validator<TapeJson>,
}

impl Own {
    /// Reads a schema from a file, and the schemas that it refers to from other files.
    pub fn read(path: &Path) -> Result<Self, Error> {
        if let Err(error) = path.metadata() {
            return Err(near_path::unreadable_option("--schema", path, &error));
        }
        let option = |error: &Error| format!("--schema {error}");
        let schema = files::read(path).map_err(|error| match error.kind() {
            ErrorKind::Io => Error::io(option(&error)),
            _ => Error::usage(option(&error)),
        })?;
        let files = SchemaFiles::new(path, &schema);
        Self::compile(&schema, Some(&files)).map_err(|error| {
            files.failure().unwrap_or_else(|| {
                let path = path.display();
                Error::usage(format!(
                    "--schema {path}: not a usable JSON Schema: {error}"
                ))
            })
        })
    }

    fn compile(schema: &Value, files: Option<&SchemaFiles>) -> Result<Self, Error> {
        is_schema(schema)?;
        branches::limit_root(schema)?;
        Ok(Self {
            whole: validator(schema, files)?,
            split: split(schema, files),
        })
    }

    /// The array whose elements are checked one by one.
    pub fn array(&self) -> Result<&'static str, &str> {
        self.split
            .as_ref()
            .map(|split| split.key)
            .map_err(String::as_str)
    }

    /// Checks one element, where elements are checked one by one.
    pub fn element(
        &self,
        opened: &Opened,
        node: Node<'_>,
        place: &json::Path,
        out: &mut Vec<Diagnostic>,
    ) {
        if let Some(split) = self.splits(opened) {
            let prefix = format!("/properties/{}/items", split.key);
            check(&split.element, node, false, place, &prefix, out);
        }
    }

    /// Checks a document, without its elements where they are checked one by one.
    pub fn around(
        &self,
        opened: Option<&Opened>,
        root: Node<'_>,
        path: &json::Path,
        out: &mut Vec<Diagnostic>,
    ) {
        let split = opened.and_then(|opened| self.splits(opened));
        let validator = split.map_or(&self.whole, |split| &split.around);
        check(validator, root, false, path, "", out);
    }

    /// Returns true if the elements of such a document are checked one by one.
    pub fn is_split(&self, opened: Option<&Opened>) -> bool {
        opened.is_some_and(|opened| self.splits(opened).is_some())
    }

    fn splits(&self, opened: &Opened) -> Option<&Split> {
        let split = self.split.as_ref().ok()?;
        (opened.plain && opened.path.ends_with(split.key)).then_some(split)
    }
}

/// Compiles a schema.
fn validator(schema: &Value, files: Option<&SchemaFiles>) -> Result<Validator<TapeJson>, Error> {
    let options = jsonschema::options_for();
    let options = match files {
        Some(files) => options
            .with_base_uri(files.base())
            .with_retriever(files.clone()),
        None => options,
    };
    options
        .build(schema)
        .map_err(|error| Error::data(error.to_string()))
}

/// Checks that this is a schema: an object without keywords would allow every document.
fn is_schema(schema: &Value) -> Result<(), Error> {
    match schema {
        Value::Bool(_) => Ok(()),
        Value::Object(object) if object.keys().any(|key| KEYWORDS.contains(&key.as_str())) => {
            Ok(())
        }
        Value::Object(object) if object.is_empty() => Err(Error::usage(
            "it is an empty object, which allows every document",
        )),
        Value::Object(object) => {
            let names = object.keys().take(5).map(|key| {
                let shown: String = text::printable(key).chars().take(40).collect();
                format!("`{shown}`")
            });
            Err(Error::usage(format!(
                "it has no `$schema` and no keyword of JSON Schema, so every document would be valid; its keys are {}",
                names.collect::<Vec<_>>().join(", ")
            )))
        }
        _ => Err(Error::usage("a schema is an object")),
    }
}

/// Splits the schema of a response into one for the elements and one for the rest.
fn split(schema: &Value, files: Option<&SchemaFiles>) -> Result<Split, String> {
    let root = schema
        .as_object()
        .ok_or("it is not an object, and applies to whole documents")?;
    if let Some(keyword) = root.keys().find(|key| !OF_ROOT.contains(&key.as_str())) {
        return Err(format!("`{keyword}` at its root needs the whole document"));
    }
    if let Some(word) = far_word(schema) {
        return Err(format!("{word} reaches beyond one element"));
    }
    let key = ["results", "entities"]
        .into_iter()
        .find(|key| schema["properties"][key]["items"].is_object())
        .ok_or("it says nothing about the items of `results` or `entities`")?;
    let array = schema["properties"][key].as_object();
    let other = array.and_then(|array| array.keys().find(|key| !OF_ARRAY.contains(&key.as_str())));
    if let Some(keyword) = other {
        return Err(format!("`{keyword}` of `{key}` needs the whole array"));
    }
    let mut element = schema["properties"][key]["items"].clone();
    for name in ["$schema", "$defs", "definitions"] {
        if let Some(value) = root.get(name) {
            if !element[name].is_null() {
                return Err(format!("the items of `{key}` have `{name}` of their own"));
            }
            element[name] = value.clone();
        }
    }
    let mut around = schema.clone();
    around["properties"][key]["items"] = Value::Bool(true);
    Ok(Split {
        key,
        around: validator(&around, files).map_err(|error| error.to_string())?,
        element: validator(&element, files).map_err(|error| error.to_string())?,
    })
}

/// A keyword whose meaning may change with the place of a schema.
fn far_word(schema: &Value) -> Option<String> {
    match schema {
        Value::Object(object) => object.iter().find_map(|(key, value)| {
            let near = |it: &str| it.starts_with("#/$defs/") || it.starts_with("#/definitions/");
            match (key.as_str(), value) {
                ("$ref", Value::String(target)) if !near(target) => Some(format!("`{target}`")),
                (
                    "$id" | "id" | "$anchor" | "$dynamicRef" | "$dynamicAnchor" | "$recursiveRef"
                    | "$recursiveAnchor",
                    Value::String(_) | Value::Bool(_),
                ) => Some(format!("`{key}`")),
                _ => far_word(value),
            }
        }),
        Value::Array(values) => values.iter().find_map(far_word),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(schema: &str) -> Result<&'static str, String> {
        let own = Own::compile(&serde_json::from_str(schema).unwrap(), None).unwrap();
        own.array().map_err(str::to_owned)
    }

    #[test]
    fn plain_schemas_are_split() {
        for schema in [
            r#"{"properties":{"results":{"items":{"required":["group"]}}}}"#,
            r##"{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"c":{"type":"object"}},
                "type":"object","properties":{"results":{"type":"array","items":{"$ref":"#/definitions/c"}}}}"##,
        ] {
            assert_eq!(array(schema), Ok("results"), "{schema}");
        }
    }

    #[test]
    fn branches_are_limited_and_documents_are_no_schema() {
        let nested = |levels: usize| {
            let level = |n: usize| {
                let next = format!(r##"{{"$ref":"#/$defs/l{}"}}"##, n + 1);
                format!(r#""l{n}":{{"anyOf":[{next},{next}]}}"#)
            };
            let levels: Vec<String> = (0..levels).map(level).collect();
            let last = levels.len();
            format!(
                r##"{{"$ref":"#/$defs/l0","$defs":{{{},"l{last}":{{"type":"object"}}}}}}"##,
                levels.join(",")
            )
        };
        let tree = r##"{"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"}}}"##;
        for good in [nested(10).as_str(), tree, "true"] {
            Own::compile(&serde_json::from_str(good).unwrap(), None).unwrap();
        }
        for (bad, word) in [
            (nested(25).as_str(), "1000000 subschemas"),
            (r#"{"results":[]}"#, "`results`"),
            (r#"{"title":"t"}"#, "no keyword"),
            ("{}", "empty"),
            ("[]", "object"),
        ] {
            let error = Own::compile(&serde_json::from_str(bad).unwrap(), None).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
        }
    }

    #[test]
    fn what_looks_at_all_elements_is_not_split() {
        for (schema, word) in [
            (
                r#"{"allOf":[{"properties":{"results":{"items":{}}}}]}"#,
                "allOf",
            ),
            (
                r#"{"properties":{"results":{"items":{},"maxItems":1}}}"#,
                "maxItems",
            ),
            (
                r#"{"properties":{"results":{"items":{},"uniqueItems":true}}}"#,
                "uniqueItems",
            ),
            (
                r##"{"properties":{"a":{},"results":{"items":{"$ref":"#/properties/a"}}}}"##,
                "#/properties/a",
            ),
            (
                r#"{"$id":"urn:a","properties":{"results":{"items":{}}}}"#,
                "$id",
            ),
            (r#"{"type":"object"}"#, "items"),
            ("true", "not an object"),
        ] {
            let reason = array(schema).unwrap_err();
            assert!(reason.contains(word), "{schema}: {reason}");
        }
    }
}
