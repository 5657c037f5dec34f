//! Formulas of key figures: `[factor ×] sum of terms [/ sum of terms]`.
//!
//! A term is a statistic of a metric: `nOffered.count`. Behind a metric with qualifiers stand those
//! that are added: `tAgentRoutingStatus[IDLE].sum`, `tSystemPresence[not OFFLINE].sum`. Of such a
//! metric, a qualifier that does not occur is no time at all, so it counts as zero as long as another
//! one occurs. Every other absent statistic makes the result absent.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::json::number::Decimal;
use crate::model::catalog;
use crate::model::stat::{Stat, Unmerged};

/// A formula; its terms are places in [`Terms`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    factor: i64,
    numerator: Vec<Signed>,
    /// Empty where nothing is divided.
    denominator: Vec<Signed>,
}

/// A sign, 1 or -1, and a term.
type Signed = (i64, usize);

/// A statistic of a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The metric.
    pub metric: String,
    qualifiers: Qualifiers,
    /// The statistic of it.
    pub stat: Stat,
}

impl Term {
    /// Returns true if it is about the entry without a qualifier.
    pub fn is_plain(&self) -> bool {
        self.qualifiers == Qualifiers::Plain
    }
}

/// The entries of a metric that a term adds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Qualifiers {
    /// The one without a qualifier.
    Plain,
    OneOf(Vec<String>),
    NoneOf(Vec<String>),
}

impl Qualifiers {
    fn include(&self, qualifier: &str) -> bool {
        let lists = |names: &[String]| names.iter().any(|name| name == qualifier);
        match self {
            Self::Plain => qualifier.is_empty(),
            Self::OneOf(names) => lists(names),
            Self::NoneOf(names) => !qualifier.is_empty() && !lists(names),
        }
    }
}

/// The terms of all formulas, each once.
#[derive(Debug, Default)]
pub struct Terms {
    list: Vec<Term>,
    by_metric: HashMap<String, Vec<usize>>,
    /// The metrics of which a count is a term, with their families.
    counters: Vec<(String, u32)>,
}

/// Metrics of which a count is a term: a bucket that lacks one may read it as 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CounterSet(u64);

impl CounterSet {
    /// Returns the union.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the intersection.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns true if all of them are in another set.
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Returns true if there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns true if this metric is one of them.
    pub fn has(self, terms: &Terms, metric: &str) -> bool {
        let at = terms.counter(metric);
        at.is_some_and(|at| self.0 & 1 << at != 0)
    }
}

impl Terms {
    /// Reads a formula and adds its terms; `None` if it is not a formula.
    pub fn read(&mut self, text: &str) -> Option<Formula> {
        let (factor, rest) = match text.split_once(" × ") {
            Some((factor, rest)) => (factor.parse().ok()?, rest),
            None => (1, text),
        };
        let (above, below) = match rest.split_once(" / ") {
            Some((above, below)) => (above, Some(below)),
            None => (rest, None),
        };
        Some(Formula {
            factor,
            numerator: self.sum(above)?,
            denominator: below.map_or(Some(Vec::new()), |below| self.sum(below))?,
        })
    }

    /// Reads `term`, or `(term - term + term)`.
    fn sum(&mut self, text: &str) -> Option<Vec<Signed>> {
        let inner = text
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'));
        let Some(inner) = inner else {
            let term = self.term(text)?;
            return Some(vec![(1, term)]);
        };
        let mut terms = Vec::new();
        for (index, part) in inner.split(" - ").enumerate() {
            for (place, text) in part.split(" + ").enumerate() {
                let sign = if index > 0 && place == 0 { -1 } else { 1 };
                terms.push((sign, self.term(text)?));
            }
        }
        Some(terms)
    }

    fn term(&mut self, text: &str) -> Option<usize> {
        let (name, stat) = text.rsplit_once('.')?;
        let (metric, qualifiers) = match name.strip_suffix(']') {
            None => (name, Qualifiers::Plain),
            Some(name) => {
                let (metric, list) = name.split_once('[')?;
                let names = |list: &str| list.split(", ").map(str::to_owned).collect();
                match list.strip_prefix("not ") {
                    Some(list) => (metric, Qualifiers::NoneOf(names(list))),
                    None => (metric, Qualifiers::OneOf(names(list))),
                }
            }
        };
        let term = Term {
            metric: metric.to_owned(),
            qualifiers,
            stat: Stat::parse(stat)?,
        };
        if let Some(known) = self.list.iter().position(|it| *it == term) {
            return Some(known);
        }
        let place = self.list.len();
        if term.stat == Stat::Count && self.counter(&term.metric).is_none() {
            let families = catalog::families(&term.metric);
            self.counters.push((term.metric.clone(), families));
        }
        let metric = self.by_metric.entry(term.metric.clone());
        metric.or_default().push(place);
        self.list.push(term);
        Some(place)
    }

