//! The contract's tables, made from `serde_json` values one cell at a time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

const FIXED: [&str; 5] = [
    "interval_start",
    "interval_end",
    "metric",
    "view",
    "qualifier",
];
pub const STATS: [&str; 14] = [
    "count",
    "sum",
    "min",
    "max",
    "ratio",
    "numerator",
    "denominator",
    "target",
    "current",
    "p95",
    "p99",
    "countNegative",
    "countPositive",
    "calculatedMetricValue",
];

/// Literals that `serde_json` writes in another way, and numbers that stand for them meanwhile.
const STAND_INS: [(&str, &str); 4] = [
    ("1e400", "880000000000003"),
    ("2e3", "880000000000004"),
    ("2.3790138961E10", "880000000000001"),
    ("1E-7", "880000000000002"),
];

/// A value as it stood in its document.
fn literal(value: &Value) -> String {
    let text = value.to_string();
    STAND_INS
        .iter()
        .find(|(_, stand_in)| *stand_in == text)
        .map_or(text, |(literal, _)| (*literal).to_owned())
}

/// A table: the names of its columns, and rows that have what they have.
pub struct Table {
    /// Key and name.
    columns: Vec<(String, String)>,
    rows: Vec<BTreeMap<String, Value>>,
}

impl Table {
    /// Keeps the columns that have a value, or all where there is no row. A dimension, id or
    /// division may have its value in a group or entity without rows.
    fn present(
        columns: Vec<(String, String)>,
        rows: Vec<BTreeMap<String, Value>>,
        elements: &[Value],
    ) -> Self {
        Self::present_with(columns, rows, elements, &BTreeSet::new())
    }

    /// As `present`, with columns that are kept where all their values are null.
    fn present_with(
        columns: Vec<(String, String)>,
        rows: Vec<BTreeMap<String, Value>>,
        elements: &[Value],
        kept: &BTreeSet<String>,
    ) -> Self {
        let in_groups = |key: &str| {
            elements
                .iter()
                .any(|element| match key.strip_prefix("dim ") {
                    Some(name) => element["group"]
                        .get(name)
                        .is_some_and(|value| !value.is_null()),
                    None if element.get("group").is_some() => false,
                    None => identity(element)
                        .get(key)
                        .is_some_and(|value| !value.is_null()),
                })
        };
        let columns = columns
            .into_iter()
            .filter(|(key, _)| {
                rows.is_empty()
                    || kept.contains(key)
                    || in_groups(key)
                    || rows
                        .iter()
                        .any(|row| row.get(key).is_some_and(|value| !value.is_null()))
            })
            .collect();
        Self { columns, rows }
    }

    pub fn csv(&self) -> Vec<Vec<String>> {
        let mut lines = vec![self.columns.iter().map(|(_, name)| name.clone()).collect()];
        for row in &self.rows {
            lines.push(
                self.columns
                    .iter()
                    .map(|(key, _)| match row.get(key) {
                        None | Some(Value::Null) => String::new(),
                        Some(Value::String(text)) => text.clone(),
                        Some(other) => literal(other),
                    })
                    .collect(),
            );
        }
        lines
    }

    pub fn ndjson(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let members: Vec<String> = self
                .columns
                .iter()
                .filter_map(|(key, name)| {
                    let value = literal(row.get(key)?);
                    Some(format!("{}:{value}", Value::from(name.as_str())))
                })
                .collect();
            text.push_str(&format!("{{{}}}\n", members.join(",")));
        }
        text
    }
}

/// The elements of all documents of all files.
pub fn elements(files: &[String], key: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for file in files {
        let mut text = file.trim_start_matches('\u{feff}').to_owned();
        for (literal, stand_in) in STAND_INS {
            text = text.replace(literal, stand_in);
        }
        for document in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
            collect(&document.expect("JSON"), key, &mut found);
        }
    }
    found
}

fn collect(document: &Value, key: &str, found: &mut Vec<Value>) {
    match document {
        Value::Array(pages) => pages.iter().for_each(|page| collect(page, key, found)),
        Value::String(inner) => collect(&serde_json::from_str(inner).expect("JSON"), key, found),
        Value::Object(members) => match (members.get("body"), members.get(key)) {
            (Some(body), _) => collect(body, key, found),
            (None, Some(Value::Array(elements))) => found.extend(elements.iter().cloned()),
            _ => {}
        },
        _ => {}
    }
}

