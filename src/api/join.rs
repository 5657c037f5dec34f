//! Several responses as one document, with the bytes of their elements as they arrived.

use serde_json::{Map, Value};

use crate::source::Dialect;
use crate::source::frame::frame;
use crate::source::identify::Keys;

use super::http::unmarked;

const MAPPINGS: &str = "systemToOrganizationMappings";

/// One document of all elements, in the order of the parts; a single part stays as it is.
pub fn join(parts: Vec<Vec<u8>>, dialect: Dialect) -> Vec<u8> {
    let mut parts = parts;
    if parts.len() == 1 {
        return parts.remove(0);
    }
    let key = match dialect {
        Dialect::Aggregates => "results",
        Dialect::Summary => "entities",
    };
    let mut joined = format!("{{\"{key}\":[").into_bytes();
    let mut mappings = Map::new();
    let mut first = true;
    for part in &parts {
        // What is no text was refused on arrival.
        let text = String::from_utf8_lossy(unmarked(part));
        for document in &frame(&text).documents {
            for span in &document.elements {
                if !std::mem::take(&mut first) {
                    joined.push(b',');
                }
                joined.extend_from_slice(&text.as_bytes()[span.start..span.end]);
            }
        }
        merge(&mut mappings, &text);
    }
    joined.push(b']');
    if !mappings.is_empty() {
        joined.extend_from_slice(format!(",\"{MAPPINGS}\":{}", Value::Object(mappings)).as_bytes());
    }
    joined.extend_from_slice(b"}\n");
    joined
}

/// Adds the organisation's presences of a response to those that are known.
fn merge(known: &mut Map<String, Value>, text: &str) {
    let start = text.len() - text.trim_start().len();
    let found = Keys::scan(text, start).and_then(|keys| keys.get(MAPPINGS));
    let Some(found) = found.and_then(|span| serde_json::from_str(&text[span.start..span.end]).ok())
    else {
        return;
    };
    let found: Map<String, Value> = found;
    for (presence, ids) in found {
        let Value::Array(list) = known
            .entry(presence)
            .or_insert_with(|| Value::Array(Vec::new()))
        else {
            continue;
        };
        for id in ids.as_array().into_iter().flatten() {
            if !list.contains(id) {
                list.push(id.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(parts: &[&str]) -> String {
        let parts = parts.iter().map(|part| part.as_bytes().to_vec()).collect();
        String::from_utf8(join(parts, Dialect::Aggregates)).unwrap()
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