    /// The counter of a term alone.
    fn set_of(&self, term: &Term) -> CounterSet {
        let counter = self.counter(&term.metric);
        CounterSet(counter.map_or(0, |at| 1 << at))
    }

    fn counter(&self, metric: &str) -> Option<usize> {
        self.counters.iter().position(|(name, _)| name == metric)
    }

    /// The metrics of which a count is a term and for which `holds`, given their families.
    pub fn counters(&self, holds: impl Fn(&str, u32) -> bool) -> CounterSet {
        let all = self.counters.iter().zip(0..u64::BITS);
        let bits = all.filter(|((metric, families), _)| holds(metric, *families));
        CounterSet(bits.map(|(_, at)| 1 << at).sum())
    }

    /// The counters of some families; all counters if no family is known.
    pub fn counters_of(&self, families: u32) -> CounterSet {
        self.counters(|_, own| families == 0 || own & families != 0)
    }

    /// The positions of the terms of a metric.
    pub fn of(&self, metric: &str) -> &[usize] {
        self.by_metric.get(metric).map_or(&[], Vec::as_slice)
    }

    /// An empty set of values.
    pub fn values(&self) -> TermValues<'_> {
        TermValues {
            terms: self,
            list: vec![None; self.list.len()],
            zeros: CounterSet::default(),
            media: Vec::new(),
            uncounted: CounterSet::default(),
        }
    }
}

/// The value of a term; `None` where it is absent.
type Value = Option<Result<Decimal, Unmerged>>;

/// The reason why a figure has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoValue {
    /// A statistic does not occur.
    Absent,
    /// The denominator is zero.
    ZeroDenominator,
    /// A joined media type has one of its counters and not the other.
    MixedMedia,
    /// It is shown for each media type, and never joined.
    ByMedia,
    /// A statistic has no merged value.
    Unmerged(Unmerged),
}

impl From<Unmerged> for NoValue {
    fn from(why: Unmerged) -> Self {
        Self::Unmerged(why)
    }
}

/// The values of the terms in one bucket or group.
#[derive(Debug, Clone)]
pub struct TermValues<'t> {
    terms: &'t Terms,
    list: Vec<Value>,
    /// The counters that are 0 where they are absent.
    pub zeros: CounterSet,
    /// The counters that are known of each media type of a joined group: see [`NoValue::MixedMedia`].
    pub media: Vec<CounterSet>,
    /// The counters of metrics that occur without a count.
    uncounted: CounterSet,
}

impl TermValues<'_> {
    /// Forgets all values, and which counters are 0.
    pub fn clear(&mut self) {
        self.list.fill(None);
        self.zeros = CounterSet::default();
        self.media.clear();
        self.uncounted = CounterSet::default();
    }

    /// Adds an entry of a metric, of which `places` are the [`Terms::of`]. `get` gives its
    /// statistics: nothing where one is absent, and the reason where it has no merged value.
    pub fn add(&mut self, places: &[usize], qualifier: &str, get: impl Fn(Stat) -> Value) {
        for place in places {
            let (Some(term), Some(value)) =
                (self.terms.list.get(*place), self.list.get_mut(*place))
            else {
                continue;
            };
            let Some(figure) = get(term.stat) else {
                if term.stat == Stat::Count {
                    let counter = self.terms.set_of(term);
                    self.uncounted = self.uncounted.or(counter);
                }
                continue;
            };
            if term.qualifiers.include(qualifier) {
                *value = Some(plus(*value, figure));
            } else if !term.is_plain() && !qualifier.is_empty() {
                // The metric was measured by qualifier, so that what does not occur is zero.
                *value = Some(plus(*value, Ok(Decimal::from(0))));
            }
        }
    }

    fn get(&self, place: usize) -> Result<Decimal, NoValue> {
        if let Some(value) = self.list.get(place).copied().flatten() {
            return value.map_err(NoValue::Unmerged);
        }
        let counter = self.absent_counter(place);
        match counter.within(self.zeros) && !counter.within(self.uncounted) {
            true => Ok(Decimal::from(0)),
            false => Err(NoValue::Absent),
        }
    }

    /// The counter of a term that is absent; every one for a term that is no count.
    fn absent_counter(&self, place: usize) -> CounterSet {
        let term = self.terms.list.get(place);
        let count = term.filter(|term| term.stat == Stat::Count);
        count.map_or(CounterSet(u64::MAX), |term| self.terms.set_of(term))
    }

    /// The sum of terms. That one is absent weighs more than that another has no value.
    fn sum(&self, terms: &[Signed]) -> Result<Decimal, NoValue> {
        let mut sum = Ok(Decimal::from(0));
        for (sign, term) in terms {
            let value = match self.get(*term) {
                Err(NoValue::Absent) => return Err(NoValue::Absent),
                value => value,
            };
            let sign = Decimal::from(*sign);
            sum = sum.and_then(|sum: Decimal| {
                let signed = value?.times(sign).and_then(|value| sum.plus(value));
                signed.ok_or(NoValue::Unmerged(Unmerged::TooLarge))
            });
        }
        sum
    }
}

