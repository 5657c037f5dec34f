//! Both layouts of the summary dialect.

use crate::document::summary::milliseconds;
use crate::record::Scalar;
use crate::record::entity::{EntityView, Value};

use super::{Cell, Column, Columns, Layout, Shaping};

/// Calls `row` with the cells of each row of one entity.
pub fn rows<'a>(
    shaping: &'a Shaping,
    columns: &Columns,
    view: EntityView<'a>,
    source: &'a str,
    row: &mut impl FnMut(&[Cell<'a>]),
) {
    if !shaping.filter.entity(view) {
        return;
    }
    let place = |column| columns.position(&column);
    let cell = |scalar| Cell::of_scalar(scalar, |slice| view.str(slice));
    let mut base = vec![Cell::Absent; columns.list.len()];
    for (column, value) in [
        (Column::Source, Cell::text(source)),
        (Column::Id, cell(view.entity.id)),
        (Column::Division, cell(view.entity.division)),
        (Column::DivisionName, cell(view.entity.division_name)),
    ] {
        put(&mut base, place(column), value);
    }
    let wanted = view
        .values()
        .iter()
        .filter(|value| shaping.filter.metric(view.str(value.name)));
    match shaping.layout {
        Layout::Long => {
            for value in wanted.filter(|value| value.gives_row()) {
                let mut cells = base.clone();
                let (figure, unit) = measured(shaping, view, value);
                let name = Cell::text(view.str(value.name));
                for (column, value) in [
                    (Column::Value, figure),
                    (Column::Unit, unit),
                    (Column::Label, cell(value.label)),
                    (Column::Metric, name),
                ] {
                    put(&mut cells, place(column), value);
                }
                row(&cells);
            }
        }
        Layout::Wide => {
            let mut matched = shaping.filter.metrics.is_empty();
            for value in wanted {
                let name = view.str(value.name);
                let value_at = columns.stat(&format!("value {name}"));
                if value.gives_row() {
                    matched = true;
                    let (figure, unit) = measured(shaping, view, value);
                    put(&mut base, value_at, figure);
                    put(&mut base, columns.stat(&format!("unit {name}")), unit);
                } else {
                    put(&mut base, value_at, Cell::Null);
                }
            }
            if matched {
                row(&base);
            }
        }
    }
}

/// The value and its unit, converted where a time was asked for in another unit.
fn measured<'a>(shaping: &Shaping, view: EntityView<'a>, value: &Value) -> (Cell<'a>, Cell<'a>) {
    let cell = |scalar| Cell::of_scalar(scalar, |slice| view.str(slice));
    if let Some(unit) = shaping.durations
        && let Some(from) = view.text(value.unit).and_then(milliseconds)
    {
        let converted = match value.value {
            Scalar::Number(literal) => unit.convert(view.str(literal), from),
            other => Some(cell(other)),
        };
        if let Some(cell) = converted {
            return (cell, Cell::text(unit.name()));
        }
    }
    (cell(value.value), cell(value.unit))
}

fn put<'a>(cells: &mut [Cell<'a>], at: Option<usize>, cell: Cell<'a>) {
    if let Some(slot) = at.and_then(|at| cells.get_mut(at)) {
        *slot = cell;
    }
}
