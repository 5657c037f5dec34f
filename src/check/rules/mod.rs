//! Rules that a schema cannot express: one file per category, one function per rule.
//!
//! A rule looks at one part of a record and reports a code, a cause and, where the finding is
//! wanted, its words. Every rule is silent on what the API really sends: answered may exceed
//! offered, buckets may be missing, users' timers have only a `sum`, and scores may be below zero.

mod groups;
mod metrics;
mod stats;
mod times;
mod values;

use std::collections::HashSet;

use crate::diagnostic::sink::Findings;
use crate::model::stat::Stat;
use crate::record::{Bucket, Element, Entry, EntryView, Facts, Interner, View, entity};

pub use times::latest;

/// The state of the rules between containers of one interner.
#[derive(Debug, Default)]
pub struct RuleMemory {
    /// For each name, the running number of the last bucket that has it.
    seen: Vec<u64>,
    /// The running number of the bucket that is looked at.
    bucket: u64,
    /// The metrics and views of a bucket that has a name twice: view, name, qualifier.
    entries: HashSet<(bool, u32, String)>,
    /// The dimensions that were reported.
    dimensions: HashSet<u32>,
    /// The rules that the entries of each template of the reader can break, after the first entry.
    templates: Vec<Option<TemplateRules>>,
    /// True for each template of the metrics of entities that gives no finding.
    plain: Vec<bool>,
}

/// The rules that entries of a template can break: they differ in their figures only.
#[derive(Debug, Clone, Copy)]
enum TemplateRules {
    /// Any.
    Any,
    /// Only the rules about figures below zero.
    Signs,
    /// The rules about figures below zero, and about the count, sum, minimum and maximum.
    Figures { is_handling: bool },
}

impl RuleMemory {
    /// Returns true if an entry without a minus is certain to break no rule.
    #[inline]
    fn is_sound(&mut self, view: View<'_>, entry: &Entry, interner: &Interner) -> bool {
        match self.templates.get(entry.template as usize) {
            Some(Some(TemplateRules::Signs)) => true,
            Some(Some(TemplateRules::Figures { is_handling })) => {
                metrics::are_consistent(view.numbers(entry), *is_handling)
            }
            Some(Some(TemplateRules::Any)) => false,
            _ => {
                self.learn(entry, interner);
                false
            }
        }
    }

    #[cold]
    fn learn(&mut self, entry: &Entry, interner: &Interner) {
        let (at, facts) = (entry.template as usize, interner.facts(entry.id));
        let (Some(facts), false) = (facts, entry.template == u32::MAX) else {
            return;
        };
        if self.templates.len() <= at {
            self.templates.resize(at + 1, None);
        }
        if let Some(rules) = self.templates.get_mut(at) {
            *rules = Some(TemplateRules::of(entry, facts));
        }
    }
}

impl TemplateRules {
    fn of(entry: &Entry, facts: Facts) -> Self {
        let has = |stat| entry.numbers.contains(stat);
        let is_known = entry.view || (facts.known && entry.numbers.without(facts.fits).is_empty());
        if !is_known || has(Stat::Ratio) {
            return Self::Any;
        }
        let is_handling = facts.handling && !entry.view;
        match (
            has(Stat::Count) && has(Stat::Sum),
            has(Stat::Min),
            has(Stat::Max),
        ) {
            (true, true, true) => Self::Figures { is_handling },
            (true, false, false) if !is_handling => Self::Signs,
            (false, false, _) | (false, _, false) => Self::Signs,
            _ => Self::Any,
        }
    }
}

/// Applies the rules that no schema can express to one element. `latest` is the latest time
/// at which a bucket may begin: see [`latest()`].
pub fn element(
    element: Element<'_>,
    interner: &Interner,
    latest: i64,
    state: &mut RuleMemory,
    out: &mut Findings<'_, '_>,
) {
    match element {
        Element::Container(view) => container(view, interner, latest, state, out),
        Element::Entity(view) => entity(view, state, out),
    }
}

