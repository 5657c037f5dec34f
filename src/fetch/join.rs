//! Several responses as one document, with the bytes of their elements as they arrived.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::model::Dialect;

use super::body::Body;
use super::outline::{self, MAPPINGS};

/// Writes one document of all elements, in the order of the parts; a single part stays as it is.
/// Returns the number of bytes.
pub fn join(parts: &[Body], dialect: Dialect, out: &mut dyn Write) -> io::Result<u64> {
    if let [part] = parts {
        return io::copy(&mut part.reader(), out);
    }
    let mut bytes = 0;
    let mut write = |text: &str| {
        bytes += text.len() as u64;
        out.write_all(text.as_bytes())
    };
    write(&format!("{{\"{}\":[", outline::key(dialect)))?;
    let mut mappings = Map::new();
    let mut separator = "";
    for part in parts {
        let outline = outline::each_element(part, dialect, &mut |element| {
            write(std::mem::replace(&mut separator, ","))?;
            write(element)
        })?;
        if let Some(Value::Object(found)) = outline.members.get(MAPPINGS) {
            merge(&mut mappings, found);
        }
    }
    write("]")?;
    if !mappings.is_empty() {
        write(&format!(",\"{MAPPINGS}\":{}", Value::Object(mappings)))?;
    }
    write("}\n")?;
    Ok(bytes)
}

/// Adds the organisation's presences of a response to those that are known.
fn merge(known: &mut Map<String, Value>, found: &Map<String, Value>) {
    for (presence, ids) in found {
        let list = known
            .entry(presence.as_str())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            for id in ids.as_array().into_iter().flatten() {
                if !list.contains(id) {
                    list.push(id.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(parts: &[&str]) -> String {
        let parts: Vec<Body> = parts.iter().map(|part| Body::of(part.as_bytes())).collect();
        let mut out = Vec::new();
        let bytes = join(&parts, Dialect::Aggregates, &mut out).unwrap();
        assert_eq!(bytes, out.len() as u64);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn elements_keep_their_bytes() {
        assert_eq!(joined(&["{ }"]), "{ }");
        assert_eq!(
            joined(&[
                r#"{"results":[{"group":{},"data":[ 1.0 ]}],"cursor":"x"}"#,
                "{}",
                "\u{feff}{\"results\":[{\"group\":{\"a\":\"b\"}}]}"
            ]),
            "{\"results\":[{\"group\":{},\"data\":[ 1.0 ]},{\"group\":{\"a\":\"b\"}}]}\n"
        );
    }

    #[test]
    fn mappings_are_merged() {
        let text = joined(&[
            r#"{"results":[],"systemToOrganizationMappings":{"AWAY":["a"],"MEAL":["m"]}}"#,
            r#"{"results":[],"systemToOrganizationMappings":{"AWAY":["b","a"]}}"#,
        ]);
        assert_eq!(
            text.trim_end(),
            r#"{"results":[],"systemToOrganizationMappings":{"AWAY":["a","b"],"MEAL":["m"]}}"#
        );
    }
}
