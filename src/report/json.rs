//! A report as JSON, for programs.
//!
//! Figures have the units of the columns of `--kpi`: counts as numbers, shares as ratios of 0 to 1,
//! times as milliseconds. What is absent is null.

use std::io::{self, Write};

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use crate::diagnostic::carry;
use crate::json::number::Decimal;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::{NoValue, Quotient};

use super::model::Model;
use super::model::cell::Cell;
use super::model::matrix::DAYS;
use super::model::measure::{HandleParts, Measure};
use super::model::rows::{Row, RowTable};
use super::{lines, words};

/// Decimals of times, and of all other figures.
const TIME: u32 = 3;
const OTHERS: u32 = 6;

/// Writes the report as one JSON object.
///
/// # Errors
/// Those of `out`.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let covered = model.covered();
    let figures: Vec<Value> = model.measures.iter().map(measure).collect();
    let entities = model.entities().iter().map(|entity| {
        let lines = entity.lines.iter();
        let metrics: Vec<Value> = lines
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        json!({"title": entity.title, "metrics": metrics})
    });
    let others = model.other_metrics();
    let others = others.iter().map(|cells| {
        let pairs = words::OTHER.iter().zip(cells);
        let pairs = pairs.map(|(name, cell)| (name.to_lowercase(), json!(cell)));
        Value::Object(pairs.collect())
    });
    let head = json!({
        "time": model.wanted.now.to_rfc3339_opts(SecondsFormat::Secs, true),
        "timezone": model.wanted.zone.name(),
        "covered": covered.map(|(start, end)| json!({"from": start, "until": end})),
        "groups": model.group_count(),
        "figures": figures,
        "totals": cells(model.headline.iter().map(|(measure, cell)| (measure, cell))),
        "handle_time": model.parts.map(parts),
        "series": series(model),
        "by_weekday_and_hour": matrix(model),
        "distributions": distributions(model),
        "other_metrics": others.collect::<Vec<_>>(),
        "entities": entities.collect::<Vec<_>>(),
        "queries": model.queries(),
        "notes": model.notes,
        "findings": findings(model),
        "sources": sources(model),
    });
    // Rows are written one by one: there may be millions.
    let head = carry::pretty(&head);
    let head = head.strip_suffix("\n}\n").unwrap_or(&head);
    write!(out, "{head},\n  \"rows\": [")?;
    let tables = model.tables();
    let rows = tables.flat_map(|table| table.rows().map(move |row| (table, row)));
    for (index, (table, row)) in rows.enumerate() {
        let comma = if index > 0 { "," } else { "" };
        write!(out, "{comma}\n    ")?;
        let mut row = self::row(model, table, &row);
        if model.report.queries.len() > 1 {
            // Rows of different queries are not to be added.
            row["query"] = json!(table.query());
        }
        carry::json(out, &row)?;
    }
    writeln!(out, "\n  ]\n}}")
}

fn measure(measure: &Measure) -> Value {
    json!({
        "id": measure.id(),
        "name": measure.label(),
        "unit": match measure.unit() {
            FigureUnit::Count => "count",
            FigureUnit::Share => "ratio",
            FigureUnit::Time => "ms",
            FigureUnit::Points => "points",
        },
        "formula": measure.formula(),
    })
}

/// A result as a number, rounded half to even; null where there is none.
fn number(unit: FigureUnit, value: Option<Quotient>) -> Value {
    let places = if unit == FigureUnit::Time {
        TIME
    } else {
        OTHERS
    };
    let rounded = value.and_then(|value| value.rounded(1, places));
    rounded.map_or(Value::Null, decimal)
}

fn decimal(value: Decimal) -> Value {
    serde_json::from_str(&value.to_string()).unwrap_or(Value::Null)
}

