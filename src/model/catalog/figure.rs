//! Key figures that people know by name, and their formulas.
//!
//! A key figure is a line of `figures.csv`. Reports, `explain` and the columns of `--kpi` take names,
//! formulas and units from there. The names are those of the performance views, defined at
//! <https://help.mypurecloud.com/articles/metric-definitions>; the service level is described at
//! <https://help.mypurecloud.com/articles/configure-the-service-level-calculation/>, and the
//! averages per handled interaction in the article "Select and manage metrics" of the same site.

use std::sync::LazyLock;

use super::formula::{CounterSet, Formula, NoValue, Quotient, Term, TermValues, Terms};
use super::near::letters as normalized;
use super::rows;

/// The unit of a key figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureUnit {
    /// A number of events.
    Count,
    /// A share: a ratio of 0 to 1 in tables, per cent in reports.
    Share,
    /// Milliseconds.
    Time,
    /// Points of a score.
    Points,
}

/// One key figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFigure {
    /// The name that reports print.
    pub name: &'static str,
    /// The name of its column in tables.
    pub column: &'static str,
    /// Other names, separated by `|`.
    aliases: &'static str,
    /// True if `gcagg report` prints it.
    pub in_report: bool,
    /// Statistics of metrics, each written `metric.stat`: see [`Terms`].
    pub formula: &'static str,
    /// The unit in words.
    pub unit: &'static str,
    /// The source of the definition.
    pub source: &'static str,
    /// A note for its use.
    pub note: &'static str,
    parsed: Formula,
}

/// All lines, and the terms of their formulas.
static TABLE: LazyLock<(Vec<KeyFigure>, Terms)> = LazyLock::new(|| {
    let mut terms = Terms::default();
    let figures = rows(include_str!("figures.csv"));
    let figures = figures.filter_map(
        |[name, column, aliases, report, formula, unit, source, note]| {
            Some(KeyFigure {
                parsed: terms.read(formula)?,
                name,
                column,
                aliases,
                in_report: report == "yes",
                formula,
                unit,
                source,
                note,
            })
        },
    );
    (figures.collect(), terms)
});

/// Every key figure, in the order of a report.
pub fn all() -> &'static [KeyFigure] {
    &TABLE.0
}

/// The terms of all formulas.
pub fn terms() -> &'static Terms {
    &TABLE.1
}

/// The key figure of this name or alias, whatever its case and punctuation.
pub fn find(name: &str) -> Option<&'static KeyFigure> {
    let exact = all().iter().find(|figure| figure.name == name);
    exact.or_else(|| {
        let wanted = normalized(name);
        let is_wanted = |name| normalized(name) == wanted;
        all().iter().find(|figure| figure.names().any(is_wanted))
    })
}

impl KeyFigure {
    /// Its unit.
    pub fn measure(&self) -> FigureUnit {
        match self.unit {
            "count" => FigureUnit::Count,
            "%" => FigureUnit::Share,
            "ms" => FigureUnit::Time,
            _ => FigureUnit::Points,
        }
    }

    /// Returns its value before the division, or the reason for its absence.
    pub fn result(&self, values: &TermValues<'_>) -> Result<Quotient, NoValue> {
        self.parsed.result(values)
    }

    /// The counters of its formula that are absent, and read as 0.
    pub fn zeros(&self, values: &TermValues<'_>) -> CounterSet {
        self.parsed.zeros(values)
    }

    /// Returns true if its formula divides.
    pub fn is_quotient(&self) -> bool {
        self.parsed.is_quotient()
    }

    /// The terms of its formula.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.parsed.terms(terms())
    }

    /// The name, then the aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases())
    }

    /// The other names.
    pub fn aliases(&self) -> impl Iterator<Item = &'static str> {
        self.aliases.split('|').filter(|alias| !alias.is_empty())
    }

    /// The name as one word for a command line, such as `service-level`.
    pub fn slug(&self) -> String {
        self.name
            .to_lowercase()
            .replace('%', "percent")
            .replace(' ', "-")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{index, is_timer, metric};
    use super::*;
    use crate::model::stat::Stat;

    /// Returns true if the first term is a sum of a timer that is not divided by another sum.
    fn term_is_time(figure: &KeyFigure) -> bool {
        let sums = figure.terms().filter(|term| term.stat == Stat::Sum);
        sums.filter(|term| is_timer(&term.metric)).count() == 1
    }

    #[test]
    fn every_line_reads_and_every_formula_names_known_metrics() {
        let lines = include_str!("figures.csv").lines().count() - 1;
        assert_eq!(all().len(), lines, "a line cannot be read");
        for figure in all() {
            assert!(figure.terms().next().is_some(), "{figure:?}");
            for term in figure.terms() {
                let name = term.metric.as_str();
                let entry = metric(name).unwrap_or_else(|| panic!("{name} in {}", figure.name));
                let stat = term.stat.name();
                assert!(entry.kind.allows(stat), "{name}.{stat} in {}", figure.name);
                let is_time = figure.measure() == FigureUnit::Time;
                assert_eq!(is_time, term_is_time(figure), "{}", figure.name);
            }
        }
    }

    #[test]
    fn every_counter_has_its_bit() {
        let terms_of = all().iter().flat_map(KeyFigure::terms);
        for term in terms_of.filter(|term| term.stat == Stat::Count) {
            let set = terms().counters(|metric, _| metric == term.metric);
            assert!(set.has(terms(), &term.metric), "{term:?}");
        }
    }

    #[test]
    fn names_are_found_in_any_spelling_and_mean_one_figure() {
        for name in ["AHT", "aht", "average-handle-time", "Average Handle Time"] {
            assert_eq!(find(name).map(|figure| figure.name), Some("AHT"), "{name}");
        }
        for name in ["service-level", "Service level", "SL"] {
            let found = find(name).map(|figure| figure.name);
            assert_eq!(found, Some("Service level"), "{name}");
        }
        assert_eq!(find("answered-%").map(|it| it.name), Some("Answered %"));
        assert_eq!(find("nothing"), None);
        let mut seen = BTreeSet::new();
        for name in all().iter().flat_map(KeyFigure::names) {
            assert!(seen.insert(normalized(name)), "{name} is listed twice");
        }
        for name in index::names() {
            let figure = find(name).map(|figure| figure.name);
            assert_eq!(figure, None, "{name} is a name of the API");
        }
        for figure in all() {
            assert_eq!(find(&figure.slug()), Some(figure));
            assert!(figure.column.starts_with("kpi_"), "{}", figure.column);
        }
        let columns: BTreeSet<&str> = all().iter().map(|figure| figure.column).collect();
        assert_eq!(columns.len(), all().len());
        for column in columns {
            let is_plain = |char: char| char.is_ascii_lowercase() || char == '_';
            assert!(column.chars().all(is_plain), "{column}");
        }
    }
}
