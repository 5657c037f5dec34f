//! Surveys and rows of containers.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::document::STATS;
use crate::document::stat::{Stat, StatSet, stat_name};
use crate::record::entity::EntityView;
use crate::record::{Bucket, Entry, Interner, Scalar, View};

use super::columns::FigureColumns;
use super::summary;
use super::time::Times;
use super::units;
use super::{Cell, Column, Columns, Filter, Layout, RowTemplate, Rows, Shaping, Skip, Survey};

/// What is known of a name for one run.
#[derive(Debug, Clone, Copy)]
struct Facts {
    wanted: bool,
    timer: bool,
}

/// The facts of the names of one interner, looked up once.
#[derive(Debug, Default)]
struct Names(Vec<Facts>);

impl Names {
    fn of(&mut self, shaping: &Shaping, interner: &Interner, entry: &Entry) -> Facts {
        for id in self.0.len()..interner.len() {
            let id = id as u32;
            self.0.push(Facts {
                wanted: shaping.filter.metric(interner.name(id)),
                timer: interner.facts(id).is_some_and(|facts| facts.timer),
            });
        }
        let facts = self.0.get(entry.id as usize).copied().unwrap_or(Facts {
            wanted: true,
            timer: false,
        });
        Facts {
            timer: facts.timer || entry.view,
            ..facts
        }
    }
}

/// The buckets of a container that are not left out.
fn kept<'a>(view: View<'a>, skip: Option<&Skip>) -> impl Iterator<Item = &'a Bucket> {
    let buckets = (0..).zip(view.buckets());
    buckets
        .filter(move |(index, _)| skip.is_none_or(|skip| !skip.0.contains(index)))
        .map(|(_, bucket)| bucket)
}

/// Surveys containers one after another.
#[derive(Debug, Default)]
pub struct Surveyor {
    names: Names,
    figures: Vec<Seen>,
    known: HashMap<(bool, u32, String), usize>,
    last: usize,
    /// Which of the interner's names occur, where `--metric` is given.
    occur: Vec<bool>,
}

/// One metric or view and qualifier of the wide layout, with the statistics seen.
#[derive(Debug)]
struct Seen {
    view: bool,
    id: u32,
    qualifier: String,
    numbers: StatSet,
    nulls: StatSet,
    /// What followed last time.
    next: usize,
}

