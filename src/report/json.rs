//! A report as JSON, for programs.
//!
//! Figures have the units of the columns of `--kpi`: counts as numbers, shares as ratios of 0 to 1,
//! times as milliseconds. An absent value is null.

use std::io::{self, Write};

use chrono::SecondsFormat;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::diagnostic::carry;
use crate::json::number::Decimal;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::{NoValue, Quotient};
use crate::model::stat::Unmerged;

use super::model::Model;
use super::model::cell::Cell;
use super::model::earlier::Alignment;
use super::model::matrix::{DAYS, Matrix};
use super::model::measure::{HandleParts, Measure};
use super::model::rows::{Row, RowTable};
use super::model::series::Series;
use super::{EntitySummary, lines, words};

/// Decimals of times, and of all other figures.
const TIME: u32 = 3;
const OTHERS: u32 = 6;

/// The members of a report but its rows.
#[derive(Serialize)]
struct Head<'m> {
    #[serde(flatten)]
    first: Value,
    entities: &'m [EntitySummary],
    #[serde(flatten)]
    rest: Value,
}

/// Writes a number with the digits of the input, or null.
pub fn literal<S: Serializer>(literal: &str, out: S) -> Result<S::Ok, S::Error> {
    let number: Option<&RawValue> = serde_json::from_str(literal).ok();
    number.serialize(out)
}

/// Writes the report as one JSON object.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write(model: &Model, out: &mut dyn Write) -> io::Result<()> {
    let covered = model.covered();
    let figures: Vec<Value> = model.measures.iter().map(measure).collect();
    let others = model.other_metrics();
    let others = others.iter().map(|cells| {
        let pairs = words::OTHER.iter().zip(cells);
        let pairs = pairs.map(|(name, cell)| (name.to_lowercase(), json!(cell)));
        Value::Object(pairs.collect())
    });
    let first = json!({
        "time": model.wanted.now.to_rfc3339_opts(SecondsFormat::Secs, true),
        "timezone": model.wanted.zone.name(),
        "covered": covered.map(|(start, end)| json!({"from": start, "until": end})),
        "compared": model.earlier.as_ref().and_then(|it| it.alignment.as_ref()).map(compared),
        "groups": model.group_count(),
        "figures": figures,
        "totals": cells(model.headline.iter().map(|(measure, cell)| (measure, cell))),
        "handle_time": model.parts.map(parts),
        "series": model.series.as_ref().map(series),
        "by_weekday_and_hour": model.matrix.as_ref().map(matrix),
        "media_types": media_types(model),
        "distributions": distributions(model),
        "other_metrics": others.collect::<Vec<_>>(),
    });
    let rest = json!({
        "queries": model.queries(),
        "tables": tables(model),
        "notes": model.notes_of_totals(),
        "findings": findings(model),
        "sources": sources(model),
    });
    let head = Head {
        first,
        entities: model.entities(),
        rest,
    };
    // Rows are written one by one: there may be millions.
    let head = carry::pretty(&head);
    let head = head.strip_suffix("\n}\n").unwrap_or(&head);
    write!(out, "{head},\n  \"rows\": [")?;
    let tables: Vec<RowTable<'_>> = model.tables().collect();
    let all = tables.iter().enumerate();
    let rows = all.flat_map(|(at, table)| table.rows().map(move |row| (at, *table, row)));
    for (index, (at, table, row)) in rows.enumerate() {
        let comma = if index > 0 { "," } else { "" };
        write!(out, "{comma}\n    ")?;
        let mut row = self::row(model, table, &row);
        if model.report.queries.len() > 1 {
            // Rows of different queries are not to be added.
            row["query"] = json!(table.query());
        }
        if tables.len() > 1 {
            row["table"] = json!(at);
        }
        carry::json(out, &row)?;
    }
    writeln!(out, "\n  ]\n}}")
}

