//! Key figures of buckets, for the columns of `--kpi`.

use std::borrow::Cow;

use crate::json::number::Decimal;
use crate::model::catalog::figure::{self, FigureUnit, KeyFigure};
use crate::model::catalog::formula::{Absent, Quotient, Values};
use crate::model::stat::Unmerged;
use crate::record::{Entry, Interner, View};

use super::units::Unit;
use super::{Cell, Survey, Type};

/// Which key figures are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyFigures {
    /// Whether a counter that a bucket lacks is 0, if it occurs anywhere.
    pub absent_zero: bool,
}

/// Decimals of shares, scores and durations; of durations in milliseconds there are three.
const PLACES: u8 = 6;
const MILLISECOND_PLACES: u8 = 3;
/// A figure of more digits does not fit its column.
const DIGITS: u8 = super::types::PRECISION;

/// The column of a key figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFigureColumn {
    /// Its place in the catalogue.
    pub figure: usize,
    /// Whether an absent counter is 0.
    pub absent_zero: bool,
}

impl KeyFigures {
    /// The columns of all key figures, each with its name, and whether it has a value somewhere.
    pub(super) fn columns(self, survey: &Survey) -> Vec<(String, KeyFigureColumn, bool)> {
        let occurs = |metric: &str| {
            let mut names = survey.figures.keys();
            names.any(|figure| !figure.view && figure.name == metric)
        };
        let figures = figure::all().iter().enumerate();
        let columns = figures.map(|(place, figure)| {
            // What occurs nowhere was perhaps not asked for, and is unknown.
            let is_known = figure.terms().all(|term| occurs(&term.metric));
            let column = KeyFigureColumn {
                figure: place,
                absent_zero: self.absent_zero && is_known,
            };
            let has = is_known && survey.key_figures.contains(&place);
            (figure.column.to_owned(), column, has)
        });
        columns.collect()
    }
}

impl KeyFigureColumn {
    fn entry(self) -> Option<&'static KeyFigure> {
        figure::all().get(self.figure)
    }

    /// The type, which does not depend on the data, and the unit.
    pub fn kind(self, durations: Option<Unit>) -> (Type, Option<&'static str>) {
        let unit = durations.unwrap_or(Unit::Milliseconds);
        match self.entry().map(KeyFigure::measure) {
            Some(FigureUnit::Count) | None => (Type::Integer, None),
            Some(FigureUnit::Share) => (Type::Decimal(PLACES), Some("ratio")),
            Some(FigureUnit::Points) => (Type::Decimal(PLACES), Some("points")),
            Some(FigureUnit::Time) => {
                let kind = match unit {
                    unit if unit.is_clock() => Type::Text,
                    Unit::Milliseconds => Type::Decimal(MILLISECOND_PLACES),
                    _ => Type::Decimal(PLACES),
                };
                (kind, Some(unit.name()))
            }
        }
    }

    /// Whether it is a share of one.
    pub fn is_share(self) -> bool {
        self.entry()
            .is_some_and(|figure| figure.measure() == FigureUnit::Share)
    }
}

/// Reads the key figures of buckets, one after another.
#[derive(Debug)]
pub(super) struct FigureReader {
    /// The terms of the metrics of one interner, looked up once.
    terms: Vec<&'static [usize]>,
    values: Values<'static>,
    is_of_user: bool,
}

impl Default for FigureReader {
    fn default() -> Self {
        Self {
            terms: Vec::new(),
            values: figure::terms().values(),
            is_of_user: false,
        }
    }
}

impl FigureReader {
    /// Begins with the buckets of a container.
    pub(super) fn group(&mut self, view: View<'_>) {
        self.is_of_user = view.group_values().any(|(name, _)| name == "userId");
    }

    /// Begins with a bucket.
    pub(super) fn bucket(&mut self) {
        self.values.clear();
    }

    /// Adds an entry of the bucket.
    pub(super) fn add(&mut self, entry: &Entry, view: View<'_>, interner: &Interner) {
        if entry.view {
            return;
        }
        for id in self.terms.len()..interner.count() {
            let name = interner.name(id as u32);
            self.terms.push(figure::terms().of(name));
        }
        let terms = self.terms.get(entry.id as usize).copied();
        let terms = terms.unwrap_or_default();
        if terms.is_empty() {
            return;
        }
        let get = |stat| {
            let number = view.number(entry, stat)?;
            Some(view.figure(number).decimal().ok_or(Unmerged::TooLarge))
        };
        self.values.add(terms, view.qualifier(entry), get);
    }

    fn absent(&self, is_zero: bool) -> Absent {
        match (is_zero, self.is_of_user) {
            (false, _) => Absent::Null,
            (true, false) => Absent::Zero,
            (true, true) => Absent::ZeroOfUser,
        }
    }

    /// Notes which key figures have a value in this bucket, if all of their metrics occur.
    pub(super) fn note(&self, wanted: KeyFigures, survey: &mut Survey) {
        let absent = self.absent(wanted.absent_zero);
        for (place, figure) in figure::all().iter().enumerate() {
            if !survey.key_figures.contains(&place) {
                let result = figure.result(&self.values, absent);
                if result.is_ok_and(|it| cell(figure, it, None) != Cell::Absent) {
                    survey.key_figures.insert(place);
                }
            }
        }
    }

    /// The cell of a key figure of this bucket.
    pub(super) fn cell<'a>(&self, column: KeyFigureColumn, durations: Option<Unit>) -> Cell<'a> {
        let Some(figure) = column.entry() else {
            return Cell::Absent;
        };
        let absent = self.absent(column.absent_zero);
        let result = figure.result(&self.values, absent);
        result.map_or(Cell::Absent, |result| cell(figure, result, durations))
    }
}

/// A result in its unit, rounded half to even; absent beyond exact arithmetic.
fn cell<'a>(figure: &KeyFigure, result: Quotient, durations: Option<Unit>) -> Cell<'a> {
    let cell = match figure.measure() {
        FigureUnit::Count => {
            let count = result.rounded(1, 0).and_then(Decimal::whole);
            count.map(|count| Cell::Number(Cow::Owned(count.to_string())))
        }
        FigureUnit::Share | FigureUnit::Points => number(result, 1, PLACES),
        FigureUnit::Time => match durations.unwrap_or(Unit::Milliseconds) {
            Unit::Milliseconds => number(result, 1, MILLISECOND_PLACES),
            unit if unit.is_clock() => unit.clock_of(result),
            unit => number(result, unit.size(), PLACES),
        },
    };
    cell.unwrap_or(Cell::Absent)
}

fn number<'a>(result: Quotient, unit: i64, places: u8) -> Option<Cell<'a>> {
    let rounded = result.rounded(unit, u32::from(places))?;
    let (whole, _) = rounded.digits();
    (whole + places <= DIGITS).then(|| Cell::Number(Cow::Owned(rounded.to_string())))
}
