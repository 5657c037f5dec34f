//! The structure of documents: the names in them, and the types of their values. Two profiles can
//! be compared where the documents themselves are too large.
//!
//! A profile reads the tape, because it has the types of all properties, also of those that a record
//! and an aggregate leave out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::json::{Node, path, spelling};
use crate::model::Dialect;

use crate::check::types as known;
use crate::check::types::{Typed, Types};

/// Number of qualifiers or units of a metric that are distinguished; more are data.
const NAMES: usize = 256;

/// The profile of some documents.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Properties by their pointers in a response without an envelope; indices, and keys that are
    /// data, are `*`. Those of groups and of statistics have fields of their own.
    pub fields: Typed,
    pub dimensions: Typed,
    pub metrics: BTreeMap<String, Held>,
    pub views: BTreeMap<String, Held>,
    /// The metrics of the summary dialect.
    pub values: BTreeMap<String, Held>,
}

/// The profile of a metric or view.
#[derive(Debug, Clone, Default)]
pub struct Held {
    pub stats: Typed,
    pub qualifiers: NameSet,
    /// The units of the summary dialect.
    pub units: NameSet,
}

/// A few names; too many are data, and no longer distinguished.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameSet(BTreeSet<String>);

impl NameSet {
    fn add(&mut self, name: Cow<'_, str>) {
        if self.0.len() <= NAMES && !self.0.contains(name.as_ref()) && !is_id(&name) {
            self.0.insert(name.into_owned());
        }
    }

    /// The names, unless there are too many.
    pub fn reported(&self) -> Option<&BTreeSet<String>> {
        (self.0.len() <= NAMES).then_some(&self.0)
    }
}

impl Profile {
    /// Adds one element.
    pub fn element(&mut self, dialect: Dialect, node: Node<'_>) {
        match dialect {
            Dialect::Aggregates => {
                self.below(node, &mut "/results/*".to_owned());
                for (key, value) in members(node, "group") {
                    let name = key.string().unwrap_or_default();
                    mark(&mut self.dimensions, &name, Types::of(value));
                }
                for bucket in elements(node, "data") {
                    for metric in elements(bucket, "metrics") {
                        let qualifier = metric.get("qualifier").and_then(Node::string);
                        hold(&mut self.metrics, &text(metric, "metric"), |held| {
                            qualifier.into_iter().for_each(|it| held.qualifiers.add(it));
                            held.stats(metric);
                        });
                    }
                    for view in elements(bucket, "views") {
                        hold(&mut self.views, &text(view, "name"), |held| {
                            held.stats(view)
                        });
                    }
                }
            }
            Dialect::Summary => {
                self.below(node, &mut "/entities/*".to_owned());
                for (key, value) in members(node, "metrics") {
                    let name = key.string().unwrap_or_default();
                    hold(&mut self.values, &name, |held| held.value(value));
                }
            }
        }
    }

    /// Adds the properties beside the elements of a response.
    pub fn root(&mut self, dialect: Dialect, node: Node<'_>) {
        let home = node.member(dialect.array()).map(|(key, _)| key.id());
        for (key, value) in node.members().filter(|(key, _)| Some(key.id()) != home) {
            self.member(&mut String::new(), key, value);
        }
    }

    /// Adds the properties of everything in a value.
    fn below(&mut self, node: Node<'_>, path: &mut String) {
        for (key, value) in node.members() {
            self.member(path, key, value);
        }
        let length = path.len();
        for value in node.elements() {
            path.push_str("/*");
            mark(&mut self.fields, path, Types::of(value));
            self.below(value, path);
            path.truncate(length);
        }
    }

    fn member(&mut self, path: &mut String, key: Node<'_>, value: Node<'_>) {
        let length = path.len();
        let name = key.string().unwrap_or_default();
        if is_id(&name) || known::is_open(path) {
            path.push_str("/*");
        } else {
            let property = spelling::property(&name);
            path::push(path, property.as_deref().unwrap_or(&name));
        }
        mark(&mut self.fields, path, Types::of(value));
        if !stands_apart(path) {
            self.below(value, path);
        }
        path.truncate(length);
    }

    /// Adds what other documents are made of.
    pub fn merge(&mut self, other: Self) {
        join(&mut self.fields, other.fields);
        join(&mut self.dimensions, other.dimensions);
        for (all, more) in [
            (&mut self.metrics, other.metrics),
            (&mut self.views, other.views),
            (&mut self.values, other.values),
        ] {
            for (name, more) in more {
                hold(all, &name, |held| held.merge(more));
            }
        }
    }
}

impl Held {
    /// Adds the statistics of a metric or view.
    fn stats(&mut self, entry: Node<'_>) {
        for (key, value) in members(entry, "stats") {
            let name = key.string().unwrap_or_default();
            mark(&mut self.stats, &spelling::camel(&name), Types::of(value));
        }
    }

    fn value(&mut self, value: Node<'_>) {
        for (key, part) in value.members() {
            let key = key.string().unwrap_or_default();
            mark(&mut self.stats, &key, Types::of(part));
        }
        if let Some(unit) = value.get("unit").and_then(Node::string) {
            self.units.add(unit);
        }
    }

