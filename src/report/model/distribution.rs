//! Distributions of a total over the values of a dimension, or over qualifiers.

use std::collections::{BTreeMap, BTreeSet};

use crate::aggregate::{Aggregate, Group};
use crate::json::number::Decimal;
use crate::json::text::printable;
use crate::model::catalog;
use crate::model::catalog::figure::FigureUnit;
use crate::model::catalog::formula::Quotient;
use crate::model::stat::Stat;
use crate::report::{Report, words};

use super::headline;
use super::measure::{Measure, Totals};
use super::media;
use super::naming::{Naming, capitalized};
use super::queries::{NONE, adds, drops_multivalued};
use super::wanted::Wanted;

/// Dimensions whose values are worth a distribution, with its title.
const DIMENSIONS: [(&str, &str); 8] = [
    ("wrapUpCode", "Wrap-up codes"),
    ("flowOutcomeValue", "Results of flow outcomes"),
    ("flowOutcomeId", "Flow outcomes"),
    ("mediaType", "Media types"),
    ("originatingDirection", "Directions"),
    ("disconnectType", "How conversations ended"),
    ("surveyStatus", "Survey status"),
    ("botFinalIntent", "Final intents of bots"),
];

/// Lines of a distribution before the others are joined.
const LINES: usize = 12;

/// The distribution of a total.
#[derive(Debug)]
pub struct Distribution {
    pub title: String,
    /// The measure that is distributed.
    pub measure: String,
    pub unit: FigureUnit,
    /// The largest first.
    pub shares: Vec<Share>,
}

/// One line of a distribution.
#[derive(Debug)]
pub struct Share {
    pub name: String,
    pub value: Quotient,
    /// Per cent of the total, with one decimal.
    pub percent: Option<Decimal>,
}

/// Presences and routing states of the API. An organization presence without a name has one of these, too.
const CODES: [&str; 14] = [
    "AVAILABLE",
    "AWAY",
    "BREAK",
    "BUSY",
    "COMMUNICATING",
    "IDLE",
    "INTERACTING",
    "MEAL",
    "MEETING",
    "NOT_RESPONDING",
    "OFFLINE",
    "OFF_QUEUE",
    "ON_QUEUE",
    "TRAINING",
];

impl Distribution {
    /// The title with the figure; a metric is not named.
    pub fn heading(&self) -> String {
        match Measure::key(&self.measure) {
            Some(_) => format!("{} ({})", self.title, self.measure),
            None => self.title.clone(),
        }
    }

    /// The name of a value for people: `On queue`.
    pub fn name(&self, share: &Share) -> String {
        let is_code = self.unit == FigureUnit::Time && CODES.contains(&&*share.name);
        match is_code {
            true => capitalized(&share.name.to_lowercase().replace('_', " ")),
            false => share.name.clone(),
        }
    }

    /// The amount of a value.
    pub fn text(&self, share: &Share) -> String {
        let shown = words::shown(self.unit, Some(share.value));
        words::in_unit(words::separated(self.unit, shown), self.unit_of_times())
    }

    /// The unit of times; empty for numbers.
    pub fn unit_of_times(&self) -> &'static str {
        let values = self.shares.iter().map(|it| it.value.approximate());
        match self.unit {
            FigureUnit::Time => words::clock_unit(values.fold(0.0, f64::max)),
            _ => "",
        }
    }

    /// The head of the amounts.
    pub fn amount(&self) -> String {
        match self.unit_of_times() {
            "" => "Number".to_owned(),
            unit => format!("Time, {unit}"),
        }
    }

    fn new(
        title: impl Into<String>,
        measure: String,
        unit: FigureUnit,
        values: Vec<(String, Decimal)>,
    ) -> Option<Self> {
        let mut values = values;
        // A negative value is no share.
        let has_negative = values.iter().any(|(_, value)| value.is_negative());
        let positive = values.iter().filter(|(_, value)| !value.is_zero());
        if has_negative || positive.count() < 2 {
            return None;
        }
        values.sort_by(|(a, x), (b, y)| {
            let by_value = y.compare(*x).unwrap_or(std::cmp::Ordering::Equal);
            by_value.then_with(|| a.cmp(b))
        });
        let sum = |values: &[(String, Decimal)]| {
            let mut values = values.iter();
            values.try_fold(Decimal::from(0), |sum, (_, value)| sum.plus(*value))
        };
        let total = sum(&values)?;
        if values.len() > LINES + 1 {
            let rest = values.split_off(LINES);
            values.push((format!("Other ({})", rest.len()), sum(&rest)?));
        }
        let shares = values.into_iter().filter_map(|(name, value)| {
            Some(Share {
                name,
                value: Quotient::new(value, 1.into())?,
                percent: percent(value, total),
            })
        });
        Some(Self {
            title: title.into(),
            measure,
            unit,
            shares: shares.collect(),
        })
    }
}

