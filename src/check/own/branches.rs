//! The number of subschemas that a schema leads to. A document is checked against each of them.

use std::collections::HashMap;

use serde_json::Value;

use crate::error::Error;

/// The largest number of subschemas of a schema, each counted as often as it is reached.
const MOST: u64 = 1_000_000;
/// The depth to which references are followed.
const DEEPEST: usize = 512;

/// Limits the branches of a schema.
pub(super) fn limit_root(schema: &Value) -> Result<(), Error> {
    limit(paths(&mut HashMap::new(), schema, schema, 0))
}

/// Refuses a schema that leads to too many subschemas.
fn limit(paths: u64) -> Result<(), Error> {
    match paths > MOST {
        true => Err(Error::usage(format!(
            "its branches (`anyOf`, `$ref` …) lead to more than {MOST} subschemas, and a document would be checked against each; write alternatives once instead of nesting them"
        ))),
        false => Ok(()),
    }
}

/// Limits the branches of a file that a schema refers to, which may use any of its definitions.
pub(super) fn limit_definitions(schema: &Value) -> Result<(), Error> {
    let known = &mut HashMap::new();
    limit(paths(known, schema, schema, 0))?;
    let definitions = ["$defs", "definitions"].into_iter();
    let definitions = definitions.filter_map(|key| schema[key].as_object());
    for definition in definitions.flat_map(|it| it.values()) {
        limit(paths(known, schema, definition, 0))?;
    }
    Ok(())
}

/// The number of subschemas that a schema leads to, each as often as it is reached. `known` are the
/// numbers of targets that were counted.
fn paths<'s>(
    known: &mut HashMap<&'s str, u64>,
    root: &'s Value,
    value: &'s Value,
    depth: usize,
) -> u64 {
    if depth > DEEPEST {
        return u64::MAX;
    }
    let mut sum: u64 = 0;
    match value {
        Value::Array(values) => {
            for value in values {
                sum = sum.saturating_add(paths(known, root, value, depth + 1));
            }
        }
        Value::Object(object) => {
            sum = 1;
            for (key, value) in object {
                sum = sum.saturating_add(match (key.as_str(), value) {
                    // Definitions count where they are referred to.
                    ("$defs" | "definitions" | "const" | "enum" | "examples" | "default", _) => 0,
                    ("$ref", Value::String(target)) => of_target(known, root, target, depth),
                    _ => paths(known, root, value, depth + 1),
                });
            }
        }
        _ => {}
    }
    sum
}

fn of_target<'s>(
    known: &mut HashMap<&'s str, u64>,
    root: &'s Value,
    target: &'s str,
    depth: usize,
) -> u64 {
    if let Some(known) = known.get(target) {
        return *known;
    }
    // A schema that refers to itself goes on with the document, which is finite.
    known.insert(target, 1);
    let pointer = target.strip_prefix('#').unwrap_or("/");
    let found = match root.pointer(pointer) {
        Some(value) => paths(known, root, value, depth + 1),
        None => 1,
    };
    known.insert(target, found);
    found
}
