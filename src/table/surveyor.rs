//! Surveys of containers.

use std::collections::{HashMap, HashSet};

use crate::model::catalog::absence::CounterScope;
use crate::model::numbering::{EntryKey, Numbering};
use crate::model::stat::{Stat, StatSet};
use crate::model::{Dialect, FigureId};
use crate::record::entity::EntityView;
use crate::record::{Entry, Interner, View};

use super::key_figures::FigureReader;
use super::parts::{NameTraits, NameTraitsTable, ends, figure, id};
use super::survey::note;
use super::time::Times;
use super::types::StatNumbers;
use super::{Filter, Layout, Survey, TableSpec};

/// Number of organization presences that are looked up: organizations have hundreds at the most.
const PRESENCES: usize = 10_000;

/// Surveys containers one after another.
#[derive(Debug, Default)]
pub struct Surveyor {
    names: NameTraitsTable,
    /// The metrics and views of the wide layout, by name and qualifier.
    figures: Numbering<(bool, u32, Box<str>), FigureStats>,
    /// The number of the last one.
    last: u32,
    /// True for each of the interner's names that occurs, where `--metric` is given.
    occur: Vec<bool>,
    /// The column types that the statistics of the long layout need.
    odd: StatNumbers,
    key_figures: FigureReader,
    /// Which of the interner's names occur, by media type.
    by_media: HashMap<Box<str>, Vec<bool>>,
    /// The organization presences that were noted.
    presences: HashSet<String>,
    /// True for each template of entries, or of the metrics of entities, that was noted: only its rows
    /// need be counted.
    noted: Vec<bool>,
    noted_values: Vec<bool>,
}

/// The statistics of one metric or view and qualifier of the wide layout.
#[derive(Debug, Default)]
struct FigureStats {
    numbers: StatSet,
    nulls: StatSet,
    odd: StatNumbers,
}

