//! `--where` as the API's own filter.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Value, json};

use crate::error::Error;

/// The condition that one `--where` sets for a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predicate {
    pub dimension: String,
    /// `matches`, `exists` or `notExists`, as the API calls it.
    pub operator: &'static str,
    /// One of these, where values are to match.
    pub values: Vec<String>,
}

const FORMS: &str = "write DIM=VALUE, DIM=VALUE,VALUE, DIM=@FILE (one value per line), DIM=* (has any) \
                     or DIM!=* (has none)";

impl Predicate {
    /// Reads one `--where`; `read` gives the text of a file.
    pub fn parse(text: &str, read: &dyn Fn(&str) -> Result<String, Error>) -> Result<Self, Error> {
        let refused = |why: &str| Error::usage(format!("--where {text}: {why}"));
        if let Some(dimension) = text.trim().strip_suffix(" exists") {
            return Ok(match dimension.trim().strip_suffix(" not") {
                Some(dimension) => Self::of(dimension, "notExists", Vec::new()),
                None => Self::of(dimension, "exists", Vec::new()),
            });
        }
        let (dimension, value) = text
            .split_once('=')
            .ok_or_else(|| refused("there is no `=`").help(FORMS))?;
        match (dimension.strip_suffix('!'), value.trim()) {
            (Some(dimension), "*") => return Ok(Self::of(dimension, "notExists", Vec::new())),
            (None, "*") => return Ok(Self::of(dimension, "exists", Vec::new())),
            (Some(_), _) => {
                return Err(
                    refused("aggregates queries cannot express \"not equal\"").help(
                        "the API only has matches, exists and notExists: list the values to keep (DIM=VALUE,VALUE), or group by the dimension and filter the rows",
                    ),
                );
            }
            (None, _) => {}
        }
        let mut values: Vec<String> = match value.strip_prefix('@') {
            Some(path) => {
                let text = read(path)?;
                let mut cells = text.lines().map(first_cell).peekable();
                cells.next_if(|head| head == "id" || head == dimension.trim());
                cells.collect()
            }
            None => value.split(',').map(|one| one.trim().to_owned()).collect(),
        };
        values.retain(|one| !one.is_empty());
        if values.is_empty() || dimension.trim().is_empty() {
            return Err(refused("a dimension and a value are needed").help(FORMS));
        }
        Ok(Self::of(dimension, "matches", values))
    }

    fn of(dimension: &str, operator: &'static str, values: Vec<String>) -> Self {
        Self {
            dimension: dimension.trim().to_owned(),
            operator,
            values,
        }
    }
}

/// The first cell of a line, so that a list of ids and names serves as well.
fn first_cell(line: &str) -> String {
    let cell = line.split([',', ';', '\t']).next().unwrap_or_default();
    cell.trim_matches(|char: char| char == '"' || char == '\u{feff}' || char.is_whitespace())
        .to_owned()
}

/// The filter of a body: all conditions hold, and of several values of a dimension one does.
pub fn filter(conditions: &[Predicate]) -> Value {
    // A user named twice in two batches would count twice.
    let mut merged: IndexMap<&str, IndexSet<&str>> = IndexMap::new();
    let mut predicates = Vec::new();
    let predicate = |dimension: &str, operator: &str| json!({"type": "dimension", "dimension": dimension, "operator": operator});
    for condition in conditions {
        let dimension = condition.dimension.as_str();
        match condition.values.is_empty() {
            true => predicates.push(predicate(dimension, condition.operator)),
            false => {
                let values = condition.values.iter().map(String::as_str);
                merged.entry(dimension).or_default().extend(values);
            }
        }
    }
    let mut clauses = Vec::new();
    for (dimension, values) in merged {
        let mut any = values.into_iter().map(|value| {
            let mut matches = predicate(dimension, "matches");
            matches["value"] = json!(value);
            matches
        });
        match any.len() {
            1 => predicates.extend(any.next()),
            _ => clauses.push(json!({"type": "or", "predicates": any.collect::<Vec<_>>()})),
        }
    }
    let mut filter = json!({"type": "and"});
    for (key, list) in [("clauses", clauses), ("predicates", predicates)] {
        if !list.is_empty() {
            filter[key] = Value::Array(list);
        }
    }
    filter
}

/// The predicates of a filter, at any depth.
pub fn predicates(filter: &Value) -> Vec<&Value> {
    let list = |key: &str| filter[key].as_array().into_iter().flatten();
    let inner = list("clauses").flat_map(predicates);
    list("predicates").chain(inner).collect()
}

/// The filter of the tutorial's summary: a key a dimension.
pub fn flat(conditions: &[Predicate]) -> Result<Value, Error> {
    let mut filter = serde_json::Map::new();
    for condition in conditions {
        let value = match condition.values.as_slice() {
            [] => {
                return Err(Error::usage(format!(
                    "the summary family cannot ask whether {} exists",
                    condition.dimension
                ))
                .help("name a value: --where conversationType=voice"));
            }
            [value] => json!(value),
            values => json!(values),
        };
        filter.insert(condition.dimension.clone(), value);
    }
    Ok(Value::Object(filter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Predicate, Error> {
        Predicate::parse(text, &|path| Ok(format!("id,name\n{path}\n\n\"u2\",Two\n")))
    }

    #[test]
    fn reads_every_form() {
        let values = |text: &str| parsed(text).unwrap().values;
        assert_eq!(values("mediaType=voice"), ["voice"]);
        assert_eq!(values("mediaType=voice, chat"), ["voice", "chat"]);
        assert_eq!(values("userId=@users.csv"), ["users.csv", "u2"]);
        assert_eq!(parsed("userId=*").unwrap().operator, "exists");
        assert_eq!(parsed("userId exists").unwrap().operator, "exists");
        assert_eq!(parsed("userId not exists").unwrap().operator, "notExists");
        assert_eq!(parsed("userId!=*").unwrap().operator, "notExists");
        for wrong in ["", "userId", "=voice", "userId=", "userId=,"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
        let refusal = parsed("mediaType!=voice").unwrap_err();
        assert!(refusal.suggestion().unwrap().contains("notExists"));
    }

    #[test]
    fn values_of_one_dimension_are_alternatives() {
        let all: Vec<Predicate> = [
            "mediaType=voice",
            "queueId=a,b,a",
            "mediaType=chat",
            "userId=*",
        ]
        .map(|text| parsed(text).unwrap())
        .into();
        let filter = filter(&all);
        assert_eq!(filter["type"], "and");
        assert_eq!(filter["clauses"].as_array().unwrap().len(), 2);
        assert_eq!(filter["clauses"][0]["predicates"][1]["value"], "chat");
        assert_eq!(
            filter["clauses"][1]["predicates"].as_array().unwrap().len(),
            2
        );
        assert_eq!(filter["predicates"][0]["operator"], "exists");
    }

    #[test]
    fn predicates_are_found_at_any_depth() {
        let filter = json!({"type": "and", "clauses": [{"predicates": [{"dimension": "a"}]}],
            "predicates": [{"dimension": "b"}]});
        let names = predicates(&filter).into_iter().map(|it| &it["dimension"]);
        assert_eq!(names.collect::<Vec<_>>(), ["b", "a"]);
    }
}
