//! One entity of the summary dialect as a flat list of values.

mod direct;

pub use super::value::Value;

use crate::json::{Node, Span};

use super::arena::Arena;
use super::{Interner, MANY, Scalar, Slice, cursor};

/// One entity, flat. Its buffers serve for one entity after another.
#[derive(Debug)]
pub struct Entity {
    arena: Arena,
    pub id: Scalar,
    /// The division's id, or the division where it is a string.
    pub division: Scalar,
    /// The division's name, where the division is an object.
    pub division_name: Scalar,
    values: Vec<Value>,
    /// For each of the interner's names, the number of the last entity that has it.
    seen: Vec<u32>,
    /// The number of this entity.
    number: u32,
}

impl Default for Entity {
    fn default() -> Self {
        Self {
            arena: Arena::default(),
            id: Scalar::Absent,
            division: Scalar::Absent,
            division_name: Scalar::Absent,
            values: Vec::new(),
            seen: Vec::new(),
            number: 0,
        }
    }
}

impl Entity {
    /// Reads the entity at `span` from its bytes; `false` where the schema may not hold or the text has
    /// escapes, in which case [`Entity::fill`] reads it.
    pub fn read(&mut self, text: &str, span: Span, interner: &mut Interner) -> bool {
        direct::entity(self, text, span, interner).is_some()
    }

    fn clear(&mut self, span: Span) {
        self.arena.clear(span);
        self.values.clear();
        self.id = Scalar::Absent;
        self.division = Scalar::Absent;
        self.division_name = Scalar::Absent;
        if self.number == u32::MAX {
            self.seen.clear();
            self.number = 0;
        }
        self.number += 1;
    }

    /// Remembers a metric's name; returns false if the entity has it already.
    fn is_new(&mut self, name: u32) -> bool {
        let name = name as usize;
        if self.seen.len() <= name {
            self.seen.resize(name + 1, 0);
        }
        let last = self.seen.get_mut(name);
        last.is_some_and(|last| std::mem::replace(last, self.number) != self.number)
    }

    /// True unless an entity has grown the buffers far beyond an ordinary one's.
    pub(super) fn is_small(&self) -> bool {
        self.values.capacity() < MANY && self.arena.is_small()
    }

    /// Reads an entity from a tape.
    pub fn fill(&mut self, node: Node<'_>) {
        self.clear(node.span());
        self.id = self.arena.scalar(node.get("id"));
        let division = node.get("division");
        let object = division.filter(|division| division.is_object());
        self.division = match object {
            Some(object) => self.arena.scalar(object.get("id")),
            None => self.arena.scalar(division),
        };
        let name = object.and_then(|object| object.get("name"));
        self.division_name = self.arena.scalar(name);
        let metrics = node.get("metrics").into_iter().flat_map(Node::members);
        for (key, metric) in metrics {
            let Some(name) = self.arena.text(key) else {
                continue;
            };
            let (value, unit) = (metric.get("value"), metric.get("unit"));
            self.values.push(Value {
                name,
                value: self.arena.scalar(value),
                unit: self.arena.scalar(unit),
                label: self.arena.scalar(metric.get("label")),
                whole: value.and_then(|value| cursor::whole(value.raw())),
                template: u32::MAX,
                is_object: metric.is_object(),
                is_null: metric.is_null(),
                place: self.arena.slice(value.unwrap_or(metric)),
                unit_place: self.arena.slice(unit.or(value).unwrap_or(metric)),
            });
        }
    }

    /// The entity in the text that it was read from.
    pub fn view<'a>(&'a self, text: &'a str) -> EntityView<'a> {
        EntityView {
            entity: self,
            text: text.get(self.arena.base..).unwrap_or_default(),
        }
    }
}

/// An entity together with its text.
#[derive(Debug, Clone, Copy)]
pub struct EntityView<'a> {
    pub entity: &'a Entity,
    text: &'a str,
}

impl<'a> EntityView<'a> {
    /// The id and the division, as dimensions that filters name; absent ones are empty.
    pub fn identity(self) -> [(&'static str, &'a str); 3] {
        let Entity {
            id,
            division,
            division_name,
            ..
        } = self.entity;
        let identity = [
            ("id", id),
            ("division", division),
            ("division_name", division_name),
        ];
        identity.map(|(name, value)| (name, self.text(*value).unwrap_or_default()))
    }

    /// The text of a slice.
    pub fn str(self, slice: Slice) -> &'a str {
        self.entity.arena.str(self.text, slice)
    }

    /// The text of a scalar that is a string.
    pub fn text(self, scalar: Scalar) -> Option<&'a str> {
        scalar.text().map(|slice| self.str(slice))
    }

    /// The text from the entity's first byte on; slices of numbers count from there.
    pub fn source(self) -> &'a str {
        self.text
    }

    /// The bytes of the entity in the text that was read.
    pub fn span(self) -> Span {
        self.entity.arena.span()
    }

    /// The metrics, in their order.
    pub fn values(self) -> &'a [Value] {
        &self.entity.values
    }

    /// The bytes of a metric's value, or of the metric without one.
    pub fn value_span(self, value: &Value) -> Span {
        self.entity.arena.outward(value.place)
    }

    /// The bytes of a metric's unit.
    pub fn unit_span(self, value: &Value) -> Span {
        self.entity.arena.outward(value.unit_place)
    }
}