fn plus(value: Value, other: Result<Decimal, Unmerged>) -> Result<Decimal, Unmerged> {
    match value {
        None => other,
        Some(value) => value?.plus(other?).ok_or(Unmerged::TooLarge),
    }
}

/// The exact result of a formula, not yet divided.
#[derive(Debug, Clone, Copy)]
pub struct Quotient {
    numerator: Decimal,
    denominator: Decimal,
}

impl Quotient {
    /// A quotient; `None` for a zero denominator.
    pub fn new(numerator: Decimal, denominator: Decimal) -> Option<Self> {
        (!denominator.is_zero()).then_some(Self {
            numerator,
            denominator,
        })
    }

    /// The difference; `None` beyond the range of exact arithmetic.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        let negative = |number: Decimal| number.times(Decimal::from(-1));
        if self.denominator.compare(other.denominator) == Some(Ordering::Equal) {
            let numerator = self.numerator.plus(negative(other.numerator)?)?;
            return Some(Self { numerator, ..self });
        }
        let (mine, others) = self.crossed(other)?;
        Some(Self {
            numerator: mine.plus(negative(others)?)?,
            denominator: self.denominator.times(other.denominator)?,
        })
    }

    /// The quotient divided by a number; `None` for zero or beyond the range of exact arithmetic.
    #[must_use]
    pub fn over(self, divisor: Decimal) -> Option<Self> {
        Self::new(self.numerator, self.denominator.times(divisor)?)
    }

    /// Compares it with another quotient; `None` beyond the range of exact arithmetic. Denominators are
    /// counts, which are not negative.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let (mine, others) = self.crossed(other)?;
        mine.compare(others)
    }

    /// Both numerators over the product of the denominators.
    fn crossed(self, other: Self) -> Option<(Decimal, Decimal)> {
        let mine = self.numerator.times(other.denominator)?;
        Some((mine, other.numerator.times(self.denominator)?))
    }

    /// Returns true if it is below zero.
    pub fn is_negative(self) -> bool {
        self.numerator.is_negative() != self.denominator.is_negative()
    }

    /// The nearest double, for places in charts and orders of rows.
    pub fn approximate(self) -> f64 {
        self.numerator.approximate() / self.denominator.approximate()
    }

    /// The result divided by `unit`, rounded half to even to `places`; `None` beyond the range of
    /// exact arithmetic.
    pub fn rounded(self, unit: i64, places: u32) -> Option<Decimal> {
        let divisor = self.denominator.times(Decimal::from(unit))?;
        self.numerator.divided(divisor, places)
    }

    /// The result rounded half away from zero to `places`, as spreadsheets show it.
    pub fn as_shown(self, places: u32) -> Option<Decimal> {
        self.numerator.divided_as_shown(self.denominator, places)
    }

    /// The result times `factor`.
    #[must_use]
    pub fn times(self, factor: i64) -> Option<Self> {
        Some(Self {
            numerator: self.numerator.times(Decimal::from(factor))?,
            ..self
        })
    }
}

impl Formula {
    /// Returns the result, or the reason for its absence.
    pub fn result(&self, values: &TermValues<'_>) -> Result<Quotient, NoValue> {
        let numerator = values.sum(&self.numerator);
        let denominator = match self.denominator.as_slice() {
            [] => Ok(Decimal::from(1)),
            terms => values.sum(terms),
        };
        let (numerator, denominator) = match (numerator, denominator) {
            (_, Err(NoValue::Absent)) => return Err(NoValue::Absent),
            (numerator, denominator) => (numerator?, denominator?),
        };
        if self.is_mixed(values) {
            return Err(NoValue::MixedMedia);
        }
        let numerator = numerator.times(Decimal::from(self.factor));
        let numerator = numerator.ok_or(NoValue::Unmerged(Unmerged::TooLarge))?;
        Quotient::new(numerator, denominator).ok_or(NoValue::ZeroDenominator)
    }

    /// Returns true if it would divide by the counts of media types that have no part in its numerator,
    /// or the other way round.
    fn is_mixed(&self, values: &TermValues<'_>) -> bool {
        let counters = self
            .terms(values.terms)
            .filter(|term| term.stat == Stat::Count);
        let counters = counters.map(|term| values.terms.set_of(term));
        let counters = counters.fold(CounterSet::default(), CounterSet::or);
        let lacks_some =
            |known: &CounterSet| !counters.and(*known).is_empty() && !counters.within(*known);
        self.is_quotient() && values.media.len() > 1 && values.media.iter().any(lacks_some)
    }

