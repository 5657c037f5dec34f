//! Views of the aggregates dialect. They are lenient: a value of the wrong type reads as absent. The
//! check of the schema reports it.

use std::borrow::Cow;

use crate::json::{Node, spelling};

/// One element of `results`: a group and its buckets.
#[derive(Debug, Clone, Copy)]
pub struct JsonContainer<'a>(pub Node<'a>);

impl<'a> JsonContainer<'a> {
    /// The dimensions and their values.
    pub fn group(self) -> impl Iterator<Item = (Cow<'a, str>, Node<'a>)> {
        self.members()
            .map(|(key, value)| (key.string().unwrap_or_default(), value))
    }

    /// The keys of the dimensions and their values.
    pub fn members(self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> {
        self.0.get("group").into_iter().flat_map(Node::members)
    }

    /// The buckets, in their order.
    pub fn buckets(self) -> impl Iterator<Item = JsonBucket<'a>> {
        self.0
            .get("data")
            .into_iter()
            .flat_map(Node::elements)
            .map(JsonBucket)
    }
}

/// One entry of `data`: an interval with its metrics and views.
#[derive(Debug, Clone, Copy)]
pub struct JsonBucket<'a>(pub Node<'a>);

impl<'a> JsonBucket<'a> {
    /// The metrics, in their order.
    pub fn metrics(self) -> impl Iterator<Item = JsonMetric<'a>> {
        self.of("metrics", "metric")
    }

    /// The views, in their order.
    pub fn views(self) -> impl Iterator<Item = JsonMetric<'a>> {
        self.of("views", "name")
    }

    fn of(self, list: &str, name: &'static str) -> impl Iterator<Item = JsonMetric<'a>> {
        self.0
            .get(list)
            .into_iter()
            .flat_map(Node::elements)
            .map(move |node| JsonMetric { node, name })
    }
}

/// One metric with its qualifier and statistics; a view is the same with another name property.
#[derive(Debug, Clone, Copy)]
pub struct JsonMetric<'a> {
    pub node: Node<'a>,
    name: &'static str,
}

impl<'a> JsonMetric<'a> {
    /// The metric's or view's name; empty where it is missing.
    pub fn name(self) -> Cow<'a, str> {
        self.name_node().and_then(Node::string).unwrap_or_default()
    }

    /// The value of the name.
    pub fn name_node(self) -> Option<Node<'a>> {
        self.node.get(self.name)
    }

    /// The `qualifier` property; a view has none.
    pub fn qualifier(self) -> Option<Node<'a>> {
        if self.name == "metric" {
            self.node.get("qualifier")
        } else {
            None
        }
    }

    /// The statistics in their order; none if `stats` is `null` or absent.
    pub fn stats(self) -> impl Iterator<Item = (Cow<'a, str>, Node<'a>)> {
        self.node
            .get("stats")
            .into_iter()
            .flat_map(Node::members)
            .map(|(key, value)| {
                let name = key.string().unwrap_or_default();
                match spelling::camel(&name) {
                    Cow::Owned(camel) => (Cow::Owned(camel), value),
                    Cow::Borrowed(_) => (name, value),
                }
            })
    }
}

/// Splits an interval at its slash; without one, all of it is the start.
pub fn halves(interval: &str) -> (&str, &str) {
    interval.split_once('/').unwrap_or((interval, ""))
}
