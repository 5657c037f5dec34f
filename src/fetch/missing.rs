//! Metrics and groups that a query asked for and the answer does not have.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostic::words::listed;
use crate::table::filter::{Condition, MetricPattern};
use crate::table::{Filter, Survey};

/// The number of values of a filter that are searched: each is compared with every group.
const VALUES: usize = 100;
/// Number of names that a message lists.
const SHOWN: usize = 8;

/// Metrics, views, dimensions and groups, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerNames {
    pub metrics: BTreeSet<String>,
    pub dimensions: BTreeSet<String>,
    /// Values of dimensions that are grouped by.
    pub groups: BTreeSet<(String, String)>,
}

impl AnswerNames {
    /// The names that the body of a query asks for.
    pub fn asked(body: &Value) -> Self {
        let list = |key: &str| body[key].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let views = list("views").filter_map(|view| text(&view["name"]));
        let mut asked = Self {
            metrics: list("metrics").filter_map(text).chain(views).collect(),
            dimensions: list("groupBy").filter_map(text).collect(),
            groups: BTreeSet::new(),
        };
        asked.predicates(&body["filter"]);
        asked
    }

    /// Adds the groups that a filter names, at any depth.
    fn predicates(&mut self, filter: &Value) {
        let list = |key: &str| filter[key].as_array().into_iter().flatten();
        for predicate in list("predicates") {
            let [dimension, value] = ["dimension", "value"].map(|key| predicate[key].as_str());
            if let (Some(dimension), Some(value)) = (dimension, value)
                && self.dimensions.contains(dimension)
            {
                self.groups.insert((dimension.to_owned(), value.to_owned()));
            }
        }
        list("clauses").for_each(|clause| self.predicates(clause));
    }

    /// A filter that makes a survey note all of these names.
    pub fn filter(&self) -> Filter {
        let groups = self.groups.iter().take(VALUES);
        Filter {
            metrics: MetricPattern::new("*").into_iter().collect(),
            dimensions: groups
                .map(|(dimension, value)| Condition::new(dimension, vec![value.clone()]))
                .collect(),
            ..Filter::default()
        }
    }

    /// The names that a survey found. Its filter had these names.
    pub fn found(&self, survey: Survey) -> Self {
        let groups = self.groups.iter().enumerate();
        let found = groups.filter(|(at, _)| *at >= VALUES || survey.seen.matched.contains(at));
        Self {
            groups: found.map(|(_, group)| group.clone()).collect(),
            metrics: survey.seen.metrics,
            dimensions: survey.dimensions.into_keys().collect(),
        }
    }

    /// Adds the names of another answer.
    pub fn merge(&mut self, other: Self) {
        self.metrics.extend(other.metrics);
        self.dimensions.extend(other.dimensions);
        self.groups.extend(other.groups);
    }

    /// Messages on what is asked for here and not returned, each with its likely reason.
    pub fn missing(&self, returned: &Self) -> Vec<(String, String)> {
        let mut messages = Vec::new();
        let by: Vec<&str> = self.dimensions.iter().map(String::as_str).collect();
        let metrics: Vec<&str> = difference(&self.metrics, &returned.metrics);
        if !metrics.is_empty() {
            let reason = match by.is_empty() {
                true => "nothing happened in the interval, or the filter excludes it".to_owned(),
                false => format!(
                    "nothing happened in the interval, or groups by {} do not have it: try fewer or other dimensions in --group-by",
                    by.join(", ")
                ),
            };
            messages.push((
                format!("not in the response: {}", listed(&metrics, SHOWN)),
                reason,
            ));
        }
        let dimensions: Vec<&str> = difference(&self.dimensions, &returned.dimensions);
        if !dimensions.is_empty() {
            let message = format!(
                "no group of the response has {}",
                listed(&dimensions, SHOWN)
            );
            let reason = "these metrics do not have it, as nOffered belongs to a queue and not to a user: use other metrics, or remove it from --group-by";
            messages.push((message, reason.to_owned()));
        }
        for dimension in self.dimensions.intersection(&returned.dimensions) {
            let groups = self.groups.difference(&returned.groups);
            let groups = groups.filter(|(of, _)| of == dimension);
            let values: Vec<&str> = groups.map(|(_, value)| value.as_str()).collect();
            if !values.is_empty() {
                let message = format!(
                    "no group of the response has {dimension} {}",
                    listed(&values, SHOWN)
                );
                let reason = "nothing happened there in the interval, or the client's divisions do not \
                              include it: check the value";
                messages.push((message, reason.to_owned()));
            }
        }
        messages
    }
}

fn difference<'n>(asked: &'n BTreeSet<String>, returned: &'n BTreeSet<String>) -> Vec<&'n str> {
    asked.difference(returned).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_a_body_are_compared_with_those_of_an_answer() {
        let predicate = |dimension, value| json!({"dimension": dimension, "value": value});
        let asked = AnswerNames::asked(&json!({
            "metrics": ["tWait", "nOffered"], "groupBy": ["queueId", "userId"],
            "views": [{"name": "short", "target": "tWait"}],
            "filter": {"clauses": [{"predicates": [predicate("queueId", "q1"), predicate("queueId", "q2")]}],
                "predicates": [predicate("mediaType", "voice")]},
        }));
        assert_eq!(asked.groups.len(), 2);
        assert_eq!(asked.missing(&asked), []);
        let mut returned = asked.clone();
        returned.metrics = ["nOffered".to_owned()].into();
        returned.dimensions.remove("userId");
        returned
            .groups
            .remove(&("queueId".to_owned(), "q2".to_owned()));
        let messages = asked.missing(&returned);
        let messages: Vec<&str> = messages
            .iter()
            .map(|(message, _)| message.as_str())
            .collect();
        assert_eq!(
            messages,
            [
                "not in the response: short, tWait",
                "no group of the response has userId",
                "no group of the response has queueId q2",
            ]
        );
    }
}
