//! A metric of an entity.

use super::template::Templated;
use super::{Number, Scalar, Slice};

/// A metric of an entity.
#[derive(Debug, Clone, Copy)]
pub struct Value {
    pub name: Slice,
    /// The `value`; absent where the metric has none, or is itself null.
    pub value: Scalar,
    pub unit: Scalar,
    pub label: Scalar,
    /// The value of its number, where it is whole.
    pub(super) whole: Option<i64>,
    /// Metrics with one template differ in their number only; `u32::MAX` for none.
    pub template: u32,
    pub(super) is_object: bool,
    /// True if the metric is null.
    pub is_null: bool,
    /// The bytes of the `value`, or of the metric without one.
    pub(super) place: Slice,
    /// The bytes of the `unit`, or `place` without one.
    pub(super) unit_place: Slice,
}

impl Value {
    /// Returns true if the metric gives a row: one whose `value` is null does, with its unit and
    /// label; one that is itself null does not.
    pub fn gives_row(&self) -> bool {
        self.is_object
    }

    /// Its number, if it has one.
    #[inline]
    pub fn number(&self) -> Option<Number> {
        match self.value {
            Scalar::Number(literal) => Some(Number {
                literal,
                whole: self.whole,
            }),
            _ => None,
        }
    }

    /// The same metric with this number, if its value is one.
    #[inline]
    pub(super) fn with(self, number: Number) -> Self {
        if !matches!(self.value, Scalar::Number(_)) {
            return self;
        }
        Self {
            value: Scalar::Number(number.literal),
            whole: number.whole,
            place: number.literal,
            unit_place: match self.unit {
                Scalar::Absent => number.literal,
                _ => self.unit_place,
            },
            ..self
        }
    }
}

/// A metric and the number of its name in the interner.
impl Templated for (Value, u32) {
    fn name(&self) -> Slice {
        self.0.name
    }

    #[inline]
    fn moved(self, to: impl Fn(Slice) -> Option<Slice>) -> Option<Self> {
        let (value, id) = self;
        let is_number = matches!(value.value, Scalar::Number(_));
        let is_figure = |has_own: bool| is_number && !has_own;
        let place = |place, is_figure| match is_figure {
            true => Some(place),
            false => to(place),
        };
        let moved = Value {
            name: to(value.name)?,
            unit: value.unit.moved(&to)?,
            label: value.label.moved(&to)?,
            place: place(value.place, is_figure(false))?,
            unit_place: place(value.unit_place, is_figure(value.unit != Scalar::Absent))?,
            ..value
        };
        Some((moved, id))
    }
}
