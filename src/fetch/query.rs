//! The body of a query, from options or from a file, and whether its family knows its words.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use indexmap::IndexSet;
use serde_json::{Value, json};

use crate::diagnostic::words::listed;
use crate::model::catalog::family::{self, Family};
use crate::model::catalog::{misnomer, named};

use super::filter::{self, Predicate};
use super::interval::Interval;
use crate::error::Error;
use crate::model::period::{PERIODS, Period};

/// A query of aggregates, each part as `gcagg fetch` takes it.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Query")]
pub struct Query {
    /// Family of aggregates to query
    #[arg(long, value_name = "FAMILY", value_parser = families(), default_value = "conversations")]
    pub family: String,
    /// Period back from now (24h, 7d, PT12H), or today, yesterday, this-week, last-week,
    /// this-month, last-month, last-7-days (complete days, until midnight) [default: 24h]
    #[arg(
        long,
        value_name = "TIME",
        conflicts_with = "interval",
        allow_hyphen_values = true
    )]
    pub last: Option<String>,
    /// Interval to query: 2026-03-02/2026-03-03, times with or without offset, a time and a period
    /// (2026-03-02/1d), or words (yesterday/today, last-week)
    #[arg(long, value_name = "START/END")]
    pub interval: Option<String>,
    /// IANA time zone for --last, --interval, --split and the buckets of the API
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Metrics to query; talkTime, holdTime, wrapupTime, waitTime and conversationCount work too
    /// [default: tAcw, tHeldComplete, tTalkComplete, tWait, nConversations; of other families, all]
    #[arg(long = "metric", value_name = "NAME,...", value_delimiter = ',')]
    pub metrics: Vec<String>,
    /// Dimensions to group by
    #[arg(long, value_name = "DIM,...", value_delimiter = ',')]
    pub group_by: Vec<String>,
    /// Length of the buckets, such as 30m, 1d or PT30M [default: the complete interval]
    #[arg(long, value_name = "PERIOD")]
    pub granularity: Option<String>,
    /// Filter: DIM=VALUE,VALUE, DIM=@FILE (one value per line), DIM=* (has a value), DIM!=* (has
    /// none); repeatable, and all conditions apply
    #[arg(long = "where", visible_alias = "filter", value_name = "DIM=VALUE")]
    pub conditions: Vec<String>,
    /// File with the request body as JSON; other options override it; - for standard input
    #[arg(long = "query", value_name = "FILE")]
    pub body: Option<PathBuf>,
    /// Send metrics and dimensions that are not in the catalogue of this family
    #[arg(long = "no-check")]
    pub is_unchecked: bool,
    /// Split the interval into requests on local boundaries: 6h, 1d, 1w, 1mo or an ISO period
    #[arg(long, value_name = "PERIOD", help_heading = "Large queries")]
    pub split: Option<String>,
    /// Use asynchronous jobs, for queries that are too large for one response
    #[arg(long = "async", help_heading = "Large queries")]
    pub is_async: bool,
}

/// The families that can be fetched, each with another name that it has, if any.
fn families() -> PossibleValuesParser {
    let fetched = family::all().iter().filter(|family| family.fetch);
    PossibleValuesParser::new(fetched.map(|family| {
        // The tables of the catalogue say `conversation`; `summary` is taken by the tutorial's.
        let is_free = family::find(family.key).is_none() && !family.is_summary();
        let alias = is_free.then_some(family.key);
        alias
            .into_iter()
            .fold(PossibleValue::new(family.name), PossibleValue::alias)
    }))
}

/// The metrics of conversations that are asked for where none are named.
const USUAL: &str = "tAcw tHeldComplete tTalkComplete tWait nConversations";
/// The same in the words of the tutorial.
const USUAL_SUMMARY: &str = "wrapupTime holdTime talkTime waitTime conversationCount";

