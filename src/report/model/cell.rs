//! A figure, its target, and how it has changed.

use crate::json::number::Decimal;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::{NoValue, Quotient};
use crate::report::words;

use super::measure::{Measure, Totals};

/// A figure with its target and its change.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cell {
    pub value: Option<Quotient>,
    /// The reason why there is no value.
    pub why: Option<NoValue>,
    /// The target, as a share.
    pub target: Option<Quotient>,
    /// The change since the inputs of `--compare`.
    pub change: Option<Change>,
}

impl Cell {
    /// The cell of a measure in a group.
    pub fn of(measure: &Measure, totals: &Totals<'_>) -> Self {
        let value = measure.of(totals);
        Self {
            value: value.ok(),
            why: value.err(),
            target: measure.target(totals),
            change: None,
        }
    }

    /// A cell without a value.
    pub fn without(why: NoValue) -> Self {
        Self {
            why: Some(why),
            ..Self::default()
        }
    }

    /// Returns true if the target is met; `None` without a value or a target.
    pub fn meets_target(&self) -> Option<bool> {
        let order = self.value?.compare(self.target?)?;
        Some(order.is_ge())
    }
}

/// Decimals that differences are computed with, beyond those that are shown.
const PLACES: u32 = 9;

/// A figure of earlier inputs, and how it differs now.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// The earlier figure.
    pub before: Option<Quotient>,
    /// The figure of now, on the days of both.
    pub now: Option<Quotient>,
    /// Now minus before, in the unit of the figure.
    pub absolute: Option<Decimal>,
    /// The difference as a share of the earlier figure.
    pub relative: Option<Decimal>,
    /// True if the target was crossed: `Some(true)` where it is met now and was not before.
    pub crossed: Option<bool>,
}

impl Change {
    /// An earlier figure that the figure of now is not compared with.
    pub fn of(before: Option<Quotient>) -> Self {
        Self {
            before,
            now: None,
            absolute: None,
            relative: None,
            crossed: None,
        }
    }

    /// The difference of the exact figures, rounded as a form shows it.
    pub fn shown(&self, unit: FigureUnit) -> Option<Decimal> {
        words::as_shown(unit, self.now?.minus(self.before?)?)
    }

    /// Compares `now` with `before`.
    pub fn new(now: &Cell, before: &Cell) -> Self {
        let decimal = |cell: &Cell| cell.value?.rounded(1, PLACES);
        let difference = |now: Quotient, before| now.minus(before)?.rounded(1, PLACES);
        let values = now.value.zip(before.value);
        let absolute = values.and_then(|(now, before)| difference(now, before));
        let relative = absolute
            .zip(decimal(before))
            .and_then(|(difference, before)| difference.divided(before.abs(), 6));
        let crossed = match (before.meets_target(), now.meets_target()) {
            (Some(false), Some(true)) => Some(true),
            (Some(true), Some(false)) => Some(false),
            _ => None,
        };
        Self {
            before: before.value,
            now: now.value,
            absolute,
            relative,
            crossed,
        }
    }
}
