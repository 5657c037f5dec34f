//! The key figures of a queue, each with its formula.
//!
//! The names are those of the performance views, defined at
//! <https://help.mypurecloud.com/articles/metric-definitions>; the service level is described at
//! <https://help.mypurecloud.com/articles/configure-the-service-level-calculation/>. Counts of
//! answered and abandoned interactions are the counts of the timers `tAnswered` and `tAbandon`:
//! the API has no counters of these names. Answered may exceed offered, because each metric is
//! counted in the interval in which it was emitted.

use crate::json::number::Decimal;
use crate::model::stat::Stat;

use super::Group;
use super::group::Total;

/// A figure on its way to a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    Count(String),
    /// Per cent with one decimal, such as `86.7`, and what it is measured against.
    Percent(String, Option<String>),
    /// Milliseconds.
    Duration(i128),
}

/// A key figure of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The name, which is that of the catalogue.
    pub name: &'static str,
    /// `None` where the division has no result, which is not zero.
    pub figure: Option<Figure>,
    /// The metric that needs no other line where this one has a figure.
    pub metric: &'static str,
}

/// The key figures of a group, in the order of a report. A figure whose statistics are absent is
/// left out.
///
/// - offered: `nOffered.count`; answered: `tAnswered.count`; abandoned: `tAbandon.count`; handled:
///   `tHandle.count`
/// - answered % and abandoned %: of offered
/// - service level: sum of `oServiceLevel.numerator` / sum of `oServiceLevel.denominator`; ratios
///   are never averaged, and the target is shown only where all buckets have the same
/// - ASA: `tAnswered.sum / tAnswered.count`; AHT: `tHandle.sum / tHandle.count`
/// - wait, talk, hold and wrap-up: the averages of `tWait`, `tTalkComplete` (else `tTalk`),
///   `tHeldComplete` (else `tHeld`) and `tAcw`
pub fn figures(group: Group<'_>) -> Vec<Line> {
    let lines = [
        count(group, "Offered", "nOffered"),
        count(group, "Answered", "tAnswered"),
        count(group, "Abandoned", "tAbandon"),
        count(group, "Handled", "tHandle"),
        share(group, "Answered %", "tAnswered"),
        share(group, "Abandoned %", "tAbandon"),
        service_level(group),
        average(group, "ASA", "tAnswered"),
        average(group, "AHT", "tHandle"),
        average(group, "Wait", "tWait"),
        average(group, "Talk", "tTalkComplete").or_else(|| average(group, "Talk", "tTalk")),
        average(group, "Hold", "tHeldComplete").or_else(|| average(group, "Hold", "tHeld")),
        average(group, "Wrap-up", "tAcw"),
    ];
    lines.into_iter().flatten().collect()
}

fn count(group: Group<'_>, name: &'static str, metric: &'static str) -> Option<Line> {
    let count = group.plain(metric)?.count()?;
    Some(Line {
        name,
        figure: Some(Figure::Count(count.to_string())),
        metric,
    })
}

/// The count of a metric as a share of the offered interactions.
fn share(group: Group<'_>, name: &'static str, metric: &'static str) -> Option<Line> {
    let part = group.plain(metric)?.count()?;
    let offered = group.plain("nOffered")?.count()?;
    Some(Line {
        name,
        figure: percent(part, offered, None),
        metric,
    })
}

fn average(group: Group<'_>, name: &'static str, metric: &'static str) -> Option<Line> {
    let total = group.plain(metric)?;
    let (sum, count) = (total.sum()?, total.count()?);
    Some(Line {
        name,
        figure: sum
            .divided(count, 0)
            .map(|average| Figure::Duration(average.split().0)),
        metric,
    })
}