impl Query {
    /// Its family.
    pub(super) fn family(&self) -> Result<&'static Family, Error> {
        let named = |is: &dyn Fn(&Family) -> bool| family::all().iter().find(|it| is(it));
        named(&|it| it.name.eq_ignore_ascii_case(&self.family))
            .or_else(|| named(&|it| it.key.eq_ignore_ascii_case(&self.family)))
            .ok_or_else(|| Error::usage(format!("--family {}: no family", self.family)))
    }

    /// Builds the body without its interval from the user's own body, or null. The options override
    /// it.
    pub(super) fn body(&self, family: &Family, base: Value) -> Result<Value, Error> {
        let from_file = !base.is_null();
        let mut body = base;
        if let Some((period, text)) = period("--granularity", self.granularity.as_deref())? {
            // In ISO-8601, and as it was typed where it was typed so.
            let upper = text.to_uppercase();
            let is_iso = upper.starts_with('P');
            body["granularity"] = json!(if is_iso { upper } else { period.to_iso() });
        }
        // The tutorial's endpoint knows no zone: its interval is all that a zone decides.
        if let Some(timezone) = self.timezone.as_ref().filter(|_| !family.is_summary()) {
            body["timeZone"] = json!(timezone);
        }
        let group_by = trimmed(&self.group_by).map(|name| dimension(family, name));
        let group_by: Vec<&str> = group_by.collect();
        if !group_by.is_empty() {
            body["groupBy"] = json!(group_by);
        }
        let parsed = self.conditions.iter();
        let parsed = parsed.map(|text| {
            let mut predicate = Predicate::parse(text, &read_values)?;
            predicate.dimension = dimension(family, &predicate.dimension).to_owned();
            Ok(predicate)
        });
        match parsed.collect::<Result<Vec<_>, Error>>()?.as_slice() {
            [] => {}
            all if family.is_summary() => body["filter"] = filter::flat(all)?,
            all => body["filter"] = filter::filter(all),
        }
        let metrics = trimmed(&self.metrics).flat_map(|name| meant(family, name));
        let metrics: IndexSet<&str> = metrics.collect();
        if !metrics.is_empty() {
            body["metrics"] = metrics.into_iter().collect();
        } else if !from_file {
            body["metrics"] = json!(usual(family));
        }
        Ok(body)
    }
}

/// The period of an option, and its text.
pub fn period<'t>(option: &str, text: Option<&'t str>) -> Result<Option<(Period, &'t str)>, Error> {
    let Some(text) = text else { return Ok(None) };
    let period = Period::parse(text)
        .ok_or_else(|| Error::usage(format!("{option} {text}: unknown period")).help(PERIODS))?;
    Ok(Some((period, text)))
}

fn trimmed(names: &[String]) -> impl Iterator<Item = &str> {
    let names = names.iter().map(|name| name.trim());
    names.filter(|name| !name.is_empty())
}

fn read_values(path: &str) -> Result<String, Error> {
    std::fs::read_to_string(path)
        .map_err(|error| Error::usage(format!("--where …=@{path}: {error}")))
}

