//! Key figures of buckets, for the columns of `--kpi`.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::json::number::Decimal;
use crate::model::catalog;
use crate::model::catalog::absence::{self, CounterScope, Occurrences};
use crate::model::catalog::figure::{self, FigureUnit, KeyFigure};
use crate::model::catalog::formula::{CounterSet, NoValue, Quotient, TermValues};
use crate::model::stat::Unmerged;
use crate::record::{Bucket, Entry, Interner, View};

use super::fit::NumberFit;
use super::units::DurationUnit;
use super::zeros::{BucketScopes, MergedScopes};
use super::{Cell, Survey, Type};

/// Decimals of shares, scores and durations; of durations in milliseconds there are three.
const PLACES: u8 = 6;
const MILLISECOND_PLACES: u8 = 3;

/// The key figures that have a value in some bucket.
#[derive(Debug, Clone, Default)]
pub struct FigureSurvey {
    /// Key figures that always have a value, by their places in the catalogue.
    known: BTreeSet<usize>,
    /// Key figures that have a value if these counters are 0 in buckets of these scopes.
    with_zeros: BTreeSet<(BucketScopes, usize, CounterSet)>,
    /// Number of values that are too large, by the places of their figures.
    too_large: BTreeMap<usize, u64>,
}

impl FigureSurvey {
    /// Adds what other buckets have.
    pub(super) fn merge(&mut self, other: Self) {
        self.known.extend(other.known);
        self.with_zeros.extend(other.with_zeros);
        for (place, count) in other.too_large {
            *self.too_large.entry(place).or_default() += count;
        }
    }

    /// The columns with values that are too large, and the number of such values of each.
    pub fn too_large(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = self.too_large.iter();
        counts.filter_map(|(place, count)| Some((figure::all().get(*place)?.column, *count)))
    }

    /// Returns true if a figure has a value; `occurrences` say which counters are 0.
    fn has(&self, place: usize, occurrences: Option<&Occurrences>) -> bool {
        let is_zero = |scopes: &BucketScopes, counters: CounterSet| {
            occurrences.is_some_and(|it| counters.within(zeros(scopes, it)))
        };
        let mut others = self.with_zeros.iter();
        self.known.contains(&place)
            || others.any(|(scopes, own, counters)| *own == place && is_zero(scopes, *counters))
    }
}

/// The counters that are 0 in a bucket of these scopes that lacks them.
fn zeros(scopes: &[CounterScope], occurrences: &Occurrences) -> CounterSet {
    let zeros = scopes.iter().map(|scope| occurrences.zeros(scope));
    zeros.fold(CounterSet::default(), CounterSet::or)
}

/// The columns of all key figures, each with its name, and true if it has a value somewhere.
pub(super) fn columns(
    survey: &Survey,
    occurrences: Option<&Occurrences>,
) -> impl Iterator<Item = (String, &'static KeyFigure, bool)> {
    let figures = figure::all().iter().enumerate();
    figures.map(move |(place, figure)| {
        let has = survey.key_figures.has(place, occurrences);
        (figure.column.to_owned(), figure, has)
    })
}

/// The type of the column of a key figure, which does not depend on the data, and its unit.
pub(super) fn kind(
    figure: &KeyFigure,
    durations: Option<DurationUnit>,
) -> (Type, Option<&'static str>) {
    match figure.measure() {
        FigureUnit::Count => (Type::Integer, None),
        FigureUnit::Share => (Type::Decimal(PLACES), Some("ratio")),
        FigureUnit::Points => (Type::Decimal(PLACES), Some("points")),
        FigureUnit::Time => {
            let unit = durations.unwrap_or(DurationUnit::Milliseconds);
            let kind = match unit {
                unit if unit.is_clock() => Type::Text,
                DurationUnit::Milliseconds => Type::Decimal(MILLISECOND_PLACES),
                _ => Type::Decimal(PLACES),
            };
            (kind, Some(unit.name()))
        }
    }
}

/// Reads the key figures of buckets, one after another.
#[derive(Debug)]
pub(super) struct FigureReader {
    /// The terms of the metrics of one interner with their families, looked up once.
    terms: Vec<(&'static [usize], u32)>,
    /// Made when they are needed first: the formulas are read for them.
    values: LazyCell<TermValues<'static>>,
    /// The families of the metrics of the bucket.
    families: u32,
    /// True if a number of the bucket may be too large.
    has_large: bool,
    /// The scope of the container, and those of the bucket.
    group: BucketScopes,
    scopes: BucketScopes,
    /// The counters that are 0 in buckets of scopes that were looked up, and those of each media type.
    known: HashMap<BucketScopes, (CounterSet, Vec<CounterSet>)>,
}

impl Default for FigureReader {
    fn default() -> Self {
        Self {
            terms: Vec::new(),
            values: LazyCell::new(|| figure::terms().values()),
            families: 0,
            has_large: false,
            group: [].into(),
            scopes: [].into(),
            known: HashMap::new(),
        }
    }
}

impl FigureReader {
    /// Begins with the buckets of a container.
    pub(super) fn group(&mut self, view: View<'_>) {
        self.group = [CounterScope::of(view.present_values())].into();
    }

    /// Begins with a bucket; `merged` has its scopes, where it was joined from others.
    pub(super) fn bucket(
        &mut self,
        view: View<'_>,
        bucket: &Bucket,
        merged: Option<&MergedScopes>,
    ) {
        self.values.clear();
        self.families = 0;
        self.has_large = false;
        let merged = merged.and_then(|merged| merged.of(view, bucket));
        self.scopes = Arc::clone(merged.unwrap_or(&self.group));
    }