fn cells<'c>(all: impl Iterator<Item = (&'c Measure, &'c Cell)>) -> Value {
    let members = all.map(|(measure, cell)| {
        let unit = measure.unit();
        let mut value = Map::new();
        value.insert("value".to_owned(), number(unit, cell.value));
        if let Some(why) = cell.why.filter(|why| *why != NoValue::Absent) {
            value.insert("reason".to_owned(), json!(words::reason(why)));
        }
        if let Some(target) = cell.target {
            let target = number(FigureUnit::Share, Some(target));
            value.insert("target".to_owned(), target);
            value.insert("meets_target".to_owned(), json!(cell.meets_target()));
        }
        if let Some(change) = &cell.change {
            let optional = |value: Option<Decimal>| value.map_or(Value::Null, decimal);
            value.insert("before".to_owned(), number(unit, change.before));
            value.insert("change".to_owned(), optional(change.absolute));
            value.insert("relative_change".to_owned(), optional(change.relative));
            if let Some(crossed) = change.crossed {
                value.insert("target_now_met".to_owned(), json!(crossed));
            }
        }
        (measure.id(), Value::Object(value))
    });
    Value::Object(members.collect())
}

fn parts(parts: HandleParts) -> Value {
    let number = |value| number(FigureUnit::Time, value);
    json!({
        "talk": number(parts.talk),
        "hold": number(parts.hold),
        "wrap_up": number(parts.wrap_up),
        "other": number(parts.other),
    })
}

fn series(model: &Model) -> Value {
    let Some(series) = &model.series else {
        return Value::Null;
    };
    let time =
        |time: chrono::DateTime<chrono::Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let points = series.points.iter().map(|point| {
        let values = series.measures.iter().zip(&point.cells);
        let values = values.map(|(measure, cell)| {
            let value = number(measure.unit(), cell.value);
            (measure.id(), value)
        });
        json!({
            "start": time(point.start),
            "end": time(point.end),
            "local_start": point.label,
            "incomplete": point.is_incomplete,
            "missing": point.is_missing,
            "figures": values.collect::<Map<_, _>>(),
            "handle_time": point.parts.talk.map(|_| parts(point.parts)),
        })
    });
    json!({"period": series.period, "points": points.collect::<Vec<_>>()})
}

fn matrix(model: &Model) -> Value {
    let Some(matrix) = &model.matrix else {
        return Value::Null;
    };
    let rows = DAYS.iter().zip(&matrix.cells).zip(matrix.days);
    let rows = rows.map(|((day, cells), days)| {
        let hours = cells.iter().map(|cell| number(FigureUnit::Count, *cell));
        json!({"weekday": day, "days": days, "hours": hours.collect::<Vec<_>>()})
    });
    json!({
        "figure": matrix.measure.id(),
        "meaning": "average per day",
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn distributions(model: &Model) -> Vec<Value> {
    let all = model.distributions.iter().map(|it| {
        let shares = it.shares.iter().map(|share| {
            json!({
                "name": share.name,
                "value": number(it.unit, Some(share.value)),
                "percent": share.percent.map_or(Value::Null, decimal),
            })
        });
        json!({
            "title": it.title,
            "of": it.measure,
            "shares": shares.collect::<Vec<_>>(),
        })
    });
    all.collect()
}

fn findings(model: &Model) -> Vec<Value> {
    let all = model.about.findings.iter().map(|it| {
        json!({
            "severity": it.severity.word(),
            "code": it.code,
            "name": it.name,
            "message": it.message,
            "help": it.help,
            "count": it.count,
            "places": it.places,
        })
    });
    all.collect()
}

fn sources(model: &Model) -> Vec<Value> {
    let all = model.about.sources.iter().map(|it| {
        json!({
            "name": it.name,
            "documents": it.documents,
            "rows": it.rows,
            "compared": it.is_compared,
        })
    });
    all.collect()
}

fn row(model: &Model, table: RowTable<'_>, row: &Row) -> Value {
    let dimensions = table.dimensions().iter().enumerate();
    let group: Map<String, Value> = match table.is_sparse() {
        true => {
            let names = row.names.iter();
            let names = names.filter_map(|(place, value)| {
                Some((table.dimensions().get(*place)?.clone(), json!(value)))
            });
            names.collect()
        }
        false => dimensions
            .map(|(place, name)| (name.clone(), json!(row.value(place))))
            .collect(),
    };
    json!({
        "group": group,
        "name": lines::name(model, table, row, None),
        "others": row.others,
        "buckets": row.buckets,
        "figures": cells(table.measures().iter().zip(&row.cells)),
    })
}
