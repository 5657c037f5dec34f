//! Several responses as one document, with the bytes of their elements as they arrived.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::model::Dialect;

use super::body::Body;
use super::outline::{self, Outline, copy_elements};

const MAPPINGS: &str = "systemToOrganizationMappings";
/// An organisation has hundreds of presences at the most.
const MOST_MAPPINGS: u64 = 16 * 1024 * 1024;

/// The key of the array that a response consists of.
pub fn key(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Aggregates => "results",
        Dialect::Summary => "entities",
    }
}

/// The key of the array of the other dialect.
pub fn other_key(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Aggregates => key(Dialect::Summary),
        Dialect::Summary => key(Dialect::Aggregates),
    }
}

/// Writes one document of all elements, in the order of the parts; a single part stays as it is.
/// Returns the number of bytes.
pub fn join(parts: &[Body], dialect: Dialect, out: &mut dyn Write) -> io::Result<u64> {
    let mut out = CountingWriter { out, bytes: 0 };
    if let [part] = parts {
        io::copy(&mut part.reader(), &mut out)?;
        return Ok(out.bytes);
    }
    let key = key(dialect);
    write!(out, "{{\"{key}\":[")?;
    let mut mappings = Map::new();
    let mut first = true;
    for part in parts {
        let outline = Outline::of(part)?;
        if let Some(array) = outline.member(key) {
            copy_elements(part, array, &mut first, &mut out)?;
        }
        if let Some(range) = outline.member(MAPPINGS) {
            let text = outline::text(part, &range, MOST_MAPPINGS)?;
            merge(&mut mappings, &text);
        }
    }
    out.write_all(b"]")?;
    if !mappings.is_empty() {
        write!(out, ",\"{MAPPINGS}\":{}", Value::Object(mappings))?;
    }
    out.write_all(b"}\n")?;
    Ok(out.bytes)
}

/// Counts what is written.
struct CountingWriter<'o> {
    out: &'o mut dyn Write,
    bytes: u64,
}

impl Write for CountingWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Adds the organisation's presences of a response to those that are known.
fn merge(known: &mut Map<String, Value>, text: &str) {
    let Ok(Value::Object(found)) = serde_json::from_str(text) else {
        return;
    };
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
