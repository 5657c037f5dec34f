//! Rows of containers and entities.

use std::borrow::Cow;

use crate::json::number;
use crate::model::catalog::absence::CounterScope;
use crate::model::stat::StatSet;
use crate::model::{STATS, catalog};
use crate::record::{Bucket, Element, Entry, Interner, View};

use super::figure_columns::FigureColumns;
use super::key_figures::FigureReader;
use super::origin::ElementOrigin;
use super::parts::{NameTraits, NameTraitsTable, cell, ends, figure, id};
use super::{
    Cell, ColumnCell, ColumnContent, Columns, EntityNames, Layout, RowCells, RowSink, RowTemplates,
    TableSpec,
};

/// The places of the columns of a table, looked up once.
#[derive(Debug)]
pub(super) struct CellPlaces {
    source: Option<usize>,
    hash: Option<usize>,
    loaded_at: Option<usize>,
    pub(super) pointer: Option<usize>,
    interval: [Option<usize>; 2],
    /// Metric, view, qualifier.
    pub(super) names: [Option<usize>; 3],
    /// The name of the qualifier.
    qualifier_name: Option<usize>,
    stats: [Option<usize>; STATS.len()],
    /// The statistics of the long layout whose columns are whole numbers in every table.
    whole: StatSet,
    /// Id, division and its name.
    pub(super) entity: [Option<usize>; 3],
    /// Value, unit, label.
    pub(super) value: [Option<usize>; 3],
}

impl CellPlaces {
    fn new(columns: &Columns) -> Self {
        let place = |holds| columns.position(&holds);
        Self {
            source: place(ColumnContent::Source),
            hash: place(ColumnContent::SourceHash),
            loaded_at: place(ColumnContent::LoadedAt),
            pointer: place(ColumnContent::Pointer),
            interval: [
                place(ColumnContent::IntervalStart),
                place(ColumnContent::IntervalEnd),
            ],
            names: [
                place(ColumnContent::Metric),
                place(ColumnContent::View),
                place(ColumnContent::Qualifier),
            ],
            qualifier_name: place(ColumnContent::QualifierName),
            stats: STATS.map(|stat| columns.stat(stat)),
            whole: StatSet::of(|stat| columns.is_whole(columns.stat(stat.name()))),
            entity: [
                place(ColumnContent::Id),
                place(ColumnContent::Division),
                place(ColumnContent::DivisionName),
            ],
            value: [
                place(ColumnContent::Value),
                place(ColumnContent::Unit),
                place(ColumnContent::Label),
            ],
        }
    }
}

/// Writes the rows of elements one after another.
#[derive(Debug)]
pub struct Writer<'w> {
    pub(super) spec: &'w TableSpec,
    pub(super) columns: &'w Columns,
    /// The name of the input, and the SHA-256 of its bytes if a column has it.
    source: (&'w str, Option<&'w str>),
    /// The place of the next element, if a column has it.
    pub origin: ElementOrigin,
    pub(super) places: CellPlaces,
    names: NameTraitsTable,
    figures: FigureColumns,
    key_figures: FigureReader,
    pub(super) templates: RowTemplates,
    pub(super) value_templates: RowTemplates,
    /// Number of rows that were written.
    pub rows: u64,
}

impl<'w> Writer<'w> {
    /// A writer for a table of these columns. The rows are of the input `source`: its name, and the SHA-256 of
    /// its bytes if a column has it.
    pub fn new(
        spec: &'w TableSpec,
        columns: &'w Columns,
        source: (&'w str, Option<&'w str>),
    ) -> Self {
        Self {
            spec,
            columns,
            source,
            origin: ElementOrigin::default(),
            places: CellPlaces::new(columns),
            names: NameTraitsTable::default(),
            figures: FigureColumns::default(),
            key_figures: FigureReader::default(),
            templates: RowTemplates::default(),
            value_templates: RowTemplates::default(),
            rows: 0,
        }
    }

