//! Statistics of one metric merged over buckets and files.

use std::collections::BTreeMap;

use crate::document::aggregates::{Bucket, Container, Metric, halves};
use crate::json::number::Decimal;
use crate::json::{Node, text};
use crate::table::survey::entries_of;
use crate::table::{Cell, Filter};

/// The merged statistics of one metric, qualifier or view. Absent is not zero.
#[derive(Debug, Clone, Default)]
pub struct Total {
    pub count: Option<Decimal>,
    pub sum: Option<Decimal>,
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
    pub numerator: Option<Decimal>,
    pub denominator: Option<Decimal>,
    /// The target, where all of them are equal.
    pub target: Option<Option<String>>,
    /// The last `current`, which is a setting and no measurement.
    pub current: Option<String>,
    /// A figure was beyond exact arithmetic, so the merged one is unknown.
    pub beyond: bool,
}

impl Total {
    fn add(&mut self, metric: Metric<'_>) {
        for (stat, value) in metric.stats() {
            let Some(literal) = value.number() else {
                continue;
            };
            match stat.as_ref() {
                "target" => {
                    let same = match &self.target {
                        None => true,
                        Some(known) => known.as_deref() == Some(literal),
                    };
                    self.target = Some(same.then(|| literal.to_owned()));
                    continue;
                }
                "current" => {
                    self.current = Some(literal.to_owned());
                    continue;
                }
                _ => {}
            }
            let Some(figure) = Decimal::parse(literal) else {
                self.beyond = true;
                continue;
            };
            let merged = match stat.as_ref() {
                "count" => Self::plus(&mut self.count, figure),
                "sum" => Self::plus(&mut self.sum, figure),
                "numerator" => Self::plus(&mut self.numerator, figure),
                "denominator" => Self::plus(&mut self.denominator, figure),
                "min" => Self::pick(&mut self.min, figure, std::cmp::Ordering::Less),
                "max" => Self::pick(&mut self.max, figure, std::cmp::Ordering::Greater),
                _ => Some(()),
            };
            self.beyond |= merged.is_none();
        }
    }

    fn plus(slot: &mut Option<Decimal>, figure: Decimal) -> Option<()> {
        *slot = Some(match *slot {
            Some(known) => known.plus(figure)?,
            None => figure,
        });
        Some(())
    }

    fn pick(slot: &mut Option<Decimal>, figure: Decimal, better: std::cmp::Ordering) -> Option<()> {
        match *slot {
            Some(known) if figure.compare(known)? != better => {}
            _ => *slot = Some(figure),
        }
        Some(())
    }

    /// `sum / count`, rounded half to even to `places`.
    pub fn average(&self, places: u32) -> Option<Decimal> {
        self.sum?.divided(self.count?, places)
    }
}

/// The key of a [`Total`]: whether it is a view, the name, the qualifier.
pub type Key = (bool, String, String);

/// Everything of one group, merged.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Dimensions and values, by name.
    pub dimensions: Vec<(String, String)>,
    pub totals: BTreeMap<Key, Total>,
    pub buckets: u64,
    /// The earliest start and the latest end, as they were written.
    pub start: Option<String>,
    pub end: Option<String>,
}

impl Group {
    /// The dimensions of a container, as a group's identity.
    pub fn dimensions_of(container: Container<'_>) -> Vec<(String, String)> {
        let mut dimensions: Vec<(String, String)> = container
            .group()
            .filter(|(_, value)| Cell::of(Some(*value)).has_value())
            .map(|(name, value)| {
                let value = value.string().unwrap_or_else(|| value.raw().into());
                (text::printable(&name), text::printable(&value))
            })
            .collect();
        dimensions.sort();
        dimensions
    }

    /// Merges the wanted buckets of a container.
    pub fn add(&mut self, container: Container<'_>, filter: &Filter) {
        for bucket in container.buckets().filter(|bucket| filter.bucket(*bucket)) {
            self.add_bucket(bucket, filter);
        }
    }

    fn add_bucket(&mut self, bucket: Bucket<'_>, filter: &Filter) {
        self.buckets += 1;
        if let Some(interval) = bucket.interval().and_then(Node::string) {
            let (start, end) = halves(&interval);
            if self.start.as_deref().is_none_or(|known| start < known) {
                self.start = Some(start.to_owned());
            }
            if self.end.as_deref().is_none_or(|known| end > known) {
                self.end = Some(end.to_owned());
            }
        }
        for (view, metric) in entries_of(bucket.metrics(), bucket.views()) {
            let name = metric.name();
            if !filter.metric(&name) {
                continue;
            }
            let qualifier = metric
                .qualifier()
                .and_then(Node::string)
                .unwrap_or_default();
            let key = (view, name.into_owned(), qualifier.into_owned());
            self.totals.entry(key).or_default().add(metric);
        }
    }

    /// The total of a plain metric.
    pub fn total(&self, name: &str) -> Option<&Total> {
        self.totals.get(&(false, name.to_owned(), String::new()))
    }
}
