//! The wide layout of aggregates: one row a group and bucket.

use crate::document::aggregates::Container;
use crate::document::catalog;
use crate::json::Node;

use super::long::{figure, group, set};
use super::survey::entries_of;
use super::{Cell, Column, Columns, Shaping, Skip};

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
    let interval =
        [Column::IntervalStart, Column::IntervalEnd].map(|column| columns.position(&column));
    let mut base = vec![Cell::Absent; columns.list.len()];
    group(columns, container, source, &mut base);
    let mut key = String::new();
    for (index, bucket) in container.buckets().enumerate() {
        if skip.is_some_and(|skip| skip.0.contains(&(index as u32)))
            || !shaping.filter.bucket(bucket)
        {
            continue;
        }
        let mut cells = base.clone();
        for (at, cell) in interval.iter().zip(shaping.times.cells(bucket.interval())) {
            set(&mut cells, *at, cell);
        }
        let mut matched = shaping.filter.metrics.is_empty();
        for (view, metric) in entries_of(bucket.metrics(), bucket.views()) {
            let name = metric.name();
            if !shaping.filter.metric(&name) {
                continue;
            }
            matched = true;
            let qualifier = metric
                .qualifier()
                .and_then(Node::string)
                .unwrap_or_default();
            let timer = view || catalog::is_timer(&name);
            for (stat, value) in metric.stats() {
                if let Some(at) = columns.figure(&mut key, view, &name, &qualifier, &stat) {
                    cells[at] = figure(shaping, timer, &stat, value);
                }
            }
        }
        if matched {
            row(&cells);
        }
    }
}
