//! Views of the summary dialect, as lenient as those of the aggregates.

use std::borrow::Cow;

use crate::json::Node;

/// One element of `entities`.
#[derive(Debug, Clone, Copy)]
pub struct JsonEntity<'a>(pub Node<'a>);

impl<'a> JsonEntity<'a> {
    /// The metrics that have a place of their own, in their order, with their keys.
    pub fn metrics(self) -> impl Iterator<Item = JsonEntityMetric<'a>> {
        self.0
            .get("metrics")
            .into_iter()
            .flat_map(Node::members)
            .map(|(key, node)| JsonEntityMetric {
                name: key.string().unwrap_or_default(),
                node,
            })
    }
}

/// One metric of an entity.
#[derive(Debug, Clone)]
pub struct JsonEntityMetric<'a> {
    pub name: Cow<'a, str>,
    pub node: Node<'a>,
}

impl<'a> JsonEntityMetric<'a> {
    /// The `unit` property.
    pub fn unit(&self) -> Option<Node<'a>> {
        self.node.get("unit")
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
