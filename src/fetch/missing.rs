//! Metrics and groups that a query asked for and the answer does not have.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostic::words::listed;
use crate::table::filter::{Condition, MetricPattern};
use crate::table::{Filter, Survey};

use super::filter;
use super::query::strings;

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
        let own = |name: &str| name.to_owned();
        let views = body["views"].as_array().into_iter().flatten();
        let views = views.filter_map(|view| view["name"].as_str());
        let dimensions: BTreeSet<String> = strings(body, "groupBy").map(own).collect();
        let groups = filter::predicates(&body["filter"]).into_iter();
        let groups = groups.filter_map(|predicate| {
            let dimension = predicate["dimension"].as_str()?;
            let value = predicate["value"].as_str()?;
            dimensions
                .contains(dimension)
                .then(|| (own(dimension), own(value)))
        });
        Self {
            metrics: strings(body, "metrics").chain(views).map(own).collect(),
            groups: groups.collect(),
            dimensions,
        }
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
        let mut say = |message: &str, names: Vec<&String>, reason: &str| {
            if !names.is_empty() {
                let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
                let names = listed(&names, SHOWN);
                messages.push((format!("{message} {names}"), reason.to_owned()));
            }
        };
        let by: Vec<&str> = self.dimensions.iter().map(String::as_str).collect();
        let reason = match by.join(", ") {
            by if by.is_empty() => {
                "nothing happened in the interval, or the filter excludes it".to_owned()
            }
            by => format!(
                "nothing happened in the interval, or groups by {by} do not have it: try fewer or other dimensions in --group-by"
            ),
        };
        let metrics = self.metrics.difference(&returned.metrics);
        say("not in the response:", metrics.collect(), &reason);
        let dimensions = self.dimensions.difference(&returned.dimensions);
        say(
            "no group of the response has",
            dimensions.collect(),
            OTHER_METRICS,
        );
        for dimension in self.dimensions.intersection(&returned.dimensions) {
            let groups = self.groups.difference(&returned.groups);
            let values = groups
                .filter(|(of, _)| of == dimension)
                .map(|(_, value)| value);
            let message = format!("no group of the response has {dimension}");
            say(&message, values.collect(), OTHER_VALUE);
        }
        messages
    }
}

const OTHER_METRICS: &str = "these metrics do not have it, as nOffered belongs to a queue and not to a user: use other metrics, or remove it from --group-by";
const OTHER_VALUE: &str = "nothing happened there in the interval, or the client's divisions do not include it: check the value";

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
