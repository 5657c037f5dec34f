//! Both layouts of the summary dialect.

use crate::record::entity::EntityView;

use super::parts::measured;
use super::writer::Writer;
use super::{Cell, ColumnCell, Layout, RowCells, RowSink};

impl<'w> Writer<'w> {
    /// Writes the rows of one entity. Returns their number.
    pub(super) fn entity<'a>(&mut self, view: EntityView<'a>, out: &mut dyn RowSink) -> u64
    where
        'w: 'a,
    {
        if !self.spec.filter.entity(view) {
            return 0;
        }
        let mut base = RowCells::default();
        self.input_cells(&mut base);
        let own = [
            view.entity.id,
            view.entity.division,
            view.entity.division_name,
        ];
        for (at, scalar) in self.places.entity.iter().zip(own) {
            base.put(*at, Cell::of_scalar(scalar, |slice| view.str(slice)));
        }
        match self.spec.layout {
            Layout::Long => self.values(view, base.in_order(), out),
            Layout::Wide => self.values_in_row(view, base, out),
        }
    }

    /// Writes a row for each metric of an entity, whose own cells are `common`.
    fn values<'a>(
        &mut self,
        view: EntityView<'a>,
        common: &[ColumnCell<'a>],
        out: &mut dyn RowSink,
    ) -> u64
    where
        'w: 'a,
    {
        let places = &self.places;
        let [value_at, unit_at, label_at] = places.value;
        let width = self.columns.leading();
        let split = common.partition_point(|(at, _)| *at < width);
        let (shared, rest) = common.split_at(split);
        out.shared(width, shared);
        let has_templates =
            self.columns.is_led() && self.spec.durations.is_none() && places.pointer.is_none();
        let mut cells = RowCells::default();
        let mut rows = 0;
        for value in view.values().iter().filter(|value| value.gives_row()) {
            let name = view.str(value.name);
            if !self.spec.filter.metric(name) {
                continue;
            }
            rows += 1;
            let number = value.number();
            let figures = number.as_slice();
            if let Some(template) = self.value_templates.get(value.template) {
                out.templated(template, view.source(), figures);
                continue;
            }
            cells.clear();
            cells.extend(rest);
            let (figure, unit) = measured(self.spec, view, value);
            let label = Cell::of_scalar(value.label, |slice| view.str(slice));
            cells.put(unit_at, unit);
            cells.put(label_at, label);
            cells.put(places.names[0], Cell::text(name));
            if places.pointer.is_some() {
                cells.put(places.pointer, Cell::Text(self.origin.metric(name).into()));
            }
            if number.is_none() {
                cells.put(value_at, figure.clone());
            }
            let slot = value_at.filter(|_| number.is_some());
            let slot = slot.map(|at| (at, 0));
            let template = self.value_templates.ask(value.template, || {
                has_templates.then(|| out.template(cells.in_order(), slot.as_slice()))?
            });
            if let Some(template) = template {
                out.templated(template, view.source(), figures);
                continue;
            }
            if number.is_some() {
                cells.put(value_at, figure);
            }
            out.row(cells.in_order());
        }
        rows
    }

    fn values_in_row<'a>(
        &self,
        view: EntityView<'a>,
        mut row: RowCells<'a>,
        out: &mut dyn RowSink,
    ) -> u64
    where
        'w: 'a,
    {
        let pointer = Cell::Text(self.origin.pointer.clone().into());
        row.put(self.places.pointer, pointer);
        let mut matched = self.spec.filter.metrics.is_empty();
        for value in view.values() {
            let name = view.str(value.name);
            if !self.spec.filter.metric(name) {
                continue;
            }
            let value_at = self.columns.stat(&format!("value {name}"));
            if value.gives_row() {
                matched = true;
                let (figure, unit) = measured(self.spec, view, value);
                row.put(value_at, figure);
                row.put(self.columns.stat(&format!("unit {name}")), unit);
            } else {
                row.put(value_at, Cell::Null);
            }
        }
        if matched {
            out.row(row.in_order());
        }
        u64::from(matched)
    }
}
