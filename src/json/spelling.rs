//! Spellings of a property: camelCase as the API writes it, snake_case as Python's `to_dict` does,
//! PascalCase as .NET does.

use std::borrow::Cow;

use super::path::{Path, PathStep};

/// The spelling of the properties of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Spelling {
    /// The spelling of the API; single words are the same in Python.
    #[default]
    Camel,
    /// The spelling of .NET.
    Pascal,
}

/// The properties of an element and of all values in it, except statistics.
const OF_ELEMENTS: [&str; 14] = [
    "group",
    "data",
    "interval",
    "metrics",
    "views",
    "metric",
    "name",
    "qualifier",
    "stats",
    "id",
    "division",
    "value",
    "unit",
    "label",
];

/// The properties of a response.
const OF_RESPONSES: [&str; 4] = [
    "results",
    "entities",
    "cursor",
    "systemToOrganizationMappings",
];

/// The property of the API, statistics aside, that a key in another spelling means.
pub fn property(key: &str) -> Option<Cow<'_, str>> {
    let is_property = |name: &str| OF_ELEMENTS.contains(&name) || OF_RESPONSES.contains(&name);
    Some(camel(key)).filter(|name| is_property(name))
}

/// The name of a property in the spelling of the API; other keys stay what they are.
pub fn camel(key: &str) -> Cow<'_, str> {
    let bytes = key.as_bytes();
    match bytes.first() {
        Some(first) if first.is_ascii_uppercase() && !bytes.contains(&b'_') => {
            let (first, rest) = key.split_at(1);
            Cow::Owned(format!("{}{rest}", first.to_ascii_lowercase()))
        }
        Some(first) if first.is_ascii_lowercase() && is_snake(bytes) => Cow::Owned(join(key)),
        _ => Cow::Borrowed(key),
    }
}

/// Returns true if a key has words joined by single underscores, and no capitals.
fn is_snake(key: &[u8]) -> bool {
    key.contains(&b'_')
        && !key.ends_with(b"_")
        && !key.windows(2).any(|pair| pair == b"__")
        && !key.iter().any(u8::is_ascii_uppercase)
}

/// The words of a snake_case key as one.
fn join(key: &str) -> String {
    let mut camel = String::with_capacity(key.len());
    for (index, word) in key.split('_').enumerate() {
        let from = camel.len();
        camel.push_str(word);
        if index > 0
            && let Some(first) = camel.get_mut(from..from + 1)
        {
            first.make_ascii_uppercase();
        }
    }
    camel
}

/// Returns true if a key is the property of this name in another spelling.
pub fn is_respelled(key: &str, name: &str) -> bool {
    // Most keys are in camelCase, and of another length.
    let first = key.as_bytes().first().is_some_and(u8::is_ascii_uppercase);
    (first && key.len() == name.len() || key.contains('_')) && camel(key) == name
}

impl Spelling {
    /// The spelling of a key.
    pub fn of(key: &str) -> Self {
        match key.as_bytes().first() {
            Some(first) if first.is_ascii_uppercase() => Self::Pascal,
            _ => Self::Camel,
        }
    }

    /// A property of the API in this spelling.
    fn write(self, name: &str) -> String {
        let mut key = name.to_owned();
        if self == Self::Pascal
            && let Some(first) = key.get_mut(..1)
        {
            first.make_ascii_uppercase();
        }
        key
    }

    /// Respells the properties of a path below an element, from the spelling of the API.
    pub fn path(self, path: Path) -> Path {
        if self == Self::Camel {
            return path;
        }
        let mut before = None;
        let respelled = path.into_iter().map(|step| {
            let PathStep::Key(name) = &step else {
                before = None;
                return step;
            };
            // The members of these are named by the document; `metrics` is an object in summaries.
            let own = matches!(before, Some("group" | "stats" | "metrics"));
            let known = OF_ELEMENTS.iter().find(|known| *known == name);
            before = known.copied();
            match known {
                Some(known) if !own => PathStep::Key(self.write(known).into()),
                _ => step,
            }
        });
        respelled.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_three_spellings() {
        for (key, name) in [
            ("results", "results"),
            ("Results", "results"),
            ("P95", "p95"),
            ("CalculatedMetricValue", "calculatedMetricValue"),
            (
                "SystemToOrganizationMappings",
                "systemToOrganizationMappings",
            ),
            (
                "system_to_organization_mappings",
                "systemToOrganizationMappings",
            ),
            ("count_negative", "countNegative"),
            ("_id", "_id"),
            ("a__b", "a__b"),
            ("ON_QUEUE", "ON_QUEUE"),
            ("wrapUpCode", "wrapUpCode"),
            ("Été", "Été"),
            ("a_é", "aé"),
            ("", ""),
        ] {
            assert_eq!(camel(key), name, "{key}");
            assert!(key == name || is_respelled(key, name), "{key}");
        }
        assert!(!is_respelled("Result", "results"));
    }

    #[test]
    fn paths_keep_the_names_of_dimensions_and_statistics() {
        let figure = Path::bucket(3).key("metrics").index(0).key("stats");
        for (path, pascal) in [
            (Path::default(), ""),
            (figure.key("count"), "/Data/3/Metrics/0/Stats/count"),
            (Path::bucket(3).key("interval"), "/Data/3/Interval"),
            (Path::default().key("group").key("name"), "/Group/name"),
            (
                Path::default().key("metrics").key("name").key("value"),
                "/Metrics/name/Value",
            ),
        ] {
            let spelled = |spelling: Spelling| spelling.path(path.clone());
            assert_eq!(spelled(Spelling::Pascal).to_string(), pascal);
            assert_eq!(spelled(Spelling::of("Data")).to_string(), pascal);
            assert_eq!(spelled(Spelling::of("data")), path);
        }
    }
}