impl Surveyor {
    /// Adds what one container holds to `survey`, without the buckets that are left out. The
    /// columns of the wide layout follow with [`Surveyor::finish`].
    pub fn observe(
        &mut self,
        survey: &mut Survey,
        shaping: &Shaping,
        view: View<'_>,
        interner: &Interner,
        skip: Option<&Skip>,
    ) {
        let filter = &shaping.filter;
        let group = filter.group(view);
        if filter.is_set() {
            self.note(survey, filter, view, skip);
        }
        let (mut numbers, mut nulls) = (StatSet::default(), StatSet::default());
        for bucket in kept(view, skip) {
            let wanted = group && shaping.filter.bucket(view, bucket);
            let entries = view.entries(bucket);
            let mut matched = 0;
            for (index, entry) in entries.iter().enumerate().filter(|_| wanted) {
                let facts = self.names.of(shaping, interner, entry);
                if !facts.wanted {
                    continue;
                }
                matched += 1;
                survey.views |= entry.view;
                survey.metrics |= !entry.view;
                survey.qualifiers |= entry.qualifier.has_value();
                numbers = numbers.or(entry.numbers);
                nulls = nulls.or(entry.nulls);
                if facts.timer && shaping.durations.is_some() {
                    for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
                        if stat.has_unit() {
                            survey.convertible(shaping, view.str(number.literal), 1);
                        }
                    }
                }
                if shaping.layout == Layout::Wide {
                    self.figure(entry, view);
                }
                for extra in view.extras(bucket, index) {
                    let stat = stat_name(view.str(extra.name));
                    let has = extra.value.has_value();
                    match shaping.layout {
                        Layout::Long => survey.stat(stat, has),
                        Layout::Wide => {
                            let qualifier = view.qualifier(entry).to_owned();
                            let name = interner.name(entry.id).to_owned();
                            let figure = (entry.view, name, qualifier, stat.to_owned());
                            *survey.figures.entry(figure).or_default() |= has;
                        }
                    }
                }
            }
            let rows = if shaping.layout == Layout::Wide {
                let row = wanted && (matched > 0 || shaping.filter.metrics.is_empty());
                survey.filtered += u64::from(!row);
                u64::from(row)
            } else {
                survey.filtered += entries.len() as u64 - matched;
                matched
            };
            survey.rows += rows;
            if rows > 0 {
                let [start, end] = ends(&Times::default(), view, bucket);
                survey.intervals |= start.has_value();
                survey.ends |= end.has_value();
            }
        }
        if shaping.layout == Layout::Long {
            survey.marked(numbers, nulls);
        }
        if group {
            for dimension in view.group() {
                let has = dimension.value.has_value();
                survey.dimension(view.str(dimension.name), has);
            }
        }
        survey.dialects.insert("aggregates");
    }

    /// Notes what occurs, for filters that match nothing.
    fn note(&mut self, survey: &mut Survey, filter: &Filter, view: View<'_>, skip: Option<&Skip>) {
        survey.seen.group(filter, view);
        for bucket in kept(view, skip) {
            let start = || bucket.times.map(|(start, _)| start);
            survey.seen.start(filter, start);
            if filter.metrics.is_empty() {
                continue;
            }
            for entry in view.entries(bucket) {
                let id = entry.id as usize;
                if self.occur.len() <= id {
                    self.occur.resize(id + 1, false);
                }
                if let Some(occurs) = self.occur.get_mut(id) {
                    *occurs = true;
                }
            }
        }
    }

    fn figure(&mut self, entry: &Entry, view: View<'_>) {
        let qualifier = view.qualifier(entry);
        let same = |seen: &Seen| {
            seen.id == entry.id && seen.view == entry.view && seen.qualifier == qualifier
        };
        let guess = self.figures.get(self.last).map_or(0, |last| last.next);
        let at = if self.figures.get(guess).is_some_and(same) {
            guess
        } else {
            let next = self.figures.len();
            let key = (entry.view, entry.id, qualifier.to_owned());
            let at = *self.known.entry(key).or_insert(next);
            if at == next {
                self.figures.push(Seen {
                    view: entry.view,
                    id: entry.id,
                    qualifier: qualifier.to_owned(),
                    numbers: StatSet::default(),
                    nulls: StatSet::default(),
                    next: 0,
                });
            }
            if let Some(last) = self.figures.get_mut(self.last) {
                last.next = at;
            }
            at
        };
        self.last = at;
        if let Some(seen) = self.figures.get_mut(at) {
            seen.numbers = seen.numbers.or(entry.numbers);
            seen.nulls = seen.nulls.or(entry.nulls);
        }
    }

    /// Adds the columns of the wide layout, and the names that occur.
    pub fn finish(self, survey: &mut Survey, interner: &Interner) {
        for (id, _) in (0..).zip(&self.occur).filter(|(_, occurs)| **occurs) {
            survey.seen.metrics.insert(interner.name(id).to_owned());
        }
        for seen in self.figures {
            for stat in seen.numbers.or(seen.nulls).iter() {
                let name = interner.name(seen.id).to_owned();
                let stat_name = stat.name().to_owned();
                let figure = (seen.view, name, seen.qualifier.clone(), stat_name);
                *survey.figures.entry(figure).or_default() |= seen.numbers.contains(stat);
            }
        }
    }
}

/// The cells of both ends of a bucket's interval.
fn ends<'a>(times: &Times, view: View<'a>, bucket: &Bucket) -> [Cell<'a>; 2] {
    match bucket.interval {
        Scalar::Text(slice) => times.ends(view.str(slice)),
        other => [cell(other, view), cell(other, view)],
    }
}

/// Where the columns of a table are, looked up once.
#[derive(Debug)]
struct Places {
    source: Option<usize>,
    interval: [Option<usize>; 2],
    /// Metric, view, qualifier.
    names: [Option<usize>; 3],
    stats: [Option<usize>; STATS.len()],
    /// Statistics that the API does not have.
    extras: Vec<Option<usize>>,
    /// How many leading columns are the same for all rows of a bucket.
    shared: usize,
    /// Whether all others depend on the metric alone.
    uses_templates: bool,
}

