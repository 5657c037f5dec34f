//! Names of columns that a table can have although no input has them.

use glob::{MatchOptions, Pattern};

use crate::model::Dialect;
use crate::model::stat::{Stat, is_percentile};
use crate::model::{STATS, catalog};

use super::{Layout, names};

/// Patterns match names in any case.
pub(super) const ANY_CASE: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: false,
    require_literal_leading_dot: false,
};

/// The content of the rows of a table.
pub type TableKind = (Dialect, Layout);

/// Returns true if a pattern matches the name of a column that other inputs can have.
pub fn matches(pattern: &Pattern, kind: TableKind) -> bool {
    match kind {
        (Dialect::Aggregates, Layout::Long) => {
            let mut dimensions = catalog::index::dimensions().keys();
            dimensions.any(|name| pattern.matches_with(name, ANY_CASE))
        }
        (Dialect::Aggregates, Layout::Wide) => {
            let mut dimensions = catalog::index::dimensions().keys();
            let mut metrics = catalog::index::metrics().keys();
            dimensions.any(|name| pattern.matches_with(name, ANY_CASE))
                || metrics.any(|name| {
                    let figure =
                        |stat: &str| pattern.matches_with(&format!("{name}_{stat}"), ANY_CASE);
                    STATS.into_iter().any(figure)
                })
        }
        (Dialect::Summary, Layout::Wide) => true,
        (Dialect::Summary, Layout::Long) => false,
    }
}

/// Returns true if a table of this layout can have a column of this name, even if no input has it.
pub fn is_column(name: &str, kind: TableKind, has_names: bool) -> bool {
    if name == "qualifier_name" {
        return kind == (Dialect::Aggregates, Layout::Long);
    }
    if kind.0 == Dialect::Summary && name == "division_name" {
        return true;
    }
    let stem = name.strip_suffix("_name").filter(|_| has_names);
    if let Some(stem) = stem.filter(|_| kind.0 == Dialect::Aggregates) {
        let endings = ["", "Id", "Ids"].iter();
        let mut dimensions = endings.map(|ending| format!("{stem}{ending}"));
        return dimensions.any(|it| catalog::is_dimension(&it));
    }
    match kind {
        (Dialect::Aggregates, Layout::Long) => catalog::is_dimension(name) || is_percentile(name),
        (Dialect::Aggregates, Layout::Wide) => catalog::is_dimension(name) || is_figure(name),
        (Dialect::Summary, Layout::Wide) => name.ends_with("_value") || name.ends_with("_unit"),
        (Dialect::Summary, Layout::Long) => false,
    }
}

/// The other layout, if only that one has a column of this name.
pub fn other_layout(name: &str, kind: TableKind) -> Option<&'static str> {
    let is_long = names::LONG.contains(&name) || Stat::parse(name).is_some();
    match kind {
        (Dialect::Aggregates, Layout::Wide) if is_long => Some("long"),
        (Dialect::Aggregates, Layout::Long) if is_figure(name) => Some("wide"),
        _ => None,
    }
}

/// Returns true if it is the column of a metric's statistic.
pub fn is_figure(name: &str) -> bool {
    let metric = name.split('_').next().unwrap_or_default();
    let stat = name.rsplit('_').next().unwrap_or_default();
    let is_stat = Stat::parse(stat).is_some() || is_percentile(stat);
    is_stat && catalog::metric(metric).is_some()
}
