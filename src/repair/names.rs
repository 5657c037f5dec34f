//! Names and times inside documents: snake_case keys, epoch times, overlong fractions.

use serde_json::json;

use crate::input::cut;
use crate::input::frame::Document;
use crate::json::{Node, Tape, pointer};
use crate::model::Dialect;
use crate::model::aggregates::Container;
use crate::model::stat::Stat;

use super::edits::{Edit, Edits};
use super::fixes::{Fix, Fixes};
use super::patch::{self, Op, Patches};
use super::times;
use super::values::Values;

/// The API's name of a property of a response or of a statistic, where Python's SDK writes another.
fn api_name(name: &str) -> &str {
    match name {
        "system_to_organization_mappings" => "systemToOrganizationMappings",
        other => match Stat::of_key(other).filter(|_| other.contains('_')) {
            Some(stat) => stat.name(),
            None => other,
        },
    }
}

/// The changes that write names and times as the API does.
pub(super) fn repair(text: &str, fixes: &mut Fixes, patches: Option<&mut Patches>) -> Edits {
    let mut all = Vec::new();
    let mut ops = Vec::new();
    for document in cut::frame(text).documents() {
        let mut mender = Mender {
            wants_ops: patches.is_some(),
            ..Mender::default()
        };
        // Inside a string nothing has a place of its own in the text.
        if document.inner.is_some() || mender.document(text, document).is_none() {
            continue;
        }
        fixes.merge(&mender.fixes);
        all.append(&mut mender.edits);
        if !mender.ops.is_empty() {
            ops.push((document.outer.start, mender.ops));
        }
    }
    if let Some(patches) = patches {
        let values = Values::of(text);
        patches.reserve(values.spans.len());
        for (at, ops) in ops {
            patches.add(values.index(at), ops);
        }
    }
    Edits::sorted(all)
}

#[derive(Default)]
struct Mender {
    edits: Vec<Edit>,
    fixes: Fixes,
    wants_ops: bool,
    ops: Vec<Op>,
}

impl Mender {
    /// Looks at a document; `None` where it is no JSON, and then nothing of it is changed.
    fn document(&mut self, text: &str, document: &Document) -> Option<()> {
        if document.dialect == Some(Dialect::Summary) {
            return Some(());
        }
        let around = Tape::read_around(text, document.outer, 0, document.array).ok()?;
        if document.whole {
            let holder = pointer::find(around.root(), &document.inside)?;
            let place = || format!("{}{}", document.outer_pointer, document.inside);
            self.rename(holder, place);
        }
        let opened = document.opened(Dialect::Aggregates);
        for (index, span) in document.elements.iter().enumerate() {
            let tape = Tape::read(text, *span, opened.depth()).ok()?;
            self.container(tape.root(), &|below| opened.at(index, below));
        }
        Some(())
    }

    fn container(&mut self, node: Node<'_>, place: &dyn Fn(&str) -> String) {
        for (index, bucket) in Container(node).buckets().enumerate() {
            let place = |below: &str| place(&format!("/data/{index}/{below}"));
            if let Some(interval) = bucket.interval() {
                self.interval(interval, || place("interval"));
            }
            for list in ["metrics", "views"] {
                let entries = bucket.0.get(list).into_iter().flat_map(Node::elements);
                for (index, entry) in entries.enumerate() {
                    if let Some(stats) = entry.get("stats") {
                        self.rename(stats, || place(&format!("{list}/{index}/stats")));
                    }
                }
            }
        }
    }

    fn interval(&mut self, node: Node<'_>, place: impl Fn() -> String) {
        let Some(repaired) = node
            .string()
            .and_then(|text| times::repaired(&text, &mut self.fixes))
        else {
            return;
        };
        if self.wants_ops {
            self.ops
                .extend(patch::replace(&place(), json!(repaired).to_string()));
        }
        // Between the quotes; what is repaired needs no escape.
        let span = node.span();
        self.edits
            .push(Edit::new(span.start + 1, span.end - 1, repaired));
    }

    /// Renames the keys of an object that have another name; not one that would then stand twice.
    fn rename(&mut self, object: Node<'_>, place: impl Fn() -> String) {
        for (key, _) in object.members() {
            let old = key.string().unwrap_or_default();
            let new = api_name(&old);
            if new == old {
                continue;
            }
            let twins = object
                .members()
                .filter(|(key, _)| key.is(&old) || key.is(new));
            if twins.count() > 1 {
                continue;
            }
            if self.wants_ops {
                let place = place();
                self.ops.push(Op::Move {
                    from: pointer::child(&place, &old),
                    path: pointer::child(&place, new),
                });
            }
            let span = key.span();
            self.edits
                .push(Edit::new(span.start + 1, span.end - 1, new.to_owned()));
            self.fixes.add(Fix::SnakeCase);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> String {
        let mut fixes = Fixes::default();
        repair(text, &mut fixes, None).apply(text)
    }

    #[test]
    fn names_and_times_are_those_of_the_api() {
        let text = r#"{"system_to_organization_mappings": {}, "results":[{"group":{"queue_id":"count_negative"},"data":[
            {"interval":"1772438400/1772440200","metrics":[{"metric":"m","stats":{"count_negative": 1.0}}],
             "views":[{"name":"v","stats":{"calculated\u005fmetric_value":2}}]}]}]}"#;
        let good = r#"{"systemToOrganizationMappings": {}, "results":[{"group":{"queue_id":"count_negative"},"data":[
            {"interval":"2026-03-02T08:00:00.000Z/2026-03-02T08:30:00.000Z","metrics":[{"metric":"m","stats":{"countNegative": 1.0}}],
             "views":[{"name":"v","stats":{"calculatedMetricValue":2}}]}]}]}"#;
        assert_eq!(repaired(text), good);
        assert_eq!(repaired(good), good);
    }

    #[test]
    fn no_key_is_made_to_stand_twice() {
        let bucket = |stats: &str| {
            format!(
                r#"[{{"group":{{}},"data":[{{"metrics":[{{"metric":"m","stats":{stats}}}]}}]}}]"#
            )
        };
        for stats in [
            r#"{"count_negative":1,"countNegative":2}"#,
            r#"{"count_negative":1,"count_negative":2}"#,
            r#"{"count_negative":1,}"#,
        ] {
            assert_eq!(repaired(&bucket(stats)), bucket(stats));
        }
    }
}
