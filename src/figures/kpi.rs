//! The key figures of a queue, each with its formula.
//!
//! The names are those of the performance views, defined at
//! <https://help.mypurecloud.com/articles/metric-definitions>; the service level is described at
//! <https://help.mypurecloud.com/articles/configure-the-service-level-calculation/>. Counts of
//! answered and abandoned interactions are the counts of the timers `tAnswered` and `tAbandon`:
//! the API has no counters of these names. Answered may exceed offered, because each metric is
//! counted in the interval in which it was emitted.

use crate::json::number::Decimal;

use super::total::{Group, Total};

/// A figure on its way to a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    Count(String),
    /// Per cent with one decimal, such as `86.7`, and what it is measured against.
    Percent(String, Option<String>),
    /// Milliseconds.
    Duration(i128),
}

/// Metrics that [`figures`] uses, so that a report need not list them again.
pub const USED: [&str; 12] = [
    "nOffered",
    "tAnswered",
    "tAbandon",
    "oServiceLevel",
    "tHandle",
    "tTalkComplete",
    "tTalk",
    "tHeldComplete",
    "tHeld",
    "tAcw",
    "tWait",
    "oServiceTarget",
];

/// The key figures of a group, in the order of a report; `None` is a figure that cannot be told,
/// which is not zero. Empty where the group has none of the metrics.
///
/// - offered: `nOffered.count`; answered: `tAnswered.count`; abandoned: `tAbandon.count`
/// - answered % and abandoned %: of offered
/// - service level: sum of `oServiceLevel.numerator` / sum of `oServiceLevel.denominator`; ratios
///   are never averaged, and the target is told only where all buckets have the same
/// - ASA: `tAnswered.sum / tAnswered.count`; AHT: `tHandle.sum / tHandle.count`
/// - wait, talk, hold and wrap-up: the averages of `tWait`, `tTalkComplete` (else `tTalk`),
///   `tHeldComplete` (else `tHeld`) and `tAcw`
pub fn figures(group: &Group) -> Vec<(&'static str, Option<Figure>)> {
    if USED.iter().all(|name| group.total(name).is_none()) {
        return Vec::new();
    }
    let count = |name: &str| group.total(name).filter(|total| !total.beyond)?.count;
    let shown = |count: Option<Decimal>| count.map(|count| Figure::Count(count.to_string()));
    let offered = count("nOffered");
    let (answered, abandoned) = (count("tAnswered"), count("tAbandon"));
    let average = |name: &str, fallback: &str| {
        let total = group.total(name).or_else(|| group.total(fallback))?;
        duration(total)
    };
    vec![
        ("Offered", shown(offered)),
        ("Answered", shown(answered)),
        ("Abandoned", shown(abandoned)),
        ("Answered %", percent(answered, offered, None)),
        ("Abandoned %", percent(abandoned, offered, None)),
        ("Service level", service_level(group)),
        ("ASA", average("tAnswered", "")),
        ("AHT", average("tHandle", "")),
        ("Wait", average("tWait", "")),
        ("Talk", average("tTalkComplete", "tTalk")),
        ("Hold", average("tHeldComplete", "tHeld")),
        ("Wrap-up", average("tAcw", "")),
    ]
}

fn service_level(group: &Group) -> Option<Figure> {
    let total = group.total("oServiceLevel").filter(|total| !total.beyond)?;
    let target = total
        .target
        .clone()
        .flatten()
        .and_then(|target| Decimal::parse(&target)?.times(Decimal::from(100)))
        .map(|target| target.to_string());
    percent(total.numerator, total.denominator, target)
}

fn percent(
    part: Option<Decimal>,
    whole: Option<Decimal>,
    target: Option<String>,
) -> Option<Figure> {
    let percent = part?.times(Decimal::from(100))?.divided(whole?, 1)?;
    Some(Figure::Percent(percent.fixed(1)?, target))
}

fn duration(total: &Total) -> Option<Figure> {
    if total.beyond {
        return None;
    }
    let (milliseconds, _) = total.average(0)?.split();
    Some(Figure::Duration(milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::aggregates::Container;
    use crate::json::{Span, Tape};
    use crate::table::Filter;

    fn group(metrics: &[&str]) -> Group {
        let mut group = Group::default();
        for metrics in metrics {
            let text = format!(r#"{{"group":{{}},"data":[{{"metrics":[{metrics}]}}]}}"#);
            let tape = Tape::read(&text, Span::new(0, text.len()), 0).unwrap();
            group.add(Container(tape.root()), &Filter::default());
        }
        group
    }

    fn figure(group: &Group, name: &str) -> Option<Figure> {
        figures(group)
            .into_iter()
            .find(|(figure, _)| *figure == name)
            .and_then(|(_, figure)| figure)
    }

    #[test]
    fn service_levels_are_merged_by_their_parts() {
        let group = group(&[
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
        let group = group(&[
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
        let group = group(&[
            r#"{"metric":"oServiceLevel","stats":{"numerator":0,"denominator":0}},{"metric":"tAcw","stats":{"count":0,"sum":0}}"#,
        ]);
        assert_eq!(figure(&group, "Service level"), None);
        assert_eq!(figure(&group, "Wrap-up"), None);
    }
}
