//! The outline of a response: its members without the elements of its arrays. It is read from a
//! stream, whatever the size.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufReader, Read as _};

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::model::Dialect;

use super::body::{Body, CHUNK, MARK};

/// The member with the presences of the organisation.
pub const MAPPINGS: &str = "systemToOrganizationMappings";

/// A body up to this size is read from memory, which is four times as fast as from a stream.
const IN_MEMORY: u64 = 4 * 1024 * 1024;

/// The members of a response.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// The number of elements of `results` and of `entities`; null has none.
    lengths: BTreeMap<String, u64>,
    /// The members that lead to the next page, and [`MAPPINGS`].
    pub members: Map<String, Value>,
}

impl Outline {
    /// Reads the outline of a body. An error at the end of the text means that the body is cut.
    pub fn of(body: &Body) -> serde_json::Result<Self> {
        let mut reader = ResponseReader {
            key: "",
            take: &mut |_| Ok(()),
            failure: None,
        };
        reader.read(body)
    }

    /// Returns true if the response has an array of either dialect.
    pub fn has_array(&self) -> bool {
        !self.lengths.is_empty()
    }

    /// The number of elements of a dialect's array, if the response has it.
    pub fn elements(&self, dialect: Dialect) -> Option<u64> {
        self.lengths.get(key(dialect)).copied()
    }
}

/// The key of the array that a response consists of.
pub fn key(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Aggregates => "results",
        Dialect::Summary => "entities",
    }
}

/// Calls `take` with each element of the array of a response, as it is written there.
pub fn each_element(
    body: &Body,
    dialect: Dialect,
    take: &mut dyn FnMut(&str) -> io::Result<()>,
) -> io::Result<Outline> {
    let mut reader = ResponseReader {
        key: key(dialect),
        take,
        failure: None,
    };
    reader
        .read(body)
        .map_err(|error| reader.failure.take().unwrap_or_else(|| error.into()))
}

/// Reads a response and takes the elements of one array.
struct ResponseReader<'r> {
    key: &'static str,
    take: &'r mut dyn FnMut(&str) -> io::Result<()>,
    /// The error of `take`.
    failure: Option<io::Error>,
}

impl ResponseReader<'_> {
    fn read(&mut self, body: &Body) -> serde_json::Result<Outline> {
        let mut start = Vec::new();
        let mark = MARK.len() as u64;
        let read = body.part(0, mark).read_to_end(&mut start);
        read.map_err(serde_json::Error::io)?;
        let begin = if start == MARK { mark } else { 0 };
        let mut text = BufReader::with_capacity(CHUNK, body.part(begin, body.size()));
        if body.size() > IN_MEMORY {
            let mut json = serde_json::Deserializer::from_reader(text);
            let outline = json.deserialize_any(self)?;
            return json.end().map(|()| outline);
        }
        let mut bytes = Vec::new();
        let read = text.read_to_end(&mut bytes);
        read.map_err(serde_json::Error::io)?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let outline = json.deserialize_any(self)?;
        json.end().map(|()| outline)
    }
}

impl<'de> Visitor<'de> for &mut ResponseReader<'_> {
    type Value = Outline;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a response")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Outline, A::Error> {
        let mut outline = Outline::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "results" | "entities" => {
                    let reader = if key == self.key {
                        Some(&mut *self)
                    } else {
                        None
                    };
                    let length = map.next_value_seed(ElementReader(reader))?;
                    outline.lengths.insert(key, length);
                }
                "cursor" | "pageCount" | "nextUri" | MAPPINGS => {
                    outline.members.insert(key, map.next_value()?);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(outline)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Outline, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Err(A::Error::custom("an array is no response"))
    }
}

/// Counts the elements of an array, and hands them to the reader, if there is one.
struct ElementReader<'e, 'r>(Option<&'e mut ResponseReader<'r>>);

impl<'de> DeserializeSeed<'de> for ElementReader<'_, '_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, text: D) -> Result<u64, D::Error> {
        text.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ElementReader<'_, '_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_unit<E>(self) -> Result<u64, E> {
        Ok(0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<u64, A::Error> {
        let mut count = 0;
        let Some(reader) = self.0 else {
            while array.next_element::<IgnoredAny>()?.is_some() {
                count += 1;
            }
            return Ok(count);
        };
        while let Some(element) = array.next_element::<Box<RawValue>>()? {
            if let Err(error) = (reader.take)(element.get()) {
                reader.failure = Some(error);
                return Err(A::Error::custom("the element was not taken"));
            }
            count += 1;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> serde_json::Result<Outline> {
        Outline::of(&Body::of(text.as_bytes()))
    }

    fn elements(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        let body = Body::of(text.as_bytes());
        each_element(&body, Dialect::Aggregates, &mut |element| {
            all.push(element.to_owned());
            Ok(())
        })
        .unwrap();
        all
    }

    #[test]
    fn what_is_cut_is_incomplete() {
        let is_cut = |text: &str| outline(text).is_err_and(|error| error.is_eof());
        for text in [
            "{\"a\":[1,\"}\"]}",
            "\u{feff} [ ] x",
            "<html>",
            "{} {",
            "nope",
        ] {
            assert!(!is_cut(text), "{text}");
        }
        for text in [
            "",
            " \n",
            "{",
            "{\"a\":\"}",
            "[[1]",
            "{\"a\":{}",
            "{\"a\":\"\\\"}",
        ] {
            assert!(is_cut(text), "{text}");
        }
        assert!(outline("[]").is_err() && outline("\u{feff}{}").is_ok());
    }

    #[test]
    fn members_are_found_at_the_outermost_level_only() {
        let text =
            r#"{ "results" : [ {"cursor":"inner, }"} ] , "cursor":"x,\"y", "entities":null }"#;
        let outline = outline(text).unwrap();
        assert_eq!(outline.members["cursor"], "x,\"y");
        assert_eq!(outline.members.len(), 1);
        assert_eq!(outline.elements(Dialect::Aggregates), Some(1));
        assert_eq!(outline.elements(Dialect::Summary), Some(0));
    }

    #[test]
    fn elements_keep_their_bytes() {
        assert_eq!(
            elements("{\"results\": [ { \"a\" : [1, 2.0] } ,\n{\"b\":\"],{\"}\t] }"),
            ["{ \"a\" : [1, 2.0] }", "{\"b\":\"],{\"}"]
        );
        for length in [20, 400_000] {
            let one = format!("{{\"text\":\"{}\"}}", "x, ]\\\" ".repeat(length));
            let text = format!("\u{feff}{{\"entities\":[1],\"results\": [ {one} ,  {one} ]}}");
            assert_eq!(text.len() as u64 > IN_MEMORY, length > 20);
            assert!(elements(&text) == [one.clone(), one]);
        }
        assert!(elements("{\"results\":null}").is_empty());
    }

    #[test]
    fn an_element_that_is_not_taken_ends_the_reading() {
        let body = Body::of(b"{\"results\":[1,2]}");
        let full = &mut |_: &str| Err(io::Error::from(io::ErrorKind::StorageFull));
        let failed = each_element(&body, Dialect::Aggregates, full).unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::StorageFull);
    }
}