impl Places {
    fn new(columns: &Columns, layout: Layout) -> Self {
        let place = |column| columns.position(&column);
        let of_bucket = |column: &Column| {
            matches!(
                column,
                Column::Source
                    | Column::Dimension(_)
                    | Column::IntervalStart
                    | Column::IntervalEnd
                    | Column::Nothing
            )
        };
        let all = || columns.list.iter().map(|(_, column)| column);
        let shared = all().take_while(|column| of_bucket(column)).count();
        let uses_templates = layout == Layout::Long
            && all()
                .skip(shared)
                .all(|column| !of_bucket(column) || *column == Column::Nothing);
        Self {
            source: place(Column::Source),
            interval: [place(Column::IntervalStart), place(Column::IntervalEnd)],
            names: [
                place(Column::Metric),
                place(Column::View),
                place(Column::Qualifier),
            ],
            stats: STATS.map(|stat| columns.stat(stat)),
            extras: columns.extra_stats().map(Some).collect(),
            shared: if layout == Layout::Long { shared } else { 0 },
            uses_templates,
        }
    }
}

/// Writes the rows of containers one after another.
#[derive(Debug)]
pub struct Writer<'w> {
    shaping: &'w Shaping,
    columns: &'w Columns,
    source: &'w str,
    places: Places,
    names: Names,
    figures: FigureColumns,
    /// The row template of each of the reader's templates, where there is one.
    templates: Vec<Option<Option<RowTemplate>>>,
    /// How many rows were written.
    pub rows: u64,
}

impl<'w> Writer<'w> {
    /// A writer for a table of these columns; `source` is the input's name.
    pub fn new(shaping: &'w Shaping, columns: &'w Columns, source: &'w str) -> Self {
        Self {
            shaping,
            columns,
            source,
            places: Places::new(columns, shaping.layout),
            names: Names::default(),
            figures: FigureColumns::default(),
            templates: Vec::new(),
            rows: 0,
        }
    }

