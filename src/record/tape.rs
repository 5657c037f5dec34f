//! Fills a record from a tape: of containers that the direct reader does not understand. What has
//! the wrong type reads as absent, or as the scalar it is; the schema reports it.

use crate::json::Node;
use crate::model::stat::{Stat, StatSet};
use crate::model::time;

use super::cursor;
use super::number_buffer::put;
use super::{Bucket, Container, Dimension, Entry, Extra, Interner, Number, Scalar, Slice};

impl Container {
    /// Reads a container from a tape of the same text.
    pub fn fill(&mut self, node: Node<'_>, interner: &mut Interner) {
        self.clear(node.span());
        self.fill_group(node.get("group"), interner);
        let buckets = node.get("data").into_iter().flat_map(Node::elements);
        for bucket in buckets {
            self.fill_bucket(bucket, interner);
        }
    }

    fn fill_group(&mut self, group: Option<Node<'_>>, interner: &mut Interner) {
        let Some(group) = group else { return };
        self.begin = self.arena.offset(group.span().start);
        for (index, (key, value)) in group.members().enumerate() {
            let Some(name) = self.arena.text(key) else {
                continue;
            };
            let text = key.string().unwrap_or_default();
            let Some((id, facts)) = interner.dimensions.of(index, text.as_bytes()) else {
                continue;
            };
            self.notable |= facts.notable;
            let value = self.arena.scalar(Some(value));
            self.group.push(Dimension { name, value, id });
        }
    }

    fn fill_bucket(&mut self, bucket: Node<'_>, interner: &mut Interner) {
        let first = self.entries.len() as u32;
        let node = bucket.get("interval");
        let interval = self.arena.scalar(node);
        let (times, plain) = match node.and_then(Node::string) {
            Some(text) => match time::plain_interval(text.as_bytes()) {
                Some(times) => (Some(times), true),
                None => (instants(&text), false),
            },
            None => (None, true),
        };
        for (list, view) in [("metrics", false), ("views", true)] {
            let entries = bucket.get(list).into_iter().flat_map(Node::elements);
            for entry in entries {
                self.fill_entry(entry, view, interner);
            }
        }
        let span = bucket.span();
        self.buckets.push(Bucket {
            index: self.buckets.len() as u32,
            span: (self.arena.offset(span.start), self.arena.offset(span.end)),
            interval,
            times,
            plain,
            entries: first..self.entries.len() as u32,
        });
    }

    fn fill_entry(&mut self, node: Node<'_>, view: bool, interner: &mut Interner) {
        let key = if view { "name" } else { "metric" };
        let name = node.get(key).filter(|name| name.is_string());
        let id = interner.number(&name.and_then(Node::string).unwrap_or_default());
        let name = name
            .and_then(|name| self.arena.text(name))
            .unwrap_or(Slice {
                start: self.arena.offset(node.span().start),
                len: 0,
            });
        let qualifier = match view {
            true => Scalar::Absent,
            false => self.arena.scalar(node.get("qualifier")),
        };
        let (mut numbers, mut nulls) = (StatSet::default(), StatSet::default());
        let stats = node.get("stats").into_iter().flat_map(Node::members);
        for (key, value) in stats {
            let text = key.string().unwrap_or_default();
            let scalar = self.arena.scalar(Some(value));
            match (Stat::of_key(&text), scalar) {
                (Some(stat), _) if numbers.or(nulls).contains(stat) => {}
                (Some(stat), Scalar::Null) => nulls.insert(stat),
                (Some(stat), Scalar::Number(literal)) => {
                    let whole = cursor::whole(value.raw());
                    self.negative |= value.raw().starts_with('-');
                    if let Some(room) = self.numbers.room() {
                        put(room, &mut numbers, stat, Number { literal, whole });
                    }
                }
                (_, Scalar::Absent) => {}
                (_, value) => {
                    if let Some(name) = self.arena.name(key) {
                        self.extras.push(Extra {
                            entry: self.entries.len() as u32,
                            name,
                            value,
                        });
                    }
                }
            }
        }
        self.entries.push(Entry {
            view,
            name,
            id,
            qualifier,
            numbers,
            nulls,
            template: u32::MAX,
            first: self.numbers.keep(numbers),
        });
    }
}

/// The two instants of an interval in any form, as nanoseconds since 1970 in UTC.
pub(super) fn instants(interval: &str) -> Option<(i64, i64)> {
    let (start, end) = time::interval(interval)?;
    Some((
        start.time.timestamp_nanos_opt()?,
        end.time.timestamp_nanos_opt()?,
    ))
}
