//! What the inputs were expected to hold: found out in a pass of its own, and only where something
//! was expected.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, FixedOffset};

use crate::diagnostic::{Code, Diagnostic};
use crate::document::catalog::nearest;
use crate::document::period::{Length, Period};
use crate::document::time;
use crate::json::Span;
use crate::record::{Element, View};

use super::batch::Changed;
use super::visit::{self, Elements, PassError, Visit};
use super::{Run, Surveyed, locate};

/// What is expected.
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    /// Dimensions of every group.
    pub dimensions: Vec<String>,
    /// Metrics, views or summary values that occur somewhere.
    pub metrics: Vec<String>,
    /// The time that every bucket lies in, and how it was written.
    pub interval: Option<(DateTime<FixedOffset>, DateTime<FixedOffset>, String)>,
    /// The length of every bucket, and how it was written.
    pub granularity: Option<(Period, String)>,
    /// Rows of the long layout, at the least.
    pub rows: Option<u64>,
}

impl Expectations {
    fn of_elements(&self) -> bool {
        !self.dimensions.is_empty()
            || !self.metrics.is_empty()
            || self.interval.is_some()
            || self.granularity.is_some()
    }

    /// Adds a finding to the inputs for each thing that is not as expected, and returns those
    /// about the run as a whole.
    ///
    /// # Errors
    /// An input is not what it was in pass one.
    pub fn check(
        &self,
        run: &Run<'_>,
        inputs: &mut [Surveyed],
    ) -> Result<Vec<Diagnostic>, PassError> {
        let mut names = HashSet::new();
        let mut inside = self.interval.is_none();
        let mut outside = false;
        if self.of_elements() {
            for (index, seen) in self.seen(run, inputs)? {
                names.extend(seen.names);
                inside |= seen.inside;
                let mut found = seen.findings;
                outside |= found
                    .iter()
                    .any(|it| it.code == Code::OutsideExpectedInterval);
                // The last bucket may be cut short by the end of the query.
                let cut = |end| seen.whole && Some(end) == seen.last;
                found.extend(
                    seen.short
                        .into_iter()
                        .filter(|(end, _)| !cut(*end))
                        .map(|(_, finding)| finding),
                );
                run.levels.apply_from(&mut found, 0);
                let input = &mut inputs[index];
                let located = locate::locate(input, found);
                input.findings.extend(located);
            }
        }
        let mut whole = Vec::new();
        for metric in self.metrics.iter().filter(|name| !names.contains(*name)) {
            whole.push(missing_metric(metric, &names));
        }
        if let Some((_, _, text)) = &self.interval
            && !inside
            && !outside
        {
            whole.push(
                Diagnostic::new(
                    Code::OutsideExpectedInterval,
                    format!("no bucket lies in the expected interval {text}: there is none at all"),
                )
                .cause("none")
                .help("check the interval of the query, and that these are the files you meant"),
            );
        }
        let rows: u64 = inputs.iter().map(|input| input.rows).sum();
        if let Some(least) = self.rows.filter(|least| rows < *least) {
            whole.push(
                Diagnostic::new(
                    Code::TooFewRows,
                    format!("{rows} rows, and at least {least} were expected"),
                )
                .cause("rows")
                .help("check the date range and the filter of the query, and that every page was saved"),
            );
        }
        run.levels.apply_from(&mut whole, 0);
        Ok(whole)
    }

    /// What was seen of each input.
    fn seen(&self, run: &Run<'_>, inputs: &[Surveyed]) -> Result<BTreeMap<usize, Seen>, PassError> {
        let mut all: BTreeMap<usize, Seen> = BTreeMap::new();
        visit::elements(
            run,
            inputs,
            |_| true,
            &|elements| Ok((elements.index, self.part(elements)?)),
            &mut |(index, seen)| {
                all.entry(index).or_default().merge(seen);
                Ok(())
            },
        )?;
        Ok(all)
    }

    fn part(&self, elements: &Elements<'_>) -> Result<Seen, Changed> {
        let mut seen = Seen::default();
        elements.each(|visit| match visit.element {
            Element::Container(view) => self.container(&visit, view, &mut seen),
            Element::Entity(view) => {
                for value in view.values() {
                    seen.name(view.str(value.name));
                }
            }
        })?;
        Ok(seen)
    }

