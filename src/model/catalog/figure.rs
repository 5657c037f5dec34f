//! Key figures that people know by name: how each is computed from metrics.

use std::sync::LazyLock;

use super::{kept, rows};

/// One key figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFigure {
    /// The name that reports print.
    pub name: &'static str,
    /// Other names, separated by `|`.
    aliases: &'static str,
    /// Whether `gcagg report` computes it.
    pub in_report: bool,
    /// Statistics of metrics, each written `metric.stat`.
    pub formula: &'static str,
    pub unit: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// What to know before it is used.
    pub note: &'static str,
}

static FIGURES: LazyLock<Vec<KeyFigure>> = LazyLock::new(|| {
    rows(include_str!("figures.csv"))
        .filter_map(|row| {
            let [name, aliases, report, formula, unit, source, note] =
                <[String; 7]>::try_from(row).ok()?;
            Some(KeyFigure {
                name: kept(&name),
                aliases: kept(&aliases),
                in_report: report == "yes",
                formula: kept(&formula),
                unit: kept(&unit),
                source: kept(&source),
                note: kept(&note),
            })
        })
        .collect()
});

/// Every key figure, in the order of a report.
pub fn all() -> &'static [KeyFigure] {
    &FIGURES
}

/// The key figure of this name or alias, whatever its case and punctuation.
pub fn find(name: &str) -> Option<&'static KeyFigure> {
    let wanted = normalized(name);
    FIGURES
        .iter()
        .find(|figure| figure.names().any(|name| normalized(name) == wanted))
}

impl KeyFigure {
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

/// Letters and digits only, in lower case.
fn normalized(name: &str) -> String {
    name.replace('%', "percent")
        .chars()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{index, metric};
    use super::*;
    use crate::model::STATS;

    #[test]
    fn every_line_reads_and_every_formula_names_known_metrics() {
        let lines = include_str!("figures.csv").lines().count() - 1;
        assert_eq!(all().len(), lines, "a line cannot be read");
        for figure in all() {
            let terms: Vec<(&str, &str)> = figure
                .formula
                .split([' ', '(', ')'])
                .filter_map(|term| term.split_once('.'))
                .collect();
            assert!(!terms.is_empty(), "{figure:?}");
            for (name, stat) in terms {
                assert!(metric(name).is_some(), "{name} in {}", figure.name);
                assert!(STATS.contains(&stat), "{stat} in {}", figure.name);
            }
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
        }
    }
}