    /// The counters that are absent, and read as 0.
    pub fn zeros(&self, values: &TermValues<'_>) -> CounterSet {
        let terms = self.numerator.iter().chain(&self.denominator);
        let absent = terms.filter(|(_, term)| values.list.get(*term).is_some_and(Option::is_none));
        let counters = absent.map(|(_, term)| values.absent_counter(*term));
        counters.fold(CounterSet::default(), CounterSet::or)
    }

    /// Returns true if something is divided.
    pub fn is_quotient(&self) -> bool {
        !self.denominator.is_empty()
    }

    /// Returns its terms, numerator first.
    pub fn terms<'t>(&'t self, terms: &'t Terms) -> impl Iterator<Item = &'t Term> {
        let all = self.numerator.iter().chain(&self.denominator);
        all.filter_map(|(_, term)| terms.list.get(*term))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A metric, a qualifier, a statistic and its literal.
    type Entry = (&'static str, &'static str, Stat, &'static str);

    fn result(formula: &str, entries: &[Entry], zeros: &[&str]) -> Option<String> {
        let mut terms = Terms::default();
        let formula = terms.read(formula).unwrap();
        let mut values = terms.values();
        for (metric, qualifier, stat, literal) in entries {
            let get = |wanted| {
                let value = || Decimal::parse(literal).ok_or(Unmerged::TooLarge);
                (wanted == *stat).then(value)
            };
            values.add(terms.of(metric), qualifier, get);
        }
        values.zeros = terms.counters(|metric, _| zeros.contains(&metric));
        let result = formula.result(&values).ok()?;
        Some(result.rounded(1, 3)?.to_string())
    }

    #[test]
    fn sums_are_divided_exactly() {
        let entries = [
            ("tAbandon", "", Stat::Count, "30"),
            ("tShortAbandon", "", Stat::Count, "10"),
            ("nOffered", "", Stat::Count, "130"),
        ];
        let less =
            "(tAbandon.count - tShortAbandon.count) / (nOffered.count - tShortAbandon.count)";
        assert_eq!(result(less, &entries, &[]).unwrap(), "0.167");
        let nps = "100 × (nOffered.count - tAbandon.count) / nOffered.count";
        assert_eq!(result(nps, &entries, &[]).unwrap(), "76.923");
        let sum = "(nOffered.count + tAbandon.count)";
        assert_eq!(result(sum, &entries, &[]).unwrap(), "160");
    }

    #[test]
    fn absent_is_nothing_or_zero_as_asked_for() {
        let rate = "tAbandon.count / nOffered.count";
        let offered = [("nOffered", "", Stat::Count, "8")];
        assert_eq!(result(rate, &offered, &[]), None);
        let zeros = ["tAbandon", "nOffered", "tAnswered"];
        assert_eq!(result(rate, &offered, &zeros).unwrap(), "0");
        assert_eq!(result(rate, &offered, &["nOffered"]), None);
        assert_eq!(result(rate, &[], &zeros), None);
        let asa = "tAnswered.sum / tAnswered.count";
        assert_eq!(result(asa, &offered, &zeros), None);
    }

    #[test]
    fn qualifiers_that_do_not_occur_are_no_time() {
        let entries = [
            ("tSystemPresence", "AVAILABLE", Stat::Sum, "5"),
            ("tSystemPresence", "OFFLINE", Stat::Sum, "7"),
            ("tSystemPresence", "MEAL", Stat::Sum, "1"),
        ];
        for (formula, expected) in [
            ("tSystemPresence[not OFFLINE].sum", Some("6")),
            ("tSystemPresence[AVAILABLE, MEAL].sum", Some("6")),
            ("tSystemPresence[BUSY].sum", Some("0")),
            ("tAgentRoutingStatus[IDLE].sum", None),
            ("tSystemPresence.sum", None),
        ] {
            let result = result(formula, &entries, &[]);
            assert_eq!(result.as_deref(), expected, "{formula}");
        }
        let beyond = [
            ("tSystemPresence", "MEAL", Stat::Sum, "1e99"),
            ("tSystemPresence", "BUSY", Stat::Sum, "1"),
        ];
        let formula = "tSystemPresence[not OFFLINE].sum";
        assert_eq!(result(formula, &beyond, &[]), None);
    }

    #[test]
    fn what_is_no_formula_is_refused() {
        let mut terms = Terms::default();
        for text in ["", "nOffered", "nOffered.average", "x × nOffered.count"] {
            assert_eq!(terms.read(text), None, "{text}");
        }
    }
}