    /// Writes the rows of one container, without the buckets that are left out.
    pub fn container<'a>(
        &mut self,
        view: View<'a>,
        interner: &Interner,
        skip: Option<&Skip>,
        out: &mut dyn Rows,
    ) where
        'w: 'a,
    {
        if !self.shaping.filter.group(view) {
            return;
        }
        let mut cells: Vec<Cell<'a>> = vec![Cell::Absent; self.columns.list.len()];
        put(&mut cells, self.places.source, Cell::text(self.source));
        for dimension in view.group() {
            let at = self.columns.dimension(view.str(dimension.name));
            put(&mut cells, at, cell(dimension.value, view));
        }
        for bucket in kept(view, skip) {
            if !self.shaping.filter.bucket(view, bucket) {
                continue;
            }
            let ends = ends(&self.shaping.times, view, bucket);
            for (at, cell) in self.places.interval.iter().zip(ends) {
                put(&mut cells, *at, cell);
            }
            match self.shaping.layout {
                Layout::Long => self.long(view, bucket, interner, &mut cells, out),
                Layout::Wide => self.wide(view, bucket, interner, &mut cells, out),
            }
        }
    }

    /// Writes the rows of one entity.
    pub fn entity<'a>(&mut self, view: EntityView<'a>, out: &mut dyn Rows)
    where
        'w: 'a,
    {
        let rows = &mut self.rows;
        summary::rows(
            self.shaping,
            self.columns,
            view,
            self.source,
            &mut |cells| {
                *rows += 1;
                out.row(cells);
            },
        );
    }

    fn long<'a>(
        &mut self,
        view: View<'a>,
        bucket: &Bucket,
        interner: &Interner,
        cells: &mut [Cell<'a>],
        out: &mut dyn Rows,
    ) {
        let shared = self.places.shared;
        out.shared(cells.get(..shared).unwrap_or_default());
        for (index, entry) in view.entries(bucket).iter().enumerate() {
            let facts = self.names.of(self.shaping, interner, entry);
            if !facts.wanted {
                continue;
            }
            self.rows += 1;
            let number = entry.template as usize;
            if let Some(Some(Some(template))) = self.templates.get(number) {
                out.templated(template, view.text(), view.numbers(entry));
                continue;
            }
            self.cells_of(entry, view, cells);
            if let Some(template) = self.new_template(entry, cells, out) {
                out.templated(&template, view.text(), view.numbers(entry));
                if let Some(known) = self.templates.get_mut(number) {
                    *known = Some(Some(template));
                }
                continue;
            }
            self.figures_of(view, entry, facts, cells);
            for extra in view.extras(bucket, index) {
                let at = self.columns.stat(stat_name(view.str(extra.name)));
                put(cells, at, cell(extra.value, view));
            }
            out.row(cells.get(shared..).unwrap_or_default());
        }
    }

    /// All cells of a long row but its figures.
    fn cells_of<'a>(&self, entry: &Entry, view: View<'a>, cells: &mut [Cell<'a>]) {
        let places = &self.places;
        for at in places
            .stats
            .iter()
            .chain(&places.names)
            .chain(&places.extras)
        {
            put(cells, *at, Cell::Absent);
        }
        let [metric_at, view_at, qualifier_at] = self.places.names;
        let name = Cell::text(view.str(entry.name));
        put(cells, if entry.view { view_at } else { metric_at }, name);
        put(cells, qualifier_at, cell(entry.qualifier, view));
        for stat in entry.nulls.iter() {
            put(cells, self.places.stats[stat as usize], Cell::Null);
        }
    }

    /// The template for rows like that of an entry, at the first of them.
    fn new_template(
        &mut self,
        entry: &Entry,
        cells: &[Cell<'_>],
        out: &mut dyn Rows,
    ) -> Option<RowTemplate> {
        let number = entry.template as usize;
        let convert = self.shaping.durations.is_some();
        if !self.places.uses_templates || convert || entry.template == u32::MAX {
            return None;
        }
        if self.templates.len() <= number {
            self.templates.resize_with(number + 1, || None);
        }
        let known = self.templates.get_mut(number)?;
        if known.is_some() {
            return None;
        }
        *known = Some(None);
        let (shared, stats) = (self.places.shared, &self.places.stats);
        let mut slots: Vec<(usize, u8)> = (0..)
            .zip(entry.numbers.iter())
            .filter_map(|(rank, stat)| Some((stats[stat as usize]?.checked_sub(shared)?, rank)))
            .collect();
        slots.sort_unstable();
        out.template(cells.get(shared..)?, &slots)
    }

    fn figures_of<'a>(&self, view: View<'a>, entry: &Entry, facts: Facts, cells: &mut [Cell<'a>]) {
        for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
            let at = self.places.stats[stat as usize];
            if at.is_some() {
                let literal = view.str(number.literal);
                put(cells, at, figure(self.shaping, facts, stat, literal));
            }
        }
    }

    fn wide<'a>(
        &mut self,
        view: View<'a>,
        bucket: &Bucket,
        interner: &Interner,
        cells: &mut [Cell<'a>],
        out: &mut dyn Rows,
    ) {
        for at in self.columns.figure_places() {
            put(cells, Some(at), Cell::Absent);
        }
        let mut matched = self.shaping.filter.metrics.is_empty();
        for (index, entry) in view.entries(bucket).iter().enumerate() {
            let facts = self.names.of(self.shaping, interner, entry);
            if !facts.wanted {
                continue;
            }
            matched = true;
            let name = (entry.view, entry.id, view.str(entry.name));
            let qualifier = view.qualifier(entry);
            let places = self.figures.of(self.columns, name, qualifier);
            for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
                let literal = view.str(number.literal);
                let cell = figure(self.shaping, facts, stat, literal);
                put(cells, places[stat as usize], cell);
            }
            for stat in entry.nulls.iter() {
                put(cells, places[stat as usize], Cell::Null);
            }
            for extra in view.extras(bucket, index) {
                let stat = stat_name(view.str(extra.name));
                let (name, key) = (view.str(entry.name), &mut String::new());
                let at = self.columns.figure(key, entry.view, name, qualifier, stat);
                put(cells, at, cell(extra.value, view));
            }
        }
        if matched {
            out.row(cells);
            self.rows += 1;
        }
    }
}

fn figure<'a>(shaping: &Shaping, facts: Facts, stat: Stat, literal: &'a str) -> Cell<'a> {
    if shaping.durations.is_none() {
        return Cell::Number(Cow::Borrowed(literal));
    }
    units::figure(shaping.durations, facts.timer, stat, literal)
}

fn cell(value: Scalar, view: View<'_>) -> Cell<'_> {
    Cell::of_scalar(value, |slice| view.str(slice))
}

fn put<'a>(cells: &mut [Cell<'a>], at: Option<usize>, cell: Cell<'a>) {
    if let Some(slot) = at.and_then(|at| cells.get_mut(at)) {
        *slot = cell;
    }
}
