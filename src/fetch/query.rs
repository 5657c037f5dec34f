//! The body of a query, from options or from a file, and whether its family knows its words.

use serde_json::{Map, Value, json};

use crate::diagnostic::words::listed;
use crate::model::catalog::family::{self, Family};
use crate::model::catalog::{misnomer, named, nearest};

use super::interval::Interval;
use crate::error::Error;

/// What the options ask, beside the time.
#[derive(Debug, Clone, Default)]
pub struct QueryOptions {
    pub metrics: Vec<String>,
    pub group_by: Vec<String>,
    pub granularity: Option<String>,
    pub timezone: Option<String>,
    pub filter: Option<Value>,
}

/// The metrics of conversations that are asked for where none are named.
const USUAL: [&str; 5] = [
    "tAcw",
    "tHeldComplete",
    "tTalkComplete",
    "tWait",
    "nConversations",
];
/// The same in the words of the tutorial.
const USUAL_SUMMARY: [&str; 5] = [
    "wrapupTime",
    "holdTime",
    "talkTime",
    "waitTime",
    "conversationCount",
];

/// Builds the body of a query without its interval. `base` is the user's own body, which the
/// options override.
pub fn body(
    family: &Family,
    base: Option<Map<String, Value>>,
    wanted: &QueryOptions,
) -> Map<String, Value> {
    let from_file = base.is_some();
    let mut body = base.unwrap_or_default();
    let mut set = |key: &str, value: Value| {
        body.insert(key.to_owned(), value);
    };
    if let Some(granularity) = &wanted.granularity {
        set("granularity", json!(granularity));
    }
    // The tutorial's endpoint knows no zone: its interval is all that a zone decides.
    if let Some(timezone) = wanted.timezone.as_ref().filter(|_| !family.is_summary()) {
        set("timeZone", json!(timezone));
    }
    if !wanted.group_by.is_empty() {
        let names = wanted.group_by.iter().map(|name| dimension(family, name));
        set("groupBy", json!(names.collect::<Vec<&str>>()));
    }
    if let Some(filter) = &wanted.filter {
        set("filter", filter.clone());
    }
    if !wanted.metrics.is_empty() {
        let mut metrics: Vec<&str> = Vec::new();
        for name in wanted.metrics.iter().flat_map(|name| meant(family, name)) {
            if !metrics.contains(&name) {
                metrics.push(name);
            }
        }
        set("metrics", json!(metrics));
    } else if !from_file {
        set("metrics", json!(usual(family)));
    }
    body
}

fn usual(family: &Family) -> Vec<&'static str> {
    if family.is_summary() {
        USUAL_SUMMARY.into()
    } else if family.name == "conversations" {
        USUAL.into()
    } else {
        family.metrics()
    }
}

/// The metrics behind the name of a metric or figure, whatever its case; every other name is what it
/// is.
fn meant<'n>(family: &Family, name: &'n str) -> Vec<&'n str> {
    let known = family.metrics();
    if family.is_summary() || known.contains(&name) || misnomer(name).is_some() {
        return vec![name];
    }
    let mut metrics = named::metrics(name);
    metrics.retain(|metric| known.contains(metric));
    if metrics.is_empty() {
        vec![name]
    } else {
        metrics
    }
}

/// The dimension that people call so.
fn dimension<'n>(family: &Family, name: &'n str) -> &'n str {
    let known = family.dimensions();
    if family.is_summary() || known.contains(&name) {
        return name;
    }
    let mut meant = named::dimensions(name).into_iter();
    meant.find(|it| known.contains(it)).unwrap_or(name)
}

/// Sets the time that a body asks for, first, where people look for it.
pub fn at(body: &Map<String, Value>, family: &Family, interval: &Interval) -> Value {
    let text = interval.text();
    let mut all = Map::new();
    if family.is_summary() {
        let (start, end) = text.split_once('/').unwrap_or_default();
        let mut filter = Map::new();
        filter.insert("dateRange".to_owned(), json!({"start": start, "end": end}));
        if let Some(Value::Object(more)) = body.get("filter") {
            filter.extend(
                more.clone()
                    .into_iter()
                    .filter(|(key, _)| key != "dateRange"),
            );
        }
        all.insert("filter".to_owned(), Value::Object(filter));
    } else {
        all.insert("interval".to_owned(), json!(text));
    }
    for (key, value) in body {
        if !all.contains_key(key) {
            all.insert(key.clone(), value.clone());
        }
    }
    Value::Object(all)
}

/// Returns true if the family has the metrics and dimensions of a body.
///
/// # Errors
/// The first name that the family does not have, with the nearest that it has.
pub fn check(family: &Family, body: &Map<String, Value>) -> Result<(), Error> {
    if family.is_summary() {
        return Ok(());
    }
    let metrics = family.metrics();
    for name in strings(body.get("metrics")) {
        if !metrics.contains(&name) {
            return Err(no_metric(family, name, &metrics));
        }
    }
    let dimensions = family.dimensions();
    let mut asked = strings(body.get("groupBy"));
    if let Some(filter) = body.get("filter") {
        asked.extend(filtered(filter));
    }
    for name in asked {
        if !dimensions.contains(&name) {
            let refusal = Error::usage(format!(
                "the {} family has no dimension `{name}`",
                family.name
            ));
            return Err(
                refusal.help(help(nearest(name, dimensions.iter().copied()), || {
                    format!("it has {}", listed(&dimensions, SHOWN))
                })),
            );
        }
    }
    Ok(())
}