fn list<'v>(value: &'v Value, key: &str) -> Vec<&'v Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(|list| list.iter().collect())
        .unwrap_or_default()
}

fn statistics(entry: &Value) -> Vec<(String, Value)> {
    let Some(stats) = entry.get("stats").and_then(Value::as_object) else {
        return Vec::new();
    };
    stats
        .iter()
        .filter(|(_, value)| !value.is_object() && !value.is_array())
        .map(|(name, value)| {
            let name = if name == "count_negative" {
                "countNegative"
            } else {
                name.as_str()
            };
            (name.to_owned(), value.clone())
        })
        .collect()
}

/// The cells that all rows of a bucket share: dimensions under `dim NAME`.
fn shared(container: &Value, bucket: &Value) -> BTreeMap<String, Value> {
    let mut row = BTreeMap::new();
    for (name, value) in container["group"].as_object().expect("a group") {
        row.insert(format!("dim {name}"), value.clone());
    }
    match bucket.get("interval") {
        None => {}
        Some(Value::String(interval)) => {
            let (start, end) = interval.split_once('/').expect("a slash");
            row.insert("interval_start".into(), start.into());
            row.insert("interval_end".into(), end.into());
        }
        Some(other) => {
            row.insert("interval_start".into(), other.clone());
            row.insert("interval_end".into(), other.clone());
        }
    }
    row
}

/// The columns of the dimensions, which give way to the names taken.
fn dimensions(containers: &[Value], taken: &BTreeSet<String>) -> Vec<(String, String)> {
    let names: BTreeSet<&String> = containers
        .iter()
        .flat_map(|container| container["group"].as_object().expect("a group").keys())
        .collect();
    let mut taken = taken.clone();
    names
        .into_iter()
        .map(|name| {
            let mut column = name.clone();
            while taken.contains(&column) {
                column = format!("group_{column}");
            }
            taken.insert(column.clone());
            (format!("dim {name}"), column)
        })
        .collect()
}

pub fn long(containers: &[Value]) -> Table {
    let mut rows = Vec::new();
    let mut later = BTreeSet::new();
    for container in containers {
        for bucket in list(container, "data") {
            for (entries, name, column) in
                [("metrics", "metric", "metric"), ("views", "name", "view")]
            {
                for entry in list(bucket, entries) {
                    let mut row = shared(container, bucket);
                    row.insert(column.to_owned(), entry[name].clone());
                    if let Some(qualifier) = entry.get("qualifier") {
                        row.insert("qualifier".into(), qualifier.clone());
                    }
                    for (stat, value) in statistics(entry) {
                        if !STATS.contains(&stat.as_str()) {
                            later.insert(stat.clone());
                        }
                        row.insert(format!("stat {stat}"), value);
                    }
                    rows.push(row);
                }
            }
        }
    }
    let mut taken: BTreeSet<String> = FIXED
        .iter()
        .chain(&STATS)
        .map(|name| (*name).to_owned())
        .collect();
    taken.extend(later.iter().cloned());
    let mut columns = dimensions(containers, &taken);
    columns.extend(FIXED.map(|name| (name.to_owned(), name.to_owned())));
    columns.extend(
        STATS
            .iter()
            .map(|stat| (*stat).to_owned())
            .chain(later)
            .map(|stat| (format!("stat {stat}"), stat)),
    );
    Table::present(columns, rows, containers)
}

