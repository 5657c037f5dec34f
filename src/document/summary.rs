//! Views of the summary dialect, as lenient as those of the aggregates.

use std::borrow::Cow;

use crate::json::Node;

/// One element of `entities`.
#[derive(Debug, Clone, Copy)]
pub struct Entity<'a>(pub Node<'a>);

impl<'a> Entity<'a> {
    /// The `id` property.
    pub fn id(self) -> Option<Node<'a>> {
        self.0.get("id")
    }

    /// The division's id (or the whole division where it is a string).
    pub fn division(self) -> Option<Node<'a>> {
        let division = self.0.get("division")?;
        if division.is_object() {
            division.get("id")
        } else {
            Some(division)
        }
    }

    /// The division's name, where the division is an object.
    pub fn division_name(self) -> Option<Node<'a>> {
        self.0
            .get("division")
            .filter(|division| division.is_object())?
            .get("name")
    }

    /// The metrics that have a place of their own, in their order, with their keys.
    pub fn metrics(self) -> impl Iterator<Item = Value<'a>> {
        self.0
            .get("metrics")
            .into_iter()
            .flat_map(Node::members)
            .map(|(key, node)| Value {
                name: key.string().unwrap_or_default(),
                key,
                node,
            })
    }
}

/// One metric of an entity.
#[derive(Debug, Clone)]
pub struct Value<'a> {
    pub name: Cow<'a, str>,
    pub key: Node<'a>,
    pub node: Node<'a>,
}

impl<'a> Value<'a> {
    /// The `value` property.
    pub fn value(&self) -> Option<Node<'a>> {
        self.node.get("value")
    }

    /// The `unit` property.
    pub fn unit(&self) -> Option<Node<'a>> {
        self.node.get("unit")
    }

    /// The `label` property.
    pub fn label(&self) -> Option<Node<'a>> {
        self.node.get("label")
    }

    /// Whether the metric gives a row: one whose `value` is null does, with its unit and label; one
    /// that is itself null does not.
    pub fn gives_row(&self) -> bool {
        self.node.is_object()
    }
}

/// The milliseconds in the unit of a value; `None` for what is no time.
pub fn milliseconds(unit: &str) -> Option<i64> {
    match unit {
        "ms" | "millisecond" | "milliseconds" => Some(1),
        "s" | "sec" | "second" | "seconds" => Some(1000),
        "min" | "minute" | "minutes" => Some(60_000),
        "h" | "hour" | "hours" => Some(3_600_000),
        _ => None,
    }
}
