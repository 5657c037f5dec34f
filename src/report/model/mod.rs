//! The model of a report: what every form of it shows.
//!
//! It is built from the merged statistics of the groups and of the intervals. Forms only render:
//! they compute no figure.

pub mod about;
mod axis;
pub mod cell;
pub mod distribution;
mod headline;
pub mod matrix;
pub mod measure;
pub mod naming;
pub mod notes;
pub mod queries;
pub mod rows;
pub mod series;
pub mod wanted;

use crate::rollup::{Group, Groups};

use super::{Entity, Report};

use about::About;
use cell::Cell;
use distribution::Distribution;
use matrix::Matrix;
use measure::{HandleParts, Measure, Totals};
use naming::Naming;
use queries::{added, dimensions, has_rows};
use rows::{RowTable, Rows, UnknownSort};
use series::Series;
use wanted::Wanted;

/// A report.
#[derive(Debug)]
pub struct Model {
    /// The groups with all their dimensions.
    pub report: Report,
    pub wanted: Wanted,
    pub naming: Naming,
    /// All groups that may be added, as one.
    pub total: Groups,
    /// The figures of the total.
    pub headline: Vec<(Measure, Cell)>,
    /// The figures of the total and of the rows.
    pub measures: Vec<Measure>,
    /// The rows of each query, by its place.
    rows: Vec<(usize, Rows)>,
    pub series: Option<Series>,
    pub matrix: Option<Matrix>,
    pub distributions: Vec<Distribution>,
    /// The parts of the handle time of the total.
    pub parts: Option<HandleParts>,
    pub notes: Vec<String>,
    pub about: About,
}

impl Model {
    /// The model of a report; `before` is what it is compared with.
    ///
    /// # Errors
    /// No figure has the name that rows are to be sorted by.
    pub fn build(
        report: Report,
        before: Option<&Report>,
        wanted: Wanted,
        about: About,
    ) -> Result<Self, UnknownSort> {
        let naming = Naming::new(wanted.names.clone(), &report);
        let (total, intervals) = added(&report, &wanted.multivalued);
        let before_total = before.map(|before| added(before, &wanted.multivalued).0);
        let mut measures = total.get(0).map(headline::measures).unwrap_or_default();
        let headline = headline::headline(&total, &measures, before_total.as_ref());
        let series = Series::of(&intervals, &measures, &wanted);
        let matrix = Matrix::of(&intervals, &measures, wanted.zone);
        let parts = total
            .get(0)
            .map(|group| HandleParts::of(&Totals::new(group)));
        let parts = parts.filter(|parts| parts.talk.is_some());
        let rows = rows(&report, before, &wanted)?;
        for measure in rows.iter().flat_map(|(_, rows)| rows.measures()) {
            if !measures.contains(measure) {
                measures.push(measure.clone());
            }
        }
        let mut model = Self {
            distributions: distribution::all(&report, &total, &measures, (&wanted, &naming)),
            notes: Vec::new(),
            total,
            headline,
            measures,
            rows,
            series,
            matrix,
            parts,
            about,
            wanted,
            naming,
            report,
        };
        model.notes = model.notes();
        Ok(model)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        notes::of_days(&self.about, &mut notes);
        notes::of_queries(&self.report, &self.wanted, &mut notes);
        if let Some(total) = self.total.get(0) {
            let mut media = self.report.groups().filter_map(media_type);
            let first = media.next();
            let mixed = first.is_some() && media.any(|it| Some(it) != first);
            notes::of_total(total, mixed, &mut notes);
            notes::of_empty(total, &mut notes);
        }
        if let Some(series) = &self.series {
            notes::of_series(series, &self.wanted, &mut notes);
        }
        notes::of_filters(&self.about, &mut notes);
        notes
    }

    /// The tables of rows, one for each query.
    pub fn tables(&self) -> impl Iterator<Item = RowTable<'_>> {
        self.rows.iter().filter_map(|(query, rows)| {
            let groups = &self.report.queries.get(*query)?.groups;
            Some(RowTable { rows, groups })
        })
    }

    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.report.is_empty()
    }

    /// The entities of the summary dialect.
    pub fn entities(&self) -> &[Entity] {
        &self.report.entities
    }

    /// The first and the last instant, as local times.
    pub fn covered(&self) -> Option<(String, String)> {
        let (start, end) = self.total.get(0)?.covered()?;
        let local = |text: &str| {
            let time = crate::model::time::Instant::parse(text)?.time;
            Some(series::local(time.to_utc(), self.wanted.zone))
        };
        Some((local(start)?, local(end)?))
    }

    /// Metrics that no figure shows, with their totals.
    pub fn other_metrics(&self) -> Vec<[String; 5]> {
        let group = self.total.get(0);
        let mut all = group.map(super::words::others).unwrap_or_default();
        // Qualifiers are in distributions.
        let is_shown = |line: &[String; 5]| {
            let mut parts = self.distributions.iter();
            parts.any(|it| line[0].starts_with(&format!("{} [", it.measure)))
        };
        all.retain(|line| !is_shown(line));
        all
    }

    /// How many groups the report has.
    pub fn group_count(&self) -> usize {
        let queries = self.report.queries.iter();
        queries.map(|query| query.groups.len()).sum()
    }

    /// Whether it is compared with other inputs.
    pub fn is_compared(&self) -> bool {
        self.about.sources.iter().any(|source| source.is_compared)
    }
}

/// The rows of each query that has any, by its place.
fn rows(
    report: &Report,
    before: Option<&Report>,
    wanted: &Wanted,
) -> Result<Vec<(usize, Rows)>, UnknownSort> {
    let mut tables = Vec::new();
    let mut unknown = None;
    for (at, query) in report.queries.iter().enumerate() {
        if !has_rows(&query.groups, wanted) {
            continue;
        }
        let before = before.and_then(|before| match before.queries.as_slice() {
            [only] if report.queries.len() == 1 => Some(only),
            others => {
                let own = dimensions(&query.groups);
                let mut others = others.iter();
                others.find(|it| dimensions(&it.groups) == own)
            }
        });
        match Rows::new(&query.groups, before.map(|it| &it.groups), wanted) {
            Ok(rows) => tables.push((at, rows)),
            Err(error) => unknown = Some(error),
        }
    }
    match unknown {
        // A figure that one of the tables has is no unknown one.
        Some(error) if tables.is_empty() => Err(error),
        _ => Ok(tables),
    }
}

fn media_type(group: Group<'_>) -> Option<&str> {
    let dimensions = group.dimensions().into_iter();
    let mut media = dimensions.filter(|(name, _)| *name == "mediaType");
    media.next().map(|(_, value)| value)
}
