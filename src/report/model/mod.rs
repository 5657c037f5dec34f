//! The model of a report: what every form of it shows.
//!
//! It is built from the merged statistics of the groups and of the intervals. Forms only render:
//! they compute no figure.

pub mod about;
pub mod cell;
pub mod distribution;
mod headline;
pub mod matrix;
pub mod measure;
pub mod naming;
mod notes;
pub mod rows;
pub mod series;
pub mod wanted;

use crate::rollup::join::Levels;
use crate::rollup::{Group, Groups};

use super::{Entity, Report};

use about::About;
use cell::Cell;
use distribution::Distribution;
use matrix::Matrix;
use measure::{HandleParts, Measure, Totals};
use naming::Naming;
use rows::{Row, Rows, UnknownSort};
use series::Series;
use wanted::Wanted;

/// A report.
#[derive(Debug)]
pub struct Model {
    /// The groups with all their dimensions.
    pub report: Report,
    pub wanted: Wanted,
    pub naming: Naming,
    /// All groups as one, if they may be added.
    pub total: Groups,
    /// The figures of the total.
    pub headline: Vec<(Measure, Cell)>,
    /// The columns of the rows; the first is what rows are sorted by, unless asked otherwise.
    pub measures: Vec<Measure>,
    pub rows: Rows,
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
        let levels = Levels::of(&report.groups);
        let total = report.groups.by(&[], &levels, |_| true);
        let naming = Naming::new(wanted.names.clone(), &report.groups);
        let measures = total.get(0).map(headline::measures).unwrap_or_default();
        let adds = wanted.multivalued.is_empty() || report.groups.len() < 2;
        let before_total = before.map(|before| {
            let levels = Levels::of(&before.groups);
            before.groups.by(&[], &levels, |_| true)
        });
        let headline = match adds {
            true => headline::headline(&total, &measures, before_total.as_ref()),
            false => Vec::new(),
        };
        let rows = Rows::new(&report.groups, before, &levels, &measures, &wanted)?;
        let series = adds
            .then(|| Series::of(&report.series, &levels, &measures, &wanted))
            .flatten();
        let matrix = adds
            .then(|| Matrix::of(&report.series, &levels, &measures, wanted.zone))
            .flatten();
        let parts = total
            .get(0)
            .map(|group| HandleParts::of(&Totals::new(group)));
        let parts = parts.filter(|parts| adds && parts.talk.is_some());
        let mut model = Self {
            distributions: distribution::all(
                &report.groups,
                &total,
                &levels,
                &measures,
                (&wanted, &naming),
            ),
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
        model.notes = model.notes(&levels);
        Ok(model)
    }

    fn notes(&self, levels: &Levels) -> Vec<String> {
        let mut notes = Vec::new();
        notes::of_groups(
            self.report.groups.len(),
            &self.wanted.multivalued,
            levels,
            &mut notes,
        );
        if let Some(total) = self.total.get(0) {
            let mut media = self.report.groups.iter().filter_map(media_type);
            let first = media.next();
            let mixed = first.is_some() && media.any(|it| Some(it) != first);
            notes::of_total(total, mixed, &mut notes);
        }
        if let Some(series) = &self.series {
            notes::of_series(series, &self.wanted, &mut notes);
        }
        notes::of_filters(&self.about, &mut notes);
        notes
    }

    /// The rows, each computed when it is taken.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.rows.iter(&self.report.groups)
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
        let group = self
            .total
            .get(0)
            .filter(|_| !self.headline.is_empty() || self.adds());
        let mut all = group.map(super::words::others).unwrap_or_default();
        // Qualifiers are in distributions, and some metrics have no statistic that can be merged.
        let has_any = |line: &[String; 5]| {
            let mut figures = line.iter().skip(1);
            figures.any(|figure| figure != super::words::ABSENT)
        };
        let is_shown = |line: &[String; 5]| {
            let mut parts = self.distributions.iter();
            parts.any(|it| line[0].starts_with(&format!("{} [", it.measure)))
        };
        all.retain(|line| has_any(line) && !is_shown(line));
        all
    }

    /// The groups of the report.
    pub fn groups(&self) -> &Groups {
        &self.report.groups
    }

    /// Whether it is compared with other inputs.
    pub fn is_compared(&self) -> bool {
        self.about.sources.iter().any(|source| source.is_compared)
    }

    fn adds(&self) -> bool {
        self.wanted.multivalued.is_empty() || self.report.groups.len() < 2
    }
}

fn media_type(group: Group<'_>) -> Option<&str> {
    let dimensions = group.dimensions().into_iter();
    let mut media = dimensions.filter(|(name, _)| *name == "mediaType");
    media.next().map(|(_, value)| value)
}