fn no_metric(family: &Family, name: &str, metrics: &[&str]) -> Error {
    let refusal = Error::usage(format!("the {} family has no metric `{name}`", family.name));
    let homes = family::homes_of_metric(name);
    if let Some(home) = homes.first() {
        return refusal.help(format!("it is one of --family {home}{IN_SPITE}"));
    }
    if let Some(misnomer) = misnomer(name).filter(|it| metrics.contains(&it.metric)) {
        let metric = misnomer.metric;
        return refusal.help(match misnomer.is_exact() {
            true => format!(
                "this figure is the `{}` of {metric}: use --metric {metric}",
                misnomer.stat
            ),
            false => misnomer.explanation(),
        });
    }
    refusal.help(help(nearest(name, metrics.iter().copied()), || {
        format!("it has {}", listed(metrics, SHOWN))
    }))
}

/// How many names a help lists.
const SHOWN: usize = 12;

const IN_SPITE: &str = "; --no-check sends the query anyway";

fn help(near: Option<&str>, otherwise: impl FnOnce() -> String) -> String {
    let words = near.map_or_else(otherwise, |near| format!("did you mean {near}?"));
    format!("{}{IN_SPITE}", words.trim_end_matches('?'))
}

/// What a document is that the API sends, and that is no body of a query.
pub fn answer(document: &Value) -> Option<&'static str> {
    let first = document.as_array().and_then(|list| list.first());
    let first = first.unwrap_or(document);
    let has = |key: &str| first.get(key).is_some();
    match first {
        _ if has("results") || has("entities") || (has("group") && has("data")) => {
            Some("a response")
        }
        _ if has("message") && (has("status") || has("code")) => Some("an error of the API"),
        _ if has("jobId") || (has("state") && has("submissionDate")) => Some("the state of a job"),
        _ if has("requests") && has("sha256") => Some("a manifest of gcagg"),
        _ => None,
    }
}

/// The strings of an array.
fn strings(value: Option<&Value>) -> Vec<&str> {
    let array = value.and_then(Value::as_array);
    array
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The dimensions that a filter names, at any depth.
fn filtered(filter: &Value) -> Vec<&str> {
    let mut names = Vec::new();
    for predicate in filter["predicates"].as_array().into_iter().flatten() {
        names.extend(predicate["dimension"].as_str());
    }
    for clause in filter["clauses"].as_array().into_iter().flatten() {
        names.extend(filtered(clause));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, wanted: &QueryOptions) -> Map<String, Value> {
        body(family::find(name).unwrap(), None, wanted)
    }

    #[test]
    fn friendly_names_become_metrics() {
        let wanted = QueryOptions {
            metrics: vec!["talkTime".into(), "nOffered".into()],
            ..QueryOptions::default()
        };
        assert_eq!(
            of("conversations", &wanted)["metrics"],
            json!(["tTalkComplete", "nOffered"])
        );
        assert_eq!(
            of("summary", &wanted)["metrics"],
            json!(["talkTime", "nOffered"])
        );
        let none = QueryOptions::default();
        assert_eq!(of("conversations", &none)["metrics"], json!(USUAL));
        assert_eq!(of("actions", &none)["metrics"], json!(["tTotalExecution"]));
    }

    #[test]
    fn options_override_a_body() {
        let base = json!({"metrics": ["tWait"], "groupBy": ["queueId"], "limit": 3});
        let Value::Object(base) = base else { panic!() };
        let wanted = QueryOptions {
            group_by: vec!["userId".into()],
            ..QueryOptions::default()
        };
        let body = body(family::find("conversations").unwrap(), Some(base), &wanted);
        assert_eq!(
            Value::Object(body),
            json!({"metrics": ["tWait"], "groupBy": ["userId"], "limit": 3})
        );
    }

    #[test]
    fn wrong_names_are_refused_with_the_right_ones() {
        let says = |name: &str, metric: &str, dimension: &str| {
            let wanted = QueryOptions {
                metrics: vec![metric.into()],
                group_by: vec![dimension.into()],
                ..QueryOptions::default()
            };
            let refusal = check(family::find(name).unwrap(), &of(name, &wanted)).unwrap_err();
            format!("{}; {}", refusal, refusal.suggestion().unwrap())
        };
        assert!(says("conversations", "tHandel", "queueId").contains("did you mean tHandle;"));
        assert!(says("conversations", "nAnswered", "queueId").contains("`count` of tAnswered"));
        assert!(says("users", "tHandle", "userId").contains("--family conversations"));
        assert!(says("users", "tSystemPresence", "queueId").contains("it has userId;"));
        assert!(says("conversations", "tWait", "queueid").contains("did you mean queueId;"));
    }

    #[test]
    fn dimensions_are_found_at_any_depth() {
        let filter = json!({"type": "and", "clauses": [{"predicates": [{"dimension": "a"}]}],
            "predicates": [{"dimension": "b"}]});
        assert_eq!(filtered(&filter), ["b", "a"]);
    }
}