    /// Adds an entry of the bucket.
    pub(super) fn add(&mut self, entry: &Entry, view: View<'_>, interner: &Interner) {
        if entry.view {
            return;
        }
        for id in self.terms.len()..interner.count() {
            let name = interner.name(id as u32);
            let terms = figure::terms().of(name);
            self.terms.push((terms, catalog::families(name)));
        }
        let known = self.terms.get(entry.id as usize).copied();
        let (terms, families) = known.unwrap_or_default();
        self.families |= families;
        if terms.is_empty() {
            return;
        }
        self.has_large |= view.numbers(entry).iter().any(|it| it.whole.is_none());
        let get = |stat| {
            let number = view.number(entry, stat)?;
            Some(view.figure(number).decimal().ok_or(Unmerged::TooLarge))
        };
        self.values.add(terms, view.qualifier(entry), get);
    }

    /// Notes which key figures have a value in this bucket: `with_zeros`, also those that have one
    /// if counters are 0. Counts the values that are too large.
    pub(super) fn note(&mut self, with_zeros: bool, fit: NumberFit, survey: &mut FigureSurvey) {
        if with_zeros {
            self.values.zeros = figure::terms().counters_of(self.families);
        }
        for (place, figure) in figure::all().iter().enumerate() {
            if survey.known.contains(&place) && !self.has_large {
                continue;
            }
            match self.value(figure, None, fit) {
                Ok(Cell::Absent) => continue,
                Ok(_) => {}
                Err(_) => {
                    *survey.too_large.entry(place).or_default() += 1;
                    continue;
                }
            }
            let zeros = figure.zeros(&self.values);
            if zeros.is_empty() {
                survey.known.insert(place);
            } else {
                let key = (Arc::clone(&self.scopes), place, zeros);
                survey.with_zeros.insert(key);
            }
        }
    }

    /// Ends the bucket: all of its entries were added. `occurrences` say which counters each media type
    /// has, and which are 0 if they are to be.
    pub(super) fn end_bucket(&mut self, occurrences: Option<&Occurrences>, has_zeros: bool) {
        let Some(occurrences) = occurrences else {
            return;
        };
        let known = self.known.entry(Arc::clone(&self.scopes));
        let (zeros, media) = known.or_insert_with_key(|scopes| {
            let counters = |scope| (scope, occurrences.zeros(scope));
            let media = absence::by_media_type(scopes.iter().map(counters));
            (zeros(scopes, occurrences), media)
        });
        let own = figure::terms().counters_of(self.families);
        if has_zeros {
            self.values.zeros = zeros.and(own);
        }
        self.values.media.clone_from(media);
    }

    /// The cell of a key figure of this bucket; empty if its value is too large.
    pub(super) fn cell<'a>(
        &self,
        figure: &KeyFigure,
        durations: Option<DurationUnit>,
        fit: NumberFit,
    ) -> Cell<'a> {
        self.value(figure, durations, fit).unwrap_or(Cell::Absent)
    }

    /// The value of a key figure of this bucket in its unit.
    fn value<'a>(
        &self,
        figure: &KeyFigure,
        durations: Option<DurationUnit>,
        fit: NumberFit,
    ) -> Result<Cell<'a>, Unmerged> {
        let result = match figure.result(&self.values) {
            Ok(result) => result,
            Err(NoValue::Unmerged(Unmerged::TooLarge)) => return Err(Unmerged::TooLarge),
            Err(_) => return Ok(Cell::Absent),
        };
        let cell = cell(figure, result, durations).ok_or(Unmerged::TooLarge)?;
        let (kind, _) = kind(figure, durations);
        let has_type = fit != NumberFit::Any;
        match &cell {
            Cell::Number(digits) if has_type && !fits(kind, digits) => Err(Unmerged::TooLarge),
            _ => Ok(cell),
        }
    }
}

/// Returns true if a column of a type can have a number.
fn fits(kind: Type, digits: &str) -> bool {
    let number = Decimal::parse(digits);
    match kind {
        Type::Integer => number.and_then(Decimal::whole).is_some(),
        Type::Decimal(scale) => {
            let scaled = number.and_then(|number| number.scaled(scale));
            let most = u32::from(super::types::PRECISION);
            scaled.is_some_and(|it| it.unsigned_abs().checked_ilog10() < Some(most))
        }
        _ => true,
    }
}

/// A result in its unit, rounded half to even; `None` beyond exact arithmetic.
fn cell<'a>(
    figure: &KeyFigure,
    result: Quotient,
    durations: Option<DurationUnit>,
) -> Option<Cell<'a>> {
    match figure.measure() {
        FigureUnit::Count => number(result, 1, 0),
        FigureUnit::Share | FigureUnit::Points => number(result, 1, PLACES),
        FigureUnit::Time => match durations.unwrap_or(DurationUnit::Milliseconds) {
            DurationUnit::Milliseconds => number(result, 1, MILLISECOND_PLACES),
            unit if unit.is_clock() => unit.clock_of(result),
            unit => number(result, unit.size(), PLACES),
        },
    }
}

fn number<'a>(result: Quotient, unit: i64, places: u8) -> Option<Cell<'a>> {
    let rounded = result.rounded(unit, u32::from(places))?;
    Some(Cell::Number(Cow::Owned(rounded.to_string())))
}
