//! The columns of figures in the tables of the page and of the workbook.

use crate::model::catalog::figure::FigureUnit;

use super::model::measure::Measure;

/// The order of figures in tables; those that are not here follow.
const ORDER: [&str; 12] = [
    "Offered",
    "Answered",
    "Abandoned",
    "Short abandoned",
    "Handled",
    "Transferred",
    "Answered %",
    "Abandoned %",
    "Service level",
    "Transferred %",
    "ASA",
    "AHT",
];
/// Figures that are not shown where the parts of the handle time are.
const DIVIDED: [&str; 5] = ["Wait", "Talk", "Hold", "Hold handled", "Wrap-up"];
/// The parts of the handle time in heads.
const PARTS: [&str; 4] = ["AHT: talk", "AHT: hold", "AHT: wrap-up", "AHT: other"];

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// A figure, by its place in the row.
    Figure(Measure, usize),
    Target(usize),
    /// A part of the handle time.
    Part(usize),
    Change(Measure, usize),
    /// The figure of the compared period.
    Before(Measure, usize),
    /// The figure of now on the days that the change is of.
    SameDays(Measure, usize),
}

impl Column {
    pub fn head(&self) -> String {
        match self {
            Self::Figure(measure, _) => measure.label(),
            Self::Target(_) => "Target".to_owned(),
            Self::Part(part) => PARTS.get(*part).copied().unwrap_or_default().to_owned(),
            Self::Before(measure, _) => format!("{} before", measure.label()),
            Self::SameDays(measure, _) => format!("{} on the same days", measure.label()),
            Self::Change(measure, _) => match measure.unit() {
                FigureUnit::Count => format!("{}, change", measure.label()),
                FigureUnit::Share => format!("{}, change (percentage points)", measure.label()),
                FigureUnit::Time => format!("{}, change (s)", measure.label()),
                FigureUnit::Points => format!("{}, change", measure.label()),
            },
        }
    }

    /// Returns true if it counts, so that rows can be added.
    pub fn is_count(&self) -> bool {
        matches!(self, Self::Figure(measure, _) if measure.unit() == FigureUnit::Count)
    }
}

/// The additional columns beside figures.
#[derive(Debug, Clone, Copy)]
pub struct Beside {
    pub parts: bool,
    pub targets: bool,
    pub changes: bool,
    /// Figures of the compared period.
    pub before: bool,
    /// Figures of now on the days of both periods.
    pub same_days: bool,
}

/// The columns of figures.
pub fn columns(measures: &[Measure], beside: Beside) -> Vec<Column> {
    let place = |measure: &Measure| {
        let label = measure.label();
        ORDER
            .iter()
            .position(|name| *name == label)
            .unwrap_or(ORDER.len())
    };
    let is_shown = |measure: &Measure| !(beside.parts && DIVIDED.contains(&&*measure.label()));
    let shown = measures.iter().enumerate().filter(|(_, it)| is_shown(it));
    let mut shown: Vec<(usize, &Measure)> = shown.collect();
    shown.sort_by_key(|(_, measure)| place(measure));
    let mut columns = Vec::new();
    for (at, measure) in &shown {
        columns.push(Column::Figure((*measure).clone(), *at));
        let label = measure.label();
        if beside.targets && label == "Service level" {
            columns.push(Column::Target(*at));
        }
        if beside.parts && label == "AHT" {
            columns.extend((0..PARTS.len()).map(Column::Part));
        }
    }
    let main = shown
        .iter()
        .filter(|(_, it)| ["Offered", "Handled", "Service level"].contains(&&*it.label()));
    for (at, it) in main {
        if beside.before {
            columns.push(Column::Before((*it).clone(), *at));
        }
        if beside.same_days {
            columns.push(Column::SameDays((*it).clone(), *at));
        }
        if beside.changes {
            columns.push(Column::Change((*it).clone(), *at));
        }
    }
    columns
}