fn usual(family: &Family) -> Vec<&'static str> {
    match family.name {
        "summary" => USUAL_SUMMARY.split(' ').collect(),
        "conversations" => USUAL.split(' ').collect(),
        _ => family.metrics(),
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
pub fn at(mut body: Value, family: &Family, interval: &Interval) -> Value {
    let text = interval.text();
    if !family.is_summary() {
        put_first(&mut body, "interval", json!(text));
        return body;
    }
    let mut filter = body["filter"].take();
    let (start, end) = text.split_once('/').unwrap_or_default();
    put_first(
        &mut filter,
        "dateRange",
        json!({"start": start, "end": end}),
    );
    put_first(&mut body, "filter", filter);
    body
}

/// Sets a member of an object, as its first one.
fn put_first(object: &mut Value, key: &str, value: Value) {
    let members = object.as_object_mut().map(std::mem::take);
    let mut members = members.unwrap_or_default();
    members.shift_insert(0, key.to_owned(), value);
    *object = Value::Object(members);
}

/// Refuses metrics and dimensions of a body that its family does not have.
pub fn check(family: &Family, body: &Value) -> Result<(), Error> {
    if family.is_summary() {
        return Ok(());
    }
    let (metrics, dimensions) = (family.metrics(), family.dimensions());
    let mut names = strings(body, "metrics");
    if let Some(name) = names.find(|name| !metrics.contains(name)) {
        return Err(no_metric(family, name, &metrics));
    }
    let filtered = filter::predicates(&body["filter"]).into_iter();
    let filtered = filtered.filter_map(|predicate| predicate["dimension"].as_str());
    let mut names = strings(body, "groupBy").chain(filtered);
    match names.find(|name| !dimensions.contains(name)) {
        Some(name) => Err(no_name(family, "dimension", name).help(near(name, &dimensions))),
        None => Ok(()),
    }
}

fn no_name(family: &Family, kind: &str, name: &str) -> Error {
    Error::usage(format!("the {} family has no {kind} `{name}`", family.name))
}

fn no_metric(family: &Family, name: &str, metrics: &[&str]) -> Error {
    let misnomer = misnomer(name).filter(|it| metrics.contains(&it.metric));
    let help = match (family::homes_of_metric(name).first(), misnomer) {
        (Some(home), _) => format!("it is one of --family {home}{IN_SPITE}"),
        (None, Some(it)) if it.is_exact() => {
            let (stat, metric) = (it.stat, it.metric);
            format!("this figure is the `{stat}` of {metric}: use --metric {metric}")
        }
        (None, Some(it)) => it.explanation(),
        (None, None) => near(name, metrics),
    };
    no_name(family, "metric", name).help(help)
}

/// Number of names that a help lists.
const SHOWN: usize = 12;

const IN_SPITE: &str = "; --no-check sends the query anyway";

/// The advice for a name that none of these is: the nearest one, or all.
fn near(name: &str, known: &[&str]) -> String {
    match named::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean {near}{IN_SPITE}"),
        None => format!("it has {}{IN_SPITE}", listed(known, SHOWN)),
    }
}

/// The strings of an array of a body.
pub fn strings<'b>(body: &'b Value, key: &str) -> impl Iterator<Item = &'b str> {
    let array = body[key].as_array().into_iter();
    array.flatten().filter_map(Value::as_str)
}

/// The name of a document of the API that is no body of a query.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, wanted: &Query) -> Value {
        wanted
            .body(family::find(name).unwrap(), Value::Null)
            .unwrap()
    }

    #[test]
    fn friendly_names_become_metrics() {
        let wanted = Query {
            metrics: vec!["talkTime".into(), "nOffered".into()],
            ..Query::default()
        };
        assert_eq!(
            of("conversations", &wanted)["metrics"],
            json!(["tTalkComplete", "nOffered"])
        );
        assert_eq!(
            of("summary", &wanted)["metrics"],
            json!(["talkTime", "nOffered"])
        );
        let none = Query::default();
        assert_eq!(
            of("conversations", &none)["metrics"],
            json!(usual(family::find("conversations").unwrap()))
        );
        assert_eq!(of("actions", &none)["metrics"], json!(["tTotalExecution"]));
    }

    #[test]
    fn options_override_a_body() {
        let base = json!({"metrics": ["tWait"], "groupBy": ["queueId"], "limit": 3});
        let wanted = Query {
            group_by: vec!["userId".into()],
            ..Query::default()
        };
        let family = family::find("conversations").unwrap();
        let body = wanted.body(family, base).unwrap();
        assert_eq!(
            body,
            json!({"metrics": ["tWait"], "groupBy": ["userId"], "limit": 3})
        );
    }

    #[test]
    fn wrong_names_are_refused_with_the_right_ones() {
        let says = |name: &str, metric: &str, dimension: &str| {
            let wanted = Query {
                metrics: vec![metric.into()],
                group_by: vec![dimension.into()],
                ..Query::default()
            };
            let refusal = check(family::find(name).unwrap(), &of(name, &wanted)).unwrap_err();
            format!("{}; {}", refusal, refusal.suggestion().unwrap())
        };
        assert!(says("conversations", "tHandel", "queueId").contains("did you mean tHandle;"));
        assert!(says("conversations", "nAnswered", "queueId").contains("`count` of tAnswered"));
        assert!(says("users", "tHandle", "userId").contains("--family conversations"));
        assert!(says("users", "tSystemPresence", "queueId").contains("it has userId;"));
        assert!(says("conversations", "tWait", "queuId").contains("did you mean queueId;"));
    }
}
