//! Surveys and rows of containers that were read directly, without a tape.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::DateTime;

use crate::check::shape::{Bucket, Entry, Flat, Lexicon, Optional};
use crate::document::{STATS, catalog};

use super::columns::FigureColumns;
use super::units::{self, DURATIONS};
use super::{Cell, Column, Columns, Filter, Layout, RowTemplate, Rows, Shaping, Survey};

/// What is known of a name for one run.
#[derive(Debug, Clone, Copy)]
struct Facts {
    wanted: bool,
    timer: bool,
}

/// The facts of the names of one lexicon, found out once.
#[derive(Debug, Default)]
struct Names(Vec<Facts>);

impl Names {
    fn of(&mut self, shaping: &Shaping, lexicon: &Lexicon, entry: &Entry) -> Facts {
        for id in self.0.len()..lexicon.len() {
            let name = lexicon.name(id as u32);
            self.0.push(Facts {
                wanted: shaping.filter.metric(name),
                timer: catalog::is_timer(name),
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

fn group_is_wanted(shaping: &Shaping, flat: &Flat, text: &str) -> bool {
    shaping.filter.values(|wanted| {
        let value = flat.group.iter().find(|(name, _)| name.of(text) == wanted);
        match value {
            Some((_, Optional::Text(value))) => Some(value.of(text).to_owned()),
            _ => None,
        }
    })
}

fn bucket_is_wanted(shaping: &Shaping, bucket: &Bucket) -> bool {
    shaping.filter.start(|| {
        bucket
            .times
            .map(|(start, _)| DateTime::from_timestamp_nanos(start))
    })
}

/// Surveys containers one after another.
#[derive(Debug, Default)]
pub struct Surveyor {
    names: Names,
    figures: Vec<Seen>,
    known: HashMap<(bool, u32, String), usize>,
    last: usize,
    /// Which of the lexicon's names occur, where `--metric` is given.
    occur: Vec<bool>,
}

/// One metric or view and qualifier of the wide layout, with the statistics seen.
#[derive(Debug)]
struct Seen {
    view: bool,
    id: u32,
    qualifier: String,
    numbers: u16,
    nulls: u16,
    /// What followed last time.
    next: usize,
}

impl Surveyor {
    /// Adds what one container holds to `survey`. The columns of the wide layout follow with
    /// [`Surveyor::finish`].
    pub fn take(
        &mut self,
        survey: &mut Survey,
        shaping: &Shaping,
        flat: &Flat,
        text: &str,
        lexicon: &Lexicon,
    ) {
        let filter = &shaping.filter;
        let group = group_is_wanted(shaping, flat, text);
        if filter.is_set() {
            self.note(survey, filter, flat, text);
        }
        let (mut numbers, mut nulls) = (0, 0);
        for bucket in &flat.buckets {
            let wanted = group && bucket_is_wanted(shaping, bucket);
            let entries = flat.entries(bucket);
            let mut matched = 0;
            for entry in entries.iter().filter(|_| wanted) {
                let facts = self.names.of(shaping, lexicon, entry);
                if !facts.wanted {
                    continue;
                }
                matched += 1;
                survey.views |= entry.view;
                survey.metrics |= !entry.view;
                survey.qualifiers |= matches!(entry.qualifier, Optional::Text(_));
                numbers |= entry.numbers;
                nulls |= entry.nulls;
                if facts.timer && shaping.durations.is_some() {
                    convertible(survey, shaping, flat, entry, text);
                }
                if shaping.layout == Layout::Wide {
                    self.figure(entry, text);
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
                // An interval always has both ends here.
                survey.intervals |= bucket.times.is_some();
                survey.ends |= bucket.times.is_some();
            }
        }
        if shaping.layout == Layout::Long {
            survey.marked(numbers, nulls);
        }
        if group {
            for (name, value) in &flat.group {
                survey.dimension(name.of(text), matches!(value, Optional::Text(_)));
            }
        }
        survey.dialects.insert("aggregates");
    }

    /// Notes what occurs, for filters that match nothing.
    fn note(&mut self, survey: &mut Survey, filter: &Filter, flat: &Flat, text: &str) {
        let value = |value: &Optional| match value {
            Optional::Text(value) => value.of(text),
            Optional::Absent | Optional::Null => "",
        };
        let group = flat.group.iter();
        let group = group.map(|(name, it)| (name.of(text).into(), value(it).into()));
        survey.seen.group(filter, group);
        for bucket in &flat.buckets {
            let start = || bucket.times.map(|(start, _)| start);
            survey.seen.start(filter, start);
            if filter.metrics.is_empty() {
                continue;
            }
            for entry in flat.entries(bucket) {
                let id = entry.id as usize;
                if self.occur.len() <= id {
                    self.occur.resize(id + 1, false);
                }
                self.occur[id] = true;
            }
        }
    }

    fn figure(&mut self, entry: &Entry, text: &str) {
        let qualifier = qualifier(entry, text);
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
                    numbers: 0,
                    nulls: 0,
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
            seen.numbers |= entry.numbers;
            seen.nulls |= entry.nulls;
        }
    }

    /// Adds the columns of the wide layout, and the names that occur.
    pub fn finish(self, survey: &mut Survey, lexicon: &Lexicon) {
        for (id, _) in self.occur.iter().enumerate().filter(|(_, occurs)| **occurs) {
            survey
                .seen
                .metrics
                .insert(lexicon.name(id as u32).to_owned());
        }
        for seen in self.figures {
            for (stat, name) in STATS.iter().enumerate() {
                if (seen.numbers | seen.nulls) & (1 << stat) != 0 {
                    let figure = (
                        seen.view,
                        lexicon.name(seen.id).to_owned(),
                        seen.qualifier.clone(),
                        (*name).to_owned(),
                    );
                    *survey.figures.entry(figure).or_default() |= seen.numbers & (1 << stat) != 0;
                }
            }
        }
    }
}

fn qualifier<'t>(entry: &Entry, text: &'t str) -> &'t str {
    match entry.qualifier {
        Optional::Text(run) => run.of(text),
        Optional::Absent | Optional::Null => "",
    }
}

fn convertible(survey: &mut Survey, shaping: &Shaping, flat: &Flat, entry: &Entry, text: &str) {
    for (stat, number) in stats(entry).zip(flat.numbers(entry)) {
        let literal = number.literal.of(text);
        if survey.unconvertible.is_none()
            && let Some(unit) = shaping.durations
            && DURATIONS.contains(&STATS[stat])
            && unit.convert(literal, 1).is_none()
        {
            survey.unconvertible = Some(literal.to_owned());
        }
    }
}

/// The places in [`STATS`] of the figures of an entry.
fn stats(entry: &Entry) -> impl Iterator<Item = usize> {
    let mut rest = entry.numbers;
    std::iter::from_fn(move || {
        let stat = rest.trailing_zeros() as usize;
        rest &= rest.wrapping_sub(1);
        (stat < STATS.len()).then_some(stat)
    })
}

/// Where the columns of a table are, looked up once.
#[derive(Debug)]
struct Places {
    source: Option<usize>,
    interval: [Option<usize>; 2],
    /// Metric, view, qualifier.
    names: [Option<usize>; 3],
    stats: [Option<usize>; STATS.len()],
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

    /// Writes the rows of one container.
    pub fn container<'a>(
        &mut self,
        flat: &Flat,
        text: &'a str,
        lexicon: &Lexicon,
        out: &mut dyn Rows,
    ) where
        'w: 'a,
    {
        if !group_is_wanted(self.shaping, flat, text) {
            return;
        }
        let mut cells: Vec<Cell<'a>> = vec![Cell::Absent; self.columns.list.len()];
        put(&mut cells, self.places.source, Cell::text(self.source));
        for (name, value) in &flat.group {
            put(
                &mut cells,
                self.columns.dimension(name.of(text)),
                optional(*value, text),
            );
        }
        for bucket in &flat.buckets {
            if !bucket_is_wanted(self.shaping, bucket) {
                continue;
            }
            let ends = match bucket.interval {
                Optional::Absent => [Cell::Absent, Cell::Absent],
                Optional::Null => [Cell::Null, Cell::Null],
                Optional::Text(run) => self.shaping.times.ends(Cow::Borrowed(run.of(text))),
            };
            for (at, cell) in self.places.interval.iter().zip(ends) {
                put(&mut cells, *at, cell);
            }
            match self.shaping.layout {
                Layout::Long => self.long(flat, bucket, text, lexicon, &mut cells, out),
                Layout::Wide => self.wide(flat, bucket, text, lexicon, &mut cells, out),
            }
        }
    }

    fn long<'a>(
        &mut self,
        flat: &Flat,
        bucket: &Bucket,
        text: &'a str,
        lexicon: &Lexicon,
        cells: &mut [Cell<'a>],
        out: &mut dyn Rows,
    ) {
        let shared = self.places.shared;
        out.shared(cells.get(..shared).unwrap_or_default());
        for entry in flat.entries(bucket) {
            let facts = self.names.of(self.shaping, lexicon, entry);
            if !facts.wanted {
                continue;
            }
            self.rows += 1;
            let number = entry.template as usize;
            if let Some(Some(Some(template))) = self.templates.get(number) {
                out.templated(template, text, flat.numbers(entry));
                continue;
            }
            self.cells_of(entry, text, cells);
            if let Some(template) = self.new_template(entry, cells, out) {
                out.templated(&template, text, flat.numbers(entry));
                if let Some(known) = self.templates.get_mut(number) {
                    *known = Some(Some(template));
                }
                continue;
            }
            self.figures_of(flat, entry, facts, text, cells);
            out.row(cells.get(shared..).unwrap_or_default());
        }
    }

    /// All cells of a long row but its figures.
    fn cells_of<'a>(&self, entry: &Entry, text: &'a str, cells: &mut [Cell<'a>]) {
        for at in self.places.stats.iter().chain(&self.places.names) {
            put(cells, *at, Cell::Absent);
        }
        let [metric, view, qualifier] = self.places.names;
        let name = Cell::text(entry.name.of(text));
        put(cells, if entry.view { view } else { metric }, name);
        put(cells, qualifier, optional(entry.qualifier, text));
        if entry.nulls != 0 {
            for (stat, at) in self.places.stats.iter().enumerate() {
                if entry.nulls & (1 << stat) != 0 {
                    put(cells, *at, Cell::Null);
                }
            }
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
        let shared = self.places.shared;
        let mut slots: Vec<(usize, u8)> = (0..)
            .zip(stats(entry))
            .filter_map(|(rank, stat)| Some((self.places.stats[stat]?.checked_sub(shared)?, rank)))
            .collect();
        slots.sort_unstable();
        out.template(cells.get(shared..)?, &slots)
    }

    fn figures_of<'a>(
        &self,
        flat: &Flat,
        entry: &Entry,
        facts: Facts,
        text: &'a str,
        cells: &mut [Cell<'a>],
    ) {
        for (stat, number) in stats(entry).zip(flat.numbers(entry)) {
            let at = self.places.stats[stat];
            if at.is_some() {
                let literal = number.literal.of(text);
                put(cells, at, figure(self.shaping, facts, stat, literal));
            }
        }
    }

    fn wide<'a>(
        &mut self,
        flat: &Flat,
        bucket: &Bucket,
        text: &'a str,
        lexicon: &Lexicon,
        cells: &mut [Cell<'a>],
        out: &mut dyn Rows,
    ) {
        for at in self.columns.figure_places() {
            put(cells, Some(at), Cell::Absent);
        }
        let mut matched = self.shaping.filter.metrics.is_empty();
        for entry in flat.entries(bucket) {
            let facts = self.names.of(self.shaping, lexicon, entry);
            if !facts.wanted {
                continue;
            }
            matched = true;
            let name = (entry.view, entry.id, entry.name.of(text));
            let places = self.figures.of(self.columns, name, qualifier(entry, text));
            for (stat, number) in stats(entry).zip(flat.numbers(entry)) {
                let cell = figure(self.shaping, facts, stat, number.literal.of(text));
                put(cells, places[stat], cell);
            }
            for (stat, at) in places.iter().enumerate() {
                if entry.nulls & (1 << stat) != 0 {
                    put(cells, *at, Cell::Null);
                }
            }
        }
        if matched {
            out.row(cells);
            self.rows += 1;
        }
    }
}

fn figure<'a>(shaping: &Shaping, facts: Facts, stat: usize, literal: &'a str) -> Cell<'a> {
    if shaping.durations.is_none() {
        return Cell::Number(Cow::Borrowed(literal));
    }
    units::figure(shaping.durations, facts.timer, STATS[stat], literal)
}

fn optional(value: Optional, text: &str) -> Cell<'_> {
    match value {
        Optional::Absent => Cell::Absent,
        Optional::Null => Cell::Null,
        Optional::Text(run) => Cell::text(run.of(text)),
    }
}

fn put<'a>(cells: &mut [Cell<'a>], at: Option<usize>, cell: Cell<'a>) {
    if let Some(slot) = at.and_then(|at| cells.get_mut(at)) {
        *slot = cell;
    }
}