/// The compared period, and the days that both periods have.
fn compared(alignment: &Alignment) -> Value {
    let (from, until) = alignment.before;
    json!({
        "from": from.to_string(),
        "until": until.to_string(),
        "days_later": alignment.shift,
        "common_days": alignment.common.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
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

/// A result rounded half to even, to as many decimals as its unit has.
pub fn rounded(unit: FigureUnit, value: Quotient) -> Option<Decimal> {
    let places = if unit == FigureUnit::Time {
        TIME
    } else {
        OTHERS
    };
    value.rounded(1, places)
}

/// A result as a number; null where there is none.
fn number(unit: FigureUnit, value: Option<Quotient>) -> Value {
    let rounded = value.and_then(|value| rounded(unit, value));
    rounded.map_or(Value::Null, decimal)
}

fn decimal(value: Decimal) -> Value {
    serde_json::from_str(&value.to_string()).unwrap_or(Value::Null)
}

fn cells<'c>(all: impl Iterator<Item = (&'c Measure, &'c Cell)>) -> Value {
    let members = all.map(|(measure, cell)| {
        let unit = measure.unit();
        let mut value = Map::new();
        let shown = number(unit, cell.value);
        let too_large = NoValue::Unmerged(Unmerged::TooLarge);
        let lost = (shown.is_null() && cell.value.is_some()).then_some(too_large);
        value.insert("value".to_owned(), shown);
        if let Some(why) = cell.why.or(lost).filter(|why| *why != NoValue::Absent) {
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
            let on_common_days = number(unit, change.now);
            if change.absolute.is_some() && Some(&on_common_days) != value.get("value") {
                value.insert("value_on_common_days".to_owned(), on_common_days);
            }
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

fn series(series: &Series) -> Value {
    let time =
        |time: chrono::DateTime<chrono::Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let points = series.points.iter().map(|point| {
        let values = series.measures.iter().zip(&point.cells);
        let values = values.map(|(measure, cell)| {
            let value = number(measure.unit(), cell.value);
            (measure.id(), value)
        });
        let earlier = series.measures.iter().zip(&point.cells);
        let earlier = earlier.filter_map(|(measure, cell)| {
            let change = cell.change?;
            Some((measure.id(), number(measure.unit(), change.before)))
        });
        let earlier: Map<String, Value> = earlier.collect();
        let mut json = json!({
            "start": time(point.start),
            "end": time(point.end),
            "local_start": point.label,
            "incomplete": point.is_incomplete,
            "missing": point.is_missing,
            "figures": values.collect::<Map<_, _>>(),
            "handle_time": point.parts.talk.map(|_| parts(point.parts)),
        });
        let partial = point.partial.as_ref();
        let part = partial.map(|it| [it.from, it.until]);
        let ends = ["data_from", "data_until"].into_iter();
        for (name, end) in ends.zip(part.into_iter().flatten()) {
            if let Some((instant, _)) = end {
                json[name] = json!(time(instant));
            }
        }
        if let Some(partial) = partial.filter(|it| !it.without.is_empty()) {
            let without = partial.without.iter();
            let without = without
                .map(|[(start, _), (end, _)]| json!({"start": time(*start), "end": time(*end)}));
            json["without"] = without.collect();
        }
        if !earlier.is_empty() {
            json["before"] = Value::Object(earlier);
        }
        json
    });
    json!({"period": series.period, "points": points.collect::<Vec<_>>()})
}

fn matrix(matrix: &Matrix) -> Value {
    let unit = matrix.measure.unit();
    let rows = DAYS.iter().zip(&matrix.cells).zip(matrix.days);
    let rows = rows.map(|((day, cells), days)| {
        let hours = cells.iter().map(|cell| number(unit, *cell));
        json!({"weekday": day, "days": days, "hours": hours.collect::<Vec<_>>()})
    });
    json!({
        "figure": matrix.measure.id(),
        "meaning": match unit {
            FigureUnit::Count => "average per day",
            _ => "of the hour",
        },
        "rows": rows.collect::<Vec<_>>(),
    })
}

/// The figures of each media type, by day and by weekday and hour.
fn media_types(model: &Model) -> Vec<Value> {
    let all = model.media.iter().map(|it| {
        let hours = it.hours.iter().map(matrix);
        json!({
            "media_type": it.media,
            "totals": cells(it.headline.iter().map(|(measure, cell)| (measure, cell))),
            "handle_time": it.parts.talk.map(|_| parts(it.parts)),
            "queues_with_target": it.targets.map(|it| it.all),
            "queues_that_meet_target": it.targets.map(|it| it.met),
            "days": it.days.as_ref().map(series),
            "by_weekday_and_hour": hours.collect::<Vec<_>>(),
        })
    });
    all.collect()
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

/// The totals of the rows of each table.
fn tables(model: &Model) -> Vec<Value> {
    let tables = model.tables().map(|table| {
        let totals = table.totals();
        let totals = totals.iter().map(|row| {
            json!({
                "names": lines::names(model, table, row),
                "figures": cells(table.measures().iter().zip(&row.cells)),
                "handle_time": row.parts.talk.map(|_| parts(row.parts)),
            })
        });
        json!({
            "title": lines::sheet_title(table),
            "query": table.query(),
            "dimensions": table.dimensions(),
            "totals": totals.collect::<Vec<_>>(),
        })
    });
    tables.collect()
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
        "handle_time": row.parts.talk.map(|_| parts(row.parts)),
    })
}