    fn merge(&mut self, more: Self) {
        join(&mut self.stats, more.stats);
        for name in more.qualifiers.0 {
            self.qualifiers.add(name.into());
        }
        for name in more.units.0 {
            self.units.add(name.into());
        }
    }
}

/// The members of a property, as far as it is an object.
fn members<'a>(node: Node<'a>, name: &str) -> impl Iterator<Item = (Node<'a>, Node<'a>)> + use<'a> {
    node.get(name).into_iter().flat_map(Node::members)
}

/// The elements of a property, as far as it is an array.
fn elements<'a>(node: Node<'a>, name: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
    node.get(name).into_iter().flat_map(Node::elements)
}

/// The text of a property; empty where it is missing.
fn text<'a>(node: Node<'a>, name: &str) -> Cow<'a, str> {
    node.get(name).and_then(Node::string).unwrap_or_default()
}

/// Dimensions, statistics and summary metrics are no fields: they have a place of their own.
fn stands_apart(path: &str) -> bool {
    matches!(
        path,
        "/results/*/group"
            | "/results/*/data/*/metrics/*/stats"
            | "/results/*/data/*/views/*/stats"
            | "/entities/*/metrics"
    )
}

/// Returns true if a name is the id of something, and so data: digits, or a UUID.
fn is_id(name: &str) -> bool {
    let dash = |place: usize| matches!(place, 8 | 13 | 18 | 23);
    let uuid = |(place, byte): (usize, u8)| match byte {
        b'-' => dash(place),
        _ => byte.is_ascii_hexdigit() && !dash(place),
    };
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()))
        || (name.len() == 36 && name.bytes().enumerate().all(uuid))
}

/// Adds to what is known of a metric, without allocating where it is known. One without a name is
/// a finding, and nothing to compare.
fn hold(all: &mut BTreeMap<String, Held>, name: &str, add: impl FnOnce(&mut Held)) {
    match all.get_mut(name) {
        _ if name.is_empty() => {}
        Some(held) => add(held),
        None => add(all.entry(name.to_owned()).or_default()),
    }
}

/// Adds the types of a name, without allocating where it is known.
fn mark(names: &mut Typed, name: &str, types: Types) {
    match names.get_mut(name) {
        Some(known) => *known = known.and(types),
        None => {
            names.insert(name.to_owned(), types);
        }
    }
}

fn join(names: &mut Typed, others: Typed) {
    for (name, types) in others {
        mark(names, &name, types);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Span, Tape};

    fn profile(dialect: Dialect, element: &str) -> Profile {
        let tape = Tape::read(element, Span::new(0, element.len()), 0).unwrap();
        let mut profile = Profile::default();
        profile.element(dialect, tape.root());
        profile
    }

    #[test]
    fn names_are_kept_and_data_is_not() {
        let element = r#"{"group":{"queueId":"q"},"own":{"7":1,"424b1fee-9709-4315-85d9-5954058b4714":"x"},
            "data":[{"metrics":[{"metric":"tSystemPresence","qualifier":"BUSY","stats":{"sum":1}},
            {"metric":"tSystemPresence","qualifier":"424b1fee-9709-4315-85d9-5954058b4714","stats":{"sum":null}}]}]}"#;
        let profile = profile(Dialect::Aggregates, element);
        let fields: Vec<&str> = profile.fields.keys().map(String::as_str).collect();
        assert_eq!(
            fields,
            [
                "/results/*/data",
                "/results/*/data/*",
                "/results/*/data/*/metrics",
                "/results/*/data/*/metrics/*",
                "/results/*/data/*/metrics/*/metric",
                "/results/*/data/*/metrics/*/qualifier",
                "/results/*/data/*/metrics/*/stats",
                "/results/*/group",
                "/results/*/own",
                "/results/*/own/*",
            ]
        );
        assert_eq!(
            profile.fields["/results/*/own/*"].words(),
            ["number", "string"]
        );
        assert!(profile.dimensions.contains_key("queueId"));
        let held = &profile.metrics["tSystemPresence"];
        assert_eq!(held.stats["sum"].words(), ["number"]);
        assert_eq!(held.qualifiers.reported().unwrap().len(), 1);
    }

    #[test]
    fn many_names_are_data_in_whatever_order_they_come() {
        let mut forward = NameSet::default();
        let mut backward = NameSet::default();
        for number in 0..=NAMES {
            forward.add(format!("n{number}").into());
            backward.add(format!("n{}", NAMES - number).into());
        }
        assert_eq!(forward.reported(), None);
        assert_eq!(forward, backward);
    }

    #[test]
    fn ids_are_told_from_names() {
        for id in ["0", "42", "424b1fee-9709-4315-85d9-5954058b4714"] {
            assert!(is_id(id), "{id}");
        }
        for name in ["", "p95", "424b1fee-9709-4315-85d9_5954058b4714", "a-b"] {
            assert!(!is_id(name), "{name}");
        }
    }
}
