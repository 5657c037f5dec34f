//! The long layout of aggregates: one row a group, bucket and metric or view.

use crate::document::aggregates::Container;
use crate::document::catalog;
use crate::json::Node;

use super::survey::entries_of;
use super::{Cell, Column, Columns, Shaping, Skip, units};

/// Calls `row` with the cells of each row of one container.
pub fn rows<'a>(
    shaping: &'a Shaping,
    columns: &Columns,
    container: Container<'a>,
    skip: Option<&Skip>,
    source: &'a str,
    row: &mut impl FnMut(&[Cell<'a>]),
) {
    if !shaping.filter.group(container) {
        return;
    }
    let place = |column| columns.position(&column);
    let interval = [place(Column::IntervalStart), place(Column::IntervalEnd)];
    let (name_at, view_at) = (place(Column::Metric), place(Column::View));
    let qualifier_at = place(Column::Qualifier);
    let mut base = vec![Cell::Absent; columns.list.len()];
    group(columns, container, source, &mut base);
    for (index, bucket) in container.buckets().enumerate() {
        if skip.is_some_and(|skip| skip.0.contains(&(index as u32)))
            || !shaping.filter.bucket(bucket)
        {
            continue;
        }
        for (at, cell) in interval.iter().zip(shaping.times.cells(bucket.interval())) {
            set(&mut base, *at, cell);
        }
        for (view, metric) in entries_of(bucket.metrics(), bucket.views()) {
            let name = metric.name();
            if !shaping.filter.metric(&name) {
                continue;
            }
            let mut cells = base.clone();
            let timer = view || catalog::is_timer(&name);
            for (stat, value) in metric.stats() {
                if let Some(at) = columns.stat(&stat) {
                    cells[at] = figure(shaping, timer, &stat, value);
                }
            }
            set(&mut cells, qualifier_at, Cell::of(metric.qualifier()));
            set(
                &mut cells,
                if view { view_at } else { name_at },
                Cell::Text(name),
            );
            row(&cells);
        }
    }
}

/// Fills in what all rows of a container share.
pub(super) fn group<'a>(
    columns: &Columns,
    container: Container<'a>,
    source: &'a str,
    cells: &mut [Cell<'a>],
) {
    set(cells, columns.position(&Column::Source), Cell::text(source));
    for (name, value) in container.group() {
        set(cells, columns.dimension(&name), Cell::of(Some(value)));
    }
}

/// Puts a cell where its column is, if the table has it.
pub(super) fn set<'a>(cells: &mut [Cell<'a>], at: Option<usize>, cell: Cell<'a>) {
    if let Some(slot) = at.and_then(|at| cells.get_mut(at)) {
        *slot = cell;
    }
}

/// The cell of one statistic, in the unit that was asked for.
pub(super) fn figure<'a>(shaping: &Shaping, timer: bool, stat: &str, value: Node<'a>) -> Cell<'a> {
    match value.number() {
        Some(literal) => units::figure(shaping.durations, timer, stat, literal),
        None => Cell::of(Some(value)),
    }
}