    /// Writes the rows of one element.
    pub fn element<'a>(&mut self, element: Element<'a>, interner: &Interner, out: &mut dyn RowSink)
    where
        'w: 'a,
    {
        match element {
            Element::Container(view) => self.container(view, interner, out),
            Element::Entity(view) => self.rows += self.entity(view, out),
        }
    }

    /// Adds the cells that all rows of an input have.
    pub(super) fn input_cells<'a>(&self, row: &mut RowCells<'a>)
    where
        'w: 'a,
    {
        let (places, (name, sha256)) = (&self.places, self.source);
        row.put(places.source, Cell::text(name));
        row.put(places.hash, sha256.map_or(Cell::Absent, Cell::text));
        if places.loaded_at.is_some() {
            let time = self.spec.times.utc(&self.spec.loaded_at);
            row.put(places.loaded_at, time);
        }
    }

    /// Hands the rows of a container to `out`.
    fn container<'a>(&mut self, view: View<'a>, interner: &Interner, out: &mut dyn RowSink)
    where
        'w: 'a,
    {
        if !self.spec.filter.group(view) {
            return;
        }
        let mut group = RowCells::default();
        self.input_cells(&mut group);
        for dimension in view.group() {
            let at = self.columns.dimension(view.str(dimension.name));
            group.put(at, cell(dimension.value, view));
            let at = self.columns.names_of(view.str(dimension.name));
            if at.is_some() {
                group.put(at, name_of(&self.spec.names, id(dimension.value, view)));
            }
            for (column, at) in self.columns.attributes_of(view.str(dimension.name)) {
                let id = id(dimension.value, view);
                let value = id.and_then(|id| self.spec.names.attribute(id, *column));
                group.put(Some(*at), value.map_or(Cell::Absent, Cell::text));
            }
        }
        let (mut common, mut row) = (RowCells::default(), RowCells::default());
        for bucket in view.buckets() {
            if !self.spec.filter.bucket(view, bucket) {
                continue;
            }
            common.clear();
            common.extend(group.in_order());
            let ends = ends(&self.spec.times, view, bucket);
            for (at, cell) in self.places.interval.iter().zip(ends) {
                common.put(*at, cell);
            }
            let common = common.in_order();
            match self.spec.layout {
                Layout::Long => self.long(view, bucket, interner, common, &mut row, out),
                Layout::Wide => self.wide(view, bucket, interner, common, &mut row, out),
            }
        }
    }

    fn long<'a>(
        &mut self,
        view: View<'a>,
        bucket: &Bucket,
        interner: &Interner,
        common: &[ColumnCell<'a>],
        row: &mut RowCells<'a>,
        out: &mut dyn RowSink,
    ) where
        'w: 'a,
    {
        let width = self.columns.leading();
        let split = common.partition_point(|(at, _)| *at < width);
        let (shared, rest) = common.split_at(split);
        out.shared(width, shared);
        let pointers = match self.places.pointer {
            Some(_) => self.origin.entries(bucket, view.entries(bucket)),
            None => Vec::new(),
        };
        for (index, entry) in view.entries(bucket).iter().enumerate() {
            let facts = self.names.of(self.spec, interner, entry);
            if !facts.wanted {
                continue;
            }
            self.rows += 1;
            let has_template = self.is_plain(entry, view);
            if has_template && let Some(template) = self.templates.get(entry.template) {
                out.templated(template, view.text(), view.numbers(entry));
                continue;
            }
            row.clear();
            row.extend(rest);
            self.cells_of(entry, view, row);
            if has_template && let Some(template) = self.new_template(entry, row.in_order(), out) {
                out.templated(template, view.text(), view.numbers(entry));
                continue;
            }
            if let Some(pointer) = pointers.get(index) {
                row.put(self.places.pointer, Cell::Text(Cow::Owned(pointer.clone())));
            }
            self.figures_of(view, entry, facts, row);
            for extra in view.extras(bucket, index) {
                let at = self.columns.stat(view.str(extra.name));
                row.put(at, cell(extra.value, view));
            }
            out.row(row.in_order());
        }
    }

    /// Returns true if the figures of an entry are written as they are.
    #[inline]
    fn is_plain(&self, entry: &Entry, view: View<'_>) -> bool {
        let whole = entry.numbers.and(self.places.whole);
        whole.iter().all(|stat| {
            let number = view.number(entry, stat);
            number.is_none_or(|number| number::is_plain(view.str(number.literal)))
        })
    }

    /// Adds what a long row has beside the cells of its bucket and its figures.
    fn cells_of<'a>(&self, entry: &Entry, view: View<'a>, row: &mut RowCells<'a>)
    where
        'w: 'a,
    {
        let places = &self.places;
        let [metric_at, view_at, qualifier_at] = places.names;
        let name = Cell::text(view.str(entry.name));
        row.put(if entry.view { view_at } else { metric_at }, name);
        row.put(qualifier_at, cell(entry.qualifier, view));
        if places.qualifier_name.is_some() {
            let name = name_of(&self.spec.names, id(entry.qualifier, view));
            row.put(places.qualifier_name, name);
        }
        for stat in entry.nulls.iter() {
            row.put(places.stats[stat as usize], Cell::Null);
        }
    }

    /// The template for rows like that of an entry, at the first of them.
    fn new_template(
        &mut self,
        entry: &Entry,
        cells: &[ColumnCell<'_>],
        out: &mut dyn RowSink,
    ) -> Option<u32> {
        let convert = self.spec.durations.is_some();
        let has_pointer = self.places.pointer.is_some();
        if !self.columns.is_led() || has_pointer || convert {
            return None;
        }
        let stats = &self.places.stats;
        self.templates.ask(entry.template, || {
            let mut slots: Vec<(usize, u8)> = (0..)
                .zip(entry.numbers.iter())
                .filter_map(|(rank, stat)| Some((stats[stat as usize]?, rank)))
                .collect();
            slots.sort_unstable();
            out.template(cells, &slots)
        })
    }

    fn figures_of<'a>(
        &self,
        view: View<'a>,
        entry: &Entry,
        facts: NameTraits,
        row: &mut RowCells<'a>,
    ) {
        for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
            let at = self.places.stats[stat as usize];
            if at.is_some() {
                let literal = view.str(number.literal);
                let cell = figure(self.spec, facts, stat, literal);
                row.put(at, self.columns.cell(at, cell));
            }
        }
    }

    /// Adds the counters that are 0 where a bucket lacks them.
    fn zeros(&self, view: View<'_>, bucket: &Bucket, row: &mut RowCells<'_>) {
        let counters = self.columns.counters.iter();
        let Some(occurrences) = self.columns.occurrences.as_ref() else {
            return;
        };
        if counters.len() == 0 {
            return;
        }
        let merged = self.spec.merged.as_ref();
        let scopes = merged.and_then(|merged| merged.of(view, bucket));
        let own = [CounterScope::of(view.present_values())];
        let scopes = scopes.map_or(&own[..], |scopes| scopes);
        let metrics = view.entries(bucket).iter().filter(|entry| !entry.view);
        let families = metrics.map(|entry| catalog::families(view.str(entry.name)));
        let families = families.fold(0, |all, own| all | own);
        for column in counters {
            let is_own = families == 0 || column.families & families != 0;
            let is_zero = |scope| occurrences.is_zero(&column.metric, scope);
            if is_own && scopes.iter().any(is_zero) {
                row.put(Some(column.at), Cell::Number(Cow::Borrowed("0")));
            }
        }
    }

    fn wide<'a>(
        &mut self,
        view: View<'a>,
        bucket: &Bucket,
        interner: &Interner,
        common: &[ColumnCell<'a>],
        row: &mut RowCells<'a>,
        out: &mut dyn RowSink,
    ) {
        row.clear();
        row.extend(common);
        if self.places.pointer.is_some() {
            let pointer = self.origin.bucket(bucket);
            row.put(self.places.pointer, Cell::Text(Cow::Owned(pointer)));
        }
        let has_key_figures = !self.columns.key_figures().is_empty();
        if has_key_figures {
            let merged = self.spec.merged.as_deref();
            self.key_figures.group(view);
            self.key_figures.bucket(view, bucket, merged);
        }
        // The values of the bucket replace these.
        self.zeros(view, bucket, row);
        let mut matched = self.spec.filter.metrics.is_empty();
        for (index, entry) in view.entries(bucket).iter().enumerate() {
            let facts = self.names.of(self.spec, interner, entry);
            if !facts.wanted {
                continue;
            }
            matched = true;
            if has_key_figures {
                self.key_figures.add(entry, view, interner);
            }
            let name = (entry.view, entry.id, view.str(entry.name));
            let qualifier = view.qualifier(entry);
            let places = self.figures.of(self.columns, name, qualifier);
            for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
                let literal = view.str(number.literal);
                let cell = figure(self.spec, facts, stat, literal);
                let at = places[stat as usize];
                row.put(at, self.columns.cell(at, cell));
            }
            for stat in entry.nulls.iter() {
                row.put(places[stat as usize], Cell::Null);
            }
            for extra in view.extras(bucket, index) {
                let stat = view.str(extra.name);
                let (name, key) = (view.str(entry.name), &mut String::new());
                let at = self.columns.figure(key, entry.view, name, qualifier, stat);
                row.put(at, cell(extra.value, view));
            }
        }
        if has_key_figures {
            let occurrences = self.columns.occurrences.as_deref();
            let has_zeros = self.spec.zeros.in_figures;
            self.key_figures.end_bucket(occurrences, has_zeros);
        }
        for (at, figure) in self.columns.key_figures() {
            let (durations, fit) = (self.spec.durations, self.spec.fit);
            let cell = self.key_figures.cell(figure, durations, fit);
            row.put(Some(*at), cell);
        }
        if matched {
            out.row(row.in_order());
            self.rows += 1;
        }
    }
}

/// The cell with the name of an id; absent where it has none.
fn name_of<'a>(names: &'a EntityNames, id: Option<&str>) -> Cell<'a> {
    let name = id.and_then(|id| names.of(id));
    name.map_or(Cell::Absent, Cell::Text)
}