fn service_level(group: Group<'_>) -> Option<Line> {
    let total: Total<'_> = group.plain("oServiceLevel")?;
    let target = total
        .get(Stat::Target)
        .and_then(|target| target.times(Decimal::from(100)))
        .map(|target| target.to_string());
    let numerator = total.get(Stat::Numerator)?;
    Some(Line {
        name: "Service level",
        figure: percent(numerator, total.get(Stat::Denominator)?, target),
        metric: "oServiceLevel",
    })
}

fn percent(part: Decimal, whole: Decimal, target: Option<String>) -> Option<Figure> {
    let percent = part.times(Decimal::from(100))?.divided(whole, 1)?;
    Some(Figure::Percent(percent.fixed(1)?, target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Span;
    use crate::model::catalog;
    use crate::record::{Container, Interner};
    use crate::rollup::{Collector, Groups};
    use crate::table::Filter;

    fn groups(metrics: &[&str]) -> Groups {
        let mut collector = Collector::default();
        let mut interner = Interner::default();
        for metrics in metrics {
            let text = format!(r#"{{"group":{{}},"data":[{{"metrics":[{metrics}]}}]}}"#);
            let mut record = Container::default();
            assert!(record.read(&text, Span::new(0, text.len()), &mut interner));
            collector.add(record.view(&text), &Filter::default(), |_| false);
        }
        collector.finish()
    }

    fn lines(groups: &Groups) -> Vec<Line> {
        groups.iter().flat_map(figures).collect()
    }

    fn figure(groups: &Groups, name: &str) -> Option<Figure> {
        let mut lines = lines(groups).into_iter();
        lines.find(|line| line.name == name)?.figure
    }

    #[test]
    fn service_levels_are_merged_by_their_parts() {
        let group = groups(&[
            r#"{"metric":"oServiceLevel","stats":{"ratio":1.0,"numerator":1,"denominator":1,"target":0.8}}"#,
            r#"{"metric":"oServiceLevel","stats":{"ratio":0.5,"numerator":50,"denominator":100,"target":0.8}}"#,
        ]);
        assert_eq!(
            figure(&group, "Service level"),
            Some(Figure::Percent("50.5".into(), Some("80".into())))
        );
    }

    #[test]
    fn absent_is_not_zero_and_nothing_is_clamped() {
        let group = groups(&[
            r#"{"metric":"nOffered","stats":{"count":116}},{"metric":"tAnswered","stats":{"count":120,"sum":1000}}"#,
        ]);
        assert_eq!(
            figure(&group, "Answered %"),
            Some(Figure::Percent("103.4".into(), None))
        );
        assert_eq!(figure(&group, "ASA"), Some(Figure::Duration(8)));
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
    fn every_figure_is_in_the_catalogue_in_this_order() {
        let all = groups(&[
            r#"{"metric":"nOffered","stats":{"count":1}},{"metric":"oServiceLevel","stats":{"numerator":1,"denominator":1}}"#,
            r#"{"metric":"tAnswered","stats":{"count":1,"sum":1}},{"metric":"tAbandon","stats":{"count":1,"sum":1}},{"metric":"tHandle","stats":{"count":1,"sum":1}},{"metric":"tWait","stats":{"count":1,"sum":1}},{"metric":"tTalk","stats":{"count":1,"sum":1}},{"metric":"tHeld","stats":{"count":1,"sum":1}},{"metric":"tAcw","stats":{"count":1,"sum":1}}"#,
        ]);
        let names: Vec<&str> = lines(&all).into_iter().map(|line| line.name).collect();
        let listed = catalog::figure::all().iter().filter(|it| it.in_report);
        let listed: Vec<&str> = listed.map(|figure| figure.name).collect();
        assert_eq!(names, listed);
    }

    #[test]
    fn a_figure_without_its_statistics_is_left_out() {
        let group = groups(&[r#"{"metric":"tHandle","stats":{"count":100}}"#]);
        let names: Vec<&str> = lines(&group).into_iter().map(|line| line.name).collect();
        assert_eq!(names, ["Handled"]);
    }
}