    fn container(&self, visit: &Visit<'_>, view: View<'_>, seen: &mut Seen) {
        let place = visit.pointer();
        self.group(visit, view, &place, seen);
        for (index, bucket) in (0..).zip(view.buckets()) {
            if visit.leaves_out(index) {
                continue;
            }
            for entry in view.entries(bucket) {
                seen.name(view.str(entry.name));
            }
            if let Some(interval) = bucket.interval.text() {
                let number = visit.first_bucket() + index as usize;
                let place = format!("{place}/data/{number}/interval");
                let span = visit.outward(view.token(interval));
                self.bucket((view.str(interval), span), &place, seen);
            }
        }
    }

    fn group(&self, visit: &Visit<'_>, view: View<'_>, place: &str, seen: &mut Seen) {
        // What stands around the buckets of a long element comes by itself.
        if visit.is_part() {
            return;
        }
        let group = view.group().iter();
        let has: HashSet<&str> = group.map(|it| view.str(it.name)).collect();
        for name in self
            .dimensions
            .iter()
            .filter(|name| !has.contains(name.as_str()))
        {
            let mut finding = Diagnostic::new(
                Code::MissingDimension,
                format!("a group lacks the expected dimension `{name}`"),
            )
            .cause(format!("expected {name}"))
            .label(format!("no `{name}`"))
            .help(match nearest(name, has.iter().copied()) {
                Some(near) => {
                    format!("it has `{near}`; or add `{name}` to the groupBy of the query")
                }
                None => format!("add `{name}` to the groupBy of the query"),
            });
            finding.pointer = format!("{place}/group");
            finding.span = Some(visit.outward(view.group_bracket()));
            seen.findings.push(finding);
        }
    }

    fn bucket(&self, (interval, span): (&str, Span), place: &str, seen: &mut Seen) {
        let Some((start, end)) = time::interval(interval) else {
            return;
        };
        let (start, end) = (start.time, end.time);
        seen.last = seen.last.max(Some(end));
        if let Some((from, until, text)) = &self.interval {
            if *from <= start && end <= *until {
                seen.inside = true;
            } else {
                let how = if end <= *from {
                    "before"
                } else if start >= *until {
                    "behind"
                } else {
                    "beyond an end of"
                };
                seen.findings.push(
                    Diagnostic::new(
                        Code::OutsideExpectedInterval,
                        format!("this bucket lies {how} the expected interval {text}"),
                    )
                    .at(span, place)
                    .cause(how)
                    .label("not expected")
                    .help("check the interval of the query, and that this is the file you meant"),
                );
            }
        }
        let Some((period, text)) = &self.granularity else {
            return;
        };
        let length = period.compare(start, end);
        let how = match length {
            Length::Equal => {
                seen.whole = true;
                return;
            }
            Length::Shorter => "shorter",
            Length::Longer => "longer",
        };
        let finding = Diagnostic::new(
            Code::UnexpectedGranularity,
            format!("this bucket is {how} than the expected {text}"),
        )
        .at(span, place)
        .cause(how)
        .label(format!("{how} than {text}"))
        .help(
            "check the granularity of the query: without one, a bucket is as long as the interval",
        );
        match length {
            Length::Shorter => seen.short.push((end, finding)),
            _ => seen.findings.push(finding),
        }
    }
}

/// What was seen of an input.
#[derive(Debug, Default)]
struct Seen {
    findings: Vec<Diagnostic>,
    /// Buckets that are shorter than expected, by their ends.
    short: Vec<(DateTime<FixedOffset>, Diagnostic)>,
    names: HashSet<String>,
    /// Whether a bucket lies in the expected interval.
    inside: bool,
    /// Whether a bucket has the expected length.
    whole: bool,
    /// The last end of a bucket.
    last: Option<DateTime<FixedOffset>>,
}

impl Seen {
    fn name(&mut self, name: &str) {
        if !self.names.contains(name) {
            self.names.insert(name.to_owned());
        }
    }

    fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.short.extend(other.short);
        self.names.extend(other.names);
        self.inside |= other.inside;
        self.whole |= other.whole;
        self.last = self.last.max(other.last);
    }
}

fn missing_metric(name: &str, names: &HashSet<String>) -> Diagnostic {
    let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    Diagnostic::new(
        Code::MissingMetric,
        format!("the expected metric `{name}` does not occur"),
    )
    .cause(name)
    .help(match nearest(name, sorted.into_iter()) {
        Some(near) => format!("there is `{near}`; or add `{name}` to the metrics of the query"),
        None => format!(
            "add `{name}` to the metrics of the query; the API leaves out metrics without any event"
        ),
    })
}
