//! The requests of a run, each with the name that its answer is saved under.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::model::Dialect;
use crate::model::catalog::family::Family;

use super::interval::Interval;
use super::query::{self, Query};
use super::users;
use crate::error::Error;
use crate::model::zone;
use crate::write::digest::hex;

/// One request to come.
#[derive(Debug, Clone)]
pub struct Request {
    #[doc(hidden)]
    pub family: &'static Family,
    #[doc(hidden)]
    pub interval: Interval,
    /// The body.
    pub body: Value,
    /// The name of its file, without a folder.
    pub name: String,
    /// True if the jobs API is used.
    pub job: bool,
}

/// Works out the requests. `base` is the body that the user wrote, or null.
pub fn plan(query: &Query, base: Value, now: DateTime<Utc>) -> Result<Vec<Request>, Error> {
    let family = query.family()?;
    let zone = zone(query, &base)?;
    let interval = interval(query, &base, zone, now);
    let body = query.body(family, base)?;
    let split = query::period("--split", query.split.as_deref())?;
    if query.is_async && !family.jobs {
        return Err(Error::usage(format!(
            "the {} family has no asynchronous jobs",
            family.name
        ))
        .help("remove --async; --split P1D makes smaller queries"));
    }
    let interval = interval?;
    if !query.is_unchecked {
        query::check(family, &body)?;
    }
    let parts = match split {
        Some((period, _)) => interval.split(period, zone)?,
        None => vec![interval],
    };
    let bodies = users::batches(family, body)?;
    let bodies = |interval| bodies.iter().map(move |body| (interval, body.clone()));
    let requests = parts.into_iter().flat_map(bodies).map(|(interval, body)| {
        let body = query::at(body, family, &interval);
        Request {
            family,
            interval,
            name: name(family, &interval, &body),
            body,
            job: query.is_async,
        }
    });
    Ok(requests.collect())
}

/// The zone of local days: the option's, else the body's, else UTC.
fn zone(query: &Query, base: &Value) -> Result<Tz, Error> {
    if let Some(name) = &query.timezone {
        return zone::named(name);
    }
    match base["timeZone"].as_str() {
        None => Ok(Tz::UTC),
        Some(name) => name.parse().map_err(|_| {
            Error::usage(format!(
                "`timeZone` of the query is not an IANA time zone: {name}"
            ))
            .help("write a name such as Europe/Berlin")
        }),
    }
}

fn interval(query: &Query, base: &Value, zone: Tz, now: DateTime<Utc>) -> Result<Interval, Error> {
    if let Some(word) = &query.last {
        return Interval::last(word, now, zone);
    }
    match query.interval.clone().or_else(|| own_interval(base)) {
        Some(text) => Interval::parse(&text, now, zone),
        None => Interval::last("24h", now, zone),
    }
}

/// The time that a body already asks for: of aggregates, or of the tutorial's summary.
fn own_interval(body: &Value) -> Option<String> {
    if let Some(text) = body["interval"].as_str() {
        return Some(text.to_owned());
    }
    let range = &body["filter"]["dateRange"];
    Some(format!(
        "{}/{}",
        range["start"].as_str()?,
        range["end"].as_str()?
    ))
}

/// `conversations_20260302T000000Z_20260303T000000Z_1a2b3c4d5e6f.json`: the same query has the
/// same name, and names sort by time.
fn name(family: &Family, interval: &Interval, body: &Value) -> String {
    let compact = |time: DateTime<Utc>| time.format("%Y%m%dT%H%M%SZ").to_string();
    let digest = hex(&Sha256::digest(format!("{}\n{body}", family.path)));
    format!(
        "{}_{}_{}_{}.json",
        family.name,
        compact(interval.start),
        compact(interval.end),
        &digest[..12]
    )
}

impl Request {
    /// Returns true if the answer is a summary.
    pub fn is_summary(&self) -> bool {
        self.family.is_summary()
    }

    /// The dialect of the answer.
    pub(super) fn dialect(&self) -> Dialect {
        match self.is_summary() {
            true => Dialect::Summary,
            false => Dialect::Aggregates,
        }
    }

    /// The path that the request is sent to.
    pub fn path(&self) -> String {
        if self.job {
            let stem = self.family.path.strip_suffix("/query");
            format!("{}/jobs", stem.unwrap_or(self.family.path))
        } else {
            self.family.path.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(name: &str) -> Query {
        Query {
            family: name.into(),
            interval: Some("2026-03-28/2026-03-31".into()),
            timezone: Some("Europe/Berlin".into()),
            split: Some("P1D".into()),
            ..Query::default()
        }
    }

    fn plan(query: Query) -> Result<Vec<Request>, Error> {
        super::plan(&query, Value::Null, Utc::now())
    }

    #[test]
    fn a_part_is_a_request_with_a_name_of_its_own() {
        let requests = plan(ask("conversations")).unwrap();
        let names: Vec<&str> = requests.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names.len(), 3);
        assert!(names[1].starts_with("conversations_20260328T230000Z_20260329T220000Z_"));
        assert!(names.is_sorted());
        let again = plan(ask("conversations")).unwrap();
        assert_eq!(again[2].name, requests[2].name);
        assert_eq!(
            requests[0].path(),
            "/api/v2/analytics/conversations/aggregates/query"
        );
        let other = Query {
            is_async: true,
            ..ask("conversations")
        };
        let job = plan(other).unwrap();
        assert_eq!(
            job[0].path(),
            "/api/v2/analytics/conversations/aggregates/jobs"
        );
        assert_eq!(job[0].name, requests[0].name, "the answer is the same");
    }

    #[test]
    fn what_a_family_lacks_is_refused() {
        let asked = Query {
            is_async: true,
            ..ask("ratelimits")
        };
        assert!(plan(asked).is_err());
        let base = serde_json::json!({"timeZone": "Mars/Base"});
        let asked = Query {
            timezone: None,
            ..ask("conversations")
        };
        assert!(
            super::plan(&asked, base, Utc::now())
                .unwrap_err()
                .to_string()
                .contains("Mars/Base")
        );
    }

    #[test]
    fn the_summary_has_the_body_of_the_tutorial() {
        let asked = Query {
            split: None,
            ..ask("summary")
        };
        let requests = plan(asked).unwrap();
        assert_eq!(
            requests[0].body,
            serde_json::json!({
                "filter": {"dateRange": {
                    "start": "2026-03-27T23:00:00.000Z", "end": "2026-03-30T22:00:00.000Z"}},
                "metrics": ["wrapupTime", "holdTime", "talkTime", "waitTime", "conversationCount"]
            })
        );
    }
}
