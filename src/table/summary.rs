//! Both layouts of the summary dialect.

use crate::model::time::milliseconds;
use crate::record::Scalar;
use crate::record::entity::{EntityView, Value};

use super::origin::{ElementOrigin, InputOrigin};
use super::{Cell, ColumnCell, ColumnContent, Columns, Layout, RowCells, TableSpec};

/// Calls `row` with the cells of each row of one entity.
pub fn rows<'a>(
    spec: &'a TableSpec,
    columns: &Columns,
    view: EntityView<'a>,
    (source, origin): (InputOrigin<'a>, &ElementOrigin),
    row: &mut impl FnMut(&[ColumnCell<'a>]),
) {
    if !spec.filter.entity(view) {
        return;
    }
    let place = |column| columns.position(&column);
    let cell = |scalar| Cell::of_scalar(scalar, |slice| view.str(slice));
    let mut base = RowCells::default();
    for (column, value) in [
        (ColumnContent::Source, Cell::text(source.name)),
        (
            ColumnContent::SourceHash,
            source.sha256.map_or(Cell::Absent, Cell::text),
        ),
        (ColumnContent::LoadedAt, spec.times.utc(&spec.loaded_at)),
        (ColumnContent::Id, cell(view.entity.id)),
        (ColumnContent::Division, cell(view.entity.division)),
        (ColumnContent::DivisionName, cell(view.entity.division_name)),
    ] {
        base.put(place(column), value);
    }
    let wanted = view
        .values()
        .iter()
        .filter(|value| spec.filter.metric(view.str(value.name)));
    match spec.layout {
        Layout::Long => {
            let places = [
                ColumnContent::Value,
                ColumnContent::Unit,
                ColumnContent::Label,
                ColumnContent::Metric,
                ColumnContent::Pointer,
            ]
            .map(place);
            let mut cells = RowCells::default();
            for value in wanted.filter(|value| value.gives_row()) {
                cells.clear();
                cells.extend(base.in_order());
                let (figure, unit) = measured(spec, view, value);
                let name = Cell::text(view.str(value.name));
                let pointer = match places {
                    [.., Some(_)] => Cell::Text(origin.metric(view.str(value.name)).into()),
                    _ => Cell::Absent,
                };
                let own = [figure, unit, cell(value.label), name, pointer];
                for (place, cell) in places.into_iter().zip(own) {
                    cells.put(place, cell);
                }
                row(cells.in_order());
            }
        }
        Layout::Wide => {
            let pointer = Cell::Text(origin.pointer.clone().into());
            base.put(place(ColumnContent::Pointer), pointer);
            let mut matched = spec.filter.metrics.is_empty();
            for value in wanted {
                let name = view.str(value.name);
                let value_at = columns.stat(&format!("value {name}"));
                if value.gives_row() {
                    matched = true;
                    let (figure, unit) = measured(spec, view, value);
                    base.put(value_at, figure);
                    base.put(columns.stat(&format!("unit {name}")), unit);
                } else {
                    base.put(value_at, Cell::Null);
                }
            }
            if matched {
                row(base.in_order());
            }
        }
    }
}

/// The value and its unit, converted where a time was asked for in another unit.
pub(super) fn measured<'a>(
    spec: &TableSpec,
    view: EntityView<'a>,
    value: &Value,
) -> (Cell<'a>, Cell<'a>) {
    let cell = |scalar| Cell::of_scalar(scalar, |slice| view.str(slice));
    if let Some(unit) = spec.durations
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
