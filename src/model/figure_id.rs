//! The key of a figure in a bucket.

use super::stat::{Stat, stat_order};

/// A statistic of a metric or view with a qualifier, which is a column of the wide layout; or the metric
/// or view itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FigureId {
    /// True if it is a view's.
    pub view: bool,
    /// The name of the metric or view.
    pub name: String,
    /// Empty without one.
    pub qualifier: String,
    /// The name of the statistic, which may be one that the API did not have when this was built; empty
    /// for the metric or view itself.
    pub stat: String,
}

impl FigureId {
    /// A statistic of whatever metric.
    pub fn of_any(stat: &str) -> Self {
        Self::of_metric("", stat)
    }

    /// A statistic of a metric without a qualifier.
    pub fn of_metric(name: &str, stat: &str) -> Self {
        Self {
            name: name.to_owned(),
            stat: stat.to_owned(),
            ..Self::default()
        }
    }

    /// True for a view, the name, and the qualifier: the same for all statistics of a metric or view.
    pub fn owner(&self) -> (bool, &str, &str) {
        (self.view, &self.name, &self.qualifier)
    }

    /// The statistic, where it is one of the API.
    pub fn known_stat(&self) -> Option<Stat> {
        Stat::parse(&self.stat)
    }

    /// The order of columns: metrics before views, then by name, qualifier, and the order of the
    /// statistics.
    pub fn column_order(&self, other: &Self) -> std::cmp::Ordering {
        (
            self.view,
            &self.name,
            &self.qualifier,
            stat_order(&self.stat),
        )
            .cmp(&(
                other.view,
                &other.name,
                &other.qualifier,
                stat_order(&other.stat),
            ))
    }

    /// The name of its column, before it is made unique.
    pub fn column(&self) -> String {
        let Self {
            name,
            qualifier,
            stat,
            ..
        } = self;
        match qualifier.is_empty() {
            true => format!("{name}_{stat}"),
            false => format!("{name}_{qualifier}_{stat}"),
        }
    }
}
