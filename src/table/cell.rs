//! One cell of a row.

use std::borrow::Cow;

use crate::record::{Scalar, Slice};

use super::types::Numbers;

/// A value on its way to a format; numbers are still the literals that stood in the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// No such property.
    Absent,
    /// The property is there, and null.
    Null,
    Text(Cow<'a, str>),
    /// A number's literal, or what a conversion made of it.
    Number(Cow<'a, str>),
    /// Digits that are no JSON number, such as `0:02:30`.
    Figure(String),
    /// An instant as spreadsheets read it, such as `2026-03-02 08:00:00`.
    Time(String),
    Bool(bool),
}

impl<'a> Cell<'a> {
    /// The cell of a scalar, with the text of its slices.
    pub fn of_scalar(scalar: Scalar, text: impl Fn(Slice) -> &'a str) -> Self {
        match scalar {
            Scalar::Absent => Self::Absent,
            Scalar::Null => Self::Null,
            Scalar::Text(slice) => Self::text(text(slice)),
            Scalar::Number(slice) => Self::Number(Cow::Borrowed(text(slice))),
            Scalar::Bool(value) => Self::Bool(value),
        }
    }

    /// Returns true if there is something to show.
    pub fn has_value(&self) -> bool {
        !matches!(self, Self::Absent | Self::Null)
    }

    /// The text of the cell; empty if there is nothing to show.
    pub fn shown(&self) -> &str {
        match self {
            Self::Absent | Self::Null => "",
            Self::Text(text) | Self::Number(text) => text,
            Self::Figure(text) | Self::Time(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
        }
    }

    /// The cell with a text of its own.
    pub fn owned(&self) -> Cell<'static> {
        let owned = |text: &str| Cow::Owned(text.to_owned());
        match self {
            Self::Absent => Cell::Absent,
            Self::Null => Cell::Null,
            Self::Text(text) => Cell::Text(owned(text)),
            Self::Number(literal) => Cell::Number(owned(literal)),
            Self::Figure(text) => Cell::Figure(text.clone()),
            Self::Time(text) => Cell::Time(text.clone()),
            Self::Bool(value) => Cell::Bool(*value),
        }
    }

    /// Adds what the value needs to the needs of its column.
    pub fn measure(&self, numbers: &mut Numbers) {
        match self {
            Self::Absent | Self::Null => {}
            Self::Number(literal) => numbers.add(literal),
            Self::Text(_) | Self::Figure(_) | Self::Time(_) | Self::Bool(_) => numbers.add_text(),
        }
    }

    /// A borrowed or static text.
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}
