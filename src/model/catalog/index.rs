//! The catalogue from its other side: names in their order, and where each can be asked for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::MISNOMERS;
use super::family::{self, FRIENDLY, Family};

/// Names with the families that have them.
pub type Homes = BTreeMap<&'static str, Vec<&'static Family>>;

static BY_METRIC: LazyLock<Homes> = LazyLock::new(|| homes(Family::metrics));
static BY_DIMENSION: LazyLock<Homes> = LazyLock::new(|| homes(Family::dimensions));

fn homes(of: impl Fn(&Family) -> Vec<&'static str>) -> Homes {
    let mut homes = Homes::new();
    for family in family::all() {
        for name in of(family) {
            homes.entry(name).or_default().push(family);
        }
    }
    homes
}

/// Every metric.
pub fn metrics() -> &'static Homes {
    &BY_METRIC
}

/// Every dimension.
pub fn dimensions() -> &'static Homes {
    &BY_DIMENSION
}

/// The wrong names that people have for a metric, each with the statistic that they mean.
pub fn misnomers_of(metric: &str) -> Vec<(&'static str, &'static str)> {
    let mut names: Vec<_> = MISNOMERS
        .iter()
        .filter(|(_, misnomer)| misnomer.metric == metric && misnomer.is_exact())
        .map(|(name, misnomer)| (*name, misnomer.stat))
        .collect();
    names.sort_unstable();
    names
}

/// The friendly names that `fetch` takes for a metric.
pub fn friendly_of(metric: &str) -> Vec<&'static str> {
    let mut names: Vec<_> = FRIENDLY
        .iter()
        .filter(|(_, real)| **real == metric)
        .map(|(name, _)| *name)
        .collect();
    names.sort_unstable();
    names
}

/// Every name that means something, right or wrong.
pub fn names() -> impl Iterator<Item = &'static str> {
    let families = family::all().iter().map(|family| family.name);
    BY_METRIC
        .keys()
        .chain(BY_DIMENSION.keys())
        .chain(MISNOMERS.keys())
        .chain(FRIENDLY.keys())
        .copied()
        .chain(families)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{DIMENSIONS, METRICS};
    use super::*;

    #[test]
    fn nothing_of_the_catalogue_is_without_a_family() {
        let lines = include_str!("dimensions.csv").lines().count() - 1;
        assert_eq!(
            DIMENSIONS.len(),
            lines,
            "a dimension appears twice, or a line does not read"
        );
        assert_eq!(dimensions().len(), lines);
        assert_eq!(metrics().len(), METRICS.len());
    }

    #[test]
    fn a_name_means_one_thing() {
        let all: Vec<&str> = names().collect();
        let different: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), different.len());
    }

    #[test]
    fn wrong_and_friendly_names_are_found_by_their_metric() {
        assert_eq!(
            misnomers_of("tAbandon"),
            [
                ("nAbandon", "count"),
                ("nAbandoned", "count"),
                ("nAbandonedPhase", "count")
            ]
        );
        assert_eq!(friendly_of("tAcw"), ["wrapupTime"]);
        assert!(misnomers_of("nOffered").is_empty());
    }
}