pub fn wide(containers: &[Value]) -> Table {
    let mut rows = Vec::new();
    // View, name, qualifier, place of the statistic, statistic.
    let mut figures = BTreeSet::new();
    for container in containers {
        for bucket in list(container, "data") {
            let mut row = shared(container, bucket);
            for (entries, name, view) in [("metrics", "metric", false), ("views", "name", true)] {
                for entry in list(bucket, entries) {
                    let qualifier = entry
                        .get("qualifier")
                        .and_then(Value::as_str)
                        .unwrap_or_default();
                    for (stat, value) in statistics(entry) {
                        let place = STATS
                            .iter()
                            .position(|known| *known == stat)
                            .unwrap_or(STATS.len());
                        let figure = (
                            view,
                            entry[name].as_str().expect("a name").to_owned(),
                            qualifier.to_owned(),
                            place,
                            stat,
                        );
                        row.insert(format!("figure {figure:?}"), value);
                        figures.insert(figure);
                    }
                }
            }
            rows.push(row);
        }
    }
    let mut taken: BTreeSet<String> = ["interval_start", "interval_end"].map(str::to_owned).into();
    let mut rest: Vec<(String, String)> = ["interval_start", "interval_end"]
        .map(|name| (name.to_owned(), name.to_owned()))
        .into();
    for figure in figures {
        let (view, name, qualifier, _, stat) = &figure;
        let mut column = match qualifier.as_str() {
            "" => format!("{name}_{stat}"),
            qualifier => format!("{name}_{qualifier}_{stat}"),
        };
        if *view && taken.contains(&column) {
            column = format!("view_{column}");
        }
        let plain = column.clone();
        let mut number = 2;
        while !taken.insert(column.clone()) {
            column = format!("{plain}_{number}");
            number += 1;
        }
        rest.push((format!("figure {figure:?}"), column));
    }
    let mut columns = dimensions(containers, &taken);
    columns.extend(rest);
    Table::present(columns, rows, containers)
}

fn identity(entity: &Value) -> BTreeMap<String, Value> {
    let mut row = BTreeMap::from([("id".to_owned(), entity["id"].clone())]);
    match entity.get("division") {
        None => {}
        Some(Value::Object(division)) => {
            row.insert("division".into(), division["id"].clone());
            if let Some(name) = division.get("name") {
                row.insert("division_name".into(), name.clone());
            }
        }
        Some(other) => {
            row.insert("division".into(), other.clone());
        }
    }
    row
}

fn named(names: &[&str]) -> Vec<(String, String)> {
    names
        .iter()
        .map(|name| ((*name).to_owned(), (*name).to_owned()))
        .collect()
}

/// `division_name` is a column only where some entity has one.
fn head(entities: &[Value]) -> Vec<(String, String)> {
    if entities
        .iter()
        .any(|entity| entity["division"].get("name").is_some())
    {
        named(&["id", "division", "division_name"])
    } else {
        named(&["id", "division"])
    }
}

pub fn summary_long(entities: &[Value]) -> Table {
    let mut rows = Vec::new();
    for entity in entities {
        for (name, metric) in entity["metrics"].as_object().expect("metrics") {
            if metric.is_null() {
                continue;
            }
            let mut row = identity(entity);
            row.insert("metric".into(), name.as_str().into());
            for key in ["value", "unit", "label"] {
                if let Some(value) = metric.get(key) {
                    row.insert(key.into(), value.clone());
                }
            }
            rows.push(row);
        }
    }
    let mut columns = head(entities);
    columns.extend(named(&["metric", "value", "unit", "label"]));
    let kept = BTreeSet::from(["value".to_owned()]);
    Table::present_with(columns, rows, entities, &kept)
}

pub fn summary_wide(entities: &[Value]) -> Table {
    let mut rows = Vec::new();
    let mut names = BTreeSet::new();
    // A metric whose value is null keeps its column; one that is itself null does not.
    let mut kept = BTreeSet::new();
    for entity in entities {
        let mut row = identity(entity);
        for (name, metric) in entity["metrics"].as_object().expect("metrics") {
            names.insert(name.clone());
            if !metric.is_null() {
                kept.insert(format!("{name}_value"));
            }
            row.insert(format!("{name}_value"), metric["value"].clone());
            if !metric.is_null()
                && let Some(unit) = metric.get("unit")
            {
                row.insert(format!("{name}_unit"), unit.clone());
            }
        }
        rows.push(row);
    }
    let mut columns = head(entities);
    for name in names {
        for part in ["value", "unit"] {
            let column = format!("{name}_{part}");
            columns.push((column.clone(), column));
        }
    }
    Table::present_with(columns, rows, entities, &kept)
}
