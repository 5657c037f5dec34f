//! Both layouts of the summary dialect.

use crate::document::summary::{Entity, Value, milliseconds};
use crate::json::Node;

use super::long::set;
use super::{Cell, Column, Columns, Layout, Shaping};

/// Calls `row` with the cells of each row of one entity.
pub fn rows<'a>(
    shaping: &'a Shaping,
    columns: &Columns,
    layout: Layout,
    entity: Entity<'a>,
    source: &'a str,
    row: &mut impl FnMut(&[Cell<'a>]),
) {
    if !shaping.filter.entity(entity) {
        return;
    }
    let place = |column| columns.position(&column);
    let mut base = vec![Cell::Absent; columns.list.len()];
    set(&mut base, place(Column::Source), Cell::text(source));
    set(&mut base, place(Column::Id), Cell::of(entity.id()));
    set(
        &mut base,
        place(Column::Division),
        Cell::of(entity.division()),
    );
    set(
        &mut base,
        place(Column::DivisionName),
        Cell::of(entity.division_name()),
    );
    let wanted = entity
        .metrics()
        .filter(|value| shaping.filter.metric(&value.name));
    match layout {
        Layout::Long => {
            for value in wanted.filter(Value::gives_row) {
                let mut cells = base.clone();
                let (figure, unit) = measured(shaping, &value);
                set(&mut cells, place(Column::Value), figure);
                set(&mut cells, place(Column::Unit), unit);
                set(&mut cells, place(Column::Label), Cell::of(value.label()));
                set(&mut cells, place(Column::Metric), Cell::Text(value.name));
                row(&cells);
            }
        }
        Layout::Wide => {
            let mut matched = shaping.filter.metrics.is_empty();
            for value in wanted {
                let value_at = columns.stat(&format!("value {}", value.name));
                if value.gives_row() {
                    matched = true;
                    let (figure, unit) = measured(shaping, &value);
                    set(&mut base, value_at, figure);
                    set(
                        &mut base,
                        columns.stat(&format!("unit {}", value.name)),
                        unit,
                    );
                } else {
                    set(&mut base, value_at, Cell::Null);
                }
            }
            if matched {
                row(&base);
            }
        }
    }
}

/// The value and its unit, converted where a time was asked for in another unit.
fn measured<'a>(shaping: &Shaping, value: &Value<'a>) -> (Cell<'a>, Cell<'a>) {
    let from = || {
        let unit = value.unit().and_then(Node::string)?;
        milliseconds(&unit)
    };
    if let Some(unit) = shaping.durations
        && let Some(from) = from()
    {
        let converted = match value.value().and_then(Node::number) {
            Some(literal) => unit.convert(literal, from),
            None => Some(Cell::of(value.value())),
        };
        if let Some(cell) = converted {
            return (cell, Cell::text(unit.name()));
        }
    }
    (Cell::of(value.value()), Cell::of(value.unit()))
}
