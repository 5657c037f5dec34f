//! The content of a column.

use crate::model::FigureId;
use crate::model::catalog::figure::KeyFigure;

use super::entity_names::Attribute;

/// A column: its name, its content, and true if it has a value somewhere.
pub type Candidate = (String, ColumnContent, bool);

/// The content of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnContent {
    Source,
    /// The SHA-256 of the input.
    SourceHash,
    /// The JSON Pointer to the part of the document that the row has.
    Pointer,
    /// The time of the run.
    LoadedAt,
    Dimension(String),
    /// The names of the ids of a dimension.
    NamesOf(String),
    /// An attribute of the ids of a dimension.
    Attribute(Attribute),
    IntervalStart,
    IntervalEnd,
    Metric,
    View,
    Qualifier,
    /// The names of qualifiers that are ids.
    QualifierName,
    Stat(String),
    Figure(FigureId),
    /// A key figure of the wide layout.
    KeyFigure(&'static KeyFigure),
    Id,
    Division,
    DivisionName,
    Value,
    Unit,
    Label,
    /// The value of a summary metric.
    ValueOf(String),
    /// The unit of a summary metric.
    UnitOf(String),
    /// A column that was asked for by name and is in none of the inputs.
    Nothing,
}

impl ColumnContent {
    /// Returns true if it is the same in all rows of a bucket or entity.
    pub fn is_of_bucket(&self) -> bool {
        matches!(
            self,
            Self::Source
                | Self::SourceHash
                | Self::LoadedAt
                | Self::Dimension(_)
                | Self::NamesOf(_)
                | Self::Attribute(_)
                | Self::IntervalStart
                | Self::IntervalEnd
                | Self::Id
                | Self::Division
                | Self::DivisionName
                | Self::Nothing
        )
    }

    /// Returns true if it is a figure.
    pub fn is_figure(&self) -> bool {
        matches!(
            self,
            Self::Stat(_) | Self::Figure(_) | Self::KeyFigure(_) | Self::Value | Self::ValueOf(_)
        )
    }

    /// Returns true if it depends on the run and its files, and not on the data.
    pub fn is_of_run(&self) -> bool {
        matches!(
            self,
            Self::Source | Self::SourceHash | Self::Pointer | Self::LoadedAt
        )
    }

    /// Returns true if it tells a row from the other rows of its table.
    pub fn identifies_row(&self) -> bool {
        matches!(
            self,
            Self::Dimension(_)
                | Self::IntervalStart
                | Self::IntervalEnd
                | Self::Metric
                | Self::View
                | Self::Qualifier
                | Self::Id
                | Self::Division
        )
    }
}
