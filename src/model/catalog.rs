//! The metrics and dimensions of the API, from the data files beside this one.
//!
//! Adding a metric is adding a line to `catalog/metrics.csv`.

pub mod absence;
pub mod family;
pub mod figure;
pub mod formula;
pub mod index;
pub mod named;
pub mod near;
pub mod region;
pub mod stats;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use near::NameIndex;
pub use near::{nearest, suggested};

/// The kind of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// Events: only `count`.
    Counter,
    /// Milliseconds.
    Timer,
    /// `ratio`, `numerator`, `denominator`, `target`.
    ServiceLevel,
    /// A configured figure in `current`.
    Target,
    /// Any other measured value.
    Value,
}

impl MetricKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Timer => "timer",
            Self::ServiceLevel => "service level",
            Self::Target => "target",
            Self::Value => "value",
        }
    }
}

/// One metric of the catalogue.
#[derive(Debug, Clone)]
pub struct MetricInfo {
    pub kind: MetricKind,
    /// `count`, `ms`, `ratio`, `points` …
    pub unit: &'static str,
    pub families: &'static str,
    pub description: &'static str,
}

/// A name that people use for a figure of another name.
#[derive(Debug, Clone, Copy)]
pub struct Misnomer {
    pub metric: &'static str,
    pub stat: &'static str,
    /// An explanation if the figure is not exactly the same; else empty.
    note: &'static str,
}

impl Misnomer {
    /// Returns true if the figure is the same.
    pub fn is_exact(self) -> bool {
        self.note.is_empty()
    }

    /// Returns where to find the figure, or the nearest one.
    pub fn explanation(self) -> String {
        match self.is_exact() {
            true => format!("this figure is the `{}` of `{}`", self.stat, self.metric),
            false => self.note.to_owned(),
        }
    }
}

/// The lines of a table of `N` columns behind its header. A field in quotes has no quotes in it.
fn rows<const N: usize>(data: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let lines = data.lines().skip(1);
    lines.map(|mut line| [(); N].map(|()| take_field(&mut line)))
}

/// Takes the first field off a line.
fn take_field(line: &mut &'static str) -> &'static str {
    let quoted = line.strip_prefix('"').and_then(|it| it.split_once('"'));
    let (field, rest) = match quoted {
        Some((field, rest)) => (field, rest.strip_prefix(',').unwrap_or(rest)),
        None => line.split_once(',').unwrap_or((line, "")),
    };
    *line = rest;
    field
}

static METRICS: LazyLock<BTreeMap<&'static str, MetricInfo>> = LazyLock::new(|| {
    let metrics = rows(include_str!("catalog/metrics.csv"));
    let metrics = metrics.map(|[name, kind, unit, families, description]| {
        let kind = match kind {
            "counter" => MetricKind::Counter,
            "timer" => MetricKind::Timer,
            "service_level" => MetricKind::ServiceLevel,
            "target" => MetricKind::Target,
            _ => MetricKind::Value,
        };
        let metric = MetricInfo {
            kind,
            unit,
            families,
            description,
        };
        (name, metric)
    });
    metrics.collect()
});

/// The families of each dimension, and true if one conversation can have several values of it.
static DIMENSIONS: LazyLock<BTreeMap<&'static str, (&'static str, bool)>> = LazyLock::new(|| {
    let dimensions = rows(include_str!("catalog/dimensions.csv"));
    let dimensions =
        dimensions.map(|[name, families, multivalued]| (name, (families, multivalued == "yes")));
    dimensions.collect()
});

static MISNOMERS: LazyLock<BTreeMap<&'static str, Misnomer>> = LazyLock::new(|| {
    let misnomers = rows(include_str!("catalog/misnomers.csv"));
    let misnomers = misnomers.map(|[name, metric, stat, note]| {
        let misnomer = Misnomer { metric, stat, note };
        (name, misnomer)
    });
    misnomers.collect()
});

/// Returns the metric with this name.
pub fn metric(name: &str) -> Option<&'static MetricInfo> {
    METRICS.get(name)
}

/// Returns true if the API has a dimension of this name.
pub fn is_dimension(name: &str) -> bool {
    DIMENSIONS.contains_key(name)
}

/// Returns true if this is a metric of the observations, which measure a moment.
pub fn is_observed(name: &str) -> bool {
    matches!(
        name,
        "oActiveQueues"
            | "oActiveUsers"
            | "oAlerting"
            | "oInteracting"
            | "oLongestInteracting"
            | "oLongestWaiting"
            | "oMemberQueues"
            | "oMemberUsers"
            | "oOffQueueUsers"
            | "oOnQueueUsers"
            | "oUserPresences"
            | "oUserRoutingStatuses"
            | "oWaiting"
    )
}