impl Surveyor {
    /// Adds what one container has to `survey`. The
    /// columns of the wide layout follow with [`Surveyor::finish`].
    pub fn observe(
        &mut self,
        survey: &mut Survey,
        spec: &TableSpec,
        view: View<'_>,
        interner: &Interner,
    ) {
        let filter = &spec.filter;
        let group = filter.group(view);
        if filter.is_set() {
            self.note(survey, filter, view);
        }
        let (mut numbers, mut nulls) = (StatSet::default(), StatSet::default());
        let (mut figures, mut all_rows) = (0, 0);
        let has_key_figures = spec.key_figures && spec.layout == Layout::Wide;
        if has_key_figures {
            self.key_figures.group(view);
        }
        if spec.zeros.is_any() {
            self.occurrences(spec, view, interner);
        }
        // All that matters is which entries occur, and the types of their numbers.
        let is_plain = spec.layout == Layout::Long && spec.durations.is_none();
        for bucket in view.buckets() {
            let wanted = group && spec.filter.bucket(view, bucket);
            let entries = view.entries(bucket);
            let mut matched = 0;
            if has_key_figures {
                let merged = spec.merged.as_deref();
                self.key_figures.bucket(view, bucket, merged);
            }
            for (index, entry) in entries.iter().enumerate().filter(|_| wanted) {
                if is_plain
                    && self.noted.get(entry.template as usize) == Some(&true)
                    && (!spec.typed || view.are_whole(entry))
                {
                    matched += 1;
                    figures += entry.numbers.len() as u64;
                    continue;
                }
                let facts = self.names.of(spec, interner, entry);
                if !facts.wanted {
                    continue;
                }
                matched += 1;
                figures += entry.numbers.len() as u64;
                survey.views |= entry.view;
                survey.metrics |= !entry.view;
                survey.qualifiers |= entry.qualifier.has_value();
                if entry.qualifier.has_value() {
                    self.qualifier(survey, spec, facts, view.qualifier(entry));
                }
                numbers = numbers.or(entry.numbers);
                nulls = nulls.or(entry.nulls);
                if is_plain && entry.template != u32::MAX {
                    note(&mut self.noted, entry.template);
                }
                if facts.timer && spec.durations.is_some() {
                    for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
                        if stat.has_unit() {
                            survey.convertible(spec, view.str(number.literal), 1);
                        }
                    }
                }
                if spec.layout == Layout::Wide {
                    self.figure(entry, view);
                }
                if has_key_figures {
                    self.key_figures.add(entry, view, interner);
                }
                if spec.typed {
                    self.measure(spec, facts, entry, view);
                }
                for extra in view.extras(bucket, index) {
                    let stat = view.str(extra.name);
                    let has = extra.value.has_value();
                    // A known statistic is here where its value is neither a number nor null.
                    if Stat::parse(stat).is_none() {
                        *survey.extras.entry(stat.to_owned()).or_default() += u64::from(has);
                    }
                    match spec.layout {
                        Layout::Long => survey.stat(stat, has),
                        Layout::Wide => {
                            let qualifier = view.qualifier(entry).to_owned();
                            let name = interner.name(entry.id).to_owned();
                            let figure = FigureId {
                                view: entry.view,
                                name,
                                qualifier,
                                stat: stat.to_owned(),
                            };
                            *survey.figures.entry(figure).or_default() |= has;
                        }
                    }
                }
            }
            if has_key_figures && wanted {
                let with_zeros = spec.zeros.in_figures;
                let figures = &mut survey.key_figures;
                self.key_figures.note(with_zeros, spec.fit, figures);
            }
            let rows = if spec.layout == Layout::Wide {
                let row = wanted && (matched > 0 || spec.filter.metrics.is_empty());
                survey.filtered += u64::from(!row);
                u64::from(row)
            } else {
                survey.filtered += entries.len() as u64 - matched;
                matched
            };
            all_rows += rows;
            if rows > 0 && !(survey.intervals && survey.ends) {
                let [start, end] = ends(&Times::default(), view, bucket);
                survey.intervals |= start.has_value();
                survey.ends |= end.has_value();
            }
        }
        survey.rows += all_rows;
        // The dimensions, both ends of the interval and the metric.
        survey.filled += figures + all_rows * (view.group().len() as u64 + 3);
        if spec.layout == Layout::Long {
            survey.marked(numbers, nulls);
        }
        if group {
            for dimension in view.group() {
                let has = dimension.value.has_value();
                let name = view.str(dimension.name);
                survey.dimension(name, has);
                if spec.names.is_asked()
                    && let Some(value) = id(dimension.value, view)
                {
                    let known = survey.names.get_or_insert_default();
                    known.dimension(&spec.names, name, value);
                }
            }
        }
        survey.dialects.insert(Dialect::Aggregates);
    }

    /// Adds what one entity has to `survey`.
    pub fn entity(&mut self, survey: &mut Survey, spec: &TableSpec, view: EntityView<'_>) {
        survey.entity(spec, view, &mut self.noted_values);
    }

    /// Records if a qualifier has a name: a presence always has, because the response may name
    /// it.
    fn qualifier(&mut self, survey: &mut Survey, spec: &TableSpec, facts: NameTraits, id: &str) {
        if !spec.names.is_asked() {
            let is_new = facts.presence && !self.presences.contains(id);
            if !is_new || self.presences.len() >= PRESENCES {
                return;
            }
            self.presences.insert(id.to_owned());
        }
        let known = survey.names.get_or_insert_default();
        known.qualifiers.add(&spec.names, id, facts.presence);
    }

    /// Records the metrics that occur, also in groups and times that filters leave out.
    fn occurrences(&mut self, spec: &TableSpec, view: View<'_>, interner: &Interner) {
        let scope = CounterScope::of(view.present_values());
        let occur = self.by_media.entry(scope.media_type).or_default();
        for bucket in view.buckets() {
            for entry in view.entries(bucket).iter().filter(|entry| !entry.view) {
                let id = entry.id as usize;
                if occur.len() <= id {
                    occur.resize(id + 1, false);
                }
                if let Some(occurs) = occur.get_mut(id).filter(|occurs| !**occurs) {
                    *occurs = self.names.of(spec, interner, entry).wanted;
                }
            }
        }
    }

    /// Notes what occurs, for filters that match nothing.
    fn note(&mut self, survey: &mut Survey, filter: &Filter, view: View<'_>) {
        survey.seen.group(filter, view);
        for bucket in view.buckets() {
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
        let key = EntryKey {
            view: entry.view,
            id: entry.id,
            qualifier: view.qualifier(entry),
        };
        let new = || (key.owned(), FigureStats::default());
        self.last = self.figures.number(&key, new);
        if let Some(seen) = self.figures.get_mut(self.last) {
            seen.numbers = seen.numbers.or(entry.numbers);
            seen.nulls = seen.nulls.or(entry.nulls);
        }
    }

    /// Looks what types the figures of an entry need, whose figure was looked up last.
    fn measure(&mut self, spec: &TableSpec, facts: NameTraits, entry: &Entry, view: View<'_>) {
        let odd = match spec.layout {
            Layout::Long => &mut self.odd,
            Layout::Wide => match self.figures.get_mut(self.last) {
                Some(seen) => &mut seen.odd,
                None => return,
            },
        };
        for (stat, number) in entry.numbers.iter().zip(view.numbers(entry)) {
            let converts = spec.durations.is_some() && facts.timer && stat.has_unit();
            if converts || number.whole.is_none() {
                let cell = figure(spec, facts, stat, view.str(number.literal));
                cell.measure(odd.entry(stat).or_default());
            }
        }
    }

    /// Adds the columns of the wide layout with the types that they need, and the names that occur.
    pub fn finish(self, survey: &mut Survey, interner: &Interner) {
        for (id, _) in (0..).zip(&self.occur).filter(|(_, occurs)| **occurs) {
            survey.seen.metrics.insert(interner.name(id).to_owned());
        }
        for (media_type, occur) in &self.by_media {
            for (id, _) in (0..).zip(occur).filter(|(_, occurs)| **occurs) {
                survey.occurrences.add(media_type, interner.name(id));
            }
        }
        for (stat, needs) in self.odd {
            let numbers = survey.numbers.entry(FigureId::of_any(stat.name()));
            numbers.or_default().merge(needs);
        }
        for ((view, name, qualifier), seen) in self.figures.into_iter() {
            let id = |stat: Stat| FigureId {
                view,
                name: interner.name(name).to_owned(),
                qualifier: qualifier.to_string(),
                stat: stat.name().to_owned(),
            };
            for (stat, needs) in seen.odd {
                survey.numbers.entry(id(stat)).or_default().merge(needs);
            }
            for stat in seen.numbers.or(seen.nulls).iter() {
                let figure = id(stat);
                *survey.figures.entry(figure).or_default() |= seen.numbers.contains(stat);
            }
        }
    }
}
