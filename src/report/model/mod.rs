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

use std::collections::BTreeSet;

use crate::aggregate::Group;

use super::{Entity, Report};

use about::About;
use cell::Cell;
use distribution::Distribution;
use matrix::Matrix;
use measure::{HandleParts, Measure, Totals};
use naming::Naming;
use queries::{QueryTotal, dimensions, drops_multivalued, has_rows, right};
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
    /// The totals of the queries.
    totals: Vec<QueryTotal>,
    /// The figures of the totals that are right.
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
        let totals = queries::totals(&report);
        let earlier = before.map(queries::totals);
        let of = |totals| right(totals).map(|(_, group)| Totals::new(group));
        let own: Vec<Totals<'_>> = of(&totals).collect();
        let earlier: Option<Vec<Totals<'_>>> = earlier.as_deref().map(|it| of(it).collect());
        let headline = headline::headline(&own, earlier.as_deref());
        // Over time, and as a distribution, the first query is shown that has totals.
        let first = right(&totals).next();
        let mut measures = first
            .map(|(_, it)| headline::measures(it))
            .unwrap_or_default();
        let intervals = first.and_then(|(at, _)| report.queries.get(at));
        let intervals = intervals.map(|query| &query.series);
        let series = intervals.and_then(|it| Series::of(it, &measures, &wanted));
        let matrix = intervals.and_then(|it| Matrix::of(it, &measures, wanted.zone));
        let parts = own
            .iter()
            .map(HandleParts::of)
            .find(|parts| parts.talk.is_some());
        let first = first.map(|(_, group)| group);
        let distributions = distribution::all(&report, first, &measures, (&wanted, &naming));
        let rows = rows(&report, before, &wanted)?;
        let others = rows.iter().flat_map(|(_, rows)| rows.measures());
        for measure in headline.iter().map(|(measure, _)| measure).chain(others) {
            if !measures.contains(measure) {
                measures.push(measure.clone());
            }
        }
        let mut model = Self {
            distributions,
            notes: Vec::new(),
            totals,
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
        notes::of_data(&self.about, &mut notes);
        notes::of_queries(&self.report, &self.wanted, &mut notes);
        for (_, total) in right(&self.totals) {
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
            Some(RowTable {
                query: *query,
                rows,
                groups,
            })
        })
    }

    /// The dimensions of each query.
    pub fn queries(&self) -> Vec<BTreeSet<String>> {
        let queries = self.report.queries.iter();
        queries.map(|query| dimensions(&query.groups)).collect()
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
        let instant = |text: &str| Some(crate::model::time::Instant::parse(text)?.time.to_utc());
        let groups = self.totals.iter().filter_map(QueryTotal::group);
        let covered: Vec<(&str, &str)> = groups.filter_map(|it| it.covered()).collect();
        let start = covered.iter().filter_map(|it| instant(it.0)).min()?;
        let end = covered.iter().filter_map(|it| instant(it.1)).max()?;
        let local = |time| series::local(time, self.wanted.zone);
        Some((local(start), local(end)))
    }

    /// Metrics that no figure shows, with their totals.
    pub fn other_metrics(&self) -> Vec<[String; 5]> {
        let mut all: Vec<[String; 5]> = Vec::new();
        for (_, group) in right(&self.totals) {
            for line in super::words::others(group) {
                if !all.iter().any(|known| known[0] == line[0]) {
                    all.push(line);
                }
            }
        }
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
    let (mut unknown, mut unsorted) = (None, 0);
    let is_any = report.queries.iter().any(|it| has_rows(&it.groups, wanted));
    for (at, query) in report.queries.iter().enumerate() {
        // Where no query has the dimensions, all groups are "(none)".
        let has_rows = has_rows(&query.groups, wanted);
        if !has_rows && (is_any || drops_multivalued(&query.groups, wanted).is_some()) {
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
        let before = before.map(|it| &it.groups);
        match Rows::new(&query.groups, before, wanted) {
            Ok(rows) => tables.push((at, rows)),
            Err(error) => {
                unknown = Some(error);
                // A figure that another table has is no unknown one.
                let by_volume = Wanted {
                    sort: None,
                    ..wanted.clone()
                };
                tables.push((at, Rows::new(&query.groups, before, &by_volume)?));
                unsorted += 1;
            }
        }
    }
    match unknown {
        Some(error) if unsorted == tables.len() => Err(error),
        _ => Ok(tables),
    }
}

fn media_type(group: Group<'_>) -> Option<&str> {
    let dimensions = group.dimensions().into_iter();
    let mut media = dimensions.filter(|(name, _)| *name == "mediaType");
    media.next().map(|(_, value)| value)
}