/// Returns true if one conversation can have several values of this dimension.
pub fn is_multivalued(name: &str) -> bool {
    DIMENSIONS
        .get(name)
        .is_some_and(|(_, multivalued)| *multivalued)
}

/// The dimension whose name is nearest to a mistyped one.
pub fn nearest_dimension(name: &str) -> Option<&'static str> {
    static INDEX: LazyLock<NameIndex> =
        LazyLock::new(|| NameIndex::new(DIMENSIONS.keys().copied()));
    INDEX.nearest(name)
}

/// Returns the figure that people call `name`.
pub fn misnomer(name: &str) -> Option<Misnomer> {
    MISNOMERS.get(name).copied()
}

/// The metric whose name is nearest to a mistyped one.
pub fn nearest_metric(name: &str) -> Option<&'static str> {
    static INDEX: LazyLock<NameIndex> = LazyLock::new(|| NameIndex::new(METRICS.keys().copied()));
    INDEX.nearest(name)
}

/// Returns true if the metric counts events: by the catalogue, else by the API's prefix `n`.
pub fn is_counter(name: &str) -> bool {
    match metric(name) {
        Some(entry) => entry.kind == MetricKind::Counter,
        None => has_prefix(name, 'n'),
    }
}

/// The families of a metric, as bits of a set; none for an unknown metric.
pub fn families(name: &str) -> u32 {
    bits(metric(name).map_or("", |entry| entry.families))
}

/// The families of which a day can have nothing, though people worked: surveys and evaluations.
pub fn rare_families() -> u32 {
    bits("survey|evaluation")
}

/// The bits of families with `|` between their keys.
fn bits(keys: &str) -> u32 {
    let bit = |key| family::all().iter().position(|family| family.key == key);
    keys.split('|').filter_map(bit).map(|bit| 1 << bit).sum()
}

/// Returns true if the metric measures milliseconds: by the catalogue, else by the API's prefix
/// `t`.
pub fn is_timer(name: &str) -> bool {
    match metric(name) {
        Some(entry) => entry.kind == MetricKind::Timer,
        None => has_prefix(name, 't'),
    }
}

fn has_prefix(name: &str, prefix: char) -> bool {
    let rest = name.strip_prefix(prefix).unwrap_or_default();
    rest.starts_with(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_one_kind_that_fits_its_prefix() {
        let lines = include_str!("catalog/metrics.csv").lines().count() - 1;
        assert_eq!(
            METRICS.len(),
            lines,
            "a metric appears twice, or a line does not read"
        );
        for (name, entry) in METRICS.iter() {
            let prefix = name.chars().next();
            assert_eq!(
                entry.kind == MetricKind::Timer,
                prefix == Some('t'),
                "{name}"
            );
            // A rating has the letter of a counter, and more statistics than a count.
            assert_eq!(
                entry.kind == MetricKind::Counter,
                prefix == Some('n') && *name != "nSocialReviewRating",
                "{name}"
            );
            assert_eq!(
                entry.unit == "ms",
                entry.kind == MetricKind::Timer,
                "{name}"
            );
            assert!(!entry.families.is_empty(), "{name}");
        }
    }

    #[test]
    fn misnomers_lead_to_metrics() {
        let lines = include_str!("catalog/misnomers.csv").lines().count() - 1;
        assert_eq!(MISNOMERS.len(), lines);
        for (name, misnomer) in MISNOMERS.iter() {
            assert!(metric(name).is_none(), "{name} is a metric");
            assert!(metric(misnomer.metric).is_some(), "{}", misnomer.metric);
        }
        assert_eq!(nearest_metric("tHandel"), Some("tHandle"));
        assert_eq!(nearest_metric("opens"), None);
        assert!(is_dimension("queueId") && !is_dimension("queue"));
        assert_eq!(nearest_dimension("wrapupCode"), Some("wrapUpCode"));
        assert_eq!(nearest_dimension("branch"), None);
    }

    #[test]
    fn dimensions_read_and_some_are_multivalued() {
        let lines = include_str!("catalog/dimensions.csv").lines().count() - 1;
        assert_eq!(DIMENSIONS.len(), lines);
        assert!(is_multivalued("wrapUpCode") && !is_multivalued("queueId"));
    }
}
