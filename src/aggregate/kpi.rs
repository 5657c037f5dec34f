//! The key figures of a group: those of the catalogue, from its merged statistics.

use crate::json::number::Decimal;
use crate::model::catalog::figure::{self, FigureUnit, KeyFigure};
use crate::model::catalog::formula::{NoValue, Quotient, TermValues};
use crate::model::stat::Stat;

use super::Group;

/// A key figure of a group.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// The entry of the catalogue.
    pub figure: &'static KeyFigure,
    /// Its value, or why there is none; that is not zero.
    pub result: Result<Quotient, NoValue>,
    /// The target as a share of one, where all merged buckets have the same.
    pub target: Option<Decimal>,
}

impl Line {
    /// The metric that needs no other line where this one has a result.
    pub fn covers(&self) -> Option<&'static str> {
        self.result.ok()?;
        let term = self.figure.terms().next()?;
        let covers = match self.figure.measure() {
            FigureUnit::Count | FigureUnit::Time => term.is_plain(),
            FigureUnit::Share => term.stat == Stat::Numerator,
            FigureUnit::Points => false,
        };
        covers.then_some(term.metric.as_str())
    }
}

/// The merged statistics of a group, as formulas need them.
pub fn values(group: Group<'_>) -> TermValues<'static> {
    let terms = figure::terms();
    let mut values = terms.values();
    let mut families = 0;
    for (name, total) in group.totals() {
        families |= total.families();
        let places = terms.of(&name.name);
        if !name.view && !places.is_empty() {
            values.add(places, &name.qualifier, |stat| total.figure(stat));
        }
    }
    values.media = group.media_counters();
    values.zeros = group.zeros().and(terms.counters_of(families));
    values
}

/// The key figures of a group that a report prints, in the order of the catalogue. A figure whose
/// statistics are absent is left out.
pub fn figures(group: Group<'_>) -> Vec<Line> {
    let values = values(group);
    let wanted = figure::all().iter().filter(|figure| figure.in_report);
    let lines = wanted.map(|figure| Line {
        figure,
        result: figure.result(&values),
        target: target(group, figure),
    });
    lines
        .filter(|line| line.result.is_ok() || line.result.is_err_and(|why| why != NoValue::Absent))
        .collect()
}

/// The target of a service level.
pub fn target(group: Group<'_>, figure: &KeyFigure) -> Option<Decimal> {
    let term = figure.terms().next()?;
    match term.stat {
        Stat::Numerator => group.plain(&term.metric)?.get(Stat::Target),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::{Aggregate, Collector, Scope};
    use crate::json::Span;
    use crate::record::{Container, Interner};
    use crate::table::Filter;

    fn groups(metrics: &[&str]) -> Aggregate {
        let filter = Filter::default();
        let mut collector = Collector::new(&Scope::default(), &filter);
        let mut interner = Interner::default();
        for metrics in metrics {
            let text = format!(r#"{{"group":{{}},"data":[{{"metrics":[{metrics}]}}]}}"#);
            let mut record = Container::default();
            assert!(record.read(&text, Span::new(0, text.len()), &mut interner));
            collector.add(record.view(&text), |_, _| {});
        }
        collector.finish()
    }

    fn lines(groups: &Aggregate) -> Vec<Line> {
        groups.iter().flat_map(figures).collect()
    }

    fn figure(groups: &Aggregate, name: &str) -> Option<String> {
        let mut lines = lines(groups).into_iter();
        let result = lines.find(|line| line.figure.name == name)?.result.ok()?;
        Some(result.rounded(1, 3)?.to_string())
    }

    #[test]
    fn service_levels_are_merged_by_their_parts() {
        let group = groups(&[
            r#"{"metric":"oServiceLevel","stats":{"ratio":1.0,"numerator":1,"denominator":1,"target":0.8}}"#,
            r#"{"metric":"oServiceLevel","stats":{"ratio":0.5,"numerator":50,"denominator":100,"target":0.8}}"#,
        ]);
        assert_eq!(figure(&group, "Service level").as_deref(), Some("0.505"));
        let target = lines(&group)[0].target.map(|target| target.to_string());
        assert_eq!(target.as_deref(), Some("0.8"));
    }

    #[test]
    fn absent_is_not_zero_and_nothing_is_clamped() {
        let group = groups(&[
            r#"{"metric":"nOffered","stats":{"count":116}},{"metric":"tAnswered","stats":{"count":120,"sum":1000}}"#,
        ]);
        assert_eq!(figure(&group, "Answered %").as_deref(), Some("1.034"));
        assert_eq!(figure(&group, "ASA").as_deref(), Some("8.333"));
        assert_eq!(figure(&group, "Abandoned"), None);
        assert_eq!(figure(&group, "Abandoned %"), None);
        assert_eq!(figure(&group, "AHT"), None);
    }

    #[test]
    fn nothing_is_divided_by_zero() {
        let group = groups(&[
            r#"{"metric":"oServiceLevel","stats":{"numerator":0,"denominator":0}},{"metric":"tAcw","stats":{"count":0,"sum":0}}"#,
        ]);
        assert_eq!(figure(&group, "Service level"), None);
        assert_eq!(figure(&group, "Wrap-up"), None);
    }

    #[test]
    fn a_figure_without_its_statistics_is_left_out() {
        let group = groups(&[r#"{"metric":"tHandle","stats":{"count":100}}"#]);
        let names: Vec<&str> = lines(&group)
            .into_iter()
            .map(|line| line.figure.name)
            .collect();
        assert_eq!(names, ["Handled"]);
    }
}
