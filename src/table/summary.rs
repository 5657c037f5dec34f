//! Both layouts of the summary dialect.

use crate::model::time::milliseconds;
use crate::record::Scalar;
use crate::record::entity::{EntityView, Value};

use super::origin::{ElementOrigin, InputOrigin};
use super::row_templates::RowTemplates;
use super::{Cell, ColumnCell, ColumnContent, Columns, Layout, RowCells, RowSink, TableSpec};

/// The places of the columns of a table of entities.
#[derive(Debug)]
struct SummaryPlaces {
    source: Option<usize>,
    hash: Option<usize>,
    loaded_at: Option<usize>,
    pointer: Option<usize>,
    id: Option<usize>,
    division: Option<usize>,
    division_name: Option<usize>,
    metric: Option<usize>,
    value: Option<usize>,
    unit: Option<usize>,
    label: Option<usize>,
}

impl SummaryPlaces {
    fn new(columns: &Columns) -> Self {
        let place = |column| columns.position(&column);
        Self {
            source: place(ColumnContent::Source),
            hash: place(ColumnContent::SourceHash),
            loaded_at: place(ColumnContent::LoadedAt),
            pointer: place(ColumnContent::Pointer),
            id: place(ColumnContent::Id),
            division: place(ColumnContent::Division),
            division_name: place(ColumnContent::DivisionName),
            metric: place(ColumnContent::Metric),
            value: place(ColumnContent::Value),
            unit: place(ColumnContent::Unit),
            label: place(ColumnContent::Label),
        }
    }
}

/// Writes the rows of entities one after another.
#[derive(Debug)]
pub(super) struct SummaryWriter<'w> {
    spec: &'w TableSpec,
    columns: &'w Columns,
    source: InputOrigin<'w>,
    places: SummaryPlaces,
    templates: RowTemplates,
}

impl<'w> SummaryWriter<'w> {
    pub(super) fn new(spec: &'w TableSpec, columns: &'w Columns, source: InputOrigin<'w>) -> Self {
        Self {
            spec,
            columns,
            source,
            places: SummaryPlaces::new(columns),
            templates: RowTemplates::default(),
        }
    }

    /// Writes the rows of one entity. Returns their number.
    pub(super) fn entity<'a>(
        &mut self,
        view: EntityView<'a>,
        origin: &ElementOrigin,
        out: &mut dyn RowSink,
    ) -> u64
    where
        'w: 'a,
    {
        let (spec, places, source) = (self.spec, &self.places, self.source);
        if !spec.filter.entity(view) {
            return 0;
        }
        let cell = |scalar| Cell::of_scalar(scalar, |slice| view.str(slice));
        let mut base = RowCells::default();
        base.put(places.source, Cell::text(source.name));
        base.put(places.hash, source.sha256.map_or(Cell::Absent, Cell::text));
        if places.loaded_at.is_some() {
            base.put(places.loaded_at, spec.times.utc(&spec.loaded_at));
        }
        base.put(places.id, cell(view.entity.id));
        base.put(places.division, cell(view.entity.division));
        base.put(places.division_name, cell(view.entity.division_name));
        match spec.layout {
            Layout::Long => self.long(view, base.in_order(), origin, out),
            Layout::Wide => self.wide(view, base, origin, out),
        }
    }

    /// Writes a row for each metric of an entity, whose own cells are `common`.
    fn long<'a>(
        &mut self,
        view: EntityView<'a>,
        common: &[ColumnCell<'a>],
        origin: &ElementOrigin,
        out: &mut dyn RowSink,
    ) -> u64
    where
        'w: 'a,
    {
        let places = &self.places;
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
            if let Some(template) = self.templates.get(value.template) {
                out.templated(template, view.source(), figures);
                continue;
            }
            cells.clear();
            cells.extend(rest);
            let (figure, unit) = measured(self.spec, view, value);
            let label = Cell::of_scalar(value.label, |slice| view.str(slice));
            cells.put(places.unit, unit);
            cells.put(places.label, label);
            cells.put(places.metric, Cell::text(name));
            if places.pointer.is_some() {
                cells.put(places.pointer, Cell::Text(origin.metric(name).into()));
            }
            if number.is_none() {
                cells.put(places.value, figure.clone());
            }
            let slot = places.value.filter(|_| number.is_some());
            let slot = slot.map(|at| (at, 0));
            let template = self.templates.ask(value.template, || {
                has_templates.then(|| out.template(cells.in_order(), slot.as_slice()))?
            });
            if let Some(template) = template {
                out.templated(template, view.source(), figures);
                continue;
            }
            if number.is_some() {
                cells.put(places.value, figure);
            }
            out.row(cells.in_order());
        }
        rows
    }

    fn wide<'a>(
        &self,
        view: EntityView<'a>,
        mut row: RowCells<'a>,
        origin: &ElementOrigin,
        out: &mut dyn RowSink,
    ) -> u64
    where
        'w: 'a,
    {
        let pointer = Cell::Text(origin.pointer.clone().into());
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