/// Applies every rule to one container.
fn container(
    view: View<'_>,
    interner: &Interner,
    latest: i64,
    state: &mut RuleMemory,
    out: &mut Findings<'_, '_>,
) {
    if view.is_notable() {
        groups::unknown_or_multivalued(view, state, out);
    }
    for bucket in view.buckets() {
        if !bucket.plain {
            times::bad_interval(view, bucket, out);
            times::inverted_interval(view, bucket, out);
            times::short_day_end(view, bucket, out);
        }
        times::future_interval(view, bucket, latest, out);
        metrics::duplicate_metric(view, bucket, state, out);
        let has_minus = view.has_minus();
        let suspect = |entry: &Entry| has_minus || !state.is_sound(view, entry, interner);
        for entry in entries(view, bucket, interner, suspect) {
            if !metrics::is_consistent(&entry) {
                metrics::min_above_max(&entry, out);
                metrics::sum_out_of_bounds(&entry, out);
                if !entry.entry.view {
                    metrics::looks_like_seconds(&entry, out);
                }
            }
            stats::negative_value(&entry, out);
            if !entry.entry.view {
                metrics::ratio_mismatch(&entry, out);
                metrics::unknown_metric(&entry, out);
                stats::stat_does_not_fit(&entry, out);
            }
        }
    }
}

/// The metrics and views of a bucket that are `wanted`, as rules see them.
#[inline]
fn entries<'a>(
    view: View<'a>,
    bucket: &'a Bucket,
    interner: &'a Interner,
    mut wanted: impl FnMut(&Entry) -> bool,
) -> impl Iterator<Item = EntryView<'a>> {
    let entries = (0..).zip(view.entries(bucket));
    let wanted = entries.filter(move |(_, entry)| wanted(entry));
    wanted.filter_map(move |(index, entry)| {
        Some(EntryView {
            view,
            entry,
            facts: interner.facts(entry.id)?,
            bucket: bucket.index,
            index,
        })
    })
}

/// Applies every rule to one entity.
fn entity(view: entity::EntityView<'_>, state: &mut RuleMemory, out: &mut Findings<'_, '_>) {
    for value in view.values() {
        let template = value.template as usize;
        if state.plain.get(template) == Some(&true) {
            continue;
        }
        let is_unknown = values::unknown_unit(view, value, out);
        let is_missing = values::missing_value(view, value, out);
        if !(is_unknown || is_missing || value.template == u32::MAX) {
            state
                .plain
                .resize(state.plain.len().max(template + 1), false);
            if let Some(plain) = state.plain.get_mut(template) {
                *plain = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::levels::{Levels, LintLevels};
    use crate::diagnostic::sink::FindingLimit;
    use crate::diagnostic::{Code, Diagnostic};
    use crate::json::Path;
    use crate::json::Span;
    use crate::model::Dialect;
    use crate::record::RecordReader;

    use super::*;

    /// A rule as CONTRIBUTING.md describes one: a maximum of exactly 7.
    fn max_is_seven(entry: &EntryView<'_>, out: &mut Findings<'_, '_>) {
        let Some(max) = entry.figure(Stat::Max) else {
            return;
        };
        if max.whole() == Some(7) {
            metrics::at_figure(entry, Code::MinAboveMax, &max, out, || {
                Diagnostic::new(Code::MinAboveMax, format!("`{}` has 7", entry.shown()))
            });
        }
    }

    #[test]
    fn a_rule_sees_containers_that_were_read_directly_and_from_a_tape() {
        let levels = Levels::resolve(&LintLevels::default()).unwrap();
        let bucket = r#"{"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{"metric":"tHandle","stats":{"count":1,"max":7.0}}]}"#;
        for (group, is_direct) in [
            (r#""mediaType":"voice""#, true),
            (r#""media\u0054ype":7"#, false),
        ] {
            let text = format!(r#"{{"group":{{{group}}},"data":[{bucket}]}}"#);
            let span = Span::new(0, text.len());
            let mut reader = RecordReader::default();
            assert_eq!(
                reader.container.read(&text, span, &mut reader.interner),
                is_direct
            );
            reader.load(Dialect::Aggregates, &text, span, 0).unwrap();
            let Element::Container(view) = reader.element(Dialect::Aggregates, &text) else {
                panic!("a container");
            };
            let (mut found, mut wanted) = (Vec::new(), FindingLimit::new(&levels, true));
            let path = |below: Path| Path::of_keys("/results/3").join(below);
            let mut out = Findings::new(&mut found, &mut wanted, &path);
            for bucket in view.buckets() {
                entries(view, bucket, &reader.interner, |_| true)
                    .for_each(|entry| max_is_seven(&entry, &mut out));
            }
            let [finding] = found.as_slice() else {
                panic!("{found:?}");
            };
            assert_eq!(finding.message, "`tHandle` has 7");
            assert_eq!(
                finding.path.to_string(),
                "/results/3/data/0/metrics/0/stats/max"
            );
            let marked = finding.span.map(|span| &text[span.start..span.end]);
            assert_eq!(marked, Some("7.0"));
        }
    }
}