pub(super) fn all(
    report: &Report,
    totals: &[Group<'_>],
    measures: &[Measure],
    (wanted, naming): (&Wanted, &Naming),
) -> Vec<Distribution> {
    let mut all: Vec<Distribution> = Vec::new();
    for (dimension, title) in DIMENSIONS {
        let by = [dimension.to_owned()];
        let is_row = wanted.tables().contains(&Some(&by));
        if !is_row {
            let queries = report.queries.iter().map(|query| &query.groups);
            let queries = queries.filter(|it| drops_multivalued(it, Some(&by)).is_none());
            let of = |groups: &Aggregate, measures: &[Measure]| {
                of_dimension(groups, measures, naming, (dimension, title))
            };
            let found = queries.clone().find_map(|groups| of(groups, measures));
            // Groups without totals have figures of their own.
            let own = |groups: &Aggregate| {
                let is_part = |dimensions: &[(&str, &str)]| {
                    dimensions.iter().any(|(name, _)| *name == dimension)
                };
                let total = groups.filtered(is_part).by(&[], |_| true);
                of(groups, &headline::measures(total.get(0)?))
            };
            let mut others = queries.filter(|it| !adds(it));
            all.extend(found.or_else(|| others.find_map(own)));
        }
    }
    for total in totals {
        let sentiments = ["oCustomerSentiment", "oSentimentScore"];
        let sentiments = sentiments
            .into_iter()
            .filter_map(|it| sentiment(*total, it));
        for new in of_qualifiers(*total, naming).into_iter().chain(sentiments) {
            // Queries are never joined: the first one that has it counts.
            let is_known = |it: &Distribution| it.title == new.title && it.measure == new.measure;
            if !all.iter().any(is_known) {
                all.push(new);
            }
        }
    }
    all
}

/// The first count by the values of a dimension.
fn of_dimension(
    groups: &Aggregate,
    measures: &[Measure],
    naming: &Naming,
    (dimension, title): (&str, &str),
) -> Option<Distribution> {
    let occurs = |group: Group<'_>| {
        group
            .dimensions()
            .iter()
            .any(|(name, _)| *name == dimension)
    };
    if !groups.iter().take(1000).any(occurs) {
        return None;
    }
    let joined = groups.by(&[dimension.to_owned()], |_| true);
    let totals: Vec<(String, Totals<'_>)> = joined
        .iter()
        .map(|group| {
            let dimensions = group.dimensions();
            let value = dimensions.first().map_or("", |(_, value)| value);
            let name = match value {
                "" => NONE.to_owned(),
                value => match naming.of(dimension, value) {
                    Some(name) => name,
                    None if dimension == media::DIMENSION => capitalized(value),
                    None => printable(value),
                },
            };
            (name, Totals::new(group))
        })
        .collect();
    let counts = measures.iter().filter(|it| it.unit() == FigureUnit::Count);
    let mut candidates = counts.filter_map(|measure| {
        let values = totals.iter().filter_map(|(name, totals)| {
            let value = measure.of(totals).ok()?.as_shown(0)?;
            Some((name.clone(), value))
        });
        Distribution::new(title, measure.label(), FigureUnit::Count, values.collect())
    });
    candidates.next()
}

/// The sums, or else the counts, of metrics by their qualifiers.
fn of_qualifiers(total: Group<'_>, naming: &Naming) -> Vec<Distribution> {
    let mut metrics: BTreeMap<String, Vec<(String, Decimal)>> = BTreeMap::new();
    let totals = total.totals().into_iter();
    let own: Vec<_> = totals
        .filter(|(name, _)| !name.view && !name.qualifier.is_empty())
        .collect();
    let sums = own.iter().filter(|(_, total)| total.sum().is_some());
    let with_sums: BTreeSet<&str> = sums.map(|(name, _)| &*name.name).collect();
    for (name, total) in own {
        let value = match with_sums.contains(&*name.name) {
            true => total.sum(),
            false => total.count(),
        };
        if let Some(value) = value {
            let values = metrics.entry(name.name.to_string()).or_default();
            values.push((name.qualifier.to_string(), value));
        }
    }
    let all = metrics.into_iter().filter_map(|(metric, mut values)| {
        // Presences are shares of the time that agents are logged in.
        let count = values.len();
        values.retain(|(id, _)| !naming.is_offline(&metric, id));
        let time = match values.len() < count {
            true => "Logged-in time",
            false => "Time",
        };
        let ids = values.iter().map(|(id, _)| id.as_str());
        let names = naming.of_qualifiers(ids);
        let values = names
            .into_iter()
            .zip(values)
            .map(|(name, (_, value))| (name, value));
        let values = values.collect();
        let title = match metric.as_str() {
            "tSystemPresence" => format!("{time} by system presence"),
            "tOrganizationPresence" => format!("{time} by organization presence"),
            "tAgentRoutingStatus" => "Time by routing status".to_owned(),
            metric => format!("{} by qualifier", printable(metric)),
        };
        let unit = match catalog::is_timer(&metric) {
            true => FigureUnit::Time,
            false => FigureUnit::Count,
        };
        Distribution::new(title, printable(&metric), unit, values)
    });
    all.collect()
}

/// Values above, below and at zero.
fn sentiment(total: Group<'_>, metric: &str) -> Option<Distribution> {
    let total = total.plain(metric)?;
    let (positive, negative) = (
        total.get(Stat::CountPositive)?,
        total.get(Stat::CountNegative)?,
    );
    let minus = |a: Decimal, b: Decimal| a.plus(b.times(Decimal::from(-1))?);
    let neutral = minus(minus(total.count()?, positive)?, negative)?;
    let values = [
        ("Positive", positive),
        ("Neutral", neutral),
        ("Negative", negative),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value));
    Distribution::new(
        "Sentiment",
        metric.to_owned(),
        FigureUnit::Count,
        values.into(),
    )
}

/// A share of a whole, in per cent with one decimal.
fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.times(Decimal::from(100))?.divided_as_shown(whole, 1)
}
