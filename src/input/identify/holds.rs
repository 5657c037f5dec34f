//! Content of an array or object of any length, by its first deciding key.

use crate::json::spelling::{self, Spelling};
use crate::json::{Path, PathStep, scan};
use crate::model::Dialect;

use super::{ENVELOPES, Keys, Shape, Wrong, key_name};

/// Keys of responses, and keys in envelopes and recordings: no ids.
const NO_IDS: [&str; 8] = [
    "results",
    "entities",
    "cursor",
    "systemToOrganizationMappings",
    "group",
    "content",
    "structuredContent",
    "log",
];

/// Content of an array of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Nothing,
    Elements(Dialect),
    /// Whole responses.
    Pages,
    Others,
}

/// Finds the content of the array at `start` by the first deciding key of its first element, which
/// may have any length. An object may contain responses. `None` if the text ends before that key.
pub fn holds(text: &str, start: usize) -> Option<Holds> {
    let bytes = text.as_bytes();
    if *bytes.get(start)? != b'[' {
        return Some(match are_responses(text, start)? {
            true => Holds::Pages,
            false => Holds::Others,
        });
    }
    let first = scan::skip_blank(bytes, start + 1);
    match *bytes.get(first)? {
        b']' => return Some(Holds::Nothing),
        b'{' => {}
        _ => return Some(Holds::Others),
    }
    let (mut id, mut metrics) = (false, false);
    let mut members = scan::Members::new(bytes, first);
    for (name, value) in &mut members {
        let byte = *bytes.get(value)?;
        match &*spelling::camel(&key_name(text, name)) {
            "data" if byte == b'{' => return Some(Holds::Pages),
            "group" => return Some(Holds::Elements(Dialect::Aggregates)),
            "data" if byte == b'[' => return Some(Holds::Elements(Dialect::Aggregates)),
            "data" => {}
            "conversations" | "userDetails" => return Some(Holds::Others),
            "metrics" if byte == b'[' => return Some(Holds::Others),
            "metrics" => metrics = true,
            "id" => id = true,
            "results" | "entities" => return Some(Holds::Pages),
            "detail" if byte != b'{' => {}
            name if ENVELOPES.contains(&name) => return Some(Holds::Pages),
            _ => {}
        }
        if id && metrics {
            return Some(Holds::Elements(Dialect::Summary));
        }
    }
    match members.end() {
        scan::End::Text => None,
        scan::End::Fault => Some(Holds::Others),
        scan::End::Object => Some(match Keys::scan(text, first)?.shape() {
            Shape::Wrong(Wrong::ApiError | Wrong::Failure | Wrong::OauthError) => Holds::Pages,
            Shape::Wrong(_) => Holds::Others,
            _ => Holds::Pages,
        }),
    }
}

/// The spelling of the container or entity at `start`, however long it is.
pub fn element_spelling(text: &str, start: usize) -> Spelling {
    let keys = scan::Members::new(text.as_bytes(), start).map(|(key, _)| key_name(text, key));
    let is_property = |key: &str| matches!(&*spelling::camel(key), "data" | "group" | "metrics");
    { keys }
        .find(|key| is_property(key))
        .map_or(Spelling::Camel, |key| Spelling::of(&key))
}

/// Returns true if a response has this property beside its elements.
pub(super) fn is_companion(name: &str) -> bool {
    matches!(name, "cursor" | "systemToOrganizationMappings")
}

/// Returns true if the object at `start` holds whole responses, each under a key of its own: the
/// first value that is not empty, null or an error decides, and the keys where all values are
/// empty. `None` where the text ends before.
pub(super) fn are_responses(text: &str, start: usize) -> Option<bool> {
    let bytes = text.as_bytes();
    let mut members = scan::Members::new(bytes, start);
    let (mut count, mut ids) = (0, 0);
    for (key, value) in &mut members {
        let key = key_name(text, key);
        let name = spelling::camel(&key);
        count += 1;
        ids += usize::from(is_uuid(&key));
        match *bytes.get(value)? {
            _ if NO_IDS.contains(&&*name) || ENVELOPES.contains(&&*name) => return Some(false),
            b'{' => {}
            b'n' => continue,
            _ => return Some(false),
        }
        let mut inner = scan::Members::new(bytes, value);
        let names = inner
            .by_ref()
            .map(|(key, value)| (key_name(text, key), value));
        let names = names.map(|(key, value)| (spelling::camel(&key).into_owned(), value));
        let first = { names }.find(|(name, _)| !is_companion(name));
        match first.as_ref().map(|(name, value)| (name.as_str(), *value)) {
            Some(("results" | "entities", value)) => {
                return Some(matches!(*bytes.get(value)?, b'[' | b'n'));
            }
            Some(("message" | "code" | "status" | "error" | "ok" | "success", _)) => {}
            Some(_) => return Some(false),
            None if inner.end() == scan::End::Text => return None,
            None => {}
        }
    }
    (members.end() != scan::End::Text).then_some(count > 0 && ids == count)
}

/// Returns true if a path leads to one of several responses that each have a key of their own.
pub fn is_of_responses(path: &Path) -> bool {
    let Some(PathStep::Key(key)) = path.steps().last() else {
        return false;
    };
    let name = spelling::camel(key);
    !NO_IDS.contains(&&*name) && !ENVELOPES.contains(&&*name) && name != "text"
}

/// Returns true if this is an id as the API makes them.
pub fn is_uuid(key: &str) -> bool {
    let fits = |(place, byte): (usize, u8)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    key.len() == 36 && key.bytes().enumerate().all(fits)
}
